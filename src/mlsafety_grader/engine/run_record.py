"""What is known of a submission while the isolated engine grades it, and what that comes to in the end."""

import contextlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlsafety_grader.engine.cells import Prepared
from mlsafety_grader.errors import EngineError
from mlsafety_grader.kernel.control import Ended
from mlsafety_grader.model import CaseResult, CellFailure, Examination, Question, Status, Usage, Verdict
from mlsafety_grader.wire.examination import CaseDone

MAX_OUTPUT_BYTES = 8 << 20


@dataclass(slots=True)
class Run:
    """What is known of a submission while it is graded."""

    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    output_bytes: int = 0
    failures: dict[int, CellFailure] = field(default_factory=dict)
    checkpoints: dict[str, int] = field(default_factory=dict)
    position: int | None = None
    status: Status = Status.GRADED
    reason: str = ""
    lost: Verdict = Verdict.NOT_RUN
    cases: dict[str, list[CaseResult]] = field(default_factory=dict)
    measurements: list[tuple[str, float]] = field(default_factory=list)
    usage: Ended | None = None
    steps: dict[str, float] = field(default_factory=dict)
    since: float = field(default_factory=time.monotonic)

    def mark(self, step: str) -> None:
        """Note that a part of the work is done; parts of one name add up."""
        now = time.monotonic()
        self.steps[step] = self.steps.get(step, 0.0) + now - self.since
        self.since = now

    def fail(self, status: Status, lost: Verdict, reason: str) -> None:
        """Remember the first reason why this is not simply graded."""
        if self.status is Status.GRADED:
            self.status, self.reason = status, reason
        self.lost = lost


def add_output(run: Run, text: str) -> None:
    """Take an output of the running cell, if it is one and there is room."""
    run.output_bytes += len(text)
    if run.position is None or run.output_bytes > MAX_OUTPUT_BYTES:
        return
    with contextlib.suppress(ValueError, RecursionError):
        output = json.loads(text)
        if isinstance(output, dict) and output.get("output_type") in _OUTPUT_KEYS:
            kept = {key: output[key] for key in _OUTPUT_KEYS[output["output_type"]] if key in output}
            run.outputs.setdefault(run.position, []).append({"output_type": output["output_type"], **kept})


_OUTPUT_KEYS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}


def add_case(run: Run, question: Question, answer: CaseDone) -> None:
    """Take the outcome of a question's next case."""
    done = run.cases.setdefault(question.name, [])
    if len(done) >= len(question.cases):
        raise EngineError(f"{question.name}: more cases than the release has", hint="build the release again")
    case = question.cases[len(done)]
    passed = answer.verdict is Verdict.PASSED
    done.append(
        CaseResult(
            name=case.name,
            verdict=answer.verdict,
            hidden=case.hidden,
            possible=case.points,
            message=case.success_message if passed else case.failure_message,
            detail=answer.detail or answer.message,
        )
    )


def _lost_cases(run: Run, question: Question) -> list[CaseResult]:
    missing = question.cases[len(run.cases.get(question.name, ())) :]
    return [CaseResult(name=c.name, verdict=run.lost, hidden=c.hidden, possible=c.points) for c in missing]


def make_examination(run: Run, questions: dict[str, Question], wall_s: float) -> Examination:
    """Put everything together; cases without an outcome get the verdict of what ended the run."""
    cases = {name: (*run.cases.get(name, ()), *_lost_cases(run, question)) for name, question in questions.items()}
    used = run.usage
    return Examination(
        status=run.status,
        reason=run.reason,
        cases=cases,
        measurements=tuple(run.measurements),
        cell_failures=tuple(run.failures[position] for position in sorted(run.failures)),
        usage=Usage(
            wall_s=wall_s,
            cpu_s=used.cpu_s if used else 0.0,
            peak_memory_mib=round(used.peak_mib, 1) if used else 0.0,
            steps=_steps(run),
        ),
    )


def _steps(run: Run) -> dict[str, float]:
    """All parts of the work in seconds; layers of the sandbox lie within "fork and sandbox"."""
    layers = {f"sandbox: {name}": ms / 1000 for name, ms in (run.usage.steps_ms if run.usage else ())}
    return {name: round(seconds, 6) for name, seconds in {**run.steps, **layers}.items()}


def keep_notebook(prepared: Prepared, run: Run, path: Path) -> None:
    """Write the submission's notebook with the outputs of this run, and what public cases say below each check."""
    notebook = {**prepared.notebook, "cells": [dict(cell) for cell in prepared.notebook["cells"]]}
    for cell in notebook["cells"]:
        if cell.get("cell_type") == "code":
            cell |= {"outputs": [], "execution_count": None}
    for position, place in enumerate(prepared.index):
        if place is not None:
            shown = [_public_result(run, name) for name, taken in run.checkpoints.items() if taken == position]
            notebook["cells"][place] |= {
                "outputs": [*run.outputs.get(position, []), *shown],
                "execution_count": position + 1,
            }
    path.write_bytes(json.dumps(notebook, ensure_ascii=True, indent=1).encode())


def _public_result(run: Run, question: str) -> dict[str, Any]:
    cases = [case for case in run.cases.get(question, []) if not case.hidden]
    failed = [case for case in cases if case.verdict is not Verdict.PASSED]
    lines = [f"{question}: {len(cases) - len(failed)} of {len(cases)} public cases passed"]
    lines += [f"  {case.name} {case.verdict.value}: {case.message or ''}".rstrip(": ") for case in failed]
    return {"output_type": "stream", "name": "stdout", "text": "\n".join(lines) + "\n"}
