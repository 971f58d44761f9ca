"""The loophole world: proper distributions, policies that optimise what they are given, rollouts that agree."""

import numpy as np
import pytest

from mlsafety_kit.reward_mdp import average_reward, boltzmann_policy, reward_mdp, rollouts, visitation

WORLD = reward_mdp(0)


def test_a_world_is_a_world() -> None:
    """Transitions and start are distributions, and the loophole is where the rewards have opposite signs."""
    assert WORLD.transitions.shape == (30, 4, 30)
    assert np.allclose(WORLD.transitions.sum(2), 1)
    assert WORLD.transitions.min() >= 0
    assert np.isclose(WORLD.start.sum(), 1)
    assert np.flatnonzero(WORLD.loophole).tolist() == [27, 28, 29]
    assert np.all(WORLD.proxy_reward[27:] == 3.0)
    assert np.all(WORLD.true_reward[27:] == -3.0)


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same world and runs, another one gives others."""
    assert np.array_equal(WORLD.transitions, reward_mdp(0).transitions)
    assert not np.array_equal(WORLD.transitions, reward_mdp(1).transitions)
    first, again, other = (rollouts(WORLD, 50, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.proxy, again.proxy)
    assert not np.array_equal(first.proxy, other.proxy)


def test_pressure_raises_the_reward_that_is_optimised() -> None:
    """Rows are distributions, more pressure earns more of the given reward, and weak pressure acts at random."""
    policies = [boltzmann_policy(WORLD, WORLD.proxy_reward, beta) for beta in (1e-3, 0.3, 1.0, 5.0)]
    assert np.allclose([policy.sum(1) for policy in policies], 1)
    assert np.abs(policies[0] - 0.25).max() < 0.01
    earned = [average_reward(WORLD, policy, WORLD.proxy_reward) for policy in policies]
    assert earned == sorted(earned)
    assert visitation(WORLD, policies[-1])[27:].sum() > 5 * visitation(WORLD, policies[0])[27:].sum()


def test_rollouts_agree_with_the_transitions() -> None:
    """The mean sum of rewards over four steps is that of the distributions of states."""
    uniform = WORLD.transitions.mean(1)
    state, expected = WORLD.start, 0.0
    for _ in range(4):
        expected += float(state @ WORLD.true_reward)
        state = np.asarray(state @ uniform)
    runs = rollouts(WORLD, 20_000, length=4, seed=3)
    assert runs.gold.shape == runs.proxy.shape == (20_000,)
    assert abs(runs.gold.mean() - expected) < 5 * runs.gold.std() / 20_000**0.5


def test_bad_input_is_refused() -> None:
    """Small worlds, no pressure, other shapes and empty runs raise ValueError."""
    for call in (
        lambda: reward_mdp(0, n_states=5),
        lambda: reward_mdp(0, n_actions=1),
        lambda: boltzmann_policy(WORLD, WORLD.true_reward, 0.0),
        lambda: boltzmann_policy(WORLD, WORLD.true_reward[:3], 1.0),
        lambda: average_reward(WORLD, np.full((30, 4), 0.25), WORLD.true_reward[:3]),
        lambda: rollouts(WORLD, 0),
        lambda: rollouts(WORLD, 5, length=0),
    ):
        with pytest.raises(ValueError, match=r"must|need"):
            call()
