"""A whole course from the command line: a generated class, graded, summed up, and graded again for nothing."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import toycourse
from tests.conftest import Toy

MLSAFETY = str(Path(sys.executable).with_name("mlsafety"))


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "COLUMNS": "80", "MLSAFETY_RELEASE_SECRET": "a secret", "MLSAFETY_JOBS": "2"}
    return subprocess.run(
        [MLSAFETY, *map(str, arguments)], cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=300
    )


@pytest.fixture(scope="module")
def course(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of fifteen, one of them hostile, handed in and graded."""
    place = tmp_path_factory.mktemp("course")
    at = ("--course", toy.root, "--dist", toy.dist)
    made = run("sample-class", "--students", 15, "--out", "handed_in", *at, cwd=place)
    assert made.returncode == 0, made.stderr
    graded = run("grade-course", "handed_in", "--out", "graded", *at, cwd=place)
    assert graded.returncode == 0, graded.stderr
    (place / "shown.txt").write_text(graded.stdout, encoding="utf-8")
    return place


def test_every_answer_earns_what_is_known_of_it(course: Path) -> None:
    """Solutions, alternatives, mutants and blanks, beside an attack on the grader."""
    shown = (course / "shown.txt").read_text(encoding="utf-8")
    assert "0 answers earned something else than is known of them beforehand" in shown
    assert "15 submissions to 1 assignments" in shown
    assert "the students' own code took" in shown
    assert max(map(len, shown.partition("0 answers")[0].splitlines())) <= 80
    works = json.loads((course / "handed_in" / "class.json").read_text(encoding="utf-8"))["works"]
    assert sum(bool(work["attack"]) for work in works) == 1
    with (course / "graded" / "items.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["question"] for row in rows] == ["q1_risk", "q2_worst"]
    assert all(0 < float(row["facility"]) < 1 for row in rows)
    assert {row["mutants_missed"] for row in rows} == {""}


def test_second_run_grades_nothing(course: Path, toy: Toy) -> None:
    again = run("grade-course", "handed_in", "--out", "graded", "--course", toy.root, "--dist", toy.dist, cwd=course)
    assert "15 were graded before" in again.stdout
    assert again.returncode == 0


def test_mistakes_get_one_message(course: Path, toy: Toy, tmp_path: Path) -> None:
    at = ("--course", toy.root, "--dist", toy.dist)
    (tmp_path / "empty").mkdir()
    shutil.copytree(course / "handed_in" / toycourse.SLUG, tmp_path / "bad" / toycourse.SLUG)
    (tmp_path / "bad" / "class.json").write_text('{"works": 3}')
    for folder, said in (
        ("nowhere", "is not a folder"),
        ("empty", "no folder named after an assignment"),
        ("bad", "is not the key of a generated class"),
    ):
        done = run("grade-course", folder, "--out", "out", *at, cwd=tmp_path)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    unbuilt = ("--course", toy.root, "--dist", tmp_path / "none")
    for command in (("sample-class", "--out", "x"), ("grade-course", course / "handed_in", "--out", "y")):
        done = run(*command, *unbuilt, cwd=tmp_path)
        assert done.returncode == 2
        assert "is not built" in done.stderr
