"""Nets and data that several tests of attacks use."""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from mlsafety_kit import MLP, digits, fit, seeded

EPS = 0.15


def trained(n_test: int = 120) -> tuple[nn.Module, Tensor, Tensor]:
    """Return a net that was trained on clean digits, and test images."""
    data = digits(0)
    net = fit(seeded(MLP, 0), data["x_train"], data["y_train"], epochs=8)
    return net, data["x_test"][:n_test], data["y_test"][:n_test]


def linear_net(weight: Tensor) -> nn.Module:
    """Return a net of one linear layer on flattened images: weight (n_classes, n_pixels)."""
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        layer.weight.copy_(weight)
    return nn.Sequential(nn.Flatten(), layer)


def linear_case(seed: int, n_classes: int, n: int = 60) -> tuple[nn.Module, Tensor, Tensor]:
    """Return a random linear net, images of which some pixels lie near the ends of the range, and its own answers."""
    g = torch.Generator().manual_seed(seed)
    net = linear_net(torch.randn((n_classes, 16), generator=g))
    x = torch.rand((n, 1, 4, 4), generator=g)
    return net, x, net(x).argmax(1)


def exact_linear_survivors(net: nn.Module, x: Tensor, y: Tensor, eps: float) -> Tensor:
    """Return which images no point of the box breaks, by the closed form for each wrong class."""
    weight = net[1].weight.detach()  # type: ignore[index]
    low, high = (x - eps).clamp(min=0).flatten(1), (x + eps).clamp(max=1).flatten(1)
    alive = torch.ones(len(x), dtype=torch.bool)
    for wrong in range(len(weight)):
        slope = weight[wrong] - weight[y]
        worst = (torch.where(slope > 0, high, low) * slope).sum(1)
        alive &= (worst < 0) | (y == wrong)
    return alive


def wrapped(net: nn.Module, before: Callable[[Tensor], Tensor], after: Callable[[Tensor], Tensor]) -> nn.Module:
    """Return `after(net(before(x)))` as a module."""

    class Wrapped(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return after(net(before(x)))

    return Wrapped().eval()


class Counting:
    """A classifier that is no module and remembers how many rows each call had."""

    def __init__(self, net: nn.Module) -> None:
        self.net = net
        self.rows: list[int] = []

    def __call__(self, x: Tensor) -> Tensor:
        self.rows.append(len(x))
        found: Tensor = self.net(x)
        return found

    def is_shrinking(self) -> bool:
        """Tell whether no call after the first two is larger than the one before."""
        return all(one >= other for one, other in pairwise(self.rows[1:]))
