"""What people decide: it counts, it can be taken back, it cannot be out of bounds, and it is written down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mlsafety_grader.errors import GradebookError, UsageError
from mlsafety_grader.gradebook import (
    Act,
    Change,
    Gradebook,
    HandedIn,
    RubricItem,
    assign_submission,
    change_assignment,
    grade_written,
    grant_extension,
    import_reports,
    override_points,
    read_history,
    read_overview,
    read_settled,
    set_up,
)
from mlsafety_grader.gradebook.tables import OverrideRow, RubricItemRow
from mlsafety_grader.model import Standing
from mlsafety_grader.scoring import Counting
from tests.gradebook_records import DUE, graded
from tests.integration.gradebook.conftest import ACT, NOW, dump

Call = Callable[[Session], Any]


@pytest.fixture
def full(book: Gradebook) -> Gradebook:
    """Ada handed in a day and a half late; one submission is nobody's; ten percent a day."""
    items = [
        HandedIn(report=graded("ada.ipynb", 2.0), student_key="ada", submitted_at=DUE + timedelta(days=1.5)),
        HandedIn(report=graded("x.ipynb", 3.0), student_key=None, submitted_at=None, unmatched_because="who?"),
    ]
    with book.writing() as session:
        set_up(session, title=None, late_days=0, assignments=[], act=ACT)
        import_reports(session, items, act=ACT)
        change_assignment(session, "adversaries", Change(due_at=DUE, penalty_per_day=0.1), act=ACT)
    return book


def standing(book: Gradebook, student: str = "ada") -> Standing:
    with book.reading() as session:
        return read_settled(session, student=student, slug="adversaries")[0].standing


def decide(book: Gradebook, call: Call) -> None:
    with book.writing() as session:
        call(session)


def override(points: float | None, question: str | None = "q1", **changes: Any) -> Call:
    values = {"question": question, "points": points, "reason": "why", "act": ACT, **changes}
    return lambda session: override_points(session, "ada", "adversaries", **values)


def written(points: float | None, *items: RubricItem, question: str = "w1", **changes: Any) -> Call:
    values = {"question": question, "points": points, "items": items, "act": ACT, **changes}
    return lambda session: grade_written(session, "ada", "adversaries", **values)


def extension(time: timedelta | None, reason: str = "ill") -> Call:
    return lambda session: grant_extension(session, "ada", "adversaries", time=time, reason=reason, act=ACT)


def test_late_penalty_is_of_the_possible_points(full: Gradebook) -> None:
    """Two started days at ten percent of eight points."""
    found = standing(full)
    assert (found.days_late, found.earned) == (2, 2.0)
    assert found.penalty == pytest.approx(1.6)


def test_override_counts_and_can_be_taken_back(full: Gradebook) -> None:
    """A new one takes the place of the old; both stay readable."""
    decide(full, override(3.0))
    decide(full, override(1.5))
    assert standing(full).earned == 1.5
    decide(full, override(None))
    assert standing(full).earned == 2.0
    with full.reading() as session:
        assert [row.active for row in session.scalars(select(OverrideRow))] == [False, False]
        changes = [(a.before, a.after) for a in read_history(session, "ada").audit if a.action == "override"]
    assert changes == [("", "3"), ("3", "1.5"), ("1.5", "taken back")]


def test_override_of_the_whole_needs_no_attempt(full: Gradebook) -> None:
    """It is the final score."""
    decide(
        full,
        lambda s: override_points(s, "alan", "adversaries", question=None, points=7.0, reason="oral exam", act=ACT),
    )
    assert (standing(full, "alan").score, standing(full, "alan").attempt) == (7.0, 0)


def test_written_question_by_points_or_rubric(full: Gradebook) -> None:
    """The rubric's lines add up and are kept; on which attempt they were read is known."""
    decide(full, written(5.0))
    decide(full, written(None, RubricItem(text="names two", points=2.0), RubricItem(text="why", points=0.5)))
    assert standing(full).earned == 4.5
    with full.reading() as session:
        rows = session.scalars(select(RubricItemRow).order_by(RubricItemRow.position)).all()
        assert [(row.text, row.points) for row in rows] == [("names two", 2.0), ("why", 0.5)]
        assert read_overview(session).assignments[0].read_earlier == 0
    newer = HandedIn(report=graded("new.ipynb", 3.0), student_key="ada", submitted_at=DUE + timedelta(days=1.6))
    decide(full, lambda s: import_reports(s, [newer], act=ACT))
    with full.reading() as session:
        assert read_overview(session).assignments[0].read_earlier == 1
    assert standing(full).earned == 5.5


def test_extension_gives_time(full: Gradebook) -> None:
    """The last one counts, until it is taken back."""
    decide(full, extension(timedelta(days=1)))
    assert standing(full).days_late == 1
    decide(full, extension(timedelta(days=2)))
    assert standing(full).days_late == 0
    decide(full, extension(None))
    assert standing(full).days_late == 2


def test_late_days_are_the_students_own(full: Gradebook) -> None:
    """They buy penalty days off; the course says how many there are."""
    decide(full, lambda s: set_up(s, title=None, late_days=1, assignments=[], act=ACT))
    assert standing(full).penalty == pytest.approx(0.8)


def test_rules_change_what_is_there_already(full: Gradebook) -> None:
    """And can be taken away again."""
    decide(full, lambda s: change_assignment(s, "adversaries", Change(accepted_days=1), act=ACT))
    assert standing(full).score == 0
    every = Change(
        accept_all=True, max_penalty=0.1, counting=Counting.BEST, grace_s=60, title="New", takes_late_days=False
    )
    decide(full, lambda s: change_assignment(s, "adversaries", every, act=ACT))
    assert standing(full).penalty == pytest.approx(0.8)
    assert standing(full).title == "New"
    decide(full, lambda s: change_assignment(s, "adversaries", Change(no_due_date=True), act=ACT))
    assert (standing(full).days_late, standing(full).due_at) == (0, None)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (override(3.5), "3.5 points, but it has only 3"),
        (override(-1.0), "-1.0 points"),
        (override(float("nan")), "nan points"),
        (override(9.0, None), "9 points, but it has only 8"),
        (override(1.0, "q9"), "no question 'q9'"),
        (override(1.0, reason=" "), "the reason is empty"),
        (override(1.0, reason="x" * 5000), "the reason is empty or longer"),
        (override(None), "no such override"),
        (written(5.5), "5.5 points, but it has only 5"),
        (written(1.0, question="q1"), "graded by tests"),
        (written(None), "either points or"),
        (written(1.0, RubricItem(text="x", points=1.0)), "either points or"),
        (written(None, RubricItem(text=" ", points=1.0)), "no text"),
        (written(None, RubricItem(text="x", points=-1.0)), "-1.0 points"),
        (written(1.0, comment="x" * 5000), "comment is longer"),
        (extension(timedelta(0)), "an extension of"),
        (extension(timedelta(days=9999)), "an extension of"),
        (extension(None), "no extension"),
        (lambda s: grade_written(s, "alan", "adversaries", question="w1", points=1.0, act=ACT), "no graded attempt"),
        (
            lambda s: grade_written(s, "nobody", "adversaries", question="w1", points=1.0, act=ACT),
            "no student is called",
        ),
        (lambda s: read_settled(s, slug="trojans"), "no assignment 'trojans'"),
        (lambda s: assign_submission(s, "adversaries", "y.ipynb", student="ada", act=ACT), "no unmatched submission"),
        (lambda s: change_assignment(s, "adversaries", Change(penalty_per_day=2.0), act=ACT), "penalty per day"),
        (lambda s: change_assignment(s, "adversaries", Change(due_at=datetime(2026, 1, 1)), act=ACT), "no time zone"),
        (lambda s: set_up(s, title=None, late_days=-1, assignments=[], act=ACT), "-1 late days"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(full: Gradebook, call: Call, problem: str) -> None:
    """One message each."""
    before = dump(full)
    with pytest.raises(UsageError, match=problem):
        decide(full, call)
    assert dump(full) == before


def test_the_same_file_is_not_given_to_a_student_twice(full: Gradebook) -> None:
    """It would be two attempts with one key."""
    twin = HandedIn(report=graded("twin.ipynb", 2.0, content="ada.ipynb"), student_key=None,
                    submitted_at=DUE + timedelta(days=1.5))  # fmt: skip
    decide(full, lambda s: import_reports(s, [twin], act=ACT))
    with pytest.raises(UsageError, match="very file already, as attempt 1"):
        decide(full, lambda s: assign_submission(s, "adversaries", "twin.ipynb", student="ada", act=ACT))


@pytest.mark.parametrize("statement", ["UPDATE audit SET author = 'me'", "DELETE FROM audit"])
def test_audit_trail_cannot_be_changed(full: Gradebook, statement: str) -> None:
    """The database itself refuses, whoever asks."""
    with pytest.raises(GradebookError, match="audit trail cannot be changed"), full.writing() as session:
        session.execute(text(statement))


def test_clock_that_goes_backwards_keeps_the_order(full: Gradebook) -> None:
    """History is in the order of what happened, with the times that the clock gave."""
    earlier = Act(author="tester", at=NOW - timedelta(days=400))
    decide(full, override(1.0))
    decide(full, override(2.0, act=earlier))
    with full.reading() as session:
        last = read_history(session, "ada").audit[-2:]
    assert [(row.after, row.at) for row in last] == [("1", NOW), ("2", earlier.at)]
    assert standing(full).earned == 2.0


def test_instants_are_stored_in_utc(full: Gradebook) -> None:
    """Whatever zone they are given in; summer time included."""
    local = datetime.fromisoformat("2026-10-25T02:30:00+02:00")
    decide(full, lambda s: change_assignment(s, "adversaries", Change(due_at=local), act=ACT))
    found = standing(full).due_at
    assert found == local
    assert found is not None
    assert found.tzinfo is UTC


def test_nameless_author_is_refused() -> None:
    """Somebody must stand for a change."""
    for author in ("", " ", "x" * 500):
        with pytest.raises(UsageError, match="author"):
            Act(author=author, at=NOW)


def test_readers_cannot_write(full: Gradebook) -> None:
    """Whatever the code does by mistake."""
    before = dump(full)
    with pytest.raises(GradebookError, match="you may read it but not write"), full.reading() as session:
        session.execute(text("UPDATE students SET name = 'x'"))
    assert dump(full) == before
