"""What a warm server does before and beside its forks: tidy memory, find its descendants, charge for memory."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from mlsafety_grader.sandbox import Inheritance, Level, Plan, Sandbox, forking, libc, measure, processes


def below(started: list[int]) -> list[processes.Process]:
    rows = processes.descendants(os.getpid())
    return [row for row in rows if started and (row.pid == started[0] or row.parent == started[0])]


@pytest.mark.parametrize("has_lists", [True, False])
def test_descendants_are_found_through_every_thread(monkeypatch: pytest.MonkeyPatch, *, has_lists: bool) -> None:
    """A child that a thread started is listed under the thread; also on a kernel without lists of children."""
    monkeypatch.setattr(processes, "_HAS_CHILDREN", has_lists)
    found: list[int] = []

    def start() -> None:
        with subprocess.Popen(["sh", "-c", "sleep 30 & wait"], start_new_session=True) as process:
            found.append(process.pid)

    thread = threading.Thread(target=start)
    thread.start()
    try:
        until = time.monotonic() + 10
        while len(below(found)) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        rows = below(found)
    finally:
        os.killpg(found[0], signal.SIGKILL)
        thread.join()
    assert len(rows) == 2


def test_memory_keeps_its_content_when_it_is_gathered() -> None:
    """In a process of its own: the heap moves."""
    script = (
        "import gc\nfrom mlsafety_grader.sandbox import settle\n"
        "kept = [bytes([n % 256]) * 5_000 for n in range(20_000)]\nsettle()\n"
        "assert all(block == bytes([n % 256]) * 5_000 for n, block in enumerate(kept))\nassert gc.get_freeze_count()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_a_kernel_that_gathers_nothing_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libc, "MADV_COLLAPSE", 9999)
    forking._gather(0, 4 << 20)


def test_inherited_memory_is_not_charged() -> None:
    """A process of some memory: charged in full, less what it is said to have inherited, never below nothing."""
    code = "import time; data = bytearray(64 << 20); print(0, flush=True); time.sleep(30)"
    command = ["sh", "-c", '"$0" -c "$1" & wait', sys.executable, code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            sandbox = Sandbox(pid=process.pid, plan=Plan(level=Level.OFF))
            full = measure(sandbox).memory_mib
            exact = measure(sandbox, exact=True).memory_mib
            less = measure(sandbox, inherited=Inheritance(kib=32 << 10, sharers=2)).memory_mib
            half = measure(sandbox, exact=True, inherited=Inheritance(kib=32 << 10, sharers=2)).memory_mib
            none = measure(sandbox, inherited=Inheritance(kib=1 << 30, sharers=2)).memory_mib
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    assert 64 < exact <= full < 100
    assert full - less == pytest.approx(32, abs=2)
    assert exact - half == pytest.approx(16, abs=2)
    assert none == 0
