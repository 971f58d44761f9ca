"""Hidden side of `improved_epistemics`: independent answers, held-out crowds and scoring rules for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: one `math` call after the other for scores, products of odds
for the aggregate, bisection on a derivative for the exponent, and differences of cumulative losses for the weights.
"""

import hashlib
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlsafety_grader.metrics import Figure, brier_skill, mean_figure
from mlsafety_kit.crowd import Crowd, crowd

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
Rule = Callable[[float, int], float]
LEARNING_RATE = 0.1


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"improved_epistemics/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


def refuses(function: Callable[..., object], *arguments: object) -> bool:
    """Return whether a call ends in a ValueError."""
    try:
        function(*arguments)
    except ValueError:
        return True
    return False


# ------------------------------------------------------------------------------------------------ scores


def log_score(p: ArrayLike, o: ArrayLike, clip: float = 1e-6) -> float:
    """Return the mean cost in nats, one forecast after the other."""
    pairs = zip(np.ravel(np.asarray(p, dtype=float)).tolist(), np.ravel(np.asarray(o)).tolist(), strict=True)
    given = [min(max(said if happened else 1 - said, clip), 1 - clip) for said, happened in pairs]
    return -math.fsum(map(math.log, given)) / len(given)


def some_forecasts(purpose: str, n: int) -> tuple[Array, NDArray[np.int64]]:
    """Return n forecasts with two decimals and outcomes that follow them only loosely."""
    rng = rng_for(purpose)
    p = np.round(rng.beta(0.8, 1.2, n), 2)
    return p, (rng.random(n) < 0.2 + 0.5 * p).astype(np.int64)


# ------------------------------------------------------------------------------------------------ scoring rules


def proper_rule(purpose: str) -> Rule:
    """Return a strictly proper loss from a random strictly convex function G: -(G(r) + G'(r) (o - r))."""
    a, b, k = rng_for(purpose).uniform([0.3, 0.2, -3.0], [2.0, 1.0, 3.0]).tolist()

    def rule(report: float, outcome: int) -> float:
        curve = a * report**2 + b * math.exp(k * report)
        slope = 2 * a * report + b * k * math.exp(k * report)
        return -(curve + slope * (outcome - report))

    return rule


def quadratic(report: float, outcome: int) -> float:
    """Proper."""
    return float((report - outcome) ** 2)


def logarithmic(report: float, outcome: int) -> float:
    """Proper, and without a bound."""
    given = report if outcome else 1 - report
    return -math.log(given) if given > 0 else math.inf


def spherical(report: float, outcome: int) -> float:
    """Proper."""
    return -(report if outcome else 1 - report) / math.hypot(report, 1 - report)


def absolute(report: float, outcome: int) -> float:
    """Improper: best at the ends."""
    return abs(report - outcome)


def constant(report: float, outcome: int) -> float:
    """Properness without strictness."""
    return 0.25


def zero_one(report: float, outcome: int) -> float:
    """Properness without strictness: only the side counts."""
    return float((report > 0.5) != bool(outcome))


def quadratic_reward(report: float, outcome: int) -> float:
    """Improper: a reward where a loss is wanted."""
    return -((report - outcome) ** 2)


def fourth_power(report: float, outcome: int) -> float:
    """Improper, though right for beliefs of 0, one half and 1: best nearer to one half."""
    return float((report - outcome) ** 4)


def lopsided(report: float, outcome: int) -> float:
    """Improper, though right for beliefs of 0 and 1: a missed event counts double."""
    return float((2 if outcome else 1) * (report - outcome) ** 2)


def blind_below_half(report: float, outcome: int) -> float:
    """Properness above one half only: reports below are all taken for one half."""
    return float((max(report, 0.5) - outcome) ** 2)


def bonus_at_the_ends(report: float, outcome: int) -> float:
    """Improper, though no small change of an honest report of around one half pays: only the leap to the end does."""
    return float((report - outcome) ** 2) - (0.35 if report in (0.0, 1.0) else 0.0)


def rounded(report: float, outcome: int) -> float:
    """Proper on a grid of tenths and nowhere finer."""
    return float((round(report * 10) / 10 - outcome) ** 2)


# ------------------------------------------------------------------------------------------------ decomposition


def murphy(p: ArrayLike, o: ArrayLike) -> tuple[float, float, float]:
    """Return reliability, resolution and uncertainty from a dictionary of groups."""
    groups: dict[float, list[float]] = {}
    for said, happened in zip(np.asarray(p, dtype=float).tolist(), np.asarray(o).tolist(), strict=True):
        groups.setdefault(said, []).append(float(happened))
    n = sum(map(len, groups.values()))
    base = math.fsum(map(sum, groups.values())) / n
    rates = {said: sum(found) / len(found) for said, found in groups.items()}
    reliability = math.fsum(len(groups[said]) * (said - rate) ** 2 for said, rate in rates.items()) / n
    resolution = math.fsum(len(groups[said]) * (rate - base) ** 2 for said, rate in rates.items()) / n
    return reliability, resolution, base - base * base


# ------------------------------------------------------------------------------------------------ crowds


def crowd_of(purpose: str, **settings: float) -> Crowd:
    """Return a crowd of this release's own."""
    return crowd(seed_for(f"{purpose}/crowd"), **settings)  # type: ignore[arg-type]


def some_weights(purpose: str, n: int) -> Array:
    """Return n weights that differ, do not sum to 1, and of which one is 0."""
    weights = rng_for(f"{purpose}/weights").uniform(0.2, 5.0, n)
    weights[int(rng_for(f"{purpose}/zero").integers(n))] = 0.0
    return np.asarray(weights, dtype=np.float64)


def aggregate(P: ArrayLike, weights: ArrayLike | None = None, extremize: float = 1.0, clip: float = 1e-3) -> Array:
    """Return products of odds, each to the power of its share, the whole to the power of the exponent."""
    forecasts = np.asarray(P, dtype=float)
    shares = np.ones(len(forecasts)) if weights is None else np.asarray(weights, dtype=float)
    shares = shares / shares.sum()
    inner = np.minimum(np.maximum(forecasts, clip), 1 - clip)
    odds = np.prod((inner / (1 - inner)) ** (extremize * shares)[:, None], axis=0)
    return np.asarray(odds / (1 + odds), dtype=np.float64)


def exponent(P: ArrayLike, o: ArrayLike, weights: ArrayLike | None = None, clip: float = 1e-3) -> float:
    """Return the best exponent: the zero of the log score's derivative, which only grows with the exponent."""
    middle = aggregate(P, weights, 1.0, clip)
    x, happened = np.log(middle / (1 - middle)), np.asarray(o, dtype=float)
    low, high = 0.01, 50.0
    for _ in range(100):
        a = (low + high) / 2
        slope = float(np.mean(x * (0.5 * (1 + np.tanh(a * x / 2)) - happened)))
        low, high = (a, high) if slope < 0 else (low, a)
    return (low + high) / 2


def counted(rows: Sequence[tuple[float, int, int]], *, n_forecasters: int) -> tuple[Array, NDArray[np.int64]]:
    """Return a unanimous crowd: each row is (forecast, how many such questions, how many of them ended with a yes)."""
    said = np.concatenate([np.full(n, p) for p, n, _ in rows])
    happened = np.concatenate([np.arange(n) < yes for _, n, yes in rows]).astype(np.int64)
    return np.tile(said, (n_forecasters, 1)), happened


def distorted_crowd(purpose: str, factor: float, *, n: int = 6000) -> tuple[Array, NDArray[np.int64]]:
    """Return a unanimous crowd of three whose log-odds are `factor` times what they ought to be."""
    rng = rng_for(purpose)
    log_odds = rng.normal(0.0, 1.5, n)
    happened = (rng.random(n) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    return np.tile(1 / (1 + np.exp(-factor * log_odds)), (3, 1)), happened


# ------------------------------------------------------------------------------------------------ track records


def hedge(losses: ArrayLike, eta: float) -> Array:
    """Return one row per round; each weight is 1 over a sum of exponentials of differences, which cannot underflow."""
    table = np.asarray(losses, dtype=float)
    before = np.concatenate([np.zeros((1, table.shape[1])), np.cumsum(table, axis=0)[:-1]])
    gap = np.minimum(eta * (before[:, :, None] - before[:, None, :]), 700.0)
    return np.asarray(1 / np.exp(gap).sum(2), dtype=np.float64)


def skill(purpose: str, fit: Callable[..., float], *, n_crowds: int = 16) -> Figure:
    """Return the mean Brier skill against the simple mean on the later halves of unseen crowds.

    The weights come from the record in the earlier half, and so does the exponent, which is the student's part.
    """
    skills = []
    for i in range(n_crowds):
        data = crowd_of(f"{purpose}/{i}")
        half = len(data.outcomes) // 2
        P, o = data.forecasts, data.outcomes
        weights = hedge(((P - o) ** 2).T, LEARNING_RATE)[half]
        a = float(fit(P[:, :half], o[:half], weights, combine=aggregate, score=log_score))
        combined = aggregate(P[:, half:], weights, a)
        skills.append(float(brier_skill(combined, P[:, half:].mean(0), o[half:])))
    return mean_figure(skills)
