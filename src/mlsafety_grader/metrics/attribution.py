"""Figures of explanations against planted causes."""

import numpy as np
from numpy.typing import ArrayLike

from mlsafety_grader.metrics.estimates import mean_figure
from mlsafety_grader.metrics.figure import Figure
from mlsafety_grader.metrics.inputs import CheckError, flags, floats


def localisation(attribution: ArrayLike, mask: ArrayLike, *, seed: int = 0) -> Figure:
    """Return the share of absolute attribution that lies on the pixels that are the cause.

    Args:
        attribution: shape (n, ...), float64, finite, signed or not; each image counts alike, whatever its scale.
        mask: same shape, booleans or 0/1: True on the planted cause, at least one pixel per image.
        seed: of the resampling of images.

    Returns:
        Mean share in [0, 1], more is better; a flat map has the mask's share of the area. A map of zeros counts as 0.

    Raises:
        CheckError: shapes differ, an input is empty or not finite, or an image has no cause.

    Source: attribution localisation as in Kohlbrenner et al. 2020 (arXiv:1910.09840), with absolute values; bootstrap.
    """
    strength, cause = np.abs(floats("attribution", attribution)), flags("mask", mask, ndim=None)
    if strength.shape != cause.shape or strength.ndim < 2:
        raise CheckError(f"attribution: shape {strength.shape}, mask: {cause.shape}", hint="both (n_images, ...)")
    strength, cause = strength.reshape(len(strength), -1), cause.reshape(len(cause), -1)
    if not cause.any(axis=1).all():
        raise CheckError("mask: an image without a cause", hint="the mask marks the planted pixels")
    strength = strength / np.maximum(strength.max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    total = strength.sum(axis=1)
    return mean_figure((strength * cause).sum(axis=1) / np.where(total == 0, 1.0, total), seed)
