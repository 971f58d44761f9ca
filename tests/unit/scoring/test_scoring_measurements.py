"""Recorded safety figures and their place between baseline and reference."""

from dataclasses import replace
from math import inf, isfinite, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.model import Direction, Measurement, Metric
from mlsafety_grader.scoring import place
from tests.strategies import metrics

ACCURACY = Metric(
    id="robust_accuracy",
    topic="robustness.adversaries",
    question="q4",
    direction=Direction.MAX,
    unit="rate",
    lowest=0.0,
    highest=1.0,
    floor=0.2,
    passing=0.5,
    full=0.6,
)
ERROR = replace(ACCURACY, id="ece", direction=Direction.MIN, floor=0.4, full=0.0)


@pytest.mark.parametrize(
    ("metric", "value", "position"),
    [
        (ACCURACY, 0.2, 0.0),
        (ACCURACY, 0.4, 0.5),
        (ACCURACY, 0.6, 1.0),
        (ACCURACY, 0.9, 1.0),
        (ACCURACY, 0.1, 0.0),
        (ERROR, 0.4, 0.0),
        (ERROR, 0.1, 0.75),
        (ERROR, 0.0, 1.0),
        (ERROR, 0.9, 0.0),
    ],
)
def test_position_lies_between_baseline_and_reference(metric: Metric, value: float, position: float) -> None:
    """0 at the floor, 1 at full, clipped, whichever way is better."""
    assert place((metric,), [(metric.id, value)])[0].position == pytest.approx(position)


@pytest.mark.parametrize("value", [nan, inf, -inf, -0.01, 1.01])
def test_impossible_value_is_dropped(value: float) -> None:
    """Neither a value that is not finite nor one outside the metric's range is shown, nor the value before it."""
    assert place((ACCURACY,), [("robust_accuracy", 0.5), ("robust_accuracy", value)]) == ()


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_unbounded_metric_still_needs_a_number(value: float) -> None:
    """A metric without a highest value takes any number, but infinity is none."""
    unbounded = replace(ACCURACY, lowest=-inf, highest=inf)

    assert place((unbounded,), [("robust_accuracy", value)]) == ()


def test_last_value_of_declared_ids_counts() -> None:
    """Undeclared ids are dropped; the release's order holds, not the order of recording."""
    recorded = [("ece", 0.2), ("made_up", 1.0), ("robust_accuracy", 0.3), ("ece", 0.0)]

    found = place((ACCURACY, ERROR), recorded)

    assert [(one.id, one.value) for one in found] == [("robust_accuracy", 0.3), ("ece", 0.0)]


@pytest.mark.parametrize(("floor", "full"), [(0.5, 0.5), (-1e308, 1e308), (nan, 1.0)])
def test_no_position_without_a_span(floor: float, full: float) -> None:
    """A metric whose floor and full are not two places apart has values without a position."""
    flat = replace(ACCURACY, floor=floor, full=full)

    assert place((flat,), [("robust_accuracy", 0.5)]) == (Measurement(id="robust_accuracy", value=0.5),)


@given(metric=metrics(id="auroc"), values=st.lists(st.floats(), max_size=4))
def test_measurements_are_finite_and_placed(metric: Metric, values: list[float]) -> None:
    """Every measurement is finite, within range, and its position within [0, 1]."""
    for found in place((metric,), [("auroc", value) for value in values]):
        assert isfinite(found.value)
        assert metric.lowest <= found.value <= metric.highest
        assert found.position is None or 0 <= found.position <= 1
