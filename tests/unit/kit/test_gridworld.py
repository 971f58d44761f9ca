"""The grid worlds: proper distributions, walks that follow them, judgements and noisy plans that fit the model."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlsafety_kit.gridworld import ACTIONS, TERRAINS, comparisons, draw, gridworld, human_weights, soft_policy, walks

WORLD = gridworld(0)
WEIGHTS = human_weights(0)


def test_a_world_is_a_world() -> None:
    """Transitions and start are distributions, and every cell has one terrain, every terrain a cell."""
    assert WORLD.transitions.shape == (25, len(ACTIONS), 25)
    assert np.allclose(WORLD.transitions.sum(2), 1)
    assert WORLD.transitions.min() >= 0
    assert np.isclose(WORLD.start.sum(), 1)
    assert np.array_equal(WORLD.phi.sum(1), np.ones(25))
    assert np.all(WORLD.phi.sum(0) >= 1)
    assert np.array_equal(np.eye(len(TERRAINS))[WORLD.terrain], WORLD.phi)


def test_moves_slip_and_stop_at_the_edge() -> None:
    """From the first cell, `right` nearly always moves right, and `up` nearly always stays."""
    assert np.isclose(WORLD.transitions[0, ACTIONS.index("right"), 1], 0.925)
    assert np.isclose(WORLD.transitions[0, ACTIONS.index("up"), 0], 0.95)
    assert np.isclose(WORLD.transitions[0, ACTIONS.index("up"), 5], 0.025)


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same layout, person, walks and judgements, another one others."""
    assert np.array_equal(WORLD.phi, gridworld(0).phi)
    assert not np.array_equal(WORLD.phi, gridworld(1).phi)
    assert np.array_equal(WEIGHTS, human_weights(0))
    assert not np.array_equal(WEIGHTS, human_weights(1))
    first, again, other = (comparisons(WORLD, WEIGHTS, 50, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.phi_a, again.phi_a)
    assert np.array_equal(first.prefs, again.prefs)
    assert not np.array_equal(first.phi_b, other.phi_b)


def test_walks_follow_the_transitions() -> None:
    """Steps are possible ones, and the last cells are distributed as the chain says."""
    cells = walks(WORLD, 20_000, length=4, seed=3)
    assert cells.shape == (20_000, 4)
    possible = WORLD.transitions.max(1) > 0
    assert possible[cells[:, :-1], cells[:, 1:]].all()
    moves = WORLD.transitions.mean(1)
    expected = WORLD.start @ moves @ moves @ moves
    assert np.abs(np.bincount(cells[:, -1], minlength=25) / 20_000 - expected).max() < 0.01


def test_judgements_follow_bradley_terry() -> None:
    """Counts are discounted, judgements are 0 or 1, and their share is that of the model."""
    pairs = comparisons(WORLD, WEIGHTS, 5000, seed=4)
    assert pairs.phi_a.shape == pairs.phi_b.shape == (5000, len(TERRAINS))
    assert np.allclose(pairs.phi_a.sum(1), (1 - 0.9**10) / 0.1)
    assert set(pairs.prefs.tolist()) == {0.0, 1.0}
    chance = 1 / (1 + np.exp((pairs.phi_b - pairs.phi_a) @ WEIGHTS))
    sure = chance > 0.8
    assert abs(pairs.prefs[sure].mean() - chance[sure].mean()) < 0.03


def test_temperature_decides_how_well_it_plans() -> None:
    """Rows are distributions; hot planners act at random, cold ones hardly ever; a constant reward leaves no choice."""
    reward = WORLD.phi @ WEIGHTS
    hot, warm, cold = (soft_policy(WORLD.transitions, reward, 0.9, temperature=t) for t in (1e4, 1.0, 1e-3))
    assert np.allclose([policy.sum(1) for policy in (hot, warm, cold)], 1)
    assert np.abs(hot - 0.25).max() < 0.01
    assert hot.max(1).mean() < warm.max(1).mean() < cold.max(1).mean()
    assert np.allclose(soft_policy(WORLD.transitions, np.ones(25), 0.9), 0.25)


def test_bad_input_is_refused() -> None:
    """Tiny worlds, other shapes, empty walks and numbers out of range raise ValueError."""
    for call in (
        lambda: gridworld(0, size=2),
        lambda: gridworld(0, gamma=1.0),
        lambda: walks(WORLD, 0),
        lambda: walks(WORLD, 3, length=0),
        lambda: comparisons(WORLD, WEIGHTS[:3]),
        lambda: soft_policy(WORLD.transitions, np.ones(3), 0.9),
        lambda: soft_policy(WORLD.transitions, np.ones(25), 1.0),
        lambda: soft_policy(WORLD.transitions, np.ones(25), 0.9, temperature=0.0),
    ):
        with pytest.raises(ValueError, match=r"must|need"):
            call()


def test_maps_are_drawn() -> None:
    """One panel per world, with or without arrows."""
    mpl.use("Agg")
    policy = np.zeros(25, dtype=int)
    figure = draw([WORLD, gridworld(1)], ["here", "there"], policies=[policy, np.full((25, 4), 0.25)], title="maps")
    assert len(figure.axes) == 2
    assert len(figure.axes[0].texts) == 25
    assert not draw([WORLD], ["bare"]).axes[0].texts
    plt.close("all")
