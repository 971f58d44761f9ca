"""Hidden side of `intrasystem_goals`: independent answers, held-out systems and games for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: difference rewards of the bar come from counts of guests, not
from calls of the system's value; best pay comes from eliminating the tasks that are not measured; efforts come from
determinants, optima from enumeration.
"""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlsafety_grader.metrics import Figure, share_of_optimum
from mlsafety_kit.bar import Bar, bar

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
Local = Callable[[Sequence[int]], Array]


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"intrasystem_goals/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ games and systems


class Table:
    """A system whose value is looked up in a random table, so that no structure helps to guess it; counts its calls."""

    def __init__(self, purpose: str, n_agents: int, n_actions: int) -> None:
        """Fill the table; index 0 of each axis stands for the absent action, -1."""
        self.entries = rng_for(f"{purpose}/table").normal(0, 1, (n_actions + 1,) * n_agents)
        self.n_calls = 0

    def look(self, actions: Sequence[int]) -> float:
        """Return the value without counting."""
        chosen = np.asarray(actions, dtype=int)
        assert chosen.shape == (self.entries.ndim,), f"the system was asked about {chosen.size} actions"
        return float(self.entries[tuple(chosen + 1)])

    def value(self, actions: Sequence[int]) -> float:
        """Return the value and count the call."""
        self.n_calls += 1
        return self.look(actions)

    def differences(self, actions: Sequence[int], defaults: Sequence[int]) -> Array:
        """Return the value's loss agent by agent: a line of the table through the joint action holds both numbers."""
        here = tuple(np.asarray(actions, dtype=int) + 1)
        lines = [self.entries[(*here[:i], slice(None), *here[i + 1 :])] for i in range(len(here))]
        pairs = zip(lines, here, defaults, strict=True)
        return np.array([line[chosen] - line[default + 1] for line, chosen, default in pairs])


def private_rewards(purpose: str, n_agents: int, n_actions: int) -> Local:
    """Return rewards that have nothing to do with each other: one random table per agent."""
    tables = rng_for(f"{purpose}/private").normal(0, 1, (n_agents, *(n_actions,) * n_agents))

    def local(actions: Sequence[int]) -> Array:
        return np.array(tables[(slice(None), *np.asarray(actions, dtype=int))])

    return local


def town(purpose: str) -> Bar:
    """Return a bar of this release's own."""
    return bar(seed_for(f"{purpose}/bar"))


def first_week(purpose: str, system: Bar) -> list[int]:
    """Return a joint action to begin with."""
    return rng_for(f"{purpose}/start").integers(system.n_nights, size=system.n_agents).tolist()


def night_worth(system: Bar, guests: ArrayLike) -> Array:
    """Return what each night is worth with so many guests."""
    guests = np.asarray(guests, dtype=float)
    return np.asarray(system.worth * guests / np.exp(guests / system.comfort))


def bar_differences(system: Bar, actions: Sequence[int]) -> Array:
    """Return the difference rewards of a bar for the absent action: only the agent's own night changes."""
    chosen = np.asarray(actions, dtype=int)
    guests = (chosen[:, None] == np.arange(system.n_nights)).sum(0)
    lost = night_worth(system, guests) - night_worth(system, np.maximum(guests - 1, 0))
    return np.where(chosen < 0, 0.0, lost[chosen])


def best_worth(system: Bar) -> float:
    """Return the most that a bar can be worth, by trying all distributions of its agents over the nights."""

    def rest(night: int, left: int) -> float:
        if night == system.n_nights - 1:
            return float(worth[night, left])
        return max(float(worth[night, x]) + rest(night + 1, left - x) for x in range(left + 1))

    worth = np.array([night_worth(system, np.full(system.n_nights, x)) for x in range(system.n_agents + 1)]).T
    return rest(0, system.n_agents)


def share_reached(purpose: str, systems: Sequence[Bar], reached: Sequence[Sequence[int]]) -> Figure:
    """Return the mean share of the best possible worth that these joint actions reach."""
    worth = [night_worth(s, s.attendance(z)).sum() for s, z in zip(systems, reached, strict=True)]
    return share_of_optimum(worth, [best_worth(s) for s in systems], seed=seed_for(f"{purpose}/bootstrap"))


def can_be_improved(system: Bar, actions: Sequence[int]) -> bool:
    """Tell whether a single agent's move would be worth something to the town."""
    guests = system.attendance(actions)
    now = night_worth(system, guests).sum()
    for leaves in np.flatnonzero(guests):
        for goes in range(system.n_nights):
            moved = guests.copy()
            moved[leaves] -= 1
            moved[goes] += 1
            if night_worth(system, moved).sum() > now + 1e-9:
                return True
    return False


def alignment(local: Local, value: Callable[[Sequence[int]], float], n: int, k: int, purpose: str) -> float:
    """Return the degree of factoredness from four thousand draws."""
    rng, hits = rng_for(f"{purpose}/alignment"), []
    for before in rng.integers(k, size=(4000, n)):
        agent, after = int(rng.integers(n)), before.copy()
        after[agent] = (before[agent] + rng.integers(1, k)) % k
        gain = value(after) - value(before)
        if abs(gain) > 1e-12:
            hits.append((local(after)[agent] - local(before)[agent]) / gain > 0)
    return float(np.mean(hits))


def sweeps(local: Local, start: Sequence[int], k: int, limit: int) -> tuple[tuple[int, ...], bool]:
    """Return where agents end who improve in turn; no two rewards may be nearly equal."""
    state = np.array(start)
    for _ in range(limit):
        before = state.copy()
        for agent in range(len(state)):
            tried = np.repeat(state[None], k, 0)
            tried[:, agent] = np.arange(k)
            state[agent] = max(range(k), key=[local(z)[agent] for z in tried].__getitem__)
        if np.array_equal(state, before):
            return tuple(state.tolist()), True
    return tuple(state.tolist()), False


# ------------------------------------------------------------------------------------------------ guidance


def decision_process(purpose: str) -> dict[str, Array | NDArray[np.bool_] | float]:
    """Return a random decision process: 7 states of which 2 are terminal, 3 actions, and a potential for each state."""
    rng = rng_for(f"{purpose}/process")
    terminal = np.zeros(7, dtype=bool)
    terminal[rng.choice(7, 2, replace=False)] = True
    return {
        "P": rng.dirichlet(np.full(7, 0.5), (7, 3)),
        "r": rng.normal(0, 1, (7, 3, 7)),
        "phi": rng.normal(0, 3, 7),
        "terminal": terminal,
        "gamma": float(rng.uniform(0.7, 0.95)),
    }


def action_values(P: Array, r: Array, gamma: float, terminal: NDArray[np.bool_]) -> Array:
    """Return the optimal action values of states that are not terminal, shape (S', A), by policy iteration."""
    inside = np.flatnonzero(~terminal)
    earned, moves = (P * r).sum(2)[inside], P[np.ix_(inside, np.arange(P.shape[1]), inside)]
    policy = np.zeros(len(inside), dtype=int)
    for _ in range(100):
        rows = np.arange(len(inside))
        values = np.linalg.solve(np.eye(len(inside)) - gamma * moves[rows, policy], earned[rows, policy])
        quality = earned + gamma * moves @ values
        if (quality.max(1) <= quality[rows, policy] + 1e-11).all():
            break
        policy = quality.argmax(1)
    return np.asarray(quality)


# ------------------------------------------------------------------------------------------------ pay and effort


def costs(purpose: str, n: int) -> Array:
    """Return a symmetric positive definite matrix with substitutes and complements, shape (n, n)."""
    half = rng_for(f"{purpose}/costs").normal(0, 1, (n, n))
    return np.asarray(half @ half.T / n + 0.3 * np.eye(n))


def effort(w: ArrayLike, C: ArrayLike) -> Array:
    """Return the effort by Cramer's rule, with the checks of the student's function."""
    pay, cost = np.asarray(w, dtype=float), np.asarray(C, dtype=float)
    if pay.ndim != 1 or cost.shape != (len(pay), len(pay)) or not np.allclose(cost, cost.T):
        raise ValueError("shapes or symmetry")
    if min(np.linalg.det(cost[: k + 1, : k + 1]) for k in range(len(pay))) <= 0:  # Sylvester's criterion
        raise ValueError("not positive definite")
    with_column = [np.where(np.arange(len(pay)) == j, pay[:, None], cost) for j in range(len(pay))]
    return np.array([np.linalg.det(matrix) for matrix in with_column]) / np.linalg.det(cost)


def surplus(w: ArrayLike, b: Array, C: Array) -> float:
    """Return benefit less cost when the part answers to pay w."""
    answer = effort(w, C)
    return float(b @ answer - answer @ C @ answer / 2)


def best_pay(b: Array, C: Array, measured: ArrayLike) -> Array:
    """Return the best pay: a measured task's own benefit less what it takes away from tasks that are not measured."""
    seen = np.asarray(measured, dtype=bool)
    pay = np.where(seen, b, 0.0)
    if seen.any() and not seen.all():
        pay[seen] -= C[np.ix_(seen, ~seen)] @ np.linalg.inv(C[np.ix_(~seen, ~seen)]) @ b[~seen]
    return np.asarray(pay)
