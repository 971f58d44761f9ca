"""Examining a question: deadlines, crashes, fresh checkpoints, measurements, what tests define."""

import pytest

from mlsafety_grader.model import Verdict
from tests.integration.boundary import (
    CaseOutcome,
    Conversation,
    RemoteNamespace,
    examine,
    examine_question,
    exception_file,
    ok_file,
    open_checkpoint,
)

pytestmark = pytest.mark.filterwarnings("default")

HANG = "import time, os\ndef good(): return 1\ndef hang(): time.sleep(60)\ndef die(): os._exit(3)\n"


def verdicts(outcome_cases: tuple[CaseOutcome, ...]) -> list[Verdict]:
    return [case.verdict for case in outcome_cases]


def test_verdicts_by_kind() -> None:
    bodies = ["assert good() == 1", "assert good() == 2", "good(1)", "raise SystemExit", "assert good() == 1"]
    outcome = examine(HANG, exception_file(*bodies, parameters="good"))
    passed, failed, error = Verdict.PASSED, Verdict.FAILED, Verdict.ERROR
    assert verdicts(outcome.cases) == [passed, failed, error, error, passed]
    assert outcome.test_file.score == 2


def test_a_timeout_ends_the_checkpoint_and_the_rest_is_not_run() -> None:
    bodies = ["good()", "hang()", "good()"]
    outcome = examine(HANG, exception_file(*bodies, parameters="good, hang"), case_s=1.0)
    assert verdicts(outcome.cases) == [Verdict.PASSED, Verdict.TIMEOUT, Verdict.NOT_RUN]


@pytest.mark.parametrize(("call", "verdict"), [("hang()", Verdict.TIMEOUT), ("die()", Verdict.CRASHED)])
def test_a_fresh_checkpoint_lets_the_rest_run(call: str, verdict: Verdict) -> None:
    first = open_checkpoint(HANG)
    opened: list[Conversation] = []

    def fresh() -> Conversation:
        opened.append(open_checkpoint(HANG))
        return opened[-1]

    told: list[str] = []
    file = exception_file(
        "env['mine'] = 3",
        f"env['{call[:-2]}']()",
        "assert env['good']() == 1 and env['mine'] == 3",
        parameters="env",
    )
    outcome = examine_question(
        file, RemoteNamespace(first), first, case_s=1.0, fresh=fresh, on_case=lambda case: told.append(case.name)
    )
    for conversation in (first, *opened):
        conversation.close()
    assert verdicts(outcome.cases) == [Verdict.PASSED, verdict, Verdict.PASSED]
    assert told == ["case 1", "case 2", "case 3"]
    assert len(opened) == 1


def test_doctest_verdicts() -> None:
    codes = [
        ">>> good()\n1",
        ">>> good()\n2",
        ">>> good(1)",
        ">>> assert good() == 2",
        ">>> raise SystemExit(0)",
        ">>> good()\n1",
    ]
    outcome = examine(HANG, ok_file(*codes))
    passed, failed, error = Verdict.PASSED, Verdict.FAILED, Verdict.ERROR
    assert verdicts(outcome.cases) == [passed, failed, error, failed, error, passed]


def test_measurements_come_from_tests_only() -> None:
    bodies = [
        "from mlsafety_kit import record\nrecord('a', 0.5)\nrecord('b', 2)",
        "from mlsafety_kit import record\nrecord('c', float('nan'))",
    ]
    outcome = examine(HANG, exception_file(*bodies))
    assert outcome.measurements == (("a", 0.5), ("b", 2.0))
    assert verdicts(outcome.cases) == [Verdict.PASSED, Verdict.ERROR]
    import mlsafety_kit

    assert mlsafety_kit.record.__module__ == "mlsafety_kit.measurements"


def test_all_or_nothing_and_points_are_otters() -> None:
    file = exception_file("pass", "assert False")
    file.all_or_nothing = True
    assert examine("", file).test_file.score == 0
    file.all_or_nothing = False
    assert examine("", file).test_file.score == 1
    assert file.test_case_results == []


def test_hidden_helpers_stay_here(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    helper = Path(str(tmp_path), "oracle_hidden.py")
    helper.write_text("SECRET = 42\ndef answer(x): return x * SECRET\nclass Net: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = """
        import importlib
        def f(g): return g(2)
        def take(x): return x
        def find(): return importlib.import_module('oracle_hidden')
    """
    bodies = [
        "import oracle_hidden as o\nassert f(o.answer) == 84",
        "import oracle_hidden as o\ntry:\n    take(o)\nexcept TypeError:\n    return\nassert False",
        "try:\n    find()\nexcept ModuleNotFoundError:\n    return\nassert False",
        "import oracle_hidden as o\nassert take(o.Net) is o.Net and isinstance(take(o.Net()), o.Net)",
    ]
    outcome = examine(source, exception_file(*bodies, parameters="f, take, find"))
    assert [case.message for case in outcome.cases if not case.passed] == []


def test_the_detail_shows_staff_where_the_submission_failed() -> None:
    source = "def deep(): return 1 / 0\ndef f(): return deep()"
    (case,) = examine(source, exception_file("f()", parameters="f")).cases
    assert "in deep" in case.detail
    assert "in deep" not in case.message


def test_names_of_tests_outlive_a_checkpoint_but_proxies_do_not() -> None:
    one, two = open_checkpoint(HANG), open_checkpoint(HANG)
    namespace = RemoteNamespace(one)
    first = examine_question(
        exception_file("env['kept'], env['proxy'] = 5, env['good']", parameters="env"), namespace, one, case_s=5
    )
    namespace.attach(two)
    bodies = ["assert env['kept'] == 5 and env['good']() == 1", "env['good'](env['proxy'])"]
    second = examine_question(exception_file(*bodies, parameters="env"), namespace, two, case_s=5)
    one.close()
    two.close()
    assert verdicts((*first.cases, *second.cases)) == [Verdict.PASSED, Verdict.PASSED, Verdict.ERROR]
    assert "another" in second.cases[1].message
