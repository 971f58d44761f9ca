"""A gradebook CSV that Canvas takes: what its importer reads, and the traps in how it reads it.

Canvas tells columns apart by their place and by parts of their names, and takes the first row that fits:

- Without all of `Student,ID,SIS User ID,SIS Login ID,Section` it reads whatever stands in column 2 as its own numeric
  user id, so that a numeric login would give the points to another student. All five are always written.
- A column whose title contains `Final Score` and the like, anywhere, is dropped without a word.
- A title that ends in ` (123)` is taken for assignment 123, whatever else it says.
- A row whose first cell contains `Points Possible` sets what assignments are worth, even if a student is called so.

Titles that would be misread are refused here, because Canvas does not say so.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Standing, Student
from mlsafety_grader.report.grades_csv import text_cell
from mlsafety_grader.report.numbers import points_text
from mlsafety_grader.report.text import visible

STUDENT_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
RESERVED_TITLES = frozenset({*STUDENT_COLUMNS, "LastName", "FirstName", "Integration ID", "Root Account"})
POINTS_POSSIBLE = "Points Possible"
DECIMALS = 2  # what Canvas shows and compares
NOT_AN_ASSIGNMENT = re.compile("(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
TITLE_AND_ID = re.compile(r"(?s)(.*)\s\(([0-9]+)\)")
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An assignment as the gradebook has it; `scores` maps a student's key to points, None where there is no score."""

    slug: str
    title: str
    possible: float
    scores: dict[str, float | None]


def canvas_csv(standings: Sequence[Standing]) -> str:
    """Return a file that Canvas imports by itself: a row per student, a column per assignment, in the order given.

    A standing without a score leaves its cell empty, which changes nothing in Canvas. Points have two decimals.

    Raises:
        UsageError: Canvas would misread a title or take a student for somebody else.
    """
    columns = columns_of(standings)
    students = students_of(standings)
    _check_students(students)
    for column in columns:
        check_title(column.title)
        check_new_column(column.title)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([*STUDENT_COLUMNS, *(column.title for column in columns)])
    writer.writerow([f"    {POINTS_POSSIBLE}", "", "", "", "", *(score_text(column.possible) for column in columns)])
    for student in students:
        writer.writerow([*_identity(student), *(_cell(column.scores.get(student.key)) for column in columns)])
    return table.getvalue()


def columns_of(standings: Sequence[Standing]) -> tuple[Column, ...]:
    """Return the assignments in the order in which they first appear.

    Raises:
        UsageError: a student stands twice for one assignment, or an assignment has two titles or two maxima.
    """
    columns: dict[str, Column] = {}
    for standing in standings:
        made = Column(slug=standing.slug, title=standing.title, possible=standing.possible, scores={})
        column = columns.setdefault(standing.slug, made)
        if (column.title, column.possible) != (made.title, made.possible):
            raise UsageError(
                f"{standing.slug} has two titles or maxima: {column.title!r} of {column.possible:g}, "
                f"{made.title!r} of {made.possible:g}",
                hint="export the standings of one release of the assignment",
            )
        if standing.student.key in column.scores:
            raise UsageError(
                f"student {standing.student.key} stands twice for {standing.slug}",
                hint="give one standing per student and assignment",
            )
        column.scores[standing.student.key] = standing.score
    titles = [column.title for column in columns.values()]
    twice = next((title for title in titles if titles.count(title) > 1), None)
    if twice is not None:
        raise UsageError(f"two assignments are called {twice!r}", hint="give them different titles")
    return tuple(columns.values())


def students_of(standings: Sequence[Standing]) -> tuple[Student, ...]:
    """Return the students in the order in which they first appear."""
    found: dict[str, Student] = {}
    for standing in standings:
        found.setdefault(standing.student.key, standing.student)
    return tuple(found.values())


def check_title(title: str) -> None:
    """Refuse a title whose column Canvas would not import.

    Raises:
        UsageError: Canvas would drop the column or take it for another.
    """
    found = NOT_AN_ASSIGNMENT.search(title)
    if found:
        raise UsageError(
            f"{title!r} contains {found[0]!r}: Canvas takes such a column for one of its totals and ignores it",
            hint="rename the assignment, here and in Canvas",
        )
    if not title.strip() or title in RESERVED_TITLES:
        raise UsageError(f"{title!r} cannot be a column of Canvas' gradebook", hint="give the assignment another title")


def score_text(score: float) -> str:
    """Return points with at most two decimals, a point before them and no thousands separator."""
    return points_text(score, decimals=DECIMALS)


def check_new_column(title: str) -> None:
    """Refuse a title that would be something else as the heading of a new column.

    Raises:
        UsageError: Canvas or a spreadsheet would take it for something else.
    """
    found = TITLE_AND_ID.fullmatch(title)
    if found:
        raise UsageError(
            f"{title!r} ends in a number in brackets: Canvas would take it for the assignment with id {found[2]}",
            hint="rename the assignment, or merge into a gradebook that was downloaded from Canvas",
        )
    if text_cell(title) != title:
        raise UsageError(
            f"{title!r} begins like a formula or holds characters that cannot be seen",
            hint="give the assignment another title; a changed one would not be found in Canvas",
        )


def _check_students(students: Sequence[Student]) -> None:
    seen: dict[str, Student] = {}
    for student in students:
        if student.canvas_id and not _is_canvas_id(student.canvas_id):
            # Canvas reads the digits that it begins with, and `12abc` would be student 12
            raise UsageError(
                f"student {student.key}: the Canvas id {student.canvas_id!r} is not a number",
                hint="correct canvas_id in the roster; it is the number in column ID of Canvas' own export",
            )
        if student.canvas_id or student.sis_id or student.login:
            continue
        if POINTS_POSSIBLE in _name(student):
            raise UsageError(
                f"student {student.key} is called {_name(student)!r}, which Canvas takes for the row of maxima",
                hint="add the student's Canvas id, SIS id or login to the roster",
            )
        other = seen.setdefault(_name(student), student)
        if other.key != student.key:
            raise UsageError(
                f"students {other.key} and {student.key} are both called {_name(student)!r} and have no other mark",
                hint="add their Canvas ids to the roster: Canvas would give both scores to the first of that name",
            )


def _identity(student: Student) -> list[str]:
    name = _name(student)
    marks = [student.canvas_id, student.sis_id, student.login, student.section]
    shown = "" if POINTS_POSSIBLE in visible(name) else text_cell(name)
    return [shown, *(mark if _NUMBER.fullmatch(mark) else text_cell(mark) for mark in marks)]


def _name(student: Student) -> str:
    return student.sortable_name or student.name


def _is_canvas_id(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _cell(score: float | None) -> str:
    return "" if score is None else score_text(score)
