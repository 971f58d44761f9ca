"""Wrong and alternative answers to `risk_decomposition`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports. Every entry of `MUTANTS` must lose points on the question of
the function it replaces; every entry of `ALTERNATIVES` must get full marks.
"""

from itertools import combinations
from math import factorial

import numpy as np

# ------------------------------------------------------------------------------------------------ disaster_risk


def disaster_risk_coping_multiplies(p_hazard, severity, exposure, vulnerability, coping=1.0):
    """Multiply by coping instead of dividing."""
    p, s, e, v = (np.asarray(values, dtype=float) for values in (p_hazard, severity, exposure, vulnerability))
    c = np.asarray(coping, dtype=float)
    if p.ndim != 1 or not p.shape == s.shape == e.shape == v.shape or c.shape not in ((), p.shape):
        raise ValueError("shapes")
    if not all(np.all((share >= 0) & (share <= 1)) for share in (p, e, v)) or not (np.all(s >= 0) and np.all(c > 0)):
        raise ValueError("ranges")
    parts = p * s * e * v * c
    return parts, float(parts.sum())


def disaster_risk_coping_ignored(p_hazard, severity, exposure, vulnerability, coping=1.0):
    """Leave coping out."""
    p, s, e, v = (np.asarray(values, dtype=float) for values in (p_hazard, severity, exposure, vulnerability))
    c = np.asarray(coping, dtype=float)
    if p.ndim != 1 or not p.shape == s.shape == e.shape == v.shape or c.shape not in ((), p.shape):
        raise ValueError("shapes")
    if not all(np.all((share >= 0) & (share <= 1)) for share in (p, e, v)) or not (np.all(s >= 0) and np.all(c > 0)):
        raise ValueError("ranges")
    parts = p * s * e * v
    return parts, float(parts.sum())


def disaster_risk_either_is_enough(p_hazard, severity, exposure, vulnerability, coping=1.0):
    """Join exposure and vulnerability by or instead of and."""
    p, s, e, v = (np.asarray(values, dtype=float) for values in (p_hazard, severity, exposure, vulnerability))
    c = np.asarray(coping, dtype=float)
    if p.ndim != 1 or not p.shape == s.shape == e.shape == v.shape or c.shape not in ((), p.shape):
        raise ValueError("shapes")
    if not all(np.all((share >= 0) & (share <= 1)) for share in (p, e, v)) or not (np.all(s >= 0) and np.all(c > 0)):
        raise ValueError("ranges")
    parts = p * s * (e + v - e * v) / c
    return parts, float(parts.sum())


def disaster_risk_average_coping(p_hazard, severity, exposure, vulnerability, coping=1.0):
    """Divide every hazard by the average coping factor."""
    p, s, e, v = (np.asarray(values, dtype=float) for values in (p_hazard, severity, exposure, vulnerability))
    c = np.asarray(coping, dtype=float)
    if p.ndim != 1 or not p.shape == s.shape == e.shape == v.shape or c.shape not in ((), p.shape):
        raise ValueError("shapes")
    if not all(np.all((share >= 0) & (share <= 1)) for share in (p, e, v)) or not (np.all(s >= 0) and np.all(c > 0)):
        raise ValueError("ranges")
    parts = p * s * e * v / c.mean()
    return parts, float(parts.sum())


def disaster_risk_nan_passes(p_hazard, severity, exposure, vulnerability, coping=1.0):
    """Look for values outside the ranges, which lets NaN through."""
    p, s, e, v = (np.asarray(values, dtype=float) for values in (p_hazard, severity, exposure, vulnerability))
    c = np.asarray(coping, dtype=float)
    if p.ndim != 1 or not p.shape == s.shape == e.shape == v.shape or c.shape not in ((), p.shape):
        raise ValueError("shapes")
    if any(np.any((share < 0) | (share > 1)) for share in (p, e, v)) or np.any(s < 0) or np.any(c <= 0):
        raise ValueError("ranges")
    parts = p * s * e * v / c
    return parts, float(parts.sum())


def disaster_risk_broadcasts(p_hazard, severity, exposure, vulnerability, coping=1.0):
    """Multiply whatever shapes NumPy can multiply."""
    p, s, e, v = (np.asarray(values, dtype=float) for values in (p_hazard, severity, exposure, vulnerability))
    c = np.asarray(coping, dtype=float)
    if not all(np.all((share >= 0) & (share <= 1)) for share in (p, e, v)) or not (np.all(s >= 0) and np.all(c > 0)):
        raise ValueError("ranges")
    parts = p * s * e * v / c
    return parts, float(parts.sum())


# ------------------------------------------------------------------------------------------------ exceedance_curve


def exceedance_curve_more_than(probs, losses):
    """Report the chance to lose more than the level."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if not (np.all(probs >= 0) and np.all(losses >= 0)) or probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    levels = np.unique(losses)
    return levels, (losses > levels[:, None]) @ probs


def exceedance_curve_ties_kept(probs, losses):
    """Keep one level for each scenario."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if not (np.all(probs >= 0) and np.all(losses >= 0)) or probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    order = np.argsort(losses, kind="stable")
    return losses[order], probs[order][::-1].cumsum()[::-1]


def exceedance_curve_ties_overwritten(probs, losses):
    """Keep one scenario of those with equal losses."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if not (np.all(probs >= 0) and np.all(losses >= 0)) or probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    table = dict(zip(losses.tolist(), probs.tolist(), strict=True))
    levels = np.array(sorted(table))
    return levels, np.array([table[x] for x in levels])[::-1].cumsum()[::-1]


def exceedance_curve_starts_at_one(probs, losses):
    """Scale the curve so that it starts at 1."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if not (np.all(probs >= 0) and np.all(losses >= 0)) or probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    levels = np.unique(losses)
    p = (losses >= levels[:, None]) @ probs
    return levels, p / p[0]


def exceedance_curve_complement(probs, losses):
    """Subtract the chance of less from 1, as if the list were complete."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if not (np.all(probs >= 0) and np.all(losses >= 0)) or probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    levels = np.unique(losses)
    return levels, 1 - (losses < levels[:, None]) @ probs


def exceedance_curve_drops_impossible(probs, losses):
    """Leave out levels of probability 0."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if not (np.all(probs >= 0) and np.all(losses >= 0)) or probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    losses, probs = losses[probs > 0], probs[probs > 0]
    levels = np.unique(losses)
    return levels, (losses >= levels[:, None]) @ probs


def exceedance_curve_negatives_pass(probs, losses):
    """Check the sum only."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    levels = np.unique(losses)
    return levels, (losses >= levels[:, None]) @ probs


# ------------------------------------------------------------------------------------------------ simulate_risk


def simulate_risk_independent(log_mean, log_cov, n, rng):
    """Drop the correlation."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    risk = np.exp(rng.normal(log_mean, np.sqrt(np.diag(log_cov)), (n, len(log_mean))).sum(axis=1))
    return float(risk.mean()), float(np.quantile(risk, 0.05)), float(np.quantile(risk, 0.95))


def simulate_risk_product_of_medians(log_mean, log_cov, n, rng):
    """Report the product of the medians as the mean."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    risk = np.exp(rng.multivariate_normal(log_mean, log_cov, size=n).sum(axis=1))
    return float(np.exp(log_mean.sum())), float(np.quantile(risk, 0.05)), float(np.quantile(risk, 0.95))


def simulate_risk_normal_interval(log_mean, log_cov, n, rng):
    """Report mean plus and minus 1.645 standard deviations as quantiles."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    risk = np.exp(rng.multivariate_normal(log_mean, log_cov, size=n).sum(axis=1))
    mean, sd = float(risk.mean()), float(risk.std())
    return mean, mean - 1.645 * sd, mean + 1.645 * sd


def simulate_risk_product_of_means(log_mean, log_cov, n, rng):
    """Report the product of the simulated means of the factors."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    draws = np.exp(rng.multivariate_normal(log_mean, log_cov, size=n))
    risk = draws.prod(axis=1)
    return float(draws.mean(axis=0).prod()), float(np.quantile(risk, 0.05)), float(np.quantile(risk, 0.95))


def simulate_risk_cholesky(log_mean, log_cov, n, rng):
    """Need a covariance that can be inverted."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    if not log_cov.any():
        return (float(np.exp(log_mean.sum())),) * 3
    root = np.linalg.cholesky(log_cov)
    risk = np.exp((log_mean + rng.standard_normal((n, len(log_mean))) @ root.T).sum(axis=1))
    return float(risk.mean()), float(np.quantile(risk, 0.05)), float(np.quantile(risk, 0.95))


def simulate_risk_closed_form(log_mean, log_cov, n, rng):
    """Return the limits for many draws and simulate nothing."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    middle, sd = log_mean.sum(), np.sqrt(log_cov.sum())
    return tuple(
        float(np.exp(value)) for value in (middle + sd**2 / 2, middle - 1.6448536 * sd, middle + 1.6448536 * sd)
    )


def simulate_risk_own_seed(log_mean, log_cov, n, rng):
    """Use a seed of its own."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    risk = np.exp(np.random.default_rng(0).multivariate_normal(log_mean, log_cov, size=n).sum(axis=1))
    return float(risk.mean()), float(np.quantile(risk, 0.05)), float(np.quantile(risk, 0.95))


# ------------------------------------------------------------------------------------------------ best_portfolio


def best_portfolio_greedy(factors, multipliers, costs, budget):
    """Buy the largest benefit per cost, again and again."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    costs = np.asarray(costs, dtype=float)
    if factors.ndim != 2 or multipliers.shape[1:] != factors.shape or costs.shape != multipliers.shape[:1]:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)) or not (np.all(costs >= 0) and budget >= 0):
        raise ValueError("ranges")

    def residual(chosen):
        return float((factors * multipliers[list(chosen)].prod(axis=0)).prod(axis=1).sum())

    chosen = []
    while True:
        money = budget + 1e-9 - costs[chosen].sum()
        gains = {i: residual(chosen) - residual([*chosen, i]) for i in range(len(costs)) if i not in chosen}
        offers = [i for i, gain in gains.items() if costs[i] <= money and gain > 0]
        if not offers:
            return tuple(sorted(chosen)), residual(sorted(chosen))
        chosen.append(max(offers, key=lambda i: gains[i] / max(costs[i], 1e-9)))


def best_portfolio_greedy_by_benefit(factors, multipliers, costs, budget):
    """Buy the largest benefit that can be paid, again and again."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    costs = np.asarray(costs, dtype=float)
    if factors.ndim != 2 or multipliers.shape[1:] != factors.shape or costs.shape != multipliers.shape[:1]:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)) or not (np.all(costs >= 0) and budget >= 0):
        raise ValueError("ranges")

    def residual(chosen):
        return float((factors * multipliers[list(chosen)].prod(axis=0)).prod(axis=1).sum())

    chosen = []
    while True:
        money = budget + 1e-9 - costs[chosen].sum()
        gains = {i: residual(chosen) - residual([*chosen, i]) for i in range(len(costs)) if i not in chosen}
        offers = [i for i, gain in gains.items() if costs[i] <= money and gain > 0]
        if not offers:
            return tuple(sorted(chosen)), residual(sorted(chosen))
        chosen.append(max(offers, key=lambda i: gains[i]))


def best_portfolio_adds_benefits(factors, multipliers, costs, budget):
    """Choose the set with the largest sum of what its measures save alone."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    costs = np.asarray(costs, dtype=float)
    if factors.ndim != 2 or multipliers.shape[1:] != factors.shape or costs.shape != multipliers.shape[:1]:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)) or not (np.all(costs >= 0) and budget >= 0):
        raise ValueError("ranges")

    def residual(chosen):
        return float((factors * multipliers[list(chosen)].prod(axis=0)).prod(axis=1).sum())

    sets = [chosen for r in range(len(costs) + 1) for chosen in combinations(range(len(costs)), r)]
    affordable = [chosen for chosen in sets if costs[list(chosen)].sum() <= budget + 1e-9]
    alone = np.array([residual([]) - residual([i]) for i in range(len(costs))])
    best = max(affordable, key=lambda chosen: (alone[list(chosen)].sum(), -costs[list(chosen)].sum()))
    return best, residual(best)


def best_portfolio_first_of_equals(factors, multipliers, costs, budget):
    """Take the first of equally good sets."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    costs = np.asarray(costs, dtype=float)
    if factors.ndim != 2 or multipliers.shape[1:] != factors.shape or costs.shape != multipliers.shape[:1]:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)) or not (np.all(costs >= 0) and budget >= 0):
        raise ValueError("ranges")

    def residual(chosen):
        return float((factors * multipliers[list(chosen)].prod(axis=0)).prod(axis=1).sum())

    sets = [chosen for r in range(len(costs) + 1) for chosen in combinations(range(len(costs)), r)]
    affordable = [chosen for chosen in sets if costs[list(chosen)].sum() <= budget + 1e-9]
    best = min(affordable, key=residual)
    return best, residual(best)


def best_portfolio_exact_budget(factors, multipliers, costs, budget):
    """Leave no room for rounding in the budget."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    costs = np.asarray(costs, dtype=float)
    if factors.ndim != 2 or multipliers.shape[1:] != factors.shape or costs.shape != multipliers.shape[:1]:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)) or not (np.all(costs >= 0) and budget >= 0):
        raise ValueError("ranges")

    def residual(chosen):
        return float((factors * multipliers[list(chosen)].prod(axis=0)).prod(axis=1).sum())

    sets = [chosen for r in range(len(costs) + 1) for chosen in combinations(range(len(costs)), r)]
    affordable = [chosen for chosen in sets if costs[list(chosen)].sum() <= budget]
    found = [
        (residual(chosen), round(float(costs[list(chosen)].sum()), 9), len(chosen), chosen) for chosen in affordable
    ]
    lowest = min(found)[0]
    best = min((f for f in found if f[0] <= lowest * (1 + 1e-9)), key=lambda f: f[1:])
    return best[3], best[0]


def best_portfolio_no_checks(factors, multipliers, costs, budget):
    """Check the costs only."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    costs = np.asarray(costs, dtype=float)
    if np.any(costs < 0):
        raise ValueError("costs")

    def residual(chosen):
        return float((factors * multipliers[list(chosen)].prod(axis=0)).prod(axis=1).sum())

    sets = [chosen for r in range(len(costs) + 1) for chosen in combinations(range(len(costs)), r)]
    affordable = [chosen for chosen in sets if costs[list(chosen)].sum() <= budget + 1e-9]
    found = [
        (residual(chosen), round(float(costs[list(chosen)].sum()), 9), len(chosen), chosen) for chosen in affordable
    ]
    lowest = min(found)[0]
    best = min((f for f in found if f[0] <= lowest * (1 + 1e-9)), key=lambda f: f[1:])
    return best[3], best[0]


# ------------------------------------------------------------------------------------------------ shapley_credit


def shapley_credit_last(factors, multipliers):
    """Credit what would be lost by taking the measure away."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    if factors.ndim != 2 or multipliers.ndim != 3 or multipliers.shape[1:] != factors.shape:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)):
        raise ValueError("ranges")
    m = len(multipliers)

    def residual(chosen):
        return float((factors * multipliers[sorted(chosen)].prod(axis=0)).prod(axis=1).sum())

    return np.array([residual(set(range(m)) - {i}) - residual(range(m)) for i in range(m)])


def shapley_credit_alone(factors, multipliers):
    """Credit what the measure would save alone."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    if factors.ndim != 2 or multipliers.ndim != 3 or multipliers.shape[1:] != factors.shape:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)):
        raise ValueError("ranges")
    m = len(multipliers)

    def residual(chosen):
        return float((factors * multipliers[sorted(chosen)].prod(axis=0)).prod(axis=1).sum())

    return np.array([residual([]) - residual([i]) for i in range(m)])


def shapley_credit_alone_scaled(factors, multipliers):
    """Scale what each would save alone to the whole reduction."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    if factors.ndim != 2 or multipliers.ndim != 3 or multipliers.shape[1:] != factors.shape:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)):
        raise ValueError("ranges")
    m = len(multipliers)

    def residual(chosen):
        return float((factors * multipliers[sorted(chosen)].prod(axis=0)).prod(axis=1).sum())

    alone = np.array([residual([]) - residual([i]) for i in range(m)])
    return alone / alone.sum() * (residual([]) - residual(range(m)))


def shapley_credit_uniform_weights(factors, multipliers):
    """Give all subsets the same weight."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    if factors.ndim != 2 or multipliers.ndim != 3 or multipliers.shape[1:] != factors.shape:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)):
        raise ValueError("ranges")
    m = len(multipliers)

    def residual(chosen):
        return float((factors * multipliers[sorted(chosen)].prod(axis=0)).prod(axis=1).sum())

    credit = np.zeros(m)
    for i in range(m):
        others = [j for j in range(m) if j != i]
        for size in range(m):
            for chosen in combinations(others, size):
                weight = 1 / 2 ** (m - 1)
                credit[i] += weight * (residual(chosen) - residual([*chosen, i]))
    return credit


def shapley_credit_one_order(factors, multipliers):
    """Let the measures arrive in the order of the list only."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    if factors.ndim != 2 or multipliers.ndim != 3 or multipliers.shape[1:] != factors.shape:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)):
        raise ValueError("ranges")
    m = len(multipliers)

    def residual(chosen):
        return float((factors * multipliers[sorted(chosen)].prod(axis=0)).prod(axis=1).sum())

    return np.array([residual(range(i)) - residual(range(i + 1)) for i in range(m)])


def shapley_credit_not_divided(factors, multipliers):
    """Forget to divide by the number of orders of all measures but one."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    if factors.ndim != 2 or multipliers.ndim != 3 or multipliers.shape[1:] != factors.shape:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)):
        raise ValueError("ranges")
    m = len(multipliers)

    def residual(chosen):
        return float((factors * multipliers[sorted(chosen)].prod(axis=0)).prod(axis=1).sum())

    credit = np.zeros(m)
    for i in range(m):
        others = [j for j in range(m) if j != i]
        for size in range(m):
            for chosen in combinations(others, size):
                weight = factorial(size) * factorial(m - size - 1) / factorial(m - 1)
                credit[i] += weight * (residual(chosen) - residual([*chosen, i]))
    return credit


# ------------------------------------------------------------------------------------------------ other right answers


def disaster_risk_in_plain_python(p_hazard, severity, exposure, vulnerability, coping=1.0):
    """Go through lists of numbers, one hazard after the other."""
    if any(np.ndim(values) != 1 for values in (p_hazard, severity, exposure, vulnerability)) or np.ndim(coping) > 1:
        raise ValueError("one-dimensional, please")
    n = len(p_hazard)
    copings = [coping] * n if np.ndim(coping) == 0 else list(coping)
    if not n == len(severity) == len(exposure) == len(vulnerability) == len(copings):
        raise ValueError("lengths differ")
    parts, total = [], 0.0
    for p, s, e, v, c in zip(p_hazard, severity, exposure, vulnerability, copings, strict=True):
        if not (0 <= p <= 1 and 0 <= e <= 1 and 0 <= v <= 1 and s >= 0 and c > 0):
            raise ValueError(f"out of range: {(p, s, e, v, c)}")
        parts.append(float(e * v * p / c * s))
        total += parts[-1]
    return np.array(parts), float(total)


def exceedance_curve_all_against_all(probs, losses):
    """Compare all levels with all losses."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if not (np.all(probs >= 0) and np.all(losses >= 0)) or probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    levels = np.unique(losses)
    return levels, (losses >= levels[:, None]) @ probs


def exceedance_curve_with_a_dictionary(probs, losses):
    """Collect probabilities by loss, then add from the worst down."""
    probs, losses = np.asarray(probs, dtype=float), np.asarray(losses, dtype=float)
    if probs.ndim != 1 or probs.shape != losses.shape:
        raise ValueError("shapes")
    if not (np.all(probs >= 0) and np.all(losses >= 0)) or probs.sum() > 1 + 1e-9:
        raise ValueError("ranges")
    table = {}
    for q, loss in zip(probs.tolist(), losses.tolist(), strict=True):
        table[loss] = table.get(loss, 0.0) + q
    chances, above = [], 0.0
    for loss in sorted(table, reverse=True):
        above += table[loss]
        chances.append(above)
    return np.array(sorted(table)), np.array(chances[::-1])


def simulate_risk_of_the_sum(log_mean, log_cov, n, rng):
    """Draw the logarithm of the risk, which is normal itself."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    risk = np.exp(rng.normal(log_mean.sum(), np.sqrt(max(log_cov.sum(), 0.0)), n))
    return float(risk.mean()), float(np.quantile(risk, 0.05)), float(np.quantile(risk, 0.95))


def simulate_risk_by_eigenvectors(log_mean, log_cov, n, rng):
    """Take a root of the covariance from its eigenvectors, and sorted draws for quantiles."""
    log_mean, log_cov = np.asarray(log_mean, dtype=float), np.asarray(log_cov, dtype=float)
    if log_mean.ndim != 1 or log_cov.shape != (len(log_mean), len(log_mean)) or n < 1:
        raise ValueError("shapes")
    values, vectors = np.linalg.eigh(log_cov)
    root = vectors * np.sqrt(values.clip(min=0))
    risk = np.sort(np.exp(log_mean + rng.standard_normal((n, len(log_mean))) @ root.T).prod(axis=1))
    return float(risk.mean()), float(risk[int(0.05 * (n - 1))]), float(risk[int(np.ceil(0.95 * (n - 1)))])


def best_portfolio_take_or_leave(factors, multipliers, costs, budget):
    """Search by taking or leaving one measure after the other."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    costs = np.asarray(costs, dtype=float)
    if factors.ndim != 2 or multipliers.shape[1:] != factors.shape or costs.shape != multipliers.shape[:1]:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)) or not (np.all(costs >= 0) and budget >= 0):
        raise ValueError("ranges")
    cut = multipliers.prod(axis=2)

    def search(i, left, money, chosen):
        if i == len(costs):
            return [(float(left.sum()), round(float(costs[list(chosen)].sum()), 9), len(chosen), chosen)]
        found = search(i + 1, left, money, chosen)
        if costs[i] <= money + 1e-9:
            found += search(i + 1, left * cut[i], money - costs[i], (*chosen, i))
        return found

    found = search(0, factors.prod(axis=1), budget, ())
    lowest = min(found)[0]
    risk, *_, chosen = min((f for f in found if f[0] <= lowest * (1 + 1e-9)), key=lambda f: f[1:])
    return chosen, risk


def best_portfolio_bits(factors, multipliers, costs, budget):
    """Compute all sets at once, from the bits of their numbers, in logarithms."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    costs = np.asarray(costs, dtype=float)
    if factors.ndim != 2 or multipliers.shape[1:] != factors.shape or costs.shape != multipliers.shape[:1]:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)) or not (np.all(costs >= 0) and budget >= 0):
        raise ValueError("ranges")
    m = len(costs)
    bits = (np.arange(2**m)[:, None] >> np.arange(m)) & 1
    residual = np.exp(bits @ np.log(multipliers.prod(axis=2))) @ factors.prod(axis=1)
    price = bits @ costs
    affordable = price <= budget + 1e-9
    equal = affordable & (residual <= residual[affordable].min() * (1 + 1e-9))
    sets = {k: tuple(np.flatnonzero(bits[k]).tolist()) for k in np.flatnonzero(equal)}
    best = min(sets, key=lambda k: (round(price[k], 9), len(sets[k]), sets[k]))
    return sets[best], float(residual[best])


def shapley_credit_integral(factors, multipliers):
    """Let every other measure be present with chance t and integrate over t."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    if factors.ndim != 2 or multipliers.ndim != 3 or multipliers.shape[1:] != factors.shape:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)):
        raise ValueError("ranges")
    m = len(multipliers)

    kept = multipliers.prod(axis=2)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    present = 1 - (nodes[:, None, None] + 1) / 2 * (1 - kept)  # node, measure, hazard
    credit = []
    for i in range(m):
        others = np.delete(present, i, axis=1).prod(axis=1)
        credit.append(weights @ (others * (1 - kept[i])) @ factors.prod(axis=1) / 2)
    return np.array(credit)


def shapley_credit_all_orders(factors, multipliers):
    """Average over all orders of arrival."""
    factors, multipliers = np.asarray(factors, dtype=float), np.asarray(multipliers, dtype=float)
    if factors.ndim != 2 or multipliers.ndim != 3 or multipliers.shape[1:] != factors.shape:
        raise ValueError("shapes")
    if not np.all((multipliers > 0) & (multipliers <= 1)):
        raise ValueError("ranges")
    m = len(multipliers)

    from itertools import permutations

    orders = np.array(list(permutations(range(m))))
    kept = multipliers.prod(axis=2)
    credit = np.zeros(m)
    left = np.tile(factors.prod(axis=1), (len(orders), 1))
    for place in range(m):
        arriving = orders[:, place]
        after = left * kept[arriving]
        credit += np.bincount(arriving, weights=(left - after).sum(axis=1), minlength=m)
        left = after
    return credit / len(orders)


MUTANTS = {
    "disaster_risk_coping_multiplies": {"disaster_risk": disaster_risk_coping_multiplies},
    "disaster_risk_coping_ignored": {"disaster_risk": disaster_risk_coping_ignored},
    "disaster_risk_either_is_enough": {"disaster_risk": disaster_risk_either_is_enough},
    "disaster_risk_average_coping": {"disaster_risk": disaster_risk_average_coping},
    "disaster_risk_nan_passes": {"disaster_risk": disaster_risk_nan_passes},
    "disaster_risk_broadcasts": {"disaster_risk": disaster_risk_broadcasts},
    "exceedance_curve_more_than": {"exceedance_curve": exceedance_curve_more_than},
    "exceedance_curve_ties_kept": {"exceedance_curve": exceedance_curve_ties_kept},
    "exceedance_curve_ties_overwritten": {"exceedance_curve": exceedance_curve_ties_overwritten},
    "exceedance_curve_starts_at_one": {"exceedance_curve": exceedance_curve_starts_at_one},
    "exceedance_curve_complement": {"exceedance_curve": exceedance_curve_complement},
    "exceedance_curve_drops_impossible": {"exceedance_curve": exceedance_curve_drops_impossible},
    "exceedance_curve_negatives_pass": {"exceedance_curve": exceedance_curve_negatives_pass},
    "simulate_risk_independent": {"simulate_risk": simulate_risk_independent},
    "simulate_risk_product_of_medians": {"simulate_risk": simulate_risk_product_of_medians},
    "simulate_risk_normal_interval": {"simulate_risk": simulate_risk_normal_interval},
    "simulate_risk_product_of_means": {"simulate_risk": simulate_risk_product_of_means},
    "simulate_risk_cholesky": {"simulate_risk": simulate_risk_cholesky},
    "simulate_risk_closed_form": {"simulate_risk": simulate_risk_closed_form},
    "simulate_risk_own_seed": {"simulate_risk": simulate_risk_own_seed},
    "best_portfolio_greedy": {"best_portfolio": best_portfolio_greedy},
    "best_portfolio_greedy_by_benefit": {"best_portfolio": best_portfolio_greedy_by_benefit},
    "best_portfolio_adds_benefits": {"best_portfolio": best_portfolio_adds_benefits},
    "best_portfolio_first_of_equals": {"best_portfolio": best_portfolio_first_of_equals},
    "best_portfolio_exact_budget": {"best_portfolio": best_portfolio_exact_budget},
    "best_portfolio_no_checks": {"best_portfolio": best_portfolio_no_checks},
    "shapley_credit_last": {"shapley_credit": shapley_credit_last},
    "shapley_credit_alone": {"shapley_credit": shapley_credit_alone},
    "shapley_credit_alone_scaled": {"shapley_credit": shapley_credit_alone_scaled},
    "shapley_credit_uniform_weights": {"shapley_credit": shapley_credit_uniform_weights},
    "shapley_credit_one_order": {"shapley_credit": shapley_credit_one_order},
    "shapley_credit_not_divided": {"shapley_credit": shapley_credit_not_divided},
}

ALTERNATIVES = {
    "disaster_risk_in_plain_python": {"disaster_risk": disaster_risk_in_plain_python},
    "exceedance_curve_all_against_all": {"exceedance_curve": exceedance_curve_all_against_all},
    "exceedance_curve_with_a_dictionary": {"exceedance_curve": exceedance_curve_with_a_dictionary},
    "simulate_risk_of_the_sum": {"simulate_risk": simulate_risk_of_the_sum},
    "simulate_risk_by_eigenvectors": {"simulate_risk": simulate_risk_by_eigenvectors},
    "best_portfolio_take_or_leave": {"best_portfolio": best_portfolio_take_or_leave},
    "best_portfolio_bits": {"best_portfolio": best_portfolio_bits},
    "shapley_credit_integral": {"shapley_credit": shapley_credit_integral},
    "shapley_credit_all_orders": {"shapley_credit": shapley_credit_all_orders},
}
