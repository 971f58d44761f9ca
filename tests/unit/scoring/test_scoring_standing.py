"""Where a student stands in the end: attempts, people's decisions, lateness, late days."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from math import fsum, isfinite
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import QuestionResult, Standing, Status, TopicScore
from mlsafety_grader.scoring import (
    Attempt,
    Counting,
    LatePolicy,
    ManualScore,
    Override,
    QuestionPoints,
    Rules,
    Source,
    Work,
    settle,
    settle_course,
)
from tests.gradebook_records import ADA, DUE, TOPIC, make_attempt, make_rules, works

TEN_A_DAY = LatePolicy(penalty_per_day=0.1)


def stand(*attempts: Attempt, **rules: object) -> Standing:
    return settle(ADA, Work(rules=make_rules(**rules), attempts=attempts)).standing


def test_nothing_handed_in_is_no_score() -> None:
    """None, not zero; the possible points are the assignment's."""
    assert stand() == Standing(student=ADA, slug="adversaries", title="Adversaries", possible=10, due_at=DUE)


def test_grader_fault_is_no_score() -> None:
    """An attempt that we failed on counts for nothing; an earlier good one stands."""
    fault = make_attempt(2, 0, status=Status.GRADER_FAULT)
    assert stand(fault).score is None
    settled = settle(ADA, Work(rules=make_rules(), attempts=(make_attempt(1, 7, days=-2), fault)))
    assert (settled.standing.score, settled.standing.attempt, settled.faults) == (7, 1, (2,))


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.GRADER_FAULT])
def test_students_failure_counts(status: Status) -> None:
    """A crash, a timeout and a rejected file are attempts with the points earned until then."""
    assert stand(make_attempt(1, 9, days=-2), make_attempt(2, 0, status=status)).score == 0


@pytest.mark.parametrize(
    ("counting", "number"), [(Counting.LAST, 3), (Counting.BEST, 1), (Counting.LAST_BEFORE_DEADLINE, 2)]
)
def test_which_attempt_counts(counting: Counting, number: int) -> None:
    """The last, the best after penalties, or the last that was on time."""
    attempts = (make_attempt(1, 9, days=-3), make_attempt(2, 5, days=-1), make_attempt(3, 8, days=2))
    assert stand(*attempts, counting=counting, late=TEN_A_DAY).attempt == number


def test_last_goes_by_time_not_by_number() -> None:
    """Batches may be imported in any order; what nobody knows the time of counts as earlier."""
    assert stand(make_attempt(1, 9, days=-1), make_attempt(2, 5, days=-3)).attempt == 1
    assert stand(make_attempt(1, 9, days=-1), make_attempt(2, 5, days=None)).attempt == 1
    assert stand(make_attempt(1, 9, days=None), make_attempt(2, 5, days=None)).attempt == 2


def test_late_attempts_count_where_none_was_on_time() -> None:
    """`last_before_deadline` then takes the last, with its penalty."""
    late = (make_attempt(1, 9, days=0.5), make_attempt(2, 8, days=1.5))
    standing = stand(*late, counting=Counting.LAST_BEFORE_DEADLINE, late=TEN_A_DAY)
    assert (standing.attempt, standing.earned, standing.penalty, standing.score) == (2, 8, 2, 6)
    assert standing.days_late == 2


def test_too_late_earns_nothing_but_is_no_missing_score() -> None:
    """Where another attempt is accepted it counts instead."""
    policy = LatePolicy(accepted_days=3)
    standing = stand(make_attempt(1, 8, days=5), late=policy)
    assert (standing.earned, standing.penalty, standing.score, standing.days_late) == (8, 8, 0, 5)
    assert stand(make_attempt(1, 4, days=1), make_attempt(2, 8, days=5), late=policy).attempt == 1


def test_best_counts_after_the_penalty() -> None:
    """A perfect late attempt may be worth less than a decent one on time."""
    standing = stand(make_attempt(1, 7, days=-1), make_attempt(2, 10, days=3.5), counting=Counting.BEST, late=TEN_A_DAY)
    assert (standing.attempt, standing.score) == (1, 7)


def test_without_time_or_due_date_nothing_is_late() -> None:
    """Nobody loses points for what nobody wrote down."""
    policy = LatePolicy(penalty_per_day=1, accepted_days=0)
    assert stand(make_attempt(1, 7, days=None), late=policy).score == 7
    assert stand(make_attempt(1, 7, days=50), late=policy, due_at=None).score == 7


def test_extension_is_the_students_own() -> None:
    """It moves the due date for the one who has it; a negative one does nothing."""
    work = Work(rules=make_rules(late=TEN_A_DAY), attempts=(make_attempt(1, 8, days=1.5),))
    assert settle(ADA, work).standing.score == 6
    assert settle(ADA, replace(work, extension_s=86_400)).standing.score == 7
    assert settle(ADA, replace(work, extension_s=-86_400)).standing.score == 6


def test_people_stand_above_tests() -> None:
    """Written questions wait until somebody grades them; an override replaces either; both are clipped."""
    attempt = Attempt(
        number=1,
        submitted_at=None,
        status=Status.GRADED,
        questions=(
            QuestionResult(name="q1", earned=1, possible=3, topic=TOPIC),
            QuestionResult(name="q2", earned=1, possible=3, topic="b"),
            QuestionResult(name="w1", earned=0, possible=5, manual=True, topic=TOPIC),
            QuestionResult(name="w2", earned=0, possible=4, manual=True),
        ),
    )
    settled = settle(
        ADA,
        Work(
            rules=make_rules(),
            attempts=(attempt,),
            manual=(ManualScore(question="w1", points=99), ManualScore(question="q1", points=0)),
            overrides=(Override(question="q2", points=2.5), Override(question="gone", points=9)),
        ),
    )
    assert settled.questions == (
        QuestionPoints(name="q1", earned=1, possible=3, topic=TOPIC, source=Source.TESTS),
        QuestionPoints(name="q2", earned=2.5, possible=3, topic="b", source=Source.OVERRIDE),
        QuestionPoints(name="w1", earned=5, possible=5, topic=TOPIC, source=Source.PERSON),
        QuestionPoints(name="w2", earned=None, possible=4, topic=None, source=Source.WAITING),
    )
    assert settled.waiting == ("w2",)
    assert (settled.standing.earned, settled.standing.possible) == (8.5, 15)
    assert settled.topics == (
        TopicScore(topic=TOPIC, earned=6, possible=8),
        TopicScore(topic="b", earned=2.5, possible=3),
    )


def test_override_of_the_whole_is_final() -> None:
    """It costs no penalty and no late day, and needs no attempt; it is clipped to what is possible."""
    final = (Override(question=None, points=9),)
    work = Work(rules=make_rules(late=TEN_A_DAY), attempts=(make_attempt(1, 3, days=4),), overrides=final)
    settled = settle(ADA, work, late_days=5)
    assert (settled.standing.score, settled.standing.penalty, settled.late_days_used) == (9, 0, 0)
    assert (settled.standing.attempt, settled.standing.days_late) == (1, 4)
    assert settle(ADA, Work(rules=make_rules(), overrides=final)).standing.score == 9
    assert settle(ADA, Work(rules=make_rules(possible=4), overrides=final)).standing.score == 4


def test_late_days_are_spent_by_due_date() -> None:
    """Whatever the order in which assignments are listed; one without a due date comes last."""
    second = Work(
        rules=make_rules(slug="second", late=TEN_A_DAY, due_at=DUE + timedelta(days=7)),
        attempts=(make_attempt(1, 8, days=8.5),),
    )
    first = Work(rules=make_rules(slug="first", late=TEN_A_DAY), attempts=(make_attempt(1, 8, days=1.5),))
    never = Work(rules=make_rules(slug="never", due_at=None), attempts=(make_attempt(1, 8),))
    settled = settle_course(ADA, [never, second, first], late_days=3)
    assert [one.standing.slug for one in settled] == ["never", "second", "first"]
    assert [one.late_days_used for one in settled] == [0, 1, 2]
    assert [one.standing.score for one in settled] == [8, 7, 8]


@pytest.mark.parametrize("points", [-1.0, float("nan"), float("inf")])
def test_odd_points_do_not_construct(points: float) -> None:
    """Neither an override, a manual score nor an assignment has them."""
    with pytest.raises(UsageError, match="points"):
        Override(question=None, points=points)
    with pytest.raises(UsageError, match="points"):
        ManualScore(question="w1", points=points)
    with pytest.raises(UsageError, match="points"):
        Rules(slug="s", title="s", possible=points)


def test_naive_instants_do_not_construct() -> None:
    """Neither as a due date nor as a submission time."""
    naive = datetime(2026, 10, 1)
    with pytest.raises(UsageError, match="s: due"):
        Rules(slug="s", title="s", due_at=naive)
    with pytest.raises(UsageError, match="attempt 1"):
        Attempt(number=1, submitted_at=naive, status=Status.GRADED)


def test_negative_late_days_are_refused() -> None:
    """Nobody owes days."""
    with pytest.raises(UsageError, match="late days"):
        settle_course(ADA, [], late_days=-1)


@given(works(), st.integers(0, 9))
def test_standing_is_always_within_bounds(work: Work, late_days: int) -> None:
    """Score and penalty add up to what was earned, which lies in [0, possible]; no more late days go than there are."""
    settled = settle(ADA, work, late_days=late_days)
    standing = settled.standing
    assert (standing.score is None) == (standing.earned is None)
    assert 0 <= settled.late_days_used <= late_days
    if standing.score is not None and standing.earned is not None:
        assert isfinite(standing.possible)
        assert 0 <= standing.score <= standing.earned <= standing.possible
        assert standing.score == standing.earned - standing.penalty


@given(works(), st.randoms(use_true_random=False), st.integers(0, 9))
def test_order_of_attempts_and_zones_are_irrelevant(work: Work, random: Random, late_days: int) -> None:
    """Facts come from the database in any order, and instants in any zone."""
    shuffled = list(work.attempts)
    random.shuffle(shuffled)
    zone = timezone(timedelta(hours=5, minutes=30))
    moved = tuple(
        replace(a, submitted_at=None if a.submitted_at is None else a.submitted_at.astimezone(zone)) for a in shuffled
    )
    assert settle(ADA, replace(work, attempts=moved), late_days=late_days) == settle(ADA, work, late_days=late_days)


@given(works())
def test_more_late_days_or_time_never_hurt(work: Work) -> None:
    """With the best attempt counting, another late day or a longer extension leaves the score or raises it."""
    best = replace(
        work,
        rules=replace(work.rules, counting=Counting.BEST),
        overrides=tuple(override for override in work.overrides if override.question is not None),
    )
    scores = [settle(ADA, best, late_days=days).standing.score or 0.0 for days in range(4)]
    assert scores == sorted(scores)
    longer = settle(ADA, replace(best, extension_s=best.extension_s + 86_400)).standing.score or 0.0
    assert longer >= (settle(ADA, best).standing.score or 0.0)


@given(works())
def test_best_is_no_worse_than_any_other_rule(work: Work) -> None:
    """It takes the most points after the penalty, unless a person set the whole."""
    overrides = tuple(override for override in work.overrides if override.question is not None)

    def score(counting: Counting) -> float:
        rules = replace(work.rules, counting=counting)
        return settle(ADA, replace(work, rules=rules, overrides=overrides)).standing.score or 0.0

    assert score(Counting.BEST) == max(score(counting) for counting in Counting)


@given(works())
def test_topics_and_questions_add_up(work: Work) -> None:
    """Topics and questions without one make up what was earned, unless a person set the whole."""
    settled = settle(ADA, replace(work, overrides=tuple(o for o in work.overrides if o.question is not None)))
    loose = [question.earned or 0.0 for question in settled.questions if question.topic is None]
    assert fsum([*loose, *(topic.earned for topic in settled.topics)]) == pytest.approx(settled.standing.earned or 0.0)
    assert all(0 <= topic.earned <= topic.possible for topic in settled.topics)


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True).flatmap(
    lambda slugs: st.tuples(*(works(slug=slug) for slug in slugs))), st.integers(0, 12))  # fmt: skip
def test_a_course_never_spends_more_late_days_than_there_are(all_works: tuple[Work, ...], late_days: int) -> None:
    """Summed over all assignments, which come back in the order given."""
    settled = settle_course(ADA, all_works, late_days=late_days)
    assert sum(one.late_days_used for one in settled) <= late_days
    assert [one.standing.slug for one in settled] == [work.rules.slug for work in all_works]
