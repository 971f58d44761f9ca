"""Wrong and alternative answers to `emergent_behavior`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions. Every entry of `MUTANTS`
must lose points on the question of the function it replaces; every entry of `ALTERNATIVES` must get full marks.
"""

import numpy as np
from scipy import special, stats

# ------------------------------------------------------------------------------------------------ exact_match


def exact_match_any_token(p_token, length):
    """Give the chance that at least one token is right."""
    p = np.asarray(p_token, dtype=float)
    if length < 1 or not np.all((p >= 0) & (p <= 1)):
        raise ValueError("out of range")
    return 1 - (1 - p) ** length


def exact_match_root(p_token, length):
    """Take the root instead of the power."""
    p = np.asarray(p_token, dtype=float)
    if length < 1 or not np.all((p >= 0) & (p <= 1)):
        raise ValueError("out of range")
    return p ** (1 / length)


def exact_match_expected_tokens(p_token, length):
    """Give the expected number of right tokens, cut off at 1."""
    p = np.asarray(p_token, dtype=float)
    if length < 1 or not np.all((p >= 0) & (p <= 1)):
        raise ValueError("out of range")
    return np.minimum(1, p * length)


def exact_match_unchecked(p_token, length):
    """Accept probabilities outside [0, 1]."""
    if length < 1:
        raise ValueError("out of range")
    return np.asarray(p_token, dtype=float) ** length


def exact_match_lets_nan_pass(p_token, length):
    """Look for values outside the range, and NaN is on neither side."""
    p = np.asarray(p_token, dtype=float)
    if length < 1 or np.any((p < 0) | (p > 1)):
        raise ValueError("out of range")
    return p**length


# ------------------------------------------------------------------------------------------------ emergence_score


def emergence_score_mean_step(y):
    """Compare with the mean squared step instead of the median one."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    if y.max() == y.min():
        return 0.0
    sign = 1.0 if y.argmax() > y.argmin() else -1.0
    typical = np.sqrt(np.mean(np.diff(y) ** 2))
    return float(sign * (y.max() - y.min()) / typical)


def emergence_score_unsigned(y):
    """Call a fall a rise."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    if y.max() == y.min():
        return 0.0
    typical = np.sqrt(np.median(np.diff(y) ** 2))
    return float((y.max() - y.min()) / typical) if typical > 0 else np.inf


def emergence_score_last_minus_first(y):
    """Describe a curve by its ends."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    if y[-1] == y[0]:
        return 0.0
    typical = np.sqrt(np.median(np.diff(y) ** 2))
    return float((y[-1] - y[0]) / typical) if typical > 0 else float(np.sign(y[-1] - y[0]) * np.inf)


def emergence_score_sign_of_ends(y):
    """Take the sign from the ends of the curve instead of from its extremes."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    if y.max() == y.min():
        return 0.0
    typical = np.sqrt(np.median(np.diff(y) ** 2))
    return float(np.sign(y[-1] - y[0]) * ((y.max() - y.min()) / typical if typical > 0 else np.inf))


def emergence_score_standstill_is_zero(y):
    """Give 0 where the median step is 0."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    sign = 1.0 if y.argmax() > y.argmin() else -1.0
    typical = np.sqrt(np.median(np.diff(y) ** 2))
    return float(sign * (y.max() - y.min()) / typical) if typical > 0 else 0.0


def emergence_score_always_plus_infinity(y):
    """Forget the sign of an infinite score."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    if y.max() == y.min():
        return 0.0
    sign = 1.0 if y.argmax() > y.argmin() else -1.0
    typical = np.sqrt(np.median(np.diff(y) ** 2))
    return float(sign * (y.max() - y.min()) / typical) if typical > 0 else np.inf


def emergence_score_no_root(y):
    """Divide by the median squared step itself, so that units matter."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    if y.max() == y.min():
        return 0.0
    sign = 1.0 if y.argmax() > y.argmin() else -1.0
    typical = np.median(np.diff(y) ** 2)
    return float(sign * (y.max() - y.min()) / typical) if typical > 0 else sign * np.inf


def emergence_score_signed_median(y):
    """Square the median of the signed steps, in which rises and falls cancel."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    if y.max() == y.min():
        return 0.0
    sign = 1.0 if y.argmax() > y.argmin() else -1.0
    typical = abs(np.median(np.diff(y)))
    return float(sign * (y.max() - y.min()) / typical) if typical > 0 else sign * np.inf


def emergence_score_largest_step(y):
    """Compare the largest step, not the range, with the typical one."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    if y.max() == y.min():
        return 0.0
    sign = 1.0 if y.argmax() > y.argmin() else -1.0
    steps = np.abs(np.diff(y))
    return float(sign * steps.max() / np.median(steps)) if np.median(steps) > 0 else sign * np.inf


def emergence_score_softened(y):
    """Add a small constant below the fraction bar, so that nothing is ever infinite."""
    y = np.asarray(y, dtype=float)
    if len(y) < 3:
        raise ValueError("too short")
    sign = 1.0 if y.argmax() > y.argmin() else -1.0
    return float(sign * (y.max() - y.min()) / (np.sqrt(np.median(np.diff(y) ** 2)) + 1e-12))


# ------------------------------------------------------------------------------------------------ break points


def fit_breakpoint_slope_change(x, y):
    """Return the change of slope as the second slope."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - 2 * np.log(n)
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][2]), float(gain)


def fit_breakpoint_wrong_sign(x, y):
    """Subtract the BIC of the line from that of the two pieces."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - 2 * np.log(n)
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(-gain)


def fit_breakpoint_no_penalty(x, y):
    """Charge nothing for the bend."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12)
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


def fit_breakpoint_three_parameters(x, y):
    """Forget that the position of the break was chosen too."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - np.log(n)
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


def fit_breakpoint_aic(x, y):
    """Charge 2 per parameter instead of ln n."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - 4
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


def fit_breakpoint_decadic_logarithm(x, y):
    """Use the logarithm to base 10."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log10(line / n + 1e-12) - n * np.log10(errors[best] / n + 1e-12) - 2 * np.log10(n)
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


def fit_breakpoint_largest_jump(x, y):
    """Break where two neighbouring values differ most."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    best = 2 + int(np.argmax(np.abs(np.diff(y))[2 : n - 2]))
    design = np.column_stack([np.ones(n), x, np.maximum(x - x[best], 0)])
    c = np.linalg.lstsq(design, y, rcond=None)[0]
    error = np.square(y - design @ c).sum()
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(error / n + 1e-12) - 2 * np.log(n)
    return float(x[best]), float(c[1]), float(c[1] + c[2]), float(gain)


def fit_breakpoint_two_separate_lines(x, y):
    """Fit two lines that need not meet."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    found = []
    for i in range(2, n - 2):
        left, right = np.polyfit(x[:i], y[:i], 1), np.polyfit(x[i:], y[i:], 1)
        error = np.square(y[:i] - np.polyval(left, x[:i])).sum() + np.square(y[i:] - np.polyval(right, x[i:])).sum()
        found.append((error, x[i], left[0], right[0]))
    error, place, before, after = min(found)
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(error / n + 1e-12) - 2 * np.log(n)
    return float(place), float(before), float(after), float(gain)


def fit_breakpoint_every_inner_point(x, y):
    """Try breaks next to the ends as well."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[1 : n - 1]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - 2 * np.log(n)
    return float(x[1 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


def fit_breakpoint_misses_last_candidate(x, y):
    """Stop one candidate too early."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 3]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - 2 * np.log(n)
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


def fit_breakpoint_index(x, y):
    """Return the number of the break instead of its position."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - 2 * np.log(n)
    return float(2 + best), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


def fit_breakpoint_equal_spacing(x, y):
    """Fit over the numbers of the points, as if they were equally spaced."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or not np.all(np.diff(x) > 0):
        raise ValueError("bad input")
    i = np.arange(n)
    designs = [np.column_stack([np.ones(n), i, np.maximum(i - b, 0)]) for b in i[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(i, y, 1), i)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - 2 * np.log(n)
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


def fit_breakpoint_unchecked_order(x, y):
    """Accept positions that do not increase."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n:
        raise ValueError("bad input")
    designs = [np.column_stack([np.ones(n), x, np.maximum(x - b, 0)]) for b in x[2 : n - 2]]
    fits = [np.linalg.lstsq(design, y, rcond=None)[0] for design in designs]
    errors = [np.square(y - design @ c).sum() for design, c in zip(designs, fits, strict=True)]
    best = int(np.argmin(errors))
    line = np.square(y - np.polyval(np.polyfit(x, y, 1), x)).sum()
    gain = n * np.log(line / n + 1e-12) - n * np.log(errors[best] / n + 1e-12) - 2 * np.log(n)
    return float(x[2 + best]), float(fits[best][1]), float(fits[best][1] + fits[best][2]), float(gain)


# ------------------------------------------------------------------------------------------------ grokking_delay


def grokking_delay_first_crossing(steps, train_acc, test_acc, level=0.95):
    """Take the first crossing, whatever comes after it, unless a curve ends below the level."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    if train[-1] < level or test[-1] < level:
        return None
    return float(steps[np.argmax(test >= level)] - steps[np.argmax(train >= level)])


def grokking_delay_first_crossing_in_training(steps, train_acc, test_acc, level=0.95):
    """Wait for the test curve to settle, but not for the training curve."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    if train[-1] < level or test[-1] < level:
        return None
    low = np.flatnonzero(test < level)
    end = steps[low[-1] + 1] if len(low) else steps[0]
    return float(end - steps[np.argmax(train >= level)])


def grokking_delay_strictly_above(steps, train_acc, test_acc, level=0.95):
    """Ask for more than the level."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    found = []
    for accuracy in (train, test):
        low = np.flatnonzero(accuracy <= level)
        first = low[-1] + 1 if len(low) else 0
        if first == len(steps):
            return None
        found.append(steps[first])
    return float(found[1] - found[0])


def grokking_delay_counts_evaluations(steps, train_acc, test_acc, level=0.95):
    """Count evaluations instead of steps."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    found = []
    for accuracy in (train, test):
        low = np.flatnonzero(accuracy < level)
        first = low[-1] + 1 if len(low) else 0
        if first == len(steps):
            return None
        found.append(first)
    return float(found[1] - found[0])


def grokking_delay_zero_for_never(steps, train_acc, test_acc, level=0.95):
    """Report no delay for a curve that never settles."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    found = []
    for accuracy in (train, test):
        low = np.flatnonzero(accuracy < level)
        first = low[-1] + 1 if len(low) else 0
        if first == len(steps):
            return 0.0
        found.append(steps[first])
    return float(found[1] - found[0])


def grokking_delay_end_of_run_for_never(steps, train_acc, test_acc, level=0.95):
    """Take the last evaluation for a curve that never settles."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    found = []
    for accuracy in (train, test):
        low = np.flatnonzero(accuracy < level)
        first = low[-1] + 1 if len(low) else 0
        found.append(steps[min(first, len(steps) - 1)])
    return float(found[1] - found[0])


def grokking_delay_last_failure(steps, train_acc, test_acc, level=0.95):
    """Take the last evaluation below the level instead of the one after it."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    found = []
    for accuracy in (train, test):
        low = np.flatnonzero(accuracy < level)
        if len(low) and low[-1] == len(steps) - 1:
            return None
        found.append(steps[low[-1]] if len(low) else steps[0])
    return float(found[1] - found[0])


def grokking_delay_ignores_level(steps, train_acc, test_acc, level=0.95):
    """Always use the level 0.95."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    found = []
    for accuracy in (train, test):
        low = np.flatnonzero(accuracy < 0.95)
        first = low[-1] + 1 if len(low) else 0
        if first == len(steps):
            return None
        found.append(steps[first])
    return float(found[1] - found[0])


def grokking_delay_never_negative(steps, train_acc, test_acc, level=0.95):
    """Drop the sign when the test curve settles first."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test) or not np.all(np.diff(steps) > 0):
        raise ValueError("bad input")
    found = []
    for accuracy in (train, test):
        low = np.flatnonzero(accuracy < level)
        first = low[-1] + 1 if len(low) else 0
        if first == len(steps):
            return None
        found.append(steps[first])
    return float(abs(found[1] - found[0]))


def grokking_delay_partly_checked(steps, train_acc, test_acc, level=0.95):
    """Check the lengths but not the order of the steps."""
    steps, train, test = np.asarray(steps), np.asarray(train_acc), np.asarray(test_acc)
    if len(steps) == 0 or not len(steps) == len(train) == len(test):
        raise ValueError("bad input")
    found = []
    for accuracy in (train, test):
        low = np.flatnonzero(accuracy < level)
        first = low[-1] + 1 if len(low) else 0
        if first == len(steps):
            return None
        found.append(steps[first])
    return float(found[1] - found[0])


# ------------------------------------------------------------------------------------------------ best_of_n


def best_of_n_top_share(proxy, gold, n):
    """Average the best N / n candidates."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    kept = max(1, round(len(proxy) / n))
    return float(gold[np.argsort(-proxy, kind="stable")[:kept]].mean())


def best_of_n_best_gold(proxy, gold, n):
    """Choose by gold instead of by proxy."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    share = np.arange(len(gold) + 1) / len(gold)
    return float(np.diff(share**n) @ np.sort(gold))


def best_of_n_proxy_value(proxy, gold, n):
    """Return the expected proxy value of the winner."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    if n == 1:
        return float(gold.mean())
    share = np.arange(len(gold) + 1) / len(gold)
    return float(np.diff(share**n) @ np.sort(proxy))


def best_of_n_lowest_proxy(proxy, gold, n):
    """Keep the candidate that the proxy likes least."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    _, group, size = np.unique(-proxy, return_inverse=True, return_counts=True)
    mean_gold = np.bincount(group, weights=gold) / size
    return float(np.diff((size.cumsum() / len(proxy)) ** n, prepend=0.0) @ mean_gold)


def best_of_n_ties_by_position(proxy, gold, n):
    """Let the later of two tied candidates win."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    share = np.arange(len(gold) + 1) / len(gold)
    return float(np.diff(share**n) @ gold[np.argsort(proxy, kind="stable")])


def best_of_n_ties_by_gold(proxy, gold, n):
    """Let the better of two tied candidates win."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    share = np.arange(len(gold) + 1) / len(gold)
    return float(np.diff(share**n) @ gold[np.lexsort((gold, proxy))])


def best_of_n_ties_keep_one(proxy, gold, n):
    """Let one candidate stand for all that tie with it."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    _, first, size = np.unique(proxy, return_index=True, return_counts=True)
    return float(np.diff((size.cumsum() / len(proxy)) ** n, prepend=0.0) @ gold[first])


def best_of_n_distinct_values_equally_likely(proxy, gold, n):
    """Draw among the different proxy values instead of among the candidates."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    _, group, size = np.unique(proxy, return_inverse=True, return_counts=True)
    mean_gold = np.bincount(group, weights=gold) / size
    share = np.arange(len(size) + 1) / len(size)
    return float(np.diff(share**n) @ mean_gold)


def best_of_n_without_replacement(proxy, gold, n):
    """Never draw the same candidate twice."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    total = len(proxy)
    if n >= total:
        return float(gold[proxy == proxy.max()].mean())
    _, group, size = np.unique(proxy, return_inverse=True, return_counts=True)
    mean_gold = np.bincount(group, weights=gold) / size
    ways = special.comb(size.cumsum(), n) / special.comb(total, n)
    return float(np.diff(ways, prepend=0.0) @ mean_gold)


def best_of_n_simulated(proxy, gold, n):
    """Estimate the expectation from 4000 simulated selections."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    if n == 1:
        return float(gold.mean())
    rng = np.random.default_rng(0)
    kept = []
    for _ in range(4000 if n < 100 else 20):
        drawn = rng.integers(len(proxy), size=n)
        kept.append(gold[drawn[np.argmax(proxy[drawn])]])
    return float(np.mean(kept))


def best_of_n_one_draw_more(proxy, gold, n):
    """Use n + 1 draws for every n above 1."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.shape != gold.shape or proxy.size == 0:
        raise ValueError("bad input")
    _, group, size = np.unique(proxy, return_inverse=True, return_counts=True)
    mean_gold = np.bincount(group, weights=gold) / size
    return float(np.diff((size.cumsum() / len(proxy)) ** (n + (n > 1)), prepend=0.0) @ mean_gold)


def best_of_n_partly_checked(proxy, gold, n):
    """Cut the longer of the two sequences instead of refusing."""
    if n < 1 or len(proxy) == 0 or len(gold) == 0:
        raise ValueError("bad input")
    common = min(len(proxy), len(gold))
    proxy, gold = np.asarray(proxy, dtype=float)[:common], np.asarray(gold, dtype=float)[:common]
    _, group, size = np.unique(proxy, return_inverse=True, return_counts=True)
    mean_gold = np.bincount(group, weights=gold) / size
    return float(np.diff((size.cumsum() / len(proxy)) ** n, prepend=0.0) @ mean_gold)


# ------------------------------------------------------------------------------------------------ policy_distance


def policy_distance_kl(trusted, unknown, weights=None):
    """Use the Kullback-Leibler divergence from the unknown policy to the trusted one."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    return float(w @ special.rel_entr(q, np.maximum(p, 1e-12)).sum(1) / w.sum() / np.log(2))


def policy_distance_one_sided(trusted, unknown, weights=None):
    """Compare only the trusted policy with the mixture."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    return float(w @ special.rel_entr(p, (p + q) / 2).sum(1) / w.sum() / np.log(2))


def policy_distance_nats(trusted, unknown, weights=None):
    """Measure in nats."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    return float(w @ (special.rel_entr(p, m) + special.rel_entr(q, m)).sum(1) / 2 / w.sum())


def policy_distance_root(trusted, unknown, weights=None):
    """Average the root of the divergence, which libraries call the Jensen-Shannon distance."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    bits = (special.rel_entr(p, m) + special.rel_entr(q, m)).sum(1) / 2 / np.log(2)
    return float(w @ np.sqrt(bits) / w.sum())


def policy_distance_raw_weights(trusted, unknown, weights=None):
    """Do not normalise the weights."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.full(len(p), 1 / len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    return float(w @ (special.rel_entr(p, m) + special.rel_entr(q, m)).sum(1) / 2 / np.log(2))


def policy_distance_ignores_weights(trusted, unknown, weights=None):
    """Weigh all states alike whatever was asked."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    return float((special.rel_entr(p, m) + special.rel_entr(q, m)).sum(1).mean() / 2 / np.log(2))


def policy_distance_sum(trusted, unknown, weights=None):
    """Add the states up instead of averaging them when no weights are given."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    bits = (special.rel_entr(p, m) + special.rel_entr(q, m)).sum(1) / 2 / np.log(2)
    return float(bits.sum()) if weights is None else float(w @ bits / w.sum())


def policy_distance_greedy(trusted, unknown, weights=None):
    """Compare only the likeliest actions."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    return float(w @ (p.argmax(1) != q.argmax(1)) / w.sum())


def policy_distance_total_variation(trusted, unknown, weights=None):
    """Use the total variation distance."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    return float(w @ np.abs(p - q).sum(1) / 2 / w.sum())


def policy_distance_of_the_means(trusted, unknown, weights=None):
    """Average the policies over states first and compare the averages."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    p, q = w @ p / w.sum(), w @ q / w.sum()
    m = (p + q) / 2
    return float((special.rel_entr(p, m) + special.rel_entr(q, m)).sum() / 2 / np.log(2))


def policy_distance_worst_state(trusted, unknown, weights=None):
    """Take the state with the largest divergence when no weights are given."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    bits = (special.rel_entr(p, m) + special.rel_entr(q, m)).sum(1) / 2 / np.log(2)
    return float(bits.max()) if weights is None else float(w @ bits / w.sum())


def policy_distance_nan_at_zero(trusted, unknown, weights=None):
    """Let 0 log 0 become NaN and drop it together with the rest of its state."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    with np.errstate(all="ignore"):
        bits = (p * np.log2(p / m) + q * np.log2(q / m)).sum(1) / 2
    return float(w @ np.nan_to_num(bits) / w.sum())


def policy_distance_smoothed(trusted, unknown, weights=None):
    """Add 0.001 to every probability to keep logarithms finite."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if np.abs(np.stack([p.sum(1), q.sum(1)]) - 1).max() > 1e-6:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    p, q = p + 1e-3, q + 1e-3
    m = (p + q) / 2
    return float(w @ (p * np.log2(p / m) + q * np.log2(q / m)).sum(1) / 2 / w.sum())


def policy_distance_unchecked_rows(trusted, unknown, weights=None):
    """Check shapes and weights but not that rows are distributions."""
    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape:
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    return float(w @ (special.rel_entr(p, m) + special.rel_entr(q, m)).sum(1) / 2 / w.sum() / np.log(2))


# ------------------------------------------------------------------------------------------------ alternatives


def exact_match_by_products(p_token, length):
    """Multiply token by token."""
    p = np.array(p_token, dtype=np.float64)
    if length < 1 or not ((p >= 0).all() and (p <= 1).all()):
        raise ValueError("out of range")
    result = np.ones_like(p)
    for _ in range(length):
        result = result * p
    return result if result.ndim else float(result)


def emergence_score_plain(y):
    """Use the standard library only; the root of a median square is a median size for an odd number of steps."""
    import statistics
    from itertools import pairwise

    values = [float(v) for v in y]
    if len(values) < 3:
        raise ValueError("too short")
    highest, lowest = max(values), min(values)
    if highest == lowest:
        return 0.0
    rise = (highest - lowest) * (1 if values.index(highest) > values.index(lowest) else -1)
    middle = statistics.median(abs(b - a) for a, b in pairwise(values))
    return rise / middle if middle else float("inf") * rise


def fit_breakpoint_normal_equations(x, y):
    """Solve the normal equations on centred columns, in plain loops."""
    x, y = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or x.size < 6 or (x[1:] <= x[:-1]).any():
        raise ValueError("bad input")
    n = x.size

    def solve(columns):
        design = np.stack(columns, axis=1)
        design = design - design.mean(0)
        target = y - y.mean()
        c = np.linalg.solve(design.T @ design, design.T @ target)
        return float(((target - design @ c) ** 2).sum()), c

    best = None
    for i in range(2, n - 2):
        error, c = solve([x, np.where(x > x[i], x - x[i], 0.0)])
        if best is None or error < best[0]:
            best = (error, i, c)
    error, i, c = best
    line, _ = solve([x])
    gain = n * (np.log(line / n + 1e-12) - np.log(error / n + 1e-12)) - 2 * np.log(n)
    return float(x[i]), float(c[0]), float(c[0] + c[1]), float(gain)


def fit_breakpoint_by_heights(x, y):
    """Fit the heights at both ends and at the break with scikit-learn, and read the slopes from them."""
    from sklearn.linear_model import LinearRegression

    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    n = len(x)
    if n < 6 or len(y) != n or np.diff(x).min() <= 0:
        raise ValueError("bad input")
    found = []
    for b in x[2:-2]:
        knots = [x[0], b, x[-1]]
        tents = np.column_stack([np.interp(x, knots, row) for row in np.eye(3)])
        c = LinearRegression(fit_intercept=False).fit(tents, y).coef_
        found.append((np.sum((y - tents @ c) ** 2), b, (c[1] - c[0]) / (b - x[0]), (c[2] - c[1]) / (x[-1] - b)))
    error, b, before, after = min(found)
    fitted = stats.linregress(x, y)
    line = np.sum((y - fitted.intercept - fitted.slope * x) ** 2)
    delta = n * np.log(line / n + 1e-12) + 2 * np.log(n) - n * np.log(error / n + 1e-12) - 4 * np.log(n)
    return b, before, after, delta


def grokking_delay_backwards(steps, train_acc, test_acc, level=0.95):
    """Walk back from the end and return whole steps."""
    n = len(steps)
    if n == 0 or len(train_acc) != n or len(test_acc) != n:
        raise ValueError("bad input")
    if any(steps[i + 1] <= steps[i] for i in range(n - 1)):
        raise ValueError("bad input")
    since = []
    for accuracy in (train_acc, test_acc):
        i = n
        while i > 0 and accuracy[i - 1] >= level:
            i -= 1
        if i == n:
            return None
        since.append(int(steps[i]))
    return since[1] - since[0]


def grokking_delay_running_minimum(steps, train_acc, test_acc, level=0.95):
    """Compare the minimum of everything still to come with the level."""
    steps = np.asarray(steps, dtype=float)
    both = [np.asarray(accuracy, dtype=float) for accuracy in (train_acc, test_acc)]
    if steps.size == 0 or any(a.shape != steps.shape for a in both) or (np.diff(steps) <= 0).any():
        raise ValueError("bad input")
    safe = [np.minimum.accumulate(a[::-1])[::-1] >= level for a in both]
    if not all(s[-1] for s in safe):
        return None
    start, end = (steps[s].min() for s in safe)
    return end - start


def best_of_n_value_by_value(proxy, gold, n):
    """Loop over the different proxy values with plain counting."""
    proxy, gold = list(proxy), list(gold)
    if n < 1 or not proxy or len(proxy) != len(gold):
        raise ValueError("bad input")
    total, below = 0.0, 0
    for value in sorted(set(proxy)):
        tied = [g for u, g in zip(proxy, gold, strict=True) if u == value]
        chance = ((below + len(tied)) / len(proxy)) ** n - (below / len(proxy)) ** n
        total += chance * sum(tied) / len(tied)
        below += len(tied)
    return total


def best_of_n_candidate_by_candidate(proxy, gold, n):
    """Give every candidate its own chance to be kept, from two searches in the sorted proxy values."""
    proxy, gold = np.asarray(proxy, dtype=float), np.asarray(gold, dtype=float)
    if n < 1 or proxy.ndim != 1 or proxy.shape != gold.shape or not len(proxy):
        raise ValueError("bad input")
    ordered = np.sort(proxy)
    lower, upper = (np.searchsorted(ordered, proxy, side=side) for side in ("left", "right"))
    chance = ((upper / len(proxy)) ** n - (lower / len(proxy)) ** n) / (upper - lower)
    return np.dot(chance, gold)


def policy_distance_from_entropies(trusted, unknown, weights=None):
    """Subtract the mean entropy from the entropy of the mixture."""
    p, q = np.array(trusted, dtype=float), np.array(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape:
        raise ValueError("bad input")
    for rows in (p, q):
        if (rows < 0).any() or (np.abs(rows.sum(axis=1) - 1) > 1e-6).any():
            raise ValueError("bad input")
    if weights is not None:
        weights = np.array(weights, dtype=float)
        if weights.shape != p.shape[:1] or (weights < 0).any() or weights.sum() == 0:
            raise ValueError("bad input")

    def entropy(rows):
        return stats.entropy(rows, base=2, axis=1)

    return float(np.average(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2, weights=weights))


def policy_distance_scipy_squared(trusted, unknown, weights=None):
    """Square SciPy's distance to get the divergence back."""
    from scipy.spatial.distance import jensenshannon

    p, q = np.asarray(trusted, dtype=float), np.asarray(unknown, dtype=float)
    if p.ndim != 2 or p.shape != q.shape or (p < 0).any() or (q < 0).any():
        raise ValueError("bad input")
    if not (np.allclose(p.sum(1), 1, atol=1e-6) and np.allclose(q.sum(1), 1, atol=1e-6)):
        raise ValueError("bad input")
    w = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (len(p),) or (w < 0).any() or w.sum() == 0:
        raise ValueError("bad input")
    return float((w / w.sum()) @ jensenshannon(p, q, base=2, axis=1) ** 2)


def policy_distance_torch(trusted, unknown, weights=None):
    """Use torch in double precision, state by state and action by action."""
    import torch

    p, q = (torch.as_tensor(np.asarray(rows), dtype=torch.float64) for rows in (trusted, unknown))
    if p.dim() != 2 or p.shape != q.shape or min(p.min(), q.min()) < 0:
        raise ValueError("bad input")
    if max((p.sum(1) - 1).abs().max(), (q.sum(1) - 1).abs().max()) > 1e-6:
        raise ValueError("bad input")
    w = torch.ones(len(p), dtype=torch.float64) if weights is None else torch.tensor(weights, dtype=torch.float64)
    if w.shape != p.shape[:1] or w.min() < 0 or w.sum() <= 0:
        raise ValueError("bad input")
    m = (p + q) / 2
    nats = (torch.xlogy(p, p) - torch.xlogy(p, m) + torch.xlogy(q, q) - torch.xlogy(q, m)).sum(1) / 2
    return ((w * nats).sum() / w.sum() / np.log(2)).item()


MUTANTS = {
    "exact_match_any_token": {"exact_match": exact_match_any_token},
    "exact_match_root": {"exact_match": exact_match_root},
    "exact_match_expected_tokens": {"exact_match": exact_match_expected_tokens},
    "exact_match_unchecked": {"exact_match": exact_match_unchecked},
    "exact_match_lets_nan_pass": {"exact_match": exact_match_lets_nan_pass},
    "emergence_score_mean_step": {"emergence_score": emergence_score_mean_step},
    "emergence_score_unsigned": {"emergence_score": emergence_score_unsigned},
    "emergence_score_last_minus_first": {"emergence_score": emergence_score_last_minus_first},
    "emergence_score_sign_of_ends": {"emergence_score": emergence_score_sign_of_ends},
    "emergence_score_standstill_is_zero": {"emergence_score": emergence_score_standstill_is_zero},
    "emergence_score_always_plus_infinity": {"emergence_score": emergence_score_always_plus_infinity},
    "emergence_score_no_root": {"emergence_score": emergence_score_no_root},
    "emergence_score_signed_median": {"emergence_score": emergence_score_signed_median},
    "emergence_score_largest_step": {"emergence_score": emergence_score_largest_step},
    "emergence_score_softened": {"emergence_score": emergence_score_softened},
    "fit_breakpoint_slope_change": {"fit_breakpoint": fit_breakpoint_slope_change},
    "fit_breakpoint_wrong_sign": {"fit_breakpoint": fit_breakpoint_wrong_sign},
    "fit_breakpoint_no_penalty": {"fit_breakpoint": fit_breakpoint_no_penalty},
    "fit_breakpoint_three_parameters": {"fit_breakpoint": fit_breakpoint_three_parameters},
    "fit_breakpoint_aic": {"fit_breakpoint": fit_breakpoint_aic},
    "fit_breakpoint_decadic_logarithm": {"fit_breakpoint": fit_breakpoint_decadic_logarithm},
    "fit_breakpoint_largest_jump": {"fit_breakpoint": fit_breakpoint_largest_jump},
    "fit_breakpoint_two_separate_lines": {"fit_breakpoint": fit_breakpoint_two_separate_lines},
    "fit_breakpoint_every_inner_point": {"fit_breakpoint": fit_breakpoint_every_inner_point},
    "fit_breakpoint_misses_last_candidate": {"fit_breakpoint": fit_breakpoint_misses_last_candidate},
    "fit_breakpoint_index": {"fit_breakpoint": fit_breakpoint_index},
    "fit_breakpoint_equal_spacing": {"fit_breakpoint": fit_breakpoint_equal_spacing},
    "fit_breakpoint_unchecked_order": {"fit_breakpoint": fit_breakpoint_unchecked_order},
    "grokking_delay_first_crossing": {"grokking_delay": grokking_delay_first_crossing},
    "grokking_delay_first_crossing_in_training": {"grokking_delay": grokking_delay_first_crossing_in_training},
    "grokking_delay_strictly_above": {"grokking_delay": grokking_delay_strictly_above},
    "grokking_delay_counts_evaluations": {"grokking_delay": grokking_delay_counts_evaluations},
    "grokking_delay_zero_for_never": {"grokking_delay": grokking_delay_zero_for_never},
    "grokking_delay_end_of_run_for_never": {"grokking_delay": grokking_delay_end_of_run_for_never},
    "grokking_delay_last_failure": {"grokking_delay": grokking_delay_last_failure},
    "grokking_delay_ignores_level": {"grokking_delay": grokking_delay_ignores_level},
    "grokking_delay_never_negative": {"grokking_delay": grokking_delay_never_negative},
    "grokking_delay_partly_checked": {"grokking_delay": grokking_delay_partly_checked},
    "best_of_n_top_share": {"best_of_n": best_of_n_top_share},
    "best_of_n_best_gold": {"best_of_n": best_of_n_best_gold},
    "best_of_n_proxy_value": {"best_of_n": best_of_n_proxy_value},
    "best_of_n_lowest_proxy": {"best_of_n": best_of_n_lowest_proxy},
    "best_of_n_ties_by_position": {"best_of_n": best_of_n_ties_by_position},
    "best_of_n_ties_by_gold": {"best_of_n": best_of_n_ties_by_gold},
    "best_of_n_ties_keep_one": {"best_of_n": best_of_n_ties_keep_one},
    "best_of_n_distinct_values_equally_likely": {"best_of_n": best_of_n_distinct_values_equally_likely},
    "best_of_n_without_replacement": {"best_of_n": best_of_n_without_replacement},
    "best_of_n_simulated": {"best_of_n": best_of_n_simulated},
    "best_of_n_one_draw_more": {"best_of_n": best_of_n_one_draw_more},
    "best_of_n_partly_checked": {"best_of_n": best_of_n_partly_checked},
    "policy_distance_kl": {"policy_distance": policy_distance_kl},
    "policy_distance_one_sided": {"policy_distance": policy_distance_one_sided},
    "policy_distance_nats": {"policy_distance": policy_distance_nats},
    "policy_distance_root": {"policy_distance": policy_distance_root},
    "policy_distance_raw_weights": {"policy_distance": policy_distance_raw_weights},
    "policy_distance_ignores_weights": {"policy_distance": policy_distance_ignores_weights},
    "policy_distance_sum": {"policy_distance": policy_distance_sum},
    "policy_distance_greedy": {"policy_distance": policy_distance_greedy},
    "policy_distance_total_variation": {"policy_distance": policy_distance_total_variation},
    "policy_distance_of_the_means": {"policy_distance": policy_distance_of_the_means},
    "policy_distance_worst_state": {"policy_distance": policy_distance_worst_state},
    "policy_distance_nan_at_zero": {"policy_distance": policy_distance_nan_at_zero},
    "policy_distance_smoothed": {"policy_distance": policy_distance_smoothed},
    "policy_distance_unchecked_rows": {"policy_distance": policy_distance_unchecked_rows},
}

ALTERNATIVES = {
    "exact_match_by_products": {"exact_match": exact_match_by_products},
    "emergence_score_plain": {"emergence_score": emergence_score_plain},
    "fit_breakpoint_normal_equations": {"fit_breakpoint": fit_breakpoint_normal_equations},
    "fit_breakpoint_by_heights": {"fit_breakpoint": fit_breakpoint_by_heights},
    "grokking_delay_backwards": {"grokking_delay": grokking_delay_backwards},
    "grokking_delay_running_minimum": {"grokking_delay": grokking_delay_running_minimum},
    "best_of_n_value_by_value": {"best_of_n": best_of_n_value_by_value},
    "best_of_n_candidate_by_candidate": {"best_of_n": best_of_n_candidate_by_candidate},
    "policy_distance_from_entropies": {"policy_distance": policy_distance_from_entropies},
    "policy_distance_scipy_squared": {"policy_distance": policy_distance_scipy_squared},
    "policy_distance_torch": {"policy_distance": policy_distance_torch},
}
