"""GitHub Classroom's clones: a folder per repository, named after assignment and user, perhaps with `grades.csv`.

    lab1-submissions/lab1-ada-l/.git ...          `gh classroom clone student-repos`
    lab1-submissions/grades.csv                   `gh classroom assignment-grades`: who, and when he pushed last

User names have hyphens, as assignments have. So the assignment is never read off one folder: it is what `grades.csv`
says, or what the folder above is called, or what all folders begin with. The time of a commit is not read: it is
whatever the student's machine said, and asking git for it would run programs that a repository names.
"""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from mlsafety_grader.batch.collect import printable_name
from mlsafety_grader.batch.layout_files import Entry, find_work
from mlsafety_grader.batch.layout_people import Claim
from mlsafety_grader.batch.layout_records import Found, Reading, SetAside, read_instant
from mlsafety_grader.errors import UsageError

GRADES = "grades.csv"
MAX_GRADES_MIB = 16
_SUFFIX = "-submissions"
_HINT = "download it again with `gh classroom assignment-grades`, or remove it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repository:
    user: str
    identifier: str
    pushed_at: str


def is_clone(entry: Entry) -> bool:
    """Return whether a folder looks like a clone of a student's repository."""
    return entry.is_folder and "-" in entry.name and os.path.lexists(entry.path / ".git")


def read_github(entries: Sequence[Entry], folder: Path) -> Reading:
    """Return the hand-ins among clones.

    Raises:
        UsageError: there is a `grades.csv` that is not GitHub Classroom's.
    """
    grades: Mapping[str, _Repository] = {}
    aside: list[SetAside] = []
    clones: list[Entry] = []
    for entry in entries:
        if entry.is_file and entry.name == GRADES:
            grades = _read_grades(entry.path)
        elif entry.is_folder:
            clones.append(entry)
        else:
            aside.append(SetAside(name=entry.name, reason="is no folder of a repository"))
    assignment = _assignment([clone.name for clone in clones], folder)
    return Reading(
        found=tuple(each for clone in clones for each in _hand_ins(clone, grades.get(clone.name), assignment)),
        set_aside=tuple(aside),
    )


def _hand_ins(clone: Entry, known: _Repository | None, assignment: str) -> list[Found]:
    user = known.user if known else clone.name.removeprefix(f"{assignment}-") if assignment else ""
    problem = "" if user else "the name does not say where the assignment ends and the user begins"
    claims = [Claim(kind="github", value=user.casefold())]
    if known and known.identifier:
        claims.append(Claim(kind="mark", value=known.identifier.casefold()))
    work = find_work(clone.path)
    return [
        Found(
            path=path,
            name=printable_name(path.relative_to(clone.path.parent).as_posix()),
            person=f"GitHub user {user}" if user else clone.name,
            people=(tuple(claims),) if user else (),
            submitted_at=read_instant(known.pushed_at) if known else None,
            problem=work.problem or problem,
        )
        for path in work.paths
    ]


def _assignment(names: Sequence[str], folder: Path) -> str:
    """Return what stands before the user in every folder's name; empty where that cannot be known."""
    above = folder.absolute().name
    stem = above.removesuffix(_SUFFIX)
    if stem != above and all(name.startswith(f"{stem}-") for name in names):
        return stem
    parts = [name.split("-")[:-1] for name in names]
    if len(parts) < 2:  # of one name alone, any hyphen could be the one
        return ""
    common = takewhile(lambda same: len(set(same)) == 1, zip(*parts, strict=False))
    return "-".join(same[0] for same in common)


def _read_grades(path: Path) -> dict[str, _Repository]:
    try:
        with path.open("rb") as file:
            data = file.read((MAX_GRADES_MIB << 20) + 1)
        if len(data) > MAX_GRADES_MIB << 20:
            raise UsageError(f"{GRADES} has more than {MAX_GRADES_MIB} MiB", hint=_HINT)
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise UsageError(f"{GRADES} cannot be read: {e}", hint=_HINT) from None
    found: dict[str, _Repository] = {}
    for row in rows:
        repository = _Repository(
            user=(row.get("github_username") or "").strip(),
            identifier=(row.get("roster_identifier") or "").strip(),
            pushed_at=row.get("submission_timestamp") or "",
        )
        name = (row.get("student_repository_name") or "").strip()
        if not name or not repository.user:
            raise UsageError(f"{GRADES} has no student_repository_name or github_username in a row", hint=_HINT)
        found[name] = repository
    return found
