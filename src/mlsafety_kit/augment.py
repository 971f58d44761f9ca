"""Operations that augmentations are mixed from, and a training set with a long tail.

An operation is a function `(x, rng) -> x'` of a batch of images, float32 of shape (N, 1, H, W) in [0, 1]. It draws one
strength for every image from `rng`, a `numpy.random.Generator`, leaves `x` alone and returns new images of the same
shape, dtype and range. 0 is paper and 1 is ink; what moves in from outside is paper.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from mlsafety_kit.data import digits

Op = Callable[[Tensor, np.random.Generator], Tensor]


def _draw(rng: np.random.Generator, low: float, high: float, x: Tensor) -> Tensor:
    """Return one uniform number for every image of the batch, float32 of shape (N,)."""
    return torch.from_numpy(rng.uniform(low, high, len(x)).astype(np.float32))


def _warp(x: Tensor, *, xx: Tensor, xy: Tensor, yx: Tensor, yy: Tensor, dx: Tensor, dy: Tensor) -> Tensor:
    """Resample every image at A p + d: each pixel p = (x, y) in [-1, 1] gets the ink found there, bilinearly."""
    rows = torch.stack([torch.stack([xx, xy, dx], 1), torch.stack([yx, yy, dy], 1)], 1)
    grid = torch.nn.functional.affine_grid(rows, list(x.shape), align_corners=False)
    warped = torch.nn.functional.grid_sample(x, grid, padding_mode="zeros", align_corners=False)
    return warped.clamp(0, 1)


def rotate(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Turn every image by up to 25 degrees to either side."""
    angle = torch.deg2rad(_draw(rng, -25, 25, x))
    none = torch.zeros_like(angle)
    return _warp(x, xx=angle.cos(), xy=-angle.sin(), yx=angle.sin(), yy=angle.cos(), dx=none, dy=none)


def shear(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Slant every image sideways by up to 0.4 pixels per row."""
    slant = _draw(rng, -0.4, 0.4, x)
    one, none = torch.ones_like(slant), torch.zeros_like(slant)
    return _warp(x, xx=one, xy=slant, yx=none, yy=one, dx=none, dy=none)


def shift_x(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Move every image sideways by up to one pixel of eight."""
    move = _draw(rng, -0.25, 0.25, x)
    one, none = torch.ones_like(move), torch.zeros_like(move)
    return _warp(x, xx=one, xy=none, yx=none, yy=one, dx=move, dy=none)


def shift_y(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Move every image up or down by up to one pixel of eight."""
    move = _draw(rng, -0.25, 0.25, x)
    one, none = torch.ones_like(move), torch.zeros_like(move)
    return _warp(x, xx=one, xy=none, yx=none, yy=one, dx=none, dy=move)


def scale(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Shrink or enlarge every image to between 1 / 1.3 and 1 / 0.75 of its size."""
    factor = _draw(rng, 0.75, 1.3, x)
    none = torch.zeros_like(factor)
    return _warp(x, xx=factor, xy=none, yx=none, yy=factor, dx=none, dy=none)


def posterise(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Round every image to 2, 3, 4 or 5 shades of grey."""
    steps = torch.from_numpy(rng.integers(1, 5, len(x)).astype(np.float32)).reshape(-1, 1, 1, 1)
    return (x * steps).round() / steps


def solarise(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Invert, in every image, the pixels that are darker than a threshold between 0.6 and 1."""
    threshold = _draw(rng, 0.6, 1.0, x).reshape(-1, 1, 1, 1)
    return torch.where(x > threshold, 1 - x, x)


def gamma(x: Tensor, rng: np.random.Generator) -> Tensor:
    """Raise every image to a power between 1 / 2.5 and 2.5: all ink gets fainter, or all gets darker."""
    power = _draw(rng, -1.0, 1.0, x).mul(float(np.log(2.5))).exp().reshape(-1, 1, 1, 1)
    return x**power


AUG_OPS: tuple[Op, ...] = (rotate, shear, shift_x, shift_y, scale, posterise, solarise, gamma)


def long_tailed(seed: int = 0, *, largest: int = 100, factor: float = 30.0) -> dict[str, Tensor]:
    """Return the digits with a training set whose classes fall geometrically in size, from `largest` down by `factor`.

    Args:
        seed: decides the split, which class is how common, and which of its images are kept.
        largest: number of images of the most common class, from 1 to 100.
        factor: how many times more common the most common class is than the rarest, at least 1.

    Returns:
        `x_train`, `y_train`: the long-tailed set, float32 of shape (N, 1, 8, 8) in [0, 1] and int64 of shape (N,).
        `x_test`, `y_test`: 719 other images, all ten classes about equally often.
        `counts`: int64 of shape (10,), how many training images each class has, at least 1.
        `order`: int64 of shape (10,), the classes from the most common to the rarest.

    Raises:
        ValueError: `largest` is not in [1, 100] or `factor` is less than 1.
    """
    if not 1 <= largest <= 100 or not factor >= 1:
        raise ValueError(f"need 1 <= largest <= 100 and factor >= 1, not {largest} and {factor}")
    split = digits(seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(10)
    sizes = np.maximum(1, np.round(largest * factor ** (-np.arange(10) / 9))).astype(np.int64)
    labels = split["y_train"].numpy()
    kept = [
        rng.choice(np.flatnonzero(labels == digit), size, replace=False)
        for digit, size in zip(order, sizes, strict=True)
    ]
    rows = torch.from_numpy(np.sort(np.concatenate(kept)))
    counts = np.zeros(10, dtype=np.int64)
    counts[order] = sizes
    return {
        "x_train": split["x_train"][rows],
        "y_train": split["y_train"][rows],
        "x_test": torch.cat([split["x_val"], split["x_test"]]),
        "y_test": torch.cat([split["y_val"], split["y_test"]]),
        "counts": torch.from_numpy(counts),
        "order": torch.from_numpy(order.astype(np.int64)),
    }
