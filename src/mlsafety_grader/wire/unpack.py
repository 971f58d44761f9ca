"""Values into objects. Everything is checked, nothing larger than the frame is allocated, no code is named or run.

What comes out are genuine objects of the language's and the libraries' own types; whatever is no plain data goes
through a `Resolver`, which each side writes for itself.
"""

import collections
import dataclasses
import datetime
import decimal
import fractions
import random
import re
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import DEFAULT_LIMITS, Buffer, FrameError, Limits, WireError

MAX_DIGITS = 4000

_FRACTION = re.compile(r"-?[0-9]{1,4000}/[0-9]{1,4000}")
_NATIVE = frozenset({type(None), bool, int, float, str})
_FACTORIES: dict[str, type | None] = {
    "": None,
    **{kind.__name__: kind for kind in (list, dict, set, int, float, str, bool, tuple)},
}


class Resolver(Protocol):
    """Turns what is no plain data into objects."""

    def reference(self, node: v.Reference) -> object:
        """Return the proxy of the other side's object."""

    def yours(self, node: v.Yours) -> object:
        """Return an own object that was sent by reference."""

    def module(self, node: v.Module) -> object:
        """Return a module."""

    def known(self, node: v.Known) -> object:
        """Return a library's type."""

    def shared(self, node: v.Shared, unpacker: "Unpacker") -> object:
        """Return the copy of a library's object, where that is allowed."""

    def mirror(self, node: v.Mirror, unpacker: "Unpacker") -> object:
        """Return the own copy of a mirrored tensor."""

    def stand_in(self, node: v.StandIn, unpacker: "Unpacker") -> object:
        """Return a leaf in the place of a tensor of the other side's graph."""

    def out(self, node: v.Out) -> object:
        """Return a tensor of the answer's graph."""

    def record(self, node: v.Record, items: list[object]) -> object:
        """Return a named tuple."""

    def rebuild(self, problem: v.Problem, unpacker: "Unpacker") -> BaseException:
        """Return the exception that a description stands for."""


class Unpacker:
    """Unpacks the values of one message. `slots` are its mutable objects, in order."""

    def __init__(
        self,
        buffers: Sequence[Buffer],
        resolver: Resolver,
        *,
        arguments: Sequence[object] = (),
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self.resolver = resolver
        self.limit_items = limits.items
        self.slots: list[object] = []
        self._buffers: list[Buffer | None] = list(buffers)
        self._arguments = arguments
        self._limits = limits
        self._depth = 0
        self._items = 0

    def unpack(self, value: v.Value) -> Any:
        """Return the object that a value describes.

        Raises:
            FrameError: the value contradicts itself or is larger than allowed.
        """
        if type(value) in _NATIVE:
            return value
        self._items += 1
        self._depth += 1
        try:
            if self._depth > self._limits.depth:
                raise FrameError(f"a value nested more than {self._limits.depth} deep")
            if self._items > self._limits.items:
                raise FrameError(f"a value of more than {self._limits.items} items")
            return _UNPACKERS[type(value)](self, value)
        except (TypeError, ValueError, OverflowError, ArithmeticError, LookupError, RecursionError, RuntimeError) as e:
            raise FrameError(f"a value that contradicts itself: {type(e).__name__}: {str(e)[:200]}") from None
        finally:
            self._depth -= 1

    def data(self, data: v.Data) -> bytearray:
        """Return bytes of their own: a buffer can be used once only, so that nothing is aliased by a trick."""
        if isinstance(data, bytes):
            return bytearray(data)
        if not 0 <= data < len(self._buffers):
            raise FrameError(f"buffer {data} of {len(self._buffers)}")
        buffer = self._buffers[data]
        if buffer is None:
            raise FrameError(f"buffer {data} is used twice")
        self._buffers[data] = None
        return buffer if isinstance(buffer, bytearray) else bytearray(buffer)

    def claim(self, obj: object) -> None:
        """Give the next slot to an object, as the sender's packer did."""
        self.slots.append(obj)

    def reserve(self) -> int:
        """Take the next slot for an object that is made from its parts only."""
        self.slots.append(None)
        return len(self.slots) - 1

    def all(self, values: Sequence[v.Value]) -> list[Any]:
        """Return the objects of several values."""
        return [self.unpack(value) for value in values]

    def argument(self, node: v.Argument) -> object:
        """Return a mutable object of the request that this message answers."""
        if not 0 <= node.slot < len(self._arguments):
            raise FrameError(f"argument {node.slot} of {len(self._arguments)}")
        return self._arguments[node.slot]

    def back(self, node: v.Back) -> object:
        """Return a mutable object that this message has mentioned before."""
        if not 0 <= node.slot < len(self.slots):
            raise FrameError(f"slot {node.slot} of {len(self.slots)}")
        return self.slots[node.slot]


def sizes_ok(shape: Sequence[int]) -> int:
    """Return how many elements a shape has.

    Raises:
        FrameError: it is no shape.
    """
    count = 1
    if len(shape) > 32:
        raise FrameError(f"an array of {len(shape)} dimensions")
    for size in shape:
        if not 0 <= size < 2**48:
            raise FrameError(f"an array with a dimension of {size}")
        count *= size
    return count


def _text(unpacker: Unpacker, node: v.Text) -> str:
    return unpacker.data(node.data).decode("utf-8", "surrogatepass")


def _big(_: Unpacker, node: v.Big) -> int:
    return int.from_bytes(node.data, "little", signed=True)


def _blob(unpacker: Unpacker, node: v.Blob) -> bytes | bytearray:
    data = unpacker.data(node.data)
    if node.kind == "bytes":
        return bytes(data)
    unpacker.claim(data)
    return data


def _slice(unpacker: Unpacker, node: v.Slice) -> slice | range:
    start, stop, step = unpacker.unpack(node.start), unpacker.unpack(node.stop), unpacker.unpack(node.step)
    if node.kind == "slice":
        return slice(start, stop, step)
    if not all(type(part) is int for part in (start, stop, step)):
        raise FrameError("a range whose parts are no ints")
    return range(start, stop, step)


def _sequence(unpacker: Unpacker, node: v.Sequence) -> object:
    if node.kind == "list":
        items: list[object] = []
        unpacker.claim(items)
        for item in node.items:
            items.append(unpacker.unpack(item))  # noqa: PERF401 - a cycle refers to the list while it grows
        return items
    if node.kind == "deque":
        queue: collections.deque[object] = collections.deque(maxlen=node.maxlen)
        unpacker.claim(queue)
        queue.extend(unpacker.all(node.items))
        return queue
    if node.kind == "set":
        found: set[object] = set()
        unpacker.claim(found)
        found.update(unpacker.all(node.items))
        return found
    items = unpacker.all(node.items)
    return tuple(items) if node.kind == "tuple" else frozenset(items)


def _numbers(unpacker: Unpacker, node: v.Numbers) -> object:
    numbers = memoryview(unpacker.data(node.data)).cast(node.code).tolist()
    if node.kind == "tuple":
        return tuple(numbers)
    unpacker.claim(numbers)
    return numbers


def _mapping(unpacker: Unpacker, node: v.Mapping) -> object:
    found: Any = {}
    if node.kind == "OrderedDict":
        found = collections.OrderedDict()
    elif node.kind == "Counter":
        found = collections.Counter()
    elif node.kind == "defaultdict":
        found = collections.defaultdict(_FACTORIES[node.factory])
    if node.kind != "mappingproxy":
        unpacker.claim(found)
    for key, value in node.items:
        found[unpacker.unpack(key)] = unpacker.unpack(value)
    return MappingProxyType(found) if node.kind == "mappingproxy" else found


def _record(unpacker: Unpacker, node: v.Record) -> object:
    if len(node.fields) != len(node.items) or len(set(node.fields)) != len(node.fields):
        raise FrameError(f"a named tuple of {len(node.items)} values for {len(node.fields)} fields")
    return unpacker.resolver.record(node, unpacker.all(node.items))


def _moment(_: Unpacker, node: v.Moment) -> object:
    if node.kind in ("Timestamp", "Timedelta"):
        from mlsafety_grader.wire import pandas_values

        return pandas_values.moment(node)
    zone = None if node.offset is None else datetime.timezone(datetime.timedelta(seconds=node.offset))
    parts = node.parts
    match node.kind, len(parts):
        case "datetime", 8:
            year, month, day, hour, minute, second, micro, fold = parts
            return datetime.datetime(year, month, day, hour, minute, second, micro, zone, fold=fold)
        case "date", 3:
            return datetime.date(*parts)
        case "time", 5:
            hour, minute, second, micro, fold = parts
            return datetime.time(hour, minute, second, micro, zone, fold=fold)
        case "timedelta", 3:
            return datetime.timedelta(days=parts[0], seconds=parts[1], microseconds=parts[2])
    raise FrameError(f"a {node.kind} of {len(parts)} parts")


def _singleton(_: Unpacker, node: v.Singleton) -> object:
    if node.name in ("NA", "NaT"):
        from mlsafety_grader.wire import pandas_values

        return pandas_values.missing(node.name)
    if node.name in ("Ellipsis", "NotImplemented"):
        return ... if node.name == "Ellipsis" else NotImplemented
    return getattr(dataclasses, node.name)


def _exact(_: Unpacker, node: v.Exact) -> object:
    if len(node.text) > 2 * MAX_DIGITS:
        raise FrameError(f"a {node.kind} of {len(node.text)} characters")
    if node.kind == "Decimal":
        return decimal.Decimal(node.text)
    # Fraction itself would expand "1e999999999"
    if not _FRACTION.fullmatch(node.text):
        raise FrameError("a fraction that is none")
    above, below = node.text.split("/")
    return fractions.Fraction(int(above), int(below))


def _generator(unpacker: Unpacker, node: v.Generator) -> object:
    place = unpacker.reserve()
    state = unpacker.unpack(node.state)
    if node.kind == "torch":
        from mlsafety_grader.wire import torch_values

        found: object = torch_values.generator(state)
    elif node.kind == "random":
        found = random.Random(0)  # noqa: S311 - the test's own source, not a secret
        set_python_state(found, state)
    else:
        from mlsafety_grader.wire import numpy_values

        found = numpy_values.generator(node.kind, node.name, state)
    unpacker.slots[place] = found
    return found


def set_python_state(source: Any, state: Any) -> None:
    """Set the state of a `random.Random` or of the module `random` itself."""
    if not (isinstance(state, tuple) and len(state) == 3 and isinstance(state[1], tuple) and state[0] == 3):
        raise FrameError("no state of a random.Random")
    source.setstate(state)


def _numpy(name: str) -> Callable[[Unpacker, Any], object]:
    def unpack(unpacker: Unpacker, node: Any) -> object:
        from mlsafety_grader.wire import numpy_values

        return getattr(numpy_values, name)(unpacker, node)

    return unpack


def _torch(name: str) -> Callable[[Unpacker, Any], object]:
    def unpack(unpacker: Unpacker, node: Any) -> object:
        from mlsafety_grader.wire import torch_values

        return getattr(torch_values, name)(unpacker, node)

    return unpack


def _table(unpacker: Unpacker, node: v.Table) -> object:
    from mlsafety_grader.wire import pandas_values

    return pandas_values.unpack(unpacker, node)


_UNPACKERS: dict[type, Callable[[Unpacker, Any], Any]] = {
    v.Big: _big,
    v.Complex: lambda _, node: complex(node.real, node.imag),
    v.Text: _text,
    v.Blob: _blob,
    v.Singleton: _singleton,
    v.Slice: _slice,
    v.Sequence: _sequence,
    v.Numbers: _numbers,
    v.Mapping: _mapping,
    v.Record: _record,
    v.Moment: _moment,
    v.Exact: _exact,
    v.Generator: _generator,
    v.Array: _numpy("array"),
    v.Objects: _numpy("objects"),
    v.Scalar: _numpy("scalar"),
    v.Tensor: _torch("tensor"),
    v.Torch: _torch("small"),
    v.Table: _table,
    v.Back: Unpacker.back,
    v.Argument: Unpacker.argument,
    v.Mirror: lambda u, node: u.resolver.mirror(node, u),
    v.StandIn: lambda u, node: u.resolver.stand_in(node, u),
    v.Out: lambda u, node: u.resolver.out(node),
    v.Module: lambda u, node: u.resolver.module(node),
    v.Known: lambda u, node: u.resolver.known(node),
    v.Reference: lambda u, node: u.resolver.reference(node),
    v.Problem: lambda u, node: u.resolver.rebuild(node, u),
    v.Yours: lambda u, node: u.resolver.yours(node),
    v.Shared: lambda u, node: u.resolver.shared(node, u),
}
_ = WireError
