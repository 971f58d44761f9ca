"""Detection figures against scikit-learn and brute force, and their intervals against simulations."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from mlsafety_grader.metrics import aupr, auroc, bootstrap, fpr_at_recall, recall_at_fpr
from mlsafety_grader.metrics.detection import _resampled_cuts
from tests.unit.metrics.test_metrics_estimates import coverage_of

TIED = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=25)
NORMAL = NormalDist()


def labelled(ordinary: list[float], anomalous: list[float]) -> tuple[list[int], list[float]]:
    return [0] * len(ordinary) + [1] * len(anomalous), ordinary + anomalous


def delong_by_loops(ordinary: list[float], anomalous: list[float]) -> tuple[float, float]:
    """Return the area and its variance from all pairs."""
    wins = [[(a > o) + (a == o) / 2 for o in ordinary] for a in anomalous]
    area = sum(map(sum, wins)) / len(ordinary) / len(anomalous)
    per_anomaly = [sum(row) / len(row) for row in wins]
    per_ordinary = [sum(row[i] for row in wins) / len(wins) for i in range(len(ordinary))]
    parts = [
        sum((part - area) ** 2 for part in side) / (len(side) - 1) / len(side) for side in (per_anomaly, per_ordinary)
    ]
    return area, sum(parts)


@given(TIED, TIED)
def test_areas_are_those_of_scikit_learn_with_ties(ordinary: list[float], anomalous: list[float]) -> None:
    truth, scores = labelled(ordinary, anomalous)
    assert auroc(ordinary, anomalous).value == pytest.approx(roc_auc_score(truth, scores))
    assert aupr(ordinary, anomalous).value == pytest.approx(average_precision_score(truth, scores))


@given(TIED, TIED)
def test_the_area_of_swapped_roles_or_turned_scores_is_the_complement(
    ordinary: list[float], anomalous: list[float]
) -> None:
    one, swapped = auroc(ordinary, anomalous), auroc(anomalous, ordinary)
    turned = auroc([-s for s in ordinary], [-s for s in anomalous])
    assert one.value + swapped.value == pytest.approx(1)
    assert (one.low, one.high) == pytest.approx((1 - swapped.high, 1 - swapped.low))
    assert turned.value == pytest.approx(swapped.value)


@given(TIED, TIED)
def test_a_rising_change_of_scale_changes_no_figure(ordinary: list[float], anomalous: list[float]) -> None:
    bent = [math.exp(s) for s in ordinary], [math.exp(s) for s in anomalous]
    for figure in (auroc, aupr, fpr_at_recall, recall_at_fpr):
        assert figure(*bent) == figure(ordinary, anomalous)


def test_the_interval_of_the_area_is_delong_on_the_logit_scale() -> None:
    rng = np.random.default_rng(0)
    ordinary, anomalous = rng.integers(0, 9, 30).tolist(), rng.integers(3, 12, 20).tolist()
    area, variance = delong_by_loops(ordinary, anomalous)
    figure = auroc(ordinary, anomalous)
    half = NORMAL.inv_cdf(0.975) * math.sqrt(variance) / area / (1 - area)
    centre = math.log(area / (1 - area))
    assert figure.value == pytest.approx(area)
    assert figure.low == pytest.approx(1 / (1 + math.exp(half - centre)))
    assert figure.high == pytest.approx(1 / (1 + math.exp(-half - centre)))


def test_without_overlap_the_interval_is_that_of_the_smaller_side() -> None:
    best, worst = auroc([0.0] * 50, [1.0] * 20), auroc([1.0] * 50, [0.0] * 20)
    assert (best.value, best.high) == (1, 1)
    assert best.low == aupr([0.0] * 50, [1.0] * 20).low == pytest.approx(0.025 ** (1 / 20))
    assert (worst.value, worst.low, worst.high) == pytest.approx((0, 0, 1 - 0.025 ** (1 / 20)))


def test_one_input_on_a_side_has_no_interval_and_equal_scores_are_chance() -> None:
    single, flat = auroc([1.0, 3.0], [2.0]), auroc([1.0] * 5, [1.0] * 5)
    assert (single.low, single.value, single.high) == (0.5, 0.5, 0.5)
    assert (flat.low, flat.value, flat.high) == (0.5, 0.5, 0.5)


@given(TIED, TIED, st.sampled_from([0.05, 0.5, 0.8, 0.95, 1.0]))
def test_fpr_is_that_of_the_first_point_of_the_curve_that_reaches_the_recall(
    ordinary: list[float], anomalous: list[float], recall: float
) -> None:
    false_alarms, caught, _ = roc_curve(*labelled(ordinary, anomalous), drop_intermediate=False)
    figure = fpr_at_recall(ordinary, anomalous, recall=recall)
    assert figure.value == pytest.approx(false_alarms[np.argmax(caught >= recall - 1e-12)])
    assert figure == fpr_at_recall(ordinary, anomalous, recall=recall)
    assert 0 <= figure.low <= figure.high <= 1


@pytest.mark.parametrize("n", [20, 40, 60, 100, 300])
def test_the_threshold_is_not_off_by_one_where_the_recall_is_a_whole_count(n: int) -> None:
    anomalous = np.arange(n, dtype=float)
    ordinary = anomalous - 0.5  # entry k of the anomalies has n - k of them at or above it
    assert fpr_at_recall(ordinary, anomalous, recall=0.95).value == pytest.approx(0.95 - 1 / n)


@given(TIED, TIED, st.sampled_from([0.0, 0.01, 0.1, 0.2, 0.25, 0.5]))
def test_recall_is_that_of_the_smallest_threshold_that_keeps_the_promise(
    ordinary: list[float], anomalous: list[float], fpr: float
) -> None:
    kept = [t for t in ordinary if np.mean(np.array(ordinary) > t) <= fpr + 1e-12]
    figure = recall_at_fpr(ordinary, anomalous, fpr=fpr)
    assert figure.value == pytest.approx(np.mean(np.array(anomalous) > min(kept)))


def test_resampled_cuts_are_distributed_as_if_values_were_drawn_and_sorted() -> None:
    n, place = 30, 4
    rng = np.random.default_rng(5)
    drawn = np.sort(rng.integers(n, size=(20_000, n)), axis=1)[:, place]
    found = np.concatenate([_resampled_cuts(n, place, seed=seed) for seed in range(20)])
    assert len(found) == 20 * bootstrap.N_RESAMPLES
    shares = [np.bincount(cuts, minlength=n) / len(cuts) for cuts in (drawn, found)]
    assert np.abs(shares[0] - shares[1]).max() < 0.015


def test_the_seed_of_a_threshold_figure_moves_its_interval_alone() -> None:
    rng = np.random.default_rng(0)
    ordinary, anomalous = rng.normal(size=80), rng.normal(2, 1, 80)
    one, other = (fpr_at_recall(ordinary, anomalous, seed=seed) for seed in (0, 1))
    assert one.value == other.value
    assert (one.low, one.high) != (other.low, other.high)


@pytest.mark.parametrize(("n_ordinary", "n_anomalous"), [(100, 40), (40, 100)])
@pytest.mark.parametrize("distance", [1.0, 2.5])
def test_intervals_of_areas_cover(n_ordinary: int, n_anomalous: int, distance: float) -> None:
    truth = NORMAL.cdf(distance / math.sqrt(2))
    assert (
        coverage_of(lambda rng: auroc(rng.normal(size=n_ordinary), rng.normal(distance, 1, n_anomalous)), truth) >= 0.9
    )


def test_intervals_of_precision_cover() -> None:
    rng = np.random.default_rng(1)
    truth = float(aupr(rng.normal(size=80_000), rng.normal(2, 1, 20_000)))
    assert coverage_of(lambda rng: aupr(rng.normal(size=200), rng.normal(2, 1, 50)), truth) >= 0.9


def test_intervals_at_a_threshold_cover() -> None:
    alarms = 1 - NORMAL.cdf(NORMAL.inv_cdf(0.05) + 2)
    caught = 1 - NORMAL.cdf(NORMAL.inv_cdf(0.95) - 2)
    assert coverage_of(lambda rng: fpr_at_recall(rng.normal(size=150), rng.normal(2, 1, 150)), alarms) >= 0.9
    assert coverage_of(lambda rng: recall_at_fpr(rng.normal(size=150), rng.normal(2, 1, 150), fpr=0.05), caught) >= 0.88
