"""A batch as JUnit XML, which CI systems show: a testsuite per submission, a testcase per case.

    <testsuites> ── <testsuite name="alice.ipynb"> ── <properties> score, max_score, topics, measurements
                                                  ├── <testcase classname="q1" name="q1 - 1">
                                                  └── <testcase classname="submission" name="grading"> if it went wrong

What is said of a hidden case is its name, its verdict and the message that its author wrote for students. A case that
did not run is an error, for it earned nothing; a question that a person grades is skipped. A grader fault is one error
without any score.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from mlsafety_grader.model import CaseResult, QuestionResult, Report, Status, Verdict
from mlsafety_grader.report.numbers import points_text, value_text
from mlsafety_grader.report.outcome import has_points, status_text
from mlsafety_grader.report.text import cap, cap_start, shorten, visible, visible_lines

_NO_XML_CHARACTER = re.compile("[\ufffe\uffff]")  # `visible` has dealt with control characters and lone surrogates
_NAME_LIMIT = 200
_MESSAGE_LIMIT = 1_000
_DETAIL_LIMIT = 4_000


def junit_xml(reports: Sequence[Report]) -> bytes:
    """Return the document, submissions in the order given; UTF-8, times in seconds with three decimals."""
    root = ET.Element("testsuites", name="mlsafety")
    for report in reports:
        root.append(_suite(report))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    root.set("time", f"{sum(report.usage.wall_s for report in reports):.3f}")
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _suite(report: Report) -> ET.Element:
    cases = _cases(report)
    suite = ET.Element(
        "testsuite",
        name=_line(report.submission),
        tests=str(len(cases)),
        failures=_count(cases, "failure"),
        errors=_count(cases, "error"),
        skipped=_count(cases, "skipped"),
        time=f"{report.usage.wall_s:.3f}",
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report):
        ET.SubElement(properties, "property", name=_line(name), value=_line(value))
    suite.extend(cases)
    return suite


def _properties(report: Report) -> Iterable[tuple[str, str]]:
    yield from (
        ("assignment", report.slug),
        ("release", report.release_id),
        ("engine", report.engine.value),
        ("isolation", report.isolation),
        ("status", report.status.value),
        ("max_score", points_text(report.possible)),
    )
    if not has_points(report):
        return
    yield "score", points_text(report.earned)
    for question in report.questions:
        if question.topic is not None:
            yield f"question.{question.name}.topic", question.topic
        if not question.manual:
            yield f"question.{question.name}.score", points_text(question.earned)
        yield f"question.{question.name}.max_score", points_text(question.possible)
    for topic in report.topics:
        yield f"topic.{topic.topic}.score", points_text(topic.earned)
        yield f"topic.{topic.topic}.max_score", points_text(topic.possible)
    for measurement in report.measurements:
        yield f"measurement.{measurement.id}", value_text(measurement.value)


def _cases(report: Report) -> list[ET.Element]:
    found = [] if report.status is Status.GRADED else [_trouble(report)]
    if not has_points(report):
        return found
    for question in report.questions:
        if question.manual:
            found.append(_manual(question))
        found.extend(_case(question, case) for case in question.cases)
    return found


def _trouble(report: Report) -> ET.Element:
    """Say that the submission did not end well: else one whose cases all passed before would look fine."""
    element = ET.Element("testcase", classname="submission", name="grading", time="0.000")
    problem = ET.SubElement(element, "error", type=report.status.value, message=_short(status_text(report)))
    problem.text = _text(cap(status_text(report), _DETAIL_LIMIT))
    return element


def _manual(question: QuestionResult) -> ET.Element:
    element = ET.Element("testcase", classname=_line(question.name), name="graded by a person", time="0.000")
    ET.SubElement(element, "skipped", type="manual", message=f"{points_text(question.possible)} points to be awarded")
    return element


def _case(question: QuestionResult, case: CaseResult) -> ET.Element:
    element = ET.Element("testcase", classname=_line(question.name), name=_line(case.name), time="0.000")
    if case.verdict is not Verdict.PASSED:
        kind = "failure" if case.verdict is Verdict.FAILED else "error"
        words = case.verdict.value.replace("_", " ")
        problem = ET.SubElement(element, kind, type=case.verdict.value, message=_short(case.message or words))
        if case.detail and not case.hidden:  # a hidden case's detail may quote its test
            problem.text = _text(cap_start(case.detail.strip(), _DETAIL_LIMIT))
    return element


def _count(cases: Iterable[ET.Element], kind: str) -> str:
    return str(sum(case.find(kind) is not None for case in cases))


def _line(text: str) -> str:
    return _xml(shorten(text, _NAME_LIMIT))


def _short(text: str) -> str:
    return _xml(visible(cap(text, _MESSAGE_LIMIT)))


def _text(text: str) -> str:
    return _xml(visible_lines(text))


def _xml(text: str) -> str:
    return _NO_XML_CHARACTER.sub("\ufffd", text)
