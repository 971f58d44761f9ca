"""JUnit XML: valid for every batch, nothing of a hidden test in it, and red where points were lost."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import xmlschema
from hypothesis import given

from mlsafety_grader.model import CaseResult, Manifest, QuestionResult, Report, Status, Usage, Verdict
from mlsafety_grader.report import has_points, junit_xml
from tests.records import make_case, make_report, make_result
from tests.strategies import batches

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))
MARKER = "SECRET-7f3a"


def parse(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - written here, a line before


def suite(report: Report) -> ET.Element:
    return parse(junit_xml([report]))[0]


def only(element: ET.Element, path: str) -> ET.Element:
    (found,) = element.findall(path)
    return found


def properties(report: Report) -> dict[str, str]:
    return {each.attrib["name"]: each.attrib["value"] for each in suite(report).iter("property")}


@given(batch=batches())
def test_every_batch_is_valid(batch: tuple[Manifest, list[Report]]) -> None:
    """Whatever names and messages hold; counts agree with what is there."""
    data = junit_xml(batch[1])
    SCHEMA.validate(data.decode())
    root = parse(data)
    assert len(root) == len(batch[1])
    for found in root:
        for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(found.attrib[attribute]) == len(found.findall(f"testcase/{kind}"))
        assert int(found.attrib["tests"]) == len(found.findall("testcase"))


def test_schema_refuses_what_readers_refuse() -> None:
    """The schema itself is worth something."""
    good = junit_xml([make_report(make_result("q1", make_case()))]).decode()
    SCHEMA.validate(good)
    for old, new in ((' failures="0"', ""), ('time="0.000"', 'time="0.0001"'), ("<properties>", "<odd/><properties>")):
        assert not SCHEMA.is_valid(good.replace(old, new)), old


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (Verdict.FAILED, "failure"),
        (Verdict.ERROR, "error"),
        (Verdict.TIMEOUT, "error"),
        (Verdict.MEMORY, "error"),
        (Verdict.CRASHED, "error"),
        (Verdict.NOT_RUN, "error"),
    ],
)
def test_case_that_earned_nothing_is_red(verdict: Verdict, kind: str) -> None:
    """Also one that never ran: a skipped test looks harmless."""
    case = suite(make_report(make_result("q1", make_case(verdict), make_case()))).findall("testcase")
    assert [child.tag for child in case[0]] == [kind]
    assert case[0][0].get("type") == verdict.value
    assert len(case[1]) == 0


def test_scores_topics_and_measurements_are_properties() -> None:
    """Where readers that know nothing of points leave them alone."""
    found = properties(make_report(make_result("q1", make_case(), make_case(Verdict.FAILED))))
    assert (found["score"], found["max_score"], found["question.q1.score"]) == ("1", "2", "1")
    assert (found["assignment"], found["status"]) == ("toy", "graded")


def test_question_for_a_person_is_skipped() -> None:
    """It has no points yet, and that is no failure."""
    found = suite(make_report(QuestionResult(name="w1", earned=0.0, possible=5.0, manual=True), possible=0.0))
    assert (found.get("skipped"), found.get("errors")) == ("1", "0")
    assert only(found, "testcase/skipped").get("message") == "5 points to be awarded"


def test_hidden_case_shows_only_what_its_author_wrote_for_students() -> None:
    """Its detail holds the traceback through the test."""
    hidden = CaseResult(
        name="q1 - 2", verdict=Verdict.FAILED, hidden=True, possible=1.0, message="mind the sign", detail=MARKER
    )
    public = CaseResult(name="q1 - 1", verdict=Verdict.FAILED, hidden=False, possible=1.0, detail="assert step > 0")
    data = junit_xml([make_report(make_result("q1", public, hidden))]).decode()
    assert MARKER not in data
    assert "mind the sign" in data
    assert "assert step &gt; 0" in data


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.GRADED])
def test_submission_that_was_not_graded_is_red(status: Status) -> None:
    """Even where every case that ran has passed; a grader fault has no score."""
    report = make_report(make_result("q1", make_case()), status=status)
    first = suite(report).findall("testcase")[0]
    assert (first.get("classname"), first[0].get("type")) == ("submission", status.value)
    assert ("score" in properties(report)) is has_points(report)
    assert ("question.q1.score" in properties(report)) is has_points(report)


def test_times_are_seconds_with_three_decimals() -> None:
    """More are refused by strict readers."""
    report = make_report(make_result("q1", make_case()), usage=Usage(wall_s=1.23456))
    assert suite(report).get("time") == "1.235"
    assert parse(junit_xml([report, report])).get("time") == "2.469"


def test_characters_that_xml_cannot_hold_are_gone() -> None:
    """Not even as an entity; the file is read by expat, which is strict."""
    name = "a\x00\x1b\ufffe\uffff\ud800\U0001f600&<]]>"
    assert suite(make_report(name=name)).get("name") == "a\\x00\\x1b\ufffd\ufffd\\ud800\U0001f600&<]]>"
