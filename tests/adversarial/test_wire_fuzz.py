"""Whatever a checkpoint sends, the examiner raises a `WireError` or takes it for data; it neither grows nor hangs.

FUZZ_SECONDS (default 5) is how long each fuzzer runs, FUZZ_SEED where it starts.
"""

import os
import random
import resource
import socket
import struct
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import otter.test_files  # noqa: F401 - its own imports use what traitlets deprecates

from mlsafety_grader.examiner import Conversation
from mlsafety_grader.kernel.checkpoint import Kernel
from mlsafety_grader.wire import WireError
from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.messages import Change, Do, Done, Failed, Graph, Hollow, Mode, Printed
from mlsafety_grader.wire.tensors import Outgoing

SECONDS = float(os.environ.get("FUZZ_SECONDS", "5"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))
MEMORY_KIB = 400 << 10
PATIENCE_S = 2.0

pytestmark = pytest.mark.filterwarnings("ignore")


class _Class:
    unit = 1

    def method(self) -> int:
        return 1


OBJECTS: list[Callable[[], Any]] = [
    lambda: [1, 2.5, "text", None, b"bytes", 10**30, 1j, ..., slice(1), {"k": [1]}, {1, 2}, (1,)],
    lambda: list(range(100)),
    lambda: np.arange(6.0).reshape(2, 3),
    lambda: [np.array(["a", "b"]), np.array([1, "x"], dtype=object), np.float32(1)],
    lambda: torch.ones(2, 3, dtype=torch.bfloat16),
    lambda: torch.nn.Linear(2, 2),
    lambda: torch.ones(2, requires_grad=True),
    lambda: torch.nn.Linear(2, 2)(torch.ones(1, 2)),
    lambda: _Class(),
    lambda: _Class,
    lambda: _Class().method,
    lambda: iter([1]),
    lambda: torch,
    lambda: random.Random(1),  # noqa: S311 - reproducible
    lambda: [np.random.default_rng(1), torch.Generator()],
    lambda: type("E", (ValueError,), {}),
]


def _samples() -> Iterator[tuple[Any, list[bytes]]]:
    """Yield honest answers, and messages that only a liar sends."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        kernel = Kernel(ours, {})
        for make in OBJECTS:
            done, buffers = kernel._done(Do(1, "lookup", ["x"]), make(), [], [])
            yield done, [bytes(buffer) for buffer in buffers]
        failed, buffers = kernel._failed(Do(1, "call", []), type("E", (KeyError,), {})("k", [1]), [], [])
        yield failed, [bytes(buffer) for buffer in buffers]
    t = v.Tensor("float32", [1], b"\0\0\0\0")
    for message in (
        Done(2, 1),
        Done(1, v.Shared(5, b"cos\nsystem\n(S'true'\ntR.")),
        Done(1, v.Reference(7)),
        Done(1, v.Reference(8, "function", flavour="generator", parameters=[v.Parameter("x", 1)])),
        Done(1, v.Problem("ValueError", [v.Sequence("list", [1])], "x", cause=v.Problem("SystemExit", [], ""))),
        Done(1, v.Problem("ExceptionGroup", ["g", v.Sequence("list", [v.Problem("KeyError", [1], "")])], "x")),
        Done(1, v.Reference(-7, "object")),
        Done(1, v.Yours(-99)),
        Done(1, v.Mirror(5)),
        Done(1, v.Out(3)),
        Done(1, v.StandIn(9, t)),
        Done(1, v.Module("os; import x", v.Reference(4, "object"))),
        Done(1, v.Known("os.system", v.Reference(4, "function", name="system"))),
        Done(1, 1, updates=[(0, v.Sequence("list", []))]),
        Done(1, v.Out(0), Graph(1, [t], [1, 2, -5])),
        Done(1, v.Out(0), Graph(1, [v.Tensor("int64", [1], bytes(8))], [])),
        Done(1, v.Out(0), Graph(1, [t], [8], [Hollow(8, "float32", [2**40, 2**40], is_parameter=True)])),
        Done(1, 1, changes=[Change(3, t)], modes=[Mode(-1, [True])], released=[1, -1, 2**60]),
        Done(1, 1, moved=["torch", "numpy", "random"], printed=[Printed("warning", "w", "SystemExit")]),
        Done(1, 1, fresh=[v.Mirror(1, t), v.Mirror(-1, t)]),
        Failed(1, v.Problem("__import__", [1], "x")),
        Failed(1, v.Problem("SystemExit", [1], "x", origin=5)),
        Failed(1, v.Problem("E", [], "x", v.Reference(3, "error", name="E\0", public=["os.path"]))),
        Do(1, "call", [v.Yours(-1)]),
        Do(1, "getattr", [v.Yours(-1), "__globals__"]),
        Do(1, "eval", ["1"]),
        Do(1, "gradients", [1, v.Sequence("list", []), True, True]),
    ):
        yield message, []


def _mutated(data: bytes, rng: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        place = rng.randrange(len(found)) if found else 0
        match rng.randrange(5):
            case 0 if found:
                found[place] = rng.randrange(256)
            case 1 if found:
                found[place] ^= 1 << rng.randrange(8)
            case 2:
                found[place:place] = rng.randbytes(rng.randrange(1, 5))
            case 3:
                del found[place : place + rng.randrange(1, 5)]
            case _:
                end = rng.randrange(len(found) + 1)
                found[place:end] = data[rng.randrange(len(data)) :][: rng.randrange(1, 40)]
    return bytes(found)


def _swapped(tree: Any, rng: random.Random, spare: list[Any]) -> Any:
    """Exchange parts of a message by parts of other messages, types included."""
    if rng.random() < 0.08:
        return rng.choice((*spare, -1, 0, 1, 2**63 - 1, -(2**63), "", "os", None, [], float("nan"), 2**40))
    if isinstance(tree, list):
        return [_swapped(part, rng, spare) for part in tree]
    return tree


def _parts(tree: Any) -> Iterator[Any]:
    yield tree
    if isinstance(tree, list):
        for part in tree:
            yield from _parts(part)


def _frame(header: bytes, buffers: list[bytes]) -> bytes:
    sizes = struct.pack(f">{len(buffers)}Q", *map(len, buffers))
    body = b"".join(buffers)
    return struct.pack(">4sHHIQ", b"MLSW", 2, len(buffers), len(header), len(body)) + sizes + header + body


def _feed(stream: bytes) -> str:
    """Have an examiner ask once and read a stream as the answer; returns how it ended."""
    ours, theirs = socket.socketpair()
    conversation = Conversation(ours)
    lent = [lambda x: x, _Class()]
    for obj in lent:
        conversation._callbacks_table.refer(obj)
    theirs.sendall(stream[:150_000])
    theirs.shutdown(socket.SHUT_WR)
    conversation.deadline = time.monotonic() + PATIENCE_S
    started = time.monotonic()
    do, packer = Do(1, "lookup", ["x"]), Outgoing(conversation, conversation.limits, is_answer=False)
    packer.pack([[1], torch.ones(1)])
    try:
        conversation._exchange(do, packer)
    except WireError as e:
        return type(e).__name__
    finally:
        ours.close()
        theirs.close()
        assert time.monotonic() - started < PATIENCE_S + 1
    return "data"


@pytest.fixture
def bounded() -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KIB


def _run(make: Callable[[random.Random], bytes]) -> dict[str, int]:
    rng = random.Random(SEED)  # noqa: S311 - reproducible
    found: dict[str, int] = {}
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        end = _feed(make(rng))
        found[end] = found.get(end, 0) + 1
    return found


@pytest.mark.usefixtures("bounded")
def test_random_streams() -> None:
    """Noise is refused."""

    def make(rng: random.Random) -> bytes:
        noise = rng.randbytes(rng.randrange(200))
        return noise if rng.random() < 0.3 else _frame(noise, [rng.randbytes(9)] * rng.randrange(3))

    assert _run(make).get("data", 0) == 0


@pytest.mark.usefixtures("bounded")
def test_mutated_messages() -> None:
    """Bytes of honest and of lying messages are changed at random."""
    samples = [(msgspec.msgpack.encode(message), buffers) for message, buffers in _samples()]

    def make(rng: random.Random) -> bytes:
        header, buffers = rng.choice(samples)
        return _frame(_mutated(header, rng), buffers) if rng.random() < 0.9 else _mutated(_frame(header, buffers), rng)

    found = _run(make)
    assert found.get("FrameError", 0) > 0


@pytest.mark.usefixtures("bounded")
def test_recombined_messages() -> None:
    """Parts of messages stand where other parts belong: what passes the types must pass the checks."""
    samples = [(msgspec.msgpack.decode(msgspec.msgpack.encode(m)), buffers) for m, buffers in _samples()]
    spare = [part for tree, _ in samples for part in _parts(tree)]

    def make(rng: random.Random) -> bytes:
        tree, buffers = rng.choice(samples)
        tail, more = rng.choice(samples)
        first = _frame(msgspec.msgpack.encode(_swapped(tree, rng, spare)), buffers)
        return first + _frame(msgspec.msgpack.encode(tail), more)

    found = _run(make)
    assert found.get("FrameError", 0) > 0
    assert found.get("data", 0) > 0
