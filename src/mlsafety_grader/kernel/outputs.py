"""Printed text and warnings of the submission while it serves the examiner, kept in order, capped."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any, Literal

from mlsafety_grader.wire.messages import Printed

MAX_CHARACTERS = 1_000_000
MAX_PIECES = 10_000

_CATEGORIES = (
    DeprecationWarning,
    PendingDeprecationWarning,
    RuntimeWarning,
    FutureWarning,
    SyntaxWarning,
    ImportWarning,
    UnicodeWarning,
    BytesWarning,
    ResourceWarning,
    EncodingWarning,
    UserWarning,
)


class _Stream(io.TextIOBase):
    """What `sys.stdout` and `sys.stderr` are meanwhile."""

    def __init__(self, outputs: "Outputs", name: Literal["stdout", "stderr"]) -> None:
        self._outputs = outputs
        self._name: Literal["stdout", "stderr"] = name

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._outputs.add(self._name, str(text))
        return len(text)


class Outputs:
    """Collects what is printed until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[Printed] = []
        self._characters = 0

    def add(self, stream: Literal["stdout", "stderr", "warning"], text: str, category: str = "") -> None:
        """Keep text unless there is too much."""
        if self._characters >= MAX_CHARACTERS:
            return
        text = text[: MAX_CHARACTERS - self._characters].encode("utf-8", "replace").decode()
        self._characters += len(text) + 1
        last = self._pieces[-1] if self._pieces else None
        if last is not None and last.stream == stream and stream != "warning":
            self._pieces[-1] = Printed(stream, last.text + text)
        elif len(self._pieces) < MAX_PIECES:
            self._pieces.append(Printed(stream, text, category))

    def take(self) -> list[Printed]:
        """Return what has been kept, once."""
        found, self._pieces, self._characters = self._pieces, [], 0
        return found

    @contextlib.contextmanager
    def captured(self) -> Iterator[None]:
        """Collect output and warnings in here."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.redirect_stdout(_Stream(self, "stdout")))
            stack.enter_context(contextlib.redirect_stderr(_Stream(self, "stderr")))
            stack.enter_context(warnings.catch_warnings())
            warnings.simplefilter("always")
            warnings.showwarning = self._warn
            yield

    def _warn(self, message: Any, category: type[Warning], *_: Any, **__: Any) -> None:
        name = next((known.__name__ for known in _CATEGORIES if issubclass(category, known)), "UserWarning")
        self.add("warning", str(message), name)
