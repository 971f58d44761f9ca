"""The corruption error sums severities before dividing, and averages corruptions after."""

import numpy as np
import pytest

from mlsafety_grader.metrics import mean_corruption_error
from tests.unit.metrics.test_metrics_estimates import coverage_of

BASE = np.array([[0.2, 0.6], [0.1, 0.1]])


def test_by_hand() -> None:
    """The mean of the severities' own ratios would be 83.3."""
    figure = mean_corruption_error([[0.2, 0.2], [0.05, 0.15]], BASE)
    assert figure.value == pytest.approx(75.0)
    assert figure.low == figure.value == figure.high


def test_the_baseline_has_a_hundred() -> None:
    assert mean_corruption_error(BASE, BASE).value == pytest.approx(100.0)


def test_single_errors_give_the_figure_of_their_rates_and_an_interval() -> None:
    errors = np.random.default_rng(0).random((2, 2, 50)) < BASE[:, :, None]
    figure = mean_corruption_error(errors, BASE)
    assert figure.value == pytest.approx(mean_corruption_error(errors.mean(axis=2), BASE).value)
    assert figure.low < figure.value < figure.high
    assert figure == mean_corruption_error(errors, BASE)


def test_intervals_cover_when_hard_images_are_hard_everywhere() -> None:
    def draw(rng: np.random.Generator) -> object:
        return mean_corruption_error(rng.random(80) < BASE[:, :, None], BASE)

    assert coverage_of(draw, 100.0) >= 0.88  # type: ignore[arg-type]
