"""Say whose a submission is by its file's name. Names come from students: in doubt it is nobody's."""

from collections.abc import Sequence

from mlsafety_grader.gradebook.students import identifiers
from mlsafety_grader.model import Student

_SHORTEST = 3
_SHORTEST_NUMBER = 4
_NOT_NAMES = frozenset({"ipynb", "zip", "final", "late", "notebook", "solution", "submission"})


def match_submission(name: str, students: Sequence[Student], *, slug: str = "") -> tuple[Student, ...]:
    """Return the students whom a submission's file name may mean: exactly one is a match, else a person must say.

    A name that, but for its extension, is a student's identifier or e-mail address up to the @ means that student.
    Otherwise every student counts of whom an identifier of at least three characters (numbers: four) stands in it
    between separators; the assignment's name is not looked at.
    """
    whole = name.strip().casefold()
    stem = whole.rpartition(".")[0] or whole
    exact = tuple(student for student in students if {whole, stem} & _exact_names(student))
    if exact:
        return exact
    rest = whole.replace(slug.casefold(), "/") if slug else whole  # a slash is in no file name: a separator
    return tuple(student for student in students if any(_stands_in(one, rest) for one in identifiers(student)))


def _exact_names(student: Student) -> frozenset[str]:
    local = student.email.casefold().partition("@")[0]
    return identifiers(student) | ({local} if local else set())


def _stands_in(identifier: str, name: str) -> bool:
    if len(identifier) < (_SHORTEST_NUMBER if identifier.isdigit() else _SHORTEST) or identifier in _NOT_NAMES:
        return False
    start = name.find(identifier)
    while start >= 0:
        end = start + len(identifier)
        before = name[start - 1] if start else ""
        if not before.isalnum() and not name[end : end + 1].isalnum():
            return True
        start = name.find(identifier, start + 1)
    return False
