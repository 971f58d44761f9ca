"""Shares and means agree with brute force, and their intervals cover what they promise."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlsafety_grader.metrics import CheckError, Figure, bootstrap, largest_error, mean_figure, mean_of, share
from mlsafety_grader.metrics.estimates import ratio_figure


def binomial_tail(n: int, k: int, p: float) -> float:
    """Return P(Bin(n, p) >= k)."""
    return math.fsum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def coverage_of(draw: Callable[[np.random.Generator], Figure], truth: float, n: int = 200) -> float:
    """Return how often the interval of a figure on simulated data holds the truth."""
    figures = [draw(np.random.default_rng(seed)) for seed in range(n)]
    return float(np.mean([figure.low <= truth <= figure.high for figure in figures]))


@pytest.mark.parametrize(("hits", "n"), [(1, 5), (3, 7), (20, 40), (39, 40)])
def test_the_ends_of_a_share_are_where_the_binomial_tails_are_a_fortieth(hits: int, n: int) -> None:
    figure = share([1] * hits + [0] * (n - hits))
    assert figure.value == hits / n
    assert binomial_tail(n, hits, figure.low) == pytest.approx(0.025)
    assert 1 - binomial_tail(n, hits + 1, figure.high) == pytest.approx(0.025)


def test_no_and_only_hits_have_one_sided_ends() -> None:
    none, every = share([0] * 10), share([True] * 10)
    assert (none.low, every.high) == (0, 1)
    assert none.high == pytest.approx(1 - 0.025**0.1)
    assert every.low == pytest.approx(0.025**0.1)


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_misses_are_the_complement_of_hits(hits: list[bool]) -> None:
    one, other = share(hits), share([not hit for hit in hits])
    assert one.value == pytest.approx(1 - other.value)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


@pytest.mark.parametrize("n", [5, 40])
@pytest.mark.parametrize("p", [0.03, 0.3, 0.5, 0.9])
def test_a_share_covers_at_least_as_promised_for_every_n(n: int, p: float) -> None:
    figures = [share([1] * hits + [0] * (n - hits)) for hits in range(n + 1)]
    chances = [math.comb(n, hits) * p**hits * (1 - p) ** (n - hits) for hits in range(n + 1)]
    covered = sum(c for c, figure in zip(chances, figures, strict=True) if figure.low <= p <= figure.high)
    assert covered >= 0.95


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e3, 1e3)), st.integers(0, 5))
def test_a_mean_lies_among_its_values_and_repeats_with_its_seed(values: np.ndarray, seed: int) -> None:
    figure = mean_figure(values, seed)
    assert figure == mean_figure(values, seed)
    assert figure.value == pytest.approx(values.mean())
    assert values.min() - 1e-9 <= figure.low <= figure.high <= values.max() + 1e-9


def test_means_move_and_scale_with_their_values_and_depend_on_the_seed() -> None:
    values = np.random.default_rng(0).normal(size=50)
    one, other = mean_figure(values), mean_figure(3 * values + 2)
    assert (other.low, other.high) == pytest.approx((3 * one.low + 2, 3 * one.high + 2))
    assert mean_figure(values, seed=1).low != one.low
    assert one.high - one.low == pytest.approx(2 * 1.96 * values.std() / math.sqrt(50), rel=0.15)


@pytest.mark.parametrize("n", [8, 60])
def test_means_of_few_and_many_values_cover_nine_tenths_and_more(n: int) -> None:
    assert coverage_of(lambda rng: mean_figure(rng.normal(size=n)), 0.0) >= 0.9


def test_one_value_has_no_interval() -> None:
    figure = mean_figure([0.3])
    assert (figure.value, figure.low, figure.high, figure.n) == (0.3, 0.3, 0.3, 1)


def test_large_samples_are_resampled_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded: the numbers drawn at once are."""
    monkeypatch.setattr(bootstrap, "_CELLS", 300)
    means = bootstrap.resampled_means(np.arange(7.0)[:, None], seed=0)
    assert means.shape == (bootstrap.N_RESAMPLES, 1)
    assert means.std() == pytest.approx(2 / math.sqrt(7), rel=0.1)


def test_ratios_keep_pairs_together() -> None:
    losses = np.random.default_rng(0).random(40) + 0.1
    figure = ratio_figure(2 * losses, losses, seed=0)
    assert (figure.low, figure.value, figure.high) == pytest.approx((2, 2, 2))
    assert ratio_figure(losses[:1], losses[:1], seed=0).value == 1


def test_a_ratio_to_next_to_nothing_is_refused() -> None:
    with pytest.raises(CheckError):
        ratio_figure(np.ones(20), np.eye(20)[0], seed=0)


def test_a_mean_of_figures_is_at_least_as_wide_as_if_they_erred_together() -> None:
    figures = [Figure(value=0.5, low=0.4, high=0.7, n=10), Figure(value=0.9, low=0.8, high=1.0, n=20)]
    mean = mean_of(figures)
    assert (mean.value, mean.low, mean.high, mean.n) == pytest.approx((0.7, 0.6, 0.85, 30))
    assert mean_of([figures[0]]).high == 0.7


def test_figures_of_different_confidence_have_no_mean() -> None:
    with pytest.raises(CheckError):
        mean_of([Figure(value=0, low=0, high=0, n=1), Figure(value=0, low=0, high=0, n=1, confidence=0.9)])


def test_the_largest_error_is_absolute_and_has_no_interval() -> None:
    figure = largest_error([[1.0, -2.0], [3.0, 4.0]], [[1.5, -5.0], [3.0, 4.0]])
    assert (figure.value, figure.low, figure.high, figure.n) == (3.0, 3.0, 3.0, 4)
