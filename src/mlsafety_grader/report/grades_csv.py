"""The gradebook of a batch: otter's `final_grades.csv` with a column per safety topic behind.

Spreadsheets run what looks like a formula, and names come from students: no text cell begins like one, and none holds a
line break. A submission that the grader failed on has empty cells, never zeros.
"""

import csv
import io
import unicodedata
from collections.abc import Sequence

from mlsafety_grader.model import Manifest, Report
from mlsafety_grader.report.numbers import rounded
from mlsafety_grader.report.order import in_order, natural_key
from mlsafety_grader.report.outcome import (
    earned_by_question,
    earned_by_topic,
    has_points,
    require_release,
    status_text,
)
from mlsafety_grader.report.text import visible
from mlsafety_grader.scoring import score_question, score_topics

MAXIMA_ROW = "points-per-question"  # this name and the status below are otter's: tools look for them
_MAXIMA_STATUS = "--"
_SHARE_DECIMALS = 4
_FORMULA_STARTS = ("=", "+", "-", "@")

Cell = str | int | float


def grades_csv(reports: Sequence[Report], manifest: Manifest) -> str:
    """Return the table: a header, the maxima, then a row per submission in the natural order of their names.

    Raises:
        UsageError: a report is of another release.
    """
    questions = sorted((question.name for question in manifest.autograded), key=natural_key)
    topics = autograded_topics(manifest)
    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    header = ["file", *questions, "total_points_earned", "percent_correct", "grading_status", *topics]
    writer.writerow([text_cell(name) for name in header])
    writer.writerow(_maxima_row(manifest, questions, topics))
    for report in in_order(reports):
        require_release(report, manifest)
        writer.writerow(_row(report, questions, list(topics)))
    return table.getvalue()


def autograded_topics(manifest: Manifest) -> dict[str, float]:
    """Return the topics that tests grade, with their maxima, in the order in which questions first name them."""
    blank = [score_question(question, ()) for question in manifest.autograded]
    return {topic.topic: topic.possible for topic in score_topics(blank)}


def text_cell(text: str) -> str:
    """Return `text` as one line that no spreadsheet takes for a formula: a risky one gets a leading apostrophe."""
    line = visible(text)
    return f"'{line}" if _looks_like_formula(text) or _looks_like_formula(line) else line


def _looks_like_formula(text: str) -> bool:
    if text[:1] in ("\t", "\r", "\n"):
        return True
    first = next((char for char in text if unicodedata.category(char)[0] not in "CZ"), "")
    return unicodedata.normalize("NFKC", first).startswith(_FORMULA_STARTS)  # NFKC: fullwidth = + - @ as well


def _maxima_row(manifest: Manifest, questions: list[str], topics: dict[str, float]) -> list[Cell]:
    possible = {question.name: question.possible for question in manifest.autograded}
    return [
        MAXIMA_ROW,
        *(rounded(possible[name]) for name in questions),
        rounded(manifest.possible),
        1,
        _MAXIMA_STATUS,
        *(rounded(maximum) for maximum in topics.values()),
    ]


def _row(report: Report, questions: list[str], topics: list[str]) -> list[Cell]:
    file, status = text_cell(report.submission), text_cell(status_text(report))
    if not has_points(report):
        return [file, *("" for _ in questions), "", "", status, *("" for _ in topics)]
    by_question, by_topic = earned_by_question(report), earned_by_topic(report)
    return [
        file,
        *(rounded(by_question.get(name, 0.0)) for name in questions),
        rounded(report.earned),
        rounded(report.share, decimals=_SHARE_DECIMALS),
        status,
        *(rounded(by_topic.get(topic, 0.0)) for topic in topics),
    ]
