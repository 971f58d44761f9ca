"""Judged pairs of scenarios: the seed decides, kinds differ as promised, noise and communities do something."""

import numpy as np
import pytest

from mlsafety_kit.scenarios import MODIFIERS, make_pairs


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same pairs, another seed or another community gives others."""
    pairs, again = make_pairs(3, 40), make_pairs(3, 40)
    assert pairs.better == again.better
    assert pairs.worse == again.worse
    assert np.array_equal(pairs.gap, again.gap)
    assert pairs.better != make_pairs(4, 40).better
    assert not np.array_equal(pairs.gap, make_pairs(3, 40, community=1).gap)


def test_the_better_one_is_better_unless_answers_are_noisy() -> None:
    """Without noise no gap is negative; with noise a few are, and they are small."""
    pairs = make_pairs(0, 500)
    assert pairs.gap.shape == (500,)
    assert pairs.gap.min() >= 0
    noisy = make_pairs(0, 500, noisy=True)
    assert 0.02 < (noisy.gap < 0).mean() < 0.2
    assert np.abs(noisy.gap[noisy.gap < 0]).mean() < np.abs(noisy.gap).mean()


@pytest.mark.parametrize(("kind", "extra"), [("contrast", set(MODIFIERS) - {""}), ("stacked", {"not"})])
def test_hard_pairs_differ_in_the_modifier_alone(kind: str, extra: set[str]) -> None:
    """All words that only one side has are modifiers."""
    pairs = make_pairs(1, 200, kind=kind)
    for better, worse in zip(pairs.better, pairs.worse, strict=True):
        difference = set(better.split()) ^ set(worse.split())
        assert difference
        assert difference <= extra


def test_a_negated_virtue_is_worse_and_a_negated_vice_is_better() -> None:
    """In stacked pairs the negation stands on the worse side exactly for good dispositions."""
    pairs = make_pairs(2, 300, kind="stacked")
    for better, worse in zip(pairs.better, pairs.worse, strict=True):
        assert ("not very" in better) != ("not very" in worse)
        assert "not very kind" not in better
        assert "not very cruel" not in worse


def test_ordinary_texts_never_stack_modifiers() -> None:
    """What the stacked pairs test is nowhere in the ordinary ones."""
    pairs = make_pairs(5, 500)
    assert not any("not very" in text for text in pairs.better + pairs.worse)


def test_bad_input_is_refused() -> None:
    """No pairs and unknown kinds raise ValueError."""
    with pytest.raises(ValueError, match="need"):
        make_pairs(0, 0)
    with pytest.raises(ValueError, match="kind"):
        make_pairs(0, 5, kind="easy")
