"""Validation corruptions: damage at five severities, to choose and to judge methods by before the real test.

A corruption is a function `(x, severity, rng) -> x'` of a batch of images, float32 of shape (N, 1, 8, 8) in [0, 1],
and a severity from 1 to 5; chance comes from `rng`, a `numpy.random.Generator`. It leaves `x` alone and returns new
images of the same shape, dtype and range. None of them is an operation of `mlsafety_kit.augment`.
"""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from mlsafety_kit.train import acc

Corruption = Callable[[Tensor, int, np.random.Generator], Tensor]


def _size(severity: int, sizes: tuple[float, ...]) -> float:
    if severity not in range(1, 6):
        raise ValueError(f"a severity is 1, 2, 3, 4 or 5, not {severity}")
    return sizes[severity - 1]


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Tensor:
    return torch.from_numpy(rng.random(shape, dtype=np.float32))


def grain(x: Tensor, severity: int, rng: np.random.Generator) -> Tensor:
    """Add uniform noise to every pixel."""
    size = _size(severity, (0.2, 0.3, 0.4, 0.5, 0.6))
    return (x + size * (2 * _uniform(rng, tuple(x.shape)) - 1)).clamp(0, 1)


def lost_lines(x: Tensor, severity: int, rng: np.random.Generator) -> Tensor:
    """Blank every row with a probability, as a bad connection does."""
    share = _size(severity, (0.06, 0.12, 0.18, 0.24, 0.3))
    lost = _uniform(rng, (len(x), 1, x.shape[2], 1)) < share
    return torch.where(lost, torch.zeros_like(x), x)


def ink_bleed(x: Tensor, severity: int, rng: np.random.Generator) -> Tensor:  # noqa: ARG001 - all have one signature
    """Let every pixel take over some of the ink of its darkest neighbour."""
    share = _size(severity, (0.2, 0.35, 0.5, 0.65, 0.8))
    spread = nn.functional.max_pool2d(x, 3, stride=1, padding=1)
    return (1 - share) * x + share * spread


def shadow(x: Tensor, severity: int, rng: np.random.Generator) -> Tensor:
    """Darken every image towards one of its four sides."""
    size = _size(severity, (0.3, 0.45, 0.6, 0.75, 0.9))
    ramp = torch.linspace(0, 1, x.shape[3]).expand(x.shape[2], -1)
    sides = torch.stack([torch.rot90(ramp, quarter) for quarter in range(4)])[:, None]
    side = torch.from_numpy(rng.integers(0, 4, len(x)))
    return torch.maximum(x, size * sides[side])


def double_image(x: Tensor, severity: int, rng: np.random.Generator) -> Tensor:
    """Lay another image of the batch faintly over every image, as thin paper does."""
    size = _size(severity, (0.15, 0.25, 0.35, 0.45, 0.55))
    other = x[torch.from_numpy(rng.permutation(len(x)))]
    return torch.maximum(x, size * other)


VAL_CORRUPTIONS: Mapping[str, Corruption] = {
    "grain": grain,
    "lost lines": lost_lines,
    "ink bleed": ink_bleed,
    "shadow": shadow,
    "double image": double_image,
}


def error_table(
    model: nn.Module, x: Tensor, y: Tensor, corruptions: Mapping[str, Corruption] = VAL_CORRUPTIONS, *, seed: int = 0
) -> np.ndarray:
    """Return the error rates of a classifier under each corruption (rows) at severities 1 to 5 (columns).

    Args:
        model: maps images to logits.
        x: float32 of shape (N, 1, 8, 8) in [0, 1].
        y: int64 of shape (N,).
        corruptions: names and functions, in the order of the rows.
        seed: decides the damage; the same seed damages two models' images alike.

    Returns:
        float64 of shape (number of corruptions, 5), shares in [0, 1].
    """
    rng = np.random.default_rng(seed)
    return np.array([[1 - acc(model, damage(x, s, rng), y) for s in range(1, 6)] for damage in corruptions.values()])
