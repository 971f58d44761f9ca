"""One submission's run, inside its sandbox.

    kernel (runs cells) ── fork at each check ──► checkpoint (frozen until it is examined)
                        ── after the last cell ──► is itself the last checkpoint

The sandbox is held, so that checkpoints taken before a crash or a kill can still be examined. A checkpoint is not
talked to before all cells have run: whatever it learns of a hidden test then has no way back into an output that
anybody sees.
"""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from mlsafety_grader.kernel.checkpoint import serve
from mlsafety_grader.kernel.events import (
    CellDone,
    CellStarted,
    CheckpointTaken,
    Event,
    Finished,
    Output,
    RunJob,
)
from mlsafety_grader.kernel.otter_client import install_client
from mlsafety_grader.kernel.shell import CellRunner, NotebookShell
from mlsafety_grader.wire import DEFAULT_LIMITS, decoder_for, receive, send

MAX_TEXT = 20_000


def run_session(shell: NotebookShell, line: socket.socket, checks: dict[str, socket.socket]) -> NoReturn:
    """Run a submission to its end.

    Args:
        shell: made before the fork.
        line: to the engine.
        checks: a socket to the examiner for each question.
    """
    _Session(shell, line, checks).run()


class _Session:
    """The kernel: runs cells and takes checkpoints."""

    def __init__(self, shell: NotebookShell, line: socket.socket, checks: dict[str, socket.socket]) -> None:
        self._shell = shell
        self._line = line
        self._checks = checks
        self._taken: dict[str, int] = {}
        self._position = 0
        self._is_running = False

    def run(self) -> NoReturn:
        signal.signal(signal.SIGINT, self._interrupted)
        job, files = receive(self._line, decoder_for(RunJob), DEFAULT_LIMITS)
        for name, content in zip(job.files, files, strict=True):
            _write(name, bytes(content))
        sys.path[:0] = ["", os.getcwd()]  # noqa: PTH109 - a string for sys.path
        runner = CellRunner(self._shell, self._show, output_cap=job.output_cap)
        install_client(lambda question: self._take(question, runner), job.questions)
        for self._position, cell in enumerate(job.cells):
            self._say(CellStarted(position=self._position))
            error, message = self._run_cell(runner, cell.source)
            for question in cell.checks:
                self._take(question, runner)
            self._say(CellDone(position=self._position, error=error, message=message[:MAX_TEXT]))
            if runner.exit_asked:
                os._exit(0)
        self._position = len(job.cells)
        *others, last = [question for question in job.questions if question not in self._taken] or [""]
        for question in others:
            self._take(question, runner)
        if last:  # nothing runs afterwards: the kernel itself can be its checkpoint, which saves a fork
            self._say(CheckpointTaken(question=last, position=self._position))
        self._say(Finished())
        if last:
            self._be_checkpoint(last, runner.namespace)
        os._exit(0)

    def _run_cell(self, runner: CellRunner, source: str) -> tuple[str, str]:
        self._is_running = True
        try:
            return runner.run(source)
        except KeyboardInterrupt as e:  # struck outside the cell's own frame
            return type(e).__name__, ""
        finally:
            self._is_running = False

    def _take(self, question: str, runner: CellRunner) -> None:
        """Freeze a copy of the kernel for a question; as with otter, the last check of a question counts."""
        if question not in self._checks:
            return
        if question in self._taken:
            os.kill(self._taken.pop(question), signal.SIGKILL)
        sys.stdout.flush()
        began = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            self._be_checkpoint(question, runner.namespace)
        self._taken[question] = pid
        took = time.perf_counter() - began
        self._say(CheckpointTaken(question=question, position=self._position, fork_s=took))

    def _be_checkpoint(self, question: str, namespace: dict[str, Any]) -> NoReturn:
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self._line.close()
            for name, check in self._checks.items():
                if name != question:
                    check.close()
            serve(self._checks[question], namespace)
        finally:
            os._exit(0)

    def _interrupted(self, *_: object) -> None:
        if self._is_running:
            raise KeyboardInterrupt

    def _show(self, output: dict[str, Any]) -> None:
        self._say(Output(json=json.dumps(output, default=str)))

    def _say(self, event: Event) -> None:
        send(self._line, event)


def _write(name: str, content: bytes) -> None:
    path = Path(*PurePosixPath(name).parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
