"""Who the student's code is: an unprivileged id without capabilities, and without a way to get any."""

import errno
import os
import resource
import stat
from collections.abc import Iterable
from pathlib import Path

from mlsafety_grader.sandbox import libc

_SETPCAP, _SYS_ADMIN, _DAC_READ_SEARCH = 8, 21, 2
_LOCKED_BITS = 0xEF  # root and setuid mean nothing, kept and ambient capabilities are out of reach, all locked
_AMBIENT_RAISE, _AMBIENT_CLEAR = 2, 4
_LAST_POSSIBLE = 63


def become(uid: int, gid: int, *, keep_groups: bool = False, keep_capabilities: Iterable[int] = ()) -> None:
    """Change all ids; keep exactly the named capabilities (effective and permitted)."""
    kept = sum(1 << number for number in keep_capabilities)
    if kept:
        libc.prctl(libc.PR_SET_KEEPCAPS, 1)
    if not keep_groups:
        os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    libc.set_capabilities(kept)


def become_inside(uid: int, *, keep_groups: bool) -> None:
    """Change to the mapped id of our user namespace with what building the root needs."""
    become(uid, uid, keep_groups=keep_groups, keep_capabilities=(_SYS_ADMIN, _SETPCAP))


def become_other(uid: int, gid: int, *, read_all: bool) -> None:
    """Change to another id of the host.

    With `read_all` one capability stays: to pass folders that only root may (a Python below /root). What may be
    read is then up to Landlock alone, as it is for a server that is not root.
    """
    become(uid, gid, keep_capabilities=(_SETPCAP, *((_DAC_READ_SEARCH,) if read_all else ())))


def drop(*, read_all: bool = False) -> None:
    """Give up every capability, now and for programs to come. Without CAP_SETPCAP `no_new_privs` alone sees to the
    latter.
    """
    libc.prctl(libc.PR_CAP_AMBIENT, _AMBIENT_CLEAR)
    kept = {_DAC_READ_SEARCH} if read_all else set()
    for number in range(_LAST_POSSIBLE + 1):
        if number in kept:
            continue
        try:
            libc.prctl(libc.PR_CAPBSET_DROP, number)
        except OSError as e:
            if e.errno in {errno.EINVAL, errno.EPERM}:  # past the last one; not ours to drop
                break
            raise
    mask = sum(1 << number for number in kept)
    libc.set_capabilities(mask | 1 << _SETPCAP if _has_setpcap() else mask, inheritable=mask)
    if read_all:
        libc.prctl(libc.PR_CAP_AMBIENT, _AMBIENT_RAISE, _DAC_READ_SEARCH)
    if _has_setpcap():
        libc.prctl(libc.PR_SET_SECUREBITS, _LOCKED_BITS)
    libc.set_capabilities(mask, inheritable=mask)
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)


def is_reachable(paths: Iterable[Path]) -> bool:
    """Tell whether an id that owns nothing can get to every path."""
    folders = {parent for path in paths for name in (path, path.resolve()) for parent in name.parents}
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def hide_environment() -> None:
    """Wipe the environment that the server was started with from this process' memory (`/proc/self/environ`)."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start and env_end are fields 50 and 51
    if 0 < start < end <= start + (resource.getrlimit(resource.RLIMIT_STACK)[0] & 0xFFFFFFFF):
        libc.wipe(start, end - start)


def _has_setpcap() -> bool:
    status = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace")
    line = next(row for row in status.splitlines() if row.startswith("CapEff:"))
    return bool(int(line.split()[1], 16) & 1 << _SETPCAP)
