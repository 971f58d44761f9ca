"""Bytes depend on content alone, and a folder is replaced whole or not at all."""

import os
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.release.archive import hash_file, hash_tree, read_zip, replacing, write_zip

NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)


@given(members=st.dictionaries(NAMES, st.binary(max_size=200), max_size=5))
def test_zip_round_trip_and_order(members: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    """What was written is read back, and the order of the members does not change a byte."""
    folder = tmp_path_factory.mktemp("zip")
    write_zip(folder / "a.zip", members)
    write_zip(folder / "b.zip", dict(reversed(members.items())))
    assert read_zip(folder / "a.zip") == members
    assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()


def test_zip_does_not_hold_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another day, in another time zone and under another umask the bytes are the same."""
    write_zip(tmp_path / "a.zip", {"run_autograder": b"x"})
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    old = os.umask(0)
    try:
        write_zip(tmp_path / "b.zip", {"run_autograder": b"x"})
    finally:
        os.umask(old)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_zip_keeps_what_gradescope_executes_executable(tmp_path: Path) -> None:
    """`run_autograder` and `setup.sh` can be run, the rest cannot."""
    write_zip(tmp_path / "a.zip", {"run_autograder": b"x", "tests/q1.py": b"y"})
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    assert modes == {"run_autograder": 0o755, "tests/q1.py": 0o644}


def test_hash_tree_names_every_file(tmp_path: Path) -> None:
    """Relative names, sorted, with the hash of the content."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x").write_bytes(b"1")
    (tmp_path / "a").write_bytes(b"2")
    assert list(hash_tree(tmp_path)) == ["a", "b/x"]
    assert hash_tree(tmp_path)["a"] == hash_file(tmp_path / "a")


def test_replacing_swaps_the_whole_folder(tmp_path: Path) -> None:
    """The new folder holds only what the block wrote."""
    target = tmp_path / "dist" / "release"
    for content in ("old", "new"):
        with replacing(target) as fresh:
            (fresh / content).touch()
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in target.parent.iterdir()] == ["release"]


def test_replacing_keeps_the_old_folder_when_the_block_fails(tmp_path: Path) -> None:
    """Half a release is never seen, and nothing is left beside it."""
    target = tmp_path / "release"
    with replacing(target) as fresh:
        (fresh / "good").touch()
    with pytest.raises(KeyboardInterrupt), replacing(target) as fresh:  # noqa: PT012 - the block is what is tested
        (fresh / "half").touch()
        raise KeyboardInterrupt
    assert [path.name for path in target.iterdir()] == ["good"]
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_replacing_mends_what_a_killed_run_left(tmp_path: Path) -> None:
    """A run killed between the two renames: the old release is put back first."""
    (tmp_path / ".release.old").mkdir()
    (tmp_path / ".release.old" / "good").touch()
    (tmp_path / ".release.new-abc").mkdir()
    with pytest.raises(RuntimeError), replacing(tmp_path / "release"):
        raise RuntimeError
    assert (tmp_path / "release" / "good").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["release"]
