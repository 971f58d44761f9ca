"""The logs of harm: right tails, decided by their seed, and pictures that show what they are given."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlsafety_kit.heavy_tails import KINDS, incident_log, pareto, spliced, survival_plot, trace_plot

mpl.use("Agg")


def test_pareto_has_its_survival_function() -> None:
    """The share above x is (xmin / x) ** alpha, and nothing lies below xmin."""
    x = pareto(1.5, 100_000, xmin=2.0, seed=1)
    assert x.shape == (100_000,)
    assert x.dtype == np.float64
    assert x.min() >= 2
    for level in (3.0, 8.0, 40.0):
        assert abs((x > level).mean() - (2 / level) ** 1.5) < 0.006


def test_spliced_has_a_tail_of_its_own() -> None:
    """Below xmin lies the body, from xmin on a Pareto tail with the share that was asked for."""
    x = spliced(1.4, 100_000, xmin=5.0, tail_share=0.2, seed=2)
    assert x.shape == (100_000,)
    assert x.min() > 0
    assert abs((x >= 5).mean() - 0.2) < 0.006
    assert abs((x > 20).mean() / 0.2 - 0.25**1.4) < 0.012
    assert abs(np.median(x[x < 5]) - 1.54) < 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides_everything(kind: str) -> None:
    """The same seed gives the same log, another one another; no incident is negative or infinite."""
    log = incident_log(kind, 400, seed=3)
    assert log.shape == (400,)
    assert log.dtype == np.float64
    assert np.isfinite(log).all()
    assert log.min() >= 0
    assert np.array_equal(log, incident_log(kind, 400, seed=3))
    assert not np.array_equal(log, incident_log(kind, 400, seed=4))
    assert np.array_equal(pareto(2, 5, seed=3), pareto(2, 5, seed=3))
    assert np.array_equal(spliced(2, 5, seed=3), spliced(2, 5, seed=3))


def test_kinds_differ_in_their_tails() -> None:
    """Of 20 000 thin-tailed incidents none is a hundred times the mean, of heavy-tailed ones some are."""
    for kind in KINDS:
        log = incident_log(kind, 20_000, seed=0)
        assert (log.max() > 40 * log.mean()) == (kind in ("pareto", "student_t", "lognormal"))


def test_bad_input_is_refused() -> None:
    """What is out of range raises ValueError."""
    for arguments in ((0.0, 5, 1.0), (1.0, 0, 1.0), (1.0, 5, 0.0)):
        with pytest.raises(ValueError, match="need"):
            pareto(arguments[0], arguments[1], xmin=arguments[2])
    with pytest.raises(ValueError, match="out of range"):
        spliced(1.5, 10, tail_share=1.5)
    with pytest.raises(ValueError, match="kind"):
        incident_log("cauchy")
    with pytest.raises(ValueError, match="nothing"):
        survival_plot({})
    with pytest.raises(ValueError, match="positive"):
        survival_plot({"none": [0.0, -1.0]})
    with pytest.raises(ValueError, match="nothing"):
        trace_plot({}, xlabel="x", ylabel="y")
    with pytest.raises(ValueError, match="differ"):
        trace_plot({"a": ([1.0, 2.0], [1.0])}, xlabel="x", ylabel="y")


def test_pictures_show_every_entry() -> None:
    """One line per log; a level adds one."""
    figure = survival_plot({"a": [1.0, 3.0, 2.0], "b": [0.0, 5.0]}, title="t")
    first, second = figure.axes[0].lines
    assert first.get_ydata() == pytest.approx([1, 2 / 3, 1 / 3])
    assert second.get_xdata() == pytest.approx([5.0])
    figure = trace_plot({"a": ([1, 10], [0.5, 0.2])}, xlabel="x", ylabel="y", level=0.3)
    assert len(figure.axes[0].lines) == 2
    plt.close("all")
