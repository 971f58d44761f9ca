"""Calibration figures against loops, and what must hold of every proper score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from mlsafety_grader.metrics import brier_score, brier_skill, coverage, rms_calibration_error, set_size
from tests.unit.metrics.test_metrics_estimates import coverage_of

CONFIDENT = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def rms_by_loops(conf: list[float], correct: list[bool], n_bins: int) -> float:
    """Return the error with bins whose sizes differ by at most one, the larger ones first."""
    order = sorted(range(len(conf)), key=conf.__getitem__)
    bins, total, start = min(n_bins, len(conf)), 0.0, 0
    for number in range(bins):
        size = len(conf) // bins + (number < len(conf) % bins)
        rows = order[start : start + size]
        start += size
        gap = sum(conf[i] for i in rows) / size - sum(correct[i] for i in rows) / size
        total += size / len(conf) * gap**2
    return float(total**0.5)


@given(CONFIDENT, st.integers(1, 20))
def test_rms_is_that_of_the_loops(pairs: list[tuple[float, bool]], n_bins: int) -> None:
    conf, correct = (list(side) for side in zip(*pairs, strict=True))
    figure = rms_calibration_error(conf, correct, n_bins=n_bins)
    assert figure.value == pytest.approx(rms_by_loops(conf, correct, n_bins), abs=1e-12)
    assert 0 <= figure.low <= figure.high <= 1.5
    assert figure == rms_calibration_error(conf, correct, n_bins=n_bins)


def test_rms_does_not_depend_on_the_order_of_distinct_confidences() -> None:
    rng = np.random.default_rng(0)
    conf, correct, order = rng.random(100), rng.random(100) < 0.5, rng.permutation(100)
    one, other = rms_calibration_error(conf, correct), rms_calibration_error(conf[order], correct[order])
    assert one == other


def test_certain_forecasts_and_few_of_them() -> None:
    assert rms_calibration_error([1.0] * 40, [True] * 40).value == 0
    assert rms_calibration_error([1.0] * 40, [False] * 40).value == 1
    few = rms_calibration_error([0.5, 0.9], [True, False])
    assert few.low == few.value == few.high


@pytest.mark.parametrize("too_sure", [0.0, 0.1])
def test_intervals_of_the_calibration_error_undo_its_upward_bias(too_sure: float) -> None:
    """A perfect forecaster's estimate is never 0, but its interval must hold 0."""

    def draw(rng: np.random.Generator) -> object:
        chance = rng.uniform(0.3, 0.8, 400)
        return rms_calibration_error(chance + too_sure, rng.random(400) < chance)

    assert coverage_of(draw, too_sure) >= 0.9  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=30))
def test_brier_of_two_classes_is_twice_that_of_one_probability(pairs: list[tuple[float, bool]]) -> None:
    p, y = (np.array(side) for side in zip(*pairs, strict=True))
    single, double = brier_score(p, y), brier_score(np.stack([1 - p, p], axis=1), y.astype(int))
    assert single.value == pytest.approx(float(brier_score_loss(y, p, labels=[False, True])))
    assert double.value == pytest.approx(2 * single.value)
    assert 0 <= single.value <= 1


def test_brier_by_hand() -> None:
    figure = brier_score([[0.7, 0.2, 0.1], [0.0, 0.0, 1.0]], [0, 0])
    assert figure.value == pytest.approx((0.09 + 0.04 + 0.01 + 2) / 2)


def test_no_forecast_expects_a_better_brier_score_than_the_true_one() -> None:
    rng = np.random.default_rng(0)
    truth = np.array([0.5, 0.3, 0.2])
    y = np.repeat([0, 1, 2], [500, 300, 200])
    for other in rng.dirichlet(np.ones(3), 20):
        assert brier_score(np.tile(truth, (1000, 1)), y).value <= brier_score(np.tile(other, (1000, 1)), y).value


def test_skill_is_nothing_for_the_reference_and_everything_for_certainty() -> None:
    rng = np.random.default_rng(0)
    y = rng.random(60) < 0.5
    reference = np.full(60, 0.5)
    own, certain = brier_skill(reference, reference, y), brier_skill(y, reference, y)
    assert (own.low, own.value, own.high) == (0, 0, 0)
    assert (certain.low, certain.value, certain.high) == (1, 1, 1)
    assert brier_skill(1 - y, reference, y).value == pytest.approx(-3)


def test_skill_is_the_saved_share_of_the_reference() -> None:
    rng = np.random.default_rng(0)
    p, reference, y = rng.random(50), rng.random(50), rng.random(50) < 0.5
    expected = 1 - brier_score(p, y).value / brier_score(reference, y).value
    assert brier_skill(p, reference, y).value == pytest.approx(expected)


def test_intervals_of_skill_cover() -> None:
    def draw(rng: np.random.Generator) -> object:
        p = rng.random(100)
        return brier_skill(p, np.full(100, 0.5), rng.random(100) < p)

    assert coverage_of(draw, 1 / 3) >= 0.9  # type: ignore[arg-type]


def test_coverage_and_size_of_sets_by_hand() -> None:
    sets = [[1, 0, 1], [0, 1, 0], [1, 1, 1], [0, 0, 0]]
    assert coverage(sets, [0, 0, 1, 2]).value == 0.5
    assert set_size(sets).value == 1.5
