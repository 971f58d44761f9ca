"""What crosses between the trusted examiner and a submission's kernel, and how.

    object ──pack──► Value ──frame──► socket ──frame──► Value ──unpack──► object of a genuine type
                                                              └─► proxy, by the side's own `Resolver`

Nothing here unpickles, evaluates or imports what it was sent. The torch parts (`Peer` and what it needs) are in
`mlsafety_grader.wire.peer`, because importing torch is slow.
"""

from mlsafety_grader.wire.frames import (
    DEFAULT_LIMITS,
    FrameError,
    Limits,
    PeerClosedError,
    PeerTimeoutError,
    WireError,
    decoder_for,
    receive,
    send,
)
from mlsafety_grader.wire.pack import Packer
from mlsafety_grader.wire.unpack import Unpacker

__all__ = [
    "DEFAULT_LIMITS",
    "FrameError",
    "Limits",
    "Packer",
    "PeerClosedError",
    "PeerTimeoutError",
    "Unpacker",
    "WireError",
    "decoder_for",
    "receive",
    "send",
]
