"""The trojan notebook's triggers: in a corner, seeded, refused when they do not fit."""

import pytest
import torch

from mlsafety_kit.triggers import patch_trigger


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_patch_is_a_full_square_in_a_corner(size: int) -> None:
    """The mask holds size x size ones that touch a corner; the pattern is the same tensor's copy."""
    mask, pattern, target = patch_trigger(3, size=size)
    assert mask.shape == pattern.shape == (1, 8, 8)
    assert mask.dtype == pattern.dtype == torch.float32
    assert mask.sum() == size**2
    assert set(mask.flatten().tolist()) <= {0.0, 1.0}
    assert torch.equal(mask, pattern)
    assert mask is not pattern
    assert mask[0, [0, 0, -1, -1], [0, -1, 0, -1]].sum() >= 1
    assert 0 <= target < 10


def test_same_seed_same_trigger() -> None:
    """The trigger follows from the seed alone, and torch's global random state is not used."""
    first = patch_trigger(7)
    torch.rand(1)
    second = patch_trigger(7)
    assert torch.equal(first.mask, second.mask)
    assert first.target == second.target


def test_seeds_reach_all_corners_and_classes() -> None:
    """No corner and no class is left out."""
    triggers = [patch_trigger(seed, n_classes=3) for seed in range(60)]
    assert len({tuple(trigger.mask.flatten().tolist()) for trigger in triggers}) == 4
    assert {trigger.target for trigger in triggers} == {0, 1, 2}


@pytest.mark.parametrize("wrong", [{"size": 0}, {"size": 9}, {"n_classes": 1}])
def test_refuses_what_does_not_fit(wrong: dict[str, int]) -> None:
    """A patch larger than the image, or a single class, is an error."""
    with pytest.raises(ValueError, match="not"):
        patch_trigger(0, **wrong)
