"""The class's measurements, as a table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import CaseResult, Direction, Examination, Report, Status, Verdict
from mlsafety_grader.report import distribution_table
from mlsafety_grader.report.distribution import BINS, histogram
from tests.strategies import report_of
from tests.unit.report.test_summary import MANIFEST, rendered


def measured(value: float | None, status: Status = Status.GRADED) -> Report:
    passed = (CaseResult(name="q1_fgsm - 1", verdict=Verdict.PASSED, hidden=True, possible=2.25),)
    recorded = () if value is None else (("robust_accuracy", value),)
    found = Examination(status=status, reason="", cases={"q1_fgsm": passed}, measurements=recorded)
    return report_of(MANIFEST, found, submission=f"{value}.ipynb")


def test_quartiles_passing_share_and_bars() -> None:
    """Six values, two of which reach the threshold of 0.5; the table fits a terminal of 80 columns."""
    lines = rendered(distribution_table([(MANIFEST, [measured(v) for v in (0.1, 0.2, 0.2, 0.3, 0.5, 0.6)])]), 80)
    (row,) = [line for line in lines if line.startswith("robust")]
    assert row.split()[1:8] == ["6", "0.1", "0.2", "0.25", "0.45", "0.6", "33.3"]
    assert max(len(line) for line in lines) <= 80
    assert "█" in row


def test_missing_values_and_faults_do_not_count() -> None:
    """Two values are too few; a fault's value is none."""
    reports = [measured(0.1), measured(0.2), measured(None), measured(0.9, Status.GRADER_FAULT)]
    assert distribution_table([(MANIFEST, reports)]) is None
    assert distribution_table([(MANIFEST, [*reports, measured(0.3)])]) is not None


def test_lower_is_better_where_the_metric_says_so() -> None:
    """With direction min a value passes at or below the threshold."""
    metric = replace(MANIFEST.metrics[0], direction=Direction.MIN, floor=0.9, full=0.1)
    manifest = replace(MANIFEST, metrics=(metric,))
    table = distribution_table([(manifest, [measured(v) for v in (0.5, 0.6, 0.7, 0.8)])])
    assert "25 %" in rendered(table, 80)[-2]


def test_reports_of_another_release_are_refused() -> None:
    with pytest.raises(UsageError):
        distribution_table([(MANIFEST, [replace(measured(0.1), release_id="another")])])


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_every_histogram_has_its_bins_and_one_full_bar(values: list[float]) -> None:
    """And a bar wherever a value lies, at the ends at least."""
    bars = histogram(values)
    assert len(bars) == BINS
    assert "█" in bars
    if max(values) > min(values):
        assert " " not in (bars[0], bars[-1])
