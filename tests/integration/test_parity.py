# ruff: noqa: ISC003 - cells read better in pieces
"""An honest submission gets from the isolated engine what `otter run` gives it, case by case.

Each assignment is a handful of otter test files as authors write them; each submission is a list of cells.
"""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest

from mlsafety_grader.engine import Bounds, Engine, IsolatedEngine, OtterEngine, Task, Terms, grade_all
from mlsafety_grader.model import Report, Status, Verdict
from mlsafety_grader.release import load_release, write_zip
from mlsafety_grader.sandbox import choose_level, probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """Test files (name → source), otter's configuration, support files and submissions (name → cells)."""

    tests: dict[str, str]
    submissions: dict[str, list[str]]
    config: dict[str, object]
    files: dict[str, str]


def ok(name: str, *cases: str, points: object = None, all_or_nothing: bool = False) -> str:
    """An OK-format test file; a case that starts with `hidden` is hidden."""
    rows = [
        {"code": dedent(case.removeprefix("hidden")).strip(), "hidden": case.startswith("hidden"), "locked": False}
        for case in cases
    ]
    suite = {"cases": rows, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    table = {"name": name, "points": points, "all_or_nothing": all_or_nothing, "suites": [suite]}
    return f"OK_FORMAT = True\ntest = {table!r}\n"


def functions(name: str, body: str, points: object = None, *, extra: str = "") -> str:
    """An exception-based test file."""
    head = f"from otter.test_files import test_case\nOK_FORMAT = False\nname = {name!r}\npoints = {points!r}\n{extra}\n"
    return head + dedent(body)


DOCTESTS = Lab(
    tests={
        "q1": ok(
            "q1", ">>> add(2, 3)\n5", "hidden>>> add('a', 'b')\n'ab'", "hidden>>> add([1], [2])\n[1, 2]", points=3
        ),
        "q2": ok(
            "q2",
            ">>> rows = table()\n>>> len(rows)\n3",
            "hidden>>> [row['x'] for row in rows]\n[1, 2, 3]",
            points=[1, 2],
        ),
        "q3": ok("q3", ">>> total == 6\nTrue", "hidden>>> import math\n>>> math.isclose(mean, 2.0)\nTrue", points=2),
        "q4": ok("q4", ">>> shout('a')\nA", "hidden>>> shout('')\n<BLANKLINE>", points=2, all_or_nothing=True),
        "q5": ok("q5", ">>> next(counter)\n0", "hidden>>> next(counter), next(counter)\n(1, 2)", points=2),
        "q6": ok("q6", ">>> 1 / zero\nTraceback (most recent call last):\n...\nZeroDivisionError: division by zero"),
        "q7": ok("q7", ">>> array.sum()\nnp.int64(6)", "hidden>>> bool(np.allclose(array, [1, 2, 3]))\nTrue"),
        "q8": ok("q8", ">>> frame['x'].tolist()\n[1, 2]", "hidden>>> frame.shape\n(2, 1)", points=1),
        "q9": ok("q9", ">>> for i in range(2):\n...     print(i, square(i))\n0 0\n1 1\n"),
    },
    submissions={
        "right": [
            "import itertools, numpy as np, pandas as pd\ndef add(a, b):\n    return a + b",
            "def table():\n    return [{'x': i} for i in (1, 2, 3)]",
            "total = 6\nmean = 2.0",
            "def shout(text):\n    print(text.upper())",
            "counter = itertools.count()",
            "zero = 0\narray = np.array([1, 2, 3])\nframe = pd.DataFrame({'x': [1, 2]})",
            "square = lambda x: x * x",
        ],
        "checked": [
            "import otter, itertools\ngrader = otter.Notebook('checked.ipynb')",
            "def add(a, b):\n    return a + b",
            "grader.check('q1')",
            "def add(a, b):\n    return 0",
            "total, mean = 6, 2.5",
            "grader.check('q3')",
            "total, mean = 6, 2",
            "counter = itertools.count()\ngrader.check('q5')",
            "next(counter)",
        ],
        "partly": [
            "def add(a, b):\n    return int(a) + int(b)",
            "def table():\n    return [{'x': 1}] * 3",
            "total = 6.0\nmean = float('nan')",
            "def shout(text):\n    print(text.upper() or 'nothing')",
            "counter = (i for i in [0, 1])",
            "zero = 1\nraise KeyError('left over')",
            "def square(x):\n    return x + x",
        ],
        "empty": ["x = 1"],
    },
    config={},
    files={},
)

EXCEPTIONS = Lab(
    tests={
        "q1": functions(
            "q1",
            """
            @test_case(points=1)
            def test_public(mean):
                assert mean([1.0, 3.0]) == 2.0
            @test_case(points=2, hidden=True, failure_message="empty lists")
            def test_empty(mean):
                try:
                    mean([])
                except ValueError:
                    pass
                else:
                    raise AssertionError("no error")
            @test_case(points=None, hidden=True, success_message="well done")
            def test_array(mean):
                import numpy as np
                assert np.isclose(mean(np.arange(5.0)), 2.0)
            """,
            points=4,
        ),
        "q2": functions(
            "q2",
            """
            @test_case()
            def test_class(Stack):
                s = Stack()
                s.push(1); s.push(2)
                assert s.pop() == 2 and len(s) == 1
                assert isinstance(s, Stack)
            @test_case(hidden=True)
            def test_inplace(sort_in_place):
                items = [3, 1, 2]
                assert sort_in_place(items) is None
                assert items == [1, 2, 3]
            @test_case(hidden=True)
            def test_generator(evens):
                import itertools
                assert list(itertools.islice(evens(), 3)) == [0, 2, 4]
            """,
            points=3,
        ),
        "q3": functions(
            "q3",
            """
            @test_case()
            def test_linear(Net):
                import torch
                torch.manual_seed(0)
                net = Net()
                x = torch.ones(2, 3, requires_grad=True)
                out = net(x)
                assert out.shape == (2, 1)
                out.sum().backward()
                assert x.grad is not None and x.grad.shape == x.shape
            @test_case(hidden=True)
            def test_loss(loss):
                import torch
                p = torch.tensor([0.5, -1.0], requires_grad=True)
                loss(p).backward()
                assert torch.allclose(p.grad, 2 * p.detach())
            """,
            points=[1, 2],
            extra="all_or_nothing = True",
        ),
        "q4": functions(
            "q4",
            """
            @test_case()
            def test_env(env):
                assert env["answer"] == 42
            @test_case(hidden=True)
            def test_missing(nothing):
                assert nothing is None
            @test_case(hidden=True)
            def test_random(draw):
                import numpy as np
                np.random.seed(3)
                first = draw()
                np.random.seed(3)
                assert draw() == first
            """,
        ),
        "q5": functions(
            "q5",
            """
            @test_case()
            def test_callback(apply):
                seen = []
                assert apply(lambda x: seen.append(x) or 2 * x, [1, 2]) == [2, 4]
                assert seen == [1, 2]
            @test_case(hidden=True)
            def test_printed(greet):
                import contextlib, io
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    greet("Ada")
                assert out.getvalue() == "hello Ada\\n"
            @test_case(hidden=True)
            def test_warns(greet):
                import warnings
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    greet("")
                assert len(caught) == 1
            """,
            points=3,
        ),
    },
    submissions={
        "right": [
            "import numpy as np, torch, warnings\nfrom torch import nn\nfrom helper import DOUBLE",
            "def mean(xs):\n    if len(xs) == 0:\n        raise ValueError('empty')\n    return sum(xs) / len(xs)",
            "class Stack:\n    def __init__(self):\n        self.items = []\n    def push(self, x):\n"
            + "        self.items.append(x)\n    def pop(self):\n        return self.items.pop()\n"
            + "    def __len__(self):\n        return len(self.items)",
            "def sort_in_place(items):\n    items.sort()\ndef evens():\n    n = 0\n    while True:\n        yield n\n"
            + "        n += DOUBLE",
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            + "        self.layer = nn.Linear(3, 1)\n    def forward(self, x):\n        return self.layer(x)\n"
            + "def loss(p):\n    return (p ** 2).sum()",
            "answer = 42\ndef draw():\n    return np.random.rand()",
            "def apply(f, xs):\n    return [f(x) for x in xs]\ndef greet(name):\n    if not name:\n"
            + "        warnings.warn('nobody')\n    print('hello', name)",
        ],
        "wrong": [
            "import numpy as np\ndef mean(xs):\n    return float(np.median(xs))",
            "class Stack(list):\n    push = list.append",
            "def sort_in_place(items):\n    items = sorted(items)\ndef evens():\n    return [0, 2, 4]",
            "def loss(p):\n    return p.detach().sum()\nNet = None",
            "answer = '42'\nnothing = 1\ndraw = iter(range(100)).__next__",
            "def apply(f, xs):\n    return list(map(f, xs))[::-1]\ndef greet(name):\n    print('hello', name.upper())",
        ],
    },
    config={"seed": 7},
    files={"helper.py": "DOUBLE = 2\n"},
)

LABS = {"doctests": DOCTESTS, "exceptions": EXCEPTIONS}


def write_lab(lab: Lab, folder: Path) -> tuple[Path, list[Task]]:
    members = {f"tests/{name}.py": source.encode() for name, source in lab.tests.items()}
    members |= {f"files/{name}": text.encode() for name, text in lab.files.items()}
    write_zip(folder / "autograder.zip", members | {"otter_config.json": json.dumps(lab.config).encode()})
    tasks = []
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    for name, cells in lab.submissions.items():
        made = [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(cells)]
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=metadata), folder / f"{name}.ipynb")
        tasks.append(Task(path=folder / f"{name}.ipynb", name=name, folder=f"{name}.ipynb"))
    return folder / "autograder.zip", tasks


def grades(engine: Engine, release: Path, tasks: list[Task]) -> dict[str, Report]:
    opened = load_release(release)
    terms = Terms(engine=engine, release=opened, limits=opened.manifest.limits, bounds=Bounds())
    return {report.submission: report for _, report in grade_all(tasks, terms, jobs=2, stop=threading.Event())}


def passed(report: Report) -> dict[str, tuple[float, list[bool]]]:
    return {q.name: (q.earned, [c.verdict is Verdict.PASSED for c in q.cases]) for q in report.questions}


@pytest.mark.parametrize("name", LABS)
def test_points_and_cases_are_otters(name: str, tmp_path: Path) -> None:
    """Every submission, every question, every case; and somebody passes and somebody fails."""
    release, tasks = write_lab(LABS[name], tmp_path)
    engine = IsolatedEngine(level=choose_level("auto", probe()).value)
    try:
        ours = grades(engine, release, tasks)
    finally:
        engine.close()
    theirs = grades(OtterEngine(), release, tasks)
    assert {report.status for report in (*ours.values(), *theirs.values())} == {Status.GRADED}
    assert {n: passed(report) for n, report in ours.items()} == {n: passed(report) for n, report in theirs.items()}
    assert len({report.earned for report in theirs.values()}) == len(theirs)
