from typing import Any

import numpy as np
import pytest

from mlsafety_kit.noisy import noisy_logits


def test_shapes_types_and_determinism() -> None:
    """The same seed gives the same arrays, in the promised shapes and types; another seed gives others."""
    first = noisy_logits(3, members=2, shifts=(0.0, 0.5))
    again = noisy_logits(3, members=2, shifts=(0.0, 0.5))

    assert {name: (array.shape, array.dtype.name) for name, array in first.items()} == {
        "logits_val": ((2, 2154, 10), "float64"),
        "y_val": ((2154,), "int64"),
        "logits_test": ((2, 4320, 10), "float64"),
        "y_test": ((4320,), "int64"),
        "x_test": ((4320, 1, 8, 8), "float32"),
        "logits_shifted": ((2, 2, 4320, 10), "float64"),
    }
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert all(np.isfinite(array).all() for array in first.values())
    assert set(first["y_val"].tolist()) == set(first["y_test"].tolist()) == set(range(10))
    assert not np.array_equal(first["logits_val"], noisy_logits(4, members=2)["logits_val"])


def test_members_and_levels_do_not_disturb_each_other() -> None:
    """The first nets do not depend on how many follow, and a shift to the usual level changes nothing."""
    one = noisy_logits(1, members=1, shifts=(0.35,))
    two = noisy_logits(1, members=2)

    np.testing.assert_allclose(one["logits_test"][0], two["logits_test"][0])
    np.testing.assert_allclose(one["logits_shifted"][0], one["logits_test"])
    assert two["logits_shifted"].shape == (0, 2, 4320, 10)
    assert not np.allclose(two["logits_test"][0], two["logits_test"][1])


def test_nets_are_over_confident() -> None:
    """The nets learn something, and are surer than they are right."""
    data = noisy_logits(0, members=1)
    logits = data["logits_test"][0]
    probs = np.exp(logits - logits.max(1, keepdims=True))
    confidence = 1 / probs.sum(1)
    accuracy = (logits.argmax(1) == data["y_test"]).mean()

    assert 0.7 < accuracy < 0.85
    assert confidence.mean() > accuracy + 0.05


@pytest.mark.parametrize("bad", [{"members": 0}, {"shifts": (-0.1,)}, {"shifts": (float("nan"),)}])
def test_bad_arguments(bad: dict[str, Any]) -> None:
    """Refuse a number of nets or a noise level that makes no sense."""
    with pytest.raises(ValueError):
        noisy_logits(0, **bad)
