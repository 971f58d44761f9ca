"""Hidden side of `cooperative_ai`: independent answers, held-out games and opponents for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: plain loops over deviations, vertices of the best-response
polytopes instead of supports, and a distribution carried forward round by round instead of a linear solve.
"""

import hashlib
import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mlsafety_kit.games import Strategy, always_cooperate, always_defect, play, schedule

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
Profile = tuple[int, int]
Equilibrium = tuple[Array, Array]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"cooperative_ai/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ one-shot games


def tied_game(purpose: str, rows: int, columns: int, *, top: int = 4) -> tuple[Array, Array]:
    """Return a game of whole payoffs in [0, top]: few enough values that ties are everywhere."""
    payoffs = rng_for(f"{purpose}/tied").integers(0, top + 1, size=(2, rows, columns)).astype(float)
    return payoffs[0], payoffs[1]


def tied_games(purpose: str, n: int) -> list[tuple[Array, Array]]:
    """Return n tied games of changing shapes, most of them not square."""
    shapes = itertools.cycle([(2, 3), (3, 2), (4, 3), (2, 2), (3, 5), (1, 4), (5, 4)])
    return [tied_game(f"{purpose}/{k}", *shape) for k, shape in zip(range(n), shapes, strict=False)]


def pure_nash(a: Array, b: Array) -> list[Profile]:
    """Return all profiles from which neither player has a profitable deviation, by trying every deviation."""
    rows, columns = a.shape
    return [
        (i, j)
        for i in range(rows)
        for j in range(columns)
        if not any(a[k, j] > a[i, j] for k in range(rows)) and not any(b[i, k] > b[i, j] for k in range(columns))
    ]


def pareto_efficient(a: Array, b: Array) -> list[Profile]:
    """Return the profiles that no other dominates: best for B among those at least as good for A, and the reverse."""
    return [
        (i, j) for i, j in np.ndindex(*a.shape) if b[a >= a[i, j]].max() == b[i, j] and a[b >= b[i, j]].max() == a[i, j]
    ]


def vertices(matrix: Array) -> list[tuple[Array, frozenset[int]]]:
    """Return the vertices of {z >= 0, matrix @ z <= 1} with the numbers of their tight constraints.

    Constraints 0 .. d - 1 are z >= 0; the others are the rows of `matrix`, shape (c, d), in order.
    """
    c, d = matrix.shape
    left = np.vstack([-np.eye(d), matrix])
    right = np.concatenate([np.zeros(d), np.ones(c)])
    found = []
    for chosen in itertools.combinations(range(c + d), d):
        rows = left[list(chosen)]
        if abs(np.linalg.det(rows)) < 1e-12:
            continue
        z = np.linalg.solve(rows, right[list(chosen)])
        if np.all(left @ z <= right + 1e-9) and z.max() > 1e-9:
            found.append((z, frozenset(chosen)))
    return found


def equilibria(a: Array, b: Array) -> list[Equilibrium]:
    """Return all equilibria of a non-degenerate game by matching completely labelled pairs of vertices."""
    m, n = a.shape
    a, b = a - a.min() + 1, b - b.min() + 1
    found = []
    for x, tight_x in vertices(b.T):  # labels: 0 .. m - 1 row not played, m + j column j is a best answer
        labels_x = set(tight_x)
        for y, tight_y in vertices(a):  # labels: 0 .. n - 1 column not played, n + i row i is a best answer
            labels_y = {label + m if label < n else label - n for label in tight_y}
            if labels_x | labels_y == set(range(m + n)):
                found.append((x / x.sum(), y / y.sum()))
    return found


def is_clear(a: Array, b: Array) -> bool:
    """Return whether no candidate support is a close call: probabilities and gaps stay 0.01 away from zero."""
    m, n = a.shape
    for size in range(1, min(m, n) + 1):
        for rows in itertools.combinations(range(m), size):
            for columns in itertools.combinations(range(n), size):
                for payoffs, own, other in ((a, rows, columns), (b.T, columns, rows)):
                    system = np.ones((size + 1, size + 1))
                    system[:size, :size] = payoffs[np.ix_(own, other)]
                    system[:size, size], system[size, size] = -1, 0
                    if abs(np.linalg.det(system)) < 0.01:
                        return False
                    mix = np.linalg.solve(system, [0.0] * size + [1.0])
                    rest = [k for k in range(len(payoffs)) if k not in own]
                    gaps = payoffs[np.ix_(rest, other)] @ mix[:size] - mix[size]
                    if min(np.abs(mix[:size]).min(), np.abs(gaps).min(initial=1.0)) < 0.01:
                        return False
    return True


def clear_game(purpose: str, rows: int, columns: int) -> tuple[Array, Array]:
    """Return a random game whose equilibria no tolerance can confuse."""
    rng = rng_for(f"{purpose}/clear")
    while True:
        a, b = rng.normal(0, 2, (2, rows, columns))
        if is_clear(a, b):
            return a, b


def gain_from_deviating(a: Array, b: Array, x: Array, y: Array) -> float:
    """Return the most that either player could win by a pure deviation: 0 in an equilibrium, but for rounding."""
    return float(max((a @ y).max() - x @ a @ y, (x @ b).max() - x @ b @ y))


def check_equilibria(found: Sequence[Equilibrium], a: Array, b: Array) -> None:
    """Raise AssertionError unless `found` holds every equilibrium of the game once, in any order."""
    expected = equilibria(a, b)
    pairs = [tuple(np.asarray(mix, dtype=float) for mix in pair) for pair in found]
    for x, y in pairs:
        assert x.shape == (a.shape[0],), "a row mix has the wrong length"
        assert y.shape == (a.shape[1],), "a column mix has the wrong length"
        assert min(x.min(), y.min()) >= -1e-9, "negative probability"
        assert max(abs(x.sum() - 1), abs(y.sum() - 1)) <= 1e-9, "probabilities do not sum to 1"
        assert gain_from_deviating(a, b, x, y) <= 1e-6, "a deviation pays"
    assert len(pairs) == len(expected), f"{len(pairs)} equilibria where {len(expected)} are right"
    for x, y in expected:
        near = [max(np.abs(x - u).max(), np.abs(y - v).max()) <= 1e-6 for u, v in pairs]
        assert sum(near) == 1, f"an equilibrium is listed {sum(near)} times"


# ------------------------------------------------------------------------------------------------ repeated games


def discounted_average(
    first: Callable[[int, int], float],
    second: Callable[[int, int], float],
    payoff: Sequence[float],
    delta: float,
    openings: tuple[float, float] = (1.0, 1.0),
) -> tuple[float, float]:
    """Return both discounted averages by carrying the distribution over outcomes forward, round by round.

    `first(own, other)` and `second(own, other)` are chances to cooperate after a round, from the player's own view.
    """
    temptation, reward, punishment, sucker = payoff
    mine = {(1, 1): reward, (1, 0): sucker, (0, 1): temptation, (0, 0): punishment}

    def joint(c: float, d: float) -> dict[Profile, float]:
        return {(1, 1): c * d, (1, 0): c * (1 - d), (0, 1): (1 - c) * d, (0, 0): (1 - c) * (1 - d)}

    now, weight, totals = joint(*openings), 1 - delta, [0.0, 0.0]
    while weight > 1e-15:
        totals[0] += weight * sum(chance * mine[me, you] for (me, you), chance in now.items())
        totals[1] += weight * sum(chance * mine[you, me] for (me, you), chance in now.items())
        after = dict.fromkeys(mine, 0.0)
        for (me, you), chance in now.items():
            for outcome, share in joint(first(me, you), second(you, me)).items():
                after[outcome] += chance * share
        now, weight = after, weight * delta
    return totals[0], totals[1]


def by_table(chances: Sequence[float]) -> Callable[[int, int], float]:
    """Return a memory-one rule from its chances after CC, CD, DC, DD, own move first."""
    table = dict(zip([(1, 1), (1, 0), (0, 1), (0, 0)], chances, strict=True))
    return lambda own, other: float(table[own, other])


def dilemma(purpose: str) -> tuple[float, float, float, float]:
    """Return random T > R > P > S with differences of at least 0.3."""
    steps = rng_for(f"{purpose}/dilemma").uniform(0.3, 3, size=4)
    s, p, r, t = (float(value) for value in np.cumsum(steps) - 2)
    return t, r, p, s


def gain_against_grim(payoff: Sequence[float], delta: float) -> float:
    """Return what defecting for ever wins over cooperating for ever against a grim opponent, summed move by move."""
    stay = discounted_average(by_table([1, 0, 0, 0]), by_table([1, 0, 0, 0]), payoff, delta)
    leave = discounted_average(by_table([0, 0, 0, 0]), by_table([1, 0, 0, 0]), payoff, delta, (0.0, 1.0))
    return leave[0] - stay[0]


# ------------------------------------------------------------------------------------------------ noisy play


def self_play(strategy: Strategy, purpose: str, *, games: int, rounds: int = 200) -> float:
    """Return the mean payoff per round of two copies of a strategy."""
    seeds = (seed_for(f"{purpose}/self/{k}") for k in range(games))
    return float(np.mean([play(strategy, strategy, rounds=rounds, seed=seed).payoffs for seed in seeds]))


def against(strategy: Strategy, opponent: Strategy, purpose: str, *, games: int, rounds: int = 200) -> Array:
    """Return the mean payoffs per round of the strategy and of its opponent, shape (2,)."""
    seeds = (seed_for(f"{purpose}/against/{k}") for k in range(games))
    return np.mean([play(strategy, opponent, rounds=rounds, seed=seed).payoffs for seed in seeds], axis=0)


def sneak(purpose: str) -> Strategy:
    """Return an opponent on a fixed schedule who defects once in two or three rounds, never twice in a row."""
    gaps = rng_for(f"{purpose}/sneak").integers(1, 3, size=100)
    return schedule([move for gap in gaps for move in (*[1] * int(gap), 0)])


def takings(strategy: Strategy, purpose: str, *, games: int = 2) -> float:
    """Return what sneaking opponents earn per round against the strategy."""
    return float(
        np.mean([against(strategy, sneak(f"{purpose}/{k}"), f"{purpose}/{k}", games=1)[1] for k in range(games)])
    )


def defectors_victim(strategy: Strategy, purpose: str, *, games: int, rounds: int = 200) -> float:
    """Return what the strategy earns per round against somebody who always means to defect."""
    return float(against(strategy, always_defect, f"{purpose}/defector", games=games, rounds=rounds)[0])


def kindness(strategy: Strategy, purpose: str, *, games: int = 2) -> float:
    """Return what somebody who always means to cooperate earns per round against the strategy."""
    return float(against(strategy, always_cooperate, f"{purpose}/friend", games=games)[1])
