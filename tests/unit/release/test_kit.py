"""A release carries the modules of the support package that its assignment names, with what those import."""

from pathlib import Path

from mlsafety_grader.release.kit import copy_kit, needed

MODULES = {
    "__init__": "from mlsafety_kit.data import digits\n",
    "data": "import numpy\n",
    "noise": "from mlsafety_kit.data import digits\nfrom mlsafety_kit.draw import dice\n",
    "draw": "",
    "plots": "",
    "other": "import mlsafety_kit.plots\n",
}


def test_modules_are_followed_to_what_they_import() -> None:
    assert needed(["from mlsafety_kit.noise import speckle"], MODULES) == {"__init__", "data", "noise", "draw"}


def test_every_form_of_import_counts() -> None:
    always = {"__init__", "data"}
    assert needed([], MODULES) == always
    assert needed(["from mlsafety_kit import digits, plots"], MODULES) == always | {"plots"}
    assert needed(["from mlsafety_kit import (\n    digits,\n    plots,\n)"], MODULES) == always | {"plots"}
    assert needed(["import mlsafety_kit.other as o"], MODULES) == always | {"other", "plots"}
    assert needed(["from mlsafety_kit.missing import x", "my_mlsafety_kit.plots"], MODULES) == always


def test_a_real_assignment_gets_no_other_assignments_data(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.ipynb").write_text('["from mlsafety_kit import digits\\n", "x = 1"]', encoding="utf-8")
    (tmp_path / "a" / "oracle_a.py").write_text("from mlsafety_kit.corrupt import CORRUPTIONS\n", encoding="utf-8")
    copy_kit(tmp_path / "a", tmp_path / "kit")
    names = {path.name for path in (tmp_path / "kit").iterdir()}
    assert names >= {"__init__.py", "corrupt.py", "data.py", "measurements.py", "nets.py", "train.py"}
    assert not names & {"lying.py", "planted.py", "gridworld.py"}
