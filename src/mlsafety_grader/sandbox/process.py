"""What every level does to a freshly forked process: descriptors, signals, environment, reaping."""

import gc
import os
import signal
import tempfile
from collections.abc import Callable, Iterable
from typing import NoReturn

from mlsafety_grader.sandbox import privileges
from mlsafety_grader.sandbox.plan import environment

HIGHEST_FD = 1 << 20


def close_descriptors(keep: Iterable[int]) -> None:
    """Close every descriptor but `keep`; 0, 1 and 2 become /dev/null."""
    silence()
    next_fd = 3
    for fd in sorted(keep):
        os.closerange(next_fd, fd)
        next_fd = fd + 1
    os.closerange(next_fd, HIGHEST_FD)


def silence() -> None:
    """Point 0, 1 and 2 at the /dev/null of the present root."""
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    if null > 2:
        os.close(null)


def reset_signals() -> None:
    """Give every signal its default action and block none."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):  # libc's own
            continue
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # as Python starts: EPIPE and EFBIG instead of death
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def replace_environment(home: str, temporary: str) -> None:
    """Forget the server's environment, in memory too, and what was derived from it."""
    os.environ.clear()
    privileges.hide_environment()
    os.environ.update(environment(home, temporary))
    tempfile.tempdir = None  # it remembers the server's
    os.umask(0o077)


def mark_as_victim() -> None:
    """Have the kernel take this process, not the host's, when the machine runs out of memory."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write("1000")
    except OSError:  # an older kernel or a read-only /proc: a comfort, no wall
        return


def run_and_exit(run: Callable[[], None]) -> NoReturn:
    """Call `run` and end without the server's exit handlers."""
    code = 1
    try:
        gc.enable()
        run()
        code = 0
    except SystemExit as e:
        code = e.code if isinstance(e.code, int) else 1
    finally:
        os._exit(code & 0xFF)


def exit_like(status: int) -> NoReturn:
    """End with a waited child's exit code, or with 128 plus the signal that ended it."""
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)
