"""The result that GitHub Classroom's reporter reads, for `<RUNNER>_RESULTS` (there in base64).

The reporter adds up `tests[].score` and sends the sum when `max_score` is not 0. So a grader fault has `max_score` 0
and no tests: the step fails, and no points reach Classroom. `tests` is always there: the reporter falls over without.

Students read all of this, and it is printed into a log in which a line that begins with `::` is an order to GitHub:
such lines are broken. Of hidden cases only their number is told.
"""

import re
from collections.abc import Sequence
from typing import Any

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import CaseResult, QuestionResult, Report, Status, Verdict
from mlsafety_grader.report.encoding import encode_json
from mlsafety_grader.report.numbers import rounded
from mlsafety_grader.report.outcome import has_points, status_text
from mlsafety_grader.report.text import cap, shorten, visible_lines

VERSION = 3
OUTPUT_LIMIT = 500  # the reporter's format allows no more
_NAME_LIMIT = 100
_ORDER = re.compile(r"(?m)^(\s*)(::|##\[)")
_FAULT = "The autograder itself failed; this is not a zero. Course staff have to run it again."

Document = dict[str, Any]


def classroom_json(reports: Sequence[Report]) -> bytes:
    """Return the document for the one submission of a repository.

    Raises:
        UsageError: there are several submissions, whose points Classroom would add up, or none.
    """
    if len(reports) != 1:
        raise UsageError(
            f"GitHub Classroom takes the result of one submission, and here are {len(reports)}",
            hint="grade only the repository's own notebook into this folder",
        )
    return encode_json(classroom_result(reports[0]))


def classroom_result(report: Report) -> Document:
    """Return the document: a test per question that tests grade. `max_score` is an int where the points are whole."""
    if not has_points(report):
        return {"version": VERSION, "status": "error", "message": _FAULT, "max_score": 0, "tests": []}
    tests = [_test(question, number) for number, question in enumerate(_graded(report), start=1)]
    document: Document = {
        "version": VERSION,
        "status": _status(report),
        "max_score": rounded(report.possible),
        "tests": tests,
    }
    if report.status is not Status.GRADED:
        document["message"] = _for_log(status_text(report))
    return document


def _graded(report: Report) -> list[QuestionResult]:
    return [question for question in report.questions if not question.manual]


def _status(report: Report) -> str:
    if report.status is not Status.GRADED:
        return "error"
    passed = all(_has_passed(question.cases) for question in _graded(report))
    return "pass" if passed else "fail"


def _test(question: QuestionResult, number: int) -> Document:
    passed = _has_passed(question.cases)
    test: Document = {
        "name": _for_log(shorten(question.name, _NAME_LIMIT)),
        "status": "pass" if passed else "fail",
        "test_code": "",
        "task_id": number,
        "filename": "",
        "line_no": 0,
        "duration": 0,
        "score": rounded(question.earned),
        "output": _for_log("\n".join(_lines(question))),
    }
    return test if passed else {**test, "message": test["output"]}  # the reporter prints `message`, others `output`


def _lines(question: QuestionResult) -> list[str]:
    public = [case for case in question.cases if not case.hidden]
    hidden = len(question.cases) - len(public)
    lines = [f"{rounded(question.earned)} of {rounded(question.possible)} points"]
    if public:
        lines.append(f"{sum(case.verdict is Verdict.PASSED for case in public)} of {len(public)} public tests passed")
    lines.extend(_case_line(case) for case in public if case.verdict is not Verdict.PASSED)
    return [*lines, f"{hidden} hidden tests count as well"] if hidden else lines


def _case_line(case: CaseResult) -> str:
    words = case.verdict.value.replace("_", " ")
    return f"{shorten(case.name, _NAME_LIMIT)}: {words}" + (f" ({case.message})" if case.message else "")


def _has_passed(cases: Sequence[CaseResult]) -> bool:
    return all(case.verdict is Verdict.PASSED for case in cases)


def _for_log(text: str) -> str:
    safe = _ORDER.sub(r"\1: \2", visible_lines(text))
    # the reader counts UTF-16 units, of which one character has at most two
    fits = len(safe.encode("utf-16-le")) <= 2 * OUTPUT_LIMIT
    return safe if fits else cap(safe, OUTPUT_LIMIT if safe.isascii() else OUTPUT_LIMIT // 2)
