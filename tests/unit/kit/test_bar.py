"""The bar: values that agree with each other, an optimum that is one, learners that learn."""

from itertools import product

import numpy as np
import pytest

from mlsafety_kit.bar import ABSENT, bar, best_attendance, learn

SMALL = bar(3, n_agents=5, n_nights=3)


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same bar, another one another; values lie in the stated ranges."""
    first, again, other = bar(1), bar(1), bar(2)
    assert np.array_equal(first.worth, again.worth)
    assert not np.array_equal(first.worth, other.worth)
    assert first.n_agents == 18
    assert first.n_nights == 4
    assert first.worth.min() >= 0.8
    assert first.comfort.max() <= 1.5


def test_satisfactions_add_up_to_the_value() -> None:
    """Guests are counted, the absent are not, and the town is worth the sum of what its guests enjoy."""
    actions = [0, 0, 2, ABSENT, 0]
    assert SMALL.attendance(actions).tolist() == [3, 0, 1]
    enjoyed = SMALL.satisfaction(actions)
    assert enjoyed.shape == (5,)
    assert enjoyed[3] == 0
    assert np.isclose(enjoyed.sum(), SMALL.value(actions))
    assert np.isclose(enjoyed[2], SMALL.worth[2] * np.exp(-1 / SMALL.comfort[2]))
    assert SMALL.value([ABSENT] * 5) == 0


def test_the_best_attendance_is_the_best() -> None:
    """No joint action of a small bar is worth more."""
    guests = best_attendance(SMALL)
    best = max(SMALL.value(actions) for actions in product(range(3), repeat=5))
    assert guests.sum() == 5
    assert np.isclose(SMALL.value(np.repeat(np.arange(3), guests)), best)


def test_learners_learn() -> None:
    """Agents with one good action each find it, and the seed decides what they did."""

    def rewards(actions: tuple[int, ...]) -> list[float]:
        return [float(action == number % 3) for number, action in enumerate(actions)]

    played, again = (learn(rewards, 4, 3, rounds=200, seed=5, explore=0.1) for _ in range(2))
    assert played.shape == (200, 4)
    assert np.array_equal(played, again)
    assert (played[-50:] == [0, 1, 2, 0]).mean() > 0.8


def test_bad_input_is_refused() -> None:
    """Actions out of range or of another number, and empty systems, raise ValueError."""
    for call in (
        lambda: SMALL.value([0, 0, 0, 0]),
        lambda: SMALL.value([0, 0, 0, 0, 3]),
        lambda: SMALL.satisfaction([0, 0, 0, 0, -2]),
        lambda: bar(0, n_agents=0),
        lambda: bar(0, n_nights=1),
        lambda: learn(SMALL.satisfaction, 5, 3, rounds=0),
        lambda: learn(SMALL.satisfaction, 5, 3, rounds=1, rate=0.0),
    ):
        with pytest.raises(ValueError, match="need"):
            call()
