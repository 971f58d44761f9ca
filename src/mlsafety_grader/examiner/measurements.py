"""Measurements that tests record while examining. What a submission's own process records never gets here."""

import contextlib
import importlib
import math
from collections.abc import Iterator

MAX_MEASUREMENTS = 1000

Recorded = list[tuple[str, float]]


@contextlib.contextmanager
def recording() -> Iterator[Recorded]:
    """Have `mlsafety_kit.record` append to a list meanwhile."""
    found: Recorded = []

    def record(metric_id: str, value: float) -> None:
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"{metric_id}: {number} is not a finite number")
        if len(found) < MAX_MEASUREMENTS:
            found.append((str(metric_id), number))

    modules = [importlib.import_module(name) for name in ("mlsafety_kit", "mlsafety_kit.measurements")]
    before = [vars(module)["record"] for module in modules]
    for module in modules:
        module.record = record  # type: ignore[attr-defined]
    try:
        yield found
    finally:
        for module, old in zip(modules, before, strict=True):
            module.record = old  # type: ignore[attr-defined]
