"""Processes: nobody outside can be signalled, nobody inside outlives the sandbox, and nothing is left behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mlsafety_grader.sandbox.workdir import remove_work_dir
from tests.integration.sandbox_lab import TREE, Lab, open_lab


@pytest.fixture(scope="module", params=[False, True], ids=["server", "user"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A warm server, as whoever runs the tests and as an ordinary user."""
    with open_lab(as_user=request.param) as lab:
        yield lab


walled = pytest.mark.parametrize("level", ["strict", "reduced"])


def sleepers(seconds: str) -> list[int]:
    running = psutil.process_iter(["cmdline"])
    return [process.pid for process in running if process.info["cmdline"] == ["sleep", seconds]]


@walled
def test_processes_outside_cannot_be_signalled(lab: Lab, level: str) -> None:
    user = 23_456 if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "30"], user=user) as bystander:
        for pid in (bystander.pid, lab.process.pid, os.getpid()):
            assert lab.run("send_signal", pid, level=level).value in {"EPERM", "ESRCH"}
        assert lab.run("send_signal", bystander.pid, level="off").value == "ok"
        assert lab.run("signal_everybody", level=level).value in {"ok", "EPERM", "ESRCH"}
        assert bystander.poll() is None
        bystander.kill()


@walled
def test_the_supervisor_cannot_be_killed_from_inside(lab: Lab, level: str) -> None:
    trial = lab.run("kill_parents", level=level)
    assert trial.code == 0
    assert trial.value is not None
    if level == "reduced":
        assert set(trial.value.values()) == {"EPERM"}


@walled
def test_a_daemon_does_not_survive(lab: Lab, level: str) -> None:
    seconds = f"9{os.getpid()}{level == 'strict':d}"
    assert lab.run("daemonise", float(seconds), level=level).value == "started"
    assert sleepers(f"{float(seconds)}") == []


def test_a_daemon_does_not_survive_even_when_off(lab: Lab) -> None:
    assert lab.run("daemonise", 98765.0, level="off").value == "started"
    assert sleepers("98765.0") == []


def test_a_daemon_without_any_sandbox_does_survive() -> None:
    """Positive control for the three tests above."""
    code = "from tests.integration import sandbox_scenarios as s; s.daemonise(98764.0)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=TREE)
    found = sleepers("98764.0")
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    assert len(found) == 1


@walled
def test_a_fork_bomb_is_bounded_and_swept(lab: Lab, level: str) -> None:
    before = len(psutil.pids())
    trial = lab.run("fork_bomb", 200, level=level, max_processes=40)
    assert trial.excess in {"", "processes"}
    assert trial.value is None or trial.value <= 42
    assert len(psutil.pids()) <= before + 15  # others work on this machine too
    assert lab.run("fork_bomb", 60, level=level, max_processes=100).value == 60


@walled
def test_threads_count_as_processes(lab: Lab, level: str) -> None:
    trial = lab.run("thread_bomb", 200, level=level, max_processes=40)
    assert trial.excess == "processes" or trial.value <= 42


@walled
def test_exit_codes_tell_how_it_ended(lab: Lab, level: str) -> None:
    assert lab.run("sleep", 0, level=level).code == 0
    assert lab.run("crash", level=level).code == 128 + signal.SIGSEGV
    assert lab.run("sleep", 60, level=level, limit_s=0.2).code in {137, 143}


@walled
def test_nothing_reaches_the_next_sandbox(lab: Lab, level: str) -> None:
    left = lab.run("leave_things", level=level).value
    assert left["home"] == "ok"
    assert left["sysv"] == "EPERM"
    found = lab.run("look_for_things", level=level).value
    assert found.pop("abstract") in {"ECONNREFUSED", "EACCES", "EPERM"}
    assert set(found.values()) == {False}
    assert not Path("/dev/shm/mlsafety-left-behind").exists()
    assert not Path("/tmp/mlsafety-left-behind").exists()


@walled
def test_nothing_is_left_on_the_host(lab: Lab, level: str) -> None:
    """Mounts, descriptors, zombies and folders, counted around ten sandboxes."""
    server = psutil.Process(lab.process.pid)
    lab.run("sleep", 0, level=level)
    before = (server.num_fds(), Path(f"/proc/{server.pid}/mountinfo").read_text(), sorted(Path("/dev/shm").iterdir()))
    folders = {lab.run("leave_things", level=level).work_dir for _ in range(10)} - {None}
    assert before == (
        server.num_fds(),
        Path(f"/proc/{server.pid}/mountinfo").read_text(),
        sorted(Path("/dev/shm").iterdir()),
    )
    assert not server.children(recursive=True)
    assert not any(Path(str(folder)).exists() for folder in folders)


@walled
def test_a_deep_folder_is_removed(lab: Lab, level: str) -> None:
    """Deeper than a path is long."""
    trial = lab.run("deep_folders", 40, level=level)
    assert trial.excess == "disk" or trial.value == "ok"
    assert trial.work_dir is None or not Path(trial.work_dir).exists()


@pytest.fixture
def work_root() -> Iterator[Path]:
    """A place for work folders that a killed server cannot remove any more."""
    folder = Path(f"/var/tmp/mlsafety-test-work-{os.getpid()}")
    folder.mkdir()
    folder.chmod(0o755)
    yield folder
    remove_work_dir(folder)


@walled
def test_a_sandbox_does_not_outlive_its_server(level: str, work_root: Path) -> None:
    with open_lab() as lab:
        seconds = f"7{os.getpid()}{level == 'strict':d}"
        order = {"scenario": "shell", "arguments": [f"sleep {seconds}"], "level": level, "limit_s": 9}
        order |= {"plan": {"work_root": str(work_root)}}
        assert lab.process.stdin is not None
        lab.process.stdin.write(json.dumps(order) + "\n")
        lab.process.stdin.flush()
        deadline = time.monotonic() + 5
        while not sleepers(seconds) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert sleepers(seconds)
        lab.process.kill()
        lab.process.wait()
        while sleepers(seconds) and time.monotonic() < deadline + 5:
            time.sleep(0.02)
        assert not sleepers(seconds)
        with contextlib.suppress(BrokenPipeError):
            lab.process.stdin.close()
