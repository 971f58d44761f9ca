"""Find the student of a hand-in on the roster: by an id that fits one student, else by a name that fits one.

Nobody is guessed. What fits two students fits none; a name counts only where no id speaks against it; and when two
people of the platform fit one student by name alone, neither is taken for that student.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mlsafety_grader.model import Student


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a platform says of the person who handed in: `kind` is a key of `FIELDS`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The student found, or None and why. `by_name` when no id took part."""

    student: Student | None
    reason: str = ""
    by_name: bool = False


def plain_name(text: str) -> str:
    """Return a name as people compare it: without case, double blanks or different codes for one letter."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("_", " ").casefold().split())


def letters(text: str) -> str:
    """Return the letters and digits of a name in lower case: what Canvas leaves of one in a file's name."""
    return "".join(char for char in unicodedata.normalize("NFC", text).casefold() if char.isalnum())


def _ascii_letters(text: str) -> str:
    return "".join(char for char in letters(text) if char.isascii())


def _names(student: Student) -> set[str]:
    last, comma, first = student.sortable_name.partition(",")
    both = f"{first} {last}" if comma else ""
    return {plain_name(name) for name in (student.name, student.sortable_name, both)}


def _letters_of(student: Student) -> set[str]:
    names = (student.sortable_name, student.name)
    return {letters(name) for name in names} | {_ascii_letters(name) for name in names}


def _marks(student: Student) -> set[str]:
    marks = (student.key, student.login, student.email, student.sis_id, student.canvas_id, student.github)
    return {mark.casefold() for mark in marks}


# how a student's values of a kind are read; a claim's value is compared with them as it stands
FIELDS: Mapping[str, Callable[[Student], set[str]]] = MappingProxyType(
    {
        "canvas_id": lambda student: {student.canvas_id},
        "sis_id": lambda student: {student.sis_id},
        "email": lambda student: {student.email.casefold()},
        "github": lambda student: {student.github.casefold()},
        "mark": _marks,
        "name": _names,
        "letters": _letters_of,
    }
)
_NAMES = frozenset({"name", "letters"})
_SINGLE = frozenset({"canvas_id", "sis_id", "email", "github"})


def match_student(claims: Sequence[Claim], roster: Sequence[Student]) -> Match:
    """Return the one student whom the claims fit."""
    claims = [claim for claim in claims if claim.value]
    ids = [claim for claim in claims if claim.kind not in _NAMES]
    by_id = [student for student in roster if any(_fits(claim, student) for claim in ids)]
    if by_id:
        return _only(by_id, by_name=False)
    names = [claim for claim in claims if claim.kind in _NAMES]
    by_name = [
        student
        for student in roster
        if any(_fits(claim, student) for claim in names) and not any(_contradicts(claim, student) for claim in ids)
    ]
    if by_name:
        return _only(by_name, by_name=True)
    return Match(student=None, reason="nobody on the roster has this id or name" if roster else "there is no roster")


def _only(found: Sequence[Student], *, by_name: bool) -> Match:
    if len(found) == 1:
        return Match(student=found[0], by_name=by_name)
    keys = ", ".join(student.key for student in found[:5])
    return Match(student=None, reason=f"fits {len(found)} students of the roster: {keys}")


def _fits(claim: Claim, student: Student) -> bool:
    return claim.value in FIELDS[claim.kind](student)


def _contradicts(claim: Claim, student: Student) -> bool:
    known = FIELDS[claim.kind](student) - {""}
    return claim.kind in _SINGLE and bool(known) and claim.value not in known
