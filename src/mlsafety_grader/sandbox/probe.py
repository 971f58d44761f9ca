"""Find out what walls this host offers, by trying each in a forked child. Costs some tens of milliseconds: ask once.

Attempts are real because no file says it reliably: AppArmor lets a process make a user namespace and then
forbids everything in it; a container's seccomp profile refuses calls that the kernel has.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.errors import GraderError
from mlsafety_grader.sandbox import cgroup, landlock, libc, namespaces, seccomp
from mlsafety_grader.sandbox.enter import fork_sandboxed, kill_sandbox
from mlsafety_grader.sandbox.levels import Layer, Level, State
from mlsafety_grader.sandbox.plan import Plan

_MAX_REASON = 4096
_NEEDS_LINUX = "use Linux 5.12 or newer"
_REDUCED_ABI = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Facts that explain a refusal, read below `root`."""

    root: Path = Path("/")

    @property
    def apparmor_restricts(self) -> bool:
        """Tell whether AppArmor forbids unprivileged user namespaces (Ubuntu 23.10 and newer)."""
        return self._sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1"

    @property
    def namespaces_disabled(self) -> str:
        """Return the setting that turns user namespaces off, if one does."""
        for name, value in (("kernel/unprivileged_userns_clone", "0"), ("user/max_user_namespaces", "0")):
            if self._sysctl(name) == value:
                return name.replace("/", ".")
        return ""

    @property
    def is_container(self) -> bool:
        """Tell whether this is a Docker or Podman container."""
        return (self.root / ".dockerenv").exists() or (self.root / "run/.containerenv").exists()

    @property
    def is_filtered(self) -> bool:
        """Tell whether a seccomp filter is already on this process."""
        try:
            status = (self.root / "proc/self/status").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return "\nSeccomp:\t2" in status

    def _sysctl(self, name: str) -> str:
        try:
            return (self.root / "proc/sys" / name).read_text(encoding="ascii").strip()
        except OSError:
            return ""


def probe() -> tuple[Layer, ...]:
    """Return every layer with its state, in the order in which a sandbox enters them."""
    host = Host()
    user = _layer("user", attempt(_make_user_namespace), host)
    rows = [user]
    rows += [_namespace(name, user, host) for name in namespaces.FLAGS if name != "user"]
    rows.append(_private_root(rows, host))
    rows.append(_layer("seccomp", attempt(_install_filter), host, remedy="use a kernel with CONFIG_SECCOMP_FILTER"))
    rows += _landlock_layers()
    rows.append(_other_id())
    rows.append(_cgroup_limits())
    return tuple(rows)


def attempt(act: Callable[[], object]) -> str:
    """Run `act` in a forked child; return why it failed, or an empty string."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            act()
            code = 0
        except OSError as e:
            os.write(writer, str(e).encode()[:_MAX_REASON])
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        reason = pipe.read(_MAX_REASON).decode(errors="replace")
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return reason or (f"the attempt ended with {code}" if code else "")


def explain(host: Host) -> str:
    """Return what to do about namespaces that are refused on this host."""
    if host.namespaces_disabled:
        value = "sysctl -w user.max_user_namespaces=15000"
        if host.namespaces_disabled.startswith("kernel."):
            value = "sysctl -w kernel.unprivileged_userns_clone=1"
        return f"{host.namespaces_disabled} is 0: run `{value}`"
    if host.apparmor_restricts and not host.is_container:
        return (
            "kernel.apparmor_restrict_unprivileged_userns is 1: run "
            "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, "
            "or give this Python an AppArmor profile with `userns,`"
        )
    if host.is_container or host.is_filtered:
        return (
            "a container's default seccomp profile (Docker's) refuses namespaces: start it with "
            "`--security-opt seccomp=unconfined --security-opt systempaths=unconfined` (and `apparmor=unconfined` "
            "where AppArmor is on), or use the level reduced"
        )
    return "use a kernel with user namespaces (CONFIG_USER_NS), or use the level reduced"


def _make_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    libc.prctl(libc.PR_SET_DUMPABLE, 1)
    libc.unshare(libc.CLONE_NEWUSER)
    namespaces.write_maps(None, uid=uid, gid=gid)


def _namespace(name: str, user: Layer, host: Host) -> Layer:
    if user.state is not State.ON:
        return Layer(name=name, state=State.MISSING, detail="needs the user namespace", remedy=user.remedy)
    return _layer(name, attempt(lambda: libc.unshare(libc.CLONE_NEWUSER | namespaces.FLAGS[name])), host)


def _private_root(rows: list[Layer], host: Host) -> Layer:
    """Enter a whole sandbox: mounts, /proc and the read-only flags have no simpler trial."""
    if any(row.state is not State.ON for row in rows if row.name != "cgroup"):
        return Layer(name="root", state=State.MISSING, detail="needs the namespaces", remedy=explain(host))
    try:
        kill_sandbox(fork_sandboxed(Plan(level=Level.STRICT), lambda: None))
    except GraderError as e:
        return Layer(name="root", state=State.MISSING, detail=e.message, remedy=f"{_NEEDS_LINUX}; {explain(host)}")
    return Layer(name="root", state=State.ON, detail="private read-only root, fresh /proc, size-limited tmpfs")


def _install_filter() -> None:
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(seccomp.compile_filter(seccomp.Policy()))


def _landlock_layers() -> list[Layer]:
    abi = landlock.find_abi()
    needed = 1 if os.geteuid() == 0 else _REDUCED_ABI
    remedy = "use Linux 6.2 or newer and put landlock among the security modules (`lsm=` on the kernel command line)"
    rows = [("landlock", needed, "files"), ("landlock-net", landlock.NETWORK_ABI, "TCP"),
            ("landlock-scope", landlock.SCOPE_ABI, "signals and abstract sockets")]  # fmt: skip
    return [
        Layer(name=name, state=State.ON, detail=f"{what}, version {abi}")
        if abi >= least
        else Layer(name=name, state=State.MISSING, detail=f"version {abi}, {what} need {least}", remedy=remedy)
        for name, least, what in rows
    ]


def _other_id() -> Layer:
    if os.geteuid() == 0:
        return Layer(name="other-id", state=State.ON, detail="student code runs as an unprivileged id outside as well")
    return Layer(
        name="other-id",
        state=State.MISSING,
        detail="not started as root: student code runs as the same user",
        remedy="only the level reduced leans on it: start as root there",
    )


def _cgroup_limits() -> Layer:
    parent = cgroup.find_parent()
    reason = "no writable cgroup v2 group hands down memory and pids"
    if parent is not None:
        reason = attempt(lambda: _try_group(parent))
        if not reason:
            return Layer(name="cgroup-limits", state=State.ON, detail=f"memory and processes, below {parent}")
    return Layer(
        name="cgroup-limits",
        state=State.MISSING,
        detail=f"{reason}; the watchdog bounds memory instead",
        remedy="run under `systemd-run --user --scope -p Delegate=yes`, or in a container with a writable cgroup v2",
    )


def _try_group(parent: Path) -> None:
    group = cgroup.create(parent, f"mlsafety-probe-{os.getpid()}", Plan(level=Level.REDUCED))
    pid = os.fork()
    if pid == 0:
        signal.pause()
        os._exit(0)
    try:
        cgroup.add(group, pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        cgroup.destroy(group)


def _layer(name: str, reason: str, host: Host, *, remedy: str = "") -> Layer:
    if not reason:
        return Layer(name=name, state=State.ON)
    return Layer(name=name, state=State.MISSING, detail=reason, remedy=remedy or explain(host))
