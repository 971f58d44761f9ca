"""Classical item analysis: how hard each question was for a class, and how well it tells students apart.

Crocker & Algina, *Introduction to Classical and Modern Test Theory* (1986), ch. 14; the classes of discrimination are
those of Ebel & Frisbie, *Essentials of Educational Measurement* (5th ed. 1991), p. 232.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

LEAST = 3  # students: a correlation of two is always 1


class Discrimination(StrEnum):
    """How well a question separates those who do well elsewhere from those who do not."""

    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question as a class met it.

    `facility` is the mean share of its points in [0, 1] (called difficulty p in the literature: high is easy).
    `correlation` is the corrected item-total correlation in [-1, 1], between a student's points here and in everything
    else; None when either has no spread or there are fewer than three students.
    """

    name: str
    possible: float
    students: int
    facility: float
    correlation: float | None

    @property
    def discrimination(self) -> Discrimination:
        """The correlation in words: good from 0.40, fair from 0.30, weak from 0.20."""
        if self.correlation is None:
            return Discrimination.NONE
        for least, word in ((0.4, Discrimination.GOOD), (0.3, Discrimination.FAIR), (0.2, Discrimination.WEAK)):
            if self.correlation >= least:
                return word
        return Discrimination.NONE


def analyse_items(students: Sequence[Mapping[str, float]], possible: Mapping[str, float]) -> tuple[Item, ...]:
    """Return an item for each question of a test or of a whole course.

    Args:
        students: for each student, question → points earned. A question that is missing was not answered: 0 points.
        possible: question → points that it can give, in the order of the answer. Questions without points are left out.
    """
    totals = [sum(points.get(name, 0.0) for name in possible) for points in students]
    items = []
    for name, top in possible.items():
        if top <= 0:
            continue
        earned = [points.get(name, 0.0) for points in students]
        rest = [whole - own for whole, own in zip(totals, earned, strict=True)]
        items.append(
            Item(
                name=name,
                possible=top,
                students=len(earned),
                facility=sum(earned) / (top * len(earned)) if earned else 0.0,
                correlation=_correlation(earned, rest),
            )
        )
    return tuple(items)


def weakest(items: Sequence[Item], count: int) -> tuple[Item, ...]:
    """Return the questions that say least about students: without a correlation first, then the lowest ones."""
    return tuple(sorted(items, key=lambda item: (-2.0 if item.correlation is None else item.correlation, item.name)))[
        :count
    ]


def _correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Pearson's r, or None where it is not defined."""
    n = len(one)
    if n < LEAST:
        return None
    mean_one, mean_other = sum(one) / n, sum(other) / n
    products = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    spread = sqrt(sum((a - mean_one) ** 2 for a in one) * sum((b - mean_other) ** 2 for b in other))
    return max(-1.0, min(1.0, products / spread)) if spread > 1e-12 else None
