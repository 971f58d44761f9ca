"""`mlsafety regrade`: show old against new scores, ask, and write."""

import sys
from dataclasses import dataclass
from pathlib import Path

import typer
from rich import box
from rich.table import Table

from mlsafety_grader import service
from mlsafety_grader.cli.app import EXIT_MISSED
from mlsafety_grader.cli.console import out, say
from mlsafety_grader.cli.grade import choose, outcome_of
from mlsafety_grader.cli.interrupt import interruptible
from mlsafety_grader.cli.progress import watching
from mlsafety_grader.config import load_settings
from mlsafety_grader.model import Report
from mlsafety_grader.report import has_points, natural_key, points_text, status_text, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class RegradeOptions:
    """The flags of `mlsafety regrade`."""

    release: Path
    folder: Path
    questions: tuple[str, ...]
    is_agreed: bool
    executor: str
    scheduler: str | None
    jobs: int | None
    is_waiting: bool


def run_regrade(options: RegradeOptions) -> int:
    """Grade again, show what changes, write it when agreed, and return the exit code."""
    settings = load_settings(Path.cwd(), flags={"jobs": options.jobs})
    request = service.RegradeRequest(
        release=options.release,
        out=options.folder,
        questions=options.questions,
        executor=choose(service.ExecutorName, options.executor, "executor"),
        scheduler=options.scheduler,
        is_waiting=options.is_waiting,
    )
    with watching("regrade") as tell, interruptible() as stop:
        done = service.regrade(
            request,
            settings=settings,
            stop=stop,
            tell=tell,
            confirm=lambda found: _confirm(found, is_agreed=options.is_agreed),
        )
    if not done.is_written:
        say("nothing was changed")
        return EXIT_MISSED
    out.print(f"{len(done.changes)} submissions → {done.out}", soft_wrap=True)
    return outcome_of([change.new for change in done.changes], None)


def _confirm(found: service.Regraded, *, is_agreed: bool) -> bool:
    _show(found)
    if is_agreed or not any(change.is_other for change in found.changes):
        return True
    if not sys.stdin.isatty():
        say("not writing: there is no terminal to ask on; run it again with --yes")
        return False
    return typer.confirm("Write these scores?", err=True)


def _show(found: service.Regraded) -> None:
    changed = [change for change in found.changes if change.is_other]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("submission", "question", "before", "now"):
        table.add_column(name, justify="right" if name in {"before", "now"} else "left")
    for change in changed:
        for question, before, now in _rows(change.old, change.new):
            table.add_row(visible(change.new.submission), visible(question), before, now)
    if changed:
        out.print(table)
    out.print(
        f"{len(changed)} of {len(found.changes)} submissions change; {found.kept} needed no grading, "
        f"{found.partial} were examined in part, {found.full} in full",
        soft_wrap=True,
    )


def _rows(old: Report | None, new: Report) -> list[tuple[str, str, str]]:
    """One row for each question that changes, one for the total, and one for the status."""
    before, now = _points(old), _points(new)
    names = sorted(before.keys() | now.keys(), key=natural_key)
    rows = [(n, before.get(n, "--"), now.get(n, "--")) for n in names if before.get(n) != now.get(n)]
    rows.append(("total", _total(old), _total(new)))
    states = ("--" if old is None else visible(status_text(old)), visible(status_text(new)))
    return rows if states[0] == states[1] else [*rows, ("status", *states)]


def _points(report: Report | None) -> dict[str, str]:
    if report is None or not has_points(report):
        return {}
    return {q.name: f"{points_text(q.earned)}/{points_text(q.possible)}" for q in report.questions if not q.manual}


def _total(report: Report | None) -> str:
    if report is None or not has_points(report):
        return "--"
    return f"{points_text(report.earned)}/{points_text(report.possible)}"
