"""Training and scoring with every source of chance named, so that the same call gives the same net."""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, nn

Model = TypeVar("Model", bound=nn.Module)
Loss = Callable[[nn.Module, Tensor, Tensor], Tensor]


def seeded(cls: Callable[..., Model], seed: int, **kw: object) -> Model:
    """Return `cls(**kw)` with initial weights drawn from `seed`; torch's global random state stays as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return cls(**kw)


def _cross_entropy(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    return nn.functional.cross_entropy(model(x), y)


def fit(
    model: Model,
    x: Tensor,
    y: Tensor,
    *,
    epochs: int = 30,
    lr: float = 2e-3,
    batch_size: int = 64,
    seed: int = 0,
    weight_decay: float = 0.0,
    loss: Loss | None = None,
) -> Model:
    """Train `model` in place with Adam on shuffled batches and return it in eval mode.

    Args:
        model: any classifier that maps inputs to logits.
        x: float32 of shape (N, ...).
        y: int64 of shape (N,).
        epochs: passes over the data; 0 trains nothing.
        lr: Adam's step size.
        batch_size: the last batch of an epoch may be smaller.
        seed: decides the order of the examples and nothing else.
        weight_decay: L2 penalty as Adam applies it.
        loss: called as `loss(model, x_batch, y_batch)`, returns a scalar to descend; None is cross-entropy.
    """
    loss = loss or _cross_entropy
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)
    generator = torch.Generator().manual_seed(seed)

    model.train()
    for _ in range(epochs):
        for rows in torch.split(torch.randperm(len(x), generator=generator), batch_size):
            optimizer.zero_grad()
            loss(model, x[rows], y[rows]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    model.eval()
    return model


def acc(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the share of inputs, in [0, 1], whose largest logit is that of the label."""
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())
