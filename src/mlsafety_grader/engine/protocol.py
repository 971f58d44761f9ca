"""The seam between engines and everything above: take a checked submission, say what became of its cases.

An engine awards no points. It may raise `EngineError` when it, not the submission, failed; the caller retries.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mlsafety_grader.engine.intake import Submission
from mlsafety_grader.model import EngineName, Examination, Limits
from mlsafety_grader.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One examination to be made. `stop`, when set, ends it early with an `EngineError`."""

    submission: Submission
    release: Release
    limits: Limits
    stop: threading.Event


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
