"""Hypothesis strategies for what travels by value, and a round trip without a socket."""

import collections
import datetime
from typing import Any

import msgspec
import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlsafety_grader.wire import Packer, Unpacker
from mlsafety_grader.wire import values as v

DECODER = msgspec.msgpack.Decoder(v.Value)


class NoReferences:
    """A referrer and resolver for plain data: anything else fails the test."""

    def is_proxy(self, obj: object) -> bool:
        return False

    def refer(self, obj: object, packer: Packer) -> v.Value:
        raise TypeError(f"{type(obj).__name__} went by reference")

    def refer_tensor(self, tensor: Any, packer: Packer) -> v.Value | None:
        return None

    def record(self, node: v.Record, items: list[object]) -> object:
        return tuple(items)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


def round_trip(obj: object) -> Any:
    """Return what arrives of an object."""
    packer = Packer(NoReferences())
    value = packer.pack(obj)
    buffers = [bytearray(buffer) for buffer in packer.buffers]
    return Unpacker(buffers, NoReferences()).unpack(DECODER.decode(msgspec.msgpack.encode(value)))


def unpack(value: v.Value, buffers: list[bytes] | None = None) -> Any:
    """Return the object of a value that some other side made up."""
    return Unpacker([bytearray(b) for b in buffers or []], NoReferences()).unpack(value)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**200), 2**200),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters()),
    st.text(st.characters(categories=["Cs", "L"])),
    st.binary(),
    st.just(...),
    st.just(NotImplemented),
    st.decimals(),
    st.fractions(),
    st.dates(),
    st.datetimes(timezones=st.none() | st.just(datetime.UTC)),
    st.timedeltas(),
    st.times(),
    st.slices(10),
    st.builds(range, st.integers(-99, 99), st.integers(-99, 99), st.integers(1, 9)),
)
hashable = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.binary(), st.tuples(st.integers(), st.text())
)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(hashable, inner, max_size=5),
        st.dictionaries(hashable, inner, max_size=5).map(collections.OrderedDict),
        st.lists(inner, max_size=5).map(collections.deque),
        st.sets(hashable, max_size=5),
        st.frozensets(hashable, max_size=5),
    )


plain = st.recursive(scalars, _containers, max_leaves=20)
numbers = st.one_of(
    st.lists(st.floats(), min_size=16, max_size=40),
    st.lists(st.integers(-(2**70), 2**70), min_size=16, max_size=40),
    st.lists(st.booleans(), min_size=16, max_size=40).map(tuple),
)
arrays = st.one_of(
    [
        hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
        for dtype in (
            "bool",
            "int8",
            "uint16",
            "int64",
            ">i4",
            "float16",
            "float64",
            "complex64",
            "U3",
            "S2",
            "M8[s]",
            "m8[ns]",
        )
    ]
)
_DTYPES = [
    torch.bool,
    torch.uint8,
    torch.int16,
    torch.int64,
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
]


def _tensor(seed: int, shape: list[int], dtype: torch.dtype, *, is_turned: bool) -> torch.Tensor:
    found = torch.randint(-3, 3, shape, generator=torch.Generator().manual_seed(seed)).to(dtype)
    return found.movedim(0, -1) if is_turned and shape else found


tensors = st.builds(
    _tensor,
    st.integers(0, 99),
    st.lists(st.integers(0, 4), max_size=3),
    st.sampled_from([*_DTYPES, torch.complex64]),
    is_turned=st.booleans(),
)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values have the same types and content, NaN and the sign of zero included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, (float, complex)):
        return repr(one) == repr(other)
    if isinstance(one, dict):
        return len(one) == len(other) and all(
            same(a, c) and same(b, d) for (a, b), (c, d) in zip(one.items(), other.items(), strict=True)
        )
    if isinstance(one, (list, tuple, collections.deque)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes())
    if hasattr(one, "is_nan"):
        return str(one) == str(other)
    return bool(one == other)
