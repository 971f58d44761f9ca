"""What a sandbox is to be (`Plan`), and what the server holds of one that runs (`Sandbox`)."""

import socket
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from mlsafety_grader.errors import EngineError
from mlsafety_grader.sandbox.levels import Level

INSIDE_UID = 1000
HOME = Path("/home/student")

_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/sys/devices/system/cpu",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
)


class SandboxError(EngineError):
    """A sandbox could not be entered or ended as planned; no student code ran unprotected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One sandbox: what it may see and use.

    `work_mib` bounds everything it writes (home, /tmp and /dev/shm together), `max_processes` processes and threads,
    `max_files` open descriptors, `cpu_s` processor seconds per process (0: none). `outside_uid` and `outside_gid`
    are what it runs as on the host when the server is root. `keep_fds` stay open under their numbers. A sandbox that
    `is_held` outlives the student's process, so that what this left running can be talked to; else it ends with it.
    `work_root` is where `reduced` and `off` make their work folders. `landlock_abi` overrides what the kernel says, to
    try out older ones.
    """

    level: Level
    read_only: tuple[Path, ...] = field(default_factory=lambda: default_read_only())
    work_mib: int = 512
    memory_mib: int = 2048
    max_processes: int = 64
    max_files: int = 256
    max_file_mib: int = 512
    cpu_s: int = 0
    outside_uid: int = 65534
    outside_gid: int = 65534
    keep_fds: tuple[int, ...] = ()
    is_held: bool = False
    work_root: Path = Path("/tmp")  # noqa: S108  a fresh 0700 folder is made in it
    landlock_abi: int | None = None

    def __post_init__(self) -> None:
        if min(self.work_mib, self.memory_mib, self.max_processes, self.max_files, self.max_file_mib) < 1:
            raise SandboxError("a sandbox limit is below 1", hint="limits of a plan are positive whole numbers")
        if min(self.outside_uid, self.outside_gid) < 1:
            raise SandboxError(
                "a sandbox must not run as root", hint="choose an unprivileged outside_uid and outside_gid"
            )
        if any(fd < 3 for fd in self.keep_fds):
            raise SandboxError("descriptors 0, 1 and 2 cannot be kept", hint="pass duplicates with higher numbers")
        if any(not path.is_absolute() for path in self.read_only):
            raise SandboxError("a read-only path is relative", hint="name it from the root")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A running sandbox. When the process `pid` dies everything in it dies.

    `scratch_fd` refers to the private tmpfs (strict); `work_dir` is the folder on disk (reduced, off). `timings` holds
    (step, milliseconds) as measured while entering. `student_fd` is a pidfd of the student's process. When the sandbox
    is held, the exit code of the student's process (minus the signal that ended it) comes through `line` as text.
    """

    pid: int
    plan: Plan
    student_fd: int | None = None
    line: socket.socket | None = None
    scratch_fd: int | None = None
    work_dir: Path | None = None
    cgroup: Path | None = None
    timings: tuple[tuple[str, float], ...] = ()


def default_read_only() -> tuple[Path, ...]:
    """Return what Python and ordinary programs need of this host: never the project's sources, courses or releases."""
    wanted = [sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix, *_SYSTEM]
    wanted += [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    found = {Path(path) for path in wanted if path and Path(path).exists()}
    return tuple(sorted(path for path in found if not any(parent in found for parent in path.parents)))


def environment(home: str, temporary: str) -> dict[str, str]:
    """Return the whole environment of student code; nothing is inherited."""
    return {
        "PATH": ":".join((str(Path(sys.prefix) / "bin"), "/usr/local/bin", "/usr/bin", "/bin")),
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "SHELL": "/bin/sh",
        "LANG": "C.UTF-8",
        "TMPDIR": temporary,
        "MPLCONFIGDIR": f"{temporary}/matplotlib",
        "XDG_CACHE_HOME": f"{temporary}/cache",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
