"""Figures of detectors: anomalies, trojaned nets, strange policies, attacks on a network.

One convention for all: a score is higher for more anomalous inputs, and anomalies are the positive class.
"""

import numpy as np
from numpy.typing import ArrayLike

from mlsafety_grader.metrics.bootstrap import N_RESAMPLES, Interval, percentiles
from mlsafety_grader.metrics.estimates import share_of
from mlsafety_grader.metrics.figure import Figure, widened, without_interval
from mlsafety_grader.metrics.inputs import CheckError, Floats, vector

_Z = 1.959963984540054  # two-sided 95 % of the normal distribution


def auroc(id_scores: ArrayLike, ood_scores: ArrayLike) -> Figure:
    """Return the chance that an anomaly scores higher than an ordinary input, ties counting half.

    Args:
        id_scores: shape (n_id,), float64, finite; higher = more anomalous. Anomalies are the positive class.
        ood_scores: shape (n_ood,), same scale.

    Returns:
        Area in [0, 1], more is better, 0.5 is chance. Without overlap the interval is that of min(n_id, n_ood) hits of
        as many; with one input on a side there is none.

    Raises:
        CheckError: an input is empty or not finite.

    Source: value as scikit-learn's `roc_auc_score`; interval by DeLong et al. 1988 on the logit scale (Pepe 2003).
    """
    from scipy.stats import rankdata

    ordinary, anomalous = vector("id_scores", id_scores), vector("ood_scores", ood_scores)
    n_id, n_ood = len(ordinary), len(anomalous)
    ranks = rankdata(np.concatenate([ordinary, anomalous]))
    beaten = (ranks[n_id:] - rankdata(anomalous)) / n_id  # per anomaly: share of ordinary inputs below it
    beating = 1 - (ranks[:n_id] - rankdata(ordinary)) / n_ood  # per ordinary input: share of anomalies above it
    area, n = float(beaten.mean()), n_id + n_ood
    if min(n_id, n_ood) == 1:
        return without_interval(area, n=n, method="one input on a side, no interval")
    ends = _logit_interval(area, float(np.sqrt(beaten.var(ddof=1) / n_ood + beating.var(ddof=1) / n_id)))
    if area in (0.0, 1.0):
        exact = share_of(round(area) * min(n_id, n_ood), min(n_id, n_ood))
        return widened(area, exact.low, exact.high, n=n, method="no overlap, Clopper-Pearson of the smaller side")
    return widened(area, ends.low, ends.high, n=n, method="DeLong, logit scale")


def aupr(id_scores: ArrayLike, ood_scores: ArrayLike) -> Figure:
    """Return the average precision of finding the anomalies.

    Args:
        id_scores: shape (n_id,), float64, finite; higher = more anomalous. Anomalies are the positive class.
        ood_scores: shape (n_ood,), same scale.

    Returns:
        Area in [0, 1], more is better; chance is n_ood / (n_id + n_ood), so compare only at equal shares of anomalies.

    Raises:
        CheckError: an input is empty or not finite.

    Source: value by scikit-learn's `average_precision_score` (no interpolation); interval by Boyd, Eng & Page 2013,
    *Area under the precision-recall curve* (logit interval), which they found to cover better than a bootstrap.
    """
    from sklearn.metrics import average_precision_score

    ordinary, anomalous = vector("id_scores", id_scores), vector("ood_scores", ood_scores)
    is_anomaly = np.repeat([0, 1], [len(ordinary), len(anomalous)])
    area = min(1.0, float(average_precision_score(is_anomaly, np.concatenate([ordinary, anomalous]))))
    n, n_ood = len(is_anomaly), len(anomalous)
    if area == 1.0:
        exact = share_of(n_ood, n_ood)
        return widened(area, exact.low, exact.high, n=n, method="no overlap, Clopper-Pearson of the anomalies")
    ends = _logit_interval(area, float(np.sqrt(area * (1 - area) / n_ood)))
    return widened(area, ends.low, ends.high, n=n, method="Boyd, logit scale")


def fpr_at_recall(id_scores: ArrayLike, ood_scores: ArrayLike, *, recall: float = 0.95, seed: int = 0) -> Figure:
    """Return the share of ordinary inputs flagged once `recall` of the anomalies are caught.

    Args:
        id_scores: shape (n_id,), float64, finite; higher = more anomalous. Anomalies are the positive class.
        ood_scores: shape (n_ood,), same scale.
        recall: in (0, 1]; the first (largest) threshold reaching it is used, not the nearest. Flagged: score >= t.
        seed: of the resampling.

    Returns:
        Share in [0, 1], less is better.

    Raises:
        CheckError: an input is empty or not finite, or `recall` is outside (0, 1].

    Source: OpenOOD `metrics.py` threshold rule; outlier-exposure's nearest-recall rule gives other numbers. Interval:
    bootstrap of both sides (see `_resampled_cuts`), never narrower than the exact one at the found threshold.
    """
    ordinary, anomalous = np.sort(vector("id_scores", id_scores)), np.sort(vector("ood_scores", ood_scores))
    if not 0 < recall <= 1:
        raise CheckError(f"recall: {recall}", hint="it lies in (0, 1]")
    caught = _first_count(len(anomalous), recall)
    flagged_at = 1 - np.searchsorted(ordinary, anomalous, side="left") / len(ordinary)  # per threshold
    cuts = _resampled_cuts(len(anomalous), len(anomalous) - caught, seed=seed)
    return _share_beyond_a_cut(len(ordinary), flagged_at[len(anomalous) - caught], flagged_at[cuts], seed=seed)


def recall_at_fpr(id_scores: ArrayLike, ood_scores: ArrayLike, *, fpr: float = 0.01, seed: int = 0) -> Figure:
    """Return the share of anomalies caught when at most `fpr` of the ordinary inputs raise an alarm.

    Args:
        id_scores: shape (n_id,), float64, finite; higher = more anomalous. They set the threshold.
        ood_scores: shape (n_ood,), same scale.
        fpr: in [0, 1); the threshold is the smallest ordinary score t with share(id_scores > t) <= fpr, and
            scores above it raise an alarm.
        seed: of the resampling.

    Returns:
        Share in [0, 1], more is better.

    Raises:
        CheckError: an input is empty or not finite, or `fpr` is outside [0, 1).

    Source: true against false positives at a fixed threshold, Hofmeyr et al. 1998; interval as in `fpr_at_recall`.
    """
    ordinary, anomalous = np.sort(vector("id_scores", id_scores)), np.sort(vector("ood_scores", ood_scores))
    if not 0 <= fpr < 1:
        raise CheckError(f"fpr: {fpr}", hint="it lies in [0, 1)")
    caught_at = 1 - np.searchsorted(anomalous, ordinary, side="right") / len(anomalous)  # per threshold
    # the smallest t: all but floor(fpr * n) of the ordinary scores are at or below it
    place = _first_count(len(ordinary), 1 - fpr) - 1
    cuts = _resampled_cuts(len(ordinary), place, seed=seed)
    return _share_beyond_a_cut(len(anomalous), caught_at[place], caught_at[cuts], seed=seed)


def _first_count(n: int, wanted: float) -> int:
    """Return the smallest count k >= 1 with k / n >= wanted, whatever rounding does to wanted * n."""
    counts = np.arange(1, n + 1)
    return int(counts[np.argmax(counts / n >= wanted - 1e-12)])


def _resampled_cuts(n: int, place: int, *, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return which entry of n sorted values stands at `place` after resampling them, 1,000 times.

    Resampled positions are uniform, and the order statistics of uniform numbers follow a beta distribution: one draw
    does the work of sorting n.
    """
    found = np.random.default_rng([seed, 0]).beta(place + 1, n - place, size=N_RESAMPLES)
    cuts: np.ndarray[tuple[int], np.dtype[np.int64]] = np.minimum(n - 1, (found * n).astype(np.int64))
    return cuts


def _share_beyond_a_cut(n: int, value: float, resampled: Floats, *, seed: int) -> Figure:
    exact = share_of(round(value * n), n)
    if n == 1:
        return exact
    replicates = np.random.default_rng([seed, 1]).binomial(n, resampled.clip(0, 1)) / n
    ends = percentiles(replicates, n)
    return widened(
        exact.value, min(ends.low, exact.low), max(ends.high, exact.high), n=n, method="bootstrap, at least exact"
    )


def _logit_interval(area: float, standard_error: float) -> Interval:
    """Return the interval that is symmetric on the logit scale and so stays in [0, 1]; at 0 and 1 it is no interval."""
    if not 0 < area < 1:
        return Interval(area, area)
    centre, half = np.log(area / (1 - area)), _Z * standard_error / (area * (1 - area))
    low, high = 1 / (1 + np.exp(-(centre + np.array([-half, half]))))
    return Interval(float(low), float(high))
