"""How tensors cross: plain data, mirrors, stand-ins, results with a graph. Each side of a conversation has a table."""

from collections.abc import Sequence
from typing import Any

import torch

from mlsafety_grader.wire import arguments
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import FrameError, Limits
from mlsafety_grader.wire.graphs import Backward, Graphs, differentiate, leaves_of
from mlsafety_grader.wire.messages import Graph, Hollow
from mlsafety_grader.wire.mirrors import Mirrors, set_gradient
from mlsafety_grader.wire.pack import Packer, Referrer
from mlsafety_grader.wire.torch_values import build, dtype_name, placeholder, raw
from mlsafety_grader.wire.unpack import Unpacker


class Outgoing(Packer):
    """A packer that knows whether tensors with a graph may stay (an answer) or need a stand-in (a request)."""

    def __init__(self, referrer: Referrer, limits: Limits, received: Sequence[object] = (), *, is_answer: bool) -> None:
        super().__init__(referrer, received=received, limits=limits)
        self.tensors: list[Any] | None = [] if is_answer else None
        self.fresh: list[v.Mirror] = []


class Tensors:
    """What one side knows of tensors that both sides know."""

    def __init__(self, *, step: int, is_weak: bool) -> None:
        self.mirrors = Mirrors(step=step, is_weak=is_weak)
        self.graphs = Graphs(step=step)
        self.outs: list[Any] = []
        self._placeholders: list[Any] = []
        self._is_weak = is_weak

    # --- going out

    def refer(self, tensor: Any, packer: Packer) -> v.Value | None:
        """Return how a tensor travels that is no plain data; None for plain data."""
        if self.mirrors.id_of(tensor) is not None:
            return self.add_mirror(tensor, packer)
        if not tensor.requires_grad:
            return None
        stand_in = self.graphs.stand_in(tensor)
        if tensor.is_leaf and stand_in is None:
            return self.add_mirror(tensor, packer)
        tensors = packer.tensors if isinstance(packer, Outgoing) else None
        if tensors is None:
            packer.claim(tensor)
            return v.StandIn(self.graphs.send_stand_in(tensor), raw(packer, tensor))
        tensors.append(tensor if stand_in is None else tensor.view_as(tensor))
        return v.Out(len(tensors) - 1)

    def add_mirror(self, tensor: Any, packer: Packer) -> v.Mirror:
        """Make a tensor a mirror, unless it is one, and send it along."""
        number = self.mirrors.id_of(tensor)
        if number is None or self.mirrors.is_hollow(number):
            number = self.mirrors.add(tensor) if number is None else number
            if self.mirrors.is_hollow(number):
                self.mirrors.fill(number)
            fresh = v.Mirror(number, raw(packer, tensor, gradient=tensor.grad if tensor.is_leaf else None))
            if isinstance(packer, Outgoing):
                packer.fresh.append(fresh)
        return v.Mirror(number)

    def graph(self, packer: Outgoing) -> Graph | None:
        """Keep the graph of an answer's tensors and describe it."""
        if not packer.tensors:
            return None
        hollow: list[Hollow] = []
        leaves = leaves_of(packer.tensors, lambda leaf: self._leaf_number(leaf, hollow))
        tensors = [raw(packer, tensor) for tensor in packer.tensors]
        return Graph(self.graphs.keep(packer.tensors), tensors, leaves, hollow)

    def _leaf_number(self, leaf: Any, hollow: list[Hollow]) -> int | None:
        """Return a leaf's number; the submission's own leaves get one as soon as a graph reaches them."""
        number = self.mirrors.id_of(leaf)
        number = self.graphs.stand_in(leaf) if number is None else number
        if number is None and not self._is_weak and leaf.requires_grad:
            number = self.mirrors.add(leaf, is_hollow=True)
            is_parameter = isinstance(leaf, torch.nn.Parameter)
            hollow.append(Hollow(number, dtype_name(leaf), list(leaf.shape), is_parameter))
        return number

    def gradients(
        self, graph: int, wanted: list[int], accumulate: object, create_graph: object, *grads: Any
    ) -> list[Any]:
        """Run a backward pass through a graph that is kept here."""
        leaves = []
        for number in wanted:
            leaf = self.mirrors.get(number)
            stand_in = self.graphs.leaf(number) if leaf is None else None
            if leaf is None and stand_in is None:
                raise FrameError(f"no leaf {number}")
            leaves.append((leaf, False) if leaf is not None else (stand_in, True))
        kept = self.graphs.kept(graph)
        return differentiate(kept, grads, leaves, accumulate=bool(accumulate), create_graph=bool(create_graph))

    # --- coming in

    def mirror(self, node: v.Mirror, unpacker: Unpacker) -> object:
        """See `unpack.Resolver`."""
        found = self.mirrors.get(node.id)
        if found is not None and (node.tensor is None or not self.mirrors.is_hollow(node.id)):
            return found
        if found is not None and node.tensor is not None:
            return self._fill(found, node.id, node.tensor, unpacker)
        if node.tensor is None:
            raise FrameError(f"no mirror {node.id}")
        data = build(unpacker, node.tensor)
        if node.tensor.is_parameter:
            data = torch.nn.Parameter(data, requires_grad=node.tensor.requires_grad)
        elif node.tensor.requires_grad:
            data.requires_grad_()
        if node.tensor.gradient is not None:
            set_gradient(data, build(unpacker, node.tensor.gradient))
        self.mirrors.add(data, node.id)
        return data

    def _fill(self, leaf: Any, number: int, node: v.Tensor, unpacker: Unpacker) -> object:
        """Give a leaf that stood in graphs so far its data."""
        data = build(unpacker, node)
        if data.shape != leaf.shape or data.dtype != leaf.dtype:
            raise FrameError("a leaf whose data does not fit what was said of it")
        leaf.data = data
        set_gradient(leaf, None if node.gradient is None else build(unpacker, node.gradient))
        self.mirrors.fill(number)
        return leaf

    def stand_in(self, node: v.StandIn, unpacker: Unpacker) -> object:
        """See `unpack.Resolver`."""
        leaf = build(unpacker, node.tensor).requires_grad_()
        unpacker.claim(leaf)
        self.graphs.take_stand_in(leaf, node.id)
        return leaf

    def out(self, node: v.Out) -> object:
        """See `unpack.Resolver`."""
        if not 0 <= node.index < len(self.outs):
            raise FrameError(f"tensor {node.index} of {len(self.outs)}")
        return self.outs[node.index]

    def connected(self, graph: Graph | None, unpacker: Unpacker, backward: Backward) -> list[Any]:
        """Return the tensors of an answer as results of this side's own leaves."""
        if graph is None:
            return []
        tensors = [build(unpacker, tensor) for tensor in graph.tensors]
        fresh = [self._take_hollow(node) for node in graph.hollow]
        if not all(tensor.is_floating_point() or tensor.is_complex() for tensor in tensors):
            raise FrameError("a tensor that cannot carry a gradient came with one")
        pairs = [(number, leaf) for number in graph.leaves if (leaf := self.own_leaf(number)) is not None]
        pairs.sort(key=lambda pair: not self.mirrors.is_hollow(pair[0]))  # the likeliest last: see `_Boundary.backward`
        connected = self.graphs.connect(graph, tensors, pairs, backward)
        del fresh  # from here on the graph keeps them
        return connected

    def _take_hollow(self, node: Hollow) -> Any:
        leaf = self.mirrors.get(node.id)
        if leaf is None:
            leaf = placeholder(node.dtype, node.shape, is_parameter=node.is_parameter)
            self.mirrors.add(leaf, node.id, is_hollow=True)
            if node.is_parameter:  # a model's: it will be met again at the next call
                self._placeholders.append(leaf)
        return leaf

    def own_leaf(self, number: int) -> Any:
        """Return the tensor that a number of a graph's leaf means here, if it can take a gradient."""
        found = self.mirrors.get(number)
        found = self.graphs.sent(number) if found is None else found
        return found if found is not None and found.requires_grad else None

    def bind(self, updates: list[tuple[int, v.Value]], slots: list[Any]) -> None:
        """Make arguments mirrors that the call has made leaves of graphs (`x.requires_grad_()`)."""
        for slot, node in updates:
            if not 0 <= slot < len(slots):
                raise FrameError(f"a change of argument {slot} of {len(slots)}")
            source = self.mirrors.get(node.id) if isinstance(node, v.Mirror) else None
            if not isinstance(node, v.Mirror) or source is slots[slot]:
                continue
            if source is None or not hasattr(slots[slot], "requires_grad"):
                raise FrameError("an argument that became a mirror nobody knows")
            arguments.replace(slots[slot], source)
            slots[slot].requires_grad_(source.requires_grad)
            slots[slot].grad = source.grad
            self.mirrors.release([node.id])
            self.mirrors.add(slots[slot], node.id)

    # --- letting go

    def dead(self) -> list[int]:
        """Return, once, the numbers of what the other side need not keep any more."""
        return self.mirrors.dead() + self.graphs.dead()

    def release(self, numbers: list[int]) -> None:
        """Drop what the other side does not need any more."""
        self.mirrors.release(numbers)
        self.graphs.release(numbers)
