"""Which engine grades, within which walls, and what this host offers for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from mlsafety_grader.config import Settings
from mlsafety_grader.engine import Bounds, Engine, IsolatedEngine, OtterEngine
from mlsafety_grader.model import EngineName
from mlsafety_grader.sandbox import HostFacts, Layer, doctor_rows, find_level, host_facts


@contextmanager
def open_engine(name: EngineName, *, sandbox: str = "auto") -> Iterator[Engine]:
    """Give an engine for the time of a block; what it started ends with it.

    Args:
        name: which one.
        sandbox: for the isolated engine: auto, strict, reduced or off.

    Raises:
        UsageError: this host does not offer that sandbox; the hint says how to get it.
    """
    if name is EngineName.OTTER:
        yield OtterEngine()
        return
    engine = IsolatedEngine(level=find_level(sandbox))
    try:
        yield engine
    finally:
        engine.close()


def examine_host() -> tuple[tuple[Layer, ...], HostFacts]:
    """Say which sandbox layers this host offers, and what machine it is."""
    return doctor_rows(), host_facts()


def bounds_of(settings: Settings) -> Bounds:
    """Return how large a submission may be."""
    return Bounds(max_mib=settings.max_submission_mib, max_members=settings.max_zip_members)
