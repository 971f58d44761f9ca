"""Over-confident digit nets: five small nets that learned noisy digits, and what they say about other noisy digits.

The nets see few images, each only twice, so they end up far surer than they are right: just what the notebook on
uncertainty needs. Nothing here measures or repairs that.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mlsafety_kit.data import digits
from mlsafety_kit.nets import MLP
from mlsafety_kit.train import fit, seeded

NOISE = 0.35


def noisy_logits(seed: int = 0, *, members: int = 5, shifts: Sequence[float] = ()) -> dict[str, NDArray[Any]]:
    """Train `members` nets on digits with Gaussian noise of standard deviation 0.35 and return their logits.

    Each net sees the same 400 training images, each in two noisy copies, in an order and from initial weights of its
    own. Every validation image comes in 6 noisy copies, every test image in 12. Pixels are not clipped to [0, 1].

    Args:
        seed: decides the split of the digits, the noise and the nets; the same seed gives the same arrays.
        members: how many nets, at least 1; the first ones are the same nets whatever the number.
        shifts: other noise levels, each at least 0, at which the nets are tried as well.

    Returns:
        `logits_val`, float64 (members, 2154, 10), and `y_val`, int64 (2154,).
        `logits_test`, float64 (members, 4320, 10), and `y_test`, int64 (4320,).
        `x_test`, float32 (4320, 1, 8, 8): the noisy test images.
        `logits_shifted`, float64 (len(shifts), members, 4320, 10): the same test images, with the same noise pattern
        scaled to each level of `shifts`. Labels are `y_test`.

    Raises:
        ValueError: `members` is less than 1, or a level of `shifts` is negative or not finite.
    """
    if members < 1:
        raise ValueError(f"members must be at least 1, not {members}")
    levels = [float(level) for level in shifts]
    if not all(0 <= level < float("inf") for level in levels):
        raise ValueError(f"noise levels must be finite and not negative, not {levels}")

    data = digits(seed)
    generator = torch.Generator().manual_seed(seed)
    x_train, noise_train = _copies(data["x_train"][:400], 2, generator)
    x_val, noise_val = _copies(data["x_val"], 6, generator)
    x_test, noise_test = _copies(data["x_test"], 12, generator)
    y_train = data["y_train"][:400].repeat(2)

    nets = [
        fit(seeded(MLP, own), x_train + NOISE * noise_train, y_train, epochs=40, batch_size=160, seed=own)
        for own in (1000 * seed + member for member in range(members))
    ]
    shifted = [_logits(nets, x_test + level * noise_test) for level in levels]
    return {
        "logits_val": _logits(nets, x_val + NOISE * noise_val),
        "y_val": data["y_val"].repeat(6).numpy(),
        "logits_test": _logits(nets, x_test + NOISE * noise_test),
        "y_test": data["y_test"].repeat(12).numpy(),
        "x_test": (x_test + NOISE * noise_test).numpy(),
        "logits_shifted": np.stack(shifted) if shifted else np.empty((0, members, len(x_test), 10)),
    }


def _copies(x: Tensor, copies: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return `x` repeated `copies` times, and standard normal noise of that shape."""
    repeated = x.repeat(copies, 1, 1, 1)
    return repeated, torch.randn(repeated.shape, generator=generator)


def _logits(nets: Sequence[MLP], x: Tensor) -> NDArray[np.float64]:
    with torch.no_grad():
        return np.stack([net(x).double().numpy() for net in nets])
