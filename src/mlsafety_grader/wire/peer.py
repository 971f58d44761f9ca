"""A conversation: either side asks the other to apply verbs to objects, and may be asked back before it is answered.

`Peer` does what both sides have in common: values, arguments changed in place, mirrors, graphs, errors. What a verb
means, how objects are referred to and who trusts whom is each side's own business.
"""

import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch

from mlsafety_grader.wire import arguments
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import DEFAULT_LIMITS, FrameError, Limits, WireError, decoder_for, receive, send
from mlsafety_grader.wire.messages import Do, Done, Failed, Message
from mlsafety_grader.wire.pack import Packer
from mlsafety_grader.wire.tensors import Outgoing, Tensors
from mlsafety_grader.wire.unpack import Unpacker

MAX_NESTING = 40
MAX_CALLBACKS = 200_000  # while one request is answered
BUFFER_BYTES = 1 << 20

_GRADIENTS = ("gradients", "plain gradients")


class Peer(ABC):
    """One end of a conversation.

    Args:
        sock: a connected stream socket, which this object owns from now on.
        step: +1 or -1; the two ends differ, and so do their numbers.
        is_weak: own mirrors may die (the examiner's), else they live until they are released.
        limits: of incoming and outgoing messages.
    """

    def __init__(self, sock: socket.socket, *, step: int, is_weak: bool, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.deadline: float | None = None
        self.fault: WireError | None = None
        self.tensors = Tensors(step=step, is_weak=is_weak)
        self._sock = sock
        self._decoder = decoder_for(Message)
        self._seq = 0
        self._nesting = 0
        self._callbacks = 0
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)

    # --- what each side decides

    @abstractmethod
    def perform(self, verb: str, args: list[Any], kwargs: dict[str, Any]) -> object:
        """Apply a verb that the other side asked for."""

    @abstractmethod
    def is_proxy(self, obj: object) -> bool:
        """See `pack.Referrer`."""

    @abstractmethod
    def refer(self, obj: object, packer: Packer) -> v.Value:
        """See `pack.Referrer`."""

    @abstractmethod
    def problem(self, error: BaseException, packer: Packer) -> v.Problem:
        """Describe an exception."""

    @abstractmethod
    def rebuild(self, problem: v.Problem, unpacker: Unpacker) -> BaseException:
        """Return the exception that a description stands for."""

    @abstractmethod
    def extras(self, packer: Packer) -> dict[str, Any]:
        """Return further fields of an outgoing message."""

    @abstractmethod
    def heard(self, message: Message, unpacker: Unpacker) -> None:
        """Take note of an incoming message's further fields."""

    @abstractmethod
    def released(self, numbers: list[int]) -> None:
        """Forget objects that the other side has no proxy of any more."""

    @abstractmethod
    def grad_mode(self, mode: int) -> contextlib.AbstractContextManager[object]:
        """Return the mode to apply a verb in."""

    # --- asking

    def ask(self, verb: str, *args: object, kwargs: dict[str, Any] | None = None) -> Any:
        """Have the other side apply a verb; returns its result or raises its exception.

        Raises:
            WireError: the other side is gone, late or broke the protocol; every later call raises it again.
        """
        if self.fault is not None:
            raise self.fault
        if self._nesting >= MAX_NESTING:
            raise RecursionError("maximum depth of calls between a test and a submission exceeded")
        if torch._C._functorch.peek_interpreter_stack() is not None:  # noqa: SLF001 - no public way to ask
            name = next((getattr(arg, "__name__", type(arg).__name__) for arg in args), verb)
            raise NotImplementedError(
                f"torch.func transforms (grad, vmap ...) do not reach {name!r} in another process"
            )
        packer = Outgoing(self, self.limits, is_answer=False)
        self._seq += 1
        changes = self.tensors.mirrors.changes(packer)
        values = packer.all(args)
        named = [(str(name), packer.pack(value)) for name, value in (kwargs or {}).items()]
        do = Do(self._seq, verb, values, named, _grad_mode(), changes=changes, **self._extras(packer))
        value, error = self._exchange(do, packer)
        if error is not None:
            raise error
        return value

    def _exchange(self, do: Do, packer: Outgoing) -> tuple[Any, BaseException | None]:
        """Send a request and read its answer; whatever goes wrong on the way ends the conversation."""
        self._nesting += 1
        try:
            send(self._sock, do, packer.buffers, deadline=self.deadline)
            message, buffers = self._answer()
            _check_order(message.seq, do.seq)
            unpacker = Unpacker(buffers, self, arguments=packer.slots, limits=self.limits)
            with _TrustNothing():
                return self._take(message, unpacker, packer.slots)
        except WireError as e:
            self.fault = e
            raise
        except BaseException:  # an alarm, say: the stream is broken off in the middle of a message
            self.fault = FrameError("the conversation was interrupted")
            raise
        finally:
            self._nesting -= 1

    def _answer(self) -> tuple[Done | Failed, list[bytearray]]:
        if self._nesting == 1:
            self._callbacks = 0
        while True:
            message, buffers = receive(self._sock, self._decoder, self.limits, self.deadline)
            if not isinstance(message, Do):
                return message, buffers
            self._callbacks += 1
            if self._callbacks > MAX_CALLBACKS:
                raise FrameError(f"more than {MAX_CALLBACKS} calls back during one request")
            self.answer(message, buffers)

    def _take(
        self, message: Done | Failed, unpacker: Unpacker, slots: list[Any]
    ) -> tuple[object, BaseException | None]:
        fresh = self._note(message, unpacker)
        self.tensors.bind(message.updates, slots)
        value, error = None, None
        if isinstance(message, Done):
            outs = self.tensors.connected(message.graph, unpacker, self._ask_gradients)
            self.tensors.outs, previous = outs, self.tensors.outs
            try:
                value = unpacker.unpack(message.value)
            finally:
                self.tensors.outs = previous
        else:
            error = self.rebuild(message.problem, unpacker)
        for slot, node in message.updates:
            if not isinstance(node, v.Mirror):
                self._update(slots[slot], node, unpacker)
        del fresh
        return value, error

    def _update(self, target: Any, node: v.Value, unpacker: Unpacker) -> None:
        """Make an argument equal to what the call made of it."""
        try:
            arguments.replace(target, unpacker.unpack(node))
        except (TypeError, ValueError, RuntimeError, AttributeError) as e:
            raise FrameError(f"an argument that cannot be changed as asked for: {str(e)[:200]}") from None

    def _ask_gradients(
        self, graph: int, grads: Sequence[Any], wanted: list[int], accumulate: object, create_graph: object
    ) -> list[Any]:
        if accumulate or create_graph:
            found = self.ask("gradients", graph, wanted, accumulate, create_graph, *grads)
        else:
            found = self._ask_plain_gradients(graph, grads, wanted)
        if not isinstance(found, list) or len(found) != len(wanted):
            self.fault = FrameError("gradients that do not fit what was asked for")
            raise self.fault
        for number, gradient in zip(wanted, found, strict=True):
            leaf = self.tensors.own_leaf(number)
            if gradient is not None and leaf is not None and getattr(gradient, "shape", None) != leaf.shape:
                self.fault = FrameError("a gradient that does not fit its tensor")
                raise self.fault
        return found

    def _ask_plain_gradients(self, graph: int, grads: Sequence[Any], wanted: list[int]) -> Any:
        """Ask for gradients that change nothing: no news ride along, which makes an attack's step cheaper."""
        if self.fault is not None:
            raise self.fault
        packer = Outgoing(self, self.limits, is_answer=False)
        self._seq += 1
        do = Do(self._seq, "plain gradients", packer.all([graph, wanted, False, False, *grads]), [], 0)
        value, error = self._exchange(do, packer)
        if error is not None:
            raise error
        return value

    # --- answering

    def answer(self, do: Do, buffers: list[bytearray]) -> None:
        """Apply a verb that the other side asked for and send the result.

        Raises:
            WireError: the request is malformed, or the answer cannot be sent.
        """
        unpacker = Unpacker(buffers, self, limits=self.limits)
        with _TrustNothing():
            fresh = [self.tensors.mirror(node, unpacker) for node in do.fresh]
            args = unpacker.all(do.args)
            kwargs = {name: unpacker.unpack(node) for name, node in do.kwargs}
            slots = list(unpacker.slots)
            before: list[object] = [None] * len(slots)
            if do.verb not in _GRADIENTS:
                before = [arguments.snapshot(obj) if self._is_watched(obj) else None for obj in slots]
            self._note(do, unpacker)  # after the arguments: slots are numbered in the sender's order
        self._nesting += 1
        try:
            reply, out = self._apply(do, args, kwargs, slots, before)
        finally:
            self._nesting -= 1
        del fresh
        send(self._sock, reply, out, deadline=self.deadline)

    def _apply(
        self, do: Do, args: list[Any], kwargs: dict[str, Any], slots: list[object], before: list[object]
    ) -> tuple[Done | Failed, list[Any]]:
        try:
            if self._nesting > MAX_NESTING:
                raise RecursionError("maximum depth of calls between a test and a submission exceeded")  # noqa: TRY301
            with self.grad_mode(do.grad):
                result = self.tensors.gradients(*args) if do.verb in _GRADIENTS else self.perform(do.verb, args, kwargs)
            return self._done(do, result, slots, before)
        except WireError as e:
            if self.fault is not None:
                raise
            return self._failed(do, OverflowError(e.message), slots, before)
        except BaseException as e:
            if self.fault is not None:
                raise
            return self._failed(do, e, slots, before)

    def _done(self, do: Do, result: object, slots: list[object], before: list[object]) -> tuple[Done, list[Any]]:
        packer = Outgoing(self, self.limits, slots, is_answer=True)
        is_plain = do.verb == "plain gradients"
        changes = [] if is_plain else self.tensors.mirrors.changes(packer)
        value = packer.pack(result)
        if is_plain:
            return Done(do.seq, value), packer.buffers
        updates = self._updates(packer, slots, before)
        graph = self.tensors.graph(packer)
        return Done(do.seq, value, graph, updates, changes=changes, **self._extras(packer)), packer.buffers

    def _failed(
        self, do: Do, error: BaseException, slots: list[object], before: list[object]
    ) -> tuple[Failed, list[Any]]:
        packer = Outgoing(self, self.limits, slots, is_answer=True)
        changes = self.tensors.mirrors.changes(packer)
        try:
            problem = self.problem(error, packer)
            updates = self._updates(packer, slots, before)
        except WireError:
            packer, changes = Outgoing(self, self.limits, slots, is_answer=True), []
            problem, updates = v.Problem("OverflowError", [], "an answer that is too large to examine"), []
        return Failed(do.seq, problem, updates, changes=changes, **self._extras(packer)), packer.buffers

    def _updates(self, packer: Packer, slots: list[object], before: list[object]) -> list[tuple[int, v.Value]]:
        return [
            (slot, packer.content(obj))
            for slot, (obj, old) in enumerate(zip(slots, before, strict=True))
            if old is not None and arguments.is_changed(obj, old)
        ]

    def _is_watched(self, obj: object) -> bool:
        """Mirrors are kept equal by themselves, stand-ins cannot be changed in place."""
        return not getattr(obj, "requires_grad", False)

    # --- what Packer and Unpacker ask for

    def refer_tensor(self, tensor: Any, packer: Packer) -> v.Value | None:
        """See `pack.Referrer`."""
        return self.tensors.refer(tensor, packer)

    def mirror(self, node: v.Mirror, unpacker: Unpacker) -> object:
        """See `unpack.Resolver`."""
        return self.tensors.mirror(node, unpacker)

    def stand_in(self, node: v.StandIn, unpacker: Unpacker) -> object:
        """See `unpack.Resolver`."""
        return self.tensors.stand_in(node, unpacker)

    def out(self, node: v.Out) -> object:
        """See `unpack.Resolver`."""
        return self.tensors.out(node)

    @abstractmethod
    def reference(self, node: v.Reference) -> object:
        """See `unpack.Resolver`."""

    @abstractmethod
    def yours(self, node: v.Yours) -> object:
        """See `unpack.Resolver`."""

    @abstractmethod
    def module(self, node: v.Module) -> object:
        """See `unpack.Resolver`."""

    @abstractmethod
    def known(self, node: v.Known) -> object:
        """See `unpack.Resolver`."""

    @abstractmethod
    def shared(self, node: v.Shared, unpacker: Unpacker) -> object:
        """See `unpack.Resolver`."""

    @abstractmethod
    def record(self, node: v.Record, items: list[object]) -> object:
        """See `unpack.Resolver`."""

    # --- what rides along

    def _extras(self, packer: Outgoing) -> dict[str, Any]:
        fields = self.extras(packer)
        fields["fresh"] = packer.fresh
        fields["released"] = self.tensors.dead() + fields.get("released", [])
        return fields

    def _note(self, message: Message, unpacker: Unpacker) -> list[object]:
        """Take over what rides along; returns new mirrors, which live only as long as somebody holds them."""
        fresh = [self.tensors.mirror(node, unpacker) for node in message.fresh]
        self.tensors.mirrors.apply(message.changes, unpacker)
        if message.released:
            self.tensors.release(message.released)
            self.released(message.released)
        self.heard(message, unpacker)
        return fresh


class _TrustNothing:
    """Whatever reading a message stumbles over is the sender's fault, and is not mistaken for a test's exception."""

    def __enter__(self) -> None:
        """Begin to read."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None or isinstance(error, WireError):
            return
        # an object's hash may have to be asked for meanwhile, and answer with a SystemExit
        if isinstance(error, Exception) or vars(error).get("from_submission"):
            raise FrameError(f"a message that cannot be read: {type(error).__name__}: {str(error)[:200]}") from error


def _check_order(answered: int, asked: int) -> None:
    if answered != asked:
        raise FrameError(f"an answer to request {answered} while {asked} was open")


def _grad_mode() -> int:
    return 2 if torch.is_inference_mode_enabled() else int(torch.is_grad_enabled())
