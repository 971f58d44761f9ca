"""Item analysis against NumPy's correlation, and where it is not defined."""

import numpy as np
import pytest

from mlsafety_grader.scoring import Discrimination, Item, analyse_items, weakest


def test_facility_and_corrected_correlation_are_those_of_numpy() -> None:
    rng = np.random.default_rng(0)
    skill = rng.normal(size=40)
    points = {f"q{k}": 4.0 * (skill + rng.normal(size=40) > k / 2 - 1) for k in range(4)}
    students = [{name: float(column[i]) for name, column in points.items()} for i in range(40)]
    items = analyse_items(students, dict.fromkeys(points, 4.0))
    for item in items:
        rest = sum(column for name, column in points.items() if name != item.name)
        assert item.facility == pytest.approx(points[item.name].mean() / 4)
        assert item.correlation == pytest.approx(np.corrcoef(points[item.name], rest)[0, 1])
        assert item.students == 40


def test_correlation_leaves_the_question_itself_out() -> None:
    """With itself in the total, a question of pure noise would seem to discriminate."""
    students = [{"noise": float(i % 2), "rest": float(i // 2 % 2)} for i in range(8)]
    noise, _ = analyse_items(students, {"noise": 1.0, "rest": 1.0})
    assert noise.correlation == pytest.approx(0.0)


def test_what_has_no_spread_has_no_correlation() -> None:
    students = [{"same": 1.0, "other": float(i)} for i in range(4)]
    same, other = analyse_items(students, {"same": 1.0, "other": 3.0})
    assert same.correlation is None
    assert other.correlation is None
    assert same.facility == 1.0


def test_few_students_missing_answers_and_questions_without_points() -> None:
    items = analyse_items([{"a": 1.0}, {}], {"a": 2.0, "nothing": 0.0})
    assert [(item.name, item.facility, item.correlation) for item in items] == [("a", 0.25, None)]
    assert analyse_items([], {"a": 2.0})[0].facility == 0.0


def test_words_and_the_weakest() -> None:
    def item(name: str, correlation: float | None) -> Item:
        return Item(name=name, possible=1.0, students=9, facility=0.5, correlation=correlation)

    items = [item("a", 0.5), item("b", 0.3), item("c", 0.25), item("d", -0.1), item("e", None)]
    words = [Discrimination.GOOD, Discrimination.FAIR, Discrimination.WEAK, Discrimination.NONE, Discrimination.NONE]
    assert [i.discrimination for i in items] == words
    assert [i.name for i in weakest(items, 3)] == ["e", "d", "c"]
