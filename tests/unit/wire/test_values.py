"""Whatever travels by value arrives as it left; whatever contradicts itself is refused."""

import collections
import contextlib
import dataclasses
import enum
import random
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.wire import FrameError, Packer
from mlsafety_grader.wire import values as v
from tests.unit.wire.value_strategies import (
    DECODER,
    NoReferences,
    arrays,
    numbers,
    plain,
    round_trip,
    same,
    tensors,
    unpack,
)


@given(plain | numbers)
def test_plain_data_arrives_as_it_left(obj: object) -> None:
    assert same(round_trip(obj), obj)


@given(arrays)
def test_arrays_arrive_as_they_left(obj: Any) -> None:
    found = round_trip(obj)
    assert same(found, obj)
    assert found.size == 0 or found.flags.writeable


@given(tensors)
def test_tensors_arrive_as_they_left(obj: torch.Tensor) -> None:
    found = round_trip(obj)
    assert found.dtype == obj.dtype
    assert found.shape == obj.shape
    assert torch.equal(found, obj)


def test_aliases_and_cycles_survive() -> None:
    shared = [1]
    found = round_trip({"a": shared, "b": (shared, [shared])})
    assert found["a"] is found["b"][0] is found["b"][1][0]
    loop: list[object] = []
    loop.append(loop)
    arrived = round_trip(loop)
    assert arrived[0] is arrived
    array = np.zeros(3)
    one, two = round_trip([array, array])
    assert one is two


def test_sharing_between_containers_and_generators() -> None:
    rng, after = np.random.default_rng(1), [5]
    found = round_trip(
        [
            rng,
            after,
            after,
            random.Random(2),  # noqa: S311 - reproducible
            torch.Generator().manual_seed(3),
            rng,
        ]
    )
    assert found[1] is found[2]
    assert found[0] is found[5]
    assert found[0].random() == np.random.default_rng(1).random()
    assert found[3].random() == random.Random(2).random()  # noqa: S311 - reproducible
    assert found[4].initial_seed() is not None


class _Liar(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__

    def __float__(self) -> float:
        return 3.0

    __pos__ = __abs__ = __float__


class _Text(str):
    def __str__(self) -> str:
        return "lie"

    def __getitem__(self, key: object) -> str:
        return "lie"

    __slots__ = ()


class _Tensor(torch.Tensor):
    pass


def test_subclasses_of_values_travel_as_their_base() -> None:
    assert type(round_trip(_Liar(0.5))) is float
    assert round_trip(_Liar(0.5)) == 0.5
    assert type(round_trip(_Text("x"))) is str
    assert round_trip(_Text("x")) == "x"
    assert type(round_trip(torch.ones(2).as_subclass(_Tensor))) is torch.Tensor
    assert type(round_trip(np.ma.array([1]))) is np.ndarray


class _Color(enum.IntEnum):
    RED = 1


@pytest.mark.parametrize("obj", [object(), _Color.RED, lambda: 0, iter([]), type("L", (list,), {})(), torch])
def test_what_is_no_value_goes_by_reference(obj: object) -> None:
    with pytest.raises(TypeError, match="by reference"):
        round_trip(obj)


def test_tables_arrive_as_they_left() -> None:
    frame = pd.DataFrame(
        {
            "i": [1, 2, None],
            "s": ["x", None, "z"],
            "c": pd.Categorical(["u", "v", "u"], ordered=True),
            "t": pd.to_datetime(["2020", "2021", "NaT"]),
            "z": pd.to_datetime(["2020", "2021", "NaT"]).tz_localize("Europe/Berlin"),
            "m": pd.array([1, None, 3], dtype="Int64"),
            "o": [1, "a", [2]],
        }
    )
    for table in (frame, frame.set_index("s"), frame.set_index(["i", "s"]), frame[["i"]].iloc[1:], pd.DataFrame()):
        pd.testing.assert_frame_equal(round_trip(table), table)
    for name in frame:
        pd.testing.assert_series_equal(round_trip(frame[name]), frame[name])
    pd.testing.assert_index_equal(round_trip(frame.columns), frame.columns)


def test_structured_and_object_arrays() -> None:
    structured = np.array([(1, 2.0)], dtype=[("i", "<i4"), ("x", "<f8")])
    assert (round_trip(structured) == structured).all()
    objects = np.array([1, "a", None, [2]], dtype=object)
    assert round_trip(objects).tolist() == objects.tolist()


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_numpys_own_subclasses_keep_their_kind_but_masks_do_not_travel() -> None:
    matrix = round_trip(np.matrix([[1, 2], [3, 4]]))
    assert type(matrix) is np.matrix
    assert (matrix * matrix)[0, 0] == 7
    records = round_trip(np.rec.array([(1, 2.0)], dtype=[("x", "i4"), ("y", "f8")]))
    assert type(records) is np.recarray
    assert records.x[0] == 1
    assert type(round_trip(np.ma.masked_all(3))) is np.ndarray  # type: ignore[no-untyped-call]


def test_what_dataclasses_tell_fields_by_stays_unique() -> None:
    for unique in (dataclasses.MISSING, dataclasses._FIELD):  # type: ignore[attr-defined]
        assert round_trip(unique) is unique


def test_standard_containers_keep_what_makes_them() -> None:
    found = round_trip(collections.defaultdict(list, {1: [2]}))
    assert found[7] == []
    assert round_trip(collections.deque([1, 2], 5)).maxlen == 5
    assert round_trip(collections.Counter("aab")) == {"a": 2, "b": 1}


BAD: dict[str, Callable[[], v.Value]] = {
    "too few bytes": lambda: v.Array("<f8", [2], b"\0" * 8),
    "negative dimension": lambda: v.Array("<f8", [-1, -1], b"\0" * 8),
    "a dimension beyond reason": lambda: v.Array("<f8", [2**60, 0], b""),
    "many dimensions": lambda: v.Array("<f8", [1] * 40, b"\0" * 8),
    "an object dtype": lambda: v.Array("|O", [1], b"\0" * 8),
    "a void dtype": lambda: v.Array("|V8", [1], b"\0" * 8),
    "a dtype that is code": lambda: v.Array("__import__('os')", [1], b"\0" * 8),
    "a million empty texts": lambda: v.Array("<U0", [10**9], b""),
    "tensor with too few bytes": lambda: v.Tensor("float32", [4], b"\0" * 8),
    "tensor of unknown dtype": lambda: v.Tensor("quint8", [1], b"\0"),
    "int tensor with gradient": lambda: v.Tensor("int64", [1], b"\0" * 8, requires_grad=True),
    "no such buffer": lambda: v.Blob("bytes", 3),
    "negative buffer": lambda: v.Blob("bytes", -1),
    "same buffer twice": lambda: v.Sequence("list", [v.Blob("bytearray", 0), v.Blob("bytearray", 0)]),
    "no such slot": lambda: v.Back(0),
    "no such argument": lambda: v.Argument(0),
    "negative slot": lambda: v.Sequence("list", [v.Back(-1)]),
    "text that is none": lambda: v.Text(b"\xff"),
    "an unhashable key": lambda: v.Mapping("dict", [(v.Sequence("list", []), 1)]),
    "an unhashable member": lambda: v.Sequence("set", [v.Sequence("list", [])]),
    "an exploding fraction": lambda: v.Exact("Fraction", "1e999999999"),
    "a fraction over zero": lambda: v.Exact("Fraction", "1/0"),
    "a decimal that is none": lambda: v.Exact("Decimal", "x"),
    "a month 13": lambda: v.Moment("date", [2020, 13, 1]),
    "a moment in parts": lambda: v.Moment("datetime", [1]),
    "a range of texts": lambda: v.Slice("range", "a", "b", "c"),
    "a range that stands still": lambda: v.Slice("range", 0, 1, 0),
    "more names than values": lambda: v.Record(None, "T", ["a", "b"], [1]),
    "names twice": lambda: v.Record(None, "T", ["a", "a"], [1, 2]),
    "a ragged table": lambda: v.Table(
        "frame", v.Index("range", [0, 3, 1], [None]), [v.Column("<i8", v.Array("<i8", [1], b"\0" * 8))]
    ),
    "a column that is no array": lambda: v.Table("series", v.Index("range", [0, 1, 1], [None]), [v.Column("int64", 5)]),
    "codes out of range": lambda: v.Table(
        "series",
        v.Index("range", [0, 1, 1], [None]),
        [v.Column("category", v.Array("|i1", [1], b"\x07"), None, v.Index("values", [], []))],
    ),
    "a generator without a state": lambda: v.Generator("Generator", "PCG64", None),
    "a generator out of its state": lambda: v.Generator(
        "RandomState",
        "MT19937",
        v.Mapping("dict", [("bit_generator", "MT19937"), ("state", v.Mapping("dict", [("pos", 10**6)]))]),
    ),
    "a torch state of no size": lambda: v.Generator("torch", "cpu", v.Tensor("uint8", [3], b"abc")),
    "python state": lambda: v.Generator("random", "Random", v.Sequence("tuple", [3, v.Sequence("tuple", [1]), None])),
    "a matrix of one dimension": lambda: v.Array("<f8", [2], bytes(16), [], "matrix"),
    "records without fields": lambda: v.Array("<f8", [2], bytes(16), [], "recarray"),
    "odd numbers": lambda: v.Numbers("list", "d", b"abc"),
    "a device that is none": lambda: v.Torch("device", "/etc/passwd"),
    "a negative size": lambda: v.Torch("size", numbers=[-1]),
    "objects that do not fit": lambda: v.Objects([3], [1]),
    "scalar of wrong size": lambda: v.Scalar("<f8", b"\0"),
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_contradictions_are_refused(make: Callable[[], v.Value]) -> None:
    with pytest.raises(FrameError):
        unpack(DECODER.decode(msgspec.msgpack.encode(make())), [b"abc"])


def test_depth_and_items_are_bounded() -> None:
    deep: v.Value = 1
    for _ in range(150):
        deep = v.Sequence("list", [deep])
    with pytest.raises(FrameError, match="deep"):
        unpack(deep)
    with pytest.raises(FrameError, match="items"):
        unpack(v.Sequence("list", [v.Singleton("Ellipsis")] * 300_001))


def test_packing_too_much_is_refused() -> None:
    with pytest.raises(FrameError, match="items"):
        Packer(NoReferences()).pack([[i] for i in range(300_001)])


@given(st.binary(max_size=200))
def test_random_headers_never_become_something_else(data: bytes) -> None:
    try:
        value = DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return
    with contextlib.suppress(FrameError, AttributeError):
        unpack(value)
