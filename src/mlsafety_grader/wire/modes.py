"""Modules that went over by value: which they are, and whether their parts are in training mode."""

import weakref
from collections.abc import Callable
from typing import Any

from mlsafety_grader.wire.messages import Mode


def structure(module: Any) -> tuple[object, ...]:
    """Return what changes when a module's parts, tensors or hooks are exchanged for others."""
    found: list[object] = []
    for name, part in module.named_modules():
        tensors = [id(tensor) for tensor in (*part._parameters.values(), *part._buffers.values())]  # noqa: SLF001
        hooks = len(part._forward_hooks) + len(part._forward_pre_hooks) + len(part._backward_hooks)  # noqa: SLF001
        found.append((name, id(type(part)), tuple(tensors), hooks, "forward" in vars(part)))
    return tuple(found)


def training(module: Any) -> list[bool]:
    """Return each part's mode."""
    return [bool(part.training) for part in module.modules()]


class _Entry:
    __slots__ = ("module", "structure", "training")

    def __init__(self, module: Callable[[], Any], found: Any) -> None:
        self.module = module
        self.structure = structure(found)
        self.training = training(found)


class Modules:
    """The shared modules of one side, by the number that both sides know them by."""

    def __init__(self, *, is_weak: bool) -> None:
        self._entries: dict[int, _Entry] = {}
        self._numbers: dict[int, int] = {}
        self._dead: list[int] = []
        self._is_weak = is_weak

    def add(self, module: Any, number: int) -> None:
        """Share a module."""
        address = id(module)

        def bury(_: object) -> None:
            if self._entries.get(number) is entry:
                del self._entries[number]
                self._numbers.pop(address, None)
                self._dead.append(number)

        entry = _Entry(weakref.ref(module, bury) if self._is_weak else lambda: module, module)
        self._entries[number] = entry
        self._numbers[address] = number

    def number_of(self, module: Any) -> int | None:
        """Return a shared module's number, unless its structure has changed since."""
        number = self._numbers.get(id(module))
        if number is None or self._entries[number].structure != structure(module):
            return None
        return number

    def get(self, number: int) -> Any:
        """Return a shared module, or None."""
        entry = self._entries.get(number)
        return None if entry is None else entry.module()

    def release(self, numbers: list[int]) -> None:
        """Forget modules that the other side has dropped."""
        for number in numbers:
            entry = self._entries.pop(number, None)
            if entry is not None:
                self._numbers.pop(id(entry.module()), None)

    def dead(self) -> list[int]:
        """Return, once, the numbers of modules that have died here."""
        found, self._dead = self._dead, []
        return found

    def changes(self) -> list[Mode]:
        """Return the modes that this side has changed."""
        found = []
        for number, entry in self._entries.items():
            module = entry.module()
            if module is None or entry.training == (now := training(module)):
                continue
            entry.training = now
            found.append(Mode(number, now))
        return found

    def apply(self, modes: list[Mode]) -> None:
        """Take over the modes that the other side has changed."""
        for mode in modes:
            module = self.get(mode.module)
            if module is None:
                continue
            for part, flag in zip(module.modules(), mode.training, strict=False):
                part.training = flag
            self._entries[mode.module].training = training(module)
