"""What `mlsafety doctor` tells: the layers, what they add up to, and what machine this is."""

import os
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from mlsafety_grader.errors import UsageError
from mlsafety_grader.sandbox.levels import Layer, State, choose_level
from mlsafety_grader.sandbox.probe import probe

_PACKAGES = ("mlsafety-grader", "otter-grader", "torch", "numpy", "ipython")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """The machine and the versions that decide scores. A package that is not installed is left out."""

    cores: int
    memory_mib: int
    kernel: str
    machine: str
    python: str
    is_root: bool
    packages: tuple[tuple[str, str], ...]


def doctor_rows(layers: tuple[Layer, ...] | None = None) -> tuple[Layer, ...]:
    """Return the layers, probed when not given, and last a row `level`: what `auto` makes of them."""
    layers = probe() if layers is None else layers
    try:
        level = choose_level("auto", layers)
    except UsageError as e:
        return (*layers, Layer(name="level", state=State.MISSING, detail=e.message, remedy=e.hint))
    return (*layers, Layer(name="level", state=State.ON, detail=level.value))


def host_facts() -> HostFacts:
    """Return facts about this machine without importing any of the packages."""
    return HostFacts(
        cores=len(os.sched_getaffinity(0)),
        memory_mib=_memory_mib(),
        kernel=platform.release(),
        machine=platform.machine(),
        python=platform.python_version(),
        is_root=os.geteuid() == 0,
        packages=tuple((name, version) for name in _PACKAGES if (version := _version(name))),
    )


def _memory_mib() -> int:
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) // 1024
    return 0


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
