"""Wrong and alternative answers to `long_tails`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `augmix`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

import numpy as np
import torch
from torch import nn

from mlsafety_kit import fit


def augmix(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Stand for the notebook's own `augmix`, which the training functions below name."""


def jsd_consistency(logits_clean, logits_a, logits_b):
    """Stand for the notebook's own `jsd_consistency`."""


# ------------------------------------------------------------------------------------------------ mean_corruption_error


def mean_corruption_error_mean_of_ratios(err, base_err):
    """Average the ratios of all severities instead of summing over severities first."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    if err.shape != base_err.shape or (base_err.sum(1) <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * np.nanmean(err / np.maximum(base_err, 1e-9)))


def mean_corruption_error_ratio_of_means(err, base_err):
    """Divide the grand means, so that hard corruptions drown the rest."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    if err.shape != base_err.shape or (base_err.sum(1) <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * err.mean() / base_err.mean())


def mean_corruption_error_wrong_axis(err, base_err):
    """Sum over corruptions and average over severities."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    if err.shape != base_err.shape or (base_err.sum(1) <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * np.mean(err.sum(0) / base_err.sum(0)))


def mean_corruption_error_no_base(err, base_err):
    """Return the plain mean error in percent."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    if err.shape != base_err.shape or (base_err.sum(1) <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * err.mean())


def mean_corruption_error_unchecked(err, base_err):
    """Let NumPy broadcast tables of different shapes, and divide by zero."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    return float(100 * np.mean(err.sum(1) / base_err.sum(1)))


def mean_corruption_error_too_strict(err, base_err):
    """Refuse a baseline that makes no error at a single severity."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    if err.shape != base_err.shape or (base_err <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * np.mean(err.sum(1) / base_err.sum(1)))


# ------------------------------------------------------------------------------------------------ relative_mce


def relative_mce_not_relative(err, clean, base_err, base_clean):
    """Forget the clean errors."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    if err.shape != base_err.shape or ((base_err - base_clean).sum(1) <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * np.mean(err.sum(1) / base_err.sum(1)))


def relative_mce_clean_once(err, clean, base_err, base_clean):
    """Subtract the clean error once from the sum over severities."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    if err.shape != base_err.shape or ((base_err - base_clean).sum(1) <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * np.mean((err.sum(1) - clean) / (base_err.sum(1) - base_clean)))


def relative_mce_one_clean_for_both(err, clean, base_err, base_clean):
    """Subtract the model's clean error from the baseline too."""
    err, base_err = np.asarray(err, dtype=float), np.asarray(base_err, dtype=float)
    if err.shape != base_err.shape or ((base_err - base_clean).sum(1) <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * np.mean((err - clean).sum(1) / (base_err - clean).sum(1)))


def relative_mce_no_negative_loss(err, clean, base_err, base_clean):
    """Count it as no loss when damage helps."""
    lost, base_lost = np.asarray(err, dtype=float) - clean, np.asarray(base_err, dtype=float) - base_clean
    if lost.shape != base_lost.shape or (base_lost.sum(1) <= 0).any():
        raise ValueError("tables do not fit")
    return float(100 * np.mean(np.maximum(lost, 0).sum(1) / base_lost.sum(1)))


def relative_mce_unchecked(err, clean, base_err, base_clean):
    """Check the shapes but divide by a loss that may be zero or negative."""
    lost, base_lost = np.asarray(err, dtype=float) - clean, np.asarray(base_err, dtype=float) - base_clean
    if lost.shape != base_lost.shape:
        raise ValueError("tables do not fit")
    return float(100 * np.mean(lost.sum(1) / base_lost.sum(1)))


# ------------------------------------------------------------------------------------------------ augmix


def augmix_no_skip(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Leave the original image out of the mixture."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return mixture.clamp(0, 1)


def augmix_one_skip_per_batch(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Draw one skip weight for the whole batch."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = float(rng.beta(alpha, alpha))
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_one_mixture_per_batch(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Draw one set of mixing weights for the whole batch."""
    w = rng.dirichlet([alpha] * width)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + float(w[k]) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_weights_not_convex(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Draw mixing weights that do not add up to 1."""
    w = torch.as_tensor(rng.beta(alpha, alpha, size=(len(x), width)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_equal_weights(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Average the chains."""
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for _ in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + chained / width
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_ignores_alpha(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Draw all weights with alpha 1."""
    w = torch.as_tensor(rng.dirichlet([1.0] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.random(len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_fixed_depth(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Make every chain as long as allowed."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(depth):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_never_full_depth(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Forget that the upper end of `integers` is excluded."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth) if depth > 1 else 1):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_chains_go_on(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Start each chain where the one before it ended."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture, chained = torch.zeros_like(x), x
    for k in range(width):
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_operations_not_chained(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Apply every operation of a chain to the original, so that only the last one counts."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](x, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_one_plan_for_all_chains(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Draw length and operations once and use them in every chain."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    plan = rng.integers(len(ops), size=rng.integers(1, depth + 1))
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for i in plan:
            chained = ops[i](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_without_replacement(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Never use an operation twice in a chain."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for i in rng.permutation(len(ops))[: rng.integers(1, depth + 1)]:
            chained = ops[i](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_unclipped(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Do not clip."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return m * x + (1 - m) * mixture


def augmix_clips_the_chains(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Clip after every operation."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng).clamp(0, 1)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


def augmix_writes_into_x(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Scale the caller's images in place."""
    w = torch.as_tensor(rng.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(rng.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return x.mul_(m).add_((1 - m) * mixture).clamp_(0, 1)


def augmix_global_chance(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Draw the weights from NumPy's global random state."""
    w = torch.as_tensor(np.random.dirichlet([alpha] * width, size=len(x)), dtype=x.dtype)
    m = torch.as_tensor(np.random.beta(alpha, alpha, size=len(x)), dtype=x.dtype).reshape(-1, 1, 1, 1)
    mixture = torch.zeros_like(x)
    for k in range(width):
        chained = x
        for _ in range(rng.integers(1, depth + 1)):
            chained = ops[rng.integers(len(ops))](chained, rng)
        mixture = mixture + w[:, k].reshape(-1, 1, 1, 1) * chained
    return (m * x + (1 - m) * mixture).clamp(0, 1)


# ------------------------------------------------------------------------------------------------ jsd_consistency


def jsd_consistency_kl_to_others(logits_clean, logits_a, logits_b):
    """Return KL from the clean prediction to the mean of the other two."""
    p, a, b = (logits.softmax(1) for logits in (logits_clean, logits_a, logits_b))
    return (p * (p.clamp(min=1e-12).log() - ((a + b) / 2).clamp(min=1e-12).log())).sum(1).mean()


def jsd_consistency_mixes_logits(logits_clean, logits_a, logits_b):
    """Take the softmax of the mean logits for the mixture."""
    stack = torch.stack([logits_clean, logits_a, logits_b])
    logs, middle = stack.log_softmax(-1), stack.mean(0).log_softmax(-1)
    return (logs.exp() * (logs - middle)).sum(-1).mean()


def jsd_consistency_per_element(logits_clean, logits_a, logits_b):
    """Divide by the number of elements instead of the number of images."""
    logs = torch.stack([logits_clean, logits_a, logits_b]).log_softmax(-1)
    middle = logs.logsumexp(0) - np.log(3)
    return (logs.exp() * (logs - middle)).mean()


def jsd_consistency_sum_of_three(logits_clean, logits_a, logits_b):
    """Add the three divergences instead of averaging them."""
    logs = torch.stack([logits_clean, logits_a, logits_b]).log_softmax(-1)
    middle = logs.logsumexp(0) - np.log(3)
    return (logs.exp() * (logs - middle)).sum(-1).sum(0).mean()


def jsd_consistency_reversed(logits_clean, logits_a, logits_b):
    """Take KL from the mixture to each prediction."""
    logs = torch.stack([logits_clean, logits_a, logits_b]).log_softmax(-1)
    middle = logs.logsumexp(0) - np.log(3)
    return (middle.exp() * (middle - logs)).sum(-1).mean()


def jsd_consistency_unprotected(logits_clean, logits_a, logits_b):
    """Take logarithms of probabilities that may be zero."""
    p = torch.stack([logits_clean, logits_a, logits_b]).softmax(-1)
    return (p * (p.log() - p.mean(0).log())).sum(-1).mean()


def jsd_consistency_coarse_clamp(logits_clean, logits_a, logits_b):
    """Keep probabilities away from zero by far too much."""
    p = torch.stack([logits_clean, logits_a, logits_b]).softmax(-1).clamp(min=1e-3)
    return (p * (p.log() - p.mean(0).log())).sum(-1).mean()


def jsd_consistency_detached(logits_clean, logits_a, logits_b):
    """Treat the clean prediction as a fixed target."""
    logs = torch.stack([logits_clean.detach(), logits_a, logits_b]).log_softmax(-1)
    middle = logs.logsumexp(0) - np.log(3)
    return (logs.exp() * (logs - middle)).sum(-1).mean()


def jsd_consistency_fixed_mixture(logits_clean, logits_a, logits_b):
    """Cut off the gradient of the probabilities that weight the logarithms."""
    logs = torch.stack([logits_clean, logits_a, logits_b]).log_softmax(-1)
    middle = logs.logsumexp(0) - np.log(3)
    return (logs.exp().detach() * (logs - middle)).sum(-1).mean()


# ------------------------------------------------------------------------------------------------ train_augmix


def train_augmix_plain(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Train on clean images only."""
    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed)


def train_augmix_ignores_lam(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Give the consistency the weight 1."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        clean, one, two = model(x), model(augment(x, ops, rng)), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(clean, y) + consistency(clean, one, two)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_same_view_twice(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Augment once and compare the image with the same view twice."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        clean, one = model(x), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(clean, y) + lam * consistency(clean, one, one)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_augments_a_view(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Make the second view from the first instead of from the clean batch."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        first = augment(x, ops, rng)
        second = augment(first, ops, rng)
        clean = model(x)
        return nn.functional.cross_entropy(clean, y) + lam * consistency(clean, model(first), model(second))

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_leaves_clean_out(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Compare the views with each other and not with the clean image."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        one, two = model(augment(x, ops, rng)), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(model(x), y) + lam * consistency(one, one, two)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_loss_on_view(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Take the cross-entropy of an augmented view instead of the clean image."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        clean, one, two = model(x), model(augment(x, ops, rng)), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(one, y) + lam * consistency(clean, one, two)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_loss_on_all_three(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Average the cross-entropy over the clean image and both views."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        clean, one, two = model(x), model(augment(x, ops, rng)), model(augment(x, ops, rng))
        together = nn.functional.cross_entropy(torch.cat([clean, one, two]), torch.cat([y, y, y]))
        return together + lam * consistency(clean, one, two)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_views_without_gradient(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Switch gradients off for the augmented views."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        clean = model(x)
        with torch.no_grad():
            one, two = model(augment(x, ops, rng)), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(clean, y) + lam * consistency(clean, one, two)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_probabilities(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Hand probabilities to a consistency that expects logits."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        clean, one, two = model(x), model(augment(x, ops, rng)), model(augment(x, ops, rng))
        disagreement = consistency(clean.softmax(1), one.softmax(1), two.softmax(1))
        return nn.functional.cross_entropy(clean, y) + lam * disagreement

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_chance_starts_over(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Make a new generator of the same seed for every batch."""
    augment, consistency = augment or augmix, consistency or jsd_consistency

    def loss(model, x, y):
        rng = np.random.default_rng(seed)
        clean, one, two = model(x), model(augment(x, ops, rng)), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(clean, y) + lam * consistency(clean, one, two)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_ignores_seed(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Let the augmentations draw from a generator that nobody seeded."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng()

    def loss(model, x, y):
        clean, one, two = model(x), model(augment(x, ops, rng)), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(clean, y) + lam * consistency(clean, one, two)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_trains_a_copy(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Train a copy and leave the given model as it was."""
    import copy

    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        clean, one, two = model(x), model(augment(x, ops, rng)), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(clean, y) + lam * consistency(clean, one, two)

    return fit(copy.deepcopy(model), x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_stays_in_training_mode(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Return the model in training mode."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)

    def loss(model, x, y):
        clean, one, two = model(x), model(augment(x, ops, rng)), model(augment(x, ops, rng))
        return nn.functional.cross_entropy(clean, y) + lam * consistency(clean, one, two)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss).train()


# ------------------------------------------------------------------------------------------------ logit_adjusted_loss


def logit_adjusted_loss_wrong_sign(logits, y, prior, tau=1.0):
    """Subtract the log prior, as one would at test time."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if shares.shape != logits.shape[1:] or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    return nn.functional.cross_entropy(logits - tau * (shares / shares.sum()).log(), y)


def logit_adjusted_loss_no_logarithm(logits, y, prior, tau=1.0):
    """Add the prior itself."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if shares.shape != logits.shape[1:] or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    return nn.functional.cross_entropy(logits + tau * shares / shares.sum(), y)


def logit_adjusted_loss_ignores_tau(logits, y, prior, tau=1.0):
    """Always adjust with full strength."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if shares.shape != logits.shape[1:] or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    return nn.functional.cross_entropy(logits + (shares / shares.sum()).log(), y)


def logit_adjusted_loss_tau_inside(logits, y, prior, tau=1.0):
    """Multiply the prior by tau before the logarithm, where it cancels."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if shares.shape != logits.shape[1:] or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    return nn.functional.cross_entropy(logits + (max(tau, 1e-9) * shares / shares.sum()).log(), y)


def logit_adjusted_loss_class_weights(logits, y, prior, tau=1.0):
    """Weight the examples by the inverse prior instead of adjusting the logits."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if shares.shape != logits.shape[1:] or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    return nn.functional.cross_entropy(logits, y, weight=(shares / shares.sum()) ** -tau)


def logit_adjusted_loss_after_softmax(logits, y, prior, tau=1.0):
    """Add the log prior to log-probabilities and do not normalise again."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if shares.shape != logits.shape[1:] or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    adjusted = logits.log_softmax(1) + tau * (shares / shares.mean()).log()
    return nn.functional.nll_loss(adjusted, y)


def logit_adjusted_loss_true_class_only(logits, y, prior, tau=1.0):
    """Adjust the logit of the true class and no other."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if shares.shape != logits.shape[1:] or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    change = nn.functional.one_hot(y, len(shares)) * (shares / shares.max()).log()
    return nn.functional.cross_entropy(logits + tau * change, y)


def logit_adjusted_loss_unchecked_sign(logits, y, prior, tau=1.0):
    """Refuse zeros but not negative entries."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if shares.shape != logits.shape[1:] or (shares == 0).any():
        raise ValueError("no prior for these classes")
    return nn.functional.cross_entropy(logits + tau * (shares / shares.sum()).log(), y)


def logit_adjusted_loss_broadcasts(logits, y, prior, tau=1.0):
    """Let a prior of length one stand for all classes."""
    shares = torch.as_tensor(prior, dtype=logits.dtype)
    if len(shares) not in (1, logits.shape[1]) or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    return nn.functional.cross_entropy(logits + tau * (shares / shares.sum()).log(), y)


def logit_adjusted_loss_detached(logits, y, prior, tau=1.0):
    """Compute the loss in NumPy, where gradients end."""
    shares = np.asarray(prior, dtype=float)
    if shares.shape != tuple(logits.shape[1:]) or not (shares > 0).all():
        raise ValueError("no prior for these classes")
    moved = logits.detach().double().numpy() + tau * np.log(shares / shares.sum())
    return nn.functional.cross_entropy(torch.from_numpy(moved), y)


# ------------------------------------------------------------------------------------------------ alternatives


def mean_corruption_error_loops(err, base_err):
    """Go through plain lists."""
    err, base_err = [list(row) for row in err], [list(row) for row in base_err]
    if [len(row) for row in err] != [len(row) for row in base_err]:
        raise ValueError("the tables have different shapes")
    total = 0.0
    for row, base_row in zip(err, base_err, strict=True):
        if sum(base_row) == 0:
            raise ValueError("the baseline makes no error")
        total += sum(row) / sum(base_row)
    return float(100.0 * total / len(err))


def relative_mce_by_means(err, clean, base_err, base_clean):
    """Use means over severities, which differ from sums by a common factor, in torch."""
    model, base = (torch.as_tensor(np.array(table), dtype=torch.float64) for table in (err, base_err))
    if model.shape != base.shape:
        raise ValueError("the tables have different shapes")
    loss, base_loss = model.mean(1) - clean, base.mean(1) - base_clean
    if bool((base_loss <= 1e-12).any()):
        raise ValueError("the baseline loses nothing")
    return (100 * loss / base_loss).mean().item()


def augmix_image_by_image(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Draw everything for one image after the other, as in the paper."""
    mixed = []
    for i in range(len(x)):
        image = x[i : i + 1]
        weights, skip = rng.dirichlet([alpha] * width), rng.beta(alpha, alpha)
        mixture = torch.zeros_like(image)
        for weight in weights:
            chained = image.clone()
            for _ in range(rng.integers(1, depth, endpoint=True)):
                chained = rng.choice(ops)(chained, rng)
            mixture += float(weight) * chained
        mixed.append(float(skip) * image + float(1 - skip) * mixture)
    return torch.cat(mixed).clip(0, 1)


def augmix_einsum(x, ops, rng, width=3, depth=3, alpha=1.0):
    """Stack the chains and contract with all weights at once; gamma variables make the Dirichlet."""
    layers = []
    for length in rng.integers(1, depth + 1, size=width):
        layer = x
        for number in rng.integers(0, len(ops), size=length):
            layer = ops[number](layer, rng)
        layers.append(layer)
    gammas = rng.standard_gamma(alpha, size=(len(x), width)) + 1e-300
    share = rng.beta(alpha, alpha, size=(len(x), 1))
    weights = torch.from_numpy(np.hstack([share * gammas / gammas.sum(1, keepdims=True), 1 - share])).to(x.dtype)
    return torch.einsum("nk,knchw->nchw", weights, torch.stack([*layers, x])).clamp(min=0.0, max=1.0)


def jsd_consistency_entropies(logits_clean, logits_a, logits_b):
    """Take the entropy of the mixture minus the mean entropy, with PyTorch's distributions-style terms."""
    logs = torch.stack([torch.log_softmax(logits.double(), 1) for logits in (logits_clean, logits_a, logits_b)])
    middle = torch.logsumexp(logs, 0) - torch.log(torch.tensor(3.0, dtype=torch.float64))
    entropy_of_mixture = -(middle.exp() * middle).sum(1)
    return (entropy_of_mixture + (logs.exp() * logs).sum(2).mean(0)).mean().float()


def jsd_consistency_kl_div(logits_clean, logits_a, logits_b):
    """Use PyTorch's KL three times."""
    logs = [nn.functional.log_softmax(logits, dim=1) for logits in (logits_clean, logits_a, logits_b)]
    middle = torch.stack(logs).logsumexp(0) - torch.tensor(3.0).log()
    return sum(nn.functional.kl_div(middle, log, reduction="batchmean", log_target=True) for log in logs) / 3


def train_augmix_through_fit(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Hand `fit` a loss that augments."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng([seed, 1])

    def loss(model, x, y):
        clean = model(x)
        views = [model(augment(x, ops, rng)) for _ in range(2)]
        return nn.functional.cross_entropy(clean, y) + lam * consistency(clean, *views)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_augmix_sgd(
    model, x, y, ops, lam, *, epochs=40, lr=1e-3, batch_size=64, seed=0, augment=None, consistency=None
):
    """Use momentum with a step size of its own, and a data loader."""
    augment, consistency = augment or augmix, consistency or jsd_consistency
    rng = np.random.default_rng(seed)
    order = torch.Generator().manual_seed(seed)
    pairs = torch.utils.data.TensorDataset(x, y)
    loader = torch.utils.data.DataLoader(pairs, batch_size=batch_size, shuffle=True, generator=order)
    optimizer = torch.optim.SGD(model.parameters(), lr=30 * lr, momentum=0.9)
    model.train()
    for _ in range(epochs):
        for images, labels in loader:
            one, two = augment(images, ops, rng), augment(images, ops, rng)
            logits = model(images)
            loss = nn.CrossEntropyLoss()(logits, labels)
            loss = loss + consistency(logits, model(one), model(two)) * lam
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
    model.eval()
    return model


def logit_adjusted_loss_margins(logits, y, prior, tau=1.0):
    """Sum over pairwise margins: log(1 + sum over others of (prior ratio)^tau e^(difference))."""
    shares = np.asarray(prior, dtype=np.float64)
    if shares.ndim != 1 or len(shares) != logits.shape[1]:
        raise ValueError("the prior has another length")
    if (shares <= 0).any():
        raise ValueError("a class without a share")
    log_prior = torch.from_numpy(np.log(shares)).to(logits.dtype)
    moved = logits + tau * log_prior
    return torch.logsumexp(moved - moved.gather(1, y[:, None]), dim=1).mean()


def logit_adjusted_loss_of_odds(logits, y, prior, tau=1.0):
    """Normalise prior^tau times e^logit in float64, after taking out each row's largest logit."""
    shares = torch.tensor([float(share) for share in prior], dtype=torch.float64)
    if shares.numel() != logits.shape[1] or shares.min() <= 0:
        raise ValueError("the prior does not fit the classes")
    odds = (shares / shares.max()) ** tau * (logits - logits.amax(1, keepdim=True).detach()).double().exp()
    chosen = odds[torch.arange(len(y)), y] / odds.sum(1)
    return -chosen.log().mean()


MUTANTS = {
    "mean_corruption_error_mean_of_ratios": {"mean_corruption_error": mean_corruption_error_mean_of_ratios},
    "mean_corruption_error_ratio_of_means": {"mean_corruption_error": mean_corruption_error_ratio_of_means},
    "mean_corruption_error_wrong_axis": {"mean_corruption_error": mean_corruption_error_wrong_axis},
    "mean_corruption_error_no_base": {"mean_corruption_error": mean_corruption_error_no_base},
    "mean_corruption_error_unchecked": {"mean_corruption_error": mean_corruption_error_unchecked},
    "mean_corruption_error_too_strict": {"mean_corruption_error": mean_corruption_error_too_strict},
    "relative_mce_not_relative": {"relative_mce": relative_mce_not_relative},
    "relative_mce_clean_once": {"relative_mce": relative_mce_clean_once},
    "relative_mce_one_clean_for_both": {"relative_mce": relative_mce_one_clean_for_both},
    "relative_mce_no_negative_loss": {"relative_mce": relative_mce_no_negative_loss},
    "relative_mce_unchecked": {"relative_mce": relative_mce_unchecked},
    "augmix_no_skip": {"augmix": augmix_no_skip},
    "augmix_one_skip_per_batch": {"augmix": augmix_one_skip_per_batch},
    "augmix_one_mixture_per_batch": {"augmix": augmix_one_mixture_per_batch},
    "augmix_weights_not_convex": {"augmix": augmix_weights_not_convex},
    "augmix_equal_weights": {"augmix": augmix_equal_weights},
    "augmix_ignores_alpha": {"augmix": augmix_ignores_alpha},
    "augmix_fixed_depth": {"augmix": augmix_fixed_depth},
    "augmix_never_full_depth": {"augmix": augmix_never_full_depth},
    "augmix_chains_go_on": {"augmix": augmix_chains_go_on},
    "augmix_operations_not_chained": {"augmix": augmix_operations_not_chained},
    "augmix_one_plan_for_all_chains": {"augmix": augmix_one_plan_for_all_chains},
    "augmix_without_replacement": {"augmix": augmix_without_replacement},
    "augmix_unclipped": {"augmix": augmix_unclipped},
    "augmix_clips_the_chains": {"augmix": augmix_clips_the_chains},
    "augmix_writes_into_x": {"augmix": augmix_writes_into_x},
    "augmix_global_chance": {"augmix": augmix_global_chance},
    "jsd_consistency_kl_to_others": {"jsd_consistency": jsd_consistency_kl_to_others},
    "jsd_consistency_mixes_logits": {"jsd_consistency": jsd_consistency_mixes_logits},
    "jsd_consistency_per_element": {"jsd_consistency": jsd_consistency_per_element},
    "jsd_consistency_sum_of_three": {"jsd_consistency": jsd_consistency_sum_of_three},
    "jsd_consistency_reversed": {"jsd_consistency": jsd_consistency_reversed},
    "jsd_consistency_unprotected": {"jsd_consistency": jsd_consistency_unprotected},
    "jsd_consistency_coarse_clamp": {"jsd_consistency": jsd_consistency_coarse_clamp},
    "jsd_consistency_detached": {"jsd_consistency": jsd_consistency_detached},
    "jsd_consistency_fixed_mixture": {"jsd_consistency": jsd_consistency_fixed_mixture},
    "train_augmix_plain": {"train_augmix": train_augmix_plain},
    "train_augmix_ignores_lam": {"train_augmix": train_augmix_ignores_lam},
    "train_augmix_same_view_twice": {"train_augmix": train_augmix_same_view_twice},
    "train_augmix_augments_a_view": {"train_augmix": train_augmix_augments_a_view},
    "train_augmix_leaves_clean_out": {"train_augmix": train_augmix_leaves_clean_out},
    "train_augmix_loss_on_view": {"train_augmix": train_augmix_loss_on_view},
    "train_augmix_loss_on_all_three": {"train_augmix": train_augmix_loss_on_all_three},
    "train_augmix_views_without_gradient": {"train_augmix": train_augmix_views_without_gradient},
    "train_augmix_probabilities": {"train_augmix": train_augmix_probabilities},
    "train_augmix_chance_starts_over": {"train_augmix": train_augmix_chance_starts_over},
    "train_augmix_ignores_seed": {"train_augmix": train_augmix_ignores_seed},
    "train_augmix_trains_a_copy": {"train_augmix": train_augmix_trains_a_copy},
    "train_augmix_stays_in_training_mode": {"train_augmix": train_augmix_stays_in_training_mode},
    "logit_adjusted_loss_wrong_sign": {"logit_adjusted_loss": logit_adjusted_loss_wrong_sign},
    "logit_adjusted_loss_no_logarithm": {"logit_adjusted_loss": logit_adjusted_loss_no_logarithm},
    "logit_adjusted_loss_ignores_tau": {"logit_adjusted_loss": logit_adjusted_loss_ignores_tau},
    "logit_adjusted_loss_tau_inside": {"logit_adjusted_loss": logit_adjusted_loss_tau_inside},
    "logit_adjusted_loss_class_weights": {"logit_adjusted_loss": logit_adjusted_loss_class_weights},
    "logit_adjusted_loss_after_softmax": {"logit_adjusted_loss": logit_adjusted_loss_after_softmax},
    "logit_adjusted_loss_true_class_only": {"logit_adjusted_loss": logit_adjusted_loss_true_class_only},
    "logit_adjusted_loss_unchecked_sign": {"logit_adjusted_loss": logit_adjusted_loss_unchecked_sign},
    "logit_adjusted_loss_broadcasts": {"logit_adjusted_loss": logit_adjusted_loss_broadcasts},
    "logit_adjusted_loss_detached": {"logit_adjusted_loss": logit_adjusted_loss_detached},
}

ALTERNATIVES = {
    "mean_corruption_error_loops": {"mean_corruption_error": mean_corruption_error_loops},
    "relative_mce_by_means": {"relative_mce": relative_mce_by_means},
    "augmix_image_by_image": {"augmix": augmix_image_by_image},
    "augmix_einsum": {"augmix": augmix_einsum},
    "jsd_consistency_entropies": {"jsd_consistency": jsd_consistency_entropies},
    "jsd_consistency_kl_div": {"jsd_consistency": jsd_consistency_kl_div},
    "train_augmix_through_fit": {"train_augmix": train_augmix_through_fit},
    "train_augmix_sgd": {"train_augmix": train_augmix_sgd},
    "logit_adjusted_loss_margins": {"logit_adjusted_loss": logit_adjusted_loss_margins},
    "logit_adjusted_loss_of_odds": {"logit_adjusted_loss": logit_adjusted_loss_of_odds},
}
