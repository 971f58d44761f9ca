"""The command line as scripts and people meet it: output, exit codes, and one clear message for each mistake."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import nbformat
import pytest

from mlsafety_grader import __version__
from mlsafety_grader.report import decode_report, gradescope_schema
from tests import toycourse
from tests.conftest import Toy

MLSAFETY = str(Path(sys.executable).with_name("mlsafety"))
HEAVY = ("torch", "numpy", "otter", "nbformat", "pandas", "sklearn", "pydantic", "IPython", "matplotlib", "sqlalchemy",
         "alembic", "psycopg", "distributed")  # fmt: skip


def run(*arguments: object, cwd: Path, width: int = 80) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "COLUMNS": str(width), "MLSAFETY_RELEASE_SECRET": "a secret", "MLSAFETY_JOBS": "2"}
    return subprocess.run(
        [MLSAFETY, *map(str, arguments)], cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


def message(done: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def graded(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """The toy's solution, its blank and a broken file, graded from the command line."""
    place = tmp_path_factory.mktemp("cli")
    handed_in = place / "handed in"
    handed_in.mkdir()
    shutil.copy(toy.solution, handed_in / "=right.ipynb")
    shutil.copy(toy.student, handed_in / "blank.ipynb")
    (handed_in / "broken.ipynb").write_text("{")
    return run("grade", toy.folder, handed_in, "--out", "graded", cwd=place), place / "graded"


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    """That is why it answers at once; the modules that would cost seconds are not loaded."""
    code = (
        "import sys\nfrom mlsafety_grader.cli import main\nsys.argv = ['mlsafety', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n"
        f"    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stderr.strip() == "[]"
    assert "grade" in done.stdout


@pytest.mark.parametrize("command", ["units", "build", "verify", "grade", "regrade", "samples", "doctor"])
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    """Within 80 columns."""
    done = run(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_version(tmp_path: Path) -> None:
    """The package's own."""
    assert run("--version", cwd=tmp_path).stdout.strip() == __version__


def test_units_lists_the_syllabus_in_80_columns() -> None:
    """Twenty lectures with points, topic and status."""
    done = run("units", cwd=toycourse.REPOSITORY)
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert max(len(line) for line in lines) <= 80
    assert any("adversaries" in line and "30" in line and "Adversaries" in line for line in lines)
    written = len(list((toycourse.REPOSITORY / "assignments").glob("*/*/assignment.toml")))
    assert sum(line.rstrip().endswith("open") for line in lines) + written == 20
    assert lines[-1].startswith(f"20 lectures, {written} written")


def test_build_says_where_and_what(toy: Toy, tmp_path: Path) -> None:
    """Slug, hash, questions, cases, points and folder; from a folder below the course."""
    below = toy.root / "assignments"
    done = run("build", toycourse.SLUG, "--dist", tmp_path / "dist", cwd=below)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert said.startswith(f"{toycourse.SLUG}: release {toy.release.manifest.release_id}, 3 questions, 4 cases, 5 auto")
    assert (tmp_path / "dist" / toycourse.SLUG / "manifest.json").exists()


def test_grade_prints_scores_by_question_and_topic(
    toy: Toy, graded: tuple[subprocess.CompletedProcess[str], Path]
) -> None:
    """The table goes to standard output, progress to standard error, and it fits the terminal."""
    done, _ = graded
    assert done.returncode == 0, done.stderr
    assert "5/5" in done.stdout
    assert "0/5" in done.stdout
    assert "rejected" in done.stdout
    assert "[3/3]" in done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80


def test_grade_writes_all_files(graded: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """grades.csv, batch.json, and a folder per submission with both reports; each in its own format."""
    _, out = graded
    assert {path.name for path in out.iterdir()} == {
        "grades.csv", "batch.json", "batch.log", ".lock", "=right.ipynb", "blank.ipynb", "broken.ipynb"
    }  # fmt: skip
    rows = list(csv.DictReader((out / "grades.csv").read_text().splitlines()))
    assert [(row["file"], row["total_points_earned"]) for row in rows] == [
        ("points-per-question", "5"),
        ("'=right.ipynb", "5"),
        ("blank.ipynb", "0"),
        ("broken.ipynb", "0"),
    ]
    assert rows[1]["hazard_analysis.systems_view"] == "2"
    assert json.loads((out / "batch.json").read_text())["release"]["slug"] == toycourse.SLUG
    for name in ("=right.ipynb", "blank.ipynb", "broken.ipynb"):
        report = decode_report((out / name / "report.json").read_bytes())
        results = json.loads((out / name / "results.json").read_text())
        jsonschema.validate(results, gradescope_schema())
        assert sum(test.get("max_score", 0) for test in results["tests"]) == report.possible == 5


def test_grading_twice_gives_the_same_report_but_for_times(
    toy: Toy, graded: tuple[subprocess.CompletedProcess[str], Path], tmp_path: Path
) -> None:
    """Reports may differ in `usage` only."""
    _, first = graded
    done = run("grade", toy.folder, toy.solution, "--out", "again", cwd=tmp_path)
    assert done.returncode == 0
    one = json.loads((first / "=right.ipynb" / "report.json").read_text())
    two = json.loads((tmp_path / "again" / toy.solution.name / "report.json").read_text())
    for report in (one, two):
        for key in ("usage", "submission", "folder"):
            del report[key]
    assert one == two


def test_missed_threshold_is_exit_code_1(toy: Toy, tmp_path: Path) -> None:
    """For CI jobs."""
    done = run("grade", toy.folder, toy.student, "--out", tmp_path / "g", "--fail-under", 50, cwd=tmp_path)
    assert done.returncode == 1
    assert "less than 50 %" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["grade", "no-such-release", "x.ipynb", "--out", "g"], "no-such-release does not exist"),
        (["grade", "{release}", "no-such-file.ipynb", "--out", "g"], "no-such-file.ipynb does not exist"),
        (["grade", "{release}", "{solution}", "--out", "a-file"], "a-file is not a folder"),
        (["grade", "{release}", "{solution}", "--out", "g", "--engine", "magic"], "no engine is called 'magic'"),
        (["grade", "{release}", "{solution}", "--out", "g", "--jobs", "0"], "jobs from flag"),
        (["grade", "{release}", "{solution}", "--out", "g", "--sandbox", "paper"], "paper"),
        (["grade", "{release}"], "Missing argument"),
        (["grade", "{release}", "{solution}"], "Missing option"),
        (["frobnicate"], "No such command"),
        (["units"], "not inside a course"),
        (["units", "--course", "."], "no <unit>/unit.toml"),
        (["build", "risks", "--course", "{root}"], "no assignment is called 'risks'"),
        (["build", "systems_view", "--course", "{root}"], "systems_view is still open"),
        (["samples", "risk_decomposition", "--out", "s", "--course", "{root}", "--dist", "none"], "is not built"),
    ],
)
def test_mistake_gives_one_message_and_exit_code_2(
    toy: Toy, tmp_path: Path, arguments: list[str], problem: str
) -> None:
    """What is wrong, what to do, no traceback, nothing written."""
    (tmp_path / "a-file").touch()
    names = {"release": toy.folder, "solution": toy.solution, "root": toy.root}
    done = run(*(argument.format(**names) for argument in arguments), cwd=tmp_path)
    assert done.returncode == 2
    assert problem in message(done)
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]


@pytest.mark.parametrize("engine", ["isolated", "otter"])
def test_interrupt_ends_with_130_and_leaves_nothing_running(toy: Toy, tmp_path: Path, engine: str) -> None:
    """Ctrl-C while a submission runs."""
    notebook = nbformat.read(toy.solution, as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_code_cell("import time; time.sleep(600)", id="sleep"))
    nbformat.write(notebook, tmp_path / "slow.ipynb")
    with subprocess.Popen(
        [MLSAFETY, "grade", str(toy.folder), "slow.ipynb", "--out", "g", "--engine", engine],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stderr is not None
        while "starting" not in process.stderr.readline():
            continue
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    left = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)
    assert left.stdout == ""


def test_doctor_shows_every_layer_in_80_columns(tmp_path: Path) -> None:
    """And what machine this is."""
    done = run("doctor", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in ("seccomp", "landlock", "level", "cores", "Python"):
        assert word in done.stdout


@pytest.mark.parametrize(("engine", "isolation"), [("isolated", "strict"), ("otter", "none")])
def test_report_says_how_it_was_isolated(toy: Toy, tmp_path: Path, engine: str, isolation: str) -> None:
    """Both engines give the same score; the report tells them apart."""
    done = run("grade", toy.folder, toy.solution, "--out", "g", "--engine", engine, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    report = decode_report((tmp_path / "g" / toy.solution.name / "report.json").read_bytes())
    assert (report.engine.value, report.earned) == (engine, 5)
    assert report.isolation == isolation or report.isolation == "reduced"
    assert ("does not isolate" in done.stderr) == (engine == "otter")


def test_samples_are_gradable_notebooks(toy: Toy, tmp_path: Path) -> None:
    """One of each kind, by the names that `make demo` shows."""
    place = ("--course", toy.root, "--dist", toy.dist, "--out", tmp_path / "s")
    done = run("samples", toycourse.SLUG, *place, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    names = {path.stem for path in (tmp_path / "s").iterdir()}
    assert names == {
        "solution", "blank", "raises", "loops", "mutant_risk_forgets_probability", "mutant_worst_takes_first",
        "alternative_risk_in_a_loop",
    }  # fmt: skip
    for path in (tmp_path / "s").iterdir():
        nbformat.validate(nbformat.read(path, as_version=4))
