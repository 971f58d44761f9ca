"""Fault trees: well-formed, repeatable, over the events that were asked for."""

import pytest

from mlsafety_kit.fault_trees import Tree, outline, random_chances, random_tree


def _events(tree: Tree, depth: int) -> set[str]:
    if isinstance(tree, str):
        return {tree}
    gate, children = tree
    assert gate in {"AND", "OR"}
    assert depth > 0
    assert 2 <= len(children) <= 3
    return set().union(*(_events(child, depth - 1) for child in children))


def test_a_tree_is_a_tree() -> None:
    """Gates are known and not empty, the depth is kept, and events come from the list."""
    for seed in range(30):
        assert _events(random_tree(seed, depth=2), 2) <= set("abcdefg")


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same tree and chances, another one gives others."""
    assert random_tree(3) == random_tree(3)
    assert random_tree(3) != random_tree(4)
    assert random_chances(3) == random_chances(3)
    assert random_chances(3) != random_chances(4)


def test_chances_keep_their_range() -> None:
    """There is one probability per event, between the limits."""
    chances = random_chances(1, events=["x", "y"], low=0.2, high=0.3)
    assert set(chances) == {"x", "y"}
    assert all(0.2 <= chance <= 0.3 for chance in chances.values())


def test_an_outline_has_a_line_per_node() -> None:
    """Inputs stand indented below their gate."""
    assert outline(("AND", ["a", ("OR", ["b", "c"])])).split("\n") == [
        "AND",
        "    a",
        "    OR",
        "        b",
        "        c",
    ]


def test_bad_input_is_refused() -> None:
    """One event, no level and a range outside [0, 1] raise ValueError."""
    for call in (
        lambda: random_tree(0, events=["a", "a"]),
        lambda: random_tree(0, depth=0),
        lambda: random_chances(0, low=0.5, high=0.4),
        lambda: random_chances(0, high=1.1),
    ):
        with pytest.raises(ValueError, match="need"):
            call()
