"""Hazard registers: the seed decides, ranges hold, and a year's scenarios keep each hazard's probability."""

import numpy as np
import pytest

from mlsafety_kit.registers import Register, agent_register, register, year


@pytest.mark.parametrize("made", [register(0), register(5, hazards=2, measures=4), agent_register()])
def test_shapes_and_ranges(made: Register) -> None:
    """Shapes fit together, shares lie in [0, 1], and no measure makes anything worse or changes a severity."""
    hazards, measures = len(made.hazards), len(made.measures)
    assert made.factors.shape == (hazards, 4)
    assert made.coping.shape == (hazards,)
    assert made.multipliers.shape == (measures, hazards, 4)
    assert made.costs.shape == (measures,)
    shares = made.factors[:, [0, 2, 3]]
    assert np.all((shares >= 0) & (shares <= 1))
    assert np.all(made.factors[:, 1] >= 0)
    assert np.all(made.coping >= 1)
    assert np.all((made.multipliers > 0) & (made.multipliers <= 1))
    assert np.all(made.multipliers[:, :, 1] == 1)
    assert np.all(made.costs >= 1)
    assert made.budget == 10


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same register, another one gives another."""
    first, again, other = register(3), register(3), register(4)
    assert np.array_equal(first.factors, again.factors)
    assert np.array_equal(first.multipliers, again.multipliers)
    assert np.array_equal(first.costs, again.costs)
    assert not np.array_equal(first.factors, other.factors)


@pytest.mark.parametrize("bad_years", [0.0, 0.1])
def test_a_year_keeps_the_probabilities(bad_years: float) -> None:
    """Scenarios sum to 1, and each hazard strikes as often as given, shared bad years or not."""
    p, losses = np.array([0.6, 0.05, 0.0]), np.array([1.0, 10.0, 100.0])
    probs, total = year(p, losses, bad_years=bad_years)
    assert probs.shape == total.shape == (8,)
    assert np.isclose(probs.sum(), 1)
    assert np.isclose(probs @ total, p @ losses)
    assert np.isclose(probs[total % 100 >= 10].sum(), 0.05)
    together = probs[total == 11].sum()
    assert together > 0.031 if bad_years else np.isclose(together, 0.03)


def test_bad_input_is_refused() -> None:
    """Empty registers, shapes that differ and numbers out of range raise ValueError."""
    for call in (
        lambda: register(0, hazards=0),
        lambda: register(0, measures=0),
        lambda: year([0.1], [1.0, 2.0]),
        lambda: year([1.1], [1.0]),
        lambda: year([0.1], [1.0], bad_years=1.0),
        lambda: year([0.1], [1.0], worse=0.5),
        lambda: year([0.1], [1.0], bad_years=0.5, worse=4.0),
    ):
        with pytest.raises(ValueError, match=r"need|must"):
            call()
