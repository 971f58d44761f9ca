"""Operations for augmentation and the long-tailed digits."""

import numpy as np
import pytest
import torch

from mlsafety_kit.augment import AUG_OPS, Op, long_tailed

IMAGES = torch.linspace(0, 1, 6 * 64).reshape(6, 1, 8, 8)


@pytest.mark.parametrize("op", AUG_OPS, ids=lambda op: op.__name__)
def test_an_operation_keeps_shape_dtype_range_and_its_input(op: Op) -> None:
    """What `augmix` builds on: new images of the same kind, drawn from rng and nothing else."""
    before = IMAGES.clone()

    first, second = (op(IMAGES, np.random.default_rng(3)) for _ in range(2))

    assert first.shape == IMAGES.shape
    assert first.dtype == torch.float32
    assert 0 <= float(first.min()) <= float(first.max()) <= 1
    assert torch.equal(IMAGES, before)
    assert torch.equal(first, second)
    assert not torch.equal(first, op(IMAGES, np.random.default_rng(4)))


@pytest.mark.parametrize("op", AUG_OPS, ids=lambda op: op.__name__)
def test_an_operation_draws_a_strength_for_every_image(op: Op) -> None:
    """The same image many times does not give the same image many times."""
    same = IMAGES[4:5].expand(40, -1, -1, -1)

    changed = op(same, np.random.default_rng(0))

    assert len({tuple(image.flatten().tolist()) for image in changed}) > 1


def test_long_tailed_falls_geometrically() -> None:
    """Class sizes fall from 100 to about 100 / 30 in the order that the seed chose; the test set stays balanced."""
    tail = long_tailed(5)

    counts, order = tail["counts"], tail["order"]
    assert counts[order].tolist() == sorted(counts.tolist(), reverse=True)
    assert (int(counts.max()), int(counts.min())) == (100, 3)
    assert torch.equal(torch.bincount(tail["y_train"], minlength=10), counts)
    assert int(torch.bincount(tail["y_test"]).min()) > 60
    assert tail["x_train"].shape == (int(counts.sum()), 1, 8, 8)


def test_long_tailed_follows_its_seed() -> None:
    """The same seed gives the same set, another one another."""
    one, again, other = long_tailed(1), long_tailed(1), long_tailed(2)

    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["order"], other["order"])


@pytest.mark.parametrize(("largest", "factor"), [(0, 30.0), (101, 30.0), (50, 0.5), (50, float("nan"))])
def test_long_tailed_refuses_impossible_sizes(largest: int, factor: float) -> None:
    """There are about a hundred training images of each digit."""
    with pytest.raises(ValueError, match="factor"):
        long_tailed(0, largest=largest, factor=factor)
