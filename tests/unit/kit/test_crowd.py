from typing import Any

import numpy as np
import pytest

from mlsafety_kit.crowd import crowd


def test_shapes_types_and_ranges() -> None:
    """Forecasts are probabilities with two decimals, outcomes are 0 or 1."""
    data = crowd(1, n_questions=400, n_forecasters=5, n_poor=2)

    assert data.forecasts.shape == (5, 400)
    assert data.forecasts.dtype == np.float64
    assert data.outcomes.shape == (400,)
    assert data.outcomes.dtype == np.int64
    assert data.forecasts.min() >= 0
    assert data.forecasts.max() <= 1
    assert np.array_equal(data.forecasts, np.round(data.forecasts, 2))
    assert set(data.outcomes.tolist()) == {0, 1}


def test_the_seed_decides() -> None:
    """The same seed gives the same crowd, another seed another one."""
    first, again, other = crowd(3), crowd(3), crowd(4)

    assert np.array_equal(first.forecasts, again.forecasts)
    assert np.array_equal(first.outcomes, again.outcomes)
    assert not np.array_equal(first.forecasts, other.forecasts)


def test_good_forecasters_are_calibrated_whatever_they_share() -> None:
    """Events that get 0.7 to 0.8 happen about as often, with sources of one's own and with common ones."""
    for shared in (0.0, 0.5, 1.0):
        data = crowd(5, n_questions=20_000, n_forecasters=4, n_poor=0, shared=shared)
        happened = np.broadcast_to(data.outcomes, data.forecasts.shape)
        chosen = (data.forecasts >= 0.7) & (data.forecasts < 0.8)
        assert abs(happened[chosen].mean() - data.forecasts[chosen].mean()) < 0.06


def test_sharing_makes_forecasters_agree_and_poor_ones_err() -> None:
    """Common evidence narrows the spread of a crowd; exactly the poor forecasters have a much higher squared error."""
    apart, together = (crowd(6, n_questions=2000, n_poor=0, shared=shared) for shared in (0.0, 1.0))
    assert together.forecasts.std(0).mean() < 0.5 * apart.forecasts.std(0).mean()

    data = crowd(7, n_questions=5000)
    error = ((data.forecasts - data.outcomes) ** 2).mean(1)
    assert (error > 0.27).sum() == 3
    assert (error < 0.23).sum() == 9


def test_confidence_moves_forecasts_to_the_ends() -> None:
    """A confidence of 2 doubles the log-odds and keeps the side."""
    plain, loud = crowd(8), crowd(8, confidence=2.0)
    inner = (plain.forecasts > 0.1) & (plain.forecasts < 0.9)
    assert np.abs(loud.forecasts - 0.5)[inner].mean() > 1.3 * np.abs(plain.forecasts - 0.5)[inner].mean()
    assert np.array_equal(plain.outcomes, loud.outcomes)


@pytest.mark.parametrize(
    "bad",
    [
        {"n_questions": 0},
        {"n_forecasters": 0, "n_poor": 0},
        {"n_poor": 13},
        {"n_poor": -1},
        {"shared": 1.1},
        {"shared": float("nan")},
        {"confidence": 0.0},
        {"confidence": float("inf")},
    ],
)
def test_bad_arguments(bad: dict[str, Any]) -> None:
    """Refuse settings that make no crowd."""
    with pytest.raises(ValueError):
        crowd(0, **bad)
