"""The tests' own objects that a submission was lent, and what it may do with them.

It may call them, use their public attributes and the operators of their classes. Names that begin with an underscore
are refused, and so is every attribute of a function or class but a class's public ones: `f.__code__`, `f.__globals__`
and `obj.__class__` would lead into the hidden tests.
"""

import inspect
import types
from collections.abc import Callable
from typing import Any

import torch

from mlsafety_grader.examiner.remote_function import FUNCTIONS
from mlsafety_grader.wire import FrameError
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.special import BINARY, COMPARE, IN_PLACE, SPECIAL_METHODS, UNARY

MAX_LENT = 200_000

_PLAIN = {name: verb for name, verb in UNARY.items() if name not in ("str", "repr", "format", "hash")}


_OPERATORS: dict[str, dict[str, Callable[[Any, Any], Any]]] = {
    "binary": BINARY,
    "inplace": IN_PLACE,
    "compare": COMPARE,
}


class Callbacks:
    """A table of lent objects by number. They are kept: a number means one object for the whole examination."""

    def __init__(self, number: Callable[[], int]) -> None:
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}
        self._number = number

    def get(self, number: int) -> object:
        """Return a lent object.

        Raises:
            FrameError: none of that number was lent.
        """
        if number not in self._objects:
            raise FrameError(f"object {number} was never lent")
        return self._objects[number]

    def refer(self, obj: Any) -> v.Reference:
        """Lend an object; functions show their name and parameters' names, nothing else."""
        number = self._numbers.get(id(obj))
        if number is None:
            if len(self._objects) >= MAX_LENT:
                raise FrameError(f"more than {MAX_LENT} objects were lent")
            number = self._number()
            self._objects[number] = obj
            self._numbers[id(obj)] = number
        return self._describe(obj, number)

    def _describe(self, obj: Any, number: int) -> v.Reference:
        if isinstance(obj, (*FUNCTIONS, type)):
            return v.Reference(number, "function", name=obj.__name__, parameters=_parameters(obj))
        kind = "module" if isinstance(obj, torch.nn.Module) else "object"
        methods = [
            name
            for name in SPECIAL_METHODS
            if getattr(type(obj), name, None) is not getattr(object, name, None) and hasattr(type(obj), name)
        ]
        return v.Reference(number, kind, name=type(obj).__name__, methods=methods)  # type: ignore[arg-type]

    def perform(self, verb: str, args: list[Any], kwargs: dict[str, Any]) -> object:
        """Apply a verb to a lent object.

        Raises:
            PermissionError: the verb is not on the list, or nothing that it is applied to was lent.
        """
        if verb in _OPERATORS:
            name, one, other = args
            if name not in _OPERATORS[verb] or not (self._is_lent(one) or self._is_lent(other)):
                raise PermissionError("an operator on things that were never lent")
            return _OPERATORS[verb][name](one, other)
        if not args or not self._is_lent(args[0]):
            raise PermissionError("a verb on something that was never lent")
        if verb in _PLAIN:
            return _PLAIN[verb](*args, **kwargs)
        if verb in _NAMED:
            return _NAMED[verb](*args, **kwargs)
        raise PermissionError("an unknown verb")

    def _is_lent(self, obj: object) -> bool:
        return id(obj) in self._numbers


def _parameters(obj: Any) -> list[v.Parameter] | None:
    try:
        found = inspect.signature(obj).parameters.values()
    except (TypeError, ValueError):
        return None
    return [v.Parameter(parameter.name, int(parameter.kind)) for parameter in found]


def _check_name(obj: object, name: object) -> str:
    if not isinstance(name, str) or name.startswith("_") or isinstance(obj, (*FUNCTIONS, types.ModuleType)):
        raise AttributeError(f"{name!r} cannot be reached from here")
    return name


def _getattr(obj: Any, name: str) -> object:
    found = getattr(obj, _check_name(obj, name))
    if isinstance(found, (types.ModuleType, types.CodeType, types.FrameType)):
        raise AttributeError(f"{name!r} cannot be reached from here")  # noqa: TRY004 - what a missing name raises
    return found


def _setattr(obj: Any, name: str, value: object) -> None:
    if isinstance(obj, type):
        raise AttributeError(f"{name!r} cannot be set from here")  # noqa: TRY004 - what a missing name raises
    setattr(obj, _check_name(obj, name), value)


def _leave(obj: Any, error: object = None, *_: object) -> object:
    kind = type(error) if isinstance(error, BaseException) else None
    return type(obj).__exit__(obj, kind, error, None)


_NAMED: dict[str, Callable[..., object]] = {
    "getattr": _getattr,
    "setattr": _setattr,
    "str": lambda obj: f"<{type(obj).__name__}>",
    "repr": lambda obj: f"<{type(obj).__name__}>",
    "format": lambda obj, *_: f"<{type(obj).__name__}>",
    "enter": lambda obj: type(obj).__enter__(obj),
    "exit": _leave,
    "named_parameters": lambda module, *args, **kwargs: list(module.named_parameters(*args, **kwargs)),
    "state_dict": lambda module, *args, **kwargs: module.state_dict(*args, **kwargs),
    "train": lambda module, mode: module.train(bool(mode)) and None,
}
