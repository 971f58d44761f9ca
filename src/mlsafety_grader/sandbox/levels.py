"""How strongly student code is walled in, and the choice between what was asked for and what the host has."""

from dataclasses import dataclass
from enum import StrEnum

from mlsafety_grader.errors import UsageError

STRICT_LAYERS = ("user", "mount", "pid", "net", "ipc", "uts", "root", "seccomp")
REDUCED_LAYERS = ("seccomp", "landlock")


class Level(StrEnum):
    """`STRICT` is every layer, `REDUCED` what a host without user namespaces can do, `OFF` limits only."""

    STRICT = "strict"
    REDUCED = "reduced"
    OFF = "off"


class State(StrEnum):
    """Whether a layer is in force: `MISSING` is the host's lack, `OFF` somebody's choice."""

    ON = "on"
    OFF = "off"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One wall: `detail` says what was found, `remedy` what would put it up when it is missing."""

    name: str
    state: State
    detail: str = ""
    remedy: str = ""


def choose_level(requested: str, layers: tuple[Layer, ...]) -> Level:
    """Return the level to use. `auto` takes the best that the host has and never `OFF`.

    Raises:
        UsageError: the name is unknown, or the host lacks a layer that the level needs.
    """
    if requested == "auto":
        lacking = [_lacking(level, layers) for level in (Level.STRICT, Level.REDUCED)]
        if not lacking[0]:
            return Level.STRICT
        if not lacking[1]:
            return Level.REDUCED
        raise _refuse("auto", lacking[0] + lacking[1])
    try:
        level = Level(requested)
    except ValueError:
        raise UsageError(f"sandbox {requested!r}: unknown level", hint="choose auto, strict, reduced or off") from None
    if lacking_layers := _lacking(level, layers):
        raise _refuse(requested, lacking_layers)
    return level


def _lacking(level: Level, layers: tuple[Layer, ...]) -> list[Layer]:
    """A layer that was not probed counts as missing."""
    needed = {Level.STRICT: STRICT_LAYERS, Level.REDUCED: REDUCED_LAYERS, Level.OFF: ()}[level]
    found = {layer.name: layer for layer in layers}
    rows = [found.get(name, Layer(name=name, state=State.MISSING, detail="not probed")) for name in needed]
    return [row for row in rows if row.state is not State.ON]


def _refuse(requested: str, lacking: list[Layer]) -> UsageError:
    names = ", ".join(dict.fromkeys(layer.name for layer in lacking))
    remedy = next((layer.remedy for layer in lacking if layer.remedy), "run `mlsafety doctor`")
    return UsageError(f"sandbox level {requested}: this host lacks {names} ({lacking[0].detail})", hint=remedy)
