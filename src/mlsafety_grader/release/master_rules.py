"""Refuse masters that otter would compile wrongly, or of which it would silently lose something.

`check_master` holds for any otter master; `check_against` holds a master against its `assignment.toml`. Both return
every problem they find, each naming the file, the cell and the question.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from math import isclose

from mlsafety_grader.errors import MasterError
from mlsafety_grader.model import Assignment, QuestionPlan
from mlsafety_grader.release.master import Master, MasterQuestion, MasterTest
from mlsafety_grader.release.master_cells import Where
from mlsafety_grader.release.master_lines import Fault, parse_python
from mlsafety_grader.release.master_tests import is_points

SAFE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
QUESTION_KEYS = frozenset({"name", "manual", "points", "check_cell", "export", "all_or_nothing"})
TEST_KEYS = frozenset({"hidden", "points", "success_message", "failure_message"})
# names that otter's test file uses itself: a test of that name destroys the file
RESERVED = frozenset({"OK_FORMAT", "all_or_nothing", "name", "points", "test_case"})
_POINTS_HINT = "write a finite number that is not negative, without quotes"


def check_master(master: Master) -> list[MasterError]:
    """Return what is wrong with a master, `master.problems` first; nothing is wrong with it when the list is empty."""
    problems = list(master.problems)
    problems += (_place(master).problem(fault.text, hint=fault.hint) for fault in _config_faults(master))
    cell_of: dict[str, int] = {}
    for question in master.questions:
        where = _place(master, question)
        faults = [*_name_faults(question, cell_of), *_key_faults(question), *_test_count_faults(question)]
        faults += _points_faults(question)
        problems += (where.problem(fault.text, hint=fault.hint) for fault in faults)
        problems += _test_problems(master, question)
    return problems


def check_against(master: Master, assignment: Assignment) -> list[MasterError]:
    """Return where a master disagrees with its `assignment.toml`."""
    problems = []
    if master.config.get("name") != assignment.slug:
        hint = "otter then refuses a notebook that belongs to another assignment"
        problems.append(_place(master).problem(f"ASSIGNMENT CONFIG must say `name: {assignment.slug}`", hint=hint))
    plans = {plan.name: plan for plan in assignment.questions}
    for question in master.questions:
        plan = plans.pop(question.name, None)
        faults = [*_plan_faults(question, plan)] if plan else [_unplanned()]
        problems += (_place(master, question).problem(fault.text, hint=fault.hint) for fault in faults)
        if not question.manual:
            problems += _implicit_points(master, question)
    for name in plans:
        where = Where(file=master.path.name, question=name)
        problems.append(
            where.problem("in assignment.toml but not in the notebook", hint="add the question or remove it")
        )
    return problems


def _place(master: Master, question: MasterQuestion | None = None, test: MasterTest | None = None) -> Where:
    cell = test.cell if test else question.cell if question else None
    return Where(file=master.path.name, cell=cell, question=question.name if question else None)


def _config_faults(master: Master) -> Iterator[Fault]:
    if "config_file" in master.config:
        yield Fault(text="`config_file` in ASSIGNMENT CONFIG is not read", hint="write its keys into the cell")
    tests = master.config.get("tests", {})
    if not isinstance(tests, dict):
        yield Fault(text="`tests` in ASSIGNMENT CONFIG is not a mapping", hint="write `tests: {ok_format: false}`")
    elif not isinstance(tests.get("ok_format", True), bool):
        yield Fault(text="`ok_format` is neither true nor false", hint="otter takes any other text for true")


def _name_faults(question: MasterQuestion, cell_of: dict[str, int]) -> Iterator[Fault]:
    name = question.config.get("name")
    if name is None:
        yield Fault(text="a question without a name", hint="write `name: q1_<function>` below `# BEGIN QUESTION`")
    elif not isinstance(name, str) or not SAFE_NAME.fullmatch(name):
        yield Fault(text="unsafe question name", hint="start with a letter; letters, digits and _ . - may follow")
    elif name in cell_of:
        hint = "otter puts the tests of both into one file; give this question another name"
        yield Fault(text=f"the question of cell {cell_of[name]} has the same name", hint=hint)
    else:
        cell_of[name] = question.cell


def _key_faults(question: MasterQuestion) -> Iterator[Fault]:
    for key in sorted(question.config.keys() - QUESTION_KEYS):
        hint = f"otter silently ignores it; known are {', '.join(sorted(QUESTION_KEYS))}"
        yield Fault(text=f"unknown key `{key}` in the question config", hint=hint)
    for key in ("manual", "check_cell", "export", "all_or_nothing"):
        if not isinstance(question.config.get(key, False), bool):
            yield Fault(text=f"`{key}` is neither true nor false", hint="otter takes any other text for true")


def _test_count_faults(question: MasterQuestion) -> Iterator[Fault]:
    if question.manual and question.tests:
        hint = "a question is graded by a person or by tests, not both; split it"
        yield Fault(text="a manual question with tests", hint=hint)
    if not question.manual and not question.tests:
        hint = "add a TESTS block, or `manual: true` if a person grades it"
        yield Fault(text="a question without tests that is not manual", hint=hint)


def _points_faults(question: MasterQuestion) -> Iterator[Fault]:
    declared = question.config.get("points")
    fault = _declared_fault(declared, question)
    if fault:
        yield Fault(text=fault, hint=_POINTS_HINT)
        return
    given = [test.points for test in question.tests if test.points is not None]
    if isinstance(declared, list) and given:
        yield Fault(
            text="points for tests in the question and in the tests", hint="otter drops the tests' own; use one"
        )
    limit = _limit(question)
    if limit is None or not given or isinstance(declared, list):
        return
    if sum(given) > limit:
        hint = "otter refuses to award more than the question's points"
        yield Fault(text=f"tests award {_say(sum(given))} of {_say(limit)} points", hint=hint)
    elif len(given) == len(question.tests) and not isclose(sum(given), limit):
        hint = "otter awards the tests' points and silently forgets the rest; make them add up"
        yield Fault(text=f"tests award {_say(sum(given))} points, the question declares {_say(limit)}", hint=hint)


def _declared_fault(declared: object, question: MasterQuestion) -> str | None:
    """Say what is wrong with a question's `points`, or None."""
    if declared is None or is_points(declared):
        return None
    if question.manual or not isinstance(declared, list | dict):
        return "points are not a number that otter can award"
    if isinstance(declared, dict):
        is_right = declared.keys() == {"each"} and is_points(declared["each"])
        return None if is_right else "points are a mapping, but not `each: <number>`"
    if not all(entry is None or is_points(entry) for entry in declared):
        return "the list of points has an entry that is not a number"
    if len(declared) != len(question.tests):
        return f"{len(declared)} points for {len(question.tests)} tests"
    return None


def _limit(question: MasterQuestion) -> float | None:
    """Return the points that the question declares for all its tests, None when it leaves them to the tests."""
    declared = question.points
    if isinstance(declared, dict):
        each = declared.get("each")
        return each * len(question.tests) if is_points(each) else None
    return float(declared) if is_points(declared) else None


def _total(question: MasterQuestion) -> float:
    """Return the points that otter will award, by its own rules (`TestFile.resolve_test_file_points`)."""
    listed = question.points
    if isinstance(listed, list):
        points = [float(entry) if is_points(entry) else None for entry in listed]
    else:
        points = [test.points for test in question.tests]
    limit = _limit(question)
    if question.manual:
        return limit or 0.0
    if limit is not None and (not points or None in points):
        return limit
    given = sum(entry for entry in points if entry is not None)
    return 1.0 if given == 0 and None in points else given


def _test_problems(master: Master, question: MasterQuestion) -> Iterator[MasterError]:
    cell_of: dict[str, int] = {}
    for test in question.tests:
        faults = [*_test_config_faults(test)]
        try:
            tree = parse_python(test.source)
        except ValueError as error:
            faults.append(Fault(text=f"the test is not valid Python: {error}", hint="correct it and run the cell"))
        else:
            faults += _tree_faults(test, tree, ok_format=master.ok_format)
            if not master.ok_format:
                faults += _message_faults(test)
        if not master.ok_format and test.name in cell_of:
            hint = "otter silently loses the first of the two; rename one"
            faults.append(Fault(text=f"`{test.name}` is also the test of cell {cell_of[test.name]}", hint=hint))
        cell_of.setdefault(test.name, test.cell)
        where = _place(master, question, test)
        yield from (where.problem(fault.text, hint=fault.hint) for fault in faults)


def _test_config_faults(test: MasterTest) -> Iterator[Fault]:
    for key in sorted(test.config.keys() - TEST_KEYS):
        hint = f"otter silently ignores it; known are {', '.join(sorted(TEST_KEYS))}"
        yield Fault(text=f"unknown key `{key}` in the test config", hint=hint)
    if not isinstance(test.config.get("hidden", False), bool):
        yield Fault(text="`hidden` is neither true nor false", hint="write `hidden: true` without quotes")
    points = test.config.get("points")
    if points is not None and not is_points(points):
        yield Fault(text="points are not a number that otter can award", hint=_POINTS_HINT)
    for key in ("success_message", "failure_message"):
        if not isinstance(test.config.get(key), str | None):
            yield Fault(text=f"`{key}` is not text", hint="put the message into single quotes")


def _message_faults(test: MasterTest) -> Iterator[Fault]:
    for key, text in (("success_message", test.success_message), ("failure_message", test.failure_message)):
        if text and any(character in text for character in '"\\\n\r\0'):
            hint = "otter pastes it between double quotes: the test file would break and grading would award 0 of 0"
            yield Fault(text=f"`{key}` has a double quote, a backslash or a line break", hint=hint)


def _tree_faults(test: MasterTest, tree: ast.Module, *, ok_format: bool) -> Iterator[Fault]:
    if not tree.body:
        yield Fault(text="an empty test", hint="otter would award its points to everybody; write it or remove the cell")
        return
    if any(_imports_pytest(node) for node in ast.walk(tree)):
        hint = "a failing pytest.raises is no Exception and destroys the whole result; use try/except/else"
        yield Fault(text="the test imports pytest", hint=hint)
    if ok_format:
        yield from _unrun_faults(test, tree)
    else:
        yield from _function_faults(tree)


def _imports_pytest(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] in ("pytest", "_pytest") for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("pytest", "_pytest")


def _unrun_faults(test: MasterTest, tree: ast.Module) -> Iterator[Fault]:
    """Otter takes the stored output for the expected one."""
    shows = any(isinstance(node, ast.Expr) for node in tree.body)
    prints = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
        for node in ast.walk(tree)
    )
    if not test.is_run and (shows or prints):
        hint = "run all cells and save: otter takes the stored output for the expected one, and there is none"
        yield Fault(text="a test that shows something was not run", hint=hint)


def _function_faults(tree: ast.Module) -> Iterator[Fault]:
    function, *rest = tree.body
    if not isinstance(function, ast.FunctionDef) or not _is_call_of(rest, function.name):
        hint = "write one `def`, which a call to it may follow; otter loses everything else"
        yield Fault(text="the test is not one function", hint=hint)
        return
    if function.decorator_list:
        yield Fault(text="the test has a decorator", hint="otter's test file does not know the decorator; remove it")
    if function.name in RESERVED:
        yield Fault(text=f"`{function.name}` is a name that otter's test file uses itself", hint="rename the test")
    arguments = function.args
    odd = [*arguments.posonlyargs, *arguments.kwonlyargs, *arguments.defaults, arguments.vararg, arguments.kwarg]
    if any(part is not None for part in odd):
        hint = "otter looks up each parameter by its name in the student's notebook; write plain names"
        yield Fault(text="the test's parameters are not plain parameters", hint=hint)
    annotations = [argument.annotation for argument in arguments.args] + [function.returns]
    names = {node.id for part in annotations if part for node in ast.walk(part) if isinstance(node, ast.Name)}
    if names - vars(builtins).keys():
        hint = "imports inside the test come too late for it, and the whole test file fails; remove the annotation"
        yield Fault(text=f"annotation with `{min(names - vars(builtins).keys())}`", hint=hint)


def _is_call_of(rest: list[ast.stmt], name: str) -> bool:
    """Return whether nothing, or one call of `name`, follows the test function."""
    if not rest:
        return True
    call = rest[0].value if isinstance(rest[0], ast.Expr) else None
    is_call = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name
    return is_call and len(rest) == 1


def _unplanned() -> Fault:
    return Fault(text="in the notebook but not in assignment.toml", hint="add a [[questions]] table for it")


def _plan_faults(question: MasterQuestion, plan: QuestionPlan) -> Iterator[Fault]:
    if question.manual != plan.manual:
        told = "manual" if question.manual else "autograded"
        hint = "let `manual` agree in both files"
        yield Fault(text=f"{told} in the notebook but not in assignment.toml", hint=hint)
    elif not isclose(_total(question), plan.points, abs_tol=1e-12):
        text = f"{_say(_total(question))} points in the notebook, {_say(plan.points)} in assignment.toml"
        yield Fault(text=text, hint="let the points agree in both files")
    if not question.manual:
        for kind, is_hidden in (("public", False), ("hidden", True)):
            if is_hidden and plan.shared:
                continue
            if all(test.hidden is not is_hidden for test in question.tests):
                yield Fault(text=f"no {kind} test", hint="each autograded question has at least one of either kind")
    if plan.shared and any(test.hidden for test in question.tests):
        hint = "hidden tests never enter a submission's process: make them public, or drop `isolation`"
        yield Fault(text='hidden tests in a question of `isolation = "shared"`', hint=hint)
    for name in plan.functions:
        yield from _function_answer_faults(question, name)


def _implicit_points(master: Master, question: MasterQuestion) -> Iterator[MasterError]:
    for test in question.tests:
        if test.points is None:
            where = _place(master, question, test)
            yield where.problem("a test without points of its own", hint="write `points: <number>` in its test config")


def _function_answer_faults(question: MasterQuestion, name: str) -> Iterator[Fault]:
    definitions = [node for answer in question.answers for node in _definitions(answer) if node.name == name]
    if not definitions:
        hint = "define it at the top level of a code cell in this question's SOLUTION block"
        yield Fault(text=f"no answer cell defines `{name}`", hint=hint)
    elif not ast.get_docstring(definitions[-1]):
        yield Fault(
            text=f"`{name}` has no docstring", hint="say what it takes and returns: it is the student's contract"
        )


def _definitions(answer: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Return what an answer cell defines; lines that are IPython's own (`%magic`, `!command`) are left out."""
    lines = [line for line in answer.split("\n") if not line.startswith(("%", "!"))]
    try:
        body = parse_python("\n".join(lines)).body
    except ValueError:
        return []
    return [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]


def _say(points: float) -> str:
    return str(int(points)) if points == int(points) else str(points)
