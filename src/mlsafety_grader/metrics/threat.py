"""The threat model: what an attacker may turn an image into."""

from dataclasses import dataclass
from math import inf

import torch
from torch import Tensor

from mlsafety_grader.metrics.inputs import CheckError


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """All images within eps of the originals in every pixel and within the valid range: ends of the shape of x."""

    low: Tensor
    high: Tensor
    eps: float


def box_around(x: Tensor, *, eps: float, bounds: tuple[float, float]) -> Box:
    """Return the L-infinity ball of radius eps around x, cut to `bounds`.

    Raises:
        CheckError: eps is negative or not finite, or x lies outside of `bounds`.
    """
    lowest, highest = bounds
    if not 0 <= eps < inf:
        raise CheckError(f"eps: {eps}", hint="it is finite and not negative")
    if bool((x < lowest).any()) or bool((x > highest).any()):
        raise CheckError(f"x: outside [{lowest}, {highest}]", hint="name the valid range with bounds=")
    near = x.detach()
    return Box(low=torch.clamp(near - eps, min=lowest), high=torch.clamp(near + eps, max=highest), eps=eps)
