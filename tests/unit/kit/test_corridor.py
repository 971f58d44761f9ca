"""The corridor: proper transitions, plans that are optimal, learners that end where they say."""

import numpy as np
import pytest

from mlsafety_kit.corridor import LEFT_EXIT, NO_EXIT, RIGHT_EXIT, corridor, destination, plan, q_learning

WORLD = corridor()


def test_the_corridor_is_a_world() -> None:
    """Transitions are distributions; only steps into an exit pay."""
    assert np.allclose(WORLD.transitions.sum(2), 1)
    paid = (WORLD.transitions * WORLD.reward).sum(2)
    assert np.argwhere(paid).tolist() == [[1, 0], [9, 1]]
    assert np.flatnonzero(WORLD.terminal).tolist() == [LEFT_EXIT, RIGHT_EXIT]


def test_plans_are_optimal() -> None:
    """The value of the start is that of the seven steps to the good exit, and exits have none."""
    quality = plan(WORLD, WORLD.reward)
    assert np.isclose(quality[WORLD.start].max(), WORLD.discount**6)
    assert not quality[WORLD.terminal].any()
    assert destination(WORLD, quality) == RIGHT_EXIT
    assert destination(WORLD, -quality) in (LEFT_EXIT, NO_EXIT)


def test_learning_is_decided_by_its_seed() -> None:
    """The same seed gives the same episodes; a reward for one exit only is found; short patience ends nowhere."""
    only_right = np.where(np.arange(11) == RIGHT_EXIT, WORLD.reward, 0.0)
    ended, again = (q_learning(WORLD, only_right, episodes=200, seed=1) for _ in range(2))
    assert np.array_equal(ended, again)
    assert (ended[-50:] == RIGHT_EXIT).mean() > 0.8
    assert (q_learning(WORLD, WORLD.reward, episodes=3, patience=1) == NO_EXIT).all()


def test_bad_input_is_refused() -> None:
    """Rewards of another shape and empty runs raise ValueError."""
    for call in (
        lambda: plan(WORLD, np.zeros(11)),
        lambda: q_learning(WORLD, np.zeros((11, 2)), episodes=1),
        lambda: q_learning(WORLD, WORLD.reward, episodes=0),
        lambda: q_learning(WORLD, WORLD.reward, episodes=1, explore=2.0),
    ):
        with pytest.raises(ValueError, match="must"):
            call()
