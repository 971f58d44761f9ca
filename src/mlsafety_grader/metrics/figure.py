"""A measured figure: the estimate and how far chance alone may have moved it."""

from dataclasses import dataclass
from math import inf, isnan

from mlsafety_grader.metrics.inputs import CheckError
from mlsafety_grader.model import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An estimate with its two-sided interval.

    Args:
        value: the estimate, in the figure's own unit.
        low: lower end of the interval, at most `value`.
        high: upper end, at least `value`. Equal ends mean that no interval can be had (one value, or no sampling).
        n: how many examples, pairs or worlds the estimate rests on; at least 1.
        confidence: of the interval, in (0, 1).
        method: how the interval was made, in a few words.

    Raises:
        CheckError: a number is not finite, or the order low <= value <= high does not hold.
    """

    value: float
    low: float
    high: float
    n: int
    confidence: float = 0.95
    method: str = "given"

    def __post_init__(self) -> None:
        if not -inf < self.low <= self.value <= self.high < inf:  # phrased so that NaN is refused
            raise CheckError(f"figure: {self.value} in [{self.low}, {self.high}]", hint="low <= value <= high, finite")
        if self.n < 1 or not 0 < self.confidence < 1:
            raise CheckError(f"figure: n = {self.n}, confidence = {self.confidence}", hint="n >= 1, 0 < confidence < 1")

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}], n = {self.n}"

    def reaches(self, threshold: float, direction: Direction | str = Direction.MAX) -> bool:
        """Tell whether `threshold` is within reach, so that nobody fails by the luck of the sample.

        Returns:
            False only if the whole interval lies on the wrong side: below the threshold for "max" (more is better),
            above it for "min". With few examples the interval is wide and nearly everything passes: take a sample
            that is large against the distance between `pass` and the best wrong solution.

        Raises:
            CheckError: the threshold is NaN or the direction is neither "max" nor "min".
        """
        if isnan(threshold) or direction not in list(Direction):
            raise CheckError(f"reaches: threshold {threshold}, direction {direction!r}", hint='use "max" or "min"')
        return self.high >= threshold if direction == Direction.MAX else self.low <= threshold


def widened(value: float, low: float, high: float, *, n: int, method: str) -> Figure:
    """Return a figure whose interval is stretched to hold its value: a bootstrap's may lie beside a biased estimate."""
    return Figure(value=float(value), low=float(min(low, value)), high=float(max(high, value)), n=int(n), method=method)


def without_interval(value: float, *, n: int, method: str) -> Figure:
    """Return a figure where there is no sampling, or too little to tell: `reaches` is then the plain comparison."""
    return Figure(value=float(value), low=float(value), high=float(value), n=int(n), method=method)
