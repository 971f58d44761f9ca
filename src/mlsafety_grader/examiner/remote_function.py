"""Proxies of a submission's functions: real functions, with the signature, docstring and source of the original."""

import functools
import inspect
import linecache
import types
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from mlsafety_grader.wire import FrameError, Unpacker
from mlsafety_grader.wire import values as v

FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


class Asks(Protocol):
    """The conversation, as far as proxies need it."""

    def ask(self, verb: str, *args: object, kwargs: dict[str, Any] | None = None) -> Any:
        """Have the checkpoint apply a verb."""


def tag_of(obj: Any) -> tuple[int, Asks] | None:
    """Return a function proxy's number and conversation; None for other functions."""
    tag = obj.__dict__.get("_remote_tag")
    # functools.wraps copies a function's attributes, the tag included
    return (tag[0], tag[2]) if tag is not None and tag[1]() is obj else None


def signature(node: v.Reference) -> inspect.Signature:
    """Return a signature; odd ones become `(*args, **kwargs)`."""
    anything = [
        inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
        inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
    ]
    if node.parameters is None:
        return inspect.Signature(anything)
    try:
        return inspect.Signature([_parameter(parameter) for parameter in node.parameters])
    except (ValueError, TypeError):
        return inspect.Signature(anything)


def _parameter(node: v.Parameter) -> inspect.Parameter:
    default: object = inspect.Parameter.empty
    if node.has_default:
        default = Unpacker([], _NO_REFERENCES).unpack(node.default)
    annotation: object = node.annotation or inspect.Parameter.empty
    return inspect.Parameter(node.name, inspect._ParameterKind(node.kind), default=default, annotation=annotation)  # noqa: SLF001 - the only way from a number


class _NoReferences:
    """A resolver for values that stand alone."""

    def __getattr__(self, name: str) -> Any:
        raise FrameError(f"a default that is no plain value: {name}")


_NO_REFERENCES: Any = _NoReferences()


def make_function(peer: Asks, node: v.Reference) -> Callable[..., Any]:
    """Return a real function, so that `inspect` takes it for one; its source is fetched when it is asked for."""
    remote_function: Any = _WRAPPERS[node.flavour](peer)
    filename = f"<submission {id(peer)} {node.id}>"
    remote_function.__code__ = remote_function.__code__.replace(co_filename=filename, co_firstlineno=1)
    source = functools.partial(_source, peer, remote_function)
    linecache.cache[filename] = (source,)
    remote_function.__name__ = node.name or "function"
    remote_function.__qualname__ = node.qualname or node.name or "function"
    remote_function.__doc__ = node.doc
    remote_function.__module__ = node.module or "__main__"
    remote_function.__signature__ = signature(node)
    remote_function.__annotations__ = {p.name: p.annotation for p in node.parameters or () if p.annotation}
    remote_function._remote_tag = (node.id, weakref.ref(remote_function), peer)  # noqa: SLF001
    function: Callable[..., Any] = remote_function
    return function


def _make_plain(peer: Asks) -> Any:
    def remote_function(*args: Any, **kwargs: Any) -> Any:
        return peer.ask("call", remote_function, *args, kwargs=kwargs)

    return remote_function


def _make_coroutine(peer: Asks) -> Any:
    async def remote_function(*args: Any, **kwargs: Any) -> Any:
        return peer.ask("await", remote_function, *args, kwargs=kwargs)

    return remote_function


def _make_generator(peer: Asks) -> Any:
    def remote_function(*args: Any, **kwargs: Any) -> Any:
        return (yield from peer.ask("call", remote_function, *args, kwargs=kwargs))

    return remote_function


def _make_async_generator(peer: Asks) -> Any:
    async def remote_function(*args: Any, **kwargs: Any) -> Any:
        source = peer.ask("call", remote_function, *args, kwargs=kwargs)
        while True:
            try:
                item = peer.ask("anext", source)
            except StopAsyncIteration:
                return
            yield item

    return remote_function


# `inspect.iscoroutinefunction` and its like go by how a function was written
_WRAPPERS = {
    "": _make_plain,
    "coroutine": _make_coroutine,
    "generator": _make_generator,
    "async generator": _make_async_generator,
}


def _source(peer: Asks, function: Callable[..., Any]) -> str | None:
    try:
        found = peer.ask("source", function)
    except Exception:  # whoever formats a traceback asks too, and must not stumble over a broken conversation
        return None
    return found if isinstance(found, str) else None
