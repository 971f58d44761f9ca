"""Wrong and alternative answers to `honesty`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `ccs_loss`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

import numpy as np
import torch
from torch import Tensor


def ccs_loss(p_pos: Tensor, p_neg: Tensor) -> Tensor:
    """Stand for the notebook's own `ccs_loss`, which the training functions below name."""


# --------------------------------------------------------------------------------------------------- contrast_normalize


def contrast_normalize_joint(x_pos, x_neg, eps=1e-6):
    """Pool the two sets and use common statistics."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    both = torch.cat([x_pos, x_neg])
    mean, sd = both.mean(0), both.std(0, correction=0)
    return (x_pos - mean) / (sd + eps), (x_neg - mean) / (sd + eps)


def contrast_normalize_of_first_set(x_pos, x_neg, eps=1e-6):
    """Use the first set's statistics for both sets."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    mean, sd = x_pos.mean(0), x_pos.std(0, correction=0)
    return (x_pos - mean) / (sd + eps), (x_neg - mean) / (sd + eps)


def contrast_normalize_joint_deviation(x_pos, x_neg, eps=1e-6):
    """Centre each set by itself but scale both by the pooled deviation."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    sd = torch.cat([x_pos, x_neg]).std(0, correction=0)
    return (x_pos - x_pos.mean(0)) / (sd + eps), (x_neg - x_neg.mean(0)) / (sd + eps)


def contrast_normalize_mean_only(x_pos, x_neg, eps=1e-6):
    """Centre without scaling."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    return x_pos - x_pos.mean(0), x_neg - x_neg.mean(0)


def contrast_normalize_per_row(x_pos, x_neg, eps=1e-6):
    """Normalise every example over its dimensions."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    pos, neg = ((x - x.mean(1, keepdim=True)) / (x.std(1, correction=0, keepdim=True) + eps) for x in (x_pos, x_neg))
    return pos, neg


def contrast_normalize_none(x_pos, x_neg, eps=1e-6):
    """Return the sets as they were."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    return x_pos.clone(), x_neg.clone()


def contrast_normalize_sample_deviation(x_pos, x_neg, eps=1e-6):
    """Divide by the sample standard deviation, torch's default."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    pos, neg = ((x - x.mean(0)) / (x.std(0) + eps) for x in (x_pos, x_neg))
    return pos, neg


def contrast_normalize_eps_under_root(x_pos, x_neg, eps=1e-6):
    """Add eps to the variance, not to the deviation."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    pos, neg = ((x - x.mean(0)) / (x.var(0, correction=0) + eps).sqrt() for x in (x_pos, x_neg))
    return pos, neg


def contrast_normalize_without_eps(x_pos, x_neg, eps=1e-6):
    """Divide by zero where a dimension is constant."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    pos, neg = ((x - x.mean(0)) / x.std(0, correction=0) for x in (x_pos, x_neg))
    return pos, neg


def contrast_normalize_in_place(x_pos, x_neg, eps=1e-6):
    """Overwrite the caller's activations."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    for x in (x_pos, x_neg):
        x.sub_(x.mean(0)).div_(x.std(0, correction=0) + eps)
    return x_pos, x_neg


def contrast_normalize_checks_rows_only(x_pos, x_neg, eps=1e-6):
    """Compare numbers of rows only, so that broadcasting or a pair of vectors goes unnoticed."""
    if len(x_pos) != len(x_neg):
        raise ValueError("shapes")
    pos, neg = ((x - x.mean(0)) / (x.std(0, correction=0) + eps) for x in (x_pos, x_neg))
    return pos, neg


# ------------------------------------------------------------------------------------------------------------- ccs_loss


def ccs_loss_no_commitment(p_pos, p_neg):
    """Ask for consistency only."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return ((p_pos - (1 - p_neg)) ** 2).mean()


def ccs_loss_no_consistency(p_pos, p_neg):
    """Ask for commitment only."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return (torch.minimum(p_pos, p_neg) ** 2).mean()


def ccs_loss_equal_answers(p_pos, p_neg):
    """Ask that both versions get the same probability."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return ((p_pos - p_neg) ** 2 + torch.minimum(p_pos, p_neg) ** 2).mean()


def ccs_loss_maximum(p_pos, p_neg):
    """Push the larger probability down."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return ((p_pos - (1 - p_neg)) ** 2 + torch.maximum(p_pos, p_neg) ** 2).mean()


def ccs_loss_sum(p_pos, p_neg):
    """Add over statements instead of averaging."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return ((p_pos - (1 - p_neg)) ** 2 + torch.minimum(p_pos, p_neg) ** 2).sum()


def ccs_loss_squared_mean(p_pos, p_neg):
    """Average the violation before squaring it, so that violations of opposite sign cancel."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return (p_pos - (1 - p_neg)).mean() ** 2 + (torch.minimum(p_pos, p_neg) ** 2).mean()


def ccs_loss_batch_minimum(p_pos, p_neg):
    """Compare the mean probabilities instead of those of each statement."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return ((p_pos - (1 - p_neg)) ** 2).mean() + torch.minimum(p_pos.mean(), p_neg.mean()) ** 2


def ccs_loss_minimum_not_squared(p_pos, p_neg):
    """Forget the square of the second term."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return ((p_pos - (1 - p_neg)) ** 2 + torch.minimum(p_pos, p_neg)).mean()


def ccs_loss_detached_minimum(p_pos, p_neg):
    """Let no gradient through the second term."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return ((p_pos - (1 - p_neg)) ** 2 + torch.minimum(p_pos, p_neg).detach() ** 2).mean()


def ccs_loss_number(p_pos, p_neg):
    """Turn the loss into a number and back, which cuts the graph."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    return torch.tensor(((p_pos - (1 - p_neg)) ** 2 + torch.minimum(p_pos, p_neg) ** 2).mean().item())


def ccs_loss_broadcasts(p_pos, p_neg):
    """Compare every statement with every other when the shapes allow it."""
    return ((p_pos - (1 - p_neg)) ** 2 + torch.minimum(p_pos, p_neg) ** 2).mean()


# ------------------------------------------------------------------------------------------------------------ train_ccs


def train_ccs_last_restart(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Return the last start, whatever its loss."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return found[-1]


def train_ccs_first_restart(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Return the first start, whatever its loss."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return found[0]


def train_ccs_worst_restart(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Keep the start with the largest loss."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return max(found, key=lambda probe: probe[2])


def train_ccs_mixed_up(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Return the last start's probe with the best start's loss."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return w.detach(), b.detach(), min(final for _, _, final in found)


def train_ccs_mean_probe(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Average the probes of all starts, half of which point the other way."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    best = min(final for _, _, final in found)
    return torch.stack([w for w, _, _ in found]).mean(0), torch.stack([b for _, b, _ in found]).mean(), best


def train_ccs_ignores_negatives(
    x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None
):
    """Take one minus the yes version's probability for the no version's."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), 1 - torch.sigmoid(x_pos @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), 1 - torch.sigmoid(x_pos @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_flips_probe_for_negatives(
    x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None
):
    """Turn the direction round for the no versions, which makes the claim part of the probe."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(-(x_neg @ w + b))).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(-(x_neg @ w + b))))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_ignores_loss_fn(
    x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None
):
    """Always use the notebook's own loss."""
    loss_fn = ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_ignores_seed(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Seed the starts with a constant."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(0)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_global_chance(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Draw the starts from torch's global random state."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1]) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_same_start(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Begin every search at the same place."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        chance.manual_seed(seed)
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_stale_loss(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Return the loss from before the last step."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        loss = loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b))
        for _ in range(steps):
            adam.zero_grad()
            loss = loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b))
            loss.backward()
            adam.step()
        final = loss.item()
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_penalised_loss(
    x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None
):
    """Count the weight penalty into the loss that is returned."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final + weight_decay * float(w.detach().square().sum())))
    return min(found, key=lambda probe: probe[2])


def train_ccs_no_bias(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Never train the bias."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_ignores_weight_decay(
    x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None
):
    """Use no weight decay."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=0.0)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


# --------------------------------------------------------------------------------------------------- ccs_scores, orient


def ccs_scores_sum(w, b, x_pos, x_neg):
    """Add the two probabilities, which cancels the opinion."""
    return (torch.sigmoid(x_pos @ w + b) + torch.sigmoid(x_neg @ w + b)) / 2


def ccs_scores_yes_only(w, b, x_pos, x_neg):
    """Read the yes version only."""
    return torch.sigmoid(x_pos @ w + b)


def ccs_scores_swapped(w, b, x_pos, x_neg):
    """Exchange the roles of the two versions."""
    return (torch.sigmoid(x_neg @ w + b) + 1 - torch.sigmoid(x_pos @ w + b)) / 2


def ccs_scores_of_mean_logit(w, b, x_pos, x_neg):
    """Average before the sigmoid instead of after it."""
    return torch.sigmoid((x_pos @ w - x_neg @ w) / 2)


def ccs_scores_no_bias(w, b, x_pos, x_neg):
    """Forget the bias."""
    return (torch.sigmoid(x_pos @ w) + 1 - torch.sigmoid(x_neg @ w)) / 2


def orient_never_flips(scores, anchor_idx, anchor_labels):
    """Return the scores as they are."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    return scores.clone()


def orient_always_flips_to_majority(scores, anchor_idx, anchor_labels):
    """Turn the scores so that most statements read as true."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    return 1 - scores if (scores > 0.5).float().mean() < 0.5 else scores.clone()


def orient_flips_at_half(scores, anchor_idx, anchor_labels):
    """Turn the scores already when half of the anchors are right."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    right = (scores[rows] > 0.5) == labels
    return 1 - scores if 2 * int(right.sum()) <= len(rows) else scores.clone()


def orient_flips_unless_all_right(scores, anchor_idx, anchor_labels):
    """Turn the scores as soon as one anchor is wrong."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    right = (scores[rows] > 0.5) == labels
    return scores.clone() if bool(right.all()) else 1 - scores


def orient_flips_anchors_only(scores, anchor_idx, anchor_labels):
    """Turn the anchors and leave the other statements."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    right = (scores[rows] > 0.5) == labels
    turned = scores.clone()
    if 2 * int(right.sum()) < len(rows):
        turned[rows] = 1 - turned[rows]
    return turned


def orient_negates(scores, anchor_idx, anchor_labels):
    """Change the sign of the scores instead of taking them from 1."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    right = (scores[rows] > 0.5) == labels
    return -scores if 2 * int(right.sum()) < len(rows) else scores.clone()


def orient_in_place(scores, anchor_idx, anchor_labels):
    """Turn the caller's scores too."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    right = (scores[rows] > 0.5) == labels
    if 2 * int(right.sum()) < len(rows):
        scores.mul_(-1).add_(1)
    return scores


def orient_first_scores(scores, anchor_idx, anchor_labels):
    """Compare the labels with the first scores instead of the anchors'."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    right = (scores[: len(rows)] > 0.5) == labels
    return 1 - scores if 2 * int(right.sum()) < len(rows) else scores.clone()


def orient_sorts_anchors(scores, anchor_idx, anchor_labels):
    """Sort the positions but not the labels."""
    rows = torch.as_tensor(anchor_idx, dtype=torch.int64)
    labels = torch.as_tensor(anchor_labels).bool()
    if len(rows) == 0 or len(rows) != len(labels):
        raise ValueError("anchors")
    right = (scores[rows.sort().values] > 0.5) == labels
    return 1 - scores if 2 * int(right.sum()) < len(rows) else scores.clone()


# ------------------------------------------------------------------------------------------------ multiple_choice_truth


def multiple_choice_truth_unstable(logp, is_true):
    """Take exponentials of the log-probabilities as they come."""
    logp, is_true = np.asarray(logp, dtype=float), np.asarray(is_true, dtype=bool)
    if logp.ndim != 1 or logp.shape != is_true.shape or is_true.all() or not is_true.any():
        raise ValueError("answers")
    mass = np.exp(logp)
    return float(is_true[logp.argmax()]), float(mass[is_true].sum() / mass.sum())


def multiple_choice_truth_mean_logp(logp, is_true):
    """Compare mean log-probabilities of the true and the false answers."""
    logp, is_true = np.asarray(logp, dtype=float), np.asarray(is_true, dtype=bool)
    if logp.ndim != 1 or logp.shape != is_true.shape or is_true.all() or not is_true.any():
        raise ValueError("answers")
    return float(is_true[logp.argmax()]), float(
        1 / (1 + np.exp(np.clip(logp[~is_true].mean() - logp[is_true].mean(), -700, 700)))
    )


def multiple_choice_truth_not_normalised(logp, is_true):
    """Add up the true answers' probabilities without dividing by all."""
    logp, is_true = np.asarray(logp, dtype=float), np.asarray(is_true, dtype=bool)
    if logp.ndim != 1 or logp.shape != is_true.shape or is_true.all() or not is_true.any():
        raise ValueError("answers")
    return float(is_true[logp.argmax()]), float(np.exp(logp[is_true]).sum())


def multiple_choice_truth_share_of_answers(logp, is_true):
    """Count true answers instead of weighing them."""
    logp, is_true = np.asarray(logp, dtype=float), np.asarray(is_true, dtype=bool)
    if logp.ndim != 1 or logp.shape != is_true.shape or is_true.all() or not is_true.any():
        raise ValueError("answers")
    return float(is_true[logp.argmax()]), float(is_true.mean())


def multiple_choice_truth_best_pair(logp, is_true):
    """Compare the best true answer with the best false one only."""
    logp, is_true = np.asarray(logp, dtype=float), np.asarray(is_true, dtype=bool)
    if logp.ndim != 1 or logp.shape != is_true.shape or is_true.all() or not is_true.any():
        raise ValueError("answers")
    mass = np.exp(logp - logp.max())
    return float(is_true[logp.argmax()]), float(mass[is_true].max() / (mass[is_true].max() + mass[~is_true].max()))


def multiple_choice_truth_least_likely(logp, is_true):
    """Take the least likely answer for the preferred one."""
    logp, is_true = np.asarray(logp, dtype=float), np.asarray(is_true, dtype=bool)
    if logp.ndim != 1 or logp.shape != is_true.shape or is_true.all() or not is_true.any():
        raise ValueError("answers")
    mass = np.exp(logp - logp.max())
    return float(is_true[logp.argmin()]), float(mass[is_true].sum() / mass.sum())


def multiple_choice_truth_mc1_by_mass(logp, is_true):
    """Call the answer true when the true answers have most of the mass."""
    logp, is_true = np.asarray(logp, dtype=float), np.asarray(is_true, dtype=bool)
    if logp.ndim != 1 or logp.shape != is_true.shape or is_true.all() or not is_true.any():
        raise ValueError("answers")
    mass = np.exp(logp - logp.max())
    return float(mass[is_true].sum() > mass[~is_true].sum()), float(mass[is_true].sum() / mass.sum())


def multiple_choice_truth_tie_to_truth(logp, is_true):
    """Let a true answer win every tie."""
    logp, is_true = np.asarray(logp, dtype=float), np.asarray(is_true, dtype=bool)
    if logp.ndim != 1 or logp.shape != is_true.shape or is_true.all() or not is_true.any():
        raise ValueError("answers")
    mass = np.exp(logp - logp.max())
    return float(is_true[logp == logp.max()].any()), float(mass[is_true].sum() / mass.sum())


# ------------------------------------------------------------------------------------------------------- honesty_report


def honesty_report_lie_is_untruthful(report, belief, truth):
    """Call everything untrue a lie."""
    report, belief, truth = np.asarray(report), np.asarray(belief), np.asarray(truth)
    if report.ndim != 1 or not report.size or not report.shape == belief.shape == truth.shape:
        raise ValueError("shapes")
    honest, truthful = report == belief, report == truth
    return {
        "truthful": float(truthful.mean()),
        "honest": float(honest.mean()),
        "lie": float((~truthful).mean()),
        "honest_mistake": float((honest & ~truthful).mean()),
        "lucky_lie": float((~honest & truthful).mean()),
    }


def honesty_report_lie_is_dishonest(report, belief, truth):
    """Count lucky lies as lies."""
    report, belief, truth = np.asarray(report), np.asarray(belief), np.asarray(truth)
    if report.ndim != 1 or not report.size or not report.shape == belief.shape == truth.shape:
        raise ValueError("shapes")
    honest, truthful = report == belief, report == truth
    return {
        "truthful": float(truthful.mean()),
        "honest": float(honest.mean()),
        "lie": float((~honest).mean()),
        "honest_mistake": float((honest & ~truthful).mean()),
        "lucky_lie": float((~honest & truthful).mean()),
    }


def honesty_report_honest_is_truthful(report, belief, truth):
    """Take honest to mean true."""
    report, belief, truth = np.asarray(report), np.asarray(belief), np.asarray(truth)
    if report.ndim != 1 or not report.size or not report.shape == belief.shape == truth.shape:
        raise ValueError("shapes")
    honest, truthful = report == truth, report == truth
    return {
        "truthful": float(truthful.mean()),
        "honest": float(honest.mean()),
        "lie": float((~honest & ~truthful).mean()),
        "honest_mistake": float((honest & ~truthful).mean()),
        "lucky_lie": float((~honest & truthful).mean()),
    }


def honesty_report_mistake_of_belief(report, belief, truth):
    """Count every false belief as an honest mistake."""
    report, belief, truth = np.asarray(report), np.asarray(belief), np.asarray(truth)
    if report.ndim != 1 or not report.size or not report.shape == belief.shape == truth.shape:
        raise ValueError("shapes")
    honest, truthful = report == belief, report == truth
    return {
        "truthful": float(truthful.mean()),
        "honest": float(honest.mean()),
        "lie": float((~honest & ~truthful).mean()),
        "honest_mistake": float((belief != truth).mean()),
        "lucky_lie": float((~honest & truthful).mean()),
    }


def honesty_report_swapped_rest(report, belief, truth):
    """Exchange honest mistakes and lucky lies."""
    report, belief, truth = np.asarray(report), np.asarray(belief), np.asarray(truth)
    if report.ndim != 1 or not report.size or not report.shape == belief.shape == truth.shape:
        raise ValueError("shapes")
    honest, truthful = report == belief, report == truth
    return {
        "truthful": float(truthful.mean()),
        "honest": float(honest.mean()),
        "lie": float((~honest & ~truthful).mean()),
        "lucky_lie": float((honest & ~truthful).mean()),
        "honest_mistake": float((~honest & truthful).mean()),
    }


def honesty_report_conditional(report, belief, truth):
    """Give lies as a share of the untrue answers."""
    report, belief, truth = np.asarray(report), np.asarray(belief), np.asarray(truth)
    if report.ndim != 1 or not report.size or not report.shape == belief.shape == truth.shape:
        raise ValueError("shapes")
    honest, truthful = report == belief, report == truth
    return {
        "truthful": float(truthful.mean()),
        "honest": float(honest.mean()),
        "lie": float((~honest & ~truthful).sum() / max((~truthful).sum(), 1)),
        "honest_mistake": float((honest & ~truthful).mean()),
        "lucky_lie": float((~honest & truthful).mean()),
    }


def honesty_report_liar_knows(report, belief, truth):
    """Count a lie only when the belief is true."""
    report, belief, truth = np.asarray(report), np.asarray(belief), np.asarray(truth)
    if report.ndim != 1 or not report.size or not report.shape == belief.shape == truth.shape:
        raise ValueError("shapes")
    honest, truthful = report == belief, report == truth
    return {
        "truthful": float(truthful.mean()),
        "honest": float(honest.mean()),
        "lie": float((~honest & ~truthful & (belief == truth)).mean()),
        "honest_mistake": float((honest & ~truthful).mean()),
        "lucky_lie": float((~honest & truthful).mean()),
    }


# ---------------------------------------------------------------------------------------- right answers of another kind


def contrast_normalize_in_numpy(x_pos, x_neg, eps=1e-6):
    """Work in numpy, in float64."""
    first, second = np.asarray(x_pos, dtype=np.float64), np.asarray(x_neg, dtype=np.float64)
    if first.ndim != 2 or first.shape != second.shape:
        raise ValueError("shapes")
    pos, neg = ((x - x.mean(axis=0)) / (x.std(axis=0) + eps) for x in (first, second))
    return torch.tensor(pos, dtype=torch.float32), torch.tensor(neg, dtype=torch.float32)


def contrast_normalize_by_moments(x_pos, x_neg, eps=1e-6):
    """Use var_mean and return a list."""
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    result = []
    for x in (x_pos, x_neg):
        variance, mean = torch.var_mean(x.double(), dim=0, correction=0)
        result.append(((x - mean) / (variance.sqrt() + eps)).float())
    return result


def ccs_loss_by_where(p_pos, p_neg):
    """Write both terms out, pair by pair, with where."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    clash = p_pos + p_neg - 1
    smaller = torch.where(p_pos < p_neg, p_pos, p_neg)
    return torch.mean(clash * clash) + torch.mean(smaller * smaller)


def ccs_loss_by_stack(p_pos, p_neg):
    """Take the minimum over a stacked pair."""
    if p_pos.shape != p_neg.shape:
        raise ValueError("shapes")
    pair = torch.stack([p_pos, p_neg])
    return (pair.sum(0) - 1).square().mean() + pair.min(0).values.square().mean()


def train_ccs_coupled_adam(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Use Adam with its coupled penalty and a small uniform start."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        w = (0.2 * torch.rand(x_pos.shape[1], generator=chance) - 0.1).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        adam = torch.optim.Adam([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_sphere_start(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Start on the unit sphere, with a random bias and a seed per start."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(n_restarts):
        start = torch.randn(x_pos.shape[1] + 1, generator=chance)
        w = (start[:-1] / start[:-1].norm()).clone().requires_grad_()
        b = (0.1 * start[-1]).clone().requires_grad_()
        adam = torch.optim.AdamW([w, b], lr=lr, weight_decay=weight_decay)
        for _ in range(steps):
            adam.zero_grad()
            loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).backward()
            adam.step()
        with torch.no_grad():
            final = float(loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)))
        found.append((w.detach(), b.detach(), final))
    return min(found, key=lambda probe: probe[2])


def train_ccs_linear_module(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Use nn.Linear under a forked random state, and remember only the best so far."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape:
        raise ValueError("shapes")
    if n_restarts < 1 or steps < 0:
        raise ValueError("numbers")
    best = None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for _ in range(n_restarts):
            probe = torch.nn.Linear(x_pos.shape[1], 1)
            adam = torch.optim.AdamW(probe.parameters(), lr=lr, weight_decay=weight_decay)
            for step in range(steps + 1):
                loss = loss_fn(torch.sigmoid(probe(x_pos))[:, 0], torch.sigmoid(probe(x_neg))[:, 0])
                if step < steps:
                    adam.zero_grad()
                    loss.backward()
                    adam.step()
            if best is None or loss.item() < best[2]:
                best = (probe.weight.detach()[0].clone(), probe.bias.detach()[0].clone(), loss.item())
    return best


def train_ccs_lbfgs(x_pos, x_neg, *, n_restarts=5, steps=300, lr=0.02, weight_decay=0.01, seed=0, loss_fn=None):
    """Search with L-BFGS on the loss plus a quadratic penalty."""
    loss_fn = loss_fn or ccs_loss
    if x_pos.ndim != 2 or x_pos.shape != x_neg.shape or n_restarts < 1 or steps < 0:
        raise ValueError("shapes or numbers")
    chance = torch.Generator().manual_seed(seed)
    best = None
    for _ in range(n_restarts):
        w = (torch.randn(x_pos.shape[1], generator=chance) / x_pos.shape[1] ** 0.5).requires_grad_()
        b = torch.zeros((), requires_grad=True)
        if steps:
            search = torch.optim.LBFGS([w, b], lr=1.0, max_iter=steps, line_search_fn="strong_wolfe")

            def penalised(search=search, w=w, b=b):
                search.zero_grad()
                loss = loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b))
                loss = loss + weight_decay / 20 * w.square().sum()
                loss.backward()
                return loss

            search.step(penalised)
        with torch.no_grad():
            final = loss_fn(torch.sigmoid(x_pos @ w + b), torch.sigmoid(x_neg @ w + b)).item()
        if best is None or final < best[2]:
            best = (w.detach().clone(), b.detach().clone(), final)
    return best


def ccs_scores_in_numpy(w, b, x_pos, x_neg):
    """Compute in numpy and return a tensor."""

    def sigmoid(z):
        return 0.5 * (1 + np.tanh(z / 2))

    yes, no = (sigmoid(x.numpy() @ w.numpy() + float(b)) for x in (x_pos, x_neg))
    return torch.from_numpy(np.asarray(0.5 + (yes - no) / 2, dtype=np.float32))


def orient_by_loop(scores, anchor_idx, anchor_labels):
    """Count right anchors in a loop."""
    rows, labels = [int(i) for i in anchor_idx], [bool(label) for label in anchor_labels]
    if not rows or len(rows) != len(labels):
        raise ValueError("anchors")
    wrong = sum((float(scores[i]) > 0.5) != label for i, label in zip(rows, labels, strict=True))
    return 1 - scores if wrong > len(rows) - wrong else scores


def multiple_choice_truth_by_log_sum(logp, is_true):
    """Work in logarithms."""
    logp, is_true = np.array(logp, dtype=np.float64), np.array(is_true, dtype=bool)
    if logp.ndim != 1 or is_true.ndim != 1 or len(logp) != len(is_true):
        raise ValueError("shapes")
    if not 0 < is_true.sum() < len(is_true):
        raise ValueError("truth")
    total = np.logaddexp.reduce(logp)
    return float(is_true[int(np.argmax(logp))]), float(np.exp(np.logaddexp.reduce(logp[is_true]) - total))


def multiple_choice_truth_by_softmax(logp, is_true):
    """Use torch's softmax in float64."""
    logits, true = torch.as_tensor(np.asarray(logp, dtype=float)), torch.as_tensor(np.asarray(is_true, dtype=bool))
    if logits.ndim != 1 or logits.shape != true.shape or bool(true.all()) or not bool(true.any()):
        raise ValueError("answers")
    share = torch.softmax(logits, 0)
    return float(true[int(np.argmax(logits.numpy()))]), share[true].sum().item()


def honesty_report_by_counting(report, belief, truth):
    """Walk through the answers and count."""
    report, belief, truth = (np.asarray(values).tolist() for values in (report, belief, truth))
    if any(isinstance(x, list) for x in report) or not report or not len(report) == len(belief) == len(truth):
        raise ValueError("lengths")
    names = {(True, True): "both", (True, False): "honest_mistake", (False, True): "lucky_lie", (False, False): "lie"}
    counts = dict.fromkeys(names.values(), 0)
    for said, held, fact in zip(report, belief, truth, strict=True):
        counts[names[said == held, said == fact]] += 1
    n = len(report)
    return {
        "truthful": (counts["both"] + counts["lucky_lie"]) / n,
        "honest": (counts["both"] + counts["honest_mistake"]) / n,
        "lie": counts["lie"] / n,
        "honest_mistake": counts["honest_mistake"] / n,
        "lucky_lie": counts["lucky_lie"] / n,
    }


MUTANTS = {
    "contrast_normalize_joint": {"contrast_normalize": contrast_normalize_joint},
    "contrast_normalize_of_first_set": {"contrast_normalize": contrast_normalize_of_first_set},
    "contrast_normalize_joint_deviation": {"contrast_normalize": contrast_normalize_joint_deviation},
    "contrast_normalize_mean_only": {"contrast_normalize": contrast_normalize_mean_only},
    "contrast_normalize_per_row": {"contrast_normalize": contrast_normalize_per_row},
    "contrast_normalize_none": {"contrast_normalize": contrast_normalize_none},
    "contrast_normalize_sample_deviation": {"contrast_normalize": contrast_normalize_sample_deviation},
    "contrast_normalize_eps_under_root": {"contrast_normalize": contrast_normalize_eps_under_root},
    "contrast_normalize_without_eps": {"contrast_normalize": contrast_normalize_without_eps},
    "contrast_normalize_in_place": {"contrast_normalize": contrast_normalize_in_place},
    "contrast_normalize_checks_rows_only": {"contrast_normalize": contrast_normalize_checks_rows_only},
    "ccs_loss_no_commitment": {"ccs_loss": ccs_loss_no_commitment},
    "ccs_loss_no_consistency": {"ccs_loss": ccs_loss_no_consistency},
    "ccs_loss_equal_answers": {"ccs_loss": ccs_loss_equal_answers},
    "ccs_loss_maximum": {"ccs_loss": ccs_loss_maximum},
    "ccs_loss_sum": {"ccs_loss": ccs_loss_sum},
    "ccs_loss_squared_mean": {"ccs_loss": ccs_loss_squared_mean},
    "ccs_loss_batch_minimum": {"ccs_loss": ccs_loss_batch_minimum},
    "ccs_loss_minimum_not_squared": {"ccs_loss": ccs_loss_minimum_not_squared},
    "ccs_loss_detached_minimum": {"ccs_loss": ccs_loss_detached_minimum},
    "ccs_loss_number": {"ccs_loss": ccs_loss_number},
    "ccs_loss_broadcasts": {"ccs_loss": ccs_loss_broadcasts},
    "train_ccs_last_restart": {"train_ccs": train_ccs_last_restart},
    "train_ccs_first_restart": {"train_ccs": train_ccs_first_restart},
    "train_ccs_worst_restart": {"train_ccs": train_ccs_worst_restart},
    "train_ccs_mixed_up": {"train_ccs": train_ccs_mixed_up},
    "train_ccs_mean_probe": {"train_ccs": train_ccs_mean_probe},
    "train_ccs_ignores_negatives": {"train_ccs": train_ccs_ignores_negatives},
    "train_ccs_flips_probe_for_negatives": {"train_ccs": train_ccs_flips_probe_for_negatives},
    "train_ccs_ignores_loss_fn": {"train_ccs": train_ccs_ignores_loss_fn},
    "train_ccs_ignores_seed": {"train_ccs": train_ccs_ignores_seed},
    "train_ccs_global_chance": {"train_ccs": train_ccs_global_chance},
    "train_ccs_same_start": {"train_ccs": train_ccs_same_start},
    "train_ccs_stale_loss": {"train_ccs": train_ccs_stale_loss},
    "train_ccs_penalised_loss": {"train_ccs": train_ccs_penalised_loss},
    "train_ccs_no_bias": {"train_ccs": train_ccs_no_bias},
    "train_ccs_ignores_weight_decay": {"train_ccs": train_ccs_ignores_weight_decay},
    "ccs_scores_sum": {"ccs_scores": ccs_scores_sum},
    "ccs_scores_yes_only": {"ccs_scores": ccs_scores_yes_only},
    "ccs_scores_swapped": {"ccs_scores": ccs_scores_swapped},
    "ccs_scores_of_mean_logit": {"ccs_scores": ccs_scores_of_mean_logit},
    "ccs_scores_no_bias": {"ccs_scores": ccs_scores_no_bias},
    "orient_never_flips": {"orient": orient_never_flips},
    "orient_always_flips_to_majority": {"orient": orient_always_flips_to_majority},
    "orient_flips_at_half": {"orient": orient_flips_at_half},
    "orient_flips_unless_all_right": {"orient": orient_flips_unless_all_right},
    "orient_flips_anchors_only": {"orient": orient_flips_anchors_only},
    "orient_negates": {"orient": orient_negates},
    "orient_in_place": {"orient": orient_in_place},
    "orient_first_scores": {"orient": orient_first_scores},
    "orient_sorts_anchors": {"orient": orient_sorts_anchors},
    "multiple_choice_truth_unstable": {"multiple_choice_truth": multiple_choice_truth_unstable},
    "multiple_choice_truth_mean_logp": {"multiple_choice_truth": multiple_choice_truth_mean_logp},
    "multiple_choice_truth_not_normalised": {"multiple_choice_truth": multiple_choice_truth_not_normalised},
    "multiple_choice_truth_share_of_answers": {"multiple_choice_truth": multiple_choice_truth_share_of_answers},
    "multiple_choice_truth_best_pair": {"multiple_choice_truth": multiple_choice_truth_best_pair},
    "multiple_choice_truth_least_likely": {"multiple_choice_truth": multiple_choice_truth_least_likely},
    "multiple_choice_truth_mc1_by_mass": {"multiple_choice_truth": multiple_choice_truth_mc1_by_mass},
    "multiple_choice_truth_tie_to_truth": {"multiple_choice_truth": multiple_choice_truth_tie_to_truth},
    "honesty_report_lie_is_untruthful": {"honesty_report": honesty_report_lie_is_untruthful},
    "honesty_report_lie_is_dishonest": {"honesty_report": honesty_report_lie_is_dishonest},
    "honesty_report_honest_is_truthful": {"honesty_report": honesty_report_honest_is_truthful},
    "honesty_report_mistake_of_belief": {"honesty_report": honesty_report_mistake_of_belief},
    "honesty_report_swapped_rest": {"honesty_report": honesty_report_swapped_rest},
    "honesty_report_conditional": {"honesty_report": honesty_report_conditional},
    "honesty_report_liar_knows": {"honesty_report": honesty_report_liar_knows},
}

ALTERNATIVES = {
    "contrast_normalize_in_numpy": {"contrast_normalize": contrast_normalize_in_numpy},
    "contrast_normalize_by_moments": {"contrast_normalize": contrast_normalize_by_moments},
    "ccs_loss_by_where": {"ccs_loss": ccs_loss_by_where},
    "ccs_loss_by_stack": {"ccs_loss": ccs_loss_by_stack},
    "train_ccs_coupled_adam": {"train_ccs": train_ccs_coupled_adam},
    "train_ccs_sphere_start": {"train_ccs": train_ccs_sphere_start},
    "train_ccs_linear_module": {"train_ccs": train_ccs_linear_module},
    "train_ccs_lbfgs": {"train_ccs": train_ccs_lbfgs},
    "ccs_scores_in_numpy": {"ccs_scores": ccs_scores_in_numpy},
    "orient_by_loop": {"orient": orient_by_loop},
    "multiple_choice_truth_by_log_sum": {"multiple_choice_truth": multiple_choice_truth_by_log_sum},
    "multiple_choice_truth_by_softmax": {"multiple_choice_truth": multiple_choice_truth_by_softmax},
    "honesty_report_by_counting": {"honesty_report": honesty_report_by_counting},
}
