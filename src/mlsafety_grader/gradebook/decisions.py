"""What people decide: overrides, extensions, points for written questions, whose an unmatched submission is.

A new decision takes the place of the earlier one of its kind, which stays readable; every one is in the audit trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook.assignments import find_assignment
from mlsafety_grader.gradebook.audit import Act, exact, exact_of, record
from mlsafety_grader.gradebook.students import find_student
from mlsafety_grader.gradebook.tables import (
    AssignmentRow,
    AttemptRow,
    ExtensionRow,
    ManualScoreRow,
    OverrideRow,
    QuestionRow,
    RubricItemRow,
    StudentRow,
    SubmissionRow,
)
from mlsafety_grader.scoring import MAX_DAYS, ManualScore, Override, add_points

D = TypeVar("D", OverrideRow, ExtensionRow, ManualScoreRow)
_MAX_TEXT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricItem:
    """A line of a rubric and the points it brought."""

    text: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision changed, in words for people: `before` is empty when there was none."""

    student_key: str
    slug: str
    what: str
    before: str
    after: str


def override_points(
    session: Session, student: str, slug: str, *, question: str | None, points: float | None, reason: str, act: Act
) -> Decided:
    """Put a person's points in the place of the tests' for a question, or with None for the whole assignment.

    `points` None takes the override back.

    Raises:
        UsageError: unknown names, points that do not fit the question, or no reason.
    """
    who, what = find_student(session, student), find_assignment(session, slug)
    _require_text(reason, "reason")
    where = OverrideRow.question.is_(None) if question is None else OverrideRow.question == question
    earlier = session.scalars(_active(OverrideRow, who, what).where(where)).first()
    if points is None and earlier is None:
        raise UsageError(f"{who.key} has no such override in {slug}", hint="see `mlsafety gradebook history`")
    if points is not None:
        Override(question=question, points=points)
        _require_fits(points, _possible(session, who, what, question), question or slug)
        session.add(
            OverrideRow(
                student_id=who.id,
                assignment_id=what.id,
                question=question,
                points=points,
                reason=reason,
                author=act.author,
                created_at=act.at,
            )
        )
    if earlier is not None:
        earlier.active = False
    before, after = exact(earlier.points) if earlier else "", "taken back" if points is None else exact(points)
    return _decide(session, act, who, what, "override", question or "whole assignment", before, after, reason)


def grant_extension(
    session: Session, student: str, slug: str, *, time: timedelta | None, reason: str, act: Act
) -> Decided:
    """Give a student more time from the due date on, in the place of any earlier extension; None takes it back.

    Raises:
        UsageError: unknown names, no reason, nothing to take back, or a time that is not between a minute and years.
    """
    who, what = find_student(session, student), find_assignment(session, slug)
    _require_text(reason, "reason")
    earlier = session.scalars(_active(ExtensionRow, who, what)).first()
    if time is None and earlier is None:
        raise UsageError(f"{who.key} has no extension in {slug}", hint="see `mlsafety gradebook history`")
    if time is not None:
        if not timedelta(minutes=1) <= time <= timedelta(days=MAX_DAYS):
            raise UsageError(f"an extension of {time}", hint=f"give a time from a minute to {MAX_DAYS} days")
        session.add(
            ExtensionRow(
                student_id=who.id,
                assignment_id=what.id,
                extension_s=int(time.total_seconds()),
                reason=reason,
                author=act.author,
                created_at=act.at,
            )
        )
    if earlier is not None:
        earlier.active = False
    before = _time_text(timedelta(seconds=earlier.extension_s)) if earlier else ""
    after = "taken back" if time is None else _time_text(time)
    return _decide(session, act, who, what, "extension", "of the due date", before, after, reason)


def grade_written(
    session: Session,
    student: str,
    slug: str,
    *,
    question: str,
    points: float | None,
    items: Sequence[RubricItem] = (),
    comment: str = "",
    act: Act,
) -> Decided:
    """Give points for a written question: a number, or the rubric's lines, whose sum counts.

    They hold for all attempts of the student; on which one the answer was read is written down.

    Raises:
        UsageError: unknown names, a question that tests grade, nothing handed in, or points that do not fit.
    """
    who, what = find_student(session, student), find_assignment(session, slug)
    if (points is None) == (not items):
        raise UsageError("give either points or the rubric's lines", hint="the points of rubric lines are added up")
    given = add_points(_checked(item) for item in items) if points is None else points
    ManualScore(question=question, points=given)
    if len(comment) > _MAX_TEXT:
        raise UsageError(f"the comment is longer than {_MAX_TEXT} characters", hint="shorten it")
    attempt, found = _latest_question(session, who, what, question)
    if not found.manual:
        raise UsageError(
            f"{slug} {question} is graded by tests, not by a person", hint="use `mlsafety gradebook override` instead"
        )
    _require_fits(given, found.possible, question)
    where = ManualScoreRow.question == question
    earlier = session.scalars(_active(ManualScoreRow, who, what).where(where)).first()
    if earlier is not None:
        earlier.active = False
    row = ManualScoreRow(
        student_id=who.id,
        assignment_id=what.id,
        attempt_id=attempt.id,
        question=question,
        points=given,
        comment=comment,
        author=act.author,
        created_at=act.at,
        items=[
            RubricItemRow(position=position, text=item.text, points=item.points) for position, item in enumerate(items)
        ],
    )
    session.add(row)
    before = exact(earlier.points) if earlier else ""
    return _decide(
        session, act, who, what, "written", f"{question}, attempt {attempt.number}", before,
        exact_of(given, found.possible), comment,
    )  # fmt: skip


def assign_submission(session: Session, slug: str, name: str, *, student: str, act: Act) -> Decided:
    """Say whose an unmatched submission is.

    Raises:
        UsageError: unknown names, or none or several unmatched submissions are called that.
    """
    who, what = find_student(session, student), find_assignment(session, slug)
    found = session.scalars(
        select(AttemptRow)
        .join(SubmissionRow, AttemptRow.submission_id == SubmissionRow.id)
        .where(AttemptRow.assignment_id == what.id, AttemptRow.student_id.is_(None), SubmissionRow.name == name)
        .order_by(AttemptRow.submitted_at, AttemptRow.id)
    ).all()
    if not found:
        raise UsageError(
            f"{slug} has no unmatched submission called {name!r}", hint="`mlsafety gradebook status` lists them"
        )
    number = _last_number(session, who, what)
    for attempt in found:
        _refuse_twin(session, attempt, who)
        number += 1
        attempt.student_id, attempt.number, attempt.unmatched_because = who.id, number, ""
        session.flush()
    last = found[-1]
    return _decide(
        session, act, who, what, "matched", f"{name}, attempt {number}", "unmatched",
        exact_of(last.earned, last.possible), "",
    )  # fmt: skip


def _refuse_twin(session: Session, attempt: AttemptRow, who: StudentRow) -> None:
    """Refuse to give a student the same file of the same time twice."""
    if not attempt.submission.sha256:
        return
    same_time = (
        AttemptRow.submitted_at.is_(None)
        if attempt.submitted_at is None
        else AttemptRow.submitted_at == attempt.submitted_at
    )
    twin = session.scalars(
        select(AttemptRow)
        .join(SubmissionRow, AttemptRow.submission_id == SubmissionRow.id)
        .where(
            AttemptRow.assignment_id == attempt.assignment_id,
            AttemptRow.student_id == who.id,
            SubmissionRow.sha256 == attempt.submission.sha256,
            same_time,
        )
    ).first()
    if twin is not None:
        raise UsageError(
            f"{who.key} has handed in this very file already, as attempt {twin.number}",
            hint="check whose it is; the same file under two names is one attempt",
        )


def _decide(
    session: Session,
    act: Act,
    who: StudentRow,
    what: AssignmentRow,
    action: str,
    detail: str,
    before: str,
    after: str,
    reason: str,
) -> Decided:
    subject = f"{what.slug}, {detail}"
    record(
        session, act, action, subject=subject, before=before, after=after, reason=reason, student=who, assignment=what
    )
    return Decided(student_key=who.key, slug=what.slug, what=f"{action} {detail}", before=before, after=after)


def _active(table: type[D], who: StudentRow, what: AssignmentRow) -> Select[D]:
    return select(table).where(table.student_id == who.id, table.assignment_id == what.id, table.active)


def _possible(session: Session, who: StudentRow, what: AssignmentRow, question: str | None) -> float:
    if question is not None:
        return _latest_question(session, who, what, question)[1].possible
    if what.possible <= 0:
        raise UsageError(
            f"nobody knows yet how many points {what.slug} has",
            hint="import a graded batch of it, or run init in the course",
        )
    return what.possible


def _latest_question(
    session: Session, who: StudentRow, what: AssignmentRow, question: str
) -> tuple[AttemptRow, QuestionRow]:
    attempts = session.execute(
        select(AttemptRow, QuestionRow)
        .join(QuestionRow, QuestionRow.attempt_id == AttemptRow.id)
        .where(AttemptRow.student_id == who.id, AttemptRow.assignment_id == what.id)
        .order_by(AttemptRow.number.desc(), QuestionRow.position)
    ).all()
    if not attempts:
        raise UsageError(
            f"{who.key} has no graded attempt at {what.slug}",
            hint="import the batch first; points for the whole assignment can be given without one",
        )
    for attempt, found in attempts:
        if found.name == question:
            return attempt, found
    names = ", ".join(dict.fromkeys(found.name for _, found in attempts))
    raise UsageError(f"{what.slug} has no question {question!r}", hint=f"choose one of: {names}")


def _last_number(session: Session, who: StudentRow, what: AssignmentRow) -> int:
    numbers = select(func.max(AttemptRow.number)).where(
        AttemptRow.student_id == who.id, AttemptRow.assignment_id == what.id
    )
    return session.scalar(numbers) or 0


def _require_fits(points: float, possible: float, what: str) -> None:
    if points > possible:
        raise UsageError(
            f"{what}: {exact(points)} points, but it has only {exact(possible)}", hint=f"give 0 to {exact(possible)}"
        )


def _require_text(text: str, what: str) -> None:
    if not text.strip() or len(text) > _MAX_TEXT:
        raise UsageError(
            f"the {what} is empty or longer than {_MAX_TEXT} characters", hint=f"say in a line why (--{what})"
        )


def _checked(item: RubricItem) -> float:
    if not item.text.strip() or len(item.text) > _MAX_TEXT:
        raise UsageError(
            "a rubric line has no text, or a very long one", hint="write --item 'names two failure modes=2'"
        )
    return ManualScore(question=item.text, points=item.points).points


def _time_text(time: timedelta) -> str:
    days, rest = divmod(int(time.total_seconds()), 86_400)
    hours, minutes = divmod(rest // 60, 60)
    parts = [
        f"{days} day{'' if days == 1 else 's'}" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes else "",
    ]
    return " ".join(part for part in parts if part)
