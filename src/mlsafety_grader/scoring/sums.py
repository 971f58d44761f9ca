"""Add points so that their order is irrelevant."""

from collections.abc import Iterable
from math import fsum

from mlsafety_grader.errors import ScoreError


def add_points(values: Iterable[float]) -> float:
    """Return the correctly rounded sum of `values`, each finite and not negative.

    Correctly rounded, it never falls when a value rises: some of the points are never more than all of them.

    Raises:
        ScoreError: the sum is beyond what a float holds.
    """
    try:
        return fsum(values)
    except OverflowError as error:
        raise ScoreError("the points add up to more than a number can hold", hint="lower the tests' points") from error
