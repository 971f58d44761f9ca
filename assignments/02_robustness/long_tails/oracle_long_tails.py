"""Hidden side of `long_tails`: independent answers, held-out corruptions and data for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import torch
from scipy import ndimage, special
from torch import Tensor, nn

from mlsafety_kit import MLP, digits, fit, seeded
from mlsafety_kit.augment import AUG_OPS, long_tailed

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

LAM = 6.0
RECIPE = {"epochs": 40, "lr": 2e-3, "batch_size": 128}
Images = np.ndarray


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"long_tails/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh NumPy generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


def held_out(purpose: str) -> dict[str, Tensor]:
    """Return the digits in a split of this release's own."""
    return digits(seed_for(f"{purpose}/split"))


def untrained_net(purpose: str) -> MLP:
    """Return a net with random weights."""
    return seeded(MLP, seed_for(f"{purpose}/net")).eval()


# ------------------------------------------------------------------------------------------------ corruption error


def error_tables(purpose: str, shape: tuple[int, int]) -> tuple[np.ndarray, float, np.ndarray, float]:
    """Return err, clean, base_err and base_clean: severities matter, rows differ in size, some damage does good."""
    rng = rng_for(purpose)
    clean, base_clean = rng.uniform(0.02, 0.12, 2)
    worse = rng.uniform(0.05, 0.8, (shape[0], 1)) * np.sort(rng.uniform(0.1, 1, shape), axis=1)
    base_err = base_clean + worse * (1 - base_clean)
    err = np.clip(clean + worse * rng.uniform(0.2, 1.4, shape) - 0.03, 0, 1)
    return err, float(clean), base_err, float(base_clean)


def exact_mce(err: np.ndarray, base_err: np.ndarray, clean: float = 0.0, base_clean: float = 0.0) -> float:
    """Return the mean corruption error in exact fractions; relative to clean errors when they are given."""
    ratios = []
    for row, base_row in zip(np.asarray(err), np.asarray(base_err), strict=True):
        above = sum(Fraction(float(e)) - Fraction(clean) for e in row)
        ratios.append(above / sum(Fraction(float(b)) - Fraction(base_clean) for b in base_row))
    return float(100 * sum(ratios) / len(ratios))


# ------------------------------------------------------------------------------------------------ operations


def constant(value: float) -> Callable[[Tensor, np.random.Generator], Tensor]:
    """Return an operation that makes every pixel of every image the same."""

    def paint(images: Tensor, rng: np.random.Generator) -> Tensor:
        return torch.full_like(images, value)

    return paint


def coin(purpose: str) -> Callable[[Tensor, np.random.Generator], Tensor]:
    """Return an operation that paints every image black or white, by a chance that no one else can see."""
    secret = rng_for(purpose)

    def toss(images: Tensor, rng: np.random.Generator) -> Tensor:
        heads = torch.from_numpy(secret.integers(0, 2, len(images)).astype(np.float32))
        return heads.reshape(-1, 1, 1, 1).expand_as(images).clone()

    return toss


class History:
    """Three operations that write into the ink which of them came before: pixel' = (pixel + number) / 8.

    The numbers are 1 to 3, so a blank image that has been through operations 2 and 1 holds (2 / 8 + 1) / 8, exactly.
    `calls` lists, for each call, the earlier operations (oldest first) and the present one.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[int, ...], int]] = []
        self.last = 0.0
        self.ops = [self._op(number) for number in (1, 2, 3)]

    def _op(self, number: int) -> Callable[[Tensor, np.random.Generator], Tensor]:
        def write(images: Tensor, rng: np.random.Generator) -> Tensor:
            self.calls.append((self._read(float(images.flatten()[0])), number))
            written = (images + number) / 8
            self.last = float(written.flatten()[0])
            return written

        return write

    @staticmethod
    def _read(ink: float) -> tuple[int, ...]:
        earlier: list[int] = []
        while ink > 0 and len(earlier) < 7:
            ink *= 8
            earlier.append(int(ink))
            ink -= int(ink)
        return tuple(reversed(earlier))


def parts_of_mix(mixed: Tensor) -> tuple[Tensor, Tensor]:
    """Return skip weight and mixed-in grey of images that were white on the left and black on the right half."""
    left, right = mixed[:, 0, :, :4].flatten(1), mixed[:, 0, :, 4:].flatten(1)
    assert (left - left[:, :1]).abs().max() <= 1e-5, "one image was mixed with different weights in different pixels"
    assert (right - right[:, :1]).abs().max() <= 1e-5, "one image was mixed with different weights in different pixels"
    skip = (right - left).mean(1).double()
    return skip, left.mean(1).double() / (1 - skip).clamp(min=1e-9)


def half_black(n: int) -> Tensor:
    """Return n images that are white on the left half and black on the right."""
    x = torch.zeros((n, 1, 8, 8))
    x[..., 4:] = 1
    return x


def views(x: Tensor, ops: object, rng: np.random.Generator) -> Tensor:
    """Augment like the student's `augmix`, with the kit's operations whatever `ops` says."""
    shares = rng.dirichlet(np.ones(3), len(x)) * rng.beta(1, 1, (len(x), 1))
    chains = [1 - shares.sum(1, keepdims=True), shares]
    weights = torch.from_numpy(np.concatenate(chains, 1).astype(np.float32))
    layers = [x]
    for _ in range(3):
        image = x
        for number in rng.integers(0, len(AUG_OPS), rng.integers(1, 4)):
            image = AUG_OPS[number](image, rng)
        layers.append(image)
    return torch.einsum("nk,knchw->nchw", weights, torch.stack(layers)).clamp(0, 1)


# ------------------------------------------------------------------------------------------------ divergence


def divergence(*logits: Tensor) -> float:
    """Return the Jensen-Shannon divergence as the entropy of the mixture minus the mean entropy, in float64."""
    p = np.stack([special.softmax(part.detach().double().numpy(), axis=1) for part in logits])
    return float((special.entr(p.mean(0)).sum(-1) - special.entr(p).sum(-1).mean(0)).mean())


def divergence_gradients(*logits: Tensor) -> list[np.ndarray]:
    """Return its derivatives by each of the three logits, from p (g - p . g) with g = log(p / mixture) / 3."""
    logs = [special.log_softmax(part.detach().double().numpy(), axis=1) for part in logits]
    middle = special.logsumexp(np.stack(logs), axis=0) - math.log(3)
    found = []
    for log_p in logs:
        p, g = np.exp(log_p), (log_p - middle) / 3
        found.append(p * (g - (p * g).sum(1, keepdims=True)) / len(p))
    return found


def agreement(clean: Tensor, one: Tensor, two: Tensor) -> Tensor:
    """Compare three heads like the student's `jsd_consistency`, with gradients."""
    logs = torch.stack([clean, one, two]).log_softmax(-1)
    middle = logs.logsumexp(0) - math.log(3)
    return nn.functional.kl_div(middle.expand_as(logs), logs, reduction="sum", log_target=True) / (3 * len(clean))


# ------------------------------------------------------------------------------------------------ held-out corruptions


def _gaussian(x: Images, s: int, rng: np.random.Generator) -> Images:
    return x + (0.1, 0.17, 0.24, 0.32, 0.4)[s] * rng.standard_normal(x.shape)


def _impulse(x: Images, s: int, rng: np.random.Generator) -> Images:
    u, share = rng.random(x.shape), (0.03, 0.06, 0.1, 0.15, 0.2)[s]
    return np.where(u < share / 2, 0, np.where(u < share, 1, x))


def _speckle(x: Images, s: int, rng: np.random.Generator) -> Images:
    return x * (1 + (0.25, 0.4, 0.6, 0.8, 1.0)[s] * rng.standard_normal(x.shape))


def _blur(x: Images, s: int, rng: np.random.Generator) -> Images:
    width = (0.5, 0.65, 0.8, 0.95, 1.1)[s]
    return ndimage.gaussian_filter(x, (0, 0, width, width), mode="constant")


def _contrast(x: Images, s: int, rng: np.random.Generator) -> Images:
    middle = x.mean((2, 3), keepdims=True)
    return middle + (0.75, 0.6, 0.45, 0.35, 0.25)[s] * (x - middle)


def _fog(x: Images, s: int, rng: np.random.Generator) -> Images:
    mist = ndimage.gaussian_filter(rng.standard_normal(x.shape), (0, 0, 2, 2))
    mist -= mist.min((2, 3), keepdims=True)
    thickness = (0.2, 0.3, 0.4, 0.5, 0.6)[s]
    return (1 - thickness) * x + thickness * mist / mist.max((2, 3), keepdims=True)


def _occlusion(x: Images, s: int, rng: np.random.Generator) -> Images:
    height, width = ((2, 2), (2, 3), (3, 3), (3, 4), (4, 4))[s]
    top, left = rng.integers(0, 9 - height, len(x)), rng.integers(0, 9 - width, len(x))
    row, column = np.arange(8)[None, :, None], np.arange(8)[None, None, :]
    above, before = top[:, None, None], left[:, None, None]
    hidden = (row >= above) & (row < above + height) & (column >= before) & (column < before + width)
    return np.where(hidden[:, None], 0, x)


def _jitter(x: Images, s: int, rng: np.random.Generator) -> Images:
    moved = rng.random(x.shape) < (0.15, 0.25, 0.4, 0.55, 0.7)[s]
    down, right = (np.where(moved, rng.integers(-1, 2, x.shape), 0) for _ in range(2))
    row = np.clip(np.arange(8)[:, None] + down, 0, 7)
    column = np.clip(np.arange(8)[None, :] + right, 0, 7)
    return x[np.arange(len(x))[:, None, None, None], 0, row, column]


HELD_OUT = (_gaussian, _impulse, _speckle, _blur, _contrast, _fog, _occlusion, _jitter)


def corruption_errors(model: nn.Module, x: Tensor, y: Tensor, purpose: str) -> np.ndarray:
    """Return error rates under the eight held-out corruptions (rows) at five severities; every model sees the same."""
    table = np.zeros((len(HELD_OUT), 5))
    for row, damage in enumerate(HELD_OUT):
        for s in range(5):
            rng = rng_for(f"{purpose}/{damage.__name__}/{s}")
            damaged = np.clip(damage(x.double().numpy(), s, rng), 0, 1).astype(np.float32)
            table[row, s] = error_rate(model, torch.from_numpy(damaged), y)
    return table


def error_rate(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the share of images that are classified wrongly."""
    with torch.no_grad():
        return float((model(x).argmax(1) != y).double().mean())


def base_errors(split: dict[str, Tensor], x: Tensor, y: Tensor, purpose: str) -> np.ndarray:
    """Return the mean error table of three nets that were trained by the same recipe without augmentation."""
    tables = []
    for number in range(3):
        net = fit(
            untrained_net(f"{purpose}/base {number}"),
            split["x_train"],
            split["y_train"],
            seed=seed_for(f"{purpose}/base {number}/order"),
            **RECIPE,
        )
        tables.append(corruption_errors(net, x, y, purpose))
    return np.mean(tables, 0)


# ------------------------------------------------------------------------------------------------ long tail


def adjusted_loss(logits: Tensor, y: Tensor, prior: Sequence[float], tau: float) -> tuple[float, np.ndarray]:
    """Return the loss and its derivative by the logits, in float64, from P(y) = prior^tau e^logit, normalised."""
    raw, labels = logits.detach().double().numpy(), y.numpy()
    odds = np.exp(raw - raw.max(1, keepdims=True)) * np.asarray(prior, dtype=np.float64) ** tau
    p = odds / odds.sum(1, keepdims=True)
    rows = np.arange(len(raw))
    return float(-np.log(p[rows, labels]).mean()), (p - np.eye(raw.shape[1])[labels]) / len(raw)


def tail_recall(model: nn.Module, data: dict[str, Tensor]) -> tuple[float, float]:
    """Return mean recall of the three rarest classes and of all classes."""
    with torch.no_grad():
        answer = model(data["x_test"]).argmax(1)
    recall = [float((answer[data["y_test"] == k] == k).double().mean()) for k in data["order"].tolist()]
    return float(np.mean(recall[-3:])), float(np.mean(recall))


def long_tail_trial(purpose: str, loss: Callable[[nn.Module, Tensor, Tensor], Tensor] | None) -> tuple[float, float]:
    """Train one net on this release's long-tailed set of that purpose and return its two recalls."""
    data = tail_data(purpose)
    net = fit(
        untrained_net(purpose),
        data["x_train"],
        data["y_train"],
        epochs=50,
        batch_size=80,
        seed=seed_for(f"{purpose}/order"),
        loss=loss,
    )
    return tail_recall(net, data)


def tail_data(purpose: str) -> dict[str, Tensor]:
    """Return a long-tailed set of this release's own."""
    return long_tailed(seed_for(f"{purpose}/tail"))
