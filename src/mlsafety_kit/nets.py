"""Nets small enough to train in about a second on one core."""

import torch
from torch import Tensor, nn


class MLP(nn.Module):
    """A classifier with two hidden layers of `h` units and ReLU; it flattens its input and returns logits."""

    def __init__(self, d_in: int = 64, n_classes: int = 10, h: int = 128) -> None:
        super().__init__()
        self.l1 = nn.Linear(d_in, h)
        self.l2 = nn.Linear(h, h)
        self.l3 = nn.Linear(h, n_classes)

    def features(self, x: Tensor) -> Tensor:
        """Return the second hidden layer after ReLU, shape (N, h), of inputs of shape (N, ...) with `d_in` numbers."""
        hidden = torch.relu(self.l1(x.flatten(1)))
        return torch.relu(self.l2(hidden))

    def forward(self, x: Tensor) -> Tensor:
        """Return logits, not probabilities, of shape (N, n_classes)."""
        logits: Tensor = self.l3(self.features(x))
        return logits
