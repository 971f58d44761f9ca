"""Batches from the command line, with the real engine: resume, interrupt, lock, events, regrade."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from mlsafety_grader.model import Report
from mlsafety_grader.report import decode_report
from tests import toycourse
from tests.conftest import Toy, make_toy
from tests.unit.batch.fakes import contents

MLSAFETY = str(Path(sys.executable).with_name("mlsafety"))
HEAVY = ("torch", "numpy", "otter", "IPython", "pandas", "sklearn", "matplotlib", "distributed", "sqlalchemy")


def command(*arguments: object) -> list[str]:
    return [MLSAFETY, *map(str, arguments)]


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "COLUMNS": "80", "MLSAFETY_JOBS": "2"}
    return subprocess.run(
        command(*arguments), cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=300,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def report_in(folder: Path) -> Report:
    return decode_report((folder / "report.json").read_bytes())


def events_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def graded(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `in/` (right, blank, broken) and its graded `out/`; tests copy it."""
    place = tmp_path_factory.mktemp("batch")
    (place / "in").mkdir()
    shutil.copy(toy.solution, place / "in" / "right.ipynb")
    shutil.copy(toy.student, place / "in" / "blank.ipynb")
    (place / "in" / "broken.ipynb").write_text("{")
    done = run("grade", toy.folder, "in", "--out", "out", cwd=place)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture
def place(graded: Path, tmp_path: Path) -> Path:
    shutil.copytree(graded, tmp_path / "p")
    return tmp_path / "p"


def test_rerun_starts_no_engine_and_imports_nothing_heavy(toy: Toy, place: Path) -> None:
    """Everything is there: it costs reading it."""
    code = (
        "import sys\nfrom mlsafety_grader.cli import main\n"
        f"sys.argv = ['mlsafety', 'grade', {str(toy.folder)!r}, 'in', '--out', 'out']\n"
        "try:\n    main()\nexcept SystemExit as e:\n"
        f"    print([n for n in {HEAVY} if n in sys.modules], e.code, file=sys.stderr)"
    )
    before = contents(place / "out")
    done = subprocess.run([sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[] 0"
    assert "3 submissions (3 graded before)" in done.stdout
    assert contents(place / "out") == before


def test_json_events(toy: Toy, place: Path) -> None:
    """One a line on standard output, and nothing else there."""
    late = nbformat.read(toy.student, as_version=4)
    late.cells.append(nbformat.v4.new_code_cell("1 + 1", id="own"))
    nbformat.write(late, place / "in" / "late.ipynb")
    seen = events_of(run("grade", toy.folder, "in", "--out", "out", "--json", cwd=place))
    assert [e["event"] for e in seen] == ["started", "reused", "reused", "reused", "graded", "finished"]
    assert (seen[0]["total"], seen[0]["reused"]) == (4, 3)
    assert {k: seen[4][k] for k in ("submission", "status", "earned", "possible", "done", "total")} == {
        "submission": "late.ipynb", "status": "graded", "earned": 0, "possible": 5, "done": 4, "total": 4
    }  # fmt: skip
    assert (seen[5]["graded"], seen[5]["faults"], seen[5]["is_interrupted"]) == (1, 0, False)


def test_fresh_grades_everything_again(toy: Toy, place: Path) -> None:
    """And comes to the same."""
    before = contents(place / "out")
    seen = events_of(run("grade", toy.folder, "in", "--out", "out", "--json", "--fresh", cwd=place))
    assert [e["event"] for e in seen].count("graded") == 3
    assert contents(place / "out") == before


def start_slow(toy: Toy, place: Path, *, seconds: int = 6) -> "subprocess.Popen[str]":
    """Start a batch of one right notebook and one that sleeps, and wait until the first is graded."""
    notebook = nbformat.read(toy.solution, as_version=4)
    notebook.cells.insert(1, nbformat.v4.new_code_cell(f"import time; time.sleep({seconds})", id="sleep"))
    (place / "slow").mkdir()
    shutil.copy(toy.solution, place / "slow" / "a.ipynb")
    nbformat.write(notebook, place / "slow" / "b.ipynb")
    process = subprocess.Popen(
        command("grade", toy.folder, "slow", "--out", "slow-out", "--jobs", 2), cwd=place, text=True,
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stderr is not None
    while "a.ipynb" not in process.stderr.readline():
        continue
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_in_good_order(toy: Toy, tmp_path: Path, number: signal.Signals) -> None:
    """130, a way to go on, no trace of what was dropped; and the same command finishes it."""
    process = start_slow(toy, tmp_path)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again" in said
    assert {p.name for p in (tmp_path / "slow-out").iterdir()} == {".lock", "batch.log", "a.ipynb"}
    seen = events_of(run("grade", toy.folder, "slow", "--out", "slow-out", "--json", cwd=tmp_path))
    assert [e["event"] for e in seen] == ["started", "reused", "graded", "finished"]


def test_second_signal_ends_at_once_and_nothing_stays(toy: Toy, tmp_path: Path) -> None:
    """Whatever hangs; the servers end by themselves."""
    process = start_slow(toy, tmp_path)
    process.send_signal(signal.SIGSTOP)  # both arrive before it can react to the first
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    done = run("grade", toy.folder, "slow/a.ipynb", "--out", "slow-out", "--json", cwd=tmp_path)
    assert [e["event"] for e in events_of(done)][:2] == ["started", "reused"]


def test_second_batch_in_one_folder_is_refused_or_waits(toy: Toy, tmp_path: Path) -> None:
    """The message names the process; `--wait` grades when the first has ended."""
    first = start_slow(toy, tmp_path, seconds=15)
    refused = run("grade", toy.folder, "slow/a.ipynb", "--out", "slow-out", cwd=tmp_path)
    assert refused.returncode == 2
    assert f"process {first.pid} on host" in refused.stderr
    waited = run("grade", toy.folder, "slow", "--out", "slow-out", "--wait", "--json", cwd=tmp_path)
    first.communicate(timeout=60)
    assert (first.returncode, waited.returncode) == (0, 0)
    seen = events_of(waited)
    assert f"waiting for another batch: process {first.pid}" in str(seen[0]["text"])
    assert [e["event"] for e in seen[1:]] == ["started", "reused", "reused", "finished"]


# --- regrade


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """The toy release with another hidden test of q2_worst."""
    root = tmp_path_factory.mktemp("changed")
    toycourse.write_course(root, notebook=changed_master())
    return make_toy(root, write=False)


def changed_master() -> nbformat.NotebookNode:
    notebook = toycourse.master()
    for cell in notebook.cells:
        cell.source = cell.source.replace("[1.0, 4.0, 2.5]) == 4.0", "[1.0, 4.0, 2.5]) == 4.5")
    return notebook


def test_regrade_asks_before_it_writes(changed: Toy, place: Path) -> None:
    """Without a terminal it shows what would change, and changes nothing."""
    before = contents(place / "out")
    done = run("regrade", changed.folder, "out", cwd=place)
    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert [line.split() for line in done.stdout.splitlines() if "right" in line] == [
        ["right.ipynb", "q2_worst", "2/2", "0.5/2"],
        ["right.ipynb", "total", "5/5", "3.5/5"],
    ]
    assert contents(place / "out") == before


def test_regrade_comes_to_what_grading_anew_comes_to(changed: Toy, place: Path) -> None:
    """In every byte but what it took, though only q2_worst was examined and the submissions have moved."""
    (place / "in").rename(place / "moved")
    done = run("regrade", changed.folder, "out", "--yes", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "2 were examined in part, 1 in full" in done.stdout
    (place / "moved").rename(place / "in")
    assert run("grade", changed.folder, "in", "--out", "anew", cwd=place).returncode == 0
    assert contents(place / "out") == contents(place / "anew")
    seen = events_of(run("grade", changed.folder, "in", "--out", "out", "--json", cwd=place))
    assert [e["event"] for e in seen].count("reused") == 3


def test_regrade_with_the_same_release_changes_nothing(toy: Toy, place: Path) -> None:
    """And needs no answer."""
    before = contents(place / "out")
    done = run("regrade", toy.folder, "out", cwd=place)
    assert (done.returncode, "3 needed no grading" in done.stdout) == (0, True)
    assert contents(place / "out") == before


def test_regrade_of_one_question(toy: Toy, changed: Toy, place: Path) -> None:
    """It is examined though nothing changed; and refused when something else changed too."""
    done = run("regrade", toy.folder, "out", "--question", "q1_risk", "--yes", cwd=place)
    assert (done.returncode, "2 were examined in part" in done.stdout) == (0, True), done.stderr
    refused = run("regrade", changed.folder, "out", "--question", "q1_risk", "--yes", cwd=place)
    assert refused.returncode == 2
    assert "the tests of q2_worst" in refused.stderr
    unknown = run("regrade", toy.folder, "out", "--question", "q9", cwd=place)
    assert "no test grades a question 'q9'" in unknown.stderr


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "holds no finished batch"),
        (b"{", "cannot be read"),
        (b'{"schema": 9, "engine": "isolated", "isolation": "strict", "submissions": []}', "schema 9"),
        (
            b'{"schema": 1, "engine": "otter", "isolation": "none", "submissions": [{"name": "x", "folder": "../x"}]}',
            "names a folder '../x'",
        ),
    ],
)
def test_regrade_of_something_else(toy: Toy, tmp_path: Path, content: bytes | None, problem: str) -> None:
    """One message, exit code 2, nothing written."""
    (tmp_path / "out").mkdir()
    if content is not None:
        (tmp_path / "out" / "batch.json").write_bytes(content)
    done = run("regrade", toy.folder, "out", cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert problem in done.stderr
    assert len(list((tmp_path / "out").iterdir())) == (content is not None)


def test_regrade_without_the_copy_says_so(changed: Toy, place: Path) -> None:
    """A batch of an older version, or somebody tidied."""
    (place / "out" / "right.ipynb" / "submission.ipynb").unlink()
    done = run("regrade", changed.folder, "out", "--yes", cwd=place)
    assert done.returncode == 2
    assert "holds no copy of what was handed in" in done.stderr


def test_layout_of_a_platform(toy: Toy, tmp_path: Path) -> None:
    """Canvas's file names tell whose each is; the roster says which student that is."""
    (tmp_path / "in").mkdir()
    shutil.copy(toy.student, tmp_path / "in" / "lovelaceada_101_5001_hw.ipynb")
    shutil.copy(toy.student, tmp_path / "in" / "hoppergrace_102_5002_hw.ipynb")
    (tmp_path / "roster.csv").write_text("login,name,canvas_id\nada,Ada Lovelace,101\ngrace,Grace Hopper,102\n")
    done = run("grade", toy.folder, "in", "--out", "out", "--layout", "canvas", "--roster", "roster.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = (tmp_path / "out" / "submissions.csv").read_text().splitlines()
    assert rows[0] == "folder,student,submitted_at"
    assert sorted(row.split(",")[1] for row in rows[1:]) == ["ada", "grace"]
    assert all((tmp_path / "out" / row.split(",")[0] / "report.json").is_file() for row in rows[1:])
