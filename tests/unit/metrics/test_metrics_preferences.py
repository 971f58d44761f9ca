"""Figures of learned values by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.metrics import normalised_return, preference_accuracy, share_of_optimum

UTILITIES = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=40)


@given(UTILITIES, st.floats(0.1, 10))
def test_preferences_count_strictly_better_pairs_on_any_scale(pairs: list[tuple[int, int]], scale: float) -> None:
    better, worse = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    figure = preference_accuracy(better, worse)
    assert figure.value == pytest.approx(sum(b > w for b, w in pairs) / len(pairs))
    assert preference_accuracy(scale * better, scale * worse) == figure
    assert figure.value + preference_accuracy(worse, better).value <= 1 + 1e-12  # ties are wrong both ways


def test_return_is_zero_for_random_and_one_for_optimal_in_every_world() -> None:
    lowest, best = np.array([0.0, -5.0, 2.0]), np.array([10.0, 5.0, 3.0])
    assert normalised_return(lowest, lowest, best).value == 0
    assert normalised_return(best, lowest, best).value == 1
    mixed = normalised_return([5.0, 5.0, 1.0], lowest, best)
    assert mixed.value == pytest.approx((0.5 + 1 - 1) / 3)
    assert mixed.low <= -0.9


def test_single_numbers_are_one_world() -> None:
    figure = normalised_return(3.0, 1.0, 5.0)
    assert (figure.low, figure.value, figure.high, figure.n) == (0.5, 0.5, 0.5, 1)
    assert share_of_optimum(3.0, 4.0).value == 0.75


def test_share_of_optimum_is_the_mean_of_the_systems_shares() -> None:
    figure = share_of_optimum([1.0, 8.0], [2.0, 8.0])
    assert figure.value == 0.75
    assert figure.n == 2
