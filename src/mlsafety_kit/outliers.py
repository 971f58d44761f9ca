"""Images that are no ordinary digits: outliers to train with, and anomalies to test on. The two have no kind in common.

Outliers are made by spoiling ordinary images, as one can with any data set. Anomalies stand for what a monitor
meets in use; training on them, or choosing anything by them, makes the numbers measured on them worthless.
"""

import torch
from torch import Tensor

from mlsafety_kit.data import digits


def training_outliers(x: Tensor, y: Tensor, *, seed: int = 0) -> dict[str, Tensor]:
    """Spoil every image in four ways that leave its ink or its strokes but not the digit.

    Args:
        x: images, float32 of shape (N, 1, S, S) with S even, values in [0, 1]; not changed.
        y: labels, int64 of shape (N,), of at least two classes; blends mix images of different classes.
        seed: decides every random choice; the same seed gives the same outliers.

    Returns:
        `shuffled` (pixels in random order, another order for each image), `jigsaw` (the four quadrants in another
        order), `blended` (the mean of an image and one of another class) and `turned` (on its left or right side):
        each of the shape of `x`, with values in [0, 1].

    Raises:
        ValueError: `x` is not of that shape, `y` does not fit it, or there is only one class.
    """
    if x.ndim != 4 or x.shape[1] != 1 or x.shape[2] != x.shape[3] or x.shape[2] % 2:
        raise ValueError(f"x must have shape (N, 1, S, S) with S even, not {tuple(x.shape)}")
    if y.shape != x.shape[:1] or len(set(y.tolist())) < 2:
        raise ValueError("y must hold one label per image, of at least two classes")
    g = torch.Generator().manual_seed(seed)
    n, side = len(x), x.shape[2]

    pixel_order = torch.rand((n, side * side), generator=g).argsort(1)
    shuffled = x.flatten(1).gather(1, pixel_order).reshape(x.shape)

    half = side // 2
    quadrants = x.reshape(n, 2, half, 2, half).transpose(2, 3).reshape(n, 4, half, half)
    orders = torch.cartesian_prod(*[torch.arange(4)] * 4)
    orders = orders[[len(set(order.tolist())) == 4 for order in orders]][1:]  # all but the first: it changes nothing
    order = orders[torch.randint(len(orders), (n,), generator=g)]
    moved = quadrants[torch.arange(n)[:, None], order]
    jigsaw = moved.reshape(n, 2, 2, half, half).transpose(2, 3).reshape(x.shape)

    is_other = (y[:, None] != y[None, :]).float()
    partner = torch.multinomial(is_other, 1, generator=g).squeeze(1)
    blended = (x + x[partner]) / 2

    to_left = torch.rand(n, generator=g) < 0.5
    turned = torch.where(to_left[:, None, None, None], x.rot90(1, (2, 3)), x.rot90(-1, (2, 3)))
    return {"shuffled": shuffled, "jigsaw": jigsaw, "blended": blended, "turned": turned.contiguous()}


def anomaly_sets(x: Tensor, *, seed: int = 0, n: int = 180) -> dict[str, Tensor]:
    """Return five sets of anomalies for a classifier of the digits 0 to 6, from near to far.

    Args:
        x: ordinary test images, float32 of shape (N, 1, 8, 8) with N at least `n`, values in [0, 1].
        seed: decides every random choice; the same seed gives the same anomalies.
        n: images per set, from 1 to 319.

    Returns:
        `unseen digits` (sevens, eights and nines), `inverted` (ordinary images with paper and ink exchanged), `blobs`
        (smooth random shading), `stripes` (waves of random direction and width) and `noise` (every pixel uniform):
        each float32 of shape (n, 1, 8, 8) with values in [0, 1].

    Raises:
        ValueError: `n` is out of range, or `x` has another shape or fewer than `n` images.
    """
    if not 1 <= n <= 319 or x.shape[1:] != (1, 8, 8) or len(x) < n:
        raise ValueError(
            f"x must have shape (N, 1, 8, 8) with N at least n, and n = {n} in [1, 319], not {tuple(x.shape)}"
        )
    g = torch.Generator().manual_seed(seed)
    unseen = digits(seed, classes=(7, 8, 9))["x_train"]  # 319 images: no class of the classifier, so no split matters
    row, column = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")

    coarse = torch.rand((n, 1, 3, 3), generator=g)
    blobs = torch.nn.functional.interpolate(coarse, size=(8, 8), mode="bicubic", align_corners=True).clamp(0, 1)

    angle, phase = torch.pi * torch.rand((2, n, 1, 1, 1), generator=g)
    period = 3 + 5 * torch.rand((n, 1, 1, 1), generator=g)
    along = angle.cos() * row + angle.sin() * column
    stripes = 0.5 + 0.5 * (2 * torch.pi * along / period + 2 * phase).sin()

    return {
        "unseen digits": unseen[torch.randperm(len(unseen), generator=g)[:n]],
        "inverted": 1 - x[torch.randperm(len(x), generator=g)[:n]],
        "blobs": blobs,
        "stripes": stripes,
        "noise": torch.rand((n, 1, 8, 8), generator=g),
    }
