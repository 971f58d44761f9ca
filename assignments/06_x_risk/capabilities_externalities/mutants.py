"""Wrong and alternative answers to `capabilities_externalities`, for the gate. Never shipped, never run.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports. Every entry of `MUTANTS` must lose points on the question of
the function it replaces; every entry of `ALTERNATIVES` must get full marks.
"""

# ruff: noqa: F821 - replacements call functions of the notebook

import numpy as np
from scipy.stats import rankdata


def capability_scores_no_scaling(B):
    """Keep the units of the columns."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = B - B.mean(0)
    _, s, v = np.linalg.svd(Z, full_matrices=False)
    w = v[0] if v[0].sum() > 0 else -v[0]
    t = Z @ w
    return t / t.std(), float(s[0] ** 2 / (s**2).sum())


def capability_scores_no_centring(B):
    """Scale the columns without centring them."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = B / B.std(0)
    _, s, v = np.linalg.svd(Z, full_matrices=False)
    w = v[0] if v[0].sum() > 0 else -v[0]
    t = Z @ w
    return (t - t.mean()) / t.std(), float(s[0] ** 2 / (s**2).sum())


def capability_scores_arbitrary_sign(B):
    """Keep the sign that the library returns."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = (B - B.mean(0)) / B.std(0)
    _, s, v = np.linalg.svd(Z, full_matrices=False)
    w = v[0]
    t = Z @ w
    return t / t.std(), float(s[0] ** 2 / (s**2).sum())


def capability_scores_sign_of_first(B):
    """Let the first benchmark decide the sign."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = (B - B.mean(0)) / B.std(0)
    _, s, v = np.linalg.svd(Z, full_matrices=False)
    w = v[0] if v[0, 0] > 0 else -v[0]
    t = Z @ w
    return t / t.std(), float(s[0] ** 2 / (s**2).sum())


def capability_scores_share_of_lengths(B):
    """Take the share from singular values, not their squares."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = (B - B.mean(0)) / B.std(0)
    _, s, v = np.linalg.svd(Z, full_matrices=False)
    w = v[0] if v[0].sum() > 0 else -v[0]
    t = Z @ w
    return t / t.std(), float(s[0] / s.sum())


def capability_scores_not_standardised(B):
    """Return the component without scaling it."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = (B - B.mean(0)) / B.std(0)
    _, s, v = np.linalg.svd(Z, full_matrices=False)
    w = v[0] if v[0].sum() > 0 else -v[0]
    t = Z @ w
    return t, float(s[0] ** 2 / (s**2).sum())


def capability_scores_mean_of_raw(B):
    """Average the raw columns."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = (B - B.mean(0)) / B.std(0)
    s = np.linalg.svd(Z, compute_uv=False)
    t = B.mean(1) - B.mean()
    return t / t.std(), float(s[0] ** 2 / (s**2).sum())


def capability_scores_mean_of_standardised(B):
    """Average the standardised columns."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = (B - B.mean(0)) / B.std(0)
    s = np.linalg.svd(Z, compute_uv=False)
    t = Z.mean(1)
    return t / t.std(), float(s[0] ** 2 / (s**2).sum())


def rank_correlation_pearson(x, y):
    """Correlate the values, not their ranks."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 3:
        raise ValueError("shapes")
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ValueError("finite")
    r, q = x, y
    r, q = r - r.mean(), q - q.mean()
    size = np.sqrt((r @ r) * (q @ q))
    return float(r @ q / size) if size > 0 else 0.0


def rank_correlation_ties_by_order(x, y):
    """Give equal values ranks in the order in which they stand."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 3:
        raise ValueError("shapes")
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ValueError("finite")
    r, q = rankdata(x, method="ordinal"), rankdata(y, method="ordinal")
    r, q = r - r.mean(), q - q.mean()
    size = np.sqrt((r @ r) * (q @ q))
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(r @ q / size) if size > 0 else 0.0


def rank_correlation_short_formula(x, y):
    """Use the textbook formula that assumes that there are no ties."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 3:
        raise ValueError("shapes")
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ValueError("finite")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    n, d = len(x), rankdata(x) - rankdata(y)
    return float(1 - 6 * (d @ d) / (n * (n**2 - 1)))


def rank_correlation_absolute(x, y):
    """Drop the sign."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 3:
        raise ValueError("shapes")
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ValueError("finite")
    r, q = rankdata(x), rankdata(y)
    r, q = r - r.mean(), q - q.mean()
    size = np.sqrt((r @ r) * (q @ q))
    return float(abs(r @ q) / size) if size > 0 else 0.0


def safety_residual_no_intercept(safety, cap):
    """Force the line through the origin."""
    safety, cap = np.asarray(safety, dtype=float), np.asarray(cap, dtype=float)
    if safety.ndim != 1 or safety.shape != cap.shape or len(safety) < 3:
        raise ValueError("shapes")
    if not np.isfinite(safety).all() or not np.isfinite(cap).all():
        raise ValueError("finite")
    if not np.any(cap):
        return safety - safety.mean()
    return safety - cap * (cap @ safety) / (cap @ cap)


def safety_residual_difference(safety, cap):
    """Subtract capability from safety."""
    safety, cap = np.asarray(safety, dtype=float), np.asarray(cap, dtype=float)
    if safety.ndim != 1 or safety.shape != cap.shape or len(safety) < 3:
        raise ValueError("shapes")
    if not np.isfinite(safety).all() or not np.isfinite(cap).all():
        raise ValueError("finite")
    return (safety - safety.mean()) - (cap - cap.mean())


def safety_residual_reversed(safety, cap):
    """Explain capability by safety."""
    safety, cap = np.asarray(safety, dtype=float), np.asarray(cap, dtype=float)
    if safety.ndim != 1 or safety.shape != cap.shape or len(safety) < 3:
        raise ValueError("shapes")
    if not np.isfinite(safety).all() or not np.isfinite(cap).all():
        raise ValueError("finite")
    a, b = safety - safety.mean(), cap - cap.mean()
    if np.ptp(cap) == 0:
        return a
    slope = (b @ a) / (a @ a)
    return a - b / slope


def safety_residual_standardised(safety, cap):
    """Return residuals in standard deviations."""
    safety, cap = np.asarray(safety, dtype=float), np.asarray(cap, dtype=float)
    if safety.ndim != 1 or safety.shape != cap.shape or len(safety) < 3:
        raise ValueError("shapes")
    if not np.isfinite(safety).all() or not np.isfinite(cap).all():
        raise ValueError("finite")
    a, b = safety - safety.mean(), cap - cap.mean()
    if np.ptp(cap) == 0:
        return a
    left = a - b * (a @ b) / (b @ b)
    return left / a.std()


def paired_effect_unpaired(base, treated, n_boot, rng, level=0.95):
    """Resample the two groups separately."""
    base, treated = np.asarray(base, dtype=float), np.asarray(treated, dtype=float)
    if base.ndim != 1 or base.shape != treated.shape or len(base) < 2:
        raise ValueError("shapes")
    if not np.isfinite(base).all() or not np.isfinite(treated).all() or n_boot < 1 or not 0 < level < 1:
        raise ValueError("value")
    d = treated - base
    size = (n_boot, len(d))
    means = (treated[rng.integers(len(d), size=size)] - base[rng.integers(len(d), size=size)]).mean(axis=1)
    lo, hi = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(d.mean()), float(lo), float(hi)


def paired_effect_raw_quantiles(base, treated, n_boot, rng, level=0.95):
    """Take quantiles of the differences, not of resampled means."""
    base, treated = np.asarray(base, dtype=float), np.asarray(treated, dtype=float)
    if base.ndim != 1 or base.shape != treated.shape or len(base) < 2:
        raise ValueError("shapes")
    if not np.isfinite(base).all() or not np.isfinite(treated).all() or n_boot < 1 or not 0 < level < 1:
        raise ValueError("value")
    d = treated - base
    means = d[rng.integers(len(d), size=n_boot)]
    lo, hi = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(d.mean()), float(lo), float(hi)


def paired_effect_both_tails_each(base, treated, n_boot, rng, level=0.95):
    """Leave out the whole missing share on each side."""
    base, treated = np.asarray(base, dtype=float), np.asarray(treated, dtype=float)
    if base.ndim != 1 or base.shape != treated.shape or len(base) < 2:
        raise ValueError("shapes")
    if not np.isfinite(base).all() or not np.isfinite(treated).all() or n_boot < 1 or not 0 < level < 1:
        raise ValueError("value")
    d = treated - base
    means = d[rng.integers(len(d), size=(n_boot, len(d)))].mean(axis=1)
    lo, hi = np.sort(np.quantile(means, [1 - level, level]))
    return float(d.mean()), float(lo), float(hi)


def paired_effect_level_ignored(base, treated, n_boot, rng, level=0.95):
    """Always use 95 per cent."""
    base, treated = np.asarray(base, dtype=float), np.asarray(treated, dtype=float)
    if base.ndim != 1 or base.shape != treated.shape or len(base) < 2:
        raise ValueError("shapes")
    if not np.isfinite(base).all() or not np.isfinite(treated).all() or n_boot < 1 or not 0 < level < 1:
        raise ValueError("value")
    d = treated - base
    means = d[rng.integers(len(d), size=(n_boot, len(d)))].mean(axis=1)
    lo, hi = np.quantile(means, [0.025, 0.975])
    return float(d.mean()), float(lo), float(hi)


def paired_effect_normal(base, treated, n_boot, rng, level=0.95):
    """Use a normal interval with the bootstrap standard error."""
    base, treated = np.asarray(base, dtype=float), np.asarray(treated, dtype=float)
    if base.ndim != 1 or base.shape != treated.shape or len(base) < 2:
        raise ValueError("shapes")
    if not np.isfinite(base).all() or not np.isfinite(treated).all() or n_boot < 1 or not 0 < level < 1:
        raise ValueError("value")
    from statistics import NormalDist

    ndtri_ = NormalDist().inv_cdf
    d = treated - base
    means = d[rng.integers(len(d), size=(n_boot, len(d)))].mean(axis=1)
    half = -ndtri_((1 - level) / 2) * means.std()
    lo, hi = d.mean() - half, d.mean() + half
    return float(d.mean()), float(lo), float(hi)


def paired_effect_mean_of_resamples(base, treated, n_boot, rng, level=0.95):
    """Return the mean of the resampled means as the estimate."""
    base, treated = np.asarray(base, dtype=float), np.asarray(treated, dtype=float)
    if base.ndim != 1 or base.shape != treated.shape or len(base) < 2:
        raise ValueError("shapes")
    if not np.isfinite(base).all() or not np.isfinite(treated).all() or n_boot < 1 or not 0 < level < 1:
        raise ValueError("value")
    d = treated - base
    means = d[rng.integers(len(d), size=(n_boot, len(d)))].mean(axis=1)
    lo, hi = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(means.mean()), float(lo), float(hi)


def externality_verdict_means(safety_effect, cap_effect, tol):
    """Decide by the means."""
    if not (np.isfinite(tol) and tol >= 0):
        raise ValueError("tol")
    for effect in (safety_effect, cap_effect):
        if len(effect) != 3 or not np.isfinite(effect).all() or effect[1] > effect[2]:
            raise ValueError("effect")
    if safety_effect[0] <= 0:
        return "no safety gain"
    if cap_effect[0] <= tol:
        return "safety"
    return "capability externality" if cap_effect[0] > tol else "uncertain"


def externality_verdict_ignores_safety(safety_effect, cap_effect, tol):
    """Look at capability only, unless safety fell for certain."""
    if not (np.isfinite(tol) and tol >= 0):
        raise ValueError("tol")
    for effect in (safety_effect, cap_effect):
        if len(effect) != 3 or not np.isfinite(effect).all() or effect[1] > effect[2]:
            raise ValueError("effect")
    if safety_effect[2] < 0:
        return "no safety gain"
    if cap_effect[2] <= tol:
        return "safety"
    return "capability externality" if cap_effect[1] > tol else "uncertain"


def externality_verdict_absolute(safety_effect, cap_effect, tol):
    """Count a loss of capability as an externality."""
    if not (np.isfinite(tol) and tol >= 0):
        raise ValueError("tol")
    for effect in (safety_effect, cap_effect):
        if len(effect) != 3 or not np.isfinite(effect).all() or effect[1] > effect[2]:
            raise ValueError("effect")
    if safety_effect[1] <= 0:
        return "no safety gain"
    low, high = cap_effect[1], cap_effect[2]
    if high < 0:
        low, high = -high, -low
    if high <= tol:
        return "safety"
    return "capability externality" if low > tol else "uncertain"


def externality_verdict_not_significant_is_safe(safety_effect, cap_effect, tol):
    """Say safety where a gain of capability is not proved."""
    if not (np.isfinite(tol) and tol >= 0):
        raise ValueError("tol")
    for effect in (safety_effect, cap_effect):
        if len(effect) != 3 or not np.isfinite(effect).all() or effect[1] > effect[2]:
            raise ValueError("effect")
    if safety_effect[1] <= 0:
        return "no safety gain"
    return "capability externality" if cap_effect[1] > tol else "safety"


def externality_verdict_limits(safety_effect, cap_effect, tol):
    """Put values that lie exactly on a limit on the other side."""
    if not (np.isfinite(tol) and tol >= 0):
        raise ValueError("tol")
    for effect in (safety_effect, cap_effect):
        if len(effect) != 3 or not np.isfinite(effect).all() or effect[1] > effect[2]:
            raise ValueError("effect")
    if safety_effect[1] < 0:
        return "no safety gain"
    if cap_effect[2] < tol:
        return "safety"
    return "capability externality" if cap_effect[1] >= tol else "uncertain"


def washing_scores_one_benchmark(S, B, *, scores_fn=None, rank_fn=None):
    """Use the first benchmark for capability."""
    scores_fn, rank_fn = scores_fn or capability_scores, rank_fn or rank_correlation
    S, B = np.asarray(S, dtype=float), np.asarray(B, dtype=float)
    if S.ndim != 2 or B.ndim != 2 or len(S) != len(B) or np.isinf(S).any():
        raise ValueError("shapes or values")
    there = ~np.isnan(S)
    if np.any(there.sum(0) < 3):
        raise ValueError("too few")
    cap = B[:, 0]
    return np.array([rank_fn(S[run, k], cap[run]) for k, run in enumerate(there.T)], dtype=float)


def washing_scores_residuals(S, B, *, scores_fn=None, rank_fn=None):
    """Correlate what capability has been taken out of."""
    scores_fn, rank_fn = scores_fn or capability_scores, rank_fn or rank_correlation
    S, B = np.asarray(S, dtype=float), np.asarray(B, dtype=float)
    if S.ndim != 2 or B.ndim != 2 or len(S) != len(B) or np.isinf(S).any():
        raise ValueError("shapes or values")
    there = ~np.isnan(S)
    if np.any(there.sum(0) < 3):
        raise ValueError("too few")
    cap, _ = scores_fn(B)
    return np.array(
        [
            rank_fn(S[run, k] - np.polyval(np.polyfit(cap[run], S[run, k], 1), cap[run]), cap[run])
            for k, run in enumerate(there.T)
        ],
        dtype=float,
    )


def washing_scores_absolute(S, B, *, scores_fn=None, rank_fn=None):
    """Drop the sign."""
    scores_fn, rank_fn = scores_fn or capability_scores, rank_fn or rank_correlation
    S, B = np.asarray(S, dtype=float), np.asarray(B, dtype=float)
    if S.ndim != 2 or B.ndim != 2 or len(S) != len(B) or np.isinf(S).any():
        raise ValueError("shapes or values")
    there = ~np.isnan(S)
    if np.any(there.sum(0) < 3):
        raise ValueError("too few")
    cap, _ = scores_fn(B)
    return np.array([abs(rank_fn(S[run, k], cap[run])) for k, run in enumerate(there.T)], dtype=float)


def washing_scores_fill_gaps(S, B, *, scores_fn=None, rank_fn=None):
    """Fill gaps with the mean of the benchmark."""
    scores_fn, rank_fn = scores_fn or capability_scores, rank_fn or rank_correlation
    S, B = np.asarray(S, dtype=float), np.asarray(B, dtype=float)
    if S.ndim != 2 or B.ndim != 2 or len(S) != len(B) or np.isinf(S).any():
        raise ValueError("shapes or values")
    there = ~np.isnan(S)
    if np.any(there.sum(0) < 3):
        raise ValueError("too few")
    cap, _ = scores_fn(B)
    full = np.where(there, S, np.nanmean(S, axis=0))
    return np.array([rank_fn(column, cap) for column in full.T], dtype=float)


def washing_scores_score_of_those_run(S, B, *, scores_fn=None, rank_fn=None):
    """Compute the capability score anew from the models that were run."""
    scores_fn, rank_fn = scores_fn or capability_scores, rank_fn or rank_correlation
    S, B = np.asarray(S, dtype=float), np.asarray(B, dtype=float)
    if S.ndim != 2 or B.ndim != 2 or len(S) != len(B) or np.isinf(S).any():
        raise ValueError("shapes or values")
    there = ~np.isnan(S)
    if np.any(there.sum(0) < 3):
        raise ValueError("too few")
    return np.array([rank_fn(S[run, k], scores_fn(B[run])[0]) for k, run in enumerate(there.T)], dtype=float)


def capability_scores_alt_eigenvectors(B):
    """Use the eigenvectors of the correlation matrix."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = (B - B.mean(0)) / B.std(0)
    values, vectors = np.linalg.eigh(Z.T @ Z / len(Z))
    t = Z @ (vectors[:, -1] * np.sign(vectors[:, -1].sum()))
    return t / t.std(), float(values[-1] / values.sum())


def capability_scores_alt_models_side(B):
    """Take the eigenvectors of the matrix over models, and the sign from the row sums."""
    B = np.asarray(B, dtype=float)
    if B.ndim != 2 or B.shape[0] < 3 or B.shape[1] < 1 or not np.isfinite(B).all():
        raise ValueError("shape or value")
    if np.any(np.ptp(B, axis=0) == 0):
        raise ValueError("constant")
    Z = (B - B.mean(0)) / B.std(0)
    values, vectors = np.linalg.eigh(Z @ Z.T)
    t = vectors[:, -1] * np.sqrt(len(Z))
    t = t * np.sign(t @ Z.sum(1))
    return t - t.mean(), float(values[-1] / np.trace(Z @ Z.T))


def rank_correlation_alt_scipy_style(x, y):
    """Count smaller and equal values, and use the correlation matrix."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 3:
        raise ValueError("shapes")
    if not np.isfinite(x).all() or not np.isfinite(y).all():
        raise ValueError("finite")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    r, q = ((v[:, None] > v).sum(1) + ((v[:, None] == v).sum(1) + 1) / 2 for v in (x, y))
    return float(np.corrcoef(r, q)[0, 1])


def safety_residual_alt_lstsq(safety, cap):
    """Use a least squares solver."""
    safety, cap = np.asarray(safety, dtype=float), np.asarray(cap, dtype=float)
    if safety.ndim != 1 or safety.shape != cap.shape or len(safety) < 3:
        raise ValueError("shapes")
    if not np.isfinite(safety).all() or not np.isfinite(cap).all():
        raise ValueError("finite")
    design = np.column_stack([np.ones_like(cap), cap])
    solution, *_ = np.linalg.lstsq(design, safety, rcond=None)
    return safety - design @ solution


def safety_residual_alt_projection(safety, cap):
    """Project on what is orthogonal to the constant and to capability."""
    safety, cap = np.asarray(safety, dtype=float), np.asarray(cap, dtype=float)
    if safety.ndim != 1 or safety.shape != cap.shape or len(safety) < 3:
        raise ValueError("shapes")
    if not np.isfinite(safety).all() or not np.isfinite(cap).all():
        raise ValueError("finite")
    q = np.linalg.qr(np.column_stack([np.ones_like(cap), cap]))[0]
    if np.ptp(cap) == 0:
        q = q[:, :1]
    return safety - q @ (q.T @ safety)


def paired_effect_alt_loop(base, treated, n_boot, rng, level=0.95):
    """Draw one resample after the other."""
    base, treated = np.asarray(base, dtype=float), np.asarray(treated, dtype=float)
    if base.ndim != 1 or base.shape != treated.shape or len(base) < 2:
        raise ValueError("shapes")
    if not np.isfinite(base).all() or not np.isfinite(treated).all() or n_boot < 1 or not 0 < level < 1:
        raise ValueError("value")
    d = treated - base
    means = [rng.choice(d, len(d)).mean() for _ in range(n_boot)]
    tail = (1 - level) / 2
    return float(d.mean()), float(np.quantile(means, tail)), float(np.quantile(means, 1 - tail))


def paired_effect_alt_counts(base, treated, n_boot, rng, level=0.95):
    """Draw how often each pair is chosen."""
    base, treated = np.asarray(base, dtype=float), np.asarray(treated, dtype=float)
    if base.ndim != 1 or base.shape != treated.shape or len(base) < 2:
        raise ValueError("shapes")
    if not np.isfinite(base).all() or not np.isfinite(treated).all() or n_boot < 1 or not 0 < level < 1:
        raise ValueError("value")
    d = treated - base
    counts = rng.multinomial(len(d), np.full(len(d), 1 / len(d)), size=n_boot)
    means = counts @ (d / len(d))
    lo, hi = np.percentile(means, [50 - 50 * level, 50 + 50 * level])
    return float(np.mean(d)), float(lo), float(hi)


def externality_verdict_alt_unpacked(safety_effect, cap_effect, tol):
    """Unpack the effects and go the other way round."""
    if not (np.isfinite(tol) and tol >= 0):
        raise ValueError("tol")
    for effect in (safety_effect, cap_effect):
        if len(effect) != 3 or not np.isfinite(effect).all() or effect[1] > effect[2]:
            raise ValueError("effect")
    (_, gain, _), (_, low, high) = safety_effect, cap_effect
    if gain > 0:
        if low > tol:
            return "capability externality"
        return "uncertain" if high > tol else "safety"
    return "no safety gain"


def washing_scores_alt_loop(S, B, *, scores_fn=None, rank_fn=None):
    """Go model by model, with lists."""
    scores_fn, rank_fn = scores_fn or capability_scores, rank_fn or rank_correlation
    S, B = np.asarray(S, dtype=float), np.asarray(B, dtype=float)
    if S.ndim != 2 or B.ndim != 2 or len(S) != len(B) or np.isinf(S).any():
        raise ValueError("shapes or values")
    there = ~np.isnan(S)
    if np.any(there.sum(0) < 3):
        raise ValueError("too few")
    cap = np.asarray(scores_fn(B.tolist())[0])
    found = np.empty(S.shape[1])
    for k in range(S.shape[1]):
        chosen = [i for i in range(len(S)) if not np.isnan(S[i, k])]
        found[k] = rank_fn([S[i, k] for i in chosen], [cap[i] for i in chosen])
    return found


def washing_scores_alt_on_its_own(S, B, *, scores_fn=None, rank_fn=None):
    """Compute everything here and use no helper."""
    scores_fn, rank_fn = scores_fn or capability_scores, rank_fn or rank_correlation
    S, B = np.asarray(S, dtype=float), np.asarray(B, dtype=float)
    if S.ndim != 2 or B.ndim != 2 or len(S) != len(B) or np.isinf(S).any():
        raise ValueError("shapes or values")
    there = ~np.isnan(S)
    if np.any(there.sum(0) < 3):
        raise ValueError("too few")
    Z = (B - B.mean(0)) / B.std(0)
    loadings = np.linalg.svd(Z, full_matrices=False)[2][0]
    cap = Z @ loadings * np.sign(loadings.sum())
    found = []
    for scores in S.T:
        run = ~np.isnan(scores)
        found.append(np.corrcoef(rankdata(scores[run]), rankdata(cap[run]))[0, 1])
    return np.array(found)


MUTANTS = {
    "capability_scores_no_scaling": {"capability_scores": capability_scores_no_scaling},
    "capability_scores_no_centring": {"capability_scores": capability_scores_no_centring},
    "capability_scores_arbitrary_sign": {"capability_scores": capability_scores_arbitrary_sign},
    "capability_scores_sign_of_first": {"capability_scores": capability_scores_sign_of_first},
    "capability_scores_share_of_lengths": {"capability_scores": capability_scores_share_of_lengths},
    "capability_scores_not_standardised": {"capability_scores": capability_scores_not_standardised},
    "capability_scores_mean_of_raw": {"capability_scores": capability_scores_mean_of_raw},
    "capability_scores_mean_of_standardised": {"capability_scores": capability_scores_mean_of_standardised},
    "rank_correlation_pearson": {"rank_correlation": rank_correlation_pearson},
    "rank_correlation_ties_by_order": {"rank_correlation": rank_correlation_ties_by_order},
    "rank_correlation_short_formula": {"rank_correlation": rank_correlation_short_formula},
    "rank_correlation_absolute": {"rank_correlation": rank_correlation_absolute},
    "safety_residual_no_intercept": {"safety_residual": safety_residual_no_intercept},
    "safety_residual_difference": {"safety_residual": safety_residual_difference},
    "safety_residual_reversed": {"safety_residual": safety_residual_reversed},
    "safety_residual_standardised": {"safety_residual": safety_residual_standardised},
    "paired_effect_unpaired": {"paired_effect": paired_effect_unpaired},
    "paired_effect_raw_quantiles": {"paired_effect": paired_effect_raw_quantiles},
    "paired_effect_both_tails_each": {"paired_effect": paired_effect_both_tails_each},
    "paired_effect_level_ignored": {"paired_effect": paired_effect_level_ignored},
    "paired_effect_normal": {"paired_effect": paired_effect_normal},
    "paired_effect_mean_of_resamples": {"paired_effect": paired_effect_mean_of_resamples},
    "externality_verdict_means": {"externality_verdict": externality_verdict_means},
    "externality_verdict_ignores_safety": {"externality_verdict": externality_verdict_ignores_safety},
    "externality_verdict_absolute": {"externality_verdict": externality_verdict_absolute},
    "externality_verdict_not_significant_is_safe": {"externality_verdict": externality_verdict_not_significant_is_safe},
    "externality_verdict_limits": {"externality_verdict": externality_verdict_limits},
    "washing_scores_one_benchmark": {"washing_scores": washing_scores_one_benchmark},
    "washing_scores_residuals": {"washing_scores": washing_scores_residuals},
    "washing_scores_absolute": {"washing_scores": washing_scores_absolute},
    "washing_scores_fill_gaps": {"washing_scores": washing_scores_fill_gaps},
    "washing_scores_score_of_those_run": {"washing_scores": washing_scores_score_of_those_run},
}

ALTERNATIVES = {
    "capability_scores_alt_eigenvectors": {"capability_scores": capability_scores_alt_eigenvectors},
    "capability_scores_alt_models_side": {"capability_scores": capability_scores_alt_models_side},
    "rank_correlation_alt_scipy_style": {"rank_correlation": rank_correlation_alt_scipy_style},
    "safety_residual_alt_lstsq": {"safety_residual": safety_residual_alt_lstsq},
    "safety_residual_alt_projection": {"safety_residual": safety_residual_alt_projection},
    "paired_effect_alt_loop": {"paired_effect": paired_effect_alt_loop},
    "paired_effect_alt_counts": {"paired_effect": paired_effect_alt_counts},
    "externality_verdict_alt_unpacked": {"externality_verdict": externality_verdict_alt_unpacked},
    "washing_scores_alt_loop": {"washing_scores": washing_scores_alt_loop},
    "washing_scores_alt_on_its_own": {"washing_scores": washing_scores_alt_on_its_own},
}
