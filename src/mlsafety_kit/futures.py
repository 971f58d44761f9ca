"""Small models of what has never happened: chains of premises, beliefs about utility, worlds with an off switch.

A *chain* is a list with one table per premise. The table of premise i is a dict from the outcomes of the i premises
before it, a tuple of 0 (false) and 1 (true), to the probability that premise i is true.

A *world* is an array P of shape (S, A, S), float64: `P[s, a]` is the distribution of the state after action a in s.
"""

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Chain = list[dict[tuple[int, ...], float]]

OFF = 0
"""The state of `world_with_switch` in which the system is switched off and stays so."""

SMALL_ROOM, CORRIDOR = 1, 2
"""The two states of `junction` that the first step leads to."""


def panel_chain(opinions: Sequence[float], n_premises: int) -> Chain:
    """Return the chain of a panel whose members disagree about one number.

    Member k holds that every premise is true with probability `opinions[k]`, independently. Nobody knows who is right;
    at first all are equally credible. What has turned out true or false so far speaks for some members and against
    others, and the table holds the probability after this reweighting.

    Args:
        opinions: probabilities strictly between 0 and 1, at least one.
        n_premises: length of the chain, at least 1.

    Raises:
        ValueError: an argument is outside its range.
    """
    held = np.asarray(opinions, dtype=np.float64)
    if held.ndim != 1 or not len(held) or not np.all((held > 0) & (held < 1)):
        raise ValueError("opinions must be one or more probabilities strictly between 0 and 1")
    chain: Chain = []
    for before in _histories(n_premises):
        table = {}
        for outcomes in before:
            n_true = sum(outcomes)
            credit = held**n_true * (1 - held) ** (len(outcomes) - n_true)
            table[outcomes] = float(credit @ held / credit.sum())
        chain.append(table)
    return chain


def random_chain(seed: int, n_premises: int = 4) -> Chain:
    """Return a chain with random tables in which the premises tend to stand or fall together.

    Raises:
        ValueError: `n_premises` is below 1.
    """
    rng = np.random.default_rng(seed)
    chain: Chain = []
    for before in _histories(n_premises):
        table = {}
        for outcomes in before:
            share = np.mean(outcomes) if outcomes else 0.5
            table[outcomes] = float(0.7 * share + 0.3 * rng.random())
        chain.append(table)
    return chain


def normal_belief(mean: float, spread: float, n: int = 201) -> tuple[Array, Array]:
    """Return a belief about one utility, a normal distribution on a grid of `n` points within 4 standard deviations.

    Returns:
        `(utilities, probs)`, both float64 of shape (n,); the probabilities sum to 1.

    Raises:
        ValueError: `spread` is not positive or `n` is below 2.
    """
    if not spread > 0 or n < 2:
        raise ValueError(f"need a positive spread and n of at least 2, not {spread} and {n}")
    z = np.linspace(-4, 4, n)
    weight = np.exp(-(z**2) / 2)
    return mean + spread * z, weight / weight.sum()


def star(n_options: int) -> Array:
    """Return a world of `n_options` + 1 states: from state 0 one step leads to any of the others, which are absorbing.

    Raises:
        ValueError: `n_options` is below 1.
    """
    if n_options < 1:
        raise ValueError(f"n_options must be at least 1, not {n_options}")
    world = np.zeros((n_options + 1, n_options, n_options + 1))
    world[0, np.arange(n_options), np.arange(1, n_options + 1)] = 1
    for state in range(1, n_options + 1):
        world[state, :, state] = 1
    return world


def junction(n_near: int = 3, n_far: int = 12, length: int = 3) -> Array:
    """Return a world in which few options are near and many are far, shape (S, A, S) with A = max(n_near, n_far).

    State 0 is the start. Its actions lead to `SMALL_ROOM`, from which one step reaches any of `n_near` absorbing
    states, or to `CORRIDOR`, the first of `length` cells in a row, after the last of which come `n_far` absorbing ones.
    Actions beyond the options of a state repeat its last option.

    Raises:
        ValueError: an argument is below 1.
    """
    if min(n_near, n_far, length) < 1:
        raise ValueError("n_near, n_far and length must be at least 1")
    hall = [CORRIDOR, *range(3, 2 + length)]
    first = 2 + length
    near = list(range(first, first + n_near))
    far = list(range(first + n_near, first + n_near + n_far))
    options = {0: [SMALL_ROOM, CORRIDOR], SMALL_ROOM: near, hall[-1]: far}
    options |= {cell: [following] for cell, following in pairwise(hall)}
    n_states, n_actions = first + n_near + n_far, max(n_near, n_far, 2)
    world = np.zeros((n_states, n_actions, n_states))
    for state in range(n_states):
        ways = options.get(state, [state])
        for action in range(n_actions):
            world[state, action, ways[min(action, len(ways) - 1)]] = 1
    return world


def world_with_switch(seed: int, n_states: int = 8, n_actions: int = 4) -> Array:
    """Return a random deterministic world of shape (S, A, S) in which every state has an off switch.

    Action 0 always leads to state `OFF`, which nothing leaves. The other actions lead to random other
    states.

    Raises:
        ValueError: `n_states` is below 3 or `n_actions` below 2.
    """
    if n_states < 3 or n_actions < 2:
        raise ValueError(f"need at least 3 states and 2 actions, not {n_states} and {n_actions}")
    rng = np.random.default_rng(seed)
    following = rng.integers(1, n_states, (n_states, n_actions))
    following[:, 0] = OFF
    following[OFF] = OFF
    return np.eye(n_states)[following]


def random_goals(seed: int, n: int, n_states: int) -> Array:
    """Return `n` reward vectors, shape (n, n_states): each state's reward is drawn uniformly from [0, 1] on its own.

    Raises:
        ValueError: `n` or `n_states` is below 1.
    """
    if min(n, n_states) < 1:
        raise ValueError(f"n and n_states must be at least 1, not {n} and {n_states}")
    return np.random.default_rng(seed).random((n, n_states))


def _histories(n_premises: int) -> list[list[tuple[int, ...]]]:
    if n_premises < 1:
        raise ValueError(f"n_premises must be at least 1, not {n_premises}")
    return [list(product((0, 1), repeat=i)) for i in range(n_premises)]
