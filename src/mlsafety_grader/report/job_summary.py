"""A batch as Markdown for the page of a CI job (`$GITHUB_STEP_SUMMARY`): counts, submissions, topics.

Names and reasons come from submissions. Every character of theirs that Markdown or HTML could read is written as an
entity, which shows as itself and starts nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from mlsafety_grader.model import Report, Status
from mlsafety_grader.report.numbers import percent_text, points_text
from mlsafety_grader.report.outcome import has_points, status_text
from mlsafety_grader.report.text import shorten

ROWS_SHOWN = 500  # GitHub drops a summary of more than 1 MiB
_NAME_LIMIT = 120
_REASON_LIMIT = 200
_ACTIVE = re.compile(r"[!-/:-@\[-`{-~]")
_NO_VALUE = "--"


def job_summary(reports: Sequence[Report]) -> str:
    """Return the page, submissions in the order given; a grader fault has no points on it."""
    sections = [_heading(reports), _submissions(reports), _topics(reports)]
    return "\n\n".join(section for section in sections if section) + "\n"


def _heading(reports: Sequence[Report]) -> str:
    titles = dict.fromkeys(report.slug for report in reports)
    counts = Counter(report.status for report in reports)
    lines = [f"## Grading: {', '.join(_escape(slug) for slug in titles)}" if titles else "## Grading", ""]
    found = [f"{counts[status]} {status.value.replace('_', ' ')}" for status in Status if counts[status]]
    lines.append(f"{len(reports)} submissions: {', '.join(found)}" if found else "No submissions.")
    if counts[Status.GRADER_FAULT]:
        lines += ["", f"**The grader failed on {counts[Status.GRADER_FAULT]}: no score, and not a zero. Grade again.**"]
    return "\n".join(lines)


def _submissions(reports: Sequence[Report]) -> str:
    if not reports:
        return ""
    rows = ["| submission | points | % | status |", "| --- | ---: | ---: | --- |"]
    for report in reports[:ROWS_SHOWN]:
        points = f"{_points(report.earned)} of {_points(report.possible)}" if has_points(report) else _NO_VALUE
        share = percent_text(report.share).removesuffix(" %") if has_points(report) else _NO_VALUE
        name, status = _cell(report.submission, _NAME_LIMIT), _cell(status_text(report), _REASON_LIMIT)
        rows.append(f"| {name} | {points} | {share} | {status} |")
    rest = len(reports) - ROWS_SHOWN
    return "\n".join([*rows, "", f"and {rest} more; grades.csv has all of them"] if rest > 0 else rows)


def _topics(reports: Sequence[Report]) -> str:
    earned: defaultdict[str, float] = defaultdict(float)
    possible: defaultdict[str, float] = defaultdict(float)
    for topic in (topic for report in reports if has_points(report) for topic in report.topics):
        earned[topic.topic] += topic.earned
        possible[topic.topic] += topic.possible
    rows = [
        f"| {_cell(topic, _NAME_LIMIT)} | {percent_text(min(1.0, earned[topic] / maximum))} |"
        for topic, maximum in possible.items()
        if maximum
    ]
    return "\n".join(["| topic | share of its points earned |", "| --- | ---: |", *rows]) if rows else ""


def _points(value: float) -> str:
    return points_text(value, decimals=2)


def _cell(text: str, limit: int) -> str:
    return _escape(shorten(text, limit))


def _escape(text: str) -> str:
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", text)
