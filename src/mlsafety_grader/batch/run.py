"""Grade a batch into a folder: use what is there, grade the rest, write each result as it is done, the tables last.

    DIR/grades.csv  DIR/batch.json  DIR/batch.log  DIR/<submission>/{report.json, results.json, executed.ipynb, ...}

    tasks + stored reports ─ plan ─┬─ kept ─────────────────────────┐
                                   ├─ moves ─ write ────────────────┼─► reports in the tasks' order ─► tables
                                   └─ todo ─ executor ─ commit each ┘

Killed at any instant and started again it ends as if it had never been killed. Results stand in the order of the
submissions whoever finished first.
"""

import dataclasses
import shutil
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.batch import events, store
from mlsafety_grader.batch.executor import HANDED_IN, Executor, Outcome
from mlsafety_grader.batch.keys import Basis, basis_of
from mlsafety_grader.batch.plan import Move, Plan, make_plan
from mlsafety_grader.batch.snapshot import hash_submission
from mlsafety_grader.engine import Task, Terms
from mlsafety_grader.model import Keys, Report, Status
from mlsafety_grader.report import (
    LimitsAsked,
    batch_json,
    encode_gradescope,
    encode_report,
    grades_csv,
    gradescope_results,
    write_atomically,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A graded batch, in the order of its submissions. `reused` of the reports were there before."""

    out: Path
    reports: tuple[Report, ...]
    reused: int = 0


def grade_batch(
    tasks: Sequence[Task],
    terms: Terms,
    *,
    out: Path,
    executor: Executor,
    stop: threading.Event,
    tell: events.Tell,
    asked: LimitsAsked | None = None,
    is_fresh: bool = False,
) -> Batch:
    """Grade all tasks and write their reports below `out`, whose lock the caller holds.

    Args:
        tasks: what to grade.
        terms: by what.
        out: a folder.
        executor: where.
        stop: set to end early: what is done stays, what runs is dropped.
        tell: told what happens, in this thread.
        asked: limits that the instructor set by hand, for the record.
        is_fresh: grade everything, whatever is there.

    Raises:
        UsageError: `out` cannot be written.
        KeyboardInterrupt: `stop` was set before all was graded.
    """
    began = time.monotonic()
    store.clean(out)
    basis = basis_of(terms)
    keys = [None if is_fresh else find_keys(task, basis, terms) for task in tasks]
    plan = make_plan(tasks, keys, store.scan(out), terms.release.manifest)
    log = events.Log(out)

    def announce(event: events.Event) -> None:
        log.write(event)
        tell(event)

    _announce_plan(plan, tasks, terms, announce)
    for report in plan.kept.values():
        tell(events.reused_event(report))  # not into the log, which would grow by every rerun
    reports = dict(plan.kept) | write_moves(plan.moves, terms, out)
    for move in plan.moves:
        announce(events.reused_event(move.report, moved_from=move.source))
    with closing(_grade_rest(plan, tasks, terms, basis, executor, stop, out)) as fresh:
        for number, report in fresh:
            reports[number] = report
            announce(events.graded_event(report, done=len(reports), total=len(tasks)))
    finished = events.Finished(
        total=len(tasks),
        graded=len(reports) - len(plan.kept) - len(plan.moves),
        reused=len(plan.kept) + len(plan.moves),
        faults=sum(report.status is Status.GRADER_FAULT for report in reports.values()),
        wall_s=round(time.monotonic() - began, 3),
        is_interrupted=len(reports) < len(tasks),
    )
    if finished.is_interrupted:
        announce(finished)
        raise KeyboardInterrupt
    ordered = tuple(reports[number] for number in range(len(tasks)))
    write_tables(ordered, terms, out=out, asked=asked)
    announce(finished)
    return Batch(out=out, reports=ordered, reused=finished.reused)


def find_keys(task: Task, basis: Basis, terms: Terms) -> Keys | None:
    """Return the keys of a task's file as it is now; None when it cannot be graded."""
    digest = hash_submission(task.path, terms.bounds)
    return None if digest is None else basis.keys(digest, task.path.suffix.lower())


def write_report(report: Report, terms: Terms, folder: Path, *, work: Path | None = None) -> None:
    """Put a report and what belongs to it into its folder.

    Args:
        report: to be written.
        terms: by which it was graded.
        folder: of the submission.
        work: where grading left the rest; the files are moved from there.

    Raises:
        UsageError: it cannot be written.
    """
    release = terms.release
    results = gradescope_results(report, release.manifest, show_hidden=release.config.show_hidden)
    companions: dict[str, bytes | Path] = {store.RESULTS: encode_gradescope(results)}
    if work is not None and (work / store.EXECUTED).is_file():
        companions[store.EXECUTED] = work / store.EXECUTED
    for copy in (work / HANDED_IN).iterdir() if work is not None and (work / HANDED_IN).is_dir() else ():
        companions[f"submission{copy.suffix.lower()}"] = copy
    store.commit(folder, encode_report(report), companions)


def write_moves(moves: Sequence[Move], terms: Terms, out: Path) -> dict[int, Report]:
    """Write stored reports under their new names. Everything is copied before anything is replaced: names may swap."""
    for move in moves:
        copy_companions(out / move.source, out / store.WORK / str(move.number))
    for move in moves:
        work = out / store.WORK / str(move.number)
        write_report(move.report, terms, out / move.report.folder, work=work)
        store.discard(work)
    return {move.number: move.report for move in moves}


def write_tables(reports: Sequence[Report], terms: Terms, *, out: Path, asked: LimitsAsked | None) -> None:
    """Write `grades.csv` and `batch.json`."""
    manifest = terms.release.manifest
    index = batch_json(
        reports, manifest, engine=terms.engine.name, isolation=terms.engine.isolation, asked=asked or LimitsAsked()
    )
    with store.writing(out):
        write_atomically(out / "grades.csv", grades_csv(reports, manifest).encode())
        write_atomically(out / "batch.json", index)


def _announce_plan(plan: Plan, tasks: Sequence[Task], terms: Terms, tell: events.Tell) -> None:
    manifest = terms.release.manifest
    tell(
        events.Started(
            total=len(tasks),
            reused=len(plan.kept) + len(plan.moves),
            slug=manifest.slug,
            release_id=manifest.release_id,
            engine=terms.engine.name.value,
            isolation=terms.engine.isolation,
            unnamed=plan.unnamed,
        )
    )
    for entry in plan.damaged:
        tell(events.Notice(text=f"graded again: {entry.problem}", folder=entry.folder))
    for folder in plan.unnamed:
        tell(events.Notice(text="kept, though no submission of this batch belongs to it", folder=folder))


def _grade_rest(
    plan: Plan,
    tasks: Sequence[Task],
    terms: Terms,
    basis: Basis,
    executor: Executor,
    stop: threading.Event,
    out: Path,
) -> Generator[tuple[int, Report], None, None]:
    chosen = [dataclasses.replace(tasks[n], keep=out / store.WORK / str(n)) for n in plan.todo]
    if not chosen:
        return
    try:
        with store.writing(out), closing(executor.run(chosen, terms, stop=stop)) as outcomes:
            for outcome in outcomes:
                task = chosen[outcome.number]
                report = _with_keys(outcome, task, basis)
                if stop.is_set() and report.status is Status.GRADER_FAULT:
                    continue  # interrupted, not faulty
                write_report(report, terms, out / report.folder, work=task.keep)
                if task.keep is not None:
                    store.discard(task.keep)
                yield plan.todo[outcome.number], report
    finally:
        store.discard(out / store.WORK)


def _with_keys(outcome: Outcome, task: Task, basis: Basis) -> Report:
    keys = None if outcome.sha256 is None else basis.keys(outcome.sha256, task.path.suffix.lower())
    return dataclasses.replace(outcome.report, keys=keys)


def copy_companions(source: Path, work: Path) -> None:
    """Copy what belongs to a stored report to where grading would have left it."""
    with store.writing(work):
        (work / HANDED_IN).mkdir(parents=True)
        for name in (store.EXECUTED, *store.HANDED_IN):
            if (source / name).is_file():
                target = work / name if name == store.EXECUTED else work / HANDED_IN / name
                shutil.copyfile(source / name, target)
