"""Memory, disk, descriptors: bounded by the kernel, or found by the watchdog."""

from collections.abc import Iterator

import pytest

from tests.integration.sandbox_lab import Lab, open_lab


@pytest.fixture(scope="module", params=[False, True], ids=["server", "user"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A warm server, as whoever runs the tests and as an ordinary user."""
    with open_lab(as_user=request.param) as lab:
        yield lab


walled = pytest.mark.parametrize("level", ["strict", "reduced"])


@walled
def test_memory_beyond_the_limit_is_found(lab: Lab, level: str) -> None:
    trial = lab.run("spread_memory", 1024, 4, level=level, memory_mib=512)
    assert trial.excess == "memory"
    assert trial.value is None
    assert 512 < trial.peak_mib < 2500
    assert trial.seconds < 6


@walled
def test_memory_below_the_limit_is_left_alone(lab: Lab, level: str) -> None:
    """Pages that a fork shares count once: eight processes of a large one are not eight large ones."""
    trial = lab.run(
        "python",
        "x = bytearray(150 << 20)\nimport os, time\nkids = [os.fork() for _ in range(2)]\ntime.sleep(0.5)",
        level=level,
        memory_mib=400,
    )
    assert trial.excess == ""
    assert trial.value == [0, "", ""]


@walled
def test_memory_cannot_be_hidden(lab: Lab, level: str) -> None:
    assert lab.run("hide_memory", 8, level=level).value == "EPERM"
    assert lab.run("hide_memory_behind_zero", 8, level=level).value in {"ENOENT", "EACCES"}
    assert lab.run("hide_memory", 8, level="off").value == "ok"
    assert lab.run("hide_memory_behind_zero", 8, level="off").value == "ok"


@walled
def test_page_tables_count_as_memory(lab: Lab, level: str) -> None:
    trial = lab.run("read_untouched_memory", 100, level=level, memory_mib=120)
    assert (trial.excess, trial.value) == ("memory", None)


def test_disk_is_bounded_in_all_folders_together(lab: Lab) -> None:
    trial = lab.run("fill_disk", [".", "/tmp", "/dev/shm"], 96, level="strict", work_mib=64)
    assert trial.excess == ""
    written, last = trial.value
    assert written <= 64
    assert last == "ENOSPC"


def test_disk_is_watched_without_a_private_root(lab: Lab) -> None:
    trial = lab.run("fill_disk_and_wait", ["."], 160, level="reduced", work_mib=64)
    assert trial.excess == "disk"
    assert lab.run("fill_disk", ["."], 32, level="reduced", work_mib=64).excess == ""


def test_the_number_of_files_is_bounded(lab: Lab) -> None:
    count, last = lab.run("make_many_files", 20_000, level="strict", work_mib=16).value
    assert last == "ENOSPC"
    assert count < 5000


@walled
def test_a_file_has_a_largest_size(lab: Lab, level: str) -> None:
    assert lab.run("write_large_file", 12, level=level, max_file_mib=8).value in {"EFBIG", "short"}
    assert lab.run("write_large_file", 6, level=level, max_file_mib=8).value == "ok"


@walled
def test_descriptors_are_bounded(lab: Lab, level: str) -> None:
    count, last = lab.run("open_many_files", 5000, level=level, max_files=100).value
    assert count < 100
    assert last == "EMFILE"


@walled
def test_processor_time_is_bounded(lab: Lab, level: str) -> None:
    trial = lab.run("python", "while True: pass", level=level, cpu_s=1)
    assert trial.value[0] != 0
    assert trial.seconds < 7
