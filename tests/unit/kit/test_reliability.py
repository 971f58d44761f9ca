from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import Rectangle

from mlsafety_kit.reliability import reliability_diagram


@pytest.fixture(autouse=True)
def agg() -> Iterator[None]:
    plt.switch_backend("Agg")
    yield
    plt.close("all")


def test_points_are_shares_of_right_answers() -> None:
    """Each point is the mean confidence and the share of right answers in its column."""
    conf, correct = [0.12, 0.18, 0.93, 0.97, 1.0, 1.0], [0, 1, 1, 1, 1, 0]
    above, below = reliability_diagram({"a": (conf, correct)}, title="t").axes
    points = above.lines[1].get_xydata()
    heights = [bar.get_height() for bar in below.patches if isinstance(bar, Rectangle)]

    np.testing.assert_allclose(np.asarray(points), np.array([[0.15, 0.5], [0.975, 0.75]]))
    assert heights == [0, 2, 0, 0, 0, 0, 0, 0, 0, 4]


def test_one_column_of_axes_per_panel() -> None:
    """Two panels give two diagrams with a histogram each."""
    pair = (np.array([0.2, 0.8]), np.array([False, True]))

    assert len(reliability_diagram({"a": pair, "b": pair}).axes) == 4


@pytest.mark.parametrize("panels", [{}, {"a": ([0.5], [1, 0])}, {"a": ([[0.5]], [[1]])}])
def test_bad_arguments(panels: dict[str, Any]) -> None:
    """Refuse an empty figure and arrays that do not belong together."""
    with pytest.raises(ValueError):
        reliability_diagram(panels)
