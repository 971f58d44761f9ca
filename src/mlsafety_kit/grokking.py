"""A net that memorises first and understands much later: training curves for studying delayed generalisation.

The task is addition modulo 29, the net has one hidden layer, and all chance comes from one seed. One run takes about
two seconds on one core.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

MODULUS = 29
HIDDEN = 96
LEARNING_RATE = 5e-3
INITIAL_SCALE = 0.5


def grokking_run(
    seed: int = 0, *, n_steps: int = 1500, every: int = 20, weight_decay: float = 1.0
) -> dict[str, NDArray[Any]]:
    """Train a small net on half of the sums a + b mod 29 and return its training curves.

    The net adds one learned vector for a and one for b, squares every hidden unit and reads out 29 logits. Every step
    of AdamW uses the whole training half; the other half is the test set.

    Args:
        seed: decides which pairs are trained on and the initial weights; there is no other chance.
        n_steps: optimiser steps, at least 1.
        every: the net is evaluated before the first step and after each `every` steps, at least 1.
        weight_decay: AdamW's decoupled weight decay, at least 0.

    Returns:
        Arrays of shape (1 + n_steps // every,):
        `steps`: int64, strictly increasing from 0.
        `train_accuracy`, `test_accuracy`: float64 in [0, 1].
        `train_loss`, `test_loss`: float64, mean cross-entropy in nats.
        `fourier_share`: float64 in [0, 1]. Share of the power of the hidden units' input weights, seen as functions of
        a (or of b) on the circle of residues, that lies at each unit's single strongest frequency. Random weights have
        about 0.24; a net of pure waves has 1. It needs no test data.

    Raises:
        ValueError: a count is below 1 or `weight_decay` is negative.
    """
    if n_steps < 1 or every < 1:
        raise ValueError(f"n_steps and every must be at least 1, not {n_steps} and {every}")
    if not weight_decay >= 0:
        raise ValueError(f"weight_decay must be at least 0, not {weight_decay}")

    chance = torch.Generator().manual_seed(seed)
    residues = torch.arange(MODULUS)
    pairs = torch.cartesian_prod(residues, residues)
    sums = pairs.sum(1) % MODULUS
    columns = nn.functional.one_hot(pairs, MODULUS).flatten(1).float()  # a in the first 29 columns, b in the others
    train, test = torch.randperm(len(pairs), generator=chance).tensor_split(2)

    first = INITIAL_SCALE * torch.randn((2 * MODULUS, HIDDEN), generator=chance)
    second = INITIAL_SCALE * torch.randn((HIDDEN, MODULUS), generator=chance)
    first.requires_grad_()
    second.requires_grad_()
    optimizer = torch.optim.AdamW([first, second], lr=LEARNING_RATE, weight_decay=weight_decay, betas=(0.9, 0.98))

    def logits(rows: Tensor) -> Tensor:
        return (rows @ first).square() @ second

    halves = {"train": (columns[train], sums[train]), "test": (columns[test], sums[test])}
    curves: dict[str, list[float]] = {}
    for step in range(n_steps + 1):
        if step % every == 0:
            seen = {"steps": float(step), "fourier_share": _fourier_share(first.detach())}
            for name, (x, y) in halves.items():
                with torch.no_grad():
                    scores = logits(x)
                    seen[f"{name}_accuracy"] = float((scores.argmax(1) == y).double().mean())
                    seen[f"{name}_loss"] = float(nn.functional.cross_entropy(scores, y))
            for name, value in seen.items():
                curves.setdefault(name, []).append(value)
        x, y = halves["train"]
        optimizer.zero_grad()
        nn.functional.cross_entropy(logits(x), y).backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    arrays: dict[str, NDArray[Any]] = {name: np.array(values) for name, values in curves.items()}
    arrays["steps"] = arrays["steps"].astype(np.int64)
    return arrays


def _fourier_share(first: Tensor) -> float:
    """Return the share of power at each hidden unit's strongest frequency, the constant part left out."""
    tables = first.reshape(2, MODULUS, HIDDEN)
    power = torch.fft.rfft(tables, dim=1).abs().square()[:, 1:]
    return float(power.amax(1).sum() / power.sum())
