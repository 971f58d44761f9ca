"""Set up a gradebook's course: its title, how many late days each student has, and its assignments."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook.assignments import ensure_assignment, list_assignments
from mlsafety_grader.gradebook.audit import Act, record
from mlsafety_grader.gradebook.tables import CourseRow
from mlsafety_grader.model import Assignment

_MOST_LATE_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What a gradebook holds after `set_up`."""

    title: str
    late_days: int
    assignments: int


def set_up(
    session: Session, *, title: str | None, late_days: int | None, assignments: Sequence[Assignment], act: Act
) -> SetUp:
    """Make the course, or change what is given; add assignments that are new. Running it again changes nothing else.

    Raises:
        UsageError: `late_days` is out of bounds.
    """
    if late_days is not None and not 0 <= late_days <= _MOST_LATE_DAYS:
        raise UsageError(f"{late_days} late days", hint=f"give a number from 0 to {_MOST_LATE_DAYS}")
    course = session.scalars(select(CourseRow).order_by(CourseRow.id).limit(1)).first()
    if course is None:
        course = CourseRow(title=title or "Introduction to ML Safety", late_days=late_days or 0, created_at=act.at)
        session.add(course)
        session.flush()
        record(session, act, "course", subject=course.title, after=_describe(course))
    else:
        before = _describe(course)
        course.title = course.title if title is None else title
        course.late_days = course.late_days if late_days is None else late_days
        if _describe(course) != before:
            record(session, act, "course", subject=course.title, before=before, after=_describe(course))
    for assignment in assignments:
        ensure_assignment(session, assignment.slug, act=act, title=assignment.title, possible=assignment.points)
    return SetUp(title=course.title, late_days=course.late_days, assignments=len(list_assignments(session)))


def _describe(course: CourseRow) -> str:
    return f"{course.title}, {course.late_days} late days"
