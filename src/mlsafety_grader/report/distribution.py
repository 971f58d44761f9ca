"""How a class's measurements are distributed: a row per safety figure, with its quartiles and a histogram."""

import statistics
from collections.abc import Callable, Sequence

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


def distribution_table(batches: Sequence[tuple[Manifest, Sequence[Report]]]) -> Table | None:
    """Return quartiles and a histogram of each measurement, or None where no measurement has at least three values.

    A histogram spans the values from the lowest to the highest in equal bins; its bars stand for counts. With several
    releases, each one's measurements stand below its name.

    Raises:
        UsageError: a report is of another release than it stands with.
    """
    sections = []
    for manifest, reports in batches:
        for report in reports:
            require_release(report, manifest)
        rows = [(metric, values) for metric in manifest.metrics if len(values := _values(reports, metric)) >= LEAST]
        if rows:
            sections.append((manifest.slug, rows))
    if not sections:
        return None
    table = quartile_table("measurement", extra="passing", what="values")
    for slug, rows in sections:
        if len(batches) > 1:
            table.add_section()
            table.add_row(Text(slug, style="bold"))
        for metric, values in rows:
            passing = percent_text(sum(_passes(metric, value) for value in values) / len(values))
            table.add_row(Text(visible(metric.id)), *quartile_cells(values, value_text), passing, histogram(values))
    return table


def quartile_table(heading: str, *, extra: str, what: str) -> Table:
    """Return an empty table of distributions: a name, n, five quartiles, one column more and a histogram."""
    caption = Text(f"bars: {what} in equal parts from lowest to highest")
    table = Table(
        box=box.SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False, caption=caption, caption_justify="left"
    )
    table.caption_style = "dim"
    table.add_column(heading, overflow="fold", min_width=12)
    for name in ("n", "lowest", "25 %", "median", "75 %", "highest", extra):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("lowest to highest", no_wrap=True)
    return table


def quartile_cells(values: Sequence[float], show: Callable[[float], str]) -> list[str]:
    """Return how many values there are, the lowest, the quartiles and the highest, as text."""
    quarters = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else [*values] * 3
    return [str(len(values)), *(show(value) for value in (min(values), *quarters, max(values)))]


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
