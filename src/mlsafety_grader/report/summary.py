"""Tables for the terminal. Names come from submissions: each is a `Text`, which knows no markup, and is escaped."""

from collections import Counter
from collections.abc import Iterable, Sequence
from textwrap import wrap

from rich import box
from rich.table import Table
from rich.text import Text

from mlsafety_grader.model import Manifest, Metric, Question, Report, Status
from mlsafety_grader.report.grades_csv import autograded_topics
from mlsafety_grader.report.numbers import percent_text, points_text, value_text
from mlsafety_grader.report.order import in_order, natural_key
from mlsafety_grader.report.outcome import (
    earned_by_question,
    earned_by_topic,
    has_points,
    require_release,
    status_text,
)
from mlsafety_grader.report.text import shorten, visible

_NO_VALUE = "--"
_FAULT = "fault"  # the column is as wide as its longest word
_DECIMALS = 2
_NAME_LIMIT = 60
_HEADER_LIMIT = 12
_REASON_LIMIT = 100
_REASONS_SHOWN = 10


def summary_table(reports: Sequence[Report], manifest: Manifest) -> Table:
    """Return a table of points: the maxima, then a row per submission in the natural order of their names.

    Below it stand the questions' full names and why submissions were not graded.

    Raises:
        UsageError: a report is of another release.
    """
    questions = sorted(manifest.autograded, key=lambda question: natural_key(question.name))
    headers = short_headers([question.name for question in questions])
    topics = autograded_topics(manifest)
    ordered = in_order(reports)
    table = _table(
        caption=Text("\n".join([*_legend(questions, headers, _titles(topics, manifest)), *_reasons(ordered)]))
    )
    _add_name_column(table)
    for header in headers:
        table.add_column(Text(header), justify="right", no_wrap=True)
    table.add_column("total", justify="right", no_wrap=True)
    table.add_column("%", justify="right", no_wrap=True)
    for title in _titles(topics, manifest):
        table.add_column(_topic_header(title, among=len(topics)), justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    maxima = [_points(question.possible) for question in questions]
    tops = [_points(maximum) for maximum in topics.values()]
    table.add_row("maximum", *maxima, _points(manifest.possible), "", *tops, "", style="dim", end_section=True)
    for report in ordered:
        require_release(report, manifest)
        table.add_row(*_row(report, questions, topics))
    return table


def measurement_table(reports: Sequence[Report], manifest: Manifest) -> Table | None:
    """Return a table of measured safety figures, or None where the release declares none.

    A cell holds the value and its place between a naive baseline (0 %) and the reference solution (100 %).

    Raises:
        UsageError: a report is of another release.
    """
    if not manifest.metrics:
        return None
    table = _table(caption=Text("value (place between baseline = 0 % and reference = 100 %)"))
    _add_name_column(table)
    for metric in manifest.metrics:
        table.add_column(_text(metric.id), justify="right")
    spans = [f"{value_text(metric.floor)} to {value_text(metric.full)}" for metric in manifest.metrics]
    table.add_row("baseline to reference", *spans, style="dim", end_section=True)
    for report in in_order(reports):
        require_release(report, manifest)
        table.add_row(_name(report), *(_measurement(report, metric) for metric in manifest.metrics))
    return table


def short_headers(names: Sequence[str]) -> list[str]:
    """Return a header per question name: what stands before the first `_`, or the name where that is not unique.

    Long ones are cut.
    """
    heads = [name.partition("_")[0] or name for name in names]
    counts = Counter(heads)
    whole = [head if counts[head] == 1 else name for head, name in zip(heads, names, strict=True)]
    return [shorten(header, _HEADER_LIMIT) for header in whole]


def _table(*, caption: Text) -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        padding=0,  # the box itself puts one blank between columns; six questions leave no room for two
        pad_edge=False,
        show_edge=False,
        caption=caption,
        caption_justify="left",
        caption_style="dim",
    )


def _add_name_column(table: Table) -> None:
    # the one column that folds: names stay whole, in two lines if need be
    table.add_column("submission", overflow="fold", min_width=12)


def _row(report: Report, questions: Sequence[Question], topics: dict[str, float]) -> list[Text]:
    word = _FAULT if report.status is Status.GRADER_FAULT else report.status.value
    status = Text(word, style="" if report.status is Status.GRADED else "bold red")
    if not has_points(report):
        return [_name(report), *(Text(_NO_VALUE) for _ in range(len(questions) + 2 + len(topics))), status]
    by_question, by_topic = earned_by_question(report), earned_by_topic(report)
    return [
        _name(report),
        *(Text(_points(by_question.get(question.name, 0.0))) for question in questions),
        Text(f"{_points(report.earned)}/{_points(report.possible)}"),
        Text(percent_text(report.share).removesuffix(" %")),
        *(Text(_points(by_topic.get(topic, 0.0))) for topic in topics),
        status,
    ]


def _titles(topics: Iterable[str], manifest: Manifest) -> list[str]:
    titles = {topic.id: topic.title for topic in manifest.topics}
    return [visible(titles.get(topic, topic)) for topic in topics]


def _topic_header(title: str, *, among: int) -> Text:
    """Return a title as a few short lines; the legend has it in full."""
    width = 12 if among == 1 else 6
    lines = wrap(title, width, break_long_words=False)[:3]
    return Text("\n".join(shorten(line, width) for line in lines))


def _legend(questions: Iterable[Question], headers: Sequence[str], titles: Sequence[str]) -> list[str]:
    pairs = zip(questions, headers, strict=True)
    names = [visible(question.name) for question, header in pairs if question.name != header]
    lines = [f"questions: {', '.join(names)}"] if names else []
    return [*lines, f"topics: {', '.join(titles)}"] if titles else lines


def _reasons(reports: Iterable[Report]) -> list[str]:
    reasons = [
        f"{shorten(report.submission, _NAME_LIMIT)}: {shorten(status_text(report), _REASON_LIMIT)}"
        for report in reports
        if report.status is not Status.GRADED and report.reason
    ]
    rest = len(reasons) - _REASONS_SHOWN
    more = [f"and {rest} more, with their reasons in grades.csv"] if rest > 0 else []
    return [*reasons[:_REASONS_SHOWN], *more]


def _measurement(report: Report, metric: Metric) -> Text:
    found = {measurement.id: measurement for measurement in report.measurements} if has_points(report) else {}
    measurement = found.get(metric.id)
    if measurement is None:
        return Text(_NO_VALUE)
    place = "" if measurement.position is None else f" ({percent_text(measurement.position)})"
    return Text(f"{value_text(measurement.value)}{place}")


def _points(value: float) -> str:
    return points_text(value, decimals=_DECIMALS)


def _name(report: Report) -> Text:
    return Text(shorten(report.submission, _NAME_LIMIT))


def _text(text: str) -> Text:
    return Text(visible(text))
