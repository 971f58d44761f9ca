"""Games among cautious and reckless developers, populations to take apart, markets in sectors, a small lottery.

In every 2 by 2 game, row and column 0 are the cautious strategy, row and column 1 the other one. `A[i, j]` is what
strategy i earns against strategy j. Nothing here decomposes a change, integrates a dynamic or finds out who wins.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Condition = Literal["variation", "heredity", "fitness"]

_GAMES: dict[str, list[list[float]]] = {
    "race": [[3, 0], [5, 1]],
    "trust": [[4, 0], [3, 3]],
    "standoff": [[2, 1], [3, 0]],
    "sabotage": [[3, 1], [2.5, 0.5]],
}
GAMES = tuple(_GAMES)
"""Names for `game`: a prisoner's dilemma, a stag hunt, a hawk-dove game, and one in which harm to others costs the doer
a little."""


def game(name: str) -> Array:
    """Return a fresh payoff table, float64 of shape (2, 2), of one of `GAMES`.

    Raises:
        ValueError: no game has that name.
    """
    if name not in _GAMES:
        raise ValueError(f"name must be one of {GAMES}, not {name!r}")
    return np.array(_GAMES[name], dtype=np.float64)


def watch_game(cost: float = 0.0) -> Array:
    """Return the race with a third strategy that watches, float64 of shape (3, 3): cautious, reckless, watchful.

    The watchful treat the reckless as the reckless do and everybody else as the cautious do. They pay `cost` in every
    meeting.
    """
    (calm, hurt), (grab, war) = _GAMES["race"]
    return np.array([[calm, hurt, calm], [grab, war, war], [calm - cost, war - cost, calm - cost]], dtype=np.float64)


def random_population(seed: int, n: int = 8) -> tuple[Array, Array, Array]:
    """Return a population for `price_decomposition`: fitness, trait and mean trait of the offspring, each shape (n,).

    Fitness is a number of offspring (0 to 4, not 0 for all), traits lie in [0, 1] before and near it after.

    Raises:
        ValueError: `n` is below 1.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    rng = np.random.default_rng(seed)
    fitness = rng.integers(0, 5, n).astype(np.float64)
    fitness[0] = max(fitness[0], 1.0)
    trait = rng.random(n)
    return fitness, trait, trait + rng.normal(0, 0.1, n)


def next_round(
    cautious: ArrayLike, reckless: ArrayLike, *, trust: float = 0.5, advantage: float = 0.05
) -> tuple[Array, Array]:
    """Let a market that consists of sectors grow for one round.

    A sector with a share s of cautious agents is trusted, so that everybody in it grows by the factor 1 + trust · s.
    Within the sector, however, the cautious pay for their caution: their factor is smaller by `advantage`.

    Args:
        cautious: numbers of cautious agents per sector, shape (G,), at least 0; fractions of an agent are fine.
        reckless: the same for the reckless; no sector is empty.
        trust: what a wholly cautious sector gains.
        advantage: what the reckless save.

    Returns:
        The numbers after the round, two arrays of shape (G,).

    Raises:
        ValueError: shapes differ, a number is negative, or a sector is empty.
    """
    c, r = np.asarray(cautious, dtype=np.float64), np.asarray(reckless, dtype=np.float64)
    if c.ndim != 1 or c.shape != r.shape:
        raise ValueError(f"sectors must have two equal shapes (G,), not {c.shape} and {r.shape}")
    if np.any(c < 0) or np.any(r < 0) or np.any(c + r == 0):
        raise ValueError("sectors must hold somebody, and numbers must not be negative")
    growth = 1 + trust * c / (c + r)
    return c * (growth - advantage), r * growth


def breed(missing: Condition | None = None, *, n: int = 2000, n_rounds: int = 10, seed: int = 0) -> Array:
    """Return the mean caution of a breeding population, shape (n_rounds + 1,), with one of Lewontin's conditions off.

    Agents have a caution, at first spread by 0.15 around 0.5. In every round n copies are made, of agents drawn in
    proportion to exp(-caution); a copy's caution is the copied one's, up to a small error.

    Args:
        missing: "variation" makes all agents alike and copies exact; "heredity" gives each copy a fresh caution like
            those of the first round; "fitness" draws everybody with the same chance; None leaves all three on.
        n: number of agents, at least 1.
        n_rounds: at least 0.
        seed: decides everything random.

    Raises:
        ValueError: `missing` is none of these, or a number is out of range.
    """
    if missing not in ("variation", "heredity", "fitness", None):
        raise ValueError(f"missing must name a condition or be None, not {missing!r}")
    if n < 1 or n_rounds < 0:
        raise ValueError(f"n must be at least 1 and n_rounds at least 0, not {n} and {n_rounds}")
    rng = np.random.default_rng(seed)
    spread, error = (0.0, 0.0) if missing == "variation" else (0.15, 0.01)
    caution = 0.5 + spread * rng.standard_normal(n)
    means = [caution.mean()]
    for _ in range(n_rounds):
        weight = np.ones(n) if missing == "fitness" else np.exp(-caution)
        parents = caution[rng.choice(n, n, p=weight / weight.sum())]
        fresh = 0.5 + spread * rng.standard_normal(n) if missing == "heredity" else parents
        caution = fresh + error * rng.standard_normal(n)
        means.append(caution.mean())
    return np.array(means)


def lottery(payoffs: ArrayLike, n_agents: int, w: float = 1.0, *, n_runs: int = 2000, seed: int = 0) -> float:
    """Return the share of simulated Moran processes in which a single agent of row 0 replaces n_agents - 1 others.

    All others play row 1. In every step one agent, drawn in proportion to fitness, is copied, and the copy takes the
    place of an agent drawn with equal chances. Fitness is 1 - w + w · (mean payoff against the others).

    Args:
        payoffs: shape (2, 2); all fitnesses must be positive.
        n_agents: population size, at least 2; the time needed grows faster than this number.
        w: intensity of selection, in [0, 1].
        n_runs: number of independent runs, at least 1.
        seed: decides everything random.

    Raises:
        ValueError: an argument is out of range, or a fitness is not positive.
    """
    table = np.asarray(payoffs, dtype=np.float64)
    if table.shape != (2, 2) or n_agents < 2 or not 0 <= w <= 1 or n_runs < 1:
        raise ValueError("payoffs must be 2 by 2, n_agents at least 2, w in [0, 1] and n_runs at least 1")
    rng = np.random.default_rng(seed)
    running, n_fixed = np.ones(n_runs, dtype=np.int64), 0
    while len(running):
        i = running
        mine = 1 - w + w * ((i - 1) * table[0, 0] + (n_agents - i) * table[0, 1]) / (n_agents - 1)
        other = 1 - w + w * (i * table[1, 0] + (n_agents - i - 1) * table[1, 1]) / (n_agents - 1)
        if np.any(mine <= 0) or np.any(other <= 0):
            raise ValueError("fitness must be positive")
        born = rng.random(len(i)) < i * mine / (i * mine + (n_agents - i) * other)
        dies = rng.random(len(i)) < i / n_agents
        i = i + born.astype(np.int64) - dies.astype(np.int64)
        n_fixed += int((i == n_agents).sum())
        running = i[(i > 0) & (i < n_agents)]
    return n_fixed / n_runs
