"""Differentiation across the boundary.

Where a call ran, its results' graph is kept under a number. Where it was asked for, one autograd node takes its place:
its inputs are the own copies of the leaves that the graph reaches, its backward asks the other side. An *anchor*, a
leaf nobody else sees, makes results depend on something even when only the other side's parameters require gradients;
whether autograd visits the anchor tells `backward()`, which fills `.grad`, from `autograd.grad`, which does not.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any
from weakref import finalize, ref

import torch
import torch.fx.experimental.symbolic_shapes  # autograd imports it, half a second, at the first explicit gradient

from mlsafety_grader.wire.frames import FrameError
from mlsafety_grader.wire.messages import Graph

FIRST_GRAPH = 1 << 50  # objects, mirrors and graphs are numbered apart, so that one list can release them all
MAX_GRAPHS = 100_000
KEPT_SENDERS = 512  # tensors whose stand-ins the other side may still differentiate by

Backward = Callable[[int, Sequence[Any], list[int], object, object], list[Any]]


class Link:
    """What an autograd node on this side knows of the graph on the other."""

    def __init__(self, number: int, leaves: list[int], tensors: list[Any], backward: Backward) -> None:
        self.number = number
        self.leaves = leaves
        self.tensors = tensors
        self.backward = backward


class _Boundary(torch.autograd.Function):
    """The node: `apply(link, anchor, *inputs)` returns `link.tensors`, connected."""

    @staticmethod
    def forward(ctx: Any, link: Link, anchor: Any, *inputs: Any) -> Any:  # noqa: ARG004 - the graph's edges
        ctx.link = link
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(anchor)  # so that a second backward without retain_graph fails as it does locally
        tensors, link.tensors = tuple(link.tensors), []
        return tensors

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        _ = ctx.saved_tensors
        link: Link = ctx.link
        nodes = [node for node, _ in ctx.next_functions]
        accumulate = _is_visited(nodes[0]) and not torch.is_grad_enabled()
        visited = [_is_visited(node) for node in nodes[1:-1]]
        if len(nodes) > 1:  # asking takes long exactly where the answer is yes; but why else are we here?
            is_last = not accumulate and not torch.is_grad_enabled() and not any(visited)
            visited.append(is_last or _is_visited(nodes[-1]))
        wanted = [number for number, is_wanted in zip(link.leaves, visited, strict=True) if is_wanted]
        if all(grad is None for grad in grads):
            return (None, None, *(None for _ in link.leaves))
        found = link.backward(link.number, grads, wanted, accumulate, torch.is_grad_enabled())
        by_leaf = dict(zip(wanted, found, strict=True))
        return (None, None, *(by_leaf.get(number) for number in link.leaves))


def _is_visited(node: Any) -> bool:
    """Tell whether the running backward pass reaches a node."""
    if node is None:
        return False
    try:
        return bool(torch._C._will_engine_execute_node(node))  # noqa: SLF001 - what torch's own checkpointing asks
    except RuntimeError:  # a leaf that autograd.grad was asked for
        return True


class Graphs:
    """The graphs that this side keeps for the other, and what it needs to connect the other's to its own."""

    def __init__(self, *, step: int) -> None:
        self._kept: dict[int, list[Any]] = {}
        self._sent: OrderedDict[int, Any] = OrderedDict()
        self._stand_ins: dict[int, tuple[Any, int]] = {}
        self._by_number: dict[int, Any] = {}
        self._next = step * FIRST_GRAPH
        self._step = step
        self._dead: list[int] = []
        self.anchor = torch.zeros((), requires_grad=True)

    def send_stand_in(self, tensor: Any) -> int:
        """Number a tensor of this side's graph whose copy goes over."""
        self._next += self._step
        self._sent[self._next] = tensor
        if len(self._sent) > KEPT_SENDERS:
            self._sent.popitem(last=False)
        return self._next

    def sent(self, number: int) -> Any:
        """Return a tensor that went over as a stand-in; None when it has been forgotten."""
        return self._sent.get(number)

    def take_stand_in(self, leaf: Any, number: int) -> None:
        """Remember that a leaf stands for a tensor of the other side's graph, as long as it lives."""
        address = id(leaf)

        def forget(_: object) -> None:
            self._stand_ins.pop(address, None)
            self._by_number.pop(number, None)

        self._by_number[number] = ref(leaf)
        self._stand_ins[address] = (ref(leaf, forget), number)

    def stand_in(self, leaf: Any) -> int | None:
        """Return the number of a stand-in; None for other tensors."""
        found = self._stand_ins.get(id(leaf))
        return None if found is None else found[1]

    def leaf(self, number: int) -> Any:
        """Return a living stand-in by number, or None."""
        found = self._by_number.get(number)
        return None if found is None else found()

    def keep(self, tensors: list[Any]) -> int:
        """Keep tensors with their graph until they are released."""
        if len(self._kept) >= MAX_GRAPHS:
            raise FrameError(f"more than {MAX_GRAPHS} graphs are kept")
        self._next += self._step
        self._kept[self._next] = tensors
        return self._next

    def kept(self, number: int) -> list[Any]:
        """Return the tensors of a kept graph.

        Raises:
            FrameError: there is no such graph.
        """
        if number not in self._kept:
            raise FrameError(f"no graph {number}")
        return self._kept[number]

    def release(self, numbers: Sequence[int]) -> None:
        """Drop graphs that the other side cannot ask for any more."""
        for number in numbers:
            self._kept.pop(number, None)

    def dead(self) -> list[int]:
        """Return, once, the numbers of the other side's graphs that nothing here depends on any more."""
        found = self._dead[:]
        del self._dead[: len(found)]
        return found

    def has_stand_ins(self) -> bool:
        """Tell whether any stand-in is alive."""
        return bool(self._stand_ins)

    def connect(self, graph: Graph, tensors: list[Any], pairs: list[tuple[int, Any]], backward: Backward) -> list[Any]:
        """Return an answer's tensors as results of this side's own inputs: `pairs` of leaf number and tensor."""
        link = Link(graph.id, [number for number, _ in pairs], tensors, backward)
        finalize(link, self._dead.append, graph.id).atexit = False
        with torch.enable_grad():
            found = _Boundary.apply(link, self.anchor, *(tensor for _, tensor in pairs))  # type: ignore[no-untyped-call]
        return list(found)


def leaves_of(tensors: Sequence[Any], number_of: Callable[[Any], int | None]) -> list[int]:
    """Return the numbers of the leaves that a graph reaches, as far as they have one."""
    found: dict[int, None] = {}
    seen: set[Any] = set()
    stack = [tensor.grad_fn for tensor in tensors]
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if type(node).__name__ == "AccumulateGrad":
            number = number_of(node.variable)
            if number is not None:
                found[number] = None
            continue
        stack.extend(next_node for next_node, _ in node.next_functions)
    return list(found)


def differentiate(
    tensors: Sequence[Any], grads: Sequence[Any], leaves: Sequence[Any], *, accumulate: bool, create_graph: bool
) -> list[Any]:
    """Run a backward pass; the graph stays.

    Args:
        tensors: the graph's results.
        grads: one for each, None where nothing depends on it.
        leaves: pairs of a leaf and whether it is a stand-in.
        accumulate: fill the `.grad` of every leaf that is no stand-in, as `backward()` does.
        create_graph: the gradients can be differentiated again.

    Returns:
        For each leaf its gradient, or None; None too for leaves whose `.grad` was filled.
    """
    pairs = [(tensor, grad) for tensor, grad in zip(tensors, grads, strict=True) if grad is not None]
    outs, given = [tensor for tensor, _ in pairs], [grad for _, grad in pairs]
    if not accumulate:
        asked = [leaf for leaf, _ in leaves]
        if not asked:
            return []
        found = torch.autograd.grad(outs, asked, given, retain_graph=True, create_graph=create_graph, allow_unused=True)
        return list(found)
    standing = [leaf for leaf, is_stand_in in leaves if is_stand_in]
    before = [leaf.grad for leaf in standing]
    for leaf in standing:
        leaf.grad = None
    torch.autograd.backward(outs, given, retain_graph=True)
    after = {id(leaf): leaf.grad for leaf in standing}
    for leaf, gradient in zip(standing, before, strict=True):
        leaf.grad = gradient
    return [after.get(id(leaf)) for leaf, _ in leaves]
