"""Scenes of a text game: what each action earns, whether it does wrong, and what a fallible judge thinks of it.

Wrong actions pay better on average, as in games that reward theft. The judge is right about nine actions in ten.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WRONG = 0.35  # share of actions that do wrong
BONUS = 1.5  # how much better those pay on average
MEAN_LOGIT = 2.0
NOISE = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGame:
    """S scenes with A actions each; all arrays have the shape (S, A).

    q: float64, expected reward of taking the action and playing well from there on.
    immoral: bool, whether the action does wrong. The agent does not see this.
    p_immoral: float64 in (0, 1), the judge's probability that it does.
    """

    q: NDArray[np.float64]
    immoral: NDArray[np.bool_]
    p_immoral: NDArray[np.float64]


def text_game(seed: int, *, n_states: int = 400, n_actions: int = 6) -> TextGame:
    """Return `n_states` random scenes with `n_actions` actions each.

    Raises:
        ValueError: fewer than one scene or two actions.
    """
    if n_states < 1 or n_actions < 2:
        raise ValueError(f"need at least 1 scene and 2 actions, not {n_states} and {n_actions}")
    rng = np.random.default_rng(seed)
    shape = n_states, n_actions
    immoral = rng.random(shape) < WRONG
    q = rng.exponential(1.0, shape) + BONUS * immoral * rng.random(shape) * 2
    logit = np.where(immoral, MEAN_LOGIT, -MEAN_LOGIT) + rng.normal(0, NOISE, shape)
    return TextGame(q=q, immoral=immoral, p_immoral=1 / (1 + np.exp(-logit)))
