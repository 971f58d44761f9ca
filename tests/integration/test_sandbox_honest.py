"""Honest work: what notebooks do runs as if there were no sandbox."""

from collections.abc import Iterator

import pytest

from tests.integration.sandbox_lab import Lab, open_lab

HONEST = ("strict", "reduced", "off")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with open_lab(modules=("torch", "numpy", "matplotlib", "joblib")) as lab:
        yield lab


@pytest.fixture(scope="module")
def user_lab() -> Iterator[Lab]:
    with open_lab(as_user=True) as lab:
        yield lab


@pytest.mark.parametrize("level", HONEST)
def test_files_can_be_written_and_read(lab: Lab, user_lab: Lab, level: str) -> None:
    for server in (lab, user_lab):
        text, cwd, temporary, home = server.run("honest_files", level=level).value
        assert text == "grün"
        assert cwd == home
        assert temporary.endswith("tmp")


@pytest.mark.parametrize("level", HONEST)
def test_modules_can_be_imported_late(lab: Lab, user_lab: Lab, level: str) -> None:
    for server in (lab, user_lab):
        assert server.run("honest_late_import", level=level).value == ["xml.dom.minidom", {"a": 1}]


@pytest.mark.parametrize("level", HONEST)
def test_numpy_and_torch_compute(lab: Lab, level: str) -> None:
    trial = lab.run("honest_numbers", level=level)
    assert trial.error == ""
    assert trial.value == [32835000.0, 64.0, True]


@pytest.mark.parametrize("level", HONEST)
def test_a_picture_can_be_drawn(lab: Lab, level: str) -> None:
    assert lab.run("honest_plot", level=level).value is True


@pytest.mark.parametrize("level", HONEST)
def test_programs_can_be_started(lab: Lab, user_lab: Lab, level: str) -> None:
    for server in (lab, user_lab):
        assert server.run("shell", "echo a > f; ls; id -un >&2; expr 1 + 1", level=level).value[:2] == [0, "f\n2"]
        assert server.run("python", "import json, ssl; print(json.dumps(1))", level=level).value[:2] == [0, "1"]


@pytest.mark.parametrize("level", HONEST)
def test_processes_and_pipes_work(lab: Lab, level: str) -> None:
    assert lab.run("honest_process_and_pipe", level=level).value == "hello"


@pytest.mark.parametrize("level", ["strict", "off"])
def test_pools_work(lab: Lab, level: str) -> None:
    assert lab.run("honest_pool", level=level).value == [1, 4, 9]
    assert lab.run("honest_joblib", "threading", level=level).value == [0, 1, 2]
    assert lab.run("honest_shared_memory", level=level).value == [[1, 2, 3], True, 7]


def test_joblib_starts_workers(lab: Lab) -> None:
    """Not under `off`: joblib then leaves semaphores on the host."""
    assert lab.run("honest_joblib", "loky", level="strict", limit_s=20).value == [0, 1, 2]


def test_pools_need_a_private_shm(lab: Lab) -> None:
    """In `reduced` semaphores would be shared with the host, so pools are refused."""
    assert "PermissionError" in lab.run("honest_pool", level="reduced").error


@pytest.mark.parametrize("level", HONEST)
def test_threads_time_locale_and_asyncio_work(lab: Lab, user_lab: Lab, level: str) -> None:
    for server in (lab, user_lab):
        threads, encoding, is_now, cores = server.run("honest_threads_and_time", level=level).value
        assert (threads, encoding.upper().replace("-", ""), is_now) == ([0, 1, 2], "UTF8", True)
        assert cores >= 1
