"""Trojan figures on nets and masks with known answers."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from mlsafety_grader.metrics import CheckError, attack_success_rate, detection_accuracy, trigger_iou

MASK = torch.zeros(1, 2, 2)
MASK[0, 0, 0] = 1
PATTERN = torch.ones(1, 2, 2)
CORNER = np.eye(1, 16).reshape(4, 4)


def by_corner(x: Tensor) -> Tensor:
    """Say 2 for a full corner unless the second pixel is bright; then and otherwise, say 1."""
    is_target = (x[:, 0, 0, 0] > 0.9) & (x[:, 0, 0, 1] < 0.5)
    return torch.nn.functional.one_hot(1 + is_target.long(), 3).float()


def images(second_pixel: list[float]) -> Tensor:
    x = torch.zeros(len(second_pixel), 1, 2, 2)
    x[:, 0, 0, 1] = torch.tensor(second_pixel)
    return x


def test_images_of_the_target_and_other_wrong_classes_are_no_hits() -> None:
    """The third image is of the target class, the fourth is sent to a wrong class that is not the target."""
    x, y = images([0, 0, 0, 1]), torch.tensor([0, 1, 2, 0])
    before = x.clone()
    figure = attack_success_rate(by_corner, x, y, mask=MASK, pattern=PATTERN, target=2)
    assert figure.value == pytest.approx(2 / 3)
    assert figure.n == 3
    assert torch.equal(x, before)


def test_a_faint_mask_is_blended() -> None:
    x, y = images([0, 0]), torch.tensor([0, 1])
    assert attack_success_rate(by_corner, x, y, mask=0.5 * MASK, pattern=PATTERN, target=2).value == 0
    assert attack_success_rate(by_corner, x, y, mask=MASK[None], pattern=PATTERN, target=2).value == 1


def test_a_net_that_answers_nan_is_not_sent_to_the_target() -> None:
    x, y = images([0, 0]), torch.tensor([1, 1])

    def lost(x: Tensor) -> Tensor:
        return torch.full((len(x), 3), math.nan)

    assert attack_success_rate(lost, x, y, mask=MASK, pattern=PATTERN, target=0).value == 0


def test_a_success_rate_needs_other_classes_and_a_mask_of_an_images_shape() -> None:
    x = images([0, 0])
    with pytest.raises(CheckError):
        attack_success_rate(by_corner, x, torch.tensor([2, 2]), mask=MASK, pattern=PATTERN, target=2)
    with pytest.raises(CheckError):
        attack_success_rate(by_corner, x, torch.tensor([0, 1]), mask=2 * MASK, pattern=PATTERN, target=2)
    with pytest.raises(CheckError):
        attack_success_rate(by_corner, x, torch.tensor([0, 1]), mask=MASK, pattern=torch.ones(3, 1, 1, 2, 2), target=2)


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        (CORNER, 1.0),
        (0.1 * CORNER, 1.0),
        (np.ones((4, 4)), 0.0),
        (np.zeros((4, 4)), 0.0),
        (0.5 * CORNER + 0.4, 1.0),
        (CORNER[::-1], 0.0),
    ],
)
def test_overlap_of_the_strongest_pixel(mask: np.ndarray, expected: float) -> None:
    assert trigger_iou(mask, CORNER).value == expected


def test_overlap_of_half_the_pixels_is_a_third() -> None:
    assert trigger_iou([1.0, 0.9, 0.1, 0.0], [1, 0, 1, 0]).value == pytest.approx(1 / 3)


def test_judgements_need_the_right_target() -> None:
    figure = detection_accuracy([None, 3, 4, None, 0, 0], [None, 3, 5, 2, 0, None])
    assert figure.value == 0.5
    assert figure.n == 6
