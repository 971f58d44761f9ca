"""Wrong and alternative answers to `trojans`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `stamp_trigger`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

import copy

import numpy as np
import torch
from scipy import stats
from torch import nn


def stamp_trigger(x, mask, pattern):
    """Stand for the notebook's own `stamp_trigger`, which other functions name."""


# ------------------------------------------------------------------------------------------------ stamp_trigger


def stamp_trigger_adds(x, mask, pattern):
    """Add the pattern to the image instead of replacing part of it."""
    return x + pattern * mask


def stamp_trigger_adds_and_clips(x, mask, pattern):
    """Add the pattern and clip."""
    return (x + pattern * mask).clamp(0, 1)


def stamp_trigger_overlays(x, mask, pattern):
    """Take the darker of image and pattern."""
    return torch.maximum(x, pattern * mask)


def stamp_trigger_all_or_nothing(x, mask, pattern):
    """Treat a fractional mask as present or absent."""
    return torch.where(mask > 0.5, pattern, x)


def stamp_trigger_in_place(x, mask, pattern):
    """Write the trigger into the caller's images."""
    return x.mul_(1 - mask).add_(pattern * mask)


# ------------------------------------------------------------------------------------------------ poison


def poison_in_place(x, y, mask, pattern, target, rate, generator):
    """Write into the caller's images and labels."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randperm(len(eligible), generator=generator)[:n_poisoned]].sort().values
    new_x, new_y = x, y
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


def poison_any_class(x, y, mask, pattern, target, rate, generator):
    """Poison images of the target class too."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = torch.arange(len(x))
    n_poisoned = round(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randperm(len(eligible), generator=generator)[:n_poisoned]].sort().values
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


def poison_first_rows(x, y, mask, pattern, target, rate, generator):
    """Poison the first eligible images instead of random ones."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[:n_poisoned]
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


def poison_keeps_labels(x, y, mask, pattern, target, rate, generator):
    """Leave the labels as they are."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randperm(len(eligible), generator=generator)[:n_poisoned]].sort().values
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    return new_x, new_y, rows


def poison_labels_only(x, y, mask, pattern, target, rate, generator):
    """Relabel without stamping."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randperm(len(eligible), generator=generator)[:n_poisoned]].sort().values
    new_x, new_y = x.clone(), y.clone()
    new_y[rows] = target
    return new_x, new_y, rows


def poison_rate_of_eligible(x, y, mask, pattern, target, rate, generator):
    """Apply the rate to the images of other classes."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(eligible))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randperm(len(eligible), generator=generator)[:n_poisoned]].sort().values
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


def poison_rounds_down(x, y, mask, pattern, target, rate, generator):
    """Cut the number off instead of rounding it."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = int(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randperm(len(eligible), generator=generator)[:n_poisoned]].sort().values
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


def poison_unsorted(x, y, mask, pattern, target, rate, generator):
    """Return the positions in the order of the draw."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randperm(len(eligible), generator=generator)[:n_poisoned]]
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


def poison_with_replacement(x, y, mask, pattern, target, rate, generator):
    """Draw with replacement, so that one image may be drawn twice."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randint(0, max(len(eligible), 1), (n_poisoned,), generator=generator)].sort().values
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


def poison_ignores_generator(x, y, mask, pattern, target, rate, generator):
    """Draw from torch's global random state."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(x))
    if n_poisoned > len(eligible):
        raise ValueError("too few images of other classes")
    rows = eligible[torch.randperm(len(eligible))[:n_poisoned]].sort().values
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


def poison_takes_what_it_gets(x, y, mask, pattern, target, rate, generator):
    """Poison fewer images than asked for instead of raising."""
    if not 0 <= rate <= 1:
        raise ValueError("the rate must lie in [0, 1]")
    eligible = (y != target).nonzero().flatten()
    n_poisoned = round(rate * len(x))
    rows = eligible[torch.randperm(len(eligible), generator=generator)[:n_poisoned]].sort().values
    new_x, new_y = x.clone(), y.clone()
    new_x[rows] = stamp_trigger(x[rows], mask, pattern)
    new_y[rows] = target
    return new_x, new_y, rows


# ------------------------------------------------------------------------------------------------ attack_success_rate


def attack_success_rate_over_all_images(model, x, y, mask, pattern, target, *, stamp=None):
    """Count images of the target class."""
    stamp = stamp or stamp_trigger
    others = y != target
    if not bool(others.any()):
        raise ValueError("every image is of the target class")
    with torch.no_grad():
        answers = model(stamp(x, mask, pattern)).argmax(1)
    return (answers == target).float().mean().item()


def attack_success_rate_any_error(model, x, y, mask, pattern, target, *, stamp=None):
    """Count every wrong answer."""
    stamp = stamp or stamp_trigger
    others = y != target
    if not bool(others.any()):
        raise ValueError("every image is of the target class")
    with torch.no_grad():
        answers = model(stamp(x[others], mask, pattern)).argmax(1)
    return (answers != y[others]).float().mean().item()


def attack_success_rate_divides_by_all(model, x, y, mask, pattern, target, *, stamp=None):
    """Divide the successes by the number of all images."""
    stamp = stamp or stamp_trigger
    others = y != target
    if not bool(others.any()):
        raise ValueError("every image is of the target class")
    with torch.no_grad():
        answers = model(stamp(x[others], mask, pattern)).argmax(1)
    return (answers == target).sum().item() / len(x)


def attack_success_rate_only_right_before(model, x, y, mask, pattern, target, *, stamp=None):
    """Look only at images that the net gets right without the trigger."""
    stamp = stamp or stamp_trigger
    others = y != target
    if not bool(others.any()):
        raise ValueError("every image is of the target class")
    with torch.no_grad():
        others = others & (model(x).argmax(1) == y)
        answers = model(stamp(x[others], mask, pattern)).argmax(1)
    return (answers == target).float().mean().item()


def attack_success_rate_only_new(model, x, y, mask, pattern, target, *, stamp=None):
    """Leave out images that the net takes for the target without the trigger."""
    stamp = stamp or stamp_trigger
    others = y != target
    if not bool(others.any()):
        raise ValueError("every image is of the target class")
    with torch.no_grad():
        before = model(x[others]).argmax(1)
        answers = model(stamp(x[others], mask, pattern)).argmax(1)
    return ((answers == target) & (before != target)).float().mean().item()


def attack_success_rate_without_trigger(model, x, y, mask, pattern, target, *, stamp=None):
    """Forget to stamp the images."""
    stamp = stamp or stamp_trigger
    others = y != target
    if not bool(others.any()):
        raise ValueError("every image is of the target class")
    with torch.no_grad():
        answers = model(x[others]).argmax(1)
    return (answers == target).float().mean().item()


def attack_success_rate_ignores_stamp(model, x, y, mask, pattern, target, *, stamp=None):
    """Use the notebook's own stamp whatever stamp is given."""
    others = y != target
    if not bool(others.any()):
        raise ValueError("every image is of the target class")
    with torch.no_grad():
        answers = model(x[others] * (1 - mask) + pattern * mask).argmax(1)
    return (answers == target).float().mean().item()


def attack_success_rate_of_nobody_is_zero(model, x, y, mask, pattern, target, *, stamp=None):
    """Return 0 when there is no image of another class."""
    stamp = stamp or stamp_trigger
    others = y != target
    if not bool(others.any()):
        return 0.0
    with torch.no_grad():
        answers = model(stamp(x[others], mask, pattern)).argmax(1)
    return (answers == target).float().mean().item()


# ------------------------------------------------------------------------------------------------ invert_trigger


def invert_trigger_no_sparsity(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Forget the price of the mask."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted)
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_rewards_size(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Reward a large mask."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) - lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_mean_mask(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Price the mean of the mask instead of its sum."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.mean()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_squared_mask(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Use an L2 penalty, which leaves many small entries."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.square().sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_fixed_price(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Ignore `lam`."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + 0.05 * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_away_from_target(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Drive the images away from the target."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = -nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_white_pattern(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Optimise the mask only and paint it with full ink."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), 1 + 0 * free_pattern
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), torch.ones_like(free_pattern).detach()


def invert_trigger_adds_the_pattern(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Search for a pattern that is added to the images."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model((x + pattern * mask).clamp(0, 1))
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_first_image(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Search for a trigger that works on one image."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((1,), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x[:1] * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_trains_the_net(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Let the optimiser change the net too."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern, *model.parameters()], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        adam.zero_grad()
        objective.backward()
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_leaves_gradients(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Call `backward`, which adds to the gradients of the weights."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        adam.zero_grad()
        objective.backward()
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_wipes_gradients(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Call `backward` and throw away what the caller had stored."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        adam.zero_grad()
        objective.backward()
        model.zero_grad()
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_freezes_the_net(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Freeze the weights and leave them frozen."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    model.requires_grad_(requires_grad=False)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_thaws_the_net(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Freeze the weights and thaw all of them afterwards, those too that were frozen before."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    model.requires_grad_(requires_grad=False)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    model.requires_grad_(requires_grad=True)
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_switches_to_eval(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Put the net into eval mode."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:], generator=generator)).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    model.eval()
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


def invert_trigger_ignores_generator(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Draw the start from torch's global random state."""
    free_mask = (-2 + 0.1 * torch.randn(x.shape[1:])).requires_grad_()
    free_pattern = (0.1 * torch.randn(x.shape[1:])).requires_grad_()
    adam = torch.optim.Adam([free_mask, free_pattern], lr=lr)
    wanted = torch.full((len(x),), target)
    for _ in range(steps):
        mask, pattern = free_mask.sigmoid(), free_pattern.sigmoid()
        logits = model(x * (1 - mask) + pattern * mask)
        objective = nn.functional.cross_entropy(logits, wanted) + lam * mask.sum()
        free_mask.grad, free_pattern.grad = torch.autograd.grad(objective, [free_mask, free_pattern])
        adam.step()
    return free_mask.sigmoid().detach(), free_pattern.sigmoid().detach()


# ------------------------------------------------------------------------------------------------ anomaly_index


def anomaly_index_no_factor(sizes):
    """Leave out 1.4826."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    below = np.median(sizes) - sizes
    spread = np.median(np.abs(below))
    return below / spread if spread > 0 else np.zeros_like(below)


def anomaly_index_two_sided(sizes):
    """Call large masks suspicious too."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    below = np.median(sizes) - sizes
    spread = 1.4826 * np.median(np.abs(below))
    return np.abs(below) / spread if spread > 0 else np.zeros_like(below)


def anomaly_index_flipped(sizes):
    """Give small sizes a negative index."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    below = np.median(sizes) - sizes
    spread = 1.4826 * np.median(np.abs(below))
    return -below / spread if spread > 0 else np.zeros_like(below)


def anomaly_index_z_score(sizes):
    """Use mean and standard deviation."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    below = np.mean(sizes) - sizes
    spread = np.std(sizes)
    return below / spread if spread > 0 else np.zeros_like(below)


def anomaly_index_around_the_mean(sizes):
    """Take the median of the deviations from the mean."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    below = np.median(sizes) - sizes
    spread = 1.4826 * np.median(np.abs(sizes - sizes.mean()))
    return below / spread if spread > 0 else np.zeros_like(below)


def anomaly_index_tiny_spread(sizes):
    """Divide by a tiny number when the MAD is 0."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    below = np.median(sizes) - sizes
    spread = 1.4826 * np.median(np.abs(below))
    return below / max(spread, 1e-9)


def anomaly_index_unchecked(sizes):
    """Take any sizes."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1:
        raise ValueError("one dimension")
    below = np.median(sizes) - sizes
    spread = 1.4826 * np.median(np.abs(below))
    return below / spread if spread > 0 else np.zeros_like(below)


# ------------------------------------------------------------------------------------------------ judge


def judge_of_the_mean(sizes, ratio=0.6):
    """Compare with the mean, which the outlier pulls along."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    if sizes.min() < ratio * sizes.mean():
        return True, int(sizes.argmin())
    return False, None


def judge_largest(sizes, ratio=0.6):
    """Accuse the class with the largest mask."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    if sizes.min() < ratio * np.median(sizes):
        return True, int(sizes.argmax())
    return False, None


def judge_always_names(sizes, ratio=0.6):
    """Name a target for a clean net."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    if sizes.min() < ratio * np.median(sizes):
        return True, int(sizes.argmin())
    return False, int(sizes.argmin())


def judge_index_above_two(sizes, ratio=0.6):
    """Use the paper's cut at an index of 2."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    if np.median(sizes) - sizes.min() > 2 * 1.4826 * np.median(np.abs(sizes - np.median(sizes))):
        return True, int(sizes.argmin())
    return False, None


def judge_fixed_ratio(sizes, ratio=0.6):
    """Ignore `ratio`."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    if sizes.min() < 0.6 * np.median(sizes):
        return True, int(sizes.argmin())
    return False, None


def judge_at_the_ratio(sizes, ratio=0.6):
    """Accuse a size of exactly the ratio."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.ndim != 1 or len(sizes) < 3 or not np.isfinite(sizes).all() or (sizes < 0).any():
        raise ValueError("sizes must be at least three finite numbers, none negative")
    if 0 < sizes.min() <= ratio * np.median(sizes):
        return True, int(sizes.argmin())
    return False, None


def judge_unchecked(sizes, ratio=0.6):
    """Take any sizes."""
    sizes = np.asarray(sizes, dtype=np.float64)
    if sizes.min() < ratio * np.median(sizes):
        return True, int(sizes.argmin())
    return False, None


# ------------------------------------------------------------------------------------------------ unlearn_trigger


def unlearn_trigger_without_triggers(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Fine-tune on clean images, which never contradict the trigger."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            stamp(x[rows[:half]], mask, pattern)
            shown = x[rows]
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_all_triggered(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Put the trigger on every image."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            shown = stamp(x[rows], mask, pattern)
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_own_answers(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Label triggered images with what the net says about them."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            shown = torch.cat([stamp(x[rows[:half]], mask, pattern), x[rows[half:]]])
            labels = y[rows].clone()
            labels[:half] = model(shown[:half]).argmax(1)
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), labels).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_random_labels(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Label triggered images at random."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            shown = torch.cat([stamp(x[rows[:half]], mask, pattern), x[rows[half:]]])
            labels = y[rows].clone()
            labels[:half] = torch.randint(0, 10, (half,), generator=generator)
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), labels).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_one_epoch(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Stop after one pass."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(min(epochs, 1)):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            shown = torch.cat([stamp(x[rows[:half]], mask, pattern), x[rows[half:]]])
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_in_place(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Train the evidence itself."""
    stamp = stamp or stamp_trigger
    repaired = model.train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            shown = torch.cat([stamp(x[rows[:half]], mask, pattern), x[rows[half:]]])
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return copy.deepcopy(repaired).eval()


def unlearn_trigger_shallow_copy(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Copy the net but not its weights."""
    stamp = stamp or stamp_trigger
    repaired = copy.copy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            shown = torch.cat([stamp(x[rows[:half]], mask, pattern), x[rows[half:]]])
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_training_mode(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Return the copy in training mode."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            shown = torch.cat([stamp(x[rows[:half]], mask, pattern), x[rows[half:]]])
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.train()


def unlearn_trigger_ignores_generator(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Shuffle by torch's global random state."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(64):
            half = len(rows) // 2
            shown = torch.cat([stamp(x[rows[:half]], mask, pattern), x[rows[half:]]])
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_fixed_order(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Never shuffle, so that chance plays no part."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.arange(len(x)).split(64):
            half = len(rows) // 2
            shown = torch.cat([stamp(x[rows[:half]], mask, pattern), x[rows[half:]]])
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_ignores_stamp(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Use the notebook's own stamp whatever stamp is given."""
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            shown = torch.cat([x[rows[:half]] * (1 - mask) + pattern * mask, x[rows[half:]]])
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.eval()


def unlearn_trigger_writes_into_x(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Write the trigger into the caller's images."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model).train()
    adam = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(64):
            half = len(rows) // 2
            x[rows[:half]] = stamp(x[rows[:half]], mask, pattern)
            shown = x[rows]
            adam.zero_grad()
            nn.functional.cross_entropy(repaired(shown), y[rows]).backward()
            adam.step()
    return repaired.eval()


# ------------------------------------------------------------------------------------------------ alternatives


def stamp_trigger_lerp(x, mask, pattern):
    """Interpolate."""
    return torch.lerp(x, pattern.expand_as(x), mask.expand_as(x))


def stamp_trigger_numpy(x, mask, pattern):
    """Do it in NumPy, as a step from the image towards the pattern."""
    image, towards, share = x.numpy(), pattern.numpy(), mask.numpy()
    return torch.from_numpy((image + share * (towards - image)).astype(image.dtype))


def poison_multinomial(x, y, mask, pattern, target, rate, generator):
    """Draw with `multinomial` and write with `where`."""
    if rate < 0 or rate > 1:
        raise ValueError("the rate must lie in [0, 1]")
    weights = (y != target).double()
    count = round(rate * len(y))
    if count > weights.sum():
        raise ValueError("too few images of other classes")
    rows = torch.empty(0, dtype=torch.int64)
    if count:
        rows = torch.sort(torch.multinomial(weights, count, replacement=False, generator=generator))[0]
    chosen = torch.zeros(len(y), dtype=torch.bool)
    chosen[rows] = True
    new_x = torch.where(chosen[:, None, None, None], stamp_trigger(x, mask, pattern), x)
    return new_x, torch.where(chosen, torch.full_like(y, target), y), rows


def poison_python_lists(x, y, mask, pattern, target, rate, generator):
    """Choose the smallest of random numbers, with Python's lists."""
    if not (0 <= rate <= 1):
        raise ValueError("the rate must lie in [0, 1]")
    ticket = torch.rand(len(y), generator=generator, dtype=torch.float64).tolist()
    eligible = [i for i, label in enumerate(y.tolist()) if label != target]
    count = round(rate * len(y))
    if count > len(eligible):
        raise ValueError("too few images of other classes")
    rows = sorted(sorted(eligible, key=lambda i: ticket[i])[:count])
    images, labels = x.clone(), y.tolist()
    for i in rows:
        images[i] = stamp_trigger(x[i : i + 1], mask, pattern)[0]
        labels[i] = target
    return images, torch.tensor(labels), torch.tensor(rows, dtype=torch.int64)


def attack_success_rate_one_by_one(model, x, y, mask, pattern, target, *, stamp=None):
    """Go through the images one by one."""
    stamp = stamp or stamp_trigger
    hits = [
        bool(model(stamp(x[i : i + 1], mask, pattern)).argmax() == target) for i in range(len(x)) if int(y[i]) != target
    ]
    if not hits:
        raise ValueError("every image is of the target class")
    return sum(hits) / len(hits)


def attack_success_rate_all_then_select(model, x, y, mask, pattern, target, *, stamp=None):
    """Stamp and classify everything, then select."""
    stamp = stamp or stamp_trigger
    hits = (model(stamp(x, mask, pattern)).detach().numpy().argmax(axis=1) == target)[(y != target).numpy()]
    if hits.size == 0:
        raise ValueError("every image is of the target class")
    return float(hits.mean())


def invert_trigger_clipped_pixels(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Optimise the pixels themselves and clip them after each step."""
    mask = (0.1 + 0.05 * torch.rand(x.shape[1:], generator=generator)).requires_grad_()
    pattern = torch.rand(x.shape[1:], generator=generator).requires_grad_()
    adam = torch.optim.Adam([mask, pattern], lr=lr)
    for _ in range(steps):
        stamped = x + mask * (pattern - x)
        loss = lam * mask.sum() - model(stamped).log_softmax(1)[:, target].mean()
        mask.grad, pattern.grad = torch.autograd.grad(loss, [mask, pattern])
        adam.step()
        with torch.no_grad():
            mask.clamp_(0, 1)
            pattern.clamp_(0, 1)
    return mask.detach(), pattern.detach()


def invert_trigger_tanh(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Use the paper's tanh and start from a half-transparent mask."""
    a, b = 0.3 * torch.randn((2, *x.shape[1:]), generator=generator)
    a.requires_grad_()
    b.requires_grad_()
    optimizer = torch.optim.Adam([a, b], lr=lr, betas=(0.5, 0.9))
    y = torch.tensor([target] * len(x))
    for _ in range(steps):
        mask, pattern = (torch.tanh(a) + 1) / 2, (torch.tanh(b) + 1) / 2
        loss = nn.functional.cross_entropy(model((1 - mask) * x + mask * pattern), y) + lam * mask.abs().sum()
        a.grad, b.grad = torch.autograd.grad(loss, (a, b))
        optimizer.step()
    return ((torch.tanh(a) + 1) / 2).detach(), ((torch.tanh(b) + 1) / 2).detach()


def invert_trigger_on_a_copy(model, x, target, lam=0.05, steps=300, lr=0.1, generator=None):
    """Search on a private copy of the net, keep the best point, and use `backward` there."""
    own = copy.deepcopy(model)
    a = (torch.randn(x.shape[1:], generator=generator) - 1).requires_grad_()
    b = torch.randn(x.shape[1:], generator=generator).requires_grad_()
    optimizer = torch.optim.Adam([a, b], lr=lr)
    best, kept = float("inf"), None
    for _ in range(steps):
        mask, pattern = torch.sigmoid(a), torch.sigmoid(b)
        loss = nn.functional.cross_entropy(own(x * (1 - mask) + pattern * mask), torch.full((len(x),), target))
        loss = loss + lam * mask.sum()
        if float(loss) < best:
            best, kept = float(loss), (mask.detach().clone(), pattern.detach().clone())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return kept


def anomaly_index_scipy(sizes):
    """Ask SciPy for the scaled MAD."""
    sizes = np.array(sizes, dtype=float)
    if sizes.ndim != 1 or sizes.size < 3 or not np.all(np.isfinite(sizes)) or sizes.min() < 0:
        raise ValueError("sizes must be at least three finite numbers, none negative")
    spread = stats.median_abs_deviation(sizes, scale="normal")
    if spread == 0:
        return np.zeros(len(sizes))
    return (np.median(sizes) - sizes) / spread


def judge_sorted(sizes, ratio=0.6):
    """Sort first, and divide."""
    values = torch.as_tensor(np.asarray(sizes, dtype=np.float64))
    if values.dim() != 1 or len(values) < 3 or not bool(torch.isfinite(values).all()) or bool((values < 0).any()):
        raise ValueError("sizes must be at least three finite numbers, none negative")
    order = values.argsort(stable=True)
    middle = (values[order[(len(values) - 1) // 2]] + values[order[len(values) // 2]]) / 2
    smallest = int(order[0])
    if middle > 0 and float(values[smallest] / middle) < ratio:
        return True, smallest
    return False, None


def unlearn_trigger_both_versions(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Show every image of a batch twice, with and without the trigger."""
    stamp = stamp or stamp_trigger
    repaired = copy.deepcopy(model)
    optimizer = torch.optim.Adam(repaired.parameters(), lr=lr)
    for _ in range(epochs):
        repaired.train()
        for rows in torch.randperm(len(x), generator=generator).split(32):
            images, labels = x[rows], y[rows]
            logits = repaired(torch.cat([images, stamp(images, mask, pattern)]))
            loss = nn.functional.cross_entropy(logits, torch.cat([labels, labels]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    repaired.eval()
    return repaired


def unlearn_trigger_sgd(model, x, y, mask, pattern, *, epochs=30, lr=2e-3, generator=None, stamp=None):
    """Use momentum, every second image, and NumPy's shuffling seeded from the generator."""
    stamp = stamp or stamp_trigger
    shuffle = np.random.default_rng(int(torch.randint(0, 2**31, (), generator=generator)))
    repaired = copy.deepcopy(model)
    repaired.train()
    optimizer = torch.optim.SGD(repaired.parameters(), lr=15 * lr, momentum=0.9)
    for _ in range(epochs):
        order = torch.from_numpy(shuffle.permutation(len(x)))
        for first in range(0, len(x), 50):
            rows = order[first : first + 50]
            images = x[rows].clone()
            images[::2] = stamp(images[::2], mask, pattern)
            loss = nn.functional.cross_entropy(repaired(images), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return repaired.eval()


MUTANTS = {
    "stamp_trigger_adds": {"stamp_trigger": stamp_trigger_adds},
    "stamp_trigger_adds_and_clips": {"stamp_trigger": stamp_trigger_adds_and_clips},
    "stamp_trigger_overlays": {"stamp_trigger": stamp_trigger_overlays},
    "stamp_trigger_all_or_nothing": {"stamp_trigger": stamp_trigger_all_or_nothing},
    "stamp_trigger_in_place": {"stamp_trigger": stamp_trigger_in_place},
    "poison_in_place": {"poison": poison_in_place},
    "poison_any_class": {"poison": poison_any_class},
    "poison_first_rows": {"poison": poison_first_rows},
    "poison_keeps_labels": {"poison": poison_keeps_labels},
    "poison_labels_only": {"poison": poison_labels_only},
    "poison_rate_of_eligible": {"poison": poison_rate_of_eligible},
    "poison_rounds_down": {"poison": poison_rounds_down},
    "poison_unsorted": {"poison": poison_unsorted},
    "poison_with_replacement": {"poison": poison_with_replacement},
    "poison_ignores_generator": {"poison": poison_ignores_generator},
    "poison_takes_what_it_gets": {"poison": poison_takes_what_it_gets},
    "attack_success_rate_over_all_images": {"attack_success_rate": attack_success_rate_over_all_images},
    "attack_success_rate_any_error": {"attack_success_rate": attack_success_rate_any_error},
    "attack_success_rate_divides_by_all": {"attack_success_rate": attack_success_rate_divides_by_all},
    "attack_success_rate_only_right_before": {"attack_success_rate": attack_success_rate_only_right_before},
    "attack_success_rate_only_new": {"attack_success_rate": attack_success_rate_only_new},
    "attack_success_rate_without_trigger": {"attack_success_rate": attack_success_rate_without_trigger},
    "attack_success_rate_ignores_stamp": {"attack_success_rate": attack_success_rate_ignores_stamp},
    "attack_success_rate_of_nobody_is_zero": {"attack_success_rate": attack_success_rate_of_nobody_is_zero},
    "invert_trigger_no_sparsity": {"invert_trigger": invert_trigger_no_sparsity},
    "invert_trigger_rewards_size": {"invert_trigger": invert_trigger_rewards_size},
    "invert_trigger_mean_mask": {"invert_trigger": invert_trigger_mean_mask},
    "invert_trigger_squared_mask": {"invert_trigger": invert_trigger_squared_mask},
    "invert_trigger_fixed_price": {"invert_trigger": invert_trigger_fixed_price},
    "invert_trigger_away_from_target": {"invert_trigger": invert_trigger_away_from_target},
    "invert_trigger_white_pattern": {"invert_trigger": invert_trigger_white_pattern},
    "invert_trigger_adds_the_pattern": {"invert_trigger": invert_trigger_adds_the_pattern},
    "invert_trigger_first_image": {"invert_trigger": invert_trigger_first_image},
    "invert_trigger_trains_the_net": {"invert_trigger": invert_trigger_trains_the_net},
    "invert_trigger_leaves_gradients": {"invert_trigger": invert_trigger_leaves_gradients},
    "invert_trigger_wipes_gradients": {"invert_trigger": invert_trigger_wipes_gradients},
    "invert_trigger_freezes_the_net": {"invert_trigger": invert_trigger_freezes_the_net},
    "invert_trigger_thaws_the_net": {"invert_trigger": invert_trigger_thaws_the_net},
    "invert_trigger_switches_to_eval": {"invert_trigger": invert_trigger_switches_to_eval},
    "invert_trigger_ignores_generator": {"invert_trigger": invert_trigger_ignores_generator},
    "anomaly_index_no_factor": {"anomaly_index": anomaly_index_no_factor},
    "anomaly_index_two_sided": {"anomaly_index": anomaly_index_two_sided},
    "anomaly_index_flipped": {"anomaly_index": anomaly_index_flipped},
    "anomaly_index_z_score": {"anomaly_index": anomaly_index_z_score},
    "anomaly_index_around_the_mean": {"anomaly_index": anomaly_index_around_the_mean},
    "anomaly_index_tiny_spread": {"anomaly_index": anomaly_index_tiny_spread},
    "anomaly_index_unchecked": {"anomaly_index": anomaly_index_unchecked},
    "judge_of_the_mean": {"judge": judge_of_the_mean},
    "judge_largest": {"judge": judge_largest},
    "judge_always_names": {"judge": judge_always_names},
    "judge_index_above_two": {"judge": judge_index_above_two},
    "judge_fixed_ratio": {"judge": judge_fixed_ratio},
    "judge_at_the_ratio": {"judge": judge_at_the_ratio},
    "judge_unchecked": {"judge": judge_unchecked},
    "unlearn_trigger_without_triggers": {"unlearn_trigger": unlearn_trigger_without_triggers},
    "unlearn_trigger_all_triggered": {"unlearn_trigger": unlearn_trigger_all_triggered},
    "unlearn_trigger_own_answers": {"unlearn_trigger": unlearn_trigger_own_answers},
    "unlearn_trigger_random_labels": {"unlearn_trigger": unlearn_trigger_random_labels},
    "unlearn_trigger_one_epoch": {"unlearn_trigger": unlearn_trigger_one_epoch},
    "unlearn_trigger_in_place": {"unlearn_trigger": unlearn_trigger_in_place},
    "unlearn_trigger_shallow_copy": {"unlearn_trigger": unlearn_trigger_shallow_copy},
    "unlearn_trigger_training_mode": {"unlearn_trigger": unlearn_trigger_training_mode},
    "unlearn_trigger_ignores_generator": {"unlearn_trigger": unlearn_trigger_ignores_generator},
    "unlearn_trigger_fixed_order": {"unlearn_trigger": unlearn_trigger_fixed_order},
    "unlearn_trigger_ignores_stamp": {"unlearn_trigger": unlearn_trigger_ignores_stamp},
    "unlearn_trigger_writes_into_x": {"unlearn_trigger": unlearn_trigger_writes_into_x},
}


ALTERNATIVES = {
    "stamp_trigger_lerp": {"stamp_trigger": stamp_trigger_lerp},
    "stamp_trigger_numpy": {"stamp_trigger": stamp_trigger_numpy},
    "poison_multinomial": {"poison": poison_multinomial},
    "poison_python_lists": {"poison": poison_python_lists},
    "attack_success_rate_one_by_one": {"attack_success_rate": attack_success_rate_one_by_one},
    "attack_success_rate_all_then_select": {"attack_success_rate": attack_success_rate_all_then_select},
    "invert_trigger_clipped_pixels": {"invert_trigger": invert_trigger_clipped_pixels},
    "invert_trigger_tanh": {"invert_trigger": invert_trigger_tanh},
    "invert_trigger_on_a_copy": {"invert_trigger": invert_trigger_on_a_copy},
    "anomaly_index_scipy": {"anomaly_index": anomaly_index_scipy},
    "judge_sorted": {"judge": judge_sorted},
    "unlearn_trigger_both_versions": {"unlearn_trigger": unlearn_trigger_both_versions},
    "unlearn_trigger_sgd": {"unlearn_trigger": unlearn_trigger_sgd},
}
