"""Wrong and alternative answers to `improved_epistemics`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `aggregate`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit, softmax


def log_score(p, o, clip=1e-6):
    """Stand for the notebook's own `log_score`."""


def aggregate(P, weights=None, extremize=1.0, clip=1e-3):
    """Stand for the notebook's own `aggregate`."""


# ------------------------------------------------------------------------------------------------ log_score


def log_score_unclipped(p, o, clip=1e-6):
    """Let a certain and wrong forecast cost infinitely much."""
    p, o = np.asarray(p, dtype=float), np.asarray(o)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(np.where(o == 1, p, 1 - p))))


def log_score_bits(p, o, clip=1e-6):
    """Count in bits."""
    p, o = np.asarray(p, dtype=float), np.asarray(o)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    p = np.clip(p, clip, 1 - clip)
    return float(-np.mean(np.log2(np.where(o == 1, p, 1 - p))))


def log_score_yes_only(p, o, clip=1e-6):
    """Leave out what did not happen, and average over what did."""
    p, o = np.asarray(p, dtype=float), np.asarray(o)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    given = np.log(np.clip(p, clip, 1 - clip))
    return float(-given[o == 1].mean()) if np.any(o == 1) else 0.0


def log_score_fixed_clip(p, o, clip=1e-6):
    """Clip at a number of its own."""
    p, o = np.asarray(p, dtype=float), np.asarray(o)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(o == 1, np.log(p), np.log1p(-p))))


def log_score_lets_nan_pass(p, o, clip=1e-6):
    """Look for forecasts below 0 and above 1 only, which nan is not."""
    p, o = np.asarray(p, dtype=float), np.asarray(o)
    if p.shape != o.shape or p.size == 0 or np.any((p < 0) | (p > 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    p = np.clip(p, clip, 1 - clip)
    return float(-np.mean(np.where(o == 1, np.log(p), np.log1p(-p))))


# ------------------------------------------------------------------------------------------------ is_strictly_proper


def is_strictly_proper_weakly(rule, grid):
    """Accept that another report does as well as the honest one."""
    reports = [float(r) for r in grid]
    if len(reports) < 2 or len(set(reports)) < len(reports) or not all(0 <= r <= 1 for r in reports):
        raise ValueError("bad grid")
    no, yes = (np.array([rule(r, outcome) for r in reports], dtype=float) for outcome in (0, 1))
    for i, q in enumerate(reports):
        expected = yes if q == 1 else no if q == 0 else q * yes + (1 - q) * no
        if not np.all(expected >= expected[i] - 1e-12):
            return False
    return True


def is_strictly_proper_maximum(rule, grid):
    """Take the rule for a reward."""
    reports = [float(r) for r in grid]
    if len(reports) < 2 or len(set(reports)) < len(reports) or not all(0 <= r <= 1 for r in reports):
        raise ValueError("bad grid")
    no, yes = (np.array([rule(r, outcome) for r in reports], dtype=float) for outcome in (0, 1))
    for i, q in enumerate(reports):
        expected = yes if q == 1 else no if q == 0 else q * yes + (1 - q) * no
        if not np.all(np.delete(expected, i) < expected[i] - 1e-12):
            return False
    return True


def is_strictly_proper_one_belief(rule, grid):
    """Try the belief in the middle of the grid and no other."""
    reports = sorted(float(r) for r in grid)
    if len(reports) < 2 or len(set(reports)) < len(reports) or not all(0 <= r <= 1 for r in reports):
        raise ValueError("bad grid")
    no, yes = (np.array([rule(r, outcome) for r in reports], dtype=float) for outcome in (0, 1))
    i = len(reports) // 2
    expected = reports[i] * yes + (1 - reports[i]) * no if 0 < reports[i] < 1 else yes if reports[i] else no
    return bool(np.all(np.delete(expected, i) > expected[i] + 1e-12))


def is_strictly_proper_against_ends(rule, grid):
    """Look for the lowest and the highest report as the only lies."""
    reports = sorted(float(r) for r in grid)
    if len(reports) < 2 or len(set(reports)) < len(reports) or not all(0 <= r <= 1 for r in reports):
        raise ValueError("bad grid")
    no, yes = (np.array([rule(r, outcome) for r in reports], dtype=float) for outcome in (0, 1))
    for i, q in enumerate(reports):
        expected = yes if q == 1 else no if q == 0 else q * yes + (1 - q) * no
        if not all(expected[k] > expected[i] + 1e-12 for k in (0, len(reports) - 1) if k != i):
            return False
    return True


def is_strictly_proper_nan(rule, grid):
    """Multiply an infinite loss by a chance of 0."""
    reports = [float(r) for r in grid]
    if len(reports) < 2 or len(set(reports)) < len(reports) or not all(0 <= r <= 1 for r in reports):
        raise ValueError("bad grid")
    no, yes = (np.array([rule(r, outcome) for r in reports], dtype=float) for outcome in (0, 1))
    with np.errstate(invalid="ignore"):
        for i, q in enumerate(reports):
            expected = q * yes + (1 - q) * no
            if not np.all(np.delete(expected, i) > expected[i] + 1e-12):
                return False
    return True


# ------------------------------------------------------------------------------------------------ murphy_decomposition


def murphy_unweighted_groups(p, o):
    """Count every group the same, and call what is missing uncertainty."""
    p, o = np.asarray(p, dtype=float), np.asarray(o, dtype=float)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    values = np.unique(p)
    rate, base = np.array([o[p == value].mean() for value in values]), o.mean()
    reliability, resolution = np.mean((values - rate) ** 2), np.mean((rate - base) ** 2)
    return float(reliability), float(resolution), float(max(0.0, np.mean((p - o) ** 2) - reliability + resolution))


def murphy_swapped(p, o):
    """Return resolution first."""
    p, o = np.asarray(p, dtype=float), np.asarray(o, dtype=float)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    rate = np.array([o[p == value].mean() for value in p])
    return float(np.mean((rate - o.mean()) ** 2)), float(np.mean((p - rate) ** 2)), float(o.mean() * (1 - o.mean()))


def murphy_about_half(p, o):
    """Measure resolution and uncertainty from one half in place of the base rate; they still add up."""
    p, o = np.asarray(p, dtype=float), np.asarray(o, dtype=float)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    rate = np.array([o[p == value].mean() for value in p])
    return float(np.mean((p - rate) ** 2)), float(np.mean((rate - 0.5) ** 2)), 0.25


def murphy_ten_bins(p, o):
    """Put forecasts into ten bins in place of groups of one value."""
    p, o = np.asarray(p, dtype=float), np.asarray(o, dtype=float)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    number = np.minimum((p * 10).astype(int), 9)
    rate = np.array([o[number == k].mean() for k in number])
    said = np.array([p[number == k].mean() for k in number])
    return float(np.mean((said - rate) ** 2)), float(np.mean((rate - o.mean()) ** 2)), float(o.mean() * (1 - o.mean()))


def murphy_spread_of_forecasts(p, o):
    """Take the spread of the forecasts for resolution, and make the first part fit."""
    p, o = np.asarray(p, dtype=float), np.asarray(o, dtype=float)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    resolution, uncertainty = np.mean((p - o.mean()) ** 2), o.mean() * (1 - o.mean())
    return float(max(0.0, np.mean((p - o) ** 2) + resolution - uncertainty)), float(resolution), float(uncertainty)


# ------------------------------------------------------------------------------------------------ aggregate


def aggregate_probabilities(P, weights=None, extremize=1.0, clip=1e-3):
    """Average probabilities and go to log-odds afterwards."""
    P = np.asarray(P, dtype=float)
    w = np.ones(len(P)) if weights is None else np.asarray(weights, dtype=float)
    if P.ndim != 2 or len(P) == 0 or not np.all((P >= 0) & (P <= 1)):
        raise ValueError("bad forecasts")
    if w.shape != (len(P),) or not np.all(w >= 0) or w.sum() == 0:
        raise ValueError("bad weights")
    return expit(extremize * logit((w / w.sum()) @ np.clip(P, clip, 1 - clip)))


def aggregate_weights_not_normalised(P, weights=None, extremize=1.0, clip=1e-3):
    """Take the weights as they are."""
    P = np.asarray(P, dtype=float)
    if P.ndim != 2 or len(P) == 0 or not np.all((P >= 0) & (P <= 1)):
        raise ValueError("bad forecasts")
    w = np.full(len(P), 1 / len(P)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(P),) or not np.all(w >= 0) or w.sum() == 0:
        raise ValueError("bad weights")
    return expit(extremize * (w @ logit(np.clip(P, clip, 1 - clip))))


def aggregate_stretches_probability(P, weights=None, extremize=1.0, clip=1e-3):
    """Stretch the distance to one half in probability."""
    P = np.asarray(P, dtype=float)
    w = np.ones(len(P)) if weights is None else np.asarray(weights, dtype=float)
    if P.ndim != 2 or len(P) == 0 or not np.all((P >= 0) & (P <= 1)):
        raise ValueError("bad forecasts")
    if w.shape != (len(P),) or not np.all(w >= 0) or w.sum() == 0:
        raise ValueError("bad weights")
    middle = expit((w / w.sum()) @ logit(np.clip(P, clip, 1 - clip)))
    return np.clip(0.5 + extremize * (middle - 0.5), clip, 1 - clip)


def aggregate_divides(P, weights=None, extremize=1.0, clip=1e-3):
    """Divide by the exponent."""
    P = np.asarray(P, dtype=float)
    w = np.ones(len(P)) if weights is None else np.asarray(weights, dtype=float)
    if P.ndim != 2 or len(P) == 0 or not np.all((P >= 0) & (P <= 1)):
        raise ValueError("bad forecasts")
    if w.shape != (len(P),) or not np.all(w >= 0) or w.sum() == 0:
        raise ValueError("bad weights")
    return expit((w / w.sum()) @ logit(np.clip(P, clip, 1 - clip)) / extremize)


def aggregate_clips_at_a_tenth(P, weights=None, extremize=1.0, clip=1e-3):
    """Clip at 0.1, whatever was asked for."""
    P = np.asarray(P, dtype=float)
    w = np.ones(len(P)) if weights is None else np.asarray(weights, dtype=float)
    if P.ndim != 2 or len(P) == 0 or not np.all((P >= 0) & (P <= 1)):
        raise ValueError("bad forecasts")
    if w.shape != (len(P),) or not np.all(w >= 0) or w.sum() == 0:
        raise ValueError("bad weights")
    return expit(extremize * ((w / w.sum()) @ logit(np.clip(P, 0.1, 0.9))))


def aggregate_clips_the_result(P, weights=None, extremize=1.0, clip=1e-3):
    """Clip the answer, and let single forecasters be nearly certain."""
    P = np.asarray(P, dtype=float)
    w = np.ones(len(P)) if weights is None else np.asarray(weights, dtype=float)
    if P.ndim != 2 or len(P) == 0 or not np.all((P >= 0) & (P <= 1)):
        raise ValueError("bad forecasts")
    if w.shape != (len(P),) or not np.all(w >= 0) or w.sum() == 0:
        raise ValueError("bad weights")
    return np.clip(expit(extremize * ((w / w.sum()) @ logit(np.clip(P, 1e-12, 1 - 1e-12)))), clip, 1 - clip)


# ------------------------------------------------------------------------------------------------ fit_extremizing


def fit_never_below_one(P, o, weights=None, clip=1e-3, *, combine=None, score=None):
    """Believe that a crowd is never too sure."""
    combine, score = combine or aggregate, score or log_score
    found = minimize_scalar(
        lambda a: score(combine(P, weights, float(a), clip), o), bounds=(1.0, 16.0), method="bounded"
    )
    return float(found.x)


def fit_always_two(P, o, weights=None, clip=1e-3, *, combine=None, score=None):
    """Return what often helps."""
    return 2.0


def fit_always_one(P, o, weights=None, clip=1e-3, *, combine=None, score=None):
    """Leave the crowd alone."""
    return 1.0


def fit_coarse_grid(P, o, weights=None, clip=1e-3, *, combine=None, score=None):
    """Try steps of a quarter."""
    combine, score = combine or aggregate, score or log_score
    steps = np.arange(1, 33) / 4
    return float(min(steps, key=lambda a: score(combine(P, weights, float(a), clip), o)))


def fit_squared_error(P, o, weights=None, clip=1e-3, *, combine=None, score=None):
    """Minimise the Brier score, which is proper too and asks for another exponent."""
    combine = combine or aggregate
    found = minimize_scalar(
        lambda log_a: float(np.mean((np.asarray(combine(P, weights, float(np.exp(log_a)), clip)) - o) ** 2)),
        bounds=(np.log(0.1), np.log(16)),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return float(np.exp(found.x))


def fit_ignores_weights(P, o, weights=None, clip=1e-3, *, combine=None, score=None):
    """Fit the crowd as if all counted the same."""
    combine, score = combine or aggregate, score or log_score
    found = minimize_scalar(
        lambda log_a: score(combine(P, None, float(np.exp(log_a)), clip), o),
        bounds=(np.log(0.1), np.log(16)),
        method="bounded",
        options={"xatol": 1e-3},
    )
    return float(np.exp(found.x))


# ------------------------------------------------------------------------------------------------ hedge_weights


def hedge_looks_ahead(losses, eta):
    """Use the losses of the round itself; only row 0 is left uniform."""
    losses = np.asarray(losses, dtype=float)
    if losses.ndim != 2 or losses.shape[1] == 0 or not eta > 0:
        raise ValueError("bad input")
    weights = softmax(-eta * np.cumsum(losses, axis=0), axis=1)
    weights[:1] = 1 / losses.shape[1]
    return weights


def hedge_underflows(losses, eta):
    """Exponentiate the losses as they are."""
    losses = np.asarray(losses, dtype=float)
    if losses.ndim != 2 or losses.shape[1] == 0 or not eta > 0:
        raise ValueError("bad input")
    before = np.vstack([np.zeros((1, losses.shape[1])), np.cumsum(losses, axis=0)[:-1]])
    with np.errstate(all="ignore"):
        raw = np.exp(-eta * before)
        return raw / raw.sum(1, keepdims=True)


def hedge_rewards_losses(losses, eta):
    """Give most weight to whoever loses most."""
    losses = np.asarray(losses, dtype=float)
    if losses.ndim != 2 or losses.shape[1] == 0 or not eta > 0:
        raise ValueError("bad input")
    before = np.vstack([np.zeros((1, losses.shape[1])), np.cumsum(losses, axis=0)[:-1]])
    return softmax(eta * before, axis=1)


def hedge_last_loss_only(losses, eta):
    """Remember one round."""
    losses = np.asarray(losses, dtype=float)
    if losses.ndim != 2 or losses.shape[1] == 0 or not eta > 0:
        raise ValueError("bad input")
    return softmax(-eta * np.vstack([np.zeros((1, losses.shape[1])), losses[:-1]]), axis=1)


def hedge_never_forgives(losses, eta):
    """Carry normalised weights along: what has become 0 stays 0."""
    losses = np.asarray(losses, dtype=float)
    if losses.ndim != 2 or losses.shape[1] == 0 or not eta > 0:
        raise ValueError("bad input")
    weights = np.full_like(losses, 1 / losses.shape[1])
    for t in range(1, len(losses)):
        raw = weights[t - 1] * np.exp(-eta * (losses[t - 1] - losses[t - 1].min()))
        weights[t] = raw / raw.sum()
    return weights


# ------------------------------------------------------------------------------------------------ other right answers


def log_score_item_by_item(p, o, clip=1e-6):
    """Add up with Python's own numbers."""
    p, o = np.asarray(p, dtype=float), np.asarray(o, dtype=float)
    if p.shape != o.shape or not p.size or not set(o.ravel().tolist()) <= {0.0, 1.0}:
        raise ValueError("bad input")
    total = 0.0
    for said, happened in zip(p.ravel().tolist(), o.ravel().tolist(), strict=True):
        if not 0 <= said <= 1:
            raise ValueError("bad forecast")
        said = min(max(said, clip), 1 - clip)
        total -= happened * float(np.log(said)) + (1 - happened) * float(np.log1p(-said))
    return total / p.size


def is_strictly_proper_matrix(rule, grid):
    """Compare all beliefs with all reports in one matrix."""
    g = np.asarray(grid, dtype=float)
    if g.ndim != 1 or g.size < 2 or np.unique(g).size < g.size or not ((g >= 0) & (g <= 1)).all():
        raise ValueError("bad grid")
    no = np.array([rule(float(r), 0) for r in g])
    yes = np.array([rule(float(r), 1) for r in g])
    with np.errstate(invalid="ignore"):
        table = np.where(g[:, None] == 0, 0, g[:, None] * yes) + np.where(g[:, None] == 1, 0, (1 - g[:, None]) * no)
    honest = np.diag(table)[:, None]
    return bool(((table > honest + 1e-12) | np.eye(g.size, dtype=bool)).all())


def is_strictly_proper_neighbours(rule, grid):
    """Compare each honest report with its two neighbours: losses are linear in the belief, so nobody leaps further."""
    reports = sorted(float(r) for r in grid)
    if len(reports) < 2 or len(set(reports)) < len(reports) or not all(0 <= r <= 1 for r in reports):
        raise ValueError("bad grid")
    no, yes = (np.array([rule(r, outcome) for r in reports], dtype=float) for outcome in (0, 1))
    for i, q in enumerate(reports):
        expected = yes if q == 1 else no if q == 0 else q * yes + (1 - q) * no
        near = [k for k in (i - 1, i + 1) if 0 <= k < len(reports)]
        if not np.all(expected[near] > expected[i] + 1e-12):
            return False
    return True


def murphy_group_loop(p, o):
    """Visit one group after the other."""
    p, o = np.asarray(p, dtype=float), np.asarray(o, dtype=float)
    if p.shape != o.shape or p.size == 0 or not np.all((p >= 0) & (p <= 1)) or not np.all((o == 0) | (o == 1)):
        raise ValueError("bad input")
    base, reliability, resolution = float(o.mean()), 0.0, 0.0
    for value in set(p.tolist()):
        inside = o[p == value]
        reliability += len(inside) / len(p) * (value - float(inside.mean())) ** 2
        resolution += len(inside) / len(p) * (float(inside.mean()) - base) ** 2
    return reliability, resolution, float(np.var(o))


def aggregate_geometric_means(P, weights=None, extremize=1.0, clip=1e-3):
    """Compare the geometric means of the chances of yes and of no."""
    P = np.asarray(P, dtype=float)
    w = np.ones(len(P)) if weights is None else np.asarray(weights, dtype=float)
    if P.ndim != 2 or len(P) == 0 or not np.all((P >= 0) & (P <= 1)):
        raise ValueError("bad forecasts")
    if w.shape != (len(P),) or not np.all(w >= 0) or w.sum() == 0:
        raise ValueError("bad weights")
    P = np.clip(P, clip, 1 - clip)
    yes = np.exp(np.average(np.log(P), axis=0, weights=w)) ** extremize
    no = np.exp(np.average(np.log1p(-P), axis=0, weights=w)) ** extremize
    return yes / (yes + no)


def fit_by_newton(P, o, weights=None, clip=1e-3, *, combine=None, score=None):
    """Solve the logistic regression with one coefficient by guarded Newton steps, with a single call of `combine`."""
    x, happened = logit(np.asarray((combine or aggregate)(P, weights, 1.0, clip))), np.asarray(o, dtype=float)
    a = 1.0
    for _ in range(100):
        p = expit(a * x)
        step = np.mean(x * (p - happened)) / max(np.mean(x**2 * p * (1 - p)), 1e-12)
        a = min(max(a - step, a / 2), 2 * a)
    return float(a)


def fit_by_fine_grid(P, o, weights=None, clip=1e-3, *, combine=None, score=None):
    """Try three hundred exponents, one and a half percent apart."""
    combine, score = combine or aggregate, score or log_score
    middle = logit(np.asarray(combine(P, weights, 1.0, clip)))
    steps = np.geomspace(0.15, 12, 300)
    costs = [np.mean(np.logaddexp(0, a * middle) - np.asarray(o) * a * middle) for a in steps]
    return float(steps[int(np.argmin(costs))])


def hedge_in_logarithms(losses, eta):
    """Carry the logarithms of the weights from round to round."""
    losses = np.asarray(losses, dtype=float)
    if losses.ndim != 2 or losses.shape[1] == 0 or not eta > 0:
        raise ValueError("bad input")
    score, rows = np.zeros(losses.shape[1]), []
    for row in losses:
        raw = np.exp(score - score.max())
        rows.append(raw / raw.sum())
        score = score - eta * row
    return np.array(rows).reshape(losses.shape)


MUTANTS = {
    "log_score_unclipped": {"log_score": log_score_unclipped},
    "log_score_bits": {"log_score": log_score_bits},
    "log_score_yes_only": {"log_score": log_score_yes_only},
    "log_score_fixed_clip": {"log_score": log_score_fixed_clip},
    "log_score_lets_nan_pass": {"log_score": log_score_lets_nan_pass},
    "is_strictly_proper_weakly": {"is_strictly_proper": is_strictly_proper_weakly},
    "is_strictly_proper_maximum": {"is_strictly_proper": is_strictly_proper_maximum},
    "is_strictly_proper_one_belief": {"is_strictly_proper": is_strictly_proper_one_belief},
    "is_strictly_proper_against_ends": {"is_strictly_proper": is_strictly_proper_against_ends},
    "is_strictly_proper_nan": {"is_strictly_proper": is_strictly_proper_nan},
    "murphy_unweighted_groups": {"murphy_decomposition": murphy_unweighted_groups},
    "murphy_swapped": {"murphy_decomposition": murphy_swapped},
    "murphy_about_half": {"murphy_decomposition": murphy_about_half},
    "murphy_ten_bins": {"murphy_decomposition": murphy_ten_bins},
    "murphy_spread_of_forecasts": {"murphy_decomposition": murphy_spread_of_forecasts},
    "aggregate_probabilities": {"aggregate": aggregate_probabilities},
    "aggregate_weights_not_normalised": {"aggregate": aggregate_weights_not_normalised},
    "aggregate_stretches_probability": {"aggregate": aggregate_stretches_probability},
    "aggregate_divides": {"aggregate": aggregate_divides},
    "aggregate_clips_at_a_tenth": {"aggregate": aggregate_clips_at_a_tenth},
    "aggregate_clips_the_result": {"aggregate": aggregate_clips_the_result},
    "fit_never_below_one": {"fit_extremizing": fit_never_below_one},
    "fit_always_two": {"fit_extremizing": fit_always_two},
    "fit_always_one": {"fit_extremizing": fit_always_one},
    "fit_coarse_grid": {"fit_extremizing": fit_coarse_grid},
    "fit_squared_error": {"fit_extremizing": fit_squared_error},
    "fit_ignores_weights": {"fit_extremizing": fit_ignores_weights},
    "hedge_looks_ahead": {"hedge_weights": hedge_looks_ahead},
    "hedge_underflows": {"hedge_weights": hedge_underflows},
    "hedge_rewards_losses": {"hedge_weights": hedge_rewards_losses},
    "hedge_last_loss_only": {"hedge_weights": hedge_last_loss_only},
    "hedge_never_forgives": {"hedge_weights": hedge_never_forgives},
}

ALTERNATIVES = {
    "log_score_item_by_item": {"log_score": log_score_item_by_item},
    "is_strictly_proper_matrix": {"is_strictly_proper": is_strictly_proper_matrix},
    "is_strictly_proper_neighbours": {"is_strictly_proper": is_strictly_proper_neighbours},
    "murphy_group_loop": {"murphy_decomposition": murphy_group_loop},
    "aggregate_geometric_means": {"aggregate": aggregate_geometric_means},
    "fit_by_newton": {"fit_extremizing": fit_by_newton},
    "fit_by_fine_grid": {"fit_extremizing": fit_by_fine_grid},
    "hedge_in_logarithms": {"hedge_weights": hedge_in_logarithms},
}
