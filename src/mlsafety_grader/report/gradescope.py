"""Gradescope's `results.json`, laid out as otter does: a summary of the public tests, then one test per question.

What students may read is an allow-list: of a hidden case only its name, its verdict and the messages that its author
wrote for students. Text is always `text`, never HTML or Markdown: much of it comes from submissions.

A submission that the grader failed on has no score, but Gradescope's format demands one. `gradescope_results` then
gives 0 of 0 points in a hidden test, which also hides the total, so that nothing claims "0 of 25". An entry point on
Gradescope itself can do better: where `has_points` is false, write no file and exit with an error. Gradescope then
reports that the autograder failed and records no score.
"""

import json
from collections.abc import Iterable
from importlib.resources import files
from textwrap import indent
from typing import Any

import msgspec

from mlsafety_grader.model import CaseResult, CellFailure, Manifest, Question, Report, Status, Verdict
from mlsafety_grader.report.encoding import encode_json
from mlsafety_grader.report.numbers import rounded
from mlsafety_grader.report.outcome import has_points, require_release, status_text
from mlsafety_grader.report.text import cap, cap_start, shorten, visible, visible_lines
from mlsafety_grader.scoring import match_results

PUBLIC_TESTS = "Public Tests"  # otter's name
OUTPUT_LIMIT = 10_000
_DETAIL_LIMIT = 2_000
_NAME_LIMIT = 200

Document = dict[str, Any]

_FAULT_TEXT = """\
The autograder itself failed on this submission; this is not your fault and it is not a zero.
Course staff have to run it again. Please tell them if nothing has changed after a day."""


def gradescope_results(report: Report, manifest: Manifest, *, show_hidden: bool = False) -> Document:
    """Return the document; with `show_hidden` students see every question's test once grades are published.

    Raises:
        UsageError: the report is of another release.
        ScoreError: the report's cases do not fit the release's.
    """
    require_release(report, manifest)
    document: Document = {
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "tests": _tests(report, manifest, show_hidden=show_hidden) if has_points(report) else _fault_tests(report),
        "extra_data": _extra_data(report),
    }
    if has_points(report) and not manifest.autograded:
        document = {"score": 0, **document}  # only written questions: no test carries the score that must be there
    troubles = _troubles(report) if has_points(report) else ""
    return {"output": troubles, **document} if troubles else document


def encode_gradescope(document: Document) -> bytes:
    """Return a document as the bytes of `results.json`."""
    return encode_json(document)


def gradescope_schema() -> Document:
    """Return the JSON Schema (draft 2020-12) that every `results.json` meets."""
    text = files("mlsafety_grader.report").joinpath("gradescope.schema.json").read_text(encoding="utf-8")
    schema: Document = json.loads(text)
    return schema


def _tests(report: Report, manifest: Manifest, *, show_hidden: bool) -> list[Document]:
    results = {result.name: result.cases for result in report.questions}
    questions = [
        (question, match_results(question, results.get(question.name, ()))) for question in manifest.autograded
    ]
    earned = {result.name: result.earned for result in report.questions}
    visibility = "after_published" if show_hidden else "hidden"
    return [
        _public_tests(questions, is_graded=report.status is Status.GRADED),
        *(
            _question_test(question, cases, earned=earned.get(question.name, 0.0), visibility=visibility)
            for question, cases in questions
        ),
    ]


def _public_tests(questions: list[tuple[Question, tuple[CaseResult, ...]]], *, is_graded: bool) -> Document:
    public = [(question, [case for case in cases if not case.hidden]) for question, cases in questions]
    public = [(question, cases) for question, cases in public if cases]
    lines = [_public_question(question, cases) for question, cases in public]
    if not lines:
        lines = ["This assignment has no public tests."]
    if any(case.hidden for _, cases in questions for case in cases):
        lines.append("Hidden tests count as well; they are not listed here.")
    return {
        "name": PUBLIC_TESTS,
        "status": _status(case for _, cases in public for case in cases) if public or is_graded else "failed",
        "visibility": "visible",
        "output": cap("\n\n".join(lines), OUTPUT_LIMIT),
    }


def _public_question(question: Question, cases: list[CaseResult]) -> str:
    passed = sum(case.verdict is Verdict.PASSED for case in cases)
    head = f"{_name(question.name)}: {passed} of {len(cases)} public tests passed"
    if question.shared:
        head += " (examined in the submission's own process)"
    return "\n".join([head, *(indent(_case_text(case), "    ") for case in cases)])


def _question_test(question: Question, cases: tuple[CaseResult, ...], *, earned: float, visibility: str) -> Document:
    test: Document = {
        "name": _name(question.name),
        "score": rounded(earned),
        "max_score": rounded(question.possible),
        "status": _status(cases),
        "visibility": visibility,
        "output": cap("\n".join(_case_text(case) for case in cases), OUTPUT_LIMIT),
    }
    return test if question.topic is None else {**test, "tags": [visible(question.topic)]}


def _case_text(case: CaseResult) -> str:
    """Say what students may know of a case; a public one's detail is theirs to see, for so is its source."""
    lines = [f"{_name(case.name)}: {_verdict_words(case.verdict)}"]
    if case.message:
        lines.append(indent(visible_lines(case.message), "    "))
    if case.detail and not case.hidden and case.verdict is not Verdict.PASSED:
        lines.append(indent(visible_lines(cap_start(case.detail.strip(), _DETAIL_LIMIT)), "    "))
    return "\n".join(lines)


def _troubles(report: Report) -> str:
    """Tell the student why the submission was not graded to its end and which of his cells failed."""
    paragraphs = []
    if report.status is not Status.GRADED:
        start = "could not be graded" if report.status is Status.REJECTED else "was not graded to its end"
        paragraphs.append(f"This submission {start}. {visible_lines(status_text(report))}")
    if report.cell_failures:
        cells = "\n".join(_cell_text(failure) for failure in report.cell_failures)
        paragraphs.append(f"Cells that did not run to their end:\n{cells}")
    return cap("\n\n".join(paragraphs), OUTPUT_LIMIT)


def _cell_text(failure: CellFailure) -> str:
    where = "somewhere" if failure.cell is None else f"cell {failure.cell}"
    kind = "" if failure.kind is Verdict.ERROR else f" ({_verdict_words(failure.kind)})"
    message = indent(visible_lines(cap_start(failure.message.strip(), _DETAIL_LIMIT)), "    ")
    return f"{where}{kind}: {_name(failure.error)}\n{message}".rstrip()


def _fault_tests(report: Report) -> list[Document]:
    return [
        {"name": "Autograder Failed", "status": "failed", "visibility": "visible", "output": _FAULT_TEXT},
        {
            "name": "Not graded",
            "score": 0,
            "max_score": 0,
            "status": "failed",
            "visibility": "hidden",  # one hidden test makes Gradescope hide the total from the student
            "output": cap(visible_lines(status_text(report)), _DETAIL_LIMIT),
        },
    ]


def _extra_data(report: Report) -> Document:
    found = has_points(report)
    return {
        "slug": report.slug,
        "release_id": report.release_id,
        "status": report.status.value,
        "topics": [msgspec.to_builtins(topic) for topic in report.topics] if found else [],
        "measurements": [msgspec.to_builtins(measurement) for measurement in report.measurements] if found else [],
    }


def _status(cases: Iterable[CaseResult]) -> str:
    return "passed" if all(case.verdict is Verdict.PASSED for case in cases) else "failed"


def _verdict_words(verdict: Verdict) -> str:
    return verdict.value.replace("_", " ")


def _name(name: str) -> str:
    return shorten(name, _NAME_LIMIT)
