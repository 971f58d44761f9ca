"""Run a command under a deadline and a memory limit, and leave nothing of it behind.

For processes that are not sandboxed. Descendants are watched by polling, so one that detaches itself between two looks
is found only at the end, by the token in its environment; one that also changes its environment escapes.
"""

import contextlib
import os
import secrets
import select
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from mlsafety_grader.model import Usage

TOKEN = "MLSAFETY_RUN"
LOOK_EVERY_S = 0.1
OUTPUT_TAIL = 1 << 16
MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended. `cause` is None when it ended by itself, else `timeout`, `memory` or `stopped`."""

    returncode: int
    cause: str | None
    output: str
    usage: Usage


def run_supervised(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    limit_s: float,
    memory_mib: int,
    stop: threading.Event,
) -> Ended:
    """Run `argv` to its end or to a limit, whichever comes first.

    Args:
        argv: the command; standard input is closed, output is read and its last 64 KiB are kept.
        cwd: its working directory.
        env: its whole environment.
        limit_s: wall seconds.
        memory_mib: private resident memory of the whole process tree, MiB.
        stop: set from another thread to end it early.
    """
    token = secrets.token_hex(16)
    started = time.monotonic()
    process = subprocess.Popen(
        argv,
        cwd=cwd,
        env={**env, TOKEN: token},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    watch = _Watch(process)
    cause = None
    try:
        while not watch.look(LOOK_EVERY_S):
            if stop.is_set():
                cause = "stopped"
            elif time.monotonic() - started > limit_s:
                cause = "timeout"
            elif watch.peak_mib > memory_mib:
                cause = "memory"
            if cause:
                break
    finally:
        watch.kill_all(token)
    usage = Usage(wall_s=time.monotonic() - started, cpu_s=watch.cpu_s, peak_memory_mib=round(watch.peak_mib, 1))
    return Ended(returncode=watch.returncode, cause=cause, output=watch.output(), usage=usage)


class _Watch:
    """What is known of a running process tree."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            raise ValueError("the process must have a pipe as its output")
        self._process = process
        self._pipe = process.stdout
        self._tail = bytearray()
        self._seen: dict[int, psutil.Process] = {}
        self._is_reaped = False
        self.peak_mib = 0.0
        self.cpu_s = 0.0
        self.returncode = -1

    def look(self, wait_s: float) -> bool:
        """Read what was printed, add up memory, and say whether the process has ended."""
        deadline = time.monotonic() + wait_s
        while (left := deadline - time.monotonic()) > 0:
            if not self._read(left) and self._reap(os.WNOHANG):
                return True
        self._measure()
        return self._reap(os.WNOHANG)

    def output(self) -> str:
        """The end of what was printed."""
        return self._tail.decode(errors="replace")

    def kill_all(self, token: str) -> None:
        """Kill the process, every descendant that was seen, and every process that carries the token."""
        self._measure()
        for process in [*self._seen.values(), *_bearers(token)]:
            with contextlib.suppress(psutil.Error):
                process.kill()
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._reap(0)
        while self._read(0):
            pass
        self._pipe.close()

    def _read(self, wait_s: float) -> bool:
        if self._pipe.closed:
            time.sleep(min(wait_s, LOOK_EVERY_S))
            return False
        ready, _, _ = select.select([self._pipe], [], [], wait_s)
        data = os.read(self._pipe.fileno(), OUTPUT_TAIL) if ready else b""
        if ready and not data:
            self._pipe.close()
        self._tail += data
        del self._tail[:-OUTPUT_TAIL]
        return bool(data)

    def _reap(self, options: int) -> bool:
        if not self._is_reaped:
            try:
                pid, status, usage = os.wait4(self._process.pid, options)
            except ChildProcessError:
                self._is_reaped = True
                return True
            if pid:
                self._is_reaped = True
                self.cpu_s = usage.ru_utime + usage.ru_stime
                self.returncode = os.waitstatus_to_exitcode(status)
                self._process.returncode = self.returncode  # Popen must not wait for a pid that is gone
        return self._is_reaped

    def _measure(self) -> None:
        private = 0
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(self._process.pid)
            for process in [root, *root.children(recursive=True)]:
                self._seen.setdefault(process.pid, process)
                with contextlib.suppress(psutil.Error):
                    memory = process.memory_info()
                    private += memory.rss - memory.shared
        self.peak_mib = max(self.peak_mib, private / MIB)


def _bearers(token: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(TOKEN) == token:
                found.append(process)
    return found
