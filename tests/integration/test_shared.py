"""`isolation = "shared"`: a question whose public tests run inside the submission, said so, and never a hidden one."""

import json
import threading
from pathlib import Path

import nbformat
import pytest

from mlsafety_grader.engine import Bounds, IsolatedEngine, Task, Terms, grade
from mlsafety_grader.errors import MasterError, ScoreError
from mlsafety_grader.model import Case, Question, Report, Verdict
from mlsafety_grader.release import Release, load_release, write_zip
from mlsafety_grader.report import gradescope_results
from mlsafety_grader.sandbox import choose_level, probe
from tests import toycourse
from tests.conftest import make_toy

TESTS = """
from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
points = 2

@test_case(name="slope", points=1)
def test_slope(square):
    import torch
    assert torch.func.grad(square)(torch.tensor(3.0)) == 6  # a transform cannot cross

@test_case(name="value", points=1)
def test_value(answer):
    assert answer == 42, "not the answer"
"""
HONEST = "def square(x):\n    return x * x\nanswer = 42"
DYING = f"{HONEST}\nclass Answer:\n    def __eq__(self, other):\n        import os; os._exit(3)\nanswer = Answer()"


def with_shared(folder: Path, *, shared: bool) -> Release:
    write_zip(folder / "a.zip", {"tests/q1.py": TESTS.encode(), "otter_config.json": b"{}"})
    release = load_release(folder / "a.zip")
    import dataclasses

    questions = tuple(dataclasses.replace(q, shared=shared) for q in release.manifest.questions)
    return dataclasses.replace(release, manifest=dataclasses.replace(release.manifest, questions=questions))


def graded(release: Release, folder: Path, code: str) -> Report:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, id="a")])
    nbformat.write(notebook, folder / "n.ipynb")
    engine = IsolatedEngine(level=choose_level("auto", probe()).value)
    try:
        terms = Terms(engine=engine, release=release, limits=release.manifest.limits, bounds=Bounds())
        return grade(Task(path=folder / "n.ipynb", name="n", folder="n"), terms, stop=threading.Event())
    finally:
        engine.close()


def verdicts(report: Report) -> list[Verdict]:
    return [case.verdict for case in report.questions[0].cases]


def test_what_cannot_cross_passes_when_shared_and_is_reported_as_such(tmp_path: Path) -> None:
    isolated = graded(with_shared(tmp_path, shared=False), tmp_path, HONEST)
    release = with_shared(tmp_path, shared=True)
    shared = graded(release, tmp_path, HONEST)
    assert verdicts(isolated) == [Verdict.ERROR, Verdict.PASSED]
    assert "do not reach 'square'" in isolated.questions[0].cases[0].detail
    assert verdicts(shared) == [Verdict.PASSED] * 2
    assert [isolated.questions[0].shared, shared.questions[0].shared] == [False, True]
    assert "in the submission's own process" in json.dumps(
        gradescope_results(shared, release.manifest, show_hidden=False)
    )


def test_a_wrong_answer_fails_with_otters_message(tmp_path: Path) -> None:
    report = graded(with_shared(tmp_path, shared=True), tmp_path, HONEST.replace("42", "41"))
    assert verdicts(report) == [Verdict.PASSED, Verdict.FAILED]
    assert "not the answer" in report.questions[0].cases[1].detail


def test_a_submission_that_dies_under_its_tests_earns_nothing(tmp_path: Path) -> None:
    report = graded(with_shared(tmp_path, shared=True), tmp_path, DYING)
    assert (verdicts(report), report.earned) == ([Verdict.CRASHED] * 2, 0)


def test_a_question_with_hidden_cases_cannot_be_shared() -> None:
    with pytest.raises(ScoreError, match="shared and has hidden cases"):
        Question(name="q", shared=True, cases=(Case(name="c", points=1, hidden=True),))


def test_the_build_refuses_hidden_tests_in_a_shared_question(tmp_path: Path) -> None:
    toycourse.write_course(tmp_path)
    (sidecar,) = tmp_path.glob("assignments/*/*/assignment.toml")
    text = sidecar.read_text(encoding="utf-8")
    sidecar.write_text(
        text.replace('name = "q1_risk"\n', 'name = "q1_risk"\nisolation = "shared"\n', 1), encoding="utf-8"
    )
    with pytest.raises(MasterError, match=r"shared.*\n.*make them public"):
        make_toy(tmp_path, write=False)
