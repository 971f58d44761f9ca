"""Real otter in real processes: honest work scores what `otter run` gives, other work ends in a verdict.

The submissions are graded once, two at a time; each test looks at one report.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from mlsafety_grader.engine import Bounds, OtterEngine, Task, Terms, grade, grade_all
from mlsafety_grader.model import CaseResult, Report, Status, Verdict
from tests.conftest import Toy

HALF = "def worst(losses):\n    return losses[0] if losses else 0.0"
EXITING = "def worst(losses):\n    raise SystemExit('gone')"
HANGING = "def worst(losses):\n    while True: pass"
# What otter unpickles runs in its own process; this says in which.
PICKLE_BOMB = """
import os, pickle
class Bomb:
    def __reduce__(self):
        return (exec, ("import os; open({marker!r}, 'a').write(str(os.getpid()) + ' ')",))
genuine = pickle.dump
pickle.dump = lambda results, file: genuine(Bomb(), file)
"""


def changed(toy: Toy, source: str, *, replaces: str = "", before: str = "q2_worst") -> nbformat.NotebookNode:
    """The solution with a function replaced, or with a cell put before a check."""
    notebook: nbformat.NotebookNode = nbformat.read(toy.solution, as_version=4)
    for number, cell in enumerate(notebook.cells):
        if replaces and f"def {replaces}(" in cell.source:
            cell.source = source
            break
        if not replaces and f'check("{before}")' in cell.source:
            notebook.cells.insert(number, nbformat.v4.new_code_cell(source, id="added"))
            break
    return notebook


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pickle bomb says in which process it went off."""
    return tmp_path_factory.mktemp("marker") / "pids"


@pytest.fixture(scope="module")
def handed_in(toy: Toy, marker: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of submissions."""
    folder = tmp_path_factory.mktemp("handed_in")
    notebooks = {
        "solution": nbformat.read(toy.solution, as_version=4),
        "blank": nbformat.read(toy.student, as_version=4),
        "half": changed(toy, HALF, replaces="worst"),
        "raises": changed(toy, "raise RuntimeError('oh no')"),
        "loops": changed(toy, "while True:\n    pass"),
        "exiting": changed(toy, EXITING, replaces="worst"),
        "hanging": changed(toy, HANGING, replaces="worst"),
        "dead": changed(toy, "import os; os._exit(7)"),
        "greedy": changed(toy, "hoard = b'1' * (1500 << 20)\nimport time; time.sleep(30)"),
        "bomb": changed(toy, PICKLE_BOMB.format(marker=str(marker))),
        "forger": changed(toy, "import os; open(os.environ['MLSAFETY_METRICS'], 'a').write('[[[' * 99999)"),
    }
    for name, notebook in notebooks.items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    (folder / "broken.ipynb").write_text("{")
    return folder


@pytest.fixture(scope="module")
def keep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the executed notebooks go."""
    return tmp_path_factory.mktemp("graded")


@pytest.fixture(scope="module")
def reports(toy: Toy, handed_in: Path, keep: Path) -> dict[str, Report]:
    """What became of them."""
    tasks = []
    for path in sorted(handed_in.iterdir()):
        (keep / path.name).mkdir()
        tasks.append(Task(path=path, name=path.stem, folder=path.name, keep=keep / path.name))
    found = grade_all(tasks, terms(toy), jobs=2, stop=threading.Event())
    return {report.submission: report for _, report in found}


def terms(toy: Toy) -> Terms:
    release = toy.release
    limits = replace(release.manifest.limits, cell_s=10, submission_s=90, memory_mib=900)
    return Terms(engine=OtterEngine(), release=release, limits=limits, bounds=Bounds())


def verdicts(report: Report) -> list[Verdict]:
    return [case.verdict for question in report.questions for case in question.cases]


P, F, E = Verdict.PASSED, Verdict.FAILED, Verdict.ERROR


def test_solution_scores_full_marks(reports: dict[str, Report]) -> None:
    """By question, topic and measurement; the written question waits for a person."""
    report = reports["solution"]
    assert (report.status, report.earned, report.possible) == (Status.GRADED, 5, 5)
    assert verdicts(report) == [P, P, P, P]
    assert {t.topic: (t.earned, t.possible, t.written_possible) for t in report.topics} == {
        "hazard_analysis.risk_decomposition": (3, 3, 5),
        "hazard_analysis.systems_view": (2, 2, 0),
    }
    assert [(m.id, m.value, m.position) for m in report.measurements] == [("risk_error", 0.0, 1.0)]
    assert report.isolation == "none"


def test_blank_scores_nothing(reports: dict[str, Report]) -> None:
    """Every case says why."""
    report = reports["blank"]
    assert (report.status, report.earned) == (Status.GRADED, 0)
    assert P not in verdicts(report)


def test_partial_answer_gets_partial_credit(reports: dict[str, Report]) -> None:
    """The public case of the second question passes, its hidden one fails by an assertion."""
    report = reports["half"]
    assert (report.earned, verdicts(report)) == (3.5, [P, P, P, F])
    assert [case.message for case in report.questions[0].cases] == [None, None]


def test_renamed_notebook_is_checked_in_place(keep: Path, reports: dict[str, Report]) -> None:
    """No cell fails because the file has another name than its first cell says."""
    assert reports["solution"].cell_failures == ()
    executed = nbformat.read(keep / "solution.ipynb" / "executed.ipynb", as_version=4)
    checks = [cell for cell in executed.cells if "grader.check(" in cell.source]
    assert checks
    for cell in checks:
        assert "execute_result" in [output["output_type"] for output in cell.outputs]


@pytest.mark.parametrize("name", ["solution", "blank", "half", "raises"])
def test_score_is_what_otter_run_gives_by_hand(
    toy: Toy, handed_in: Path, reports: dict[str, Report], name: str, tmp_path: Path
) -> None:
    """`otter run -a autograder.zip submission` on the command line, question by question."""
    zipped, work = str(toy.folder / "autograder.zip"), str(handed_in / f"{name}.ipynb")
    subprocess.run(
        [sys.executable, "-m", "otter", "run", "-a", zipped, "-o", str(tmp_path), work],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    tests = json.loads((tmp_path / "results.json").read_text())["tests"]
    by_hand = {test["name"]: (test["score"], test["max_score"]) for test in tests if "score" in test}
    ours = {q.name: (q.earned, q.possible) for q in reports[name].questions if not q.manual}
    assert ours == by_hand


def test_cell_that_raises_is_named_and_the_rest_is_graded(reports: dict[str, Report]) -> None:
    """Number, type and text of the error; no point is lost."""
    report = reports["raises"]
    assert (report.status, report.earned) == (Status.GRADED, 5)
    assert [(f.kind, f.error, f.message) for f in report.cell_failures] == [(E, "RuntimeError", "oh no")]
    assert report.cell_failures[0].cell is not None


def test_endless_cell_is_cut_off_and_the_rest_is_graded(reports: dict[str, Report]) -> None:
    """At the cell's limit, not the submission's."""
    report = reports["loops"]
    assert (report.status, report.earned) == (Status.TIMEOUT, 5)
    assert "10 s that it may take" in report.reason
    assert [f.kind for f in report.cell_failures] == [Verdict.TIMEOUT]
    assert report.usage.wall_s < 80


def test_exit_inside_a_test_costs_only_its_question(reports: dict[str, Report]) -> None:
    """Otter alone loses all results here: 0 of 0."""
    report = reports["exiting"]
    assert (report.earned, report.possible) == (3, 5)
    assert verdicts(report)[:2] == [P, P]
    assert P not in verdicts(report)[2:]


def test_endless_test_costs_only_its_question(reports: dict[str, Report]) -> None:
    """The first question keeps its points."""
    report = reports["hanging"]
    assert (report.earned, report.possible) == (3, 5)
    assert verdicts(report)[2:] == [Verdict.TIMEOUT, Verdict.TIMEOUT]


def test_dead_kernel_is_a_crash(reports: dict[str, Report]) -> None:
    """With a reason, a row and all its cases."""
    report = reports["dead"]
    assert (report.status, report.earned, report.possible) == (Status.CRASHED, 0, 5)
    assert "died" in report.reason
    assert set(verdicts(report)) == {Verdict.CRASHED}


def test_greedy_notebook_is_cut_off(reports: dict[str, Report]) -> None:
    """At its memory limit."""
    report = reports["greedy"]
    assert (report.status, report.possible) == (Status.MEMORY, 5)
    assert "900 MiB" in report.reason


def test_what_the_submission_pickled_is_never_loaded_here(reports: dict[str, Report], marker: Path) -> None:
    """It goes off in the process that was started for it, and gives no points."""
    report = reports["bomb"]
    assert marker.exists()
    assert str(os.getpid()) not in marker.read_text().split()
    assert (report.status, report.earned) == (Status.CRASHED, 0)


def test_nonsense_among_the_measurements_is_dropped(reports: dict[str, Report]) -> None:
    """What is recorded properly stays."""
    report = reports["forger"]
    assert (report.earned, [m.id for m in report.measurements]) == (5, ["risk_error"])


def test_broken_file_is_a_row_with_the_reason(reports: dict[str, Report]) -> None:
    """It never started a process."""
    report = reports["broken"]
    assert (report.status, report.earned, report.possible, report.sha256) == (Status.REJECTED, 0, 5, "")
    assert "not a notebook" in report.reason


@pytest.mark.usefixtures("reports")
def test_executed_notebook_is_kept(keep: Path) -> None:
    """For staff to look at."""
    executed = nbformat.read(keep / "solution.ipynb" / "executed.ipynb", as_version=4)
    assert any("All test cases passed" in str(cell.get("outputs")) for cell in executed.cells)


def test_stopped_grading_is_no_zero(toy: Toy, handed_in: Path) -> None:
    """An interrupted submission is a fault of the grader, to be graded again."""
    stop = threading.Event()
    stop.set()
    task = Task(path=handed_in / "solution.ipynb", name="solution", folder="solution.ipynb")
    report = grade(task, terms(toy), stop=stop)
    assert (report.status, report.reason) == (Status.GRADER_FAULT, "interrupted")


def test_details_are_kept_apart_from_what_students_see(reports: dict[str, Report]) -> None:
    """A hidden case's own text never is its message."""
    cases: list[CaseResult] = [case for question in reports["blank"].questions for case in question.cases]
    assert any("wanted" in case.detail for case in cases if case.hidden)
    assert not any("wanted" in (case.message or "") for case in cases)
