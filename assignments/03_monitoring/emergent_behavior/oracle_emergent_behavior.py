"""Hidden side of `emergent_behavior`: independent answers and held-out data for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.
"""

import hashlib
import itertools
import math
import statistics
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from mlsafety_grader import metrics
from mlsafety_kit.grokking import grokking_run
from mlsafety_kit.reward_mdp import boltzmann_policy, reward_mdp

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"emergent_behavior/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ emergence score


def score(y: Sequence[float]) -> float:
    """Return the emergence score in plain Python."""
    values = [float(value) for value in y]
    top, bottom = max(values), min(values)
    if top == bottom:
        return 0.0
    squared_steps = [(b - a) ** 2 for a, b in itertools.pairwise(values)]
    typical = math.sqrt(statistics.median(squared_steps))
    sign = 1 if values.index(top) > values.index(bottom) else -1
    return math.copysign((top - bottom) / typical if typical else math.inf, sign)


def curves(purpose: str) -> dict[str, Array]:
    """Return a rising, a falling and two non-monotone curves of unequal steps; no value occurs twice.

    Steps are odd in number. The extremes of the last two lie inside: what the ends say has the wrong sign there.
    """
    rng = rng_for(f"{purpose}/curves")

    def up(n: int) -> Array:
        return np.asarray(0.05 + rng.exponential(1, n)).cumsum()

    n = 9 + 2 * int(rng.integers(4))
    rising = np.concatenate([[0.0], up(n)])
    climb, fall = up(4), up(n - 7)
    peak = climb[-1]
    bottom = -0.6 * peak
    hill = np.concatenate([[0.0], climb, peak + (bottom - peak) * fall / fall[-1], bottom + 0.9 * peak * up(3) / 40])
    hill[-1] = 0.4 * peak
    return {"rising": rising, "falling": 5 - 2 * rising, "hill": hill, "valley": 1 - 0.3 * hill}


# ------------------------------------------------------------------------------------------------ break point


def two_piece(x: Array, y: Array) -> tuple[float, float, float, float]:
    """Return the answer of `fit_breakpoint`, by fitting the heights of the curve at both ends and at the break."""
    n = len(x)

    def fit(nodes: list[float]) -> tuple[float, Array]:
        tents = np.column_stack([np.interp(x, nodes, row) for row in np.eye(len(nodes))])
        heights = np.linalg.solve(tents.T @ tents, tents.T @ y)
        return float(np.square(y - tents @ heights).sum()), heights

    def bic(sse: float, k: int) -> float:
        return n * math.log(sse / n + 1e-12) + k * math.log(n)

    first, last = float(x[0]), float(x[-1])
    line, _ = fit([first, last])
    broken = [(*fit([first, float(x[i]), last]), float(x[i])) for i in range(2, n - 2)]
    sse, heights, place = min(broken, key=lambda found: found[0])
    before, after = (heights[1] - heights[0]) / (place - first), (heights[2] - heights[1]) / (last - place)
    return place, float(before), float(after), bic(line, 2) - bic(sse, 4)


def uneven_steps(rng: np.random.Generator, n: int) -> Array:
    """Return n increasing numbers at unequal distances, starting between -3 and 3."""
    return np.asarray(rng.uniform(-3, 3) + np.concatenate([[0.0], rng.uniform(0.2, 1.0, n - 1)]).cumsum())


def broken_curves(purpose: str, *, noise: float, n_curves: int = 3) -> list[tuple[Array, Array, int]]:
    """Return noisy curves with a clear break and the index of that break."""
    rng = rng_for(f"{purpose}/broken")
    found = []
    for _ in range(n_curves):
        n = int(rng.integers(24, 40))
        x, place = uneven_steps(rng, n), int(rng.integers(8, n - 8))
        before = rng.choice([-1, 1]) * rng.uniform(0.2, 0.8)
        after = before + rng.choice([-1, 1]) * rng.uniform(0.9, 1.8)
        y = rng.uniform(-2, 2) + before * (x - x[place]) + (after - before) * np.maximum(x - x[place], 0)
        found.append((x, y + noise * rng.normal(size=n), place))
    return found


def noisy_lines(purpose: str, n_lines: int = 60) -> list[tuple[Array, Array]]:
    """Return straight lines with noise: nothing breaks."""
    rng = rng_for(f"{purpose}/lines")
    found = []
    for _ in range(n_lines):
        x = uneven_steps(rng, 30)
        found.append((x, rng.uniform(-1, 1) * x + 0.3 * rng.normal(size=30)))
    return found


# ------------------------------------------------------------------------------------------------ grokking


def delay(steps: Sequence[float], train: Sequence[float], test: Sequence[float], level: float) -> float | None:
    """Return the answer of `grokking_delay` by walking back from the end."""

    def settled(accuracy: Sequence[float]) -> float | None:
        since = None
        for step, value in zip(reversed(list(steps)), reversed(list(accuracy)), strict=True):
            if value < level:
                break
            since = step
        return since

    first, second = settled(train), settled(test)
    return None if first is None or second is None else float(second) - float(first)


def relapsing_curves(purpose: str, n_curves: int = 12) -> list[tuple[Array, Array, Array, float]]:
    """Return steps, two accuracy curves that cross a level, fall back and return for good, and that level.

    Levels are reached exactly now and then, evaluations are unevenly spaced, and either curve may settle first.
    """
    rng = rng_for(f"{purpose}/relapse")
    found = []
    for _ in range(n_curves):
        n, level = int(rng.integers(20, 30)), round(float(rng.uniform(0.6, 0.95)), 2)
        steps = rng.integers(1, 60, n).cumsum()

        def curve(n: int = n, level: float = level) -> Array:
            settles = int(rng.integers(8, n - 3))
            accuracy = rng.uniform(0, level - 0.05, n)
            accuracy[rng.integers(1, settles - 3)] = level + 0.02  # crosses once, too early
            accuracy[settles:] = rng.uniform(level, 1, n - settles)
            accuracy[settles] = level
            return np.asarray(accuracy)

        found.append((steps, curve(), curve(), level))
    return found


def real_run(purpose: str) -> tuple[NDArray[np.generic], NDArray[np.generic], NDArray[np.generic]]:
    """Return the steps, training and test accuracies of a net that was really trained."""
    run = grokking_run(seed_for(f"{purpose}/run"), n_steps=1300, every=25)
    return run["steps"], run["train_accuracy"], run["test_accuracy"]


# ------------------------------------------------------------------------------------------------ best of n


def best_by_enumeration(proxy: Sequence[float], gold: Sequence[float], n: int) -> float:
    """Return the expected gold of the best of n by going through every possible sequence of n draws."""
    total = Fraction(0)
    for drawn in itertools.product(range(len(proxy)), repeat=n):
        best = max(proxy[i] for i in drawn)
        winners = [Fraction(gold[i]) for i in drawn if proxy[i] == best]
        total += sum(winners, Fraction(0)) / len(winners)
    return float(total / len(proxy) ** n)


def best_by_counting(proxy: Sequence[float], gold: Sequence[float], n: int) -> float:
    """Return the same for pools and n of any size, from the chance that nothing better is drawn."""
    size, total = len(proxy), 0.0
    for value in set(proxy):
        tied = [g for p, g in zip(proxy, gold, strict=True) if p == value]
        below, up_to = (sum(p < value for p in proxy) / size, sum(p <= value for p in proxy) / size)
        total += (up_to**n - below**n) * statistics.fmean(tied)
    return total


# ------------------------------------------------------------------------------------------------ policies


def divergence(trusted: Array, unknown: Array, weights: Array | None = None) -> float:
    """Return the weighted mean Jensen-Shannon divergence in bits, as entropy of the mix minus mean entropy."""

    def entropy(rows: Array) -> Array:
        return np.array([-sum(p * math.log2(p) for p in row if p > 0) for row in rows])

    each = entropy((trusted + unknown) / 2) - (entropy(trusted) + entropy(unknown)) / 2
    share = np.full(len(each), 1 / len(each)) if weights is None else weights / weights.sum()
    return float((share * each).sum())


def random_policies(purpose: str, n_states: int, n_actions: int) -> tuple[Array, Array, Array]:
    """Return two policies, with some actions that are never taken, and weights with a zero among them."""
    rng = rng_for(f"{purpose}/policies")
    pair = rng.dirichlet(np.full(n_actions, 0.7), (2, n_states))
    pair[rng.random(pair.shape) < 0.2] = 0
    pair[..., 0] += 0.05
    pair /= pair.sum(2, keepdims=True)
    weights = rng.exponential(3, n_states)
    weights[rng.integers(n_states)] = 0
    return pair[0], pair[1], weights


def policy_zoo(purpose: str, n_worlds: int = 6) -> list[tuple[Array, list[Array], list[Array]]]:
    """Return per unseen world a trusted policy, 12 aligned and 12 proxy-driven ones of the same range of ability.

    Every policy had its own imperfect idea of the reward, so aligned ones differ from the trusted one too.
    """
    zoo = []
    for i in range(n_worlds):
        rng = rng_for(f"{purpose}/zoo/{i}")
        world = reward_mdp(seed_for(f"{purpose}/world/{i}"))
        n_states = len(world.start)
        groups = [
            [
                boltzmann_policy(world, reward + rng.normal(0, 0.3, n_states), float(np.exp(rng.uniform(*ABILITY))))
                for _ in range(12)
            ]
            for reward in (world.true_reward, world.proxy_reward)
        ]
        zoo.append((boltzmann_policy(world, world.true_reward, 1.0), groups[0], groups[1]))
    return zoo


ABILITY = (math.log(0.5), math.log(4.0))


def mean_auroc(scores: Sequence[tuple[Sequence[float], Sequence[float]]]) -> float:
    """Return the mean over worlds of the AUROC of aligned against proxy-driven scores."""
    return float(np.mean([float(metrics.auroc(aligned, driven)) for aligned, driven in scores]))
