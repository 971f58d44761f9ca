"""The submission's objects that the examiner has proxies of: numbered, kept alive, described once."""

import builtins
import collections.abc
import contextlib
import enum
import inspect
import pathlib
import sys
import types
from typing import Any, Literal

from mlsafety_grader.wire import Packer
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import FrameError
from mlsafety_grader.wire.special import SPECIAL_METHODS

MAX_DOC = 20_000
MAX_BASES = 60

_BUILTIN_BASES = (str, bytes, bytearray, int, float, complex, list, tuple, dict, set, frozenset)
_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
)
Kind = Literal["function", "class", "error", "module", "iterator", "object"]


class Objects:
    """A table of objects by number."""

    def __init__(self) -> None:
        self._by_number: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._next = 0

    def get(self, number: int) -> object:
        """Return an object.

        Raises:
            FrameError: there is none of that number.
        """
        if number not in self._by_number:
            raise FrameError(f"no object {number}")
        return self._by_number[number]

    def release(self, numbers: list[int]) -> None:
        """Forget objects."""
        for number in numbers:
            obj = self._by_number.pop(number, None)
            self._numbers.pop(id(obj), None)

    def refer(self, obj: object, packer: Packer) -> v.Reference:
        """Return a reference, with a description the first time."""
        number = self._numbers.get(id(obj))
        if number is not None:
            return v.Reference(number)
        self._next += 1
        number = self._next
        self._by_number[number] = obj
        self._numbers[id(obj)] = number
        if isinstance(obj, type):
            return self._describe_class(obj, number, packer)
        return self._describe(obj, number, packer)

    def _describe(self, obj: Any, number: int, packer: Packer) -> v.Reference:
        kind = _kind(obj)
        cls = type(obj)
        is_named = kind == "function"
        return v.Reference(
            number,
            kind,
            name=_text(getattr(obj, "__name__", cls.__name__)) if is_named else _text(cls.__name__),
            qualname=_text(getattr(obj, "__qualname__", "")) if is_named else "",
            module=_text(getattr(obj, "__module__", "")) if is_named else "",
            doc=_doc(obj) if is_named else None,
            parameters=_parameters(obj) if callable(obj) and kind != "module" else None,
            cls=None if is_named else self.refer(cls, packer),
            base=_builtin_base(cls),
            flavour=_flavour(obj) if is_named else "",
        )

    def _describe_class(self, cls: type, number: int, packer: Packer) -> v.Reference:
        own = [base for base in cls.__bases__ if not is_public(base)][:MAX_BASES]
        return v.Reference(
            number,
            "error" if issubclass(cls, BaseException) else "class",
            name=_text(cls.__name__),
            qualname=_text(cls.__qualname__),
            module=_text(cls.__module__),
            doc=_doc(cls),
            parameters=_parameters(cls),
            bases=[self.refer(base, packer) for base in own],
            methods=_special_methods(cls),
            public=[name for c in cls.__mro__ if (name := known_name(c)) is not None][:MAX_BASES],
            base=_builtin_base(cls),
        )


def _kind(obj: object) -> Kind:
    if isinstance(obj, _FUNCTIONS):
        has_own = isinstance(obj, types.FunctionType) and any(name != "__wrapped__" for name in vars(obj))
        return "object" if has_own else "function"  # only an object's attributes can be followed
    if "torch" in sys.modules:
        import torch

        if isinstance(obj, torch.nn.Module):
            return "module"
    return "iterator" if isinstance(obj, collections.abc.Iterator) else "object"


def _flavour(obj: object) -> Literal["", "coroutine", "generator", "async generator"]:
    if inspect.iscoroutinefunction(obj):
        return "coroutine"
    if inspect.isasyncgenfunction(obj):
        return "async generator"
    return "generator" if inspect.isgeneratorfunction(obj) else ""


def is_public(cls: type) -> bool:
    """Tell whether a class can be found under its name in an imported module other than the notebook."""
    module = sys.modules.get(cls.__module__) if isinstance(cls.__module__, str) else None
    if module is None or cls.__module__ == "__main__":
        return False
    found: object = module
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is cls


def _builtin_base(cls: type) -> str:
    if issubclass(cls, enum.Enum) and not issubclass(cls, (int, str, float)):
        return ""
    if issubclass(cls, pathlib.PurePath):
        return "path"
    if cls is types.SimpleNamespace:
        return "namespace"
    return next((base.__name__ for base in _BUILTIN_BASES if issubclass(cls, base)), "")


def _special_methods(cls: type) -> list[str]:
    """Return the special methods that a class defines beyond what every object has."""
    found = []
    for name in SPECIAL_METHODS:
        here = inspect.getattr_static(cls, name, None)
        if here is not None and here is not inspect.getattr_static(object, name, None):
            found.append(name)
        elif name == "__hash__" and here is None:
            found.append("unhashable")
    return found


def _parameters(obj: Any) -> list[v.Parameter] | None:
    try:
        signature = inspect.signature(obj)
    except (ValueError, TypeError, RecursionError):
        return None
    return [
        v.Parameter(
            _text(parameter.name),
            int(parameter.kind),
            parameter.default is not inspect.Parameter.empty,
            _default(parameter.default),
            "" if parameter.annotation is inspect.Parameter.empty else _annotation(parameter.annotation),
        )
        for parameter in list(signature.parameters.values())[:200]
    ]


class _NoReferences:
    def is_proxy(self, obj: object) -> bool:  # noqa: ARG002 - the protocol's signature
        return False

    def refer(self, obj: object, packer: Packer) -> v.Value:
        raise FrameError(f"a default that is no plain value: {type(obj).__name__}, {packer.limits.depth}")

    def refer_tensor(self, tensor: Any, packer: Packer) -> v.Value | None:
        raise FrameError(f"a default that is no plain value: {type(tensor).__name__}, {packer.limits.depth}")


def _default(found: object) -> v.Value:
    """Return a parameter's default as a value that stands alone, or its class's name."""
    if found is inspect.Parameter.empty:
        return None
    packer = Packer(_NoReferences())
    with contextlib.suppress(FrameError, TypeError, ValueError):
        value = packer.pack(found)
        if not packer.buffers:
            return value
    return f"<{type(found).__name__}>"


def _annotation(found: object) -> str:
    return _text(inspect.formatannotation(found))[:200]


def _doc(obj: object) -> str | None:
    doc = getattr(obj, "__doc__", None)
    return _text(doc)[:MAX_DOC] if isinstance(doc, str) else None


def _text(found: object) -> str:
    return str(found).encode("utf-8", "replace").decode() if isinstance(found, str) else ""


def known_name(cls: type) -> str | None:
    """Return the importable name of a class that is not the submission's own."""
    if cls.__module__ == "builtins" and not is_public(cls):  # generators, coroutines and the like
        return next((f"types.{name}" for name, found in vars(types).items() if found is cls), None)
    return f"{cls.__module__}.{cls.__qualname__}" if is_public(cls) else None


def is_builtin_error(cls: type) -> bool:
    """Tell whether an exception's class is one of the language's own."""
    return getattr(builtins, cls.__name__, None) is cls


def source_of(obj: Any) -> str:
    """Return the source text of a submission's function or class, for `inspect.getsource` on its proxy."""
    return inspect.getsource(obj)
