"""Read what a course platform gave out: whose each submission is, when it was handed in, and which one counts.

    folder ─ detect_layout ─► Layout ─ read_layout ─► Handed ─ collect_layout ─► tasks, and DIR/submissions.csv
               names only      reader of the layout, then the roster (layout_people), then times

Everything here comes from students: names are compared and never used as paths, links are not followed, and small
metadata files are read within limits. Whoever is not known for certain stays nobody: the file is graded, its row in
`submissions.csv` has no student, and the reason is told.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mlsafety_grader.batch.collect import RESERVED, free_name, safe_name
from mlsafety_grader.batch.layout_canvas import is_canvas_name, read_canvas
from mlsafety_grader.batch.layout_files import Entry, list_entries
from mlsafety_grader.batch.layout_github import is_clone, read_github
from mlsafety_grader.batch.layout_gradescope import METADATA, is_gradescope_folder, read_gradescope
from mlsafety_grader.batch.layout_moodle import is_moodle_name, read_moodle
from mlsafety_grader.batch.layout_people import Claim, Match, match_student
from mlsafety_grader.batch.layout_records import Found, Layout, Reading, SetAside
from mlsafety_grader.engine import Task
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Student
from mlsafety_grader.report import natural_key

AUTO = "auto"
SUBMISSIONS = "submissions.csv"
_FORMULA_STARTS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A submission as it was handed in.

    `student` is a key of the roster, None when nobody could be found for certain: then `reason` says why. `attempt`
    counts from 1 among those of the same person, oldest first; `counts` marks the newest of a known student. `note`
    says when the order of attempts rests on something else than different times. A group's file stands here once for
    each of its students.
    """

    path: Path
    name: str
    student: str | None
    submitted_at: datetime | None
    attempt: int
    counts: bool
    is_late: bool = False
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What is in a folder: submissions by person and attempt, and what was left out with the reason."""

    layout: Layout
    submissions: tuple[HandedIn, ...]
    set_aside: tuple[SetAside, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Tasks for the engine, one for each of `handed.submissions`, and rows (name, reason) for a person to see."""

    tasks: tuple[Task, ...]
    handed: Handed
    unmatched_table_rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owned:
    """A hand-in with what the roster said; `owner` tells apart those whose attempts are counted together."""

    found: Found
    match: Match
    owner: str


def collect_layout(folder: Path, *, layout: str = AUTO, roster: Sequence[Student] = (), out: Path) -> Collected:
    """Return a task for every submission in a folder that a platform gave out.

    Args:
        folder: the unpacked download.
        layout: auto, or a value of `Layout`.
        roster: who is in the course; without it every submission is graded and nobody's.
        out: where reports go; it may lie in `folder`.

    Raises:
        UsageError: the folder, the layout's name or the platform's own metadata cannot be worked with.
    """
    chosen = _layout_named(layout) or detect_layout(folder)
    handed = read_layout(folder, chosen, roster, out=out)
    if not handed.submissions:
        raise UsageError(f"nothing to grade in {folder}, read as {chosen.value}", hint="name another --layout")
    taken = {*RESERVED, SUBMISSIONS}
    tasks: list[Task] = []
    times = Counter(each.path for each in handed.submissions)
    for each in handed.submissions:
        # a group's file is graded for each of its students: a gradebook knows one student per report
        name = each.name if times[each.path] == 1 else f"{each.name} [{each.student or 'nobody'}]"
        place = safe_name(name.replace("/", " "))
        if place.startswith(_FORMULA_STARTS):  # submissions.csv names it, and spreadsheets read that as well
            place = f"_{place}"
        place = free_name(place, taken)
        taken.add(place.casefold())
        tasks.append(Task(path=each.path.absolute(), name=name, folder=place, keep=(out / place).absolute()))
    rows = [(each.name, each.reason) for each in handed.submissions if each.reason]
    rows += [(each.name, each.note) for each in handed.submissions if each.note and not each.reason]
    rows += [(each.name, each.reason) for each in handed.set_aside]
    return Collected(tasks=tuple(tasks), handed=handed, unmatched_table_rows=tuple(rows))


def submissions_csv(collected: Collected) -> str:
    """Return `submissions.csv`: `folder,student,submitted_at`, a row per task, a person's oldest attempt first.

    `folder` is the report folder's name, `student` empty when it is nobody's, the instant ISO 8601 with its offset.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["folder", "student", "submitted_at"])
    for task, each in zip(collected.tasks, collected.handed.submissions, strict=True):
        instant = each.submitted_at.isoformat() if each.submitted_at else ""
        writer.writerow([task.folder, each.student or "", instant])
    return table.getvalue()


def detect_layout(folder: Path) -> Layout:
    """Say whose download a folder is, by names alone; plain where most names are not a platform's.

    Raises:
        UsageError: it is no folder, or cannot be read.
    """
    entries = _entries(folder, None)
    names = [entry.name for entry in entries]
    if METADATA in names and any(is_gradescope_folder(name) for name in names):
        return Layout.GRADESCOPE
    if _most(is_moodle_name(name) for name in names):
        return Layout.MOODLE
    if _most(entry.is_file and is_canvas_name(entry.name) for entry in entries):
        return Layout.CANVAS
    if _most(is_clone(entry) for entry in entries if entry.is_folder):
        return Layout.GITHUB
    return Layout.PLAIN


def read_layout(folder: Path, layout: Layout, roster: Sequence[Student], *, out: Path | None = None) -> Handed:
    """Return who handed in what, and when.

    Raises:
        UsageError: the folder or the platform's own metadata cannot be read.
    """
    reading = _read(_entries(folder, out), layout, folder)
    owned = _settle([_own(found, people, roster) for found in reading.found for people in found.people or ((),)])
    groups: defaultdict[str, dict[Path, _Owned]] = defaultdict(dict)
    for each in owned:
        groups[each.owner].setdefault(each.found.path, each)  # of a group's strangers, one row tells enough
    submissions = [handed for group in groups.values() for handed in _attempts(list(group.values()))]
    submissions.sort(key=lambda each: (natural_key(each.student or each.name), each.attempt))
    return Handed(layout=layout, submissions=tuple(submissions), set_aside=reading.set_aside)


def _layout_named(name: str) -> Layout | None:
    try:
        return None if name == AUTO else Layout(name)
    except ValueError:
        known = ", ".join([AUTO, *(layout.value for layout in Layout)])
        raise UsageError(f"no layout is called {name!r}", hint=f"choose one of: {known}") from None


def _entries(folder: Path, out: Path | None) -> list[Entry]:
    try:
        entries = list_entries(folder)
    except OSError as e:
        raise UsageError(f"{folder} cannot be read: {e.strerror}", hint="name the unpacked download's folder") from None
    return [entry for entry in entries if out is None or entry.path.absolute() != out.absolute()]


def _most(answers: Iterable[bool]) -> bool:
    found = list(answers)
    return 2 * sum(found) > len(found)


def _read(entries: Sequence[Entry], layout: Layout, folder: Path) -> Reading:
    match layout:
        case Layout.CANVAS:
            return read_canvas(entries)
        case Layout.MOODLE:
            return read_moodle(entries)
        case Layout.GRADESCOPE:
            return read_gradescope(entries)
        case Layout.GITHUB:
            return read_github(entries, folder)
        case Layout.PLAIN:
            return _read_plain(entries)


def _read_plain(entries: Sequence[Entry]) -> Reading:
    """Return every file and folder; a file's name without its type may be a key, login, e-mail or id of the roster."""
    found = tuple(
        Found(
            path=entry.path,
            name=entry.name,
            person=entry.name,
            people=((Claim(kind="mark", value=Path(entry.name).stem.casefold()),),),
        )
        for entry in entries
        if entry.is_file or entry.is_folder
    )
    links = [entry for entry in entries if not (entry.is_file or entry.is_folder)]
    return Reading(found=found, set_aside=tuple(SetAside(name=each.name, reason="is a link") for each in links))


def _own(found: Found, claims: Sequence[Claim], roster: Sequence[Student]) -> _Owned:
    match = Match(student=None, reason=found.problem) if found.problem else match_student(claims, roster)
    return _Owned(found=found, match=match, owner=_owner(found, match))


def _owner(found: Found, match: Match) -> str:
    # the prefixes keep a student's key and a platform's word for a person apart
    return f"student {match.student.key}" if match.student else f"person {found.person}"


def _settle(owned: Sequence[_Owned]) -> list[_Owned]:
    """Take back matches by name where several people of the platform fit one student."""
    persons: defaultdict[str, set[str]] = defaultdict(set)
    for each in owned:
        if each.match.student:
            persons[each.match.student.key].add(each.found.person)
    settled = []
    for each in owned:
        student = each.match.student
        if student and each.match.by_name and len(persons[student.key]) > 1:
            reason = f"has the name of {student.key}, and so has another: {', '.join(sorted(persons[student.key]))}"
            match = Match(student=None, reason=reason)
            settled.append(replace(each, match=match, owner=_owner(each.found, match)))
        else:
            settled.append(each)
    return settled


def _attempts(group: Sequence[_Owned]) -> list[HandedIn]:
    """Return one person's submissions, oldest first."""
    times = [each.found.submitted_at for each in group]
    numbers = [each.found.number for each in group]
    if None not in times:
        order = sorted(group, key=_by_time)
        note = ""
    elif None not in numbers:
        order = sorted(group, key=_by_number)
        note = "no times are known: ordered by the platform's file numbers"
    else:
        order = sorted(group, key=_by_time)
        known = any(time is not None for time in times)
        note = f"{'not all' if known else 'no'} times are known: those without come first, ordered by name"
    same = Counter(times)
    handed = []
    for attempt, each in enumerate(order, start=1):
        tie = "handed in at the same time as another attempt: ordered by number or name"
        at = each.found.submitted_at
        handed.append(
            HandedIn(
                path=each.found.path,
                name=each.found.name,
                student=each.match.student.key if each.match.student else None,
                submitted_at=at,
                attempt=attempt,
                counts=each.match.student is not None and attempt == len(order),
                is_late=each.found.is_late,
                reason=each.match.reason,
                note="" if len(order) == 1 else tie if at is not None and same[at] > 1 else note,
            )
        )
    return handed


def _by_time(each: _Owned) -> tuple[float, int, object]:
    at = each.found.submitted_at
    return at.timestamp() if at else float("-inf"), each.found.number or 0, natural_key(each.found.name)


def _by_number(each: _Owned) -> tuple[int, object]:
    return each.found.number or 0, natural_key(each.found.name)
