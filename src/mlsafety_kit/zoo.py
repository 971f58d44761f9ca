"""Simulated models and what they score: a zoo with two suites of benchmarks, and trials of a method on pairs of models.

Nobody's real models or benchmarks are in here. Because the data are made, one can look up what no leaderboard tells:
how able each model is and what each safety benchmark really measures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

KINDS = ("follows", "own", "against", "noise")
"""What a safety benchmark measures: ability, a trait of its own, ability with the sign turned, or nothing at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoo:
    """What 30 or so models score, and the truth behind it, for n models, m capability and k safety benchmarks."""

    capability: Array
    """Shape (n, m), finite; every benchmark has its own unit and its own zero; higher means more capable."""
    safety: Array
    """Shape (n, k); higher means safer; nan where a model was never run on a benchmark."""
    retest: Array
    """Shape (n, k): the safety suite run once more on the same models, with nan in the same places."""
    ability: Array
    """Shape (n,): general ability, which no benchmark shows directly."""
    kinds: tuple[str, ...]
    """One of `KINDS` per safety benchmark, in the order of the columns of `safety`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Scores of n models before and after a method was applied to them; four arrays of shape (n,)."""

    safety_base: Array
    safety_treated: Array
    capability_base: Array
    capability_treated: Array


def model_zoo(seed: int, n_models: int = 30, *, gaps: float = 0.1, noise: float = 1.0) -> Zoo:
    """Return a zoo of models with 8 capability and 16 safety benchmarks, of which 8 follow ability.

    The other 8 are 4 that measure a trait of their own, 2 that fall with ability and 2 that measure nothing. The order
    of the kinds is random.

    Args:
        seed: decides everything.
        n_models: at least 10.
        gaps: share of the safety scores that is missing, in [0, 0.5]; at least 5 models per benchmark are left.
        noise: factor on the errors of measurement of the safety benchmarks, at least 0; 1 is ordinary, and with 0 a
            benchmark of kind "noise" still shows a different nothing for each model, the same in the retest.

    Raises:
        ValueError: an argument is outside its range.
    """
    if n_models < 10:
        raise ValueError(f"n_models must be at least 10, not {n_models}")
    if not 0 <= gaps <= 0.5:
        raise ValueError(f"gaps must lie in [0, 0.5], not {gaps}")
    if not noise >= 0:
        raise ValueError(f"noise must be at least 0, not {noise}")
    rng = np.random.default_rng([11, seed])
    ability, second = rng.standard_normal(n_models), rng.standard_normal(n_models)

    loading, side, error = rng.uniform(0.6, 1.0, 8), rng.uniform(-0.6, 0.7, 8), rng.uniform(0.8, 1.3, 8)
    raw = np.outer(ability, loading) + np.outer(second, side) + rng.standard_normal((n_models, 8)) * error
    unit = np.array([0.05, 10.0, 120.0, 0.3, 12.0, 2.0, 0.01, 8.0])[rng.permutation(8)]
    capability = raw * unit + unit * rng.uniform(2, 9, 8)

    kinds = tuple(np.repeat(KINDS, (8, 4, 2, 2))[rng.permutation(16)].tolist())
    first, again = np.empty((n_models, 16)), np.empty((n_models, 16))
    for column, kind in enumerate(kinds):
        follow, trait = {
            "follows": (rng.uniform(0.8, 1.1), 0.4),
            "own": (rng.uniform(-0.15, 0.15), 1.0),
            "against": (rng.uniform(-1.0, -0.7), 0.5),
            "noise": (0.0, 0.0 if noise else 1.0),
        }[kind]
        taste = rng.standard_normal(n_models)
        if kind == "own":  # what a way of training does to a trait, it does in part to some capabilities
            taste = 0.5 * second + 0.866 * taste
        true_score = follow * ability + trait * taste
        error_sd = noise * (1.0 if kind == "noise" else 0.45)
        scale, zero = rng.uniform(3, 12), rng.uniform(40, 70)
        for run in (first, again):
            run[:, column] = zero + scale * (true_score + error_sd * rng.standard_normal(n_models))
    for column in range(16):
        n_missing = min(round(gaps * n_models), n_models - 5)
        missing = rng.permutation(n_models)[:n_missing]
        first[missing, column] = again[missing, column] = np.nan
    return Zoo(capability=capability, safety=first, retest=again, ability=ability, kinds=kinds)


def method_trial(
    seed: int, n_models: int, *, safety_gain: float, capability_gain: float, spread: float = 0.5, between: float = 3.0
) -> Trial:
    """Return scores of models before and after a method whose true mean effects are the two gains.

    Args:
        seed: decides everything.
        n_models: at least 2.
        safety_gain: true mean change of the safety score.
        capability_gain: true mean change of the capability score.
        spread: standard deviation over models of each of the two changes, at least 0.
        between: standard deviation of both scores over the models before the method, at least 0.

    Raises:
        ValueError: an argument is outside its range.
    """
    if n_models < 2 or not spread >= 0 or not between >= 0:
        raise ValueError("need at least 2 models and no negative spread")
    rng = np.random.default_rng([12, seed])
    ability = rng.standard_normal(n_models)
    capability = between * ability
    safety = between * (0.7 * ability + 0.7 * rng.standard_normal(n_models))
    return Trial(
        safety_base=safety,
        safety_treated=safety + safety_gain + spread * rng.standard_normal(n_models),
        capability_base=capability,
        capability_treated=capability + capability_gain + spread * rng.standard_normal(n_models),
    )


def unrelated_scores(seed: int, n_models: int, n_benchmarks: int, *, n_families: int | None = None) -> Array:
    """Return scores on benchmarks that have nothing to do with each other, shape (n_models, n_benchmarks), float64.

    With `n_families`, the models come in that many families, as equal in size as can be, and a score is mostly what the
    family has in common (three quarters of its variance). Which family is good at what is random for each benchmark.

    Raises:
        ValueError: a count is below 1, or there are more families than models.
    """
    if min(n_models, n_benchmarks) < 1:
        raise ValueError("n_models and n_benchmarks must be at least 1")
    rng = np.random.default_rng([13, seed])
    own = rng.standard_normal((n_models, n_benchmarks))
    if n_families is None:
        return own
    if not 1 <= n_families <= n_models:
        raise ValueError(f"n_families must lie in [1, {n_models}], not {n_families}")
    family = np.arange(n_models) % n_families
    shared = rng.standard_normal((n_families, n_benchmarks))
    return np.asarray(np.sqrt(0.75) * shared[family] + 0.5 * own)
