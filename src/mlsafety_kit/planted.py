"""Images whose label has one known cause, and nets small enough to be understood: test objects for explanations.

An explanation of a real net can hardly be marked right or wrong, because nobody knows what the net looks at. Here the
cause of every label is planted and returned beside the image.
"""

import numpy as np
import torch
from torch import Tensor, nn

GREY = 0.5
NOISE = 0.15
CONTRAST = 0.4
PATCH = 2
CELLS = 4  # patches per side: 16 places


def planted(seed: int, n: int) -> dict[str, Tensor]:
    """Return n grey noise images, each with one 2x2 patch that is darker or lighter than the rest.

    The patch lies in one of the 16 cells of a 4x4 grid. Place, noise and label are independent: the only thing that
    tells the label is the patch.

    Args:
        seed: decides everything; the same seed gives the same images.
        n: number of images, at least 1.

    Returns:
        `x`: float32 of shape (n, 1, 8, 8) in [0, 1], 0 = paper, 1 = ink; noise of standard deviation 0.15 around 0.5,
        and 0.4 more or less ink on the patch, clipped.
        `y`: int64 of shape (n,); 1 = dark patch (more ink), 0 = light patch (less).
        `mask`: bool of shape (n, 1, 8, 8); True on the four pixels of the patch.
        `flipped`: like `x`, the same noise and place with the opposite patch; equal to `x` outside the mask.

    Raises:
        ValueError: `n` is below 1.
    """
    if n < 1:
        raise ValueError(f"at least one image, not {n}")
    rng = np.random.default_rng(seed)
    noise = GREY + NOISE * rng.standard_normal((n, 1, 8, 8))
    y = rng.integers(0, 2, n)
    rows, columns = np.divmod(rng.integers(0, CELLS * CELLS, n), CELLS)
    cell = np.arange(8) // PATCH
    mask = ((cell == rows[:, None])[:, :, None] & (cell == columns[:, None])[:, None, :])[:, None]
    patch = mask * (CONTRAST * (2 * y - 1))[:, None, None, None]
    return {
        "x": torch.from_numpy((noise + patch).clip(0, 1).astype(np.float32)),
        "y": torch.from_numpy(y.astype(np.int64)),
        "mask": torch.from_numpy(mask),
        "flipped": torch.from_numpy((noise - patch).clip(0, 1).astype(np.float32)),
    }


def localisation(attribution: Tensor, mask: Tensor) -> float:
    """Return the share of an attribution's absolute value that lies inside the mask, averaged over images.

    Args:
        attribution: float of shape (N, ...), finite.
        mask: bool of the same shape.

    Returns:
        Share in [0, 1]; an image whose attribution is zero everywhere counts as 0. Equal weight on all pixels gives the
        mask's share of the image, 1/16 for `planted`.

    Raises:
        ValueError: the shapes differ or there is no image.
    """
    if attribution.shape != mask.shape or not len(mask):
        raise ValueError(
            f"shapes {tuple(attribution.shape)} and {tuple(mask.shape)} are not those of one set of images"
        )
    size = attribution.detach().abs().double().flatten(1)
    inside, total = (size * mask.flatten(1)).sum(1), size.sum(1)
    return float((inside / total.where(total > 0, 1.0)).mean())


class PatchNet(nn.Module):
    """A net for `planted`: a 2x2 convolution that looks at one cell at a time, one hidden layer, two logits.

    Its layers are `conv` (`channels` channels of 4x4), `hidden` (`h` units) and `out`; ReLU follows the first two.
    """

    def __init__(self, channels: int = 16, h: int = 32) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, channels, PATCH, stride=PATCH)
        self.hidden = nn.Linear(channels * CELLS * CELLS, h)
        self.out = nn.Linear(h, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits of shape (N, 2) of images of shape (N, 1, 8, 8)."""
        cells = torch.relu(self.conv(x - GREY))
        logits: Tensor = self.out(torch.relu(self.hidden(cells.flatten(1))))
        return logits


class Polynomial(nn.Module):
    """A net whose gradient is known by heart: logit c is the sum over all inputs i of `weight[c, i] * x[i] ** power`.

    Args:
        weight: float32 of shape (classes, inputs).
        power: whole number, at least 1; 1 makes the net linear.

    Raises:
        ValueError: `weight` is no matrix or `power` is below 1.
    """

    def __init__(self, weight: Tensor, power: int) -> None:
        super().__init__()
        if weight.ndim != 2 or power < 1:
            raise ValueError(f"need a matrix and a power of at least 1, not {tuple(weight.shape)} and {power}")
        self.weight = nn.Parameter(weight.clone())
        self.power = power

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (N, classes) of inputs (N, ...) that have as many numbers each as `weight` has columns."""
        return x.flatten(1) ** self.power @ self.weight.T
