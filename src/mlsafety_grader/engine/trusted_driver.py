"""The warm process of `trusted`: `python -m mlsafety_grader.engine.trusted_driver FOLDER CELL_S SUBMISSION_S`.

FOLDER holds `source/` (an unpacked autograder zip) and numbered folders with a `submission/` each. Libraries are
imported once; every notebook is run in a fork, in otter's grading mode, and leaves `results.json` in its folder.
"""

import contextlib
import json
import os
import resource
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from mlsafety_grader.engine.otter_driver import question_record

TEXT_CAP = 20_000


def main(place: Path, cell_s: float, submission_s: float) -> None:
    """Grade every numbered folder and say `done NUMBER EXIT-CODE WALL-S CPU-S` after each."""
    for library in ("matplotlib.pyplot", "numpy", "pandas", "scipy.stats", "sklearn", "torch"):
        with contextlib.suppress(ImportError):
            __import__(library)
    import otter.execute.preprocessor  # noqa: F401 - warm for the forks

    from mlsafety_grader.kernel.shell import make_shell

    shell = make_shell()
    numbers = sorted(int(path.name) for path in place.iterdir() if path.name.isdigit())
    for number in numbers:
        began = time.monotonic()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            signal.alarm(max(1, round(submission_s)))
            try:
                _grade(shell, place, place / str(number), cell_s)
            except BaseException as e:  # the parent reads it: nothing may pass for a result
                (place / str(number) / "error.txt").write_text(repr(e)[:TEXT_CAP], encoding="utf-8")
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"done {number} {os.waitstatus_to_exitcode(status)} {time.monotonic() - began:.3f} {cpu_s:.3f}")
        sys.stdout.flush()


def _grade(shell: Any, place: Path, folder: Path, cell_s: float) -> None:
    """Run one notebook's cells and then the tests that no cell checked, as `otter run` does."""
    import nbformat
    from otter import Notebook
    from otter.execute import Checker
    from otter.execute.preprocessor import GradingPreprocessor

    from mlsafety_grader.kernel.shell import CellRunner

    work = folder / "submission"
    if (place / "source" / "files").exists():
        shutil.copytree(place / "source" / "files", work, dirs_exist_ok=True)
    shutil.copytree(place / "source" / "tests", work / "tests")
    os.environ["MLSAFETY_METRICS"] = str(folder / "measurements.jsonl")
    os.chdir(work)
    sys.path[:0] = ["", str(work)]
    config = json.loads((place / "source" / "otter_config.json").read_text(encoding="utf-8"))
    notebook = nbformat.read(next(work.glob("*.ipynb")), as_version=4)
    prepared = GradingPreprocessor(seed=config.get("seed"), seed_variable=config.get("seed_variable"))
    prepared._notebook_name = "notebook_for_checks"  # noqa: SLF001 - what otter calls its own check cells by
    for step in (prepared.filter_ignored_cells, prepared.add_checks, prepared.add_seeds):
        step(notebook)
    Notebook.init_grading_mode("./tests")
    failures = []
    runner = CellRunner(shell, lambda _: None, output_cap=1 << 20)
    shell.user_ns["notebook_for_checks"] = Notebook
    for cell in notebook.cells:
        if cell.cell_type == "code":
            error, message = _run_cell(runner, cell.source, cell_s)
            if error and error != "SystemExit":
                failures.append({"source": cell.source, "error": error, "message": message[:TEXT_CAP]})
    for path in sorted(str(path) for path in Path("tests").glob("*.py")):
        Checker.check_if_not_already_checked(f"./{path}", global_env=runner.namespace)
    questions = [question_record(file) for file in Checker.get_results()]
    found = {"error": "", "questions": questions, "cells": failures}
    (folder / "results.json").write_text(json.dumps(found), encoding="utf-8")


def _run_cell(runner: Any, source: str, cell_s: float) -> tuple[str, str]:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, cell_s)  # SIGALRM is the whole submission's
    try:
        found: tuple[str, str] = runner.run(source)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
