"""Records refuse what cannot be, and derive what need not be stored."""

from math import inf, nan

import pytest

from mlsafety_grader.errors import GraderError, ScoreError
from mlsafety_grader.model import Assignment, Budget, Case, Limits, Manifest, Question, QuestionPlan, QuestionResult
from tests.records import make_report


@pytest.mark.parametrize("points", [-1.0, nan, inf])
def test_case_refuses_points_that_cannot_be_awarded(points: float) -> None:
    """Points are finite and not negative."""
    with pytest.raises(ScoreError, match="case q1 - 1"):
        Case(name="q1 - 1", points=points, hidden=False)


def test_question_is_graded_by_a_person_or_by_tests() -> None:
    """A manual question has no cases."""
    with pytest.raises(ScoreError, match="manual"):
        Question(name="q1", manual=True, cases=(Case(name="a", points=1, hidden=False),))


def test_question_refuses_manual_points_that_cannot_be_awarded() -> None:
    """Manual points are finite and not negative."""
    with pytest.raises(ScoreError, match="q1: -2"):
        Question(name="q1", manual=True, manual_points=-2)


def test_question_possible_is_the_sum_of_its_cases_or_what_a_person_may_give() -> None:
    """Both kinds of question know their points."""
    cases = (Case(name="a", points=1.5, hidden=False), Case(name="b", points=2, hidden=True))
    assert Question(name="q1", cases=cases).possible == 3.5
    assert Question(name="w1", manual=True, manual_points=5).possible == 5


@pytest.mark.parametrize(("earned", "possible"), [(2.0, 1.0), (-0.5, 1.0), (nan, 1.0), (1.0, nan), (inf, inf)])
def test_question_result_stays_in_bounds(earned: float, possible: float) -> None:
    """No result lies outside [0, possible], NaN and infinity included."""
    with pytest.raises(ScoreError):
        QuestionResult(name="q1", earned=earned, possible=possible)


def test_manifest_counts_only_what_tests_grade() -> None:
    """Written questions are no autograded points."""
    questions = (
        Question(name="q1", cases=(Case(name="a", points=2, hidden=False),)),
        Question(name="w1", manual=True, manual_points=5),
    )
    manifest = Manifest(slug="s", title="t", release_id="r", questions=questions)
    assert [question.name for question in manifest.autograded] == ["q1"]
    assert manifest.possible == 2


def test_assignment_adds_up_its_points() -> None:
    """All points, and those that tests award."""
    assignment = Assignment(
        slug="s",
        title="t",
        unit="u",
        lecture="l",
        folder="/",
        topics=(),
        papers=(),
        objectives=(),
        questions=(
            QuestionPlan(name="q1", topic="u.s", points=3),
            QuestionPlan(name="w1", topic="u.s", points=5, manual=True),
        ),
        metrics=(),
        limits=Limits(),
        budget=Budget(),
    )
    assert (assignment.points, assignment.autograded_points) == (8, 3)


def test_report_share_of_nothing_is_zero() -> None:
    """A release without points gives no division by zero."""
    assert make_report(earned=0, possible=0).share == 0
    assert make_report(earned=1, possible=4).share == 0.25


def test_error_carries_message_hint_and_exit_code() -> None:
    """The command line needs all three."""
    error = GraderError("what is wrong", hint="what to do")
    assert str(error) == error.message == "what is wrong"
    assert (error.hint, error.exit_code) == ("what to do", 2)
