"""Mutants are read without being run, and put where the student's function stood."""

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from mlsafety_grader.course import load_assignment, load_course
from mlsafety_grader.errors import CourseError
from mlsafety_grader.gate.specimens import Purpose, add_cell_before_checks, make_variant, read_variants
from mlsafety_grader.model import Assignment
from tests import toycourse


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    """The toy assignment's sources, to be broken."""
    toycourse.write_course(tmp_path)
    return load_assignment(load_course(tmp_path), toycourse.SLUG)


def rewrite(assignment: Assignment, text: str) -> None:
    (Path(assignment.folder) / "mutants.py").write_text(text)


def test_variants_know_their_question_and_meaning(assignment: Assignment) -> None:
    """The question is the one that declares the function."""
    variants = read_variants(assignment)
    assert [(v.name, v.purpose, v.question) for v in variants] == [
        ("risk_forgets_probability", Purpose.MUTANT, "q1_risk"),
        ("worst_takes_first", Purpose.MUTANT, "q2_worst"),
        ("risk_in_a_loop", Purpose.ALTERNATIVE, "q1_risk"),
    ]
    assert variants[0].meaning == "Add the losses without their probabilities."
    assert variants[0].replaces[0][1].startswith("def risk(probability, loss):")


def test_mutants_are_not_run(assignment: Assignment, tmp_path: Path) -> None:
    """A side effect in the file does not happen."""
    marker = tmp_path / "ran"
    rewrite(assignment, f"open({str(marker)!r}, 'w')\n{toycourse.MUTANTS}")
    assert len(read_variants(assignment)) == 3
    assert not marker.exists()


def test_no_file_means_no_variants(assignment: Assignment) -> None:
    """The gate then complains; reading does not."""
    (Path(assignment.folder) / "mutants.py").unlink()
    assert read_variants(assignment) == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("def", "line 1"),
        ("MUTANTS = {}", "ALTERNATIVES is not a literal"),
        ("ALTERNATIVES = {}", "MUTANTS is not a literal"),
        ("MUTANTS = dict()\nALTERNATIVES = {}", "MUTANTS is not a literal"),
        ("MUTANTS = {1: {}}\nALTERNATIVES = {}", "MUTANTS is not a literal"),
        ('MUTANTS = {"a": {"risk": 3}}\nALTERNATIVES = {}', "MUTANTS is not a literal"),
        ('MUTANTS = {"a": {"risk": b}}\nALTERNATIVES = {}', "no function b"),
        ('def b(): ...\nMUTANTS = {"a": {"nobody": b}}\nALTERNATIVES = {}', "no question declares the function nobody"),
    ],
)
def test_wrong_mutants_file_is_named(assignment: Assignment, text: str, problem: str) -> None:
    """One error that says what to mend."""
    rewrite(assignment, text)
    with pytest.raises(CourseError, match=problem):
        read_variants(assignment)


def test_variant_replaces_the_function_and_leaves_demos_out(assignment: Assignment, tmp_path: Path) -> None:
    """The rest of the cell and of the notebook stays."""
    answer = "import math\n\n" + toycourse.RISK + "\nafter = 1"
    demo = nbformat.v4.new_code_cell("plot()", id="demo", metadata={"tags": ["demo"]})
    magic = nbformat.v4.new_code_cell("%matplotlib inline", id="magic")
    cells = [magic, nbformat.v4.new_code_cell(answer, id="a"), demo]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "s.ipynb")
    made = make_variant(tmp_path / "s.ipynb", read_variants(assignment)[0])
    source = made.cells[1].source
    assert [cell["id"] for cell in made.cells] == ["magic", "a"]
    assert source.startswith("import math")
    assert source.endswith("after = 1")
    assert "return float(sum(loss))" in source
    assert "expected" not in source


def test_variant_of_a_function_that_is_not_there_is_an_error(assignment: Assignment, tmp_path: Path) -> None:
    """A mutant that changes nothing would always be caught or never."""
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1", id="a")]), tmp_path / "s.ipynb")
    with pytest.raises(CourseError, match="does not define risk"):
        make_variant(tmp_path / "s.ipynb", read_variants(assignment)[0])


def test_question_without_declared_functions_cannot_be_targeted(assignment: Assignment) -> None:
    """The sidecar must say whose function it is."""
    stripped = replace(assignment, questions=tuple(replace(q, functions=()) for q in assignment.questions))
    with pytest.raises(CourseError, match="no question declares"):
        read_variants(stripped)


def test_cell_is_added_just_before_the_check() -> None:
    """And at the end when nothing checks that question; the notebook given is not changed."""
    cells = [nbformat.v4.new_code_cell(text, id=f"c{i}") for i, text in enumerate(["x = 1", 'grader.check("q1")', "y"])]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert [c.source for c in add_cell_before_checks(notebook, "new", "q1").cells][1] == "new"
    assert [c.source for c in add_cell_before_checks(notebook, "new", "q9").cells][-1] == "new"
    assert len(notebook.cells) == 3
