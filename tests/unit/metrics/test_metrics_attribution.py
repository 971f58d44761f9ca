"""Localisation is a share of absolute attribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlsafety_grader.metrics import localisation

MASK = np.zeros((3, 1, 2, 2), dtype=bool)
MASK[:, 0, 0, 0] = True


def test_by_hand() -> None:
    maps = np.array([[[[1.0, 0], [0, 0]]], [[[-1.0, 1], [1, -1]]], [[[0.0, 2], [0, 0]]]])
    assert localisation(maps, MASK).value == pytest.approx((1 + 0.25 + 0) / 3)


@given(arrays(np.float64, (3, 1, 2, 2), elements=st.floats(-10, 10)), st.sampled_from([-2.0, 0.5, 1e6]))
def test_sign_and_scale_do_not_matter_and_a_map_and_its_rest_make_one(maps: np.ndarray, scale: float) -> None:
    inside, outside = localisation(maps, MASK).value, localisation(maps, ~MASK).value
    assert localisation(scale * maps, MASK).value == pytest.approx(inside)
    says_something = np.abs(maps).reshape(3, -1).max(axis=1) > 0
    assert inside + outside == pytest.approx(says_something.mean())


def test_a_map_of_zeros_and_a_map_of_huge_numbers() -> None:
    assert localisation(np.zeros((3, 1, 2, 2)), MASK).value == 0
    assert localisation(np.full((3, 1, 2, 2), 1e308), MASK).value == pytest.approx(0.25)
