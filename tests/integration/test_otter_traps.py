"""What the checks of masters rely on, seen on the real otter: each trap is sprung once.

A test that fails here after an upgrade of otter means that a trap is gone, and its check may go too.
"""

import ast
import importlib
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.release.master import Master, read_master
from mlsafety_grader.release.master_lines import divide
from mlsafety_grader.release.master_rules import check_master

Cell = dict[str, Any]

ANSWER = "def double(x):\n    # BEGIN SOLUTION\n    return 2 * x\n    # END SOLUTION"
EXCEPTION = "tests: {files: true, ok_format: false}"
OK = "tests: {files: true, ok_format: true}"


def raw(source: str) -> Cell:
    return {"cell_type": "raw", "metadata": {}, "source": source}


def code(source: str) -> Cell:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def otter_module(name: str) -> Any:
    """Import a part of otter; what it imports in turn warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"otter.{name}")


@pytest.fixture(scope="module")
def otter_solutions() -> Any:
    return otter_module("assign.solutions")


def notebook(
    *tests: Cell, formats: str = EXCEPTION, answer: Cell | None = None, more: tuple[Cell, ...] = ()
) -> list[Cell]:
    begin = [raw(f"# ASSIGNMENT CONFIG\ninit_cell: false\n{formats}"), raw("# BEGIN QUESTION\nname: q1")]
    solution = [raw("# BEGIN SOLUTION"), answer or code(ANSWER), raw("# END SOLUTION")]
    return [*begin, *solution, raw("# BEGIN TESTS"), *tests, raw("# END TESTS"), raw("# END QUESTION"), *more]


def compiled(folder: Path, cells: list[Cell], *options: str) -> tuple[Master, Path]:
    """Read a master and let otter assign compile it; otter must be content with it."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    numbered = [{"id": f"c{number}", **entry} for number, entry in enumerate(cells)]
    path = folder / "toy.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": numbered}))
    command = [sys.executable, "-m", "otter", "assign", path.name, "out", "--no-pdfs", *(options or ["--no-run-tests"])]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return read_master(path), folder / "out"


def complaints(master: Master) -> str:
    return "\n".join(problem.message for problem in check_master(master))


def student_text(out: Path) -> str:
    return json.dumps(json.loads((out / "student" / "toy.ipynb").read_text()))


def compiled_tests(out: Path) -> str:
    return (out / "autograder" / "tests" / "q1.py").read_text()


TEST_A = "def test_a(double):\n    assert double(1) == 2"


def test_boundary_in_a_code_cell_is_ignored(tmp_path: Path) -> None:
    """otter compiles the notebook, and the test is in the student's hands, hidden or not."""
    cells = notebook(code("# HIDDEN\n" + TEST_A))
    begin, end = cells.index(raw("# BEGIN TESTS")), cells.index(raw("# END TESTS"))
    cells[begin], cells[end] = code("# BEGIN TESTS"), code("# END TESTS")
    master, out = compiled(tmp_path, cells)
    assert "def test_a" in student_text(out)
    assert "BEGIN TESTS in a code cell: otter silently ignores it" in complaints(master)


def test_test_of_the_same_name_is_lost(tmp_path: Path) -> None:
    """Of two functions with one name only the second is a test case."""
    master, out = compiled(tmp_path, notebook(code(TEST_A), code(TEST_A.replace("2", "1 + 1"))))
    assert compiled_tests(out).count("def test_a") == 2
    assert (
        len(otter_module("test_files.exception_test").ExceptionTestFile.from_string(compiled_tests(out)).test_cases)
        == 1
    )
    assert "`test_a` is also the test of cell 7" in complaints(master)


def test_quote_in_a_message_breaks_the_test_file(tmp_path: Path) -> None:
    """The file is no Python, and otter is content even when it runs the tests."""
    config = '""" # BEGIN TEST CONFIG\nfailure_message: say "no"\n""" # END TEST CONFIG\n'
    master, out = compiled(tmp_path, notebook(code(config + TEST_A)), "-v")
    with pytest.raises(SyntaxError):
        ast.parse(compiled_tests(out))
    assert "`failure_message` has a double quote" in complaints(master)


def test_ok_cell_that_was_not_run_expects_nothing(tmp_path: Path) -> None:
    """The doctest has the call and no result under it."""
    master, out = compiled(tmp_path, notebook(code("double(1)"), formats=OK))
    assert "'>>> double(1)\\n'" in compiled_tests(out)
    assert "a test that shows something was not run" in complaints(master)


def test_question_without_an_end_gets_no_check_cell(tmp_path: Path) -> None:
    """otter does not notice the missing END QUESTION at the end of a notebook."""
    whole = notebook(code(TEST_A))
    master, out = compiled(tmp_path, whole[:-1])
    assert "grader.check" not in student_text(out)
    assert "BEGIN QUESTION without END QUESTION" in complaints(master)


def test_unknown_question_key_is_ignored(tmp_path: Path) -> None:
    """A misspelt `points` is worth otter's default of one point."""
    cells = notebook(code(TEST_A))
    cells[1] = raw("# BEGIN QUESTION\nname: q1\npoint: 6")
    master, out = compiled(tmp_path, cells)
    assert "points = None" in compiled_tests(out)
    assert "unknown key `point` in the question config" in complaints(master)


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        (notebook(code(TEST_A), answer=code("SECRET = 1")), "otter strips nothing"),
        (notebook(code(TEST_A), answer=code("x = 1  # SOLUTION\nSECRET = 1  # solution")), "is no marker"),
        (notebook(code(TEST_A), more=(code("SECRET = 1  # SOLUTION"),)), "outside a SOLUTION block"),
        (notebook(code(TEST_A), answer=raw("SECRET = 1")), "a raw cell in a SOLUTION block"),
    ],
)
def test_solution_that_is_not_stripped_leaks(tmp_path: Path, cells: list[Cell], complaint: str) -> None:
    """Without markers, with misspelt ones, outside a block, in a raw cell: the student gets the answer."""
    master, out = compiled(tmp_path, cells)
    assert "SECRET = 1" in student_text(out)
    assert complaint in complaints(master)


def test_config_in_single_quotes_is_overlooked(tmp_path: Path) -> None:
    """In the OK format the hidden test turns public without a word."""
    test = "''' # BEGIN TEST CONFIG\nhidden: true\n''' # END TEST CONFIG\nassert double(1) == 2"
    master, out = compiled(tmp_path, notebook(code(test), formats=OK))
    assert "double(1)" in (out / "student" / "tests" / "q1.py").read_text()
    assert "otter overlooks this BEGIN TEST CONFIG" in complaints(master)


def test_the_right_master_compiles_and_keeps_its_secrets(tmp_path: Path) -> None:
    """The control: no complaint, and neither solution nor hidden test reaches the student."""
    hidden = "# HIDDEN\ndef test_b(double):\n    assert double(2) == 4"
    master, out = compiled(tmp_path, notebook(code(TEST_A), code(hidden)))
    everything = student_text(out) + (out / "student" / "tests" / "q1.py").read_text()
    assert complaints(master) == ""
    assert not [line for line in (*master.solution_lines, *master.hidden_lines) if line.strip() in everything]


LINES = st.sampled_from(
    ["x = 1", "x = 2  # SOLUTION", "f(x) #SOLUTION", "y # SOLUTION NO PROMPT", "    # BEGIN SOLUTION", "# END SOLUTION",
     "# BEGIN SOLUTION NO PROMPT", "# begin solution", "# SEED", "# BEGIN IGNORE", "#END IGNORE", "# END IGNORE",
     "a # IGNORE", '""" # BEGIN PROMPT', '""" # END PROMPT', "# END SOLUTION # SEED", "# SOLUTION", ""]
)  # fmt: skip


@given(lines=st.lists(LINES, max_size=8))
def test_lines_are_stripped_as_otter_strips_them(otter_solutions: Any, lines: list[str]) -> None:
    """Where otter is content, the student's cell is what we keep, but for the `...` that otter puts in."""
    division = divide(lines, has_solution=True)
    try:
        stripped = otter_solutions.replace_solutions(otter_solutions.remove_ignored_lines(lines), "python")
    except AssertionError:
        assert any("without" in fault.text for fault in division.faults)
        return
    kept = iter(stripped)
    assert all(line in kept for line in division.kept)  # in this order
    assert all(line.strip() in ("x = ...", "...") for line in set(stripped) - set(division.kept))
    assert sorted(division.kept + division.stripped) == sorted(lines)
