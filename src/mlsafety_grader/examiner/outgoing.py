"""What a test hands to a submission beyond plain data: library objects by pickle, a test's own by reference.

Pickle goes from the examiner to the kernel only. Nothing rides along that a test defines: its functions, classes and
their instances become references, so neither code nor a file name leaves.
"""

import io
import pickle  # noqa: TID251 - examiner to kernel, the one direction in which DESIGN allows it
import sys
import types
from typing import Any, Protocol

import torch

from mlsafety_grader.examiner.known import LIBRARIES
from mlsafety_grader.wire import Packer
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.tensors import Tensors

_PRIVATE = frozenset({"builtins", "__main__", "otter", "doctest", "mlsafety_grader"})
_CODE = (types.CodeType, types.FrameType, types.TracebackType, types.ModuleType)


def is_public(obj: Any) -> bool:
    """Tell whether a class or function can be imported by the submission under its name."""
    module_name = getattr(obj, "__module__", None)
    name = getattr(obj, "__qualname__", None)
    if not isinstance(module_name, str) or not isinstance(name, str):
        return False
    root = module_name.partition(".")[0]
    if root not in LIBRARIES and (root not in sys.stdlib_module_names or root in _PRIVATE - {"builtins"}):
        return False
    found: Any = sys.modules.get(module_name)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is obj


class Table(Protocol):
    """Numbers what goes over by reference."""

    tensors: Tensors

    def refer(self, obj: object, packer: Packer) -> v.Value:
        """Return how an object travels."""

    def is_proxy(self, obj: object) -> bool:
        """Tell whether an object stands for one of the submission's."""


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, root: object, table: Table, packer: Packer) -> None:
        super().__init__(file, protocol=5)
        self.references: list[v.Value] = []
        self._root = root
        self._table = table
        self._packer = packer
        self._buffers = _buffers(root)
        self._places: dict[int, int] = {}
        self._alive: list[object] = []

    def persistent_id(self, obj: Any) -> int | None:
        if obj is self._root or type(obj) in _PLAIN:
            return None
        if id(obj) in self._places:
            return self._places[id(obj)]
        value = self._reference(obj)
        if value is None:
            return None
        self.references.append(value)
        self._alive.append(obj)
        self._places[id(obj)] = len(self.references) - 1
        return self._places[id(obj)]

    def _reference(self, obj: Any) -> v.Value | None:
        if isinstance(obj, torch.Tensor):
            is_kept = (obj.requires_grad and obj.is_leaf) or id(obj) in self._buffers
            return self._table.tensors.add_mirror(obj, self._packer) if is_kept else self._packer.pack(obj)
        if isinstance(obj, _CODE):
            raise pickle.PicklingError(f"a {type(obj).__name__} cannot be handed to a submission")
        if self._table.is_proxy(obj):
            return self._table.refer(obj, self._packer)
        if isinstance(obj, (type, types.FunctionType, types.BuiltinFunctionType)):
            return None if is_public(obj) else self._table.refer(obj, self._packer)
        return None if is_public(type(obj)) else self._table.refer(obj, self._packer)


_PLAIN = frozenset({type(None), bool, int, float, str, bytes, tuple, list, dict, set, frozenset})


def _buffers(root: object) -> set[int]:
    return {id(buffer) for buffer in root.buffers()} if isinstance(root, torch.nn.Module) else set()


def dump(obj: object, table: Table, packer: Packer) -> tuple[bytes, list[v.Value]]:
    """Return a library object as a pickle and what stands in the places that it leaves open.

    Raises:
        TypeError: the object cannot be copied to the submission.
    """
    file = io.BytesIO()
    pickler = _Pickler(file, obj, table, packer)
    try:
        pickler.dump(obj)
    except (pickle.PicklingError, TypeError, AttributeError, RuntimeError) as e:
        raise TypeError(f"a {type(obj).__name__} cannot be handed to a submission: {e}") from e
    return file.getvalue(), pickler.references
