"""Hidden side of `anomalies`: independent answers, held-out data and held-out anomalies for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.
"""

import hashlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mlsafety_grader.metrics import Figure, auroc, fpr_at_recall, mean_of
from mlsafety_kit import MLP, digits, fit, seeded
from mlsafety_kit.outliers import training_outliers

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

ORDINARY = range(7)
UNSEEN = (7, 8, 9)
Array = np.ndarray[Any, np.dtype[np.float64]]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"anomalies/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def generator_for(purpose: str) -> torch.Generator:
    """Return a fresh torch generator for one purpose; two calls give the same numbers."""
    return torch.Generator().manual_seed(seed_for(purpose))


def numbers_for(purpose: str) -> np.random.Generator:
    """Return a fresh NumPy generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


def as_numbers(result: object) -> Tensor:
    """Return a student's scores as float64; a float tensor or array of any precision will do."""
    return torch.as_tensor(result).detach().double()


def must_refuse(function: Callable[..., object], *arguments: object) -> None:
    """Assert that a call raises ValueError."""
    try:
        function(*arguments)
    except ValueError:
        return
    raise AssertionError(f"no ValueError for {arguments}")


# ------------------------------------------------------------------------------------------------ scores and rates


def count_pairs(scores_in: Array, scores_out: Array) -> float:
    """Return the AUROC by counting, for each anomaly, the ordinary scores below it and level with it."""
    below = np.searchsorted(np.sort(scores_in), scores_out, side="left")
    up_to = np.searchsorted(np.sort(scores_in), scores_out, side="right")
    return float((below + up_to).sum() / (2 * len(scores_in) * len(scores_out)))


def needed_catches(n: int, tpr: float) -> int:
    """Return how many of n anomalies make a share of at least `tpr`; refuse a case that rounding could decide."""
    needed = next(k for k in range(1, n + 1) if k / n >= tpr)
    assert needed == math.ceil(tpr * n), "another n or tpr, please"
    return needed


def false_alarms(scores_in: Array, scores_out: Array, tpr: float) -> float:
    """Return the false positive rate at the largest threshold that catches the share `tpr` of the anomalies."""
    threshold = sorted(scores_out.tolist(), reverse=True)[needed_catches(len(scores_out), tpr) - 1]
    return sum(score >= threshold for score in scores_in.tolist()) / len(scores_in)


def softmax_confidence(logits: Tensor) -> Tensor:
    """Return the largest softmax probability in float64, as one over a sum of ratios."""
    logits = logits.double()
    return 1 / (logits - logits.amax(1, keepdim=True)).exp().sum(1)


# ------------------------------------------------------------------------------------------------ ViM


def subspace_case(purpose: str) -> tuple[dict[str, Tensor], list[int]]:
    """Return random features, most of whose energy lies in a few directions, with a linear last layer.

    Also returned are two values of `dim` at which the eigenvalues leave a wide gap, so that the residual space is well
    determined in float32. The features lie far from zero, the origin far from both zero and the mean.
    """
    g = generator_for(purpose)
    n, d, c = 300, 24, 5
    scales = torch.tensor([3.0] * 6 + [1.0] * 5 + [0.25] * (d - 11))
    basis = torch.linalg.qr(torch.randn((d, d), generator=g))[0]
    middle = 1.5 * torch.randn(d, generator=g)
    W = torch.randn((c, d), generator=g) / d**0.5
    b = 4 * torch.randn(c, generator=g)
    case = {"W": W, "b": b}
    for part, size in (("train", n), ("test", 80)):
        spread = torch.ones(size, 1) if part == "train" else 1 + 2 * torch.rand((size, 1), generator=g)
        features = middle + spread * (torch.randn((size, d), generator=g) * scales) @ basis.T
        case[f"features_{part}"] = features
        case[f"logits_{part}"] = features @ W.T + b
    spectrum = np.linalg.svd(_shifted(case, "train"), compute_uv=False) ** 2
    widest = np.argsort(spectrum[2:] / spectrum[1:-1])[:2] + 2
    assert np.all(spectrum[widest] < 0.7 * spectrum[widest - 1]), "the residual space would be ill determined"
    return case, sorted(int(dim) for dim in widest)


def _shifted(case: dict[str, Tensor], part: str) -> Array:
    W, b = case["W"].double().numpy(), case["b"].double().numpy()
    origin = np.linalg.lstsq(W, -b, rcond=None)[0]  # of all points with zero logits, the one nearest to zero
    return case[f"features_{part}"].double().numpy() - origin


def vim_scores(case: dict[str, Tensor], dim: int) -> tuple[Tensor, float]:
    """Return the scores of the case's test part and the factor alpha, from singular vectors and Pythagoras."""
    train, test = _shifted(case, "train"), _shifted(case, "test")
    principal = np.linalg.svd(train, full_matrices=False)[2][:dim]

    def residual(x: Array) -> Array:
        return np.sqrt(np.maximum((x**2).sum(1) - ((x @ principal.T) ** 2).sum(1), 0))

    top = case["logits_train"].double().numpy().max(1)
    alpha = float(top.mean() / residual(train).mean())
    logits = case["logits_test"].double().numpy()
    peak = logits.max(1)
    energy = peak + np.log(np.exp(logits - peak[:, None]).sum(1))
    return torch.from_numpy(alpha * residual(test) - energy), alpha


# ------------------------------------------------------------------------------------------------ outlier exposure


def exposure_loss(logits_in: Tensor, y: Tensor, logits_out: Tensor, lam: float = 0.5) -> Tensor:
    """Return the outlier exposure loss, written with logsumexp instead of cross-entropies."""
    ordinary = (logits_in.logsumexp(1) - logits_in.gather(1, y[:, None]).squeeze(1)).mean()
    return ordinary + lam * (logits_out.logsumexp(1) - logits_out.mean(1)).mean()


def random_batch(purpose: str, *, n: int, m: int, c: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return logits of n ordinary images, their labels and logits of m outliers, in float64."""
    g = generator_for(purpose)
    logits_in = 2 * torch.randn((n, c), generator=g, dtype=torch.float64)
    logits_out = 3 * torch.randn((m, c), generator=g, dtype=torch.float64) + 1
    return logits_in, torch.randint(0, c, (n,), generator=g), logits_out


class CodedImages:
    """Images and outliers that a net passes on by number, and a loss that writes down which it was given.

    The first pixel carries the number, the second is ink for outliers. The net's first two logits are these pixels, so
    whatever batch reaches the loss, its members are known.
    """

    def __init__(self, purpose: str, *, n: int, m: int) -> None:
        g = generator_for(purpose)
        self.n, self.m = n, m
        self.y = torch.randint(0, 3, (n,), generator=g)
        self.x = self._coded(n, is_outlier=False)
        self.outliers = self._coded(m, is_outlier=True)
        self.calls: list[tuple[list[int], list[int], list[int], float]] = []
        self.mixed_up = 0

    @staticmethod
    def _coded(count: int, *, is_outlier: bool) -> Tensor:
        images = torch.zeros((count, 1, 8, 8))
        images[:, 0, 0, 0] = (torch.arange(count) + 0.5) / count
        images[:, 0, 0, 1] = float(is_outlier)
        return images

    def net(self) -> nn.Module:
        """Return a net with three classes that shows the first two pixels as logits."""
        layer = nn.Linear(64, 3)
        with torch.no_grad():
            layer.weight.zero_()
            layer.bias.zero_()
            layer.weight[0, 0] = layer.weight[1, 1] = 1.0
        return nn.Sequential(nn.Flatten(), layer)

    def watch(self, logits_in: Tensor, y: Tensor, logits_out: Tensor, lam: float = 0.5) -> Tensor:
        """Write down who is in the batch and return the loss."""
        ordinary, outside = logits_in.detach(), logits_out.detach()
        self.mixed_up += int((ordinary[:, 1] > 0.5).sum()) + int((outside[:, 1] < 0.5).sum())
        members = (ordinary[:, 0] * self.n - 0.5).round().long().tolist()
        others = (outside[:, 0] * self.m - 0.5).round().long().tolist()
        self.calls.append((members, y.tolist(), others, float(lam)))
        return exposure_loss(logits_in, y, logits_out, lam)


# ------------------------------------------------------------------------------------------------ held-out data


def held_out(purpose: str) -> dict[str, Tensor]:
    """Return the ordinary digits in a split of this release's own; val and test together are `x_new`, `y_new`."""
    data = digits(seed_for(f"{purpose}/split"), classes=ORDINARY)
    for name in ("x", "y"):
        data[f"{name}_new"] = torch.cat([data[f"{name}_val"], data[f"{name}_test"]])
    return data


def spoiled(purpose: str, data: dict[str, Tensor]) -> Tensor:
    """Return training outliers made from the training images, all kinds in one tensor."""
    kinds = training_outliers(data["x_train"], data["y_train"], seed=seed_for(f"{purpose}/outliers"))
    return torch.cat(list(kinds.values()))


def untrained_net(purpose: str) -> MLP:
    """Return a net with seven classes and weights of this release's own."""
    return seeded(MLP, seed_for(f"{purpose}/net"), n_classes=len(ORDINARY))


def standard_net(purpose: str, data: dict[str, Tensor]) -> MLP:
    """Return a net that was trained on ordinary images only."""
    return fit(untrained_net(purpose), data["x_train"], data["y_train"], seed=seed_for(f"{purpose}/order"))


def held_out_anomalies(purpose: str, ordinary: Tensor) -> dict[str, Tensor]:
    """Return anomalies of the five kinds that students know, from recipes and numbers that they do not know."""
    g = generator_for(f"{purpose}/anomalies")
    n = 240
    unseen = digits(seed_for(f"{purpose}/unseen"), classes=UNSEEN)
    row, column = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")

    centre = 7 * torch.rand((2, n, 3, 1, 1), generator=g)
    width = 1 + 2 * torch.rand((n, 3, 1, 1), generator=g)
    bumps = torch.exp(-((row - centre[0]) ** 2 + (column - centre[1]) ** 2) / (2 * width**2)).sum(1, keepdim=True)

    period = torch.randint(2, 6, (n, 1, 1), generator=g)
    slope = torch.randint(0, 4, (n, 1, 1), generator=g)
    shift = torch.randint(0, 6, (n, 1, 1), generator=g)
    across = torch.where(
        slope == 0, row, torch.where(slope == 1, column, row + torch.where(slope == 2, 1, -1) * column)
    )
    bars = ((across + shift).remainder(period) < period / 2).float()[:, None]

    return {
        "unseen digits": torch.cat([unseen["x_train"], unseen["x_val"], unseen["x_test"]]),
        "inverted": 1 - ordinary[torch.randperm(len(ordinary), generator=g)[:n]],
        "blobs": bumps / bumps.amax(dim=(2, 3), keepdim=True),
        "stripes": bars,
        "noise": torch.rand((n, 1, 8, 8), generator=g),
    }


def detection(
    score: Callable[[Tensor], Tensor], ordinary: Tensor, anomalies: dict[str, Tensor]
) -> tuple[Figure, Figure]:
    """Return AUROC and false positive rate at 95 % recall, each averaged over the sets of anomalies."""
    inside = as_numbers(score(ordinary)).numpy()
    outside = [as_numbers(score(images)).numpy() for images in anomalies.values()]
    areas = mean_of([auroc(inside, scores) for scores in outside])
    return areas, mean_of([fpr_at_recall(inside, scores, recall=0.95) for scores in outside])
