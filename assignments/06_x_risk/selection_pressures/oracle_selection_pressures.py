"""Hidden side of `selection_pressures`: independent answers and unseen populations and games for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: averages are taken over the offspring, shares move as
differences of logarithms under an adaptive integrator, stability is tried out by a small invasion in exact fractions,
fixation is the absorption of a Markov chain (or decimal arithmetic), and basins are lengths of intervals.
"""

import hashlib
import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"selection_pressures/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ Price


def price_exact(w: ArrayLike, z: ArrayLike, z_off: ArrayLike) -> tuple[float, float, float]:
    """Return the three parts from means over the offspring: of their parents' traits and of their own."""
    fitness, before, after = (np.ravel(np.asarray(part, dtype=float)).tolist() for part in (w, z, z_off))
    n_offspring = math.fsum(fitness)
    mean_before = math.fsum(before) / len(before)
    of_parents = math.fsum(k * x for k, x in zip(fitness, before, strict=True)) / n_offspring
    of_offspring = math.fsum(k * x for k, x in zip(fitness, after, strict=True) if k > 0) / n_offspring
    return of_parents - mean_before, of_offspring - of_parents, of_offspring - mean_before


# ------------------------------------------------------------------------------------------------ replicator


def replicator_exact(A: ArrayLike, x0: ArrayLike, times: Array) -> Array:
    """Return shares at `times` (from 0) for a start inside the simplex, by integrating logarithms of ratios."""
    payoff, start = np.asarray(A, dtype=float), np.asarray(x0, dtype=float)

    def shares(ratios: Array) -> Array:
        grown = np.exp(np.append(ratios, 0.0) - max(ratios.max(), 0.0))
        return np.asarray(grown / grown.sum())

    def slope(_: float, ratios: Array) -> Array:
        earned = payoff @ shares(ratios)
        return np.asarray(earned[:-1] - earned[-1])

    first = np.log(start[:-1]) - np.log(start[-1])
    found = solve_ivp(slope, (0, times[-1]), first, method="DOP853", t_eval=times, rtol=1e-10, atol=1e-11)
    return np.array([shares(ratios) for ratios in found.y.T])


# ------------------------------------------------------------------------------------------------ stability


def ess_exact(A: ArrayLike) -> list[int]:
    """Return the pure strategies of an integer game that do better than any rare intruder, by letting each intrude."""
    payoff = [[Fraction(int(value)) for value in row] for row in np.asarray(A).tolist()]
    few, n = Fraction(1, 10**9), len(payoff)

    def earns(who: int, resident: int, intruder: int) -> Fraction:
        return (1 - few) * payoff[who][resident] + few * payoff[who][intruder]

    return [i for i in range(n) if all(earns(i, i, j) > earns(j, i, j) for j in range(n) if j != i)]


# ------------------------------------------------------------------------------------------------ fixation


def fixation_by_chain(A: ArrayLike, N: int, w: float) -> float:
    """Return the absorption probability of the Moran process, from its full transition matrix."""
    (a, b), (c, d) = np.asarray(A, dtype=float).tolist()
    move = np.zeros((N + 1, N + 1))
    for i in range(1, N):
        mine = 1 - w + w * (a * (i - 1) + b * (N - i)) / (N - 1)
        other = 1 - w + w * (c * i + d * (N - i - 1)) / (N - 1)
        total = i * mine + (N - i) * other
        move[i, i + 1] = i * mine / total * (N - i) / N
        move[i, i - 1] = (N - i) * other / total * i / N
        move[i, i] = 1 - move[i, i + 1] - move[i, i - 1]
    inner = slice(1, N)
    return float(np.linalg.solve(np.eye(N - 1) - move[inner, inner], move[inner, N])[0])


def fixation_in_decimals(A: ArrayLike, N: int, w: float) -> float:
    """Return the same in decimal arithmetic with forty digits and an exponent of any size."""
    with localcontext() as context:
        context.prec = 40
        a, b, c, d = (Decimal(float(value)) for value in np.ravel(np.asarray(A, dtype=float)))
        strength = Decimal(float(w))
        rest, product, total = 1 - strength, Decimal(1), Decimal(1)
        for i in range(1, N):
            mine = rest + strength * ((i - 1) * a + (N - i) * b) / (N - 1)
            other = rest + strength * (i * c + (N - i - 1) * d) / (N - 1)
            product *= other / mine
            total += product
        return float(1 / total)


# ------------------------------------------------------------------------------------------------ basins


def basin_length(A: ArrayLike) -> float:
    """Return the length of the set of starting shares in (0, 1) from which row 0 goes to 1."""
    (a, b), (c, d) = np.asarray(A, dtype=float).tolist()
    rare, common = b - d, a - c  # row 0's lead when it is rare and when it is common
    if common < 0 or max(rare, common) <= 0:
        return 0.0
    return 1.0 if rare >= 0 else common / (common - rare)


def basin_count(A: ArrayLike, n_grid: int) -> float:
    """Return the share of midpoints that lie inside that set."""
    length = basin_length(A)
    inside = [k for k in range(n_grid) if (k + 0.5) / n_grid > 1 - length]
    return len(inside) / n_grid


def coordination_game(purpose: str) -> Array:
    """Return a random game in which both strategies are stable, and more is needed than nothing for shares above 0.6.

    The unstable share of row 0 lies between 0.4 and 0.9.
    """
    rng = rng_for(purpose)
    b, d_lead = rng.uniform(-1, 3), rng.uniform(1, 4)
    unstable = rng.uniform(0.4, 0.9)
    a_lead = d_lead * (1 - unstable) / unstable
    c = rng.uniform(-1, 3)
    return np.array([[c + a_lead, b], [c, b + d_lead]])


def penalty_exact(A: ArrayLike, share: float) -> float:
    """Return the smallest penalty on row 1 that gives row 0 the wanted share of starting points, in closed form."""
    (a, b), (c, d) = np.asarray(A, dtype=float).tolist()
    curvature = a - b - c + d
    if curvature > 0:
        return max(0.0, d - b - (1 - share) * curvature)
    return max(0.0, c - a)
