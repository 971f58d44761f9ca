"""The support package: data, nets, training, plots and measurements as the notebooks rely on them."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.patches import Rectangle
from torch import Tensor, nn

import mlsafety_kit
from mlsafety_kit import MLP, acc, digits, fit, plots, record, seeded

PARTS = ("train", "val", "test")


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.fixture
def agg() -> Iterator[None]:
    plt.switch_backend("Agg")
    yield
    plt.close("all")


def toy(n: int = 40) -> tuple[Tensor, Tensor]:
    """Two classes that a line separates."""
    x = torch.linspace(-1, 1, n).reshape(n, 1)
    return torch.cat([x, -x], dim=1), (x.flatten() > 0).long()


def weights(model: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in model.parameters()])


# --- the package


def test_exports_are_sorted_and_complete() -> None:
    """Every exported name exists and the list is in order."""
    assert mlsafety_kit.__all__ == sorted(mlsafety_kit.__all__)
    assert all(hasattr(mlsafety_kit, name) for name in mlsafety_kit.__all__)


def test_import_sets_one_thread_and_spares_plots_and_grader() -> None:
    """A fresh interpreter with the kit has one torch thread and has not paid for matplotlib or scikit-learn."""
    code = (
        "import sys, torch; torch.set_num_threads(3); import mlsafety_kit; print(torch.get_num_threads(), "
        "sorted({'matplotlib', 'sklearn', 'mlsafety_grader'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split(maxsplit=1) == ["1", "[]\n"]


# --- digits


@pytest.mark.usefixtures("no_sockets")
def test_digits_have_the_documented_shapes_types_and_ranges() -> None:
    """Without any network: 1078, 359 and 360 images, float32 in [0, 1], and int64 labels of all ten classes."""
    data = digits()

    assert [len(data[f"x_{part}"]) for part in PARTS] == [1078, 359, 360]
    for part in PARTS:
        x, y = data[f"x_{part}"], data[f"y_{part}"]
        assert x.shape == (len(y), 1, 8, 8)
        assert (x.dtype, y.dtype) == (torch.float32, torch.int64)
        assert (float(x.min()), float(x.max())) == (0.0, 1.0)
        assert sorted(set(y.tolist())) == list(range(10))


def test_digits_are_stratified() -> None:
    """Every class is split 60/20/20 up to two images."""
    data = digits(3)

    counts = torch.stack([data[f"y_{part}"].bincount() for part in PARTS]).double()

    wanted = torch.tensor([[0.6], [0.2], [0.2]]) * counts.sum(0)
    assert (counts - wanted).abs().max() <= 2


def test_digits_follow_their_seed() -> None:
    """The same seed gives the same split, another seed another one, of the same images."""
    first, again, other = digits(1), digits(1), digits(2)

    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["x_test"], other["x_test"])
    totals = [sum(float(split[f"x_{part}"].double().sum()) for part in PARTS) for split in (first, other)]
    assert totals[0] == pytest.approx(totals[1])


def test_digits_of_some_classes_are_numbered_in_the_given_order() -> None:
    """Label i stands for classes[i], with the same number of images as among all ten."""
    everything, some = digits(), digits(classes=[7, 2])

    for label, digit in enumerate([7, 2]):
        wanted = torch.cat([everything[f"x_{p}"][everything[f"y_{p}"] == digit] for p in PARTS])
        found = torch.cat([some[f"x_{p}"][some[f"y_{p}"] == label] for p in PARTS])
        assert len(found) == len(wanted)
        assert float(found.sum()) == pytest.approx(float(wanted.sum()))


@pytest.mark.parametrize("classes", [[], [1, 1], [3, 10], [-1]])
def test_digits_refuse_impossible_classes(classes: list[int]) -> None:
    """No class, a class twice, or something that is no digit."""
    with pytest.raises(ValueError, match="different digits"):
        digits(classes=classes)


# --- nets


def test_mlp_returns_logits_and_features() -> None:
    """Images of any layout with d_in numbers go in; logits and non-negative features come out."""
    net = MLP(d_in=12, n_classes=3, h=5)
    x = torch.randn(4, 1, 3, 4, generator=torch.Generator().manual_seed(0))

    assert net(x).shape == (4, 3)
    assert net.features(x).shape == (4, 5)
    assert bool((net.features(x) >= 0).all())
    assert torch.equal(net(x), net.l3(net.features(x)))


# --- training


def test_seeded_nets_follow_their_seed_and_leave_the_global_state_alone() -> None:
    """Weights depend on the seed alone, arguments are passed on, and torch's own random numbers go on as before."""
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)

    first, again, other = (seeded(MLP, seed, h=7) for seed in (1, 1, 2))

    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(weights(first), weights(again))
    assert not torch.equal(weights(first), weights(other))
    assert first.l1.out_features == 7


def test_fit_learns_in_place_and_returns_the_model_in_eval_mode() -> None:
    """An easy task is learnt, by the very model that was given."""
    x, y = toy()
    net = seeded(MLP, 0, d_in=2, n_classes=2, h=16)

    fitted = fit(net, x, y, epochs=20, lr=0.01, batch_size=8)

    assert fitted is net
    assert not net.training
    assert acc(net, x, y) >= 0.95


def test_fit_follows_its_seed_whatever_the_global_state() -> None:
    """The same seed gives the same weights, another seed others."""
    x, y = toy()

    def run(seed: int, world: int) -> Tensor:
        torch.manual_seed(world)
        return weights(fit(seeded(MLP, 0, d_in=2, n_classes=2, h=8), x, y, epochs=2, batch_size=16, seed=seed))

    assert torch.equal(run(1, 5), run(1, 6))
    assert not torch.equal(run(1, 5), run(2, 5))


def test_fit_descends_the_given_loss_on_every_example() -> None:
    """The loss is called with model and batch, each example once an epoch, and the last batch may be smaller."""
    x, y = toy(20)
    sizes: list[int] = []

    def loss(model: nn.Module, xb: Tensor, yb: Tensor) -> Tensor:
        assert len(xb) == len(yb)
        sizes.append(len(xb))
        output: Tensor = model(xb)
        return output.square().mean()

    net = seeded(MLP, 0, d_in=2, n_classes=2, h=8)
    before = float(loss(net, x, y).detach())
    sizes.clear()

    fit(net, x, y, epochs=2, lr=0.01, batch_size=8, loss=loss)

    assert sizes == [8, 8, 4, 8, 8, 4]
    assert float(loss(net, x, y).detach()) < before


def test_weight_decay_shrinks_the_weights() -> None:
    """With decay the same training ends with smaller weights."""
    x, y = toy()

    free, decayed = (
        weights(fit(seeded(MLP, 0, d_in=2, n_classes=2), x, y, epochs=5, weight_decay=decay)).norm()
        for decay in (0.0, 1.0)
    )

    assert decayed < free


def test_acc_counts_the_largest_logit() -> None:
    """Three of four right is 0.75, and no graph is built."""
    x = torch.tensor([[2.0, 1.0], [0.0, 1.0], [3.0, 1.0], [0.0, 5.0]], requires_grad=True)

    share = acc(nn.Identity(), x, torch.tensor([0, 1, 0, 0]))

    assert share == 0.75
    assert isinstance(share, float)


# --- measurements


def test_record_appends_one_line_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are appended in order, as floats, each on a line of its own."""
    target = tmp_path / "metrics.jsonl"
    monkeypatch.setenv("MLSAFETY_METRICS", str(target))

    record("robust_accuracy", 0.5)
    record("auroc", 1)

    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert lines == [{"id": "robust_accuracy", "value": 0.5}, {"id": "auroc", "value": 1.0}]


def test_record_without_a_listener_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A student's own run writes no file."""
    monkeypatch.delenv("MLSAFETY_METRICS", raising=False)
    monkeypatch.chdir(tmp_path)

    record("robust_accuracy", 0.5)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("listened_to", [True, False])
def test_record_refuses_what_is_not_finite(
    value: float, *, listened_to: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither NaN nor infinity is a measurement, with or without a listener."""
    target = tmp_path / "metrics.jsonl"
    if listened_to:
        monkeypatch.setenv("MLSAFETY_METRICS", str(target))
    else:
        monkeypatch.delenv("MLSAFETY_METRICS", raising=False)

    with pytest.raises(ValueError, match="robust_accuracy"):
        record("robust_accuracy", value)

    assert not target.exists()


# --- plots


@pytest.mark.usefixtures("agg")
@pytest.mark.parametrize(("x", "ticks_are_whole"), [([0, 1, 2], True), ([0.0, 0.5, 1.0], False)])
def test_curves_are_labelled(x: list[float], *, ticks_are_whole: bool) -> None:
    """Axes and lines carry the given names; whole numbers get whole ticks."""
    figure = plots.curves(x, {"a": [1, 2, 3], "b": [3, 2, 1]}, xlabel="steps", ylabel="share", title="T")

    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("steps", "share", "T")
    assert [line.get_label() for line in axes.get_lines()] == ["a", "b"]
    assert all(float(tick).is_integer() for tick in axes.get_xticks()) == ticks_are_whole


@pytest.mark.usefixtures("agg")
def test_bars_show_every_value() -> None:
    """One bar per entry, in order, with its value as text."""
    figure = plots.bars({"clean": 0.97, "attacked": 0.06}, xlabel="share", title="T")

    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches if isinstance(bar, Rectangle)] == [0.97, 0.06]
    assert [text.get_text() for text in axes.texts] == ["0.97", "0.06"]


@pytest.mark.usefixtures("agg")
def test_image_grid_shows_images_grey_and_changes_in_colour() -> None:
    """Images are shown on the scale 0 to 1, changes on a scale that is symmetric about 0; captions stand below."""
    images = torch.rand((3, 1, 8, 8), generator=torch.Generator().manual_seed(0))

    figure = plots.image_grid(
        {"image": images, "change": images - 0.75}, captions={"image": ["a", "b", "c"]}, title="T"
    )

    assert [axes.get_xlabel() for axes in figure.axes] == ["a", "b", "c", "", "", ""]
    shown = [axes.get_images()[0] for axes in figure.axes]
    assert {image.get_clim() for image in shown[:3]} == {(0.0, 1.0)}
    low, high = shown[3].get_clim()
    assert low == -high
    assert high == pytest.approx(float((images - 0.75).abs().max()))


@pytest.mark.usefixtures("agg")
def test_image_grid_needs_no_captions() -> None:
    """A single row without any text is a picture too."""
    figure = plots.image_grid({"image": torch.zeros(2, 1, 8, 8)})

    assert len(figure.axes) == 2
