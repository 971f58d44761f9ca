"""The isolated engine's warm servers: one that dies is replaced, and its job is tried once more."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest

from mlsafety_grader.engine import Bounds, IsolatedEngine, Task, Terms, grade
from mlsafety_grader.errors import EngineError
from mlsafety_grader.model import Report, Status
from mlsafety_grader.sandbox import choose_level, probe
from tests.conftest import Toy


@pytest.fixture(scope="module")
def engine() -> Iterator[IsolatedEngine]:
    made = IsolatedEngine(level=choose_level("auto", probe()).value)
    yield made
    made.close()


def graded(toy: Toy, engine: IsolatedEngine, path: Path) -> Report:
    terms = Terms(engine=engine, release=toy.release, limits=toy.release.manifest.limits, bounds=Bounds())
    return grade(Task(path=path, name="n", folder="n"), terms, stop=threading.Event())


def slow_solution(toy: Toy, folder: Path) -> Path:
    notebook = nbformat.read(toy.solution, as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_code_cell("import time; time.sleep(1.5)", id="wait"))
    nbformat.write(notebook, folder / "slow.ipynb")
    return folder / "slow.ipynb"


@pytest.mark.parametrize("which", ["kernels", "examiners"])
def test_a_server_that_died_between_submissions_is_replaced(toy: Toy, engine: IsolatedEngine, which: str) -> None:
    assert graded(toy, engine, toy.solution).earned == 5
    server = getattr(engine, which)
    before = server.pid
    os.kill(before, signal.SIGKILL)
    report = graded(toy, engine, toy.solution)
    assert (report.status, report.earned) == (Status.GRADED, 5)
    assert server.pid != before


@pytest.mark.parametrize("which", ["kernels", "examiners"])
def test_a_server_that_dies_under_a_submission_costs_nobody_a_point(
    toy: Toy, engine: IsolatedEngine, tmp_path: Path, which: str
) -> None:
    """Killed in the middle of a cell, with all that it started: the second try grades in full."""
    path = slow_solution(toy, tmp_path)
    assert graded(toy, engine, toy.solution).earned == 5  # warm
    victim = psutil.Process(getattr(engine, which).pid)

    def strike() -> None:
        while not victim.children():
            time.sleep(0.01)
        time.sleep(0.5)
        victim.kill()

    striker = threading.Thread(target=strike)
    striker.start()
    report = graded(toy, engine, path)
    striker.join()
    assert (report.status, report.earned, report.reason) == (Status.GRADED, 5, "")
    assert graded(toy, engine, toy.solution).earned == 5


def test_a_server_that_cannot_start_is_a_grader_fault_and_says_why(toy: Toy) -> None:
    """Never a zero: the reason is the server's own last words."""
    broken = IsolatedEngine(level="strict")
    broken.kernels._module = "mlsafety_grader.no_such_module"  # what a broken installation looks like
    try:
        report = graded(toy, broken, toy.solution)
        with pytest.raises(EngineError, match="No module named"):
            broken.kernels._running()
    finally:
        broken.close()
    assert report.status is Status.GRADER_FAULT
    assert "no_such_module" in report.reason


def test_closing_leaves_no_process(toy: Toy) -> None:
    made = IsolatedEngine(level=choose_level("auto", probe()).value)
    graded(toy, made, toy.solution)
    processes = [psutil.Process(pid) for pid in (made.kernels.pid, made.examiners.pid)]
    below = [child for process in processes for child in process.children(recursive=True)]
    made.close()
    psutil.wait_procs([*processes, *below], timeout=5)
    assert not [process for process in (*processes, *below) if process.is_running()]
