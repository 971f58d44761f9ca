"""Wrong and alternative answers to `interpretable_uncertainty`, for the release gate. Never shipped, never run.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports. Every entry of `MUTANTS` must lose points on the question of
the function it replaces; every entry of `ALTERNATIVES` must get full marks.
"""

import numpy as np
import torch
from scipy import optimize, stats
from scipy.special import log_softmax, softmax

# ------------------------------------------------------------------------------------------------ calibration_error


def calibration_error_equal_width(conf, correct, n_bins=15, p=2):
    """Cut [0, 1] into bins of equal width."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    number = np.minimum((conf * n_bins).astype(int), n_bins - 1)
    total = 0.0
    for k in np.unique(number):
        rows = number == k
        total += rows.mean() * abs(conf[rows].mean() - correct[rows].mean()) ** p
    return float(total ** (1 / p))


def calibration_error_unweighted(conf, correct, n_bins=15, p=2):
    """Give every bin the same weight, whatever its size."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    parts = np.array_split(np.argsort(conf, kind="stable"), min(n_bins, len(conf)))
    return float(np.mean([abs(conf[rows].mean() - correct[rows].mean()) ** p for rows in parts]) ** (1 / p))


def calibration_error_drops_last_bin(conf, correct, n_bins=15, p=2):
    """Loop over all bins but the last, in which a net puts its boldest claims."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    parts = np.array_split(np.argsort(conf, kind="stable"), min(n_bins, len(conf)))
    total = 0.0
    for k in range(max(len(parts) - 1, 1)):
        rows = parts[k]
        total += len(rows) / len(conf) * abs(conf[rows].mean() - correct[rows].mean()) ** p
    return float(total ** (1 / p))


def calibration_error_drops_the_remainder(conf, correct, n_bins=15, p=2):
    """Make all bins equally large and forget the answers that are left over at the top."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    k = min(n_bins, len(conf))
    order = np.argsort(conf, kind="stable")[: len(conf) // k * k].reshape(k, -1)
    gaps = np.abs(conf[order].mean(1) - correct[order].mean(1))
    return float(np.mean(gaps**p) ** (1 / p))


def calibration_error_no_root(conf, correct, n_bins=15, p=2):
    """Forget the root."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.argsort(conf, kind="stable"), min(n_bins, len(conf))):
        total += len(rows) / len(conf) * abs(conf[rows].mean() - correct[rows].mean()) ** p
    return float(total)


def calibration_error_always_squares(conf, correct, n_bins=15, p=2):
    """Ignore p and always square."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.argsort(conf, kind="stable"), min(n_bins, len(conf))):
        total += len(rows) / len(conf) * (conf[rows].mean() - correct[rows].mean()) ** 2
    return float(np.sqrt(total))


def calibration_error_signed(conf, correct, n_bins=15, p=2):
    """Let bins that are too bold make up for bins that are too shy."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.argsort(conf, kind="stable"), min(n_bins, len(conf))):
        gap = conf[rows].mean() - correct[rows].mean()
        total += len(rows) / len(conf) * np.sign(gap) * abs(gap) ** p
    return float(abs(total) ** (1 / p))


def calibration_error_gap_per_answer(conf, correct, n_bins=15, p=2):
    """Take the absolute gap of every single answer, so nothing averages out within a bin."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.argsort(conf, kind="stable"), min(n_bins, len(conf))):
        total += len(rows) / len(conf) * np.abs(conf[rows] - correct[rows]).mean() ** p
    return float(total ** (1 / p))


def calibration_error_largest_gap(conf, correct, n_bins=15, p=2):
    """Report the largest gap of any bin."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    parts = np.array_split(np.argsort(conf, kind="stable"), min(n_bins, len(conf)))
    return float(max(abs(conf[rows].mean() - correct[rows].mean()) for rows in parts))


def calibration_error_unsorted(conf, correct, n_bins=15, p=2):
    """Cut the answers in the order in which they came."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.arange(len(conf)), min(n_bins, len(conf))):
        total += len(rows) / len(conf) * abs(conf[rows].mean() - correct[rows].mean()) ** p
    return float(total ** (1 / p))


def calibration_error_sorts_one_array(conf, correct, n_bins=15, p=2):
    """Sort the confidences and leave the outcomes where they were."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    k = min(n_bins, len(conf))
    total = 0.0
    for c, r in zip(np.array_split(np.sort(conf), k), np.array_split(correct, k), strict=True):
        total += len(c) / len(conf) * abs(c.mean() - r.mean()) ** p
    return float(total ** (1 / p))


def calibration_error_sorts_pairs(conf, correct, n_bins=15, p=2):
    """Sort pairs, which puts the wrong answers first among equal confidences and invents gaps."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    pairs = np.array(sorted(zip(conf, correct, strict=True)))
    total = 0.0
    for part in np.array_split(pairs, min(n_bins, len(conf))):
        total += len(part) / len(conf) * abs(part[:, 0].mean() - part[:, 1].mean()) ** p
    return float(total ** (1 / p))


def calibration_error_descending(conf, correct, n_bins=15, p=2):
    """Sort from sure to unsure, so that the larger bins are at the other end."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.argsort(-conf, kind="stable"), min(n_bins, len(conf))):
        total += len(rows) / len(conf) * abs(conf[rows].mean() - correct[rows].mean()) ** p
    return float(total ** (1 / p))


def calibration_error_ignores_n_bins(conf, correct, n_bins=15, p=2):
    """Always use fifteen bins."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.argsort(conf, kind="stable"), min(15, len(conf))):
        total += len(rows) / len(conf) * abs(conf[rows].mean() - correct[rows].mean()) ** p
    return float(total ** (1 / p))


def calibration_error_empty_bins(conf, correct, n_bins=15, p=2):
    """Make as many bins as asked for, which leaves some without an answer when there are few."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if not np.all((conf >= 0) & (conf <= 1)):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.argsort(conf, kind="stable"), n_bins):
        total += len(rows) / len(conf) * abs(conf[rows].mean() - correct[rows].mean()) ** p
    return float(total ** (1 / p))


def calibration_error_accepts_nan(conf, correct, n_bins=15, p=2):
    """Look for confidences outside of the range, which NaN never is."""
    conf, correct = np.asarray(conf, dtype=float), np.asarray(correct, dtype=float)
    if conf.ndim != 1 or conf.shape != correct.shape or len(conf) == 0 or n_bins < 1:
        raise ValueError("shapes or bins")
    if np.any(conf < 0) or np.any(conf > 1):
        raise ValueError("confidences")
    total = 0.0
    for rows in np.array_split(np.argsort(conf, kind="stable"), min(n_bins, len(conf))):
        total += len(rows) / len(conf) * abs(conf[rows].mean() - correct[rows].mean()) ** p
    return float(total ** (1 / p))


# ------------------------------------------------------------------------------------------------ brier_score


def brier_score_mean_over_classes(probs, y):
    """Divide by the number of classes."""
    probs, y = np.asarray(probs, dtype=float), np.asarray(y)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= probs.shape[1])):
        raise ValueError("shapes or labels")
    if np.any(probs < 0) or np.any(abs(probs.sum(1) - 1) > 1e-3):
        raise ValueError("not distributions")
    return float(((probs - np.eye(probs.shape[1])[y]) ** 2).mean())


def brier_score_true_class_only(probs, y):
    """Look at the probability of the true class only, which rewards exaggeration."""
    probs, y = np.asarray(probs, dtype=float), np.asarray(y)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= probs.shape[1])):
        raise ValueError("shapes or labels")
    if np.any(probs < 0) or np.any(abs(probs.sum(1) - 1) > 1e-3):
        raise ValueError("not distributions")
    return float(((1 - probs[np.arange(len(y)), y]) ** 2).mean())


def brier_score_absolute(probs, y):
    """Use absolute differences, which is not proper."""
    probs, y = np.asarray(probs, dtype=float), np.asarray(y)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= probs.shape[1])):
        raise ValueError("shapes or labels")
    if np.any(probs < 0) or np.any(abs(probs.sum(1) - 1) > 1e-3):
        raise ValueError("not distributions")
    return float(np.abs(probs - np.eye(probs.shape[1])[y]).sum(1).mean())


def brier_score_root(probs, y):
    """Take the root of every distance."""
    probs, y = np.asarray(probs, dtype=float), np.asarray(y)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= probs.shape[1])):
        raise ValueError("shapes or labels")
    if np.any(probs < 0) or np.any(abs(probs.sum(1) - 1) > 1e-3):
        raise ValueError("not distributions")
    return float(np.sqrt(((probs - np.eye(probs.shape[1])[y]) ** 2).sum(1)).mean())


def brier_score_top_class(probs, y):
    """Score the top confidence against being right, as if there were two classes."""
    probs, y = np.asarray(probs, dtype=float), np.asarray(y)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= probs.shape[1])):
        raise ValueError("shapes or labels")
    if np.any(probs < 0) or np.any(abs(probs.sum(1) - 1) > 1e-3):
        raise ValueError("not distributions")
    return float(2 * ((probs.max(1) - (probs.argmax(1) == y)) ** 2).mean())


def brier_score_log_loss(probs, y):
    """Return the cross-entropy, which is proper too, but another score."""
    probs, y = np.asarray(probs, dtype=float), np.asarray(y)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= probs.shape[1])):
        raise ValueError("shapes or labels")
    if np.any(probs < 0) or np.any(abs(probs.sum(1) - 1) > 1e-3):
        raise ValueError("not distributions")
    return float(-np.log(np.maximum(probs[np.arange(len(y)), y], 1e-300)).mean())


def brier_score_hard_answers(probs, y):
    """Round every forecast to its top class first."""
    probs, y = np.asarray(probs, dtype=float), np.asarray(y)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= probs.shape[1])):
        raise ValueError("shapes or labels")
    if np.any(probs < 0) or np.any(abs(probs.sum(1) - 1) > 1e-3):
        raise ValueError("not distributions")
    answers = np.eye(probs.shape[1])[probs.argmax(1)]
    return float(((answers - np.eye(probs.shape[1])[y]) ** 2).sum(1).mean())


def brier_score_labels_from_behind(probs, y):
    """Let label -1 mean the last class."""
    probs, y = np.asarray(probs, dtype=float), np.asarray(y)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or np.any(y >= probs.shape[1]):
        raise ValueError("shapes or labels")
    if np.any(probs < 0) or np.any(abs(probs.sum(1) - 1) > 1e-3):
        raise ValueError("not distributions")
    return float(((probs - np.eye(probs.shape[1])[y]) ** 2).sum(1).mean())


# ------------------------------------------------------------------------------------------------ fit_temperature


def fit_temperature_one(logits, y):
    """Leave the logits as they are."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    return 1.0


def fit_temperature_inverted(logits, y):
    """Return the factor for multiplying instead of the temperature for dividing."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    rows = np.arange(len(y))
    found = optimize.minimize_scalar(
        lambda s: -log_softmax(logits * np.exp(s), axis=1)[rows, y].mean(), bounds=(-4, 4), method="bounded"
    )
    return float(np.exp(found.x))


def fit_temperature_whole_steps(logits, y):
    """Try 1, 2, 3 and so on."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    rows = np.arange(len(y))
    losses = [-log_softmax(logits / t, axis=1)[rows, y].mean() for t in range(1, 21)]
    return float(1 + np.argmin(losses))


def fit_temperature_coarse_grid(logits, y):
    """Try every twentieth, which is too coarse for small temperatures."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    rows, grid = np.arange(len(y)), np.arange(1, 401) / 20
    losses = [-log_softmax(logits / t, axis=1)[rows, y].mean() for t in grid]
    return float(grid[np.argmin(losses)])


def fit_temperature_narrow(logits, y):
    """Search only from 0.5 to 5."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    rows = np.arange(len(y))
    found = optimize.minimize_scalar(
        lambda t: -log_softmax(logits / t, axis=1)[rows, y].mean(), bounds=(0.5, 5), method="bounded"
    )
    return float(found.x)


def fit_temperature_never_sharpens(logits, y):
    """Take for granted that nets are over-confident."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    rows = np.arange(len(y))
    found = optimize.minimize_scalar(
        lambda s: -log_softmax(logits / np.exp(s), axis=1)[rows, y].mean(), bounds=(0, 4), method="bounded"
    )
    return float(np.exp(found.x))


def fit_temperature_brier(logits, y):
    """Minimise the Brier score."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    outcomes = np.eye(logits.shape[1])[y]
    found = optimize.minimize_scalar(
        lambda s: ((softmax(logits / np.exp(s), axis=1) - outcomes) ** 2).sum(1).mean(),
        bounds=(-4, 4),
        method="bounded",
        options={"xatol": 1e-5},
    )
    return float(np.exp(found.x))


def fit_temperature_mean_confidence(logits, y):
    """Make mean confidence equal to accuracy, which is not the minimum of the cross-entropy."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    accuracy = (logits.argmax(1) == y).mean()
    low, high = np.log(0.02), np.log(50)
    for _ in range(60):
        middle = (low + high) / 2
        too_bold = softmax(logits / np.exp(middle), axis=1).max(1).mean() > accuracy
        low, high = (middle, high) if too_bold else (low, middle)
    return float(np.exp(middle))


def fit_temperature_likelihood_without_log(logits, y):
    """Maximise the mean probability of the true class."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    rows = np.arange(len(y))
    found = optimize.minimize_scalar(
        lambda s: -softmax(logits / np.exp(s), axis=1)[rows, y].mean(), bounds=(-4, 4), method="bounded"
    )
    return float(np.exp(found.x))


def fit_temperature_own_predictions(logits, y):
    """Fit to the net's own predictions instead of the labels."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    rows, predicted = np.arange(len(y)), logits.argmax(1)
    found = optimize.minimize_scalar(
        lambda s: -log_softmax(logits / np.exp(s), axis=1)[rows, predicted].mean(), bounds=(-4, 4), method="bounded"
    )
    return float(np.exp(found.x))


def fit_temperature_overflows(logits, y):
    """Write the softmax with bare exponentials."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    rows = np.arange(len(y))

    def loss(s):
        with np.errstate(all="ignore"):
            e = np.exp(logits / np.exp(s))
            return -np.log(e[rows, y] / e.sum(1)).mean()

    found = optimize.minimize_scalar(loss, bounds=(np.log(0.02), np.log(50)), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def fit_temperature_few_steps(logits, y):
    """Stop gradient descent after twenty steps, wherever that is."""
    logits, y = torch.as_tensor(np.asarray(logits, dtype=float)), torch.as_tensor(np.asarray(y))
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or ((y < 0) | (y >= logits.shape[1])).any():
        raise ValueError("shapes or labels")
    log_t = torch.zeros((), dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([log_t], lr=0.02)
    for _ in range(20):
        adam.zero_grad()
        torch.nn.functional.cross_entropy(logits / log_t.exp(), y).backward()
        adam.step()
    return float(log_t.exp())


def fit_temperature_remembered(logits, y):
    """Return what the notebook's own net needed."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    if logits.ndim != 2 or y.shape != logits.shape[:1] or len(y) == 0 or np.any((y < 0) | (y >= logits.shape[1])):
        raise ValueError("shapes or labels")
    return 2.18


# ------------------------------------------------------------------------------------------------ ensemble_probs


def ensemble_probs_averages_logits(logits_list):
    """Average the logits and take one softmax."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    return softmax(np.mean(members, axis=0), axis=1)


def ensemble_probs_first_member(logits_list):
    """Ask the first member only."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    return softmax(members[0], axis=1)


def ensemble_probs_votes(logits_list):
    """Count votes instead of averaging probabilities."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    return np.mean([np.eye(z.shape[1])[z.argmax(1)] for z in members], axis=0)


def ensemble_probs_wrong_axis(logits_list):
    """Take the softmax over the examples and normalise the rows afterwards."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    p = np.mean([softmax(z, axis=0) for z in members], axis=0)
    return p / p.sum(1, keepdims=True)


def ensemble_probs_median(logits_list):
    """Take the median of the members and normalise."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    p = np.median([softmax(z, axis=1) for z in members], axis=0)
    return p / p.sum(1, keepdims=True)


def ensemble_probs_loudest(logits_list):
    """Believe, for each image, the member that is surest."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    p = np.stack([softmax(z, axis=1) for z in members])
    return p[p.max(2).argmax(0), np.arange(p.shape[1])]


def ensemble_probs_running_mean(logits_list):
    """Average step by step, which gives the last member half of the weight."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    p = softmax(members[0], axis=1)
    for z in members[1:]:
        p = (p + softmax(z, axis=1)) / 2
    return p


def ensemble_probs_overflows(logits_list):
    """Write the softmax with bare exponentials."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    with np.errstate(all="ignore"):
        return np.mean([np.exp(z) / np.exp(z).sum(1, keepdims=True) for z in members], axis=0)


def ensemble_probs_weighted(logits_list):
    """Give sure members more weight."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    p = np.stack([softmax(z, axis=1) for z in members])
    weight = p.max(2, keepdims=True)
    return (p * weight).sum(0) / weight.sum(0)


def ensemble_probs_writes_into_members(logits_list):
    """Shift the caller's logits in place before the exponential."""
    members = [np.asarray(z, dtype=float) for z in logits_list]
    if not members or any(z.ndim != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("members")
    for z in members:
        z -= z.max(1, keepdims=True)
    return np.mean([softmax(z, axis=1) for z in members], axis=0)


# ------------------------------------------------------------------------------------------------ conformal


def conformal_threshold_no_plus_one(probs_cal, y_cal, alpha):
    """Leave out the new example: rank ceil(n (1 - alpha))."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    scores = np.sort(1 - probs[np.arange(len(y)), y])
    return float(scores[int(np.ceil(len(y) * (1 - alpha))) - 1])


def conformal_threshold_quantile(probs_cal, y_cal, alpha):
    """Use the interpolating quantile of the library."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    return float(np.quantile(1 - probs[np.arange(len(y)), y], 1 - alpha))


def conformal_threshold_corrected_quantile(probs_cal, y_cal, alpha):
    """Give the corrected level to a quantile that interpolates."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    n = len(y)
    level = np.ceil((n + 1) * (1 - alpha)) / n
    return float(np.quantile(1 - probs[np.arange(n), y], level)) if level <= 1 else float("inf")


def conformal_threshold_one_too_many(probs_cal, y_cal, alpha):
    """Give the corrected level to the quantile rule `higher`, which is one rank too far."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    n = len(y)
    level = np.ceil((n + 1) * (1 - alpha)) / n
    return float(np.quantile(1 - probs[np.arange(n), y], level, method="higher")) if level <= 1 else float("inf")


def conformal_threshold_counts_from_zero(probs_cal, y_cal, alpha):
    """Use the rank as an index."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    scores = np.sort(1 - probs[np.arange(len(y)), y])
    rank = int(np.ceil((len(y) + 1) * (1 - alpha)))
    return float(scores[rank]) if rank < len(y) else float("inf")


def conformal_threshold_rounds_down(probs_cal, y_cal, alpha):
    """Round the rank down."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    scores = np.sort(1 - probs[np.arange(len(y)), y])
    rank = int(np.floor((len(y) + 1) * (1 - alpha)))
    return float(scores[max(rank, 1) - 1]) if rank <= len(y) else float("inf")


def conformal_threshold_never_infinite(probs_cal, y_cal, alpha):
    """Take the largest score when there are too few examples to promise anything."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    scores = np.sort(1 - probs[np.arange(len(y)), y])
    return float(scores[min(int(np.ceil((len(y) + 1) * (1 - alpha))), len(y)) - 1])


def conformal_threshold_top_class(probs_cal, y_cal, alpha):
    """Score the predicted class instead of the true one."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    scores = np.sort(1 - probs.max(1))
    rank = int(np.ceil((len(y) + 1) * (1 - alpha)))
    return float(scores[rank - 1]) if rank <= len(y) else float("inf")


def conformal_threshold_probability(probs_cal, y_cal, alpha):
    """Use the probability itself as the score."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    scores = np.sort(probs[np.arange(len(y)), y])
    rank = int(np.ceil((len(y) + 1) * (1 - alpha)))
    return float(scores[rank - 1]) if rank <= len(y) else float("inf")


def conformal_threshold_alpha_for_coverage(probs_cal, y_cal, alpha):
    """Take alpha for the coverage."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or alpha")
    scores = np.sort(1 - probs[np.arange(len(y)), y])
    rank = int(np.ceil((len(y) + 1) * alpha))
    return float(scores[rank - 1]) if rank <= len(y) else float("inf")


def conformal_threshold_half_checked(probs_cal, y_cal, alpha):
    """Refuse alpha = 0 but not alpha = 1 or beyond."""
    probs, y = np.asarray(probs_cal, dtype=float), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or len(y) == 0 or alpha <= 0:
        raise ValueError("shapes or alpha")
    scores = np.sort(1 - probs[np.arange(len(y)), y])
    rank = int(np.ceil((len(y) + 1) * (1 - alpha)))
    return float(scores[rank - 1]) if rank <= len(y) else float("inf")


def prediction_sets_inverted(probs, q):
    """Keep the classes beyond the threshold."""
    return 1 - np.asarray(probs, dtype=float) > q


def prediction_sets_strict(probs, q):
    """Leave out the class at the threshold."""
    return 1 - np.asarray(probs, dtype=float) < q


def prediction_sets_never_empty(probs, q):
    """Put the top class into every set."""
    probs = np.asarray(probs, dtype=float)
    sets = 1 - probs <= q
    sets[np.arange(len(probs)), probs.argmax(1)] = True
    return sets


def prediction_sets_probability_against_q(probs, q):
    """Compare the probability with the threshold of the score."""
    return np.asarray(probs, dtype=float) >= q


def prediction_sets_cumulative(probs, q):
    """Collect classes from the top until their sum reaches q, which belongs to another score."""
    probs = np.asarray(probs, dtype=float)
    order = np.argsort(-probs, axis=1)
    before = np.take_along_axis(probs, order, axis=1).cumsum(1) - np.take_along_axis(probs, order, axis=1)
    sets = np.zeros(probs.shape, dtype=bool)
    np.put_along_axis(sets, order, before < q, axis=1)
    return sets


# ------------------------------------------------------------------------------------------------ alternatives


def calibration_error_plain_python(conf, correct, n_bins=15, p=2):
    """Count out the bins on plain lists, without NumPy."""
    if np.ndim(conf) != 1 or np.ndim(correct) != 1:
        raise ValueError("wrong input")
    conf, correct = [float(c) for c in conf], [float(r) for r in correct]
    if len(conf) != len(correct) or not conf or n_bins < 1 or not all(0 <= c <= 1 for c in conf):
        raise ValueError("wrong input")
    order = sorted(range(len(conf)), key=conf.__getitem__)
    k = min(n_bins, len(conf))
    size, rest = divmod(len(conf), k)
    total, start = 0.0, 0
    for number in range(k):
        stop = start + size + (1 if number < rest else 0)
        gap = sum(conf[i] - correct[i] for i in order[start:stop]) / (stop - start)
        total += (stop - start) / len(conf) * abs(gap) ** p
        start = stop
    return total ** (1 / p)


def calibration_error_torch(conf, correct, n_bins=15, p=2):
    """Sort with torch and add up the bins with one matrix product."""
    conf = torch.as_tensor(np.array(conf, dtype=np.float64))
    correct = torch.as_tensor(np.array(correct, dtype=np.float64))
    if conf.ndim != 1 or conf.shape != correct.shape or not len(conf) or n_bins < 1:
        raise ValueError("wrong input")
    if not bool(((conf >= 0) & (conf <= 1)).all()):
        raise ValueError("wrong input")
    order = torch.sort(conf, stable=True).indices
    parts = torch.tensor_split((conf - correct)[order], min(n_bins, len(conf)))
    total = sum(len(part) / len(conf) * part.mean().abs() ** p for part in parts)
    return total.pow(1 / p).item()


def brier_score_expanded(probs, y):
    """Expand the square: 1 - 2 p_y + sum of p squared."""
    probs, y = np.array(probs, dtype=np.float64), np.array(y)
    if probs.ndim != 2 or y.ndim != 1 or len(y) != len(probs) or not len(y):
        raise ValueError("wrong input")
    if y.min() < 0 or y.max() >= probs.shape[1] or probs.min() < 0 or abs(probs.sum(1) - 1).max() > 1e-3:
        raise ValueError("wrong input")
    return float(np.mean(1 - 2 * np.take_along_axis(probs, y[:, None], 1)[:, 0] + np.sum(probs * probs, 1)))


def brier_score_loop(probs, y):
    """Go through the examples one by one."""
    if np.ndim(probs) != 2:
        raise ValueError("wrong input")
    rows, labels = [list(map(float, row)) for row in probs], [int(label) for label in y]
    if len(rows) != len(labels) or not rows:
        raise ValueError("wrong input")
    total = 0.0
    for row, label in zip(rows, labels, strict=True):
        if not 0 <= label < len(row) or min(row) < 0 or abs(sum(row) - 1) > 1e-3:
            raise ValueError("wrong input")
        total += sum((p - (k == label)) ** 2 for k, p in enumerate(row))
    return total / len(rows)


def fit_temperature_bisection(logits, y):
    """Find the root of the slope in 1 / T by bisection."""
    z, y = np.asarray(logits, dtype=np.float64), np.asarray(y)
    if z.ndim != 2 or y.shape != z.shape[:1] or not len(y) or y.min() < 0 or y.max() >= z.shape[1]:
        raise ValueError("wrong input")
    z = z - z.max(1, keepdims=True)
    right = z[np.arange(len(y)), y].mean()
    low, high = 1 / 20, 1 / 0.05
    for _ in range(50):
        beta = (low * high) ** 0.5
        slope = (softmax(beta * z, axis=1) * z).sum(1).mean() - right
        low, high = (low, beta) if slope > 0 else (beta, high)
    return float(1 / beta)


def fit_temperature_lbfgs(logits, y):
    """Let torch's L-BFGS walk over the logarithm, with float64 and a line search."""
    z = torch.as_tensor(np.array(logits, dtype=np.float64))
    y = torch.as_tensor(np.array(y, dtype=np.int64))
    if z.ndim != 2 or y.shape != z.shape[:1] or not len(y) or y.min() < 0 or y.max() >= z.shape[1]:
        raise ValueError("wrong input")
    log_t = torch.zeros((), dtype=torch.float64, requires_grad=True)
    walker = torch.optim.LBFGS([log_t], max_iter=500, tolerance_grad=1e-9, line_search_fn="strong_wolfe")

    def closure():
        walker.zero_grad()
        loss = torch.nn.functional.cross_entropy(z / log_t.clamp(-5, 5).exp(), y)
        loss.backward()
        return loss

    walker.step(closure)
    return float(np.clip(log_t.detach().exp(), 0.01, 100))


def fit_temperature_fine_grid(logits, y):
    """Try two thousand temperatures, each a third of a percent above the last."""
    z, y = np.asarray(logits, dtype=np.float64), np.asarray(y)
    if z.ndim != 2 or y.shape != z.shape[:1] or not len(y) or y.min() < 0 or y.max() >= z.shape[1]:
        raise ValueError("wrong input")
    grid = np.geomspace(0.05, 20, 60)
    for _ in range(2):
        losses = [-log_softmax(z / t, axis=1)[np.arange(len(y)), y].sum() for t in grid]
        best = int(np.argmin(losses))
        grid = np.geomspace(grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)], 80)
    losses = [-log_softmax(z / t, axis=1)[np.arange(len(y)), y].sum() for t in grid]
    return float(grid[int(np.argmin(losses))])


def ensemble_probs_torch(logits_list):
    """Use torch's softmax and add up."""
    members = [torch.as_tensor(np.array(z, dtype=np.float64)) for z in logits_list]
    if len(members) == 0 or any(z.dim() != 2 or z.shape != members[0].shape for z in members):
        raise ValueError("wrong input")
    total = torch.zeros_like(members[0])
    for z in members:
        total += torch.softmax(z, dim=1)
    return (total / len(members)).numpy()


def ensemble_probs_shifted(logits_list):
    """Write the softmax by hand, shifted by each row's maximum."""
    members = [np.array(z, dtype=np.float64) for z in logits_list]
    if len(members) == 0 or len({z.shape for z in members}) != 1 or members[0].ndim != 2:
        raise ValueError("wrong input")
    stacked = np.exp(np.array(members) - np.max(members, axis=-1, keepdims=True))
    return np.average(stacked / stacked.sum(-1, keepdims=True), axis=0)


def conformal_threshold_partition(probs_cal, y_cal, alpha):
    """Find the rank from the other end, and the score by partial sorting."""
    probs, y = np.asarray(probs_cal, dtype=np.float64), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or not len(y) or alpha <= 0 or alpha >= 1:
        raise ValueError("wrong input")
    rank = len(y) + 1 - int(np.floor((len(y) + 1) * alpha))
    scores = 1 - np.take_along_axis(probs, y[:, None], 1)[:, 0]
    return float(np.partition(scores, rank - 1)[rank - 1]) if rank <= len(y) else np.inf


def conformal_threshold_padded(probs_cal, y_cal, alpha):
    """Give the new example the score infinity and take a quantile that does not interpolate."""
    probs, y = np.asarray(probs_cal, dtype=np.float64), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or not len(y) or not 0 < alpha < 1:
        raise ValueError("wrong input")
    scores = np.append(1 - probs[range(len(y)), y], np.inf)
    return float(np.quantile(scores, 1 - alpha, method="inverted_cdf"))


def conformal_threshold_from_stats(probs_cal, y_cal, alpha):
    """Rank the scores with SciPy and take the one of the right rank."""
    probs, y = np.asarray(probs_cal, dtype=np.float64), np.asarray(y_cal)
    if probs.ndim != 2 or y.shape != probs.shape[:1] or not len(y) or not 0 < alpha < 1:
        raise ValueError("wrong input")
    scores = 1 - probs[np.arange(len(y)), y]
    rank = int(np.ceil((1 - alpha) * (len(y) + 1)))
    if rank > len(y):
        return float("inf")
    return float(scores[stats.rankdata(scores, method="ordinal") == rank][0])


def prediction_sets_loop(probs, q):
    """Decide entry by entry."""
    return np.array([[1.0 - float(p) <= q for p in row] for row in probs], dtype=bool)


def prediction_sets_other_side(probs, q):
    """Compare the probability with one minus the threshold."""
    return np.greater_equal(np.array(probs, dtype=np.float64), 1.0 - q)


MUTANTS = {
    "calibration_error_equal_width": {"calibration_error": calibration_error_equal_width},
    "calibration_error_unweighted": {"calibration_error": calibration_error_unweighted},
    "calibration_error_drops_last_bin": {"calibration_error": calibration_error_drops_last_bin},
    "calibration_error_drops_the_remainder": {"calibration_error": calibration_error_drops_the_remainder},
    "calibration_error_no_root": {"calibration_error": calibration_error_no_root},
    "calibration_error_always_squares": {"calibration_error": calibration_error_always_squares},
    "calibration_error_signed": {"calibration_error": calibration_error_signed},
    "calibration_error_gap_per_answer": {"calibration_error": calibration_error_gap_per_answer},
    "calibration_error_largest_gap": {"calibration_error": calibration_error_largest_gap},
    "calibration_error_unsorted": {"calibration_error": calibration_error_unsorted},
    "calibration_error_sorts_one_array": {"calibration_error": calibration_error_sorts_one_array},
    "calibration_error_sorts_pairs": {"calibration_error": calibration_error_sorts_pairs},
    "calibration_error_descending": {"calibration_error": calibration_error_descending},
    "calibration_error_ignores_n_bins": {"calibration_error": calibration_error_ignores_n_bins},
    "calibration_error_empty_bins": {"calibration_error": calibration_error_empty_bins},
    "calibration_error_accepts_nan": {"calibration_error": calibration_error_accepts_nan},
    "brier_score_mean_over_classes": {"brier_score": brier_score_mean_over_classes},
    "brier_score_true_class_only": {"brier_score": brier_score_true_class_only},
    "brier_score_absolute": {"brier_score": brier_score_absolute},
    "brier_score_root": {"brier_score": brier_score_root},
    "brier_score_top_class": {"brier_score": brier_score_top_class},
    "brier_score_log_loss": {"brier_score": brier_score_log_loss},
    "brier_score_hard_answers": {"brier_score": brier_score_hard_answers},
    "brier_score_labels_from_behind": {"brier_score": brier_score_labels_from_behind},
    "fit_temperature_one": {"fit_temperature": fit_temperature_one},
    "fit_temperature_inverted": {"fit_temperature": fit_temperature_inverted},
    "fit_temperature_whole_steps": {"fit_temperature": fit_temperature_whole_steps},
    "fit_temperature_coarse_grid": {"fit_temperature": fit_temperature_coarse_grid},
    "fit_temperature_narrow": {"fit_temperature": fit_temperature_narrow},
    "fit_temperature_never_sharpens": {"fit_temperature": fit_temperature_never_sharpens},
    "fit_temperature_brier": {"fit_temperature": fit_temperature_brier},
    "fit_temperature_mean_confidence": {"fit_temperature": fit_temperature_mean_confidence},
    "fit_temperature_likelihood_without_log": {"fit_temperature": fit_temperature_likelihood_without_log},
    "fit_temperature_own_predictions": {"fit_temperature": fit_temperature_own_predictions},
    "fit_temperature_overflows": {"fit_temperature": fit_temperature_overflows},
    "fit_temperature_few_steps": {"fit_temperature": fit_temperature_few_steps},
    "fit_temperature_remembered": {"fit_temperature": fit_temperature_remembered},
    "ensemble_probs_averages_logits": {"ensemble_probs": ensemble_probs_averages_logits},
    "ensemble_probs_first_member": {"ensemble_probs": ensemble_probs_first_member},
    "ensemble_probs_votes": {"ensemble_probs": ensemble_probs_votes},
    "ensemble_probs_wrong_axis": {"ensemble_probs": ensemble_probs_wrong_axis},
    "ensemble_probs_median": {"ensemble_probs": ensemble_probs_median},
    "ensemble_probs_loudest": {"ensemble_probs": ensemble_probs_loudest},
    "ensemble_probs_running_mean": {"ensemble_probs": ensemble_probs_running_mean},
    "ensemble_probs_overflows": {"ensemble_probs": ensemble_probs_overflows},
    "ensemble_probs_weighted": {"ensemble_probs": ensemble_probs_weighted},
    "ensemble_probs_writes_into_members": {"ensemble_probs": ensemble_probs_writes_into_members},
    "conformal_threshold_no_plus_one": {"conformal_threshold": conformal_threshold_no_plus_one},
    "conformal_threshold_quantile": {"conformal_threshold": conformal_threshold_quantile},
    "conformal_threshold_corrected_quantile": {"conformal_threshold": conformal_threshold_corrected_quantile},
    "conformal_threshold_one_too_many": {"conformal_threshold": conformal_threshold_one_too_many},
    "conformal_threshold_counts_from_zero": {"conformal_threshold": conformal_threshold_counts_from_zero},
    "conformal_threshold_rounds_down": {"conformal_threshold": conformal_threshold_rounds_down},
    "conformal_threshold_never_infinite": {"conformal_threshold": conformal_threshold_never_infinite},
    "conformal_threshold_top_class": {"conformal_threshold": conformal_threshold_top_class},
    "conformal_threshold_probability": {"conformal_threshold": conformal_threshold_probability},
    "conformal_threshold_alpha_for_coverage": {"conformal_threshold": conformal_threshold_alpha_for_coverage},
    "conformal_threshold_half_checked": {"conformal_threshold": conformal_threshold_half_checked},
    "prediction_sets_inverted": {"prediction_sets": prediction_sets_inverted},
    "prediction_sets_strict": {"prediction_sets": prediction_sets_strict},
    "prediction_sets_never_empty": {"prediction_sets": prediction_sets_never_empty},
    "prediction_sets_probability_against_q": {"prediction_sets": prediction_sets_probability_against_q},
    "prediction_sets_cumulative": {"prediction_sets": prediction_sets_cumulative},
}

ALTERNATIVES = {
    "calibration_error_plain_python": {"calibration_error": calibration_error_plain_python},
    "calibration_error_torch": {"calibration_error": calibration_error_torch},
    "brier_score_expanded": {"brier_score": brier_score_expanded},
    "brier_score_loop": {"brier_score": brier_score_loop},
    "fit_temperature_bisection": {"fit_temperature": fit_temperature_bisection},
    "fit_temperature_lbfgs": {"fit_temperature": fit_temperature_lbfgs},
    "fit_temperature_fine_grid": {"fit_temperature": fit_temperature_fine_grid},
    "ensemble_probs_torch": {"ensemble_probs": ensemble_probs_torch},
    "ensemble_probs_shifted": {"ensemble_probs": ensemble_probs_shifted},
    "conformal_threshold_partition": {"conformal_threshold": conformal_threshold_partition},
    "conformal_threshold_padded": {"conformal_threshold": conformal_threshold_padded},
    "conformal_threshold_from_stats": {"conformal_threshold": conformal_threshold_from_stats},
    "prediction_sets_loop": {"prediction_sets": prediction_sets_loop},
    "prediction_sets_other_side": {"prediction_sets": prediction_sets_other_side},
}
