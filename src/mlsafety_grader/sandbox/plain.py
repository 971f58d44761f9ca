"""Enter a sandbox without namespaces: level `reduced`, and `off` with nothing but limits.

    server ─fork─► supervisor ─fork─► student's    another id when the server is root, limits, Landlock, seccomp;
                   (subreaper)                     then run()

The supervisor never meets student data. It outlives the student's process only to kill what that left behind (at once,
or when it is asked to if the sandbox is held): orphans become its children, because it is their subreaper. It does the
same when the server asks it to (SIGTERM) or dies.
"""

import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from mlsafety_grader.sandbox import landlock, libc, privileges, process, processes, rlimits, seccomp, status
from mlsafety_grader.sandbox.levels import Level
from mlsafety_grader.sandbox.plan import Plan, SandboxError

SWEEP_S = 10.0
_READABLE = tuple(
    Path(path)
    for path in (
        "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/uptime", "/proc/loadavg", "/proc/version",
        "/dev/full", "/dev/random", "/dev/urandom", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf",
    )
)  # fmt: skip
_TRUNCATE_ABI = 3
_WAITED = (signal.SIGCHLD, signal.SIGTERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """How the student's process is confined, decided before the fork."""

    ids: tuple[int, int] | None
    read_all: bool
    abi: int
    processes_of_id: int


def decide(plan: Plan) -> Confinement:
    """Return how to confine on this host.

    Raises:
        SandboxError: `reduced` was asked for and Landlock cannot carry it.
    """
    is_root = os.geteuid() == 0
    if plan.level is Level.OFF:
        running = 0 if is_root else processes.count_threads_of(os.geteuid())
        return Confinement(ids=None, read_all=False, abi=0, processes_of_id=running)
    abi = landlock.find_abi() if plan.landlock_abi is None else plan.landlock_abi
    if abi < (1 if is_root else _TRUNCATE_ABI):
        raise SandboxError(
            f"sandbox layer landlock: version {abi} cannot protect this host's files",
            hint="use Linux 6.2 or newer with landlock among the active security modules, or start as root",
        )
    ids = (plan.outside_uid, plan.outside_gid) if is_root else None
    return Confinement(
        ids=ids,
        read_all=ids is not None and not privileges.is_reachable(plan.read_only),
        abi=abi,
        processes_of_id=processes.count_threads_of(ids[0] if ids else os.geteuid()),
    )


def policy(confinement: Confinement, pid: int) -> seccomp.Policy:
    """Return what the filter must make up for: no namespaces at all."""
    same_id = confinement.ids is None
    unscoped = same_id and confinement.abi < landlock.SCOPE_ABI
    return seccomp.Policy(network=False, foreign_pids=True, signals=pid if unscoped else 0, metadata=same_id)


def supervise(
    plan: Plan,
    run: Callable[[], None],
    *,
    line: socket.socket,
    steps: status.Steps,
    confinement: Confinement,
    work_dir: Path,
) -> NoReturn:
    """Start the student's process and wait; sweep what it leaves."""
    steps.mark("fork")
    process.reset_signals()
    signal.pthread_sigmask(signal.SIG_BLOCK, _WAITED)
    process.close_descriptors((line.fileno(), *plan.keep_fds))
    os.setsid()
    libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGTERM)
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    status.await_go(line)
    status.exit_if_orphaned(line)
    child = os.fork()
    if child == 0:
        _be_student(plan, run, line=line, steps=steps, confinement=confinement, work_dir=work_dir)
    process.close_descriptors((line.fileno(),) if plan.is_held else ())
    _wait_and_sweep(child, line if plan.is_held else None)


def _wait_and_sweep(child: int, line: socket.socket | None) -> NoReturn:
    ended: int | None = None
    while (ended is None or line is not None) and signal.sigwait(_WAITED) != signal.SIGTERM:
        while (reaped := _reap_one()) is not None:
            if reaped[0] == child:
                ended = reaped[1]
                if line is not None:
                    status.tell_end(line, os.waitstatus_to_exitcode(ended))
    processes.sweep(os.getpid(), deadline_s=SWEEP_S)
    if ended is None:
        os._exit(128 + signal.SIGTERM)
    process.exit_like(ended)


def _reap_one() -> tuple[int, int] | None:
    try:
        pid, ended = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    return (pid, ended) if pid else None


def _be_student(
    plan: Plan,
    run: Callable[[], None],
    *,
    line: socket.socket,
    steps: status.Steps,
    confinement: Confinement,
    work_dir: Path,
) -> NoReturn:
    try:
        steps.mark("second fork")
        process.reset_signals()
        os.setsid()
        home, temporary = work_dir / "home", work_dir / "tmp"
        libc.prctl(libc.PR_SET_DUMPABLE, 1)
        process.mark_as_victim()
        steps.run("identity", lambda: _change_identity(confinement))
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        libc.prctl(libc.PR_SET_DUMPABLE, 1)  # again: a change of id takes it away
        os.chdir(home)
        process.replace_environment(str(home), str(temporary))
        steps.run("limits", lambda: rlimits.enter(plan, already_running=confinement.processes_of_id))
        if plan.level is Level.REDUCED:
            steps.run("capabilities", lambda: privileges.drop(read_all=confinement.read_all))
            steps.run("landlock", lambda: _enter_landlock(plan, confinement, (home, temporary)))
            code = seccomp.compile_filter(policy(confinement, os.getpid()))
            steps.run("seccomp", lambda: seccomp.install(code))
        status.report_entered(line, steps, None)
    except BaseException as e:
        status.report_failure(line, steps, e)
        os._exit(1)
    process.run_and_exit(run)


def _change_identity(confinement: Confinement) -> None:
    if confinement.ids is not None:
        privileges.become_other(*confinement.ids, read_all=confinement.read_all)


def _enter_landlock(plan: Plan, confinement: Confinement, writable: tuple[Path, ...]) -> None:
    """Nothing of /proc but a few host figures and this process itself; nothing of /dev/shm, which others share."""
    own = Path(f"/proc/{os.getpid()}")
    rules = landlock.Rules(read=(*plan.read_only, *_READABLE, own), write=(*writable, Path("/dev/null")), deny_tcp=True)
    landlock.enter(rules, abi=confinement.abi)
