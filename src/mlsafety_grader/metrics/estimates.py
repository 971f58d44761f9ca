"""Shares, means and other plain estimates that the more special figures are made of."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from mlsafety_grader.metrics.bootstrap import CONFIDENCE, percentiles, resampled_means
from mlsafety_grader.metrics.figure import Figure, widened, without_interval
from mlsafety_grader.metrics.inputs import CheckError, Floats, flags, floats, vector

_SINGLE = "one value, no interval"


def share(hits: ArrayLike) -> Figure:
    """Return the share of hits with the exact interval.

    Args:
        hits: shape (n,), booleans or numbers that are 0 or 1, independent of each other.

    Returns:
        Share in [0, 1].

    Raises:
        CheckError: `hits` is empty or holds something else.

    Source: Clopper & Pearson 1934; covers at least 95 % of the time for every n.
    """
    found = flags("hits", hits)
    return share_of(int(found.sum()), len(found))


def share_of(n_hits: int, n: int) -> Figure:
    """Return `share` of n_hits in n; see there."""
    from scipy.stats import binomtest

    ends = binomtest(n_hits, n).proportion_ci(CONFIDENCE, method="exact")
    return widened(n_hits / n, ends.low, ends.high, n=n, method="Clopper-Pearson")


def mean_figure(values: ArrayLike, seed: int = 0) -> Figure:
    """Return the mean of independent values with a bootstrap interval.

    Args:
        values: shape (n,), float64, finite; any unit.
        seed: of the resampling; the same seed gives the same interval.

    Returns:
        Mean in the values' unit; no interval for n = 1, and none to speak of when all values are equal.

    Raises:
        CheckError: `values` is empty or not finite.

    Source: Efron & Tibshirani 1993, percentile interval, expanded for small n (`percentiles`).
    """
    found = vector("values", values)
    mean = float(found.mean())
    if len(found) == 1:
        return without_interval(mean, n=1, method=_SINGLE)
    low, high = percentiles(resampled_means(found[:, None], seed=seed)[:, 0], len(found))
    return widened(mean, low, high, n=len(found), method="bootstrap")


def ratio_figure(numerators: Floats, denominators: Floats, *, seed: int) -> Figure:
    """Return mean(numerators) / mean(denominators), denominators >= 0, with a bootstrap interval over pairs.

    Raises:
        CheckError: the denominators, or a resample of them, are all 0.
    """
    n = len(numerators)
    pairs = np.stack([numerators, denominators], axis=1)
    means = np.concatenate([pairs.mean(axis=0, keepdims=True), resampled_means(pairs, seed=seed)])
    if means[:, 1].min() <= 0:
        raise CheckError("reference: (next to) no losses", hint="compare with something that leaves room")
    ratios = means[:, 0] / means[:, 1]
    if n == 1:
        return without_interval(ratios[0], n=1, method=_SINGLE)
    low, high = percentiles(ratios[1:], n)
    return widened(ratios[0], low, high, n=n, method="bootstrap of pairs")


def mean_of(figures: Sequence[Figure]) -> Figure:
    """Return the mean of several figures, for instance of one AUROC per set of anomalies.

    The ends are the means of the ends: right if all figures erred together, and wider than needed otherwise. So figures
    that share their examples may be averaged too. `n` is the sum.

    Raises:
        CheckError: there are none, or their confidences differ.
    """
    if not figures or len({figure.confidence for figure in figures}) > 1:
        raise CheckError(f"figures: {len(figures)}, of one confidence", hint="hand over at least one figure")
    value, low, high = np.mean([(figure.value, figure.low, figure.high) for figure in figures], axis=0)
    return Figure(
        value=float(value),
        low=float(min(low, value)),
        high=float(max(high, value)),
        n=sum(figure.n for figure in figures),
        confidence=figures[0].confidence,
        method=f"mean of {len(figures)} intervals",
    )


def largest_error(values: ArrayLike, exact: ArrayLike) -> Figure:
    """Return the largest absolute difference from exact answers, such as closed forms on held-out cases.

    Args:
        values: any shape, float64, finite.
        exact: same shape and unit.

    Returns:
        Error >= 0 in the values' unit, less is better; no interval, since the cases are not a sample of anything.

    Raises:
        CheckError: an input is empty or not finite, or the shapes differ.
    """
    found, wanted = floats("values", values), floats("exact", exact)
    if found.shape != wanted.shape:
        raise CheckError(f"values: shape {found.shape}, exact: {wanted.shape}", hint="one value per exact answer")
    return without_interval(np.abs(found - wanted).max(), n=found.size, method="largest of all, no interval")
