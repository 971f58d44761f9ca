"""A generated class: students of mixed skill whose right scores are known, over any number of assignments.

    skill, difficulty ─► plan_class ─► Work a student and assignment: an Answer a question ─► make_work ─► a notebook

Each student has a skill and each question a difficulty, both normal; an answer is right with the logistic probability
of item response theory (Rasch 1960, one parameter). A right answer is the solution or an alternative, a wrong one a
mutant or nothing. Some hand in what they were given, and a few attack the grader on top.
"""

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import nbformat

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gate.specimens import (
    Purpose,
    Variant,
    add_cell_before_checks,
    function_source,
    read_without_demos,
    replace_function,
)
from mlsafety_grader.model import Assignment, Report, Status, Verdict

EASE = 0.8  # how much more skilled the average student is than the average question is hard
SPREAD = 0.7  # standard deviation of difficulty; that of skill is 1
ALTERNATIVE_SHARE = 0.3
MUTANT_SHARE = 0.75
UNTOUCHED_SHARE = 0.03
HOSTILE_SHARE = 1 / 15
MAX_STUDENTS = 10_000


class Kind(StrEnum):
    """Where an answer comes from."""

    SOLUTION = "solution"
    ALTERNATIVE = "alternative"
    MUTANT = "mutant"
    BLANK = "blank"


RIGHT = frozenset({Kind.SOLUTION, Kind.ALTERNATIVE})

# What a hostile student adds before the last check. None may change what the other answers earn.
ATTACKS = {
    "forges": (
        "import otter, otter.test_files, otter.test_files.abstract_test as _t\n"
        "class _Full(float):\n    __lt__ = __gt__ = __eq__ = lambda self, other: True\n    __hash__ = float.__hash__\n"
        "for _m in (otter.test_files, _t):\n    for _n in dir(_m):\n        _c = getattr(_m, _n)\n"
        "        if isinstance(_c, type) and hasattr(_c, 'run'):\n            _c.run = lambda self, env: None\n"
        "grader.check = lambda *a, **k: 'All tests passed!'"
    ),
    "searches": (
        "import gc, glob, os, sys\n"
        "_found = [p for depth in ('/*', '/*/*', '/*/*/*') for p in glob.glob(depth + '/*oracle*')]\n"
        "_found += [o for o in gc.get_objects() if isinstance(o, dict) and 'SEED' in o]\n"
        "print(_found[:5], os.listdir('.'), [m for m in sys.modules if 'oracle' in m])"
    ),
    "dies": "import os\nos._exit(7)",
    "phones": (
        "import socket\nfor _host in ('127.0.0.1', '10.0.0.1'):\n    try:\n"
        "        socket.create_connection((_host, 80), timeout=1)\n    except OSError as e:\n        print(e)"
    ),
    "hoards": "_held = [bytearray(1 << 30) for _ in range(64)]",
    "loops": "while True:\n    pass",
}
ENDING = frozenset({"dies", "hoards", "loops"})  # these may cost the answer that they stand before


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a student answers to a question: `variant` names the alternative or mutant."""

    question: str
    kind: Kind
    variant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a student hands in for an assignment. `is_untouched` is the student version as it was given out."""

    student: str
    slug: str
    answers: tuple[Answer, ...]
    is_untouched: bool = False
    attack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """An answer that did not earn what its author says: all points if right, fewer if wrong.

    `is_dependent`: a right one that lost points of public tests only, while another answer of the student's is wrong.
    Public tests have no oracle, so some use what the student wrote before.
    """

    work: Work
    answer: Answer
    earned: float
    possible: float
    is_dependent: bool


def plan_class(
    assignments: Sequence[tuple[Assignment, Sequence[Variant]]], *, students: int, seed: int
) -> tuple[Work, ...]:
    """Decide who answers what; the same arguments give the same class.

    Args:
        assignments: each with its mutants and alternatives.
        students: how many, from 1 to 10,000. About one in fifteen attacks.
        seed: of the class.

    Raises:
        UsageError: the number of students is out of range.
    """
    if not 1 <= students <= MAX_STUDENTS:
        raise UsageError(f"{students} students", hint=f"choose from 1 to {MAX_STUDENTS}")
    draw = random.Random(f"class {seed}")  # noqa: S311 - a model of a class, not a secret
    digits = len(str(students))
    names = [f"student-{number:0{digits}d}" for number in range(1, students + 1)]
    skills = {name: draw.gauss(0, 1) for name in names}
    hostile = frozenset(names[len(names) - round(students * HOSTILE_SHARE) :])
    attacks = itertools.cycle(ATTACKS)
    made: list[Work] = []
    for assignment, variants in assignments:
        questions = [question.name for question in assignment.questions if not question.manual]
        difficulty = {name: draw.gauss(-EASE, SPREAD) for name in questions}
        for name in names:
            attack = next(attacks) if name in hostile else ""
            answers = [_answer(q, skills[name] - difficulty[q], variants, draw) for q in questions]
            is_untouched = draw.random() < UNTOUCHED_SHARE and not attack
            if is_untouched:
                answers = [Answer(question=q, kind=Kind.BLANK) for q in questions]
            made.append(
                Work(
                    student=name,
                    slug=assignment.slug,
                    answers=tuple(answers),
                    is_untouched=is_untouched,
                    attack=attack,
                )
            )
    return tuple(made)


def make_work(
    work: Work, assignment: Assignment, variants: Sequence[Variant], *, solution: Path, student: Path
) -> nbformat.NotebookNode:
    """Return the notebook that a student hands in.

    Args:
        work: what they answered.
        assignment: tells which functions a question asks for.
        variants: the assignment's mutants and alternatives.
        solution: the release's solution notebook.
        student: the release's student notebook, whose untouched answers are the blank ones.
    """
    blank: nbformat.NotebookNode = nbformat.read(student, as_version=4)
    if work.is_untouched:
        return blank
    notebook = read_without_demos(solution)
    by_name = {(variant.purpose.value, variant.name): variant for variant in variants}
    asked = {question.name: question.functions for question in assignment.questions}
    for answer in work.answers:
        if answer.kind is Kind.BLANK:
            sources = ((name, function_source(blank, name)) for name in asked[answer.question])
            pairs = tuple((name, source) for name, source in sources if source is not None)
        elif answer.variant:
            pairs = by_name[answer.kind.value, answer.variant].replaces
        else:
            continue
        for name, source in pairs:
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    cell.source = replace_function(cell.source, name, source)
    if work.attack:
        notebook = add_cell_before_checks(notebook, ATTACKS[work.attack], work.answers[-1].question)
    return notebook


def find_surprises(work: Work, report: Report) -> tuple[Surprise, ...]:
    """Compare a student's report with what their answers are worth.

    A blank answer may earn something where the assignment allows for it, so it only must not earn all. What an attack
    that ends the notebook cut off may have lost its points.
    """
    if report.status is Status.GRADER_FAULT:
        return ()
    results = {question.name: question for question in report.questions}
    found = []
    for answer in work.answers:
        result = results[answer.question]
        is_full = result.earned >= result.possible
        is_cut_off = work.attack in ENDING and answer is work.answers[-1]
        is_right = answer.kind in RIGHT
        if is_full != is_right and not (is_cut_off and not is_full):
            lost = [case for case in result.cases if case.verdict is not Verdict.PASSED]
            is_dependent = (
                is_right
                and any(other.kind not in RIGHT for other in work.answers)
                and not any(case.hidden for case in lost)
            )
            found.append(
                Surprise(
                    work=work,
                    answer=answer,
                    earned=result.earned,
                    possible=result.possible,
                    is_dependent=is_dependent,
                )
            )
    return tuple(found)


def _answer(question: str, ability: float, variants: Sequence[Variant], draw: random.Random) -> Answer:
    of = {purpose: [v.name for v in variants if v.question == question and v.purpose is purpose] for purpose in Purpose}
    is_right, other, which = (draw.random() for _ in range(3))
    if is_right < 1 / (1 + math.exp(-1.5 * ability)):
        others = of[Purpose.ALTERNATIVE]
        if others and other < ALTERNATIVE_SHARE:
            return Answer(question=question, kind=Kind.ALTERNATIVE, variant=others[int(which * len(others))])
        return Answer(question=question, kind=Kind.SOLUTION)
    mutants = of[Purpose.MUTANT]
    if mutants and other < MUTANT_SHARE:
        return Answer(question=question, kind=Kind.MUTANT, variant=mutants[int(which * len(mutants))])
    return Answer(question=question, kind=Kind.BLANK)
