"""A bar that is best when few come: parts with rewards of their own, and what their system is worth.

Each of n agents chooses one of K nights. A night with x guests is worth `worth * x * exp(-x / comfort)` to the town:
every guest adds something until it gets crowded, after that everybody spoils it for everybody.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Actions = Sequence[int] | NDArray[np.int64]

ABSENT = -1  # the action of an agent that stays at home on every night


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A system of agents who choose nights. K nights; a joint action is a sequence of n integers in [-1, K).

    n_agents: n, positive.
    worth: shape (K,), float64, what a guest is worth on an empty night.
    comfort: shape (K,), float64, the number of guests at which a night is worth most.
    """

    n_agents: int
    worth: Array
    comfort: Array

    @property
    def n_nights(self) -> int:
        """K, the number of nights."""
        return len(self.worth)

    def attendance(self, actions: Actions) -> NDArray[np.int64]:
        """Return the number of guests on each night, int64 of shape (K,); whoever is absent is not counted.

        Raises:
            ValueError: `actions` is not n integers in [-1, K).
        """
        return np.bincount(self._checked(actions) + 1, minlength=self.n_nights + 1)[1:].astype(np.int64)

    def value(self, actions: Actions) -> float:
        """Return what the week is worth to the whole town, at least 0.

        Raises:
            ValueError: `actions` is not n integers in [-1, K).
        """
        guests = self.attendance(actions)
        return float((guests * self._enjoyment(guests)).sum())

    def satisfaction(self, actions: Actions) -> Array:
        """Return how much each agent enjoyed its own night, float64 of shape (n,), 0 if absent; the sum is the value.

        Raises:
            ValueError: `actions` is not n integers in [-1, K).
        """
        chosen = self._checked(actions)
        enjoyed = self._enjoyment(self.attendance(chosen))
        return np.where(chosen == ABSENT, 0.0, enjoyed[chosen])

    def _enjoyment(self, guests: NDArray[np.int64]) -> Array:
        return np.asarray(self.worth * np.exp(-guests / self.comfort))

    def _checked(self, actions: Actions) -> NDArray[np.int64]:
        chosen = np.asarray(actions, dtype=np.int64)
        if chosen.shape != (self.n_agents,) or chosen.min() < ABSENT or chosen.max() >= self.n_nights:
            raise ValueError(f"need {self.n_agents} integers from {ABSENT} to {self.n_nights - 1}, not {actions!r}")
        return chosen


def bar(seed: int = 0, *, n_agents: int = 18, n_nights: int = 4) -> Bar:
    """Return a random bar: `worth` in [0.8, 1.2], `comfort` in [1, 1.5].

    Args:
        seed: decides everything; the same seed gives the same bar.
        n_agents: at least 1.
        n_nights: at least 2.

    Raises:
        ValueError: too few agents or nights.
    """
    if n_agents < 1 or n_nights < 2:
        raise ValueError(f"need at least 1 agent and 2 nights, not {n_agents} and {n_nights}")
    rng = np.random.default_rng(seed)
    return Bar(n_agents=n_agents, worth=rng.uniform(0.8, 1.2, n_nights), comfort=rng.uniform(1.0, 1.5, n_nights))


def best_attendance(system: Bar) -> NDArray[np.int64]:
    """Return a distribution of all agents over the nights that is worth most, int64 of shape (K,)."""
    guests = np.arange(system.n_agents + 1)
    best, choices = np.where(guests == 0, 0.0, -np.inf), []  # best[m]: worth of m guests on the nights so far
    for worth, comfort in zip(system.worth, system.comfort, strict=True):
        night = worth * guests * np.exp(-guests / comfort)
        options = np.array([[best[m - x] + night[x] if x <= m else -np.inf for x in guests] for m in guests])
        choices.append(options.argmax(1))
        best = options.max(1)
    left, found = system.n_agents, []
    for choice in reversed(choices):
        found.append(int(choice[left]))
        left -= found[-1]
    return np.array(found[::-1], dtype=np.int64)


def learn(
    rewards: Callable[[tuple[int, ...]], Sequence[float] | Array],
    n_agents: int,
    n_actions: int,
    *,
    rounds: int,
    seed: int = 0,
    explore: float = 0.05,
    rate: float = 0.1,
) -> NDArray[np.int64]:
    """Let agents learn at the same time, each from nothing but its own reward, and return what they did.

    Every agent keeps an estimate for each of its actions, moves it by `rate` towards the reward it got, and chooses the
    action with the highest estimate, or with probability `explore` any action.

    Args:
        rewards: from a joint action, n integers in [0, n_actions), to n rewards.
        n_agents: n, positive.
        n_actions: positive.
        rounds: positive.
        seed: decides ties and exploration.
        explore: in [0, 1].
        rate: in (0, 1].

    Returns:
        Joint actions, int64 of shape (rounds, n).

    Raises:
        ValueError: an argument is outside its range.
    """
    if min(n_agents, n_actions, rounds) < 1 or not 0 <= explore <= 1 or not 0 < rate <= 1:
        raise ValueError("need positive counts, explore in [0, 1] and rate in (0, 1]")
    rng = np.random.default_rng(seed)
    estimate, agents = np.zeros((n_agents, n_actions)), np.arange(n_agents)
    played = np.zeros((rounds, n_agents), dtype=np.int64)
    for actions in played:
        greedy = (estimate + 1e-9 * rng.random(estimate.shape)).argmax(1)
        explores = rng.random(n_agents) < explore
        actions[:] = np.where(explores, rng.integers(n_actions, size=n_agents), greedy)
        earned = np.asarray(rewards(tuple(actions.tolist())), dtype=np.float64)
        estimate[agents, actions] += rate * (earned - estimate[agents, actions])
    return played
