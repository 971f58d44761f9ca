"""Disks that are full, folders that may not be written, clocks that jump: nothing that is graded is lost."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mlsafety_grader.batch import locked, store
from mlsafety_grader.engine import Terms
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Status
from tests.unit.batch.fakes import FakeEngine, contents, grade, make_release, make_terms, write_notebook

IS_ROOT = os.geteuid() == 0
NOBODY = 65534
COUNT = 12


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def write_submissions(folder: Path, *, padding: int = 0) -> Path:
    for number in range(COUNT):
        write_notebook(folder / f"{number}.ipynb", f"right # {number} {'x' * padding}")
    return folder


def terms_of(place: Path, engine: FakeEngine | None = None) -> Terms:
    return make_terms(make_release(place / "release"), engine)


@contextmanager
def small_disk(place: Path, *, size: str) -> Iterator[Path]:
    """Mount a disk of that size."""
    disk = place / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"tmpfs cannot be mounted: {mounted.stderr.decode().strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.skipif(not IS_ROOT, reason="only root may mount a small disk")
def test_full_disk_ends_the_batch_and_keeps_what_is_there(place: Path) -> None:
    """The message says which folder; with room made, the same command finishes."""
    handed_in = write_submissions(place / "in", padding=60_000)
    with small_disk(place, size="400k") as disk:
        with pytest.raises(UsageError, match="cannot be written: No space left"):
            grade(disk / "out", handed_in, terms=terms_of(place))
        found = [entry for entry in store.scan(disk / "out") if entry.report is not None]
        assert 0 < len(found) < COUNT
        assert all(e.report is not None and e.report.status is not Status.GRADER_FAULT for e in found)
        subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
        engine = FakeEngine()
        grade(disk / "out", handed_in, terms=terms_of(place, engine))
        assert len(engine.jobs) == COUNT - len(found)
        grade(place / "fresh", handed_in, terms=terms_of(place))
        assert contents(disk / "out") == contents(place / "fresh")


@contextmanager
def nobody() -> Iterator[None]:
    """Be another user for a while."""
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not IS_ROOT, reason="only root can become somebody who may not write")
def test_folder_that_may_not_be_written(place: Path) -> None:
    """New or with results in it: one message, and nothing changes."""
    handed_in = write_submissions(place / "in")
    (place / "new").mkdir(mode=0o755)
    grade(place / "out", handed_in, terms=terms_of(place))
    before, terms = contents(place / "out"), terms_of(place)
    write_notebook(handed_in / "late.ipynb", "right")
    with nobody():
        for folder in (place / "new", place / "out", place / "not" / "there"):
            with pytest.raises(UsageError, match="cannot be written: Permission denied"), locked(folder):
                pass
        with pytest.raises(UsageError, match="cannot be written: Permission denied"):
            grade(place / "out", handed_in, terms=terms)
    assert contents(place / "out") == before


def test_times_of_files_decide_nothing(place: Path) -> None:
    """Reports from a time to come, submissions older than all of them or newer: only contents count."""
    handed_in = write_submissions(place / "in")
    grade(place / "out", handed_in, terms=terms_of(place))
    for path in (place / "out").rglob("*"):
        os.utime(path, (4e9, 4e9))
    for number, path in enumerate(sorted(handed_in.iterdir())):
        os.utime(path, (0, 0) if number % 2 else (8e9, 8e9))
    engine = FakeEngine()
    grade(place / "out", handed_in, terms=terms_of(place, engine))
    assert engine.jobs == []


def test_clock_that_jumps_back_decides_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the wall clock shows an hour earlier than the last."""
    now = [2e9]

    def earlier() -> float:
        now[0] -= 3600
        return now[0]

    monkeypatch.setattr("time.time", earlier)
    handed_in = write_submissions(place / "in")
    batch = grade(place / "out", handed_in, terms=terms_of(place))
    assert {report.status for report in batch.reports} == {Status.GRADED}
    engine = FakeEngine()
    grade(place / "out", handed_in, terms=terms_of(place, engine))
    assert engine.jobs == []


def test_nothing_in_a_batch_asks_the_wall_clock() -> None:
    """But the log, for people."""
    folder = Path(__file__).resolve().parents[2] / "src" / "mlsafety_grader" / "batch"
    ours = ("run", "plan", "store", "lock", "local", "slots", "dask", "dask_worker", "keys", "regrade", "snapshot")
    for name in ours:
        source = (folder / f"{name}.py").read_text(encoding="utf-8")
        assert "time.time(" not in source
        assert "datetime" not in source
        assert "st_mtime" not in source


def test_output_that_is_a_file(place: Path) -> None:
    """Is a mistake of the command line, and the file stays as it is."""
    (place / "out").write_text("precious")
    with pytest.raises(UsageError, match="is not a folder"), locked(place / "out"):
        pass
    assert (place / "out").read_text() == "precious"
