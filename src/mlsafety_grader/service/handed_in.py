"""Find what was handed in: plain files and folders, or a download of a course platform with a roster."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.batch import Layout, collect, collect_layout, detect_layout, submissions_csv
from mlsafety_grader.engine import Task
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Student

AUTO = "auto"
SUBMISSIONS = "submissions.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedInFiles:
    """Tasks; `table` is `submissions.csv` when whose they are is known, `notes` (name, what to look at)."""

    tasks: tuple[Task, ...]
    table: str | None = None
    notes: tuple[tuple[str, str], ...] = ()


def find_handed_in(
    paths: Sequence[Path], *, out: Path, layout: str = AUTO, roster: Path | None = None
) -> HandedInFiles:
    """Return what to grade.

    Args:
        paths: as the command line names them.
        out: the batch's folder.
        layout: auto, plain, canvas, moodle, gradescope or github. `auto` looks at a folder that is named alone.
        roster: a roster file; with it the files of a plain folder get their students too.

    Raises:
        UsageError: a path, the layout or the roster cannot be worked with.
    """
    is_folder = len(paths) == 1 and paths[0].is_dir()
    if not is_folder:
        if roster is not None or layout not in {AUTO, Layout.PLAIN}:
            raise UsageError(
                "--layout and --roster are about one folder", hint="name the unpacked download and nothing else"
            )
        return HandedInFiles(tasks=collect(paths, out=out))
    if layout in {AUTO, Layout.PLAIN} and roster is None and _is_plain(paths[0], layout):
        return HandedInFiles(tasks=collect(paths, out=out))
    students = () if roster is None else _read_roster(roster)
    found = collect_layout(paths[0], layout=layout, roster=students, out=out)
    return HandedInFiles(tasks=found.tasks, table=submissions_csv(found), notes=found.unmatched_table_rows)


def _is_plain(folder: Path, layout: str) -> bool:
    return layout == Layout.PLAIN or detect_layout(folder) is Layout.PLAIN


def _read_roster(path: Path) -> tuple[Student, ...]:
    from mlsafety_grader.gradebook import parse_roster  # brings the database along, which grading alone does not need

    try:
        data = path.read_bytes()
    except OSError as e:
        raise UsageError(f"{path} cannot be read: {e.strerror}", hint="name a CSV file with --roster") from None
    return tuple(entry.student for entry in parse_roster(data, name=path.name).entries)
