"""A checkpoint answers the examiner's requests on a submission's namespace and on the objects that it handed out.

It runs in the submission's process, so nothing it says is believed; it holds no test and no hidden data.
"""

import asyncio
import builtins
import contextlib
import copy
import importlib
import pathlib
import socket
import traceback
import types
from collections.abc import Callable
from typing import Any

import torch

from mlsafety_grader.kernel import foreign, incoming, objects
from mlsafety_grader.kernel.outputs import Outputs
from mlsafety_grader.kernel.shared import run_tests
from mlsafety_grader.wire import (
    DEFAULT_LIMITS,
    FrameError,
    Limits,
    Packer,
    PeerClosedError,
    Unpacker,
    receive,
    send,
    sources,
)
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.messages import Do, Failed, Message
from mlsafety_grader.wire.modes import Modules
from mlsafety_grader.wire.peer import Peer
from mlsafety_grader.wire.special import BINARY, COMPARE, IN_PLACE, UNARY

MAX_TEXT = 100_000


def serve(sock: socket.socket, namespace: dict[str, Any], *, limits: Limits = DEFAULT_LIMITS) -> None:
    """Answer the examiner until it hangs up. Call it in a process of its own, forked from the kernel.

    Args:
        sock: one end of a stream socket pair.
        namespace: the globals in which the submission's cells ran.
        limits: of messages.
    """
    kernel = Kernel(sock, namespace, limits=limits)
    with kernel.outputs.captured():
        while kernel.serve_one():
            pass


class Kernel(Peer):
    """The submission's end of the conversation."""

    def __init__(self, sock: socket.socket, namespace: dict[str, Any], *, limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(sock, step=1, is_weak=False, limits=limits)
        self.outputs = Outputs()
        self._namespace = namespace
        self._objects = objects.Objects()
        self._proxies: dict[int, object] = {}
        self._modules = Modules(is_weak=False)
        self._copies: dict[int, object] = {}
        self._marks = sources.fingerprints()
        self._moved: set[sources.Source] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._patched: dict[tuple[str, str], object] = {}
        self._raising: list[object] = []
        self._verbs = self._make_verbs()

    def serve_one(self) -> bool:
        """Answer one request; False when the examiner has hung up."""
        try:
            message, buffers = receive(self._sock, self._decoder, self.limits)
        except PeerClosedError:
            return False
        if not isinstance(message, Do):
            return False
        try:
            self.answer(message, buffers)
        except PeerClosedError:
            return False
        except FrameError as e:  # what a test sent cannot be rebuilt here: its fault, not the submission's end
            problem = v.Problem("TypeError", [e.message], e.message)
            send(self._sock, Failed(message.seq, problem))
        return True

    # --- verbs

    def perform(self, verb: str, args: list[Any], kwargs: dict[str, Any]) -> object:
        """Apply a verb; what is asked for is the examiner's business, so nothing is refused."""
        try:
            return self._verbs[verb](*args, **kwargs)
        finally:
            marks = sources.fingerprints()
            self._moved.update(sources.changed(marks, self._marks))
            self._marks = marks

    def _make_verbs(self) -> dict[str, Callable[..., object]]:
        return {
            **UNARY,
            "binary": lambda name, one, other: BINARY[name](one, other),
            "inplace": lambda name, one, other: IN_PLACE[name](one, other),
            "compare": lambda name, one, other: COMPARE[name](one, other),
            "names": lambda: [name for name in self._namespace if isinstance(name, str)],
            "lookup": lambda name: self._namespace[name],
            "getattr": getattr,
            "setattr": setattr,
            "delattr": delattr,
            "dir": dir,
            "isinstance": isinstance,
            "issubclass": issubclass,
            "copy": copy.copy,
            "deepcopy": lambda obj, *_: copy.deepcopy(obj),
            "enter": lambda obj: type(obj).__enter__(obj),
            "exit": _leave,
            "value": _base_value,
            "source": objects.source_of,
            "method": lambda obj, name, *args, **kwargs: getattr(obj, name)(*args, **kwargs),
            "listed": lambda obj, name, *args, **kwargs: list(getattr(obj, name)(*args, **kwargs)),
            "several": _several,
            "run tests": lambda source: run_tests(source, self._namespace),
            "call": lambda obj, *args, **kwargs: obj(*args, **kwargs),
            "await": lambda obj, *args, **kwargs: self._await(obj(*args, **kwargs)),
            "anext": lambda obj: self._await(anext(obj)),
            "patch": self._patch,
            "unpatch": lambda module, name: setattr(importlib.import_module(module), name, self._patched[module, name]),
        }

    def _await(self, awaitable: Any) -> object:
        """Run a coroutine to its end, in one event loop for all of them."""
        if self._loop is None:
            asyncio._set_running_loop(None)  # noqa: SLF001 - the cell that was checked may have been running in one
            self._loop = asyncio.new_event_loop()

        async def wait() -> object:
            return await awaitable

        return self._loop.run_until_complete(wait())

    def _patch(self, module_name: str, name: str, replacement: object) -> None:
        """Do in this process what a test did to a module in its own."""
        module = importlib.import_module(module_name)
        self._patched.setdefault((module_name, name), getattr(module, name))
        setattr(module, name, replacement)

    # --- what Peer asks for

    def is_proxy(self, obj: object) -> bool:
        """See `pack.Referrer`."""
        return foreign.number_of(obj) is not None

    def refer(self, obj: object, packer: Packer) -> v.Value:
        """See `pack.Referrer`."""
        number = foreign.number_of(obj)
        if number is not None:
            return v.Yours(number)
        if isinstance(obj, torch.nn.Module) and (number := self._modules.number_of(obj)) is not None:
            return v.Yours(number)
        if isinstance(obj, BaseException):
            return None if any(obj is error for error in self._raising) else self._problem(obj, packer)
        reference = self._objects.refer(obj, packer)
        if isinstance(obj, types.ModuleType):
            return v.Module(obj.__name__, reference)
        if isinstance(obj, type) and (name := objects.known_name(obj)) is not None:
            return v.Known(name, reference)
        return reference

    def problem(self, error: BaseException, packer: Packer) -> v.Problem:
        """See `Peer`."""
        trace = "".join(traceback.format_exception(error))[-MAX_TEXT:].encode("utf-8", "replace").decode()
        return self._problem(error, packer, trace=trace)

    def _problem(self, error: BaseException, packer: Packer, *, trace: str = "") -> v.Problem:
        cls = type(error)
        is_builtin = objects.is_builtin_error(cls)
        self._raising.append(error)
        try:
            return v.Problem(
                cls.__name__,
                packer.all(error.args),
                _shown(error),
                None if is_builtin else self._objects.refer(cls, packer),
                trace,
                getattr(error, "_examiner_number", 0),
                [(str(name), packer.pack(value)) for name, value in vars(error).items() if name != "_examiner_number"],
                None if error.__cause__ is None else packer.pack(error.__cause__),
            )
        finally:
            self._raising.pop()

    def rebuild(self, problem: v.Problem, unpacker: Unpacker) -> BaseException:
        """Return a test's exception, as far as its type is one of the language's own."""
        found = getattr(builtins, problem.name, None)
        cls: Any = found if isinstance(found, type) and issubclass(found, BaseException) else None
        error: Any
        try:
            error = cls(*unpacker.all(problem.args)) if cls else Exception(problem.text)
        except (TypeError, ValueError):
            error = Exception(problem.text)
        error._examiner_number = problem.origin  # noqa: SLF001
        return error  # type: ignore[no-any-return]

    def extras(self, packer: Packer) -> dict[str, Any]:  # noqa: ARG002 - the base's signature
        """See `Peer`."""
        moved, self._moved = sorted(self._moved), set()
        return {"printed": self.outputs.take(), "modes": self._modules.changes(), "moved": moved}

    def heard(self, message: Message, unpacker: Unpacker) -> None:
        """See `Peer`."""
        self._modules.apply(message.modes)
        if message.seeds:
            sources.plant(message.seeds, unpacker)
            self._marks = sources.fingerprints()

    def released(self, numbers: list[int]) -> None:
        """See `Peer`."""
        self._objects.release(numbers)
        self._modules.release(numbers)
        for number in numbers:
            self._copies.pop(number, None)
            self._proxies.pop(number, None)

    def grad_mode(self, mode: int) -> contextlib.AbstractContextManager[object]:
        """See `Peer`."""
        return torch.inference_mode() if mode == 2 else torch.set_grad_enabled(mode == 1)

    # --- what Unpacker asks for

    def reference(self, node: v.Reference) -> object:
        """Return the proxy of an examiner's object."""
        found = self._proxies.get(node.id)
        if found is None:
            found = self._proxies[node.id] = foreign.make(self, node)
        return found

    def yours(self, node: v.Yours) -> object:
        """Return an object of the submission's own, or the copy of one that the examiner shares."""
        if node.id < 0:
            module = self._modules.get(node.id)
            return module if module is not None else self._copies[node.id]
        return self._objects.get(node.id)

    def module(self, node: v.Module) -> object:
        """Import a module: the examiner names public ones only."""
        return importlib.import_module(node.name)

    def known(self, node: v.Known) -> object:
        """Return a library's type or function."""
        module, _, name = node.name.partition(":")
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return found

    def shared(self, node: v.Shared, unpacker: Unpacker) -> object:
        """Unpickle a library's object that the examiner sent."""
        references = unpacker.all(node.references)
        found = incoming.load(bytes(unpacker.data(node.data)), references)
        if isinstance(found, torch.nn.Module):
            self._modules.add(found, node.id)
        else:
            self._copies[node.id] = found
        return found

    def record(self, node: v.Record, items: list[object]) -> object:
        """Return a named tuple of the submission's own class, or a tuple."""
        cls = unpacked_class(self, node.cls)
        return tuple.__new__(cls, items) if cls is not None else tuple(items)


def unpacked_class(kernel: Kernel, node: v.Value) -> Any:
    """Return the class of a named tuple when it is the submission's."""
    found = kernel.yours(node) if isinstance(node, v.Yours) else None
    return found if isinstance(found, type) and issubclass(found, tuple) else None


def _base_value(obj: Any) -> object:
    """Return what an instance of a built-in's subclass holds, as the built-in itself."""
    kinds: tuple[Any, ...] = (str, bytes, int, float, complex)
    for kind in kinds:
        if isinstance(obj, kind):
            return kind(obj)
    if isinstance(obj, dict):
        return dict(dict.items(obj))
    if isinstance(obj, pathlib.PurePath):
        return str(obj)
    if type(obj) is types.SimpleNamespace:
        return dict(vars(obj))
    kinds = (list, tuple, set, frozenset, bytearray)
    for kind in kinds:
        if isinstance(obj, kind):
            items: Any = kind.__iter__
            return kind(items(obj))
    raise TypeError(f"{type(obj).__name__} holds no plain value")


def _several(iterator: Any, count: int) -> tuple[list[object], bool]:
    """Return up to `count` items, and whether there were that many."""
    found = []
    for item in iterator:
        found.append(item)
        if len(found) == count:
            return found, True
    return found, False


def _leave(obj: Any, error: BaseException | None = None, *_: object) -> object:
    return type(obj).__exit__(obj, None if error is None else type(error), error, None)


def _shown(error: BaseException) -> str:
    try:
        return str(error)[:MAX_TEXT].encode("utf-8", "replace").decode()
    except Exception:
        return f"<{type(error).__name__} whose text cannot be shown>"
