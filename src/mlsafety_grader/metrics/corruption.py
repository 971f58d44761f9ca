"""The error under common corruptions, relative to a baseline net's."""

from numpy.typing import ArrayLike

from mlsafety_grader.metrics.bootstrap import percentiles, resampled_means
from mlsafety_grader.metrics.figure import Figure, widened, without_interval
from mlsafety_grader.metrics.inputs import CheckError, Floats, probabilities


def mean_corruption_error(err: ArrayLike, base_err: ArrayLike, *, seed: int = 0) -> Figure:
    """Return the mean over corruptions of a net's error in percent of the baseline's, severities summed first.

    Args:
        err: error rates in [0, 1], shape (n_corruptions, n_severities); or single errors, 0/1, of shape
            (n_corruptions, n_severities, n_images) on the same images throughout, which also give an interval.
        base_err: error rates of the baseline, shape (n_corruptions, n_severities); taken as exact.
        seed: of the resampling of images.

    Returns:
        Percent >= 0, less is better, 100 for the baseline itself.

    Raises:
        CheckError: shapes differ, an input is empty, not finite or outside [0, 1], or a baseline row sums to 0.

    Source: Hendrycks & Dietterich 2019 (arXiv:1903.12261), mCE; corruptions and severities are fixed, images a sample.
    """
    errors, base = probabilities("err", err), probabilities("base_err", base_err, ndim=2)
    if errors.ndim not in (2, 3) or errors.shape[:2] != base.shape:
        raise CheckError(f"err: shape {errors.shape}, base_err: {base.shape}", hint="corruptions x severities")
    if not base.sum(axis=1).all():
        raise CheckError("base_err: a corruption without errors", hint="choose corruptions that hurt the baseline")
    per_image = _scaled(errors if errors.ndim == 3 else errors[:, :, None], base)
    value, n = per_image.mean(), len(per_image)
    if n == 1:
        return without_interval(value, n=base.size, method="rates only, no interval")
    low, high = percentiles(resampled_means(per_image[:, None], seed=seed)[:, 0], n)
    return widened(value, low, high, n=n, method="bootstrap over images")


def _scaled(errors: Floats, base: Floats) -> Floats:
    """Return every image's share of the figure, which is linear in the errors: (corruptions, severities, n) to (n,)."""
    scaled: Floats = 100 * (errors.sum(axis=1) / base.sum(axis=1)[:, None]).mean(axis=0)
    return scaled
