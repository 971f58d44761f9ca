"""cgroup v2 limits on memory and processes, where this host lets us make a group of our own.

A group needs a parent that we may write to and that hands the memory and pids controllers down: systemd's
`Delegate=yes`, a container with a writable cgroup file system. Version 1 is not used: the kernel is giving it up.
"""

import contextlib
import os
import time
from pathlib import Path

from mlsafety_grader.sandbox.plan import Plan

_NEEDED = frozenset({"memory", "pids"})
_REMOVE_TRIES, _REMOVE_PAUSE_S = 200, 0.005


def find_parent(proc_self: Path = Path("/proc/self")) -> Path | None:
    """Return the group in which ours can be made: our own or the one above it. None without any."""
    root = _mount_point((proc_self / "mountinfo").read_text(encoding="utf-8"))
    own = _own_group((proc_self / "cgroup").read_text(encoding="utf-8"))
    if root is None or own is None:
        return None
    group = root / own.lstrip("/")
    candidates = (group, group.parent) if group != root else (group,)
    return next((candidate for candidate in candidates if _is_delegated(candidate)), None)


def create(parent: Path, name: str, plan: Plan) -> Path:
    """Make a group with the plan's limits."""
    group = parent / name
    group.mkdir()
    limits = {
        "memory.max": str((plan.memory_mib + plan.work_mib) << 20),  # files in a tmpfs are charged here too
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": str(plan.max_processes + 1),  # our init
    }
    try:
        for file, value in limits.items():
            if file != "memory.swap.max" or (group / file).exists():  # a kernel without swap accounting
                (group / file).write_text(value, encoding="ascii")
    except OSError:
        group.rmdir()
        raise
    return group


def add(group: Path, pid: int) -> None:
    """Move a process, and so what it will start, into the group."""
    (group / "cgroup.procs").write_text(str(pid), encoding="ascii")


def destroy(group: Path) -> None:
    """Kill what is left in the group and remove it.

    Raises:
        OSError: it cannot be removed.
    """
    with contextlib.suppress(FileNotFoundError):  # cgroup.kill is newer than cgroup v2
        if (group / "cgroup.kill").exists():
            (group / "cgroup.kill").write_text("1", encoding="ascii")
    for remaining in reversed(range(_REMOVE_TRIES)):
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            if not remaining:
                raise
            time.sleep(_REMOVE_PAUSE_S)
        else:
            return


def _mount_point(mountinfo: str) -> Path | None:
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        if after.split(" ", 1)[0] == "cgroup2":
            return Path(before.split()[4])
    return None


def _own_group(text: str) -> str | None:
    return next((line[3:] for line in text.splitlines() if line.startswith("0::")), None)


def _is_delegated(group: Path) -> bool:
    try:
        handed_down = (group / "cgroup.subtree_control").read_text(encoding="ascii").split()
    except OSError:
        return False
    return set(handed_down) >= _NEEDED and os.access(group, os.W_OK) and os.access(group / "cgroup.procs", os.W_OK)
