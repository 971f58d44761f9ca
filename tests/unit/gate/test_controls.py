"""Each control of the gate passes on what is right and fails, with advice, on each thing that can be wrong."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mlsafety_grader.gate.controls import (
    Control,
    Trial,
    judge_alternatives,
    judge_blank,
    judge_budget,
    judge_leaks,
    judge_mutants,
    judge_rebuild,
    judge_solution,
)
from mlsafety_grader.gate.leaks import Leak
from mlsafety_grader.gate.specimens import Purpose, Variant
from mlsafety_grader.model import Assignment, Budget, EngineName, Limits, QuestionPlan, Report, Status, Usage, Verdict
from tests.records import make_case, make_report, make_result

ASSIGNMENT = Assignment(
    slug="toy",
    title="Toy",
    unit="u",
    lecture="l",
    folder="/",
    topics=("u.toy",),
    papers=(),
    objectives=(),
    questions=(
        QuestionPlan(name="q1", topic="u.toy", points=2),
        QuestionPlan(name="q2", topic="u.toy", points=2),
        QuestionPlan(name="w1", topic="u.toy", points=5, manual=True),
    ),
    metrics=(),
    limits=Limits(),
    budget=Budget(seconds=10, memory_mib=100),
    blank_points=1,
)


def graded(q1: Sequence[Verdict], q2: Sequence[Verdict], *, status: Status = Status.GRADED) -> Report:
    """A report of two questions, each with a public and then a hidden case."""
    results = [
        make_result(name, make_case(cases[0], name=f"{name} - 1"), make_case(cases[1], hidden=True, name=f"{name} - 2"))
        for name, cases in (("q1", q1), ("q2", q2))
    ]
    return make_report(*results, status=status)


P, F = Verdict.PASSED, Verdict.FAILED
FULL = graded([P, P], [P, P])
FEWER_POINTS = make_report(make_result("q1", make_case(), make_case()))


def mutant(question: str, report: Report, name: str = "wrong") -> Trial:
    variant = Variant(name=name, purpose=Purpose.MUTANT, question=question, replaces=(), meaning="a mistake")
    return Trial(variant=variant, report=report)


CAUGHT = [mutant("q1", graded([P, F], [P, P])), mutant("q2", graded([P, P], [P, F]))]


def complaint(control: Control) -> str:
    assert not control.passed
    assert control.advice
    return "\n".join(control.problems)


def test_solution_must_score_full_marks() -> None:
    """A lost point, a cell that did not end, a test that vanished."""
    assert judge_solution(ASSIGNMENT, [FULL]).passed
    assert "q2 1/2: q2 - 2 failed" in complaint(judge_solution(ASSIGNMENT, [FULL, graded([P, P], [P, F])]))
    assert "timeout" in complaint(judge_solution(ASSIGNMENT, [graded([P, P], [P, P], status=Status.TIMEOUT)]))
    assert "2 points possible, assignment.toml declares 4" in complaint(judge_solution(ASSIGNMENT, [FEWER_POINTS]))


def test_what_cannot_cross_is_named_with_the_object() -> None:
    """A case that passes by otter and not by the isolated engine: the test asks for what stays in the other process."""
    trace = "Traceback ...\nNotImplementedError: torch.func transforms do not reach 'loss'\n\nIn the submission:\nx"
    stuck = replace(make_case(Verdict.ERROR, name="q1 - 1"), detail=trace)
    isolated = replace(
        make_report(make_result("q1", stuck, make_case(name="q1 - 2")), FULL.questions[1]), engine=EngineName.ISOLATED
    )
    control = judge_solution(ASSIGNMENT, [isolated, FULL])
    assert "q1 q1 - 1 passes in the submission's own process but not from another one" in complaint(control)
    assert "do not reach 'loss'" in complaint(control)
    assert "isolation" in control.advice
    assert "isolation" not in judge_solution(ASSIGNMENT, [isolated, isolated]).advice


def test_blank_may_score_what_is_declared() -> None:
    """Points for nothing, an error, a test that vanished."""
    assert judge_blank(ASSIGNMENT, [graded([P, F], [F, F])]).passed
    assert "2 points for nothing (q1 1, q2 1)" in complaint(judge_blank(ASSIGNMENT, [graded([P, F], [P, F])]))
    assert "crashed" in complaint(judge_blank(ASSIGNMENT, [graded([F, F], [F, F], status=Status.CRASHED)]))
    assert "points possible" in complaint(judge_blank(ASSIGNMENT, [make_report(make_result("q1", make_case(F)))]))


@pytest.mark.parametrize(
    ("trials", "problem"),
    [
        ([*CAUGHT, mutant("q1", FULL)], "q1 gives 2/2; no hidden case fails"),
        ([*CAUGHT, mutant("q1", graded([F, P], [P, P]))], "no hidden case fails"),
        ([*CAUGHT, mutant("q1", graded([P, F], [P, F]))], "also fails q2 - 2, but only q1 is wrong"),
        ([*CAUGHT, mutant("q1", graded([P, F], [P, P], status=Status.TIMEOUT))], "timeout"),
        ([*CAUGHT, mutant("q1", FEWER_POINTS)], "points possible"),
        (CAUGHT[:1], "q2 has no mutant"),
        ([], "q1 has no mutant"),
        ([mutant("q1", graded([F, F], [P, P])), mutant("q2", graded([P, P], [F, F]))], "public tests alone catch 2"),
    ],
)
def test_every_mutant_must_be_caught_where_it_is_wrong(trials: list[Trial], problem: str) -> None:
    """Survivors, wrong victims, public tests that tell all, questions that nobody tried to get wrong."""
    assert problem in complaint(judge_mutants(ASSIGNMENT, trials))


def test_mutant_that_only_misses_a_name_is_told() -> None:
    """It is renamed in the notebook: calling itself by its own name, or a helper of the file, shows nothing."""
    detail = "Traceback ...\nNameError: name 'helper' is not defined"
    lost = replace(make_case(Verdict.ERROR, hidden=True, name="q1 - 2"), detail=detail)
    report = make_report(make_result("q1", make_case(), lost), make_result("q2", make_case(), make_case(hidden=True)))
    found = complaint(judge_mutants(ASSIGNMENT, [*CAUGHT, mutant("q1", report)]))
    assert "fails only because name 'helper' is not defined" in found


def test_caught_mutants_pass() -> None:
    """The figures are said."""
    control = judge_mutants(ASSIGNMENT, CAUGHT)
    assert control.passed
    assert control.found == "2 of 2 caught, 0 by public tests alone"


def test_alternatives_must_score_full_marks() -> None:
    """A test that is too picky, and no alternative at all."""
    assert judge_alternatives(ASSIGNMENT, [mutant("q1", FULL)]).passed
    assert "q1 1/2" in complaint(judge_alternatives(ASSIGNMENT, [mutant("q1", graded([P, F], [P, P]))]))
    assert "no alternative" in complaint(judge_alternatives(ASSIGNMENT, []))


def test_leak_fails_with_its_place() -> None:
    """Place and line are named."""
    assert judge_leaks([], files=3).passed
    leak = Leak(place="toy.ipynb cell 4", line="return float(expected)")
    assert "toy.ipynb cell 4: return float(expected)" in complaint(judge_leaks([leak], files=3))


def test_budget_counts_seconds_and_memory() -> None:
    """Either can be missed."""
    slow = make_report(usage=Usage(wall_s=11, peak_memory_mib=50))
    large = make_report(usage=Usage(wall_s=1, peak_memory_mib=101))
    assert judge_budget(ASSIGNMENT, [make_report(usage=Usage(wall_s=10, peak_memory_mib=100))]).passed
    assert "11.0 s of 10 s" in complaint(judge_budget(ASSIGNMENT, [slow]))
    assert "101 MiB of 100 MiB" in complaint(judge_budget(ASSIGNMENT, [large]))


def test_rebuild_must_be_identical() -> None:
    """A changed, a missing and an added file."""
    assert judge_rebuild({"a": "1"}, {"a": "1"}).passed
    changed = complaint(judge_rebuild({"a": "1", "b": "1"}, {"a": "2", "c": "1"}))
    assert changed == "a differs\nb differs\nc differs"
