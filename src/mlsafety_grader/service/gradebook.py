"""Keep the gradebook: set it up, bring batches and rosters in, write decisions down, show where everybody stands.

Import this module by itself; `service` does not, so that those who only grade do not wait for a database library.
Every function opens the gradebook, does one thing within one transaction and lets go of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mlsafety_grader import gradebook
from mlsafety_grader.config import Settings
from mlsafety_grader.course import Course, load_assignment
from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook import (
    Act,
    Address,
    Change,
    Decided,
    HandedIn,
    History,
    Imported,
    Overview,
    RosterChange,
    RubricItem,
    SetUp,
    SubmissionLine,
)
from mlsafety_grader.model import Report, Standing, Student
from mlsafety_grader.report import canvas_csv, decode_report, nbgrader_csv
from mlsafety_grader.scoring import Rules, Settled
from mlsafety_grader.service.standings_csv import standings_csv

SUBMISSIONS_FILE = "submissions.csv"
_REPORT = "report.json"
_BEING_WRITTEN = ".writing"  # a note of the batch: files in this folder are of two results
_MAX_REPORT_MIB = 64

# every form in which standings leave the gradebook: a name for --format and a function that writes the file's text
EXPORTERS: Mapping[str, Callable[[Sequence[Standing]], str]] = {
    "csv": standings_csv,
    "canvas": canvas_csv,
    "nbgrader": nbgrader_csv,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchImport:
    """What importing a graded folder did. `unfinished` are folders without a report: that batch was interrupted."""

    reports: int
    imported: Imported
    unfinished: tuple[str, ...]
    without_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision and where the student stands in that assignment before and after it."""

    decided: Decided
    before: Settled
    after: Settled


def locate(settings: Settings, *, root: Path | None, folder: Path) -> Address:
    """Return where the gradebook is.

    Args:
        settings: `database` names it.
        root: the course's folder, if there is one: what the default and `mlsafety.toml` are relative to.
        folder: the current one: what a flag and the environment are relative to.

    Raises:
        UsageError: the URL cannot be worked with, or the default is meant and there is no course.
    """
    if settings.sources["database"] in ("flag", "environment"):
        return gradebook.parse_address(settings.database, folder=folder)
    if root is None:
        raise UsageError(
            f"{folder} is not inside a course repository, so nobody knows where the gradebook is",
            hint="name the gradebook with --database or the repository with --course",
        )
    return gradebook.parse_address(settings.database, folder=root)


def init(
    address: Address, *, course: Course | None, title: str | None, late_days: int | None, act: Act
) -> tuple[bool, SetUp]:
    """Make the database or renew it to this version, and add the course's written assignments.

    Returns:
        Whether tables had to be made or renewed, and what the gradebook is set up with.

    Raises:
        GraderError: the database cannot be worked with, or the course's files are wrong; then nothing was changed.
    """
    slugs = [slug for slug in course.slugs if course.has_sources(slug)] if course else []
    assignments = [load_assignment(course, slug) for slug in slugs] if course else []
    with gradebook.open_gradebook(address) as book:
        renewed = book.initialise()
        with book.writing() as session:
            return renewed, gradebook.set_up(
                session, title=title, late_days=late_days, assignments=assignments, act=act
            )


def import_batch(address: Address, folder: Path, *, act: Act) -> BatchImport:
    """Bring every report of a graded folder into the gradebook.

    Whose each is comes from the folder's `submissions.csv` when there is one, else from the submissions' names.

    Raises:
        GraderError: a report or `submissions.csv` cannot be read, or the gradebook cannot be worked with; then nothing
            was imported.
    """
    reports, unfinished = _read_reports(folder)
    lines = _read_lines(folder, {report.folder for report in reports})
    with gradebook.open_gradebook(address) as book, book.writing() as session:
        students = gradebook.list_students(session)
        handed_in = [_whose(report, lines, students) for report in reports]
        imported = gradebook.import_reports(session, handed_in, act=act)
    return BatchImport(
        reports=len(reports),
        imported=imported,
        unfinished=unfinished,
        without_time=sum(item.submitted_at is None for item in handed_in),
    )


def import_roster(address: Address, path: Path, *, act: Act) -> RosterChange:
    """Bring a roster file into the gradebook.

    Raises:
        GraderError: the file or the gradebook cannot be worked with; then nothing was imported.
    """
    roster = gradebook.parse_roster(_read_file(path), name=path.name)
    with gradebook.open_gradebook(address) as book, book.writing() as session:
        return gradebook.import_roster(session, roster, act=act)


def roster(address: Address) -> tuple[Student, ...]:
    """Return the students, by name."""
    with gradebook.open_gradebook(address) as book, book.reading() as session:
        return gradebook.list_students(session)


def overview(address: Address) -> Overview:
    """Return how far grading has come."""
    with gradebook.open_gradebook(address) as book, book.reading() as session:
        return gradebook.read_overview(session)


def history(address: Address, student: str) -> History:
    """Return everything about one student."""
    with gradebook.open_gradebook(address) as book, book.reading() as session:
        return gradebook.read_history(session, student)


def settled(address: Address, *, slug: str | None = None) -> tuple[Settled, ...]:
    """Return where every student stands, with questions and topics; in all assignments when none is named."""
    with gradebook.open_gradebook(address) as book, book.reading() as session:
        return gradebook.read_settled(session, slug=slug)


def standings(address: Address, *, slug: str | None = None) -> tuple[Standing, ...]:
    """Return where every student stands, by student, then assignment; in all assignments when none is named."""
    return tuple(one.standing for one in settled(address, slug=slug))


def export(address: Address, *, form: str, slug: str | None = None) -> str:
    """Return the standings as a file of that form.

    Raises:
        UsageError: there is no such form, or no such assignment.
    """
    if form not in EXPORTERS:
        raise UsageError(f"no format is called {form!r}", hint=f"choose one of: {', '.join(EXPORTERS)}")
    return EXPORTERS[form](standings(address, slug=slug))


def set_rules(address: Address, slug: str, change: Change, *, act: Act) -> Rules:
    """Change how an assignment counts; return what holds now."""
    with gradebook.open_gradebook(address) as book, book.writing() as session:
        return gradebook.change_assignment(session, slug, change, act=act)


def override(
    address: Address, student: str, slug: str, *, question: str | None, points: float | None, reason: str, act: Act
) -> Verdict:
    """Put a person's points in the place of the tests', for a question or the whole assignment; None takes it back."""
    with gradebook.open_gradebook(address) as book, book.writing() as session:
        before = gradebook.read_settled(session, student=student, slug=slug)
        decided = gradebook.override_points(
            session, student, slug, question=question, points=points, reason=reason, act=act
        )
        session.flush()
        after = gradebook.read_settled(session, student=student, slug=slug)
    return Verdict(decided=decided, before=before[0], after=after[0])


def extend(address: Address, student: str, slug: str, *, time: timedelta | None, reason: str, act: Act) -> Verdict:
    """Give a student more time for an assignment; None takes it back."""
    with gradebook.open_gradebook(address) as book, book.writing() as session:
        before = gradebook.read_settled(session, student=student, slug=slug)
        decided = gradebook.grant_extension(session, student, slug, time=time, reason=reason, act=act)
        session.flush()
        after = gradebook.read_settled(session, student=student, slug=slug)
    return Verdict(decided=decided, before=before[0], after=after[0])


def grade_written(
    address: Address,
    student: str,
    slug: str,
    *,
    question: str,
    points: float | None,
    items: Sequence[RubricItem],
    comment: str,
    act: Act,
) -> Verdict:
    """Give points for a written question, as a number or by the rubric's lines."""
    with gradebook.open_gradebook(address) as book, book.writing() as session:
        before = gradebook.read_settled(session, student=student, slug=slug)
        decided = gradebook.grade_written(
            session, student, slug, question=question, points=points, items=items, comment=comment, act=act
        )
        session.flush()
        after = gradebook.read_settled(session, student=student, slug=slug)
    return Verdict(decided=decided, before=before[0], after=after[0])


def assign(address: Address, slug: str, name: str, *, student: str, act: Act) -> Verdict:
    """Say whose an unmatched submission is."""
    with gradebook.open_gradebook(address) as book, book.writing() as session:
        before = gradebook.read_settled(session, student=student, slug=slug)
        decided = gradebook.assign_submission(session, slug, name, student=student, act=act)
        session.flush()
        after = gradebook.read_settled(session, student=student, slug=slug)
    return Verdict(decided=decided, before=before[0], after=after[0])


def _read_reports(folder: Path) -> tuple[list[Report], tuple[str, ...]]:
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", hint="name the folder that `mlsafety grade --out` wrote")
    reports, unfinished = [], []
    for place in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        path = place / _REPORT
        if not path.is_file() or (place / _BEING_WRITTEN).exists():
            unfinished.append(place.name)
            continue
        try:
            report = decode_report(_read_file(path))
        except UsageError as error:
            raise UsageError(f"{path}: {error.message}", hint=error.hint) from None
        reports.append(report)
    if not reports:
        raise UsageError(
            f"{folder} holds no graded submission", hint="name the folder that `mlsafety grade --out` wrote"
        )
    return reports, tuple(unfinished)


def _read_lines(folder: Path, folders: set[str]) -> Mapping[str, SubmissionLine] | None:
    path = folder / SUBMISSIONS_FILE
    if not path.is_file():
        return None
    lines = gradebook.parse_submissions(_read_file(path), name=SUBMISSIONS_FILE)
    unknown = next((name for name in lines if name not in folders), None)
    if unknown is not None:
        raise UsageError(
            f"{SUBMISSIONS_FILE}, line {lines[unknown].line}: {folder} has no graded submission {unknown!r}",
            hint="folders are named after the submitted files, extension included",
        )
    return lines


def _whose(report: Report, lines: Mapping[str, SubmissionLine] | None, students: Sequence[Student]) -> HandedIn:
    """Say whose a report is, or why nobody knows."""
    if lines is None:
        found = gradebook.match_submission(report.submission, students, slug=report.slug)
        return _handed_in(report, found, None, nobody="its name fits nobody on the roster")
    line = lines.get(report.folder)
    if line is None:
        return _handed_in(report, (), None, nobody=f"{SUBMISSIONS_FILE} has no line for it")
    called = line.student.casefold()
    found = tuple(student for student in students if called in gradebook.identifiers(student))
    exact = tuple(student for student in found if student.key == line.student)
    nobody = f"{SUBMISSIONS_FILE} says {line.student!r}, who is not on the roster"
    if not line.student:
        nobody = f"{SUBMISSIONS_FILE} names no student for it"
    return _handed_in(report, exact or found, line, nobody=nobody)


def _handed_in(report: Report, found: Sequence[Student], line: SubmissionLine | None, *, nobody: str) -> HandedIn:
    because = ""
    if len(found) != 1:
        because = f"can be {', '.join(sorted(student.key for student in found))}" if found else nobody
    return HandedIn(
        report=report,
        student_key=found[0].key if len(found) == 1 else None,
        submitted_at=line.submitted_at if line else None,
        unmatched_because=because,
    )


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read((_MAX_REPORT_MIB << 20) + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", hint="check its name and your rights") from None
    if len(data) > _MAX_REPORT_MIB << 20:
        raise UsageError(
            f"{path} is larger than {_MAX_REPORT_MIB} MiB", hint="this is not a file of ours; check its name"
        )
    return data
