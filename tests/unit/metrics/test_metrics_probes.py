"""Probes earn nothing for having no opinion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.metrics import probe_accuracy, probe_consistency

SCORES = st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), st.booleans()), min_size=1, max_size=40)


@given(SCORES)
def test_accuracy_counts_the_right_side_of_one_half(pairs: list[tuple[float, bool]]) -> None:
    scores, truth = (list(side) for side in zip(*pairs, strict=True))
    figure = probe_accuracy(scores, truth)
    assert figure.value == pytest.approx(sum(s != 0.5 and (s > 0.5) == t for s, t in pairs) / len(pairs))
    turned = probe_accuracy([1 - s for s in scores], truth)
    assert probe_accuracy(scores, truth, up_to_sign=True).value == max(figure.value, turned.value)


def test_a_probe_without_opinion_is_never_right_and_never_consistent() -> None:
    assert probe_accuracy([0.5] * 4, [1, 1, 0, 0], up_to_sign=True).value == 0
    assert probe_consistency([0.5] * 4, [0.5] * 4).value == 0


def test_consistency_counts_pairs_of_which_one_side_is_affirmed() -> None:
    figure = probe_consistency([0.9, 0.1, 0.9, 0.1], [0.2, 0.6, 0.8, 0.4])
    assert figure.value == 0.5
    assert probe_consistency([0.9, 0.1], [0.1, 0.9]).value == 1
