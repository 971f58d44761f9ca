"""Proxies of the examiner's objects, for the submission: functions, classes, instances and modules of a test.

They know a name and what they can do, nothing of how: every use asks the examiner.
"""

import inspect
import types
import weakref
from collections.abc import Callable
from typing import Any

import torch

from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.peer import Peer
from mlsafety_grader.wire.special import BINARY, COMPARE, IN_PLACE, UNARY


class Foreign:
    """An object that lives in the examiner."""

    def __init__(self, peer: Peer, number: int) -> None:
        object.__setattr__(self, "_peer", peer)
        object.__setattr__(self, "_number", number)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._peer.ask("getattr", self, name)

    def __setattr__(self, name: str, value: object) -> None:
        self._peer.ask("setattr", self, name, value)


class ForeignModule(torch.nn.Module):
    """A module whose class a test defines: its forward runs in the examiner, gradients come through."""

    def __init__(self, peer: Peer, number: int) -> None:
        super().__init__()
        object.__setattr__(self, "_peer", peer)
        object.__setattr__(self, "_number", number)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.ask("call", self, *args, kwargs=kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return super().__getattr__(name)
        except AttributeError:
            return self.__dict__["_peer"].ask("getattr", self, name)

    def named_parameters(self, *args: Any, **kwargs: Any) -> Any:
        return iter(self.__dict__["_peer"].ask("named_parameters", self, *args, kwargs=kwargs))

    def parameters(self, recurse: bool = True) -> Any:  # noqa: FBT001, FBT002 - torch's own signature
        return iter([tensor for _, tensor in self.named_parameters(recurse=recurse)])

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        return self.__dict__["_peer"].ask("state_dict", self, *args, kwargs=kwargs)

    def train(self, mode: bool = True) -> "ForeignModule":  # noqa: FBT001, FBT002 - torch's own signature
        self.__dict__["_peer"].ask("train", self, mode)
        self.training = mode
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:  # noqa: FBT001, FBT002 - torch's own signature
        for tensor in self.parameters():
            tensor.grad = None if set_to_none else torch.zeros_like(tensor)


def make(peer: Peer, node: v.Reference) -> Any:
    """Return a new proxy."""
    if node.kind == "function":
        return _function(peer, node)
    if node.kind == "module":
        return ForeignModule(peer, node.id)
    methods = node.methods if node.cls is None else node.cls.methods
    name = node.name or "object"
    cls = type(name, (Foreign,), {method: _special(method[2:-2]) for method in methods if method in _SPECIAL})
    return cls(peer, node.id)


def _function(peer: Peer, node: v.Reference) -> Callable[..., Any]:
    number = node.id

    def callback(*args: Any, **kwargs: Any) -> Any:
        return peer.ask("call", _Stub(number), *args, kwargs=kwargs)

    callback.__name__ = callback.__qualname__ = node.name
    callback.__doc__ = None
    if node.parameters is not None:
        callback.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [inspect.Parameter(p.name, inspect._ParameterKind(p.kind)) for p in node.parameters]  # noqa: SLF001
        )
    callback._tag = (number, weakref.ref(callback))  # type: ignore[attr-defined]  # noqa: SLF001
    return callback


class _Stub:
    """Stands for an object of the examiner's without keeping its proxy alive."""

    def __init__(self, number: int) -> None:
        self._number = number


def number_of(obj: object) -> int | None:
    """Return the examiner's number of what a proxy stands for; None for other objects."""
    kind = type(obj)
    if issubclass(kind, (Foreign, ForeignModule)):
        return object.__getattribute__(obj, "__dict__")["_number"]  # type: ignore[no-any-return]
    if kind is _Stub:
        return obj._number  # type: ignore[attr-defined, no-any-return]  # noqa: SLF001
    tag = obj.__dict__.get("_tag") if kind is types.FunctionType else None
    # functools.wraps copies a function's attributes, the tag included
    return tag[0] if tag is not None and tag[1]() is obj else None


def _special(name: str) -> Callable[..., Any]:
    kind, verb = _SPECIAL[f"__{name}__"]

    def method(self: Foreign, *args: Any, **kwargs: Any) -> Any:
        if kind == "reflected":
            return self._peer.ask("binary", verb, *args, self)
        if kind == "plain":
            return self._peer.ask(verb, self, *args, kwargs=kwargs)
        return self._peer.ask(kind, verb, self, *args)

    method.__name__ = f"__{name}__"
    return method


_SPECIAL: dict[str, tuple[str, str]] = (
    {f"__{name}__": ("binary", name) for name in BINARY}
    | {f"__r{name}__": ("reflected", name) for name in BINARY}
    | {f"__i{name}__": ("inplace", name) for name in IN_PLACE}
    | {f"__{name}__": ("compare", name) for name in COMPARE if name not in ("eq", "ne")}
    | {f"__{name}__": ("plain", name) for name in UNARY if name not in ("hash",)}
    | {"__enter__": ("plain", "enter"), "__exit__": ("plain", "exit")}
)
