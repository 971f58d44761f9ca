"""A small world whose written-down reward has a loophole: policies, returns and rollouts for it.

Ordinary states form a ring, and there the proxy reward is the true reward plus a little noise. A few more states are
the loophole: the proxy pays for being there, although being there does harm. Two gates lead in, each by one action
only, so a policy that acts at random hardly ever finds it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

N_LOOPHOLE = 3
N_GATES = 2
REACH = 4  # an action leads at most this far along the ring
ENTER = 0.5
STAY = 0.9
PROXY_NOISE = 0.25
LOOPHOLE_PROXY = 3.0
LOOPHOLE_TRUE = -3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardMDP:
    """A Markov decision process with two rewards for the same states. S states, A actions; all arrays are float64.

    transitions: shape (S, A, S); `transitions[s, a]` is the distribution of the next state.
    true_reward: shape (S,), what the designers want, paid for being in a state.
    proxy_reward: shape (S,), what they wrote down.
    start: shape (S,), the distribution of the first state: uniform over the ordinary ones.
    loophole: bool of shape (S,), the states where the two rewards have opposite signs by construction.
    discount: in (0, 1).
    """

    transitions: Array
    true_reward: Array
    proxy_reward: Array
    start: Array
    loophole: NDArray[np.bool_]
    discount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollouts:
    """Two sums of rewards for each of n sampled runs: `proxy` and `gold` (the true one), float64 of shape (n,)."""

    proxy: Array
    gold: Array


def reward_mdp(seed: int = 0, *, n_states: int = 30, n_actions: int = 4) -> RewardMDP:
    """Return a random world; its last three states are the loophole.

    Args:
        seed: decides everything; the same seed gives the same world.
        n_states: at least 15, loophole included.
        n_actions: at least 2.

    Raises:
        ValueError: too few states or actions.
    """
    if n_states < 15 or n_actions < 2:
        raise ValueError(f"need at least 15 states and 2 actions, not {n_states} and {n_actions}")
    rng = np.random.default_rng(seed)
    n = n_states - N_LOOPHOLE
    transitions = np.zeros((n_states, n_actions, n_states))

    jumps = np.concatenate([np.arange(-REACH, 0), np.arange(1, REACH + 1)])
    for state in range(n):
        for action in range(n_actions):
            reached = (state + rng.choice(jumps, 2, replace=False)) % n
            transitions[state, action, reached] = rng.dirichlet(np.ones(2))
    for gate in rng.choice(n, N_GATES, replace=False):
        action, target = int(rng.integers(n_actions)), n + int(rng.integers(N_LOOPHOLE))
        transitions[gate, action] *= 1 - ENTER
        transitions[gate, action, target] += ENTER
    transitions[n:, :, :n] = 1 / n
    for state in range(n, n_states):
        action = int(rng.integers(n_actions))  # the one action that stays inside
        transitions[state, action, :n] *= 1 - STAY
        transitions[state, action, n:] = STAY / N_LOOPHOLE

    true = rng.normal(0, 1, n_states)
    true -= true[:n].mean()
    proxy = true + rng.normal(0, PROXY_NOISE, n_states)
    true[n:], proxy[n:] = LOOPHOLE_TRUE, LOOPHOLE_PROXY
    loophole = np.arange(n_states) >= n
    return RewardMDP(
        transitions=transitions,
        true_reward=true,
        proxy_reward=proxy,
        start=np.where(loophole, 0.0, 1 / n),
        loophole=loophole,
        discount=0.9,
    )


def boltzmann_policy(mdp: RewardMDP, reward: Array, beta: float) -> Array:
    """Return the best policy for `reward` when straying from the uniform policy costs KL / beta at every step.

    This is the optimum of the KL-regularised objective of RLHF with the uniform policy as reference. Small `beta` stays
    close to acting at random, large `beta` goes for the reward whatever it takes.

    Args:
        mdp: the world.
        reward: shape (S,), the reward to optimise.
        beta: optimisation pressure, positive.

    Returns:
        Shape (S, A), float64, rows sum to 1.

    Raises:
        ValueError: `reward` has another shape or `beta` is not positive.
    """
    reward = _checked(mdp, reward)
    if not beta > 0:
        raise ValueError(f"beta must be positive, not {beta}")
    value = np.zeros(len(reward))
    change = np.inf
    while change > 1e-10:
        score = reward[:, None] + mdp.discount * mdp.transitions @ value
        best = score.max(1)
        new = best + np.log(np.exp(beta * (score - best[:, None])).mean(1)) / beta
        change, value = float(np.abs(new - value).max()), new
    weight = np.exp(beta * (score - best[:, None]))
    return np.asarray(weight / weight.sum(1, keepdims=True))


def visitation(mdp: RewardMDP, policy: Array) -> Array:
    """Return the discounted share of time that `policy`, shape (S, A), spends in each state: shape (S,), sums to 1."""
    moves = np.einsum("sa,sat->st", policy, mdp.transitions)
    system = np.eye(len(moves)) - mdp.discount * moves.T
    return np.asarray((1 - mdp.discount) * np.linalg.solve(system, mdp.start))


def average_reward(mdp: RewardMDP, policy: Array, reward: Array) -> float:
    """Return the discounted average of `reward`, shape (S,), per step under `policy`, shape (S, A).

    Raises:
        ValueError: `reward` has another shape.
    """
    return float(visitation(mdp, policy) @ _checked(mdp, reward))


def rollouts(mdp: RewardMDP, n: int = 4000, *, length: int = 20, seed: int = 0) -> Rollouts:
    """Let the uniform policy run `n` times for `length` steps and return both undiscounted sums of rewards.

    Raises:
        ValueError: `n` or `length` is below 1.
    """
    if n < 1 or length < 1:
        raise ValueError(f"n and length must be at least 1, not {n} and {length}")
    rng = np.random.default_rng(seed)
    cumulative = mdp.transitions.cumsum(2)
    n_states, n_actions = mdp.transitions.shape[:2]
    state = rng.choice(n_states, n, p=mdp.start)
    proxy, gold = np.zeros(n), np.zeros(n)
    for _ in range(length):
        proxy += mdp.proxy_reward[state]
        gold += mdp.true_reward[state]
        actions = rng.integers(n_actions, size=n)
        passed = cumulative[state, actions] < rng.random(n)[:, None]
        state = passed.sum(1).clip(max=n_states - 1)
    return Rollouts(proxy=proxy, gold=gold)


def _checked(mdp: RewardMDP, reward: Array) -> Array:
    reward = np.asarray(reward, dtype=np.float64)
    if reward.shape != mdp.true_reward.shape:
        raise ValueError(f"reward must have shape {mdp.true_reward.shape}, not {reward.shape}")
    return reward
