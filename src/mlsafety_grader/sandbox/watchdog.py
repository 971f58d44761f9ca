"""Measure a sandbox from outside, for hosts without a cgroup to do it. The trusted side calls this in a loop.

Memory is anonymous and shared memory that processes have mapped, and their page tables (reading untouched memory costs
nothing else). Pages shared by fork count once, and what was inherited from the server not at all, so that the same
submission is charged the same whatever runs beside it. Exact shares cost a walk over page tables: they are read only
when the cheap upper bound is above the limit.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.sandbox.plan import Plan, Sandbox
from mlsafety_grader.sandbox.processes import descendants
from mlsafety_grader.sandbox.workdir import measure_folder

_KIB_PER_MIB = 1024
_PAGE_TABLES = "VmPTE:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a sandbox uses now. `tasks` are processes and threads; `scratch_mib` is what lies in its work folders."""

    memory_mib: float
    tasks: int
    scratch_mib: float
    processes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inheritance:
    """Memory that every sandbox of a server has from it: how much, and how many processes share it now."""

    kib: int = 0
    sharers: int = 1


def own_memory_kib() -> int:
    """Return the anonymous memory of this process, which its forks inherit."""
    return _sum_fields(Path("/proc/self/status"), ("RssAnon:",))


def measure(sandbox: Sandbox, *, exact: bool = False, inherited: Inheritance | None = None) -> Usage:
    """Return the usage of a sandbox; all zero when it has ended.

    Memory is an upper bound that counts shared pages once a process, unless it is `exact` or above the limit.
    """
    inherited = inherited or Inheritance()
    below = descendants(sandbox.pid)
    memory_kib = float(sum(max(0, _upper_bound_kib(row.pid) - inherited.kib) for row in below))
    if exact or memory_kib > sandbox.plan.memory_mib * _KIB_PER_MIB:
        shares = sum(_share_kib(row.pid) for row in below)
        memory_kib = max(0.0, shares - inherited.kib * len(below) / max(inherited.sharers, len(below)))
    return Usage(
        memory_mib=memory_kib / _KIB_PER_MIB,
        tasks=sum(row.threads for row in below),
        scratch_mib=_scratch_mib(sandbox),
        processes=len(below),
    )


def find_excess(usage: Usage, plan: Plan) -> str:
    """Return which limit is exceeded, `memory`, `processes` or `disk`, or an empty string."""
    if usage.memory_mib > plan.memory_mib:
        return "memory"
    if usage.tasks > plan.max_processes:
        return "processes"
    if usage.scratch_mib > plan.work_mib:
        return "disk"
    return ""


def _upper_bound_kib(pid: int) -> int:
    return _sum_fields(Path(f"/proc/{pid}/status"), ("RssAnon:", "RssShmem:", _PAGE_TABLES))


def _share_kib(pid: int) -> int:
    """The kernel divides a page by the processes that map it. A process that hides its maps counts in full."""
    try:
        share = _sum_fields(Path(f"/proc/{pid}/smaps_rollup"), ("Pss_Anon:", "Pss_Shmem:"), missing_ok=False)
    except PermissionError:
        return _upper_bound_kib(pid)
    return share + _sum_fields(Path(f"/proc/{pid}/status"), (_PAGE_TABLES,))


def _sum_fields(path: Path, names: Iterable[str], *, missing_ok: bool = True) -> int:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except PermissionError:
        if missing_ok:
            return 0
        raise
    except OSError:
        return 0  # it has ended
    rows = (line.split() for line in lines)
    return sum(int(row[1]) for row in rows if row and row[0] in names)


def _scratch_mib(sandbox: Sandbox) -> float:
    if sandbox.scratch_fd is not None:
        space = os.statvfs(sandbox.scratch_fd)
        return (space.f_blocks - space.f_bfree) * space.f_frsize / 2**20
    if sandbox.work_dir is None:
        return 0.0
    return measure_folder(sandbox.work_dir)
