"""Enter a sandbox with namespaces.

    server ─clone(user, mount, pid, net, ipc, uts, cgroup)─► init (pid 1 inside)      loopback, host name, private root,
                                                              │                       unprivileged id, no capabilities
                                                              └─fork─► student's (2)  limits, Landlock, seccomp;
                                                              then run()

Init only reaps. It ends when the student's process ends (unless the sandbox is held) or the server does, and the kernel
then kills all that is left.
"""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from mlsafety_grader.sandbox import landlock, libc, namespaces, privileges, process, rlimits, root, seccomp, status
from mlsafety_grader.sandbox.plan import HOME, INSIDE_UID, Plan

_TEMPORARY = Path("/tmp")  # noqa: S108  inside the private root
POLICY = seccomp.Policy()


def be_init(
    plan: Plan,
    run: Callable[[], None],
    *,
    line: socket.socket,
    steps: status.Steps,
    own_ids: tuple[int, int] | None,
    code: bytes,
) -> NoReturn:
    """Build the sandbox around this process, start the student's and reap until it ends.

    Args:
        plan: the sandbox's plan.
        run: what the student's process does.
        line: our end of the line to the server.
        steps: the record of layers.
        own_ids: uid and gid outside when we must map ourselves; None when the server, being root, does it.
        code: the system call filter.
    """
    steps.mark("fork")
    _close(plan, line)
    status.await_go(line)
    if own_ids is not None:
        libc.prctl(libc.PR_SET_DUMPABLE, 1)  # else our /proc/self/uid_map is root's
        namespaces.write_maps(None, uid=own_ids[0], gid=own_ids[1])
    steps.mark("user")
    os.setsid()
    process.mark_as_victim()
    steps.run("net", namespaces.raise_loopback)
    steps.run("uts", namespaces.name_host)
    _enter_root(plan, steps, keep_groups=own_ids is not None)
    steps.run("capabilities", privileges.drop)
    process.reset_signals()
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the ids: changing them clears it
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    status.exit_if_orphaned(line)
    child = os.fork()
    if child == 0:
        _be_student(plan, run, line=line, steps=steps, code=code)
    process.close_descriptors((line.fileno(),) if plan.is_held else ())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    seccomp.install(code)
    _reap(child, line if plan.is_held else None)


def _reap(child: int, line: socket.socket | None) -> NoReturn:
    while True:
        try:
            pid, ended = os.waitpid(-1, 0)
        except ChildProcessError:  # held, and nothing is left that could ever have children
            signal.pause()
            continue
        if pid == child and line is None:
            process.exit_like(ended)
        if pid == child and line is not None:
            status.tell_end(line, os.waitstatus_to_exitcode(ended))


def _close(plan: Plan, line: socket.socket) -> None:
    process.close_descriptors((line.fileno(), *plan.keep_fds))


def _enter_root(plan: Plan, steps: status.Steps, *, keep_groups: bool) -> None:
    steps.current = "root"
    sources = root.open_sources(plan)
    steps.mark("mount")
    privileges.become_inside(INSIDE_UID, keep_groups=keep_groups)
    root.build(plan, sources)
    steps.mark("root")


def _be_student(
    plan: Plan, run: Callable[[], None], *, line: socket.socket, steps: status.Steps, code: bytes
) -> NoReturn:
    try:
        steps.mark("second fork")
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        libc.prctl(libc.PR_SET_DUMPABLE, 1)  # its own /proc/self stays readable to it
        process.silence()  # the old root's device was still open
        os.chdir(HOME)
        process.replace_environment(str(HOME), str(_TEMPORARY))
        scratch_fd = os.open(_TEMPORARY, os.O_PATH | os.O_CLOEXEC)
        steps.run("limits", lambda: rlimits.enter(plan))
        steps.run("landlock", lambda: _enter_landlock(plan))
        steps.run("seccomp", lambda: seccomp.install(code))
        status.report_entered(line, steps, scratch_fd)
        os.close(scratch_fd)
    except BaseException as e:
        status.report_failure(line, steps, e)
        os._exit(1)
    process.run_and_exit(run)


def _enter_landlock(plan: Plan) -> None:
    """The second wall: optional here, since the private root is the first."""
    abi = landlock.find_abi() if plan.landlock_abi is None else plan.landlock_abi
    if abi:
        rules = landlock.Rules(read=(Path("/"),), write=(HOME, _TEMPORARY, Path("/dev")))  # this root, not another
        landlock.enter(rules, abi=abi)
