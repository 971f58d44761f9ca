"""Files are written whole or not at all."""

import os
from pathlib import Path

import pytest

from mlsafety_grader.report import write_atomically


def test_new_and_old_file(tmp_path: Path) -> None:
    """A file is made, then replaced; nothing else is in the folder."""
    target = tmp_path / "report.json"

    write_atomically(target, b"one")
    write_atomically(target, b"two\n")

    assert target.read_bytes() == b"two\n"
    assert list(tmp_path.iterdir()) == [target]


def test_mode_is_that_of_ordinary_files(tmp_path: Path) -> None:
    """Others may read what they could read had it been written plainly: Gradescope's harness is another user."""
    plain = tmp_path / "plain"
    plain.write_bytes(b"")

    write_atomically(tmp_path / "results.json", b"{}")

    assert (tmp_path / "results.json").stat().st_mode == plain.stat().st_mode


def test_symlink_is_replaced_not_followed(tmp_path: Path) -> None:
    """A link that somebody put at the target cannot redirect the write."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    link = tmp_path / "report.json"
    link.symlink_to(victim)

    write_atomically(link, b"new")

    assert (victim.read_bytes(), link.read_bytes(), link.is_symlink()) == (b"precious", b"new", False)


def test_longest_name_fits(tmp_path: Path) -> None:
    """The temporary file's name does not grow with the target's."""
    write_atomically(tmp_path / ("x" * 255), b"data")

    assert (tmp_path / ("x" * 255)).read_bytes() == b"data"


def test_nothing_is_left_behind_when_the_target_is_a_folder(tmp_path: Path) -> None:
    """The write fails, the folder stays, and no temporary file lies about."""
    (tmp_path / "report.json").mkdir()

    with pytest.raises(OSError, match=r"report\.json"):
        write_atomically(tmp_path / "report.json", b"data")

    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_interrupt_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while data goes to disk leaves the old file and no litter; only a patch hits that moment."""
    target = tmp_path / "report.json"
    target.write_bytes(b"old")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)

    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, b"new")

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_missing_folder_is_an_error(tmp_path: Path) -> None:
    """Folders are the caller's: a typing error does not make one."""
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "report.json", b"data")
