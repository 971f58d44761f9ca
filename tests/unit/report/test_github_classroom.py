"""The result for GitHub Classroom's reporter, and what that reporter makes of it."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import CaseResult, Manifest, QuestionResult, Report, Status, Verdict
from mlsafety_grader.report import classroom_json, classroom_result
from tests.records import make_case, make_report, make_result
from tests.strategies import batches

STATUS = {"enum": ["pass", "fail", "error"]}
TEXT = {"type": "string", "maxLength": 500}
FIELDS: dict[str, Any] = {
    "name": TEXT,
    "status": STATUS,
    "message": TEXT,
    "test_code": TEXT,
    "task_id": {"type": "integer"},
    "filename": TEXT,
    "line_no": {"type": "integer"},
    "duration": {"type": "number"},
    "score": {"type": "number", "minimum": 0},
    "output": TEXT,
}
SCHEMA = {
    "type": "object",
    "required": ["version", "status", "max_score", "tests"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": 3},
        "status": STATUS,
        "message": TEXT,
        "max_score": {"type": "number", "minimum": 0},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "status", "test_code", "task_id", "filename", "line_no", "duration", "score"],
                "additionalProperties": False,
                "properties": FIELDS,
            },
        },
    },
}


def read(report: Report) -> Any:
    return json.loads(classroom_json([report]))


def sent(document: Any) -> float | None:
    """What the reporter sends to Classroom: nothing without a maximum."""
    return sum(test["score"] for test in document["tests"]) if document["max_score"] else None


@given(batch=batches(min_size=1))
def test_every_report_is_valid(batch: tuple[Manifest, list[Report]]) -> None:
    """`tests` is always there: the reporter falls over without; the sum is the score to a rounding."""
    report = batch[1][0]
    document = read(report)
    jsonschema.validate(document, SCHEMA)
    if report.status is Status.GRADER_FAULT:
        assert sent(document) is None
    elif document["max_score"]:
        assert sent(document) == pytest.approx(report.earned, abs=1e-4)


def test_points_and_status() -> None:
    """The status is the step's: it passes only when everything has."""
    right, wrong = make_case(), make_case(Verdict.FAILED)
    document = read(make_report(make_result("q1", right, wrong), make_result("q2", right)))
    assert [(test["status"], test["score"]) for test in document["tests"]] == [("fail", 1), ("pass", 1)]
    assert (document["status"], document["max_score"]) == ("fail", 3)
    assert read(make_report(make_result("q1", right)))["status"] == "pass"
    assert read(make_report(make_result("q1", right), status=Status.TIMEOUT))["status"] == "error"


def test_grader_fault_sends_no_points() -> None:
    """With a maximum, the reporter would send 0 of it."""
    document = read(make_report(make_result("q1", make_case()), status=Status.GRADER_FAULT))
    assert (document["tests"], document["max_score"], document["status"]) == ([], 0, "error")
    assert "not a zero" in document["message"]


def test_several_submissions_are_refused() -> None:
    """Classroom would add their points up."""
    with pytest.raises(UsageError, match="one submission, and here are 2"):
        classroom_json([make_report(), make_report()])


def test_hidden_cases_are_a_number_and_written_questions_are_left_out() -> None:
    """Students read the log."""
    hidden = CaseResult(
        name="test_secret", verdict=Verdict.FAILED, hidden=True, possible=1.0, message="m", detail="assert secret"
    )
    written = QuestionResult(name="w1", earned=0.0, possible=5.0, manual=True)
    document = read(make_report(make_result("q1", make_case(), hidden), written, possible=2.0))
    assert "secret" not in json.dumps(document)
    (test,) = document["tests"]
    assert test["output"] == "1 of 2 points\n1 of 1 public tests passed\n1 hidden tests count as well"


def test_line_that_would_order_github_about_is_broken() -> None:
    """`::` at the start of a line in a log is a command."""
    case = CaseResult(name="q1 - 1", verdict=Verdict.FAILED, hidden=False, possible=1.0, message="x\n  ::add-mask::a")
    document = classroom_result(make_report(make_result("::error::q", case)))
    lines = [line.strip() for text in document["tests"][0].values() for line in str(text).splitlines()]
    assert not any(line.startswith(("::", "##[")) for line in lines)
    assert any("add-mask" in line for line in lines)


def test_text_is_short_in_the_readers_own_units() -> None:
    """JavaScript counts an emoji as two."""
    case = CaseResult(name="c", verdict=Verdict.ERROR, hidden=False, possible=1.0, message="\U0001f600" * 400)
    output = read(make_report(make_result("q1", case)))["tests"][0]["output"]
    assert len(output.encode("utf-16-le")) <= 1000
