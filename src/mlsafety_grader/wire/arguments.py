"""What a call did to its arguments: found where the call ran, repeated in place where it was asked for.

In one process a function that sorts a list sorts its caller's. Here the list was copied, so the side that ran the call
names the arguments that differ from what had arrived, and the other side makes its own equal.
"""

import collections
import random
from typing import Any

import msgspec

from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import FrameError
from mlsafety_grader.wire.pack import Packer

_MAPPINGS = (dict, collections.OrderedDict, collections.Counter, collections.defaultdict)


def snapshot(obj: Any) -> object:
    """Return what to hold a mutable argument against later; items of containers are told apart by identity."""
    kind = type(obj)
    if kind is list or kind is collections.deque:
        return list(obj)
    if kind in _MAPPINGS:
        return list(obj.items())
    if kind is set:
        return set(obj)
    if kind is bytearray:
        return bytes(obj)
    return _library_snapshot(obj, kind)


def _library_snapshot(obj: Any, kind: type) -> object:
    root = kind.__module__.partition(".")[0]
    if root == "numpy" and hasattr(obj, "dtype"):
        from mlsafety_grader.wire import numpy_values

        return numpy_values.fingerprint(obj)
    if root == "torch" and hasattr(obj, "requires_grad"):
        return (obj.detach().clone(), obj.requires_grad)
    if root == "torch":
        return obj.get_state()
    return _packed(obj)


def is_changed(obj: Any, before: Any) -> bool:
    """Tell whether an argument differs from its snapshot."""
    kind = type(obj)
    if kind is list or kind is collections.deque:
        return len(obj) != len(before) or any(a is not b for a, b in zip(obj, before, strict=True))
    if kind in _MAPPINGS:
        pairs = zip(obj.items(), before, strict=True)
        return len(obj) != len(before) or any(a is not c or b is not d for (a, b), (c, d) in pairs)
    if kind is set:
        return len(obj) != len(before) or {id(item) for item in obj} != {id(item) for item in before}
    if kind is bytearray:
        return bool(bytes(obj) != before)
    return _is_library_changed(obj, kind, before)


def _is_library_changed(obj: Any, kind: type, before: Any) -> bool:
    root = kind.__module__.partition(".")[0]
    if root == "numpy" and hasattr(obj, "dtype"):
        from mlsafety_grader.wire import numpy_values

        return bool(numpy_values.fingerprint(obj) != before)
    if root == "torch":
        from mlsafety_grader.wire import torch_values

        if not hasattr(obj, "requires_grad"):
            return not torch_values.is_same(obj.get_state(), before)
        return bool(obj.requires_grad != before[1] or not torch_values.is_same(obj, before[0]))
    return bool(_packed(obj) != before)


class _ByIdentity:
    """Refers to whatever is no data by its identity: enough to see whether a table was changed."""

    def is_proxy(self, obj: object) -> bool:  # noqa: ARG002 - the protocol's signature
        return False

    def refer(self, obj: object, packer: Packer) -> v.Value:
        packer.claim(obj)
        return v.Yours(id(obj))

    def refer_tensor(self, tensor: Any, packer: Packer) -> v.Value | None:  # noqa: ARG002 - the protocol's signature
        return None


def _packed(obj: object) -> tuple[bytes, ...]:
    packer = Packer(_ByIdentity())
    value = packer.content(obj)
    return (msgspec.msgpack.encode(value), *(bytes(buffer) for buffer in packer.buffers))


def replace(target: Any, source: Any) -> None:
    """Make an argument equal to what the other side made of it, in place.

    Raises:
        FrameError: the new content is of another type.
    """
    if type(target) is not type(source) and not _both_tensors(target, source):
        raise FrameError(f"an argument that was a {type(target).__name__} and is a {type(source).__name__} now")
    if isinstance(target, (list, bytearray)):
        target[:] = source
    elif isinstance(target, (set, dict)):
        target.clear()
        target.update(source)
    elif isinstance(target, collections.deque):
        target.clear()
        target.extend(source)
    elif isinstance(target, random.Random):
        target.setstate(source.getstate())
    else:
        _replace_library(target, source)


def _both_tensors(target: Any, source: Any) -> bool:
    roots = {type(obj).__module__.partition(".")[0] for obj in (target, source)}
    return roots == {"torch"} and hasattr(target, "requires_grad") and hasattr(source, "requires_grad")


def _replace_library(target: Any, source: Any) -> None:
    root = type(target).__module__.partition(".")[0]
    if root == "torch":
        from mlsafety_grader.wire import torch_values

        if not hasattr(target, "requires_grad"):
            target.set_state(source.get_state())
        else:
            torch_values.copy_into(target, source.detach())
    elif root == "pandas":
        from mlsafety_grader.wire import pandas_values

        pandas_values.copy_into(target, source)
    elif hasattr(target, "bit_generator"):
        target.bit_generator.state = source.bit_generator.state
    elif hasattr(target, "set_state"):
        target.set_state(source.get_state())
    else:
        from mlsafety_grader.wire import numpy_values

        if not numpy_values.copy_into(target, source):
            raise FrameError("an array that was given another shape or dtype in place")
