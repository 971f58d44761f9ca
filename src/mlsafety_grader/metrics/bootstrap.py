"""Seeded, vectorised resampling of examples, 1,000 times: about 15 ms for 1,000 examples."""

from typing import NamedTuple

import numpy as np

from mlsafety_grader.metrics.inputs import Floats

N_RESAMPLES = 1000
CONFIDENCE = 0.95
_CELLS = 4_000_000  # numbers drawn at once; larger samples are taken in turns so that memory stays small


class Interval(NamedTuple):
    """The two ends."""

    low: float
    high: float


def resampled_means(columns: Floats, *, seed: int) -> Floats:
    """Return the columns' means over resampled rows: (n, k) float64 becomes (1000, k).

    The same rows are drawn for all columns, so paired values stay paired.
    """
    rng = np.random.default_rng(seed)
    n = len(columns)
    at_once = max(1, _CELLS // n)
    parts = []
    for start in range(0, N_RESAMPLES, at_once):
        rows = rng.integers(n, size=(min(at_once, N_RESAMPLES - start), n), dtype=np.int32)
        parts.append(np.stack([column[rows].mean(axis=1) for column in columns.T], axis=1))
    return np.concatenate(parts)


def percentiles(replicates: Floats, n: int) -> Interval:
    """Return the interval between the percentiles of `replicates`, each a statistic of n resampled examples.

    The percentiles are moved out to what Student's t asks for with n examples, because the plain ones are too near to
    each other for small n (for n = 8: 2.5 % becomes 0.6 %).

    Source: Hesterberg 2015, What Teachers Should Know About the Bootstrap (expanded percentile interval).
    """
    from scipy.special import ndtr, stdtrit

    tail = float(ndtr(np.sqrt(n / (n - 1)) * stdtrit(n - 1, (1 - CONFIDENCE) / 2)))
    low, high = np.quantile(replicates, [tail, 1 - tail])
    return Interval(float(low), float(high))
