"""The two warm servers of the isolated engine: each exec'd with an empty environment and one descriptor.

A server that has died is noticed when it is asked for something, and replaced.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from mlsafety_grader.errors import EngineError

READY_LIMIT_S = 120


class Server:
    """One warm server, started when it is first asked for something."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._home = tempfile.TemporaryDirectory(prefix="mlsafety-server-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """Its process; None while it does not run."""
        return None if self._process is None else self._process.pid

    def ask(self, request: msgspec.Struct, fds: Sequence[int]) -> None:
        """Hand over a request with its descriptors; start or replace the server first when it is not there.

        Raises:
            EngineError: no server can be started.
        """
        data = msgspec.msgpack.encode(request)
        with self._lock:
            for _ in range(2):
                control = self._running()
                try:
                    socket.send_fds(control, [data], list(fds))
                except OSError:
                    self._stop()
                else:
                    return
            told = _last_words(Path(self._home.name))
        raise EngineError(f"{self._module} does not stay up: {told}", hint="run `mlsafety doctor`")

    def close(self) -> None:
        """End the server; what it runs ends with it."""
        with self._lock:
            self._stop()
            self._home.cleanup()

    def _running(self) -> socket.socket:
        if self._process is None or self._control is None or self._process.poll() is not None:
            self._stop()
            self._process, self._control = _start(self._module, Path(self._home.name))
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._control = None


def _start(module: str, home: Path) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, (home / "stderr.txt").open("wb") as errors:
        number = theirs.fileno()
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _LAUNCH, str(number), module],
            cwd="/",
            env={
                "PATH": os.defpath,
                "LANG": "C.UTF-8",
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
                "MKL_NUM_THREADS": "1",
                "MPLBACKEND": "agg",
                "HOME": str(home),
                "MPLCONFIGDIR": str(home),
                "IPYTHONDIR": str(home),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(number,),
            start_new_session=True,
        )
    ours.settimeout(READY_LIMIT_S)
    try:
        answer = ours.recv(1 << 16)
    except OSError:
        answer = b""
    ours.settimeout(None)
    if not answer:
        process.kill()
        process.wait()
        ours.close()
        raise EngineError(f"{module} does not start: {_last_words(home)}", hint="run `mlsafety doctor`")
    return process, ours


def _last_words(home: Path) -> str:
    """Return the last line that a server wrote to its standard error."""
    try:
        lines = (home / "stderr.txt").read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        lines = []
    return next((line.strip()[:500] for line in reversed(lines) if line.strip()), "it says nothing")


# The control socket becomes descriptor 3 whatever number it had, and nothing else is inherited.
_LAUNCH = """
import os, runpy, sys
number, module = int(sys.argv[1]), sys.argv[2]
if number != 3:
    os.dup2(number, 3)
    os.close(number)
sys.argv = [module]
from mlsafety_grader.sandbox.forking import reserve
reserve()
runpy.run_module(module, run_name="__main__")
"""
