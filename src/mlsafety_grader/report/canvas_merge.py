"""Fill scores into a gradebook that was downloaded from Canvas; whatever is not a score of ours keeps its bytes.

    their CSV ─ split ─► header ─ places ─► which column is which
                         rows ─ canvas_people ─► which row is whose ─► cells changed ─ join ─► CSV for the import

A student is matched by Canvas id, SIS id or login, and only then by the exact name. Nobody is guessed: when two rows
fit a student, or two students a row, nothing is written for them and the outcome says so. Marks that a person set on
purpose (`EX`, `N/A`) stay.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Standing, Student
from mlsafety_grader.report.canvas import (
    NOT_AN_ASSIGNMENT,
    POINTS_POSSIBLE,
    TITLE_AND_ID,
    Column,
    check_new_column,
    check_title,
    columns_of,
    score_text,
    students_of,
)
from mlsafety_grader.report.canvas_people import Mismatch, Person, match_people
from mlsafety_grader.report.csv_cells import Cell, Row, join_rows, make_cell, split_rows

_BOM = "\ufeff"
_READ_ONLY = re.compile(r"read\s+only")
_POSTING = re.compile(r"\s*(?:Muted|Manual Posting.*)?\s*", re.IGNORECASE | re.DOTALL)
_NUMERIC = re.compile(r"-?[0-9.,]+%?")
_DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]+%?")
_AGAIN = "download the gradebook from Canvas again (Grades, Export) and name that file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A cell that holds a mark which a person set, and which a score of ours would have overwritten."""

    student: Student
    title: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasMerge:
    """The filled file, and who is in it.

    `ambiguous` and `unmatched` are students of ours without a row; `strangers` the names in rows that are nobody's of
    ours; `added` the titles that the file did not have, for which Canvas offers to make an assignment.
    """

    data: bytes
    matched: tuple[Student, ...]
    ambiguous: tuple[Mismatch, ...]
    unmatched: tuple[Mismatch, ...]
    strangers: tuple[str, ...]
    kept: tuple[Kept, ...]
    added: tuple[str, ...]
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """Their file, taken apart. `people` are the numbers of the rows that are students'."""

    bom: str
    separator: str
    rows: tuple[Row, ...]
    section: int
    points_row: int | None
    people: tuple[int, ...]


def merge_canvas(
    export: bytes, standings: Sequence[Standing], *, titles: Mapping[str, str] | None = None
) -> CanvasMerge:
    """Return Canvas' own export with our scores in it.

    Args:
        export: the CSV that Canvas' gradebook exports, unchanged.
        standings: of one assignment or of several.
        titles: slug → the assignment's title in Canvas, or its whole column heading `Title (id)`, where it is not ours.

    Raises:
        UsageError: the file is no such export, or a column cannot be filled: two bear the title, it is read-only, or
            it is worth other points than our assignment.
    """
    sheet = _read(export)
    columns = columns_of(standings)
    wanted = {column.slug: (titles or {}).get(column.slug, column.title) for column in columns}
    places = {column.slug: _place(sheet, column, wanted[column.slug]) for column in columns}
    people = match_people(students_of(standings), [_person(sheet, number) for number in sheet.people])
    added = [column for column in columns if places[column.slug] is None]
    sheet, places = _add_columns(sheet, added, wanted, places)
    grid = [list(row.cells) for row in sheet.rows]
    kept: list[Kept] = []
    changed = 0
    comma = _uses_decimal_comma(sheet)
    for student, number in people.matched:
        for column in columns:
            score, place = column.scores.get(student.key), places[column.slug]
            if score is None or place is None:
                continue
            value = sheet.rows[number].value(place).strip()
            if value.casefold() in {"ex", "n/a"}:
                kept.append(Kept(student=student, title=wanted[column.slug], value=value))
            elif _canonical(value) != score_text(score):
                text = score_text(score).replace(".", ",") if comma else score_text(score)
                _put(grid[number], place, make_cell(text, sheet.separator))
                changed += 1
    rows = [Row(cells=tuple(cells), end=row.end) for cells, row in zip(grid, sheet.rows, strict=True)]
    claimed = {number for _, number in people.matched}
    return CanvasMerge(
        data=(sheet.bom + join_rows(rows, sheet.separator)).encode(),
        matched=tuple(student for student, _ in people.matched),
        ambiguous=people.ambiguous,
        unmatched=people.unmatched,
        strangers=tuple(_person(sheet, number).shown for number in sheet.people if number not in claimed),
        kept=tuple(kept),
        added=tuple(wanted[column.slug] for column in added),
        changed=changed,
    )


def _read(export: bytes) -> _Sheet:
    try:
        text = export.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("the gradebook is not UTF-8: another program has saved it", hint=_AGAIN) from None
    bom = _BOM if text.startswith(_BOM) else ""
    text = text[len(bom) :]
    separator = _separator(text)
    rows = split_rows(text, separator)
    points_row, people = _kinds(rows)
    return _Sheet(
        bom=bom,
        separator=separator,
        rows=rows,
        section=_section(rows[0]) or 0,
        points_row=points_row,
        people=people,
    )


def _separator(text: str) -> str:
    """Return the separator with which the header is one that Canvas takes."""
    first = "".join(text.splitlines()[:1])
    for separator in (",", ";"):
        with suppress(UsageError):  # read with the other separator, quotes can stand anywhere
            header = split_rows(first, separator)
            if header and _section(header[0]) is not None:
                return separator
    raise UsageError(
        "this is no gradebook of Canvas: its first row must hold Student, ID, logins and Section, in that order",
        hint=_AGAIN,
    )


def _section(header: Row) -> int | None:
    """Return the place of the last column about students, or None where Canvas would refuse the header."""
    names = [cell.value for cell in header.cells]
    id_place = 2 if names[:2] == ["LastName", "FirstName"] else 1
    if len(names) <= id_place + 2 or "ID" not in names[id_place]:
        return None
    if id_place == 1 and "Student" not in names[0]:
        return None
    return names.index("Section") if "Section" in names else None


def _kinds(rows: Sequence[Row]) -> tuple[int | None, tuple[int, ...]]:
    """Return the number of the row of maxima, and those of the students' rows."""
    points_row: int | None = None
    people: list[int] = []
    for number, row in enumerate(rows[1:], start=1):
        if POINTS_POSSIBLE in row.value(0):
            # a second one is a student of that name; Canvas cannot take points for him, so his row is left alone
            points_row = number if points_row is None else points_row
        elif any(cell.value.strip(" ") for cell in row.cells) and not _is_posting(row):
            people.append(number)
    return points_row, tuple(people)


def _is_posting(row: Row) -> bool:
    return all(_POSTING.fullmatch(cell.value) for cell in row.cells)


def _place(sheet: _Sheet, column: Column, title: str) -> int | None:
    """Return the place of an assignment's column, None when the file has none.

    Raises:
        UsageError: it cannot be filled.
    """
    check_title(title)
    headings = [(place, cell.value) for place, cell in enumerate(sheet.rows[0].cells) if place > sheet.section]
    exact = [place for place, heading in headings if heading == title]
    fits = exact or [place for place, heading in headings if _title_of(heading) == title]
    if not fits:
        return None
    if len(fits) > 1:
        found = ", ".join(repr(sheet.rows[0].value(place)) for place in fits)
        raise UsageError(f"{len(fits)} columns are called {title!r}: {found}", hint="name the whole heading of one")
    points = sheet.rows[sheet.points_row].value(fits[0]) if sheet.points_row is not None else ""
    if _READ_ONLY.search(points):
        raise UsageError(
            f"Canvas says that column {title!r} is read-only: it would ignore the scores",
            hint="grades of this assignment cannot be imported; enter them where Canvas takes them from",
        )
    worth = _canonical(points)
    if worth and worth != score_text(column.possible):
        raise UsageError(
            f"{title!r} is worth {worth} points in Canvas and {score_text(column.possible)} here",
            hint="set the assignment's points in Canvas, then download the gradebook again",
        )
    return fits[0]


def _title_of(heading: str) -> str:
    found = TITLE_AND_ID.fullmatch(heading)
    return found[1] if found else heading


def _person(sheet: _Sheet, number: int) -> Person:
    header, row = sheet.rows[0], sheet.rows[number]
    about = {cell.value: row.value(place).strip() for place, cell in enumerate(header.cells[: sheet.section + 1])}
    first, last = about.get("FirstName"), about.get("LastName")
    names = [row.value(0).strip()] if first is None or last is None else [f"{first} {last}", f"{last}, {first}"]
    return Person(
        row=number,
        names=frozenset(name for name in names if name.strip(" ,")),
        shown=names[0],
        canvas_id=about.get("ID", ""),
        sis_id=about.get("SIS User ID", ""),
        login=about.get("SIS Login ID", ""),
    )


def _add_columns(
    sheet: _Sheet, added: Sequence[Column], wanted: Mapping[str, str], places: Mapping[str, int | None]
) -> tuple[_Sheet, dict[str, int | None]]:
    """Put a new column for each assignment that the file lacks behind its last assignment."""
    if not added:
        return sheet, dict(places)
    if sheet.points_row is None:
        raise UsageError("the gradebook has no row of Points Possible, which a new column needs", hint=_AGAIN)
    start = _last_assignment(sheet) + 1
    rows = []
    for number, row in enumerate(sheet.rows):
        if number and number != sheet.points_row and len(row.cells) < start:
            rows.append(row)  # a blank line, or one that ends early: `_put` makes it longer if it must be
            continue
        texts = [_new_cell(sheet, number, column, wanted[column.slug]) for column in added]
        cells = [make_cell(text, sheet.separator) for text in texts]
        rows.append(Row(cells=(*row.cells[:start], *cells, *row.cells[start:]), end=row.end))
    moved = {slug: place if place is None or place < start else place + len(added) for slug, place in places.items()}
    moved.update({column.slug: start + offset for offset, column in enumerate(added)})
    fresh = _Sheet(
        bom=sheet.bom,
        separator=sheet.separator,
        rows=tuple(rows),
        section=sheet.section,
        points_row=sheet.points_row,
        people=sheet.people,
    )
    return fresh, moved


def _new_cell(sheet: _Sheet, number: int, column: Column, title: str) -> str:
    if number == 0:
        check_new_column(title)
        return title
    return score_text(column.possible) if number == sheet.points_row else ""


def _last_assignment(sheet: _Sheet) -> int:
    headings = [(place, cell.value) for place, cell in enumerate(sheet.rows[0].cells) if place > sheet.section]
    places = [p for p, heading in headings if TITLE_AND_ID.fullmatch(heading) and not NOT_AN_ASSIGNMENT.search(heading)]
    return max(places, default=sheet.section)


def _put(cells: list[Cell], place: int, cell: Cell) -> None:
    cells.extend(Cell(raw="", value="") for _ in range(place + 1 - len(cells)))
    cells[place] = cell


def _uses_decimal_comma(sheet: _Sheet) -> bool:
    values: Iterable[str] = (
        cell.value.strip() for number in sheet.people for cell in sheet.rows[number].cells[sheet.section + 1 :]
    )
    return any(_DECIMAL_COMMA.fullmatch(value) for value in values)


def _canonical(value: str) -> str:
    """Return a number as Canvas reads it, at two decimals; what is no number is empty."""
    value = value.strip()
    if not _NUMERIC.fullmatch(value) or value.endswith("%"):
        return ""
    *whole, last = re.split("[.,]", value)
    try:
        return score_text(float(f"{''.join(whole)}.{last}" if whole else last))
    except ValueError:
        return ""
