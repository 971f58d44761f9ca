"""Chains, beliefs and worlds of the future scenarios: tables are complete, distributions sum to 1, seeds decide."""

import numpy as np
import pytest

from mlsafety_kit.futures import (
    CORRIDOR,
    OFF,
    SMALL_ROOM,
    junction,
    normal_belief,
    panel_chain,
    random_chain,
    random_goals,
    star,
    world_with_switch,
)


def test_chains_have_a_row_for_every_history() -> None:
    """Table i has 2**i rows with probabilities, and the seed decides about the random ones."""
    for chain in (panel_chain([0.1, 0.9], 4), random_chain(0)):
        assert [len(table) for table in chain] == [1, 2, 4, 8]
        assert all(len(history) == i for i, table in enumerate(chain) for history in table)
        assert all(0 < p < 1 for table in chain for p in table.values())
    assert random_chain(3) == random_chain(3)
    assert random_chain(3) != random_chain(4)


def test_a_panel_learns_who_is_right() -> None:
    """A true premise speaks for the pessimist by Bayes' rule; a panel of one mind learns nothing."""
    chain = panel_chain([0.2, 0.8], 2)
    assert np.isclose(chain[0][()], 0.5)
    assert np.isclose(chain[1][(1,)], 0.68)
    assert np.isclose(chain[1][(0,)], 0.32)
    assert panel_chain([0.3], 3)[2][(1, 1)] == pytest.approx(0.3)


def test_a_belief_has_the_moments_it_says() -> None:
    """Probabilities sum to 1; mean and standard deviation are those asked for."""
    utilities, probs = normal_belief(0.5, 2.0)
    assert utilities.shape == probs.shape == (201,)
    assert np.isclose(probs.sum(), 1)
    assert np.isclose(probs @ utilities, 0.5)
    assert np.isclose(probs @ (utilities - 0.5) ** 2, 4, rtol=0.01)


@pytest.mark.parametrize("world", [star(3), junction(), junction(2, 1, 1), world_with_switch(0)])
def test_worlds_are_worlds(world: np.ndarray) -> None:
    """Every row of every world is a certain next state."""
    assert world.ndim == 3
    assert world.shape[0] == world.shape[2]
    assert np.array_equal(world.sum(2), np.ones(world.shape[:2]))
    assert np.all((world == 0) | (world == 1))


def test_worlds_are_built_as_described() -> None:
    """The room has its exits, the corridor is as long as asked, the switch is everywhere and final."""
    fork = junction(n_near=3, n_far=12, length=3)
    assert fork[SMALL_ROOM].max(0).sum() == 3
    reached = np.eye(len(fork))[CORRIDOR]
    sizes = []
    for _ in range(3):
        reached = ((reached @ fork.max(1)) > 0).astype(float)
        sizes.append(int(reached.sum()))
    assert sizes == [1, 1, 12]
    world = world_with_switch(1)
    assert np.all(world[:, 0, OFF] == 1)
    assert np.all(world[OFF, :, OFF] == 1)
    assert np.all(world[1:, 1:, OFF] == 0)


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same worlds and goals, another one gives others, and goals lie in [0, 1]."""
    assert np.array_equal(world_with_switch(2), world_with_switch(2))
    assert not np.array_equal(world_with_switch(2), world_with_switch(3))
    goals = random_goals(0, 5, 7)
    assert goals.shape == (5, 7)
    assert goals.min() >= 0
    assert goals.max() <= 1
    assert np.array_equal(goals, random_goals(0, 5, 7))
    assert not np.array_equal(goals, random_goals(1, 5, 7))


def test_bad_input_is_refused() -> None:
    """Values out of range raise ValueError."""
    for call in (
        lambda: panel_chain([], 2),
        lambda: panel_chain([0.5, 1.0], 2),
        lambda: panel_chain([0.5], 0),
        lambda: random_chain(0, 0),
        lambda: normal_belief(0.0, 0.0),
        lambda: star(0),
        lambda: junction(length=0),
        lambda: world_with_switch(0, n_states=2),
        lambda: random_goals(0, 0, 3),
    ):
        with pytest.raises(ValueError, match=r"must|need"):
            call()
