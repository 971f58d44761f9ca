"""Measure safety figures, each with the interval that chance leaves, for the hidden tests of all assignments.

    a student's arrays ──► inputs (CheckError) ──► detection, calibration, probes, preferences, ... ──┐
    a student's net ─────► classifier ──► gradient_attack, query_attack ──► robustness, trojans ──────┤
                                                                                                     ▼
                     record("…", float(figure)) ◄── Figure ◄── estimates (exact) or bootstrap (seeded)
                     assert figure.reaches(threshold, "max")

Pure: the same arguments and seed give the same figure. What cannot be measured raises `CheckError`, so that nothing odd
ever passes. torch, SciPy and scikit-learn are imported when a figure needs them.
"""

from mlsafety_grader.metrics.attribution import localisation
from mlsafety_grader.metrics.calibration import brier_score, brier_skill, coverage, rms_calibration_error, set_size
from mlsafety_grader.metrics.corruption import mean_corruption_error
from mlsafety_grader.metrics.detection import aupr, auroc, fpr_at_recall, recall_at_fpr
from mlsafety_grader.metrics.estimates import largest_error, mean_figure, mean_of, share
from mlsafety_grader.metrics.figure import Figure
from mlsafety_grader.metrics.inputs import CheckError
from mlsafety_grader.metrics.preferences import normalised_return, preference_accuracy, share_of_optimum
from mlsafety_grader.metrics.probes import probe_accuracy, probe_consistency
from mlsafety_grader.metrics.robustness import Masking, masking_gap, query_robust_accuracy, robust_accuracy
from mlsafety_grader.metrics.trojans import attack_success_rate, detection_accuracy, trigger_iou

__all__ = [
    "CheckError",
    "Figure",
    "Masking",
    "attack_success_rate",
    "aupr",
    "auroc",
    "brier_score",
    "brier_skill",
    "coverage",
    "detection_accuracy",
    "fpr_at_recall",
    "largest_error",
    "localisation",
    "masking_gap",
    "mean_corruption_error",
    "mean_figure",
    "mean_of",
    "normalised_return",
    "preference_accuracy",
    "probe_accuracy",
    "probe_consistency",
    "query_robust_accuracy",
    "recall_at_fpr",
    "rms_calibration_error",
    "robust_accuracy",
    "set_size",
    "share",
    "share_of_optimum",
    "trigger_iou",
]
