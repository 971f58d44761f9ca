"""Grade a batch into a folder: a report each as it is done, the tables when all are.

    DIR/grades.csv  DIR/batch.json  DIR/<submission>/{report.json, results.json, executed.ipynb}

Every file appears whole or not at all, and results stand in the order of the submissions whoever finished first.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.engine import Task, Terms, grade_all
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Report
from mlsafety_grader.report import (
    batch_json,
    encode_gradescope,
    encode_report,
    grades_csv,
    gradescope_results,
    write_atomically,
)

OnReport = Callable[[Report], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A graded batch, in the order of its submissions."""

    out: Path
    reports: tuple[Report, ...]


def grade_batch(tasks: Sequence[Task], terms: Terms, *, out: Path, jobs: int, on_report: OnReport) -> Batch:
    """Grade all tasks and write their reports below `out`.

    Args:
        tasks: what to grade.
        terms: by what.
        out: is made when it is missing.
        jobs: how many at a time.
        on_report: called in this thread as each is written, for a progress bar.

    Raises:
        UsageError: `out` cannot be written.
    """
    _prepare(out, tasks)
    reports: dict[int, Report] = {}
    for number, report in grade_all(tasks, terms, jobs=jobs, stop=threading.Event()):
        _write_report(out / report.folder, report, terms)
        reports[number] = report
        on_report(report)
    batch = Batch(out=out, reports=tuple(reports[number] for number in sorted(reports)))
    manifest = terms.release.manifest
    write_atomically(out / "grades.csv", grades_csv(batch.reports, manifest).encode())
    write_atomically(
        out / "batch.json",
        batch_json(batch.reports, manifest, engine=terms.engine.name, isolation=terms.engine.isolation),
    )
    return batch


def _prepare(out: Path, tasks: Sequence[Task]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for task in tasks:
            (out / task.folder).mkdir(exist_ok=True)
            for left_over in ("report.json", "results.json", "executed.ipynb"):
                (out / task.folder / left_over).unlink(missing_ok=True)
    except OSError as e:
        raise UsageError(
            f"{out} cannot be written: {e.strerror}", hint="name a folder of yours that is writable with --out"
        ) from None


def _write_report(folder: Path, report: Report, terms: Terms) -> None:
    release = terms.release
    results = gradescope_results(report, release.manifest, show_hidden=release.config.show_hidden)
    write_atomically(folder / "report.json", encode_report(report))
    write_atomically(folder / "results.json", encode_gradescope(results))
