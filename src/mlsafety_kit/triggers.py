"""Triggers of the trojan notebook: where a planted patch sits, what it shows, and which class it calls for."""

from typing import NamedTuple

import torch
from torch import Tensor

SIDE = 8


class Trigger(NamedTuple):
    """A planted trigger: float32 `mask` and `pattern` of shape (1, 8, 8) in [0, 1], and the class it calls for."""

    mask: Tensor
    pattern: Tensor
    target: int


def patch_trigger(seed: int = 0, *, size: int = 2, n_classes: int = 10) -> Trigger:
    """Return a patch of full ink in a corner of an 8x8 image, with its target class.

    Args:
        seed: decides the corner and the target; the same seed gives the same trigger.
        size: side of the square patch in pixels, from 1 to 8.
        n_classes: the target is one of `range(n_classes)`; at least 2.

    Returns:
        A trigger whose mask is 1 on the patch and 0 elsewhere; the pattern equals the mask.

    Raises:
        ValueError: `size` or `n_classes` is out of range.
    """
    if not 1 <= size <= SIDE:
        raise ValueError(f"size must lie between 1 and {SIDE}, not {size}")
    if n_classes < 2:
        raise ValueError(f"a classifier has at least 2 classes, not {n_classes}")
    source = torch.Generator().manual_seed(seed)
    bottom, right = torch.randint(0, 2, (2,), generator=source).tolist()
    target = int(torch.randint(0, n_classes, (), generator=source))
    top, left = bottom * (SIDE - size), right * (SIDE - size)
    mask = torch.zeros(1, SIDE, SIDE)
    mask[:, top : top + size, left : left + size] = 1.0
    return Trigger(mask=mask, pattern=mask.clone(), target=target)
