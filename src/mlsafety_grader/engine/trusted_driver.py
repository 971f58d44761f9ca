"""The warm process of `trusted`: `python -m mlsafety_grader.engine.trusted_driver FOLDER CELL_S SUBMISSION_S`.

FOLDER holds `source/` (an unpacked autograder zip) and numbered folders with a `submission/` each. Libraries are
imported once. Notebooks that begin with the same cells are variants of one another: those cells, and the checks among
them, run once, and where the notebooks part, each kind goes on in a fork, with a folder and a namespace of its own.

    imports ─ cells that all share ─┬─ fork: cells of 0 and 3 ─┬─ fork: the rest of 0 ─► 0/results.json
                                    │                          └─ fork: the rest of 3 ─► 3/results.json
                                    └─ fork: the rest of 1 ────────────────────────────► 1/results.json
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.engine.otter_driver import question_record
from mlsafety_grader.engine.otter_results import MEASUREMENTS, RESULTS

TEXT_CAP = 20_000
ANSWERED = "answered"  # the mark of a notebook whose line has been printed


@dataclass(frozen=True, slots=True)
class _Notebook:
    """A numbered folder and the code cells of its notebook, otter's checks among them."""

    number: int
    folder: Path
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Spent:
    """Seconds since a notebook's first cell, without what other branches took."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


class _Branch:
    """Runs the cells of a group of notebooks in this process, until they part."""

    def __init__(self, place: Path, cell_s: float, submission_s: float) -> None:
        from mlsafety_grader.kernel.shell import make_shell

        self._answers = os.dup(1)  # cells have descriptor 1 to themselves
        self._place = place
        self._cell_s = cell_s
        self._submission_s = submission_s
        self._shell = make_shell()
        self._failures: list[dict[str, str]] = []
        self._before = _Spent()
        self._began = time.monotonic()

    def grade(self, notebooks: Sequence[_Notebook]) -> None:
        """Grade notebooks that have nothing in common yet but the libraries."""
        self._fork(notebooks, self._begin, _Spent())

    def _begin(self, group: Sequence[_Notebook]) -> None:
        from otter import Notebook

        from mlsafety_grader.kernel.shell import CellRunner

        work = group[0].folder / "submission"
        if (self._place / "source" / "files").exists():
            shutil.copytree(self._place / "source" / "files", work, dirs_exist_ok=True)
        shutil.copytree(self._place / "source" / "tests", work / "tests")
        sys.path[:0] = ["", str(work)]
        _move_to(group[0])
        Notebook.init_grading_mode("./tests")
        self._runner = CellRunner(self._shell, lambda _: None, output_cap=1 << 20)
        self._shell.user_ns["notebook_for_checks"] = Notebook
        self._go_on(group, 0)

    def _go_on(self, group: Sequence[_Notebook], at: int) -> None:
        """Run cells from number `at` while all of a group have the same, then a fork for each kind that is left."""
        while len(kinds := _by_cell(group, at)) == 1:
            [source] = kinds
            if source is None:
                self._finish(group)
                return
            self._run_cell(source)
            at += 1
        signal.alarm(0)  # from here on each fork has a time of its own
        spent = _Spent(self._before.wall_s + time.monotonic() - self._began, self._before.cpu_s + time.process_time())
        for branch in kinds.values():
            if branch[0] is not group[0]:
                _hand_over(group[0], branch[0])
        for branch in kinds.values():
            self._fork(branch, lambda branch: self._part(branch, at), spent)

    def _part(self, group: Sequence[_Notebook], at: int) -> None:
        _move_to(group[0])
        self._go_on(group, at)

    def _fork(self, group: Sequence[_Notebook], go: Callable[[Sequence[_Notebook]], None], spent: _Spent) -> None:
        """Have a fork take a group on, wait for it, and answer for those that have no answer yet."""
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            signal.alarm(max(1, round(self._submission_s - spent.wall_s)))
            self._before, self._began = spent, began
            try:
                go(group)
            except BaseException as e:  # the parent reads it: nothing may pass for a result
                for notebook in group:
                    (notebook.folder / "error.txt").write_text(repr(e)[:TEXT_CAP], encoding="utf-8")
                os._exit(1)
            os._exit(0)
        _, status, used = os.wait4(pid, 0)
        wall_s = spent.wall_s + time.monotonic() - began
        cpu_s = spent.cpu_s + used.ru_utime + used.ru_stime
        for notebook in group:
            mark = notebook.folder / ANSWERED
            if not mark.exists():
                mark.touch()
                code = os.waitstatus_to_exitcode(status)
                os.write(self._answers, f"done {notebook.number} {code} {wall_s:.3f} {cpu_s:.3f}\n".encode())

    def _finish(self, group: Sequence[_Notebook]) -> None:
        """Run the tests that no cell has checked, as `otter run` does; equal notebooks share the results."""
        from otter.execute import Checker

        for path in sorted(str(path) for path in Path("tests").glob("*.py")):
            Checker.check_if_not_already_checked(f"./{path}", global_env=self._runner.namespace)
        questions = [question_record(file) for file in Checker.get_results()]
        found = json.dumps({"error": "", "questions": questions, "cells": self._failures})
        for notebook in group:
            if notebook is not group[0]:
                _hand_over(group[0], notebook)
            (notebook.folder / RESULTS).write_text(found, encoding="utf-8")

    def _run_cell(self, source: str) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        signal.signal(signal.SIGVTALRM, interrupt)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._cell_s)  # SIGALRM is the whole submission's
        try:
            error, message = self._runner.run(source)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if error and error != "SystemExit":
            self._failures.append({"source": source, "error": error, "message": message[:TEXT_CAP]})


def main(place: Path, cell_s: float, submission_s: float) -> None:
    """Grade every numbered folder and say `done NUMBER EXIT-CODE WALL-S CPU-S` after each."""
    for library in ("matplotlib.pyplot", "numpy", "pandas", "scipy.stats", "sklearn", "torch"):
        with contextlib.suppress(ImportError):
            __import__(library)
    numbers = sorted(int(path.name) for path in place.iterdir() if path.name.isdigit())
    notebooks = [_read(place / str(number), number, place / "source" / "otter_config.json") for number in numbers]
    _Branch(place, cell_s, submission_s).grade(notebooks)


def _read(folder: Path, number: int, config_file: Path) -> _Notebook:
    """Read a notebook as `otter run` would run it: ignored cells out, seeds and missing checks in."""
    import nbformat
    from otter.execute.preprocessor import GradingPreprocessor

    config = json.loads(config_file.read_text(encoding="utf-8"))
    notebook = nbformat.read(next((folder / "submission").glob("*.ipynb")), as_version=4)
    prepared = GradingPreprocessor(seed=config.get("seed"), seed_variable=config.get("seed_variable"))
    prepared._notebook_name = "notebook_for_checks"  # noqa: SLF001 - what otter calls its own check cells by
    for step in (prepared.filter_ignored_cells, prepared.add_checks, prepared.add_seeds):
        step(notebook)
    return _Notebook(number, folder, tuple(cell.source for cell in notebook.cells if cell.cell_type == "code"))


def _by_cell(group: Sequence[_Notebook], at: int) -> dict[str | None, list[_Notebook]]:
    """Sort notebooks by the source of their next cell, None where there is none."""
    kinds: dict[str | None, list[_Notebook]] = {}
    for notebook in group:
        kinds.setdefault(notebook.cells[at] if at < len(notebook.cells) else None, []).append(notebook)
    return kinds


def _hand_over(one: _Notebook, other: _Notebook) -> None:
    """Give a notebook that parts from another what that one's cells have left so far."""
    shutil.copytree(
        one.folder / "submission",
        other.folder / "submission",
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("*.ipynb"),
    )
    if (one.folder / MEASUREMENTS).exists():
        shutil.copyfile(one.folder / MEASUREMENTS, other.folder / MEASUREMENTS)


def _move_to(notebook: _Notebook) -> None:
    os.environ["MLSAFETY_METRICS"] = str(notebook.folder / MEASUREMENTS)
    os.chdir(notebook.folder / "submission")
    sys.path[1] = str(notebook.folder / "submission")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
