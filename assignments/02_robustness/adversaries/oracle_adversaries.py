"""Hidden side of `adversaries`: independent answers, held-out attacks and data for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.
"""

import copy
import hashlib
import math
from collections.abc import Callable
from statistics import NormalDist

import torch
from torch import Tensor, nn

from mlsafety_kit import MLP, digits, fit, seeded

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

BUDGET = 0.15
Attack = Callable[[nn.Module, Tensor, Tensor], Tensor]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"adversaries/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def generator_for(purpose: str) -> torch.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return torch.Generator().manual_seed(seed_for(purpose))


def held_out(purpose: str) -> dict[str, Tensor]:
    """Return the digits in a split of this release's own."""
    return digits(seed_for(f"{purpose}/split"))


def untrained_net(purpose: str) -> MLP:
    """Return a random net: its loss never saturates, so the signs of its gradients are well determined."""
    return seeded(MLP, seed_for(f"{purpose}/net")).eval()


def standard_net(purpose: str, data: dict[str, Tensor]) -> MLP:
    """Return a net that was trained on clean images only."""
    net = seeded(MLP, seed_for(f"{purpose}/net"))
    return fit(net, data["x_train"], data["y_train"], seed=seed_for(f"{purpose}/order"))


def fgsm_with_margin(model: nn.Module, x: Tensor, y: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """Return the one-step attack in float64 and a mask of pixels where the gradient's sign is beyond rounding error."""
    double = copy.deepcopy(model).double()
    probe = x.double().requires_grad_()
    log_probability = double(probe).log_softmax(1).gather(1, y[:, None])
    (uphill,) = torch.autograd.grad(-log_probability.sum(), probe)
    scale = uphill.abs().amax(dim=(1, 2, 3), keepdim=True)
    return (x.double() + eps * uphill.sign()).clamp(0, 1), uphill.abs() > 1e-4 * scale


def linear_case(purpose: str, n: int = 40) -> tuple[nn.Module, Tensor, Tensor]:
    """Return a two-class linear net with no weight near zero and n random images with random labels.

    Some pixels lie within reach of 0 or 1, so clipping decides the answer there.
    """
    g = generator_for(f"{purpose}/linear")
    layer = nn.Linear(64, 2)
    with torch.no_grad():
        size = 0.05 + 0.15 * torch.rand(64, generator=g)
        sign = torch.randint(0, 2, (64,), generator=g) * 2 - 1
        middle = 0.05 * torch.randn(64, generator=g)
        layer.weight.copy_(torch.stack([middle - size * sign / 2, middle + size * sign / 2]))
        layer.bias.zero_()
    x = torch.rand((n, 1, 8, 8), generator=g)
    return nn.Sequential(nn.Flatten(), layer).eval(), x, torch.randint(0, 2, (n,), generator=g)


def linear_shift(model: nn.Module, x: Tensor, y: Tensor, eps: float) -> Tensor:
    """Return the point of the box around x where a linear net's loss on label y is highest; lowest for negative eps."""
    away = model[1].weight.detach()[1 - y] - model[1].weight.detach()[y]
    return (x + eps * away.sign().reshape(x.shape)).clamp(0, 1)


def strong_pgd(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    eps: float,
    step: float,
    n_steps: int,
    *,
    targeted: bool = False,
    random_start: bool = True,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Attack like the student's `pgd`, written over the allowed interval's two ends instead of by projection."""
    low, high = (x - eps).clamp(min=0), (x + eps).clamp(max=1)
    point = x.clone()
    if random_start:
        point = low.maximum(high.minimum(x - eps + 2 * eps * torch.rand(x.shape, generator=generator)))
    direction = -step if targeted else step
    for _ in range(n_steps):
        point.requires_grad_()
        loss = nn.functional.cross_entropy(model(point), y)
        (uphill,) = torch.autograd.grad(loss, point)
        point = low.maximum(high.minimum(point.detach() + direction * uphill.sign()))
    return point.detach()


def coded_images(right: list[bool]) -> tuple[nn.Module, Tensor, Tensor]:
    """Return a two-class net and one image per entry, of which the net gets exactly the entries that are True right.

    The net reads the first pixel (class 1 above one half). The second pixel carries the image's number, so that an
    attack can know an image again in whatever batch it arrives.
    """
    n = len(right)
    y = torch.arange(n) % 2
    says_one = torch.tensor(right) == (y == 1)
    x = torch.full((n, 1, 2, 2), 0.5)
    x[:, 0, 0, 0] = torch.where(says_one, 0.9, 0.1)
    x[:, 0, 0, 1] = (torch.arange(n) + 0.5) / n
    layer = nn.Linear(4, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[-4.0, 0, 0, 0], [4.0, 0, 0, 0]]))
        layer.bias.copy_(torch.tensor([2.0, -2.0]))
    return nn.Sequential(nn.Flatten(), layer).eval(), x, y


def scripted_attack(right_after: list[bool]) -> Attack:
    """Return an attack after which the net of `coded_images` gets exactly the entries that are True right.

    Like every gradient attack it differentiates through the net, so it needs gradients to be switched on.
    """
    n = len(right_after)
    wanted = torch.tensor(right_after)

    def attack(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
        if not len(x):
            return x.clone()
        probe = x.clone().requires_grad_()
        torch.autograd.grad(model(probe).sum(), probe)
        number = (x[:, 0, 0, 1] * n - 0.5).round().long()
        moved = x.clone()
        moved[:, 0, 0, 0] = torch.where(wanted[number] == (y == 1), 0.9, 0.1)
        return moved

    return attack


def exact_radius(n_top: int, n: int, sigma: float, alpha: float) -> float:
    """Return the radius by bisection on the exact binomial tail; no formula is shared with the reference solution."""

    def chance_of_at_least(p: float) -> float:
        """Return P(Bin(n, p) >= n_top)."""
        log_terms = (
            math.lgamma(n + 1)
            - math.lgamma(k + 1)
            - math.lgamma(n - k + 1)
            + k * math.log(p)
            + (n - k) * math.log1p(-p)
            for k in range(n_top, n + 1)
        )
        return math.fsum(math.exp(term) for term in log_terms)

    if n_top == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        if not 0 < middle < 1:
            break
        low, high = (middle, high) if chance_of_at_least(middle) < alpha else (low, middle)
    bound = (low + high) / 2
    return sigma * NormalDist().inv_cdf(bound) if bound > 0.5 else 0.0
