"""Two-player games: five classics, random games, matches with slips of the hand, a panel of well-known strategies.

Everywhere, A holds the row player's payoffs and B the column player's, and in matches 1 = cooperate, 0 = defect.
Nothing here finds an equilibrium, prices a mechanism or forgives anybody: that is the notebook's business.
"""

# ruff: noqa: ARG001 (all strategies take the same three arguments, whatever they use of them)

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

Array = NDArray[np.float64]
Strategy = Callable[[list[int], list[int], np.random.Generator], int]
Profile = tuple[int, int]

TEMPTATION, REWARD, PUNISHMENT, SUCKER = 5.0, 3.0, 1.0, 0.0
NOISE = 0.02

_CLASSICS: dict[str, tuple[list[list[float]], list[list[float]]]] = {
    "prisoner's dilemma": ([[3, 0], [5, 1]], [[3, 5], [0, 1]]),
    "stag hunt": ([[4, 0], [3, 3]], [[4, 3], [0, 3]]),
    "battle of the sexes": ([[2, 0], [0, 1]], [[1, 0], [0, 2]]),
    "chicken": ([[3, 1], [4, 0]], [[3, 4], [1, 0]]),
    "matching pennies": ([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]),
}
CLASSICS = tuple(_CLASSICS)


def classic(name: str) -> tuple[Array, Array]:
    """Return fresh payoff tables A and B, float64 of shape (2, 2), of one of `CLASSICS`.

    In the prisoner's dilemma and in chicken, strategy 0 is to cooperate; in the stag hunt it is to hunt the stag.

    Raises:
        ValueError: no classic game has that name.
    """
    if name not in _CLASSICS:
        raise ValueError(f"no game {name!r}; there are {', '.join(CLASSICS)}")
    a, b = _CLASSICS[name]
    return np.array(a, dtype=float), np.array(b, dtype=float)


def random_game(rows: int, columns: int, *, seed: int = 0) -> tuple[Array, Array]:
    """Return payoff tables A and B of independent standard normal numbers, float64 of shape (rows, columns).

    Raises:
        ValueError: a player would have no strategy.
    """
    if rows < 1 or columns < 1:
        raise ValueError(f"each player needs a strategy, not {rows} and {columns}")
    payoffs = np.random.default_rng(seed).normal(size=(2, rows, columns))
    return payoffs[0], payoffs[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One match of n rounds between two strategies.

    moves: int64 of shape (n, 2), the realised moves (after slips), 1 = cooperate; column 0 is the first player.
    payoffs: the two players' mean payoffs per round.
    """

    moves: NDArray[np.int64]
    payoffs: tuple[float, float]


def play(first: Strategy, second: Strategy, *, rounds: int = 200, noise: float = NOISE, seed: int = 0) -> Match:
    """Let two strategies play the repeated prisoner's dilemma with T = 5, R = 3, P = 1, S = 0.

    Each round both are called with copies of their own and the other's realised moves so far, oldest first, and a
    generator of their own. Then each chosen move is turned into its opposite with probability `noise`, independently.

    Args:
        first: `(own, other, rng) -> 0 or 1`.
        second: the same; may be the same function.
        rounds: at least 1; the players are not told.
        noise: chance of a slip, in [0, 1).
        seed: decides slips and generators; the same seed gives the same match.

    Raises:
        ValueError: a move is neither 0 nor 1, or an argument is out of range.
    """
    if rounds < 1 or not 0 <= noise < 1:
        raise ValueError(f"need at least one round and noise in [0, 1), not {rounds} and {noise}")
    slips_rng, *own_rngs = (np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(3))
    slips = slips_rng.random((rounds, 2)) < noise
    past: tuple[list[int], list[int]] = ([], [])
    for slip in slips:
        chosen = [
            strategy(list(past[me]), list(past[1 - me]), own_rngs[me]) for me, strategy in enumerate((first, second))
        ]
        for me, move in enumerate(chosen):
            if move not in (0, 1):
                raise ValueError(f"a move must be 0 or 1, not {move!r}")
            past[me].append(int(move) ^ int(slip[me]))
    moves = np.array(past, dtype=np.int64).T
    table = np.array([[PUNISHMENT, TEMPTATION], [SUCKER, REWARD]])  # [own move, other's move]
    ours, theirs = table[moves[:, 0], moves[:, 1]], table[moves[:, 1], moves[:, 0]]
    return Match(moves=moves, payoffs=(float(ours.mean()), float(theirs.mean())))


def always_cooperate(own: list[int], other: list[int], rng: np.random.Generator) -> int:
    """Cooperate."""
    return 1


def always_defect(own: list[int], other: list[int], rng: np.random.Generator) -> int:
    """Defect."""
    return 0


def coin(own: list[int], other: list[int], rng: np.random.Generator) -> int:
    """Toss a coin."""
    return int(rng.integers(2))


def tit_for_tat(own: list[int], other: list[int], rng: np.random.Generator) -> int:
    """Cooperate first, then repeat the other's last move."""
    return other[-1] if other else 1


def grim(own: list[int], other: list[int], rng: np.random.Generator) -> int:
    """Cooperate until the other defects once, then never again."""
    return int(0 not in other)


def win_stay_lose_shift(own: list[int], other: list[int], rng: np.random.Generator) -> int:
    """Cooperate first; then keep the last move if it was met with cooperation, otherwise change it."""
    return int(own[-1] == other[-1]) if own else 1


PANEL: Mapping[str, Strategy] = {
    "always cooperate": always_cooperate,
    "always defect": always_defect,
    "coin": coin,
    "tit-for-tat": tit_for_tat,
    "grim": grim,
    "win-stay lose-shift": win_stay_lose_shift,
}


def schedule(pattern: Sequence[int]) -> Strategy:
    """Return a player who repeats `pattern` for ever and looks at nobody.

    Raises:
        ValueError: the pattern is empty or has an entry other than 0 and 1.
    """
    moves = [int(move) for move in pattern]
    if not moves or not set(moves) <= {0, 1}:
        raise ValueError(f"a pattern holds moves 0 and 1, not {pattern!r}")

    def scheduled(own: list[int], other: list[int], rng: np.random.Generator) -> int:
        return moves[len(own) % len(moves)]

    return scheduled


def draw_outcomes(
    games: Mapping[str, tuple[Array, Array]],
    stable: Mapping[str, Collection[Profile]],
    efficient: Mapping[str, Collection[Profile]],
    *,
    title: str = "",
) -> Figure:
    """Draw every outcome of each game at its two payoffs; circles mark `efficient` ones, crosses `stable` ones.

    Args:
        games: name to (A, B), both of shape (m, n).
        stable: name to profiles (i, j), marked by a cross.
        efficient: name to profiles (i, j), marked by a circle.
        title: stands above the figure.
    """
    figure, row = plt.subplots(1, len(games), figsize=(3.1 * len(games), 3.4), squeeze=False, layout="constrained")
    for axes, (name, (a, b)) in zip(row[0], games.items(), strict=True):
        axes.scatter(a.ravel(), b.ravel(), color="grey", s=18)
        for profiles, style in (
            (efficient[name], {"marker": "o", "s": 150, "facecolors": "none", "edgecolors": "tab:green"}),
            (stable[name], {"marker": "x", "s": 60, "color": "tab:red"}),
        ):
            points = np.array([(a[i, j], b[i, j]) for i, j in profiles]).reshape(-1, 2)
            axes.scatter(points[:, 0], points[:, 1], linewidths=1.8, **style)
        axes.set(title=name, xlabel="row player's payoff", aspect="equal", box_aspect=1)
        axes.margins(0.18)
        axes.set_adjustable("datalim")
        axes.grid(visible=True, alpha=0.3)
    row[0][0].set_ylabel("column player's payoff")
    figure.suptitle(title)
    return figure
