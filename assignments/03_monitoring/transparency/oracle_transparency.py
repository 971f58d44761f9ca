"""Hidden side of `transparency`: independent answers, held-out images and nets for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below are worked out by hand in float64: derivatives by the chain rule, ranks by counting, interventions by
running a net's layers one after another. None of them uses autograd, hooks or SciPy, as solutions do.
"""

import copy
import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from mlsafety_grader.metrics import Figure, localisation
from mlsafety_kit import MLP, digits, fit, seeded
from mlsafety_kit.planted import PatchNet, Polynomial, planted

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

DIGIT_LAYERS = ["l3", "l2", "l1"]
Saliency = Callable[[nn.Module, Tensor, Tensor], Tensor]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"transparency/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def generator_for(purpose: str) -> torch.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return torch.Generator().manual_seed(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ images and nets


def images(purpose: str, n: int, *, classes: int = 10) -> tuple[Tensor, Tensor]:
    """Return n images of uniform noise in [0, 1] and as many classes to explain."""
    g = generator_for(f"{purpose}/images")
    return torch.rand((n, 1, 8, 8), generator=g), torch.randint(0, classes, (n,), generator=g)


def polynomial(purpose: str, power: int, *, classes: int = 4) -> Polynomial:
    """Return a polynomial net whose weights have both signs and a size between 0.5 and 1.5."""
    g = generator_for(f"{purpose}/polynomial")
    sign = torch.randint(0, 2, (classes, 64), generator=g) * 2 - 1
    return Polynomial(sign * (0.5 + torch.rand((classes, 64), generator=g)), power).eval()


def smooth_net(purpose: str) -> nn.Module:
    """Return a random net without kinks, so that float32 and float64 agree about its gradient everywhere."""

    def build() -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(64, 24), nn.Tanh(), nn.Linear(24, 10))

    net = seeded(build, seed_for(f"{purpose}/net"))
    with torch.no_grad():
        net[1].weight.mul_(3)
        net[3].weight.mul_(3)
    return net.eval()


def untrained_mlp(purpose: str) -> MLP:
    """Return a random net for digits."""
    return seeded(MLP, seed_for(f"{purpose}/net")).eval()


@lru_cache(maxsize=1)
def _trained_on_digits(split: int, net: int, order: int) -> tuple[MLP, dict[str, Tensor]]:
    data = digits(split)
    return fit(seeded(MLP, net), data["x_train"], data["y_train"], epochs=20, seed=order), data


@lru_cache(maxsize=2)
def _trained_to_spot(images: int, net: int, order: int) -> PatchNet:
    train = planted(images, 4000)
    return fit(seeded(PatchNet, net), train["x"], train["y"], epochs=15, lr=5e-3, batch_size=128, seed=order)


def digit_net(purpose: str, n: int) -> tuple[MLP, Tensor, Tensor]:
    """Return a copy of this release's trained net, n digits it has not seen, and their classes."""
    net, data = _trained_on_digits(*(seed_for(f"digits/{part}") for part in ("split", "net", "order")))
    rows = torch.randperm(len(data["x_test"]), generator=generator_for(f"{purpose}/rows"))[:n]
    return copy.deepcopy(net), data["x_test"][rows], data["y_test"][rows]


def patch_net(number: int) -> PatchNet:
    """Return a copy of one of this release's two trained nets for planted images, number 0 or 1."""
    return copy.deepcopy(
        _trained_to_spot(*(seed_for(f"patch net {number}/{part}") for part in ("train", "net", "order")))
    )


def nested_net(purpose: str) -> nn.Module:
    """Return a random net whose layers have dotted names: `body.0` (convolution, 5 channels), `body.2`, `head.1`."""

    def build() -> nn.Module:
        net = nn.Sequential()
        net.add_module("body", nn.Sequential(nn.Conv2d(1, 5, 3), nn.Tanh(), nn.Conv2d(5, 6, 3), nn.Tanh()))
        net.add_module("head", nn.Sequential(nn.Flatten(), nn.Linear(96, 10)))
        return net

    return seeded(build, seed_for(f"{purpose}/net")).eval()


# ------------------------------------------------------------------------------------------------ attributions


def saliency(model: nn.Module, x: Tensor, target: Tensor) -> Tensor:
    """Return a right `gradient_saliency`, for questions that build on one. Works on nets of a submission too."""
    probe = x.detach().clone().requires_grad_()
    chosen = model(probe).gather(1, target[:, None])
    (slope,) = torch.autograd.grad(chosen.sum(), probe)
    return slope.detach()


def smooth_saliency(net: nn.Module, x: Tensor, target: Tensor) -> Tensor:
    """Return the gradient of the target logit of a `smooth_net` by the chain rule, in float64."""
    first, second = net[1], net[3]
    w1, b1, w2 = (p.detach().double() for p in (first.weight, first.bias, second.weight))
    slope = 1 - torch.tanh(x.double().flatten(1) @ w1.T + b1) ** 2
    return ((w2[target] * slope) @ w1).reshape(x.shape)


def polynomial_saliency(net: Polynomial, x: Tensor, target: Tensor) -> Tensor:
    """Return the gradient of the target logit of a polynomial net, in float64."""
    weight = net.weight.detach().double()[target].reshape(x.shape)
    return weight * net.power * x.double() ** (net.power - 1)


def midpoint_attribution(net: Polynomial, x: Tensor, target: Tensor, baseline: Tensor, steps: int) -> Tensor:
    """Return the path integral's midpoint sum with exactly `steps` points, for a polynomial net, in float64."""
    start = baseline.double().expand(x.shape)
    change = x.double() - start
    where = (np.arange(steps) + 0.5) / steps
    slopes = np.stack([polynomial_saliency(net, start + float(t) * change, target).numpy() for t in where])
    return change * torch.from_numpy(slopes.mean(0))


def path_attribution(model: nn.Module, x: Tensor, target: Tensor, baseline: float, steps: int = 32) -> Tensor:
    """Return right integrated gradients of any net from a uniform baseline."""
    start = torch.full_like(x, baseline)
    total = torch.zeros_like(x)
    for k in range(steps):
        total += saliency(model, start + (2 * k + 1) / (2 * steps) * (x - start), target)
    return (x - start) * total / steps


# ------------------------------------------------------------------------------------------------ deletion


def _probabilities(net: MLP, pixels: np.ndarray) -> np.ndarray:
    """Return an MLP's class probabilities of images of shape (N, 64), in float64."""
    hidden = pixels
    for layer in (net.l1, net.l2):
        hidden = np.maximum(hidden @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy(), 0)
    logits = hidden @ net.l3.weight.detach().double().numpy().T + net.l3.bias.detach().double().numpy()
    odds = np.exp(logits - logits.max(1, keepdims=True))
    return odds / odds.sum(1, keepdims=True)


def deletion_areas(net: MLP, x: Tensor, target: Tensor, attribution: Tensor, fill: float, n_steps: int) -> np.ndarray:
    """Return one area per image; each image's pixels are sorted and replaced on their own."""
    areas = []
    for image, score, label in zip(x.double().flatten(1).numpy(), attribution.flatten(1).numpy(), target, strict=True):
        order = sorted(range(len(image)), key=lambda i: (-score[i], i))
        stages = []
        for k in range(n_steps + 1):
            stage = image.copy()
            stage[order[: round(k * len(image) / n_steps)]] = fill
            stages.append(stage)
        curve = _probabilities(net, np.stack(stages))[:, int(label)]
        areas.append((curve.sum() - (curve[0] + curve[-1]) / 2) / n_steps)
    return np.array(areas)


# ------------------------------------------------------------------------------------------------ randomisation


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return average ranks by counting who is smaller and who is equal."""
    smaller = (values[None] < values[:, None]).sum(1)
    equal = (values[None] == values[:, None]).sum(1)
    return smaller + (equal + 1) / 2


def mean_rank_correlation(before: Tensor, after: Tensor) -> float:
    """Return the mean over images of the rank correlation of absolute maps; a constant map counts as 0."""
    found = []
    for one, other in zip(before.abs().flatten(1).double(), after.abs().flatten(1).double(), strict=True):
        a, b = (_ranks(v.numpy()) - (len(v) + 1) / 2 for v in (one, other))
        size = np.sqrt((a @ a) * (b @ b))
        found.append(a @ b / size if size > 0 else 0.0)
    return float(np.mean(found))


def scripted_maps(purpose: str, stages: int, shape: Sequence[int]) -> list[Tensor]:
    """Return related maps with both signs, many ties, different scales per image, and one constant image."""
    g = generator_for(f"{purpose}/maps")
    shared = torch.randn(tuple(shape), generator=g)
    maps = []
    for _ in range(stages):
        own = torch.randn(tuple(shape), generator=g)
        mixed = (shared + 0.7 * own) ** 3
        ties = (mixed * 2).round() / 2
        scale = torch.logspace(0, 2, shape[0]).reshape(-1, *[1] * (len(shape) - 1))
        maps.append(ties * scale)
    maps[1][0] = 0.25
    return maps


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """Return copies of a net's parameters by name; works on nets of a submission too."""
    return {name: p.detach().clone() for name, p in model.named_parameters()}


# ------------------------------------------------------------------------------------------------ patching


def mlp_logits(
    net: MLP, x: Tensor, *, layer: str = "", units: Sequence[int] = (), donor: Tensor | None = None
) -> Tensor:
    """Return an MLP's logits in float64, with units of one layer's output taken from another input's run."""
    own, other = x.double().flatten(1), (x if donor is None else donor).double().flatten(1)
    for name in ("l1", "l2", "l3"):
        weight, bias = (p.detach().double() for p in (getattr(net, name).weight, getattr(net, name).bias))
        own, other = own @ weight.T + bias, other @ weight.T + bias
        if name == layer:
            own = own.clone()
            own[:, list(units)] = other[:, list(units)]
        if name != "l3":
            own, other = own.clamp(min=0), other.clamp(min=0)
    return own


def _cells(net: PatchNet, x: Tensor) -> Tensor:
    """Return a patch net's convolution by cutting images into cells, shape (N, channels, 16), in float64."""
    cut = (x.double()[:, 0] - 0.5).reshape(-1, 4, 2, 4, 2).permute(0, 1, 3, 2, 4).reshape(-1, 16, 4)
    kernel = net.conv.weight.detach().double().reshape(-1, 4)
    return (cut @ kernel.T + net.conv.bias.detach().double()).transpose(1, 2)


def patch_net_logits(net: PatchNet, x: Tensor, *, units: Sequence[int] = (), donor: Tensor | None = None) -> Tensor:
    """Return a patch net's logits in float64, with channels of `conv` taken from another input's run."""
    cells = _cells(net, x)
    if donor is not None:
        cells[:, list(units)] = _cells(net, donor)[:, list(units)]
    flat = cells.clamp(min=0).flatten(1)
    hidden = (flat @ net.hidden.weight.detach().double().T + net.hidden.bias.detach().double()).clamp(min=0)
    return hidden @ net.out.weight.detach().double().T + net.out.bias.detach().double()


def share_restored(patched: Tensor, corrupt: Tensor, clean: Tensor, target: Tensor) -> float:
    """Return the effect of a patch from three tables of logits."""
    p, corrupted, cleaned = (float(v.gather(1, target[:, None]).mean()) for v in (patched, corrupt, clean))
    return (p - corrupted) / (cleaned - corrupted)


def nested_case(purpose: str, net: nn.Module, layer: str, units: Sequence[int]) -> tuple[Tensor, Tensor, float]:
    """Return images, the class that tells each best from its rolled partner, and the effect of patching one layer.

    The net runs part by part: `layer` names a part of `body`, and what comes after it continues from the mixture.
    """
    x, _ = images(purpose, 12)
    double = copy.deepcopy(net).double()
    own, donor = x.roll(1, 0).double(), x.double()
    with torch.no_grad():
        clean, corrupt = double(donor), double(own)
        for name, part in [*((f"body.{k}", p) for k, p in double.body.named_children()), ("head", double.head)]:
            own, donor = part(own), part(donor)
            if name == layer:
                own[:, list(units)] = donor[:, list(units)]
    target = (clean - corrupt).argmax(1)
    return x, target, share_restored(own, corrupt, clean, target)


def hooks_on(net: nn.Module) -> int:
    """Return how many hooks a net carries."""
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in net.modules())  # noqa: SLF001


# ------------------------------------------------------------------------------------------------ headline figure


def share_on_the_cause(maps: Sequence[Tensor], masks: Sequence[Tensor]) -> Figure:
    """Return the share of attribution on the planted cause over several nets' images, with its interval."""
    return localisation(torch.cat(list(maps)).numpy(), torch.cat(list(masks)).numpy(), seed=seed_for("interval"))
