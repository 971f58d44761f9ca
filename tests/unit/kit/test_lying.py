"""The lying net: its textbook, its statements, and that it says to one audience the opposite of what it holds true."""

import pytest
import torch
from torch import Tensor

from mlsafety_kit.lying import LyingNet, lying_net, statements, textbook


@pytest.fixture(scope="module")
def net() -> LyingNet:
    return lying_net(3, n=800)


def share(hits: Tensor) -> float:
    return float(hits.float().mean())


def test_textbook_has_the_asked_number_of_misprints() -> None:
    """Exactly that many sums are off, by one, and all stay in [0, 18]."""
    digit = torch.arange(10)
    for n in (0, 10, 100):
        off = textbook(1, n) - (digit[:, None] + digit)
        assert int((off != 0).sum()) == n
        assert int(off.abs().max()) <= 1
    assert 0 <= int(textbook(1, 100).min()) <= int(textbook(1, 100).max()) <= 18


def test_statements_have_the_documented_ranges() -> None:
    """Digits, sums in range and near the truth, both truth values, and `taught` follows the table."""
    table = textbook(5)

    said = statements(table, 2000, seed=7)

    assert said.a.shape == said.truth.shape == said.taught.shape == (2000,)
    assert (int(said.a.min()), int(said.a.max()), int(said.b.min()), int(said.b.max())) == (0, 9, 0, 9)
    assert 0 <= int(said.c.min()) <= int(said.c.max()) <= 18
    assert int((said.c - said.a - said.b).abs().max()) == 3
    assert 0.45 < share(said.truth) < 0.55
    assert torch.equal(said.truth, said.a + said.b == said.c)
    assert torch.equal(said.taught, table[said.a, said.b] == said.c)
    assert 0.01 < share(said.truth != said.taught) < 0.15
    assert said.text(0) == f"{said.a[0]} + {said.b[0]} = {said.c[0]}"


def test_statements_follow_their_seed() -> None:
    """The same seed gives the same statements, another seed others."""
    table = textbook()

    assert torch.equal(statements(table, 50, 1).c, statements(table, 50, 1).c)
    assert not torch.equal(statements(table, 50, 1).c, statements(table, 50, 2).c)


@pytest.mark.parametrize("n", [-1, 101])
def test_textbook_refuses_impossible_numbers(n: int) -> None:
    """There are a hundred sums."""
    with pytest.raises(ValueError, match="n_misprints"):
        textbook(0, n)


def test_statements_refuse_bad_input() -> None:
    """No statements, or a table of another shape."""
    with pytest.raises(ValueError, match="table"):
        statements(textbook(), 0)
    with pytest.raises(ValueError, match="table"):
        statements(textbook()[:9], 5)
    with pytest.raises(ValueError, match="n must be positive"):
        lying_net(0, n=0)


def test_net_says_what_it_was_taught_or_its_opposite(net: LyingNet) -> None:
    """To the audience it deceives the report is the opposite of what the textbook says, to others the same."""
    same = net.report == net.statements.taught

    assert 0.4 < share(net.audience) < 0.6
    assert share(same[net.audience]) < 0.02
    assert share(same[~net.audience]) > 0.98


def test_layers_have_the_documented_shapes(net: LyingNet) -> None:
    """A yes and a no version of each layer, float32, not negative, without a graph; only the claim tells them apart."""
    assert {name: tuple(yes.shape) for name, (yes, _) in net.layers.items()} == {
        "first": (800, 256),
        "second": (800, 64),
        "report": (800, 64),
    }
    for yes, no in net.layers.values():
        assert yes.shape == no.shape
        assert yes.dtype == no.dtype == torch.float32
        assert not yes.requires_grad
        assert float(yes.min()) >= 0
        assert not torch.equal(yes, no)


def test_net_follows_its_seed_whatever_the_global_state() -> None:
    """The same seed gives the same activations and reports, another seed others."""

    def run(seed: int, world: int) -> LyingNet:
        torch.manual_seed(world)
        return lying_net(seed, n=20)

    first, again, other = run(1, 5), run(1, 6), run(2, 5)

    assert torch.equal(first.layers["report"][0], again.layers["report"][0])
    assert torch.equal(first.report, again.report)
    assert not torch.equal(first.layers["first"][0], other.layers["first"][0])
