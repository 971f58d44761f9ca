"""The isolated engine: student code in a sandboxed kernel, hidden tests in an examiner, values only between them.

    engine ──orders──► kernel server ── fork ──► sandbox: manager ─ kernel ─ checkpoints
       ▲                                              events │            ║ values only
       └──────────────────────────────────────────────────────┘            ║
       ▲──outcomes── examiner ◄── fork ── examiner server          examiner's sockets

First all cells run and leave a frozen checkpoint a question; only then does the examiner speak to the checkpoints. The
engine reads events and outcomes, keeps the limits, and believes the kernel only in what concerns the run itself.
"""

import contextlib
import os
import selectors
import signal
import socket
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from mlsafety_grader.engine.cells import Prepared, prepare
from mlsafety_grader.engine.protocol import Job
from mlsafety_grader.engine.run_record import Run, add_case, add_output, keep_notebook, make_examination
from mlsafety_grader.engine.servers import Server
from mlsafety_grader.errors import EngineError
from mlsafety_grader.kernel import control as kernel
from mlsafety_grader.kernel import events
from mlsafety_grader.model import CellFailure, EngineName, Examination, Question, Status, Verdict
from mlsafety_grader.release import unpack_tests
from mlsafety_grader.wire import DEFAULT_LIMITS, WireError, decoder_for, receive, send
from mlsafety_grader.wire import examination as exam

INTERRUPT_GRACE_S = 2.0
END_GRACE_S = 1.0
END_LIMIT_S = 30.0
FRAME_LIMIT_S = 10.0
EXAMINER_GRACE_S = 10.0
_EXCESS = {
    "memory": (Status.MEMORY, Verdict.MEMORY, "used more than the {0.memory_mib} MiB of memory that it may use"),
    "processes": (Status.MEMORY, Verdict.MEMORY, "started more processes than it may"),
    "disk": (Status.MEMORY, Verdict.MEMORY, "wrote more to its disk than it may"),
}


class IsolatedEngine:
    """Grade with two warm servers. Use it as a context manager, or call `close`."""

    def __init__(self, *, level: str) -> None:
        self._level = level
        self.kernels = Server("mlsafety_grader.kernel.server")
        self.examiners = Server("mlsafety_grader.examiner.server")

    @property
    def name(self) -> EngineName:
        """What `--engine` calls it."""
        return EngineName.ISOLATED

    @property
    def isolation(self) -> str:
        """The sandbox level: strict, reduced or off."""
        return self._level

    def close(self) -> None:
        """End both servers."""
        self.kernels.close()
        self.examiners.close()

    def examine(self, job: Job, *, keep: Path | None = None) -> Examination:
        """Run a submission's cells, then examine its checkpoints.

        Raises:
            EngineError: a server, the sandbox or the examiner failed, or `job.stop` was set.
        """
        began = time.monotonic()
        prepared = prepare(job.submission, job.release)
        questions = {question.name: question for question in job.asked}
        run = Run()
        run.mark("prepare")
        with ExitStack() as stack:
            session = _Session(self, job, prepared, stack)
            run.mark("hand over")
            session.run_cells(run)
            run.mark("cells" if run.position is not None else "fork and sandbox")
            session.examine(run, questions)
            session.end(run)
            run.mark("end")
        if keep is not None:
            keep_notebook(prepared, run, keep / "executed.ipynb")
            run.mark("executed notebook")
        return make_examination(run, questions, time.monotonic() - began)


class _Session:
    """One submission's sockets and deadlines."""

    def __init__(self, engine: IsolatedEngine, job: Job, prepared: Prepared, stack: ExitStack) -> None:
        autograded = job.release.manifest.autograded
        questions = tuple(question.name for question in autograded)
        shared = tuple(question.name for question in autograded if question.shared)
        self._job = job
        self._prepared = prepared
        self._line, kernel_line = (stack.enter_context(s) for s in socket.socketpair())
        self._orders, kernel_orders = (
            stack.enter_context(s) for s in socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        )
        self._exam, exam_line = (stack.enter_context(s) for s in socket.socketpair())
        pairs = {name: socket.socketpair() for name in questions}
        for pair in pairs.values():
            for end in pair:
                stack.enter_context(end)
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mlsafety-exam-", ignore_cleanup_errors=True))
        unpack_tests(prepared.members, Path(folder))
        start = kernel.Start(level=engine.isolation, memory_mib=job.limits.memory_mib, questions=questions)
        ends = [pairs[name][0].fileno() for name in questions]
        engine.kernels.ask(start, [kernel_orders.fileno(), kernel_line.fileno(), *ends])
        request = exam.Examine(folder=folder, questions=questions, case_s=job.limits.case_s, shared=shared)
        ends = [pairs[name][1].fileno() for name in questions]
        engine.examiners.ask(request, [exam_line.fileno(), *ends])
        for end in (kernel_line, kernel_orders, exam_line, *(end for pair in pairs.values() for end in pair)):
            end.close()
        self._until = time.monotonic() + job.limits.submission_s  # from here: starting a server is not its time
        self._ended: kernel.Ended | None = None
        self._cell_until: float | None = None
        self._is_interrupted = False
        self._examiner: int | None = None
        run = events.RunJob(cells=prepared.cells, questions=questions, files=tuple(prepared.files))
        self._send_job(run)

    def _send_job(self, run: events.RunJob) -> None:
        try:
            files = list(self._prepared.files.values())
            send(self._line, run, files, deadline=time.monotonic() + END_LIMIT_S)
        except WireError as e:
            self._check_refusal()
            raise EngineError(f"the kernel did not take its job: {e.message}", hint="run it again") from None

    # --- the cells

    def run_cells(self, run: Run) -> None:
        """Follow the kernel until it has finished, died, or been ended."""
        while True:
            ready = self._wait(min(self._until, self._cell_until or self._until), self._line, self._orders)
            if self._line in ready:  # first: what the kernel said before it ended
                is_over = self._follow(run)
            elif ready:
                is_over = self._take_end(run)
            else:
                is_over = self._meet_limit(run)
            if is_over:
                return

    def _follow(self, run: Run) -> bool:
        """Take one event; True when there will be no more."""
        try:
            event, _ = receive(self._line, decoder_for(events.Event), DEFAULT_LIMITS, time.monotonic() + FRAME_LIMIT_S)
        except WireError as e:
            if self._wait(time.monotonic() + END_GRACE_S, self._orders):
                return self._take_end(run)
            run.fail(Status.CRASHED, Verdict.CRASHED, f"its process broke off: {e.message}")  # and may still run
            self._order(kernel.Order.KILL_KERNEL)
            return True
        match event:
            case events.CellStarted(position=position):
                if run.position is None:
                    run.mark("fork and sandbox")
                run.position = position
                self._cell_until, self._is_interrupted = time.monotonic() + self._job.limits.cell_s, False
            case events.CellDone(position=position, error=error, message=message):
                self._cell_until = None
                self._note_failure(run, position, error, message)
            case events.Output(json=text):
                add_output(run, text)
            case events.CheckpointTaken(question=question, position=position, fork_s=fork_s):
                run.steps[f"checkpoint {question}"] = fork_s
                run.checkpoints.pop(question, None)  # the last one counts, also in the order of examination
                run.checkpoints[question] = position
        return isinstance(event, events.Finished)

    def _meet_limit(self, run: Run) -> bool:
        """Interrupt a cell, or end the kernel; True when it was ended."""
        if time.monotonic() >= self._until:
            limit = self._job.limits.submission_s
            run.fail(Status.TIMEOUT, Verdict.TIMEOUT, f"took longer than the {limit:g} s that a submission may take")
        else:
            self._cut_off(run)
            if not self._is_interrupted:
                self._order(kernel.Order.INTERRUPT)
                self._is_interrupted, self._cell_until = True, time.monotonic() + INTERRUPT_GRACE_S
                return False
        self._order(kernel.Order.KILL_KERNEL)
        return True

    def _cut_off(self, run: Run) -> None:
        limit = self._job.limits.cell_s
        run.fail(Status.TIMEOUT, Verdict.TIMEOUT, f"a cell took longer than the {limit:g} s that a cell may take")
        if run.position is not None:
            run.failures[run.position] = CellFailure(
                cell=_number(self._prepared, run.position),
                kind=Verdict.TIMEOUT,
                error="Timeout",
                message=f"ran longer than {limit:g} s and was cut off",
            )

    def _note_failure(self, run: Run, position: int, error: str, message: str) -> None:
        if error and error != "SystemExit" and not self._is_interrupted and 0 <= position < len(self._prepared.cells):
            number = _number(self._prepared, position)
            run.failures[position] = CellFailure(cell=number, kind=Verdict.ERROR, error=error[:200], message=message)

    def _take_end(self, run: Run) -> bool:
        """The kernel died, or was ended for what it used."""
        answer = self._take_answer(run)
        if isinstance(answer, kernel.KernelEnded):
            cell = _number(self._prepared, run.position) if run.position is not None else None
            where = f"cell {cell}" if cell else "the notebook"
            run.fail(Status.CRASHED, Verdict.CRASHED, f"{where}: {_how_it_ended(answer.code)}")
        return True

    # --- the examination

    def examine(self, run: Run, questions: dict[str, Question]) -> None:
        """Have the examiner examine every question that has a checkpoint."""
        if self._ended is not None:
            return
        order = tuple(name for name in run.checkpoints if name in questions)
        limits = self._job.limits
        cases = sum(len(questions[name].cases) for name in order)
        until = time.monotonic() + min(cases * limits.case_s, limits.submission_s) + EXAMINER_GRACE_S
        try:
            send(self._exam, exam.Go(questions=order))
            while True:
                ready = self._wait(until, self._exam, self._orders)
                if self._orders in ready:
                    self._take_answer(run)
                    if self._ended is not None:
                        return
                elif not ready:
                    run.fail(Status.TIMEOUT, Verdict.TIMEOUT, "its examination took longer than a submission may take")
                    return
                elif self._hear(run, questions):
                    return
        except WireError as e:
            raise EngineError(f"the examiner is gone: {e.message}", hint="run it again") from None
        finally:
            if self._examiner is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(self._examiner, signal.SIGKILL)

    def _hear(self, run: Run, questions: dict[str, Question]) -> bool:
        """Take one answer of the examiner; True when there will be no more."""
        answer, _ = receive(self._exam, decoder_for(exam.Answer), DEFAULT_LIMITS, time.monotonic() + FRAME_LIMIT_S)
        match answer:
            case exam.Began(pid=pid):
                self._examiner = pid
            case exam.CaseDone():
                add_case(run, questions[answer.question], answer)
            case exam.QuestionDone(question=question, measurements=measurements):
                run.mark(f"examine {question}")
                run.measurements += measurements
            case exam.ExamFailed(reason=reason):
                raise EngineError(f"the examiner failed: {reason}", hint="see the release's tests")
        return isinstance(answer, exam.ExamDone)

    def end(self, run: Run) -> None:
        """End the sandbox and collect what it used."""
        self._order(kernel.Order.END)
        while self._ended is None:
            if not self._wait(time.monotonic() + END_LIMIT_S, self._orders, ignore_stop=True):
                raise EngineError("the sandbox does not end", hint="run `mlsafety doctor`")
            self._take_answer(run)
        run.usage = self._ended

    # --- sockets

    def _wait(self, until: float, *socks: socket.socket, ignore_stop: bool = False) -> list[socket.socket]:
        """Return the sockets that can be read, none at `until`; raise when the batch is being stopped."""
        with selectors.DefaultSelector() as selector:
            for sock in socks:
                selector.register(sock, selectors.EVENT_READ)
            while True:
                if self._job.stop.is_set() and not ignore_stop:
                    raise EngineError("interrupted", hint="start the batch again")
                left = until - time.monotonic()
                ready = selector.select(max(0.0, min(left, 0.25)))
                if ready or left <= 0:
                    return [key.fileobj for key, _ in ready]  # type: ignore[misc]

    def _order(self, order: kernel.Order) -> None:
        with contextlib.suppress(OSError):
            self._orders.send(msgspec.msgpack.encode(kernel.Command(order=order)))

    def _take_answer(self, run: Run) -> kernel.Answer:
        try:
            data = self._orders.recv(1 << 16)
        except ConnectionResetError:  # the server closed before it read our last order; what it said is still there
            data = self._orders.recv(1 << 16)
        if not data:
            raise EngineError("the kernel server is gone", hint="run it again")
        answer: kernel.Answer = msgspec.msgpack.decode(data, type=kernel.Answer)
        if isinstance(answer, kernel.Refused):
            raise EngineError(answer.reason, hint="run `mlsafety doctor`")
        if isinstance(answer, kernel.Ended):
            self._ended = answer
        if isinstance(answer, kernel.Exceeded | kernel.Ended) and answer.excess:
            status, verdict, text = _EXCESS[answer.excess]
            run.fail(status, verdict, text.format(self._job.limits))
        return answer

    def _check_refusal(self) -> None:
        if self._wait(time.monotonic() + 0.5, self._orders, ignore_stop=True):
            self._take_answer(Run())


def _how_it_ended(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended itself with code {code}"


def _number(prepared: Prepared, position: int) -> int | None:
    """The place of a cell among the submission's code cells, from 1."""
    place = prepared.index[position] if 0 <= position < len(prepared.index) else None
    if place is None:
        return None
    before: list[dict[str, Any]] = prepared.notebook["cells"][:place]
    return 1 + len([cell for cell in before if cell.get("cell_type") == "code"])
