"""The zoo of models: seeds decide, kinds and gaps are as promised, trials have the effects that were asked for."""

import numpy as np
import pytest

from mlsafety_kit.zoo import KINDS, method_trial, model_zoo, unrelated_scores


def test_a_zoo_has_the_promised_shapes_and_gaps() -> None:
    """Eight benchmarks follow ability, the same tenth of the scores is missing in both runs, capability has no gaps."""
    zoo = model_zoo(0)
    assert zoo.capability.shape == (30, 8)
    assert zoo.safety.shape == zoo.retest.shape == (30, 16)
    assert zoo.ability.shape == (30,)
    assert [zoo.kinds.count(kind) for kind in KINDS] == [8, 4, 2, 2]
    assert np.isfinite(zoo.capability).all()
    assert np.array_equal(np.isnan(zoo.safety).sum(0), np.full(16, 3))
    assert np.array_equal(np.isnan(zoo.safety), np.isnan(zoo.retest))
    assert not np.isnan(model_zoo(0, gaps=0).safety).any()


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same scores, another one gives others."""
    first, again, other = model_zoo(1), model_zoo(1), model_zoo(2)
    assert np.array_equal(first.safety, again.safety, equal_nan=True)
    assert first.kinds == again.kinds
    assert not np.array_equal(first.capability, other.capability)
    trials = [method_trial(seed, 5, safety_gain=1, capability_gain=0) for seed in (1, 1, 2)]
    assert np.array_equal(trials[0].safety_treated, trials[1].safety_treated)
    assert not np.array_equal(trials[0].safety_treated, trials[2].safety_treated)
    assert np.array_equal(unrelated_scores(1, 9, 3), unrelated_scores(1, 9, 3))
    assert not np.array_equal(unrelated_scores(1, 9, 3), unrelated_scores(2, 9, 3))


def test_kinds_measure_what_they_say() -> None:
    """Without noise, what follows ability rises with it, what is against it falls, and a retest changes nothing."""
    zoo = model_zoo(3, 400, gaps=0, noise=0)
    rho: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for scores, kind in zip(zoo.safety.T, zoo.kinds, strict=True):
        rho[kind].append(float(np.corrcoef(scores, zoo.ability)[0, 1]))
    assert min(rho["follows"]) > 0.8
    assert max(rho["against"]) < -0.7
    assert max(map(abs, rho["own"] + rho["noise"])) < 0.4


def test_a_trial_has_the_asked_effects() -> None:
    """Mean changes are the gains, up to chance, and models differ far more than they change."""
    trial = method_trial(0, 4000, safety_gain=0.5, capability_gain=-0.25)
    assert np.mean(trial.safety_treated - trial.safety_base) == pytest.approx(0.5, abs=0.04)
    assert np.mean(trial.capability_treated - trial.capability_base) == pytest.approx(-0.25, abs=0.04)
    assert np.std(trial.capability_base) > 2


def test_relatives_score_alike() -> None:
    """Within a family scores correlate at about three quarters; without families they do not."""
    related = unrelated_scores(0, 600, 2, n_families=300)
    assert np.corrcoef(related[:300, 0], related[300:, 0])[0, 1] == pytest.approx(0.75, abs=0.1)
    assert abs(np.corrcoef(related[:, 0], related[:, 1])[0, 1]) < 0.2
    assert unrelated_scores(0, 7, 2, n_families=3).shape == (7, 2)


def test_bad_input_is_refused() -> None:
    """Values out of range raise ValueError."""
    for call in (
        lambda: model_zoo(0, 9),
        lambda: model_zoo(0, gaps=0.6),
        lambda: model_zoo(0, noise=-1.0),
        lambda: method_trial(0, 1, safety_gain=0, capability_gain=0),
        lambda: method_trial(0, 3, safety_gain=0, capability_gain=0, spread=-1),
        lambda: unrelated_scores(0, 0, 2),
        lambda: unrelated_scores(0, 3, 2, n_families=4),
    ):
        with pytest.raises(ValueError, match=r"must|need"):
            call()
