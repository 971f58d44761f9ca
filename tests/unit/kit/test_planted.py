"""Planted causes: images, the share inside a mask, and the two small nets."""

import pytest
import torch

from mlsafety_kit import acc, fit, seeded
from mlsafety_kit.planted import PatchNet, Polynomial, localisation, planted


def test_planted_images_have_the_documented_shapes_types_and_ranges() -> None:
    """Images in [0, 1], labels 0 and 1, one 2x2 patch each, in all 16 places."""
    found = planted(0, 400)

    assert found["x"].shape == found["mask"].shape == found["flipped"].shape == (400, 1, 8, 8)
    assert (found["x"].dtype, found["y"].dtype, found["mask"].dtype) == (torch.float32, torch.int64, torch.bool)
    assert all(0 <= float(found[name].min()) <= float(found[name].max()) <= 1 for name in ("x", "flipped"))
    assert sorted(set(found["y"].tolist())) == [0, 1]
    cells = found["mask"].reshape(400, 4, 2, 4, 2).float().mean((2, 4))
    assert bool((cells.flatten(1).sum(1) == 1).all())
    assert bool((cells.amax((1, 2)) == 1).all())
    assert bool((cells.sum(0) > 0).all())


def test_the_patch_tells_the_label_and_the_flipped_image_differs_there_alone() -> None:
    """Dark patches have more ink than their light twins; outside the patch both are the same image."""
    found = planted(1, 200)

    inside = (found["x"] - found["flipped"])[found["mask"]].reshape(200, 4)
    assert bool(torch.equal((inside > 0).all(1), found["y"] == 1))
    assert torch.equal(found["x"][~found["mask"]], found["flipped"][~found["mask"]])


def test_planted_follows_its_seed() -> None:
    """The same seed gives the same images, another seed others."""
    first, again, other = planted(2, 20), planted(2, 20), planted(3, 20)

    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["x"], other["x"])


def test_planted_refuses_to_return_nothing() -> None:
    """No image is no data set."""
    with pytest.raises(ValueError, match="at least one"):
        planted(0, 0)


def test_localisation_is_the_share_inside_by_absolute_value() -> None:
    """Signs do not matter, images count alike whatever their scale, and an empty map has no share."""
    mask = torch.tensor([[True, False, False], [True, False, False], [False, True, True]])
    maps = torch.tensor([[-1.0, 2.0, 1.0], [300.0, 0.0, 0.0], [0.0, 0.0, 0.0]])

    assert localisation(maps, mask) == pytest.approx((0.25 + 1.0 + 0.0) / 3)
    assert localisation(torch.ones(5, 1, 8, 8), planted(0, 5)["mask"]) == pytest.approx(1 / 16)


def test_localisation_refuses_shapes_that_differ() -> None:
    """A map and a mask belong to the same images."""
    with pytest.raises(ValueError, match="shapes"):
        localisation(torch.ones(2, 3), torch.ones(2, 4, dtype=torch.bool))


def test_patch_net_learns_the_planted_label() -> None:
    """A second of training suffices for new images."""
    train, new = planted(0, 4000), planted(1, 300)

    net = fit(seeded(PatchNet, 0), train["x"], train["y"], epochs=15, lr=5e-3, batch_size=128)

    assert acc(net, new["x"], new["y"]) > 0.9
    assert net.conv(new["x"]).shape == (300, 16, 4, 4)


def test_polynomial_computes_its_formula() -> None:
    """Two classes, three inputs, squared."""
    net = Polynomial(torch.tensor([[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]]), 2)

    assert torch.equal(net(torch.tensor([[[1.0, 2.0, 3.0]]])), torch.tensor([[9.0, 5.0]]))


@pytest.mark.parametrize(("shape", "power"), [((3,), 2), ((2, 3), 0)])
def test_polynomial_refuses_bad_arguments(shape: tuple[int, ...], power: int) -> None:
    """Weights are a matrix and the power is at least one."""
    with pytest.raises(ValueError, match="matrix"):
        Polynomial(torch.ones(shape), power)
