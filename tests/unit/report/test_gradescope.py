"""Gradescope's results.json."""

import json
from dataclasses import replace
from math import fsum
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import (
    Case,
    CaseResult,
    CellFailure,
    Examination,
    Manifest,
    Question,
    Report,
    Status,
    Verdict,
)
from mlsafety_grader.report import encode_gradescope, gradescope_results, gradescope_schema, has_points
from tests.strategies import hostile_text, manifests, report_of, reports

MARKER = "SECRET-7f3a"
VALIDATOR = jsonschema.Draft202012Validator(gradescope_schema())
MANIFEST = Manifest(
    slug="toy",
    title="Toy",
    release_id="r1",
    questions=(
        Question(
            name="q1_fgsm",
            cases=(
                Case(name="q1_fgsm - 1", points=1.0, hidden=False, failure_message="mind the sign"),
                Case(name="q1_fgsm - 2", points=2.0, hidden=True, failure_message="outside the ball"),
            ),
            topic="robustness.adversaries",
        ),
        Question(name="w1", manual=True, manual_points=5.0),
    ),
)


def report(
    first: Verdict = Verdict.PASSED,
    second: Verdict = Verdict.PASSED,
    *,
    status: Status = Status.GRADED,
    reason: str = "",
    cells: tuple[CellFailure, ...] = (),
) -> Report:
    cases = (
        CaseResult(name="q1_fgsm - 1", verdict=first, hidden=False, possible=1.0, detail="assert step > 0"),
        CaseResult(name="q1_fgsm - 2", verdict=second, hidden=True, possible=2.0, message=MARKER, detail=MARKER),
    )
    found = Examination(status=status, reason=reason, cases={"q1_fgsm": cases}, cell_failures=cells)
    return report_of(MANIFEST, found)


def document_of(one: Report, manifest: Manifest = MANIFEST, *, show_hidden: bool = False) -> dict[str, Any]:
    """Build, validate, and read back the bytes as Gradescope does."""
    built = gradescope_results(one, manifest, show_hidden=show_hidden)
    document: dict[str, Any] = json.loads(encode_gradescope(built))
    VALIDATOR.validate(document)
    assert json.loads(json.dumps(built)).keys() == document.keys()
    return document


def test_layout_is_otters() -> None:
    """A visible summary without a score, then a hidden test per question; written questions are not in it."""
    public, question = document_of(report(Verdict.PASSED, Verdict.FAILED))["tests"]

    assert (public["name"], public["status"], public["visibility"]) == ("Public Tests", "passed", "visible")
    assert "score" not in public
    assert (question["score"], question["max_score"], question["status"]) == (1, 3, "failed")
    assert (question["visibility"], question["tags"]) == ("hidden", ["robustness.adversaries"])


def test_show_hidden_waits_for_publication() -> None:
    """Students see question tests only once grades are published."""
    assert document_of(report(), show_hidden=True)["tests"][1]["visibility"] == "after_published"


def test_public_summary_helps_and_promises_nothing() -> None:
    """A failed public case shows its message and detail; passing them all does not read as full marks."""
    output = document_of(report(Verdict.FAILED, Verdict.PASSED))["tests"][0]["output"]

    assert output.splitlines() == [
        "q1_fgsm: 0 of 1 public tests passed",
        "    q1_fgsm - 1: failed",
        "        mind the sign",
        "        assert step > 0",
        "",
        "Hidden tests count as well; they are not listed here.",
    ]


def test_hidden_case_shows_name_verdict_and_message_only() -> None:
    """Neither hidden tests' detail nor an engine's words on them are in the file, not even where only staff look."""
    document = document_of(report(Verdict.PASSED, Verdict.TIMEOUT))

    assert "q1_fgsm - 2: timeout\n    outside the ball" in document["tests"][1]["output"]
    assert MARKER not in json.dumps(document)


@pytest.mark.parametrize(
    ("status", "start"),
    [
        (Status.TIMEOUT, "This submission was not graded to its end. timeout: why"),
        (Status.REJECTED, "This submission could not be graded. rejected: why"),
    ],
)
def test_trouble_is_explained_on_top(status: Status, start: str) -> None:
    """A student sees why there are no more points."""
    document = document_of(report(status=status, reason="why"))

    assert document["output"] == start
    assert document["output_format"] == "text"


def test_failed_cells_are_listed() -> None:
    """Cell, error and the end of its message; a cell that ran too long says so."""
    cells = (
        CellFailure(cell=7, kind=Verdict.ERROR, error="ZeroDivisionError", message="division by zero"),
        CellFailure(cell=None, kind=Verdict.TIMEOUT, error="Timeout", message="x" * 9000 + "end"),
    )

    lines = document_of(report(cells=cells))["output"].splitlines()

    assert lines[1:4] == ["cell 7: ZeroDivisionError", "    division by zero", "somewhere (timeout): Timeout"]
    assert lines[-1].endswith("xend")
    assert len(lines[-1]) < 2100


def test_graded_without_trouble_has_no_output() -> None:
    """Nothing went wrong: nothing is said."""
    assert "output" not in document_of(report())


def test_submission_that_was_not_graded_passes_nothing() -> None:
    """Without public tests a rejected submission does not read as passed; a graded one does."""
    hidden_only = replace(
        MANIFEST, questions=(Question(name="q1", cases=(Case(name="q1 - 1", points=1.0, hidden=True),)),)
    )
    for status, word in ((Status.REJECTED, "failed"), (Status.GRADED, "passed")):
        public = document_of(report_of(hidden_only, Examination(status=status)), hidden_only)["tests"][0]

        assert public["status"] == word
        assert public["output"].startswith("This assignment has no public tests.")


def test_grader_fault_claims_no_points() -> None:
    """The student reads that it is not a zero; the score that the format demands is 0 of 0 and hides the total."""
    faulty = report(status=Status.GRADER_FAULT, reason="examiner died")

    document = document_of(faulty)

    visible, hidden = document["tests"]
    assert not has_points(faulty)
    assert "score" not in document
    assert (visible["visibility"], "score" in visible) == ("visible", False)
    assert "not a zero" in visible["output"]
    assert (hidden["visibility"], hidden["score"], hidden["max_score"]) == ("hidden", 0, 0)
    assert "examiner died" in hidden["output"]


def test_only_written_questions_still_have_a_score() -> None:
    """The format demands a score even where no test awards one."""
    written = replace(MANIFEST, questions=MANIFEST.questions[1:])

    assert document_of(report_of(written, Examination(status=Status.GRADED)), written)["score"] == 0


def test_long_output_is_cut_and_says_so() -> None:
    """A flood of public detail stays within the limit."""
    asked = Question(
        name="q1", cases=tuple(Case(name=f"q1 - {number}", points=1.0, hidden=False) for number in range(30))
    )
    manifest = replace(MANIFEST, questions=(asked,))
    flood = tuple(
        CaseResult(name=case.name, verdict=Verdict.FAILED, hidden=False, possible=1.0, detail="y" * 9999)
        for case in asked.cases
    )

    document = document_of(report_of(manifest, Examination(status=Status.GRADED, cases={"q1": flood})), manifest)

    for test in document["tests"]:
        assert len(test["output"]) <= 10_000
        assert "characters in all]" in test["output"][-40:]


def test_report_of_another_release_is_refused() -> None:
    """Hidden flags are read from the release: it must be the right one."""
    with pytest.raises(UsageError, match="release toy r0"):
        gradescope_results(replace(report(), release_id="r0"), MANIFEST)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"tests": []},
        {"tests": [{"name": "no score"}]},
        {"tests": [{"score": 1}, {"max_score": 2}]},
        {"score": "1"},
        {"score": 1, "scores": 1},
        {"score": 1, "visibility": "secret"},
        {"score": 1, "execution_time": -1},
        {"score": 1, "tests": [{"status": "ok"}]},
        {"score": 1, "tests": [{"score": 1, "output": None}]},
        {"score": 1, "leaderboard": [{"name": "accuracy"}]},
    ],
)
def test_schema_refuses(document: dict[str, Any]) -> None:
    """The schema that our files are checked with is not one that takes anything."""
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    "document",
    [
        {"score": 1.5},
        {"score": 1, "tests": [{"max_score": 2}], "leaderboard": [{"name": "a", "value": 1, "order": "asc"}]},
        {"tests": [{"name": "no score"}, {"score": 1, "max_score": 2, "number": "1.1", "extra_data": {}}]},
    ],
)
def test_schema_accepts(document: dict[str, Any]) -> None:
    """It takes what Gradescope documents, and is a valid schema itself."""
    jsonschema.Draft202012Validator.check_schema(gradescope_schema())
    assert VALIDATOR.is_valid(document)


@given(data=st.data(), manifest=manifests(), show_hidden=st.booleans())
def test_any_report_makes_a_valid_file(data: st.DataObject, manifest: Manifest, *, show_hidden: bool) -> None:
    """Whatever was handed in: the schema holds, maxima add up, outputs are capped and free of control characters."""
    one = data.draw(reports(manifest=manifest))

    document = document_of(one, manifest, show_hidden=show_hidden)

    scored = [test for test in document["tests"] if "score" in test]
    if has_points(one):
        maximum = fsum(test["max_score"] for test in scored)
        assert maximum == pytest.approx(manifest.possible, abs=1e-5 * (1 + len(scored)))
        assert fsum(test["score"] for test in scored) == pytest.approx(one.earned, abs=1e-5 * (1 + len(scored)))
    for text in [document.get("output", ""), *(test["output"] for test in document["tests"])]:
        assert len(text) <= 10_000
        assert not any(char in text for char in "\x00\x1b\r\u202e")


@given(data=st.data(), manifest=manifests(), show_hidden=st.booleans())
def test_nothing_of_hidden_cases_leaks(data: st.DataObject, manifest: Manifest, *, show_hidden: bool) -> None:
    """An engine's words and details on hidden cases, marked here, are nowhere in the file."""
    one = data.draw(reports(manifest=manifest))
    hidden = {
        (asked.name, number) for asked in manifest.questions for number, case in enumerate(asked.cases) if case.hidden
    }
    marked = replace(
        one,
        questions=tuple(
            replace(
                found,
                cases=tuple(
                    # as if a decoded report had lost the flag and taken the engine's words
                    replace(case, hidden=False, message=MARKER, detail=MARKER)
                    if (found.name, number) in hidden
                    else case
                    for number, case in enumerate(found.cases)
                ),
            )
            for found in one.questions
        ),
    )

    assert MARKER not in json.dumps(document_of(marked, manifest, show_hidden=show_hidden))


@given(text=hostile_text)
def test_students_text_stays_in_its_place(text: str) -> None:
    """An error message cannot pretend to be a line of ours: every line of it is indented."""
    failure = CellFailure(cell=1, kind=Verdict.ERROR, error="Error", message=f"x\n{text}\nPublic Tests: all passed")

    lines = document_of(report(cells=(failure,)))["output"].split("\n")

    assert all(line.startswith("    ") or not line.strip() for line in lines[2:])
