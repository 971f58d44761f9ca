"""Read the gradebook: standings, how far grading has come, and everything about one student."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mlsafety_grader.gradebook.assignments import find_assignment, list_assignments, rules_of
from mlsafety_grader.gradebook.students import find_student, the_course, to_student
from mlsafety_grader.gradebook.tables import (
    AssignmentRow,
    AttemptRow,
    AuditRow,
    CourseRow,
    ExtensionRow,
    ManualScoreRow,
    OverrideRow,
    QuestionRow,
    ReleaseRow,
    StudentRow,
    SubmissionRow,
)
from mlsafety_grader.model import QuestionResult, Status, Student
from mlsafety_grader.scoring import Attempt, ManualScore, Override, Rules, Settled, Work, settle_course

_Pair = tuple[int, int]  # student, assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A graded submission that is nobody's yet, and why."""

    slug: str
    name: str
    because: str
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentStatus:
    """How far one assignment has come. Counts are of students unless they say otherwise; `mean` is a share or None.

    `waiting` have a written question that nobody has graded; `read_earlier` have one that was graded on an earlier
    attempt; `other_release` have an attempt that counts with other points than the latest release's.
    """

    rules: Rules
    attempts: int
    scored: int
    late: int
    faults: int
    waiting: int
    read_earlier: int
    other_release: int
    overridden: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The whole gradebook at a glance."""

    title: str
    late_days: int
    students: int
    assignments: tuple[AssignmentStatus, ...]
    unmatched: tuple[Unmatched, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLine:
    """An attempt as history shows it; `earned` is what tests awarded, None when the grader failed."""

    slug: str
    number: int
    name: str
    submitted_at: datetime | None
    imported_at: datetime
    status: str
    reason: str
    earned: float | None
    possible: float | None
    release_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """A row of the audit trail."""

    at: datetime
    author: str
    action: str
    subject: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything about one student, oldest first."""

    student: Student
    settled: tuple[Settled, ...]
    attempts: tuple[AttemptLine, ...]
    audit: tuple[AuditLine, ...]
    late_days: int


def read_settled(session: Session, *, slug: str | None = None, student: str | None = None) -> tuple[Settled, ...]:
    """Return where every student stands in every assignment, or only in those named: by student, then assignment.

    Students who handed in nothing are there too, without a score.

    Raises:
        UsageError: a name is unknown.
    """
    if slug is not None:
        find_assignment(session, slug)
    rows = [find_student(session, student)] if student is not None else session.scalars(select(StudentRow)).all()
    course, assignments = the_course(session), list_assignments(session)
    facts = _Facts(session, [row.id for row in rows] if student is not None else None)
    people = sorted(((row.id, to_student(row)) for row in rows), key=lambda pair: _name_key(pair[1]))
    settled: list[Settled] = []
    for number, person in people:
        # late days are shared, so all assignments are settled even when one is asked for
        all_works = [facts.work(number, assignment) for assignment in assignments]
        settled += settle_course(person, all_works, late_days=course.late_days)
    return tuple(one for one in settled if slug is None or one.standing.slug == slug)


def read_overview(session: Session) -> Overview:
    """Return how far grading has come."""
    course = the_course(session)
    settled: dict[str, list[Settled]] = defaultdict(list)
    for one in read_settled(session):
        settled[one.standing.slug].append(one)
    return Overview(
        title=course.title,
        late_days=course.late_days,
        students=session.scalar(select(func.count()).select_from(StudentRow)) or 0,
        assignments=tuple(_status(session, row, settled[row.slug]) for row in list_assignments(session)),
        unmatched=_read_unmatched(session),
    )


def read_history(session: Session, student: str) -> History:
    """Return everything about one student.

    Raises:
        UsageError: nobody is called that.
    """
    row = find_student(session, student)
    course: CourseRow = the_course(session)
    attempts = session.execute(
        select(AttemptRow, SubmissionRow.name, AssignmentRow.slug, ReleaseRow.release_id)
        .join(SubmissionRow, AttemptRow.submission_id == SubmissionRow.id)
        .join(AssignmentRow, AttemptRow.assignment_id == AssignmentRow.id)
        .join(ReleaseRow, AttemptRow.release_id == ReleaseRow.id)
        .where(AttemptRow.student_id == row.id)
        .order_by(AttemptRow.assignment_id, AttemptRow.number)
    )
    trail = session.scalars(select(AuditRow).where(AuditRow.student_id == row.id).order_by(AuditRow.id))
    return History(
        student=to_student(row),
        settled=read_settled(session, student=row.key),
        attempts=tuple(
            AttemptLine(
                slug=slug,
                number=attempt.number or 0,
                name=name,
                submitted_at=attempt.submitted_at,
                imported_at=attempt.imported_at,
                status=attempt.status,
                reason=attempt.reason,
                earned=attempt.earned,
                possible=attempt.possible,
                release_id=release_id,
            )
            for attempt, name, slug, release_id in attempts
        ),
        audit=tuple(
            AuditLine(
                at=one.at,
                author=one.author,
                action=one.action,
                subject=one.subject,
                before=one.before,
                after=one.after,
                reason=one.reason,
            )
            for one in trail
        ),
        late_days=course.late_days,
    )


class _Facts:
    """Everything that standings depend on, read in five queries whatever the number of students."""

    def __init__(self, session: Session, students: list[int] | None) -> None:
        self._attempts: dict[_Pair, list[Attempt]] = defaultdict(list)
        self._manual: dict[_Pair, list[ManualScore]] = defaultdict(list)
        self._overrides: dict[_Pair, list[Override]] = defaultdict(list)
        self._extensions: dict[_Pair, int] = {}
        self._read_attempts(session, students)
        self._read_decisions(session)

    def work(self, student: int, assignment: AssignmentRow) -> Work:
        """Return what is known of one student's work on one assignment."""
        pair = student, assignment.id
        return Work(
            rules=rules_of(assignment),
            attempts=tuple(self._attempts.get(pair, ())),
            manual=tuple(self._manual.get(pair, ())),
            overrides=tuple(self._overrides.get(pair, ())),
            extension_s=self._extensions.get(pair, 0),
        )

    def _read_attempts(self, session: Session, students: list[int] | None) -> None:
        wanted = AttemptRow.student_id.is_not(None) if students is None else AttemptRow.student_id.in_(students)
        questions: dict[int, list[QuestionResult]] = defaultdict(list)
        # columns, not objects: a course has a hundred thousand of these rows
        columns = (QuestionRow.attempt_id, QuestionRow.name, QuestionRow.earned, QuestionRow.possible)
        found = session.execute(
            select(*columns, QuestionRow.manual, QuestionRow.topic)
            .join(AttemptRow, QuestionRow.attempt_id == AttemptRow.id)
            .where(wanted)
            .order_by(QuestionRow.attempt_id, QuestionRow.position)
        )
        for attempt_id, name, earned, possible, manual, topic in found:
            questions[attempt_id].append(
                QuestionResult(name=name, earned=earned, possible=possible, manual=manual, topic=topic)
            )
        attempts = session.execute(
            select(
                AttemptRow.id,
                AttemptRow.student_id,
                AttemptRow.assignment_id,
                AttemptRow.number,
                AttemptRow.submitted_at,
                AttemptRow.status,
            ).where(wanted)
        )
        for attempt_id, student_id, assignment_id, number, submitted_at, status in attempts:
            if student_id is None or number is None:  # unmatched: the query leaves them out
                continue
            self._attempts[student_id, assignment_id].append(
                Attempt(
                    number=number,
                    submitted_at=submitted_at,
                    status=Status(status),
                    questions=tuple(questions[attempt_id]),
                )
            )

    def _read_decisions(self, session: Session) -> None:
        for score in session.scalars(select(ManualScoreRow).where(ManualScoreRow.active)):
            found = ManualScore(question=score.question, points=score.points)
            self._manual[score.student_id, score.assignment_id].append(found)
        for override in session.scalars(select(OverrideRow).where(OverrideRow.active)):
            self._overrides[override.student_id, override.assignment_id].append(
                Override(question=override.question, points=override.points)
            )
        for extension in session.scalars(select(ExtensionRow).where(ExtensionRow.active)):
            self._extensions[extension.student_id, extension.assignment_id] = extension.extension_s


def _status(session: Session, row: AssignmentRow, settled: Sequence[Settled]) -> AssignmentStatus:
    shares = [
        one.standing.score / one.standing.possible
        for one in settled
        if one.standing.score is not None and one.standing.possible
    ]
    attempts = select(func.count()).where(AttemptRow.assignment_id == row.id, AttemptRow.student_id.is_not(None))
    overridden = select(func.count(OverrideRow.student_id.distinct())).where(
        OverrideRow.assignment_id == row.id, OverrideRow.active
    )
    return AssignmentStatus(
        rules=rules_of(row),
        attempts=session.scalar(attempts) or 0,
        scored=sum(one.standing.score is not None for one in settled),
        late=sum(one.standing.days_late > 0 for one in settled),
        faults=sum(bool(one.faults) for one in settled),
        waiting=sum(bool(one.waiting) for one in settled),
        read_earlier=_count_read_earlier(session, row, settled),
        other_release=sum(one.standing.attempt > 0 and one.standing.possible != row.possible for one in settled),
        overridden=session.scalar(overridden) or 0,
        mean=sum(shares) / len(shares) if shares else None,
    )


def _count_read_earlier(session: Session, row: AssignmentRow, settled: Sequence[Settled]) -> int:
    counting = {one.standing.student.key: one.standing.attempt for one in settled}
    read = session.execute(
        select(StudentRow.key, AttemptRow.number)
        .join(ManualScoreRow, ManualScoreRow.student_id == StudentRow.id)
        .join(AttemptRow, ManualScoreRow.attempt_id == AttemptRow.id)
        .where(ManualScoreRow.assignment_id == row.id, ManualScoreRow.active)
    )
    return len({key for key, number in read if counting.get(key, 0) > (number or 0)})


def _read_unmatched(session: Session) -> tuple[Unmatched, ...]:
    rows = session.execute(
        select(AssignmentRow.slug, SubmissionRow.name, AttemptRow.unmatched_because, AttemptRow.submitted_at)
        .join(SubmissionRow, AttemptRow.submission_id == SubmissionRow.id)
        .join(AssignmentRow, AttemptRow.assignment_id == AssignmentRow.id)
        .where(AttemptRow.student_id.is_(None))
        .order_by(AttemptRow.assignment_id, SubmissionRow.name, AttemptRow.id)
    )
    return tuple(Unmatched(slug=slug, name=name, because=why, submitted_at=at) for slug, name, why, at in rows)


def _name_key(student: Student) -> tuple[str, str]:
    return (student.sortable_name or student.name).casefold(), student.key
