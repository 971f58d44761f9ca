"""The line between the server and a sandbox that is being entered: one `go` down, one report up.

Only our own code has spoken on it: the report is sent, and the line closed, before student code starts. The init of a
sandbox that is held keeps its end, to tell how the student's process ended.
"""

import array
import contextlib
import json
import os
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mlsafety_grader.sandbox.plan import SandboxError

_MAX_REPORT = 1 << 16
_ENTER_TIMEOUT_S = 20.0
_CREDENTIALS = struct.Struct("=3i")  # pid, uid, gid
_SCM_CREDENTIALS = 2  # Python 3.11 has no name for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What the sandbox reports once every layer is on."""

    timings: tuple[tuple[str, float], ...]
    scratch_fd: int | None
    student: int


@dataclass(slots=True)
class Steps:
    """The layers entered so far, each with its milliseconds, and the name of the one being entered."""

    current: str = "start"
    timings: list[tuple[str, float]] = field(default_factory=list)
    since: float = field(default_factory=time.perf_counter)

    def run(self, name: str, act: Callable[[], object]) -> None:
        """Enter one layer."""
        self.current = name
        act()
        self.mark(name)

    def mark(self, name: str) -> None:
        """Note that a step is done."""
        now = time.perf_counter()
        self.timings.append((name, (now - self.since) * 1000))
        self.since = now


def make_line() -> tuple[socket.socket, socket.socket]:
    """Return the server's end, on which the kernel says who speaks, and the sandbox's."""
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return near, far


def give_go(line: socket.socket) -> None:
    """Let the child enter its layers."""
    try:
        line.sendall(b"g")
    except OSError as e:
        raise SandboxError(f"the sandbox ended before it began: {e}") from None


def await_go(line: socket.socket) -> None:
    """Wait until the server has written the id maps; end when the server is gone."""
    if line.recv(1) != b"g":
        os._exit(1)


def exit_if_orphaned(line: socket.socket) -> None:
    """End when the server died before the kernel was told to end us with it."""
    poll = select.poll()
    poll.register(line, select.POLLHUP)
    if poll.poll(0):
        os._exit(1)


def report_entered(line: socket.socket, steps: Steps, scratch_fd: int | None) -> None:
    """Say that every layer is on, and close the line."""
    message = json.dumps({"timings": steps.timings}).encode()
    rights = [] if scratch_fd is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [scratch_fd]))]
    line.sendmsg([message], rights)
    line.close()


def report_failure(line: socket.socket, steps: Steps, error: BaseException) -> None:
    """Say which layer could not be entered."""
    line.sendall(json.dumps({"failed": steps.current, "error": f"{type(error).__name__}: {error}"}).encode())


def await_report(line: socket.socket) -> Entered:
    """Wait for the sandbox's report.

    Raises:
        SandboxError: a layer could not be entered, the child died, or nothing came in time.
    """
    line.settimeout(_ENTER_TIMEOUT_S)
    try:
        message, rights, _, _ = line.recvmsg(_MAX_REPORT, socket.CMSG_SPACE(4) + socket.CMSG_SPACE(_CREDENTIALS.size))
    except OSError as e:
        raise SandboxError(f"the sandbox did not report: {e}") from None
    fds, student = array.array("i"), 0
    for _, kind, data in rights:
        if kind == _SCM_CREDENTIALS:
            student = _CREDENTIALS.unpack(data)[0]
        else:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    if not message:
        raise SandboxError("the sandbox died while it was being entered", hint="run `mlsafety doctor`")
    report = json.loads(message)
    if "failed" in report:
        raise SandboxError(f"sandbox layer {report['failed']}: {report['error']}", hint="run `mlsafety doctor`")
    timings = tuple((str(name), float(ms)) for name, ms in report["timings"])
    return Entered(timings=timings, scratch_fd=fds[0] if fds else None, student=student)


def tell_end(line: socket.socket, code: int) -> None:
    """Say how the student's process ended: its exit code, or minus the signal."""
    with contextlib.suppress(OSError):  # the server may have gone
        line.send(str(code).encode())
