"""Limits of the kernel's per-process kind.

None on address space: torch reserves far more than it uses. Memory is bounded by a cgroup or by the watchdog.
"""

import resource

from mlsafety_grader.sandbox.plan import Plan

_MIB = 1 << 20
_CPU_GRACE_S = 5


def enter(plan: Plan, *, already_running: int = 0) -> None:
    """Set the limits, hard and soft.

    Args:
        plan: the sandbox's plan.
        already_running: processes of the same uid that are not the sandbox's; `RLIMIT_NPROC` counts them too unless
            the sandbox has a uid or a user namespace of its own.
    """
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: plan.max_files,
        resource.RLIMIT_FSIZE: plan.max_file_mib * _MIB,
        resource.RLIMIT_NPROC: plan.max_processes + already_running,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 8 * _MIB,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_RTPRIO: 0,
        resource.RLIMIT_SIGPENDING: 1024,
    }
    for kind, wanted in limits.items():
        _lower(kind, wanted, wanted)
    if plan.cpu_s:
        _lower(resource.RLIMIT_CPU, plan.cpu_s, plan.cpu_s + _CPU_GRACE_S)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Never above what the host already allows: raising a hard limit is root's."""
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(kind, (soft, hard))
