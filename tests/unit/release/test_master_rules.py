"""The checks of a master: each wrong master gives exactly its message, a right one none."""

from math import nan
from pathlib import Path

import pytest

from mlsafety_grader.model import QuestionPlan
from mlsafety_grader.release.master_rules import check_against, check_master
from tests.unit.release.master_builder import (
    ANSWER,
    assignment,
    code,
    exception_master,
    master,
    messages,
    messages_with,
    ok_master,
    raw,
    shown,
    swap,
)

TOPIC = "robustness.toys"


def question(text: str) -> list[dict[str, object]]:
    return [raw(f"# BEGIN QUESTION\n{text}")]


def exam(body: str, **config: object) -> dict[str, object]:
    lines = [f"{key}: {value}" for key, value in config.items()]
    return code("\n".join(['""" # BEGIN TEST CONFIG', *lines, '""" # END TEST CONFIG', body]) if config else body)


@pytest.mark.parametrize("cells", [exception_master(), ok_master()], ids=["exception", "ok"])
def test_a_right_master_has_no_problem(tmp_path: Path, cells: list[dict[str, object]]) -> None:
    """In neither of the two formats."""
    assert messages(tmp_path, cells) == []


def test_a_right_master_agrees_with_its_sidecar(tmp_path: Path) -> None:
    """Names, points, functions."""
    assert check_against(master(tmp_path, exception_master()), assignment()) == []


def test_the_reader_s_problems_come_along(tmp_path: Path) -> None:
    """`check_master` returns what reading found, and what the rules find."""
    cells = swap(exception_master(), {3: question("name: q1\npoint: 3"), 7: []})
    read = master(tmp_path, cells)
    found = check_master(read)
    assert found[0] is read.problems[0]
    assert found[-1].message == "toy.ipynb cell 3 (q1): unknown key `point` in the question config"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("config_file: other.yml", "`config_file` in ASSIGNMENT CONFIG is not read"),
        ("tests: files", "`tests` in ASSIGNMENT CONFIG is not a mapping"),
        ("tests: {ok_format: 'false'}", "`ok_format` is neither true nor false"),
    ],
)
def test_wrong_config(tmp_path: Path, text: str, message: str) -> None:
    """Configs that otter and we would read differently."""
    cells = swap(ok_master(), {1: [raw(f"# ASSIGNMENT CONFIG\nname: toy\n{text}")]})
    assert messages(tmp_path, cells) == [f"toy.ipynb: {message}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("points: 3", "cell 3: a question without a name"),
        ("name: 1\npoints: 3", "cell 3 (int): unsafe question name"),
        ("name: ../q1\npoints: 3", "cell 3 (../q1): unsafe question name"),
        ("name: 'q 1'\npoints: 3", "cell 3 (q 1): unsafe question name"),
        ("name: q1\npoint: 3", "cell 3 (q1): unknown key `point` in the question config"),
        ("name: q1\npoints: 3\nmanual: 'no'\n", "cell 3 (q1): `manual` is neither true nor false"),
        ("name: q1\npoints: 3\nexport: 1", "cell 3 (q1): `export` is neither true nor false"),
        ("name: q1\npoints: '3'", "cell 3 (q1): points are not a number that otter can award"),
        ("name: q1\npoints: true", "cell 3 (q1): points are not a number that otter can award"),
        ("name: q1\npoints: -3", "cell 3 (q1): points are not a number that otter can award"),
        ("name: q1\npoints: .nan", "cell 3 (q1): points are not a number that otter can award"),
        ("name: q1\npoints: .inf", "cell 3 (q1): points are not a number that otter can award"),
        ("name: q1\npoints: 1" + "0" * 400, "cell 3 (q1): points are not a number that otter can award"),
        ("name: q1\npoints: {all: 3}", "cell 3 (q1): points are a mapping, but not `each: <number>`"),
        ("name: q1\npoints: {each: x}", "cell 3 (q1): points are a mapping, but not `each: <number>`"),
        ("name: q1\npoints: [1, x]", "cell 3 (q1): the list of points has an entry that is not a number"),
        ("name: q1\npoints: [3]", "cell 3 (q1): 1 points for 2 tests"),
        ("name: q1\npoints: [1, 2]", "cell 3 (q1): points for tests in the question and in the tests"),
        ("name: q1\npoints: 2", "cell 3 (q1): tests award 3 of 2 points"),
        ("name: q1\npoints: {each: 1}", "cell 3 (q1): tests award 3 of 2 points"),
        ("name: q1\npoints: 3.5", "cell 3 (q1): tests award 3 points, the question declares 3.5"),
        ("name: q1\npoints: {each: 2}", "cell 3 (q1): tests award 3 points, the question declares 4"),
    ],
)
def test_wrong_question(tmp_path: Path, text: str, message: str) -> None:
    """Names, keys and points of a question; only `manual` text adds that a manual question has tests."""
    found = messages_with(tmp_path, cell_3=question(text))
    if "manual" in text:
        assert found.pop() == "toy.ipynb cell 3 (q1): a manual question with tests"
    assert found == [f"toy.ipynb {message}"]


@pytest.mark.parametrize("text", ["", "points: {each: 1.5}", "points: [null, null]", "all_or_nothing: true"])
def test_points_may_be_left_to_the_tests(tmp_path: Path, text: str) -> None:
    """No points, points for each, a list: all are otter's."""
    bare = {9: [exam("def test_a(double): pass")], 10: [exam("def test_b(double): pass", hidden="true")]}
    assert messages(tmp_path, swap(exception_master(), {3: question(f"name: q1\n{text}"), **bare})) == []


def test_an_unreadable_question_config(tmp_path: Path) -> None:
    """It has no name either."""
    found = messages_with(tmp_path, cell_3=question("- q1"))
    assert found == [
        "toy.ipynb cell 3: question config is not a mapping",
        "toy.ipynb cell 3: a question without a name",
    ]


def test_two_questions_of_one_name(tmp_path: Path) -> None:
    """otter would put their tests into one file."""
    found = messages_with(tmp_path, cell_13=question("name: q1\nmanual: true\npoints: 5"))
    assert found == ["toy.ipynb cell 13 (q1): the question of cell 3 has the same name"]


def test_a_question_is_tested_or_manual(tmp_path: Path) -> None:
    """Neither and both are mistakes; a manual question has one number of points."""
    none = messages_with(tmp_path, cell_9=[], cell_10=[])
    assert none == ["toy.ipynb cell 3 (q1): a question without tests that is not manual"]
    both = messages_with(tmp_path, cell_3=question("name: q1\npoints: 3\nmanual: true"))
    assert both == ["toy.ipynb cell 3 (q1): a manual question with tests"]
    listed = messages_with(tmp_path, cell_13=question("name: w1\nmanual: true\npoints: [5]"))
    assert listed == ["toy.ipynb cell 13 (w1): points are not a number that otter can award"]


def test_float_points_are_summed_as_otter_sums_them(tmp_path: Path) -> None:
    """0.1 + 0.2 exceeds 0.3: otter refuses it, so do we; a sum that is too small by rounding is right."""

    def points(*given: float) -> dict[int, list[dict[str, object]]]:
        cells = [exam(f"def test_{n}(double): pass", points=value) for n, value in enumerate(given)]
        return {9: cells, 10: []}

    def found(total: float, *given: float) -> list[str]:
        return messages(
            tmp_path, swap(exception_master(), {3: question(f"name: q1\npoints: {total}"), **points(*given)})
        )

    assert found(0.3, 0.1, 0.2) == ["toy.ipynb cell 3 (q1): tests award 0.30000000000000004 of 0.3 points"]
    assert found(0.8, 0.1, 0.7) == []


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (exam("def test_a(:", points=1), "the test is not valid Python: line 1: invalid syntax"),
        (exam("def test_a(double): pass", points=1, hiden="true"), "unknown key `hiden` in the test config"),
        (exam("def test_a(double): pass", points=1, hidden="'false'"), "`hidden` is neither true nor false"),
        (exam("def test_a(double): pass", points="x"), "points are not a number that otter can award"),
        (exam("def test_a(double): pass", points=nan), "points are not a number that otter can award"),
        (exam("def test_a(double): pass", points=1, failure_message=3), "`failure_message` is not text"),
        (
            exam("def test_a(double): pass", points=1, failure_message="'say \"no\"'"),
            "`failure_message` has a double quote, a backslash or a line break",
        ),
        (
            exam("def test_a(double): pass", points=1, success_message="a\\b"),
            "`success_message` has a double quote, a backslash or a line break",
        ),
        (
            exam("def test_a(double): pass", points=1, success_message="|\n  a\n  b"),
            "`success_message` has a double quote, a backslash or a line break",
        ),
        (exam("# nothing yet", points=1), "an empty test"),
        (exam("import math", points=1), "the test is not one function"),
        (exam("async def test_a(double): pass", points=1), "the test is not one function"),
        (exam("def test_a(double): pass\ndef test_b(double): pass", points=1), "the test is not one function"),
        (exam("def test_a(double): pass\nother()", points=1), "the test is not one function"),
        (exam("def test_a(double): pass\ntest_a(double)\nx = 1", points=1), "the test is not one function"),
        (exam("@skip\ndef test_a(double): pass", points=1), "the test has a decorator"),
        (exam("def test_a(double, /): pass", points=1), "the test's parameters are not plain parameters"),
        (exam("def test_a(*, double): pass", points=1), "the test's parameters are not plain parameters"),
        (exam("def test_a(double=1): pass", points=1), "the test's parameters are not plain parameters"),
        (exam("def test_a(*double): pass", points=1), "the test's parameters are not plain parameters"),
        (exam("def test_a(**double): pass", points=1), "the test's parameters are not plain parameters"),
        (exam("def test_a(double: np.ndarray): pass", points=1), "annotation with `np`"),
        (exam("def points(double): pass", points=1), "`points` is a name that otter's test file uses itself"),
        (exam("def test_a(double):\n    import pytest", points=1), "the test imports pytest"),
        (exam("def test_a(double):\n    from pytest import raises", points=1), "the test imports pytest"),
        (exam("def test_a(double):\n    import os, pytest.x as p", points=1), "the test imports pytest"),
        (exam("def test_double_hidden(double): pass", points=1), None),
    ],
)
def test_wrong_test_cells(tmp_path: Path, cell: dict[str, object], message: str | None) -> None:
    """One message for each mistake in an exception-format test."""
    found = messages_with(tmp_path, cell_9=[cell])
    if message is None:
        assert found == ["toy.ipynb cell 10 (q1): `test_double_hidden` is also the test of cell 9"]
    else:
        assert found == [f"toy.ipynb cell 9 (q1): {message}"]


@pytest.mark.parametrize(
    "body",
    [
        "def test_a(double, env):\n    from . import x\n    from os import path",
        "def test_a(double: int) -> None: pass",
        "def test_a(double): pass\ntest_a(double)",
        "def test_a(): return '\\d'",
    ],
)
def test_right_test_functions(tmp_path: Path, body: str) -> None:
    """Builtin annotations, a call below, imports inside, an odd escape."""
    assert messages_with(tmp_path, cell_9=[exam(body, points=1)]) == []


@pytest.mark.parametrize(
    "body",
    ["def test_a(x): return " + "(" * 5000, "def test_a(x): return " + "-" * 100_000 + "1", "def test_a(x): '\0'"],
    ids=["brackets", "signs", "nul"],
)
def test_sources_that_break_the_parser(tmp_path: Path, body: str) -> None:
    """They are not valid Python, whatever the parser thinks of them."""
    found = messages_with(tmp_path, cell_9=[exam(body, points=1)])
    assert len(found) == 1
    assert found[0].startswith("toy.ipynb cell 9 (q1): the test is not valid Python: ")


def test_a_source_that_cannot_be_written_back(tmp_path: Path) -> None:
    """A tree too deep to print is judged all the same."""
    body = "def test_a(x): return " + "+".join(["x"] * 2500)
    assert messages_with(tmp_path, cell_9=[exam(body, points=1)]) in (
        [],
        ["toy.ipynb cell 9 (q1): the test is not valid Python: RecursionError"],
    )


@pytest.mark.parametrize("body", ["double(1)", "print(double(1))", "for i in range(2):\n    print(i)", "x = print(1)"])
def test_an_ok_test_that_shows_something_must_be_run(tmp_path: Path, body: str) -> None:
    """otter takes what is stored for what is expected."""
    cells = swap(ok_master(), {9: [exam(body, points=1)]})
    assert messages(tmp_path, cells) == ["toy.ipynb cell 9 (q1): a test that shows something was not run"]
    cells = swap(ok_master(), {9: [{**exam(body, points=1), **shown("2")}]})
    assert messages(tmp_path, cells) == []


@pytest.mark.parametrize(
    "body",
    ["assert double(1) == 2", "import math\nx = math.pi\nassert x", "def f():\n    return double(1)\nassert f()"],
)
def test_an_ok_test_that_shows_nothing_need_not_be_run(tmp_path: Path, body: str) -> None:
    """Assertions, definitions and assignments print nothing."""
    assert messages(tmp_path, swap(ok_master(), {9: [exam(body, points=1)]})) == []


def test_what_does_not_bind_the_ok_format(tmp_path: Path) -> None:
    """There, messages may hold quotes, and a cell may hold any statements; pytest and emptiness stay forbidden."""
    quoted = exam("x = 1\nassert x", points=1, failure_message="'\"'")
    assert messages(tmp_path, swap(ok_master(), {9: [quoted]})) == []
    pytest_ = exam("import pytest\nassert 1", points=1)
    assert messages(tmp_path, swap(ok_master(), {9: [pytest_]})) == ["toy.ipynb cell 9 (q1): the test imports pytest"]
    empty = [exam("", points=1)]
    assert messages(tmp_path, swap(ok_master(), {9: empty})) == ["toy.ipynb cell 9 (q1): an empty test"]


# -- against assignment.toml ------------------------------------------------------------------------------------------


def against(tmp_path: Path, *plans: QuestionPlan, **new: list[dict[str, object]]) -> list[str]:
    cells = swap(exception_master(), {int(key.split("_")[1]): cells for key, cells in new.items()})
    problems = check_against(master(tmp_path, cells), assignment(*plans))
    assert all(problem.hint for problem in problems)
    return [problem.message for problem in problems]


W1 = QuestionPlan(name="w1", topic=TOPIC, points=5, manual=True)


def plan(points: float = 3, *, name: str = "q1", manual: bool = False, functions: tuple[str, ...] = ()) -> QuestionPlan:
    return QuestionPlan(name=name, topic=TOPIC, points=points, manual=manual, functions=functions)


def test_the_name_is_the_slug(tmp_path: Path) -> None:
    """otter compares it with a submission's."""
    problems = check_against(master(tmp_path, exception_master()), assignment(slug="other"))
    assert [problem.message for problem in problems] == ["toy.ipynb: ASSIGNMENT CONFIG must say `name: other`"]


@pytest.mark.parametrize(
    ("plans", "message"),
    [
        ([plan()], "cell 13 (w1): in the notebook but not in assignment.toml"),
        ([plan(), W1, plan(name="q2")], "(q2): in assignment.toml but not in the notebook"),
        ([plan(manual=True), W1], "cell 3 (q1): autograded in the notebook but not in assignment.toml"),
        ([plan(), plan(5, name="w1")], "cell 13 (w1): manual in the notebook but not in assignment.toml"),
        ([plan(4), W1], "cell 3 (q1): 3 points in the notebook, 4 in assignment.toml"),
        ([plan(2.5), W1], "cell 3 (q1): 3 points in the notebook, 2.5 in assignment.toml"),
        ([plan(), plan(4, name="w1", manual=True)], "cell 13 (w1): 5 points in the notebook, 4 in assignment.toml"),
        ([plan(functions=("triple",)), W1], "cell 3 (q1): no answer cell defines `triple`"),
    ],
)
def test_disagreements(tmp_path: Path, plans: list[QuestionPlan], message: str) -> None:
    """Each names the question and what the two files say."""
    assert against(tmp_path, *plans) == [f"toy.ipynb {message}"]


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("name: q1", 1.0),
        ("name: q1\npoints: 4", 4.0),
        ("name: q1\npoints: {each: 2.5}", 5.0),
        ("name: q1\npoints: {each: x}", 1.0),
        ("name: q1\npoints: [1, 1.5]", 2.5),
        ("name: q1\npoints: [2, null]", 2.0),
        ("name: q1\npoints: [null, null]", 1.0),
        ("name: q1\npoints: [0, 0]", 0.0),
    ],
)
def test_points_are_resolved_as_otter_resolves_them(tmp_path: Path, text: str, total: float) -> None:
    """Two tests without points of their own: the question's, or 1 by default."""
    bare = {"cell_9": [exam("def test_a(double): pass")], "cell_10": [exam("# hidden\ndef test_b(d): pass")]}
    found = against(tmp_path, plan(total), W1, cell_3=question(text), **bare)
    assert found == [f"toy.ipynb cell {cell} (q1): a test without points of its own" for cell in (9, 10)]


def test_manual_points_may_be_missing(tmp_path: Path) -> None:
    """otter counts 0 then."""
    found = against(tmp_path, cell_13=question("name: w1\nmanual: true"))
    assert found == ["toy.ipynb cell 13 (w1): 0 points in the notebook, 5 in assignment.toml"]


def test_both_kinds_of_tests_are_there(tmp_path: Path) -> None:
    """A question without hidden tests gives itself away, one without public tests gives no feedback."""
    three = exam("def test_a(double): pass", points=3)
    assert against(tmp_path, cell_9=[three], cell_10=[]) == ["toy.ipynb cell 3 (q1): no hidden test"]
    hidden = exam("def test_a(double): pass", points=3, hidden="true")
    assert against(tmp_path, cell_9=[], cell_10=[hidden]) == ["toy.ipynb cell 3 (q1): no public test"]
    assert against(tmp_path, cell_9=[], cell_10=[]) == [
        "toy.ipynb cell 3 (q1): no public test",
        "toy.ipynb cell 3 (q1): no hidden test",
    ]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (ANSWER.replace('"""Return twice x."""', "x = x"), "`double` has no docstring"),
        (ANSWER.replace("def ", "  def "), "no answer cell defines `double`"),
        ("double = lambda x: 2 * x  # SOLUTION", "no answer cell defines `double`"),
    ],
)
def test_functions_need_definition_and_docstring(tmp_path: Path, answer: str, message: str) -> None:
    """At the top level of the question's own answer cell."""
    assert against(tmp_path, cell_6=[code(answer)]) == [f"toy.ipynb cell 3 (q1): {message}"]


def test_magics_and_classes_are_answers_too(tmp_path: Path) -> None:
    """IPython's lines do not hide a definition; a class is one."""
    answer = '%matplotlib inline\n!ls\nclass double:\n    """Doubles."""\n    x = 1  # SOLUTION'
    assert against(tmp_path, cell_6=[code(answer)]) == []
