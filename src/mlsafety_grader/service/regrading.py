"""Grade a finished batch again with a changed release, show what would change, and change it when told to."""

import dataclasses
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.batch import Executor, events, locked, store
from mlsafety_grader.batch.keys import basis_of
from mlsafety_grader.batch.plan import adapt
from mlsafety_grader.batch.regrade import (
    Change,
    Decision,
    Extent,
    changed_questions,
    decide,
    join,
    join_notebooks,
)
from mlsafety_grader.batch.run import copy_companions, find_keys, write_report, write_tables
from mlsafety_grader.config import Settings
from mlsafety_grader.engine import Task, Terms, empty_report
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import EngineName, Keys, Report, Status
from mlsafety_grader.release import Release, load_release
from mlsafety_grader.report import BatchIndex, decode_batch
from mlsafety_grader.service.grading import ExecutorName, GradeRequest, open_means


@dataclass(frozen=True, slots=True, kw_only=True)
class RegradeRequest:
    """What `regrade` is asked to do. `questions` are examined also when nothing of theirs has changed."""

    release: Path
    out: Path
    questions: tuple[str, ...] = ()
    executor: ExecutorName = ExecutorName.LOCAL
    scheduler: str | None = None
    is_waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """What became of it. `kept` submissions needed nothing; of `partial` ones only some questions were examined."""

    out: Path
    release: Release
    changes: tuple[Change, ...]
    kept: int
    partial: int
    full: int
    is_written: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A submission of the batch: its task (the stored copy), its old report, and what to do."""

    task: Task
    old: Report | None
    decision: Decision


Confirm = Callable[[Regraded], bool]


def regrade(
    request: RegradeRequest, *, settings: Settings, stop: threading.Event, tell: events.Tell, confirm: Confirm
) -> Regraded:
    """Grade a batch again, by the engine, sandbox and limits that it was graded by.

    Args:
        request: which batch, by which release.
        settings: how many at a time, and how large a submission may be.
        stop: set to end early; nothing is changed then.
        tell: told what happens.
        confirm: shown what would change; nothing is written unless it agrees.

    Raises:
        GraderError: the release or the batch cannot be worked with.
        KeyboardInterrupt: `stop` was set.
    """
    release = load_release(request.release)
    index = read_index(request.out)
    grading = GradeRequest(
        release=request.release,
        submissions=(),
        out=request.out,
        engine=index.engine,
        sandbox=index.isolation if index.engine is EngineName.ISOLATED else "auto",
        limits=index.limits,
        executor=request.executor,
        scheduler=request.scheduler,
    )
    with (
        open_means(grading, release, settings=settings, tell=tell) as means,
        locked(request.out, wait=request.is_waiting, stop=stop, say=lambda text: tell(events.Notice(text=text))),
    ):
        store.clean(request.out)
        try:
            run = _Regrading(request, index, means.terms, means.executor, tell)
            found = run.grade_again(stop)
            if not confirm(found):
                return found
            run.write(found)
            return dataclasses.replace(found, is_written=True)
        finally:
            store.discard(request.out / store.REGRADE)


def read_index(out: Path) -> BatchIndex:
    """Read a batch's `batch.json`.

    Raises:
        UsageError: there is none, or it names folders outside the batch.
    """
    try:
        data = (out / "batch.json").read_bytes()
    except OSError as e:
        raise UsageError(
            f"{out} holds no finished batch: batch.json: {e.strerror}", hint="finish it with `mlsafety grade` first"
        ) from None
    index = decode_batch(data)
    for entry in index.submissions:
        if Path(entry.folder).name != entry.folder or entry.folder in {"", ".", ".."}:
            raise UsageError(f"batch.json names a folder {entry.folder!r}", hint="grade the batch again")
    return index


class _Regrading:
    """One batch that is graded again. Until `write` nothing changes but a hidden folder beside the results."""

    def __init__(
        self, request: RegradeRequest, index: BatchIndex, terms: Terms, executor: Executor, tell: events.Tell
    ) -> None:
        self._out = request.out
        self._index = index
        self._terms = terms
        self._executor = executor
        self._tell = tell
        self._basis = basis_of(terms)
        self._items = self._find_items(frozenset(request.questions))
        self._results: dict[int, Report] = {}

    def grade_again(self, stop: threading.Event) -> Regraded:
        """Grade what has to be graded again; nothing is written yet."""
        extents = [item.decision.extent for item in self._items]
        self._announce(extents)
        unexamined = [
            number
            for number, item in enumerate(self._items)
            if item.decision == Decision(extent=Extent.QUESTIONS)  # only questions that people grade have changed
        ]
        for number in unexamined:
            self._results[number] = self._join(number, self._adapted(number))
        numbers = [n for n, extent in enumerate(extents) if extent is not Extent.NOTHING and n not in unexamined]
        uncertain = self._run(numbers, stop, is_partial=True)
        self._run(uncertain, stop, is_partial=False)
        if stop.is_set():
            raise KeyboardInterrupt
        reports = [self._results.get(n) or self._adapted(n) for n in range(len(self._items))]
        return Regraded(
            out=self._out,
            release=self._terms.release,
            changes=tuple(Change(old=i.old, new=new) for i, new in zip(self._items, reports, strict=True)),
            kept=extents.count(Extent.NOTHING),
            partial=extents.count(Extent.QUESTIONS),
            full=extents.count(Extent.EVERYTHING),
        )

    def write(self, found: Regraded) -> None:
        """Put the new reports in the place of the old, one submission after the other, and the tables last."""
        for number, change in enumerate(found.changes):
            if change.new == change.old:
                continue
            work = self._work(number)
            folder = self._out / change.new.folder
            if not work.is_dir():
                copy_companions(folder, work)
            write_report(change.new, self._terms, folder, work=work)
        write_tables([change.new for change in found.changes], self._terms, out=self._out, asked=self._index.limits)
        others = sum(change.is_other for change in found.changes)
        note = f"regraded with release {self._terms.release.manifest.release_id}: {others} submissions changed"
        events.Log(self._out).write(events.Notice(text=note))

    def _find_items(self, asked: frozenset[str]) -> tuple[_Item, ...]:
        manifest = self._terms.release.manifest
        self._check_asked(asked)
        stored = {entry.folder: entry.report for entry in store.scan(self._out)}
        items = []
        for entry in self._index.submissions:
            old = stored.get(entry.folder)
            copy = _copy_of(self._out / entry.folder)
            task = Task(path=copy, name=entry.name, folder=entry.folder, file_name=_file_name(entry.name, copy.suffix))
            keys = find_keys(task, self._basis, self._terms)
            if keys is None and (old is None or old.status is not Status.REJECTED):
                raise UsageError(
                    f"{self._out / entry.folder} holds no copy of what was handed in",
                    hint="grade the batch again with `mlsafety grade` and the submissions",
                )
            decision = decide(old, keys, basis=self._basis, manifest=manifest, asked=asked)
            if keys is None:
                decision = Decision(extent=Extent.NOTHING)  # a file that no release can grade
            self._check_changed(old, asked)
            items.append(_Item(task=task, old=old, decision=decision))
        return tuple(items)

    def _check_asked(self, asked: frozenset[str]) -> None:
        known = {question.name for question in self._terms.release.manifest.autograded}
        for name in sorted(asked - known):
            raise UsageError(f"no test grades a question {name!r}", hint=f"choose from: {', '.join(sorted(known))}")

    def _check_changed(self, old: Report | None, asked: frozenset[str]) -> None:
        """Whoever asks for one question does not expect another to change."""
        if not asked or old is None or old.keys is None:
            return
        others = changed_questions(old.keys, self._basis) - asked
        if others or old.keys.common != self._basis.common:
            what = f"the tests of {', '.join(sorted(others))}" if others else "support files, settings or versions"
            raise UsageError(
                f"more than the questions asked for has changed: {what}", hint="leave out --question to grade it all"
            )

    def _announce(self, extents: Sequence[Extent]) -> None:
        manifest = self._terms.release.manifest
        self._tell(
            events.Started(
                total=len(extents),
                reused=extents.count(Extent.NOTHING),
                slug=manifest.slug,
                release_id=manifest.release_id,
                engine=self._terms.engine.name.value,
                isolation=self._terms.engine.isolation,
            )
        )

    def _run(self, numbers: Sequence[int], stop: threading.Event, *, is_partial: bool) -> list[int]:
        """Grade some submissions; return those where examining a part is not enough after all."""
        tasks = [self._task(number, is_partial=is_partial) for number in numbers]
        uncertain = []
        if not tasks:
            return []
        with closing(self._executor.run(tasks, self._terms, stop=stop)) as outcomes:
            for outcome in outcomes:
                number = numbers[outcome.number]
                report = dataclasses.replace(outcome.report, keys=self._keys(number))
                if tasks[outcome.number].questions is None:
                    self._results[number] = report
                elif report.status is Status.GRADED:
                    self._results[number] = self._join(number, report)
                else:  # it ran out of time, say: its old results and this run do not fit together
                    store.discard(self._work(number))
                    uncertain.append(number)
                    continue
                self._tell(
                    events.graded_event(report=self._results[number], done=len(self._results), total=len(self._items))
                )
        return uncertain

    def _task(self, number: int, *, is_partial: bool) -> Task:
        item = self._items[number]
        questions = item.decision.questions if item.decision.extent is Extent.QUESTIONS and is_partial else None
        return dataclasses.replace(item.task, keep=self._work(number), questions=questions)

    def _join(self, number: int, new: Report) -> Report:
        """Join a partial result with the old report, and the executed notebooks too."""
        item = self._items[number]
        if item.old is None:
            raise ValueError("only a submission with a report is examined in part")
        examined = item.decision.questions
        before, after = self._out / item.task.folder / store.EXECUTED, self._work(number) / store.EXECUTED
        if before.is_file() and after.is_file():
            after.write_bytes(join_notebooks(before.read_bytes(), after.read_bytes(), examined=examined))
        return join(item.old, new, examined=examined, manifest=self._terms.release.manifest)

    def _adapted(self, number: int) -> Report:
        """Return an old report that still holds, under the new release."""
        item = self._items[number]
        if item.old is None:
            raise ValueError("only a report can be kept")
        keys = self._keys(number)
        if keys is None:
            return empty_report(item.task, self._terms, status=Status.REJECTED, reason=item.old.reason)
        return adapt(item.old, item.task, self._terms.release.manifest, keys)

    def _keys(self, number: int) -> Keys | None:
        return find_keys(self._items[number].task, self._basis, self._terms)

    def _work(self, number: int) -> Path:
        return self._out / store.REGRADE / str(number)


def _copy_of(folder: Path) -> Path:
    found = [folder / name for name in store.HANDED_IN if (folder / name).is_file()]
    return found[0] if found else folder / "submission"


def _file_name(name: str, suffix: str) -> str | None:
    """Return what the file was called when it was handed in, as far as the submission's name tells."""
    last = Path(name).name
    return last if Path(last).suffix.lower() == suffix else None
