"""Entering: what a student's process is, what it holds, and that nothing runs when a layer is missing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sandbox_lab import Lab, open_lab


@pytest.fixture(scope="module", params=[False, True], ids=["server", "user"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A warm server, as whoever runs the tests and as an ordinary user."""
    with open_lab(as_user=request.param) as lab:
        yield lab


walled = pytest.mark.parametrize("level", ["strict", "reduced"])

NOTHING = ["0000000000000000"]


def test_strict_is_nobody_without_capabilities(lab: Lab) -> None:
    found = lab.run("identity", level="strict").value
    assert found["Uid"] == found["Gid"] == ["1000"] * 4
    assert found["Groups"] in ([], ["65534"])  # what a user cannot give up
    assert [found[name] for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")] == [NOTHING] * 5
    assert (found["NoNewPrivs"], found["Seccomp"]) == (["1"], ["2"])
    assert found["pid"] == found["sid"] == 2
    assert (found["cwd"], found["umask"], found["host"]) == ("/home/student", 0o077, "sandbox")
    assert found["core"] == 0


def test_reduced_is_not_root(lab: Lab) -> None:
    """One capability may stay, to read a Python that only root can reach; Landlock bounds what it reads."""
    found = lab.run("identity", level="reduced").value
    assert "0" not in found["Uid"] + found["Gid"]
    assert int(found["CapEff"][0], 16) in {0, 1 << 2}
    assert (found["NoNewPrivs"], found["Seccomp"]) == (["1"], ["2"])


def test_off_is_only_limits(lab: Lab) -> None:
    found = lab.run("identity", level="off").value
    assert (found["NoNewPrivs"], found["Seccomp"], found["core"]) == (["0"], ["0"], 0)


@pytest.mark.parametrize("level", ["strict", "reduced", "off"])
def test_the_environment_is_ours(lab: Lab, level: str) -> None:
    found = lab.run("identity", level=level).value
    assert set(found["env"]) >= {"PATH", "HOME", "LANG", "TMPDIR", "OMP_NUM_THREADS", "MPLCONFIGDIR"}
    assert "SECRET_OF_THE_SERVER" not in found["env"]
    assert "hush" not in found["environ"]
    assert found["oom"] == "1000"


@pytest.mark.parametrize("level", ["strict", "reduced", "off"])
def test_only_kept_descriptors_are_open(lab: Lab, level: str) -> None:
    found = lab.run("descriptors", level=level).value
    kept = {fd: name for fd, name in found.items() if int(fd) > 2}
    assert [found[fd] for fd in "012"] == ["/dev/null"] * 3
    assert len(kept) == 1


@walled
def test_descriptors_of_others_cannot_be_reopened(lab: Lab, level: str) -> None:
    trial = lab.run("reopen_descriptors", level=level)
    assert trial.error == "" or "PermissionError" in trial.error  # /proc cannot be listed
    assert set(trial.value or []) <= {"/dev/null"} | {
        name for name in trial.value or [] if name.startswith(("pipe:", "/proc"))
    }


@walled
def test_programs_with_setuid_gain_nothing(lab: Lab, level: str) -> None:
    found = lab.run("run_setuid", level=level).value
    assert found["su"][1] != "0"
    assert found["mount"][0] != 0
    assert found["setuid"] in {"EPERM", "EINVAL"}


def test_a_missing_layer_stops_everything(lab: Lab, tmp_path: Path) -> None:
    """Fail closed: no value came back, and the error names the layer."""
    missing = lab.run("sleep", 0, level="reduced", landlock_abi=0)
    assert (missing.value, missing.code) == (None, None)
    assert "landlock" in missing.error
    wrong = lab.run("sleep", 0, level="strict", landlock_abi=99)
    assert wrong.error == "" or "landlock" in wrong.error


def test_an_older_landlock_still_walls_in(lab: Lab) -> None:
    """Version 3 has no scopes: without another id the filter keeps signals in."""
    assert lab.run("read", "/etc/shadow", level="reduced", landlock_abi=3).value == "EACCES"
    assert lab.run("send_signal", lab.process.pid, level="reduced", landlock_abi=3).value in {"EPERM", "ESRCH"}


def test_strict_does_not_need_landlock(lab: Lab) -> None:
    assert lab.run("read", "/etc/shadow", level="strict", landlock_abi=0).value == "ENOENT"
    assert lab.run("honest_files", level="strict", landlock_abi=0).error == ""


def test_a_server_with_threads_is_refused() -> None:
    import subprocess
    import sys

    code = (
        "import threading, time\n"
        "from mlsafety_grader.sandbox import *\n"
        "threading.Thread(target=time.sleep, args=(2,), daemon=True).start()\n"
        "try:\n    fork_sandboxed(Plan(level=Level.STRICT), print)\n"
        "except SandboxError as e:\n    print(e)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    assert "2 threads" in done.stdout


def test_entering_is_fast(lab: Lab) -> None:
    """A loose bound against accidents: a median is measured by the timing module."""
    best = min(sum(lab.run("sleep", 0, level="strict").timings.values()) for _ in range(5))
    assert best < 100
    assert os.cpu_count()
