"""The release gate: nothing is handed out unless all seven controls hold."""

from mlsafety_grader.gate.controls import DEMANDS, Control
from mlsafety_grader.gate.run import GateReport, Grounds, run_gate
from mlsafety_grader.gate.specimens import (
    DEMO_TAG,
    Purpose,
    Variant,
    add_cell_before_checks,
    make_variant,
    read_variants,
)

__all__ = [
    "DEMANDS",
    "DEMO_TAG",
    "Control",
    "GateReport",
    "Grounds",
    "Purpose",
    "Variant",
    "add_cell_before_checks",
    "make_variant",
    "read_variants",
    "run_gate",
]
