"""What an otter process leaves behind, and what it means: untrusted text in bounds → an `Examination`.

Questions, points and hidden flags are the release's; from the process come only verdicts, messages and measurements.
"""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mlsafety_grader.engine.protocol import Job
from mlsafety_grader.engine.supervised import Ended
from mlsafety_grader.model import CaseResult, CellFailure, Examination, Question, Status, Usage, Verdict

MAX_RESULTS = 16 << 20
MAX_MEASUREMENTS = 1000
INTERRUPTED = "KeyboardInterrupt"  # what a cell that met its time limit ends in
RESULTS = "results.json"
MEASUREMENTS = "measurements.jsonl"

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
class Run:
    """One run of otter: how its process ended, and what it left."""

    ended: Ended
    results: _Results | None
    measurements: tuple[tuple[str, float], ...]

    @property
    def is_cut_off(self) -> bool:
        """Whether a cell met its time limit."""
        return self.results is not None and any(cell.error == INTERRUPTED for cell in self.results.cells)


def classify(message: str) -> Verdict:
    """Tell from otter's message why a case did not pass: an assertion (or wrong output), or any other exception."""
    body = message.partition("\n")[2]
    if "Failed example:" in body:  # a doctest
        return Verdict.ERROR if "Exception raised:" in body and "Expected:" not in body else Verdict.FAILED
    lines = [line for line in body.splitlines()[1:] if not line.startswith("  ")]
    found = _PYTHON_ERROR.match(lines[0]) if lines else None
    return Verdict.FAILED if found and found.group(1) == "AssertionError" else Verdict.ERROR


def is_complete(run: Run, questions: Sequence[Question]) -> bool:
    """Whether a run has a result for every case of every question."""
    results = run.results
    if results is None or results.error:
        return False
    found = {question.name: len(question.cases) for question in results.questions}
    return all(found.get(question.name) == len(question.cases) for question in questions)


def make_examination(job: Job, whole: Run, alone: Sequence[Run], questions: Sequence[Question]) -> Examination:
    """Put the findings together: of the run with all tests or, where that was lost, of each question's own run."""
    own = dict(zip((question.name for question in questions), alone or [whole] * len(questions), strict=True))
    runs = [whole, *alone]
    cases = {}
    for question in questions:
        found = _cases_of(whole, question) or _cases_of(own[question.name], question)
        cases[question.name] = found or _lost(own[question.name], question)
    status, reason = _status(job, whole)
    told = next((run.results.cells for run in runs if run.results is not None), [])
    return Examination(
        status=status,
        reason=reason,
        cases=cases,
        measurements=tuple(pair for run in runs for pair in run.measurements),
        cell_failures=_cell_failures(told, job),
        usage=Usage(
            wall_s=sum(run.ended.usage.wall_s for run in runs),
            cpu_s=sum(run.ended.usage.cpu_s for run in runs),
            peak_memory_mib=max(run.ended.usage.peak_memory_mib for run in runs),
        ),
    )


def _status(job: Job, run: Run) -> tuple[Status, str]:
    if run.ended.cause == "timeout":
        return Status.TIMEOUT, f"took longer than the {job.limits.submission_s:g} s that a submission may take"
    if run.ended.cause == "memory":
        return Status.MEMORY, f"used more than the {job.limits.memory_mib} MiB of memory that a submission may use"
    if run.results is None:
        return Status.CRASHED, f"the process that ran the notebook ended with code {run.ended.returncode}"
    if run.is_cut_off:
        return Status.TIMEOUT, f"a cell or check took longer than the {job.limits.cell_s:g} s that it may take"
    if run.results.error:
        return Status.CRASHED, run.results.error[:500]
    return Status.GRADED, ""


def _cases_of(run: Run, question: Question) -> tuple[CaseResult, ...]:
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


def _lost(run: Run, question: Question) -> tuple[CaseResult, ...]:
    """Return the cases of a question that ended without results."""
    verdict = Verdict.CRASHED
    if run.ended.cause == "timeout" or run.is_cut_off:
        verdict = Verdict.TIMEOUT
    elif run.ended.cause == "memory":
        verdict = Verdict.MEMORY
    return tuple(
        CaseResult(name=case.name, verdict=verdict, hidden=case.hidden, possible=case.points) for case in question.cases
    )


def _cell_failures(cells: Sequence[_Cell], job: Job) -> tuple[CellFailure, ...]:
    sources = [source.strip() for source in job.submission.cells]
    failures = []
    for cell in cells:
        # otter may put a seeding line before the student's own text
        number = next((i for i, source in enumerate(sources, 1) if source and cell.source.endswith(source)), None)
        cut_off = cell.error == INTERRUPTED
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


def read_run(ended: Ended, out: Path) -> Run:
    """Collect what a process left in its folder `out`."""
    return Run(ended=ended, results=read_results(out / RESULTS), measurements=read_measurements(out / MEASUREMENTS))


def read_results(path: Path) -> _Results | None:
    """Decode the results, or return None when there are none in the declared shape."""
    data = read_bounded(path, MAX_RESULTS)
    try:
        return msgspec.json.decode(data, type=_Results) if data else None
    except (msgspec.DecodeError, RecursionError):
        return None


def read_measurements(path: Path) -> tuple[tuple[str, float], ...]:
    """Decode the recorded (id, value) pairs; lines that are none are skipped."""
    found = []
    for line in (read_bounded(path, MAX_RESULTS) or b"").splitlines()[:MAX_MEASUREMENTS]:
        try:
            record = msgspec.json.decode(line, type=_Record)
        except (msgspec.DecodeError, RecursionError):
            continue
        found.append((record.id, record.value))
    return tuple(found)


def read_bounded(path: Path, limit: int) -> bytes | None:
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
