"""What engine and examiner say to each other. Both are trusted."""

import msgspec

from mlsafety_grader.model import Verdict

CONTROL_FD = 3


class Examine(msgspec.Struct, frozen=True, kw_only=True):
    """Start an examiner. Descriptors that come along: its line to the engine, then a checkpoint socket a question.

    `folder` is a private copy of the release's tests and files; `questions` name the sockets. Questions that are
    `shared` are examined inside their checkpoint.
    """

    folder: str
    questions: tuple[str, ...]
    case_s: float
    shared: tuple[str, ...] = ()


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The server has imported its libraries."""

    pid: int


class Go(msgspec.Struct, frozen=True):
    """Examine these questions now, in this order."""

    questions: tuple[str, ...]


class Began(msgspec.Struct, frozen=True, tag=True):
    """The examiner for this request."""

    pid: int


class CaseDone(msgspec.Struct, frozen=True, tag=True):
    """A case's outcome."""

    question: str
    name: str
    verdict: Verdict
    message: str
    detail: str


class QuestionDone(msgspec.Struct, frozen=True, tag=True):
    """A question is through; what its tests recorded."""

    question: str
    measurements: tuple[tuple[str, float], ...]


class ExamDone(msgspec.Struct, frozen=True, tag=True):
    """All questions are through."""


class ExamFailed(msgspec.Struct, frozen=True, tag=True):
    """The examiner itself failed: ours, not the submission's."""

    reason: str


Answer = Began | CaseDone | QuestionDone | ExamDone | ExamFailed
