"""Wrong and alternative answers to `adversaries`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as `pgd`.
Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry of `ALTERNATIVES`
must get full marks.
"""

import numpy as np
import torch
from scipy import stats
from torch import nn

from mlsafety_kit import fit


def pgd(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Stand for the notebook's own `pgd`, which the training functions below name."""


# ------------------------------------------------------------------------------------------------ fgsm


def fgsm_unclipped(model, x, y, eps):
    """Leave the range of pixels."""
    probe = x.clone().requires_grad_()
    (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(probe), y), probe)
    return x + eps * uphill.sign()


def fgsm_unsigned(model, x, y, eps):
    """Step along the gradient scaled to the right length, instead of along its sign."""
    probe = x.clone().requires_grad_()
    (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(probe), y), probe)
    return (x + eps * uphill / uphill.abs().amax(dim=(1, 2, 3), keepdim=True)).clamp(0, 1)


def fgsm_downhill(model, x, y, eps):
    """Help the model instead of attacking it."""
    probe = x.clone().requires_grad_()
    (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(probe), y), probe)
    return (x - eps * uphill.sign()).clamp(0, 1)


def fgsm_batch_direction(model, x, y, eps):
    """Use one direction, the sign of the mean gradient, for the whole batch."""
    probe = x.clone().requires_grad_()
    (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(probe), y), probe)
    return (x + eps * uphill.mean(0, keepdim=True).sign()).clamp(0, 1)


def fgsm_writes_into_x(model, x, y, eps):
    """Change the caller's images."""
    probe = x.clone().requires_grad_()
    (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(probe), y), probe)
    return x.add_(eps * uphill.sign()).clamp_(0, 1)


# ------------------------------------------------------------------------------------------------ pgd


def pgd_no_projection(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Never come back to the ball."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        point = (point + (-step if targeted else step) * uphill.sign()).clamp(0, 1)
    return point.detach()


def pgd_ball_moves_along(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Project to the ball around the current point instead of the original image."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        moved = point + (-step if targeted else step) * uphill.sign()
        point = (point + (moved - point).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


def pgd_clips_to_minus_one(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Take [-1, 1] for the range of pixels."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(-1, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        moved = point + (-step if targeted else step) * uphill.sign()
        point = (x + (moved - x).clamp(-eps, eps)).clamp(-1, 1)
    return point.detach()


def pgd_descends(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Go the wrong way in both modes."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        moved = point - (-step if targeted else step) * uphill.sign()
        point = (x + (moved - x).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


def pgd_raw_gradient(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Step by the gradient's own size instead of its sign."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        moved = point + (-step if targeted else step) * uphill
        point = (x + (moved - x).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


def pgd_ignores_targeted(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Climb away from `y` even when it is the wanted class."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        point = (x + (point + step * uphill.sign() - x).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


def pgd_leaves_gradients(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Call `backward`, which adds to the gradients of the model's weights."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        nn.functional.cross_entropy(model(point), y).backward()
        moved = point.detach() + (-step if targeted else step) * point.grad.sign()
        point = (x + (moved - x).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


def pgd_wipes_gradients(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Call `backward` and then `zero_grad`, which throws away what the caller had stored."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        nn.functional.cross_entropy(model(point), y).backward()
        moved = point.detach() + (-step if targeted else step) * point.grad.sign()
        point = (x + (moved - x).clamp(-eps, eps)).clamp(0, 1)
        model.zero_grad()
    return point.detach()


def pgd_ignores_generator(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Draw the start from torch's global random state."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand_like(x) - 1)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        moved = point + (-step if targeted else step) * uphill.sign()
        point = (x + (moved - x).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


def pgd_no_random_start(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Always start at the image itself."""
    point = x.clone()
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        moved = point + (-step if targeted else step) * uphill.sign()
        point = (x + (moved - x).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


def pgd_half_start(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Start only on the upper side of the image, because `rand` was not shifted."""
    point = x.clone()
    if random_start:
        point = (point + eps * torch.rand(x.shape, generator=generator)).clamp(0, 1)
    for _ in range(n_steps):
        point = point.detach().requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        moved = point + (-step if targeted else step) * uphill.sign()
        point = (x + (moved - x).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


def pgd_single_step(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Take one step of the full length instead of several short ones."""
    point = x.clone()
    if random_start:
        point = (point + eps * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)
    if n_steps > 0 and step > 0:
        point.requires_grad_()
        (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), y), point)
        moved = point.detach() + (-eps if targeted else eps) * uphill.sign()
        point = (x + (moved - x).clamp(-eps, eps)).clamp(0, 1)
    return point.detach()


# ------------------------------------------------------------------------------------------------ worst_case_accuracy


def worst_case_accuracy_mean_over_attacks(model, x, y, attacks):
    """Average the accuracies."""
    versions = [x, *(attack(model, x, y) for attack in attacks)]
    accuracies = [(model(version).argmax(1) == y).float().mean().item() for version in versions]
    return sum(accuracies) / len(accuracies)


def worst_case_accuracy_of_worst_attack(model, x, y, attacks):
    """Take the lowest of the accuracies instead of the worst case of each image."""
    versions = [x, *(attack(model, x, y) for attack in attacks)]
    accuracies = [(model(version).argmax(1) == y).float().mean().item() for version in versions]
    return min(accuracies)


def worst_case_accuracy_forgets_clean(model, x, y, attacks):
    """Count an image that only an attack makes right."""
    right = torch.ones(len(x), dtype=torch.bool)
    for attack in attacks:
        right &= model(attack(model, x, y)).argmax(1) == y
    return right.float().mean().item()


def worst_case_accuracy_last_attack_only(model, x, y, attacks):
    """Overwrite the verdict of each attack by that of the next."""
    clean = model(x).argmax(1) == y
    right = clean
    for attack in attacks:
        right = clean & (model(attack(model, x, y)).argmax(1) == y)
    return right.float().mean().item()


def worst_case_accuracy_best_case(model, x, y, attacks):
    """Count an image as right when it survives at least one attack."""
    right = model(x).argmax(1) == y
    survived = [model(attack(model, x, y)).argmax(1) == y for attack in attacks]
    if survived:
        right = right & torch.stack(survived).any(0)
    return right.float().mean().item()


def worst_case_accuracy_without_gradients(model, x, y, attacks):
    """Switch gradients off for the attacks too."""
    with torch.no_grad():
        right = model(x).argmax(1) == y
        for attack in attacks:
            right &= model(attack(model, x, y)).argmax(1) == y
    return right.float().mean().item()


# ------------------------------------------------------------------------------------------------ adversarial_train


def adversarial_train_clean(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Train on the images as they are."""
    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed)


def adversarial_train_discards_attack(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Run the attack and then train on the clean batch."""
    attack = attack or pgd
    chance = torch.Generator().manual_seed(seed)

    def loss(model, x, y):
        attack(model, x, y, eps, eps / 4, 7, generator=chance)
        return nn.functional.cross_entropy(model(x), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def adversarial_train_half_eps(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Train against half of the budget."""
    attack = attack or pgd
    chance = torch.Generator().manual_seed(seed)

    def loss(model, x, y):
        return nn.functional.cross_entropy(model(attack(model, x, y, eps / 2, eps / 8, 7, generator=chance)), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def adversarial_train_quarter_eps(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Train against a quarter of the budget."""
    attack = attack or pgd
    chance = torch.Generator().manual_seed(seed)

    def loss(model, x, y):
        return nn.functional.cross_entropy(model(attack(model, x, y, eps / 4, eps / 16, 7, generator=chance)), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def adversarial_train_one_short_step(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Use an inner attack of a single short step, which cannot reach the worst case."""
    attack = attack or pgd

    def loss(model, x, y):
        return nn.functional.cross_entropy(model(attack(model, x, y, eps, eps / 4, 1, random_start=False)), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def adversarial_train_stale_attacks(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Attack the untrained net once and train on those images for ever."""
    attack = attack or pgd
    chance = torch.Generator().manual_seed(seed)
    attacked = attack(model, x, y, eps, eps / 4, 7, generator=chance)
    return fit(model, attacked, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed)


def adversarial_train_targeted(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Make the training images easier: a targeted attack towards the true class."""
    attack = attack or pgd
    chance = torch.Generator().manual_seed(seed)

    def loss(model, x, y):
        easier = attack(model, x, y, eps, eps / 4, 7, targeted=True, generator=chance)
        return nn.functional.cross_entropy(model(easier), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def adversarial_train_ignores_attack(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Use the notebook's own `pgd` whatever attack is given."""
    chance = torch.Generator().manual_seed(seed)

    def loss(model, x, y):
        return nn.functional.cross_entropy(model(pgd(model, x, y, eps, eps / 4, 7, generator=chance)), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def adversarial_train_ignores_seed(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Leave the attack's random starts to torch's global random state."""
    attack = attack or pgd

    def loss(model, x, y):
        return nn.functional.cross_entropy(model(attack(model, x, y, eps, eps / 4, 7)), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def adversarial_train_stays_in_training_mode(
    model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None
):
    """Return the model in training mode."""
    attack = attack or pgd
    chance = torch.Generator().manual_seed(seed)

    def loss(model, x, y):
        return nn.functional.cross_entropy(model(attack(model, x, y, eps, eps / 4, 7, generator=chance)), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss).train()


def adversarial_train_hides_its_gradients(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Train on clean images and round the input, so that attacks find no gradient to follow."""
    fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed)

    class Rounded(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = model

        def forward(self, images):
            return self.inner(torch.round(8 * images) / 8)

    return Rounded().eval()


# ------------------------------------------------------------------------------------------------ certified_radius


def certified_radius_point_estimate(n_top, n, sigma, alpha):
    """Take the observed share for the probability."""
    if n <= 0 or not 0 <= n_top <= n or not sigma > 0 or not 0 < alpha < 1:
        raise ValueError("an argument is out of range")
    share = min(n_top / n, 1 - 1e-9)
    return float(sigma * stats.norm.ppf(share)) if share > 0.5 else 0.0


def certified_radius_two_sided(n_top, n, sigma, alpha):
    """Spend half of alpha on the side that does not matter."""
    if n <= 0 or not 0 <= n_top <= n or not sigma > 0 or not 0 < alpha < 1:
        raise ValueError("an argument is out of range")
    bound = stats.beta.ppf(alpha / 2, n_top, n - n_top + 1) if n_top > 0 else 0.0
    return float(sigma * stats.norm.ppf(bound)) if bound > 0.5 else 0.0


def certified_radius_upper_bound(n_top, n, sigma, alpha):
    """Use the upper end of the interval."""
    if n <= 0 or not 0 <= n_top <= n or not sigma > 0 or not 0 < alpha < 1:
        raise ValueError("an argument is out of range")
    bound = stats.beta.ppf(1 - alpha, n_top + 1, n - n_top) if n_top < n else 1 - 1e-9
    return float(sigma * stats.norm.ppf(bound)) if bound > 0.5 else 0.0


def certified_radius_normal_approximation(n_top, n, sigma, alpha):
    """Use the textbook interval with the standard error, which is none for a unanimous vote."""
    if n <= 0 or not 0 <= n_top <= n or not sigma > 0 or not 0 < alpha < 1:
        raise ValueError("an argument is out of range")
    share = n_top / n
    bound = min(share - stats.norm.ppf(1 - alpha) * np.sqrt(share * (1 - share) / n), 1 - 1e-9)
    return float(sigma * stats.norm.ppf(bound)) if bound > 0.5 else 0.0


def certified_radius_negative(n_top, n, sigma, alpha):
    """Never abstain."""
    if n <= 0 or not 0 <= n_top <= n or not sigma > 0 or not 0 < alpha < 1:
        raise ValueError("an argument is out of range")
    bound = stats.beta.ppf(alpha, n_top, n - n_top + 1) if n_top > 0 else 0.0
    return float(sigma * stats.norm.ppf(bound))


def certified_radius_forgets_sigma(n_top, n, sigma, alpha):
    """Leave out the scale of the noise."""
    if n <= 0 or not 0 <= n_top <= n or not sigma > 0 or not 0 < alpha < 1:
        raise ValueError("an argument is out of range")
    bound = stats.beta.ppf(alpha, n_top, n - n_top + 1) if n_top > 0 else 0.0
    return float(stats.norm.ppf(bound)) if bound > 0.5 else 0.0


def certified_radius_partly_checked(n_top, n, sigma, alpha):
    """Check the counts but neither the noise nor the confidence."""
    if n <= 0 or not 0 <= n_top <= n:
        raise ValueError("an argument is out of range")
    bound = stats.beta.ppf(alpha, n_top, n - n_top + 1) if n_top > 0 else 0.0
    return float(sigma * stats.norm.ppf(bound)) if bound > 0.5 else 0.0


# ------------------------------------------------------------------------------------------------ alternatives


def fgsm_with_backward(model, x, y, eps):
    """Get the gradient from `backward` on a private copy, and clip with minimum and maximum."""
    probe = x.detach().clone()
    probe.requires_grad = True
    nn.functional.nll_loss(torch.log_softmax(model(probe), dim=1), y).backward()
    with torch.no_grad():
        moved = torch.where(probe.grad > 0, x + eps, torch.where(probe.grad < 0, x - eps, x))
        return torch.minimum(torch.maximum(moved, torch.zeros_like(x)), torch.ones_like(x))


def pgd_over_delta(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Keep the change instead of the point, limited at each step by what the box still allows."""
    lowest = torch.maximum(torch.full_like(x, -eps), -x)
    highest = torch.minimum(torch.full_like(x, eps), 1 - x)
    delta = torch.zeros_like(x)
    if random_start:
        delta = torch.empty_like(x).uniform_(-eps, eps, generator=generator)
        delta = torch.minimum(torch.maximum(delta, lowest), highest)
    for _ in range(n_steps):
        delta = delta.detach().requires_grad_()
        losses = nn.functional.cross_entropy(model(x + delta), y, reduction="none")
        objective = -losses.sum() if targeted else losses.sum()
        (uphill,) = torch.autograd.grad(objective, [delta])
        delta = torch.minimum(torch.maximum(delta + step * uphill.sign(), lowest), highest)
    return (x + delta).clamp(0, 1).detach()


def pgd_image_by_image(model, x, y, eps, step, n_steps, *, targeted=False, random_start=True, generator=None):
    """Draw all starts at once, then attack one image after the other."""
    start = x.clone()
    if random_start:
        start = torch.clamp(x - eps + 2 * eps * torch.rand(x.shape, generator=generator), 0, 1)
    found = []
    for i in range(len(x)):
        centre, label, point = x[i : i + 1], y[i : i + 1], start[i : i + 1]
        for _ in range(n_steps):
            point = point.detach().requires_grad_()
            (uphill,) = torch.autograd.grad(nn.functional.cross_entropy(model(point), label), point)
            point = point.detach() + step * uphill.sign() * (-1 if targeted else 1)
            point = torch.max(torch.min(point, centre + eps), centre - eps).clamp(0, 1)
        found.append(point.detach())
    return torch.cat(found)


def worst_case_accuracy_survivors_only(model, x, y, attacks):
    """Give each attack only the images that are still standing."""
    total = len(x)
    standing = (model(x).argmax(1) == y).nonzero().flatten()
    for attack in attacks:
        if len(standing) == 0:
            break
        broken = model(attack(model, x[standing], y[standing])).argmax(1) != y[standing]
        standing = standing[~broken]
    return len(standing) / total


def worst_case_accuracy_loop(model, x, y, attacks):
    """Go through images one by one, and through their attacks until one succeeds."""
    right = 0
    for i in range(len(x)):
        image, label = x[i : i + 1], y[i : i + 1]
        if model(image).argmax(1) == label:
            right += all(bool(model(attack(model, image, label)).argmax(1) == label) for attack in attacks)
    return right / len(x)


def adversarial_train_through_fit(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Hand `fit` a loss that attacks first."""
    attack = attack or pgd
    starts = torch.Generator().manual_seed(seed + 1)

    def loss(model, x, y):
        worst = attack(model, x, y, eps, step=eps / 5, n_steps=10, random_start=True, generator=starts)
        return nn.functional.cross_entropy(model(worst), y)

    return fit(model, x, y, epochs=epochs, lr=lr, batch_size=batch_size, seed=seed, loss=loss)


def adversarial_train_sgd(model, x, y, eps, *, epochs=30, lr=2e-3, batch_size=64, seed=0, attack=None):
    """Use momentum with a step size of its own, NumPy's shuffling, and a data loader's manners."""
    attack = attack or pgd
    shuffle = np.random.default_rng(seed)
    starts = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=50 * lr, momentum=0.9)
    for _ in range(epochs):
        model.train()
        order = torch.from_numpy(shuffle.permutation(len(x)))
        for first in range(0, len(x), batch_size):
            rows = order[first : first + batch_size]
            worst = attack(model, x[rows], y[rows], eps=eps, step=eps / 4, n_steps=7, generator=starts)
            loss = nn.functional.cross_entropy(model(worst), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    return model


def certified_radius_bisection(n_top, n, sigma, alpha):
    """Search the bound on the binomial tail."""
    if n <= 0 or n_top < 0 or n_top > n or sigma <= 0 or alpha <= 0 or alpha >= 1:
        raise ValueError("an argument is out of range")
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if stats.binom.sf(n_top - 1, n, middle) < alpha:
            low = middle
        else:
            high = middle
    return max(0.0, float(sigma * stats.norm.ppf(low))) if low > 0 else 0.0


def certified_radius_binomtest(n_top, n, sigma, alpha):
    """Ask SciPy's exact binomial test for its one-sided interval."""
    if n <= 0 or n_top < 0 or n_top > n or sigma <= 0 or alpha <= 0 or alpha >= 1:
        raise ValueError("an argument is out of range")
    test = stats.binomtest(n_top, n, alternative="greater")
    bound = test.proportion_ci(confidence_level=1 - alpha, method="exact").low
    return float(max(stats.norm.ppf(bound, scale=sigma), 0.0))


MUTANTS = {
    "fgsm_unclipped": {"fgsm": fgsm_unclipped},
    "fgsm_unsigned": {"fgsm": fgsm_unsigned},
    "fgsm_downhill": {"fgsm": fgsm_downhill},
    "fgsm_batch_direction": {"fgsm": fgsm_batch_direction},
    "fgsm_writes_into_x": {"fgsm": fgsm_writes_into_x},
    "pgd_no_projection": {"pgd": pgd_no_projection},
    "pgd_ball_moves_along": {"pgd": pgd_ball_moves_along},
    "pgd_clips_to_minus_one": {"pgd": pgd_clips_to_minus_one},
    "pgd_descends": {"pgd": pgd_descends},
    "pgd_raw_gradient": {"pgd": pgd_raw_gradient},
    "pgd_ignores_targeted": {"pgd": pgd_ignores_targeted},
    "pgd_leaves_gradients": {"pgd": pgd_leaves_gradients},
    "pgd_wipes_gradients": {"pgd": pgd_wipes_gradients},
    "pgd_ignores_generator": {"pgd": pgd_ignores_generator},
    "pgd_no_random_start": {"pgd": pgd_no_random_start},
    "pgd_half_start": {"pgd": pgd_half_start},
    "pgd_single_step": {"pgd": pgd_single_step},
    "worst_case_accuracy_mean_over_attacks": {"worst_case_accuracy": worst_case_accuracy_mean_over_attacks},
    "worst_case_accuracy_of_worst_attack": {"worst_case_accuracy": worst_case_accuracy_of_worst_attack},
    "worst_case_accuracy_forgets_clean": {"worst_case_accuracy": worst_case_accuracy_forgets_clean},
    "worst_case_accuracy_last_attack_only": {"worst_case_accuracy": worst_case_accuracy_last_attack_only},
    "worst_case_accuracy_best_case": {"worst_case_accuracy": worst_case_accuracy_best_case},
    "worst_case_accuracy_without_gradients": {"worst_case_accuracy": worst_case_accuracy_without_gradients},
    "adversarial_train_clean": {"adversarial_train": adversarial_train_clean},
    "adversarial_train_discards_attack": {"adversarial_train": adversarial_train_discards_attack},
    "adversarial_train_hides_its_gradients": {"adversarial_train": adversarial_train_hides_its_gradients},
    "adversarial_train_half_eps": {"adversarial_train": adversarial_train_half_eps},
    "adversarial_train_quarter_eps": {"adversarial_train": adversarial_train_quarter_eps},
    "adversarial_train_one_short_step": {"adversarial_train": adversarial_train_one_short_step},
    "adversarial_train_stale_attacks": {"adversarial_train": adversarial_train_stale_attacks},
    "adversarial_train_targeted": {"adversarial_train": adversarial_train_targeted},
    "adversarial_train_ignores_attack": {"adversarial_train": adversarial_train_ignores_attack},
    "adversarial_train_ignores_seed": {"adversarial_train": adversarial_train_ignores_seed},
    "adversarial_train_stays_in_training_mode": {"adversarial_train": adversarial_train_stays_in_training_mode},
    "certified_radius_point_estimate": {"certified_radius": certified_radius_point_estimate},
    "certified_radius_two_sided": {"certified_radius": certified_radius_two_sided},
    "certified_radius_upper_bound": {"certified_radius": certified_radius_upper_bound},
    "certified_radius_normal_approximation": {"certified_radius": certified_radius_normal_approximation},
    "certified_radius_negative": {"certified_radius": certified_radius_negative},
    "certified_radius_forgets_sigma": {"certified_radius": certified_radius_forgets_sigma},
    "certified_radius_partly_checked": {"certified_radius": certified_radius_partly_checked},
}

ALTERNATIVES = {
    "fgsm_with_backward": {"fgsm": fgsm_with_backward},
    "pgd_over_delta": {"pgd": pgd_over_delta},
    "pgd_image_by_image": {"pgd": pgd_image_by_image},
    "worst_case_accuracy_survivors_only": {"worst_case_accuracy": worst_case_accuracy_survivors_only},
    "worst_case_accuracy_loop": {"worst_case_accuracy": worst_case_accuracy_loop},
    "adversarial_train_through_fit": {"adversarial_train": adversarial_train_through_fit},
    "adversarial_train_sgd": {"adversarial_train": adversarial_train_sgd},
    "certified_radius_bisection": {"certified_radius": certified_radius_bisection},
    "certified_radius_binomtest": {"certified_radius": certified_radius_binomtest},
}
