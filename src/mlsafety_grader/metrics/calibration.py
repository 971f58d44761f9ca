"""Figures of uncertainty: is a probability what it says?"""

import numpy as np
from numpy.typing import ArrayLike

from mlsafety_grader.metrics.bootstrap import N_RESAMPLES, percentiles
from mlsafety_grader.metrics.estimates import mean_figure, ratio_figure, share
from mlsafety_grader.metrics.figure import Figure, widened, without_interval
from mlsafety_grader.metrics.inputs import CheckError, Floats, distributions, flags, labels, probabilities


def rms_calibration_error(conf: ArrayLike, correct: ArrayLike, *, n_bins: int = 15, seed: int = 0) -> Figure:
    """Return the root mean square gap between confidence and accuracy over bins of equal mass.

    Args:
        conf: shape (n,), float64 in [0, 1]: the confidence in the predicted class.
        correct: shape (n,), booleans or 0/1: was the prediction right?
        n_bins: at least 1; min(n_bins, n) are used. Stable sort by confidence, split as `numpy.array_split` does.
        seed: of the resampling.

    Returns:
        Error in [0, 1], less is better. Even a perfect forecaster is above 0: about sqrt(0.25 n_bins / n) at worst.

    Raises:
        CheckError: shapes differ, an input is empty, not finite or out of range, or n_bins < 1.

    Source: Hendrycks et al. 2019 (arXiv:1812.04606), bins of Nguyen & O'Connor 2015. Interval: basic bootstrap of the
    squared error within the bins, which undoes that upward bias, then stretched to hold the estimate.
    """
    confidence = probabilities("conf", conf, ndim=1)
    right = flags("correct", correct, size=len(confidence))
    if n_bins < 1:
        raise CheckError(f"n_bins: {n_bins}", hint="at least one bin")
    order = np.argsort(confidence, kind="stable")
    gaps = np.array_split((confidence - right)[order], min(n_bins, len(order)))
    squared = sum(len(gap) * gap.mean() ** 2 for gap in gaps) / len(order)
    if len(order) < 2 * len(gaps):
        return without_interval(np.sqrt(squared), n=len(order), method="bins of one, no interval")
    low, high = percentiles(_resampled_squares(gaps, seed=seed), len(order))
    ends = np.sqrt(np.maximum(0.0, [2 * squared - high, 2 * squared - low]))
    return widened(np.sqrt(squared), ends[0], ends[1], n=len(order), method="basic bootstrap of the square")


def _resampled_squares(gaps: list[Floats], *, seed: int) -> Floats:
    """Return the mean square of the bins' gaps, each bin resampled for itself 1,000 times."""
    rng = np.random.default_rng(seed)
    total = np.zeros(N_RESAMPLES)
    for gap in gaps:
        rows = rng.integers(len(gap), size=(N_RESAMPLES, len(gap)), dtype=np.int32)
        total += len(gap) * gap[rows].mean(axis=1) ** 2
    return total / sum(map(len, gaps))


def brier_score(probs: ArrayLike, y: ArrayLike, *, seed: int = 0) -> Figure:
    """Return the mean squared distance between forecast and outcome.

    Args:
        probs: float64, shape (n, n_classes) with rows that add up to 1, or shape (n,) of P(y = 1).
        y: shape (n,), class numbers; 0 or 1 in the second case.
        seed: of the resampling.

    Returns:
        Score, less is better: in [0, 2] summed over the classes, in [0, 1] for shape (n,) (half of the former).

    Raises:
        CheckError: shapes, an empty input, NaN, probabilities out of range, rows that do not add up, unknown classes.

    Source: Brier 1950 (classes), the form of Gneiting & Raftery 2007; bootstrap interval.
    """
    return mean_figure(_brier_losses("probs", probs, y), seed)


def brier_skill(p: ArrayLike, reference: ArrayLike, y: ArrayLike, *, seed: int = 0) -> Figure:
    """Return the share of a reference forecast's Brier score that a forecast saves.

    Args:
        p: forecast, as `probs` of `brier_score`.
        reference: forecast to beat, of the same shape.
        y: shape (n,), outcomes.
        seed: of the resampling, which keeps the two forecasts of a question together.

    Returns:
        1 - Brier(p) / Brier(reference), at most 1, more is better, 0 for the reference itself.

    Raises:
        CheckError: as `brier_score`, shapes that differ, or a reference that is (next to) never wrong.

    Source: Murphy 1973; bootstrap interval of the ratio over questions.
    """
    own, other = _brier_losses("p", p, y), _brier_losses("reference", reference, y)
    if np.shape(p) != np.shape(reference):
        raise CheckError("p and reference: shapes differ", hint="forecast the same questions in the same form")
    ratio = ratio_figure(own, other, seed=seed)
    return Figure(value=1 - ratio.value, low=1 - ratio.high, high=1 - ratio.low, n=ratio.n, method=ratio.method)


def _brier_losses(name: str, probs: ArrayLike, y: ArrayLike) -> Floats:
    forecasts = probabilities(name, probs)
    if forecasts.ndim == 1:
        squared: Floats = (forecasts - flags("y", y, size=len(forecasts))) ** 2
        return squared
    rows = distributions(name, probs)
    chosen = labels("y", y, size=len(rows), n_classes=rows.shape[1])
    losses: Floats = ((rows - np.eye(rows.shape[1])[chosen]) ** 2).sum(axis=1)
    return losses


def coverage(sets: ArrayLike, y: ArrayLike) -> Figure:
    """Return the share of prediction sets that hold the true class.

    Args:
        sets: shape (n, n_classes), booleans or 0/1.
        y: shape (n,), class numbers.

    Returns:
        Share in [0, 1]; wanted is at least the promised 1 - alpha. Sets of all classes have 1: look at the size too.

    Raises:
        CheckError: shapes, an empty input, entries that are neither 0 nor 1, unknown classes.

    Source: Angelopoulos & Bates 2021 (arXiv:2107.07511); exact interval.
    """
    members = flags("sets", sets, ndim=2)
    chosen = labels("y", y, size=len(members), n_classes=members.shape[1])
    return share(members[np.arange(len(members)), chosen])


def set_size(sets: ArrayLike, *, seed: int = 0) -> Figure:
    """Return the mean number of classes in prediction sets, shape (n, n_classes): less is better at equal coverage."""
    return mean_figure(flags("sets", sets, ndim=2).sum(axis=1), seed)
