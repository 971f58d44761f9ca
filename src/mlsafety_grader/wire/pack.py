"""Objects into values: exact types of the language, NumPy, torch and pandas by value; the rest is up to `refer`.

Subclasses of numbers and text other than enums travel as their base: an overridden `__eq__` does not survive.
"""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import random
from array import array
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, Literal, Protocol

from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import DEFAULT_LIMITS, Buffer, FrameError, Limits

INLINE = 4096  # bytes that ride in the header instead of a buffer of their own
NUMBERS = 16  # from this length on a list of numbers travels as an array
SMALLEST, LARGEST = -(2**63), 2**63 - 1

_FACTORIES = {list: "list", dict: "dict", set: "set", int: "int", float: "float", str: "str", bool: "bool"}


class Referrer(Protocol):
    """Says how the things travel that are no plain data."""

    def is_proxy(self, obj: object) -> bool:
        """Tell whether an object stands for one of the other side's."""

    def refer(self, obj: object, packer: "Packer") -> v.Value:
        """Return a `Reference`, `Yours`, `Module`, `Known` or `Shared`."""

    def refer_tensor(self, tensor: Any, packer: "Packer") -> v.Value | None:
        """Return how a tensor that requires gradients, or a mirrored one, travels; None for plain data."""


class Packer:
    """Packs the objects of one message. `slots` are its mutable objects, in order."""

    def __init__(self, referrer: Referrer, *, received: Iterable[object] = (), limits: Limits = DEFAULT_LIMITS) -> None:
        self.referrer = referrer
        self.limits = limits
        self.buffers: list[Buffer] = []
        self.slots: list[object] = []
        self._slot_of: dict[int, int] = {}
        self._received = {id(obj): slot for slot, obj in enumerate(received)}
        self._depth = 0
        self._items = 0

    def pack(self, obj: object) -> v.Value:
        """Return the value of an object.

        Raises:
            FrameError: it has more items than a message may hold.
        """
        kind = type(obj)
        if kind is bool or obj is None or kind is float:
            return obj  # type: ignore[return-value]
        if kind is int:
            return obj if SMALLEST <= obj <= LARGEST else v.Big(_big(obj))  # type: ignore[operator, arg-type, return-value]
        if kind is str:
            return self._text(obj)  # type: ignore[arg-type]
        self._items += 1
        if self._items > self.limits.items:
            raise FrameError(f"more than {self.limits.items} items in one value")
        if id(obj) in self._received:
            return v.Argument(self._received[id(obj)])
        if id(obj) in self._slot_of:
            return v.Back(self._slot_of[id(obj)])
        self._depth += 1
        try:
            if self._depth > self.limits.depth - 10:
                return self.referrer.refer(obj, self)
            return self._compound(obj, kind)
        finally:
            self._depth -= 1

    def content(self, obj: object) -> v.Value:
        """Return an object's value even where `pack` would name it as received: what a changed argument holds now."""
        return self._compound(obj, type(obj))

    def claim(self, obj: object) -> None:
        """Give the next slot to an object; the receiver does the same when it meets the value."""
        self._slot_of[id(obj)] = len(self.slots)
        self.slots.append(obj)

    def data(self, raw: Buffer) -> v.Data:
        """Put bytes into the header when they are few, else into a buffer; returns what the value says of them."""
        if memoryview(raw).nbytes <= INLINE:
            return bytes(raw)
        if len(self.buffers) >= self.limits.buffers:
            raise FrameError(f"more than {self.limits.buffers} arrays in one value")
        self.buffers.append(raw)
        return len(self.buffers) - 1

    def all(self, items: Iterable[object]) -> list[v.Value]:
        """Return the values of several objects."""
        return [self.pack(item) for item in items]

    def _compound(self, obj: Any, kind: type) -> v.Value:
        pack = _PACKERS.get(kind)
        if pack is not None:
            return pack(self, obj)
        value = None if self.referrer.is_proxy(obj) else _library_value(self, obj, kind)
        return self.referrer.refer(obj, self) if value is None else value

    def _text(self, text: str) -> v.Value:
        if len(text) <= INLINE and not _has_surrogate(text):
            return text
        return v.Text(self.data(text.encode("utf-8", "surrogatepass")))


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _big(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)


@lru_cache(maxsize=1024)
def _roots(kind: type) -> frozenset[str]:
    """Return the packages that a class and its ancestors come from."""
    return frozenset(str(ancestor.__module__).partition(".")[0] for ancestor in kind.__mro__)


def _library_value(packer: Packer, obj: Any, kind: type) -> v.Value | None:
    """Return the value of a NumPy, torch or pandas object or of a subclass of a number or text; None for others."""
    roots = _roots(kind)
    if "torch" in roots:
        from mlsafety_grader.wire import torch_values

        if (value := torch_values.pack(packer, obj)) is not None:
            return value
    if "numpy" in roots:
        from mlsafety_grader.wire import numpy_values

        if (value := numpy_values.pack(packer, obj)) is not None:
            return value
    if "pandas" in roots:
        from mlsafety_grader.wire import pandas_values

        if (value := pandas_values.pack(packer, obj)) is not None:
            return value
    return _base_value(packer, obj, kind)


def _base_value(packer: Packer, obj: Any, kind: type) -> v.Value | None:
    if isinstance(obj, enum.Enum):
        return None
    for base in (float, int, complex, str, bytes):
        if isinstance(obj, base):
            return packer.pack(_BASE_VALUE[base](obj))
    if isinstance(obj, tuple) and isinstance(getattr(kind, "_fields", None), tuple):
        return _record(packer, obj, kind)
    return None


# the base types' own conversions, which no subclass can override
_BASE_VALUE: dict[type, Callable[[Any], Any]] = {
    float: float.__pos__,
    int: int.__pos__,
    complex: complex.__pos__,
    str: lambda text: str.__getitem__(text, slice(None)),
    bytes: lambda data: bytes.__getitem__(data, slice(None)),
}


def _record(packer: Packer, obj: Any, kind: Any) -> v.Value:
    fields = [str(name) for name in kind._fields]
    if len(fields) != len(obj):
        return packer.referrer.refer(obj, packer)
    cls = packer.referrer.refer(kind, packer)
    return v.Record(cls, kind.__name__, fields, packer.all(tuple.__iter__(obj)))


def _sequence(kind: Literal["tuple", "set", "frozenset"]) -> Callable[[Packer, Any], v.Value]:
    def pack(packer: Packer, obj: Any) -> v.Value:
        if kind == "set":
            packer.claim(obj)
        if kind == "tuple" and len(obj) >= NUMBERS and (numbers := _numbers(packer, obj, "tuple")):
            return numbers
        return v.Sequence(kind, packer.all(obj))

    return pack


def _list(packer: Packer, obj: list[object]) -> v.Value:
    packer.claim(obj)
    if len(obj) >= NUMBERS and (numbers := _numbers(packer, obj, "list")):
        return numbers
    return v.Sequence("list", packer.all(obj))


def _deque(packer: Packer, obj: collections.deque[object]) -> v.Value:
    packer.claim(obj)
    return v.Sequence("deque", packer.all(obj), obj.maxlen)


def _numbers(packer: Packer, obj: Any, kind: Literal["list", "tuple"]) -> v.Numbers | None:
    types = set(map(type, obj))
    if len(types) != 1:
        return None
    (only,) = types
    if only is bool:
        return v.Numbers(kind, "?", packer.data(bytes(obj)))
    if only is float:
        return v.Numbers(kind, "d", packer.data(array("d", obj).tobytes()))
    if only is int and min(obj) >= SMALLEST and max(obj) <= LARGEST:
        return v.Numbers(kind, "q", packer.data(array("q", obj).tobytes()))
    return None


def _mapping(kind: Literal["dict", "OrderedDict", "Counter"]) -> Callable[[Packer, Any], v.Value]:
    def pack(packer: Packer, obj: Any) -> v.Value:
        packer.claim(obj)
        return v.Mapping(kind, _pairs(packer, obj))

    return pack


def _defaultdict(packer: Packer, obj: collections.defaultdict[object, object]) -> v.Value:
    factory = obj.default_factory
    if factory is not None and factory not in _FACTORIES:
        return packer.referrer.refer(obj, packer)
    packer.claim(obj)
    name: Any = _FACTORIES[factory] if factory is not None else ""
    return v.Mapping("defaultdict", _pairs(packer, obj), name)


def _pairs(packer: Packer, obj: dict[object, object]) -> list[tuple[v.Value, v.Value]]:
    return [(packer.pack(key), packer.pack(value)) for key, value in obj.items()]


def _bytearray(packer: Packer, obj: bytearray) -> v.Value:
    packer.claim(obj)
    return v.Blob("bytearray", packer.data(bytes(obj)))


def _datetime(packer: Packer, obj: datetime.datetime) -> v.Value:
    offset = _offset(obj.tzinfo)
    if obj.tzinfo is not None and offset is None:
        return packer.referrer.refer(obj, packer)
    parts = [obj.year, obj.month, obj.day, obj.hour, obj.minute, obj.second, obj.microsecond, obj.fold]
    return v.Moment("datetime", parts, offset)


def _time(packer: Packer, obj: datetime.time) -> v.Value:
    offset = _offset(obj.tzinfo)
    if obj.tzinfo is not None and offset is None:
        return packer.referrer.refer(obj, packer)
    return v.Moment("time", [obj.hour, obj.minute, obj.second, obj.microsecond, obj.fold], offset)


def _offset(zone: datetime.tzinfo | None) -> float | None:
    return zone.utcoffset(None).total_seconds() if type(zone) is datetime.timezone else None


def _python_random(packer: Packer, obj: random.Random) -> v.Value:
    packer.claim(obj)
    return v.Generator("random", "Random", packer.pack(obj.getstate()))


_PACKERS: dict[type, Callable[[Packer, Any], v.Value]] = {
    complex: lambda _, obj: v.Complex(obj.real, obj.imag),
    bytes: lambda packer, obj: v.Blob("bytes", packer.data(obj)),
    bytearray: _bytearray,
    type(...): lambda _, __: v.Singleton("Ellipsis"),
    type(NotImplemented): lambda _, __: v.Singleton("NotImplemented"),
    type(dataclasses.MISSING): lambda _, __: v.Singleton("MISSING"),
    # what `dataclasses.fields` tells fields by
    type(dataclasses._FIELD): lambda _, obj: v.Singleton(obj.name),  # type: ignore[attr-defined]  # noqa: SLF001
    slice: lambda p, obj: v.Slice("slice", p.pack(obj.start), p.pack(obj.stop), p.pack(obj.step)),
    range: lambda p, obj: v.Slice("range", p.pack(obj.start), p.pack(obj.stop), p.pack(obj.step)),
    list: _list,
    tuple: _sequence("tuple"),
    set: _sequence("set"),
    frozenset: _sequence("frozenset"),
    collections.deque: _deque,
    dict: _mapping("dict"),
    collections.OrderedDict: _mapping("OrderedDict"),
    collections.Counter: _mapping("Counter"),
    collections.defaultdict: _defaultdict,
    type(type.__dict__): lambda p, obj: v.Mapping("mappingproxy", _pairs(p, obj)),
    type({}.keys()): lambda p, obj: v.Sequence("tuple", p.all(obj)),
    type({}.values()): lambda p, obj: v.Sequence("tuple", p.all(obj)),
    type({}.items()): lambda p, obj: v.Sequence("tuple", p.all(obj)),
    datetime.datetime: _datetime,
    datetime.date: lambda _, obj: v.Moment("date", [obj.year, obj.month, obj.day]),
    datetime.time: _time,
    datetime.timedelta: lambda _, obj: v.Moment("timedelta", [obj.days, obj.seconds, obj.microseconds]),
    decimal.Decimal: lambda _, obj: v.Exact("Decimal", str(obj)),
    fractions.Fraction: lambda _, obj: v.Exact("Fraction", f"{obj.numerator}/{obj.denominator}"),
    random.Random: _python_random,
}
