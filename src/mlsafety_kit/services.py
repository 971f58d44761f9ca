"""Redundancy in operation: a log of layers that can fail together, and services that take over each other's load."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Services that take over for their neighbours.

    adj: bool of shape (n, n), symmetric, no service is its own neighbour.
    load: float64 of shape (n,), positive: what each service carries in normal operation.
    """

    adj: NDArray[np.bool_]
    load: Array


def layer_log(p: float, n: int, beta: float, demands: int, *, seed: int = 0) -> NDArray[np.bool_]:
    """Simulate `n` redundant layers over many demands and return who failed, bool of shape (demands, n).

    On each demand a shared shock with probability beta * p takes down all layers; besides, each layer fails by itself
    with probability (1 - beta) * p, independently of everything else.

    Raises:
        ValueError: `p` or `beta` outside [0, 1], or `n` or `demands` below 1.
    """
    if not 0 <= p <= 1 or not 0 <= beta <= 1 or n < 1 or demands < 1:
        raise ValueError(f"p {p} and beta {beta} must lie in [0, 1], n {n} and demands {demands} be at least 1")
    rng = np.random.default_rng(seed)
    shock = rng.random((demands, 1)) < beta * p
    alone = rng.random((demands, n)) < (1 - beta) * p
    return np.asarray(shock | alone)


def service_network(seed: int = 0, *, n: int = 48, shortcuts: int = 16, spread: float = 0.8) -> Network:
    """Return services on a ring with random shortcuts and unequal loads.

    Args:
        seed: decides everything; the same seed gives the same network.
        n: number of services, at least 4.
        shortcuts: how many further links to draw; a link that exists already adds nothing.
        spread: standard deviation of the logarithm of the loads, at least 0; their median is about 1.

    Raises:
        ValueError: a number is too small.
    """
    if n < 4 or shortcuts < 0 or not spread >= 0:
        raise ValueError(f"need n >= 4, shortcuts >= 0, spread >= 0, not {n}, {shortcuts}, {spread}")
    rng = np.random.default_rng(seed)
    adj = np.zeros((n, n), dtype=bool)
    ring = np.arange(n)
    adj[ring, (ring + 1) % n] = True
    for _ in range(shortcuts):
        one, other = rng.choice(n, 2, replace=False)
        adj[one, other] = True
    return Network(adj=adj | adj.T, load=np.exp(spread * rng.standard_normal(n)))


def draw_outages(network: Network, outages: Sequence[NDArray[np.bool_]], titles: Sequence[str]) -> Figure:
    """Draw the network once per outage, bool of shape (n,): failed services dark, size of a dot by load.

    Raises:
        ValueError: there is no outage, or not one title per outage.
    """
    if not outages or len(outages) != len(titles):
        raise ValueError(f"need one title per outage, not {len(titles)} for {len(outages)}")
    n = len(network.load)
    angle = 2 * np.pi * np.arange(n) / n
    x, y = np.cos(angle), np.sin(angle)
    width = 3.5 * len(outages)
    figure, grid = plt.subplots(1, len(outages), figsize=(width, 4.1), squeeze=False, layout="constrained")
    for axes, failed, title in zip(grid[0], outages, titles, strict=True):
        for one, other in np.argwhere(np.triu(network.adj)):
            axes.plot(x[[one, other]], y[[one, other]], color="lightgrey", linewidth=0.8, zorder=1)
        colours = ["#b2182b" if down else "#92c5de" for down in failed]
        axes.scatter(x, y, s=25 + 40 * network.load, c=colours, edgecolors="black", linewidths=0.5, zorder=2)
        axes.set(xticks=[], yticks=[], aspect="equal", xlim=(-1.25, 1.25), ylim=(-1.25, 1.25))
        axes.set_title(title, fontsize=10)
    dots = [Line2D([], [], marker="o", linestyle="", color=c, label=t) for c, t in _LEGEND.items()]
    figure.legend(handles=dots, loc="outside lower center", ncols=2, frameon=False)
    return figure


_LEGEND = {"#b2182b": "failed", "#92c5de": "still running"}
