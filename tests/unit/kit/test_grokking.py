"""Grokking: curves of the right shape and range that follow from the seed, and a net that understands late."""

import numpy as np
import pytest
import torch

from mlsafety_kit.grokking import grokking_run

NAMES = {"steps", "train_accuracy", "test_accuracy", "train_loss", "test_loss", "fourier_share"}


def test_curves_have_one_value_per_evaluation() -> None:
    """Evaluations come before the first step and after each `every` steps; shares lie in [0, 1]."""
    run = grokking_run(1, n_steps=25, every=10)
    assert set(run) == NAMES
    assert run["steps"].tolist() == [0, 10, 20]
    assert run["steps"].dtype == np.int64
    for name in NAMES - {"steps"}:
        assert run[name].shape == (3,)
        assert run[name].dtype == np.float64
    for name in ("train_accuracy", "test_accuracy", "fourier_share"):
        assert np.all((run[name] >= 0) & (run[name] <= 1))


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same curves, another one gives others, and torch's global state plays no part."""
    torch.manual_seed(1)
    first, other = grokking_run(3, n_steps=10, every=5), grokking_run(4, n_steps=10, every=5)
    torch.manual_seed(2)
    again = grokking_run(3, n_steps=10, every=5)
    assert all(np.array_equal(first[name], again[name]) for name in NAMES)
    assert not np.array_equal(first["test_loss"], other["test_loss"])


def test_memorising_comes_long_before_understanding() -> None:
    """By step 200 the training half is known and the other half is at chance; at the end both are known."""
    run = grokking_run(0, n_steps=1200, every=200)
    assert run["train_accuracy"][1] == 1.0
    assert run["test_accuracy"][1] < 0.1
    assert run["test_accuracy"][-1] > 0.95


@pytest.mark.parametrize("wrong", [{"n_steps": 0}, {"every": 0}, {"weight_decay": -1.0}, {"weight_decay": np.nan}])
def test_bad_settings_are_refused(wrong: dict[str, float]) -> None:
    """Counts below 1 and a negative decay raise ValueError."""
    with pytest.raises(ValueError, match="must be"):
        grokking_run(0, **wrong)  # type: ignore[arg-type]
