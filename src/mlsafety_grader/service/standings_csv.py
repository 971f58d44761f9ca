"""Write standings as a plain table for a spreadsheet: a line per student and assignment, every text harmless."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from mlsafety_grader.model import Standing
from mlsafety_grader.report import rounded, text_cell

_COLUMNS = (
    "student",
    "name",
    "email",
    "section",
    "assignment",
    "score",
    "possible",
    "earned",
    "late_penalty",
    "days_late",
    "attempt",
    "submitted_at",
    "due_at",
)


def standings_csv(standings: Sequence[Standing]) -> str:
    """Return the table. Where there is no score the cells are empty: that is not a zero. Instants are UTC."""
    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for standing in standings:
        student = standing.student
        has_score = standing.score is not None
        writer.writerow(
            [
                *(
                    text_cell(text)
                    for text in (student.key, student.name, student.email, student.section, standing.slug)
                ),
                _number(standing.score),
                rounded(standing.possible),
                _number(standing.earned),
                _number(standing.penalty) if has_score else "",
                standing.days_late if has_score else "",
                standing.attempt or "",
                _instant(standing.submitted_at),
                _instant(standing.due_at),
            ]
        )
    return table.getvalue()


def _number(points: float | None) -> int | float | str:
    return "" if points is None else rounded(points)


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else instant.isoformat(timespec="seconds")
