"""The reference engine: otter's own grading, one submission a process, under a time and a memory limit.

Student code shares a process with the hidden tests here, as it always does with otter; nothing is isolated. Use it on
trusted submissions and to hold other engines against. What the process leaves behind is parsed into declared types of
bounded size, never unpickled.

Otter loses all results when one test ends in something like `SystemExit`, or when the limit strikes. Then each
question is examined in a run of its own, so that what works keeps its points.
"""

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from mlsafety_grader.engine.intake import Kind
from mlsafety_grader.engine.otter_results import (
    MEASUREMENTS,
    Run,
    is_complete,
    make_examination,
    read_bounded,
    read_run,
)
from mlsafety_grader.engine.protocol import Job
from mlsafety_grader.engine.supervised import run_supervised
from mlsafety_grader.errors import EngineError
from mlsafety_grader.model import EngineName, Examination, Question
from mlsafety_grader.release import AUTOGRADER, read_zip, write_zip

MAX_EXECUTED = 64 << 20
EXECUTED = "executed.ipynb"
DRIVER = "mlsafety_grader.engine.otter_driver"

_OWN_NAME = re.compile(r"""\bNotebook\(\s*["']([A-Za-z0-9_][\w .-]{0,100}\.ipynb)["']""")


class OtterEngine:
    """Grade with `otter run`'s code in a subprocess."""

    @property
    def name(self) -> EngineName:
        """What `--engine` calls it."""
        return EngineName.OTTER

    @property
    def isolation(self) -> str:
        """None at all: see the module's docstring."""
        return "none"

    def examine(self, job: Job, *, keep: Path | None = None) -> Examination:
        """Grade one submission.

        Args:
            job: what to grade, by which release, under which limits.
            keep: folder that gets the executed notebook.

        Raises:
            EngineError: otter could not start, or `job.stop` was set.
        """
        questions = job.release.manifest.autograded
        with tempfile.TemporaryDirectory(prefix="mlsafety-otter-", ignore_cleanup_errors=True) as scratch:
            run = _run_otter(job, job.release.autograder, Path(scratch, "all"), keep)
            if is_complete(run, questions):
                return make_examination(job, run, [], questions)
            alone = [_run_alone(job, question, Path(scratch, question.name)) for question in questions]
        return make_examination(job, run, alone, questions)


def _run_alone(job: Job, question: Question, scratch: Path) -> Run:
    """Run otter with the tests of one question only."""
    scratch.mkdir(parents=True)
    members = read_zip(job.release.autograder)
    others = {f"tests/{q.name}.py" for q in job.release.manifest.autograded if q.name != question.name}
    alone = scratch / AUTOGRADER
    write_zip(alone, {name: data for name, data in members.items() if name not in others})
    return _run_otter(job, alone, scratch / "run", None)


def _run_otter(job: Job, autograder: Path, scratch: Path, keep: Path | None) -> Run:
    out, home = scratch / "out", scratch / "home"
    for folder in (out, home, scratch / "tmp"):
        folder.mkdir(parents=True)
    work = scratch / file_name(job)
    shutil.copyfile(job.submission.path, work)
    ended = run_supervised(
        [sys.executable, "-P", "-m", DRIVER, str(autograder), str(work), str(out), str(job.limits.cell_s)],
        cwd=scratch,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "HOME": str(home),
            "TMPDIR": str(scratch / "tmp"),
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MLSAFETY_METRICS": str(out / MEASUREMENTS),
        },
        limit_s=job.limits.submission_s,
        memory_mib=job.limits.memory_mib,
        stop=job.stop,
    )
    if ended.cause == "stopped":
        raise EngineError("interrupted", hint="start the batch again")
    if keep is not None:
        _keep_notebook(out / EXECUTED, keep / EXECUTED)
    run = read_run(ended, out)
    if run.results is None and ended.cause is None and "No module named" in ended.output:
        raise EngineError(f"otter does not start: {ended.output[-300:]}", hint="run `make setup` again")
    return run


def file_name(job: Job) -> str:
    """Return the name that the submission has while it is graded: the one that its own first cell asks for.

    `otter.Notebook("hw.ipynb")` fails when the file was renamed to alice.ipynb, and with it every check in its place.
    """
    for cell in job.submission.cells if job.submission.kind is Kind.NOTEBOOK else ():
        asked = _OWN_NAME.search(cell)
        if asked:
            return asked.group(1)
    return f"submission{job.submission.kind.value}"


def _keep_notebook(source: Path, target: Path) -> None:
    data = read_bounded(source, MAX_EXECUTED)
    if data is not None:
        target.write_bytes(data)
