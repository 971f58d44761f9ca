"""How a class's measurements are distributed: a row per safety figure, with its quartiles and a histogram."""

import statistics
from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from mlsafety_grader.model import Direction, Manifest, Metric, Report
from mlsafety_grader.report.numbers import percent_text, value_text
from mlsafety_grader.report.outcome import has_points, require_release
from mlsafety_grader.report.text import visible

LEAST = 3  # two values are better read one by one
BINS = 12
_BLOCKS = "▁▂▃▄▅▆▇█"


def distribution_table(reports: Sequence[Report], manifest: Manifest) -> Table | None:
    """Return quartiles and a histogram of each measurement, or None where no measurement has at least three values.

    A histogram spans the values from the lowest to the highest in equal bins; its bars stand for counts.

    Raises:
        UsageError: a report is of another release.
    """
    for report in reports:
        require_release(report, manifest)
    rows = [(metric, values) for metric in manifest.metrics if len(values := _values(reports, metric)) >= LEAST]
    if not rows:
        return None
    caption = Text("bars: how many values lie in each of the equal parts from lowest to highest")
    table = Table(
        box=box.SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False, caption=caption, caption_justify="left"
    )
    table.caption_style = "dim"
    table.add_column("measurement", overflow="fold", min_width=12)
    for heading in ("n", "lowest", "25 %", "median", "75 %", "highest", "passing"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("lowest to highest", no_wrap=True)
    for metric, values in rows:
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        cells = (value_text(value) for value in (min(values), low, middle, high, max(values)))
        passing = percent_text(sum(_passes(metric, value) for value in values) / len(values))
        table.add_row(Text(visible(metric.id)), str(len(values)), *cells, passing, histogram(values))
    return table


def histogram(values: Sequence[float], bins: int = BINS) -> str:
    """Return a bar per bin from the lowest to the highest value: empty bins are blank, the fullest one is highest."""
    low, high = min(values), max(values)
    counts = [0] * bins
    for value in values:
        place = (value - low) / (high - low) if high > low else 0.5
        counts[min(bins - 1, int(place * bins))] += 1
    top = max(counts)
    return "".join(_BLOCKS[(count * len(_BLOCKS) - 1) // top] if count else " " for count in counts)


def _values(reports: Sequence[Report], metric: Metric) -> list[float]:
    return [
        measurement.value
        for report in reports
        if has_points(report)
        for measurement in report.measurements
        if measurement.id == metric.id
    ]


def _passes(metric: Metric, value: float) -> bool:
    return value >= metric.passing if metric.direction is Direction.MAX else value <= metric.passing
