"""Small worlds of terrain with a person who values some terrain more than other: walks, comparisons, noisy planning.

A world is a square grid. Every cell has one of five terrains, and what happens in a cell depends on nothing else, so a
person's values are five numbers that hold in every layout: `reward = world.phi @ weights`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

TERRAINS = ("grass", "sand", "water", "thorns", "flowers")
ACTIONS = ("up", "right", "down", "left")
SLIP = 0.1

_MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
_COLOURS = ("#b7d9a0", "#ecd9a0", "#9cc7e8", "#b79b8c", "#f0a8c8")


@dataclass(frozen=True, slots=True, kw_only=True)
class GridWorld:
    """A world of S = size * size cells, numbered row by row, and A = 4 actions in the order of `ACTIONS`.

    transitions: shape (S, A, S), float64; `transitions[s, a]` is the distribution of the next cell. With probability
        `SLIP` the direction is drawn at random from all four. A move off the grid stays where it is.
    phi: shape (S, 5), float64, one-hot: the terrain of each cell.
    start: shape (S,), float64: the distribution of the first cell, uniform.
    gamma: discount, in [0, 1).
    size: cells along one side.
    """

    transitions: Array
    phi: Array
    start: Array
    gamma: float
    size: int

    @property
    def terrain(self) -> NDArray[np.int64]:
        """Return the index into `TERRAINS` of each cell, shape (S,), int64."""
        return np.asarray(self.phi.argmax(1), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """Judged pairs of walks. All arrays are float64.

    phi_a, phi_b: shape (n, 5): discounted terrain counts of the two walks, the first cell with weight 1.
    prefs: shape (n,): 1.0 where walk a was preferred, 0.0 where walk b was.
    """

    phi_a: Array
    phi_b: Array
    prefs: Array


def gridworld(seed: int = 0, *, size: int = 5, gamma: float = 0.9) -> GridWorld:
    """Return a world with a random layout that holds every terrain at least once.

    Args:
        seed: decides the layout, and nothing else is random.
        size: cells along one side, at least 3.
        gamma: discount, in [0, 1).

    Raises:
        ValueError: `size` or `gamma` is out of range.
    """
    if size < 3 or not 0 <= gamma < 1:
        raise ValueError(f"need size >= 3 and 0 <= gamma < 1, not {size} and {gamma}")
    rng = np.random.default_rng(seed)
    n, kinds = size * size, len(TERRAINS)
    terrain = rng.permutation(np.concatenate([np.arange(kinds), rng.integers(kinds, size=n - kinds)]))

    moves = np.zeros((n, len(ACTIONS), n))
    for cell in range(n):
        for action, (down, right) in enumerate(_MOVES):
            row, column = cell // size + down, cell % size + right
            inside = 0 <= row < size and 0 <= column < size
            moves[cell, action, row * size + column if inside else cell] = 1
    return GridWorld(
        transitions=(1 - SLIP) * moves + SLIP * moves.mean(1, keepdims=True),
        phi=np.eye(kinds)[terrain],
        start=np.full(n, 1 / n),
        gamma=gamma,
        size=size,
    )


def human_weights(seed: int = 0) -> Array:
    """Return what one person thinks each terrain is worth: shape (5,), float64, mean 0, standard deviation 1."""
    weights = np.random.default_rng(seed).normal(0, 1, len(TERRAINS))
    weights -= weights.mean()
    return np.asarray(weights / weights.std())


def walks(world: GridWorld, n: int, *, length: int = 10, seed: int = 0) -> NDArray[np.int64]:
    """Return the cells that n aimless walks visit: shape (n, length), int64, the first cell drawn from `start`.

    Raises:
        ValueError: `n` or `length` is below 1.
    """
    if n < 1 or length < 1:
        raise ValueError(f"n and length must be at least 1, not {n} and {length}")
    rng = np.random.default_rng(seed)
    cumulative = world.transitions.cumsum(2)
    cells = [rng.choice(len(world.start), n, p=world.start)]
    for _ in range(length - 1):
        action = rng.integers(len(ACTIONS), size=n)
        passed = cumulative[cells[-1], action] < rng.random(n)[:, None]
        cells.append(passed.sum(1).clip(max=len(world.start) - 1))
    return np.stack(cells, axis=1).astype(np.int64)


def comparisons(world: GridWorld, weights: Array, n: int = 400, *, length: int = 10, seed: int = 0) -> Comparisons:
    """Let a person judge n pairs of aimless walks, with the noise of the Bradley-Terry model.

    Walk a is preferred with probability sigmoid(return of a - return of b), both discounted with `world.gamma`.

    Args:
        world: where the walks take place.
        weights: shape (5,), what each terrain is worth to the person.
        n: number of pairs.
        length: cells per walk.
        seed: decides walks and judgements.

    Raises:
        ValueError: `weights` has another shape, or `n` or `length` is below 1.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != (len(TERRAINS),):
        raise ValueError(f"weights must have shape ({len(TERRAINS)},), not {weights.shape}")
    discounts = world.gamma ** np.arange(length)
    walked = world.phi[walks(world, 2 * n, length=length, seed=seed)]
    counts = np.einsum("t,ntk->nk", discounts, walked)
    phi_a, phi_b = counts[:n], counts[n:]
    chance = 1 / (1 + np.exp(np.clip((phi_b - phi_a) @ weights, -500, 500)))
    judged = np.random.default_rng([seed, 1]).random(n) < chance
    return Comparisons(phi_a=phi_a, phi_b=phi_b, prefs=judged.astype(np.float64))


def soft_policy(transitions: Array, reward: Array, gamma: float, temperature: float = 1.0) -> Array:
    """Return how a noisy planner acts: the policy with the highest discounted reward plus temperature times entropy.

    Args:
        transitions: shape (S, A, S), rows sum to 1.
        reward: shape (S,), received for being in a state.
        gamma: discount, in [0, 1).
        temperature: positive; near 0 the planner is nearly perfect, with a large one it hardly cares.

    Returns:
        Shape (S, A), float64: the probability of each action; rows sum to 1.

    Raises:
        ValueError: a shape does not fit, or `gamma` or `temperature` is out of range.
    """
    transitions, reward = np.asarray(transitions, dtype=np.float64), np.asarray(reward, dtype=np.float64)
    if transitions.ndim != 3 or reward.shape != transitions.shape[:1] or len(reward) != transitions.shape[2]:
        raise ValueError(f"shapes {transitions.shape} and {reward.shape} must be (S, A, S) and (S,)")
    if not 0 <= gamma < 1 or not temperature > 0:
        raise ValueError(f"need 0 <= gamma < 1 and temperature > 0, not {gamma} and {temperature}")
    n_states, n_actions = transitions.shape[:2]
    moves = gamma * transitions.reshape(n_states * n_actions, n_states)
    value, change = np.zeros(n_states), np.inf
    while change > 1e-9 * max(1.0, float(np.abs(value).max())):
        future = (moves @ value).reshape(n_states, n_actions)
        best = future.max(1)
        weight = np.exp((future - best[:, None]) / temperature)
        total = weight.sum(1)
        new = reward + best + temperature * np.log(total)
        change, value = float(np.abs(new - value).max()), new
    return np.asarray(weight / total[:, None])


def draw(
    worlds: Sequence[GridWorld], titles: Sequence[str], *, policies: Sequence[Array] | None = None, title: str = ""
) -> "Figure":
    """Draw worlds side by side as maps, with an arrow in each cell for its most likely action if policies are given.

    Args:
        worlds: at least one.
        titles: one text per world.
        policies: one per world, shape (S,) of action numbers or (S, A) of probabilities.
        title: stands above the figure.
    """
    import matplotlib.pyplot as plt  # optional: only pictures need it
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    n = len(worlds)
    figure, row = plt.subplots(1, n, figsize=(2.7 * n + 0.4, 3.6), squeeze=False, layout="constrained")
    for k, (axes, world) in enumerate(zip(row[0], worlds, strict=True)):
        cells = world.terrain.reshape(world.size, world.size)
        axes.imshow(cells, cmap=ListedColormap(_COLOURS), vmin=-0.5, vmax=len(TERRAINS) - 0.5)
        axes.set(xticks=[], yticks=[])
        axes.set_title(titles[k], fontsize=10)
        if policies is not None:
            policy = np.asarray(policies[k])
            for cell, action in enumerate(policy.argmax(1) if policy.ndim == 2 else policy):
                down, right = _MOVES[int(action)]
                y, x = divmod(cell, world.size)
                ends = {"xy": (x + 0.35 * right, y + 0.35 * down), "xytext": (x - 0.3 * right, y - 0.3 * down)}
                axes.annotate("", **ends, arrowprops={"arrowstyle": "->", "linewidth": 1.3})
    patches = [Patch(color=colour, label=name) for colour, name in zip(_COLOURS, TERRAINS, strict=True)]
    figure.legend(handles=patches, loc="outside lower center", ncols=len(TERRAINS), fontsize=9, frameon=False)
    figure.suptitle(title)
    return figure
