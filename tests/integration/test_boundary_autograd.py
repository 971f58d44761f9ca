"""Gradients through the boundary are those of a local run, bit for bit, in both directions."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.integration.boundary import submission

SOURCE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Dropout(0.2), nn.Linear(16, 4))
        self.scale = nn.Parameter(torch.tensor(1.5))
    def forward(self, x, *, power=1):
        return (self.f(x) * self.scale) ** power
torch.manual_seed(0)
net = Net()
def loss(logits, y, weight=None):
    found = nn.functional.cross_entropy(logits, y)
    return found if weight is None else found + (weight ** 2).sum()
def pgd(model, x, y, eps, steps):
    z = x.clone()
    for _ in range(steps):
        z.requires_grad_()
        g, = torch.autograd.grad(nn.functional.cross_entropy(model(z), y), z)
        z = (z.detach() + eps / 2 * g.sign()).clamp(0, 1)
    return z
def pair(x): return x * 2, {'sum': x.sum(), 'plain': x.detach()}, [x]
def both(f, x):
    y = f(x) ** 2
    return y.sum()
class SGD:
    def __init__(self, params, lr): self.params, self.lr = list(params), lr
    def step(self):
        with torch.no_grad():
            for p in self.params: p -= self.lr * p.grad
    def zero_grad(self):
        for p in self.params: p.grad = None
def grads(model): return [None if p.grad is None else p.grad.clone() for p in model.parameters()]
"""


KEPT = """
import gc
from mlsafety_grader.kernel.checkpoint import Kernel
def kept(): return sum(len(o.tensors.graphs._kept) for o in gc.get_objects() if type(o) is Kernel)
"""


def backward(loss: Any) -> None:
    loss.backward()


def local() -> dict[str, Any]:
    namespace: dict[str, Any] = {"torch": torch, "nn": nn, "__name__": "local"}
    exec(SOURCE, namespace)  # noqa: S102 - the same toy submission, in this process
    return namespace


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(1)
    return torch.rand(8, 6, generator=g), torch.randint(0, 4, (8,), generator=g)


Run = Callable[[Callable[[str], Any]], list[torch.Tensor]]


def equal_on_both_sides(run: Run) -> None:
    """Run the same steps with the submission here and there."""
    here = local()
    torch.manual_seed(3)
    expected = run(here.__getitem__)
    with submission(SOURCE) as lookup:
        torch.manual_seed(3)
        found = run(lookup)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one, other)


def test_forward_and_backward_of_a_model() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        net, (x, y) = get("net"), batch()
        x.requires_grad_()
        out = net(x, power=2)
        backward(nn.functional.cross_entropy(out, y))
        return [out.detach(), x.grad, *(p.grad for p in net.parameters())]

    equal_on_both_sides(run)


def test_gradients_add_up_until_zeroed() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        net, (x, y) = get("net").eval(), batch()
        for _ in range(3):
            backward(nn.functional.cross_entropy(net(x), y))
        first = [p.grad.clone() for p in net.parameters()]
        net.zero_grad()
        assert all(p.grad is None for p in net.parameters())
        backward(nn.functional.cross_entropy(net(x), y))
        return [*first, *get("grads")(net), *(p.grad for p in net.parameters())]

    equal_on_both_sides(run)


def test_autograd_grad_leaves_parameters_alone() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        net, (x, y) = get("net").eval(), batch()
        x.requires_grad_()
        (g,) = torch.autograd.grad(nn.functional.cross_entropy(net(x), y), x)
        assert all(p.grad is None for p in net.parameters())
        assert all(g is None for g in get("grads")(net))
        with_parameters = torch.autograd.grad(net(x).sum(), [x, *net.parameters()])
        return [g, *with_parameters]

    equal_on_both_sides(run)


@pytest.mark.parametrize("make", [lambda p: torch.optim.SGD(p, 0.1, momentum=0.9), lambda p: torch.optim.Adam(p, 0.01)])
def test_a_tests_optimiser_trains_the_submissions_model(make: Any) -> None:
    def run(get: Any) -> list[torch.Tensor]:
        net, (x, y) = get("net"), batch()
        optimiser = make(net.parameters())
        for _ in range(4):
            optimiser.zero_grad()
            get("loss")(net(x), y).backward()
            optimiser.step()
        return [*(p.detach() for p in net.parameters()), net.eval()(x).detach()]

    equal_on_both_sides(run)


def test_a_submissions_optimiser_trains_a_tests_model() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        torch.manual_seed(5)
        model, (x, y) = nn.Linear(6, 4), batch()
        optimiser = get("SGD")(model.parameters(), 0.2)
        for _ in range(3):
            optimiser.zero_grad()
            backward(nn.functional.cross_entropy(model(x), y))
            optimiser.step()
        return [model.weight.detach(), model.bias.detach()]

    equal_on_both_sides(run)


def test_a_submissions_loss_on_the_tests_leaves() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        x, y = batch()
        model, weight = nn.Linear(6, 4), torch.ones(3, requires_grad=True)
        get("loss")(model(x), y, weight=weight).backward()
        return [model.weight.grad, model.bias.grad, weight.grad]  # type: ignore[list-item]

    equal_on_both_sides(run)


def test_attacks_in_either_place() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        x, y = batch()
        net, model = get("net").eval(), nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 4))
        z = x.clone()
        for _ in range(3):
            z.requires_grad_()
            (g,) = torch.autograd.grad(nn.functional.cross_entropy(net(z), y), z)
            z = (z.detach() + 0.1 * g.sign()).clamp(0, 1)
        return [z, get("pgd")(net, x, y, 0.1, 3), get("pgd")(model, x, y, 0.1, 3)]

    equal_on_both_sides(run)


def test_several_results_share_a_graph() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        x = torch.arange(3.0).requires_grad_()
        double, named, (same,) = get("pair")(x)
        assert same is x
        assert not named["plain"].requires_grad
        (double.sum() * named["sum"]).backward()
        assert x.grad is not None
        return [double.detach(), x.grad]

    equal_on_both_sides(run)


def test_gradients_through_a_callback() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        w = torch.tensor([2.0, 3.0], requires_grad=True)
        x = torch.tensor([1.0, 4.0], requires_grad=True)
        get("both")(lambda t: t * w, x * 2).backward()
        assert w.grad is not None
        assert x.grad is not None
        return [w.grad, x.grad]

    equal_on_both_sides(run)


def test_second_derivatives() -> None:
    def run(get: Any) -> list[torch.Tensor]:
        net, (x, y) = get("net").eval(), batch()
        x.requires_grad_()
        (g,) = torch.autograd.grad(get("loss")(net(x), y), x, create_graph=True)
        (h,) = torch.autograd.grad((g**2).sum(), x)
        return [g.detach(), (h * 1e4).round()]  # two paths meet here in another order, so the last bits may differ

    equal_on_both_sides(run)


def test_no_grad_and_inference_mode_reach_the_submission() -> None:
    with submission(SOURCE) as lookup:
        net, (x, _) = lookup("net"), batch()
        with torch.no_grad():
            assert not net(x).requires_grad
        with torch.inference_mode():
            assert not net(x).requires_grad
        assert net(x).requires_grad


def test_a_second_backward_fails_as_it_does_locally() -> None:
    with submission(SOURCE) as lookup:
        out = lookup("net")(batch()[0]).sum()
        out.backward()
        with pytest.raises(RuntimeError, match="second time"):
            out.backward()


def test_weights_written_by_a_test_count() -> None:
    with submission(SOURCE) as lookup:
        net, (x, _) = lookup("net").eval(), batch()
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.zero_()
        assert net(x).abs().sum() == 0
        net.scale.data.fill_(0.5)
        net.f[3].bias.data.fill_(2.0)
        assert torch.equal(net(x), torch.ones(8, 4))
        net.f[0].weight = nn.Parameter(torch.ones(16, 6))
        assert torch.equal(net.f[0].weight, torch.ones(16, 6))


def test_copies_are_independent() -> None:
    with submission(SOURCE) as lookup:
        net = lookup("net")
        twin = copy.deepcopy(net)
        with torch.no_grad():
            twin.scale.fill_(9.0)
        assert net.scale.item() == 1.5


def test_transforms_say_what_they_cannot_do() -> None:
    with submission(SOURCE) as lookup, pytest.raises(NotImplementedError, match=r"torch\.func"):
        torch.func.grad(lambda x: lookup("net")(x).sum())(torch.ones(6))


def test_a_dead_graph_is_released() -> None:
    source = SOURCE + KEPT
    with submission(source) as lookup:
        net, (x, _) = lookup("net"), batch()
        for _ in range(20):
            net(x).sum().backward()
        assert lookup("kept")() <= 2
