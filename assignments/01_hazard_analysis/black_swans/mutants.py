"""Wrong and alternative answers to `black_swans`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports. Every entry of `MUTANTS` must lose points on the question of
the function it replaces; every entry of `ALTERNATIVES` must get full marks.
"""

from math import sqrt

import numpy as np
from scipy import stats

# ------------------------------------------------------------------------------------------------ hill_estimator


def hill_inverse(x, k):
    """Return 1 / alpha."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not 1 <= k < len(x):
        raise ValueError("bad input")
    top = np.sort(x)[::-1][: k + 1]
    if top[-1] <= 0 or top[0] == top[-1]:
        raise ValueError("no tail")
    return float(np.mean(np.log(top[:-1] / top[-1])))


def hill_reference_off_by_one(x, k):
    """Take the smallest of the k values that are used for the reference."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not 1 <= k < len(x):
        raise ValueError("bad input")
    top = np.sort(x)[::-1][: k + 1]
    if top[-1] <= 0 or top[0] == top[-1]:
        raise ValueError("no tail")
    return float(1 / np.mean(np.log(top[:-1] / top[-2])))


def hill_smallest(x, k):
    """Use the smallest values instead of the largest."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not 1 <= k < len(x):
        raise ValueError("bad input")
    low = np.sort(x)[: k + 1]
    if low[0] <= 0 or low[0] == low[-1]:
        raise ValueError("no tail")
    return float(1 / np.mean(np.log(low[-1] / low[:-1])))


def hill_density_exponent(x, k):
    """Return the exponent of the density."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not 1 <= k < len(x):
        raise ValueError("bad input")
    top = np.sort(x)[::-1][: k + 1]
    if top[-1] <= 0 or top[0] == top[-1]:
        raise ValueError("no tail")
    return float(1 + 1 / np.mean(np.log(top[:-1] / top[-1])))


def hill_mean_over_k_plus_one(x, k):
    """Divide by k + 1, so that the reference counts as an excess of zero."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not 1 <= k < len(x):
        raise ValueError("bad input")
    top = np.sort(x)[::-1][: k + 1]
    if top[-1] <= 0 or top[0] == top[-1]:
        raise ValueError("no tail")
    return float(1 / np.mean(np.log(top / top[-1])))


def hill_takes_sizes(x, k):
    """Take the size of gains for harm."""
    x = np.abs(np.asarray(x, dtype=float))
    if x.ndim != 1 or not np.isfinite(x).all() or not 1 <= k < len(x):
        raise ValueError("bad input")
    top = np.sort(x)[::-1][: k + 1]
    if top[-1] <= 0 or top[0] == top[-1]:
        raise ValueError("no tail")
    return float(1 / np.mean(np.log(top[:-1] / top[-1])))


def hill_accepts_anything(x, k):
    """Check k only."""
    x = np.asarray(x, dtype=float)
    if not 1 <= k < len(x):
        raise ValueError("bad k")
    with np.errstate(all="ignore"):
        top = np.sort(x)[::-1][: k + 1]
        return float(1 / np.mean(np.log(top[:-1] / top[-1])))


# ------------------------------------------------------------------------------------------------ max_to_sum_ratio


def ratio_signed(x, p=1.0):
    """Forget the absolute value."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not len(x) or not np.isfinite(x).all() or not p > 0:
        raise ValueError("bad input")
    with np.errstate(all="ignore"):
        power = x**p
        largest, total = np.maximum.accumulate(power), np.cumsum(power)
        return np.divide(largest, total, out=np.ones(len(x)), where=total != 0)


def ratio_final_maximum(x, p=1.0):
    """Use the largest value of the whole log at every time."""
    power = np.abs(np.asarray(x, dtype=float)) ** p
    if power.ndim != 1 or not len(power) or not np.isfinite(power).all() or not p > 0:
        raise ValueError("bad input")
    total = np.cumsum(power)
    return np.minimum(np.divide(power.max(), total, out=np.ones(len(power)), where=total > 0), 1)


def ratio_final_value(x, p=1.0):
    """Return the final ratio only."""
    power = np.abs(np.asarray(x, dtype=float)) ** p
    if power.ndim != 1 or not len(power) or not np.isfinite(power).all() or not p > 0:
        raise ValueError("bad input")
    return np.array([power.max() / power.sum()]) if power.sum() > 0 else np.ones(1)


def ratio_ignores_order(x, p=1.0):
    """Ignore the order of the moment."""
    x = np.abs(np.asarray(x, dtype=float))
    if x.ndim != 1 or not len(x) or not np.isfinite(x).all() or not p > 0:
        raise ValueError("bad input")
    largest, total = np.maximum.accumulate(x), np.cumsum(x)
    return np.divide(largest, total, out=np.ones(len(x)), where=total > 0)


def ratio_power_of_ratio(x, p=1.0):
    """Raise the ratio to the power instead of the values."""
    x = np.abs(np.asarray(x, dtype=float))
    if x.ndim != 1 or not len(x) or not np.isfinite(x).all() or not p > 0:
        raise ValueError("bad input")
    largest, total = np.maximum.accumulate(x), np.cumsum(x)
    return np.divide(largest, total, out=np.ones(len(x)), where=total > 0) ** p


def ratio_nan_at_zeros(x, p=1.0):
    """Divide zero by zero as long as nothing happened."""
    power = np.abs(np.asarray(x, dtype=float)) ** p
    if power.ndim != 1 or not len(power) or not np.isfinite(power).all() or not p > 0:
        raise ValueError("bad input")
    with np.errstate(all="ignore"):
        return np.maximum.accumulate(power) / np.cumsum(power)


# ------------------------------------------------------------------------------------------------ select_xmin


def xmin_first(x, candidates):
    """Keep the first candidate that qualifies."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("bad input")
    x = np.sort(x)
    for xmin in np.ravel(candidates):
        tail = x[x >= xmin]
        n = len(tail)
        if not xmin > 0 or n < 10 or tail[-1] == xmin:
            continue
        logs = np.log(tail / xmin)
        alpha = n / logs.sum()
        model, steps = -np.expm1(-alpha * logs), np.arange(n + 1) / n
        ks = max(np.max(steps[1:] - model), np.max(model - steps[:-1]))
        return float(xmin), float(alpha), float(ks)
    raise ValueError("no candidate")


def xmin_worst(x, candidates):
    """Keep the candidate with the largest distance."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("bad input")
    x, best = np.sort(x), None
    for xmin in np.ravel(candidates):
        tail = x[x >= xmin]
        n = len(tail)
        if not xmin > 0 or n < 10 or tail[-1] == xmin:
            continue
        logs = np.log(tail / xmin)
        alpha = n / logs.sum()
        model, steps = -np.expm1(-alpha * logs), np.arange(n + 1) / n
        ks = max(np.max(steps[1:] - model), np.max(model - steps[:-1]))
        if best is None or ks > best[2]:
            best = float(xmin), float(alpha), float(ks)
    if best is None:
        raise ValueError("no candidate")
    return best


def xmin_one_sided(x, candidates):
    """See the gap only where the steps run above the curve."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("bad input")
    x, best = np.sort(x), None
    for xmin in np.ravel(candidates):
        tail = x[x >= xmin]
        n = len(tail)
        if not xmin > 0 or n < 10 or tail[-1] == xmin:
            continue
        logs = np.log(tail / xmin)
        alpha = n / logs.sum()
        ks = np.max(np.arange(1, n + 1) / n + np.expm1(-alpha * logs))
        if best is None or ks < best[2]:
            best = float(xmin), float(alpha), float(ks)
    if best is None:
        raise ValueError("no candidate")
    return best


def xmin_after_the_step_only(x, candidates):
    """Compare the curve with the steps only after each step, in both directions."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("bad input")
    x, best = np.sort(x), None
    for xmin in np.ravel(candidates):
        tail = x[x >= xmin]
        n = len(tail)
        if not xmin > 0 or n < 10 or tail[-1] == xmin:
            continue
        logs = np.log(tail / xmin)
        alpha = n / logs.sum()
        ks = np.max(np.abs(np.arange(1, n + 1) / n + np.expm1(-alpha * logs)))
        if best is None or ks < best[2]:
            best = float(xmin), float(alpha), float(ks)
    if best is None:
        raise ValueError("no candidate")
    return best


def xmin_density_exponent(x, candidates):
    """Return the exponent of the density."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("bad input")
    x, best = np.sort(x), None
    for xmin in np.ravel(candidates):
        tail = x[x >= xmin]
        n = len(tail)
        if not xmin > 0 or n < 10 or tail[-1] == xmin:
            continue
        logs = np.log(tail / xmin)
        alpha = n / logs.sum()
        model, steps = -np.expm1(-alpha * logs), np.arange(n + 1) / n
        ks = max(np.max(steps[1:] - model), np.max(model - steps[:-1]))
        if best is None or ks < best[2]:
            best = float(xmin), float(alpha) + 1, float(ks)
    if best is None:
        raise ValueError("no candidate")
    return best


def xmin_two_points_suffice(x, candidates):
    """Accept candidates with fewer than ten points."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("bad input")
    x, best = np.sort(x), None
    for xmin in np.ravel(candidates):
        tail = x[x >= xmin]
        n = len(tail)
        if not xmin > 0 or n < 2 or tail[-1] == xmin:
            continue
        logs = np.log(tail / xmin)
        alpha = n / logs.sum()
        model, steps = -np.expm1(-alpha * logs), np.arange(n + 1) / n
        ks = max(np.max(steps[1:] - model), np.max(model - steps[:-1]))
        if best is None or ks < best[2]:
            best = float(xmin), float(alpha), float(ks)
    if best is None:
        raise ValueError("no candidate")
    return best


def xmin_strictly_above(x, candidates):
    """Leave out the points that are equal to the candidate."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("bad input")
    x, best = np.sort(x), None
    for xmin in np.ravel(candidates):
        tail = x[x > xmin]
        n = len(tail)
        if not xmin > 0 or n < 10:
            continue
        logs = np.log(tail / xmin)
        alpha = n / logs.sum()
        model, steps = -np.expm1(-alpha * logs), np.arange(n + 1) / n
        ks = max(np.max(steps[1:] - model), np.max(model - steps[:-1]))
        if best is None or ks < best[2]:
            best = float(xmin), float(alpha), float(ks)
    if best is None:
        raise ValueError("no candidate")
    return best


# ------------------------------------------------------------------------------------------------ tail_llr


def llr_flipped(x, xmin):
    """Turn the sign round."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not xmin > 0:
        raise ValueError("bad input")
    tail = x[x >= xmin]
    if len(tail) < 10 or tail.min() == tail.max():
        raise ValueError("no tail")
    logs, excess = np.log(tail / xmin), tail - xmin
    alpha, rate = 1 / logs.mean(), 1 / excess.mean()
    difference = np.log(rate) - rate * excess - np.log(alpha / xmin) + (alpha + 1) * logs
    return float(difference.sum() / (sqrt(len(tail)) * difference.std()))


def llr_not_normalised(x, xmin):
    """Return the plain log-likelihood ratio."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not xmin > 0:
        raise ValueError("bad input")
    tail = x[x >= xmin]
    if len(tail) < 10 or tail.min() == tail.max():
        raise ValueError("no tail")
    logs, excess = np.log(tail / xmin), tail - xmin
    alpha, rate = 1 / logs.mean(), 1 / excess.mean()
    difference = np.log(alpha / xmin) - (alpha + 1) * logs - np.log(rate) + rate * excess
    return float(difference.sum())


def llr_ignores_xmin(x, xmin):
    """Compare the laws on all positive incidents, from the smallest on."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not xmin > 0:
        raise ValueError("bad input")
    if (x >= xmin).sum() < 10 or np.ptp(x[x >= xmin]) == 0:
        raise ValueError("no tail")
    tail = x[x > 0]
    xmin = tail.min()
    logs, excess = np.log(tail / xmin), tail - xmin
    alpha, rate = 1 / logs.mean(), 1 / excess.mean()
    difference = np.log(alpha / xmin) - (alpha + 1) * logs - np.log(rate) + rate * excess
    return float(difference.sum() / (sqrt(len(tail)) * difference.std()))


def llr_exponential_from_zero(x, xmin):
    """Let the exponential law start at zero."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not xmin > 0:
        raise ValueError("bad input")
    tail = x[x >= xmin]
    if len(tail) < 10 or tail.min() == tail.max():
        raise ValueError("no tail")
    logs = np.log(tail / xmin)
    alpha, rate = 1 / logs.mean(), 1 / tail.mean()
    difference = np.log(alpha / xmin) - (alpha + 1) * logs - np.log(rate) + rate * tail
    return float(difference.sum() / (sqrt(len(tail)) * difference.std()))


def llr_forgets_a_constant(x, xmin):
    """Leave the start of the tail out of the Pareto density."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not xmin > 0:
        raise ValueError("bad input")
    tail = x[x >= xmin]
    if len(tail) < 10 or tail.min() == tail.max():
        raise ValueError("no tail")
    logs, excess = np.log(tail / xmin), tail - xmin
    alpha, rate = 1 / logs.mean(), 1 / excess.mean()
    difference = np.log(alpha) - (alpha + 1) * logs - np.log(rate) + rate * excess
    return float(difference.sum() / (sqrt(len(tail)) * difference.std()))


def llr_sample_deviation(x, xmin):
    """Use the deviation with n - 1 in place of the population deviation."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or not xmin > 0:
        raise ValueError("bad input")
    tail = x[x >= xmin]
    if len(tail) < 10 or tail.min() == tail.max():
        raise ValueError("no tail")
    logs, excess = np.log(tail / xmin), tail - xmin
    alpha, rate = 1 / logs.mean(), 1 / excess.mean()
    difference = np.log(alpha / xmin) - (alpha + 1) * logs - np.log(rate) + rate * excess
    return float(difference.sum() / (sqrt(len(tail)) * difference.std(ddof=1)))


# ------------------------------------------------------------------------------------------------ kesten_process


def kesten_additive(mu, sigma, b, n_steps, n_paths, rng):
    """Add the shocks, with the same floor, instead of multiplying by them."""
    if not mu < 0 or not sigma >= 0 or not b > 0 or n_steps < 0 or n_paths < 1:
        raise ValueError("bad parameters")
    x = np.full(n_paths, float(b))
    for _ in range(n_steps):
        x = np.maximum(x + np.exp(mu + sigma * rng.standard_normal(n_paths)) - 1, b)
    return x


def kesten_shared_shock(mu, sigma, b, n_steps, n_paths, rng):
    """Let one shock hit all paths in a step."""
    if not mu < 0 or not sigma >= 0 or not b > 0 or n_steps < 0 or n_paths < 1:
        raise ValueError("bad parameters")
    x = np.full(n_paths, float(b))
    for _ in range(n_steps):
        x = np.exp(mu + sigma * rng.standard_normal()) * x + b
    return x


def kesten_lasting_shock(mu, sigma, b, n_steps, n_paths, rng):
    """Draw one factor for each path and keep it for all steps."""
    if not mu < 0 or not sigma >= 0 or not b > 0 or n_steps < 0 or n_paths < 1:
        raise ValueError("bad parameters")
    x, factor = np.full(n_paths, float(b)), np.exp(mu + sigma * rng.standard_normal(n_paths))
    with np.errstate(all="ignore"):
        for _ in range(n_steps):
            x = factor * x + b
    return x


def kesten_variance_as_deviation(mu, sigma, b, n_steps, n_paths, rng):
    """Use the variance as the standard deviation."""
    if not mu < 0 or not sigma >= 0 or not b > 0 or n_steps < 0 or n_paths < 1:
        raise ValueError("bad parameters")
    x = np.full(n_paths, float(b))
    for _ in range(n_steps):
        x = rng.lognormal(mu, sigma**2, n_paths) * x + b
    return x


def kesten_adds_first(mu, sigma, b, n_steps, n_paths, rng):
    """Add before growing."""
    if not mu < 0 or not sigma >= 0 or not b > 0 or n_steps < 0 or n_paths < 1:
        raise ValueError("bad parameters")
    x = np.full(n_paths, float(b))
    for _ in range(n_steps):
        x = np.exp(mu + sigma * rng.standard_normal(n_paths)) * (x + b)
    return x


def kesten_own_generator(mu, sigma, b, n_steps, n_paths, rng):
    """Ignore the generator and draw from one with a fixed seed."""
    if not mu < 0 or not sigma >= 0 or not b > 0 or n_steps < 0 or n_paths < 1:
        raise ValueError("bad parameters")
    rng = np.random.default_rng(0)
    x = np.full(n_paths, float(b))
    for _ in range(n_steps):
        x = np.exp(mu + sigma * rng.standard_normal(n_paths)) * x + b
    return x


# ------------------------------------------------------------------------------------------------ alternatives


def hill_by_partition(x, k):
    """Find the largest values without sorting, and subtract logarithms."""
    x = np.array(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("x must be finite and one-dimensional")
    if k < 1 or k >= x.size:
        raise ValueError("k out of range")
    x.partition(x.size - k - 1)
    reference, top = x[x.size - k - 1], x[x.size - k :]
    if reference <= 0 or top.max() == reference:
        raise ValueError("no tail above the reference")
    return float(k / (np.log(top).sum() - k * np.log(reference)))


def ratio_by_loop(x, p=1.0):
    """Go through the log once, with plain numbers."""
    values = np.asarray(x, dtype=float)
    if values.ndim != 1 or values.size == 0 or not np.all(np.isfinite(values)) or p <= 0:
        raise ValueError("bad input")
    largest = total = 0.0
    found = np.empty(values.size)
    for i, value in enumerate(values):
        power = abs(float(value)) ** p
        largest, total = max(largest, power), total + power
        found[i] = largest / total if total else 1.0
    return found


def xmin_by_scipy(x, candidates):
    """Let SciPy measure the distance, and sort the candidates first."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("bad input")
    found = []
    for start in sorted(float(c) for c in np.ravel(candidates) if c > 0):
        tail = x[x >= start]
        if tail.size < 10 or np.all(tail == start):
            continue
        alpha = 1 / np.mean(np.log(tail) - np.log(start))
        distance = stats.kstest(tail, lambda v, a=alpha, c=start: 1 - (c / v) ** a).statistic
        found.append((start, float(alpha), float(distance)))
    if not found:
        raise ValueError("no candidate qualifies")
    return min(found, key=lambda fit: fit[2])


def llr_by_scipy(x, xmin):
    """Use SciPy's densities."""
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or not np.all(np.isfinite(x)) or xmin <= 0:
        raise ValueError("bad input")
    tail = x[x >= xmin]
    if tail.size < 10 or np.unique(tail).size == 1:
        raise ValueError("no tail")
    alpha = tail.size / np.log(tail / xmin).sum()
    power_law = stats.pareto.logpdf(tail, alpha, scale=xmin)
    exponential = stats.expon.logpdf(tail, loc=xmin, scale=np.mean(tail) - xmin)
    gain = power_law - exponential
    return float(np.sqrt(tail.size) * np.mean(gain) / np.std(gain))


def kesten_drawn_at_once(mu, sigma, b, n_steps, n_paths, rng):
    """Draw all factors first, one row for each path."""
    if mu >= 0 or sigma < 0 or b <= 0 or n_steps < 0 or n_paths < 1:
        raise ValueError("bad parameters")
    factors = rng.lognormal(mu, sigma, (n_paths, n_steps))
    x = b * np.ones(n_paths)
    for step in range(n_steps):
        x = factors[:, step] * x + b
    return x


def kesten_as_a_sum(mu, sigma, b, n_steps, n_paths, rng):
    """Add up the products of factors, the latest first."""
    if mu >= 0 or sigma < 0 or b <= 0 or n_steps < 0 or n_paths < 1:
        raise ValueError("bad parameters")
    total, product = np.ones(n_paths), np.ones(n_paths)
    for _ in range(n_steps):
        product = product * np.exp(rng.normal(mu, sigma, n_paths))
        total = total + product
    return b * total


MUTANTS = {
    "hill_inverse": {"hill_estimator": hill_inverse},
    "hill_reference_off_by_one": {"hill_estimator": hill_reference_off_by_one},
    "hill_smallest": {"hill_estimator": hill_smallest},
    "hill_density_exponent": {"hill_estimator": hill_density_exponent},
    "hill_mean_over_k_plus_one": {"hill_estimator": hill_mean_over_k_plus_one},
    "hill_takes_sizes": {"hill_estimator": hill_takes_sizes},
    "hill_accepts_anything": {"hill_estimator": hill_accepts_anything},
    "ratio_signed": {"max_to_sum_ratio": ratio_signed},
    "ratio_final_maximum": {"max_to_sum_ratio": ratio_final_maximum},
    "ratio_final_value": {"max_to_sum_ratio": ratio_final_value},
    "ratio_ignores_order": {"max_to_sum_ratio": ratio_ignores_order},
    "ratio_power_of_ratio": {"max_to_sum_ratio": ratio_power_of_ratio},
    "ratio_nan_at_zeros": {"max_to_sum_ratio": ratio_nan_at_zeros},
    "xmin_first": {"select_xmin": xmin_first},
    "xmin_worst": {"select_xmin": xmin_worst},
    "xmin_one_sided": {"select_xmin": xmin_one_sided},
    "xmin_after_the_step_only": {"select_xmin": xmin_after_the_step_only},
    "xmin_density_exponent": {"select_xmin": xmin_density_exponent},
    "xmin_two_points_suffice": {"select_xmin": xmin_two_points_suffice},
    "xmin_strictly_above": {"select_xmin": xmin_strictly_above},
    "llr_flipped": {"tail_llr": llr_flipped},
    "llr_not_normalised": {"tail_llr": llr_not_normalised},
    "llr_ignores_xmin": {"tail_llr": llr_ignores_xmin},
    "llr_exponential_from_zero": {"tail_llr": llr_exponential_from_zero},
    "llr_forgets_a_constant": {"tail_llr": llr_forgets_a_constant},
    "llr_sample_deviation": {"tail_llr": llr_sample_deviation},
    "kesten_additive": {"kesten_process": kesten_additive},
    "kesten_shared_shock": {"kesten_process": kesten_shared_shock},
    "kesten_lasting_shock": {"kesten_process": kesten_lasting_shock},
    "kesten_variance_as_deviation": {"kesten_process": kesten_variance_as_deviation},
    "kesten_adds_first": {"kesten_process": kesten_adds_first},
    "kesten_own_generator": {"kesten_process": kesten_own_generator},
}

ALTERNATIVES = {
    "hill_by_partition": {"hill_estimator": hill_by_partition},
    "ratio_by_loop": {"max_to_sum_ratio": ratio_by_loop},
    "xmin_by_scipy": {"select_xmin": xmin_by_scipy},
    "llr_by_scipy": {"tail_llr": llr_by_scipy},
    "kesten_drawn_at_once": {"kesten_process": kesten_drawn_at_once},
    "kesten_as_a_sum": {"kesten_process": kesten_as_a_sum},
}
