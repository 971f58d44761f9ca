"""A figure cannot hold nonsense, and `reaches` never fails a threshold that lies within the interval."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.metrics import CheckError, Figure
from mlsafety_grader.model import Direction

FINITE = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    "odd",
    [
        {"value": math.nan},
        {"low": math.nan},
        {"high": math.nan},
        {"high": math.inf},
        {"low": -math.inf},
        {"low": 0.6},
        {"high": 0.4},
        {"n": 0},
        {"confidence": 0.0},
        {"confidence": 1.0},
        {"confidence": math.nan},
    ],
)
def test_invalid_figures_do_not_construct(odd: dict[str, float]) -> None:
    good = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 10}
    Figure(**good)  # type: ignore[arg-type]
    with pytest.raises(CheckError):
        Figure(**(good | odd))  # type: ignore[arg-type]


@given(st.lists(FINITE, min_size=3, max_size=3), FINITE)
def test_reaches_is_the_interval_against_the_threshold(numbers: list[float], threshold: float) -> None:
    low, value, high = sorted(numbers)
    figure = Figure(value=value, low=low, high=high, n=1)
    assert figure.reaches(threshold) == figure.reaches(threshold, Direction.MAX) == (high >= threshold)
    assert figure.reaches(threshold, "min") == (low <= threshold)
    assert figure.reaches(value)
    assert figure.reaches(value, "min")


def test_reaches_refuses_nan_and_unknown_directions() -> None:
    figure = Figure(value=0.5, low=0.4, high=0.6, n=10)
    with pytest.raises(CheckError):
        figure.reaches(math.nan)
    with pytest.raises(CheckError):
        figure.reaches(0.5, "up")


def test_a_figure_is_a_number_and_a_text() -> None:
    figure = Figure(value=0.5, low=0.4, high=0.6, n=10, method="by hand")
    assert float(figure) == 0.5
    assert str(figure) == "0.5 [0.4, 0.6], n = 10"
