"""Proxies of a submission's objects.

A proxy's class is a real class, made for the submission's, so `isinstance`, `issubclass`, `type(x).__name__` and
`inspect.signature` work; it has the special methods that the original class defines, each of which asks the checkpoint.

What an object says about itself is the submission's word. So that it cannot pass for a value that it is not:

- `==` and `<` against a genuine value are decided here: a plain object equals no value; an instance of a built-in's
  subclass is compared by what it holds.
- Arithmetic with an array or tensor is refused. With a plain number it must give an object again, and that object is
  *derived*: it turns into no number, truth value or comparison.
- `x.eq(...)`, `x.allclose(...)` and the like take no genuine values.
- Of the double-underscore attributes only harmless ones can be reached: NumPy follows `__array_interface__` to any
  address in memory.
"""

import functools
import inspect
import itertools
import pathlib
import types
from collections.abc import Callable, Iterator
from typing import Any, cast

from mlsafety_grader.examiner.known import claim
from mlsafety_grader.examiner.remote_function import Asks, make_function, signature, tag_of
from mlsafety_grader.wire import FrameError
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.special import BINARY, COMPARE, IN_PLACE

_MODULE = "torch.nn.modules.module.Module"
_REACHABLE = frozenset(
    [
        "__annotations__",
        "__name__",
        "__qualname__",
        "__doc__",
        "__module__",
        "__wrapped__",
        "__dict__",
        "__version__",
        "__defaults__",
        "__kwdefaults__",
        "__self__",
        "__func__",
        "__members__",
        "__dataclass_fields__",
        "__match_args__",
        "__all__",
        "__cause__",
        "__context__",
        "__notes__",
        "__slots__",
        "__closure__",
        "__abstractmethods__",
        "__version_info__",
        "__sklearn_tags__",
        "__sklearn_is_fitted__",
        "__sklearn_clone__",
    ]
)
# classes that objects descend from without being what `isinstance` is asked for
_TRAITS = frozenset(["abc.ABC", "typing.Generic", "typing.Protocol"])
_CONTAINERS = {kind.__name__: kind for kind in (list, tuple, dict, set, frozenset, bytearray)}
_COMPARING = frozenset(["eq", "ne", "lt", "le", "gt", "ge", "equal", "equals", "allclose", "isclose", "array_equal"])
_NUMERIC = _COMPARING | frozenset(
    [
        "item",
        "abs",
        "mean",
        "sum",
        "float",
        "double",
        "int",
        "max",
        "min",
        "all",
        "any",
        "tolist",
        "numpy",
        "norm",
        "detach",
    ]
)
_CONVERTING = frozenset(
    [
        "bool",
        "int",
        "float",
        "complex",
        "index",
        "round",
        "trunc",
        "floor",
        "ceil",
        "abs",
        "neg",
        "pos",
        "invert",
        "len",
        "hash",
    ]
)


class RemoteMeta(type):
    """The class of proxies' classes: what is not found here is asked for."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        peer = cls.__dict__.get("_remote_peer")
        if peer is None:
            raise TypeError(f"{cls.__name__} is made for objects of a submission only")
        return peer.ask("call", cls, *args, kwargs=kwargs)

    def __getattr__(cls, name: str) -> Any:
        return _own_peer(cls, name).ask("getattr", cls, _reachable(name))

    def __setattr__(cls, name: str, value: object) -> None:
        if name.startswith("__") or "_remote_peer" not in cls.__dict__:
            super().__setattr__(name, value)  # the abstract base classes' own bookkeeping, say
        else:
            _own_peer(cls, name).ask("setattr", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        _own_peer(cls, name).ask("delattr", cls, _reachable(name))

    def __instancecheck__(cls, instance: object) -> bool:
        if cls.__dict__.get("_remote_number", 0) == getattr(type(instance), "_remote_record", None):
            return True
        return super().__instancecheck__(instance)

    def __iter__(cls) -> Iterator[Any]:
        return iter(_own_peer(cls, "__iter__").ask("iter", cls))

    def __len__(cls) -> int:
        return int(_own_peer(cls, "__len__").ask("len", cls))

    def __bool__(cls) -> bool:
        return True

    def __getitem__(cls, key: object) -> Any:
        return _own_peer(cls, "__getitem__").ask("getitem", cls, key)

    def __contains__(cls, item: object) -> bool:
        return bool(_own_peer(cls, "__contains__").ask("contains", cls, item))

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__qualname__}'>"


def _own_peer(cls: type, name: str) -> Asks:
    peer = cls.__dict__.get("_remote_peer")
    if peer is None:
        raise AttributeError(name)
    return peer  # type: ignore[no-any-return]


def _reachable(name: str) -> str:
    if name.startswith("__") and name.endswith("__") and name not in _REACHABLE:
        raise AttributeError(f"{name!r} of a submission's object cannot be reached")
    return name


class RemoteObject(metaclass=RemoteMeta):
    """An object that lives in the checkpoint."""

    __slots__ = ("__weakref__", "_remote_derived", "_remote_node", "_remote_peer_of")

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return _class_of(self)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        found = _peer(self).ask("getattr", self, "__dict__")
        if not isinstance(found, dict):
            raise AttributeError("__dict__")  # noqa: TRY004 - what a missing attribute raises
        return found

    def __getattr__(self, name: str) -> Any:
        if name == "__signature__":
            return _signature_of(self)
        _reachable(name)
        if _is_derived(self) and name in _NUMERIC:
            raise AttributeError(f"{name!r} of what arithmetic between a submission's object and a value gave")
        found = _peer(self).ask("getattr", self, name)
        return _honest(found, name) if name in _COMPARING and callable(found) else found

    def __setattr__(self, name: str, value: object) -> None:
        _peer(self).ask("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        _peer(self).ask("delattr", self, name)

    def __eq__(self, other: object) -> Any:
        return _compare("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return _compare("ne", self, other)

    def __hash__(self) -> int:
        return hash(("a submission's object", _node(self).id))

    def __repr__(self) -> str:
        return str(_peer(self).ask("repr", self))

    def __str__(self) -> str:
        return str(_peer(self).ask("str", self))

    def __format__(self, how: str) -> str:
        return str(_peer(self).ask("format", self, how))

    def __dir__(self) -> list[str]:
        return [str(name) for name in _peer(self).ask("dir", self)]

    def __copy__(self) -> Any:
        return _peer(self).ask("copy", self)

    def __deepcopy__(self, memo: object) -> Any:
        return _peer(self).ask("deepcopy", self)

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError(f"a submission's {type(self).__name__} cannot be pickled")


def _node(obj: Any) -> v.Reference:
    return object.__getattribute__(obj, "_remote_node")  # type: ignore[no-any-return]


def _peer(obj: Any) -> Asks:
    return object.__getattribute__(obj, "_remote_peer_of")  # type: ignore[no-any-return]


def _is_derived(obj: Any) -> bool:
    return bool(object.__getattribute__(obj, "_remote_derived"))


def _class_of(obj: Any) -> type:
    """Return what `isinstance` goes by: the library class or container that the object's class descends from, if any.

    A class of the submission's own keeps its name: `isinstance` then sees a subclass of the library's.
    """
    kind = type(obj)
    found = kind.__dict__.get("_remote_claim")
    if found is None:
        node: v.Reference = type.__getattribute__(kind, "_remote_class")
        library = claim([name for name in node.public if name not in _TRAITS]) or _CONTAINERS.get(node.base)
        is_own = not node.public or node.public[0].rpartition(".")[2] != node.name
        found = _named_subclass(library, node) if library is not None and is_own else library or kind
        type.__setattr__(kind, "_remote_claim", found)
    return found


def _named_subclass(library: type, node: v.Reference) -> type:
    """Return an heir of a library class under a submission's name for it, or the class itself if it refuses heirs."""
    names = {"__module__": node.module, "__qualname__": node.qualname or node.name, "__doc__": node.doc}
    try:
        return type(library)(node.name or "object", (library,), names)
    except Exception:  # a class that refuses heirs, or a name that is none
        return library


def identity_of(obj: Any) -> tuple[int, Asks] | None:
    """Return a proxy's number and the conversation that it belongs to; None for other objects."""
    kind = type(obj)
    if isinstance(kind, RemoteMeta):
        return _node(obj).id, _peer(obj)
    if kind is types.FunctionType:
        return tag_of(obj)
    if isinstance(obj, type) and "_remote_number" in obj.__dict__:
        return obj.__dict__["_remote_number"], obj.__dict__["_remote_peer"]
    return None


def make(peer: Asks, node: v.Reference, cls: Any) -> Any:
    """Return a new proxy of an object that is no class."""
    if node.kind == "function":
        return make_function(peer, node)
    if not isinstance(cls, RemoteMeta):
        raise FrameError("an object without a class")
    proxy: Any = cls.__new__(cls)  # type: ignore[call-overload]
    object.__setattr__(proxy, "_remote_peer_of", peer)
    object.__setattr__(proxy, "_remote_node", node)
    object.__setattr__(proxy, "_remote_derived", False)
    return proxy


def make_class(peer: Asks, node: v.Reference, bases: tuple[type, ...]) -> type:
    """Return a proxy of a class, with the special methods that it defines."""
    root: Any = RemoteObject
    if _MODULE in node.public:
        from mlsafety_grader.examiner.remote_module import RemoteModule

        root = RemoteModule
    skipped = root.__dict__.keys() | {"__class__", "__eq__", "__ne__", "__hash__", "__repr__", "__str__", "__format__"}
    namespace: dict[str, Any] = {
        name: method for name in node.methods if name not in skipped and (method := _special(name)) is not None
    }
    if root is RemoteObject:
        namespace["__slots__"] = ()
        if "unhashable" in node.methods:
            namespace["__hash__"] = None
        elif "__hash__" in node.methods:
            namespace["__hash__"] = lambda self: int(_peer(self).ask("hash", self))
    namespace |= {
        "__module__": node.module,
        "__qualname__": node.qualname or node.name,
        "__doc__": node.doc,
        "_remote_peer": peer,
        "_remote_number": node.id,
        "_remote_class": node,
    }
    if node.parameters is not None:
        namespace["__signature__"] = signature(node)
    own = tuple(base for base in bases if issubclass(base, root)) or (root,)
    try:
        return cast("type", RemoteMeta(node.name or "object", own, namespace))
    except TypeError:  # bases in an order that Python refuses, or text that is no name
        return RemoteMeta("object", (root,), namespace)


def _signature_of(obj: Any) -> inspect.Signature:
    if _node(obj).parameters is None:
        raise AttributeError("__signature__")
    return signature(_node(obj))


def _is_remote(obj: object) -> bool:
    return identity_of(obj) is not None


def _compare(name: str, one: Any, other: object) -> Any:
    if _is_remote(other):
        if "__eq__" not in _methods(one) and name in ("eq", "ne"):
            return (one is other) == (name == "eq")
        return _peer(one).ask("compare", name, one, other)
    if _is_derived(one):
        raise TypeError("what arithmetic between a submission's object and a value gave cannot be compared")
    if _node(one).base:
        return COMPARE[name](_held(one), other)
    return NotImplemented


def _held(obj: Any) -> object:
    """Return the value that an object holds, as its `base` says."""
    value = _peer(obj).ask("value", obj)
    if _node(obj).base == "path" and isinstance(value, str):
        return pathlib.PurePath(value)
    if _node(obj).base == "namespace" and isinstance(value, dict):
        return types.SimpleNamespace(**{str(name): item for name, item in value.items()})
    return value


def _methods(obj: Any) -> list[str]:
    return type.__getattribute__(type(obj), "_remote_class").methods  # type: ignore[no-any-return]


def _honest(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    """Return a method that compares a submission's object with other such objects only."""

    @functools.wraps(method)
    def compare(*args: Any, **kwargs: Any) -> Any:
        if not all(_is_remote(arg) for arg in itertools.chain(args, kwargs.values())):
            raise TypeError(f"{name}() of a submission's object says nothing about a value; compare values")
        return method(*args, **kwargs)

    return compare


def _arithmetic(verb: str, name: str, one: Any, other: Any) -> Any:
    """Apply an operator to operands of which one at least is remote."""
    if _is_remote(one) and _is_remote(other):
        return _marked((one if isinstance(type(one), RemoteMeta) else other), (one, other), verb, name)
    mine, value = (one, other) if _is_remote(one) else (other, one)
    if _node(mine).base in ("int", "float", "complex", "str", "bytes", "list", "tuple"):
        plain = _peer(mine).ask("value", mine)
        return BINARY[name](plain, value) if mine is one else BINARY[name](value, plain)
    if hasattr(value, "__array__") or hasattr(value, "__torch_function__"):
        raise TypeError(f"unsupported operand types: a submission's {type(mine).__name__} and {type(value).__name__}")
    found = _marked(mine, (one, other), verb, name)
    if not isinstance(type(found), RemoteMeta):
        raise TypeError(f"unsupported operand types: a submission's {type(mine).__name__} and {type(value).__name__}")
    if found is not mine:
        object.__setattr__(found, "_remote_derived", True)
    return found


def _marked(mine: Any, operands: tuple[Any, Any], verb: str, name: str) -> Any:
    found = _peer(mine).ask(verb, name, *operands)
    if any(isinstance(type(x), RemoteMeta) and _is_derived(x) for x in operands):
        if not isinstance(type(found), RemoteMeta):
            raise TypeError("what arithmetic between a submission's object and a value gave turns into no value")
        object.__setattr__(found, "_remote_derived", True)
    return found


def _special(name: str) -> Callable[..., Any] | None:
    """Return a special method that asks the checkpoint, under the rules of this module."""
    bare = name[2:-2]
    method: Callable[..., Any]
    if bare in BINARY:
        method = lambda self, other, *_: _arithmetic("binary", bare, self, other)  # noqa: E731
    elif bare[:1] == "r" and bare[1:] in BINARY:
        method = lambda self, other, *_: _arithmetic("binary", bare[1:], other, self)  # noqa: E731
    elif bare[:1] == "i" and bare[1:] in IN_PLACE:
        method = lambda self, other: _arithmetic("inplace", bare[1:], self, other)  # noqa: E731
    elif bare in COMPARE:
        method = lambda self, other: _compare(bare, self, other)  # noqa: E731
    elif bare == "contains":
        method = _contains
    elif bare == "exit":
        method = lambda self, _, error, __: _peer(self).ask("exit", self, error)  # noqa: E731
    elif name == "unhashable":
        return None
    else:
        method = _plain(bare)
    method.__name__ = name
    return method


def _plain(bare: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        if bare in _CONVERTING and _is_derived(self):
            raise TypeError("what arithmetic between a submission's object and a value gave turns into no value")
        return _peer(self).ask(bare, self, *args, kwargs=kwargs)

    return method


def _contains(self: Any, item: object) -> bool:
    """Look through the items where there are any: who is asked `7 in x` could always say yes."""
    if "__iter__" in _methods(self):
        return any(found is item or found == item for found in self)
    return bool(_peer(self).ask("contains", self, item))
