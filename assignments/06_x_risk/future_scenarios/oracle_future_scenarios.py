"""Hidden side of `future_scenarios`: independent answers and unseen chains, beliefs and worlds for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: all outcomes are listed and added up, years are lived through
one by one, worlds are solved by policy iteration, and posteriors are computed in decimal arithmetic without logarithms.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
Chain = list[dict[tuple[int, ...], float]]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"future_scenarios/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ premises


def chain(purpose: str, n_premises: int) -> Chain:
    """Return a chain in which a premise leans on the one before it, with much that is random in every row."""
    rng = rng_for(purpose)
    tables: Chain = []
    for i in range(n_premises):
        table = {}
        for outcomes in product((0, 1), repeat=i):
            lean = outcomes[-1] if outcomes else 0.7
            table[outcomes] = float(0.5 * lean + 0.5 * rng.uniform(0.05, 0.95))
        tables.append(table)
    return tables


def chain_exact(cpt: Sequence[Mapping[tuple[int, ...], float]]) -> tuple[float, float]:
    """Return both numbers from the list of all 2**n outcomes and their probabilities."""
    n = len(cpt)
    joint = {}
    for outcome in product((0, 1), repeat=n):
        chances = (cpt[i][outcome[:i]] if outcome[i] else 1 - cpt[i][outcome[:i]] for i in range(n))
        joint[outcome] = math.prod(chances)
    marginals = (math.fsum(p for outcome, p in joint.items() if outcome[i]) for i in range(n))
    return joint[(1,) * n], math.prod(marginals)


# ------------------------------------------------------------------------------------------------ survival


def survival_exact(hazards: ArrayLike, weights: ArrayLike, horizon: int) -> Array:
    """Return survival by living through one year after the other in all candidate worlds."""
    lost = [float(h) for h in np.ravel(hazards)]
    alive = [float(w) for w in np.ravel(weights)]
    record = [math.fsum(alive)]
    for _ in range(horizon):
        alive = [share - share * h for share, h in zip(alive, lost, strict=True)]
        record.append(math.fsum(alive))
    return np.array(record)


# ------------------------------------------------------------------------------------------------ the off switch


def off_switch_exact(utilities: ArrayLike, probs: ArrayLike, beta: float) -> dict[str, float]:
    """Return the four values term by term, with the sigmoid as a hyperbolic tangent."""
    act, defer = [], []
    for u, p in zip(np.ravel(utilities).tolist(), np.ravel(probs).tolist(), strict=True):
        allowed = float(u > 0) if math.isinf(beta) else (1 + math.tanh(beta * u / 2)) / 2
        act.append(p * u)
        defer.append(p * u * allowed)
    value, asked = math.fsum(act), math.fsum(defer)
    return {"act": value, "off": 0.0, "defer": asked, "incentive": min(asked - value, asked)}


# ------------------------------------------------------------------------------------------------ power


def world(purpose: str, n_states: int, n_actions: int, *, certain: bool) -> Array:
    """Return random transitions, shape (S, A, S): an action leads to one state if `certain`, else to many."""
    rng = rng_for(f"{purpose}/{certain}")
    if certain:
        return np.eye(n_states)[rng.integers(n_states, size=(n_states, n_actions))]
    return rng.dirichlet(np.full(n_states, 0.4), (n_states, n_actions))


def power_exact(transitions: Array, gamma: float, rewards: Array) -> Array:
    """Return POWER by policy iteration, goal by goal: what follows the first step is valued, nothing is subtracted."""
    n = len(transitions)
    total = np.zeros(n)
    for reward in rewards:
        policy = np.zeros(n, dtype=int)
        while True:
            values = np.linalg.solve(np.eye(n) - gamma * transitions[np.arange(n), policy], reward)
            quality = transitions @ values
            better = quality.max(1) > quality[np.arange(n), policy] + 1e-11
            if not better.any():
                break
            policy = np.where(better, quality.argmax(1), policy)
        total += (1 - gamma) * quality.max(1)
    return np.asarray(total / len(rewards))


# ------------------------------------------------------------------------------------------------ audits


def posterior_exact(prior: float, n_clean: int, p_defect: float, detect: float, false_alarm: float) -> float:
    """Return the posterior in decimal arithmetic with sixty digits and an exponent of any size."""
    with localcontext() as context:
        context.prec = 60
        before, d, q, f = (Decimal(value) for value in (prior, p_defect, detect, false_alarm))
        alarm = d * q + (1 - d) * f
        guilty, innocent = before * (1 - alarm) ** n_clean, (1 - before) * (1 - f) ** n_clean
        return float(guilty / (guilty + innocent))
