"""Keep a sandbox that starts many busy processes from taking the processors of its neighbours.

The kernel shares processors out among what is runnable: sixty busy processes would get sixty times what a neighbour's
one gets. So the watchdog lowers the priority of what runs in such a sandbox until all of it together weighs about as
much as one process. A group in cgroup v2 does the same by itself.
"""

import contextlib
import math
import os
from pathlib import Path

from mlsafety_grader.sandbox.plan import Sandbox
from mlsafety_grader.sandbox.processes import descendants

CALM_TASKS = 8
"""As many processes and threads as an ordinary submission has: below, nobody looks which of them run."""

_LOWEST = 19
_WEIGHT_STEP = 1.25  # the scheduler's weight of one step of niceness


def share_cpu(sandbox: Sandbox) -> int:
    """Lower the priority of a sandbox's running tasks as far as their number asks for; return the niceness set."""
    running = [(row.pid, task) for row in descendants(sandbox.pid) for task in _running_tasks(row.pid)]
    niceness = find_niceness(len(running))
    if niceness:
        for pid, task in running:
            with contextlib.suppress(OSError):  # it has ended, or has been lowered further already
                os.setpriority(os.PRIO_PROCESS, task, max(niceness, os.getpriority(os.PRIO_PROCESS, task)))
            with contextlib.suppress(OSError):  # a session of its own is a group of its own on some hosts
                Path(f"/proc/{pid}/autogroup").write_text(str(niceness), encoding="ascii")
    return niceness


def find_niceness(running: int) -> int:
    """Return the niceness at which so many tasks weigh about as much as one of niceness 0."""
    return min(_LOWEST, round(math.log(running, _WEIGHT_STEP))) if running > 1 else 0


def _running_tasks(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
            with open(f"/proc/{pid}/task/{task}/stat", "rb") as file:  # noqa: PTH123
                if file.read().rpartition(b")")[2].split()[0] == b"R":
                    found.append(int(task))
    return found
