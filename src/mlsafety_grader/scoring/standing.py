"""Settle what a student has in the end: tests' points, a person's decisions, the attempt that counts, lateness.

    QuestionResult… + ManualScore… + Override… ──► QuestionPoints… ──► Rated (per attempt) ──choose──► Settled

A person's word stands above the tests': an override replaces a question's points, or the whole assignment's score,
which is then final and suffers no penalty. Written questions that nobody has graded wait; they are not zeros.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from math import inf

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import QuestionResult, Standing, Student, TopicScore
from mlsafety_grader.scoring.attempts import Attempt, Counting, Rated, choose_attempt
from mlsafety_grader.scoring.late import (
    LatePolicy,
    as_utc,
    days_late,
    is_accepted,
    late_days_to_spend,
    late_penalty,
)
from mlsafety_grader.scoring.sums import add_points
from mlsafety_grader.scoring.topics import score_topics

_WITHOUT_DATE = datetime.max.replace(tzinfo=UTC)


class Source(StrEnum):
    """Whose word a question's points are."""

    TESTS = "tests"
    PERSON = "person"
    OVERRIDE = "override"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualScore:
    """What a person gave for a written question."""

    question: str
    points: float

    def __post_init__(self) -> None:
        _check_points(self.question, self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Points that a person put in the place of the tests' for a question, or, with None, for the whole assignment."""

    question: str | None
    points: float

    def __post_init__(self) -> None:
        _check_points(self.question or "the whole assignment", self.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How one assignment counts. `possible` is used where a student has no attempt to read it from."""

    slug: str
    title: str
    possible: float = 0.0
    due_at: datetime | None = None
    counting: Counting = Counting.LAST
    late: LatePolicy = field(default_factory=LatePolicy)

    def __post_init__(self) -> None:
        _check_points(self.slug, self.possible)
        if self.due_at is not None:
            as_utc(self.due_at, what=f"{self.slug}: due")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything known of one student's work on one assignment."""

    rules: Rules
    attempts: tuple[Attempt, ...] = ()
    manual: tuple[ManualScore, ...] = ()
    overrides: tuple[Override, ...] = ()
    extension_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPoints:
    """A question's points in the end. `earned` is None while it waits for a person."""

    name: str
    earned: float | None
    possible: float
    topic: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A standing and how it came about.

    `questions` and `topics` are of the attempt that counts, before the penalty; an override of the whole assignment
    leaves them as they are. `late_days_used` were taken from the student's own. `faults` are attempts without points.
    """

    standing: Standing
    questions: tuple[QuestionPoints, ...] = ()
    topics: tuple[TopicScore, ...] = ()
    late_days_used: int = 0
    faults: tuple[int, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Written questions that nobody has graded yet."""
        return tuple(question.name for question in self.questions if question.source is Source.WAITING)


def settle_course(student: Student, works: Iterable[Work], *, late_days: int) -> tuple[Settled, ...]:
    """Settle all of a student's assignments, in the order given.

    The student's own late days are spent on the assignments in the order of their due dates, as far as they reach.

    Raises:
        UsageError: `late_days` is negative.
        ScoreError: points add up to more than a number can hold.
    """
    if late_days < 0:
        raise UsageError(f"{late_days} late days", hint="give a number from 0")
    numbered = list(enumerate(works))
    settled: dict[int, Settled] = {}
    for number, work in sorted(numbered, key=lambda pair: (_due(pair[1].rules), pair[1].rules.slug, pair[0])):
        settled[number] = settle(student, work, late_days=late_days)
        late_days -= settled[number].late_days_used
    return tuple(settled[number] for number, _ in numbered)


def settle(student: Student, work: Work, *, late_days: int = 0) -> Settled:
    """Settle one assignment of a student who has that many late days left.

    Raises:
        ScoreError: points add up to more than a number can hold.
    """
    found = {attempt.number: _fold(attempt.questions, work) for attempt in work.attempts if attempt.has_points}
    rated = [_rate(attempt, found[attempt.number], work, late_days) for attempt in work.attempts if attempt.has_points]
    chosen = choose_attempt(rated, work.rules.counting)
    faults = tuple(sorted(attempt.number for attempt in work.attempts if not attempt.has_points))
    questions = found[chosen.attempt.number] if chosen else ()
    final = next((override.points for override in work.overrides if override.question is None), None)
    return Settled(
        standing=_stand(student, work.rules, chosen, final),
        questions=questions,
        topics=score_topics(_as_result(question) for question in questions),
        late_days_used=chosen.late_days_used if chosen and final is None else 0,
        faults=faults,
    )


def _stand(student: Student, rules: Rules, chosen: Rated | None, final: float | None) -> Standing:
    possible = chosen.possible if chosen else rules.possible
    earned = chosen.earned if chosen else None
    penalty = chosen.penalty if chosen else 0.0
    score = chosen.score if chosen else None
    if final is not None:
        earned = score = min(final, possible)
        penalty = 0.0
    return Standing(
        student=student,
        slug=rules.slug,
        title=rules.title,
        possible=possible,
        earned=earned,
        penalty=penalty,
        score=score,
        attempt=chosen.attempt.number if chosen else 0,
        submitted_at=chosen.attempt.submitted_at if chosen else None,
        due_at=rules.due_at,
        days_late=chosen.days_late if chosen else 0,
    )


def _rate(attempt: Attempt, questions: Sequence[QuestionPoints], work: Work, available: int) -> Rated:
    rules, policy = work.rules, work.rules.late
    possible = add_points(question.possible for question in questions)
    earned = min(add_points(question.earned or 0.0 for question in questions), possible)
    days = 0
    if attempt.submitted_at is not None and rules.due_at is not None:
        days = days_late(
            attempt.submitted_at, rules.due_at, grace_s=policy.grace_s, extension_s=max(0, work.extension_s)
        )
    accepted = is_accepted(days, policy)
    spent, penalty = 0, earned  # too late: all of it is lost, and no late day is wasted on it
    if accepted:
        spent = late_days_to_spend(earned, possible, days=days, policy=policy, available=available)
        penalty = late_penalty(earned, possible, days=days - spent, policy=policy)
    return Rated(
        attempt=attempt,
        earned=earned,
        possible=possible,
        penalty=penalty,
        score=earned - penalty,
        days_late=days,
        late_days_used=spent,
        accepted=accepted,
    )


def _fold(results: Iterable[QuestionResult], work: Work) -> tuple[QuestionPoints, ...]:
    overrides = {override.question: override.points for override in work.overrides}
    manual = {score.question: score.points for score in work.manual}
    return tuple(_decide(result, overrides.get(result.name), manual.get(result.name)) for result in results)


def _decide(result: QuestionResult, override: float | None, manual: float | None) -> QuestionPoints:
    earned: float | None
    if override is not None:
        earned, source = override, Source.OVERRIDE
    elif not result.manual:
        earned, source = result.earned, Source.TESTS
    elif manual is not None:
        earned, source = manual, Source.PERSON
    else:
        earned, source = None, Source.WAITING
    return QuestionPoints(
        name=result.name,
        # a later release may have made the question smaller than what a person once gave for it
        earned=None if earned is None else min(earned, result.possible),
        possible=result.possible,
        topic=result.topic,
        source=source,
    )


def _as_result(question: QuestionPoints) -> QuestionResult:
    """Return what `score_topics` adds up: what still waits for a person is the only thing that counts as written."""
    return QuestionResult(
        name=question.name,
        earned=question.earned or 0.0,
        possible=question.possible,
        manual=question.source is Source.WAITING,
        topic=question.topic,
    )


def _due(rules: Rules) -> datetime:
    return _WITHOUT_DATE if rules.due_at is None else as_utc(rules.due_at, what=rules.slug)


def _check_points(what: str, points: float) -> None:
    if not 0 <= points < inf:  # phrased so that NaN is refused
        raise UsageError(f"{what}: {points} points", hint="points must be finite and not negative")
