"""Examine a question: otter's own test file, case by case, against a checkpoint.

Otter decides what passes and words the messages. This module gives each case its own deadline, keeps what ends a whole
run of otter's (`SystemExit`) to the case that it ended, and lets no case pass in which the conversation broke.
"""

import contextlib
import copy
import dataclasses
import os
import re
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from otter.test_files import TestCase, TestFile
from otter.test_files.abstract_test import TestCaseResult
from otter.test_files.ok_test import OKTestFile, run_doctest

from mlsafety_grader.examiner.conversation import Conversation
from mlsafety_grader.examiner.measurements import recording
from mlsafety_grader.examiner.namespace import RemoteNamespace
from mlsafety_grader.examiner.patches import following_mock
from mlsafety_grader.examiner.student_error import named_error
from mlsafety_grader.model import Verdict
from mlsafety_grader.wire import PeerClosedError, PeerTimeoutError, WireError

PASSED = "✅ Test case passed"
FAILED = "❌ Test case failed\n"
MAX_MESSAGE = 20_000

_OUR_FRAMES = re.compile(r"^ +File \"(?:<submission |[^\"\n]*mlsafety_grader)[^\n]*\n(?: {8,}[^\n]*\n)*", re.MULTILINE)
_EXCEPTION = re.compile(r"^    ([A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)

Attach = Callable[[], Conversation | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """What became of one case. `message` is otter's, `detail` adds what staff needs and may show a test's source."""

    name: str
    passed: bool
    verdict: Verdict
    message: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionOutcome:
    """What became of a question. `test_file` is otter's, with its results: ask it for points and messages."""

    cases: tuple[CaseOutcome, ...]
    measurements: tuple[tuple[str, float], ...]
    test_file: TestFile


def examine_question(
    test_file: TestFile,
    namespace: RemoteNamespace,
    conversation: Conversation,
    *,
    case_s: float | Callable[[TestCase], float],
    on_case: Callable[[CaseOutcome], None] | None = None,
    fresh: Attach | None = None,
) -> QuestionOutcome:
    """Run every case of a test file.

    Args:
        test_file: as otter loads it; is not changed.
        namespace: what the test cases get; asks `conversation`.
        conversation: with the question's checkpoint.
        case_s: seconds that a case may wait for the submission in all, or a function that says so for a case.
        on_case: told of each case as it ends.
        fresh: gives another checkpoint once the conversation is broken, or None: then the cases left are not run.

    Returns:
        Outcomes in the test file's order.
    """
    done = copy.copy(test_file)
    done.test_case_results = []
    outcomes: list[CaseOutcome] = []
    with recording() as measurements:
        for place, case in enumerate(test_file.test_cases):
            if conversation.fault is not None and (replaced := fresh() if fresh else None) is not None:
                conversation = replaced
                namespace.attach(conversation)
            if conversation.fault is not None:
                outcome = CaseOutcome(name=case.name, passed=False, verdict=Verdict.NOT_RUN, message="")
            else:
                conversation.deadline = time.monotonic() + (case_s(case) if callable(case_s) else case_s)
                kept = len(measurements)
                outcome = _examine_case(test_file, place, namespace, conversation)
                if outcome.verdict in (Verdict.TIMEOUT, Verdict.CRASHED):
                    del measurements[kept:]
                conversation.deadline = None
            done.test_case_results.append(
                TestCaseResult(test_case=case, message=outcome.message, passed=outcome.passed)
            )
            outcomes.append(outcome)
            if on_case is not None:
                on_case(outcome)
    return QuestionOutcome(cases=tuple(outcomes), measurements=tuple(measurements), test_file=done)


def _examine_case(
    test_file: TestFile, place: int, namespace: RemoteNamespace, conversation: Conversation
) -> CaseOutcome:
    case = test_file.test_cases[place]
    conversation.last_trace = ""
    raised: BaseException | None = None
    with following_mock(conversation.patches):
        if isinstance(test_file, OKTestFile):
            passed, message = _run_doctest(test_file, place, namespace)
            verdict = Verdict.PASSED if passed else _doctest_verdict(message)
        else:
            passed, message, raised = _run_function(test_file, case, namespace)
            verdict = Verdict.PASSED if passed else _verdict(raised)
    fault = conversation.fault
    if fault is not None:  # even when the test has caught it
        passed, verdict = False, _fault_verdict(fault)
        message = FAILED + fault.message
    detail = "" if passed else _detail(message, raised, conversation.last_trace)
    return CaseOutcome(
        name=case.name, passed=passed, verdict=verdict, message=message[:MAX_MESSAGE], detail=detail[: 5 * MAX_MESSAGE]
    )


def _run_doctest(test_file: TestFile, place: int, namespace: RemoteNamespace) -> tuple[bool, str]:
    """Do what `OKTestFile.run` does for one case."""
    passed, message = run_doctest(f"{test_file.name} {place}", test_file.test_cases[place].body, namespace)
    return passed, PASSED if passed else FAILED + _OUR_FRAMES.sub("", message)


class _Watched:
    """A test case's body that remembers how it ended."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.raised: BaseException | None = None

    def call_func(self, global_environment: dict[str, Any]) -> None:
        try:
            self._body.call_func(global_environment)
        except BaseException as e:
            if not isinstance(e, Exception) and not e.__dict__.get("from_submission", isinstance(e, SystemExit)):
                raise
            self.raised = e
            # otter reads the line from the third frame: leave out one of ours for the one that we added
            outer = e.__traceback__.tb_next if e.__traceback__ is not None else None
            inner = outer.tb_next if outer is not None else None
            shown = e if isinstance(e, Exception) else named_error(type(e).__name__, (Exception,))(*e.args)
            raise shown.with_traceback(inner) from None


def _run_function(
    test_file: TestFile, case: TestCase, namespace: RemoteNamespace
) -> tuple[bool, str, BaseException | None]:
    """Have otter run one case of an exception-based file."""
    watched = _Watched(case.body)
    single = copy.copy(test_file)
    single.test_cases = [dataclasses.replace(case, body=watched)]
    try:
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):  # noqa: PTH123
            single.run(namespace)
    except Exception as e:
        return False, f"{FAILED}{type(e).__name__}: {e}", watched.raised or e
    (result,) = single.test_case_results
    return result.passed, result.message or "", watched.raised


def _verdict(raised: BaseException | None) -> Verdict:
    return Verdict.FAILED if isinstance(raised, AssertionError) else Verdict.ERROR


def _doctest_verdict(message: str) -> Verdict:
    """Tell a wrong answer from an exception by the first example that failed."""
    _, _, report = message.partition("Failed example:")
    first = report.partition("Failed example:")[0]
    _, has_raised, trace = first.partition("Exception raised:")
    if not has_raised:
        return Verdict.FAILED
    names = _EXCEPTION.findall(trace)
    return Verdict.FAILED if names and names[-1] == "AssertionError" else Verdict.ERROR


def _fault_verdict(fault: WireError) -> Verdict:
    if isinstance(fault, PeerTimeoutError):
        return Verdict.TIMEOUT
    return Verdict.CRASHED if isinstance(fault, PeerClosedError) else Verdict.ERROR


def _detail(message: str, raised: BaseException | None, trace: str) -> str:
    parts = [message]
    if raised is not None:
        with contextlib.suppress(Exception):  # a submission's exception may not even have a text
            parts.append("".join(traceback.format_exception(raised)))
    if trace:
        parts.append("In the submission:\n" + trace)
    return "\n\n".join(parts)
