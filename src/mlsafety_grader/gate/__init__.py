"""The release gate: nothing is handed out unless all seven controls hold. And specimens: work whose score is known."""

from mlsafety_grader.gate.controls import DEMANDS, Control
from mlsafety_grader.gate.run import GateReport, Grounds, run_gate
from mlsafety_grader.gate.sample_class import (
    ATTACKS,
    Answer,
    Kind,
    Surprise,
    Work,
    find_surprises,
    make_work,
    plan_class,
)
from mlsafety_grader.gate.specimens import (
    DEMO_TAG,
    Purpose,
    Variant,
    add_cell_before_checks,
    make_variant,
    read_variants,
)

__all__ = [
    "ATTACKS",
    "DEMANDS",
    "DEMO_TAG",
    "Answer",
    "Control",
    "GateReport",
    "Grounds",
    "Kind",
    "Purpose",
    "Surprise",
    "Variant",
    "Work",
    "add_cell_before_checks",
    "find_surprises",
    "make_variant",
    "make_work",
    "plan_class",
    "read_variants",
    "run_gate",
]
