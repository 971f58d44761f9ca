"""A fault gets fresh servers and one more try; what runs beside it is left in peace."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mlsafety_grader.batch import LocalExecutor, RenewingEngine
from mlsafety_grader.errors import EngineError
from mlsafety_grader.model import EngineName, Status
from tests.unit.batch.fakes import FakeEngine, make_release, make_terms, some_task, write_notebook


class Engines:
    """Makes engines that do what they are told, and keeps them."""

    def __init__(self, act: Callable[[int, int], None]) -> None:
        self.made: list[FakeEngine] = []
        self._act = act

    def __call__(self) -> FakeEngine:
        generation = len(self.made)
        self.made.append(FakeEngine(lambda number: self._act(generation, number)))
        return self.made[-1]


def renewing(engines: Engines) -> RenewingEngine:
    return RenewingEngine(engines, name=EngineName.ISOLATED, isolation="strict")


def run(tmp_path: Path, engines: Engines, *, count: int = 1, jobs: int = 1) -> list[Status]:
    path = write_notebook(tmp_path / "a.ipynb", "right")
    tasks = [replace(some_task(path), keep=tmp_path / "work" / str(number)) for number in range(count)]
    with renewing(engines) as engine:
        outcomes = LocalExecutor(jobs=jobs).run(
            tasks, make_terms(make_release(tmp_path), engine), stop=threading.Event()
        )
        return [outcome.report.status for outcome in outcomes]


def fail_in(*generations: int) -> Callable[[int, int], None]:
    def act(generation: int, _number: int) -> None:
        if generation in generations:
            raise EngineError("the server is gone")

    return act


def test_no_engine_is_made_before_it_is_needed(tmp_path: Path) -> None:
    """A batch that is graded already starts no server; nor does a rejected file."""
    engines = Engines(fail_in())
    (tmp_path / "a.pdf").touch()
    task = replace(some_task(tmp_path / "a.pdf"), keep=tmp_path / "work")
    with renewing(engines) as engine:
        (outcome,) = LocalExecutor(jobs=1).run(
            [task], make_terms(make_release(tmp_path), engine), stop=threading.Event()
        )
    assert (outcome.report.status, outcome.sha256, engines.made) == (Status.REJECTED, None, [])


def test_fault_is_tried_again_on_a_fresh_engine(tmp_path: Path) -> None:
    """The broken one is closed."""
    engines = Engines(fail_in(0))
    assert run(tmp_path, engines) == [Status.GRADED]
    assert [len(engine.jobs) for engine in engines.made] == [1, 1]
    assert all(engine.is_closed for engine in engines.made)


def test_fault_that_stays_costs_one_submission(tmp_path: Path) -> None:
    """The next begins on yet another engine."""
    engines = Engines(fail_in(0, 1))
    assert run(tmp_path, engines, count=2) == [Status.GRADER_FAULT, Status.GRADED]
    assert len(engines.made) == 3


def test_engine_that_is_still_used_is_closed_by_its_last_user(tmp_path: Path) -> None:
    """A fault of one examination does not end the one beside it."""
    both, was_closed = threading.Barrier(2, timeout=10), []
    failed = threading.Event()

    def act(generation: int, number: int) -> None:
        if generation == 0:
            both.wait()
            if number == 1:
                raise EngineError("the server is gone")
            assert failed.wait(10)
            was_closed.append(engines.made[0].is_closed)
        else:
            failed.set()

    engines = Engines(act)
    assert run(tmp_path, engines, count=2, jobs=2) == [Status.GRADED] * 2
    assert was_closed == [False]
    assert engines.made[0].is_closed


def test_what_is_graded_is_what_was_copied(tmp_path: Path) -> None:
    """A file that changes while it is graded gets the report of its copy, and the copy's hash."""
    path = write_notebook(tmp_path / "a.ipynb", "right")

    def change(*_: int) -> None:
        write_notebook(path, "wrong")

    engines = Engines(change)
    task = replace(some_task(path), keep=tmp_path / "work")
    with renewing(engines) as engine:
        (outcome,) = LocalExecutor(jobs=1).run(
            [task], make_terms(make_release(tmp_path), engine), stop=threading.Event()
        )
    assert (outcome.report.earned, outcome.sha256) == (2, outcome.report.sha256)
    assert (tmp_path / "work" / "handed_in" / "a.ipynb").read_text() != path.read_text()


def test_copy_that_cannot_be_written_ends_the_batch(tmp_path: Path) -> None:
    """That is no fault of the grader's but of the disk's."""
    path = write_notebook(tmp_path / "a.ipynb", "right")
    (tmp_path / "work").touch()
    task = replace(some_task(path), keep=tmp_path / "work" / "0")
    outcomes = LocalExecutor(jobs=1).run([task], make_terms(make_release(tmp_path)), stop=threading.Event())
    with pytest.raises(NotADirectoryError):
        list(outcomes)
