"""Scenes of a text game: the seed decides, wrong pays, and the judge is fallible."""

import numpy as np
import pytest

from mlsafety_kit.text_game import text_game


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same game, another one gives another."""
    game, again, other = text_game(1), text_game(1), text_game(2)
    assert np.array_equal(game.q, again.q)
    assert np.array_equal(game.p_immoral, again.p_immoral)
    assert np.array_equal(game.immoral, again.immoral)
    assert not np.array_equal(game.q, other.q)


def test_shapes_types_and_ranges() -> None:
    """All three arrays have one entry for each action of each scene."""
    game = text_game(0, n_states=30, n_actions=4)
    assert game.q.shape == game.immoral.shape == game.p_immoral.shape == (30, 4)
    assert game.immoral.dtype == np.bool_
    assert np.isfinite(game.q).all()
    assert game.p_immoral.min() > 0
    assert game.p_immoral.max() < 1


def test_wrong_pays_and_the_judge_errs_now_and_then() -> None:
    """Wrong actions earn more on average, and about nine judgements in ten are right."""
    game = text_game(0, n_states=4000)
    assert game.q[game.immoral].mean() > game.q[~game.immoral].mean() + 1
    assert 0.05 < ((game.p_immoral > 0.5) != game.immoral).mean() < 0.15


def test_bad_input_is_refused() -> None:
    """No scene and no choice raise ValueError."""
    with pytest.raises(ValueError, match="need"):
        text_game(0, n_states=0)
    with pytest.raises(ValueError, match="need"):
        text_game(0, n_actions=1)
