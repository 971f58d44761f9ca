"""Say how late a hand-in is and what that costs. Instants carry a time zone; a day is 24 hours, always."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mlsafety_grader.errors import UsageError

_DAY = timedelta(days=1)
MAX_DAYS = 3660
_MAX_S = MAX_DAYS * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePolicy:
    """What lateness costs in one assignment. The default costs nothing.

    `penalty_per_day` and `max_penalty` are shares of the possible points, in [0, 1]; every started day counts in full.
    Up to `grace_s` seconds late is on time. Later than `accepted_days` days nothing counts; None accepts for ever.
    `takes_late_days` lets the student's own late days buy penalty days off.
    """

    penalty_per_day: float = 0.0
    max_penalty: float = 1.0
    grace_s: int = 0
    accepted_days: int | None = None
    takes_late_days: bool = True

    def __post_init__(self) -> None:
        for name, share in (("penalty per day", self.penalty_per_day), ("highest penalty", self.max_penalty)):
            if not 0 <= share <= 1:  # phrased so that NaN is refused
                raise UsageError(
                    f"late policy: {name} of {share}", hint="give a share of the possible points from 0 to 1, say 0.1"
                )
        if not 0 <= self.grace_s <= _MAX_S:
            raise UsageError(
                f"late policy: grace of {self.grace_s} s", hint=f"give a time from 0 to {MAX_DAYS} days, say 15 minutes"
            )
        if self.accepted_days is not None and not 0 <= self.accepted_days <= MAX_DAYS:
            raise UsageError(
                f"late policy: accepted for {self.accepted_days} days", hint=f"give whole days from 0 to {MAX_DAYS}"
            )


def as_utc(instant: datetime, *, what: str) -> datetime:
    """Return the same instant in UTC.

    Raises:
        UsageError: it has no time zone, so that nobody knows which instant it is, or lies outside years 1 to 9999.
    """
    if instant.utcoffset() is None:
        raise UsageError(
            f"{what}: {instant.isoformat()} has no time zone",
            hint="write the offset to UTC behind the time, say 2026-10-01T23:59+02:00, or Z for UTC",
        )
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"{what}: {instant.isoformat()} is out of range", hint="give a date of this century") from None


def days_late(submitted_at: datetime, due_at: datetime, *, grace_s: int = 0, extension_s: int = 0) -> int:
    """Return the started days between the due date, moved by the extension, and the hand-in; 0 is on time.

    Grace forgives, it does not move the due date: a minute beyond it is one day late, not a minute of a day.

    Raises:
        UsageError: an instant has no time zone.
    """
    late = as_utc(submitted_at, what="submitted") - as_utc(due_at, what="due") - timedelta(seconds=extension_s)
    if late <= timedelta(seconds=grace_s):
        return 0
    return -(-late // _DAY)


def is_accepted(days: int, policy: LatePolicy) -> bool:
    """Return whether an attempt that late counts at all."""
    return policy.accepted_days is None or days <= policy.accepted_days


def late_penalty(earned: float, possible: float, *, days: int, policy: LatePolicy) -> float:
    """Return the points to deduct from `earned` for that many days, in [0, earned]; never less for a day more."""
    share = min(days * policy.penalty_per_day, policy.max_penalty)
    return min(earned, share * possible)


def late_days_to_spend(earned: float, possible: float, *, days: int, policy: LatePolicy, available: int) -> int:
    """Return how many of the student's own late days this attempt takes, in [0, min(days, available)].

    None where they would change nothing: no penalty, or one that stays at its highest anyway.
    """
    if not policy.takes_late_days:
        return 0
    spent = min(days, max(0, available))
    without = late_penalty(earned, possible, days=days, policy=policy)
    return spent if late_penalty(earned, possible, days=days - spent, policy=policy) < without else 0
