"""Whatever is handed in becomes a submission or a reason, and nothing of it runs."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlsafety_grader.engine.intake import Bounds, Kind, take_in
from mlsafety_grader.errors import SubmissionError

BOUNDS = Bounds(max_mib=1, max_members=5)


def notebook(name: str | None = "toy", **extra: Any) -> str:
    cells = [nbformat.v4.new_code_cell("x = 1", id="a"), nbformat.v4.new_markdown_cell("text", id="b")]
    metadata = {"otter": {"assignment_name": name}} if name else {}
    return json.dumps(nbformat.v4.new_notebook(cells=cells, metadata=metadata) | extra)


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def write_zip(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SubmissionError) as caught:
        take_in(path, assignment_name="toy", bounds=BOUNDS)
    assert caught.value.hint
    return caught.value.message


def test_notebook_is_taken_with_its_code_cells(tmp_path: Path) -> None:
    """The sources of code cells come along, for naming a cell later."""
    found = take_in(write(tmp_path / "a.ipynb", notebook()), assignment_name="toy", bounds=BOUNDS)
    assert (found.kind, found.cells, len(found.sha256)) == (Kind.NOTEBOOK, ("x = 1",), 64)


def test_notebook_with_sources_as_lists_is_taken(tmp_path: Path) -> None:
    """Jupyter writes a source as a list of lines."""
    text = notebook(cells=[{"cell_type": "code", "source": ["x = 1\n", "y = 2"], "metadata": {}, "outputs": []}])
    assert take_in(write(tmp_path / "a.ipynb", text), assignment_name="toy", bounds=BOUNDS).cells == ("x = 1\ny = 2",)


def test_any_assignment_will_do_for_a_release_without_a_name(tmp_path: Path) -> None:
    """Otter does not check either."""
    path = write(tmp_path / "a.ipynb", notebook(None))
    assert take_in(path, assignment_name=None, bounds=BOUNDS).kind is Kind.NOTEBOOK


def test_script_is_one_cell(tmp_path: Path) -> None:
    """As otter treats it."""
    found = take_in(write(tmp_path / "a.py", "x = 1"), assignment_name="toy", bounds=BOUNDS)
    assert (found.kind, found.cells) == (Kind.SCRIPT, ("x = 1",))


def test_zip_is_taken_by_its_notebook_or_script(tmp_path: Path) -> None:
    """What the export cell makes, and a zipped script."""
    work = write_zip(tmp_path / "a.zip", {"hw.ipynb": notebook(), "data/x.csv": "1"})
    script = write_zip(tmp_path / "b.zip", {"hw.py": "y = 2", "__init__.py": ""})
    assert take_in(work, assignment_name="toy", bounds=BOUNDS).cells == ("x = 1",)
    assert take_in(script, assignment_name="toy", bounds=BOUNDS).cells == ("y = 2",)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.ipynb", "", "is empty"),
        ("a.ipynb", "{", "is not a notebook"),
        ("a.ipynb", "[]", "is not a notebook"),
        ("a.ipynb", b"\xff\xfe\x00", "is not a notebook"),
        ("a.ipynb", "[" * 100_000, "is not a notebook"),
        ("a.ipynb", '{"nbformat": 4, "cells": []}', "has no cells"),
        ("a.ipynb", '{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}', "is not a notebook"),
        ("a.ipynb", notebook("other"), "is a notebook of assignment 'other'; this is 'toy'"),
        ("a.ipynb", notebook(None), "without an assignment's name"),
        ("a.ipynb", notebook(metadata={"otter": "toy"}), "without an assignment's name"),
        ("a.ipynb", "x" * (2 << 20), "more than the 1 MiB"),
        ("a.py", b"\xff", "not UTF-8"),
        ("a.zip", "PK", "is not a readable zip"),
        ("a.pdf", "x", "is not a notebook, script or zip but .pdf"),
        ("noname", "x", "a file without a type"),
    ],
)
def test_what_cannot_be_graded_has_a_reason(tmp_path: Path, name: str, content: str | bytes, problem: str) -> None:
    """The student reads why, and what to hand in instead."""
    assert problem in refusal(write(tmp_path / name, content))


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"a.txt": "x"}, "without a notebook at its top"),
        ({"sub/a.ipynb": notebook()}, "without a notebook at its top"),
        ({"a.ipynb": notebook(), "b.ipynb": notebook()}, "2 .ipynb files"),
        ({"a.ipynb": notebook(), "../../evil.py": "x"}, "leads out of it"),
        ({"a.ipynb": notebook(), "/etc/evil": "x"}, "leads out of it"),
        ({"a.ipynb": notebook(), "..\\evil.py": "x"}, "leads out of it"),
        ({"a.ipynb": notebook("other")}, "of assignment 'other'"),
        ({f"{i}.txt": "x" for i in range(9)}, "zip of 9 files"),
        ({"a.ipynb": notebook(), "bomb": "0" * (3 << 20)}, "unpacks to more than the 1 MiB"),
    ],
)
def test_zip_that_cannot_be_graded_has_a_reason(tmp_path: Path, members: dict[str, str], problem: str) -> None:
    """Bombs, ways out and wrong contents."""
    assert problem in refusal(write_zip(tmp_path / "a.zip", members))


def test_encrypted_zip_has_a_reason(tmp_path: Path) -> None:
    """Python cannot read it without a password, and must not crash on it."""
    path = write_zip(tmp_path / "a.zip", {"a.ipynb": notebook()})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag "encrypted" in the local header and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "is not a readable zip" in refusal(path)


def test_links_folders_and_pipes_have_a_reason(tmp_path: Path) -> None:
    """None of them is opened: a pipe would wait for ever."""
    (tmp_path / "dangling.ipynb").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.ipynb").symlink_to(tmp_path / "loop.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert "link that leads nowhere" in refusal(tmp_path / "dangling.ipynb")
    assert "link that leads nowhere" in refusal(tmp_path / "loop.ipynb")
    assert "is a folder" in refusal(tmp_path / "folder.ipynb")
    assert "not a regular file" in refusal(tmp_path / "pipe.ipynb")
    assert "does not exist" in refusal(tmp_path / "missing.ipynb")
