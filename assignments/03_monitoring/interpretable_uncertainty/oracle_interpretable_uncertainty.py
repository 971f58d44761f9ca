"""Hidden side of `interpretable_uncertainty`: independent answers and held-out forecasts for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.
"""

import hashlib
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlsafety_grader.metrics import Figure, rms_calibration_error
from mlsafety_kit.noisy import noisy_logits

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[Any]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"interpretable_uncertainty/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ calibration


def calibration(conf: Sequence[float], correct: Sequence[float], n_bins: int, p: float) -> float:
    """Return the calibration error with bins of equal mass, counted out on plain lists."""
    n = len(conf)
    order = sorted(range(n), key=lambda i: (float(conf[i]), i))
    k = min(n_bins, n)
    small, larger = divmod(n, k)
    terms, first = [], 0
    for number in range(k):
        rows = order[first : first + small + (number < larger)]
        first += len(rows)
        gap = math.fsum(float(conf[i]) - float(correct[i]) for i in rows) / len(rows)
        terms.append(len(rows) / n * abs(gap) ** p)
    return math.fsum(terms) ** (1 / p)


def skewed_answers(purpose: str, n: int) -> tuple[Array, Array]:
    """Return n different confidences, most of them high, and answers right less often than stated, in random order."""
    rng = rng_for(purpose)
    conf = rng.beta(4.0, 1.2, n)
    return conf, rng.random(n) < conf ** rng.uniform(1.5, 3.0)


def planted_gaps(purpose: str, *, n_bins: int, size: int, larger: int) -> tuple[Array, Array, Array, Array]:
    """Return answers whose bins are known by construction, shuffled, with each bin's size and signed gap.

    The first `larger` bins hold `size + 1` answers, the others `size`. Gaps of both signs occur, and the last bin's,
    where a net is surest, is by far the largest.
    """
    rng = rng_for(purpose)
    sizes = np.array([size + (k < larger) for k in range(n_bins)])
    conf, correct, gaps = [], [], []
    for k, m in enumerate(sizes):
        middle = (k + 0.5) / n_bins
        inside = middle + rng.uniform(-0.4, 0.4, m) / n_bins
        right = int(rng.integers(0, m // 3)) if k == n_bins - 1 else int(rng.integers(0, m + 1))
        conf.append(inside)
        correct.append(np.arange(m) < right)
        gaps.append(inside.mean() - right / m)
    order = rng.permutation(sizes.sum())
    return np.concatenate(conf)[order], np.concatenate(correct)[order], sizes, np.array(gaps)


# ------------------------------------------------------------------------------------------------ probabilities


def softmax(logits: Array) -> Array:
    """Return probabilities along the last axis."""
    z = np.asarray(logits, dtype=np.float64)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def brier(probs: Array, y: Array) -> float:
    """Return the mean Brier score, by expanding the square: 1 - 2 p_y + sum of p^2."""
    scores = [1 - 2 * row[label] + math.fsum(p * p for p in row) for row, label in zip(probs, y, strict=True)]
    return math.fsum(scores) / len(scores)


def random_probs(rng: np.random.Generator, n: int, n_classes: int) -> Array:
    """Return n distributions, some nearly certain and some nearly uniform."""
    return softmax(rng.normal(size=(n, n_classes)) * rng.uniform(0.3, 4.0, (n, 1)))


def labels_from(rng: np.random.Generator, probs: Array) -> Array:
    """Draw one label from each row's distribution."""
    edges = probs.cumsum(axis=1)
    edges[:, -1] = 1.0
    return (rng.random((len(probs), 1)) >= edges).sum(axis=1)


def temperature(logits: Array, y: Array) -> float:
    """Return the best temperature in [1e-3, 1e3], as the root of the loss's slope in 1 / T.

    The loss is convex in 1 / T. Its slope is the mean logit that the softened net expects minus that of the label.
    """
    z = np.asarray(logits, dtype=np.float64)
    wanted = z[np.arange(len(z)), y].mean()
    low, high = 1e-3, 1e3
    for _ in range(80):
        beta = math.sqrt(low * high)
        expected = (softmax(beta * z) * z).sum(axis=1).mean()
        low, high = (beta, high) if expected < wanted else (low, beta)
    return 1 / math.sqrt(low * high)


def planted_temperature(purpose: str, t: float, n: int = 3000) -> tuple[Array, Array]:
    """Return logits that are right when divided by `t`, and labels drawn accordingly."""
    rng = rng_for(purpose)
    z = 2 * rng.normal(size=(n, 6))
    return t * z, labels_from(rng, softmax(z))


def mixed_logits(purpose: str, n: int = 3000) -> tuple[Array, Array]:
    """Return logits that no single temperature makes right: too bold in one third of the rows, too shy in the others.

    Cross-entropy, Brier score and calibration error then have their minima at clearly different temperatures.
    """
    rng = rng_for(purpose)
    z = 2 * rng.normal(size=(n, 6))
    boldness = np.where(rng.random((n, 1)) < 1 / 3, rng.uniform(4.0, 6.0), rng.uniform(0.5, 0.8))
    return z * boldness, labels_from(rng, softmax(z))


def held_out(purpose: str, *, members: int) -> dict[str, Array]:
    """Return validation and test logits of nets of this release's own."""
    return noisy_logits(seed_for(f"{purpose}/nets"), members=members)


def rms_error(probs: Array, y: Array) -> Figure:
    """Return the root-mean-square calibration error of the predicted classes, with its interval."""
    return rms_calibration_error(probs.max(axis=1), probs.argmax(axis=1) == y)


# ------------------------------------------------------------------------------------------------ conformal sets


def conformal(probs: Array, y: Array, alpha: str) -> float:
    """Return the threshold, with the rank in exact fractions; `alpha` is a decimal number such as "0.1"."""
    n = len(y)
    rank = math.ceil((n + 1) * (1 - Fraction(alpha)))
    scores = sorted(1 - float(row[label]) for row, label in zip(probs, y, strict=True))
    return scores[rank - 1] if rank <= n else math.inf


def rank_is_safe(n: int, alpha: str) -> bool:
    """Tell whether rounding error cannot change the rank, however it is computed."""
    product = (n + 1) * (1 - Fraction(alpha))
    return abs(product - round(product)) > Fraction(1, 10**6)


def eighths(purpose: str, n: int, n_classes: int) -> Array:
    """Return distributions of multiples of 1 / 8, with which arithmetic makes no rounding error."""
    rng = rng_for(purpose)
    cuts = np.sort(rng.integers(0, 9, (n, n_classes - 1)), axis=1)
    edges = np.hstack([np.zeros((n, 1), dtype=int), cuts, np.full((n, 1), 8)])
    return np.diff(edges, axis=1) / 8
