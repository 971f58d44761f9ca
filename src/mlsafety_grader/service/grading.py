"""Grade submissions against a release."""

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from mlsafety_grader.batch import (
    Batch,
    Executor,
    LocalExecutor,
    RenewingEngine,
    events,
    grade_batch,
    locked,
    store,
)
from mlsafety_grader.config import Settings
from mlsafety_grader.engine import Engine, IsolatedEngine, OtterEngine, Terms
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import EngineName, Limits
from mlsafety_grader.release import Release, load_release
from mlsafety_grader.report import LimitsAsked, write_atomically
from mlsafety_grader.sandbox import find_level
from mlsafety_grader.service.engines import bounds_of
from mlsafety_grader.service.handed_in import AUTO, SUBMISSIONS, HandedInFiles, find_handed_in

if TYPE_CHECKING:
    from mlsafety_grader.batch.dask import DaskExecutor


class ExecutorName(StrEnum):
    """Where submissions are graded: on this machine, or on the workers of a Dask cluster."""

    LOCAL = "local"
    DASK = "dask"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRequest:
    """What `grade` is asked to do.

    `limits` that are None are the release's own. `is_waiting` waits for another batch in the same folder to end,
    `is_fresh` grades everything whatever is there. `scheduler` is the address of a Dask cluster. `layout` and `roster`
    say whose download the submissions are and who is in the course.
    """

    release: Path
    submissions: tuple[Path, ...]
    out: Path
    engine: EngineName = EngineName.ISOLATED
    sandbox: str = "auto"
    limits: LimitsAsked = field(default_factory=LimitsAsked)
    executor: ExecutorName = ExecutorName.LOCAL
    scheduler: str | None = None
    is_waiting: bool = False
    is_fresh: bool = False
    layout: str = AUTO
    roster: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What became of a batch."""

    batch: Batch
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Who grades, by what, and where."""

    terms: Terms
    executor: Executor


def grade(request: GradeRequest, *, settings: Settings, stop: threading.Event, tell: events.Tell) -> Graded:
    """Grade submissions against a release into a folder.

    Args:
        request: what to grade, by what, and where to.
        settings: how many at a time, and how large a submission may be.
        stop: set to end early; what is graded by then is kept.
        tell: told what happens.

    Raises:
        GraderError: the release or the paths cannot be worked with, or the folder cannot be written.
        KeyboardInterrupt: `stop` was set.
    """
    if request.out.exists() and not request.out.is_dir():
        raise UsageError(f"{request.out} is not a folder", hint="name a folder with --out")
    release = load_release(request.release)
    found = find_handed_in(request.submissions, out=request.out, layout=request.layout, roster=request.roster)
    with (
        open_means(request, release, settings=settings, tell=tell) as means,
        locked(request.out, wait=request.is_waiting, stop=stop, say=lambda text: tell(events.Notice(text=text))),
    ):
        _tell_handed_in(found, request.out, tell)
        batch = grade_batch(
            found.tasks,
            means.terms,
            out=request.out,
            executor=means.executor,
            stop=stop,
            tell=tell,
            asked=request.limits,
            is_fresh=request.is_fresh,
        )
    return Graded(batch=batch, release=release)


def _tell_handed_in(found: HandedInFiles, out: Path, tell: events.Tell) -> None:
    """Write whose each submission is, and say what a person should look at."""
    if found.table is not None:
        with store.writing(out):
            write_atomically(out / SUBMISSIONS, found.table.encode())
    for name, reason in found.notes:
        tell(events.Notice(text=f"{name}: {reason}"))


@contextmanager
def open_means(request: GradeRequest, release: Release, *, settings: Settings, tell: events.Tell) -> Iterator[Means]:
    """Give what grades for the time of a block. No server starts before a submission needs it.

    Raises:
        UsageError: the host lacks the sandbox, or the cluster cannot be reached.
    """
    limits, bounds = limits_of(release, request.limits), bounds_of(settings)
    if request.executor is ExecutorName.DASK:
        if request.engine is not EngineName.ISOLATED:
            raise UsageError("--executor dask grades with the isolated engine only", hint="leave out --engine")
        with _connect(request, tell) as executor:
            terms = Terms(engine=executor.engine, release=release, limits=limits, bounds=bounds)
            yield Means(terms=terms, executor=executor)
        return
    with _local_engine(request.engine, request.sandbox) as engine:
        terms = Terms(engine=engine, release=release, limits=limits, bounds=bounds)
        yield Means(terms=terms, executor=LocalExecutor(jobs=settings.jobs))


def limits_of(release: Release, asked: LimitsAsked) -> Limits:
    """Return the release's limits, but for those that were set by hand."""
    declared = release.manifest.limits
    return dataclasses.replace(
        declared,
        cell_s=asked.cell_s or declared.cell_s,
        submission_s=asked.submission_s or declared.submission_s,
        memory_mib=asked.memory_mib or declared.memory_mib,
    )


def _connect(request: GradeRequest, tell: events.Tell) -> "AbstractContextManager[DaskExecutor]":
    if request.scheduler is None:
        raise UsageError("--executor dask needs a cluster", hint="name it: --scheduler tcp://host:8786")
    try:
        from mlsafety_grader.batch.dask import connect  # an optional dependency, and a slow one
    except ImportError as e:
        raise UsageError(
            f"Dask is not installed: {e}", hint="install it with `pip install 'mlsafety-grader[dask]'`"
        ) from None
    return connect(request.scheduler, sandbox=request.sandbox, tell=tell)


@contextmanager
def _local_engine(name: EngineName, sandbox: str) -> Iterator[Engine]:
    if name is EngineName.OTTER:
        yield OtterEngine()
        return
    level = find_level(sandbox)
    with RenewingEngine(lambda: IsolatedEngine(level=level), name=name, isolation=level) as engine:
        yield engine
