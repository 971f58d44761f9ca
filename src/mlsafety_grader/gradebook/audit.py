"""Write down who did what, when, and what it was before. Rows are only ever added; the database refuses the rest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook.tables import AssignmentRow, AuditRow, StudentRow
from mlsafety_grader.scoring import as_utc

_MAX_AUTHOR = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who changes the gradebook, and when."""

    author: str
    at: datetime

    def __post_init__(self) -> None:
        as_utc(self.at, what="now")
        if not self.author.strip() or len(self.author) > _MAX_AUTHOR:
            raise UsageError("the author of a change has no name, or a very long one", hint="name yourself by --author")


def record(
    session: Session,
    act: Act,
    action: str,
    *,
    subject: str,
    before: str = "",
    after: str = "",
    reason: str = "",
    student: StudentRow | None = None,
    assignment: AssignmentRow | None = None,
) -> None:
    """Add a row to the audit trail. `subject` says what was changed in words: `adversaries q2, attempt 1`."""
    session.add(
        AuditRow(
            at=act.at,
            author=act.author,
            action=action,
            subject=subject,
            student_id=student.id if student else None,
            assignment_id=assignment.id if assignment else None,
            before=before,
            after=after,
            reason=reason,
        )
    )


def exact(points: float | None) -> str:
    """Return points as the trail holds them: every digit, 25 rather than 25.0."""
    return "no score" if points is None else repr(points).removesuffix(".0")


def exact_of(earned: float | None, possible: float | None) -> str:
    """Return `17.5 of 25`, or `no score`."""
    return exact(None) if earned is None or possible is None else f"{exact(earned)} of {exact(possible)}"
