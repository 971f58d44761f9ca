"""The assignments of a gradebook and how each of them counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook.audit import Act, exact, record
from mlsafety_grader.gradebook.students import the_course
from mlsafety_grader.gradebook.tables import AssignmentRow
from mlsafety_grader.scoring import Counting, LatePolicy, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to become of an assignment's rules; None leaves it as it is. `no_due_date` and `accept_all` take away."""

    title: str | None = None
    due_at: datetime | None = None
    no_due_date: bool = False
    counting: Counting | None = None
    penalty_per_day: float | None = None
    max_penalty: float | None = None
    grace_s: int | None = None
    accepted_days: int | None = None
    accept_all: bool = False
    takes_late_days: bool | None = None


def ensure_assignment(
    session: Session, slug: str, *, act: Act, title: str = "", possible: float | None = None
) -> AssignmentRow:
    """Return the assignment of that name, made when it is new: no due date, the last attempt counts, no penalty.

    `title` and `possible` are what the course says now; points that a graded release told stand above the course's.
    """
    row = session.scalars(select(AssignmentRow).where(AssignmentRow.slug == slug)).first()
    if row is None:
        policy = LatePolicy()
        row = AssignmentRow(
            course_id=the_course(session).id,
            slug=slug,
            title=title or slug,
            possible=possible or 0.0,
            due_at=None,
            counting=Counting.LAST.value,
            penalty_per_day=policy.penalty_per_day,
            max_penalty=policy.max_penalty,
            grace_s=policy.grace_s,
            accepted_days=policy.accepted_days,
            takes_late_days=policy.takes_late_days,
        )
        session.add(row)
        session.flush()
        record(session, act, "assignment added", subject=slug, after=describe(rules_of(row)), assignment=row)
    elif title and row.title != title:
        record(session, act, "assignment retitled", subject=slug, before=row.title, after=title, assignment=row)
        row.title = title
    if possible is not None and row.possible == 0:
        row.possible = possible
    return row


def find_assignment(session: Session, slug: str) -> AssignmentRow:
    """Return the assignment of that name.

    Raises:
        UsageError: the gradebook has none.
    """
    row = session.scalars(select(AssignmentRow).where(AssignmentRow.slug == slug)).first()
    if row is None:
        known = ", ".join(other.slug for other in list_assignments(session))
        raise UsageError(
            f"the gradebook has no assignment {slug!r}",
            hint=f"choose one of: {known}"
            if known
            else "import a batch, or run `mlsafety gradebook init` in the course",
        )
    return row


def list_assignments(session: Session) -> Sequence[AssignmentRow]:
    """Return all assignments in the order in which they came into the gradebook: the course's."""
    return session.scalars(select(AssignmentRow).order_by(AssignmentRow.id)).all()


def rules_of(row: AssignmentRow) -> Rules:
    """Return how an assignment counts."""
    return Rules(
        slug=row.slug,
        title=row.title,
        possible=row.possible,
        due_at=row.due_at,
        counting=Counting(row.counting),
        late=LatePolicy(
            penalty_per_day=row.penalty_per_day,
            max_penalty=row.max_penalty,
            grace_s=row.grace_s,
            accepted_days=row.accepted_days,
            takes_late_days=row.takes_late_days,
        ),
    )


def change_assignment(session: Session, slug: str, change: Change, *, act: Act) -> Rules:
    """Change how an assignment counts, for all its attempts, those that are there included; return what holds now.

    Raises:
        UsageError: there is no such assignment, or a value is out of bounds.
    """
    row = find_assignment(session, slug)
    before = rules_of(row)
    for name in ("title", "due_at", "penalty_per_day", "max_penalty", "grace_s", "accepted_days", "takes_late_days"):
        value = getattr(change, name)
        if value is not None:
            setattr(row, name, value)
    if change.counting is not None:
        row.counting = change.counting.value
    if change.no_due_date:
        row.due_at = None
    if change.accept_all:
        row.accepted_days = None
    after = rules_of(row)  # before anything reaches the database: it checks every bound
    if describe(after) != describe(before) or after.title != before.title:
        record(session, act, "rules", subject=slug, before=describe(before), after=describe(after), assignment=row)
    return after


def describe(rules: Rules) -> str:
    """Return rules as one line: `due 2026-10-01T21:59:00+00:00; last attempt counts; 10 % a day, at most 50 % ...`."""
    late = rules.late
    parts = [
        f"due {rules.due_at.isoformat(timespec='minutes')}" if rules.due_at else "no due date",
        f"{rules.counting.value.replace('_', ' ')} attempt counts",
    ]
    if late.penalty_per_day:
        parts.append(f"{exact(100 * late.penalty_per_day)} % a day late, at most {exact(100 * late.max_penalty)} %")
    else:
        parts.append("no late penalty")
    if late.grace_s:
        parts.append(f"{exact(late.grace_s / 60)} min grace")
    if late.accepted_days is not None:
        parts.append(f"nothing counts after {late.accepted_days} days")
    if late.penalty_per_day and not late.takes_late_days:
        parts.append("takes no late days")
    return "; ".join(parts)
