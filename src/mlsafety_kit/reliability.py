"""The picture of calibration: how often a forecaster was right, by how sure it said it was."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray


def reliability_diagram(panels: Mapping[str, tuple[ArrayLike, ArrayLike]], *, title: str = "") -> Figure:
    """Draw one reliability diagram per entry, side by side, with a histogram of the confidences below each.

    Ten columns of equal width. Each point is a column's share of right answers, with a bar of two standard errors to
    either side; a column without any example has no point. The dashed diagonal is perfect calibration.

    Args:
        panels: title of a panel to (confidences (N,) in [0, 1], whether each answer was right (N,)).
        title: stands above the figure.

    Raises:
        ValueError: there is no panel, or a panel's two arrays are not one-dimensional of one length.
    """
    if not panels:
        raise ValueError("there is nothing to draw")
    figure, grid = plt.subplots(
        2,
        len(panels),
        figsize=(3.7 * len(panels) + 0.6, 4.6),
        height_ratios=(3, 1),
        sharex=True,
        sharey="row",
        squeeze=False,
        layout="constrained",
    )
    for (name, (conf, correct)), (above, below) in zip(panels.items(), grid.T, strict=True):
        _panel(above, below, np.asarray(conf, dtype=float), np.asarray(correct, dtype=float))
        above.set_title(name, fontsize=10)
    grid[0, 0].set_ylabel("share right")
    grid[1, 0].set_ylabel("examples")
    figure.suptitle(title)
    return figure


def _panel(above: Any, below: Any, conf: NDArray[np.float64], correct: NDArray[np.float64]) -> None:
    if conf.ndim != 1 or conf.shape != correct.shape:
        raise ValueError(f"need two arrays of one length, not of shapes {conf.shape} and {correct.shape}")
    column = np.minimum((10 * conf).astype(int), 9)
    counts = np.bincount(column, minlength=10)
    some = counts > 0
    share = np.bincount(column, weights=correct, minlength=10)[some] / counts[some]
    place = np.bincount(column, weights=conf, minlength=10)[some] / counts[some]
    error = 2 * np.sqrt(share * (1 - share) / counts[some])
    above.plot([0, 1], [0, 1], color="grey", linestyle="--", linewidth=1)
    above.errorbar(place, share, yerr=error, marker="o", markersize=4, capsize=2)
    above.grid(visible=True, alpha=0.3)
    above.set(xlim=(0, 1), ylim=(0, 1.02))
    below.bar(np.arange(10) / 10 + 0.05, counts, width=0.09)
    below.set(xlabel="stated confidence")
