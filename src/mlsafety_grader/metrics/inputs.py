"""Turn what a test hands over into checked arrays; what cannot be measured is refused, never guessed at.

The figures judge what students computed, so a NaN, an empty list or a wrong shape must stop the measurement.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlsafety_grader.errors import GraderError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_ROUNDING = 1e-6  # softmax in float32 may pass 1 by this much
_ROW_SUM = 1e-3  # and its rows add up to 1 no better than this


class CheckError(GraderError):
    """What was handed over cannot be measured; the message names the argument."""


def as_array(name: str, values: object) -> NDArray[Any]:
    """Return `values` (numbers, list, array or tensor of any device) as an array; raise CheckError if it is ragged."""
    detach = getattr(values, "detach", None)
    try:
        return np.asarray(detach().cpu() if detach is not None else values)
    except (ValueError, TypeError) as error:
        raise CheckError(f"{name}: {error}", hint="hand over one array of numbers") from error


def floats(name: str, values: ArrayLike, *, ndim: int | None = None) -> Floats:
    """Return a non-empty, finite float64 array, of `ndim` axes when that is given.

    Raises:
        CheckError: empty, not finite, no numbers, or another number of axes.
    """
    array = as_array(name, values)
    if array.dtype.kind not in "biuf":
        raise CheckError(f"{name}: {array.dtype} are no numbers", hint="hand over one array of numbers")
    if ndim is not None and array.ndim != ndim:
        raise CheckError(f"{name}: shape {array.shape}, but {ndim} axes are needed", hint="check the shape")
    if array.size == 0:
        raise CheckError(f"{name}: empty", hint="there is nothing to measure")
    if not np.isfinite(array).all():
        raise CheckError(f"{name}: not finite", hint="look for NaN or infinity in what was computed")
    return array.astype(np.float64)


def vector(name: str, values: ArrayLike, *, size: int | None = None) -> Floats:
    """Return `floats` of shape (n,), with n equal to `size` when that is given."""
    array = floats(name, values, ndim=1)
    if size is not None and len(array) != size:
        raise CheckError(f"{name}: {len(array)} entries, but {size} are needed", hint="one entry per example")
    return array


def probabilities(name: str, values: ArrayLike, *, ndim: int | None = None) -> Floats:
    """Return `floats` in [0, 1]; what passes an end by rounding (1e-6) is put on it."""
    array = floats(name, values, ndim=ndim)
    if array.min() < -_ROUNDING or array.max() > 1 + _ROUNDING:
        raise CheckError(f"{name}: outside [0, 1]", hint="probabilities are needed, not logits or percent")
    return np.clip(array, 0.0, 1.0)


def distributions(name: str, values: ArrayLike) -> Floats:
    """Return `probabilities` of shape (n, n_classes) whose rows add up to 1 (to 1e-3)."""
    array = probabilities(name, values, ndim=2)
    if not np.allclose(array.sum(axis=1), 1.0, rtol=0.0, atol=_ROW_SUM):
        raise CheckError(f"{name}: rows do not add up to 1", hint="apply softmax over the classes")
    return array


def flags(name: str, values: ArrayLike, *, ndim: int | None = 1, size: int | None = None) -> Bools:
    """Return a non-empty boolean array from booleans or numbers that are 0 or 1."""
    array = floats(name, values, ndim=ndim)
    if not np.isin(array, (0.0, 1.0)).all():
        raise CheckError(f"{name}: neither 0 nor 1", hint="hand over booleans")
    if size is not None and len(array) != size:
        raise CheckError(f"{name}: {len(array)} entries, but {size} are needed", hint="one entry per example")
    return array.astype(np.bool_)


def labels(name: str, values: ArrayLike, *, size: int, n_classes: int) -> Ints:
    """Return class numbers of shape (size,) in [0, n_classes)."""
    array = vector(name, values, size=size)
    if (array != np.floor(array)).any() or array.min() < 0 or array.max() >= n_classes:
        raise CheckError(f"{name}: not whole numbers from 0 to {n_classes - 1}", hint="hand over class numbers")
    return array.astype(np.int64)
