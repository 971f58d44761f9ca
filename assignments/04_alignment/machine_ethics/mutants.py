"""Wrong and alternative answers to `machine_ethics`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `pairwise_loss`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

import re
from collections import Counter
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit


def pairwise_loss(u_better, u_worse):
    """Stand for the notebook's own `pairwise_loss`, which the functions below name."""


# ------------------------------------------------------------------------------------------------ build_vocab


def build_vocab_unigrams(texts, min_count=2):
    """Keep single words only."""
    n_texts = Counter()
    for text in texts:
        words = re.findall(r"[a-z]+", text.lower())
        n_texts.update(set(words))
    return {term: j for j, term in enumerate(sorted(term for term, n in n_texts.items() if n >= min_count))}


def build_vocab_occurrences(texts, min_count=2):
    """Count occurrences instead of texts."""
    n_texts = Counter()
    for text in texts:
        words = re.findall(r"[a-z]+", text.lower())
        n_texts.update([*words, *(f"{a}_{b}" for a, b in pairwise(words))])
    return {term: j for j, term in enumerate(sorted(term for term, n in n_texts.items() if n >= min_count))}


def build_vocab_by_appearance(texts, min_count=2):
    """Number the terms by their first appearance."""
    n_texts = Counter()
    for text in texts:
        words = re.findall(r"[a-z]+", text.lower())
        n_texts.update(list(dict.fromkeys([*words, *(f"{a}_{b}" for a, b in pairwise(words))])))
    return {term: j for j, term in enumerate(term for term, n in n_texts.items() if n >= min_count)}


def build_vocab_splits_at_blanks(texts, min_count=2):
    """Split at blanks, so that punctuation stays on the words."""
    n_texts = Counter()
    for text in texts:
        words = text.lower().split()
        n_texts.update({*words, *(f"{a}_{b}" for a, b in pairwise(words))})
    return {term: j for j, term in enumerate(sorted(term for term, n in n_texts.items() if n >= min_count))}


# ------------------------------------------------------------------------------------------------ featurize


def featurize_presence(texts, vocab):
    """Note whether a term occurs, not how often."""
    counts = np.zeros((len(texts), len(vocab)))
    for row, text in zip(counts, texts, strict=True):
        words = re.findall(r"[a-z]+", text.lower())
        for term in [*words, *(f"{a}_{b}" for a, b in pairwise(words))]:
            if term in vocab:
                row[vocab[term]] = 1
    return counts


def featurize_ignores_numbers(texts, vocab):
    """Use the order of the dict in place of its numbers."""
    counts = np.zeros((len(texts), len(vocab)))
    for row, text in zip(counts, texts, strict=True):
        words = re.findall(r"[a-z]+", text.lower())
        for term in [*words, *(f"{a}_{b}" for a, b in pairwise(words))]:
            if term in vocab:
                row[list(vocab).index(term)] += 1
    return counts


# ------------------------------------------------------------------------------------------------ pairwise_loss


def pairwise_loss_hinge(u_better, u_worse):
    """Use a hinge that passes through ln 2 on ties."""
    u_better, u_worse = np.asarray(u_better, dtype=float), np.asarray(u_worse, dtype=float)
    if u_better.ndim != 1 or u_better.shape != u_worse.shape or not len(u_better):
        raise ValueError("shapes")
    return float(np.log(2) * np.maximum(0, 1 - (u_better - u_worse)).mean())


def pairwise_loss_sign(u_better, u_worse):
    """Reward the worse scenario."""
    u_better, u_worse = np.asarray(u_better, dtype=float), np.asarray(u_worse, dtype=float)
    if u_better.ndim != 1 or u_better.shape != u_worse.shape or not len(u_better):
        raise ValueError("shapes")
    return float(np.logaddexp(0, u_better - u_worse).mean())


def pairwise_loss_overflow(u_better, u_worse):
    """Exponentiate first."""
    u_better, u_worse = np.asarray(u_better, dtype=float), np.asarray(u_worse, dtype=float)
    if u_better.ndim != 1 or u_better.shape != u_worse.shape or not len(u_better):
        raise ValueError("shapes")
    return float(np.log(1 + np.exp(u_worse - u_better)).mean())


def pairwise_loss_capped(u_better, u_worse):
    """Cap the difference to avoid an overflow."""
    u_better, u_worse = np.asarray(u_better, dtype=float), np.asarray(u_worse, dtype=float)
    if u_better.ndim != 1 or u_better.shape != u_worse.shape or not len(u_better):
        raise ValueError("shapes")
    return float(np.log1p(np.exp(np.clip(u_worse - u_better, -500, 500))).mean())


def pairwise_loss_of_the_mean(u_better, u_worse):
    """Take the loss of the mean difference."""
    u_better, u_worse = np.asarray(u_better, dtype=float), np.asarray(u_worse, dtype=float)
    if u_better.ndim != 1 or u_better.shape != u_worse.shape or not len(u_better):
        raise ValueError("shapes")
    return float(np.logaddexp(0, (u_worse - u_better).mean()))


# ------------------------------------------------------------------------------------------------ train_utility


def train_utility_backwards(Xb, Xw, l2=1e-3, *, loss=None):
    """Learn that the worse scenarios are better."""
    Xb, Xw = np.asarray(Xb, dtype=float), np.asarray(Xw, dtype=float)
    if Xb.ndim != 2 or Xb.shape != Xw.shape:
        raise ValueError("shapes")
    change = Xw - Xb

    def objective(theta):
        return np.logaddexp(0, -(change @ theta)).mean() + l2 / 2 * theta @ theta

    def gradient(theta):
        return 2 * l2 / 2 * theta - change.T @ expit(-(change @ theta)) / len(change)

    options = {"gtol": 1e-6, "ftol": 0, "maxiter": 10_000}
    return minimize(objective, np.zeros(Xb.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def train_utility_no_l2(Xb, Xw, l2=1e-3, *, loss=None):
    """Leave the penalty out, but for a trace."""
    Xb, Xw = np.asarray(Xb, dtype=float), np.asarray(Xw, dtype=float)
    if Xb.ndim != 2 or Xb.shape != Xw.shape:
        raise ValueError("shapes")
    change = Xb - Xw

    def objective(theta):
        return np.logaddexp(0, -(change @ theta)).mean() + 1e-9 * theta @ theta

    def gradient(theta):
        return 2 * 1e-9 * theta - change.T @ expit(-(change @ theta)) / len(change)

    options = {"gtol": 1e-6, "ftol": 0, "maxiter": 10_000}
    return minimize(objective, np.zeros(Xb.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def train_utility_whole_l2(Xb, Xw, l2=1e-3, *, loss=None):
    """Penalise l2 times the squared norm instead of half of it."""
    Xb, Xw = np.asarray(Xb, dtype=float), np.asarray(Xw, dtype=float)
    if Xb.ndim != 2 or Xb.shape != Xw.shape:
        raise ValueError("shapes")
    change = Xb - Xw

    def objective(theta):
        return np.logaddexp(0, -(change @ theta)).mean() + l2 * theta @ theta

    def gradient(theta):
        return 2 * l2 * theta - change.T @ expit(-(change @ theta)) / len(change)

    options = {"gtol": 1e-6, "ftol": 0, "maxiter": 10_000}
    return minimize(objective, np.zeros(Xb.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def train_utility_sum_of_losses(Xb, Xw, l2=1e-3, *, loss=None):
    """Weigh the penalty against the sum of the losses."""
    Xb, Xw = np.asarray(Xb, dtype=float), np.asarray(Xw, dtype=float)
    if Xb.ndim != 2 or Xb.shape != Xw.shape:
        raise ValueError("shapes")
    change = Xb - Xw

    def objective(theta):
        return np.logaddexp(0, -(change @ theta)).sum() + l2 / 2 * theta @ theta

    def gradient(theta):
        return 2 * l2 / 2 * theta - change.T @ expit(-(change @ theta))

    options = {"gtol": 1e-6, "ftol": 0, "maxiter": 10_000}
    return minimize(objective, np.zeros(Xb.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def train_utility_three_steps(Xb, Xw, l2=1e-3, *, loss=None):
    """Stop after three steps."""
    Xb, Xw = np.asarray(Xb, dtype=float), np.asarray(Xw, dtype=float)
    if Xb.ndim != 2 or Xb.shape != Xw.shape:
        raise ValueError("shapes")
    change = Xb - Xw

    def objective(theta):
        return np.logaddexp(0, -(change @ theta)).mean() + l2 / 2 * theta @ theta

    def gradient(theta):
        return 2 * l2 / 2 * theta - change.T @ expit(-(change @ theta)) / len(change)

    options = {"gtol": 1e-6, "ftol": 0, "maxiter": 3}
    return minimize(objective, np.zeros(Xb.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


def train_utility_pointwise(Xb, Xw, l2=1e-3, *, loss=None):
    """Tell better from worse scenarios one by one, with labels."""
    Xb, Xw = np.asarray(Xb, dtype=float), np.asarray(Xw, dtype=float)
    if Xb.ndim != 2 or Xb.shape != Xw.shape:
        raise ValueError("shapes")
    rows = np.vstack([Xb, Xw])
    labels = np.repeat([1.0, -1.0], len(Xb))

    def objective(theta):
        return np.logaddexp(0, -labels * (rows @ theta)).mean() + l2 / 2 * theta @ theta

    def gradient(theta):
        return l2 * theta - rows.T @ (labels * expit(-labels * (rows @ theta))) / len(rows)

    options = {"gtol": 1e-6, "ftol": 0, "maxiter": 10_000}
    return minimize(objective, np.zeros(Xb.shape[1]), jac=gradient, method="L-BFGS-B", options=options).x


# ------------------------------------------------------------------------------------------------ moral_parliament


def moral_parliament_raw(credences, utilities):
    """Take the raw expected worth."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    if utilities.ndim != 2 or credences.shape != utilities.shape[:1] or not utilities.size:
        raise ValueError("shapes")
    if (credences < 0).any() or abs(credences.sum() - 1) > 1e-9:
        raise ValueError("credences")
    return credences @ utilities


def moral_parliament_favourite(credences, utilities):
    """Let the most credible theory decide alone."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    if utilities.ndim != 2 or credences.shape != utilities.shape[:1] or not utilities.size:
        raise ValueError("shapes")
    if (credences < 0).any() or abs(credences.sum() - 1) > 1e-9:
        raise ValueError("credences")
    scaled = np.zeros_like(utilities)
    for row, values in zip(scaled, utilities, strict=True):
        if values.max() > values.min():
            row[:] = (values - values.mean()) / values.std()
    return scaled[credences.argmax()]


def moral_parliament_across_theories(credences, utilities):
    """Scale each option over the theories."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    if utilities.ndim != 2 or credences.shape != utilities.shape[:1] or not utilities.size:
        raise ValueError("shapes")
    if (credences < 0).any() or abs(credences.sum() - 1) > 1e-9:
        raise ValueError("credences")
    spread = utilities.std(0)
    return credences @ ((utilities - utilities.mean(0)) / np.where(spread > 0, spread, 1))


def moral_parliament_range(credences, utilities):
    """Scale each theory to the range 0 to 1."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    if utilities.ndim != 2 or credences.shape != utilities.shape[:1] or not utilities.size:
        raise ValueError("shapes")
    if (credences < 0).any() or abs(credences.sum() - 1) > 1e-9:
        raise ValueError("credences")
    scaled = np.zeros_like(utilities)
    for row, values in zip(scaled, utilities, strict=True):
        if values.max() > values.min():
            row[:] = (values - values.min()) / (values.max() - values.min())
    return credences @ scaled


def moral_parliament_renormalises(credences, utilities):
    """Repair credences that do not sum to 1 in silence."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    if utilities.ndim != 2 or credences.shape != utilities.shape[:1] or not utilities.size:
        raise ValueError("shapes")
    if (credences < 0).any():
        raise ValueError("credences")
    credences = credences / credences.sum()
    scaled = np.zeros_like(utilities)
    for row, values in zip(scaled, utilities, strict=True):
        if values.max() > values.min():
            row[:] = (values - values.mean()) / values.std()
    return credences @ scaled


def moral_parliament_tiny_spread(credences, utilities):
    """Add a small number to every spread."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    if utilities.ndim != 2 or credences.shape != utilities.shape[:1] or not utilities.size:
        raise ValueError("shapes")
    if (credences < 0).any() or abs(credences.sum() - 1) > 1e-9:
        raise ValueError("credences")
    scaled = np.zeros_like(utilities)
    for row, values in zip(scaled, utilities, strict=True):
        if True:
            row[:] = (values - values.mean()) / (values.std() + 1e-8)
    return credences @ scaled


def moral_parliament_divides_by_rounding(credences, utilities):
    """Test the rounded standard deviation for being zero."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    if utilities.ndim != 2 or credences.shape != utilities.shape[:1] or not utilities.size:
        raise ValueError("shapes")
    if (credences < 0).any() or abs(credences.sum() - 1) > 1e-9:
        raise ValueError("credences")
    scaled = np.zeros_like(utilities)
    for row, values in zip(scaled, utilities, strict=True):
        if values.std() > 0:
            row[:] = (values - values.mean()) / values.std()
    return credences @ scaled


# ------------------------------------------------------------------------------------------------ borda


def borda_ties_by_index(credences, utilities):
    """Break ties by the number of the option."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    return credences @ utilities.argsort(1, kind="stable").argsort(1).astype(float)


def borda_reversed(credences, utilities):
    """Count the options that rank above."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    mine, other = utilities[:, :, None], utilities[:, None, :]
    return credences @ ((other > mine).sum(2) + ((other == mine).sum(2) - 1) / 2)


def borda_ties_with_itself(credences, utilities):
    """Let every option tie with itself."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    mine, other = utilities[:, :, None], utilities[:, None, :]
    return credences @ ((other < mine).sum(2) + (other == mine).sum(2) / 2)


def borda_ignores_credences(credences, utilities):
    """Count all theories alike."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    mine, other = utilities[:, :, None], utilities[:, None, :]
    return ((other < mine).sum(2) + ((other == mine).sum(2) - 1) / 2).mean(0)


def borda_of_the_mean(credences, utilities):
    """Rank by the expected worth instead of theory by theory."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    mean = credences @ utilities
    return (mean[None] < mean[:, None]).sum(1) + ((mean[None] == mean[:, None]).sum(1) - 1) / 2


# ------------------------------------------------------------------------------------------------ shaped_action


def shaped_action_at_threshold(q, p_immoral, threshold=0.5, penalty=10.0):
    """Flag an action that is exactly at the threshold."""
    q, p_immoral = np.asarray(q, dtype=float), np.asarray(p_immoral, dtype=float)
    if q.ndim < 1 or q.shape != p_immoral.shape or not q.shape[-1]:
        raise ValueError("shapes")
    if not np.all((p_immoral >= 0) & (p_immoral <= 1)) or penalty < 0:
        raise ValueError("ranges")
    return (q - penalty * (p_immoral >= threshold)).argmax(-1)


def shaped_action_proportional(q, p_immoral, threshold=0.5, penalty=10.0):
    """Make the penalty proportional to the probability."""
    q, p_immoral = np.asarray(q, dtype=float), np.asarray(p_immoral, dtype=float)
    if q.ndim < 1 or q.shape != p_immoral.shape or not q.shape[-1]:
        raise ValueError("shapes")
    if not np.all((p_immoral >= 0) & (p_immoral <= 1)) or penalty < 0:
        raise ValueError("ranges")
    return (q - penalty * p_immoral).argmax(-1)


def shaped_action_veto(q, p_immoral, threshold=0.5, penalty=10.0):
    """Never take a flagged action if it can be helped."""
    q, p_immoral = np.asarray(q, dtype=float), np.asarray(p_immoral, dtype=float)
    if q.ndim < 1 or q.shape != p_immoral.shape or not q.shape[-1]:
        raise ValueError("shapes")
    if not np.all((p_immoral >= 0) & (p_immoral <= 1)) or penalty < 0:
        raise ValueError("ranges")
    return np.where(p_immoral > threshold, -1e300, q).argmax(-1)


# ---------------------------------------------------------------------- build_vocab, other right answers


def build_vocab_by_document_sets(texts, min_count=2):
    """Cut words at everything else, one set of terms for each text, and count memberships."""
    found = []
    for text in texts:
        words = re.sub(r"[^a-z]", " ", text.lower()).split()
        found.append(set(words) | {"_".join(pair) for pair in pairwise(words)})
    names = sorted(term for term in set().union(*found) if sum(term in terms for terms in found) >= min_count)
    return dict(zip(names, range(len(names)), strict=True))


# ---------------------------------------------------------------------- featurize, other right answers


def featurize_by_vectorizer(texts, vocab):
    """Let scikit-learn count, with terms of our own."""
    from sklearn.feature_extraction.text import CountVectorizer

    def terms(text):
        words = re.split(r"[^a-z]+", text.lower())
        words = [word for word in words if word]
        return words + [f"{a}_{b}" for a, b in pairwise(words)]

    if not texts or not vocab:
        return np.zeros((len(texts), len(vocab)))
    return CountVectorizer(analyzer=terms, vocabulary=vocab).transform(texts).toarray().astype(np.float64)


# ---------------------------------------------------------------------- pairwise_loss, other right answers


def pairwise_loss_torch(u_better, u_worse):
    """Use the log-sigmoid of torch in float64."""
    import torch

    u_better, u_worse = np.asarray(u_better, dtype=float), np.asarray(u_worse, dtype=float)
    if u_better.ndim != 1 or u_better.shape != u_worse.shape or not len(u_better):
        raise ValueError("shapes")
    return -torch.nn.functional.logsigmoid(torch.from_numpy(u_better - u_worse)).mean().item()


# ---------------------------------------------------------------------- train_utility, other right answers


def train_utility_newton(Xb, Xw, l2=1e-3, *, loss=None):
    """Use Newton steps with the full Hessian."""
    Xb, Xw = np.asarray(Xb, dtype=float), np.asarray(Xw, dtype=float)
    if Xb.ndim != 2 or Xb.shape != Xw.shape:
        raise ValueError("shapes")
    change = Xb - Xw
    theta = np.zeros(change.shape[1])
    for _ in range(30):
        chance = expit(-(change @ theta))
        slope = l2 * theta - change.T @ chance / len(change)
        curvature = (change * (chance * (1 - chance))[:, None]).T @ change / len(change)
        theta = theta - np.linalg.solve(curvature + l2 * np.eye(len(theta)), slope)
        if np.abs(slope).max() < 1e-9:
            break
    return theta


def train_utility_logistic_regression(Xb, Xw, l2=1e-3, *, loss=None):
    """Use logistic regression on differences and mirrored differences."""
    Xb, Xw = np.asarray(Xb, dtype=float), np.asarray(Xw, dtype=float)
    if Xb.ndim != 2 or Xb.shape != Xw.shape:
        raise ValueError("shapes")
    from sklearn.linear_model import LogisticRegression

    change = np.vstack([Xb - Xw, Xw - Xb])
    labels = np.repeat([1, 0], len(Xb))
    model = LogisticRegression(C=1 / (l2 * len(change)), fit_intercept=False, tol=1e-7, max_iter=100_000)
    return model.fit(change, labels).coef_[0]


# ---------------------------------------------------------------------- moral_parliament, other right answers


def moral_parliament_standardised_at_once(credences, utilities):
    """Scale all theories at once."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    if utilities.ndim != 2 or credences.shape != utilities.shape[:1] or not utilities.size:
        raise ValueError("shapes")
    if (credences < 0).any() or abs(credences.sum() - 1) > 1e-9:
        raise ValueError("credences")
    constant = np.ptp(utilities, axis=1) == 0
    centred = utilities - utilities.mean(1, keepdims=True)
    spread = np.sqrt((centred**2).mean(1))
    weight = np.divide(credences, spread, out=np.zeros_like(spread), where=~constant)
    return weight @ centred


# ---------------------------------------------------------------------- borda, other right answers


def borda_by_mean_ranks(credences, utilities):
    """Use the ranks that share ties."""
    credences, utilities = np.asarray(credences, dtype=float), np.asarray(utilities, dtype=float)
    from scipy.stats import rankdata

    return credences @ (rankdata(utilities, axis=1) - 1)


# ---------------------------------------------------------------------- shaped_action, other right answers


def shaped_action_by_loop(q, p_immoral, threshold=0.5, penalty=10.0):
    """Go through the scenes one by one."""
    q, p_immoral = np.asarray(q, dtype=float), np.asarray(p_immoral, dtype=float)
    if q.ndim < 1 or q.shape != p_immoral.shape or not q.shape[-1]:
        raise ValueError("shapes")
    if not np.all((p_immoral >= 0) & (p_immoral <= 1)) or penalty < 0:
        raise ValueError("ranges")
    return np.apply_along_axis(np.argmax, -1, np.where(p_immoral > threshold, q - penalty, q))


MUTANTS = {
    "build_vocab_unigrams": {"build_vocab": build_vocab_unigrams},
    "build_vocab_occurrences": {"build_vocab": build_vocab_occurrences},
    "build_vocab_by_appearance": {"build_vocab": build_vocab_by_appearance},
    "build_vocab_splits_at_blanks": {"build_vocab": build_vocab_splits_at_blanks},
    "featurize_presence": {"featurize": featurize_presence},
    "featurize_ignores_numbers": {"featurize": featurize_ignores_numbers},
    "pairwise_loss_hinge": {"pairwise_loss": pairwise_loss_hinge},
    "pairwise_loss_sign": {"pairwise_loss": pairwise_loss_sign},
    "pairwise_loss_overflow": {"pairwise_loss": pairwise_loss_overflow},
    "pairwise_loss_capped": {"pairwise_loss": pairwise_loss_capped},
    "pairwise_loss_of_the_mean": {"pairwise_loss": pairwise_loss_of_the_mean},
    "train_utility_backwards": {"train_utility": train_utility_backwards},
    "train_utility_no_l2": {"train_utility": train_utility_no_l2},
    "train_utility_whole_l2": {"train_utility": train_utility_whole_l2},
    "train_utility_sum_of_losses": {"train_utility": train_utility_sum_of_losses},
    "train_utility_three_steps": {"train_utility": train_utility_three_steps},
    "train_utility_pointwise": {"train_utility": train_utility_pointwise},
    "moral_parliament_raw": {"moral_parliament": moral_parliament_raw},
    "moral_parliament_favourite": {"moral_parliament": moral_parliament_favourite},
    "moral_parliament_across_theories": {"moral_parliament": moral_parliament_across_theories},
    "moral_parliament_range": {"moral_parliament": moral_parliament_range},
    "moral_parliament_renormalises": {"moral_parliament": moral_parliament_renormalises},
    "moral_parliament_tiny_spread": {"moral_parliament": moral_parliament_tiny_spread},
    "moral_parliament_divides_by_rounding": {"moral_parliament": moral_parliament_divides_by_rounding},
    "borda_ties_by_index": {"borda": borda_ties_by_index},
    "borda_reversed": {"borda": borda_reversed},
    "borda_ties_with_itself": {"borda": borda_ties_with_itself},
    "borda_ignores_credences": {"borda": borda_ignores_credences},
    "borda_of_the_mean": {"borda": borda_of_the_mean},
    "shaped_action_at_threshold": {"shaped_action": shaped_action_at_threshold},
    "shaped_action_proportional": {"shaped_action": shaped_action_proportional},
    "shaped_action_veto": {"shaped_action": shaped_action_veto},
}


ALTERNATIVES = {
    "build_vocab_by_document_sets": {"build_vocab": build_vocab_by_document_sets},
    "featurize_by_vectorizer": {"featurize": featurize_by_vectorizer},
    "pairwise_loss_torch": {"pairwise_loss": pairwise_loss_torch},
    "train_utility_newton": {"train_utility": train_utility_newton},
    "train_utility_logistic_regression": {"train_utility": train_utility_logistic_regression},
    "moral_parliament_standardised_at_once": {"moral_parliament": moral_parliament_standardised_at_once},
    "borda_by_mean_ranks": {"borda": borda_by_mean_ranks},
    "shaped_action_by_loop": {"shaped_action": shaped_action_by_loop},
}
