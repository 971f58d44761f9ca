"""What the host says about itself: remedies, control groups, folders. Read from made-up files."""

import os
from pathlib import Path

import pytest

from mlsafety_grader.sandbox import Level, Plan, cgroup
from mlsafety_grader.sandbox.probe import Host, attempt, explain
from mlsafety_grader.sandbox.processes import list_processes
from mlsafety_grader.sandbox.workdir import make_work_dir, measure_folder, remove_work_dir


def made_up(root: Path, **files: str) -> Host:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Host(root=root)


def test_apparmor_is_named_with_its_remedy(tmp_path: Path) -> None:
    host = made_up(tmp_path, proc__sys__kernel__apparmor_restrict_unprivileged_userns="1\n")
    assert "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in explain(host)


def test_docker_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    assert "--security-opt seccomp=unconfined" in explain(Host(root=tmp_path))
    filtered = made_up(tmp_path / "other", proc__self__status="Name:\tx\nSeccomp:\t2\n")
    assert "Docker" in explain(filtered)


@pytest.mark.parametrize("name", ["kernel/unprivileged_userns_clone", "user/max_user_namespaces"])
def test_settings_that_turn_namespaces_off_are_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / "proc/sys" / name
    path.parent.mkdir(parents=True)
    path.write_text("0\n")
    assert name.replace("/", ".") in explain(Host(root=tmp_path))


def test_a_host_without_namespaces_is_told_of_reduced(tmp_path: Path) -> None:
    assert "reduced" in explain(Host(root=tmp_path))


def test_an_attempt_reports_why_it_failed() -> None:
    def fail() -> None:
        raise OSError(1, "no such luck")

    assert attempt(lambda: None) == ""
    assert "no such luck" in attempt(fail)
    assert attempt(lambda: os._exit(7)) == "the attempt ended with 7"


def control_groups(root: Path, *, handed_down: str) -> Path:
    proc = root / "proc"
    group = root / "cg/user/own"
    group.mkdir(parents=True)
    proc.mkdir()
    (proc / "mountinfo").write_text(f"30 1 0:26 / {root}/cg rw - cgroup2 cgroup2 rw\n")
    (proc / "cgroup").write_text("1:cpu:/\n0::/user/own\n")
    (group.parent / "cgroup.subtree_control").write_text(handed_down)
    (group.parent / "cgroup.procs").touch()
    return proc


def test_a_group_is_made_where_controllers_are_handed_down(tmp_path: Path) -> None:
    parent = cgroup.find_parent(control_groups(tmp_path, handed_down="cpu memory pids\n"))
    assert parent == tmp_path / "cg/user"
    assert cgroup.find_parent(control_groups(tmp_path / "b", handed_down="cpu\n")) is None


def test_a_group_gets_the_limits_of_the_plan(tmp_path: Path) -> None:
    plan = Plan(level=Level.STRICT, memory_mib=100, work_mib=28, max_processes=9)
    group = cgroup.create(tmp_path, "own", plan)
    assert (group / "memory.max").read_text() == str(128 << 20)
    assert (group / "pids.max").read_text() == "10"
    cgroup.add(group, 4711)
    assert (group / "cgroup.procs").read_text() == "4711"


def test_a_group_is_destroyed_once(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    cgroup.destroy(tmp_path / "own")
    cgroup.destroy(tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_a_host_without_version_two_has_no_group(tmp_path: Path) -> None:
    (tmp_path / "mountinfo").write_text("30 1 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw\n")
    (tmp_path / "cgroup").write_text("1:cpu:/\n")
    assert cgroup.find_parent(tmp_path) is None


def test_the_process_table_knows_us() -> None:
    row = list_processes()[os.getpid()]
    assert row.parent == os.getppid()
    assert row.threads >= 1
    assert not row.is_zombie


def test_a_work_folder_is_measured_and_removed(tmp_path: Path) -> None:
    folder = make_work_dir(tmp_path, owner=None)
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "home/a").write_bytes(b"x" * (1 << 20))
    (folder / "home/link").symlink_to(tmp_path)
    assert 1 <= measure_folder(folder) < 1.2
    remove_work_dir(folder)
    remove_work_dir(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_deeper_than_python_recurses_is_removed(tmp_path: Path) -> None:
    folder = make_work_dir(Path("/dev/shm") if Path("/dev/shm").is_dir() else tmp_path, owner=None)
    path = folder / "home"
    for _ in range(1200):
        path /= "d"
        path.mkdir(0o700)
    assert measure_folder(folder) < float("inf")
    remove_work_dir(folder)
    assert not folder.exists()


def test_a_folder_without_permissions_is_removed(tmp_path: Path) -> None:
    folder = make_work_dir(tmp_path, owner=None)
    (folder / "home/closed/inner").mkdir(parents=True)
    (folder / "home/closed/inner").chmod(0)
    (folder / "home/closed").chmod(0)
    remove_work_dir(folder)
    assert not folder.exists()


def test_too_many_files_count_as_infinitely_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlsafety_grader.sandbox.workdir._MAX_COUNTED", 3)
    for name in "abcde":
        (tmp_path / name).touch()
    assert measure_folder(tmp_path) == float("inf")
