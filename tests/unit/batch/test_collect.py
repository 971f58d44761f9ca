"""Every submission gets a row and a folder of its own, whatever it is called."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.batch import collect
from mlsafety_grader.errors import UsageError

FILE_NAMES = st.binary(min_size=1, max_size=60).filter(
    lambda name: not {0, ord("/")} & set(name) and name not in {b".", b".."}
)


def touch(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder


def test_folder_gives_its_entries_in_natural_order(tmp_path: Path) -> None:
    """hw2 before hw10; hidden files and what systems strew about are left out."""
    folder = touch(tmp_path / "in", "hw10.ipynb", "hw2.ipynb", ".DS_Store", "notes.pdf", "Thumbs.db")
    tasks = collect([folder], out=tmp_path / "out")
    assert [task.name for task in tasks] == ["hw2.ipynb", "hw10.ipynb", "notes.pdf"]
    assert [task.folder for task in tasks] == ["hw2.ipynb", "hw10.ipynb", "notes.pdf"]


def test_output_folder_is_no_submission(tmp_path: Path) -> None:
    """Grading a folder into itself a second time."""
    folder = touch(tmp_path / "in", "a.ipynb")
    (folder / "graded").mkdir()
    assert [task.name for task in collect([folder], out=folder / "graded")] == ["a.ipynb"]


def test_same_name_from_two_folders_stays_apart(tmp_path: Path) -> None:
    """Otter lets the second overwrite the first."""
    one, two = touch(tmp_path / "1", "hw.ipynb"), touch(tmp_path / "2", "hw.ipynb", "HW.ipynb")
    tasks = collect([one, two, one / "hw.ipynb"], out=tmp_path / "out")
    assert len({task.folder.casefold() for task in tasks}) == 4
    assert [task.name for task in tasks] == ["hw.ipynb", "HW.ipynb", "2/hw.ipynb", "1/hw.ipynb"]


def test_name_of_a_file_that_the_batch_writes_is_avoided(tmp_path: Path) -> None:
    """A submission called grades.csv does not stand in the way of grades.csv."""
    folder = touch(tmp_path / "in", "grades.csv", "batch.json")
    assert not {task.folder for task in collect([folder], out=tmp_path / "out")} & {"grades.csv", "batch.json"}


@given(names=st.lists(FILE_NAMES, min_size=1, max_size=6, unique=True))
def test_any_file_name_gives_a_safe_folder(names: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    """It is printable, short, unique without case, and stays inside the output folder."""
    place = tmp_path_factory.mktemp("names")
    tasks = collect_named(place, names)
    assert len({task.folder.casefold() for task in tasks}) == len(tasks)
    for task in tasks:
        assert task.folder.isprintable()
        assert task.folder.strip(".")
        assert "/" not in task.folder
        assert len(task.folder.encode()) < 200
        task.name.encode()


def collect_named(place: Path, names: list[bytes]) -> list:  # type: ignore[type-arg]
    for name in names:
        with open(os.path.join(os.fsencode(place), name), "w"):  # noqa: PTH118, PTH123 - names that are no text
            pass
    return list(collect([Path(os.fsdecode(os.path.join(os.fsencode(place), n))) for n in names], out=place / "o"))  # noqa: PTH118


def test_missing_path_and_empty_folder_are_said(tmp_path: Path) -> None:
    """Nothing is graded when the command line is wrong."""
    with pytest.raises(UsageError, match="does not exist"):
        collect([tmp_path / "no"], out=tmp_path / "out")
    with pytest.raises(UsageError, match="nothing to grade"):
        collect([touch(tmp_path / "empty")], out=tmp_path / "out")


def test_dangling_link_is_a_row(tmp_path: Path) -> None:
    """It becomes a reason later, not a usage error now."""
    (tmp_path / "a.ipynb").symlink_to("/nowhere")
    assert len(collect([tmp_path / "a.ipynb"], out=tmp_path / "out")) == 1
