"""Hidden side of `capabilities_externalities`: independent answers and unseen suites, zoos and studies.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: the component is found by eigenvalues of the correlation
matrix, ranks by counting, the line by a least squares solver, and bootstrap intervals by listing every resample.
"""

import hashlib
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlsafety_kit.zoo import Zoo, model_zoo

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
Effect = tuple[float, float, float]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"capabilities_externalities/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ suites and zoos


def suite(purpose: str, n_models: int, n_benchmarks: int) -> Array:
    """Return capability benchmarks in very different units, in which one direction clearly comes first."""
    rng = rng_for(purpose)
    ability = rng.standard_normal(n_models)
    while True:
        raw = np.outer(ability, rng.uniform(0.8, 1.2, n_benchmarks))
        raw += rng.uniform(0.4, 1.1, n_benchmarks) * rng.standard_normal((n_models, n_benchmarks))
        if np.corrcoef(raw.T)[np.triu_indices(n_benchmarks, 1)].min() > 0.1:  # every benchmark sides with the others
            return np.asarray(raw * 10.0 ** rng.uniform(-1.5, 1.5, n_benchmarks) + rng.uniform(-20, 60, n_benchmarks))


def zoo(purpose: str, gaps: float) -> Zoo:
    """Return a zoo that no student has seen."""
    return model_zoo(seed_for(f"zoo/{purpose}"), gaps=gaps)


# ------------------------------------------------------------------------------------------------ the answers


def component(B: ArrayLike) -> tuple[Array, float]:
    """Return scores and share from the correlation matrix."""
    table = np.asarray(B, dtype=np.float64)
    values, vectors = np.linalg.eigh(np.corrcoef(table.T).reshape(table.shape[1], -1))
    loadings = vectors[:, -1] * (1 if vectors[:, -1].sum() > 0 else -1)
    scores = (table - np.mean(table, axis=0)) / np.std(table, axis=0) @ loadings
    return scores / np.sqrt(np.mean(scores**2)), float(values[-1] / table.shape[1])


def spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Return the rank correlation; ranks come from counting smaller and equal values, and are kept as whole numbers."""
    doubled = []
    for side in (x, y):
        values = np.asarray(side, dtype=np.float64)
        below, alike = values[:, None] > values[None, :], values[:, None] == values[None, :]
        rank = 2 * below.sum(1) + alike.sum(1) + 1
        doubled.append((rank - (len(values) + 1)).tolist())
    top = sum(a * b for a, b in zip(*doubled, strict=True))
    bottom = sum(a * a for a in doubled[0]) * sum(b * b for b in doubled[1])
    return float(top / bottom**0.5) if bottom else 0.0


def residual(safety: ArrayLike, cap: ArrayLike) -> Array:
    """Return what a least squares solver leaves over."""
    values, along = np.asarray(safety, dtype=np.float64), np.asarray(cap, dtype=np.float64)
    design = np.column_stack([np.ones(len(along)), along])
    return np.asarray(values - design @ np.linalg.lstsq(design, values, rcond=None)[0])


def exact_interval(change: ArrayLike, level: float) -> tuple[float, float]:
    """Return the ends of the percentile interval for endlessly many resamples, from the list of all n**n of them."""
    values = np.asarray(change, dtype=np.float64)
    n = len(values)
    chances: dict[float, Fraction] = {}
    for drawn in product(range(n), repeat=n):
        mean = round(float(values[list(drawn)].mean()), 9)
        chances[mean] = chances.get(mean, Fraction(0)) + Fraction(1, n**n)
    ends = []
    for target in ((1 - level) / 2, (1 + level) / 2):
        total = Fraction(0)
        for mean in sorted(chances):
            total += chances[mean]
            if total > target:
                ends.append(mean)
                break
    return ends[0], ends[1]


def study(purpose: str) -> tuple[Effect, Effect, float]:
    """Return two effects with intervals and a tolerance, with every verdict likely and means that mislead."""
    rng = rng_for(purpose)
    effects = []
    for lean, half in ((0.8, 0.5), (0.4, 0.7)):
        middle, width = rng.normal(lean, 1.0), half * rng.uniform(0.2, 1.5)
        effects.append((float(middle + rng.uniform(-1, 1) * width), float(middle - width), float(middle + width)))
    return effects[0], effects[1], float(rng.choice([0.0, 0.3, 0.8]))


def verdict(safety: Effect, cap: Effect, tol: float) -> str:
    """Return the verdict from the three facts that decide it."""
    facts = (safety[1] > 0, cap[2] > tol, cap[1] > tol)
    return {
        (True, False, False): "safety",
        (True, True, False): "uncertain",
        (True, True, True): "capability externality",
    }.get(facts, "no safety gain")


def washing(S: Array, B: Array) -> Array:
    """Return the washing scores, benchmark by benchmark and model by model."""
    cap = component(B)[0].tolist()
    found = []
    for column in S.T.tolist():
        pairs = [(score, c) for score, c in zip(column, cap, strict=True) if score == score]
        found.append(spearman([score for score, _ in pairs], [c for _, c in pairs]))
    return np.array(found)
