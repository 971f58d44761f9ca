"""A submission is prepared for the kernel as otter prepares it, and no hidden file goes along."""

import json
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlsafety_grader.engine.cells import prepare
from mlsafety_grader.engine.intake import Bounds, take_in
from mlsafety_grader.model import Manifest
from mlsafety_grader.release import Release, write_zip
from mlsafety_grader.release.load import OtterConfig

EXCEPTION_TESTS = b"""
from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
import module_level
@test_case(points=1)
def test_public(f):
    import shared
    open("public.csv")
@test_case(points=1, hidden=True)
def test_hidden(f):
    import oracle, shared
    open("hidden.csv")
"""
OK_TESTS = b"""OK_FORMAT = True
test = {"name": "q2", "suites": [{"cases": [
    {"code": ">>> import helper", "hidden": False}, {"code": ">>> import secret", "hidden": True}]}]}
"""
FILES = ("oracle.py", "shared.py", "hidden.csv", "public.csv", "unnamed.csv", "helper.py", "secret/__init__.py",
         "module_level.py", "mlsafety_kit/data.py")  # fmt: skip


def release(
    tmp_path: Path, *, config: OtterConfig | None = None, student_files: frozenset[str] | None = None
) -> Release:
    members = {f"files/{name}": b"" for name in FILES}
    write_zip(tmp_path / "a.zip", members | {"tests/q1.py": EXCEPTION_TESTS, "tests/q2.py": OK_TESTS})
    return Release(
        manifest=Manifest(slug="s", title="t", release_id="r", questions=()),
        autograder=tmp_path / "a.zip",
        config=config or OtterConfig(),
        student_files=student_files,
    )


def write(path: Path, *cells: Any) -> Path:
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


def code(source: str, **metadata: Any) -> nbformat.NotebookNode:
    cell: nbformat.NotebookNode = nbformat.v4.new_code_cell(source, metadata=metadata)
    return cell


def taken(path: Path) -> Any:
    return take_in(path, assignment_name=None, bounds=Bounds())


def test_foreign_zip_keeps_back_what_only_hidden_cases_name(tmp_path: Path) -> None:
    """What a public case names, students have; what nothing names, a notebook may need."""
    prepared = prepare(taken(write(tmp_path / "a.ipynb", code("x = 1"))), release(tmp_path))
    given = set(prepared.files) - {"submission.ipynb"}
    assert given == {"shared.py", "public.csv", "unnamed.csv", "helper.py", "mlsafety_kit/data.py"}


def test_own_release_gives_exactly_what_students_have(tmp_path: Path) -> None:
    """The build knows."""
    known = release(tmp_path, student_files=frozenset({"mlsafety_kit/data.py", "hidden.csv"}))
    prepared = prepare(taken(write(tmp_path / "a.ipynb", code("x = 1"))), known)
    assert set(prepared.files) - {"submission.ipynb"} == {"mlsafety_kit/data.py", "hidden.csv"}


def test_ignored_cells_are_left_out_and_metadata_checks_kept(tmp_path: Path) -> None:
    """`otter_ignore`, otter's `ignore`, otter's `tests`; text is no code."""
    path = write(
        tmp_path / "a.ipynb",
        nbformat.v4.new_markdown_cell("text"),
        code("one", otter={"tests": ["q1"]}),
        code("two", tags=["otter_ignore"]),
        code("three", otter={"ignore": True}),
        code("four", otter="nonsense"),
    )
    prepared = prepare(taken(path), release(tmp_path))
    assert [(cell.source, cell.checks) for cell in prepared.cells] == [("one", ("q1",)), ("four", ())]
    assert prepared.index == (1, 4)


@pytest.mark.parametrize(
    ("config", "sources"),
    [
        (OtterConfig(), ["x = 1", "%%bash\nls"]),
        (OtterConfig(seed=3, seed_variable="rng_seed"), ["rng_seed = 3\nx = 1", "%%bash\nls"]),
    ],
)
def test_seed_variable_is_set_before_every_cell(tmp_path: Path, config: OtterConfig, sources: list[str]) -> None:
    """But not before a cell magic, which must come first."""
    path = write(tmp_path / "a.ipynb", code("x = 1"), code("%%bash\nls"))
    assert [cell.source for cell in prepare(taken(path), release(tmp_path, config=config)).cells] == sources


def test_seed_seeds_both_generators(tmp_path: Path) -> None:
    """A cell that grading added imports them; it is no cell of the submission."""
    prepared = prepare(taken(write(tmp_path / "a.ipynb", code("x = 1"))), release(tmp_path, config=OtterConfig(seed=3)))
    assert prepared.index == (None, 0)
    assert "np_for_seeding.random.seed(3)\nrandom_for_seeding.seed(3)\nx = 1" in prepared.cells[1].source


def test_zip_brings_its_files_and_the_releases_own_win(tmp_path: Path) -> None:
    """A student's own shared.py does not replace the assignment's."""
    notebook = json.dumps(nbformat.v4.new_notebook(cells=[code("x = 1")]))
    with zipfile.ZipFile(tmp_path / "a_submission.zip", "w") as archive:
        for name, text in {"hw.ipynb": notebook, "mine.py": "y = 2", "shared.py": "z = 3", ".OTTER_LOG": "x"}.items():
            archive.writestr(name, text)
    prepared = prepare(taken(tmp_path / "a_submission.zip"), release(tmp_path))
    assert prepared.files["mine.py"] == b"y = 2"
    assert prepared.files["shared.py"] == b""
    assert ".OTTER_LOG" not in prepared.files


def test_script_is_one_cell_and_old_notebooks_are_read(tmp_path: Path) -> None:
    """nbformat 3 kept its cells in worksheets."""
    (tmp_path / "a.py").write_text("x = 1")
    cell = {"cell_type": "code", "input": "y = 2", "language": "python", "outputs": [], "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": [cell]}]}
    (tmp_path / "b.ipynb").write_text(json.dumps(old))
    assert [c.source for c in prepare(taken(tmp_path / "a.py"), release(tmp_path)).cells] == ["x = 1"]
    assert [c.source for c in prepare(taken(tmp_path / "b.ipynb"), release(tmp_path)).cells] == ["y = 2"]
