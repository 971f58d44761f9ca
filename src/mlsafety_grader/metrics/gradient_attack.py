"""The fixed white-box attack: projected gradient ascent, many starts and two losses at once, worst case per image.

A step costs one forward and one backward call for everything that still runs, because the model may live in another
process. Broken images leave the batch.
"""

import torch
from torch import Tensor, nn

from mlsafety_grader.metrics.classifier import Classifier, is_right, logits_of, margin
from mlsafety_grader.metrics.threat import Box


def gradient_survivors(
    model: Classifier, x: Tensor, y: Tensor, *, box: Box, seed: int, restarts: int, steps: int
) -> Tensor:
    """Return which images stay right at x and at every point of all paths: bool, shape (n,).

    From each of 2 `restarts` uniform starts, `steps` signed steps of eps / 8 go up the cross-entropy (first half of the
    starts) or the margin (second half).
    """
    generator = torch.Generator().manual_seed(seed)
    draws = torch.rand((2 * restarts, *x.shape), generator=generator, dtype=x.dtype).to(x.device)
    points = box.low + (box.high - box.low) * draws
    with torch.no_grad():
        alive = is_right(logits_of(model, x), y)
    for step in range(steps + 1):
        running = alive.nonzero().squeeze(1)
        if not len(running):
            break
        unbroken, uphill = _look(model, points[:, running], y[running])
        alive[running] = unbroken
        if step < steps:
            moved = points[:, running] + box.eps / 8 * uphill.sign()
            points[:, running] = moved.clamp(box.low[running], box.high[running])
    return alive


def _look(model: Classifier, points: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Return which images are right at all of their points, and the gradients: points (k, m, ...), y (m,).

    A model that gives no gradient, or NaN, has gradient 0: the attack stands still, and `masking_gap` tells.
    """
    flat = points.flatten(0, 1).detach().requires_grad_()
    answers = y.repeat(len(points))
    with torch.enable_grad():
        logits = logits_of(model, flat)
        unbroken = is_right(logits.detach(), answers).view(len(points), -1).all(0)
        half = len(flat) // 2
        losses = nn.functional.cross_entropy(logits[:half], answers[:half], reduction="sum")
        losses = losses + margin(logits[half:], answers[half:]).sum()
    uphill = None
    if losses.requires_grad:
        (uphill,) = torch.autograd.grad(losses, flat, allow_unused=True)
    return unbroken, torch.zeros_like(points) if uphill is None else uphill.nan_to_num(0.0).view_as(points)
