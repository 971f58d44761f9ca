"""Games, sectors and simulated selection: shapes and signs are those described, and the seed decides."""

import numpy as np
import pytest

from mlsafety_kit.selection import GAMES, breed, game, lottery, next_round, random_population, watch_game


def test_games_are_fresh_tables() -> None:
    """Every named game is a 2 by 2 table, and changing one copy changes no other."""
    for name in GAMES:
        table = game(name)
        assert table.shape == (2, 2)
        table[:] = 0
        assert game(name).any()


def test_the_watchful_pay_and_mirror() -> None:
    """Without cost the watchful are cautious among the cautious and reckless among the reckless; the cost is theirs."""
    free, paid = watch_game(), watch_game(0.25)
    assert free.shape == (3, 3)
    assert np.array_equal(free[:2, :2], game("race"))
    assert free[2].tolist() == [free[0, 0], free[1, 1], free[0, 0]]
    assert np.allclose(free - paid, np.outer([0, 0, 1], np.full(3, 0.25)))


def test_populations_come_from_the_seed() -> None:
    """Offspring are counted, somebody has some, and the same seed gives the same population."""
    first, again, other = random_population(1), random_population(1), random_population(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[1], other[1])
    for n in (1, 5):
        fitness, trait, offspring = random_population(3, n)
        assert fitness.shape == trait.shape == offspring.shape == (n,)
        assert fitness.sum() > 0
        assert fitness.min() >= 0


def test_caution_loses_in_every_sector() -> None:
    """In each sector the share of the cautious falls, while cautious sectors grow more."""
    cautious, reckless = np.array([20.0, 50.0, 80.0]), np.array([80.0, 50.0, 20.0])
    c, r = next_round(cautious, reckless)
    assert np.all(c / (c + r) < cautious / 100)
    assert np.all(np.diff(c + r) > 0)
    assert np.allclose(next_round(cautious, reckless, trust=0, advantage=0), (cautious, reckless))


def test_change_needs_all_three_conditions() -> None:
    """Caution falls under selection and stays where variation, heredity or differences in fitness are missing."""
    assert breed()[-1] < breed()[0] - 0.1
    for missing in ("variation", "heredity", "fitness"):
        assert abs(np.ptp(breed(missing))) < 0.1
    assert breed(n_rounds=3).shape == (4,)
    assert np.array_equal(breed(seed=4), breed(seed=4))


def test_the_lottery_is_fair_without_selection() -> None:
    """One agent among N equals replaces the rest with probability 1/N."""
    assert abs(lottery(game("race"), 5, 0.0, n_runs=4000) - 0.2) < 0.03
    assert lottery(game("trust"), 5, 0.5, seed=3, n_runs=200) == lottery(game("trust"), 5, 0.5, seed=3, n_runs=200)


def test_bad_input_is_refused() -> None:
    """Values out of range raise ValueError."""
    for call in (
        lambda: game("chess"),
        lambda: random_population(0, 0),
        lambda: next_round([1.0], [1.0, 2.0]),
        lambda: next_round([0.0], [0.0]),
        lambda: next_round([-1.0], [2.0]),
        lambda: breed("luck"),  # type: ignore[arg-type]
        lambda: breed(n=0),
        lambda: lottery(game("race"), 1),
        lambda: lottery(-game("race"), 4),
    ):
        with pytest.raises(ValueError, match="must"):
            call()
