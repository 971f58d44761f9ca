"""Report a safety figure to whoever runs the notebook, if anyone listens."""

import json
import math
import os
from pathlib import Path


def record(metric_id: str, value: float) -> None:
    """Append one JSON line `{"id": ..., "value": ...}` to the file that MLSAFETY_METRICS names; without it do nothing.

    Args:
        metric_id: the measurement's name, say `robust_accuracy`.
        value: any finite number; written as a float.

    Raises:
        ValueError: `value` is infinite or not a number, whether or not anyone listens.
    """
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{metric_id}: {number} is not a finite number")
    target = os.environ.get("MLSAFETY_METRICS")
    if not target:
        return
    with Path(target).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"id": metric_id, "value": number}) + "\n")
