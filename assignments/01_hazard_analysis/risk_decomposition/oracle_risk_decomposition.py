"""Hidden side of `risk_decomposition`: independent answers and held-out registers for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: one `math` call after the other instead of arrays, moments of
the log-normal distribution instead of draws, a search that takes or leaves one measure at a time, and an integral
instead of a sum over subsets for the credit.
"""

import hashlib
import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlsafety_kit.registers import Register, register

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
TIE = 1e-9  # residuals that differ by less, relatively, count as equal


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"risk_decomposition/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


def held_out(purpose: str, *, hazards: int = 6, measures: int = 9) -> Register:
    """Return a register of this release's own."""
    return register(seed_for(f"{purpose}/register"), hazards=hazards, measures=measures)


# ------------------------------------------------------------------------------------------------ one risk


def contributions(
    p: Sequence[float],
    severity: Sequence[float],
    exposure: Sequence[float],
    vulnerability: Sequence[float],
    coping: Sequence[float],
) -> list[float]:
    """Return what every hazard contributes, from sums of logarithms."""
    rows = zip(p, severity, exposure, vulnerability, coping, strict=True)
    return [
        0.0 if min(row[:4]) == 0 else math.exp(math.fsum(map(math.log, row[:4])) - math.log(row[4])) for row in rows
    ]


def exceedance(probs: ArrayLike, losses: ArrayLike) -> tuple[list[float], list[float]]:
    """Return levels and chances, one level after the other."""
    pairs = list(zip(np.ravel(losses).tolist(), np.ravel(probs).tolist(), strict=True))
    levels = sorted({loss for loss, _ in pairs})
    return levels, [math.fsum(chance for loss, chance in pairs if loss >= level) for level in levels]


def same(seen: ArrayLike, expected: ArrayLike) -> bool:
    """Return whether two arrays have one shape and agree to 1e-9, relative to the larger entries."""
    left, right = np.asarray(seen, dtype=float), np.asarray(expected, dtype=float)
    return left.shape == right.shape and bool(np.allclose(left, right, rtol=1e-9, atol=1e-12))


# ------------------------------------------------------------------------------------------------ uncertain factors


def uncertain_factors(purpose: str, k: int = 4) -> tuple[Array, Array]:
    """Return means and covariances of k log factors that share a cause; the standard deviation of their sum is 1.2."""
    rng = rng_for(f"{purpose}/factors")
    sd, load = rng.uniform(0.4, 0.9, k), rng.uniform(0.5, 0.8, k)
    cov = np.outer(sd * load, sd * load) + np.diag(sd**2 * (1 - load**2))
    return rng.uniform(-2.0, 1.0, k), cov * 1.44 / cov.sum()


def risk_figures(log_mean: Array, log_cov: Array, n: int) -> dict[str, tuple[float, float]]:
    """Return mean, 5 % and 95 % quantile of the risk, each with six standard errors of n draws."""
    middle, variance = float(np.sum(log_mean)), max(float(np.sum(log_cov)), 0.0)
    spread = math.sqrt(variance)
    mean = math.exp(middle + variance / 2)
    figures = {"mean": (mean, 6 * mean * math.sqrt(math.expm1(variance) / n) + 1e-9 * mean)}
    z = NormalDist().inv_cdf(0.95)
    for name, side in (("q05", -z), ("q95", z)):
        value = math.exp(middle + side * spread)
        figures[name] = (value, 6 * value * spread * math.sqrt(0.0475 / n) / NormalDist().pdf(z) + 1e-9 * value)
    return figures


# ------------------------------------------------------------------------------------------------ portfolios


def residual(factors: ArrayLike, multipliers: ArrayLike, chosen: Sequence[int]) -> float:
    """Return the risk that remains with the chosen measures, factor by factor."""
    table, changes = np.asarray(factors, dtype=float).tolist(), np.asarray(multipliers, dtype=float).tolist()
    return math.fsum(
        math.prod([*row, *(factor for i in chosen for factor in changes[i][h])]) for h, row in enumerate(table)
    )


def best_portfolio(
    factors: ArrayLike, multipliers: ArrayLike, costs: ArrayLike, budget: float
) -> tuple[tuple[int, ...], float]:
    """Return the best set of measures by taking or leaving one after the other."""
    prices = np.asarray(costs, dtype=float).tolist()
    start = [math.prod(row) for row in np.asarray(factors, dtype=float).tolist()]
    cut = [[math.prod(row) for row in change] for change in np.asarray(multipliers, dtype=float).tolist()]
    found: list[tuple[float, float, tuple[int, ...]]] = []

    def choose(i: int, left: list[float], spent: float, taken: tuple[int, ...]) -> None:
        if i == len(prices):
            found.append((math.fsum(left), spent, taken))
            return
        choose(i + 1, left, spent, taken)
        if spent + prices[i] <= budget + TIE:
            after = [risk * share for risk, share in zip(left, cut[i], strict=True)]
            choose(i + 1, after, spent + prices[i], (*taken, i))

    choose(0, start, 0.0, ())
    lowest = min(risk for risk, _, _ in found)
    equal = [entry for entry in found if entry[0] <= lowest * (1 + TIE)]
    _, _, chosen = min(equal, key=lambda entry: (round(entry[1], 9), len(entry[2]), entry[2]))
    return chosen, residual(factors, multipliers, chosen)


def regret(held: Register, chosen: Sequence[int]) -> float:
    """Return the residual risk of a choice over the optimum's, minus 1; a choice nobody can pay for counts 1000."""
    picked = sorted({int(i) for i in chosen})
    if sum(int(held.costs[i]) for i in picked) > held.budget:
        return 1000.0
    _, optimum = best_portfolio(held.factors, held.multipliers, held.costs, held.budget)
    return min(max(residual(held.factors, held.multipliers, picked) / optimum - 1, 0.0), 1000.0)


def price_list(purpose: str, measures: int) -> Array:
    """Return prices that are no whole numbers, so that sums of them carry rounding errors: multiples of 0.1."""
    return rng_for(f"{purpose}/prices").integers(1, 8, measures) / 10


# ------------------------------------------------------------------------------------------------ credit


def shapley_credit(factors: ArrayLike, multipliers: ArrayLike) -> Array:
    """Return Shapley values as an integral: every other measure is present with chance t, and t runs from 0 to 1.

    For a product over measures the integrand is a polynomial of degree m - 1, so sixteen Gauss points are exact.
    """
    risks = [math.prod(row) for row in np.asarray(factors, dtype=float).tolist()]
    kept = [[math.prod(row) for row in change] for change in np.asarray(multipliers, dtype=float).tolist()]
    nodes, weights = np.polynomial.legendre.leggauss(16)
    credit = []
    for i, own in enumerate(kept):
        total = 0.0
        for h, risk in enumerate(risks):
            others = [1 - (nodes + 1) / 2 * (1 - kept[j][h]) for j in range(len(kept)) if j != i]
            present = np.prod(np.vstack([np.ones_like(nodes), *others]), axis=0)
            total += risk * (1 - own[h]) * float(weights @ present) / 2
        credit.append(total)
    return np.array(credit)
