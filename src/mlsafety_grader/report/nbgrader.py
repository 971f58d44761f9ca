"""The gradebook as `nbgrader export` writes it, for tools that read that file.

As there, times are UTC without saying so, a student who handed in nothing has zeros and no timestamp, and what is
unknown is empty. Unlike there, cells are quoted where they must be, and where only the grader failed there are no
points at all: empty cells, not zeros.
"""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from mlsafety_grader.model import Standing, Student
from mlsafety_grader.report.grades_csv import text_cell
from mlsafety_grader.report.numbers import POINT_DECIMALS

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def nbgrader_csv(standings: Sequence[Standing]) -> str:
    """Return the table: a header, then a row per standing in the order given."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(standing) for standing in standings)
    return table.getvalue()


def _row(standing: Standing) -> list[str]:
    student = standing.student
    last, first = _names(student)
    return [
        text_cell(standing.slug),
        _time(standing.due_at),
        _time(standing.submitted_at),
        text_cell(student.key),
        text_cell(last),
        text_cell(first),
        text_cell(student.email),
        *_points(standing),
        _number(standing.possible),
    ]


def _points(standing: Standing) -> list[str]:
    if standing.attempt == 0:
        return ["0.0", "0.0", "0.0"]
    if standing.earned is None or standing.score is None:
        return ["", "", ""]
    return [_number(standing.earned), _number(standing.penalty), _number(standing.score)]


def _names(student: Student) -> tuple[str, str]:
    """Return last and first name; a name that does not say which is which is split before its last word."""
    last, comma, first = student.sortable_name.partition(",")
    if comma:
        return last.strip(), first.strip()
    first, _, last = student.name.strip().rpartition(" ")
    return last, first.strip()


def _time(instant: datetime | None) -> str:
    return "" if instant is None else str(instant.astimezone(UTC).replace(tzinfo=None))


def _number(value: float) -> str:
    return str(round(value, POINT_DECIMALS) + 0.0)  # + 0.0: never -0.0
