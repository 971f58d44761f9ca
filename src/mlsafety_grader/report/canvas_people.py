"""Decide which row of a gradebook is whose, without ever guessing between two."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mlsafety_grader.model import Student


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row about a student in somebody else's file; `names` are all the ways it spells the name."""

    row: int
    names: frozenset[str]
    shown: str
    canvas_id: str = ""
    sis_id: str = ""
    login: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A student of ours for whom nothing was written, and why."""

    student: Student
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """Who is in which row, and who is in none."""

    matched: tuple[tuple[Student, int], ...]
    ambiguous: tuple[Mismatch, ...]
    unmatched: tuple[Mismatch, ...]


def match_people(students: Sequence[Student], people: Sequence[Person]) -> Matching:
    """Match students with rows: by any of their ids, by name only where no id speaks against it."""
    found = [(student, _rows_of(student, people)) for student in students]
    claims = Counter(rows[0] for _, rows in found if len(rows) == 1)
    matched, ambiguous, unmatched = [], [], []
    for student, rows in found:
        if not rows:
            unmatched.append(Mismatch(student=student, reason="no row has this id, login or name"))
        elif len(rows) > 1:
            numbers = " and ".join(str(row + 1) for row in rows)
            ambiguous.append(Mismatch(student=student, reason=f"rows {numbers} both fit"))
        elif claims[rows[0]] > 1:
            ambiguous.append(Mismatch(student=student, reason=f"row {rows[0] + 1} fits another student as well"))
        else:
            matched.append((student, rows[0]))
    return Matching(matched=tuple(matched), ambiguous=tuple(ambiguous), unmatched=tuple(unmatched))


def _rows_of(student: Student, people: Sequence[Person]) -> list[int]:
    """Return every row that an id of the student names: two ids that name two rows are a contradiction to be told."""
    by_id = [person.row for person in people if _same_id(student, person)]
    if by_id:
        return by_id
    names = {student.name.strip(), student.sortable_name.strip()} - {""}
    return [person.row for person in people if names & person.names and not _contradicts(student, person)]


def _same_id(student: Student, person: Person) -> bool:
    return any(ours and ours == theirs for ours, theirs in _ids(student, person))


def _contradicts(student: Student, person: Person) -> bool:
    return any(ours and theirs and ours != theirs for ours, theirs in _ids(student, person))


def _ids(student: Student, person: Person) -> list[tuple[str, str]]:
    return [
        (student.canvas_id, person.canvas_id),
        (student.sis_id, person.sis_id),
        (student.login.casefold(), person.login.casefold()),  # as Canvas, which lets people log in in any case
    ]
