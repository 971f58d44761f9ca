"""Data sets of the notebooks: bundled with scikit-learn, split here, never downloaded."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def digits(seed: int = 0, classes: Sequence[int] | None = None) -> dict[str, Tensor]:
    """Return the 8x8 handwritten digits, split 60/20/20 with every class in the same proportion.

    Args:
        seed: decides which image goes where; the same seed gives the same split.
        classes: digits to keep, each once; label `i` then means `classes[i]`. None keeps all ten.

    Returns:
        `x_train`, `x_val`, `x_test`: float32 of shape (N, 1, 8, 8) in [0, 1], 0 = paper, 1 = ink.
        `y_train`, `y_val`, `y_test`: int64 of shape (N,) in [0, number of classes).
        N is 1078, 359 and 360 for all ten classes.

    Raises:
        ValueError: `classes` is empty, repeats a digit or names something that is no digit.
    """
    from sklearn.datasets import load_digits  # slow to import, and not every notebook needs the digits
    from sklearn.model_selection import train_test_split

    kept = list(range(10)) if classes is None else [int(digit) for digit in classes]
    if not kept or len(set(kept)) != len(kept) or not set(kept) <= set(range(10)):
        raise ValueError(f"classes must be different digits from 0 to 9, at least one, not {kept}")

    bundled = load_digits()
    order = np.concatenate([np.flatnonzero(bundled.target == digit) for digit in kept])
    labels = np.concatenate([np.full((bundled.target == digit).sum(), i) for i, digit in enumerate(kept)])
    images = (bundled.images[order] / 16.0).astype(np.float32)[:, None]

    rows = np.arange(len(labels))
    train, rest = train_test_split(rows, test_size=0.4, stratify=labels, random_state=seed)
    val, test = train_test_split(rest, test_size=0.5, stratify=labels[rest], random_state=seed)

    split: dict[str, Tensor] = {}
    for name, part in (("train", train), ("val", val), ("test", test)):
        split[f"x_{name}"] = torch.from_numpy(images[part])
        split[f"y_{name}"] = torch.from_numpy(labels[part].astype(np.int64))
    return split
