"""Layers and services: the shares that were asked for, symmetric links, repeatable by seed."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlsafety_kit.services import draw_outages, layer_log, service_network


def test_layers_fail_as_often_as_they_should() -> None:
    """Each layer fails with about probability p, and with beta = 1 all of them fail together."""
    log = layer_log(0.2, 3, 0.5, 40_000, seed=1)
    assert log.shape == (40_000, 3)
    assert log.dtype == bool
    assert np.allclose(log.mean(0), 0.1 + 0.9 * 0.1, atol=0.01)
    together = layer_log(0.2, 3, 1.0, 1000, seed=1)
    assert np.array_equal(together.any(1), together.all(1))


def test_a_network_is_symmetric_and_connected_by_its_ring() -> None:
    """Links go both ways, nobody is their own neighbour, loads are positive."""
    network = service_network(2, n=12, shortcuts=5)
    assert network.adj.shape == (12, 12)
    assert np.array_equal(network.adj, network.adj.T)
    assert not network.adj.diagonal().any()
    assert network.adj.sum(1).min() >= 2
    assert network.load.min() > 0


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same log and network, another one gives others."""
    assert np.array_equal(layer_log(0.3, 4, 0.2, 50, seed=3), layer_log(0.3, 4, 0.2, 50, seed=3))
    assert not np.array_equal(layer_log(0.3, 4, 0.2, 50, seed=3), layer_log(0.3, 4, 0.2, 50, seed=4))
    assert np.array_equal(service_network(3).load, service_network(3).load)
    assert not np.array_equal(service_network(3).load, service_network(4).load)


def test_a_picture_per_outage() -> None:
    """There is one panel per outage."""
    network = service_network(0, n=6, shortcuts=0)
    figure = draw_outages(network, [np.zeros(6, dtype=bool)] * 2, ["before", "after"])
    assert [axes.get_title() for axes in figure.axes] == ["before", "after"]
    plt.close(figure)


def test_bad_input_is_refused() -> None:
    """Probabilities outside [0, 1], too few layers or services, and missing titles raise ValueError."""
    for call in (
        lambda: layer_log(1.1, 2, 0.5, 10),
        lambda: layer_log(0.1, 2, -0.5, 10),
        lambda: layer_log(0.1, 0, 0.5, 10),
        lambda: layer_log(0.1, 2, 0.5, 0),
        lambda: service_network(0, n=3),
        lambda: service_network(0, shortcuts=-1),
        lambda: service_network(0, spread=-1.0),
        lambda: draw_outages(service_network(0), [], []),
    ):
        with pytest.raises(ValueError, match=r"must|need"):
            call()
