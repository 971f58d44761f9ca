"""Find students by what people call them, and keep the roster."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from mlsafety_grader.errors import GradebookError, UsageError
from mlsafety_grader.gradebook.audit import Act, record
from mlsafety_grader.gradebook.roster_file import Entry, Roster, RosterKind
from mlsafety_grader.gradebook.tables import CourseRow, StudentRow
from mlsafety_grader.model import Student

_IDENTIFIERS = ("key", "login", "email", "github", "sis_id", "canvas_id")
_FIELDS = ("name", "sortable_name", "email", "login", "sis_id", "canvas_id", "github", "section")
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """What importing a roster did, in students. `absent` are on the gradebook's roster but not in the file."""

    kind: RosterKind
    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: int
    absent: tuple[str, ...]


def the_course(session: Session) -> CourseRow:
    """Return the gradebook's course.

    Raises:
        GradebookError: there is none: the tables were emptied by hand.
    """
    course = session.scalars(select(CourseRow).order_by(CourseRow.id).limit(1)).first()
    if course is None:
        raise GradebookError("the gradebook holds no course", hint="run `mlsafety gradebook init`")
    return course


def to_student(row: StudentRow) -> Student:
    """Return a row as the record that every floor knows."""
    return Student(key=row.key, **{field: getattr(row, field) for field in _FIELDS})


def identifiers(student: Student) -> frozenset[str]:
    """Return everything that names this student and nobody else, caseless: never the plain name."""
    return frozenset(value.casefold() for field in _IDENTIFIERS if (value := getattr(student, field)))


def list_students(session: Session) -> tuple[Student, ...]:
    """Return the roster, by sortable name."""
    rows = session.scalars(select(StudentRow))
    return tuple(
        sorted((to_student(row) for row in rows), key=lambda s: ((s.sortable_name or s.name).casefold(), s.key))
    )


def find_student(session: Session, called: str) -> StudentRow:
    """Return the student of that key, login, e-mail, GitHub name, SIS or Canvas number, or of that unique name.

    Raises:
        UsageError: nobody or more than one is called that.
    """
    rows = list(session.scalars(select(StudentRow)))
    wanted = called.strip().casefold()
    exact = [row for row in rows if row.key == called.strip()]
    found = exact or [row for row in rows if wanted in identifiers(to_student(row))]
    found = found or [row for row in rows if row.name and row.name.casefold() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(sorted(row.key for row in found))
        raise UsageError(f"{called!r} can mean more than one student: {keys}", hint="use one of these keys")
    close = sorted(
        row.key for row in rows if wanted and (wanted in row.name.casefold() or wanted in row.key.casefold())
    )
    hint = f"did you mean {', '.join(close[:_SHOWN])}?" if close else "see `mlsafety gradebook roster`"
    raise UsageError(f"no student is called {called!r}", hint=hint)


def import_roster(session: Session, roster: Roster, *, act: Act) -> RosterChange:
    """Add the students of a roster file and fill in what it knows of those who are there; nobody is removed.

    A line means the student with whom it shares an identifier. A cell that is empty in the file changes nothing.

    Raises:
        UsageError: a line fits two students, or two lines fit one.
    """
    course = the_course(session)
    rows = list(session.scalars(select(StudentRow)))
    index = _Index(rows)
    added: list[str] = []
    updated: list[str] = []
    taken: dict[int, int] = {}
    for entry in roster.entries:
        row = index.find(entry, roster)
        if row is None:
            row = StudentRow(course_id=course.id, **asdict(entry.student))
            session.add(row)
            session.flush()
            index.add(row)
            added.append(row.key)
            record(session, act, "student added", subject=row.key, after=_describe(entry.student), student=row)
        elif _update(session, row, entry.student, act, index):
            updated.append(row.key)
        if row.id in taken:
            raise _wrong(roster, entry, f"means {row.key}, as line {taken[row.id]} does", "remove one of the two lines")
        taken[row.id] = entry.line
    return RosterChange(
        kind=roster.kind,
        added=tuple(added),
        updated=tuple(updated),
        unchanged=len(roster.entries) - len(added) - len(updated),
        absent=tuple(sorted(row.key for row in rows if row.id not in taken)),
    )


class _Index:
    """Rows by identifier; lives for one import."""

    def __init__(self, rows: Iterable[StudentRow]) -> None:
        self._by: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        self._rows: dict[int, StudentRow] = {}
        for row in rows:
            self.add(row)

    def add(self, row: StudentRow) -> None:
        self._rows[row.id] = row
        for name in identifiers(to_student(row)):
            self._by.setdefault(name, set()).add(row.id)
        self._names.setdefault(row.name.casefold(), set()).add(row.id)

    def find(self, entry: Entry, roster: Roster) -> StudentRow | None:
        """Return the row that a line speaks of, or None for somebody new."""
        student = entry.student
        found = set().union(*(self._by.get(name, set()) for name in identifiers(student)))
        if not found and roster.kind is RosterKind.CLASSROOM:  # there teachers often enter plain names
            found = self._names.get(student.key.casefold(), set())
        if len(found) > 1:
            keys = ", ".join(sorted(self._rows[number].key for number in found))
            raise _wrong(roster, entry, f"fits more than one student: {keys}", "correct the identifiers in this line")
        return self._rows[next(iter(found))] if found else None


def _update(session: Session, row: StudentRow, student: Student, act: Act, index: _Index) -> bool:
    before = to_student(row)
    given = {field: value for field in _FIELDS if (value := getattr(student, field))}
    if student.name == student.key:  # no name of its own: the file had none
        given.pop("name", None)
    after = replace(before, **given)
    if after == before:
        return False
    for field, value in given.items():
        setattr(row, field, value)
    session.flush()
    index.add(row)
    record(
        session,
        act,
        "student updated",
        subject=row.key,
        before=_describe(before, among=given),
        after=_describe(after, among=given),
        student=row,
    )
    return True


def _describe(student: Student, *, among: Iterable[str] = _FIELDS) -> str:
    return ", ".join(f"{field} {value}" for field in among if (value := getattr(student, field)))


def _wrong(roster: Roster, entry: Entry, problem: str, hint: str) -> UsageError:
    return UsageError(f"{roster.name}, line {entry.line}: {problem}", hint=f"{hint}; nothing was imported")
