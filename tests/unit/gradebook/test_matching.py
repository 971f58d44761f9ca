"""Whose a submission is by its name: one, or nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.gradebook import match_submission
from mlsafety_grader.model import Student

ROSTER = (
    Student(key="ada", name="Ada", email="ada.lovelace@uni.edu", github="ada-l", canvas_id="40001"),
    Student(key="alan", name="Alan", email="turing@uni.edu", github="enigma", canvas_id="12"),
    Student(key="ann-b", name="Ann", login="annb"),
    Student(key="ann", name="Other Ann"),
    Student(key="trees", name="Ms Trees"),
    Student(key="final", name="Mr Final"),
)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("ada.ipynb", ["ada"]),
        ("ADA.zip", ["ada"]),
        ("ada", ["ada"]),
        ("ada.lovelace.ipynb", ["ada"]),
        ("ada.lovelace@uni.edu.zip", ["ada"]),
        ("lovelaceada_40001_777_notebook.ipynb", ["ada"]),
        ("fault_trees-enigma", ["alan"]),
        ("turing.ipynb", ["alan"]),
        ("hw3 (alan).ipynb", ["alan"]),
        ("ann-b.ipynb", ["ann-b"]),
        ("ann-b_v2.ipynb", ["ann", "ann-b"]),
        ("ada_and_alan.ipynb", ["ada", "alan"]),
        ("canada.ipynb", []),
        ("adam.ipynb", []),
        ("12_notebook.ipynb", []),
        ("fault_trees.ipynb", []),
        ("my_final_version.ipynb", []),
        ("", []),
    ],
)
def test_names(name: str, keys: list[str]) -> None:
    """An identifier stands by itself in it; parts of words, short numbers and the assignment's name do not count."""
    assert sorted(student.key for student in match_submission(name, ROSTER, slug="fault_trees")) == sorted(keys)


@given(st.text(max_size=40), st.permutations(ROSTER))
def test_order_of_the_roster_is_irrelevant(name: str, roster: list[Student]) -> None:
    """And any name is answered."""
    found = {student.key for student in match_submission(name, roster)}
    assert found == {student.key for student in match_submission(name, ROSTER)}
