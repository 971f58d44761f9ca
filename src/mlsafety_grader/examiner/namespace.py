"""What otter's test files receive as the global environment: the submission's names, looked up when a test uses them.

Names that tests define are stored here and never sent. Built-in functions are the examiner's own even where the
submission has a callable of that name (`abs = lambda v: 0` would pass tests); a plain value under such a name
(`sum = 10`) counts.
"""

import builtins
import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec

from mlsafety_grader.examiner.conversation import Conversation
from mlsafety_grader.examiner.remote import identity_of
from mlsafety_grader.wire import Packer, WireError
from mlsafety_grader.wire import values as v

_MISSING = object()
_OWN = frozenset({"__builtins__", "__builtin__", "__loader__", "__spec__"})


class RemoteNamespace(dict[str, Any]):
    """A dict whose missing names are asked for. It holds what tests defined."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__({"__builtins__": builtins, "__name__": "__main__"})
        self._conversation = conversation
        self._shown: dict[str, tuple[Any, bytes]] = {}
        self._deleted: set[str] = set()

    def attach(self, conversation: Conversation) -> None:
        """Ask another checkpoint from now on; what tests defined stays."""
        self._conversation = conversation
        self._shown.clear()

    def copy(self) -> "RemoteNamespace":
        """Return a namespace on the same checkpoint: what is defined in it stays in it, as with doctest's globals."""
        twin = RemoteNamespace(self._conversation)
        for name in dict.keys(self):
            dict.__setitem__(twin, name, dict.__getitem__(self, name))
        twin._shown = self._shown
        return twin

    def __missing__(self, name: str) -> Any:
        found = self._fetch(name)
        if found is _MISSING or (hasattr(builtins, str(name)) and _is_code(found)):
            raise KeyError(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """Return a name's value as a test parameter gets it: a submission's `max` included, if a test asks for it."""
        if dict.__contains__(self, name):
            return dict.__getitem__(self, name)
        found = self._fetch(name)
        return default if found is _MISSING else found

    def __delitem__(self, name: str) -> None:
        if dict.__contains__(self, name):
            dict.__delitem__(self, name)
        elif name not in self:
            raise KeyError(name)
        self._deleted.add(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._deleted.discard(name)
        dict.__setitem__(self, name, value)

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or (name not in self._deleted and name in self._names())

    def __iter__(self) -> Iterator[str]:
        own = list(dict.keys(self))
        return iter(own + [name for name in self._names() if name not in own and name not in self._deleted])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def keys(self) -> Any:
        """Return all names."""
        return dict.fromkeys(self).keys()

    def values(self) -> Any:
        """Return all values, each of which crosses."""
        return [self[name] for name in self]

    def items(self) -> Any:
        """Return all pairs, each of which crosses."""
        return [(name, self[name]) for name in self]

    def _names(self) -> list[str]:
        found = self._conversation.ask("names")
        return [name for name in found if isinstance(name, str) and name not in _OWN] if isinstance(found, list) else []

    def _fetch(self, name: Any) -> Any:
        if not isinstance(name, str) or name in self._deleted or name in _OWN:
            return _MISSING
        if name.startswith("__") and name.endswith("__"):
            return _MISSING
        shown = self._shown.get(name)
        if shown is not None and _mark(shown[0]) != shown[1]:
            return shown[0]  # a test has changed it in place
        try:
            found = self._conversation.ask("lookup", name)
        except KeyError:
            self._shown.pop(name, None)
            return _MISSING
        if isinstance(found, (list, dict, set, bytearray)) or type(found).__module__.partition(".")[0] in _TABLES:
            mark = _mark(found)
            if shown is not None and mark == shown[1]:
                return shown[0]
            self._shown[name] = (found, mark)
        return found


_TABLES = ("numpy", "torch", "pandas")


def _is_code(found: object) -> bool:
    return callable(found) or identity_of(found) is not None


class _Opaque:
    """Refers to what is no plain data by identity."""

    def is_proxy(self, obj: object) -> bool:  # noqa: ARG002 - the protocol's signature
        return False

    def refer(self, obj: object, packer: Packer) -> v.Value:
        packer.claim(obj)
        return v.Yours(id(obj))

    def refer_tensor(self, tensor: Any, packer: Packer) -> v.Value | None:
        if not tensor.requires_grad:
            return None
        packer.claim(tensor)
        return v.Yours(id(tensor))


def _mark(obj: object) -> bytes:
    """Return what changes when a value is changed in place."""
    packer = Packer(_Opaque())
    with contextlib.suppress(WireError):
        value = packer.pack(obj)
        return b"".join([msgspec.msgpack.encode(value), *(bytes(buffer) for buffer in packer.buffers)])
    return b""
