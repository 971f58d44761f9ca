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
import stat
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mlsafety_grader.engine.protocol import Job
from mlsafety_grader.engine.supervised import Ended, run_supervised
from mlsafety_grader.errors import EngineError
from mlsafety_grader.model import (
    CaseResult,
    CellFailure,
    EngineName,
    Examination,
    Question,
    Status,
    Usage,
    Verdict,
)
from mlsafety_grader.release import AUTOGRADER, read_zip, write_zip

MAX_RESULTS = 16 << 20
MAX_EXECUTED = 64 << 20
MAX_MEASUREMENTS = 1000
EXECUTED = "executed.ipynb"
DRIVER = "mlsafety_grader.engine.otter_driver"

_PYTHON_ERROR = re.compile(r"^([A-Za-z_][A-Za-z0-9_.]*)(?::|$)", re.MULTILINE)


class _Case(msgspec.Struct):
    name: str
    passed: bool
    message: str = ""


class _Question(msgspec.Struct):
    name: str
    cases: list[_Case]


class _Cell(msgspec.Struct):
    source: str
    error: str
    message: str


class _Results(msgspec.Struct):
    error: str
    questions: list[_Question]
    cells: list[_Cell]


class _Record(msgspec.Struct):
    id: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run of otter: how its process ended, and what it left."""

    ended: Ended
    results: _Results | None
    measurements: tuple[tuple[str, float], ...]


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
            if _is_complete(run.results, questions):
                return _examination(job, run, [run], questions)
            parts = [_run_alone(job, question, Path(scratch, question.name)) for question in questions]
        return _examination(job, run, [run, *parts], questions)


def classify(message: str) -> Verdict:
    """Tell from otter's message why a case did not pass: an assertion (or wrong output), or any other exception."""
    body = message.partition("\n")[2]
    if "Failed example:" in body:  # a doctest
        return Verdict.ERROR if "Exception raised:" in body and "Expected:" not in body else Verdict.FAILED
    lines = [line for line in body.splitlines()[1:] if not line.startswith("  ")]
    found = _PYTHON_ERROR.match(lines[0]) if lines else None
    return Verdict.FAILED if found and found.group(1) == "AssertionError" else Verdict.ERROR


def _run_alone(job: Job, question: Question, scratch: Path) -> _Run:
    """Run otter with the tests of one question only."""
    scratch.mkdir(parents=True)
    members = read_zip(job.release.autograder)
    others = {f"tests/{q.name}.py" for q in job.release.manifest.autograded if q.name != question.name}
    alone = scratch / AUTOGRADER
    write_zip(alone, {name: data for name, data in members.items() if name not in others})
    return _run_otter(job, alone, scratch / "run", None)


def _run_otter(job: Job, autograder: Path, scratch: Path, keep: Path | None) -> _Run:
    out, home = scratch / "out", scratch / "home"
    for folder in (out, home, scratch / "tmp"):
        folder.mkdir(parents=True)
    work = scratch / f"submission{job.submission.kind.value}"
    shutil.copyfile(job.submission.path, work)
    records = out / "measurements.jsonl"
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
            "MLSAFETY_METRICS": str(records),
        },
        limit_s=job.limits.submission_s,
        memory_mib=job.limits.memory_mib,
        stop=job.stop,
    )
    if ended.cause == "stopped":
        raise EngineError("interrupted", hint="start the batch again")
    if keep is not None:
        _keep_notebook(out / EXECUTED, keep / EXECUTED)
    results = _read_results(out / "results.json")
    if results is None and ended.cause is None and "No module named" in ended.output:
        raise EngineError(f"otter does not start: {ended.output[-300:]}", hint="run `make setup` again")
    return _Run(ended=ended, results=results, measurements=_read_measurements(records))


def _is_complete(results: _Results | None, questions: Sequence[Question]) -> bool:
    if results is None or results.error:
        return False
    found = {question.name: len(question.cases) for question in results.questions}
    return all(found.get(question.name) == len(question.cases) for question in questions)


def _examination(job: Job, whole: _Run, runs: Sequence[_Run], questions: Sequence[Question]) -> Examination:
    """Put the findings of one or several runs together; a later run fills what an earlier one lacks."""
    cases: dict[str, tuple[CaseResult, ...]] = {}
    for question in questions:
        answers = [found for run in runs if (found := _cases_of(run, question))]
        cases[question.name] = answers[0] if answers else _lost(whole.ended, question)
    status, reason = _status(job, whole)
    failures = [cell for run in runs if run.results for cell in run.results.cells] if whole.results is None else []
    if whole.results is not None:
        failures = whole.results.cells
    return Examination(
        status=status,
        reason=reason,
        cases=cases,
        measurements=tuple(pair for run in runs for pair in run.measurements),
        cell_failures=_cell_failures(failures, job),
        usage=Usage(
            wall_s=sum(run.ended.usage.wall_s for run in runs),
            cpu_s=sum(run.ended.usage.cpu_s for run in runs),
            peak_memory_mib=max(run.ended.usage.peak_memory_mib for run in runs),
        ),
    )


def _status(job: Job, run: _Run) -> tuple[Status, str]:
    if run.ended.cause == "timeout":
        return Status.TIMEOUT, f"took longer than the {job.limits.submission_s:g} s that a submission may take"
    if run.ended.cause == "memory":
        return Status.MEMORY, f"used more than the {job.limits.memory_mib} MiB of memory that a submission may use"
    if run.results is None:
        return Status.CRASHED, f"the process that ran the notebook ended with code {run.ended.returncode}"
    if run.results.error:
        return Status.CRASHED, run.results.error[:500]
    if any(_is_cut_off(cell) for cell in run.results.cells):
        return Status.TIMEOUT, f"a cell took longer than the {job.limits.cell_s:g} s that a cell may take"
    return Status.GRADED, ""


def _cases_of(run: _Run, question: Question) -> tuple[CaseResult, ...]:
    """Return the cases of a question if this run has all of them, by position: names need not be unique."""
    answers = next((q.cases for q in run.results.questions if q.name == question.name), []) if run.results else []
    if len(answers) != len(question.cases):
        return ()
    results = []
    for case, answer in zip(question.cases, answers, strict=True):
        verdict = Verdict.PASSED if answer.passed else classify(answer.message)
        results.append(
            CaseResult(
                name=case.name,
                verdict=verdict,
                hidden=case.hidden,
                possible=case.points,
                message=case.success_message if answer.passed else case.failure_message,
                detail=answer.message,
            )
        )
    return tuple(results)


def _lost(ended: Ended, question: Question) -> tuple[CaseResult, ...]:
    verdicts = {"timeout": Verdict.TIMEOUT, "memory": Verdict.MEMORY}
    verdict = verdicts.get(ended.cause or "", Verdict.CRASHED)
    return tuple(
        CaseResult(name=case.name, verdict=verdict, hidden=case.hidden, possible=case.points, message=None)
        for case in question.cases
    )


def _is_cut_off(cell: _Cell) -> bool:
    return cell.error == "KeyboardInterrupt"  # what an interrupted cell ends in


def _cell_failures(cells: Sequence[_Cell], job: Job) -> tuple[CellFailure, ...]:
    sources = [source.strip() for source in job.submission.cells]
    failures = []
    for cell in cells:
        # otter may put a seeding line before the student's own text
        number = next((i for i, source in enumerate(sources, 1) if source and cell.source.endswith(source)), None)
        cut_off = _is_cut_off(cell)
        message = f"ran longer than {job.limits.cell_s:g} s and was cut off" if cut_off else cell.message
        failures.append(
            CellFailure(
                cell=number,
                kind=Verdict.TIMEOUT if cut_off else Verdict.ERROR,
                error="Timeout" if cut_off else cell.error,
                message=message,
            )
        )
    return tuple(failures)


def _read_results(path: Path) -> _Results | None:
    data = _read_bounded(path, MAX_RESULTS)
    try:
        return msgspec.json.decode(data, type=_Results) if data else None
    except (msgspec.DecodeError, RecursionError):
        return None


def _read_measurements(path: Path) -> tuple[tuple[str, float], ...]:
    found = []
    for line in (_read_bounded(path, MAX_RESULTS) or b"").splitlines()[:MAX_MEASUREMENTS]:
        try:
            record = msgspec.json.decode(line, type=_Record)
        except (msgspec.DecodeError, RecursionError):
            continue
        found.append((record.id, record.value))
    return tuple(found)


def _read_bounded(path: Path, limit: int) -> bytes | None:
    """Read a file that the submission may have replaced: no link, no pipe, no more than `limit` bytes."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(limit + 1)
    return data if len(data) <= limit else None


def _keep_notebook(source: Path, target: Path) -> None:
    data = _read_bounded(source, MAX_EXECUTED)
    if data is not None:
        target.write_bytes(data)
