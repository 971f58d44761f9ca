"""Fault trees as plain values: random ones to practise on, chances for their events, and a way to print them.

A tree is the name of a basic event, or a pair of a gate, "AND" or "OR", and a non-empty list of trees. An event that is
named twice is one event that happens or does not.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

Tree: TypeAlias = str | tuple[str, list["Tree"]]

LEAF = 0.3  # how often a branch ends before the last level


def random_tree(seed: int = 0, *, events: Sequence[str] = "abcdefg", depth: int = 3) -> Tree:
    """Return a random tree whose branches draw from the same few events, so that most events occur more than once.

    Args:
        seed: decides everything; the same seed gives the same tree.
        events: names to draw from, at least two different ones. Not all of them need occur.
        depth: levels of gates, at least 1. Each gate has two or three inputs.

    Raises:
        ValueError: fewer than two different events, or no level.
    """
    if len(set(events)) < 2 or depth < 1:
        raise ValueError(f"need at least 2 different events and depth 1, not {len(set(events))} and {depth}")
    return _grow(np.random.default_rng(seed), list(events), depth)


def _grow(rng: np.random.Generator, events: list[str], depth: int) -> Tree:
    gate = "AND" if rng.random() < 0.5 else "OR"
    children: list[Tree] = []
    for _ in range(int(rng.integers(2, 4))):
        if depth == 1 or rng.random() < LEAF:
            children.append(events[int(rng.integers(len(events)))])
        else:
            children.append(_grow(rng, events, depth - 1))
    return (gate, children)


def random_chances(
    seed: int = 0, *, events: Sequence[str] = "abcdefg", low: float = 0.05, high: float = 0.6
) -> dict[str, float]:
    """Return one probability per event, uniform between `low` and `high`.

    Raises:
        ValueError: not 0 <= low <= high <= 1.
    """
    if not 0 <= low <= high <= 1:
        raise ValueError(f"need 0 <= low <= high <= 1, not {low} and {high}")
    rng = np.random.default_rng(seed)
    return {event: float(rng.uniform(low, high)) for event in events}


def outline(tree: Tree, *, indent: str = "") -> str:
    """Return the tree as text, one line per gate or event, inputs indented below their gate."""
    if isinstance(tree, str):
        return indent + tree
    gate, children = tree
    return "\n".join([indent + gate, *(outline(child, indent=indent + "    ") for child in children)])
