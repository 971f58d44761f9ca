"""Give recorded safety figures their place between a naive baseline and the reference solution."""

from collections.abc import Sequence
from math import isfinite

from mlsafety_grader.model import Measurement, Metric


def place(metrics: tuple[Metric, ...], recorded: Sequence[tuple[str, float]]) -> tuple[Measurement, ...]:
    """Return the measurements that the release declares, in its order.

    The last value of an id counts, even when it is unusable: then there is no measurement, rather than an outdated one.
    Ids that are not declared and values that are not finite or outside [lowest, highest] are dropped.
    """
    last = dict(recorded)
    return tuple(
        Measurement(id=metric.id, value=last[metric.id], position=_position(metric, last[metric.id]))
        for metric in metrics
        if metric.id in last and _is_possible(metric, last[metric.id])
    )


def _is_possible(metric: Metric, value: float) -> bool:
    return isfinite(value) and metric.lowest <= value <= metric.highest


def _position(metric: Metric, value: float) -> float | None:
    """Return 0 at `floor`, 1 at `full`; the sign of the span takes care of figures where less is better."""
    span = metric.full - metric.floor
    if span == 0 or not isfinite(span):
        return None
    return min(1.0, max(0.0, (value - metric.floor) / span))
