"""Validation corruptions and the table of errors under them."""

import numpy as np
import pytest
import torch

from mlsafety_kit import MLP, digits, seeded
from mlsafety_kit.corrupt import VAL_CORRUPTIONS, error_table

IMAGES = digits(0)["x_val"][:60]


@pytest.mark.parametrize("name", VAL_CORRUPTIONS)
def test_a_corruption_does_more_damage_at_higher_severity(name: str) -> None:
    """Severity orders the mean change of a pixel; images stay images and the input stays as it was."""
    before, sizes = IMAGES.clone(), []

    for severity in range(1, 6):
        damaged = VAL_CORRUPTIONS[name](IMAGES, severity, np.random.default_rng(0))
        assert (damaged.shape, damaged.dtype) == (IMAGES.shape, torch.float32)
        assert 0 <= float(damaged.min()) <= float(damaged.max()) <= 1
        sizes.append(float((damaged - IMAGES).abs().mean()))

    assert sizes == sorted(sizes)
    assert sizes[0] > 0
    assert torch.equal(IMAGES, before)


@pytest.mark.parametrize("severity", [0, 6])
def test_a_severity_outside_one_to_five_is_refused(severity: int) -> None:
    """There are five severities."""
    for damage in VAL_CORRUPTIONS.values():
        with pytest.raises(ValueError, match="severity"):
            damage(IMAGES, severity, np.random.default_rng(0))


def test_error_table_follows_its_seed() -> None:
    """One row a corruption, one column a severity, the same damage for the same seed."""
    net, y = seeded(MLP, 0), torch.arange(60) % 10

    table = error_table(net, IMAGES, y, seed=1)

    assert table.shape == (len(VAL_CORRUPTIONS), 5)
    assert ((table >= 0) & (table <= 1)).all()
    assert np.array_equal(table, error_table(net, IMAGES, y, seed=1))
