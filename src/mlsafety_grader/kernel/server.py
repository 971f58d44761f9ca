"""The kernel server: `python -m mlsafety_grader.kernel.server`, control socket as descriptor 3.

It imports what notebooks import, once, and starts a sandboxed session on request. It knows no secret and reads
nothing that student code wrote. It has one thread: its loop watches the sandboxes and ends them.
"""

import contextlib
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any

import msgspec

import mlsafety_grader.kernel
import mlsafety_grader.wire
from mlsafety_grader.kernel.control import (
    CONTROL_FD,
    Answer,
    Command,
    Ended,
    Exceeded,
    KernelEnded,
    Order,
    Ready,
    Refused,
    Start,
)
from mlsafety_grader.kernel.events import RunJob
from mlsafety_grader.sandbox import (
    CALM_TASKS,
    Inheritance,
    Level,
    Plan,
    Sandbox,
    SandboxError,
    Usage,
    find_excess,
    fork_sandboxed,
    kill_sandbox,
    measure,
    own_memory_kib,
    settle,
    share_cpu,
)
from mlsafety_grader.wire import decoder_for
from mlsafety_grader.wire.messages import Message

LOOK_EVERY_MS = 50
EXACT_FROM_MIB = 32
LIBRARIES = ("matplotlib.pyplot", "pandas", "scipy.stats", "scipy.optimize", "sklearn", "sklearn.metrics", "torch")
FIRST_UID = 210_000
MAX_FDS = 200


@dataclass(slots=True)
class _Running:
    sandbox: Sandbox
    line: socket.socket
    processes: int = 1
    peak_mib: float = 0.0
    bound_mib: float = 0.0
    excess: str = ""


def main() -> None:
    """Import, say that we are ready, and serve until the control socket closes."""
    control = socket.socket(fileno=CONTROL_FD)
    for library in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(library)
    for package in (mlsafety_grader.wire, mlsafety_grader.kernel):  # none of our files can be read inside a sandbox
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    import torch

    from mlsafety_grader.kernel.session import run_session
    from mlsafety_grader.kernel.shell import make_shell

    shell = make_shell()
    torch.set_num_threads(1)
    for declared in (RunJob, Message):
        decoder_for(declared)  # made once, for all forks
    settle(merge_data=True)
    control.send(msgspec.msgpack.encode(Ready(pid=os.getpid())))
    _Server(control, shell, run_session).serve()


class _Server:
    def __init__(self, control: socket.socket, shell: Any, run_session: Any) -> None:
        self._control = control
        self._shell = shell
        self._run_session = run_session
        self._running: dict[int, _Running] = {}
        self._poll = select.poll()
        self._ends: dict[int, _Running] = {}
        self._poll.register(control, select.POLLIN)
        self._started = 0
        self._own_kib = own_memory_kib()

    def serve(self) -> None:
        while True:
            for fd, _ in self._poll.poll(LOOK_EVERY_MS if self._running else None):
                if fd == self._control.fileno():
                    if not self._accept():
                        self._end_all()
                        return
                elif fd in self._running:
                    self._obey(self._running[fd])
                elif fd in self._ends:
                    self._tell_end(fd)
            self._look()

    def _accept(self) -> bool:
        data, fds, _, _ = socket.recv_fds(self._control, 1 << 20, MAX_FDS)
        if not data:
            return False
        start = msgspec.msgpack.decode(data, type=Start)
        ours, line_fd, *check_fds = fds
        line = socket.socket(fileno=ours)
        self._started += 1
        uid = FIRST_UID + self._started % 1000
        plan = Plan(
            level=Level(start.level),
            memory_mib=start.memory_mib,
            keep_fds=(line_fd, *check_fds),
            is_held=True,
            outside_uid=uid,
            outside_gid=uid,
        )

        def run() -> None:
            checks = {n: socket.socket(fileno=fd) for n, fd in zip(start.questions, check_fds, strict=True)}
            self._run_session(self._shell, socket.socket(fileno=line_fd), checks)

        try:
            sandbox = fork_sandboxed(plan, run)
        except SandboxError as e:
            _tell(line, Refused(reason=f"{e.message} ({e.hint})"))
            line.close()
        else:
            job = _Running(sandbox=sandbox, line=line)
            self._running[line.fileno()] = job
            self._poll.register(line, select.POLLIN)
            if sandbox.line is not None:
                self._ends[sandbox.line.fileno()] = job
                self._poll.register(sandbox.line, select.POLLIN)
        finally:
            for fd in (line_fd, *check_fds):
                os.close(fd)
        return True

    def _obey(self, job: _Running) -> None:
        data = job.line.recv(1 << 16)
        order = msgspec.msgpack.decode(data, type=Command).order if data else Order.END
        if order is Order.END:
            self._end(job, "")
        else:
            _signal_kernel(job, signal.SIGINT if order is Order.INTERRUPT else signal.SIGKILL)

    def _tell_end(self, fd: int) -> None:
        """Pass on how the kernel ended; its sandbox stays for the checkpoints."""
        job = self._ends.pop(fd)
        self._poll.unregister(fd)
        code = job.sandbox.line.recv(64) if job.sandbox.line is not None else b""
        _tell(job.line, KernelEnded(code=int(code or -signal.SIGKILL)))

    def _look(self) -> None:
        for job in list(self._running.values()):
            usage = self._measure(job)
            job.processes = usage.processes
            if usage.tasks > CALM_TASKS:
                share_cpu(job.sandbox)
            if usage.memory_mib > 1.1 * job.bound_mib + EXACT_FROM_MIB:  # exact figures cost a walk over page tables
                job.bound_mib = usage.memory_mib
                job.peak_mib = max(job.peak_mib, self._measure(job, exact=True).memory_mib)
            elif not job.bound_mib:
                job.peak_mib = max(job.peak_mib, usage.memory_mib)
            excess = find_excess(usage, job.sandbox.plan)
            if excess and job.excess:
                self._end(job, excess)
            elif excess:
                self._exceeded(job, excess)

    def _measure(self, job: _Running, *, exact: bool = False) -> Usage:
        sharers = 1 + sum(other.processes for other in self._running.values())
        return measure(job.sandbox, exact=exact, inherited=Inheritance(kib=self._own_kib, sharers=sharers))

    def _exceeded(self, job: _Running, excess: str) -> None:
        """End the kernel alone at first: the checkpoints that it left keep their questions' points."""
        job.excess = excess
        _tell(job.line, Exceeded(excess=excess))
        _signal_kernel(job, signal.SIGKILL)
        time.sleep(0.02)
        if find_excess(self._measure(job), job.sandbox.plan):
            self._end(job, excess)

    def _end(self, job: _Running, excess: str) -> None:
        self._poll.unregister(job.line)
        del self._running[job.line.fileno()]
        fd = job.sandbox.line.fileno() if job.sandbox.line is not None else -1
        if fd in self._ends:
            del self._ends[fd]
            self._poll.unregister(fd)
        cpu_s = _cpu_s(job.sandbox.pid)
        try:
            kill_sandbox(job.sandbox)
        except SandboxError as e:
            print(e.message, file=sys.stderr)
        _tell(job.line, Ended(excess=excess, peak_mib=job.peak_mib, cpu_s=cpu_s, steps_ms=job.sandbox.timings))
        job.line.close()

    def _end_all(self) -> None:
        for job in list(self._running.values()):
            self._end(job, "")


def _tell(line: socket.socket, answer: Answer) -> None:
    with contextlib.suppress(OSError):  # the engine may have gone
        line.send(msgspec.msgpack.encode(answer))


def _signal_kernel(job: _Running, number: signal.Signals) -> None:
    if job.sandbox.student_fd is not None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(job.sandbox.student_fd, number)


def _cpu_s(pid: int) -> float:
    """Processor seconds of a process and all below it, those that have ended included."""
    from mlsafety_grader.sandbox.processes import descendants

    ticks = 0
    for process in [pid, *(row.pid for row in descendants(pid))]:
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8") as file:  # noqa: PTH123
                ticks += sum(int(field) for field in file.read().rpartition(")")[2].split()[11:15])
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
