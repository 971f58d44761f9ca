"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("late_days >= 0", name=op.f("ck_courses_late_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("possible", sa.Double(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counting", sa.Text(), nullable=False),
        sa.Column("penalty_per_day", sa.Double(), nullable=False),
        sa.Column("max_penalty", sa.Double(), nullable=False),
        sa.Column("grace_s", sa.Integer(), nullable=False),
        sa.Column("accepted_days", sa.Integer(), nullable=True),
        sa.Column("takes_late_days", sa.Boolean(), nullable=False),
        sa.CheckConstraint("max_penalty >= 0 AND max_penalty <= 1", name=op.f("ck_assignments_max_penalty")),
        sa.CheckConstraint(
            "penalty_per_day >= 0 AND penalty_per_day <= 1", name=op.f("ck_assignments_penalty_per_day")
        ),
        sa.CheckConstraint("possible >= 0", name=op.f("ck_assignments_possible")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_assignments_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("course_id", "slug", name=op.f("uq_assignments_course_id_slug")),
    )
    op.create_table(
        "students",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sortable_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("sis_id", sa.Text(), nullable=False),
        sa.Column("canvas_id", sa.Text(), nullable=False),
        sa.Column("github", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_students_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_students")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_students_course_id_key")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("assignment_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_audit_assignment_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_audit_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_student_id"), "audit", ["student_id"], unique=False)
    op.create_table(
        "extensions",
        sa.Column("extension_s", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("extension_s > 0", name=op.f("ck_extensions_extension_s")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_extensions_assignment_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_extensions_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(
        op.f("ix_extensions_student_id_assignment_id"), "extensions", ["student_id", "assignment_id"], unique=False
    )
    op.create_table(
        "overrides",
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_overrides_points")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_overrides_assignment_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_overrides_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index(
        op.f("ix_overrides_student_id_assignment_id"), "overrides", ["student_id", "assignment_id"], unique=False
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("possible", sa.Double(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_releases_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("assignment_id", "release_id", name=op.f("uq_releases_assignment_id_release_id")),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_submissions_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("assignment_id", "sha256", "name", name=op.f("uq_submissions_assignment_id_sha256_name")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("isolation", sa.Text(), nullable=False),
        sa.Column("earned", sa.Double(), nullable=True),
        sa.Column("possible", sa.Double(), nullable=True),
        sa.Column("unmatched_because", sa.Text(), nullable=False),
        sa.CheckConstraint("(student_id IS NULL) = (number IS NULL)", name=op.f("ck_attempts_number")),
        sa.CheckConstraint("earned IS NULL OR (earned >= 0 AND earned <= possible)", name=op.f("ck_attempts_earned")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_attempts_assignment_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_attempts_release_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_attempts_student_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_attempts_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint(
            "student_id", "assignment_id", "number", name=op.f("uq_attempts_student_id_assignment_id_number")
        ),
    )
    op.create_index(
        op.f("ix_attempts_assignment_id_student_id"), "attempts", ["assignment_id", "student_id"], unique=False
    )
    op.create_table(
        "manual_scores",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_manual_scores_points")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_manual_scores_assignment_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_manual_scores_attempt_id")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_manual_scores_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_scores")),
    )
    op.create_index(
        op.f("ix_manual_scores_student_id_assignment_id"),
        "manual_scores",
        ["student_id", "assignment_id"],
        unique=False,
    )
    op.create_table(
        "measurements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("position", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_measurements_attempt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurements")),
        sa.UniqueConstraint("attempt_id", "name", name=op.f("uq_measurements_attempt_id_name")),
    )
    op.create_table(
        "question_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("earned", sa.Double(), nullable=False),
        sa.Column("possible", sa.Double(), nullable=False),
        sa.Column("manual", sa.Boolean(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.CheckConstraint("earned >= 0 AND earned <= possible", name=op.f("ck_question_results_earned")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_question_results_attempt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_results")),
        sa.UniqueConstraint("attempt_id", "name", name=op.f("uq_question_results_attempt_id_name")),
    )
    op.create_table(
        "topic_totals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("earned", sa.Double(), nullable=False),
        sa.Column("possible", sa.Double(), nullable=False),
        sa.Column("written_possible", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempts.id"], name=op.f("fk_topic_totals_attempt_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_totals")),
        sa.UniqueConstraint("attempt_id", "topic", name=op.f("uq_topic_totals_attempt_id_topic")),
    )
    op.create_table(
        "case_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("possible", sa.Double(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question_results.id"], name=op.f("fk_case_results_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_results")),
        sa.UniqueConstraint("question_id", "position", name=op.f("uq_case_results_question_id_position")),
    )
    op.create_table(
        "rubric_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("manual_score_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_rubric_items_points")),
        sa.ForeignKeyConstraint(
            ["manual_score_id"], ["manual_scores.id"], name=op.f("fk_rubric_items_manual_score_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_items")),
        sa.UniqueConstraint("manual_score_id", "position", name=op.f("uq_rubric_items_manual_score_id_position")),
    )
