"""Outliers and anomalies: right shapes and ranges, decided by the seed, nothing changed or confused."""

import pytest
import torch

from mlsafety_kit import digits
from mlsafety_kit.outliers import anomaly_sets, training_outliers

DATA = digits(0, classes=range(7))
X, Y = DATA["x_train"], DATA["y_train"]


def spoil(seed: int) -> dict[str, torch.Tensor]:
    return training_outliers(X, Y, seed=seed)


def gather(seed: int) -> dict[str, torch.Tensor]:
    return anomaly_sets(DATA["x_test"], seed=seed)


def test_outliers_are_images_like_the_given_ones() -> None:
    """Each kind has as many images as were given, of their shape, type and range, and these stay as they were."""
    before = X.clone()
    for images in training_outliers(X, Y, seed=1).values():
        assert images.shape == X.shape
        assert images.dtype == torch.float32
        assert 0 <= float(images.min()) <= float(images.max()) <= 1
    assert torch.equal(X, before)


def test_anomalies_are_images_from_near_to_far() -> None:
    """All five sets have the asked-for size and lie in the range of pixels."""
    sets = anomaly_sets(DATA["x_test"], seed=1, n=20)
    assert list(sets) == ["unseen digits", "inverted", "blobs", "stripes", "noise"]
    for images in sets.values():
        assert images.shape == (20, 1, 8, 8)
        assert images.dtype == torch.float32
        assert 0 <= float(images.min()) <= float(images.max()) <= 1


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same images, another one gives others, and torch's global state plays no part."""
    for make in (spoil, gather):
        torch.manual_seed(1)
        first, other = make(3), make(4)
        torch.manual_seed(2)
        again = make(3)
        assert all(torch.equal(first[name], again[name]) for name in first)
        assert not any(torch.equal(first[name], other[name]) for name in first)


def test_shuffling_moves_pixels_and_jigsaws_move_quadrants() -> None:
    """Both keep the ink of every image, and the jigsaw keeps its quadrants but never all in place."""
    spoiled = training_outliers(X, Y)
    for name in ("shuffled", "jigsaw", "turned"):
        assert torch.equal(spoiled[name].flatten(1).sort().values, X.flatten(1).sort().values)

    def quadrants(images: torch.Tensor) -> list[list[list[float]]]:
        corners = [images[:, 0, r : r + 4, c : c + 4].flatten(1) for r in (0, 4) for c in (0, 4)]
        return [sorted(corner[i].tolist() for corner in corners) for i in range(50)]

    assert quadrants(spoiled["jigsaw"]) == quadrants(X)
    assert not bool((spoiled["jigsaw"] == X).flatten(1).all(1).any())


def test_blends_mix_two_classes() -> None:
    """With two constant classes every blend is grey: no image is blended with one of its own class."""
    x = torch.cat([torch.zeros(5, 1, 2, 2), torch.ones(3, 1, 2, 2)])
    y = torch.tensor([0] * 5 + [1] * 3)
    assert bool((training_outliers(x, y)["blended"] == 0.5).all())


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (torch.zeros(4, 1, 3, 3), torch.arange(4)),
        (torch.zeros(4, 8, 8), torch.arange(4)),
        (torch.zeros(4, 1, 8, 8), torch.arange(3)),
        (torch.zeros(4, 1, 8, 8), torch.zeros(4, dtype=torch.int64)),
    ],
)
def test_outliers_refuse_what_they_cannot_spoil(x: torch.Tensor, y: torch.Tensor) -> None:
    """Odd sides, missing channels, labels that do not fit and a single class are refused."""
    with pytest.raises(ValueError, match="must h"):
        training_outliers(x, y)


@pytest.mark.parametrize("n", [0, 400])
def test_anomalies_refuse_other_sizes(n: int) -> None:
    """A set cannot be empty or larger than the images it is made from."""
    with pytest.raises(ValueError, match="N at least"):
        anomaly_sets(DATA["x_test"], n=n)
