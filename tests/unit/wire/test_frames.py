"""Frames: what is sent arrives; what is too large, cut off or late is refused by kind, before anything is allocated."""

import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Iterator

import msgspec
import pytest

from mlsafety_grader.errors import GraderError
from mlsafety_grader.wire import (
    FrameError,
    Limits,
    PeerClosedError,
    PeerTimeoutError,
    WireError,
    decoder_for,
    receive,
    send,
)


class Note(msgspec.Struct):
    text: str
    numbers: list[int] = []


Pair = tuple[socket.socket, socket.socket]
NOTE = decoder_for(Note)


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def soon() -> float:
    return time.monotonic() + 0.2


def test_what_is_sent_arrives(pair: Pair) -> None:
    send(pair[0], Note("héllo", [1, 2]), [b"abc", b"", memoryview(b"x" * 9)])
    message, buffers = receive(pair[1], NOTE, Limits(), soon())
    assert message == Note("héllo", [1, 2])
    assert [bytes(buffer) for buffer in buffers] == [b"abc", b"", b"x" * 9]


def test_large_buffers_in_both_directions(pair: Pair) -> None:
    data = bytes(range(256)) * 40_000
    sender = threading.Thread(target=send, args=(pair[0], Note("big"), [data, data]))
    sender.start()
    _, buffers = receive(pair[1], NOTE, Limits(), time.monotonic() + 10)
    sender.join()
    assert [bytes(buffer) == data for buffer in buffers] == [True, True]


def head(magic: bytes = b"MLSW", version: int = 2, buffers: int = 0, size: int = 0, total: int = 0) -> bytes:
    return struct.pack(">4sHHIQ", magic, version, buffers, size, total)


@pytest.mark.parametrize(
    "data",
    [
        head(b"EVIL"),
        head(version=1),
        head(size=2**31),
        head(buffers=65_000),
        head(buffers=1, size=1, total=2**62) + struct.pack(">Q", 2**62) + b"\xc0",
        head(buffers=1, size=1, total=2) + struct.pack(">Q", 2**62) + b"\xc0ab",
        head(buffers=3, size=1, total=1200 << 20) + struct.pack(">3Q", *[400 << 20] * 3) + b"\xc0",
        head(buffers=3, size=1, total=700 << 20) + struct.pack(">3Q", 600 << 20, 50 << 20, 50 << 20) + b"\xc0",
        head(buffers=2, size=1, total=3) + struct.pack(">2Q", 400 << 20, 1) + b"\xc0abc",
        head(size=1) + b"\xc0",
        head(size=3) + b"\xff\xff\xff",
    ],
    ids=[
        "magic",
        "version",
        "header",
        "count",
        "buffer",
        "lying buffer",
        "total",
        "one of several",
        "lying total",
        "type",
        "garbage",
    ],
)
def test_bad_frames_are_refused_without_allocating(pair: Pair, data: bytes) -> None:
    pair[0].sendall(data)
    tracemalloc.start()
    with pytest.raises(FrameError):
        receive(pair[1], NOTE, Limits(), soon())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_the_end_of_the_stream_and_a_cut_frame(pair: Pair) -> None:
    pair[0].sendall(head(size=9) + b"abc")
    pair[0].close()
    with pytest.raises(PeerClosedError):
        receive(pair[1], NOTE, Limits(), soon())


def test_silence_times_out(pair: Pair) -> None:
    pair[0].sendall(head(size=9) + b"abc")
    with pytest.raises(PeerTimeoutError):
        receive(pair[1], NOTE, Limits(), soon())
    with pytest.raises(PeerTimeoutError):
        receive(pair[1], NOTE, Limits(), time.monotonic() - 1)


def test_a_peer_that_does_not_read_times_out(pair: Pair) -> None:
    with pytest.raises(PeerTimeoutError):
        send(pair[0], Note("x"), [bytes(64 << 20)], deadline=soon())


def test_a_dripping_peer_does_not_outlast_the_deadline(pair: Pair) -> None:
    stop = threading.Event()

    def drip() -> None:
        pair[0].sendall(head(size=1000))
        while not stop.wait(0.02):
            pair[0].sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    with pytest.raises(PeerTimeoutError):
        receive(pair[1], NOTE, Limits(), started + 0.3)
    stop.set()
    thread.join()
    assert time.monotonic() - started < 2


def test_sending_to_nobody(pair: Pair) -> None:
    pair[1].close()
    with pytest.raises(PeerClosedError):
        send(pair[0], Note("x"), [bytes(1 << 20)])


def test_what_cannot_be_encoded(pair: Pair) -> None:
    with pytest.raises(FrameError):
        send(pair[0], object())


def test_kinds_are_wire_errors() -> None:
    assert all(issubclass(kind, WireError) for kind in (FrameError, PeerClosedError, PeerTimeoutError))
    assert issubclass(WireError, GraderError)
