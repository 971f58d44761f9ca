"""Run cells as Jupyter does, without Jupyter: IPython's shell, its outputs captured in nbformat's terms.

The shell is made once in the server and inherited by every fork; `begin` gives it a fresh namespace. Everything here
runs in the untrusted process once cells run: what it reports about a cell concerns that submission alone.
"""

import base64
import builtins
import io
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

Emit = Callable[[dict[str, Any]], None]

TRACEBACK_LINES = 60


class StdinNotImplementedError(NotImplementedError):
    """Nobody is there to answer: what Jupyter raises when a notebook runs unattended."""


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a cell: whole writes become stream outputs."""

    def __init__(self, name: str, emit: Emit) -> None:
        self.name = f"<{name}>"
        self._kind = name
        self._emit = emit

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._emit({"output_type": "stream", "name": self._kind, "text": text})
        return len(text)


class _Publisher(DisplayPublisher):
    """`display(...)` becomes a display_data output."""

    emit: Emit | None = None

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **kwargs: Any) -> None:  # noqa: ARG002
        if self.emit is not None:
            kind = "update_display_data" if kwargs.get("update") else "display_data"
            bundle = {"output_type": kind, "data": _encodable(data), "metadata": metadata or {}}
            if kind == "display_data":
                self.emit(bundle)

    def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - IPython's signature
        """Leave what is there: a record of a run keeps all of it."""


class _Hook(DisplayHook):
    """The value of a cell's last expression becomes an execute_result output."""

    emit: Emit | None = None
    bundle: dict[str, Any]

    def start_displayhook(self) -> None:
        self.bundle = {"output_type": "execute_result", "execution_count": self.prompt_count}

    def write_output_prompt(self) -> None:
        """Jupyter shows the number itself."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.bundle |= {"data": _encodable(format_dict), "metadata": md_dict or {}}

    def finish_displayhook(self) -> None:
        if self.emit is not None and "data" in self.bundle:
            self.emit(self.bundle)


class NotebookShell(InteractiveShell):
    """IPython's shell with outputs captured. Made before the fork; it starts no thread and writes no history."""

    def init_history(self) -> None:
        """Keep no history: its database would start a thread."""
        super().init_history()  # type: ignore[no-untyped-call]
        self.history_manager.enabled = False  # type: ignore[union-attr]

    exit_asked = False

    def ask_exit(self) -> None:
        """`exit()` and `quit()` end the run, as they end a Jupyter kernel."""
        self.exit_asked = True

    def enable_gui(self, gui: Any = None) -> None:
        """No window system here."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        """Errors are outputs, not text on a terminal."""


def make_shell() -> NotebookShell:
    """Return the shell that all forks inherit. Call it once, before any fork."""
    os.environ.setdefault("IPYTHONDIR", tempfile.mkdtemp(prefix="mlsafety-ipython-"))
    NotebookShell.display_pub_class.default_value = _Publisher
    NotebookShell.displayhook_class.default_value = _Hook
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.xmode = "Context"
    config.InteractiveShell.colors = "NoColor"
    config.InteractiveShell.cache_size = 0
    shell: NotebookShell = NotebookShell.instance(config=config)
    shell.display_formatter.active_types = list(shell.display_formatter.format_types)  # type: ignore[union-attr]
    return shell


class CellRunner:
    """Runs cells one after another in a shell and hands on what they show, no more than `output_cap` bytes a cell."""

    def __init__(self, shell: NotebookShell, emit: Emit, *, output_cap: int) -> None:
        self._shell = shell
        self._sink = emit
        self._cap = output_cap
        self._left = output_cap
        self._stream: dict[str, Any] | None = None
        shell.display_pub.emit = self._take  # type: ignore[attr-defined]
        shell.displayhook.emit = self._take  # type: ignore[attr-defined]
        builtins.input = _refuse_input
        sys.stdout = _Stream("stdout", self._take)
        sys.stderr = _Stream("stderr", self._take)
        self._descriptors = _Descriptors()
        shell.run_line_magic("matplotlib", "inline")

    @property
    def namespace(self) -> dict[str, Any]:
        """The student's global names."""
        names: dict[str, Any] = self._shell.user_ns
        return names

    @property
    def exit_asked(self) -> bool:
        """Whether a cell called `exit()`."""
        return self._shell.exit_asked

    def run(self, source: str) -> tuple[str, str]:
        """Run a cell; return the name and text of the exception that ended it, both empty when none did."""
        self._left = self._cap
        result = self._shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        for name, text in self._descriptors.read(self._cap):
            self._take({"output_type": "stream", "name": name, "text": text})
        error = result.error_before_exec or result.error_in_exec
        if error is not None and not isinstance(error, SystemExit):
            self._take(_error_output(result, error))
        self.flush()
        return ("", "") if error is None else (type(error).__name__, _text_of(error))

    def show(self, text: str) -> None:
        """Add a line of our own to the running cell's output."""
        self._take({"output_type": "stream", "name": "stdout", "text": text})

    def flush(self) -> None:
        """Hand on what is still held together."""
        if self._stream is not None:
            self._sink(self._stream)
            self._stream = None

    def _take(self, output: dict[str, Any]) -> None:
        if self._left <= 0:
            return
        size = len(output["text"]) if output["output_type"] == "stream" else len(json.dumps(output, default=str))
        if size > self._left:
            kept = str(output.get("text", ""))[: self._left]
            notice = f"\n[output cut: more than {self._cap} bytes in one cell]\n"
            output = {"output_type": "stream", "name": output.get("name", "stdout"), "text": kept + notice}
            size = self._left
        self._left -= size
        held = self._stream
        if output["output_type"] != "stream":
            self.flush()
            self._sink(output)
        elif held is not None and held["name"] == output["name"] and len(held["text"]) < self._cap:
            held["text"] += output["text"]
        else:
            self.flush()
            self._stream = dict(output)


class _Descriptors:
    """What programs write to descriptors 1 and 2: into files without a name, read after each cell."""

    def __init__(self) -> None:
        self._files = {name: tempfile.TemporaryFile() for name in ("stdout", "stderr")}  # noqa: SIM115 - kept open
        for number, file in enumerate(self._files.values(), 1):
            os.dup2(file.fileno(), number)
        self._read = dict.fromkeys(self._files, 0)

    def read(self, cap: int) -> list[tuple[str, str]]:
        """Return what came since the last time."""
        found = []
        for name, file in self._files.items():
            size = os.fstat(file.fileno()).st_size
            if size > self._read[name]:
                data = os.pread(file.fileno(), min(cap + 1, size - self._read[name]), self._read[name])
                self._read[name] = size
                found.append((name, data.decode("utf-8", "replace")))
        return found


def _refuse_input(prompt: object = "") -> str:
    raise StdinNotImplementedError(f"nobody can answer input({str(prompt)!r}): the notebook is graded unattended")


def _error_output(result: ExecutionResult, error: BaseException) -> dict[str, Any]:
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    lines = lines if result.error_in_exec is not None else traceback.format_exception_only(type(error), error)
    text = "".join(line for line in lines if "IPython/core/interactiveshell.py" not in line)
    return {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": _text_of(error),
        "traceback": text.splitlines()[-TRACEBACK_LINES:],
    }


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its text cannot be shown)"


def _encodable(data: dict[str, Any]) -> dict[str, Any]:
    """A display bundle as JSON can hold it: bytes in base64, as notebooks keep pictures."""
    return {
        str(kind): base64.b64encode(value).decode() if isinstance(value, bytes) else value
        for kind, value in data.items()
    }
