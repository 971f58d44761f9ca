"""Read `submissions.csv`, which says whose each submission of a batch is and when it came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook.sheet import read_sheet
from mlsafety_grader.scoring import as_utc

COLUMNS = ("folder", "student", "submitted_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionLine:
    """What the file says of one submission; `student` is empty and the time None where it does not know."""

    line: int
    student: str
    submitted_at: datetime | None


def parse_submissions(data: bytes, *, name: str) -> Mapping[str, SubmissionLine]:
    """Return what the file says by folder.

    Raises:
        UsageError: it cannot be read, lacks a column, names a folder twice, or a time cannot be read or has no zone.
    """
    sheet = read_sheet(data, name=name)
    missing = [column for column in COLUMNS if column not in sheet.titles]
    if missing:
        raise UsageError(
            f"{name}, line 1: the column {missing[0]!r} is missing", hint=f"the columns are {', '.join(COLUMNS)}"
        )
    found: dict[str, SubmissionLine] = {}
    for line, row in sheet.rows:
        cells = dict(zip(sheet.titles, (cell.strip() for cell in row), strict=False))
        where = f"{name}, line {line}"
        folder = cells.get("folder", "")
        if not folder:
            raise UsageError(f"{where}: names no folder", hint="fill in the submission's folder or drop the line")
        if folder in found:
            raise UsageError(
                f"{where}: {folder!r} stands in line {found[folder].line} already", hint="remove one of the two lines"
            )
        at = read_time(cells.get("submitted_at", ""), where=f"{where}: submitted_at")
        found[folder] = SubmissionLine(line=line, student=cells.get("student", ""), submitted_at=at)
    return found


def read_time(text: str, *, where: str) -> datetime | None:
    """Return the instant that `text` says in ISO 8601 with an offset, `Z` or `UTC`; None for an empty one.

    Raises:
        UsageError: it cannot be read or has no time zone; the message begins with `where`.
    """
    text = text.strip()
    if not text:
        return None
    try:
        # learning platforms like to write `2026-10-01 21:59:00 UTC`
        instant = datetime.fromisoformat(f"{text[:-3].rstrip()}Z" if text.endswith("UTC") else text)
    except ValueError:
        raise UsageError(
            f"{where}: {text[:40]!r} is no time", hint="write year-month-day, time and zone: 2026-10-01T23:59+02:00"
        ) from None
    return as_utc(instant, what=where)
