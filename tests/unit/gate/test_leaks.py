"""The leak scan finds secret lines wherever a student can read them, and only those."""

import base64
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mlsafety_grader.gate.leaks import Leak, find_leaks
from mlsafety_grader.release import Master

SECRET = "return float(expected_loss_of(hazards))"
HIDDEN = "assert worst([1.0, 4.0, 2.5]) == 4.0"
RUBRIC = "Two points for naming the spread of the losses."
EVERYDAY = "with torch.no_grad():"


@pytest.fixture
def master(tmp_path: Path) -> Master:
    """A master whose lesson shows an everyday line that the solution has too, and a long line of the solution."""
    return Master(
        path=tmp_path / "toy.ipynb",
        config={},
        ok_format=False,
        problems=(),
        questions=(),
        solution_lines=(f"    {SECRET}", EVERYDAY, "x = 1"),
        hidden_lines=(HIDDEN, "import torch"),
        public_lines=(EVERYDAY, "def signature_that_the_lesson_shows_as_well(model, x, y):", SECRET),
    )


def scan(tmp_path: Path, master: Master, **files: Any) -> list[Leak]:
    student = tmp_path / "student"
    student.mkdir()
    for name, content in files.items():
        path = student / name.replace("__", ".")
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    rubric = tmp_path / "RUBRIC.md"
    rubric.write_text(f"{RUBRIC}\ndef signature_that_the_lesson_shows_as_well(model, x, y):\n")
    kit = tmp_path / "kit.py"
    kit.write_text("optimiser = torch.optim.Adam(model.parameters(), lr=lr)\n")
    return find_leaks(student, master, secret_files=(rubric,), shipped=(kit,))


def notebook(**cell: Any) -> dict[str, Any]:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("text", id="a")])
    made.cells[0].update(cell)
    return dict(made)


def test_clean_version_has_no_leaks(tmp_path: Path, master: Master) -> None:
    """Everyday lines and what the lesson shows of a helper are no leaks."""
    shown = f"{EVERYDAY}\nx = 1\nimport torch\ndef signature_that_the_lesson_shows_as_well(model, x, y):"
    assert scan(tmp_path, master, toy__ipynb=notebook(source=shown), data__csv="1,2") == []


@pytest.mark.parametrize("line", [SECRET, HIDDEN, RUBRIC, f"#  {SECRET.replace(' ', '   ')}"])
def test_secret_line_in_a_cell_is_found(tmp_path: Path, master: Master, line: str) -> None:
    """Solution, hidden test and rubric; other spacing does not help, nor that the lesson shows a long solution line."""
    assert [leak.place for leak in scan(tmp_path, master, toy__ipynb=notebook(source=f"a\n{line}\nb"))] == [
        "toy.ipynb cell 1"
    ]


@pytest.mark.parametrize("marker", ["# BEGIN SOLUTION", "@test_case(hidden=True)", "import oracle_toy"])
def test_marker_is_found(tmp_path: Path, master: Master, marker: str) -> None:
    """What must never be in a student version at all."""
    assert scan(tmp_path, master, q1__py=marker)


@pytest.mark.parametrize(
    "hiding",
    [
        {"outputs": [{"output_type": "stream", "name": "stdout", "text": [f"{SECRET}\n"]}]},
        {"outputs": [{"output_type": "stream", "text": [SECRET[:9], SECRET[9:]]}]},
        {"attachments": {"a.txt": {"text/plain": base64.b64encode(f"# {HIDDEN}".encode()).decode()}}},
        {"attachments": {"a.txt": {"text/plain": SECRET}}},
        {"metadata": {"note": SECRET}},
    ],
)
def test_secret_line_in_outputs_attachments_and_metadata_is_found(
    tmp_path: Path, master: Master, hiding: dict[str, Any]
) -> None:
    """Split over list items or in base64 as well."""
    assert scan(tmp_path, master, toy__ipynb=notebook(**hiding))


def test_secret_line_in_another_file_or_in_notebook_metadata_is_found(tmp_path: Path, master: Master) -> None:
    """Students read those too."""
    leaks = scan(tmp_path, master, helper__py=SECRET, toy__ipynb=notebook() | {"metadata": {"x": HIDDEN}})
    assert [leak.place for leak in leaks] == ["helper.py", "toy.ipynb metadata"]
