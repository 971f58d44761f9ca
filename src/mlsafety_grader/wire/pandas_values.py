"""pandas frames, series and indexes by value, column by column, never by pickle."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import FrameError

if TYPE_CHECKING:
    from mlsafety_grader.wire.pack import Packer
    from mlsafety_grader.wire.unpack import Unpacker

_MASKED = re.compile(r"U?Int(8|16|32|64)|Float(32|64)|boolean")
_ZONED = re.compile(r"datetime64\[(s|ms|us|ns), ([A-Za-z0-9_+:/-]{1,64})\]")
_UNITS = ("s", "ms", "us", "ns")


def pack(packer: "Packer", obj: Any) -> v.Value | None:
    """Return the value of a frame, series, index or time; None for anything else, odd dtypes included."""
    if obj is pd.NA or obj is pd.NaT:
        return v.Singleton("NA" if obj is pd.NA else "NaT")
    if isinstance(obj, (pd.Timestamp, pd.Timedelta)):
        return _pack_moment(obj)
    if not isinstance(obj, (pd.DataFrame, pd.Series, pd.Index)):
        return None
    if isinstance(obj, pd.Index):
        index = _pack_index(packer, obj)
        return None if index is None else v.Table("index", index)
    if _is_odd(obj):
        return None
    packer.claim(obj)
    index = _pack_index(packer, obj.index)
    if isinstance(obj, pd.Series):
        return v.Table("series", index, [_pack_column(packer, obj)], None, packer.pack(obj.name))  # type: ignore[arg-type]
    columns = [_pack_column(packer, obj.iloc[:, place]) for place in range(obj.shape[1])]
    return v.Table("frame", index, columns, _pack_index(packer, obj.columns))  # type: ignore[arg-type]


def _is_odd(obj: Any) -> bool:
    axes = [obj.index] if isinstance(obj, pd.Series) else [obj.index, obj.columns]
    columns = [obj] if isinstance(obj, pd.Series) else [obj.iloc[:, place] for place in range(obj.shape[1])]
    levels = [level for axis in axes for level in (axis.levels if isinstance(axis, pd.MultiIndex) else [axis])]
    return not all(_can_travel(part.dtype) for part in [*columns, *levels])


def _can_travel(dtype: Any) -> bool:
    if isinstance(dtype, pd.CategoricalDtype):
        return _can_travel(dtype.categories.dtype)
    return isinstance(dtype, (np.dtype, pd.StringDtype, pd.DatetimeTZDtype)) or bool(_MASKED.fullmatch(str(dtype)))


def _pack_index(packer: "Packer", index: Any) -> v.Index | None:
    names = packer.all(index.names)
    if isinstance(index, pd.MultiIndex):
        columns = [_pack_column(packer, index.get_level_values(place).to_series()) for place in range(index.nlevels)]
        return v.Index("multi", list(columns), names)
    if type(index) is pd.RangeIndex:
        return v.Index("range", [index.start, index.stop, index.step], names)
    return v.Index("values", [_pack_column(packer, index)], names) if _can_travel(index.dtype) else None


def _pack_column(packer: "Packer", column: Any) -> v.Column:
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        array = pd.Categorical(column)
        codes = packer.pack(np.array(array.codes))
        return v.Column("category", codes, None, _pack_index(packer, dtype.categories), bool(dtype.ordered))
    if isinstance(dtype, np.dtype):
        return v.Column(str(dtype), packer.pack(np.array(column.to_numpy())))
    if isinstance(dtype, pd.DatetimeTZDtype):
        plain = pd.DatetimeIndex(column).tz_convert("UTC").tz_localize(None)
        return v.Column(str(dtype), packer.pack(np.array(plain)))
    missing = np.array(pd.isna(column))
    if isinstance(dtype, pd.StringDtype):
        texts = [None if gone else str(text) for text, gone in zip(column, missing, strict=True)]
        return v.Column("str" if dtype.na_value is not pd.NA else "string", packer.pack(texts))
    zero: Any = dtype.type(0)
    filled = pd.Series(column).fillna(zero).to_numpy(dtype=_base(str(dtype)))
    return v.Column(str(dtype), packer.pack(np.array(filled)), packer.pack(missing))


def _base(masked: str) -> str:
    return "bool" if masked == "boolean" else masked.lower()


def _pack_moment(obj: Any) -> v.Value | None:
    unit = _UNITS.index(obj.unit)
    if isinstance(obj, pd.Timedelta):
        return v.Moment("Timedelta", [int(obj.to_timedelta64().astype("int64")), unit])
    if obj.tzinfo is not None and str(obj.tzinfo) != "UTC":
        return None
    ticks = int(obj.tz_localize(None).to_datetime64().astype("int64"))
    return v.Moment("Timestamp", [ticks, unit], None if obj.tzinfo is None else 0.0)


def moment(node: v.Moment) -> object:
    """Return a Timestamp or Timedelta."""
    ticks, unit = node.parts
    if not 0 <= unit < len(_UNITS):
        raise FrameError("a time in an unknown unit")
    if node.kind == "Timedelta":
        return pd.Timedelta(np.timedelta64(ticks, _UNITS[unit]))  # type: ignore[call-overload]
    found = pd.Timestamp(np.datetime64(ticks, _UNITS[unit]))  # type: ignore[call-overload]
    return found if node.offset is None else found.tz_localize("UTC")


def missing(name: str) -> object:
    """Return `NA` or `NaT`."""
    return pd.NA if name == "NA" else pd.NaT


def unpack(unpacker: "Unpacker", node: v.Table) -> object:
    """Return a frame, series or index."""
    if node.kind == "index":
        return _index(unpacker, node.index)
    place = unpacker.reserve()
    index = _index(unpacker, node.index)
    columns = [_column(unpacker, column) for column in node.columns]
    if any(len(column) != len(index) for column in columns):
        raise FrameError("a table whose columns differ in length")
    found: Any
    if node.kind == "series":
        (column,) = columns
        found = pd.Series(column, index=index, name=unpacker.unpack(node.name), copy=False)
    else:
        header = _index(unpacker, node.header) if node.header is not None else pd.RangeIndex(len(columns))
        found = pd.DataFrame(dict(enumerate(columns)), index=index, copy=False)
        if len(header) != len(columns):
            raise FrameError("a table with more names than columns")
        found.columns = header
    unpacker.slots[place] = found
    return found


def _index(unpacker: "Unpacker", node: v.Index) -> Any:
    names: Any = unpacker.all(node.names)
    if node.kind == "range":
        start, stop, step = node.columns
        if not all(type(part) is int for part in (start, stop, step)):
            raise FrameError("a range whose parts are no ints")
        return pd.RangeIndex(start, stop, step, name=names[0])  # type: ignore[arg-type]
    columns = []
    for column in node.columns:
        if not isinstance(column, v.Column):
            raise FrameError("an index without columns")
        columns.append(_column(unpacker, column))
    if node.kind == "multi":
        return pd.MultiIndex.from_arrays(columns, names=names)
    (only,) = columns
    found = pd.Index(only, dtype=getattr(only, "dtype", None))
    found.names = names
    return found


def _column(unpacker: "Unpacker", node: v.Column) -> Any:
    values = unpacker.unpack(node.values)
    if node.dtype in ("str", "string"):
        if not isinstance(values, list) or not all(text is None or type(text) is str for text in values):
            raise FrameError("a column of text that is none")
        return pd.array(values, dtype=pd.StringDtype(na_value=np.nan) if node.dtype == "str" else "string")
    if not isinstance(values, np.ndarray) or values.ndim != 1:
        raise FrameError("a column that is no array")
    if node.dtype == "category":
        if node.categories is None:
            raise FrameError("a categorical without categories")
        return pd.Categorical.from_codes(values, _index(unpacker, node.categories), ordered=node.is_ordered)
    if zoned := _ZONED.fullmatch(node.dtype):
        return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zoned.group(2)).array
    if _MASKED.fullmatch(node.dtype):
        gone = unpacker.unpack(node.missing)
        found = pd.array(values, dtype=node.dtype)  # type: ignore[call-overload]
        if not isinstance(gone, np.ndarray) or gone.dtype != bool or gone.shape != values.shape:
            raise FrameError("a column whose mask does not fit")
        found[gone] = pd.NA
        return found
    return values


def copy_into(target: Any, source: Any) -> None:
    """Make a frame or series equal to another in place."""
    target._update_inplace(source)  # noqa: SLF001 - what every `inplace=True` of pandas ends in
    if isinstance(target, pd.Series):
        target.name = source.name
