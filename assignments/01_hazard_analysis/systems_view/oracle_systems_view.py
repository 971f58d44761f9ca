"""Hidden side of `systems_view`: independent answers and held-out systems for the hidden tests.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: truth tables as bit masks for cut sets, conditioning on one
event after the other for probabilities, exact fractions over all states of the layers, a matrix closure for feedback,
and scalar book-keeping in exact fractions for cascades.
"""

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np
from numpy.typing import NDArray

from mlsafety_kit.fault_trees import Tree, random_chances, random_tree

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Pairs = list[tuple[str, str]]
NetworkArrays = tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]
ROUNDED = 1024  # loads and capacities are multiples of 1 / ROUNDED, so that fractions stay short


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"systems_view/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


# ------------------------------------------------------------------------------------------------ fault trees


def event_names(tree: Tree) -> list[str]:
    """Return the different events of a tree, sorted."""
    todo, found = [tree], set()
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            found.add(part)
        else:
            todo.extend(part[1])
    return sorted(found)


def happens(tree: Tree, events: frozenset[str]) -> bool:
    """Say whether the top event happens if exactly these basic events do."""
    if isinstance(tree, str):
        return tree in events
    outcomes = [happens(part, events) for part in tree[1]]
    return all(outcomes) if tree[0] == "AND" else any(outcomes)


def minimal_cut_sets(tree: Tree) -> set[frozenset[str]]:
    """Return the minimal states in which the top event happens, smallest states first, by trying them all."""
    names = event_names(tree)
    found: list[int] = []
    for mask in sorted(range(1, 2 ** len(names)), key=int.bit_count):
        if any(mask & cut == cut for cut in found):
            continue
        if happens(tree, frozenset(name for k, name in enumerate(names) if mask >> k & 1)):
            found.append(mask)
    return {frozenset(name for k, name in enumerate(names) if cut >> k & 1) for cut in found}


def settled(tree: Tree, event: str, outcome: bool) -> Tree | bool:  # noqa: FBT001 - the outcome is the point
    """Return the tree that is left, or its outcome, once one event is known."""
    if isinstance(tree, str):
        return outcome if tree == event else tree
    gate, deciding = tree[0], tree[0] == "OR"
    parts = [settled(part, event, outcome) for part in tree[1]]
    if any(part is deciding for part in parts):
        return deciding
    rest = [part for part in parts if not isinstance(part, bool)]
    return (gate, rest) if rest else not deciding


def top_probability(tree: Tree | bool, p: dict[str, float]) -> float:  # noqa: FBT001 - a tree that is settled
    """Return the probability of the top event by conditioning on the first event, then on the next."""
    if isinstance(tree, bool):
        return float(tree)
    event = event_names(tree)[0]
    yes, no = (top_probability(settled(tree, event, outcome), p) for outcome in (True, False))
    return p[event] * yes + (1 - p[event]) * no


def named(purpose: str, tree: Tree) -> Tree:
    """Give the events of a tree new names, drawn for this release, so that no answer can be copied."""
    names = event_names(tree)
    drawn = rng_for(f"{purpose}/names").permutation([f"e{k}" for k in range(len(names))]).tolist()
    new = dict(zip(names, drawn, strict=True))

    def renamed(part: Tree) -> Tree:
        return new[part] if isinstance(part, str) else (part[0], [renamed(one) for one in part[1]])

    return renamed(tree)


def telling_trees(purpose: str) -> list[Tree]:
    """Return small trees that each show one mistake: sharing, absorption, single inputs, one event twice at a gate."""
    trees: list[Tree] = [
        ("AND", [("OR", ["a", "b"]), ("OR", ["a", "c"]), ("OR", ["b", "d"])]),
        ("OR", [("AND", ["a", "b", "c"]), ("AND", ["b", "a"]), "d", ("AND", ["d", "c"])]),
        ("AND", [("OR", [("AND", ["a", "b"]), "c"]), ("OR", [("AND", ["a", "d"]), ("AND", ["c", "b"])])]),
        ("AND", [("OR", ["a", "b"]), ("OR", ["b", "c"]), ("OR", ["a", "c"])]),
        ("OR", [("AND", ["a", "b"]), ("AND", ["b", "c"]), ("AND", ["a", "c"])]),
        ("AND", ["a", "a", ("OR", ["a"]), ("OR", [("AND", ["b"])])]),
        ("OR", [("AND", ["a", ("OR", ["b", ("AND", ["c", ("OR", ["d", ("AND", ["e", "a"])])])])]), ("AND", ["b"])]),
    ]
    return [named(f"{purpose}/{number}", tree) for number, tree in enumerate(trees)]


def forest(purpose: str, n: int, *, depth: int = 3) -> list[Tree]:
    """Return n random trees over seven events of this release's own."""
    return [random_tree(seed_for(f"{purpose}/tree/{k}"), depth=depth) for k in range(n)]


def forest_with_chances(purpose: str, n: int) -> list[tuple[Tree, dict[str, float]]]:
    """Return n random trees in which the quick calculation is wrong, each with the probabilities of its events."""
    found: list[tuple[Tree, dict[str, float]]] = []
    k = 0
    while len(found) < n:
        tree = random_tree(seed_for(f"{purpose}/tree/{k}"))
        p = random_chances(seed_for(f"{purpose}/chances/{k}"))
        k += 1
        if abs(gate_by_gate(tree, p) - top_probability(tree, p)) > 0.005:
            found.append((tree, p))
    return found


def gate_by_gate(tree: Tree, p: dict[str, float]) -> float:
    """Return the quick and wrong answer, which takes all inputs of a gate for independent."""
    if isinstance(tree, str):
        return p[tree]
    parts = [gate_by_gate(part, p) for part in tree[1]]
    return float(np.prod(parts)) if tree[0] == "AND" else 1 - float(np.prod([1 - part for part in parts]))


def trees_by_hand(purpose: str) -> Iterator[tuple[Tree, dict[str, float], float]]:
    """Return trees, probabilities and closed forms that need no algorithm at all."""
    p = random_chances(seed_for(f"{purpose}/p"), events="abcd", low=0.15, high=0.7)
    a, b, c, d = (p[name] for name in "abcd")
    layers = ("AND", [("OR", ["a", "b"]), ("OR", ["a", "c"]), ("OR", ["a", "d"])])
    yield layers, p, a + (1 - a) * b * c * d
    votes = ("OR", [("AND", ["a", "b"]), ("AND", ["b", "c"]), ("AND", ["a", "c"])])
    yield votes, p, a * b + b * c + a * c - 2 * a * b * c
    yield ("AND", ["d", ("OR", ["d", "a"])]), p, d
    yield ("OR", ["a", ("AND", ["b", "c"])]), p, a + b * c - a * b * c


def wide_cases(purpose: str) -> Iterator[tuple[Tree, dict[str, float]]]:
    """Return a tree of twelve events, and small trees with certain, impossible and unrelated events."""
    names = list("abcdefghijkl")
    p = random_chances(seed_for(f"{purpose}/p"), events=names, low=0.2, high=0.7)
    order = rng_for(f"{purpose}/order").permutation(names).tolist()
    wide = ("AND", [("OR", order[:4]), ("OR", [*order[3:7], order[0]]), ("OR", [order[0], *order[7:]])])
    yield wide, p
    for number in range(4):
        tree = random_tree(seed_for(f"{purpose}/tree/{number}"))
        chances = random_chances(seed_for(f"{purpose}/chances/{number}"))
        chances |= {event_names(tree)[0]: 1.0, event_names(tree)[-1]: 0.0, "unrelated": 0.4, "no number": -3.0}
        yield tree, chances


# ------------------------------------------------------------------------------------------------ layers


def common_cause(p: float, n: int, beta: float) -> float:
    """Return the probability that all layers are down as a sum over shock or none and the number of own failures."""
    shock = Fraction(beta) * Fraction(p)
    alone = (1 - Fraction(beta)) * Fraction(p)
    total = Fraction(0)
    for shocked in (True, False):
        for down in range(n + 1):
            chance = comb(n, down) * alone**down * (1 - alone) ** (n - down)
            if shocked or down == n:
                total += (shock if shocked else 1 - shock) * chance
    return float(total)


def layer_cases(purpose: str) -> list[tuple[float, int, float]]:
    """Return moderate values of p, n and beta."""
    rng = rng_for(f"{purpose}/layers")
    return [
        (float(rng.uniform(0.1, 0.9)), int(rng.integers(1, 7)), float(rng.uniform(0.1, 0.9))) for _ in range(30)
    ] + [(float(rng.uniform(0.1, 0.9)), 4, 0.0)]


def rare_cases(purpose: str) -> list[tuple[float, int, float]]:
    """Return values of p, n and beta with results between 1e-40 and 1e-8."""
    rng = rng_for(f"{purpose}/layers")
    return [
        (float(rng.uniform(1e-8, 9e-8)), 5, 0.0),
        (float(rng.uniform(1e-5, 9e-5)), 4, 0.0),
        (float(rng.uniform(1e-3, 9e-3)), 8, float(rng.uniform(1e-12, 9e-12))),
        (float(rng.uniform(1e-6, 9e-6)), 3, float(rng.uniform(1e-5, 9e-5))),
        (float(rng.uniform(1e-4, 9e-4)), 2, float(rng.uniform(1e-4, 9e-4))),
    ]


# ------------------------------------------------------------------------------------------------ control structures


def missing_feedback(control: Pairs, feedback: Pairs) -> set[tuple[str, str]]:
    """Return the blind control edges by squaring the matrix of reports until nothing is added."""
    names = sorted({name for pair in [*control, *feedback] for name in pair})
    place = {name: k for k, name in enumerate(names)}
    reaches = np.zeros((len(names), len(names)), dtype=bool)
    for one, other in feedback:
        reaches[place[one], place[other]] = True
    for _ in names:
        reaches = reaches | (reaches.astype(int) @ reaches.astype(int) > 0)
    return {(u, v) for u, v in control if not reaches[place[v], place[u]]}


def hop_cases(purpose: str) -> Iterator[tuple[Pairs, Pairs, set[tuple[str, str]]]]:
    """Return structures in which reports pass through others, end before the controller, or circle for ever."""
    names = rng_for(f"{purpose}/names").permutation([f"n{k}" for k in range(8)]).tolist()
    chain = list(pairwise(names))  # reports run from the first name to the last
    ends = [(names[-1], names[0]), (names[4], names[1]), (names[0], names[5]), (names[3], names[2])]
    yield ends, chain, {(names[0], names[5])}
    yield ends, chain[:5] + chain[6:], {(names[-1], names[0]), (names[0], names[5])}
    circle = [(names[1], names[2]), (names[2], names[3]), (names[3], names[1]), (names[3], names[4])]
    outside = [(names[0], names[1]), (names[2], names[1]), (names[4], names[2]), (names[1], names[4])]
    yield outside, circle, {(names[0], names[1]), (names[1], names[4])}
    yield outside, [*circle, (names[4], names[3])], {(names[0], names[1])}


def kind_cases(purpose: str) -> Iterator[tuple[Pairs, Pairs, set[tuple[str, str]]]]:
    """Return structures with instructions that look like reports, and reports about something else."""
    a, b, c, d, e = rng_for(f"{purpose}/names").permutation([f"k{k}" for k in range(5)]).tolist()
    # a and b control each other; only b's part is reported.
    yield [(a, b), (b, a)], [(b, a)], {(b, a)}
    # Instructions complete the way back from c to a, which reports alone do not.
    yield [(a, b), (b, c), (a, c), (d, a)], [(c, d), (b, a), (d, e)], {(b, c), (a, c), (d, a)}
    # a hears about b, and c about d, but nobody about the process that the edge in question controls.
    yield [(a, b), (a, c), (d, c), (d, b)], [(b, a), (c, d)], {(a, c), (d, b)}
    yield [(a, b), (a, b), (c, d)], [(e, c), (e, a), (d, c), (d, c)], {(a, b)}


def structures(purpose: str, n: int) -> Iterator[tuple[Pairs, Pairs]]:
    """Return n random structures of nine parts with a mixture of seen and blind control edges."""
    k = 0
    while n:
        rng = rng_for(f"{purpose}/structure/{k}")
        k += 1
        names = [f"part {i}" for i in rng.permutation(9)]

        def pairs(count: int, rng: np.random.Generator = rng, names: Sequence[str] = names) -> Pairs:
            drawn = [rng.choice(len(names), 2, replace=False) for _ in range(count)]
            return [(names[int(i)], names[int(j)]) for i, j in drawn]

        control, feedback = pairs(8), pairs(int(rng.integers(7, 13)))
        if 0 < len(missing_feedback(control, feedback)) < len(set(control)):
            n -= 1
            yield control, feedback


# ------------------------------------------------------------------------------------------------ cascades


def cascade(adj: NDArray[np.bool_], load: Sequence[float], capacity: Sequence[float], first: Sequence[int]) -> tuple:
    """Return who has failed, as a list, and the number of rounds; loads are kept as exact fractions."""
    n = len(load)
    carried = [Fraction(float(value)) for value in load]
    limit = [Fraction(float(value)) for value in capacity]
    down: set[int] = set()
    wave, rounds = {int(i) for i in first}, 0
    while wave:
        rounds += 1
        down |= wave
        gifts = [Fraction(0)] * n
        for i in wave:
            heirs = [j for j in range(n) if adj[i][j] and j not in down]
            for j in heirs:
                gifts[j] += carried[i] / len(heirs)
        carried = [value + gift for value, gift in zip(carried, gifts, strict=True)]
        wave = {j for j in range(n) if j not in down and carried[j] > limit[j]}
    return [i in down for i in range(n)], rounds


def linked(n: int, links: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Return the symmetric matrix of these links."""
    adj = np.zeros((n, n), dtype=bool)
    for one, other in links:
        adj[one, other] = adj[other, one] = True
    return adj


def cascades_by_hand(purpose: str) -> Iterator[tuple[str, NetworkArrays, list[int], list[int], int]]:
    """Return small networks with who fails and in how many rounds. A power of two as scale keeps sums exact."""
    scale = float(2 ** rng_for(f"{purpose}/scale").integers(0, 6))

    def network(links: Sequence[tuple[int, int]], load: Sequence[float], capacity: Sequence[float]) -> NetworkArrays:
        return linked(len(load), links), scale * np.array(load), scale * np.array(capacity)

    row = [(0, 1), (1, 2), (2, 3)]
    yield "row to the end", network(row, [1, 1, 1, 1], [1, 1.5, 2.5, 3.5]), [0], [0, 1, 2, 3], 4
    yield "row, held at capacity", network(row, [1, 1, 1, 1], [1, 1.5, 3, 3]), [0], [0, 1], 2
    yield "row from within", network(row, [1, 2, 1, 1], [1.5, 2, 2, 1.5]), [1], [0, 1], 2
    star = [(0, 1), (0, 2), (0, 3), (0, 4)]
    yield "star, equal parts", network(star, [4, 1, 1, 1, 1], [4, 2, 2, 2, 1.75]), [0], [0, 4], 2
    # Services 0 and 1 fail together and are linked: nothing passes between them, each sheds to one live neighbour.
    pair = [(0, 1), (0, 2), (1, 3)]
    yield "linked and together", network(pair, [2, 2, 1, 1], [2, 2, 2.75, 3]), [0, 1], [0, 1, 2], 2
    # Service 3 fails in round 2, when 0 is gone: all of its load goes to 4, nothing is kept for the dead.
    late = [(0, 3), (3, 4), (0, 1)]
    yield "nothing for the dead", network(late, [2, 1, 0, 1, 1], [2, 3, 1, 1.5, 2.75]), [0], [0, 3, 4], 3
    yield "lost load", network([(0, 1)], [1, 1, 1], [1, 1, 1]), [0, 1], [0, 1], 1
    yield "named twice", network(row, [1, 1, 1, 1], [1, 2, 2, 2]), [0, 0], [0], 1
    # Two services shed onto a third at once, which neither alone would have toppled.
    yield "two at once", network([(0, 2), (1, 2)], [1, 1, 1], [1, 1, 2]), [0, 1], [0, 1, 2], 2


def networks(purpose: str, n: int) -> Iterator[tuple[NDArray[np.bool_], NDArray, NDArray, list[int]]]:
    """Return n random networks with a first failure that spreads, but in most of them not to everybody."""
    k = 0
    whole = 0
    while n:
        rng = rng_for(f"{purpose}/network/{k}")
        k += 1
        size = int(rng.integers(12, 22))
        ring = [(i, (i + 1) % size) for i in range(size)]
        links = [tuple(int(i) for i in rng.choice(size, 2, replace=False)) for _ in range(size // 2)]
        load = np.ceil(ROUNDED * np.exp(0.8 * rng.standard_normal(size))) / ROUNDED
        margin = rng.uniform(0.3, 1.2, size)
        capacity = np.ceil(ROUNDED * (1 + margin) * load) / ROUNDED
        first = [int(i) for i in rng.choice(size, int(rng.integers(1, 3)), replace=False)]
        adj = linked(size, ring + links)
        failed, rounds = cascade(adj, load, capacity, first)
        everybody = sum(failed) == size
        if rounds < 3 or (everybody and whole > 2):
            continue
        whole += everybody
        n -= 1
        yield adj, load, capacity, first
