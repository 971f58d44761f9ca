"""NumPy arrays, scalars and generators by value. Only simple dtypes, by name from a fixed grammar, never by pickle."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import FrameError

if TYPE_CHECKING:
    from mlsafety_grader.wire.pack import Packer
    from mlsafety_grader.wire.unpack import Unpacker

MAX_ITEM = 1 << 20

_DTYPE = re.compile(
    r"\|b1|\|[iu]1|[<>][iu][248]|[<>]f[248]|[<>]c(8|16)|[<>]U[0-9]{1,6}|\|S[0-9]{1,6}"
    r"|[<>][mM]8(\[[0-9]{0,6}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?"
)
# a masked array's mask does not travel: tests that skip what is masked would agree with any answer
_KINDS: dict[type, Any] = {np.matrix: "matrix", np.recarray: "recarray"}
_BIT_GENERATORS = {kind.__name__: kind for kind in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937)} | {
    kind.__name__: kind for kind in (np.random.Philox, np.random.SFC64)
}


def pack(packer: "Packer", obj: Any) -> v.Value | None:
    """Return the value of an array, scalar or generator; None for anything else and for dtypes that do not travel."""
    if isinstance(obj, np.ndarray):
        return _pack_array(packer, obj)
    if isinstance(obj, np.generic):
        if obj.dtype.kind in "OV" or not _DTYPE.fullmatch(obj.dtype.str):
            return None
        return v.Scalar(obj.dtype.str, obj.tobytes())
    if type(obj) is np.random.Generator:
        return _pack_generator(packer, obj, "Generator")
    if type(obj) is np.random.RandomState:
        return _pack_generator(packer, obj, "RandomState")
    return None


def _pack_array(packer: "Packer", obj: Any) -> v.Value | None:
    found = np.ndarray.view(obj, np.ndarray)
    if found.dtype.kind == "O":
        packer.claim(obj)
        return v.Objects(list(found.shape), packer.all(found.ravel().tolist()))
    fields = _fields(found.dtype)
    if fields is None:
        return None
    packer.claim(obj)
    raw = np.ascontiguousarray(found).reshape(-1)
    data = packer.data(raw.view(np.uint8).data if raw.size and raw.dtype.itemsize else b"")
    return v.Array("" if fields else found.dtype.str, list(found.shape), data, fields, _KINDS.get(type(obj), ""))


def _fields(dtype: Any) -> list[tuple[str, str]] | None:
    """Return the fields of a simple structured dtype, nothing for a plain one, None for one that does not travel."""
    if dtype.names is None:
        return [] if _DTYPE.fullmatch(dtype.str) else None
    fields = [(str(name), dtype[name].str) for name in dtype.names]
    if not all(_DTYPE.fullmatch(simple) for _, simple in fields) or np.dtype(fields) != dtype:
        return None
    return fields


def _pack_generator(packer: "Packer", obj: Any, kind: Any) -> v.Value | None:
    state = obj.bit_generator.state if kind == "Generator" else obj.get_state(legacy=False)
    if state["bit_generator"] not in _BIT_GENERATORS:
        return None
    packer.claim(obj)
    return v.Generator(kind, state["bit_generator"], packer.pack(state))


def dtype_of(name: str, fields: list[tuple[str, str]] | None = None) -> Any:
    """Return the dtype of a name.

    Raises:
        FrameError: it is none of those that travel.
    """
    for simple in [simple for _, simple in fields or ()] or [name]:
        if not _DTYPE.fullmatch(simple):
            raise FrameError(f"a dtype that does not travel: {simple[:40]!r}")
    found: Any = np.dtype(fields) if fields else np.dtype(name)
    if found.itemsize > MAX_ITEM:
        raise FrameError(f"a dtype of {found.itemsize} bytes")
    return found


def array(unpacker: "Unpacker", node: v.Array) -> object:
    """Return an array over the frame's own bytes."""
    from mlsafety_grader.wire.unpack import sizes_ok

    dtype = dtype_of(node.dtype, node.fields)
    data = unpacker.data(node.data)
    count = sizes_ok(node.shape)
    if count * dtype.itemsize != len(data):
        raise FrameError(f"an array of {count} items in {len(data)} bytes")
    if not data and count > unpacker.limit_items:  # items of no size, such as an empty str
        raise FrameError(f"an array of {count} empty items")
    flat = np.frombuffer(data, dtype=dtype) if data else np.zeros(count, dtype=dtype)
    found = flat.reshape(node.shape)
    if node.kind == "recarray" and node.fields:
        found = found.view(np.recarray)
    elif node.kind == "matrix" and found.ndim == 2:
        found = found.view(np.matrix)
    elif node.kind:
        raise FrameError(f"a {node.kind} of {found.ndim} dimensions and {len(node.fields)} fields")
    unpacker.claim(found)
    return found


def objects(unpacker: "Unpacker", node: v.Objects) -> object:
    """Return an array of objects."""
    from mlsafety_grader.wire.unpack import sizes_ok

    if sizes_ok(node.shape) != len(node.items):
        raise FrameError(f"an array of {len(node.items)} objects in shape {node.shape[:8]}")
    flat = np.empty(len(node.items), dtype=object)
    found = flat.reshape(node.shape)
    unpacker.claim(found)
    for position, item in enumerate(node.items):
        flat[position] = unpacker.unpack(item)
    return found


def scalar(_: "Unpacker", node: v.Scalar) -> object:
    """Return a NumPy scalar."""
    dtype = dtype_of(node.dtype)
    if len(node.data) != dtype.itemsize:
        raise FrameError(f"a scalar of {len(node.data)} bytes")
    return np.frombuffer(node.data, dtype=dtype)[0] if node.data else np.zeros(1, dtype=dtype)[0]


def generator(kind: str, name: str, state: Any) -> object:
    """Return a generator in a given state."""
    if name not in _BIT_GENERATORS or not isinstance(state, dict):
        raise FrameError("a generator that is none")
    _check_state(state)
    if kind == "Generator":
        source: Any = _BIT_GENERATORS[name](0)
        source.state = state
        return np.random.Generator(source)
    found = np.random.RandomState(_BIT_GENERATORS[name](0))
    found.set_state(state)
    return found


def _check_state(state: dict[str, Any]) -> None:
    """Refuse positions that NumPy would follow out of bounds."""
    inner = state.get("state")
    if not isinstance(inner, dict):
        raise FrameError("a generator without a state")
    for holder, name, last in ((inner, "pos", 624), (state, "buffer_pos", 4)):
        if name in holder and not (type(holder[name]) is int and 0 <= holder[name] <= last):
            raise FrameError("a generator whose position lies outside its state")
    for holder, name, length in ((inner, "key", None), (inner, "counter", 4), (state, "buffer", 4)):
        item = holder.get(name)
        if item is not None and not (isinstance(item, np.ndarray) and item.ndim == 1 and len(item) in (2, 624, length)):
            raise FrameError("a generator whose state has the wrong size")


def copy_into(target: Any, source: Any) -> bool:
    """Make an array equal to another in place; False when shape or dtype do not allow it."""
    if target.shape != source.shape or target.dtype != source.dtype or not target.flags.writeable:
        return False
    np.copyto(target, source)
    return True


def fingerprint(array: Any) -> tuple[object, ...]:
    """Return what changes when an array is changed in place."""
    if array.dtype.kind == "O":
        return (array.shape, tuple(map(id, array.ravel().tolist())))
    return (array.shape, array.dtype.str, array.tobytes())
