"""The seam between a batch and the machines that grade it."""

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from mlsafety_grader.engine import Task, Terms
from mlsafety_grader.model import Report

HANDED_IN = "handed_in"
"""Folder below a task's `keep` that holds the copy of the submission that was graded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a task. `number` is its place in the list; `sha256` is of the bytes graded, None without any.

    Below the task's `keep` lie `executed.ipynb`, when there is one, and the graded copy.
    """

    number: int
    report: Report
    sha256: str | None


class Executor(Protocol):
    """Something that grades many submissions, on this machine or on others."""

    def run(self, tasks: Sequence[Task], terms: Terms, *, stop: threading.Event) -> Generator[Outcome, None, None]:
        """Yield an outcome for every task, in any order; when `stop` is set, end what runs and yield what is done.

        A fault of the grader is tried once more before it becomes an outcome. An outcome with a fault that comes after
        `stop` was set is an interruption.
        """
        ...
