"""What engine and kernel server say to each other. Both are ours; packets on a sequential-packet socket."""

from enum import StrEnum

import msgspec

CONTROL_FD = 3


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """Start a session. Descriptors that come along: the order line, the kernel's line, a check socket a question."""

    level: str
    memory_mib: int
    questions: tuple[str, ...]


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The server has imported its libraries."""

    pid: int


class Order(StrEnum):
    """What may be asked of a running session."""

    INTERRUPT = "interrupt"
    KILL_KERNEL = "kill_kernel"
    END = "end"


class Command(msgspec.Struct, frozen=True):
    """An order, on the session's order line."""

    order: Order


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The sandbox could not be entered; nothing ran."""

    reason: str


class Exceeded(msgspec.Struct, frozen=True, tag=True):
    """A limit was exceeded and the kernel was ended for it; its checkpoints are still there."""

    excess: str


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The sandbox is gone. `excess` names the limit that was exceeded, empty when none was.

    `steps_ms` tells how long entering the sandbox took, layer by layer.
    """

    excess: str
    peak_mib: float
    cpu_s: float
    steps_ms: tuple[tuple[str, float], ...] = ()


class KernelEnded(msgspec.Struct, frozen=True, tag=True):
    """The process that ran the cells is gone: its exit code, or minus the signal that ended it."""

    code: int


Answer = Refused | Exceeded | KernelEnded | Ended
