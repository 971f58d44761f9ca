"""Frames on a stream socket: magic, version, sizes, a msgpack header, raw buffers.

    4s magic | u16 version | u16 number of buffers | u32 header bytes | u64 bytes of all buffers
    u64 size of each buffer | header | buffers

Every size is held against `Limits` before a byte is allocated for it. `receive` raises nothing but a `WireError`,
whatever the other side sends.
"""

import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from mlsafety_grader.errors import GraderError

MAGIC = b"MLSW"
VERSION = 2

_PREAMBLE = struct.Struct(">4sHHIQ")
_ENCODER = msgspec.msgpack.Encoder()
_TIMEVAL = struct.Struct("@ll")
_IOV_MAX = 512  # the kernel takes 1024 pieces at most
_sum = sum  # a notebook may put something else into `builtins`

T = TypeVar("T")
Buffer = bytes | bytearray | memoryview


class WireError(GraderError):
    """The other side of a socket broke the protocol, was too slow or went away."""


class PeerClosedError(WireError):
    """The other side is gone."""


class PeerTimeoutError(WireError):
    """The other side did not answer before the deadline."""


class FrameError(WireError):
    """What came is no frame, no message of the declared type, or larger than allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one message may hold. Sizes are bytes; `depth` counts nested containers, `items` their entries."""

    header: int = 16 << 20
    buffers: int = 4096
    buffer: int = 512 << 20
    total: int = 768 << 20
    depth: int = 100
    items: int = 300_000


DEFAULT_LIMITS = Limits()


def send(
    sock: socket.socket, message: object, buffers: Sequence[Buffer] = (), *, deadline: float | None = None
) -> None:
    """Write one frame.

    Args:
        sock: a connected stream socket.
        message: anything that msgspec can encode.
        buffers: contiguous; not copied.
        deadline: on `time.monotonic`'s scale; None waits for ever.

    Raises:
        PeerClosedError, PeerTimeoutError, FrameError: the message cannot be encoded.
    """
    try:
        header = _ENCODER.encode(message)
    except (TypeError, ValueError, OverflowError, UnicodeError, RecursionError) as e:
        raise FrameError(f"a message that cannot be encoded: {e}") from e
    sizes = [memoryview(buffer).nbytes for buffer in buffers]
    if len(buffers) > 0xFFFF or len(header) > 0xFFFFFFFF:
        raise FrameError(f"a message of {len(header)} bytes and {len(buffers)} buffers does not fit a frame")
    preamble = _PREAMBLE.pack(MAGIC, VERSION, len(buffers), len(header), _sum(sizes))
    head = preamble + struct.pack(f">{len(sizes)}Q", *sizes) + header
    pieces = [memoryview(head), *(memoryview(b).cast("B") for b, size in zip(buffers, sizes, strict=True) if size)]
    try:
        _send_pieces(sock, pieces, deadline)
    except TimeoutError as e:
        raise PeerTimeoutError("the other side does not read what is sent to it") from e
    except OSError as e:
        raise PeerClosedError(f"the other side is gone: {e.strerror or e}") from e


def receive(
    sock: socket.socket, decoder: "msgspec.msgpack.Decoder[T]", limits: Limits, deadline: float | None = None
) -> tuple[T, list[bytearray]]:
    """Read one frame and decode its header.

    Args:
        sock: a connected stream socket.
        decoder: for the declared type; see `decoder_for`.
        limits: checked before anything is allocated.
        deadline: on `time.monotonic`'s scale; None waits for ever.

    Returns:
        The message and its buffers, each of the declared size.

    Raises:
        WireError: PeerClosedError at the end of the stream, PeerTimeoutError at the deadline, FrameError otherwise.
    """
    try:
        preamble = bytearray(_PREAMBLE.size)
        _read(sock, [preamble], deadline)
        magic, version, n_buffers, n_header, total = _PREAMBLE.unpack(preamble)
        if magic != MAGIC or version != VERSION:
            raise FrameError("not a frame of this protocol's version")
        if n_buffers > limits.buffers or n_header > limits.header:
            raise FrameError(f"a frame with {n_buffers} buffers and a header of {n_header} bytes: too large")
        if total > limits.total or (n_buffers == 1 and total > limits.buffer):
            raise FrameError(f"a frame with {total} bytes in its buffers: too large")
        head = bytearray(8 * n_buffers + n_header)
        buffers = [bytearray(total)] if n_buffers == 1 else []
        _read(sock, [head, *buffers], deadline)  # one call for the usual message: an attack's steps wait for it
        sizes = struct.unpack_from(f">{n_buffers}Q", head)
        if _sum(sizes) != total or (sizes and max(sizes) > limits.buffer):
            raise FrameError(f"a frame with buffers of {_sum(sizes)} bytes where {total} were announced, or too large")
        if n_buffers > 1:
            buffers = [bytearray(size) for size in sizes]
            _read(sock, buffers, deadline)
        header = memoryview(head)[8 * n_buffers :]
    except TimeoutError as e:
        raise PeerTimeoutError("no answer in time") from e
    except OSError as e:
        raise PeerClosedError(f"the other side is gone: {e.strerror or e}") from e
    try:
        return decoder.decode(header), buffers
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as e:
        raise FrameError(f"a message of the wrong shape: {str(e)[:300]}") from None


@lru_cache(maxsize=64)
def decoder_for(declared: Any) -> "msgspec.msgpack.Decoder[Any]":
    """Return the decoder of a declared type; making one takes milliseconds, so they are kept."""
    return msgspec.msgpack.Decoder(declared)


def _send_pieces(sock: socket.socket, pieces: list[memoryview], deadline: float | None) -> None:
    at = 0
    while at < len(pieces):
        _set_timeout(sock, socket.SO_SNDTIMEO, deadline)
        try:
            sent = sock.sendmsg(pieces[at : at + _IOV_MAX])
        except BlockingIOError:
            _note_timeout(sock, socket.SO_SNDTIMEO, deadline)
            continue
        while at < len(pieces) and sent >= pieces[at].nbytes:
            sent -= pieces[at].nbytes
            at += 1
        if at < len(pieces):
            pieces[at] = pieces[at][sent:]


def _read(sock: socket.socket, pieces: Sequence[bytearray], deadline: float | None) -> None:
    """Fill all pieces, in order."""
    views = [memoryview(piece) for piece in pieces if piece]
    while views:
        _set_timeout(sock, socket.SO_RCVTIMEO, deadline)
        try:
            got, _, _, _ = sock.recvmsg_into(views[:_IOV_MAX], 0, socket.MSG_WAITALL)
        except BlockingIOError:
            _note_timeout(sock, socket.SO_RCVTIMEO, deadline)
            continue
        if got == 0:
            raise PeerClosedError("the other side closed the connection")
        while views and got >= views[0].nbytes:
            got -= views.pop(0).nbytes
        if views:
            views[0] = views[0][got:]


def _set_timeout(sock: socket.socket, option: int, deadline: float | None) -> None:
    """Give a socket's next call what is left until the deadline.

    By the kernel's own timeout: Python's makes the socket non-blocking, and each call two or more.
    """
    if sock.gettimeout() is not None:
        sock.settimeout(None)
    if deadline is None:
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    seconds = int(left)
    sock.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(seconds, max(1, int((left - seconds) * 1e6))))


def _note_timeout(sock: socket.socket, option: int, deadline: float | None) -> None:
    """The time is up, which `_set_timeout` will say; or an earlier call had a deadline and this one has none."""
    if deadline is None:
        sock.setsockopt(socket.SOL_SOCKET, option, _TIMEVAL.pack(0, 0))
