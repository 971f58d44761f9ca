"""The gate on real releases: the toy course passes all seven controls; broken seven ways, it fails all seven."""

import nbformat
import pytest

from mlsafety_grader.engine import Bounds, OtterEngine
from mlsafety_grader.gate import DEMANDS, GateReport, Grounds, run_gate
from tests import toycourse
from tests.conftest import Toy, make_toy

ALL = tuple(DEMANDS)


def gate(toy: Toy) -> GateReport:
    grounds = Grounds(
        course=toy.course,
        dist=toy.dist,
        secret="a secret",
        engines=(OtterEngine(),),
        bounds=Bounds(),
        jobs=2,
    )
    return run_gate(toy.assignment, grounds, progress=lambda *_: None)


def broken_master() -> nbformat.NotebookNode:
    """A wrong solution, a public test that anything passes, and a solution line in plain sight."""
    notebook = toycourse.master()
    for cell in notebook.cells:
        if cell["id"] == "q2_worst-answer":
            cell.source = cell.source.replace("max(losses", "min(losses")
        elif cell["id"] == "q1_risk-test-1":
            cell.source = cell.source.replace("assert risk([], []) == 0.0", "assert True")
        elif cell["id"] == "title":
            cell.source += "\n\nA tip: `expected = sum(p * cost for p, cost in zip(probability, loss))`"
    return notebook


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> GateReport:
    """What the gate says of a course in which everything is wrong that can be."""
    root = tmp_path_factory.mktemp("broken")
    folder = toycourse.write_course(root, notebook=broken_master())
    sidecar = folder / "assignment.toml"
    sidecar.write_text(sidecar.read_text().replace("[budget]\nseconds = 60", "[budget]\nseconds = 0.1"))
    mutants = folder / "mutants.py"
    right = "return float(sum(map(lambda p, c: p * c, probability, loss)))"
    text = mutants.read_text().replace("return float(sum(loss))", right)
    mutants.write_text(text.replace("total += p * cost", "total += cost"))
    toy = make_toy(root, write=False)
    student = toy.student.parent / "requirements.txt"
    student.write_text(student.read_text() + "left-pad\n")
    return gate(toy)


def test_toy_release_passes_all_seven_controls(toy: Toy) -> None:
    """And the record says what every variant scored."""
    report = gate(toy)
    assert {c.name: c.problems for c in report.controls} == dict.fromkeys(ALL, ())
    assert report.passed
    assert (report.points, report.cases) == (10, 4)
    assert [(v.name, v.earned, v.total) for v in report.variants] == [
        ("risk_forgets_probability", 1, 3),
        ("worst_takes_first", 0.5, 3.5),
        ("risk_in_a_loop", 3, 5),
    ]


@pytest.mark.parametrize(
    ("control", "problem"),
    [
        ("solution", "q2_worst 0.5/2: q2_worst - 2 failed"),
        ("blank", "1 points for nothing (q1_risk 1)"),
        ("mutants", "risk_forgets_probability (Add the losses without their probabilities.): q1_risk gives 3/3"),
        ("alternatives", "risk_in_a_loop (Add in a loop.): by otter: q1_risk 1/3"),
        ("leak scan", "expected = sum(p * cost for p, cost in zip(probability, loss))"),
        ("budget", "of 0.1 s"),
        ("rebuild", "student/requirements.txt differs"),
    ],
)
def test_each_control_fails_on_what_it_is_there_for(broken: GateReport, control: str, problem: str) -> None:
    """With the problem named and advice given; the release must not go out."""
    found = next(c for c in broken.controls if c.name == control)
    assert not found.passed
    assert problem in "\n".join(found.problems)
    assert found.advice
    assert not broken.passed
