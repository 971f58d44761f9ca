"""Figures of probes: directions inside a net that are said to carry truth."""

import numpy as np
from numpy.typing import ArrayLike

from mlsafety_grader.metrics.estimates import share
from mlsafety_grader.metrics.figure import Figure
from mlsafety_grader.metrics.inputs import CheckError, flags, probabilities


def probe_accuracy(scores: ArrayLike, truth: ArrayLike, *, up_to_sign: bool = False) -> Figure:
    """Return the share of statements that a probe judges rightly at one half.

    Args:
        scores: shape (n,), float64 in [0, 1]: probability of "true".
        truth: shape (n,), booleans or 0/1.
        up_to_sign: take the better of the probe and its opposite, for a probe that nobody has oriented. Chance is then
            above one half, and the interval does not know of the choice.

    Returns:
        Share in [0, 1], more is better. A score of exactly 0.5 is wrong: a probe without an opinion earns nothing.

    Raises:
        CheckError: lengths differ, an input is empty, not finite or out of range.

    Source: Burns et al. 2022 (arXiv:2212.03827); exact interval.
    """
    leaning = probabilities("scores", scores, ndim=1) - 0.5
    signs = np.where(flags("truth", truth, size=len(leaning)), 1.0, -1.0)
    found = share(leaning * signs > 0)
    other = share(leaning * signs < 0)
    return other if up_to_sign and other.value > found.value else found


def probe_consistency(p_pos: ArrayLike, p_neg: ArrayLike) -> Figure:
    """Return the share of statements of which a probe affirms exactly one side: the statement or its negation.

    Args:
        p_pos: shape (n,), float64 in [0, 1]: probability that the statement is true.
        p_neg: shape (n,), of its negation.

    Returns:
        Share in [0, 1], more is better, 0.5 for independent coins. One half affirms neither side, so the trivial answer
        to the consistency loss (one half everywhere) has 0.

    Raises:
        CheckError: lengths differ, an input is empty, not finite or out of range.

    Source: the negation consistency of Burns et al. 2022 (arXiv:2212.03827), counted; exact interval.
    """
    statement, negation = probabilities("p_pos", p_pos, ndim=1), probabilities("p_neg", p_neg, ndim=1)
    if len(statement) != len(negation):
        raise CheckError(f"p_pos: {len(statement)} entries, p_neg: {len(negation)}", hint="one pair per statement")
    return share((statement - 0.5) * (negation - 0.5) < 0)
