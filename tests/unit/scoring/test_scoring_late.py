"""Lateness: which day it is, what it costs, what own late days buy off."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import UsageError
from mlsafety_grader.scoring import LatePolicy, as_utc, days_late, is_accepted, late_days_to_spend, late_penalty
from tests.gradebook_records import late_policies, points_of

DUE = datetime(2026, 10, 1, 22, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("late", "days"),
    [
        (-DAY, 0),
        (timedelta(0), 0),
        (timedelta(microseconds=1), 1),
        (DAY, 1),
        (DAY + timedelta(microseconds=1), 2),
        (10 * DAY, 10),
    ],
)
def test_every_started_day_counts(late: timedelta, days: int) -> None:
    """On the second is on time; a moment later is a day late."""
    assert days_late(DUE + late, DUE) == days


def test_grace_forgives_but_does_not_move_the_due_date() -> None:
    """A second beyond the grace is late from the due date on; a day and a bit is two days."""
    grace_s = 900
    assert days_late(DUE + timedelta(seconds=900), DUE, grace_s=grace_s) == 0
    assert days_late(DUE + timedelta(seconds=901), DUE, grace_s=grace_s) == 1
    assert days_late(DUE + DAY + timedelta(seconds=1), DUE, grace_s=grace_s) == 2


def test_extension_moves_the_due_date() -> None:
    """Days are counted from the moved date."""
    assert days_late(DUE + 2 * DAY, DUE, extension_s=2 * 86_400) == 0
    assert days_late(DUE + 2 * DAY + timedelta(seconds=1), DUE, extension_s=2 * 86_400) == 1


def test_zones_and_clock_changes_do_not_matter() -> None:
    """The night in which clocks go back has 25 hours; a day late is still 24."""
    berlin = ZoneInfo("Europe/Berlin")
    due = datetime(2026, 10, 24, 23, 0, tzinfo=berlin)
    assert days_late(datetime(2026, 10, 25, 22, 0, tzinfo=berlin), due) == 1
    assert days_late(datetime(2026, 10, 25, 22, 30, tzinfo=berlin), due) == 2
    assert days_late(DUE.astimezone(timezone(timedelta(hours=-11))), DUE) == 0


@pytest.mark.parametrize("instants", [(DUE.replace(tzinfo=None), DUE), (DUE, DUE.replace(tzinfo=None))])
def test_instant_without_zone_is_refused(instants: tuple[datetime, datetime]) -> None:
    """Nobody knows which instant it is."""
    with pytest.raises(UsageError, match="has no time zone"):
        days_late(*instants)


@pytest.mark.parametrize("edge", [datetime.max, datetime.min])
def test_edge_of_time_is_refused(edge: datetime) -> None:
    """Year 10000 has no name in UTC."""
    with pytest.raises(UsageError, match="out of range"):
        as_utc(edge.replace(tzinfo=timezone(timedelta(hours=-1 if edge is datetime.max else 1))), what="due")


@pytest.mark.parametrize(
    "values",
    [
        {"penalty_per_day": -0.1},
        {"penalty_per_day": 1.5},
        {"penalty_per_day": float("nan")},
        {"max_penalty": float("inf")},
        {"grace_s": -1},
        {"grace_s": 10**9},
        {"accepted_days": -1},
        {"accepted_days": 10**6},
    ],
)
def test_policy_out_of_bounds_is_refused(values: dict[str, float]) -> None:
    """An invalid policy does not construct."""
    with pytest.raises(UsageError, match="late policy"):
        LatePolicy(**values)  # type: ignore[arg-type]


def test_penalty_is_a_share_of_the_possible_points() -> None:
    """Capped by the policy and by what there is."""
    policy = LatePolicy(penalty_per_day=0.1, max_penalty=0.25)
    assert late_penalty(20, 30, days=0, policy=policy) == 0
    assert late_penalty(20, 30, days=2, policy=policy) == pytest.approx(6)
    assert late_penalty(20, 30, days=9, policy=policy) == pytest.approx(7.5)
    assert late_penalty(1, 30, days=9, policy=policy) == 1


def test_after_the_last_day_nothing_counts() -> None:
    """The day itself still does; without a limit everything does."""
    assert is_accepted(7, LatePolicy(accepted_days=7))
    assert not is_accepted(8, LatePolicy(accepted_days=7))
    assert is_accepted(9999, LatePolicy())


def test_late_days_are_not_wasted() -> None:
    """None are spent where the policy takes none, nothing is lost, or the penalty stays at its highest."""
    policy = LatePolicy(penalty_per_day=0.1, max_penalty=0.2)
    assert late_days_to_spend(20, 30, days=2, policy=policy, available=5) == 2
    assert late_days_to_spend(20, 30, days=9, policy=policy, available=5) == 0
    assert late_days_to_spend(0, 30, days=2, policy=policy, available=5) == 0
    assert late_days_to_spend(20, 30, days=2, policy=policy, available=-1) == 0
    free = LatePolicy(penalty_per_day=0.1, takes_late_days=False)
    assert late_days_to_spend(20, 30, days=2, policy=free, available=5) == 0


@given(late_policies, points_of(), st.integers(0, 5000), st.integers(0, 5000))
def test_penalty_is_bounded_and_grows_with_days(
    policy: LatePolicy, points: tuple[float, float], days: int, more: int
) -> None:
    """It lies in [0, earned] and a day more never costs less."""
    earned, possible = points
    penalty = late_penalty(earned, possible, days=days, policy=policy)
    assert 0 <= penalty <= earned
    assert penalty <= late_penalty(earned, possible, days=days + more, policy=policy)


@given(late_policies, points_of(), st.integers(0, 400), st.integers(-3, 400))
def test_spent_late_days_are_bounded_and_never_hurt(
    policy: LatePolicy, points: tuple[float, float], days: int, available: int
) -> None:
    """No more than there are, no more than are needed, and the penalty falls when some are spent."""
    earned, possible = points
    spent = late_days_to_spend(earned, possible, days=days, policy=policy, available=available)
    assert 0 <= spent <= max(0, min(days, available))
    with_them = late_penalty(earned, possible, days=days - spent, policy=policy)
    without = late_penalty(earned, possible, days=days, policy=policy)
    assert with_them < without if spent else with_them == without


@given(st.timedeltas(timedelta(days=-999), timedelta(days=999)), st.integers(0, 10**6), st.integers(0, 10**7))
def test_more_time_is_never_later(late: timedelta, grace_s: int, extension_s: int) -> None:
    """Neither grace nor an extension adds a day, and zones change nothing."""
    plain = days_late(DUE + late, DUE)
    assert days_late(DUE + late, DUE, grace_s=grace_s) <= plain
    assert days_late(DUE + late, DUE, extension_s=extension_s) <= plain
    elsewhere = (DUE + late).astimezone(timezone(timedelta(hours=9)))
    assert days_late(elsewhere, DUE) == plain
