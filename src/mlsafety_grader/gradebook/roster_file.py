"""Read a roster file: a Canvas gradebook export, a GitHub Classroom roster, or any CSV with a header.

The file is hostile until shown otherwise. Whatever is wrong with it becomes one message with file and line, and then
nothing of it is used.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook.sheet import read_sheet
from mlsafety_grader.model import Student

MAX_CELL = 300
MAX_KEY = 100
_FORMULA_STARTS = ("=", "+", "-", "@")
_NOTHING = frozenset({"-", "--", "n/a"})
_CANVAS = ("student", "id")
_CLASSROOM = ("identifier", "github_username", "github_id", "name")
_TEST_STUDENTS = frozenset({"student, test", "test student"})
_CANVAS_EXTRA_ROWS = re.compile(r"points possible|muted|manual posting", re.IGNORECASE)

# what a plain file's columns may be called; the first that is there is taken
_PLAIN: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "student_key"),
    "login": ("login", "id", "student_id", "username", "user", "netid", "sis login id"),
    "name": ("name", "full name", "full_name", "student", "student name"),
    "first": ("first name", "first_name", "firstname"),
    "last": ("last name", "last_name", "lastname", "surname"),
    "email": ("email", "e-mail", "mail", "email address", "e-mail address"),
    "github": ("github", "github_username", "github username", "github login"),
    "section": ("section", "group"),
    "sis_id": ("sis_id", "sis user id", "sid", "student number"),
    "canvas_id": ("canvas_id", "canvas id"),
}
_UNIQUE = ("key", "login", "email", "github", "sis_id", "canvas_id")


class RosterKind(StrEnum):
    """Where a roster file comes from."""

    CANVAS = "Canvas gradebook export"
    CLASSROOM = "GitHub Classroom roster"
    PLAIN = "plain CSV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a roster. Its student's `key` is what the file offers for one; the gradebook may know a better."""

    line: int
    student: Student


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A roster file, understood."""

    name: str
    kind: RosterKind
    entries: tuple[Entry, ...]


def parse_roster(data: bytes, *, name: str) -> Roster:
    """Read a roster.

    Args:
        data: the file.
        name: what to call it in messages.

    Raises:
        UsageError: it cannot be read, lacks a column, has no student, or two lines speak of one student.
    """
    sheet = read_sheet(data, name=name)
    titles = list(sheet.titles)
    kind = _detect(titles, name)
    entries = []
    for line, row in sheet.rows:
        student = _read(kind, titles, row, where=f"{name}, line {line}")
        if student is not None:
            entries.append(Entry(line=line, student=student))
    if not entries:
        raise UsageError(f"{name}: names no student", hint="a roster has a header and then a line for each student")
    _require_unique(entries, name)
    return Roster(name=name, kind=kind, entries=tuple(entries))


def _detect(titles: list[str], name: str) -> RosterKind:
    twice = next((title for title in titles if title and title in _all_plain() and titles.count(title) > 1), None)
    if twice is not None:
        raise UsageError(f"{name}, line 1: two columns are called {twice!r}", hint="rename or remove one")
    if titles[:2] == list(_CANVAS) or titles[:3] == ["lastname", "firstname", "id"]:
        if "section" not in titles:
            raise UsageError(
                f"{name}, line 1: looks like a Canvas gradebook without the column 'Section'",
                hint="export it again in Canvas: Grades → Export → Export Entire Gradebook",
            )
        return RosterKind.CANVAS
    if set(_CLASSROOM) <= set(titles):
        return RosterKind.CLASSROOM
    if any(title in titles for field in _UNIQUE for title in _PLAIN[field]):
        return RosterKind.PLAIN
    raise UsageError(
        f"{name}, line 1: no column names students ({', '.join(repr(title) for title in titles[:6])})",
        hint="needed is one of: login (or id), email, github; welcome are name and section",
    )


def _all_plain() -> frozenset[str]:
    return frozenset(title for titles in _PLAIN.values() for title in titles)


def _read(kind: RosterKind, titles: list[str], row: list[str], *, where: str) -> Student | None:
    cells = dict(zip(titles, row, strict=False))
    match kind:
        case RosterKind.CANVAS:
            return _read_canvas(cells, row, where)
        case RosterKind.CLASSROOM:
            return _read_classroom(cells, where)
        case RosterKind.PLAIN:
            return _read_plain(cells, where)


def _read_canvas(cells: Mapping[str, str], row: list[str], where: str) -> Student | None:
    if _CANVAS_EXTRA_ROWS.search(row[0]) or not any(cell.strip() for cell in row[:4]):
        return None
    last, first = _cell(cells, "lastname", where), _cell(cells, "firstname", where)
    sortable = f"{last}, {first}" if last or first else _cell(cells, "student", where)
    if sortable.lower() in _TEST_STUDENTS:
        return None
    login, sis = _cell(cells, "sis login id", where), _cell(cells, "sis user id", where)
    canvas_id = _cell(cells, "id", where)
    return _student(
        where,
        key=login or sis or canvas_id,
        name=_natural(sortable),
        sortable_name=sortable,
        email=login if "@" in login else "",
        login=login,
        sis_id=sis,
        canvas_id=canvas_id,
        section=_cell(cells, "section", where),
    )


def _read_classroom(cells: Mapping[str, str], where: str) -> Student:
    identifier = _cell(cells, "identifier", where)
    github = _cell(cells, "github_username", where)
    return _student(
        where,
        key=identifier or github,
        name=_cell(cells, "name", where) or identifier,
        email=identifier if "@" in identifier else "",
        github=github,
    )


def _read_plain(cells: Mapping[str, str], where: str) -> Student:
    found = {
        field: next((_cell(cells, title, where) for title in titles if title in cells), "")
        for field, titles in _PLAIN.items()
    }
    found["github"] = found["github"].removeprefix("https://github.com/").rstrip("/")
    first, last = found.pop("first"), found.pop("last")
    key = found["key"] or found["login"] or found["email"] or found["github"] or found["sis_id"] or found["canvas_id"]
    name = found["name"] or f"{first} {last}".strip()
    return _student(
        where,
        **{
            **found,
            "key": key,
            "name": _natural(name) or key,
            "sortable_name": f"{last}, {first}" if last and first else (name if "," in name else ""),
        },
    )


def _student(where: str, **fields: str) -> Student:
    if not fields["key"]:
        raise UsageError(f"{where}: names no student", hint="fill in login, id, email or GitHub name, or drop the line")
    if len(fields["key"]) > MAX_KEY:
        raise UsageError(f"{where}: the student's name in the course is longer than {MAX_KEY}", hint="shorten it")
    return Student(**fields)


def _cell(cells: Mapping[str, str], title: str, where: str) -> str:
    """Return a cell's text, one line, in Unicode's composed form."""
    text = unicodedata.normalize("NFC", cells.get(title) or "").strip()
    if text.lower() in _NOTHING:
        return ""
    if len(text) > MAX_CELL:
        raise UsageError(f"{where}: {title!r} is longer than {MAX_CELL} characters", hint="shorten it")
    if unicodedata.normalize("NFKC", text[:1]).startswith(_FORMULA_STARTS):
        raise UsageError(
            f"{where}: {title!r} begins with {text[:1]!r}, which a spreadsheet takes for a formula",
            hint="no student is called that; correct the cell",
        )
    odd = next((char for char in text if not char.isprintable() and char not in "\u200c\u200d"), None)
    if odd is not None:
        raise UsageError(
            f"{where}: {title!r} holds the invisible character U+{ord(odd):04X}", hint="type the cell again by hand"
        )
    return text


def _natural(name: str) -> str:
    """Return `Ada Lovelace` for `Lovelace, Ada`; other names as they are."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma and "," not in first else name


def _require_unique(entries: list[Entry], name: str) -> None:
    seen: dict[tuple[str, str], int] = {}
    for entry in entries:
        for field in _UNIQUE:
            value = getattr(entry.student, field).casefold()
            if not value:
                continue
            earlier = seen.setdefault((field, value), entry.line)
            if earlier != entry.line:
                raise UsageError(
                    f"{name}, line {entry.line}: {getattr(entry.student, field)!r} stands in line {earlier} already",
                    hint="every student has one line; remove or correct one of the two",
                )
