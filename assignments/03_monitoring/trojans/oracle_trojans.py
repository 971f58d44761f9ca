"""Hidden side of `trojans`: independent answers, held-out nets, triggers and data for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.
"""

import copy
import hashlib
import statistics
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from mlsafety_grader.metrics import attack_success_rate, detection_accuracy, trigger_iou
from mlsafety_kit import MLP, digits, fit, seeded
from mlsafety_kit.triggers import patch_trigger

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

__all__ = [
    "attack_success_rate",
    "detection_accuracy",
    "trigger_iou",
]

SCAN_IMAGES = 100  # more of them cost time and change no verdict


class Suspect(NamedTuple):
    """A net of unknown honesty with the digits of its makers; the trigger works on it only if it was planted."""

    net: MLP
    data: dict[str, Tensor]
    mask: Tensor
    pattern: Tensor
    target: int


class Lock(NamedTuple):
    """A linear net that answers `target` once one pixel is bright and another is dark, and hardly ever before."""

    net: nn.Sequential
    x: Tensor
    target: int
    mask: Tensor
    pattern: Tensor


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"trojans/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def generator_for(purpose: str) -> torch.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return torch.Generator().manual_seed(seed_for(purpose))


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh NumPy generator for one purpose."""
    return np.random.default_rng(seed_for(purpose))


def blend(x: Tensor, mask: Tensor, pattern: Tensor) -> Tensor:
    """Return the images with the trigger, as a step of length `mask` from image to pattern."""
    return x + mask * (pattern - x)


def untrained_net(purpose: str) -> MLP:
    """Return a random net."""
    return seeded(MLP, seed_for(f"{purpose}/net")).eval()


@cache
def _trained(purpose: str, *, is_trojaned: bool) -> Suspect:
    data = digits(seed_for(f"{purpose}/split"))
    trigger = patch_trigger(seed_for(f"{purpose}/trigger"))
    x, y = data["x_train"].numpy().copy(), data["y_train"].numpy().copy()
    if is_trojaned:
        rows = rng_for(f"{purpose}/rows").choice(np.flatnonzero(y != trigger.target), len(x) // 10, replace=False)
        x[rows] = np.where(trigger.mask.numpy() > 0, trigger.pattern.numpy(), x[rows])
        y[rows] = trigger.target
    net = seeded(MLP, seed_for(f"{purpose}/net"))
    fit(
        net,
        torch.from_numpy(x),
        torch.from_numpy(y),
        seed=seed_for(f"{purpose}/order"),
        weight_decay=1e-4,
    )
    return Suspect(net, data, *trigger)


def suspect(purpose: str, *, is_trojaned: bool) -> Suspect:
    """Return a trained net with its data, a copy that the caller may spoil; training happens once per purpose."""
    return copy.deepcopy(_trained(purpose, is_trojaned=is_trojaned))


def unseen(one: Suspect) -> tuple[Tensor, Tensor]:
    """Return the images that neither the attacker nor the defender had."""
    return one.data["x_test"], one.data["y_test"]


def success(net: nn.Module, one: Suspect, mask: Tensor, pattern: Tensor) -> float:
    """Return how often a trigger sends unseen images of other classes to the suspect's target."""
    x, y = unseen(one)
    return float(attack_success_rate(net, x, y, mask=mask, pattern=pattern, target=one.target))


def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the share of right answers."""
    with torch.no_grad():
        return float((net(x).argmax(1) == y).double().mean())


def lock(purpose: str) -> Lock:
    """Return a linear net over grey noise with a known key: `mask` and `pattern` open it at a cost of two pixels."""
    g = generator_for(f"{purpose}/lock")
    target = int(torch.randint(0, 3, (), generator=g))
    bright, dark, weak = torch.randperm(64, generator=g)[:3].tolist()
    x = 0.3 + 0.4 * torch.rand((60, 1, 8, 8), generator=g)
    layer = nn.Linear(64, 3)
    with torch.no_grad():
        layer.bias.zero_()
        layer.weight.copy_(0.1 * torch.randn((3, 64), generator=g))
        layer.weight[:, [bright, dark, weak]] = 0.0
        layer.weight[target, bright], layer.weight[target, dark], layer.weight[target, weak] = 10.0, -10.0, -3.0
        scores = layer(x.flatten(1))
        best_other = scores.index_fill(1, torch.tensor([target]), -1e9).amax(1)
        layer.bias[target] = (best_other - scores[:, target]).mean() - 5.0
    mask = torch.zeros(64)
    mask[[bright, dark]] = 1.0
    pattern = torch.zeros(64)
    pattern[bright] = 1.0
    return Lock(nn.Sequential(nn.Flatten(), layer).eval(), x, target, mask.view(1, 8, 8), pattern.view(1, 8, 8))


def cost(net: nn.Module, x: Tensor, target: int, mask: Tensor, pattern: Tensor, lam: float) -> float:
    """Return the quantity that an inversion is to make small, in float64."""
    with torch.no_grad():
        log_probability = net(blend(x, mask, pattern)).double().log_softmax(1)[:, target]
    return float(-log_probability.mean() + lam * mask.double().sum())


def reverse(one: Suspect) -> tuple[Tensor, Tensor]:
    """Return a reversed trigger: projected Adam on the pixels themselves instead of on free numbers behind sigmoids."""
    g = generator_for("reverse")
    x = one.data["x_val"][:SCAN_IMAGES]
    mask = (0.1 + 0.05 * torch.rand((1, 8, 8), generator=g)).requires_grad_()
    pattern = torch.rand((1, 8, 8), generator=g).requires_grad_()
    adam = torch.optim.Adam([mask, pattern], lr=0.1)
    for _ in range(200):
        log_probability = one.net(blend(x, mask, pattern)).log_softmax(1)[:, one.target]
        loss = 0.05 * mask.sum() - log_probability.mean()
        mask.grad, pattern.grad = torch.autograd.grad(loss, [mask, pattern])
        adam.step()
        with torch.no_grad():
            mask.clamp_(0, 1)
            pattern.clamp_(0, 1)
    return mask.detach(), pattern.detach()


def verdict(sizes: list[float]) -> int | None:
    """Return the class that a scan accuses, None for a clean net."""
    smallest = min(range(len(sizes)), key=sizes.__getitem__)
    return smallest if sizes[smallest] < 0.6 * statistics.median(sizes) else None


def robust_z(sizes: list[float]) -> list[float]:
    """Return the anomaly index of each size with plain Python, no formula shared with NumPy's way of writing it."""
    middle = statistics.median(sizes)
    spread = statistics.median([abs(size - middle) for size in sizes])
    return [(middle - size) / (1.4826 * spread) if spread else 0.0 for size in sizes]


def reading_net(target: int, n_classes: int = 4, boost: float = 0.5) -> nn.Sequential:
    """Return a net that reads its logits off the first pixels; the last pixel adds `boost` times itself to `target`."""
    layer = nn.Linear(64, n_classes, bias=False)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[torch.arange(n_classes), torch.arange(n_classes)] = 1.0
        layer.weight[target, 63] = boost
    return nn.Sequential(nn.Flatten(), layer).eval()


def written_images(logits: Tensor, last: Tensor | float = 0.0) -> Tensor:
    """Return images of which `reading_net` reads these logits, with the given last pixel."""
    x = torch.zeros((len(logits), 64))
    x[:, : logits.shape[1]] = logits
    x[:, 63] = last
    return x.view(-1, 1, 8, 8)
