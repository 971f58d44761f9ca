"""What the two sides say to each other: `Do` asks, `Done` or `Failed` answers. Either side may ask while it answers.

Every message brings along what its sender has changed since: `fresh` mirrors, `changes` of old ones, `modes` of shared
modules, `seeds` of random sources (examiner to kernel) or which have `moved` (kernel to examiner), numbers that are
`released`, and what was `printed`.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

from mlsafety_grader.wire.values import Mirror, Problem, Tensor, Value


class Change(Struct, array_like=True, frozen=True):
    """The new content of a mirror."""

    mirror: int
    tensor: Tensor


class Mode(Struct, array_like=True, frozen=True):
    """Whether each part of a shared module is in training mode, in the order of `modules()`."""

    module: int
    training: list[bool]


class Seed(Struct, array_like=True, frozen=True):
    """The state of one of the process-wide sources of random numbers, examiner to kernel."""

    kind: Literal["torch", "numpy", "random"]
    state: Value


class Printed(Struct, array_like=True, frozen=True):
    """Text that was printed, or a warning (`category` is its class's name)."""

    stream: Literal["stdout", "stderr", "warning"]
    text: str
    category: str = ""


class Hollow(Struct, array_like=True, frozen=True):
    """A leaf of the sender's that no one has asked for yet: it becomes a mirror without data, so that one can."""

    id: int
    dtype: str
    shape: list[int]
    is_parameter: bool


class Graph(Struct, array_like=True, frozen=True):
    """Tensors of an answer that carry a graph; `leaves` are the mirrors and stand-ins that it reaches,
    of which `hollow` are new.
    """

    id: int
    tensors: list[Tensor]
    leaves: list[int]
    hollow: list[Hollow] = []


class Do(Struct, array_like=True, tag="do", frozen=True):
    """Apply a verb. `grad` is the sender's mode: 0 without gradients, 1 with, 2 inference mode."""

    seq: int
    verb: str
    args: list[Value]
    kwargs: list[tuple[str, Value]] = []
    grad: int = 1
    fresh: list[Mirror] = []
    changes: list[Change] = []
    modes: list[Mode] = []
    seeds: list[Seed] = []
    moved: list[Literal["torch", "numpy", "random"]] = []
    released: list[int] = []
    printed: list[Printed] = []


class Done(Struct, array_like=True, tag="done", frozen=True):
    """The result. `updates` are slots of the request that have changed."""

    seq: int
    value: Value
    graph: Graph | None = None
    updates: list[tuple[int, Value]] = []
    fresh: list[Mirror] = []
    changes: list[Change] = []
    modes: list[Mode] = []
    seeds: list[Seed] = []
    moved: list[Literal["torch", "numpy", "random"]] = []
    released: list[int] = []
    printed: list[Printed] = []


class Failed(Struct, array_like=True, tag="failed", frozen=True):
    """An exception instead of a result."""

    seq: int
    problem: Problem
    updates: list[tuple[int, Value]] = []
    fresh: list[Mirror] = []
    changes: list[Change] = []
    modes: list[Mode] = []
    seeds: list[Seed] = []
    moved: list[Literal["torch", "numpy", "random"]] = []
    released: list[int] = []
    printed: list[Printed] = []


Message: TypeAlias = Do | Done | Failed
