"""Grade on this machine: a slot per job, and fresh servers after a fault."""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, Self

from mlsafety_grader.batch.executor import HANDED_IN, Outcome
from mlsafety_grader.batch.snapshot import take_snapshot
from mlsafety_grader.engine import Engine, Job, Task, Terms, grade, in_parallel
from mlsafety_grader.errors import EngineError
from mlsafety_grader.model import EngineName, Examination, Status

PROBE = "probe"
PROBE_BYTES = 1 << 16


class ClosableEngine(Engine, Protocol):
    """An engine that has something to end."""

    def close(self) -> None:
        """End what it started."""
        ...


@dataclass(slots=True)
class _Generation:
    """One engine and how many examinations use it. It is closed by the last one once it is retired."""

    engine: ClosableEngine
    users: int = 0
    is_retired: bool = False


class RenewingEngine:
    """An engine that is replaced by a fresh one after a fault, so that the second try meets new servers.

    Examinations that still run on the old one go on; it is closed after the last. Use as a context manager.
    """

    def __init__(self, make: Callable[[], ClosableEngine], *, name: EngineName, isolation: str) -> None:
        self._make = make
        self._name = name
        self._isolation = isolation
        self._lock = threading.Lock()
        self._current: _Generation | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> EngineName:
        """What `--engine` calls it."""
        return self._name

    @property
    def isolation(self) -> str:
        """How student code is kept from hidden tests."""
        return self._isolation

    def examine(self, job: Job, *, keep: Path | None = None) -> Examination:
        """Examine with the present engine; after a fault the next examination gets a fresh one."""
        with self._lock:
            mine = self._current = self._current or _Generation(self._make())
            mine.users += 1
        is_faulty = False
        try:
            return mine.engine.examine(job, keep=keep)
        except (EngineError, OSError):
            is_faulty = not job.stop.is_set()
            raise
        finally:
            self._leave(mine, is_faulty=is_faulty)

    def close(self) -> None:
        """End the engine; nothing may be running."""
        with self._lock:
            last, self._current = self._current, None
        if last is not None:
            last.engine.close()

    def _leave(self, mine: _Generation, *, is_faulty: bool) -> None:
        with self._lock:
            mine.users -= 1
            if is_faulty and self._current is mine:
                self._current = None
                mine.is_retired = True
            is_last = mine.is_retired and mine.users == 0
        if is_last:
            mine.engine.close()


class LocalExecutor:
    """Grade `jobs` submissions at a time in threads that wait for the engine's processes."""

    def __init__(self, *, jobs: int) -> None:
        self._jobs = jobs

    def run(self, tasks: Sequence[Task], terms: Terms, *, stop: threading.Event) -> Generator[Outcome, None, None]:
        """Yield an outcome for every task as it is done; see `Executor`."""

        def work(entry: tuple[int, Task]) -> Outcome:
            return grade_snapshot(*entry, terms, stop=stop)

        with closing(in_parallel(work, enumerate(tasks), jobs=self._jobs, stop=stop)) as answers:
            for _, outcome in answers:
                yield outcome


def grade_snapshot(number: int, task: Task, terms: Terms, *, stop: threading.Event) -> Outcome:
    """Copy a submission into its task's `keep` and grade the copy.

    Raises:
        OSError: the copy cannot be written.
    """
    if task.keep is None:
        raise ValueError("a task of a batch has a folder to keep things in")
    task.keep.mkdir(parents=True)
    snapshot = take_snapshot(task.path, task.keep / HANDED_IN, terms.bounds, name=task.file_name)
    report = grade(replace(task, path=snapshot.path), terms, stop=stop)
    if report.status is Status.GRADER_FAULT:
        (task.keep / PROBE).write_bytes(
            bytes(PROBE_BYTES)
        )  # when the disk is full, the batch ends, not its submissions
    return Outcome(number=number, report=report, sha256=snapshot.sha256)
