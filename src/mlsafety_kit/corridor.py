"""A corridor with a good exit far away and a poor one close by: a place to try out additional rewards."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEFT_EXIT, RIGHT_EXIT, NO_EXIT = 0, 10, -1
POOR, GOOD = 0.3, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A Markov decision process: 11 cells in a row, an exit at each end. Actions: 0 steps to the left, 1 to the right.

    transitions: shape (11, 2, 11), float64; `transitions[s, a]` is the distribution of the next cell. Exits lead back
        to themselves, but nothing that happens after an exit counts.
    reward: shape (11, 2, 11), float64, for stepping from s to s' by a: 0.3 for the exit on the left, 1 for the other.
    terminal: shape (11,), bool, True for the exits.
    start: the cell in which every episode begins, 3.
    discount: in (0, 1).
    """

    transitions: Array
    reward: Array
    terminal: NDArray[np.bool_]
    start: int
    discount: float


def corridor() -> Corridor:
    """Return the corridor; it is always the same."""
    n = RIGHT_EXIT + 1
    transitions, reward = np.zeros((n, 2, n)), np.zeros((n, 2, n))
    for cell in range(n):
        for action, step in enumerate((-1, 1)):
            reached = cell if cell in (LEFT_EXIT, RIGHT_EXIT) else cell + step
            transitions[cell, action, reached] = 1.0
    reward[1:-1, :, LEFT_EXIT], reward[1:-1, :, RIGHT_EXIT] = POOR, GOOD
    terminal = np.isin(np.arange(n), (LEFT_EXIT, RIGHT_EXIT))
    return Corridor(transitions=transitions, reward=reward, terminal=terminal, start=3, discount=0.95)


def plan(world: Corridor, reward: Array) -> Array:
    """Return the optimal action values for `reward`, shape (11, 2, 11): shape (11, 2), 0 at the exits.

    Raises:
        ValueError: `reward` has another shape.
    """
    reward = _checked(world, reward)
    quality, change = np.zeros(world.transitions.shape[:2]), np.inf
    while change > 1e-12:
        value = np.where(world.terminal, 0.0, quality.max(1))
        new = (world.transitions * (reward + world.discount * value)).sum(2)
        new[world.terminal] = 0.0
        change, quality = float(np.abs(new - quality).max()), new
    return quality


def destination(world: Corridor, quality: Array) -> int:
    """Return the exit that the best actions of `quality`, shape (11, 2), lead to from the start; -1 for none."""
    cell = world.start
    for _ in range(len(world.terminal)):
        cell = int(world.transitions[cell, int(quality[cell].argmax())].argmax())
        if world.terminal[cell]:
            return cell
    return NO_EXIT


def q_learning(
    world: Corridor, reward: Array, *, episodes: int, seed: int = 0, explore: float = 0.2, patience: int = 60
) -> NDArray[np.int64]:
    """Let a Q-learner that knows nothing of the corridor try it, and return where each episode ended.

    Args:
        world: the corridor.
        reward: shape (11, 2, 11), what the learner is paid.
        episodes: positive.
        seed: decides ties and exploration.
        explore: probability of a random step, in [0, 1].
        patience: an episode is broken off after this many steps, positive.

    Returns:
        The exit that was reached, -1 if the episode was broken off: int64 of shape (episodes,).

    Raises:
        ValueError: an argument is outside its range or `reward` has another shape.
    """
    reward = _checked(world, reward)
    if min(episodes, patience) < 1 or not 0 <= explore <= 1:
        raise ValueError("episodes and patience must be positive, explore in [0, 1]")
    rng = np.random.default_rng(seed)
    quality, ended = np.zeros(world.transitions.shape[:2]), np.full(episodes, NO_EXIT, dtype=np.int64)
    for episode in range(episodes):
        cell = world.start
        for _ in range(patience):
            greedy = int((quality[cell] + 1e-9 * rng.random(2)).argmax())
            action = int(rng.integers(2)) if rng.random() < explore else greedy
            reached = int(world.transitions[cell, action].argmax())
            ahead = 0.0 if world.terminal[reached] else float(quality[reached].max())
            target = reward[cell, action, reached] + world.discount * ahead
            quality[cell, action] += 0.5 * (target - quality[cell, action])
            cell = reached
            if world.terminal[cell]:
                ended[episode] = cell
                break
    return ended


def _checked(world: Corridor, reward: Array) -> Array:
    reward = np.asarray(reward, dtype=np.float64)
    if reward.shape != world.reward.shape:
        raise ValueError(f"reward must have shape {world.reward.shape}, not {reward.shape}")
    return reward
