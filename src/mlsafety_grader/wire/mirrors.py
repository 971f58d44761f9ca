"""Tensors of which both sides hold a copy: leaves that require gradients, and the tensors of shared modules.

Before either side speaks it sends along the mirrors that it has changed, `.grad` included. So an optimiser that
the one side holds may step the other side's parameters, and identity survives.
"""

import sys
import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from mlsafety_grader.wire.frames import FrameError
from mlsafety_grader.wire.messages import Change
from mlsafety_grader.wire.pack import Packer
from mlsafety_grader.wire.torch_values import build, copy_into, is_same, raw
from mlsafety_grader.wire.unpack import Unpacker

if TYPE_CHECKING:
    import torch

FIRST_MIRROR = 1 << 40
IDLE_REFERENCES = 4
MAX_MIRRORS = 100_000


class _Entry:
    """One mirror: the tensor (weakly where the other side's life decides) and what both sides knew of it last."""

    __slots__ = ("data", "gradient", "is_hollow", "is_lent", "requires_grad", "tensor")

    def __init__(self, tensor: "Callable[[], torch.Tensor | None]", *, is_hollow: bool) -> None:
        self.tensor = tensor
        self.is_hollow = is_hollow
        self.is_lent = False
        if not is_hollow:
            self.note()

    def note(self) -> None:
        tensor = self.tensor()
        if tensor is not None:
            self.data = tensor.detach().clone()
            self.gradient = None if tensor.grad is None else tensor.grad.detach().clone()
            self.requires_grad = tensor.requires_grad

    def is_changed(self, tensor: "torch.Tensor") -> bool:
        return (
            tensor.requires_grad != self.requires_grad
            or not is_same(tensor.grad if tensor.is_leaf else None, self.gradient)
            or not is_same(tensor, self.data)
        )


class Mirrors:
    """The mirrors of one side. `is_weak`: this side's copies may die; the other side is told which did."""

    def __init__(self, *, step: int, is_weak: bool) -> None:
        self._entries: dict[int, _Entry] = {}
        self._ids: dict[int, int] = {}
        self._dead: list[int] = []
        self._next = step * FIRST_MIRROR
        self._step = step
        self._is_weak = is_weak

    def __len__(self) -> int:
        return len(self._entries)

    def id_of(self, tensor: "torch.Tensor") -> int | None:
        """Return a mirror's number; None for other tensors."""
        return self._ids.get(id(tensor))

    def get(self, number: int) -> "torch.Tensor | None":
        """Return the own copy; None when there is none (any more)."""
        entry = self._entries.get(number)
        return None if entry is None else entry.tensor()

    def add(self, tensor: "torch.Tensor", number: int = 0, *, is_hollow: bool = False) -> int:
        """Make a tensor a mirror, under the other side's number where it gave one.

        A hollow one only takes part in graphs: its data has not been sent.

        Raises:
            FrameError: there are too many.
        """
        if len(self._entries) >= MAX_MIRRORS:
            raise FrameError(f"more than {MAX_MIRRORS} tensors that require gradients")
        is_own = number == 0
        if is_own:
            self._next += self._step
            number = self._next
        address = id(tensor)

        def bury(_: object) -> None:
            if self._entries.get(number) is entry:
                self._ids.pop(address, None)
                del self._entries[number]
                self._dead.append(number)

        is_weak = self._is_weak and (is_own or is_hollow)
        entry = _Entry(weakref.ref(tensor, bury) if is_weak else lambda: tensor, is_hollow=is_hollow)
        entry.is_lent = self._is_weak and not is_weak
        self._entries[number] = entry
        self._ids[address] = number
        return number

    def is_hollow(self, number: int) -> bool:
        """Tell whether a mirror's data has yet to be sent."""
        entry = self._entries.get(number)
        return entry is not None and entry.is_hollow

    def fill(self, number: int) -> None:
        """Take note that a hollow mirror's data has been sent."""
        self._entries[number].is_hollow = False
        self._entries[number].note()

    def changes(self, packer: Packer) -> list[Change]:
        """Return what this side has changed since both last agreed."""
        found = []
        for number, entry in list(self._entries.items()):
            tensor = None if entry.is_hollow else entry.tensor()
            if tensor is not None and entry.is_changed(tensor):
                found.append(Change(number, raw(packer, tensor, gradient=tensor.grad if tensor.is_leaf else None)))
                entry.note()
            if tensor is not None and entry.is_lent and _is_idle(tensor):
                self._forget(number, tensor)
        return found

    def _forget(self, number: int, tensor: "torch.Tensor") -> None:
        """Drop a copy that only this table still holds, now that the other side knows what became of it."""
        del self._entries[number]
        self._ids.pop(id(tensor), None)
        self._dead.append(number)

    def apply(self, changes: Iterable[Change], unpacker: Unpacker) -> None:
        """Make own copies equal to the other side's."""
        for change in changes:
            entry = self._entries.get(change.mirror)
            tensor = None if entry is None else entry.tensor()
            data = build(unpacker, change.tensor)
            gradient = None if change.tensor.gradient is None else build(unpacker, change.tensor.gradient)
            if entry is None or tensor is None or entry.is_hollow:
                continue
            if not is_same(tensor, data):  # an unneeded write would spoil graphs that hold the tensor
                copy_into(tensor, data)
            if tensor.is_leaf:
                if tensor.requires_grad != change.tensor.requires_grad:
                    tensor.requires_grad_(change.tensor.requires_grad)
                set_gradient(tensor, gradient)
            entry.note()

    def release(self, numbers: Iterable[int]) -> None:
        """Forget mirrors that the other side has no copy of any more."""
        for number in numbers:
            entry = self._entries.pop(number, None)
            tensor = None if entry is None else entry.tensor()
            if tensor is not None:
                self._ids.pop(id(tensor), None)

    def dead(self) -> list[int]:
        """Return, once, the numbers of own copies that have died."""
        found, self._dead = self._dead, []
        return found


def _is_idle(tensor: "torch.Tensor") -> bool:
    """Tell whether only the references of the table, the loop, this function and the call are left, and no graph."""
    uses: int = tensor._use_count()  # type: ignore[attr-defined]  # noqa: SLF001 - torch's own count, not Python's
    return sys.getrefcount(tensor) <= IDLE_REFERENCES and uses == 1


def set_gradient(tensor: "torch.Tensor", gradient: "torch.Tensor | None") -> None:
    """Give a leaf another `.grad`, in place where it has one of the same kind.

    Raises:
        FrameError: the gradient does not fit the tensor.
    """
    if gradient is None or tensor.grad is None or tensor.grad.shape != gradient.shape:
        if gradient is not None and (gradient.shape != tensor.shape or gradient.dtype != tensor.dtype):
            raise FrameError("a gradient that does not fit its tensor")
        tensor.grad = gradient
    elif not is_same(tensor.grad, gradient):
        tensor.grad.detach().copy_(gradient)
