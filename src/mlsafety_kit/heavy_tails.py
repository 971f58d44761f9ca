"""Logs of harm with thin and with heavy tails, and the two pictures that show the difference.

The tail index alpha is always the *survival* exponent: P(X > x) falls like x ** -alpha for large x. A log is a float64
array with one number per incident, in order of time. Every function that draws one takes a seed, which decides all.
"""

from collections.abc import Mapping
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]

KINDS = ("pareto", "student_t", "exponential", "half_normal", "lognormal", "two_causes")

_BODY_MU, _BODY_SIGMA = 0.5, 0.8
_STYLES = ("-", "--", "-.", ":")


def pareto(alpha: float, n: int, *, xmin: float = 1.0, seed: int = 0) -> Array:
    """Return n draws from the Pareto law P(X > x) = (xmin / x) ** alpha for x >= xmin: shape (n,), float64.

    Raises:
        ValueError: alpha or xmin is not positive, or n is below 1.
    """
    if not alpha > 0 or not xmin > 0 or n < 1:
        raise ValueError(f"need alpha > 0, xmin > 0 and n >= 1, not {alpha}, {xmin} and {n}")
    survival = 1 - np.random.default_rng(seed).random(n)  # in (0, 1]
    return np.asarray(xmin * survival ** (-1 / alpha))


def spliced(alpha: float, n: int, *, xmin: float = 5.0, tail_share: float = 0.2, seed: int = 0) -> Array:
    """Return a log of everyday incidents, lognormal and below xmin, mixed with a Pareto tail from xmin on.

    Args:
        alpha: tail index of the large incidents, positive.
        n: number of incidents, at least 1.
        xmin: where the tail starts, positive.
        tail_share: probability that an incident belongs to the tail, in [0, 1].
        seed: decides everything.

    Returns:
        Shape (n,), float64, positive, in random order.

    Raises:
        ValueError: an argument is out of range.
    """
    if not alpha > 0 or not xmin > 0 or n < 1 or not 0 <= tail_share <= 1:
        raise ValueError(f"out of range: alpha {alpha}, n {n}, xmin {xmin}, tail_share {tail_share}")
    rng = np.random.default_rng(seed)
    is_tail = rng.random(n) < tail_share
    below = ndtr((np.log(xmin) - _BODY_MU) / _BODY_SIGMA)
    body = np.exp(_BODY_MU + _BODY_SIGMA * ndtri(below * (1 - rng.random(n))))
    tail = xmin * (1 - rng.random(n)) ** (-1 / alpha)
    return np.asarray(np.where(is_tail, tail, body))


def incident_log(kind: str, n: int = 5000, *, seed: int = 0) -> Array:
    """Return a log whose large incidents come about in one of six ways: shape (n,), float64, not negative.

    Args:
        kind: one of `KINDS`. "pareto": index 2. "student_t": size of a t variable with 2 degrees of freedom.
            "exponential": mean 1. "half_normal": size of a standard normal variable. "lognormal": sigma 1.5.
            "two_causes": exponential with mean 1, but every fiftieth incident, on average, has another cause and is
            exponential with mean 4.
        n: number of incidents, at least 1.
        seed: decides everything.

    Raises:
        ValueError: the kind is unknown or n is below 1.
    """
    if kind not in KINDS or n < 1:
        raise ValueError(f"need a kind of {KINDS} and n >= 1, not {kind!r} and {n}")
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    match kind:
        case "pareto":
            log = (1 - rng.random(n)) ** -0.5
        case "student_t":
            log = np.abs(rng.standard_t(2, n))
        case "exponential":
            log = rng.exponential(1, n)
        case "half_normal":
            log = np.abs(rng.normal(0, 1, n))
        case "lognormal":
            log = rng.lognormal(0, 1.5, n)
        case _:
            log = rng.exponential(1, n) * np.where(rng.random(n) < 0.02, 4, 1)
    return np.asarray(log, dtype=np.float64)


def survival_plot(logs: Mapping[str, ArrayLike], *, xlabel: str = "harm", title: str = "") -> Figure:
    """Draw the share of incidents that are at least as large as x, both axes logarithmic: a power law is a line.

    Args:
        logs: name to log, shape (n,) with n >= 1; values that are not positive are counted but not drawn.
        xlabel: what is measured.
        title: stands above the figure.

    Raises:
        ValueError: there is nothing to draw.
    """
    if not logs:
        raise ValueError("there is nothing to draw")
    figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for marker, (name, values) in zip(cycle("os^Dv"), logs.items(), strict=False):
        x = np.sort(np.asarray(values, dtype=np.float64).ravel())
        if not len(x) or x[-1] <= 0:
            raise ValueError(f"{name} has no positive value")
        share = np.arange(len(x), 0, -1) / len(x)
        shown = x > 0
        axes.plot(x[shown], share[shown], marker=marker, markersize=3, linestyle="none", label=name)
    axes.set(xscale="log", yscale="log", xlabel=xlabel, ylabel="share at least as large", title=title)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    return figure


def trace_plot(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    xlabel: str,
    ylabel: str,
    title: str = "",
    level: float | None = None,
) -> Figure:
    """Draw one line per entry over a logarithmic x-axis.

    Args:
        lines: name to (x, y), two sequences of one length, x positive.
        xlabel: what x is.
        ylabel: what y is.
        title: stands above the figure.
        level: height of a thin horizontal line for comparison; None draws none.

    Raises:
        ValueError: there is nothing to draw, or the two sequences of an entry differ in shape.
    """
    if not lines:
        raise ValueError("there is nothing to draw")
    figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    for style, (name, (x, y)) in zip(cycle(_STYLES), lines.items(), strict=False):
        if np.shape(x) != np.shape(y):
            raise ValueError(f"{name}: shapes {np.shape(x)} and {np.shape(y)} differ")
        axes.plot(np.asarray(x), np.asarray(y), linestyle=style, label=name)
    if level is not None:
        axes.axhline(level, color="0.4", linewidth=0.8)
    axes.set(xscale="log", xlabel=xlabel, ylabel=ylabel, title=title)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    return figure
