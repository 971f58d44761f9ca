"""The gradient-free attack: random search over blocks at the ends of the box, seeing logits only.

Source: Andriushchenko et al. 2020, Square Attack (arXiv:1912.00049): start on stripes, repaint a random square with the
ends of the box, keep what raises the margin, shrink the squares. Changed: several proposals per call, the best is kept,
because calls are what costs; ties are kept too, so that the search drifts on plateaus.
"""

import torch
from torch import Tensor

from mlsafety_grader.metrics.classifier import Classifier, is_right, logits_of, margin
from mlsafety_grader.metrics.threat import Box

_FIRST_SHARE = 0.3  # of the pixels that the first blocks cover; the last cover a single one


def query_survivors(
    model: Classifier, x: Tensor, y: Tensor, *, box: Box, seed: int, rounds: int, proposals: int
) -> Tensor:
    """Return which images stay right at x and at everything the search tries: bool, shape (n,).

    An image is shown to the model at most 1 + (rounds + 1) proposals times, in rounds + 2 calls.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        alive = is_right(logits_of(model, x), y)
        best, height = x.clone(), torch.full(y.shape, -torch.inf, dtype=x.dtype, device=x.device)
        for place in range(rounds + 1):
            running = alive.nonzero().squeeze(1)
            if not len(running):
                break
            around = Box(low=box.low[running], high=box.high[running], eps=box.eps)
            shape = (proposals, *best[running].shape)
            if place == 0:
                painted, to_top = torch.ones(shape, dtype=torch.bool), _stripes(shape, generator)
            else:
                painted, to_top = _blocks(shape, _FIRST_SHARE * (1 - place / rounds) ** 2, generator)
            ends = torch.where(to_top.to(x.device), around.high, around.low)
            tried = torch.where(painted.to(x.device), ends, best[running])
            unbroken, found, top = _judge(model, tried, y[running])
            better = top >= height[running]
            best[running] = torch.where(better.view(-1, *[1] * (x.ndim - 1)), found, best[running])
            height[running] = torch.where(better, top, height[running])
            alive[running] = unbroken
    return alive


def _judge(model: Classifier, tried: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return which images are right at all proposals (k, m, ...), each image's best proposal, and its margin."""
    answers = y.repeat(len(tried))
    logits = logits_of(model, tried.flatten(0, 1))
    unbroken = is_right(logits, answers).view(len(tried), -1).all(0)
    top, which = margin(logits, answers).view(len(tried), -1).max(0)
    return unbroken, tried[which, torch.arange(tried.shape[1], device=tried.device)], top


def _stripes(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Return coin flips, the same along the second last axis of images (k, m, channels, height, width)."""
    if len(shape) != 5:
        return torch.rand(shape, generator=generator) < 0.5
    return (torch.rand((*shape[:3], 1, shape[4]), generator=generator) < 0.5).expand(shape)


def _blocks(shape: tuple[int, ...], cover: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return where to paint, about `cover` of each input, and with which end of the box.

    Images get one square with one coin per channel; inputs of other shapes, whose neighbours mean nothing, get random
    entries with a coin each.
    """
    if len(shape) != 5:
        n_entries = torch.Size(shape[2:]).numel()
        scores = torch.rand((*shape[:2], n_entries), generator=generator)
        n_painted = max(1, round(cover * n_entries))
        cut = scores.kthvalue(n_painted, dim=-1, keepdim=True).values
        return (scores <= cut).view(shape), torch.rand(shape, generator=generator) < 0.5
    height, width = shape[3:]
    side = max(1, min(height, width, round((cover * height * width) ** 0.5)))
    top = torch.randint(height - side + 1, (*shape[:2], 1, 1, 1), generator=generator)
    left = torch.randint(width - side + 1, (*shape[:2], 1, 1, 1), generator=generator)
    rows, columns = torch.arange(height)[:, None], torch.arange(width)[None, :]
    inside = (rows >= top) & (rows < top + side) & (columns >= left) & (columns < left + side)
    return inside, torch.rand((*shape[:3], 1, 1), generator=generator) < 0.5
