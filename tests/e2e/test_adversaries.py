"""The first real assignment, as an instructor and a student meet it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests import toycourse

SLUG = "adversaries"
BIN = Path(sys.executable).parent
STUDENT_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=1500
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the assignment with a secret of its own."""
    folder = tmp_path_factory.mktemp("dist")
    environ = {**os.environ, "MLSAFETY_RELEASE_SECRET": "end to end"}
    run(BIN / "mlsafety", "build", SLUG, "--dist", folder, cwd=toycourse.REPOSITORY, env=environ)
    return folder


@pytest.mark.slow
def test_release_passes_all_seven_controls(dist: Path) -> None:
    """The gate says so, and `mlsafety units` repeats it."""
    environ = {**os.environ, "MLSAFETY_RELEASE_SECRET": "end to end"}
    said = run(BIN / "mlsafety", "verify", SLUG, "--dist", dist, cwd=toycourse.REPOSITORY, env=environ)
    record = json.loads((dist / f"{SLUG}.verify.json").read_text())
    assert "may be released" in said
    assert [control["passed"] for control in record["controls"]] == [True] * 7
    listed = run(BIN / "mlsafety", "units", "--dist", dist, cwd=toycourse.REPOSITORY)
    assert next(line for line in listed.splitlines() if SLUG in line).split()[-1] == "verified"


@pytest.mark.parametrize(("place", "score"), [("solution", 25), ("student", 0)])
def test_otter_run_by_hand_gives_the_gates_score(dist: Path, tmp_path: Path, place: str, score: float) -> None:
    """The zip works in plain otter: 25 of 25 for the solution, 0 for the blank version."""
    autograder = dist / SLUG / "autograder.zip"
    run(BIN / "otter", "run", "-a", autograder, "-o", tmp_path, dist / SLUG / place / f"{SLUG}.ipynb", cwd=tmp_path)
    tests = json.loads((tmp_path / "results.json").read_text())["tests"]
    assert sum(test["max_score"] for test in tests if "max_score" in test) == 25
    assert sum(test["score"] for test in tests if "score" in test) == score


@pytest.mark.slow
def test_student_version_works_with_its_requirements_only(dist: Path, tmp_path: Path) -> None:
    """In a fresh environment without this project: the solution typed in passes every public check."""
    home = tmp_path / "student"
    shutil.copytree(dist / SLUG / "student", home)
    python = tmp_path / "venv" / "bin" / "python"
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    constraints = toycourse.REPOSITORY / "constraints.txt"
    install = ("-m", "pip", "install", "--quiet", "-c", constraints)
    run(python, *install, "torch==2.13.0", cwd=home)  # first, so that nothing asks for another build of it
    run(python, *install, "-r", "requirements.txt", cwd=home)
    typed_in(dist / SLUG / "solution" / f"{SLUG}.ipynb", home / f"{SLUG}.ipynb")
    environ = {**STUDENT_ENVIRONMENT, "HOME": str(tmp_path), "PATH": f"{python.parent}:{os.defpath}"}
    execute = ("--to", "notebook", "--execute", "--inplace", f"{SLUG}.ipynb")
    run(python, "-m", "nbconvert", *execute, cwd=home, env=environ)
    checks = [
        cell
        for cell in nbformat.read(home / f"{SLUG}.ipynb", as_version=4).cells
        if cell.source.startswith("grader.check(")
    ]
    assert len(checks) == 5
    for cell in checks:
        shown = [output["data"]["text/plain"] for output in cell.outputs if output["output_type"] == "execute_result"]
        assert ["All test cases passed!" in text for text in shown] == [True]
    hidden = subprocess.run([python, "-c", "import mlsafety_grader"], capture_output=True, cwd=home, check=False)
    assert hidden.returncode != 0


def typed_in(solution: Path, student: Path) -> None:
    """Put the solution's answers into the student notebook's answer cells."""
    answers = {cell["id"]: cell.source for cell in nbformat.read(solution, as_version=4).cells}
    notebook = nbformat.read(student, as_version=4)
    changed = 0
    for cell in notebook.cells:
        if cell.cell_type == "code" and "otter_answer_cell" in cell.metadata.get("tags", []):
            changed += cell.source != answers[cell["id"]]
            cell.source = answers[cell["id"]]
    assert changed == 5
    nbformat.write(notebook, student)
