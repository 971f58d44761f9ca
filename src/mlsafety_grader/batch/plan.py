"""Decide what of a batch has to be graded and what is there already. Pure: reads no file, writes none."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from mlsafety_grader.batch.store import Stored
from mlsafety_grader.engine import Task
from mlsafety_grader.model import Keys, Manifest, Report, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A stored report that counts under another name, folder or release id: it is written anew, not graded anew."""

    number: int
    source: str
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do. Numbers are places in the list of tasks; `unnamed` are folders that no task asks for any more."""

    kept: dict[int, Report]
    moves: tuple[Move, ...]
    todo: tuple[int, ...]
    damaged: tuple[Stored, ...]
    unnamed: tuple[str, ...]


def make_plan(tasks: Sequence[Task], keys: Sequence[Keys | None], stored: Sequence[Stored], manifest: Manifest) -> Plan:
    """Return what to do.

    Args:
        tasks: what was asked for.
        keys: of each task; None when its file cannot be graded, or everything is to be graded anew.
        stored: what is in the folder.
        manifest: of the release.
    """
    usable: dict[str, list[Stored]] = {}
    for entry in stored:
        if entry.report is not None and entry.report.keys is not None and _counts(entry.report):
            usable.setdefault(entry.report.keys.content, []).append(entry)
    kept: dict[int, Report] = {}
    moves = []
    todo = []
    for number, (task, key) in enumerate(zip(tasks, keys, strict=True)):
        chosen = _choose(task, usable.get(key.content, []) if key else [])
        if chosen is None or chosen.report is None:
            todo.append(number)
            continue
        report = adapt(chosen.report, task, manifest, key)
        if chosen.folder == task.folder and report == chosen.report:
            kept[number] = report
        else:
            moves.append(Move(number=number, source=chosen.folder, report=report))
    named = {task.folder for task in tasks}
    return Plan(
        kept=kept,
        moves=tuple(moves),
        todo=tuple(todo),
        damaged=tuple(entry for entry in stored if entry.report is None and entry.folder in named),
        unnamed=tuple(entry.folder for entry in stored if entry.folder not in named),
    )


def adapt(report: Report, task: Task, manifest: Manifest, keys: Keys | None) -> Report:
    """Return a report under its task's name and the present release's id, neither of which decides a verdict."""
    return dataclasses.replace(
        report,
        submission=task.name,
        folder=task.folder,
        slug=manifest.slug,
        release_id=manifest.release_id,
        keys=keys,
    )


def _counts(report: Report) -> bool:
    """A fault of ours is graded again."""
    return report.status is not Status.GRADER_FAULT


def _choose(task: Task, entries: Sequence[Stored]) -> Stored | None:
    """Prefer the task's own folder, so that nothing moves without need."""
    fitting = [entry for entry in entries if entry.report is not None and _fits(entry.report, task)]
    return next((entry for entry in fitting if entry.folder == task.folder), fitting[0] if fitting else None)


def _fits(report: Report, task: Task) -> bool:
    """A rejection may quote the file's name; looking at the file again costs next to nothing."""
    return report.status is not Status.REJECTED or PurePath(report.submission).name == PurePath(task.name).name
