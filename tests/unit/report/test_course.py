"""A class over a course: topics and items, on the terminal and for spreadsheets."""

import csv
import io
from dataclasses import replace

import pytest

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import CaseResult, Examination, Manifest, Report, Status, Verdict
from mlsafety_grader.report import MutantsMet, course_items, items_csv, items_table, topic_table
from tests.strategies import report_of
from tests.unit.report.test_summary import MANIFEST, rendered

OTHER = replace(MANIFEST, slug="other", release_id="other")


def graded(manifest: Manifest, name: str, passed: int, status: Status = Status.GRADED) -> Report:
    """Return a report in which the first `passed` questions have full points."""
    cases = {
        question.name: tuple(
            CaseResult(
                name=case.name,
                verdict=Verdict.PASSED if number < passed else Verdict.FAILED,
                hidden=case.hidden,
                possible=case.points,
            )
            for case in question.cases
        )
        for number, question in enumerate(manifest.autograded)
    }
    return report_of(manifest, Examination(status=status, cases=cases), submission=name)


def class_of(manifest: Manifest) -> list[Report]:
    most = len(manifest.autograded)
    return [graded(manifest, f"s{number}.ipynb", number % (most + 1)) for number in range(8)]


BATCHES = [(MANIFEST, class_of(MANIFEST)), (OTHER, class_of(OTHER))]


def test_students_are_joined_by_the_names_of_their_files() -> None:
    """Eight students handed in twice each; a fault counts as not handed in."""
    items = course_items(BATCHES)
    assert {item.students for item in items.values()} == {8}
    assert len(items) == 2 * len([q for q in MANIFEST.autograded if q.possible])
    faulty = [graded(MANIFEST, "s9.ipynb", 0, Status.GRADER_FAULT)]
    assert {i.students for i in course_items([(MANIFEST, [*class_of(MANIFEST), *faulty])]).values()} == {8}
    renamed = [replace(report, submission=report.submission.replace(".ipynb", ".zip")) for report in class_of(OTHER)]
    assert course_items([BATCHES[0], (OTHER, renamed)]) == items


def test_tables_fit_80_columns_and_tell_what_matters() -> None:
    items = course_items(BATCHES)
    place = next(iter(items))
    mutants = {place: MutantsMet(met=5, missed=("sneaky",))}
    lines = rendered(items_table(items, mutants), 80)
    assert max(map(len, lines)) <= 80
    assert any(line.startswith(place[1]) and line.rstrip().endswith("4/5") for line in lines)
    assert "says least about students:" in "\n".join(lines)
    assert "mutants" not in "\n".join(rendered(items_table(items, None), 80))
    topics = rendered(topic_table(BATCHES), 80)
    assert max(map(len, topics)) <= 80
    assert any("█" in line for line in topics)


def test_csv_has_a_row_a_question() -> None:
    items = course_items(BATCHES)
    place = next(iter(items))
    rows = list(csv.DictReader(io.StringIO(items_csv(items, {place: MutantsMet(met=2, missed=("a", "b"))}))))
    assert len(rows) == len(items)
    assert (rows[0]["assignment"], rows[0]["question"]) == place
    assert rows[0]["mutants_missed"] == "a b"
    assert rows[1]["mutants_met"] == ""


def test_reports_of_another_release_are_refused() -> None:
    for table in (course_items, topic_table):
        with pytest.raises(UsageError):
            table([(MANIFEST, class_of(OTHER))])
