"""What `import otter` gives a notebook while it is graded: a client whose checks take checkpoints.

The real package's `Notebook` would look for test files, and there are none here.
"""

from collections.abc import Callable, Sequence
from typing import Any

import otter


class PendingCheck:
    """What `grader.check(...)` returns: the result does not exist yet."""

    def __init__(self, question: str) -> None:
        self.name = question

    def __repr__(self) -> str:
        return f"{self.name}: examined after the notebook has run"


def _do_nothing(*_: object, **__: object) -> None:
    """Answer what is disabled while grading."""


def install_client(take: Callable[[str], None], questions: Sequence[str]) -> None:
    """Put a stand-in for `otter.Notebook` into the otter package.

    Args:
        take: called with a question's name at each check.
        questions: for `check_all`.
    """

    class Notebook:
        """Otter's notebook client while grading."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            """Take whatever the genuine one takes."""

        def check(self, question: str, global_env: Any = None) -> PendingCheck:  # noqa: ARG002 - otter's signature
            """Have a question examined in the state of now."""
            if question not in questions:
                raise FileNotFoundError(f"Test {question} does not exist")
            take(question)
            return PendingCheck(question)

        def __getattr__(self, name: str) -> Any:
            """Do nothing for everything else: otter disables it while grading, too."""
            if name.startswith("_"):
                raise AttributeError(name)
            return _do_nothing

    otter.Notebook = Notebook
