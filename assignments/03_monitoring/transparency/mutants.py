"""Wrong and alternative answers to `transparency`, for the release gate. Never shipped, never run as a module.

The gate takes one function's source, renames it to the function it replaces and puts it into the solution notebook.
So a replacement may use only what the notebook imports and the notebook's other functions, such as
`gradient_saliency`. Every entry of `MUTANTS` must lose points on the question of the function it replaces; every entry
of `ALTERNATIVES` must get full marks.
"""

import copy

import numpy as np
import torch
from scipy import stats
from torch import nn


def gradient_saliency(model, x, target):
    """Stand for the notebook's own `gradient_saliency`, which the functions below name."""


# ------------------------------------------------------------------------------------------------ gradient_saliency


def gradient_saliency_of_the_loss(model, x, target):
    """Differentiate the cross-entropy."""
    probe = x.detach().clone().requires_grad_()
    loss = nn.functional.cross_entropy(model(probe), target, reduction="sum")
    return torch.autograd.grad(loss, probe)[0]


def gradient_saliency_of_the_probability(model, x, target):
    """Differentiate the softmax's output."""
    probe = x.detach().clone().requires_grad_()
    chosen = model(probe).softmax(1).gather(1, target[:, None])
    return torch.autograd.grad(chosen.sum(), probe)[0]


def gradient_saliency_absolute(model, x, target):
    """Drop the sign."""
    probe = x.detach().clone().requires_grad_()
    chosen = model(probe).gather(1, target[:, None])
    return torch.autograd.grad(chosen.sum(), probe)[0].abs()


def gradient_saliency_batch_mean(model, x, target):
    """Differentiate the mean over the batch, so that a map shrinks in company."""
    probe = x.detach().clone().requires_grad_()
    chosen = model(probe).gather(1, target[:, None])
    return torch.autograd.grad(chosen.mean(), probe)[0]


def gradient_saliency_of_the_prediction(model, x, target):
    """Explain the class that the net predicts, whatever was asked for."""
    probe = x.detach().clone().requires_grad_()
    return torch.autograd.grad(model(probe).amax(1).sum(), probe)[0]


def gradient_saliency_leaves_gradients(model, x, target):
    """Call `backward`, which adds to the gradients of the model's weights."""
    probe = x.detach().clone().requires_grad_()
    model(probe).gather(1, target[:, None]).sum().backward()
    return probe.grad


def gradient_saliency_wipes_gradients(model, x, target):
    """Tidy up with `zero_grad`, which throws away what the caller had stored."""
    probe = x.detach().clone().requires_grad_()
    model(probe).gather(1, target[:, None]).sum().backward()
    model.zero_grad()
    return probe.grad


# ------------------------------------------------------------------------------------------------ integrated_gradients


def integrated_gradients_left_ends(model, x, target, baseline, steps=32, *, saliency=None):
    """Take the gradient at the beginning of each piece."""
    saliency = saliency or gradient_saliency
    if steps < 1:
        raise ValueError("steps must be at least 1")
    difference = x - baseline
    slopes = sum(saliency(model, baseline + k / steps * difference, target) for k in range(steps))
    return difference * slopes / steps


def integrated_gradients_trapezoids(model, x, target, baseline, steps=32, *, saliency=None):
    """Use trapezoids instead of midpoints, with one gradient more."""
    saliency = saliency or gradient_saliency
    if steps < 1:
        raise ValueError("steps must be at least 1")
    difference = x - baseline
    slopes = torch.stack([saliency(model, baseline + k / steps * difference, target) for k in range(steps + 1)])
    return difference * torch.trapezoid(slopes, dim=0) / steps


def integrated_gradients_without_difference(model, x, target, baseline, steps=32, *, saliency=None):
    """Return the mean gradient along the path."""
    saliency = saliency or gradient_saliency
    if steps < 1:
        raise ValueError("steps must be at least 1")
    difference = x - baseline
    slopes = sum(saliency(model, baseline + (k + 0.5) / steps * difference, target) for k in range(steps))
    return slopes / steps


def integrated_gradients_ignores_baseline(model, x, target, baseline, steps=32, *, saliency=None):
    """Start every path at black."""
    saliency = saliency or gradient_saliency
    if steps < 1:
        raise ValueError("steps must be at least 1")
    slopes = sum(saliency(model, (k + 0.5) / steps * x, target) for k in range(steps))
    return x * slopes / steps


def integrated_gradients_absolute_difference(model, x, target, baseline, steps=32, *, saliency=None):
    """Multiply by the size of the difference without its sign."""
    saliency = saliency or gradient_saliency
    if steps < 1:
        raise ValueError("steps must be at least 1")
    difference = x - baseline
    slopes = sum(saliency(model, baseline + (k + 0.5) / steps * difference, target) for k in range(steps))
    return difference.abs() * slopes / steps


def integrated_gradients_sum(model, x, target, baseline, steps=32, *, saliency=None):
    """Forget to divide by the number of steps."""
    saliency = saliency or gradient_saliency
    if steps < 1:
        raise ValueError("steps must be at least 1")
    difference = x - baseline
    return difference * sum(saliency(model, baseline + (k + 0.5) / steps * difference, target) for k in range(steps))


def integrated_gradients_at_the_image(model, x, target, baseline, steps=32, *, saliency=None):
    """Multiply the gradient at the image with the difference: no path at all."""
    saliency = saliency or gradient_saliency
    if steps < 1:
        raise ValueError("steps must be at least 1")
    return (x - baseline) * saliency(model, x, target)


def integrated_gradients_partly_checked(model, x, target, baseline, steps=32, *, saliency=None):
    """Refuse 0 steps but not -3."""
    saliency = saliency or gradient_saliency
    if steps == 0:
        raise ValueError("steps must not be 0")
    difference = x - baseline
    slopes = torch.zeros_like(difference)
    for k in range(steps):
        slopes = slopes + saliency(model, baseline + (k + 0.5) / steps * difference, target)
    return difference * slopes / steps


# ------------------------------------------------------------------------------------------------ smoothgrad


def smoothgrad_variance(model, x, target, sigma, n, generator, *, saliency=None):
    """Take sigma for the variance."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("an argument is out of range")
    draws = [saliency(model, x + sigma**0.5 * torch.randn(x.shape, generator=generator), target) for _ in range(n)]
    return torch.stack(draws).mean(0)


def smoothgrad_sum(model, x, target, sigma, n, generator, *, saliency=None):
    """Forget to divide by the number of draws."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("an argument is out of range")
    return sum(saliency(model, x + sigma * torch.randn(x.shape, generator=generator), target) for _ in range(n))


def smoothgrad_no_noise(model, x, target, sigma, n, generator, *, saliency=None):
    """Average the same map n times."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("an argument is out of range")
    return torch.stack([saliency(model, x, target) for _ in range(n)]).mean(0)


def smoothgrad_absolute_draws(model, x, target, sigma, n, generator, *, saliency=None):
    """Drop the sign before the mean is taken."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("an argument is out of range")
    draws = [saliency(model, x + sigma * torch.randn(x.shape, generator=generator), target).abs() for _ in range(n)]
    return torch.stack(draws).mean(0)


def smoothgrad_same_noise(model, x, target, sigma, n, generator, *, saliency=None):
    """Draw the noise once and use it for every draw."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("an argument is out of range")
    noise = torch.randn(x.shape, generator=generator)
    return torch.stack([saliency(model, x + sigma * noise, target) for _ in range(n)]).mean(0)


def smoothgrad_shared_noise(model, x, target, sigma, n, generator, *, saliency=None):
    """Give all images of the batch the same noise."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("an argument is out of range")
    draws = [saliency(model, x + sigma * torch.randn(x[:1].shape, generator=generator), target) for _ in range(n)]
    return torch.stack(draws).mean(0)


def smoothgrad_clipped(model, x, target, sigma, n, generator, *, saliency=None):
    """Clip the noisy images to [0, 1]."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("an argument is out of range")
    total = torch.zeros_like(x)
    for _ in range(n):
        total += saliency(model, (x + sigma * torch.randn(x.shape, generator=generator)).clamp(0, 1), target)
    return total / n


def smoothgrad_ignores_generator(model, x, target, sigma, n, generator, *, saliency=None):
    """Draw from torch's global random state."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("an argument is out of range")
    draws = [saliency(model, x + sigma * torch.randn_like(x), target) for _ in range(n)]
    return torch.stack(draws).mean(0)


# ------------------------------------------------------------------------------------------------ deletion_auc


def deletion_auc_least_first(model, x, target, attribution, fill=0.0, n_steps=16):
    """Begin with the most negative pixels."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.flatten(1), dim=1, stable=True).indices, []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : round(k * order.shape[1] / n_steps)], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return torch.trapezoid(torch.stack(curve), dim=0) / n_steps


def deletion_auc_by_size(model, x, target, attribution, fill=0.0, n_steps=16):
    """Order by absolute value."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.abs().flatten(1), dim=1, descending=True, stable=True).indices, []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : round(k * order.shape[1] / n_steps)], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return torch.trapezoid(torch.stack(curve), dim=0) / n_steps


def deletion_auc_ignores_fill(model, x, target, attribution, fill=0.0, n_steps=16):
    """Always delete to 0."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.flatten(1), dim=1, descending=True, stable=True).indices, []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : round(k * order.shape[1] / n_steps)], 0.0)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return torch.trapezoid(torch.stack(curve), dim=0) / n_steps


def deletion_auc_mean(model, x, target, attribution, fill=0.0, n_steps=16):
    """Return one number for the whole batch."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.flatten(1), dim=1, descending=True, stable=True).indices, []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : round(k * order.shape[1] / n_steps)], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return (torch.trapezoid(torch.stack(curve), dim=0) / n_steps).mean()


def deletion_auc_plain_mean(model, x, target, attribution, fill=0.0, n_steps=16):
    """Average the points of the curve, ends in full, instead of its trapezoids."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.flatten(1), dim=1, descending=True, stable=True).indices, []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : round(k * order.shape[1] / n_steps)], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return torch.stack(curve).mean(0)


def deletion_auc_puts_pixels_back(model, x, target, attribution, fill=0.0, n_steps=16):
    """Delete only the pixels that are new at each step."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.flatten(1), dim=1, descending=True, stable=True).indices, []
    bounds = [round(k * order.shape[1] / n_steps) for k in range(n_steps + 1)]
    for first, last in zip([0, *bounds], bounds, strict=False):
        left = x.flatten(1).clone().scatter_(1, order[:, first:last], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return torch.trapezoid(torch.stack(curve), dim=0) / n_steps


def deletion_auc_highest_class(model, x, target, attribution, fill=0.0, n_steps=16):
    """Follow the probability of whatever class leads."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.flatten(1), dim=1, descending=True, stable=True).indices, []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : round(k * order.shape[1] / n_steps)], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).amax(1).detach())
    return torch.trapezoid(torch.stack(curve), dim=0) / n_steps


def deletion_auc_flipped_ties(model, x, target, attribution, fill=0.0, n_steps=16):
    """Flip an ascending sort, which turns ties around."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.flatten(1), dim=1, stable=True).indices.flip(1), []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : round(k * order.shape[1] / n_steps)], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return torch.trapezoid(torch.stack(curve), dim=0) / n_steps


def deletion_auc_common_order(model, x, target, attribution, fill=0.0, n_steps=16):
    """Use the order of the mean map for all images."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    scores = attribution.flatten(1).mean(0, keepdim=True).expand(len(x), -1)
    order, curve = torch.sort(scores, dim=1, descending=True, stable=True).indices, []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : round(k * order.shape[1] / n_steps)], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return torch.trapezoid(torch.stack(curve), dim=0) / n_steps


def deletion_auc_rounds_down(model, x, target, attribution, fill=0.0, n_steps=16):
    """Round the number of pixels down."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    order, curve = torch.sort(attribution.flatten(1), dim=1, descending=True, stable=True).indices, []
    for k in range(n_steps + 1):
        left = x.flatten(1).clone().scatter_(1, order[:, : k * order.shape[1] // n_steps], fill)
        curve.append(model(left.reshape(x.shape)).softmax(1).gather(1, target[:, None])[:, 0].detach())
    return torch.trapezoid(torch.stack(curve), dim=0) / n_steps


# ------------------------------------------------------------------------------------------------ randomization_check


def randomization_check_in_place(model, x, target, attr_fn, layer_names, seed=0):
    """Destroy the caller's model."""
    layers = dict(model.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(model, x, target).abs().flatten(1).numpy(), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in layer_names:
            layers[name].reset_parameters()
            later = attr_fn(model, x, target).abs().flatten(1).numpy()
            rho = [
                stats.spearmanr(a, b).statistic if np.ptp(a) * np.ptp(b) > 0 else 0.0
                for a, b in zip(first, later, strict=True)
            ]
            found.append(float(np.mean(rho)))
    return found


def randomization_check_no_cascade(model, x, target, attr_fn, layer_names, seed=0):
    """Begin with a fresh copy for each layer."""
    if any(name not in dict(model.named_modules()) for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(model, x, target).abs().flatten(1).numpy(), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in layer_names:
            victim = copy.deepcopy(model)
            victim.get_submodule(name).reset_parameters()
            later = attr_fn(victim, x, target).abs().flatten(1).numpy()
            rho = [
                stats.spearmanr(a, b).statistic if np.ptp(a) * np.ptp(b) > 0 else 0.0
                for a, b in zip(first, later, strict=True)
            ]
            found.append(float(np.mean(rho)))
    return found


def randomization_check_signed(model, x, target, attr_fn, layer_names, seed=0):
    """Compare signed maps."""
    victim = copy.deepcopy(model)
    layers = dict(victim.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(victim, x, target).flatten(1).numpy(), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in layer_names:
            layers[name].reset_parameters()
            later = attr_fn(victim, x, target).flatten(1).numpy()
            rho = [
                stats.spearmanr(a, b).statistic if np.ptp(a) * np.ptp(b) > 0 else 0.0
                for a, b in zip(first, later, strict=True)
            ]
            found.append(float(np.mean(rho)))
    return found


def randomization_check_values_not_ranks(model, x, target, attr_fn, layer_names, seed=0):
    """Correlate the values themselves."""
    victim = copy.deepcopy(model)
    layers = dict(victim.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(victim, x, target).abs().flatten(1).numpy(), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in layer_names:
            layers[name].reset_parameters()
            later = attr_fn(victim, x, target).abs().flatten(1).numpy()
            rho = [
                np.corrcoef(a, b)[0, 1] if np.ptp(a) * np.ptp(b) > 0 else 0.0 for a, b in zip(first, later, strict=True)
            ]
            found.append(float(np.mean(rho)))
    return found


def randomization_check_pooled(model, x, target, attr_fn, layer_names, seed=0):
    """Correlate the pixels of all images in one go."""
    victim = copy.deepcopy(model)
    layers = dict(victim.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(victim, x, target).abs().flatten().numpy(), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in layer_names:
            layers[name].reset_parameters()
            later = attr_fn(victim, x, target).abs().flatten().numpy()
            found.append(float(stats.spearmanr(first, later).statistic))
    return found


def randomization_check_with_the_previous(model, x, target, attr_fn, layer_names, seed=0):
    """Compare each map with the one before it."""
    victim = copy.deepcopy(model)
    layers = dict(victim.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(victim, x, target).abs().flatten(1).numpy(), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in layer_names:
            layers[name].reset_parameters()
            later = attr_fn(victim, x, target).abs().flatten(1).numpy()
            rho = [
                stats.spearmanr(a, b).statistic if np.ptp(a) * np.ptp(b) > 0 else 0.0
                for a, b in zip(first, later, strict=True)
            ]
            found.append(float(np.mean(rho)))
            first = later
    return found


def randomization_check_constant_is_dropped(model, x, target, attr_fn, layer_names, seed=0):
    """Leave images with a constant map out of the mean."""
    victim = copy.deepcopy(model)
    layers = dict(victim.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(victim, x, target).abs().flatten(1).numpy(), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in layer_names:
            layers[name].reset_parameters()
            later = attr_fn(victim, x, target).abs().flatten(1).numpy()
            rho = [
                stats.spearmanr(a, b).statistic for a, b in zip(first, later, strict=True) if np.ptp(a) * np.ptp(b) > 0
            ]
            found.append(float(np.mean(rho)) if rho else 0.0)
    return found


def randomization_check_keeps_biases(model, x, target, attr_fn, layer_names, seed=0):
    """Replace the weights and keep the biases."""
    victim = copy.deepcopy(model)
    layers = dict(victim.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(victim, x, target).abs().flatten(1).numpy(), []
    source = torch.Generator().manual_seed(seed)
    for name in layer_names:
        weight = layers[name].weight
        weight.data = torch.randn(weight.shape, generator=source) / (3 * weight[0].numel()) ** 0.5
        later = attr_fn(victim, x, target).abs().flatten(1).numpy()
        rho = [
            stats.spearmanr(a, b).statistic if np.ptp(a) * np.ptp(b) > 0 else 0.0
            for a, b in zip(first, later, strict=True)
        ]
        found.append(float(np.mean(rho)))
    return found


def randomization_check_ignores_seed(model, x, target, attr_fn, layer_names, seed=0):
    """Draw the new weights from whatever state torch is in."""
    victim = copy.deepcopy(model)
    layers = dict(victim.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(victim, x, target).abs().flatten(1).numpy(), []
    for name in layer_names:
        layers[name].reset_parameters()
        later = attr_fn(victim, x, target).abs().flatten(1).numpy()
        rho = [
            stats.spearmanr(a, b).statistic if np.ptp(a) * np.ptp(b) > 0 else 0.0
            for a, b in zip(first, later, strict=True)
        ]
        found.append(float(np.mean(rho)))
    return found


def randomization_check_from_the_end(model, x, target, attr_fn, layer_names, seed=0):
    """Destroy the last named layer first."""
    victim = copy.deepcopy(model)
    layers = dict(victim.named_modules())
    if any(name not in layers for name in layer_names):
        raise ValueError("unknown layer")
    first, found = attr_fn(victim, x, target).abs().flatten(1).numpy(), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for name in reversed(layer_names):
            layers[name].reset_parameters()
            later = attr_fn(victim, x, target).abs().flatten(1).numpy()
            rho = [
                stats.spearmanr(a, b).statistic if np.ptp(a) * np.ptp(b) > 0 else 0.0
                for a, b in zip(first, later, strict=True)
            ]
            found.append(float(np.mean(rho)))
    return found


# ------------------------------------------------------------------------------------------------ patch_effect


def patch_effect_wrong_way(model, x_clean, x_corrupt, layer_name, units, target):
    """Run the clean input with units of the corrupt run."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    handle.remove()
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0][:, units]
        return output

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    return (clean - patched) / (clean - corrupt)


def patch_effect_leaves_hook(model, x_clean, x_corrupt, layer_name, units, target):
    """Never remove the hook that overwrites."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0][:, units]
        return output

    layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).mean().item()
    return (patched - corrupt) / (clean - corrupt)


def patch_effect_leaves_hook_after_error(model, x_clean, x_corrupt, layer_name, units, target):
    """Remove the hook only when all went well."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    if any(unit < 0 for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        for unit in units:
            if unit >= output.shape[1]:
                raise ValueError("bad unit")
            output[:, unit] = donor[0][:, unit]
        return output

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).mean().item()
    handle.remove()
    return (patched - corrupt) / (clean - corrupt)


def patch_effect_not_normalised(model, x_clean, x_corrupt, layer_name, units, target):
    """Return the change of the logit itself."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0][:, units]
        return output

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).mean().item()
    handle.remove()
    return patched - corrupt


def patch_effect_mean_of_ratios(model, x_clean, x_corrupt, layer_name, units, target):
    """Take the ratio of each image first and then the mean."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).detach()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).detach()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units) or bool((clean == corrupt).all()):
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0][:, units]
        return output

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).detach()
    handle.remove()
    return ((patched - corrupt) / (clean - corrupt)).mean().item()


def patch_effect_of_probabilities(model, x_clean, x_corrupt, layer_name, units, target):
    """Use the probability of the class instead of its logit."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).softmax(1).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).softmax(1).gather(1, target[:, None]).mean().item()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0][:, units]
        return output

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).softmax(1).gather(1, target[:, None]).mean().item()
    handle.remove()
    return (patched - corrupt) / (clean - corrupt)


def patch_effect_of_other_units(model, x_clean, x_corrupt, layer_name, units, target):
    """Patch all units but the listed ones, and report one minus what comes back."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        mixed = donor[0].clone()
        mixed[:, units] = output[:, units]
        return mixed

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).mean().item()
    handle.remove()
    return 1 - (patched - corrupt) / (clean - corrupt)


def patch_effect_mean_activation(model, x_clean, x_corrupt, layer_name, units, target):
    """Write the clean batch's mean activation into every image."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0].mean(0, keepdim=True)[:, units]
        return output

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).mean().item()
    handle.remove()
    return (patched - corrupt) / (clean - corrupt)


def patch_effect_top_level_names(model, x_clean, x_corrupt, layer_name, units, target):
    """Find layers by `getattr`, which knows no dotted names."""
    if not hasattr(model, layer_name):
        raise ValueError("unknown layer")
    part, donor = getattr(model, layer_name), []
    handle = part.register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0][:, units]
        return output

    handle = part.register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).mean().item()
    handle.remove()
    return (patched - corrupt) / (clean - corrupt)


def patch_effect_counts_from_the_end(model, x_clean, x_corrupt, layer_name, units, target):
    """Accept negative units, as Python's indexing does."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    if any(unit >= donor[0].shape[1] for unit in units) or clean == corrupt:
        raise ValueError("bad unit or nothing to restore")

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0][:, units]
        return output

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).mean().item()
    handle.remove()
    return (patched - corrupt) / (clean - corrupt)


def patch_effect_nothing_to_restore(model, x_clean, x_corrupt, layer_name, units, target):
    """Return 0 when clean and corrupt agree."""
    layers = dict(model.named_modules())
    if layer_name not in layers:
        raise ValueError("unknown layer")
    donor = []
    handle = layers[layer_name].register_forward_hook(lambda *seen: donor.append(seen[2].detach()))
    clean = model(x_clean).gather(1, target[:, None]).mean().item()
    handle.remove()
    corrupt = model(x_corrupt).gather(1, target[:, None]).mean().item()
    if any(not 0 <= unit < donor[0].shape[1] for unit in units):
        raise ValueError("bad unit")
    if clean == corrupt:
        return 0.0

    def overwrite(layer, inputs, output):
        output = output.clone()
        output[:, units] = donor[0][:, units]
        return output

    handle = layers[layer_name].register_forward_hook(overwrite)
    patched = model(x_corrupt).gather(1, target[:, None]).mean().item()
    handle.remove()
    return (patched - corrupt) / (clean - corrupt)


# ------------------------------------------------------------------------------------------------ alternatives


def gradient_saliency_jacobian(model, x, target):
    """Ask for the whole Jacobian of one image after the other, and take a row."""
    maps = []
    for image, label in zip(x, target.tolist(), strict=True):
        rows = torch.autograd.functional.jacobian(lambda z: model(z[None])[0], image.detach().clone())
        maps.append(rows[label])
    return torch.stack(maps)


def gradient_saliency_with_backward(model, x, target):
    """Call `backward` on a private copy of the model."""
    private = copy.deepcopy(model)
    probe = torch.nn.Parameter(x.detach().clone())
    weights = nn.functional.one_hot(target, private(probe).shape[1]).to(x.dtype)
    private(probe).backward(weights)
    return probe.grad.clone()


def integrated_gradients_one_batch(model, x, target, baseline, steps=32, *, saliency=None):
    """Send all steps of all images through the net at once."""
    saliency = saliency or gradient_saliency
    if not steps >= 1:
        raise ValueError("steps must be at least 1")
    where = ((torch.arange(steps) + 0.5) / steps).reshape(-1, *[1] * x.ndim)
    start = baseline.expand(x.shape)
    path = torch.lerp(start[None], x[None], where)
    slopes = saliency(model, path.flatten(0, 1), target.repeat(steps)).reshape(path.shape)
    return slopes.mean(0) * (x - start)


def integrated_gradients_own_gradient(model, x, target, baseline, steps=32, *, saliency=None):
    """Differentiate without any helper, walking from the image back to the baseline."""
    if steps <= 0:
        raise ValueError("steps must be at least 1")
    total = torch.zeros(x.shape, dtype=torch.float64)
    for k in reversed(range(steps)):
        t = (2 * k + 1) / (2 * steps)
        point = (t * x + (1 - t) * baseline).detach().requires_grad_()
        chosen = model(point)[torch.arange(len(x)), target]
        total += torch.autograd.grad(chosen, point, torch.ones_like(chosen))[0].double()
    return ((x - baseline) * total / steps).to(x.dtype)


def smoothgrad_one_batch(model, x, target, sigma, n, generator, *, saliency=None):
    """Draw all noise at once and send one large batch."""
    saliency = saliency or gradient_saliency
    if n <= 0 or sigma < 0:
        raise ValueError("need at least one draw and no negative sigma")
    noise = torch.empty((n, *x.shape), dtype=x.dtype).normal_(0, 1, generator=generator)
    noisy = (x[None] + sigma * noise).flatten(0, 1)
    return saliency(model, noisy, target.repeat(n)).reshape(noise.shape).mean(0)


def smoothgrad_image_by_image(model, x, target, sigma, n, generator, *, saliency=None):
    """Treat one image after the other, with a running mean and float64 noise."""
    saliency = saliency or gradient_saliency
    if n < 1 or sigma < 0:
        raise ValueError("need at least one draw and no negative sigma")
    maps = []
    for i in range(len(x)):
        mean = torch.zeros_like(x[i : i + 1])
        for j in range(1, n + 1):
            noise = sigma * torch.randn(mean.shape, generator=generator, dtype=torch.float64)
            mean += (saliency(model, (x[i : i + 1] + noise).to(x.dtype), target[i : i + 1]) - mean) / j
        maps.append(mean)
    return torch.cat(maps)


def deletion_auc_by_rank(model, x, target, attribution, fill=0.0, n_steps=16):
    """Give each pixel its place in the order once, and compare with the number of deleted pixels."""
    if n_steps < 1 or attribution.shape != x.shape:
        raise ValueError("bad arguments")
    place = torch.argsort(torch.argsort(-attribution.flatten(1), dim=1, stable=True), dim=1).reshape(x.shape)
    size = x[0].numel()
    area = torch.zeros(len(x))
    rows = torch.arange(len(x))
    with torch.no_grad():
        for k in range(n_steps + 1):
            stage = torch.where(place < round(k * size / n_steps), torch.tensor(fill, dtype=x.dtype), x)
            share = torch.softmax(model(stage), dim=-1)[rows, target]
            area += share * (0.5 if k in (0, n_steps) else 1.0)
    return area / n_steps


def deletion_auc_numpy(model, x, target, attribution, fill=0.0, n_steps=16):
    """Sort with NumPy, one image after the other, and send each image's stages as one batch."""
    if n_steps < 1 or tuple(attribution.shape) != tuple(x.shape):
        raise ValueError("bad arguments")
    areas = []
    for image, scores, label in zip(x.numpy(), attribution.detach().numpy(), target.tolist(), strict=True):
        order = np.argsort(-scores.ravel(), kind="stable")
        stages = np.repeat(image.reshape(1, -1), n_steps + 1, axis=0)
        for k in range(n_steps + 1):
            stages[k, order[: round(k * order.size / n_steps)]] = fill
        batch = torch.from_numpy(stages.reshape(-1, *image.shape))
        curve = model(batch).log_softmax(1).exp()[:, label].detach().numpy()
        areas.append(float((curve[1:] + curve[:-1]).sum() / (2 * n_steps)))
    return torch.tensor(areas)


def randomization_check_own_ranks(model, x, target, attr_fn, layer_names, seed=0):
    """Rank with SciPy, correlate the ranks, and draw normal weights from a generator."""
    try:
        victim = copy.deepcopy(model)
        layers = [victim.get_submodule(name) for name in layer_names]
    except AttributeError:
        raise ValueError("unknown layer") from None

    def ranks():
        ranked = stats.rankdata(attr_fn(victim, x, target).detach().abs().flatten(1).numpy(), axis=1)
        return ranked - ranked.mean(1, keepdims=True)

    source, first, found = torch.Generator().manual_seed(seed), ranks(), []
    for layer in layers:
        spread = (3 * layer.weight[0].numel()) ** -0.5
        with torch.no_grad():
            layer.weight.copy_(spread * torch.randn(layer.weight.shape, generator=source))
            layer.bias.copy_(spread * torch.randn(layer.bias.shape, generator=source))
        later = ranks()
        scale = np.sqrt((first**2).sum(1) * (later**2).sum(1))
        rho = np.divide((first * later).sum(1), scale, out=np.zeros(len(x)), where=scale > 0)
        found.append(float(rho.mean()))
    return found


def randomization_check_fresh_copies(model, x, target, attr_fn, layer_names, seed=0):
    """Make a new copy for every stage, and randomise on it all layers so far with the same seed."""
    names = {name for name, _ in model.named_modules()}
    if not set(layer_names) <= names:
        raise ValueError("unknown layer")
    first = attr_fn(model, x, target).abs().flatten(1)
    found = []
    for k in range(1, len(layer_names) + 1):
        victim = copy.deepcopy(model)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            for name in layer_names[:k]:
                victim.get_submodule(name).reset_parameters()
        later = attr_fn(victim, x, target).abs().flatten(1)
        total = 0.0
        for a, b in zip(first.tolist(), later.tolist(), strict=True):
            if len(set(a)) > 1 and len(set(b)) > 1:
                total += stats.spearmanr(a, b)[0]
        found.append(float(total / len(x)))
    return found


def patch_effect_replaced_forward(model, x_clean, x_corrupt, layer_name, units, target):
    """Put another `forward` in the layer's place on a private copy, instead of using hooks."""
    private = copy.deepcopy(model).eval()
    try:
        layer = private.get_submodule(layer_name)
    except AttributeError:
        raise ValueError("unknown layer") from None
    original, tape = layer.forward, []

    def logit(x):
        with torch.no_grad():
            return private(x)[torch.arange(len(x)), target].mean().item()

    def recording(*inputs):
        tape.append(original(*inputs))
        return tape[-1]

    def mixing(*inputs):
        own = original(*inputs)
        mask = torch.zeros(own.shape[1], dtype=torch.bool)
        mask[list(units)] = True
        return torch.where(mask.reshape(1, -1, *[1] * (own.ndim - 2)), tape[0], own)

    layer.forward = recording
    clean = logit(x_clean)
    layer.forward = original
    corrupt = logit(x_corrupt)
    width = tape[0].shape[1]
    if clean == corrupt or any(unit not in range(width) for unit in units):
        raise ValueError("nothing to restore, or a unit that does not exist")
    layer.forward = mixing
    return (logit(x_corrupt) - corrupt) / (clean - corrupt)


def patch_effect_one_batch(model, x_clean, x_corrupt, layer_name, units, target):
    """Run clean and corrupt images as one batch, whose first half lends its units to the second."""
    modules = dict(model.named_modules())
    if layer_name not in modules:
        raise ValueError("unknown layer")
    n, both, label = len(x_clean), torch.cat([x_clean, x_corrupt]), torch.cat([target, target])[:, None]

    def lend(layer, inputs, output):
        if len(units) and (min(units) < 0 or max(units) >= output.shape[1]):
            raise ValueError("a unit that does not exist")
        mixed = output.clone()
        for unit in units:
            mixed[n:, unit] = output[:n, unit]
        return mixed

    with torch.no_grad():
        plain = model(both).gather(1, label).double().flatten()
        handle = modules[layer_name].register_forward_hook(lend)
        try:
            patched = model(both).gather(1, label).double().flatten()
        finally:
            handle.remove()
    clean, corrupt = plain[:n].mean(), plain[n:].mean()
    if clean == corrupt:
        raise ValueError("nothing to restore")
    return float((patched[n:].mean() - corrupt) / (clean - corrupt))


MUTANTS = {
    "gradient_saliency_of_the_loss": {"gradient_saliency": gradient_saliency_of_the_loss},
    "gradient_saliency_of_the_probability": {"gradient_saliency": gradient_saliency_of_the_probability},
    "gradient_saliency_absolute": {"gradient_saliency": gradient_saliency_absolute},
    "gradient_saliency_batch_mean": {"gradient_saliency": gradient_saliency_batch_mean},
    "gradient_saliency_of_the_prediction": {"gradient_saliency": gradient_saliency_of_the_prediction},
    "gradient_saliency_leaves_gradients": {"gradient_saliency": gradient_saliency_leaves_gradients},
    "gradient_saliency_wipes_gradients": {"gradient_saliency": gradient_saliency_wipes_gradients},
    "integrated_gradients_left_ends": {"integrated_gradients": integrated_gradients_left_ends},
    "integrated_gradients_trapezoids": {"integrated_gradients": integrated_gradients_trapezoids},
    "integrated_gradients_without_difference": {"integrated_gradients": integrated_gradients_without_difference},
    "integrated_gradients_ignores_baseline": {"integrated_gradients": integrated_gradients_ignores_baseline},
    "integrated_gradients_absolute_difference": {"integrated_gradients": integrated_gradients_absolute_difference},
    "integrated_gradients_sum": {"integrated_gradients": integrated_gradients_sum},
    "integrated_gradients_at_the_image": {"integrated_gradients": integrated_gradients_at_the_image},
    "integrated_gradients_partly_checked": {"integrated_gradients": integrated_gradients_partly_checked},
    "smoothgrad_variance": {"smoothgrad": smoothgrad_variance},
    "smoothgrad_sum": {"smoothgrad": smoothgrad_sum},
    "smoothgrad_no_noise": {"smoothgrad": smoothgrad_no_noise},
    "smoothgrad_absolute_draws": {"smoothgrad": smoothgrad_absolute_draws},
    "smoothgrad_same_noise": {"smoothgrad": smoothgrad_same_noise},
    "smoothgrad_shared_noise": {"smoothgrad": smoothgrad_shared_noise},
    "smoothgrad_clipped": {"smoothgrad": smoothgrad_clipped},
    "smoothgrad_ignores_generator": {"smoothgrad": smoothgrad_ignores_generator},
    "deletion_auc_least_first": {"deletion_auc": deletion_auc_least_first},
    "deletion_auc_by_size": {"deletion_auc": deletion_auc_by_size},
    "deletion_auc_ignores_fill": {"deletion_auc": deletion_auc_ignores_fill},
    "deletion_auc_mean": {"deletion_auc": deletion_auc_mean},
    "deletion_auc_plain_mean": {"deletion_auc": deletion_auc_plain_mean},
    "deletion_auc_puts_pixels_back": {"deletion_auc": deletion_auc_puts_pixels_back},
    "deletion_auc_highest_class": {"deletion_auc": deletion_auc_highest_class},
    "deletion_auc_flipped_ties": {"deletion_auc": deletion_auc_flipped_ties},
    "deletion_auc_common_order": {"deletion_auc": deletion_auc_common_order},
    "deletion_auc_rounds_down": {"deletion_auc": deletion_auc_rounds_down},
    "randomization_check_in_place": {"randomization_check": randomization_check_in_place},
    "randomization_check_no_cascade": {"randomization_check": randomization_check_no_cascade},
    "randomization_check_signed": {"randomization_check": randomization_check_signed},
    "randomization_check_values_not_ranks": {"randomization_check": randomization_check_values_not_ranks},
    "randomization_check_pooled": {"randomization_check": randomization_check_pooled},
    "randomization_check_with_the_previous": {"randomization_check": randomization_check_with_the_previous},
    "randomization_check_constant_is_dropped": {"randomization_check": randomization_check_constant_is_dropped},
    "randomization_check_keeps_biases": {"randomization_check": randomization_check_keeps_biases},
    "randomization_check_ignores_seed": {"randomization_check": randomization_check_ignores_seed},
    "randomization_check_from_the_end": {"randomization_check": randomization_check_from_the_end},
    "patch_effect_wrong_way": {"patch_effect": patch_effect_wrong_way},
    "patch_effect_leaves_hook": {"patch_effect": patch_effect_leaves_hook},
    "patch_effect_leaves_hook_after_error": {"patch_effect": patch_effect_leaves_hook_after_error},
    "patch_effect_not_normalised": {"patch_effect": patch_effect_not_normalised},
    "patch_effect_mean_of_ratios": {"patch_effect": patch_effect_mean_of_ratios},
    "patch_effect_of_probabilities": {"patch_effect": patch_effect_of_probabilities},
    "patch_effect_of_other_units": {"patch_effect": patch_effect_of_other_units},
    "patch_effect_mean_activation": {"patch_effect": patch_effect_mean_activation},
    "patch_effect_top_level_names": {"patch_effect": patch_effect_top_level_names},
    "patch_effect_counts_from_the_end": {"patch_effect": patch_effect_counts_from_the_end},
    "patch_effect_nothing_to_restore": {"patch_effect": patch_effect_nothing_to_restore},
}

ALTERNATIVES = {
    "gradient_saliency_jacobian": {"gradient_saliency": gradient_saliency_jacobian},
    "gradient_saliency_with_backward": {"gradient_saliency": gradient_saliency_with_backward},
    "integrated_gradients_one_batch": {"integrated_gradients": integrated_gradients_one_batch},
    "integrated_gradients_own_gradient": {"integrated_gradients": integrated_gradients_own_gradient},
    "smoothgrad_one_batch": {"smoothgrad": smoothgrad_one_batch},
    "smoothgrad_image_by_image": {"smoothgrad": smoothgrad_image_by_image},
    "deletion_auc_by_rank": {"deletion_auc": deletion_auc_by_rank},
    "deletion_auc_numpy": {"deletion_auc": deletion_auc_numpy},
    "randomization_check_own_ranks": {"randomization_check": randomization_check_own_ranks},
    "randomization_check_fresh_copies": {"randomization_check": randomization_check_fresh_copies},
    "patch_effect_replaced_forward": {"patch_effect": patch_effect_replaced_forward},
    "patch_effect_one_batch": {"patch_effect": patch_effect_one_batch},
}
