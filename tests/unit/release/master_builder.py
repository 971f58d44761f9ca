"""Build small master notebooks, right ones and wrong ones, as plain JSON."""

import json
from pathlib import Path
from typing import Any

from mlsafety_grader.model import Assignment, Budget, Limits, QuestionPlan
from mlsafety_grader.release.master import Master, read_master
from mlsafety_grader.release.master_rules import check_master

Cell = dict[str, Any]

ANSWER = '''def double(x):
    """Return twice x."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION'''
PUBLIC = '''""" # BEGIN TEST CONFIG
points: 1
""" # END TEST CONFIG
def test_double(double):
    assert double(1) == 2'''
HIDDEN = '''""" # BEGIN TEST CONFIG
hidden: true
points: 2
failure_message: it does not double
""" # END TEST CONFIG
def test_double_hidden(double):
    assert double(21) == 42, "secret"'''


def raw(source: str) -> Cell:
    return {"cell_type": "raw", "metadata": {}, "source": source}


def md(source: str, **more: Any) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **more}


def code(source: str, **more: Any) -> Cell:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        **more,
    }


def shown(text: str) -> dict[str, Any]:
    """What running a cell leaves behind in it."""
    return {"execution_count": 1, "outputs": [{"output_type": "stream", "name": "stdout", "text": text}]}


def exception_master() -> list[Cell]:
    """A right master in the exception format; the comments count its cells."""
    return [
        raw("# ASSIGNMENT CONFIG\nname: toy\ntests: {files: true, ok_format: false}"),  # 1
        md("# Toy"),  # 2
        raw("# BEGIN QUESTION\nname: q1\npoints: 3"),  # 3
        md("Write `double`."),  # 4
        raw("# BEGIN SOLUTION"),  # 5
        code(ANSWER),  # 6
        raw("# END SOLUTION"),  # 7
        raw("# BEGIN TESTS"),  # 8
        code(PUBLIC),  # 9
        code(HIDDEN),  # 10
        raw("# END TESTS"),  # 11
        raw("# END QUESTION"),  # 12
        raw("# BEGIN QUESTION\nname: w1\nmanual: true\npoints: 5"),  # 13
        raw("# BEGIN SOLUTION"),  # 14
        md("An essay."),  # 15
        raw("# END SOLUTION"),  # 16
        raw("# END QUESTION"),  # 17
        code("print('demo')"),  # 18
    ]


def ok_master() -> list[Cell]:
    """A right master in otter's default, OK format."""
    return swap(
        exception_master(),
        {
            1: [raw("# ASSIGNMENT CONFIG\nname: toy")],
            9: [code('""" # BEGIN TEST CONFIG\npoints: 1\n""" # END TEST CONFIG\ndouble(1)', **shown("2"))],
            10: [code("# HIDDEN\nassert double(21) == 42")],
        },
    )


def swap(cells: list[Cell], new: dict[int, list[Cell]]) -> list[Cell]:
    """Put other cells in the place of the cells with these numbers."""
    return [cell for number, old in enumerate(cells, start=1) for cell in new.get(number, [old])]


def write(folder: Path, cells: list[Any], **top: Any) -> Path:
    """Write `toy.ipynb`, giving each cell an id; `top` overrides the notebook's own keys."""
    numbered = [
        {"id": f"c{number}", **cell} if isinstance(cell, dict) else cell for number, cell in enumerate(cells, start=1)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": numbered, **top}
    path = folder / "toy.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def master(folder: Path, cells: list[Any], **top: Any) -> Master:
    return read_master(write(folder, cells, **top))


def messages(folder: Path, cells: list[Any], **top: Any) -> list[str]:
    """Return what `check_master` says of these cells; each problem must come with a hint."""
    problems = check_master(master(folder, cells, **top))
    assert all(problem.hint for problem in problems)
    return [problem.message for problem in problems]


def messages_with(folder: Path, **new: list[Cell]) -> list[str]:
    """The same for the right master, of which cells are replaced: `cell_6=[...]`."""
    return messages(folder, swap(exception_master(), {int(key.split("_")[1]): cells for key, cells in new.items()}))


def assignment(*plans: QuestionPlan, slug: str = "toy") -> Assignment:
    """The sidecar of `exception_master` unless other plans are given."""
    right = (
        QuestionPlan(name="q1", topic="robustness.toys", points=3, functions=("double",)),
        QuestionPlan(name="w1", topic="robustness.toys", points=5, manual=True),
    )
    return Assignment(
        slug=slug,
        title="Toy",
        unit="robustness",
        lecture="Toys",
        folder="/nowhere",
        topics=("robustness.toys",),
        papers=(),
        objectives=(),
        questions=plans or right,
        metrics=(),
        limits=Limits(),
        budget=Budget(),
    )
