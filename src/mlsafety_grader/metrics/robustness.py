"""Accuracy under attack, and whether gradients can be believed.

x, y, eps ──► threat.Box ──► gradient_attack (white box) ──► robust_accuracy ──────┐
                    └──────► query_attack (logits only) ───► query_robust_accuracy ─┴─► masking_gap
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlsafety_grader.metrics.estimates import mean_figure, share
from mlsafety_grader.metrics.figure import Figure
from mlsafety_grader.metrics.inputs import Bools, CheckError

if TYPE_CHECKING:
    from torch import Tensor

    from mlsafety_grader.metrics.classifier import Classifier

UNIT_RANGE = (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Masking:
    """What the two attacks say about one net.

    Args:
        white_box: accuracy under the gradient attack.
        query: accuracy under the gradient-free attack.
        combined: accuracy under both, the number to believe.
        gap: white_box - query over the same images, in [-1, 1].
    """

    white_box: Figure
    query: Figure
    combined: Figure
    gap: Figure

    @property
    def is_masked(self) -> bool:
        """Tell whether the attack that knows less breaks more, beyond chance: then gradients mislead."""
        return self.gap.low > 0


def robust_accuracy(
    model: "Classifier",
    x: "Tensor",
    y: "Tensor",
    *,
    eps: float,
    seed: int,
    restarts: int = 3,
    steps: int = 30,
    bounds: tuple[float, float] = UNIT_RANGE,
) -> Figure:
    """Return the share of images that a net gets right at every point a fixed white-box attack passes.

    Projected gradient ascent from 2 `restarts` uniform starts, half of them on cross-entropy, half on the margin (best
    wrong minus right logit), signed steps of eps / 8. An image counts as broken as soon as one point on one path, or
    the image itself, is not classified strictly rightly; NaN is not right.

    Args:
        model: maps (n, ...) to logits (n, n_classes), differentiably; may be a remote module. It is called steps + 2
            times with up to 2 restarts n images, and stays in the mode it is in: put it into eval mode first.
        x: shape (n, ...), float, within `bounds`; not changed.
        y: shape (n,), int64 true classes.
        eps: radius of the L-infinity ball, in the unit of x, >= 0; 0 gives the clean accuracy.
        seed: of the starts; no other chance is involved.
        restarts: >= 1, per loss.
        steps: >= 1.
        bounds: lowest and highest valid pixel.

    Returns:
        Share in [0, 1], more is better: an upper bound of the true robust accuracy. If gradients are masked it is far
        from tight: check with `masking_gap`.

    Raises:
        CheckError: bad shapes, dtypes or values, or logits of another shape.

    Source: Madry et al. 2018 (arXiv:1706.06083), losses of Carlini & Wagner 2017, worst case per image as in Croce &
    Hein 2020 (arXiv:2003.01690); exact interval over images.
    """
    return share(_white_box(model, x, y, eps=eps, seed=seed, restarts=restarts, steps=steps, bounds=bounds))


def query_robust_accuracy(
    model: "Classifier",
    x: "Tensor",
    y: "Tensor",
    *,
    eps: float,
    seed: int,
    rounds: int = 100,
    proposals: int = 8,
    bounds: tuple[float, float] = UNIT_RANGE,
) -> Figure:
    """Return the share of images that a net gets right throughout a random search that sees logits only.

    Args:
        model: maps (n, ...) to logits (n, n_classes); called rounds + 2 times with up to `proposals` n images.
        x: shape (n, ...), float, within `bounds`; squares are used for (n, channels, height, width).
        y: shape (n,), int64 true classes.
        eps: radius of the L-infinity ball, in the unit of x, >= 0.
        seed: of the search.
        rounds: >= 1.
        proposals: >= 1, tried at once per image and round.
        bounds: lowest and highest valid pixel.

    Returns:
        Share in [0, 1], more is better. Usually above `robust_accuracy`; clearly below it, gradients are masked.

    Raises:
        CheckError: as `robust_accuracy`.

    Source: Square Attack (arXiv:1912.00049) with batched proposals; exact interval over images.
    """
    return share(_query(model, x, y, eps=eps, seed=seed, rounds=rounds, proposals=proposals, bounds=bounds))


def masking_gap(
    model: "Classifier",
    x: "Tensor",
    y: "Tensor",
    *,
    eps: float,
    seed: int,
    restarts: int = 3,
    steps: int = 30,
    rounds: int = 100,
    proposals: int = 8,
    bounds: tuple[float, float] = UNIT_RANGE,
) -> Masking:
    """Attack a net with and without gradients and compare; arguments as of the two attacks.

    A gradient attack knows more than a search that sees logits only. Where it breaks fewer images, it was misled:
    saturated, quantised or shattered gradients look like robustness.

    Raises:
        CheckError: as `robust_accuracy`.

    Source: Athalye et al. 2018 (arXiv:1802.00420), Carlini et al. 2019 (arXiv:1902.06705), section 3.
    """
    white_box = _white_box(model, x, y, eps=eps, seed=seed, restarts=restarts, steps=steps, bounds=bounds)
    query = _query(model, x, y, eps=eps, seed=seed, rounds=rounds, proposals=proposals, bounds=bounds)
    return Masking(
        white_box=share(white_box),
        query=share(query),
        combined=share(white_box & query),
        gap=mean_figure(white_box.astype(np.float64) - query.astype(np.float64), seed),
    )


def _white_box(
    model: "Classifier",
    x: "Tensor",
    y: "Tensor",
    *,
    eps: float,
    seed: int,
    restarts: int,
    steps: int,
    bounds: tuple[float, float],
) -> Bools:
    from mlsafety_grader.metrics.classifier import checked_images
    from mlsafety_grader.metrics.gradient_attack import gradient_survivors
    from mlsafety_grader.metrics.threat import box_around

    checked_images(x, y)
    _at_least_one(restarts=restarts, steps=steps)
    box = box_around(x, eps=eps, bounds=bounds)
    alive = gradient_survivors(model, x.detach(), y, box=box, seed=seed, restarts=restarts, steps=steps)
    return alive.cpu().numpy()


def _query(
    model: "Classifier",
    x: "Tensor",
    y: "Tensor",
    *,
    eps: float,
    seed: int,
    rounds: int,
    proposals: int,
    bounds: tuple[float, float],
) -> Bools:
    from mlsafety_grader.metrics.classifier import checked_images
    from mlsafety_grader.metrics.query_attack import query_survivors
    from mlsafety_grader.metrics.threat import box_around

    checked_images(x, y)
    _at_least_one(rounds=rounds, proposals=proposals)
    box = box_around(x, eps=eps, bounds=bounds)
    alive = query_survivors(model, x.detach(), y, box=box, seed=seed, rounds=rounds, proposals=proposals)
    return alive.cpu().numpy()


def _at_least_one(**counts: int) -> None:
    for name, count in counts.items():
        if count < 1:
            raise CheckError(f"{name}: {count}", hint="at least 1")
