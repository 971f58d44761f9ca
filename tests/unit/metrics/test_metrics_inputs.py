"""Whatever students hand over becomes a checked array, or `CheckError` names the argument."""

import math
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import mlsafety_grader.metrics as m
from mlsafety_grader.errors import GraderError
from mlsafety_grader.metrics import CheckError


@pytest.mark.parametrize("bad", [[], [math.nan], [math.inf], ["a"], [None], [[1.0], [2.0, 3.0]], [[1.0]], 1.0, [1j]])
def test_what_is_no_vector_of_finite_numbers_is_refused(bad: Any) -> None:
    with pytest.raises(CheckError, match="values"):
        m.mean_figure(bad)


def test_lists_arrays_and_tensors_give_the_same_figure() -> None:
    values = [0.25, 0.5, 1.0, 0.0]
    expected = m.mean_figure(values)
    assert m.mean_figure(np.array(values)) == expected
    assert m.mean_figure(torch.tensor(values, requires_grad=True)) == expected


@pytest.mark.parametrize("bad", [[0.5, 1.0], [2, 0], [-1, 0]])
def test_hits_are_zero_or_one(bad: list[float]) -> None:
    with pytest.raises(CheckError):
        m.share(bad)


BAD_CALLS: dict[str, Callable[[], object]] = {
    "auroc empty": lambda: m.auroc([], [1.0]),
    "aupr nan": lambda: m.aupr([1.0], [math.nan]),
    "fpr recall 0": lambda: m.fpr_at_recall([1.0], [1.0], recall=0),
    "fpr recall nan": lambda: m.fpr_at_recall([1.0], [1.0], recall=math.nan),
    "recall fpr 1": lambda: m.recall_at_fpr([1.0], [1.0], fpr=1.0),
    "recall fpr -1": lambda: m.recall_at_fpr([1.0], [1.0], fpr=-0.1),
    "rms range": lambda: m.rms_calibration_error([1.1], [1]),
    "rms lengths": lambda: m.rms_calibration_error([0.5, 0.5], [1]),
    "rms bins": lambda: m.rms_calibration_error([0.5], [1], n_bins=0),
    "brier rows": lambda: m.brier_score([[0.5, 0.6]], [0]),
    "brier class": lambda: m.brier_score([[0.5, 0.5]], [2]),
    "brier class fraction": lambda: m.brier_score([[0.5, 0.5]], [0.5]),
    "brier class negative": lambda: m.brier_score([[0.5, 0.5]], [-1]),
    "brier length": lambda: m.brier_score([[0.5, 0.5]], [0, 1]),
    "brier axes": lambda: m.brier_score([[[0.5, 0.5]]], [0]),
    "skill shapes": lambda: m.brier_skill([0.5], [[0.5, 0.5]], [0]),
    "skill perfect reference": lambda: m.brier_skill([0.5, 0.5], [1.0, 0.0], [1, 0]),
    "coverage length": lambda: m.coverage([[True, False]], [0, 1]),
    "coverage entries": lambda: m.coverage([[0.5, 1.0]], [0]),
    "size axes": lambda: m.set_size([True]),
    "mce shapes": lambda: m.mean_corruption_error([[0.1]], [[0.1, 0.1]]),
    "mce axes": lambda: m.mean_corruption_error([0.1], [[0.1]]),
    "mce no errors": lambda: m.mean_corruption_error([[0.1], [0.2]], [[0.1], [0.0]]),
    "pairs": lambda: m.preference_accuracy([1.0], [1.0, 2.0]),
    "return room": lambda: m.normalised_return([1.0], [1.0], [1.0]),
    "return length": lambda: m.normalised_return([1.0, 2.0], [0.0], [1.0, 2.0]),
    "optimum": lambda: m.share_of_optimum(1.0, 0.0),
    "probe length": lambda: m.probe_accuracy([0.5], [1, 0]),
    "probe range": lambda: m.probe_accuracy([-0.5], [1]),
    "consistency length": lambda: m.probe_consistency([0.5], [0.5, 0.5]),
    "attribution shape": lambda: m.localisation([[1.0, 2.0]], [[1]]),
    "attribution axes": lambda: m.localisation([1.0], [1]),
    "attribution no cause": lambda: m.localisation([[1.0, 2.0]], [[0, 0]]),
    "iou shape": lambda: m.trigger_iou([[1.0]], [1]),
    "iou nothing": lambda: m.trigger_iou([1.0], [0]),
    "detection length": lambda: m.detection_accuracy([None], [None, 3]),
    "detection empty": lambda: m.detection_accuracy([], []),
    "errors shape": lambda: m.largest_error([1.0], [1.0, 2.0]),
    "mean of nothing": lambda: m.mean_of([]),
}


@pytest.mark.parametrize("call", BAD_CALLS.values(), ids=BAD_CALLS)
def test_bad_input_raises_check_error_with_a_hint(call: Callable[[], object]) -> None:
    with pytest.raises(CheckError) as caught:
        call()
    assert isinstance(caught.value, GraderError)
    assert caught.value.hint


def test_rounding_of_float32_is_no_bad_input() -> None:
    assert m.brier_score(np.array([[1 + 1e-7, -1e-7]]), [0]).value == 0


def test_importing_the_package_imports_no_slow_library() -> None:
    code = "import sys, mlsafety_grader.metrics; sys.exit(any(n in sys.modules for n in ('torch', 'scipy', 'sklearn')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_everything_exported_is_there_and_sorted() -> None:
    assert sorted(m.__all__) == m.__all__
    assert all(getattr(m, name).__doc__ for name in m.__all__)
