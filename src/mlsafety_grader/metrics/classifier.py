"""Ask a classifier, perhaps one that lives in another process, and check what comes back.

A submission's net is not trusted to answer in the right shape. What is not finite counts as misclassified.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from mlsafety_grader.metrics.inputs import CheckError, Ints

Classifier = Callable[[Tensor], Tensor]


def checked_images(x: Tensor, y: Tensor) -> None:
    """Refuse images and labels that no figure can be had for.

    Raises:
        CheckError: no tensors, no floats or finite numbers in x, no int64 of shape (len(x),) in y, or no image.
    """
    if not (torch.is_tensor(x) and torch.is_tensor(y)):
        raise CheckError("x, y: no tensors", hint="hand over torch tensors")
    if not x.is_floating_point() or x.ndim < 2 or not len(x) or not bool(torch.isfinite(x).all()):
        raise CheckError(f"x: {x.dtype} of shape {tuple(x.shape)}", hint="floats of shape (n, ...), finite, n >= 1")
    if y.dtype != torch.int64 or y.shape != x.shape[:1] or bool((y < 0).any()):
        raise CheckError(f"y: {y.dtype} of shape {tuple(y.shape)}", hint="int64 class numbers of shape (n,)")


def logits_of(model: Classifier, x: Tensor) -> Tensor:
    """Return the model's logits, shape (len(x), n_classes), with n_classes >= 2; gradients as the caller has set them.

    Raises:
        CheckError: the model returns something else.
    """
    logits = model(x)
    if not torch.is_tensor(logits) or not logits.is_floating_point():
        raise CheckError(f"model: returned {type(logits).__name__}", hint="it must return a float tensor of logits")
    if logits.ndim != 2 or len(logits) != len(x) or logits.shape[1] < 2:
        raise CheckError(f"model: logits of shape {tuple(logits.shape)} for {len(x)} images", hint="(n, n_classes)")
    return logits


def predictions(model: Classifier, x: Tensor) -> Ints:
    """Return the predicted classes, shape (n,), -1 where a logit is not a number."""
    with torch.no_grad():
        logits = logits_of(model, x)
    found = logits.argmax(1).masked_fill(logits.isnan().any(1), -1)
    return found.cpu().numpy()


def margin(logits: Tensor, y: Tensor) -> Tensor:
    """Return the best wrong logit minus the right one, shape (n,): negative only when the image is classified rightly.

    Ties are not negative, and neither are rows with a NaN (`is_right`).
    """
    right = logits.gather(1, y[:, None]).squeeze(1)
    wrong = logits.scatter(1, y[:, None], -math.inf).amax(1)
    return wrong - right


def is_right(logits: Tensor, y: Tensor) -> Tensor:
    """Return which rows are classified rightly, phrased so that NaN is not.

    Raises:
        CheckError: y names a class that the logits do not have.
    """
    if int(y.max()) >= logits.shape[1]:
        raise CheckError(f"y: class {int(y.max())}, but the model knows {logits.shape[1]}", hint="check the labels")
    return margin(logits, y) < 0
