"""Files: a sandbox reads the interpreter and its own folders, and writes only the latter.

`off` shows that the files are there.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlsafety_grader.sandbox import default_read_only
from tests.integration.sandbox_lab import Lab, open_lab


@pytest.fixture(scope="module", params=[False, True], ids=["server", "user"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A warm server, as whoever runs the tests and as an ordinary user."""
    with open_lab(as_user=request.param) as lab:
        yield lab


walled = pytest.mark.parametrize("level", ["strict", "reduced"])

REFUSED = {"EACCES", "EPERM", "ENOENT", "EROFS"}
TREE = Path(__file__).parents[2]


@pytest.fixture
def secret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file that everybody on this host may read and write, in a folder that everybody may enter."""
    folder = Path(f"/var/tmp/mlsafety-test-{os.getpid()}")
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    path = folder / "secret.txt"
    path.write_text("secret")
    path.chmod(0o666)
    yield path
    for left in folder.iterdir():
        left.unlink()
    folder.rmdir()


@walled
def test_secrets_of_the_host_cannot_be_read(lab: Lab, level: str, secret: Path) -> None:
    paths = ["/etc/shadow", "/root/.bashrc", "/root/.profile", str(TREE / "pyproject.toml"), __file__, str(secret)]
    found = lab.run("read_many", paths, level=level).value
    assert set(found.values()) <= REFUSED
    assert lab.run("read", str(secret), level="off").value == "ok"
    assert lab.run("read", __file__, level="off").value == "ok"


@walled
def test_folders_of_the_host_cannot_be_listed(lab: Lab, level: str, secret: Path) -> None:
    for folder in (str(TREE / "tests"), str(secret.parent), "/var/tmp"):
        assert lab.run("list_folder", folder, level=level).value in REFUSED
        assert secret.parent.name in str(lab.run("list_folder", "/var/tmp", level="off").value)


@walled
def test_climbing_above_the_root_leads_nowhere(lab: Lab, level: str, secret: Path) -> None:
    assert lab.run("move_up_and_read", str(secret), level=level).value in REFUSED
    assert lab.run("move_up_and_read", str(secret), level="off").value == "ok"


@walled
def test_nothing_outside_the_work_folders_can_be_written(lab: Lab, level: str, secret: Path) -> None:
    paths = [
        str(secret),
        str(secret.parent / "new"),
        "/usr/mark",
        "/etc/mark",
        "/mark",
        "/proc/sys/kernel/hostname",
        str(TREE / ".venv/mark"),
        "/dev/mark",
        "/var/tmp/mark",
    ]
    found = lab.run("write_many", paths, level=level).value
    assert set(found.values()) <= REFUSED
    assert secret.read_text() == "secret"
    assert lab.run("append", str(secret), level="off").value == "ok"


@walled
def test_modes_of_host_files_stay(lab: Lab, level: str, secret: Path) -> None:
    """In `reduced`, as the files' own owner, the call only seems to succeed."""
    owner_is_student = os.geteuid() == 0
    if owner_is_student:
        os.chown(secret, 23_456, 23_456)
    lab.run("change_mode", str(secret), level=level)
    assert secret.stat().st_mode & 0o777 == 0o666
    lab.run("change_mode", str(secret), level="off")
    assert secret.stat().st_mode & 0o777 == 0o777


@walled
def test_other_processes_are_closed(lab: Lab, level: str) -> None:
    """The server that forked it, and a bystander of the same user that holds a secret in its environment."""
    with subprocess.Popen(["sleep", "30"], env={"SECRET": "hush-hush"}) as bystander:
        for pid in (bystander.pid, lab.process.pid, os.getpid()):
            paths = [
                f"/proc/{pid}/{name}" for name in ("environ", "mem", "maps", "cmdline", "root/etc/passwd", "cwd/x")
            ]
            found = lab.run("read_many", paths, level=level).value
            assert set(found.values()) <= REFUSED
        bystander.kill()
    assert lab.run("read", "/proc/self/environ", level=level).value in {"ok", ""}


def test_proc_shows_only_the_sandbox(lab: Lab) -> None:
    assert lab.run("list_processes", level="strict").value == [2]
    assert len(lab.run("list_processes", level="off").value) > 3


def test_dangerous_files_of_proc_are_covered(lab: Lab) -> None:
    names = ["kcore", "kallsyms", "cmdline", "keys", "sysrq-trigger", "timer_list", "config.gz", "modules", "kmsg"]
    found = lab.run("read_many", [f"/proc/{name}" for name in names], level="strict").value
    assert set(found.values()) <= {"", *REFUSED}
    assert lab.run("read", "/proc/cmdline", level="off").value == "ok"


def test_init_cannot_be_looked_into(lab: Lab) -> None:
    assert set(lab.run("read_init", level="strict").value.values()) <= REFUSED


def test_the_private_root_holds_little(lab: Lab) -> None:
    assert lab.run("list_folder", "/dev", level="strict").value == sorted(
        ["null", "full", "random", "urandom", "shm", "fd", "stdin", "stdout", "stderr"]
    )
    root = set(lab.run("list_folder", "/", level="strict").value)
    assert not root & {"var", "run", "mnt", "media", "srv", "boot", "scratch"}
    for folder in ("/home", "/home/student", "/tmp", "/dev/shm"):
        shown = {path.parts[2] for path in default_read_only() if path.is_relative_to("/tmp")}  # a clone below /tmp
        expected = {"/home": {"student"}, "/tmp": shown}.get(folder, set())
        assert set(lab.run("list_folder", folder, level="strict").value) == expected


@walled
def test_a_work_folder_of_another_submission_is_closed(lab: Lab, level: str, secret: Path) -> None:
    neighbour = secret.parent / "neighbour"
    neighbour.mkdir(mode=0o777)
    try:
        assert lab.run("list_folder", str(neighbour), level=level).value in REFUSED
    finally:
        neighbour.rmdir()
