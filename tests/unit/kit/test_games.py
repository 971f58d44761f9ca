from collections.abc import Callable

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from mlsafety_kit.games import (
    CLASSICS,
    PANEL,
    always_cooperate,
    always_defect,
    classic,
    coin,
    draw_outcomes,
    grim,
    play,
    random_game,
    schedule,
    tit_for_tat,
    win_stay_lose_shift,
)


def test_classics_are_fresh_tables() -> None:
    """Every classic has two float tables, and changing one copy changes no other."""
    for name in CLASSICS:
        a, b = classic(name)
        assert a.shape == b.shape == (2, 2)
        assert a.dtype == b.dtype == np.float64
        a += 1
        assert not np.array_equal(a, classic(name)[0])
    a, b = classic("prisoner's dilemma")
    assert np.array_equal(b, a.T)
    assert a[1, 0] > a[0, 0] > a[1, 1] > a[0, 1]


def test_random_games() -> None:
    """The seed decides the game; players' payoffs are independent."""
    a, b = random_game(3, 4, seed=2)
    again, _ = random_game(3, 4, seed=2)
    assert a.shape == b.shape == (3, 4)
    assert np.array_equal(a, again)
    assert not np.array_equal(a, random_game(3, 4, seed=3)[0])
    assert not np.array_equal(a, b)


def test_match_without_noise() -> None:
    """Without slips, payoffs follow from the moves that the strategies describe."""
    assert play(tit_for_tat, always_cooperate, noise=0.0).payoffs == (3.0, 3.0)
    assert play(always_defect, always_cooperate, noise=0.0).payoffs == (5.0, 0.0)
    match = play(grim, schedule([1, 0, 1]), rounds=5, noise=0.0)
    assert match.moves.tolist() == [[1, 1], [1, 0], [0, 1], [0, 1], [0, 0]]
    match = play(win_stay_lose_shift, always_defect, rounds=4, noise=0.0)
    assert match.moves[:, 0].tolist() == [1, 0, 1, 0]


def test_match_is_decided_by_its_seed() -> None:
    """Slips come at the promised rate, hit both players, and depend on the seed alone."""
    match = play(always_cooperate, always_cooperate, rounds=4000, seed=1)
    assert match.moves.shape == (4000, 2)
    assert match.moves.dtype == np.int64
    assert np.all(np.abs(1 - match.moves.mean(0) - 0.02) < 0.01)
    assert np.array_equal(play(coin, coin, seed=5).moves, play(coin, coin, seed=5).moves)
    assert not np.array_equal(play(coin, coin, seed=5).moves, play(coin, coin, seed=6).moves)


def test_a_strategy_cannot_rewrite_history() -> None:
    """Strategies get copies of the histories."""

    def vandal(own: list[int], other: list[int], rng: np.random.Generator) -> int:
        own.clear()
        other.clear()
        return 1

    assert play(vandal, always_defect, rounds=6, noise=0.0).moves.tolist() == [[1, 0]] * 6


def test_panel_moves() -> None:
    """Every strategy of the panel answers 0 or 1, at the start as well."""
    rng = np.random.default_rng(0)
    for strategy in PANEL.values():
        assert strategy([], [], rng) in (0, 1)
        assert strategy([1, 0], [0, 1], rng) in (0, 1)


def test_drawing() -> None:
    """One panel is drawn for each game, with or without marks."""
    mpl.use("Agg")
    games = {name: classic(name) for name in ("stag hunt", "matching pennies")}
    marks: dict[str, list[tuple[int, int]]] = {"stag hunt": [(0, 0), (1, 1)], "matching pennies": []}
    figure = draw_outcomes(games, marks, marks, title="two games")
    assert len(figure.axes) == 2
    plt.close(figure)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: classic("poker"),
        lambda: random_game(0, 2),
        lambda: schedule([]),
        lambda: schedule([0, 2]),
        lambda: play(always_defect, always_defect, rounds=0),
        lambda: play(always_defect, always_defect, noise=1.0),
        lambda: play(lambda *_: 2, always_defect),
    ],
)
def test_bad_arguments(bad: Callable[[], object]) -> None:
    """Refuse unknown games, empty games and patterns, and moves that are none."""
    with pytest.raises(ValueError):
        bad()
