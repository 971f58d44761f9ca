"""Wrong and alternative answers to `anomalies`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

import numpy as np
import torch
from torch import nn

from mlsafety_kit import fit


def outlier_exposure_loss(logits_in, y, logits_out, lam=0.5):
    """Stand for the notebook's own loss, which the training functions below name."""


# ------------------------------------------------------------------------------------------------ auroc


def auroc_ignores_ties(scores_in, scores_out):
    """Give ties nothing instead of one half."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    return float((outside[:, None] > inside[None, :]).mean())


def auroc_ties_count_fully(scores_in, scores_out):
    """Count a tie as a win."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    return float((outside[:, None] >= inside[None, :]).mean())


def auroc_roles_swapped(scores_in, scores_out):
    """Take ordinary inputs for the positive class."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    return float(0.5 - 0.5 * np.sign(outside[:, None] - inside[None, :]).mean())


def auroc_never_below_half(scores_in, scores_out):
    """Report the better of the two directions, which hides a monitor that ranks the wrong way round."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    area = float(0.5 + 0.5 * np.sign(outside[:, None] - inside[None, :]).mean())
    return max(area, 1 - area)


def auroc_accepts_nothing(scores_in, scores_out):
    """Return one half for an empty set instead of refusing it."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        return 0.5
    return float(0.5 + 0.5 * np.sign(outside[:, None] - inside[None, :]).mean())


# ------------------------------------------------------------------------------------------------ fpr_at_tpr


def fpr_at_tpr_ordinary_positive(scores_in, scores_out, tpr=0.95):
    """Take ordinary inputs for the positive class: keep 95 % of them and count the anomalies that pass."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    lowest_first = np.sort(inside)
    kept = np.arange(1, len(inside) + 1) / len(inside)
    threshold = lowest_first[np.argmax(kept >= tpr)]
    return float((outside <= threshold).mean())


def fpr_at_tpr_interpolated(scores_in, scores_out, tpr=0.95):
    """Take the threshold from a quantile that interpolates between scores."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    return float((inside >= np.quantile(outside, 1 - tpr)).mean())


def fpr_at_tpr_strict_alarm(scores_in, scores_out, tpr=0.95):
    """Raise no alarm at the threshold itself when counting ordinary inputs."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    caught = np.arange(1, len(outside) + 1) / len(outside)
    threshold = np.sort(outside)[::-1][np.argmax(caught >= tpr)]
    return float((inside > threshold).mean())


def fpr_at_tpr_more_than_tpr(scores_in, scores_out, tpr=0.95):
    """Demand more than the share tpr of the anomalies where at least that share is enough."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    caught = np.arange(1, len(outside) + 1) / len(outside)
    enough = caught > tpr
    threshold = np.sort(outside)[::-1][np.argmax(enough) if enough.any() else -1]
    return float((inside >= threshold).mean())


def fpr_at_tpr_nearest_recall(scores_in, scores_out, tpr=0.95):
    """Take the threshold whose recall is nearest to tpr, even if it falls short."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    highest_first = np.sort(outside)[::-1]
    caught = np.array([(outside >= t).mean() for t in highest_first])
    threshold = highest_first[np.argmin(np.abs(caught - tpr))]
    return float((inside >= threshold).mean())


def fpr_at_tpr_rounds_down(scores_in, scores_out, tpr=0.95):
    """Round the number of anomalies that must be caught down."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    needed = max(1, int(tpr * len(outside)))
    threshold = np.sort(outside)[::-1][needed - 1]
    return float((inside >= threshold).mean())


def fpr_at_tpr_ignores_tpr(scores_in, scores_out, tpr=0.95):
    """Use 95 % whatever is asked for."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    caught = np.arange(1, len(outside) + 1) / len(outside)
    threshold = np.sort(outside)[::-1][np.argmax(caught >= 0.95)]
    return float((inside >= threshold).mean())


def fpr_at_tpr_thinned_curve(scores_in, scores_out, tpr=0.95):
    """Read the rate off a ROC curve from which collinear points were dropped."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    from sklearn.metrics import roc_curve

    truth = np.r_[np.zeros(len(inside)), np.ones(len(outside))]
    false_rate, true_rate, _ = roc_curve(truth, np.r_[inside, outside])
    return float(false_rate[np.argmax(true_rate >= tpr)])


def fpr_at_tpr_sorts_in_place(scores_in, scores_out, tpr=0.95):
    """Sort the caller's scores."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    outside.sort()
    caught = np.arange(1, len(outside) + 1) / len(outside)
    threshold = outside[::-1][np.argmax(caught >= tpr)]
    return float((inside >= threshold).mean())


def fpr_at_tpr_accepts_any_tpr(scores_in, scores_out, tpr=0.95):
    """Refuse a recall of zero, but not one above 1."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if tpr <= 0:
        raise ValueError("tpr is out of range")
    caught = np.arange(1, len(outside) + 1) / len(outside)
    enough = caught >= tpr
    threshold = np.sort(outside)[::-1][np.argmax(enough) if enough.any() else -1]
    return float((inside >= threshold).mean())


# ------------------------------------------------------------------------------------------------ logit scores


def msp_score_sign_inverted(logits):
    """Return the confidence, which is lower for anomalies."""
    return logits.softmax(dim=1).amax(dim=1)


def msp_score_no_softmax(logits):
    """Scale the largest logit into the right range without a softmax."""
    return -logits.amax(dim=1).sigmoid()


def msp_score_over_the_batch(logits):
    """Let probabilities add up to 1 over the batch instead of over the classes."""
    return -logits.softmax(dim=0).amax(dim=1)


def msp_score_overflows(logits):
    """Take exponentials of the logits as they are."""
    powers = logits.exp()
    return -(powers / powers.sum(dim=1, keepdim=True)).amax(dim=1)


def msp_score_scaled_by_the_batch(logits):
    """Subtract the batch's largest logit, so that rows far below it lose all precision."""
    powers = (logits - logits.max()).exp()
    return -(powers / (powers.sum(dim=1, keepdim=True) + 1e-30)).amax(dim=1).clamp(min=1e-9)


def max_logit_score_sign_inverted(logits):
    """Return the largest logit, which is lower for anomalies."""
    return logits.amax(dim=1)


def max_logit_score_after_softmax(logits):
    """Take the softmax first, which gives the other score."""
    return -logits.softmax(dim=1).amax(dim=1)


def max_logit_score_absolute(logits):
    """Take the logit of largest size, whatever its sign."""
    return -logits.abs().amax(dim=1)


def max_logit_score_centred(logits):
    """Subtract the mean logit first, and with it what softmax throws away."""
    return -(logits - logits.mean(dim=1, keepdim=True)).amax(dim=1)


# ------------------------------------------------------------------------------------------------ fit_vim and vim_score


def fit_vim_no_origin(features, logits, W, b, dim):
    """Leave the features where they are."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = torch.zeros_like(features[0])
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, : features.shape[1] - dim]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_mean_origin(features, logits, W, b, dim):
    """Centre on the mean of the features."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = features.mean(dim=0)
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, : features.shape[1] - dim]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_transposed_origin(features, logits, W, b, dim):
    """Take the transpose of W for its pseudo-inverse."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -W.T @ b
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, : features.shape[1] - dim]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_covariance_of_centred(features, logits, W, b, dim):
    """Shift by the origin, but take eigenvectors of the covariance around the mean."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -torch.linalg.pinv(W) @ b
    centred = features - origin
    _, directions = torch.linalg.eigh(torch.cov(features.T))
    residual = directions[:, : features.shape[1] - dim]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_principal_space(features, logits, W, b, dim):
    """Keep the principal directions instead of the residual ones."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -torch.linalg.pinv(W) @ b
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, features.shape[1] - dim :]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_largest_first(features, logits, W, b, dim):
    """Expect the largest eigenvalue first."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -torch.linalg.pinv(W) @ b
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, dim:]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_dim_residual_directions(features, logits, W, b, dim):
    """Take dim for the number of residual directions."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -torch.linalg.pinv(W) @ b
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, :dim]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_inverted_alpha(features, logits, W, b, dim):
    """Turn the factor upside down."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -torch.linalg.pinv(W) @ b
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, : features.shape[1] - dim]
    alpha = (centred @ residual).norm(dim=1).sum() / logits.amax(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_mean_of_ratios(features, logits, W, b, dim):
    """Average the ratio of each input instead of dividing the sums."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -torch.linalg.pinv(W) @ b
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, : features.shape[1] - dim]
    alpha = (logits.amax(dim=1) / (centred @ residual).norm(dim=1)).mean()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_in_place(features, logits, W, b, dim):
    """Shift the caller's features."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -torch.linalg.pinv(W) @ b
    centred = features.sub_(origin)
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, : features.shape[1] - dim]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def fit_vim_unchecked(features, logits, W, b, dim):
    """Accept every dim that indexing accepts."""
    origin = -torch.linalg.pinv(W) @ b
    centred = features - origin
    _, directions = torch.linalg.eigh(centred.T @ centred / len(centred))
    residual = directions[:, : max(features.shape[1] - dim, 1)]
    alpha = logits.amax(dim=1).sum() / (centred @ residual).norm(dim=1).sum()
    return {"origin": origin, "residual": residual, "alpha": alpha}


def vim_score_energy_sign(params, features, logits):
    """Add the energy instead of subtracting it."""
    length = ((features - params["origin"]) @ params["residual"]).norm(dim=1)
    return params["alpha"] * length + logits.logsumexp(dim=1)


def vim_score_max_logit(params, features, logits):
    """Use the largest logit in place of the log of the sum of exponentials."""
    length = ((features - params["origin"]) @ params["residual"]).norm(dim=1)
    return params["alpha"] * length - logits.amax(dim=1)


def vim_score_features_not_shifted(params, features, logits):
    """Project new features without shifting them to the origin."""
    length = (features @ params["residual"]).norm(dim=1)
    return params["alpha"] * length - logits.logsumexp(dim=1)


def vim_score_overflows(params, features, logits):
    """Take exponentials of the logits as they are."""
    length = ((features - params["origin"]) @ params["residual"]).norm(dim=1)
    return params["alpha"] * length - logits.exp().sum(dim=1).log()


def vim_score_alpha_from_the_batch(params, features, logits):
    """Compute the factor from the inputs that are to be scored."""
    length = ((features - params["origin"]) @ params["residual"]).norm(dim=1)
    return logits.amax(dim=1).sum() / length.sum() * length - logits.logsumexp(dim=1)


def vim_score_virtual_probability(params, features, logits):
    """Return the softmax probability of the virtual logit, which ranks alike but is another number."""
    length = ((features - params["origin"]) @ params["residual"]).norm(dim=1)
    virtual = torch.cat([logits, (params["alpha"] * length)[:, None]], dim=1)
    return virtual.softmax(dim=1)[:, -1]


# ------------------------------------------------------------------------------------------------ outlier_exposure_loss


def outlier_exposure_loss_rewards_confidence(logits_in, y, logits_out, lam=0.5):
    """Push outliers away from the uniform distribution."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    return of_labels + lam * nn.functional.log_softmax(logits_out, dim=1).mean()


def outlier_exposure_loss_sums_classes(logits_in, y, logits_out, lam=0.5):
    """Sum over the classes instead of averaging."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    return of_labels - lam * nn.functional.log_softmax(logits_out, dim=1).sum(dim=1).mean()


def outlier_exposure_loss_log_of_softmax(logits_in, y, logits_out, lam=0.5):
    """Take the logarithm of probabilities that may be zero."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    return of_labels - lam * logits_out.softmax(dim=1).log().mean()


def outlier_exposure_loss_log_with_cushion(logits_in, y, logits_out, lam=0.5):
    """Add a small number to the probabilities, which bounds the loss of large logits."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    return of_labels - lam * (logits_out.softmax(dim=1) + 1e-12).log().mean()


def outlier_exposure_loss_ignores_lam(logits_in, y, logits_out, lam=0.5):
    """Use one half whatever weight is given, unless it is zero."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    return of_labels - (0.5 if lam else 0.0) * nn.functional.log_softmax(logits_out, dim=1).mean()


def outlier_exposure_loss_convex_mixture(logits_in, y, logits_out, lam=0.5):
    """Take weight away from the labels as lam grows."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    return (1 - lam) * of_labels - lam * nn.functional.log_softmax(logits_out, dim=1).mean()


def outlier_exposure_loss_divergence(logits_in, y, logits_out, lam=0.5):
    """Use the Kullback-Leibler divergence, which is smaller by the logarithm of the number of classes."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    return of_labels - lam * (nn.functional.log_softmax(logits_out, dim=1).mean() + np.log(logits_out.shape[1]))


def outlier_exposure_loss_negative_entropy(logits_in, y, logits_out, lam=0.5):
    """Maximise the entropy of the outliers instead of using the cross-entropy of the uniform distribution."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    log_p = nn.functional.log_softmax(logits_out, dim=1)
    return of_labels + lam * (log_p.exp() * log_p).sum(dim=1).mean()


def outlier_exposure_loss_one_denominator(logits_in, y, logits_out, lam=0.5):
    """Divide both terms by the number of all inputs."""
    n, m = len(logits_in), len(logits_out)
    of_labels = nn.functional.cross_entropy(logits_in, y, reduction="sum")
    of_uniform = -nn.functional.log_softmax(logits_out, dim=1).mean(dim=1).sum()
    return (of_labels + lam * of_uniform) / (n + m if lam else n)


def outlier_exposure_loss_detached(logits_in, y, logits_out, lam=0.5):
    """Compute the right value but let no gradient reach the outliers."""
    of_labels = nn.functional.cross_entropy(logits_in, y)
    return of_labels - lam * nn.functional.log_softmax(logits_out.detach(), dim=1).mean()


# ------------------------------------------------------------------------------------------------ train_oe


def train_oe_never_uses_outliers(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Pass ordinary images off as outliers, with no weight."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            loss = loss_fn(model(x[rows]), y[rows], model(x[rows]), 0.0)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_outliers_get_a_label(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Give the outliers a label, class 0, instead of the uniform distribution."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(
                model(torch.cat([x[rows], outliers[drawn]])),
                torch.cat([y[rows], torch.zeros_like(drawn)]),
                model(outliers[drawn]),
                0.0,
            )
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_ignores_loss_fn(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Use the notebook's own loss whatever loss is given."""
    loss_fn = outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_ignores_lam(model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None):
    """Leave the weight at the loss function's default."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), 0.5)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_ignores_seed(model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None):
    """Draw from torch's global random state."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = None
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_outliers_from_global_state(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Draw the outliers from torch's global random state."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),))
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_stays_in_training_mode(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Return the model in training mode."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.train()


def train_oe_first_outliers_only(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Use the first few outliers at every step."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.arange(min(len(rows), len(outliers)))
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_one_batch_of_outliers(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Draw one batch of outliers at the start and keep it."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    kept = torch.randint(len(outliers), (batch_size,), generator=chance)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = kept
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_stops_with_the_shorter(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Walk through images and outliers side by side and stop where the shorter list ends."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for first in range(0, min(len(x), len(outliers)), batch_size):
            rows, drawn = (
                torch.randperm(len(part), generator=chance)[first : first + batch_size] for part in (x, outliers)
            )
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_one_after_the_other(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Train on ordinary images first and on outliers afterwards."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for weight in (0.0, lam):
        for _ in range(epochs // 2):
            for rows in torch.randperm(len(x), generator=chance).split(batch_size):
                drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
                z = model(x[rows])
                loss = loss_fn(z.detach() if weight else z, y[rows], model(outliers[drawn]), weight)
                adam.zero_grad()
                loss.backward()
                adam.step()
    return model.eval()


def train_oe_never_shuffles(model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None):
    """Take the ordinary images in the same order in every epoch."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.arange(len(x)).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_drops_the_last_batch(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Drop the last, smaller batch of every epoch."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance)[: max(1, len(x) // batch_size) * batch_size].split(
            batch_size
        ):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_one_epoch(model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None):
    """Train for one epoch, however many are asked for."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(min(epochs, 1)):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


def train_oe_labels_unshuffled(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Shuffle the images but not their labels."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=chance).split(batch_size):
            drawn = torch.randint(len(outliers), (len(rows),), generator=chance)
            loss = loss_fn(model(x[rows]), y[: len(rows)], model(outliers[drawn]), lam)
            adam.zero_grad()
            loss.backward()
            adam.step()
    return model.eval()


# ------------------------------------------------------------------------------------------------ alternatives


def auroc_by_ranks(scores_in, scores_out):
    """Use mid-ranks, as the Mann-Whitney statistic does."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    from scipy.stats import rankdata

    m = len(outside)
    ranks = rankdata(np.concatenate([outside, inside]))
    return float((ranks[:m].sum() - m * (m + 1) / 2) / (m * len(inside)))


def auroc_by_sklearn(scores_in, scores_out):
    """Leave it to scikit-learn."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score([0] * len(inside) + [1] * len(outside), np.r_[inside, outside]))


def auroc_plain_python(scores_in, scores_out):
    """Count pairs in plain Python."""
    if len(scores_in) == 0 or len(scores_out) == 0:
        raise ValueError("no scores")
    wins = sum((b > a) + 0.5 * (b == a) for a in scores_in for b in scores_out)
    return float(wins) / (len(scores_in) * len(scores_out))


def fpr_at_tpr_try_every_threshold(scores_in, scores_out, tpr=0.95):
    """Try every anomalous score as the threshold, from the highest down."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    for threshold in sorted(set(outside.tolist()), reverse=True):
        if np.mean(outside >= threshold) >= tpr:
            return float(np.mean(inside >= threshold))
    raise AssertionError


def fpr_at_tpr_full_curve(scores_in, scores_out, tpr=0.95):
    """Read the rate off a ROC curve with all its points."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    from sklearn.metrics import roc_curve

    truth = np.r_[np.zeros(len(inside)), np.ones(len(outside))]
    false_rate, true_rate, _ = roc_curve(truth, np.r_[inside, outside], drop_intermediate=False)
    return float(false_rate[true_rate >= tpr][0])


def fpr_at_tpr_rounded_up(scores_in, scores_out, tpr=0.95):
    """Round up the number of anomalies that must be caught."""
    inside, outside = np.asarray(scores_in, dtype=float), np.asarray(scores_out, dtype=float)
    if not len(inside) or not len(outside):
        raise ValueError("no scores")
    if not 0 < tpr <= 1:
        raise ValueError("tpr is out of range")
    needed = int(np.ceil(tpr * len(outside)))
    threshold = np.partition(outside, len(outside) - needed)[len(outside) - needed]
    return float(np.count_nonzero(inside >= threshold) / len(inside))


def msp_score_by_logsumexp(logits):
    """Subtract the log of the sum of exponentials and take one exponential."""
    return -torch.exp(logits.amax(dim=1) - torch.logsumexp(logits, dim=1))


def msp_score_in_float64(logits):
    """Compute in double precision."""
    powers = (logits.double() - logits.double().max(dim=1, keepdim=True).values).exp()
    return -(powers / powers.sum(dim=1, keepdim=True)).max(dim=1).values


def max_logit_score_smallest_negated(logits):
    """Take the smallest of the negated logits."""
    return torch.neg(logits).min(dim=1).values


def fit_vim_by_svd(features, logits, W, b, dim):
    """Take singular vectors, keep the principal ones, and return a tuple."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    origin = -torch.linalg.lstsq(W.double(), b.double()[:, None], driver="gelsd").solution[:, 0]
    centred = features.double() - origin
    principal = torch.linalg.svd(centred, full_matrices=False).Vh[:dim].T
    length = (centred - centred @ principal @ principal.T).norm(dim=1)
    return origin, principal, float(logits.max(dim=1).values.double().mean() / length.mean())


def vim_score_by_svd(params, features, logits):
    """Remove the principal part; the tuple is that of fit_vim_by_svd."""
    origin, principal, alpha = params
    centred = features.double() - origin
    length = (centred - centred @ principal @ principal.T).norm(dim=1)
    return alpha * length - torch.logsumexp(logits.double(), dim=1)


def fit_vim_as_closure(features, logits, W, b, dim):
    """Return a function that knows everything, made with NumPy."""
    if not 1 <= dim <= features.shape[1] - 1:
        raise ValueError("dim is out of range")
    weights, bias, h = W.double().numpy(), b.double().numpy(), features.double().numpy()
    origin = -np.linalg.pinv(weights) @ bias
    spectrum, directions = np.linalg.eigh((h - origin).T @ (h - origin) / len(h))
    rest = directions[:, np.argsort(-spectrum)[dim:]]

    def length(part):
        return np.sqrt((((part.double().numpy() - origin) @ rest) ** 2).sum(axis=1))

    alpha = logits.double().numpy().max(axis=1).sum() / length(features).sum()
    return lambda part: torch.from_numpy(alpha * length(part))


def vim_score_as_closure(params, features, logits):
    """Call the function that fit_vim_as_closure returned."""
    return (params(features) - logits.double().logsumexp(dim=1)).float()


def outlier_exposure_loss_by_logsumexp(logits_in, y, logits_out, lam=0.5):
    """Write both terms with the log of the sum of exponentials."""
    right = logits_in[torch.arange(len(y)), y]
    of_labels = (torch.logsumexp(logits_in, dim=1) - right).mean()
    return of_labels + lam * (torch.logsumexp(logits_out, dim=1) - logits_out.mean(dim=1)).mean()


def outlier_exposure_loss_soft_labels(logits_in, y, logits_out, lam=0.5):
    """Hand PyTorch's cross-entropy uniform soft labels."""
    flat = torch.full_like(logits_out, 1 / logits_out.shape[1])
    return nn.functional.cross_entropy(logits_in, y) + lam * nn.functional.cross_entropy(logits_out, flat)


def train_oe_through_fit(model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None):
    """Hand `fit` a loss that draws outliers."""
    loss_fn = loss_fn or outlier_exposure_loss
    draws = torch.Generator().manual_seed(seed + 1)

    def loss(model, x, y):
        drawn = torch.randperm(len(outliers), generator=draws)[: len(x)]
        return loss_fn(model(x), y, model(outliers[drawn]), lam)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def train_oe_one_forward_pass(
    model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None
):
    """Send images and outliers through the net together, with NumPy's shuffling and outliers taken in turn."""
    loss_fn = loss_fn or outlier_exposure_loss
    rng = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2 * lr)
    model.train()
    queue = []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for first in range(0, len(x), batch_size):
            rows = torch.from_numpy(order[first : first + batch_size])
            while len(queue) < len(rows):
                queue += rng.permutation(len(outliers)).tolist()
            drawn, queue = torch.tensor(queue[: len(rows)]), queue[len(rows) :]
            z = model(torch.cat([x[rows], outliers[drawn]]))
            loss = loss_fn(z[: len(rows)], y[rows], z[len(rows) :], lam=lam)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    return model


def train_oe_momentum(model, x, y, outliers, *, epochs=30, lr=1e-3, batch_size=64, lam=0.5, seed=0, loss_fn=None):
    """Use gradient descent with momentum, and twice as many outliers as images."""
    loss_fn = loss_fn or outlier_exposure_loss
    chance = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=50 * lr, momentum=0.9)
    model.train()
    for _ in range(epochs):
        for rows in torch.split(torch.randperm(len(x), generator=chance), batch_size):
            drawn = torch.randint(0, len(outliers), (2 * len(rows),), generator=chance)
            optimizer.zero_grad()
            loss_fn(model(x[rows]), y[rows], model(outliers[drawn]), lam).backward()
            optimizer.step()
    return model.eval()


MUTANTS = {
    "auroc_ignores_ties": {"auroc": auroc_ignores_ties},
    "auroc_ties_count_fully": {"auroc": auroc_ties_count_fully},
    "auroc_roles_swapped": {"auroc": auroc_roles_swapped},
    "auroc_never_below_half": {"auroc": auroc_never_below_half},
    "auroc_accepts_nothing": {"auroc": auroc_accepts_nothing},
    "fpr_at_tpr_ordinary_positive": {"fpr_at_tpr": fpr_at_tpr_ordinary_positive},
    "fpr_at_tpr_interpolated": {"fpr_at_tpr": fpr_at_tpr_interpolated},
    "fpr_at_tpr_strict_alarm": {"fpr_at_tpr": fpr_at_tpr_strict_alarm},
    "fpr_at_tpr_more_than_tpr": {"fpr_at_tpr": fpr_at_tpr_more_than_tpr},
    "fpr_at_tpr_nearest_recall": {"fpr_at_tpr": fpr_at_tpr_nearest_recall},
    "fpr_at_tpr_rounds_down": {"fpr_at_tpr": fpr_at_tpr_rounds_down},
    "fpr_at_tpr_ignores_tpr": {"fpr_at_tpr": fpr_at_tpr_ignores_tpr},
    "fpr_at_tpr_thinned_curve": {"fpr_at_tpr": fpr_at_tpr_thinned_curve},
    "fpr_at_tpr_sorts_in_place": {"fpr_at_tpr": fpr_at_tpr_sorts_in_place},
    "fpr_at_tpr_accepts_any_tpr": {"fpr_at_tpr": fpr_at_tpr_accepts_any_tpr},
    "msp_score_sign_inverted": {"msp_score": msp_score_sign_inverted},
    "msp_score_no_softmax": {"msp_score": msp_score_no_softmax},
    "msp_score_over_the_batch": {"msp_score": msp_score_over_the_batch},
    "msp_score_overflows": {"msp_score": msp_score_overflows},
    "msp_score_scaled_by_the_batch": {"msp_score": msp_score_scaled_by_the_batch},
    "max_logit_score_sign_inverted": {"max_logit_score": max_logit_score_sign_inverted},
    "max_logit_score_after_softmax": {"max_logit_score": max_logit_score_after_softmax},
    "max_logit_score_absolute": {"max_logit_score": max_logit_score_absolute},
    "max_logit_score_centred": {"max_logit_score": max_logit_score_centred},
    "fit_vim_no_origin": {"fit_vim": fit_vim_no_origin},
    "fit_vim_mean_origin": {"fit_vim": fit_vim_mean_origin},
    "fit_vim_transposed_origin": {"fit_vim": fit_vim_transposed_origin},
    "fit_vim_covariance_of_centred": {"fit_vim": fit_vim_covariance_of_centred},
    "fit_vim_principal_space": {"fit_vim": fit_vim_principal_space},
    "fit_vim_largest_first": {"fit_vim": fit_vim_largest_first},
    "fit_vim_dim_residual_directions": {"fit_vim": fit_vim_dim_residual_directions},
    "fit_vim_inverted_alpha": {"fit_vim": fit_vim_inverted_alpha},
    "fit_vim_mean_of_ratios": {"fit_vim": fit_vim_mean_of_ratios},
    "fit_vim_in_place": {"fit_vim": fit_vim_in_place},
    "fit_vim_unchecked": {"fit_vim": fit_vim_unchecked},
    "vim_score_energy_sign": {"vim_score": vim_score_energy_sign},
    "vim_score_max_logit": {"vim_score": vim_score_max_logit},
    "vim_score_features_not_shifted": {"vim_score": vim_score_features_not_shifted},
    "vim_score_overflows": {"vim_score": vim_score_overflows},
    "vim_score_alpha_from_the_batch": {"vim_score": vim_score_alpha_from_the_batch},
    "vim_score_virtual_probability": {"vim_score": vim_score_virtual_probability},
    "outlier_exposure_loss_rewards_confidence": {"outlier_exposure_loss": outlier_exposure_loss_rewards_confidence},
    "outlier_exposure_loss_sums_classes": {"outlier_exposure_loss": outlier_exposure_loss_sums_classes},
    "outlier_exposure_loss_log_of_softmax": {"outlier_exposure_loss": outlier_exposure_loss_log_of_softmax},
    "outlier_exposure_loss_log_with_cushion": {"outlier_exposure_loss": outlier_exposure_loss_log_with_cushion},
    "outlier_exposure_loss_ignores_lam": {"outlier_exposure_loss": outlier_exposure_loss_ignores_lam},
    "outlier_exposure_loss_convex_mixture": {"outlier_exposure_loss": outlier_exposure_loss_convex_mixture},
    "outlier_exposure_loss_divergence": {"outlier_exposure_loss": outlier_exposure_loss_divergence},
    "outlier_exposure_loss_negative_entropy": {"outlier_exposure_loss": outlier_exposure_loss_negative_entropy},
    "outlier_exposure_loss_one_denominator": {"outlier_exposure_loss": outlier_exposure_loss_one_denominator},
    "outlier_exposure_loss_detached": {"outlier_exposure_loss": outlier_exposure_loss_detached},
    "train_oe_never_uses_outliers": {"train_oe": train_oe_never_uses_outliers},
    "train_oe_outliers_get_a_label": {"train_oe": train_oe_outliers_get_a_label},
    "train_oe_ignores_loss_fn": {"train_oe": train_oe_ignores_loss_fn},
    "train_oe_ignores_lam": {"train_oe": train_oe_ignores_lam},
    "train_oe_ignores_seed": {"train_oe": train_oe_ignores_seed},
    "train_oe_outliers_from_global_state": {"train_oe": train_oe_outliers_from_global_state},
    "train_oe_stays_in_training_mode": {"train_oe": train_oe_stays_in_training_mode},
    "train_oe_first_outliers_only": {"train_oe": train_oe_first_outliers_only},
    "train_oe_one_batch_of_outliers": {"train_oe": train_oe_one_batch_of_outliers},
    "train_oe_stops_with_the_shorter": {"train_oe": train_oe_stops_with_the_shorter},
    "train_oe_one_after_the_other": {"train_oe": train_oe_one_after_the_other},
    "train_oe_never_shuffles": {"train_oe": train_oe_never_shuffles},
    "train_oe_drops_the_last_batch": {"train_oe": train_oe_drops_the_last_batch},
    "train_oe_one_epoch": {"train_oe": train_oe_one_epoch},
    "train_oe_labels_unshuffled": {"train_oe": train_oe_labels_unshuffled},
}

ALTERNATIVES = {
    "auroc_by_ranks": {"auroc": auroc_by_ranks},
    "auroc_by_sklearn": {"auroc": auroc_by_sklearn},
    "auroc_plain_python": {"auroc": auroc_plain_python},
    "fpr_at_tpr_try_every_threshold": {"fpr_at_tpr": fpr_at_tpr_try_every_threshold},
    "fpr_at_tpr_full_curve": {"fpr_at_tpr": fpr_at_tpr_full_curve},
    "fpr_at_tpr_rounded_up": {"fpr_at_tpr": fpr_at_tpr_rounded_up},
    "msp_score_by_logsumexp": {"msp_score": msp_score_by_logsumexp},
    "msp_score_in_float64": {"msp_score": msp_score_in_float64},
    "max_logit_score_smallest_negated": {"max_logit_score": max_logit_score_smallest_negated},
    "vim_by_svd": {"fit_vim": fit_vim_by_svd, "vim_score": vim_score_by_svd},
    "vim_as_closure": {"fit_vim": fit_vim_as_closure, "vim_score": vim_score_as_closure},
    "outlier_exposure_loss_by_logsumexp": {"outlier_exposure_loss": outlier_exposure_loss_by_logsumexp},
    "outlier_exposure_loss_soft_labels": {"outlier_exposure_loss": outlier_exposure_loss_soft_labels},
    "train_oe_through_fit": {"train_oe": train_oe_through_fit},
    "train_oe_one_forward_pass": {"train_oe": train_oe_one_forward_pass},
    "train_oe_momentum": {"train_oe": train_oe_momentum},
}
