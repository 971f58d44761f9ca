"""Hidden side of `value_learning`: independent answers, held-out worlds and people for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: Newton's method for the fit, policy iteration for planning, a
long sum instead of a linear solve for feature expectations, and one `math` call after the other for losses and
posteriors.
"""

import hashlib
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlsafety_grader.metrics import Figure, normalised_return
from mlsafety_kit.gridworld import Comparisons, GridWorld, comparisons, gridworld, human_weights, soft_policy

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
Planner = Callable[[Array, Array, float], Array]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"value_learning/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ worlds and people


def world_of(purpose: str, *, gamma: float = 0.9) -> GridWorld:
    """Return a grid world of this release's own."""
    return gridworld(seed_for(f"{purpose}/layout"), gamma=gamma)


def person(purpose: str) -> Array:
    """Return what a person of this release's own thinks each terrain is worth, shape (5,)."""
    return human_weights(seed_for(f"{purpose}/person"))


def judged_pairs(purpose: str, n: int) -> Comparisons:
    """Return n comparisons by `person(purpose)` in `world_of(purpose)`."""
    return comparisons(world_of(purpose), person(purpose), n, seed=seed_for(f"{purpose}/pairs"))


def chain(purpose: str, *, n_states: int = 7, n_actions: int = 3) -> Array:
    """Return random transitions, shape (S, A, S). No two actions are alike, and the way back is not the way there."""
    return rng_for(f"{purpose}/chain").dirichlet(np.full(n_states, 0.4), (n_states, n_actions))


# ------------------------------------------------------------------------------------------------ preferences


def bt_loss(r_a: ArrayLike, r_b: ArrayLike, prefs: ArrayLike) -> float:
    """Return the loss pair by pair: the larger of the two costs is written so that its exponential cannot overflow."""
    total = []
    for a, b, p in zip(np.ravel(r_a), np.ravel(r_b), np.ravel(prefs), strict=True):
        margin = float(a) - float(b)
        rest = math.log1p(math.exp(-abs(margin)))
        total += [float(p) * (max(-margin, 0.0) + rest), (1 - float(p)) * (max(margin, 0.0) + rest)]
    return math.fsum(total) / np.size(prefs)


def fitted_weights(phi_a: Array, phi_b: Array, prefs: Array, l2: float) -> Array:
    """Return the minimiser by Newton's method, damped where a full step would not descend."""
    change, n = phi_a - phi_b, len(prefs)

    def objective(w: Array) -> float:
        return bt_loss(phi_a @ w, phi_b @ w, prefs) + l2 / 2 * float(w @ w)

    weights = np.zeros(phi_a.shape[1])
    for _ in range(60):
        p = 0.5 * (1 + np.tanh(change @ weights / 2))
        slope = change.T @ (p - prefs) / n + l2 * weights
        curvature = (change * (p * (1 - p))[:, None]).T @ change / n + l2 * np.eye(len(weights))
        step, size = np.linalg.solve(curvature, slope), 1.0
        while objective(weights - size * step) > objective(weights) + 1e-15 and size > 1e-6:
            size /= 2
        weights = weights - size * step
        if np.abs(step).max() < 1e-12:
            break
    return weights


# ------------------------------------------------------------------------------------------------ planning


def optimal_values(transitions: Array, reward: Array, gamma: float) -> Array:
    """Return the optimal values by policy iteration, shape (S,)."""
    n = len(reward)
    policy = np.zeros(n, dtype=int)
    while True:
        values = np.linalg.solve(np.eye(n) - gamma * transitions[np.arange(n), policy], reward)
        quality = transitions @ values
        better = quality.max(1) > quality[np.arange(n), policy] + 1e-11
        if not better.any():
            return values
        policy = np.where(better, quality.argmax(1), policy)


def best_policy(transitions: Array, reward: Array, gamma: float) -> Array:
    """Return a best policy as probabilities, shape (S, A)."""
    quality = transitions @ optimal_values(transitions, reward, gamma)
    return np.eye(quality.shape[1])[quality.argmax(1)]


def value_iteration(transitions: Array, reward: Array, gamma: float) -> tuple[Array, NDArray[np.int64]]:
    """Return values and a best policy, in the form of the student's function."""
    reward = np.asarray(reward)
    return optimal_values(transitions, reward, gamma), best_policy(transitions, reward, gamma).argmax(1)


def feature_expectations(transitions: Array, policy: Array, phi: Array, gamma: float, start: Array) -> Array:
    """Return the discounted sum of expected features by doubling: the first 2n steps from the first n."""
    moves, reached = np.einsum("sa,sat->st", policy, transitions), np.array(start, dtype=float)
    occupancy, power, weight = reached, moves, gamma
    for _ in range(20):  # after k rounds `occupancy` holds 2**k steps
        occupancy = occupancy + weight * occupancy @ power
        power, weight = power @ power, weight**2
    return occupancy @ phi


def true_return(world: GridWorld, policy: Array, weights: Array) -> float:
    """Return the expected discounted reward of a policy, shape (S, A), for a person with these weights."""
    reached = feature_expectations(world.transitions, policy, world.phi, world.gamma, world.start)
    return float(reached @ weights)


def transfer(purpose: str, learned: Sequence[ArrayLike], weights: Sequence[Array], *, n_worlds: int = 3) -> Figure:
    """Return the normalised return of learned weights in `n_worlds` unseen worlds for each person.

    The best policy for the learned weights is planned here and scored with the person's own weights.
    """
    scores: tuple[list[float], list[float], list[float]] = ([], [], [])
    for i, (hat, true) in enumerate(zip(learned, weights, strict=True)):
        for k in range(n_worlds):
            world = world_of(f"{purpose}/unseen/{i}/{k}")
            planned = best_policy(world.transitions, world.phi @ np.asarray(hat, dtype=float), world.gamma)
            best = best_policy(world.transitions, world.phi @ true, world.gamma)
            policies = (planned, np.full(best.shape, 1 / best.shape[1]), best)
            for column, policy in zip(scores, policies, strict=True):
                column.append(true_return(world, policy, true))
    return normalised_return(*scores, seed=seed_for(f"{purpose}/bootstrap"))


# ------------------------------------------------------------------------------------------------ demonstrations


def ascent(
    world: GridWorld, mu_expert: Array, *, lr: float, steps: int, planner: Planner = soft_policy, start: Array
) -> Array:
    """Return the weights after `steps` steps from 0, as the sum of all gaps between expert and learner."""
    gaps = [np.zeros(world.phi.shape[1])]
    for _ in range(steps):
        weights = lr * np.sum(gaps, axis=0)
        policy = planner(world.transitions, world.phi @ weights, world.gamma)
        learner = feature_expectations(world.transitions, policy, world.phi, world.gamma, start)
        gaps.append(mu_expert - learner)
    return lr * np.sum(gaps, axis=0)


def expert_features(world: GridWorld, weights: Array, start: Array | None = None) -> Array:
    """Return the feature expectations of a noisy planner with these weights."""
    policy = soft_policy(world.transitions, world.phi @ weights, world.gamma)
    return feature_expectations(
        world.transitions, policy, world.phi, world.gamma, world.start if start is None else start
    )


def blunt_planner(transitions: Array, reward: Array, gamma: float) -> Array:
    """Plan for one step only and with little care: nothing like `soft_policy`."""
    score = 0.5 * np.asarray(transitions) @ np.asarray(reward)
    weight = np.exp(score - score.max(1, keepdims=True))
    return np.asarray(weight / weight.sum(1, keepdims=True))


def demonstrations(transitions: Array, reward: Array, gamma: float, beta: float, n: int, *, purpose: str) -> Array:
    """Return n pairs (state, action), int64 of shape (n, 2), of a demonstrator who follows the model."""
    rng = rng_for(f"{purpose}/demonstrations")
    score = beta * gamma * transitions @ optimal_values(transitions, reward, gamma)
    weight = np.exp(score - score.max(1, keepdims=True))
    chance = weight / weight.sum(1, keepdims=True)
    states = rng.integers(len(reward), size=n)
    passed = chance[states].cumsum(1) < rng.random(n)[:, None]
    return np.stack([states, passed.sum(1).clip(max=chance.shape[1] - 1)], axis=1)


def posterior(
    rewards: Array, demos: ArrayLike, transitions: Array, gamma: float, beta: float, prior: Sequence[float]
) -> Array:
    """Return the posterior from log odds against the likeliest candidate, demonstration by demonstration."""
    logs = []
    for reward, chance in zip(rewards, prior, strict=True):
        if chance == 0:
            logs.append(-math.inf)
            continue
        quality = reward[:, None] + gamma * transitions @ optimal_values(transitions, reward, gamma)
        terms = [math.log(chance)]
        for state, action in np.asarray(demos, dtype=int).reshape(-1, 2):
            terms.append(-math.log(math.fsum(math.exp(beta * (q - quality[state, action])) for q in quality[state])))
        logs.append(math.fsum(terms))
    odds = [math.exp(value - max(logs)) for value in logs]
    return np.array(odds) / math.fsum(odds)
