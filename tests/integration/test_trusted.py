"""The warm process gives the author's variants the verdicts that `otter run` gives them."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from mlsafety_grader.engine import Bounds, OtterEngine, Task, Terms, grade_all, grade_trusted
from mlsafety_grader.errors import SubmissionError
from mlsafety_grader.model import Limits, Report, Status, Verdict
from tests.conftest import Toy

ANSWERS = {
    "solution": {},
    "half": {"worst": "def worst(losses):\n    return losses[0] if losses else 0.0"},
    "raises": {"risk": "def risk(probability, loss):\n    raise ValueError('no')"},
    "missing": {"worst": "pass"},
    "magic": {"worst": "%time x = 1\n!true\ndef worst(losses):\n    print('hm')\n    return max(losses)"},
}


def write(toy: Toy, folder: Path, answers: Mapping[str, Mapping[str, str]]) -> list[Task]:
    tasks = []
    for name, answer in answers.items():
        notebook = nbformat.read(toy.solution, as_version=4)
        for cell in notebook.cells:
            for function, source in answer.items():
                if f"def {function}(" in cell.source:
                    cell.source = source
        path = folder / f"{name}.ipynb"
        nbformat.write(notebook, path)
        tasks.append(Task(path=path, name=name, folder=path.name))
    return tasks


def terms(toy: Toy, limits: Limits | None = None) -> Terms:
    release = toy.release
    return Terms(engine=OtterEngine(), release=release, limits=limits or release.manifest.limits, bounds=Bounds())


def shape(report: Report) -> list[tuple[str, float, list[Verdict]]]:
    return [(q.name, q.earned, [c.verdict for c in q.cases]) for q in report.questions]


def test_verdicts_and_measurements_are_those_of_otter_run(toy: Toy, tmp_path: Path) -> None:
    """Case by case, for right, wrong, raising and missing answers, and for cells with magics."""
    tasks = write(toy, tmp_path, ANSWERS)
    warm = {r.submission: r for _, r in grade_trusted(tasks, terms(toy), jobs=2, stop=threading.Event())}
    cold = {r.submission: r for _, r in grade_all(tasks, terms(toy), jobs=2, stop=threading.Event())}
    assert {name: shape(report) for name, report in warm.items()} == {n: shape(r) for n, r in cold.items()}
    assert {n: r.measurements for n, r in warm.items()} == {n: r.measurements for n, r in cold.items()}
    assert shape(warm["half"])[1] == ("q2_worst", 0.5, [Verdict.PASSED, Verdict.FAILED])


def test_variants_do_not_share_state(toy: Toy, tmp_path: Path) -> None:
    """The same process grades A, B, A."""
    wrong = {"worst": "import random\nrandom.random = None\nmax = min\ndef worst(losses):\n    return max(losses)"}
    tasks = write(toy, tmp_path, {"a": {}, "b": wrong, "c": {}})
    found = {r.submission: r.earned for _, r in grade_trusted(tasks, terms(toy), jobs=1, stop=threading.Event())}
    assert found == {"a": 5, "b": 3.5, "c": 5}


def test_variant_that_hangs_or_dies_is_told(toy: Toy, tmp_path: Path) -> None:
    """By a cell's limit, by the submission's, and by a crash; the others go on."""
    answers = {
        "busy": {"worst": "while True: pass"},
        "asleep": {"worst": "import time\ntime.sleep(60)"},
        "dead": {"worst": "import os\nos._exit(3)"},
        "right": {},
    }
    limits = replace(toy.release.manifest.limits, cell_s=2, submission_s=12)
    tasks = write(toy, tmp_path, answers)
    found = {r.submission: r for _, r in grade_trusted(tasks, terms(toy, limits), jobs=2, stop=threading.Event())}
    assert {name: report.status for name, report in found.items()} == {
        "busy": Status.TIMEOUT,
        "asleep": Status.TIMEOUT,
        "dead": Status.CRASHED,
        "right": Status.GRADED,
    }
    assert (found["busy"].earned, found["right"].earned) == (3, 5)


def test_authors_file_that_is_no_notebook_is_an_error(toy: Toy, tmp_path: Path) -> None:
    """Not a row: the author must know."""
    (tmp_path / "a.ipynb").write_text("{")
    task = Task(path=tmp_path / "a.ipynb", name="a", folder="a.ipynb")
    with pytest.raises(SubmissionError):
        list(grade_trusted([task], terms(toy), jobs=1, stop=threading.Event()))


def test_cells_that_variants_share_run_once_and_leave_each_its_own_folder(toy: Toy, tmp_path: Path) -> None:
    """What came before they parted is there for all of them; what each does afterwards is not."""
    log = tmp_path / "log"
    first = f"open('left.txt', 'w').write('x')\nopen({str(log)!r}, 'a').write('first\\n')"
    own = (
        "import os\nmine = os.listdir()\nopen('left.txt', 'a').write('{0}')\n"
        f"open({str(log)!r}, 'a').write(open('left.txt').read() + '\\n')\n"
        "def worst(losses):\n    assert 'left.txt' in mine and '{1}.txt' not in mine\n"
        "    return max(losses, default=0.0)\n"
        "open('{0}.txt', 'w').write('')"
    )
    tasks = write(toy, tmp_path, {"a": {"worst": own.format("a", "b")}, "b": {"worst": own.format("b", "a")}, "c": {}})
    for task in tasks:
        notebook = nbformat.read(task.path, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(first, id="first"))
        nbformat.write(notebook, task.path)
    found = {r.submission: r.earned for _, r in grade_trusted(tasks, terms(toy), jobs=1, stop=threading.Event())}
    assert found == {"a": 5, "b": 5, "c": 5}
    assert log.read_text(encoding="utf-8").split() == ["first", "xa", "xb"]


def test_every_variant_is_told_of_a_crash_in_a_cell_that_they_share(toy: Toy, tmp_path: Path) -> None:
    """One process dies; each of its notebooks gets its answer."""
    half = {"worst": "def worst(losses):\n    return 0.0"}
    tasks = write(
        toy, tmp_path, {"a": {"risk": "import os\nos._exit(3)"}, "b": {"risk": "import os\nos._exit(3)"} | half}
    )
    found = [r.status for _, r in grade_trusted(tasks, terms(toy), jobs=1, stop=threading.Event())]
    assert found == [Status.CRASHED, Status.CRASHED]
