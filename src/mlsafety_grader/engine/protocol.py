"""The seam between engines and everything above: take a checked submission, say what became of its cases.

An engine awards no points. It may raise `EngineError` when it, not the submission, failed; the caller retries.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mlsafety_grader.engine.intake import Submission
from mlsafety_grader.model import EngineName, Examination, Limits, Question
from mlsafety_grader.release import Release

VERDICTS = 1
"""Raise this when an engine may give a submission another verdict than before: results kept so far count no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One examination to be made. `stop`, when set, ends it early with an `EngineError`.

    `questions` are those to be examined; all when None. All cells run either way, and an engine may examine more.
    """

    submission: Submission
    release: Release
    limits: Limits
    stop: threading.Event
    questions: frozenset[str] | None = None

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions to be examined, in the release's order."""
        every = self.release.manifest.autograded
        return every if self.questions is None else tuple(q for q in every if q.name in self.questions)


class Engine(Protocol):
    """Something that examines submissions, several at a time from several threads."""

    @property
    def name(self) -> EngineName:
        """What `--engine` calls it."""
        ...

    @property
    def isolation(self) -> str:
        """How student code is kept from hidden tests; `none` when it is not."""
        ...

    def examine(self, job: Job, *, keep: Path | None = None) -> Examination:
        """Run a submission's cells and its release's tests; put the executed notebook into the folder `keep`."""
        ...
