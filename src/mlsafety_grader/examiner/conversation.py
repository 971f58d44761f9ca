"""The examiner's end of a conversation with a checkpoint.

Trusted side: whatever arrives is data, turned into genuine objects or proxies. What the submission may ask for is
listed in `callbacks`; nothing it sends is unpickled, evaluated or imported.
"""

import contextlib
import keyword
import re
import socket
import sys
import types
import warnings
import weakref
from operator import itemgetter
from typing import Any

import torch

from mlsafety_grader.examiner import known, outgoing, remote
from mlsafety_grader.examiner.callbacks import Callbacks
from mlsafety_grader.examiner.patches import Patches
from mlsafety_grader.examiner.remote_function import FUNCTIONS
from mlsafety_grader.examiner.student_error import StudentError, named_error
from mlsafety_grader.wire import DEFAULT_LIMITS, FrameError, Limits, Packer, Unpacker, sources
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.messages import Message, Printed
from mlsafety_grader.wire.modes import Modules
from mlsafety_grader.wire.peer import Peer

MAX_NAMES = 100_000
MAX_TRACE = 100_000
MAX_PIECES = 10_000

_FIELD = re.compile(r"[^\W\d_]\w{0,99}")


class Conversation(Peer):
    """Asks a checkpoint; holds the proxies of one submission's objects and the objects that it has lent out."""

    def __init__(self, sock: socket.socket, *, limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(sock, step=-1, is_weak=True, limits=limits)
        self.last_trace = ""
        self._raised: Warning | None = None
        self._proxies: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._classes: dict[int, Any] = {}
        self._records: dict[tuple[int, tuple[str, ...]], type] = {}
        self._nodes: dict[int, v.Reference] = {}
        self._dead: list[int] = []
        self._modules = Modules(is_weak=True)
        self._sent: dict[int, tuple[Any, bytes]] = {}
        self._own_errors: list[BaseException] = []
        self._next = 0
        self._callbacks_table = Callbacks(self._number)
        self._marks = sources.fingerprints()
        self.patches = Patches()

    def close(self) -> None:
        """Hang up; the checkpoint ends."""
        self._sock.close()

    # --- what the submission may ask for

    def perform(self, verb: str, args: list[Any], kwargs: dict[str, Any]) -> object:
        """See `Peer`."""
        return self._callbacks_table.perform(verb, args, kwargs)

    def grad_mode(self, mode: int) -> contextlib.AbstractContextManager[object]:
        """See `Peer`."""
        return torch.inference_mode() if mode == 2 else torch.set_grad_enabled(mode == 1)

    # --- what goes out

    def _number(self) -> int:
        self._next -= 1
        return self._next

    def is_proxy(self, obj: object) -> bool:
        """Tell whether an object stands for one of the submission's."""
        return remote.identity_of(obj) is not None

    def refer(self, obj: object, packer: Packer) -> v.Value:
        """See `pack.Referrer`."""
        identity = remote.identity_of(obj)
        if identity is not None:
            number, owner = identity
            if owner is not self:
                raise TypeError("an object of one question's checkpoint cannot be handed to another's")
            return v.Yours(number)
        if isinstance(obj, types.ModuleType):
            if obj.__name__ not in known.MODULES and obj.__name__.partition(".")[0] not in sys.stdlib_module_names:
                raise TypeError("a module that only the tests have cannot be handed to a submission")
            return v.Module(obj.__name__, v.Reference(0))
        if isinstance(obj, (type, *FUNCTIONS)) and outgoing.is_public(obj):
            return v.Known(f"{obj.__module__}:{obj.__qualname__}", v.Reference(0))
        if outgoing.is_public(type(obj)) and not isinstance(obj, (type, *FUNCTIONS)):
            return self._share(obj, packer)
        return self._callbacks_table.refer(obj)

    def _share(self, obj: Any, packer: Packer) -> v.Value:
        """Send a library object by value, or name the copy that the submission already has."""
        is_module = isinstance(obj, torch.nn.Module)
        if is_module and (number := self._modules.number_of(obj)) is not None:
            return v.Yours(number)
        data, references = outgoing.dump(obj, self, packer)
        number, old = self._copy_of(obj)
        if not is_module and number and old == data:
            return v.Yours(number)
        number = self._number()
        if is_module:
            self._modules.add(obj, number)
        else:
            self._remember_copy(obj, number, data)
        return v.Shared(number, packer.data(data), references)

    def _copy_of(self, obj: object) -> tuple[int, bytes]:
        for number, (alive, data) in self._sent.items():
            if alive() is obj:
                return number, data
        return 0, b""

    def _remember_copy(self, obj: object, number: int, data: bytes) -> None:
        def bury(_: object) -> None:
            if self._sent.pop(number, None) is not None:
                self._dead.append(number)

        try:
            self._sent[number] = (weakref.ref(obj, bury), data)
        except TypeError:
            self._dead.append(number)

    def problem(self, error: BaseException, packer: Packer) -> v.Problem:
        """Describe a test's exception: a built-in name and the arguments, nothing of where it happened."""
        self._own_errors.append(error)
        name = type(error).__name__ if type(error) in known.ERRORS.values() else "Exception"
        try:
            args = packer.all(error.args)
        except (TypeError, FrameError):
            args = []
        return v.Problem(name, args, str(error)[:MAX_TRACE], origin=len(self._own_errors))

    def extras(self, packer: Packer) -> dict[str, Any]:
        """See `Peer`."""
        marks = sources.fingerprints()
        moved = sources.changed(marks, self._marks)
        self._marks = marks
        dead, self._dead = self._dead, []
        gone = [number for number in dead if number < 0 or number not in self._proxies]
        for number in gone:
            self._nodes.pop(number, None)
        return {
            "seeds": sources.seeds(moved, packer),
            "modes": self._modules.changes(),
            "released": gone + self._modules.dead(),
        }

    # --- what comes in

    def heard(self, message: Message, unpacker: Unpacker) -> None:  # noqa: ARG002 - the base's signature
        """Repeat what was printed and warned of, in order."""
        self._modules.apply(message.modes)
        if message.moved:
            sources.move_on(message.moved)
            self._marks = sources.fingerprints()
        for piece in message.printed[:MAX_PIECES]:
            if piece.stream == "warning":
                self._warn(piece)
            else:
                with contextlib.suppress(OSError, ValueError):
                    (sys.stdout if piece.stream == "stdout" else sys.stderr).write(piece.text)

    def _warn(self, piece: Printed) -> None:
        try:
            warnings.warn(piece.text, known.WARNINGS.get(piece.category, UserWarning), stacklevel=_outside())
        except Warning as e:  # the test has made errors of warnings; the answer must be read to its end first
            self._raised = e

    def ask(self, verb: str, *args: object, kwargs: dict[str, Any] | None = None) -> Any:
        """See `Peer`; raises a warning of the submission's when the test's filters say so."""
        for change, key in self.patches.changes():
            super().ask(change, *key)
        try:
            return super().ask(verb, *args, kwargs=kwargs)
        finally:
            raised, self._raised = self._raised, None
            if raised is not None:
                raise raised

    def released(self, numbers: list[int]) -> None:
        """See `Peer`: the submission's copies of lent objects may go, ours stay for the whole examination."""

    def rebuild(self, problem: v.Problem, unpacker: Unpacker) -> BaseException:
        """Return the exception of the same built-in type, else a `StudentError` of the same name."""
        self.last_trace = problem.trace[-MAX_TRACE:] or self.last_trace
        args = unpacker.all(problem.args)
        attributes = [(name, unpacker.unpack(value)) for name, value in problem.attributes]
        cause = unpacker.unpack(problem.cause)
        if problem.reference is not None:
            self._learn(problem.reference)
        if 0 < problem.origin <= len(self._own_errors):
            return self._own_errors[problem.origin - 1]
        cls: Any = known.ERRORS.get(problem.name) if problem.reference is None else self._class(problem.reference)
        if not isinstance(cls, type) or not issubclass(cls, BaseException):
            cls = named_error(problem.name)
        try:
            error: BaseException = type.__call__(cls, *args)  # a submission's own class would ask for an instance
        except Exception:
            error = named_error(problem.name)(*args)
        for name, value in attributes:
            if not name.startswith("__"):
                with contextlib.suppress(AttributeError, TypeError):
                    object.__setattr__(error, name, value)
        if type(error).__module__ == "__main__" and str(error) != problem.text:
            error = type(error).__new__(_with_text(type(error), problem.text), *args)
        error.__dict__["from_submission"] = True
        if isinstance(cause, BaseException):
            error.__cause__ = cause
        return error

    def reference(self, node: v.Reference) -> object:
        """Return the proxy of an object, making it the first time."""
        if node.id <= 0:
            raise FrameError(f"an object of number {node.id}")
        found = self._classes.get(node.id)
        found = self._proxies.get(node.id) if found is None else found
        if found is not None:
            return found
        self._learn(node)
        if node.id not in self._nodes:
            raise FrameError(f"an object {node.id} that was never described")
        node = self._nodes[node.id]
        if node.kind in ("class", "error"):
            return self._class(node)
        proxy = remote.make(self, node, self._class(node.cls) if node.cls is not None else None)
        self._proxies[node.id] = proxy
        weakref.finalize(proxy, self._dead.append, node.id).atexit = False
        return proxy

    def _learn(self, node: v.Reference) -> None:
        """Keep descriptions: they come once, also inside those of things that need no proxy."""
        if node.kind != "known":
            self._nodes[node.id] = node
        for part in (*node.bases, *([node.cls] if node.cls is not None else [])):
            self._learn(part)

    def _class(self, node: v.Reference) -> Any:
        found = self._classes.get(node.id)
        if found is not None:
            return found
        node = self._nodes.get(node.id, node)
        if node.kind not in ("class", "error") or len(self._classes) >= MAX_NAMES:
            raise FrameError(f"a class {node.id} that was never described")
        self._nodes[node.id] = node
        bases = tuple(dict.fromkeys(self._class(base) for base in node.bases if base.id != node.id))
        if node.kind == "error":
            found = self._error_class(node, bases)
        else:
            found = remote.make_class(self, node, tuple(b for b in bases if not issubclass(b, BaseException)))
        self._classes[node.id] = found
        return found

    def _error_class(self, node: v.Reference, bases: tuple[Any, ...]) -> type[BaseException]:
        if node.public and (exact := known.library_error(node.public[:1])) and exact.__name__ == node.name:
            return exact
        library = known.library_error(node.public) or Exception
        own = tuple(base for base in bases if issubclass(base, BaseException))
        library_bases = () if any(issubclass(base, library) for base in own) else (library,)
        first = own or (() if not issubclass(library, Exception) else (StudentError,))
        try:
            return named_error(node.name, first + library_bases, _remote_number=node.id, _remote_peer=self)
        except TypeError:  # bases whose layouts do not go together
            return named_error(node.name, first or (StudentError,), _remote_number=node.id, _remote_peer=self)

    def yours(self, node: v.Yours) -> object:
        """Return an object of the tests' own that was lent."""
        found = self._modules.get(node.id)
        if found is not None:
            return found
        return self._callbacks_table.get(node.id)

    def module(self, node: v.Module) -> object:
        """Return the own module of that name where the list allows it, else a proxy."""
        found = known.module(node.name)
        if found is not None:
            self._learn(node.reference)
            return found
        return self.reference(node.reference)

    def known(self, node: v.Known) -> object:
        """Return the own type of that name where the list allows it, else a proxy."""
        found = known.type_named(node.name)
        if found is not None:
            self._learn(node.reference)
            return found
        return self.reference(node.reference)

    def shared(self, node: v.Shared, unpacker: Unpacker) -> object:  # noqa: ARG002 - the protocol's signature
        """Refuse: pickle never goes this way."""
        raise FrameError(f"a pickle of {len(node.references)} references towards the examiner")

    def record(self, node: v.Record, items: list[object]) -> object:
        """Return a tuple with named fields, of a class made for its fields."""
        if not all(_FIELD.fullmatch(name) and not keyword.iskeyword(name) for name in node.fields):
            raise FrameError("a named tuple with impossible fields")
        number = node.cls.id if isinstance(node.cls, v.Reference) else 0
        if isinstance(node.cls, v.Reference):
            self.reference(node.cls)
        key = (number, tuple(node.fields))
        if key not in self._records:
            self._records[key] = _record_class(node.name, node.fields, number)
        return tuple.__new__(self._records[key], items)


def _record_class(name: str, fields: list[str], number: int) -> type:
    def show(self: Any) -> str:
        return f"{name}({', '.join(f'{field}={value!r}' for field, value in zip(fields, self, strict=True))})"

    return type(
        name if name.isidentifier() else "Record",
        (tuple,),
        {field: property(itemgetter(place)) for place, field in enumerate(fields)}
        | {
            "__slots__": (),
            "__module__": "__main__",
            "__repr__": show,
            "_fields": tuple(fields),
            "_remote_record": number,
            "_asdict": lambda self: dict(zip(fields, self, strict=True)),
            "_replace": lambda self, **new: tuple.__new__(
                type(self), [new.get(field, value) for field, value in zip(fields, self, strict=True)]
            ),
        },
    )


def _with_text(cls: Any, text: str) -> Any:
    return type(cls)(cls.__name__, (cls,), {"__module__": "__main__", "__str__": lambda _: text})


def _outside() -> int:
    """Return the stack level of the test, outside this package, to which a warning belongs."""
    frame, level = sys._getframe(1), 1  # noqa: SLF001 - what `warnings` itself counts with
    while frame is not None and frame.f_globals.get("__name__", "").startswith("mlsafety_grader."):
        frame, level = frame.f_back, level + 1  # type: ignore[assignment]
    return level
