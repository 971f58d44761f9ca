"""What a kernel is given to do, and what it says while it does it: the messages between engine and kernel.

What a kernel says is the submission's word: it decides what staff sees of the run, never what points it gets.
"""

import msgspec


class CellJob(msgspec.Struct, frozen=True, kw_only=True):
    """A cell to run. `checks`: questions to take a checkpoint for afterwards (otter's `tests` cell metadata)."""

    source: str
    checks: tuple[str, ...] = ()


class RunJob(msgspec.Struct, frozen=True, kw_only=True):
    """A submission to run: its cells, and files to put into its folder (their content comes as buffers, in order)."""

    cells: tuple[CellJob, ...]
    questions: tuple[str, ...]
    files: tuple[str, ...] = ()
    output_cap: int = 1 << 20


class CellStarted(msgspec.Struct, frozen=True, tag=True):
    """A cell begins; its time limit runs from here."""

    position: int


class Output(msgspec.Struct, frozen=True, tag=True):
    """An nbformat output of the running cell, as JSON text."""

    json: str


class CellDone(msgspec.Struct, frozen=True, tag=True):
    """A cell ended; `error` is the exception's name, empty when there was none."""

    position: int
    error: str = ""
    message: str = ""


class CheckpointTaken(msgspec.Struct, frozen=True, tag=True):
    """A frozen copy of the kernel waits to be examined for a question."""

    question: str
    position: int
    fork_s: float = 0.0


class Finished(msgspec.Struct, frozen=True, tag=True):
    """All cells have run and every question has its checkpoint."""


Event = CellStarted | Output | CellDone | CheckpointTaken | Finished
