"""Pictures for the notebooks' demo cells. Each call draws one figure, which Jupyter then shows, and returns it."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from torch import Tensor


def curves(x: Sequence[float], lines: Mapping[str, Sequence[float]], *, xlabel: str, ylabel: str, title: str) -> Figure:
    """Draw one line per entry of `lines` over the common `x`; every sequence is as long as `x`."""
    figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for marker, (name, y) in zip(cycle("os^Dv"), lines.items(), strict=False):
        axes.plot(x, y, marker=marker, markersize=4, label=name)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if all(float(value).is_integer() for value in x):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    return figure


def bars(values: Mapping[str, float], *, xlabel: str, title: str) -> Figure:
    """Draw one horizontal bar per entry, the first on top, with its value written beside it; values lie in [0, 1]."""
    figure, axes = plt.subplots(figsize=(6.4, 0.9 + 0.42 * len(values)), layout="constrained")
    drawn = axes.barh(list(values), list(values.values()))
    axes.bar_label(drawn, fmt="%.2f", padding=3)
    axes.invert_yaxis()
    axes.set(xlabel=xlabel, title=title, xlim=(0, 1.1))
    return figure


def image_grid(
    rows: Mapping[str, Tensor], *, captions: Mapping[str, Sequence[str]] | None = None, title: str = ""
) -> Figure:
    """Draw one row of small grey images per entry.

    Args:
        rows: name of the row to float tensor of shape (N, 1, H, W), the same N in each. Values in [0, 1] are shown from
            white to black; a row with a negative value is a change and is shown from blue (down) to red (up).
        captions: name of the row to N short texts, written under its images.
        title: stands above the figure.
    """
    n = max(len(images) for images in rows.values())
    figure, grid = plt.subplots(
        len(rows), n, figsize=(1.05 * n + 0.9, 1.35 * len(rows) + 0.4), squeeze=False, layout="constrained"
    )
    for row, (name, images) in zip(grid, rows.items(), strict=True):
        is_change = bool(images.min() < 0)
        colours, top = ("coolwarm", float(images.abs().max())) if is_change else ("gray_r", 1.0)
        texts = (captions or {}).get(name, [""] * n)
        for axes, image, text in zip(row, images, texts, strict=True):
            axes.imshow(image.detach().squeeze(0).numpy(), cmap=colours, vmin=-top if is_change else 0.0, vmax=top)
            axes.set(xticks=[], yticks=[])
            axes.set_xlabel(text, fontsize=9)
        row[0].set_ylabel(name, fontsize=10)
    figure.suptitle(title)
    return figure
