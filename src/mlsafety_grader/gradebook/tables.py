"""The tables. Points are unrounded doubles, instants are UTC, names are as in `model`.

    courses ─┬─ students ────┬── attempts ─┬─ question_results ── case_results
             └─ assignments ─┤             ├─ measurements
                  ├ releases │             └─ topic_totals
                  └ submissions            (an attempt without a student is unmatched)
                             ├── manual_scores ── rubric_items
                             ├── overrides
                             └── extensions
    audit    who, when, what, before, after: rows are added, never changed

What a person decided hangs on student and assignment, not on an attempt: grading again cannot touch it.
"""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Double, ForeignKey, Index, Integer, MetaData, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from mlsafety_grader.gradebook.columns import Instant, StoredText

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What all tables share: names for constraints, which migrations need, and types that both databases honour."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {str: StoredText, datetime: Instant, float: Double}  # noqa: RUF012 - SQLAlchemy's own form


class CourseRow(Base):
    """The course; a gradebook holds one. `late_days` is what each student may spend over the term."""

    __tablename__ = "courses"
    __table_args__ = (CheckConstraint("late_days >= 0", name="late_days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    late_days: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class StudentRow(Base):
    """A person on the roster, as `model.Student`."""

    __tablename__ = "students"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    key: Mapped[str]
    name: Mapped[str]
    sortable_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    login: Mapped[str] = mapped_column(default="")
    sis_id: Mapped[str] = mapped_column(default="")
    canvas_id: Mapped[str] = mapped_column(default="")
    github: Mapped[str] = mapped_column(default="")
    section: Mapped[str] = mapped_column(default="")


class AssignmentRow(Base):
    """An assignment with its due date and how attempts and lateness count. `possible` is the latest release's."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("course_id", "slug"),
        CheckConstraint("possible >= 0", name="possible"),
        CheckConstraint("penalty_per_day >= 0 AND penalty_per_day <= 1", name="penalty_per_day"),
        CheckConstraint("max_penalty >= 0 AND max_penalty <= 1", name="max_penalty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    slug: Mapped[str]
    title: Mapped[str]
    possible: Mapped[float] = mapped_column(default=0.0)
    due_at: Mapped[datetime | None]
    counting: Mapped[str]
    penalty_per_day: Mapped[float]
    max_penalty: Mapped[float]
    grace_s: Mapped[int]
    accepted_days: Mapped[int | None]
    takes_late_days: Mapped[bool] = mapped_column(Boolean)


class ReleaseRow(Base):
    """A release that submissions were graded with."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("assignment_id", "release_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    release_id: Mapped[str]
    possible: Mapped[float]
    first_seen_at: Mapped[datetime]


class SubmissionRow(Base):
    """A file: `sha256` is empty where it could not be read as a submission, and then its name stands for it."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("assignment_id", "sha256", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    sha256: Mapped[str]
    name: Mapped[str]


class AttemptRow(Base):
    """One hand-in. Without a student it is unmatched and has no number; without `earned` the grader failed on it.

    `report_hash` is over what grading found, not over how long it took: the same result twice is the same hash.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("student_id", "assignment_id", "number"),
        CheckConstraint("(student_id IS NULL) = (number IS NULL)", name="number"),
        CheckConstraint("earned IS NULL OR (earned >= 0 AND earned <= possible)", name="earned"),
        Index(None, "assignment_id", "student_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("releases.id"))
    number: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    imported_at: Mapped[datetime]
    report_hash: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str]
    engine: Mapped[str]
    isolation: Mapped[str]
    earned: Mapped[float | None]
    possible: Mapped[float | None]
    unmatched_because: Mapped[str] = mapped_column(default="")

    submission: Mapped[SubmissionRow] = relationship()
    release: Mapped[ReleaseRow] = relationship()


class QuestionRow(Base):
    """What tests awarded for a question of an attempt."""

    __tablename__ = "question_results"
    __table_args__ = (
        UniqueConstraint("attempt_id", "name"),
        CheckConstraint("earned >= 0 AND earned <= possible", name="earned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    earned: Mapped[float]
    possible: Mapped[float]
    manual: Mapped[bool] = mapped_column(Boolean)
    topic: Mapped[str | None]


class CaseRow(Base):
    """A case's verdict. What is for staff only, such as a hidden test's source, stays in `report.json`."""

    __tablename__ = "case_results"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question_results.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str]
    verdict: Mapped[str]
    hidden: Mapped[bool] = mapped_column(Boolean)
    possible: Mapped[float]
    message: Mapped[str | None]


class MeasurementRow(Base):
    """A safety figure that was measured on an attempt."""

    __tablename__ = "measurements"
    __table_args__ = (UniqueConstraint("attempt_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    name: Mapped[str]
    value: Mapped[float]
    position: Mapped[float | None]


class TopicRow(Base):
    """What tests awarded for a topic in an attempt, before any person's decision."""

    __tablename__ = "topic_totals"
    __table_args__ = (UniqueConstraint("attempt_id", "topic"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    topic: Mapped[str]
    earned: Mapped[float]
    possible: Mapped[float]
    written_possible: Mapped[float]


class _Decision:
    """What every decision of a person carries. Only the active one of a kind counts; earlier ones stay readable."""

    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("students.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    author: Mapped[str]
    created_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class ManualScoreRow(_Decision, Base):
    """What a person gave for a written question, and on which attempt it was read."""

    __tablename__ = "manual_scores"
    __table_args__ = (CheckConstraint("points >= 0", name="points"), Index(None, "student_id", "assignment_id"))

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    question: Mapped[str]
    points: Mapped[float]
    comment: Mapped[str]

    items: Mapped[list["RubricItemRow"]] = relationship(order_by="RubricItemRow.position")


class RubricItemRow(Base):
    """One line of the rubric with what it brought."""

    __tablename__ = "rubric_items"
    __table_args__ = (CheckConstraint("points >= 0", name="points"), UniqueConstraint("manual_score_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    manual_score_id: Mapped[int] = mapped_column(ForeignKey("manual_scores.id"))
    position: Mapped[int]
    text: Mapped[str]
    points: Mapped[float]


class OverrideRow(_Decision, Base):
    """Points in the place of the tests': for a question, or with None for the whole assignment."""

    __tablename__ = "overrides"
    __table_args__ = (CheckConstraint("points >= 0", name="points"), Index(None, "student_id", "assignment_id"))

    question: Mapped[str | None]
    points: Mapped[float]
    reason: Mapped[str]


class ExtensionRow(_Decision, Base):
    """More time for one student and assignment, from the due date on."""

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("extension_s > 0", name="extension_s"),
        Index(None, "student_id", "assignment_id"),
    )

    extension_s: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str]


class AuditRow(Base):
    """Something that somebody did. The order is that of `id`: clocks may go backwards."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "student_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    author: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    student_id: Mapped[int | None] = mapped_column(ForeignKey("students.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"))
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
