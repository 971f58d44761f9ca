"""A generated class: reproducible, of mixed skill, and its notebooks hold the answers that the plan names."""

from collections import Counter
from pathlib import Path

import nbformat
import pytest

from mlsafety_grader.course import load_assignment, load_course
from mlsafety_grader.errors import UsageError
from mlsafety_grader.gate import (
    ATTACKS,
    Answer,
    Kind,
    Variant,
    Work,
    find_surprises,
    make_work,
    plan_class,
    read_variants,
)
from mlsafety_grader.model import Assignment, CaseResult, EngineName, QuestionResult, Report, Status, Verdict
from tests import toycourse

Toy = tuple[Assignment, tuple[Variant, ...]]


@pytest.fixture
def toy_sources(tmp_path: Path) -> Toy:
    toycourse.write_course(tmp_path)
    assignment = load_assignment(load_course(tmp_path), toycourse.SLUG)
    return assignment, read_variants(assignment)


def test_same_seed_same_class_and_all_kinds_in_it(toy_sources: Toy) -> None:
    works = plan_class([toy_sources] * 4, students=60, seed=3)
    assert works == plan_class([toy_sources] * 4, students=60, seed=3)
    assert works != plan_class([toy_sources] * 4, students=60, seed=4)
    kinds = Counter(answer.kind for work in works for answer in work.answers)
    assert set(kinds) == set(Kind)
    assert 0.4 < (kinds[Kind.SOLUTION] + kinds[Kind.ALTERNATIVE]) / kinds.total() < 0.9
    assert {work.attack for work in works} == {"", *ATTACKS}
    assert len({work.student for work in works if work.attack}) == 4
    assert any(work.is_untouched for work in works)


def test_skill_belongs_to_the_student(toy_sources: Toy) -> None:
    """Who does well in one half of the course does well in the other: that is what discrimination measures."""
    works = plan_class([toy_sources] * 40, students=60, seed=0)
    right: list[Counter[str]] = [Counter(), Counter()]
    for number, work in enumerate(works):
        right[number // 60 % 2][work.student] += sum(a.kind in {Kind.SOLUTION, Kind.ALTERNATIVE} for a in work.answers)
    first, second = (sorted(half, key=half.__getitem__) for half in right)
    assert len(set(first[:20]) & set(second[:20])) > 12


@pytest.mark.parametrize("students", [0, 10_001])
def test_number_of_students_is_bounded(toy_sources: Toy, students: int) -> None:
    with pytest.raises(UsageError):
        plan_class([toy_sources], students=students, seed=0)


def test_notebook_holds_each_answer(toy_sources: Toy, tmp_path: Path) -> None:
    assignment, variants = toy_sources
    cells = [
        ("def risk(probability, loss):\n    return 1\n", "risk"),
        ('grader.check("q1_risk")', "check-1"),
        ("def worst(losses):\n    return max(losses)\n", "worst"),
        ("%time 1", "magic"),
        ('grader.check("q2_worst")', "check-2"),
    ]
    solution = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text, id=name) for text, name in cells])
    student = nbformat.from_dict({**solution, "cells": [dict(cell) for cell in solution.cells]})
    student.cells[0].source = "def risk(probability, loss):\n    ..."
    student.cells[2].source = "def worst(losses):\n    ..."
    for name, notebook in (("solution", solution), ("student", student)):
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")

    def made(work: Work) -> list[str]:
        paths = {"solution": tmp_path / "solution.ipynb", "student": tmp_path / "student.ipynb"}
        return [cell.source for cell in make_work(work, assignment, variants, **paths).cells]

    first = Answer(question="q1_risk", kind=Kind.MUTANT, variant="risk_forgets_probability")
    second = Answer(question="q2_worst", kind=Kind.BLANK)
    work = Work(student="s", slug=assignment.slug, answers=(first, second), attack="dies")
    sources = made(work)
    assert "sum" in sources[0] and "return 1" not in sources[0]  # noqa: PT018 - one thing
    assert sources[2] == "def worst(losses):\n    ..."
    assert sources[4:] == [ATTACKS["dies"], 'grader.check("q2_worst")']
    untouched = Work(student="s", slug=assignment.slug, answers=(first, second), is_untouched=True)
    assert made(untouched)[0] == "def risk(probability, loss):\n    ..."


def report(first: tuple[float, bool], second: float, status: Status = Status.GRADED) -> Report:
    def question(name: str, earned: float, *, hidden: bool = True) -> QuestionResult:
        verdict = Verdict.PASSED if earned == 2 else Verdict.FAILED
        case = CaseResult(name="case", verdict=verdict, hidden=hidden, possible=2)
        return QuestionResult(name=name, earned=earned, possible=2, cases=(case,))

    return Report(
        submission="s.ipynb", folder="s", sha256="", slug="toy", release_id="r", engine=EngineName.ISOLATED,
        isolation="strict", status=status, reason="", earned=0, possible=4, topics=(),
        questions=(question("q1", first[0], hidden=first[1]), question("q2", second)),
    )  # fmt: skip


def work_of(first: Kind, second: Kind, attack: str = "") -> Work:
    answers = (Answer(question="q1", kind=first), Answer(question="q2", kind=second))
    return Work(student="s", slug="toy", answers=answers, attack=attack)


def test_surprises_are_right_answers_that_lost_and_wrong_ones_that_did_not() -> None:
    both = work_of(Kind.SOLUTION, Kind.MUTANT)
    assert find_surprises(both, report((2, True), 1)) == ()
    assert [s.answer.question for s in find_surprises(both, report((1, True), 2))] == ["q1", "q2"]
    assert find_surprises(both, report((1, True), 2, Status.GRADER_FAULT)) == ()


def test_lost_public_points_beside_a_wrong_answer_are_told_apart() -> None:
    [found] = find_surprises(work_of(Kind.ALTERNATIVE, Kind.BLANK), report((1, False), 0))
    assert found.is_dependent
    [found] = find_surprises(work_of(Kind.ALTERNATIVE, Kind.SOLUTION), report((1, False), 2))
    assert not found.is_dependent
    [found] = find_surprises(work_of(Kind.ALTERNATIVE, Kind.BLANK), report((1, True), 0))
    assert not found.is_dependent


def test_attack_that_ends_the_notebook_may_cost_the_last_answer_only() -> None:
    right = (Kind.SOLUTION, Kind.SOLUTION)
    assert find_surprises(work_of(*right, attack="dies"), report((2, True), 0)) == ()
    assert len(find_surprises(work_of(*right, attack="forges"), report((2, True), 0))) == 1
    assert len(find_surprises(work_of(*right, attack="dies"), report((0, True), 0))) == 1
    wrong = (Kind.SOLUTION, Kind.MUTANT)
    assert len(find_surprises(work_of(*wrong, attack="dies"), report((2, True), 2))) == 1
