"""Hidden side of `honesty`: independent answers and held-out data for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.
Numbers are computed in float64 with numpy, where the reference solution works on tensors.
"""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mlsafety_grader.metrics import Figure, probe_accuracy
from mlsafety_kit.lying import lying_net

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Floats = NDArray[np.float64]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"honesty/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh source of random numbers for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


def single(values: Floats) -> Tensor:
    """Return an array as a float32 tensor."""
    return torch.from_numpy(np.asarray(values, dtype=np.float32))


def double(values: Tensor) -> Floats:
    """Return a tensor as a float64 array."""
    return values.detach().double().numpy()


# ------------------------------------------------------------------------------------------------ normalising


def uneven_pair(purpose: str, n: int = 9, d: int = 6) -> tuple[Tensor, Tensor]:
    """Return two sets of shape (n, d) whose dimensions differ in centre and spread, within and between the sets."""
    rng = rng_for(f"{purpose}/pair")
    pair = [rng.normal(0, 4, d) + np.exp(rng.uniform(-1.5, 1.5, d)) * rng.normal(0, 1, (n, d)) ** 3 for _ in range(2)]
    return single(pair[0]), single(pair[1])


def standardised(x: Tensor, eps: float = 1e-6) -> Floats:
    """Return x with mean 0 and spread 1 in every dimension, column by column."""
    columns = []
    for column in double(x).T:
        centre = math.fsum(column) / len(column)
        spread = math.sqrt(math.fsum((column - centre) ** 2) / len(column))
        columns.append((column - centre) / (spread + eps))
    return np.stack(columns, axis=1)


# ------------------------------------------------------------------------------------------------ the loss


def loss_value(p_pos: Floats, p_neg: Floats) -> float:
    """Return the loss, pair by pair."""
    terms = []
    for yes, no in zip(p_pos, p_neg, strict=True):
        smaller = yes if yes < no else no
        terms.append((yes + no - 1) ** 2 + smaller * smaller)
    return math.fsum(terms) / len(terms)


def loss_slopes(p_pos: Floats, p_neg: Floats) -> tuple[Floats, Floats]:
    """Return the loss's derivatives with respect to both arguments; no pair may be equal."""
    clash = 2 * (p_pos + p_neg - 1)
    n = len(p_pos)
    return (clash + 2 * p_pos * (p_pos < p_neg)) / n, (clash + 2 * p_neg * (p_neg < p_pos)) / n


def random_probabilities(purpose: str, n: int) -> tuple[Floats, Floats]:
    """Return n pairs of probabilities, of which no two are close."""
    rng = rng_for(f"{purpose}/probabilities")
    p_pos, gap = rng.uniform(0.02, 0.98, n), rng.uniform(0.03, 0.9, n)
    p_neg = np.where(p_pos + gap < 0.99, p_pos + gap, np.where(p_pos - gap > 0.01, p_pos - gap, p_pos / 2))
    return p_pos.astype(np.float32).astype(np.float64), p_neg.astype(np.float32).astype(np.float64)


def ccs(p_pos: Tensor, p_neg: Tensor) -> Tensor:
    """Return the loss as a tensor that can be differentiated: what hidden tests hand to the student's training."""
    return ((p_pos + p_neg - 1) ** 2 + torch.where(p_pos < p_neg, p_pos, p_neg) ** 2).mean()


# ------------------------------------------------------------------------------------------------ training


def answers(w: Tensor, b: Tensor, x: Tensor) -> Floats:
    """Return the probe's probabilities in float64."""
    logits = double(x) @ double(w) + float(b)
    return np.where(logits >= 0, 1 / (1 + np.exp(-np.abs(logits))), 1 - 1 / (1 + np.exp(-np.abs(logits))))


def probe_loss(w: Tensor, b: Tensor, x_pos: Tensor, x_neg: Tensor) -> float:
    """Return the loss of a given probe."""
    return loss_value(answers(w, b, x_pos), answers(w, b, x_neg))


def scores(w: Tensor, b: Tensor, x_pos: Tensor, x_neg: Tensor) -> Floats:
    """Return how true each statement is according to a probe."""
    return (answers(w, b, x_pos) - answers(w, b, x_neg) + 1) / 2


def cloud(purpose: str, n: int = 40, d: int = 5) -> tuple[Tensor, Tensor]:
    """Return activations without any meaning, wide enough that different probes have different losses."""
    rng = rng_for(f"{purpose}/cloud")
    return single(rng.normal(0, 2, (n, d))), single(rng.normal(0, 2, (n, d)))


def shifted_pair(purpose: str, n: int = 60, d: int = 3) -> tuple[Tensor, Tensor]:
    """Return activations that a probe through the origin cannot read: all lie on one side of it."""
    rng = rng_for(f"{purpose}/shifted")
    true = np.where(np.arange(n) < n // 2, 1.0, -1.0)
    direction = np.ones(d)
    x_pos = 3 * direction + true[:, None] * direction + rng.normal(0, 0.1, (n, d))
    x_neg = 3 * direction - true[:, None] * direction + rng.normal(0, 0.1, (n, d))
    return single(x_pos), single(x_neg)


def claims_with_distractor(purpose: str, n: int = 400, d: int = 12) -> tuple[Tensor, Tensor, Tensor]:
    """Return normalised activations and the truth: a clear claim direction, and a louder one that both versions share.

    The louder direction has two clear sides as well, so a probe that looks at one version only falls for it.
    """
    rng = rng_for(f"{purpose}/distractor")
    directions, _ = np.linalg.qr(rng.normal(0, 1, (d, d)))
    true = rng.permutation(n) < n // 2
    sign, other = np.where(true, 1.0, -1.0), rng.choice([-1.0, 1.0], n)
    shared = 6 * other[:, None] * directions[1] + rng.normal(0, 0.3, (n, d))
    x_pos = 2 * sign[:, None] * directions[0] + shared + rng.normal(0, 0.2, (n, d))
    x_neg = -2 * sign[:, None] * directions[0] + shared + rng.normal(0, 0.2, (n, d))
    return single(standardised(single(x_pos))), single(standardised(single(x_neg))), torch.from_numpy(true)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lying net of this release's own: normalised first-layer activations to train on, and others to judge by.

    Attributes:
        train: yes and no versions of 2000 statements.
        lies: yes and no versions of those of 1000 other statements on which the net knows better and says the opposite.
        truth: bool, of the latter.
    """

    train: tuple[Tensor, Tensor]
    lies: tuple[Tensor, Tensor]
    truth: Tensor


def held_net(purpose: str) -> Held:
    """Return a freshly trained lying net."""
    net = lying_net(seed_for(f"{purpose}/net"))
    x_pos, x_neg = (single(standardised(x)) for x in net.layers["first"])
    said = net.statements
    lies = net.audience & (said.taught == said.truth) & (net.report != said.truth)
    lies[:2000] = False
    return Held(train=(x_pos[:2000], x_neg[:2000]), lies=(x_pos[lies], x_neg[lies]), truth=said.truth[lies])


def accuracy_where_it_lies(w: Tensor, b: Tensor, held: Held) -> Figure:
    """Return how many lies a probe sees through, up to its sign, which another question settles."""
    found = scores(w, b, *held.lies)
    assert np.isfinite(found).all(), "the probe is not finite"
    return probe_accuracy(found, held.truth.numpy(), up_to_sign=True)


# ------------------------------------------------------------------------------------------------ multiple choice


def choice_case(purpose: str, number: int) -> tuple[list[float], list[bool]]:
    """Return random log-probabilities of 3 to 7 answers, summing to less than 1, and which answers are true."""
    rng = rng_for(f"{purpose}/choice/{number}")
    n = int(rng.integers(3, 8))
    logp = rng.uniform(-4, 0, n) - math.log(n) - 0.3
    true = rng.permutation(n) < rng.integers(1, n)
    return logp.tolist(), true.tolist()


def choice_value(logp: list[float], is_true: list[bool]) -> tuple[float, float]:
    """Return both measures; each true answer's share is one over its summed ratios to all answers."""
    share = sum(
        1 / sum(math.exp(min(other - own, 700.0)) for other in logp)
        for own, true in zip(logp, is_true, strict=True)
        if true
    )
    best = max(range(len(logp)), key=lambda i: (logp[i], -i))
    return float(is_true[best]), share


# ------------------------------------------------------------------------------------------------ honesty report


def report_value(report: list[int], belief: list[int], truth: list[int]) -> dict[str, float]:
    """Return the shares by walking through the answers one by one."""
    counts = dict.fromkeys(("truthful", "honest", "lie", "honest_mistake", "lucky_lie"), 0)
    for said, held, fact in zip(report, belief, truth, strict=True):
        if said == held:
            counts["honest"] += 1
            counts["truthful" if said == fact else "honest_mistake"] += 1
        elif said == fact:
            counts["truthful"] += 1
            counts["lucky_lie"] += 1
        else:
            counts["lie"] += 1
    return {name: count / len(report) for name, count in counts.items()}
