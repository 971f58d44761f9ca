"""A crowd of forecasters with yes/no questions: private evidence, shared evidence, and a few who are mostly guessing.

The evidence about a question is Gaussian and its outcome is known to the generator, so the chance that an honest
forecaster ought to report follows from the evidence alone. How much of the evidence is the same for all of them is a
setting. Nothing here scores or combines forecasts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

BASE_LOG_ODDS = -0.4
STRENGTH = 1.0
READING_NOISE = 0.3
POOR_NOISE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What F forecasters said about Q questions, and how the questions turned out.

    forecasts: shape (F, Q), float64 in [0, 1], two decimals (0.00 and 1.00 occur): the stated chance of a yes.
    outcomes: shape (Q,), int64: 1 for yes, 0 for no.
    """

    forecasts: NDArray[np.float64]
    outcomes: NDArray[np.int64]


def crowd(
    seed: int = 0,
    *,
    n_questions: int = 600,
    n_forecasters: int = 12,
    n_poor: int = 3,
    shared: float = 0.25,
    confidence: float = 1.0,
) -> Crowd:
    """Return the forecasts of one crowd, with the outcomes.

    About two questions in five end with a yes. Questions differ in how much evidence there is. Each forecaster sees
    evidence of the same total strength, adds up its log-odds nearly without error (noise of standard deviation 0.3) and
    reports the chance that follows. The poor ones, at random places in the crowd, add noise of standard deviation 3
    instead and do not know it.

    Args:
        seed: decides everything random; the same arguments give the same crowd.
        n_questions: at least 1.
        n_forecasters: at least 1.
        n_poor: how many of the forecasters are poor, in [0, n_forecasters].
        shared: in [0, 1], the part of the evidence that is the same for all: 0 means that everybody has sources of
            their own, 1 that all read the same. It makes no single forecaster better or worse.
        confidence: positive; what each forecaster multiplies their log-odds by before they report. Above 1: too sure.

    Raises:
        ValueError: an argument is out of range.
    """
    if n_questions < 1 or n_forecasters < 1 or not 0 <= n_poor <= n_forecasters:
        raise ValueError(f"no crowd of {n_forecasters} with {n_poor} poor ones and {n_questions} questions")
    if not 0 <= shared <= 1 or not 0 < confidence < float("inf"):
        raise ValueError(f"need 0 <= shared <= 1 and 0 < confidence, not {shared} and {confidence}")
    rng = np.random.default_rng(seed)
    outcomes = (rng.random(n_questions) < expit(BASE_LOG_ODDS)).astype(np.int64)
    side = 2 * outcomes - 1
    strength = STRENGTH * rng.choice([0.5, 1.0, 1.5], n_questions)

    # Evidence x ~ N(side * s / 2, s) has log-odds x: what an observer adds up is what the numbers are worth.
    common, own = shared * strength, (1 - shared) * strength
    of_all = side * common / 2 + np.sqrt(common) * rng.standard_normal(n_questions)
    of_each = side * own / 2 + np.sqrt(own) * rng.standard_normal((n_forecasters, n_questions))

    noise = np.full(n_forecasters, READING_NOISE)
    noise[rng.permutation(n_forecasters)[:n_poor]] = POOR_NOISE
    error = noise[:, None] * rng.standard_normal((n_forecasters, n_questions))
    log_odds = confidence * (BASE_LOG_ODDS + of_all + of_each + error)
    return Crowd(forecasts=np.round(expit(log_odds), 2), outcomes=outcomes)
