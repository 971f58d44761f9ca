"""Hidden side of `black_swans`: independent answers and held-out logs for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: spacings instead of a mean of logarithms, one pass with
`math` instead of cumulative arrays, the distance of two step functions at both sides of every step, SciPy's densities
instead of formulas, and exact moments of the growth process.
"""

import hashlib
import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from mlsafety_grader.metrics import Figure, share
from mlsafety_kit.heavy_tails import pareto, spliced

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"black_swans/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ logs


def pareto_log(purpose: str, alpha: float, n: int) -> Array:
    """Return a Pareto log of this release's own, with a scale of its own."""
    return pareto(alpha, n, xmin=float(rng_for(f"{purpose}/scale").uniform(0.2, 5)), seed=seed_for(purpose))


def spliced_log(purpose: str, alpha: float, n: int) -> Array:
    """Return a log of this release's own with a lognormal body and a Pareto tail from 5 on."""
    return spliced(alpha, n, seed=seed_for(purpose))


def signed_log(purpose: str, n: int) -> Array:
    """Return a log with gains (negative) of the same sizes as losses, all sizes different and none near 0."""
    rng = rng_for(purpose)
    return np.asarray(rng.choice([-1.0, 1.0], n) * (0.1 + rng.pareto(1.8, n)))


def _two_causes(rng: np.random.Generator, n: int) -> Array:
    """Return exponential incidents of which a quarter has a cause with four times the mean: thin, but widely spread."""
    return np.asarray(rng.exponential(1, n) * np.where(rng.random(n) < 0.25, 4, 1))


def labelled_logs(purpose: str, n_logs: int, n: int = 3000) -> Iterable[tuple[Array, bool]]:
    """Yield logs, each with whether its tail is a power law; half of them are. Scales differ by a factor up to 100."""
    rng = rng_for(purpose)
    for number in range(n_logs):
        alpha, scale = rng.uniform(1.3, 2.5), 10 ** rng.uniform(-1, 1)
        match number % 6:
            case 0 | 4:
                log = (1 - rng.random(n)) ** (-1 / alpha)
            case 1:
                log = rng.exponential(1, n)
            case 2:
                log = np.abs(rng.standard_t(alpha, n))
            case 3:
                log = np.abs(rng.normal(0, 1, n))
            case _:
                log = _two_causes(rng, n)
        yield scale * log, number % 2 == 0


def tail_accuracy(purpose: str, tail_llr: Any, n_logs: int = 240) -> Figure:
    """Return the share of held-out logs that the sign of the student's statistic puts on the right side.

    Each log is cut at its 90 % quantile.
    """
    hits = [
        (float(tail_llr(log, float(np.quantile(log, 0.9)))) > 0) == is_heavy
        for log, is_heavy in labelled_logs(purpose, n_logs)
    ]
    return share(np.array(hits))


# ------------------------------------------------------------------------------------------------ answers


def hill(x: ArrayLike, k: int) -> float:
    """Return the estimate from the spacings: the i-th gap between neighbours counts i times."""
    logs = [math.log(value) for value in sorted(np.ravel(x).tolist(), reverse=True)[: k + 1]]
    return k / math.fsum(i * (upper - lower) for i, (upper, lower) in enumerate(pairwise(logs), 1))


def ratios(x: ArrayLike, p: float) -> Array:
    """Return the running ratio in one pass, with the largest value so far taken before the power."""
    top, total, found = 0.0, 0.0, []
    for value in np.ravel(x).tolist():
        top = max(top, abs(value))
        total += math.exp(p * math.log(abs(value))) if value else 0.0
        found.append(math.exp(p * math.log(top)) / total if total else 1.0)
    return np.array(found)


def fit_from(x: ArrayLike, start: float) -> tuple[float, float]:
    """Return alpha and the two-sided distance for one start, from both sides of every step of the step function."""
    tail = sorted(value for value in np.ravel(x).tolist() if value >= start)
    n = len(tail)
    alpha = 1 / (math.fsum(math.log(value) for value in tail) / n - math.log(start))
    gaps = []
    for value in set(tail):
        model = 1 - (start / value) ** alpha
        gaps += [abs(sum(t <= value for t in tail) / n - model), abs(sum(t < value for t in tail) / n - model)]
    return alpha, max(gaps)


def best_start(x: ArrayLike, candidates: Iterable[float]) -> tuple[float, float, float]:
    """Return (xmin, alpha, ks) of the candidate with the smallest distance; SciPy measures the distance here."""
    values, found = np.ravel(x), []
    for start in candidates:
        tail = values[values >= start]
        if start <= 0 or len(tail) < 10 or tail.max() == start:
            continue
        alpha = 1 / (np.log(tail).mean() - math.log(start))
        ks = stats.ks_1samp(tail, stats.pareto(alpha, scale=start).cdf, method="asymp").statistic
        found.append((float(start), float(alpha), float(ks)))
    return min(found, key=lambda entry: entry[2])


def likelihood_ratio(x: ArrayLike, xmin: float) -> float:
    """Return the normalised log-likelihood ratio of the two fitted densities, through SciPy's own densities."""
    tail = np.array([value for value in np.ravel(x).tolist() if value >= xmin])
    alpha = 1 / (np.log(tail).mean() - math.log(xmin))
    law = stats.pareto(alpha, scale=xmin).logpdf(tail)
    rival = stats.expon(loc=xmin, scale=tail.mean() - xmin).logpdf(tail)
    return float(math.sqrt(len(tail)) * (law - rival).mean() / population_sd(law - rival))


def population_sd(values: Array) -> float:
    """Return the population standard deviation."""
    centre = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - centre) ** 2 for value in values) / len(values))


def growth_moments(mu: float, sigma: float, b: float, n_steps: int) -> tuple[float, float]:
    """Return the exact mean and standard deviation of the process after n_steps, from the moments of one shock."""
    first, second = math.exp(mu + sigma**2 / 2), math.exp(2 * mu + 2 * sigma**2)
    mean, square = b, b * b
    for _ in range(n_steps):
        mean, square = first * mean + b, second * square + 2 * b * first * mean + b * b
    return mean, math.sqrt(square - mean**2)
