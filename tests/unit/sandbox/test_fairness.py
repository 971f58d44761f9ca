"""A sandbox of many busy processes weighs as much as one."""

import os
import signal
import subprocess
import sys
import time

import pytest

from mlsafety_grader.sandbox import Level, Plan, Sandbox, share_cpu
from mlsafety_grader.sandbox.fairness import find_niceness
from mlsafety_grader.sandbox.processes import descendants

STEP = 1.25


@pytest.mark.parametrize("running", [0, 1, 2, 5, 12, 40, 64])
def test_many_tasks_weigh_as_one(running: int) -> None:
    """Within a step of niceness, and never raised above the ordinary."""
    niceness = find_niceness(running)
    assert 0 <= niceness <= 19
    if running > 1:
        assert 1 / STEP <= running / STEP**niceness <= STEP


def test_busy_processes_are_lowered_and_idle_ones_are_not() -> None:
    """Ten that spin and one that sleeps."""
    spin = f"{sys.executable} -c 'while True: pass' & "
    command = ["sh", "-c", f"sleep 60 & sleep 0.5; {spin * 10} wait"]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            sandbox = Sandbox(pid=process.pid, plan=Plan(level=Level.OFF))
            until = time.monotonic() + 20
            while len(descendants(process.pid)) < 11 and time.monotonic() < until:
                time.sleep(0.05)
            while not share_cpu(sandbox) > 5 and time.monotonic() < until:
                time.sleep(0.05)
            found = sorted(os.getpriority(os.PRIO_PROCESS, row.pid) for row in descendants(process.pid))
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert found[0] == own  # sleep
    assert found[-1] > max(5, own)
