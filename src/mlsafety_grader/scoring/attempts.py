"""Say which of a student's attempts at an assignment counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from mlsafety_grader.model import QuestionResult, Status
from mlsafety_grader.scoring.late import as_utc

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Counting(StrEnum):
    """Which attempt counts. `BEST` means the most points after the late penalty."""

    LAST = "last"
    BEST = "best"
    LAST_BEFORE_DEADLINE = "last_before_deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One hand-in with what tests awarded. `submitted_at` is None when nobody recorded it: then it is never late."""

    number: int
    submitted_at: datetime | None
    status: Status
    questions: tuple[QuestionResult, ...] = ()

    def __post_init__(self) -> None:
        if self.submitted_at is not None:
            as_utc(self.submitted_at, what=f"attempt {self.number}")

    @property
    def has_points(self) -> bool:
        """Whether its points mean anything: a grader fault has none, and none is not zero."""
        return self.status is not Status.GRADER_FAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """An attempt with its points before (`earned`) and after (`score`) the late penalty."""

    attempt: Attempt
    earned: float
    possible: float
    penalty: float
    score: float
    days_late: int
    late_days_used: int
    accepted: bool


def choose_attempt(rated: Sequence[Rated], counting: Counting) -> Rated | None:
    """Return the attempt that counts, or None when there is none. The order of `rated` is irrelevant.

    One that came too late counts only where no other did. With `LAST_BEFORE_DEADLINE` a late one counts only where none
    was on time. Of equally good ones `BEST` takes that which costs fewest late days, then the last.
    """
    pool = [one for one in rated if one.accepted] or list(rated)
    if counting is Counting.LAST_BEFORE_DEADLINE:
        pool = [one for one in pool if one.days_late == 0] or pool
    if counting is Counting.BEST:
        return max(pool, key=lambda one: (one.score, -one.late_days_used, _moment(one.attempt)), default=None)
    return max(pool, key=lambda one: _moment(one.attempt), default=None)


def _moment(attempt: Attempt) -> tuple[datetime, int]:
    """Return the key that puts attempts in the order in which they came in; those without a time were first."""
    at = attempt.submitted_at
    return (_LONG_AGO if at is None else as_utc(at, what="submitted")), attempt.number
