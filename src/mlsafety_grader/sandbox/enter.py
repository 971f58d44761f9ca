"""Start and end sandboxes. This is the only module that the server needs.

`fork_sandboxed` fails closed: unless every layer of the level was entered, `run` is never called.
"""

import gc
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from mlsafety_grader.sandbox import cgroup, libc, namespaces, plain, processes, root, seccomp, status, strict
from mlsafety_grader.sandbox.levels import Level
from mlsafety_grader.sandbox.plan import Plan, Sandbox, SandboxError
from mlsafety_grader.sandbox.workdir import make_work_dir, remove_work_dir

_END_S = plain.SWEEP_S + 5.0
_STILL_THERE = -1


def fork_sandboxed(plan: Plan, run: Callable[[], None]) -> Sandbox:
    """Fork, enter every layer of the plan's level and call `run` inside; return at once in the caller.

    `run` gets a process that leads its own session and is not pid 1; when it returns or raises, the sandbox ends
    with code 0 or 1. The caller must have one thread, and ends the sandbox with `kill_sandbox` even after it has
    ended by itself. In `reduced` and `off` the caller becomes a subreaper, so that nothing escapes from it.

    Raises:
        SandboxError: a layer could not be entered; nothing is left behind.
    """
    _require_one_thread()
    near, far = status.make_line()
    start = _start_strict if plan.level is Level.STRICT else _start_plain
    with far:
        try:
            sandbox = start(plan, run, near, far)
        except BaseException:
            near.close()
            raise
    if sandbox.line is None:
        near.close()
    return sandbox


def kill_sandbox(sandbox: Sandbox) -> int | None:
    """Kill everything in the sandbox, wait for it and remove what it left on this host.

    Returns:
        The exit code of the student's process (128 plus the signal when one ended it, 137 or 143 when we did), or
        None when somebody else has waited for it already.

    Raises:
        SandboxError: something could not be ended or removed.
    """
    try:
        code = _end(sandbox)
    finally:
        for fd in (sandbox.scratch_fd, sandbox.student_fd):
            if fd is not None:
                os.close(fd)
        if sandbox.line is not None:
            sandbox.line.close()
    try:
        if sandbox.cgroup is not None:
            cgroup.destroy(sandbox.cgroup)
        if sandbox.work_dir is not None:
            remove_work_dir(sandbox.work_dir)
    except OSError as e:
        raise SandboxError(f"sandbox {sandbox.pid}: cannot be cleaned up: {e}", hint="remove it by hand") from e
    return code


def _start_strict(plan: Plan, run: Callable[[], None], near: socket.socket, far: socket.socket) -> Sandbox:
    is_root = os.geteuid() == 0
    own_ids = None if is_root else (os.geteuid(), os.getegid())
    steps = status.Steps()
    try:
        code = seccomp.compile_filter(strict.POLICY)
        root.find_targets(plan.read_only)  # remembered, so that no child works it out again
        pid = libc.clone(namespaces.all_flags())
    except OSError as e:
        raise SandboxError(f"sandbox namespaces: {e}", hint="run `mlsafety doctor`") from None
    if pid == 0:
        near.detach()
        _guard(lambda: strict.be_init(plan, run, line=far, steps=steps, own_ids=own_ids, code=code), far, steps)
    far.close()

    def admit() -> None:
        if is_root:
            namespaces.write_maps(pid, uid=plan.outside_uid, gid=plan.outside_gid)

    return _admit(plan, pid, near, admit, None)


def _start_plain(plan: Plan, run: Callable[[], None], near: socket.socket, far: socket.socket) -> Sandbox:
    confinement = plain.decide(plan)
    libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
    work_dir = make_work_dir(plan.work_root, owner=confinement.ids)
    steps = status.Steps()
    pid = os.fork()
    if pid == 0:
        near.detach()
        _guard(
            lambda: plain.supervise(plan, run, line=far, steps=steps, confinement=confinement, work_dir=work_dir),
            far,
            steps,
        )
    far.close()
    return _admit(plan, pid, near, lambda: None, work_dir)


def _admit(plan: Plan, pid: int, near: socket.socket, admit: Callable[[], None], work_dir: Path | None) -> Sandbox:
    """Let the child go on and wait for its report; on any failure leave nothing behind."""
    sandbox = Sandbox(pid=pid, plan=plan, work_dir=work_dir)
    try:
        parent = None if plan.level is Level.OFF else cgroup.find_parent()
        if parent is not None:
            group = cgroup.create(parent, f"mlsafety-{pid}", plan)
            sandbox = Sandbox(pid=pid, plan=plan, work_dir=work_dir, cgroup=group)
            cgroup.add(group, pid)
        admit()
        status.give_go(near)
        entered = status.await_report(near)
        student_fd = _open_process(entered.student)
    except (OSError, SandboxError) as e:
        kill_sandbox(sandbox)
        if isinstance(e, SandboxError):
            raise
        raise SandboxError(f"sandbox: {e}", hint="run `mlsafety doctor`") from e
    return Sandbox(
        pid=pid,
        plan=plan,
        student_fd=student_fd,
        line=near if plan.is_held else None,
        work_dir=work_dir,
        cgroup=sandbox.cgroup,
        scratch_fd=entered.scratch_fd,
        timings=entered.timings,
    )


def _open_process(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:  # it has ended already
        return None


def _guard(act: Callable[[], NoReturn], line: socket.socket, steps: status.Steps) -> NoReturn:
    """Run the child's part; it must never return into the server's code."""
    gc.disable()  # a collection would write to, and so copy, every page that holds objects
    try:
        act()
    except BaseException as e:
        status.report_failure(line, steps, e)
    finally:
        os._exit(1)


def _end(sandbox: Sandbox) -> int | None:
    """Strict: the kernel kills a pid namespace with its init. Else the supervisor sweeps, and we do when it cannot."""
    if sandbox.plan.level is Level.STRICT:
        _signal(sandbox.pid, signal.SIGKILL)
        return _wait(sandbox.pid, time.monotonic() + _END_S)
    _signal(sandbox.pid, signal.SIGTERM)
    code = _wait(sandbox.pid, time.monotonic() + _END_S, patient=True)
    if code == _STILL_THERE:
        swept = processes.sweep(sandbox.pid, deadline_s=_END_S)
        _signal(sandbox.pid, signal.SIGKILL)
        code = _wait(sandbox.pid, time.monotonic() + _END_S)
        if not swept:
            raise SandboxError(f"sandbox {sandbox.pid}: some of its processes could not be killed")
    return code


def _wait(pid: int, until: float, *, patient: bool = False) -> int | None:
    try:
        if _ends_before(pid, until):
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            return code if code >= 0 else 128 - code
    except (ChildProcessError, ProcessLookupError):
        return None
    if patient:
        return _STILL_THERE
    raise SandboxError(f"sandbox {pid}: it does not die", hint="look for a hung mount or driver on this host")


def _ends_before(pid: int, until: float) -> bool:
    fd = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        return bool(poll.poll(max(0.0, until - time.monotonic()) * 1000))
    finally:
        os.close(fd)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _require_one_thread() -> None:
    """A fork of several threads leaves locks held for ever, and libc's fork handlers waiting for threads that are
    gone.
    """
    threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208
    if threads != 1:
        raise SandboxError(
            f"the server has {threads} threads and cannot fork a sandbox",
            hint="set OMP_NUM_THREADS=1, OPENBLAS_NUM_THREADS=1 and MKL_NUM_THREADS=1 for it and start no thread",
        )
