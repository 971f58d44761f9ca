"""Keys change with everything that decides a verdict, and with nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.batch.keys import Basis, basis_of, defined_names
from mlsafety_grader.engine import Terms
from mlsafety_grader.model import Limits
from mlsafety_grader.release.manifest import name_release
from tests.unit.batch.fakes import EXCEPTION_TEST, FakeEngine, make_release, make_terms

OK_TEST = """OK_FORMAT = True
test = {{'name': '{name}', 'points': 1, 'suites': [{{'cases': [{{'code': r\"\"\"{code}\"\"\", 'hidden': True}}]}}]}}
"""


def ok_tests(**codes: str) -> dict[str, str]:
    return {name: OK_TEST.format(name=name, code=code) for name, code in codes.items()}


def key_of(terms: Terms) -> str:
    return basis_of(terms).keys("0" * 64, ".ipynb").content


def test_same_release_elsewhere_has_the_same_keys(tmp_path: Path) -> None:
    """Not the folder, the release's id or the file's times count, but the content."""
    one, two = make_release(tmp_path / "1"), make_release(tmp_path / "2")
    other = replace(two, manifest=name_release(replace(two.manifest, title="Renamed")))
    assert other.manifest.release_id != one.manifest.release_id
    assert basis_of(make_terms(one)) == basis_of(make_terms(other))


@pytest.mark.parametrize(
    "change",
    [
        lambda terms: replace(terms, limits=Limits(cell_s=1)),
        lambda terms: replace(terms, bounds=replace(terms.bounds, max_mib=1)),
        lambda terms: replace(terms, engine=OffEngine()),
        lambda terms: replace(terms, release=replace(terms.release, student_files=frozenset())),
        lambda terms: replace(
            terms, release=replace(terms.release, manifest=replace(terms.release.manifest, assignment_name="other"))
        ),
    ],
)
def test_whatever_else_decides_a_verdict_changes_all_keys(tmp_path: Path, change: object) -> None:
    """Limits, bounds, sandbox, what students have, the assignment's name."""
    terms = make_terms(make_release(tmp_path))
    assert callable(change)
    before, after = basis_of(terms), basis_of(change(terms))
    assert before.common != after.common
    assert before.questions == after.questions


class OffEngine(FakeEngine):
    @property
    def isolation(self) -> str:
        return "off"


def test_changed_test_changes_its_question_only(tmp_path: Path) -> None:
    """That is what lets the other questions keep their results."""
    tests = {name: EXCEPTION_TEST.format(name=name, wanted=1) for name in ("q1", "q2", "q3")}
    before = basis_of(make_terms(make_release(tmp_path / "1", tests=tests)))
    tests["q2"] = EXCEPTION_TEST.format(name="q2", wanted=2)
    after = basis_of(make_terms(make_release(tmp_path / "2", tests=tests)))
    assert before.common == after.common
    assert [name for name in tests if before.questions[name] != after.questions[name]] == ["q2"]
    assert before.keys("x", ".ipynb").content != after.keys("x", ".ipynb").content


def test_changed_support_file_changes_everything(tmp_path: Path) -> None:
    """Any question may use it."""
    one = make_release(tmp_path / "1", files={"oracle.py": "x = 1"})
    two = make_release(tmp_path / "2", files={"oracle.py": "x = 2"})
    assert basis_of(make_terms(one)).common != basis_of(make_terms(two)).common


def test_submission_counts_with_its_type(tmp_path: Path) -> None:
    """The same bytes are another submission as a script than as a notebook."""
    basis = basis_of(make_terms(make_release(tmp_path)))
    assert len({basis.keys(h, suffix).content for h in ("a", "b") for suffix in (".py", ".ipynb")}) == 4


def test_new_verdicts_make_all_stored_results_worthless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raising the constant is how an engine's author says so."""
    terms = make_terms(make_release(tmp_path))
    before = key_of(terms)
    monkeypatch.setattr("mlsafety_grader.batch.keys.VERDICTS", 10**6)
    assert key_of(terms) != before


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (">>> x, (y, *z) = 1, (2, 3)\n>>> for i in x: pass", {"x", "y", "z", "i"}),
        (">>> def helper(): pass\n>>> class Kind: pass", {"helper", "Kind"}),
        (">>> import os.path, numpy as np\n>>> from math import inf as most", {"os", "np", "most"}),
        (">>> with open('f') as file: pass\n>>> (n := 3)", {"file", "n"}),
        (">>> match 3:\n...     case [first, *rest] | first: pass", {"first", "rest"}),
        (">>> student(3) == 4\nTrue", set()),
        (">>> this is no Python", {"*"}),
    ],
)
def test_names_that_a_doctest_leaves_behind(code: str, names: set[str]) -> None:
    """Every way to bind a name counts; what cannot be read may leave anything."""
    assert defined_names(ok_tests(q=code)["q"]) >= names
    assert names or not defined_names(ok_tests(q=code)["q"])


def basis(tmp_path: Path, **codes: str) -> Basis:
    return basis_of(make_terms(make_release(tmp_path, tests=ok_tests(**codes))))


def test_questions_that_share_a_name_hang_together(tmp_path: Path) -> None:
    """In otter's older format q2 may use what q1 defined: neither can be examined alone, q3 can."""
    found = basis(tmp_path, q1=">>> helper = 3", q2=">>> student(helper)\n4", q3=">>> student(0)\n1")
    assert [found.can_be_examined_alone([name]) for name in ("q1", "q2", "q3")] == [False, False, True]
    assert found.can_be_examined_alone(["q1", "q2"])


def test_new_name_in_a_doctest_changes_everything(tmp_path: Path) -> None:
    """The old test may have defined what another question used; nobody can look at it any more."""
    before = basis(tmp_path / "1", q1=">>> helper = 3", q2=">>> student(1)\n4")
    after = basis(tmp_path / "2", q1=">>> other = 3", q2=">>> student(1)\n4")
    same = basis(tmp_path / "3", q1=">>> helper = 4", q2=">>> student(1)\n4")
    assert before.common != after.common
    assert before.common == same.common


@given(codes=st.lists(st.text(max_size=40), min_size=2, max_size=3))
def test_any_test_file_has_keys(codes: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Foreign zips hold what they like."""
    tests = {f"q{number}": f"OK_FORMAT = True\n{code}" for number, code in enumerate(codes)}
    release = make_release(
        tmp_path_factory.mktemp("r"), tests={k: v.encode("utf-8", "replace").decode() for k, v in tests.items()}
    )
    assert basis_of(make_terms(release)).common
