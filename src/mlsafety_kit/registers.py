"""Hazard registers: what can go wrong with a system, how bad it is, and what could be done about it at which cost.

A register is a table with one row per hazard and the columns of `COLUMNS`. A measure multiplies some of the entries by
numbers of at most 1. `agent_register` is one made-up register with names, `register` draws random ones, and `year`
turns hazards into everything that can happen in a year.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

COLUMNS = ("probability", "severity", "exposure", "vulnerability")
UNTOUCHED = 0.75  # chance that a measure leaves an entry as it is
BUDGET = 10
BAD_YEAR_LIMIT = 0.95  # even in a bad year no hazard is certain


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A hazard register with H hazards and m measures; all arrays are float64 but for the costs.

    hazards: H names.
    measures: m names.
    factors: shape (H, 4), columns as in `COLUMNS`; severity is at least 0, the others lie in [0, 1].
    coping: shape (H,), at least 1: the response divides the harm of the hazard by it.
    multipliers: shape (m, H, 4), in (0, 1]; what each measure does to each factor. Severity is never changed.
    costs: shape (m,), int64, positive.
    budget: what may be spent on measures.
    """

    hazards: tuple[str, ...]
    measures: tuple[str, ...]
    factors: Array
    coping: Array
    multipliers: Array
    costs: NDArray[np.int64]
    budget: int


def register(seed: int = 0, *, hazards: int = 6, measures: int = 9) -> Register:
    """Return a random register.

    Probabilities are Beta(1.2, 6), severities lognormal(1, 1.2), exposure and vulnerability uniform on [0.1, 0.9],
    coping uniform on [1, 3]. A measure leaves an entry alone with chance 0.75 and otherwise multiplies it by a number
    between 0.05 and 0.8. Costs are whole numbers from 1 to 5, the budget is 10.

    Args:
        seed: decides everything; the same seed gives the same register.
        hazards: at least 1.
        measures: at least 1.

    Raises:
        ValueError: `hazards` or `measures` is below 1.
    """
    if hazards < 1 or measures < 1:
        raise ValueError(f"need at least one hazard and one measure, not {hazards} and {measures}")
    rng = np.random.default_rng(seed)
    factors = np.column_stack(
        [
            rng.beta(1.2, 6.0, hazards),
            rng.lognormal(1.0, 1.2, hazards),
            rng.uniform(0.1, 0.9, hazards),
            rng.uniform(0.1, 0.9, hazards),
        ]
    )
    shape = (measures, hazards, len(COLUMNS))
    multipliers = np.where(rng.random(shape) < UNTOUCHED, 1.0, rng.uniform(0.05, 0.8, shape))
    multipliers[:, :, COLUMNS.index("severity")] = 1.0
    return Register(
        hazards=tuple(f"hazard {k}" for k in range(hazards)),
        measures=tuple(f"measure {k}" for k in range(measures)),
        factors=factors,
        coping=rng.uniform(1.0, 3.0, hazards),
        multipliers=multipliers,
        costs=rng.integers(1, 6, measures),
        budget=BUDGET,
    )


def agent_register() -> Register:
    """Return the register of an AI agent that works with a company's tools: six hazards, nine measures, made up.

    Probabilities are per year, severities in thousands of euros.
    """
    rows = {
        "prompt injection": (0.60, 80.0, 0.5, 0.4, 2.0),
        "destructive command": (0.25, 180.0, 0.4, 0.3, 1.5),
        "data leak": (0.30, 80.0, 0.6, 0.3, 1.0),
        "silent quality drift": (0.50, 90.0, 0.9, 0.5, 3.0),
        "misuse by an insider": (0.10, 200.0, 0.3, 0.4, 1.0),
        "wrong goal pursued": (0.04, 900.0, 0.5, 0.6, 1.0),
    }
    p, e, v = (COLUMNS.index(name) for name in ("probability", "exposure", "vulnerability"))
    injection, command, leak, drift, misuse, goal = range(len(rows))
    effects: dict[str, tuple[int, dict[tuple[int, int], float]]] = {
        "input filter": (2, {(injection, p): 0.4, (misuse, p): 0.7}),
        "sandbox": (4, {(command, e): 0.2, (injection, e): 0.5, (goal, e): 0.6}),
        "human approval": (5, {(command, v): 0.2, (injection, v): 0.4, (goal, v): 0.5, (misuse, v): 0.6}),
        "fewer permissions": (3, {(leak, e): 0.4, (command, e): 0.5, (injection, e): 0.6, (misuse, e): 0.5}),
        "canary tasks": (2, {(drift, v): 0.3, (goal, v): 0.8}),
        "staged roll-out": (3, {(drift, e): 0.3, (goal, e): 0.3}),
        "red team": (3, {(goal, p): 0.6, (injection, v): 0.7, (leak, p): 0.7}),
        "output scanner": (2, {(leak, v): 0.4}),
        "rate limit": (1, {(injection, e): 0.8, (goal, e): 0.85, (misuse, e): 0.7}),
    }
    table = np.array(list(rows.values()))
    multipliers = np.ones((len(effects), len(rows), len(COLUMNS)))
    for number, (_, changes) in enumerate(effects.values()):
        for cell, multiplier in changes.items():
            multipliers[(number, *cell)] = multiplier
    return Register(
        hazards=tuple(rows),
        measures=tuple(effects),
        factors=table[:, :4].copy(),
        coping=table[:, 4].copy(),
        multipliers=multipliers,
        costs=np.array([cost for cost, _ in effects.values()], dtype=np.int64),
        budget=BUDGET,
    )


def year(p_hazard: ArrayLike, losses: ArrayLike, *, bad_years: float = 0.0, worse: float = 4.0) -> tuple[Array, Array]:
    """Return everything that can happen in a year, as mutually exclusive scenarios: which hazards strike, which do not.

    Hazards strike independently of each other within a year. With `bad_years` = 0 all years are alike. Otherwise that
    share of years is bad: every hazard is `worse` times as probable (at most 0.95, or its own probability if that is
    higher), and in the other years it is less probable, so that over all years each has the probability given.

    Args:
        p_hazard: shape (H,), in [0, 1].
        losses: shape (H,), the loss if the hazard strikes; losses of one year add up.
        bad_years: share of bad years, in [0, 1).
        worse: at least 1.

    Returns:
        Probabilities and losses of the 2**H scenarios, each float64 of shape (2**H,). Probabilities sum to 1.

    Raises:
        ValueError: shapes differ, an argument is out of its range, or bad years would need more than all of a
            hazard's probability.
    """
    p, loss = np.asarray(p_hazard, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    if p.ndim != 1 or p.shape != loss.shape:
        raise ValueError(f"need two equal shapes (H,), not {p.shape} and {loss.shape}")
    if not np.all((p >= 0) & (p <= 1)) or not 0 <= bad_years < 1 or not worse >= 1:
        raise ValueError("probabilities must lie in [0, 1], bad_years in [0, 1), and worse must be at least 1")
    bad = np.maximum(p, np.minimum(worse * p, BAD_YEAR_LIMIT))
    good = (p - bad_years * bad) / (1 - bad_years)
    if np.any(good < 0):
        raise ValueError("bad years need more than all of a hazard's probability: lower bad_years or worse")
    strikes = (np.arange(2 ** len(p))[:, None] >> np.arange(len(p))) & 1 == 1
    in_good, in_bad = (np.where(strikes, chance, 1 - chance).prod(1) for chance in (good, bad))
    return np.asarray((1 - bad_years) * in_good + bad_years * in_bad), np.asarray(strikes @ loss)
