"""The attacks against closed forms, a slow implementation and the Adversarial Robustness Toolbox."""

import copy
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from mlsafety_grader.metrics import (
    CheckError,
    Figure,
    Masking,
    masking_gap,
    query_robust_accuracy,
    robust_accuracy,
)
from mlsafety_grader.metrics.classifier import logits_of
from mlsafety_grader.metrics.query_attack import _blocks
from tests.unit.metrics.nets import EPS, Counting, exact_linear_survivors, linear_case, linear_net, trained, wrapped

Case = tuple[nn.Module, Tensor, Tensor]


@pytest.fixture(scope="module")
def case() -> Case:
    return trained()


def slow_white_box(net: nn.Module, x: Tensor, y: Tensor, *, eps: float, seed: int, restarts: int, steps: int) -> float:
    """Attack image by image and path by path from the same starts, each path to its end, by projection."""
    draws = torch.rand((2 * restarts, *x.shape), generator=torch.Generator().manual_seed(seed), dtype=x.dtype)
    n_right = 0
    for i, (image, label) in enumerate(zip(x, y, strict=True)):
        others = [c for c in range(10) if c != label]
        is_right = bool(net(image[None])[0].argmax() == label)
        for start in range(2 * restarts):
            low, high = (image - eps).clamp(0, 1), (image + eps).clamp(0, 1)
            point = low + (high - low) * draws[start, i]
            for _ in range(steps + 1):
                point = point.detach().requires_grad_()
                logits = net(point[None])[0]
                is_right &= bool((logits[label] > logits[others]).all())
                loss = -logits.log_softmax(0)[label] if start < restarts else logits[others].max() - logits[label]
                (uphill,) = torch.autograd.grad(loss, point)
                point = torch.minimum(torch.maximum(point + eps / 8 * uphill.sign(), low), high)
        n_right += is_right
    return n_right / len(x)


def test_the_white_box_attack_equals_a_slow_one(case: Case) -> None:
    net, x, y = copy.deepcopy(case[0]).double(), case[1][:25].double(), case[2][:25]
    settings = {"eps": 0.06, "seed": 3, "restarts": 2, "steps": 6}
    expected = slow_white_box(net, x, y, **settings)  # type: ignore[arg-type]
    assert 0.1 < expected < 0.9
    assert robust_accuracy(net, x, y, **settings).value == pytest.approx(expected)  # type: ignore[arg-type]


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.sampled_from([0.02, 0.1, 0.3]))
def test_on_linear_nets_of_two_classes_the_white_box_attack_is_optimal(seed: int, eps: float) -> None:
    net, x, y = linear_case(seed, n_classes=2)
    exact = exact_linear_survivors(net, x, y, eps).double().mean()
    assert robust_accuracy(net, x, y, eps=eps, seed=0).value == pytest.approx(float(exact))


@settings(max_examples=15)
@given(st.integers(0, 10**6), st.integers(2, 5), st.sampled_from([0.0, 0.02, 0.1]))
def test_no_attack_claims_to_break_what_cannot_be_broken(seed: int, n_classes: int, eps: float) -> None:
    """It also never leaves the box: on the outside it would break more than the closed form allows."""
    net, x, y = linear_case(seed, n_classes)
    exact = float(exact_linear_survivors(net, x, y, eps).double().mean())
    assert robust_accuracy(net, x, y, eps=eps, seed=0, restarts=1).value >= exact - 1e-9
    assert query_robust_accuracy(net, x, y, eps=eps, seed=0, rounds=30).value >= exact - 1e-9


def test_without_a_budget_the_figure_is_clean_accuracy(case: Case) -> None:
    net, x, y = case
    clean = float((net(x).argmax(1) == y).double().mean())
    assert robust_accuracy(net, x, y, eps=0.0, seed=0).value == pytest.approx(clean)
    assert query_robust_accuracy(net, x, y, eps=0.0, seed=0).value == pytest.approx(clean)


def test_more_budget_never_helps_the_net(case: Case) -> None:
    found = [robust_accuracy(*case, eps=eps, seed=0).value for eps in (0.0, 0.03, 0.06, 0.12, 1.0)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == 0


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of the toolbox
def test_attacks_are_as_strong_as_the_toolboxs(case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ART's PGD (one loss) may break no more than 2 % that ours does not; its Square Attack about as many as ours."""
    monkeypatch.setenv("HOME", str(tmp_path))  # it writes a settings file there when imported
    from art.attacks.evasion import ProjectedGradientDescent, SquareAttack  # type: ignore[import-untyped]
    from art.estimators.classification import PyTorchClassifier  # type: ignore[import-untyped]

    net, x, y = case
    eps = 0.06
    wrapper = PyTorchClassifier(
        net, loss=nn.CrossEntropyLoss(), input_shape=x.shape[1:], nb_classes=10, clip_values=(0, 1), device_type="cpu"
    )
    np.random.seed(0)
    pgd = ProjectedGradientDescent(
        wrapper, norm=np.inf, eps=eps, eps_step=eps / 8, max_iter=30, num_random_init=3, verbose=False
    )
    square = SquareAttack(wrapper, norm=np.inf, eps=eps, max_iter=800, verbose=False)
    broken_by = {}
    for name, attack in (("pgd", pgd), ("square", square)):
        moved = attack.generate(x.numpy(), y.numpy())
        broken_by[name] = float((wrapper.predict(moved).argmax(1) != y.numpy()).mean())
    white_box = 1 - robust_accuracy(net, x, y, eps=eps, seed=0).value
    query = 1 - query_robust_accuracy(net, x, y, eps=eps, seed=0).value
    assert white_box >= broken_by["pgd"] - 0.02
    assert query >= broken_by["square"] - 0.03
    assert 0.2 < white_box < 0.95


def test_an_honest_net_is_not_called_masked(case: Case) -> None:
    """Both attacks nearly agree on it, and it is the gradients that break more."""
    found = masking_gap(*case, eps=0.06, seed=0)
    assert not found.is_masked
    assert abs(found.gap.value) < 0.1
    assert found.combined.value <= min(found.white_box.value, found.query.value)
    assert found.white_box == robust_accuracy(*case, eps=0.06, seed=0)
    assert found.query == query_robust_accuracy(*case, eps=0.06, seed=0)


def quantised(x: Tensor) -> Tensor:
    return (x * 8).round() / 8


def shattered(x: Tensor) -> Tensor:
    """Add a ripple too small to matter whose slope drowns every other."""
    return x + 1e-3 * torch.sin(3e5 * x)


def saturated(logits: Tensor) -> Tensor:
    return (1e6 * logits).softmax(1)


def same(x: Tensor) -> Tensor:
    return x


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (quantised, same),
        (torch.Tensor.detach, same),
        (same, torch.Tensor.detach),
        (shattered, same),
        (same, saturated),
    ],
    ids=["zero gradient", "gradient not of the input", "no graph", "shattered", "saturated"],
)
def test_masked_gradients_are_exposed(case: Case, before: object, after: object) -> None:
    """The gradient attack believes in a robust net, the search that sees logits only does not."""
    net = wrapped(case[0], before, after)  # type: ignore[arg-type]
    found = masking_gap(net, *case[1:], eps=EPS, seed=0)
    assert found.is_masked
    assert found.white_box.value > 0.5
    assert found.gap.value > 0.2
    assert found.combined.value <= found.query.value < found.white_box.value - 0.2


def test_large_logits_alone_do_not_fool_the_margin(case: Case) -> None:
    """Cross-entropy has no gradient left at a million times the logits; the sign of the margin's is the same."""
    net, x, y = case
    plain = robust_accuracy(net, x, y, eps=0.06, seed=0).value
    scaled = robust_accuracy(wrapped(net, same, lambda z: 1e6 * z), x, y, eps=0.06, seed=0).value
    assert scaled == pytest.approx(plain, abs=0.05)


def test_a_net_whose_gradient_is_nan_is_attacked_with_none(case: Case) -> None:
    """The points stay in the box, so its clean answers are what counts."""
    net, x, y = case
    rooted = wrapped(net, lambda z: z + 0 * (z - z.detach()).sqrt(), same)  # slope of a root at 0: infinity times 0
    assert robust_accuracy(rooted, x, y, eps=EPS, seed=0).value > 0.5


def test_answers_that_are_not_numbers_or_tie_are_wrong(case: Case) -> None:
    net, x, y = case
    for after in (lambda z: z * math.nan, lambda z: z * 0):
        useless = wrapped(net, same, after)
        assert robust_accuracy(useless, x, y, eps=EPS, seed=0).value == 0
        assert query_robust_accuracy(useless, x, y, eps=EPS, seed=0).value == 0


def test_calls_are_few_and_broken_images_are_left_out(case: Case) -> None:
    net, x, y = case
    white_box, query = Counting(net), Counting(net)
    robust_accuracy(white_box, x, y, eps=0.06, seed=0, restarts=2, steps=9)
    query_robust_accuracy(query, x, y, eps=0.06, seed=0, rounds=9, proposals=3)
    assert (len(white_box.rows), len(query.rows)) == (11, 11)
    assert white_box.rows[0] == query.rows[0] == len(x)
    assert 4 * len(x) >= white_box.rows[1] > white_box.rows[-1]
    assert 3 * len(x) >= query.rows[1] > query.rows[-1]
    assert white_box.is_shrinking()
    assert query.is_shrinking()


def test_attacks_stop_when_nothing_is_left(case: Case) -> None:
    net, x, y = case
    counting = Counting(net)
    robust_accuracy(counting, x, y, eps=1.0, seed=0)
    query_robust_accuracy(counting, x, (net(x).argmax(1) + 1) % 10, eps=EPS, seed=0)
    assert len(counting.rows) < 20


def test_the_seed_decides_and_nothing_else_is_touched(case: Case) -> None:
    net, x, y = case
    before, state = x.clone(), torch.get_rng_state()
    weights = copy.deepcopy(net.state_dict())
    net.zero_grad()
    with torch.no_grad():
        one = masking_gap(net, x, y, eps=0.06, seed=1, restarts=1, steps=3, rounds=5)
    torch.manual_seed(77)
    assert one == masking_gap(net, x, y, eps=0.06, seed=1, restarts=1, steps=3, rounds=5)
    assert any(one != masking_gap(net, x, y, eps=0.06, seed=s, restarts=1, steps=3, rounds=5) for s in (2, 3, 4))
    torch.set_rng_state(state)
    assert torch.equal(x, before)
    assert all(torch.equal(weights[name], value) for name, value in net.state_dict().items())
    assert all(p.grad is None for p in net.parameters())


def test_a_gap_within_chance_is_no_masking() -> None:
    one = Figure(value=0.5, low=0.4, high=0.6, n=100)
    for low, is_masked in ((-0.01, False), (0.0, False), (0.01, True)):
        gap = Figure(value=0.05, low=low, high=0.1, n=100)
        assert Masking(white_box=one, query=one, combined=one, gap=gap).is_masked == is_masked


@pytest.mark.parametrize(("cover", "n_pixels"), [(1.0, 30), (0.3, 9), (0.0, 1)])
def test_blocks_are_squares_that_shrink_to_a_pixel(cover: float, n_pixels: int) -> None:
    """The short side limits the square; every channel of a square has one end of the box."""
    painted, to_top = _blocks((2, 40, 3, 5, 6), cover, torch.Generator().manual_seed(0))
    counts = painted.expand(2, 40, 1, 5, 6).sum((-1, -2, -3))
    assert torch.equal(counts, torch.full((2, 40), min(n_pixels, 25)))
    rows, columns = painted.any(-1).sum(-1), painted.any(-2).sum(-1)
    assert torch.equal(rows, columns)
    assert to_top.shape == (2, 40, 3, 1, 1)
    assert 0.3 < to_top.double().mean() < 0.7


@pytest.mark.parametrize(("cover", "n_entries"), [(0.25, 3), (0.0, 1)])
def test_blocks_of_inputs_that_are_no_images_are_random_entries(cover: float, n_entries: int) -> None:
    painted, to_top = _blocks((2, 400, 12), cover, torch.Generator().manual_seed(0))
    assert torch.equal(painted.sum(-1), torch.full((2, 400), n_entries))
    assert painted.any(0).any(0).all()
    assert to_top.shape == painted.shape


def test_inputs_that_are_no_images_are_searched_entry_by_entry() -> None:
    g = torch.Generator().manual_seed(0)
    net = linear_net(torch.randn((2, 12), generator=g))
    x = torch.rand((80, 12), generator=g)
    y = net(x).argmax(1)
    exact = float(exact_linear_survivors(net, x, y, 0.1).double().mean())
    assert query_robust_accuracy(net, x, y, eps=0.1, seed=0).value == pytest.approx(exact, abs=0.03)


def test_bounds_are_the_valid_range() -> None:
    net, x, y = linear_case(0, n_classes=2)
    wide, narrow = robust_accuracy(net, 2 * x - 1, y, eps=0.3, seed=0, bounds=(-1, 1)), exact_linear_survivors
    assert wide.n == len(x)
    assert robust_accuracy(net, x, y, eps=0.3, seed=0, bounds=(-9, 9)).value <= narrow(net, x, y, 0.3).double().mean()
    with pytest.raises(CheckError):
        robust_accuracy(net, 2 * x - 1, y, eps=0.3, seed=0)
    with pytest.raises(CheckError):
        robust_accuracy(net, x + 0.5, y, eps=0.3, seed=0)


X, Y = torch.zeros(2, 1, 2, 2), torch.tensor([0, 1])
FLAT = linear_net(torch.ones(2, 4))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (X.numpy(), Y),
        (X, Y.numpy()),
        (X.long(), Y),
        (X[:0], Y[:0]),
        (torch.zeros(2), Y),
        (X * math.nan, Y),
        (X, Y.float()),
        (X, Y[:1]),
        (X, -Y),
        (X, Y + 1),
    ],
)
def test_bad_images_and_labels_are_refused(x: Tensor, y: Tensor) -> None:
    for attack in (robust_accuracy, query_robust_accuracy):
        with pytest.raises(CheckError):
            attack(FLAT, x, y, eps=0.1, seed=0)


@pytest.mark.parametrize("odd", [{"eps": -0.1}, {"eps": math.nan}, {"eps": math.inf}, {"restarts": 0}, {"steps": 0}])
def test_bad_settings_are_refused(odd: dict[str, float]) -> None:
    with pytest.raises(CheckError):
        robust_accuracy(FLAT, X, Y, **({"eps": 0.1, "seed": 0} | odd))  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [{"rounds": 0}, {"proposals": 0}])
def test_bad_settings_of_the_search_are_refused(odd: dict[str, int]) -> None:
    with pytest.raises(CheckError):
        query_robust_accuracy(FLAT, X, Y, eps=0.1, seed=0, **odd)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer", [None, [1.0], torch.zeros(2, 2).long(), torch.zeros(2), torch.zeros(2, 1), torch.zeros(3, 2)]
)
def test_models_that_answer_something_else_are_refused(answer: object) -> None:
    with pytest.raises(CheckError, match="model"):
        logits_of(lambda _: answer, X)  # type: ignore[arg-type, return-value]
