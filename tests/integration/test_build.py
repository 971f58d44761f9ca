"""Real otter compiles the toy master: the same bytes every time, all of a release or none of it."""

import os
import shutil
from pathlib import Path

import nbformat
import pytest

from mlsafety_grader.course import load_assignment, load_course
from mlsafety_grader.errors import MasterError, ReleaseError
from mlsafety_grader.release import build_release, hash_tree, load_release, read_zip, write_zip
from mlsafety_grader.release.build import release_seed
from tests import toycourse
from tests.conftest import Toy


def build(root: Path, *, secret: str = "a secret", dist: Path | None = None) -> Path:
    course = load_course(root)
    assignment = load_assignment(course, toycourse.SLUG)
    built = build_release(course, assignment, dist=dist or root / "dist", secret=secret, say=lambda _: None)
    return built.folder


def test_release_has_all_its_parts(toy: Toy) -> None:
    """What students get, what graders get, and the record of both."""
    names = set(hash_tree(toy.folder))
    student = {f"student/{name}" for name in ("requirements.txt", f"{toycourse.SLUG}.ipynb", "tests/q1_risk.py")}
    assert student | {"autograder.zip", "manifest.json", f"solution/{toycourse.SLUG}.ipynb"} <= names
    assert "student/mlsafety_kit/__init__.py" in names
    assert not [name for name in names if "oracle" in name or "mutants" in name or "release_seed" in name]
    members = read_zip(toy.folder / "autograder.zip")
    assert {"files/release_seed.py", f"files/oracle_{toycourse.SLUG}.py", "tests/q2_worst.py"} <= set(members)


def test_manifest_says_questions_points_topics_and_limits(toy: Toy) -> None:
    """Points of cases are otter's; topics and limits are the sidecar's."""
    manifest = toy.release.manifest
    assert [(q.name, q.possible, q.topic) for q in manifest.questions] == [
        ("q1_risk", 3, "hazard_analysis.risk_decomposition"),
        ("q2_worst", 2, "hazard_analysis.systems_view"),
        ("w1", 5, "hazard_analysis.risk_decomposition"),
    ]
    assert [(c.points, c.hidden) for c in manifest.questions[1].cases] == [(0.5, False), (1.5, True)]
    assert (manifest.possible, manifest.limits.cell_s) == (5, 20)
    assert manifest.files["autograder.zip"] == hash_tree(toy.folder)["autograder.zip"]


def test_rebuild_elsewhere_is_byte_identical(toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder, other file times, another time zone, another umask, another hash seed."""
    other = tmp_path / "somewhere else"
    shutil.copytree(toy.root / "assignments", other / "assignments")
    shutil.copytree(toy.root / "autograder", other / "autograder")
    for path in other.rglob("*"):
        os.utime(path, (1e9, 1e9))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    old = os.umask(0o027)
    try:
        again = build(other)
    finally:
        os.umask(old)
    assert hash_tree(again) == hash_tree(toy.folder)


def test_another_secret_is_another_release(toy: Toy, tmp_path: Path) -> None:
    """Only what students never see differs: last term's leak is worth nothing."""
    again = build(toy.root, secret="another-term-7f3a", dist=tmp_path / "dist")
    old, new = hash_tree(toy.folder), hash_tree(again)
    assert {name for name in old if old[name] != new[name]} == {"autograder.zip", "manifest.json"}
    assert b"another-term-7f3a" not in (again / "manifest.json").read_bytes() + (again / "autograder.zip").read_bytes()


def test_seed_depends_on_secret_and_assignment() -> None:
    """And fits any generator that takes 63 bits."""
    seeds = {release_seed(secret, slug) for secret in ("a", "b") for slug in ("x", "y")}
    assert len(seeds) == 4
    assert all(0 <= seed < 1 << 63 for seed in seeds)


def test_refused_master_leaves_the_old_release(tmp_path: Path) -> None:
    """The message names cell and question, and the release that was there is still whole."""
    folder = toycourse.write_course(tmp_path)
    before = hash_tree(build(tmp_path))
    notebook = toycourse.master()
    notebook.cells = [cell for cell in notebook.cells if cell["id"] != "q2_worst-end-tests"]
    nbformat.write(notebook, folder / f"{toycourse.SLUG}.ipynb")
    with pytest.raises(MasterError, match=r"risk_decomposition\.ipynb.*q2_worst"):
        build(tmp_path)
    assert hash_tree(tmp_path / "dist" / toycourse.SLUG) == before
    assert [path.name for path in (tmp_path / "dist").iterdir()] == [toycourse.SLUG]


def test_what_otter_refuses_is_one_message(tmp_path: Path) -> None:
    """A key that our own checks do not know but otter refuses; nothing is left behind."""
    notebook = toycourse.master()
    notebook.cells[0].source += "runs_on: mars\n"
    toycourse.write_course(tmp_path, notebook=notebook)
    with pytest.raises(MasterError) as caught:
        build(tmp_path)
    assert "Traceback" not in caught.value.message
    assert not (tmp_path / "dist").exists() or not list((tmp_path / "dist").iterdir())


def test_changed_release_is_refused(toy: Toy, tmp_path: Path) -> None:
    """An autograder zip that was swapped after the build."""
    copy = tmp_path / "release"
    shutil.copytree(toy.folder, copy)
    write_zip(copy / "autograder.zip", {"tests/q1.py": b""})
    with pytest.raises(ReleaseError, match="changed after the build"):
        load_release(copy)


def test_any_otter_zip_is_a_release(toy: Toy) -> None:
    """Without topics, but with otter's questions and points."""
    release = load_release(toy.folder / "autograder.zip")
    assert [(q.name, q.possible, q.topic) for q in release.manifest.questions] == [
        ("q1_risk", 3, None),
        ("q2_worst", 2, None),
    ]
    assert release.manifest.assignment_name == toycourse.SLUG


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        (None, "not a readable zip"),
        ({"a": b""}, "holds no tests/"),
        ({"tests/q1.py": b"OK_FORMAT = "}, "otter cannot load"),
        ({"tests/q1.py": b"OK_FORMAT = True\ntest = {}"}, "otter cannot load"),
        ({"tests/q1.py": b"", "otter_config.json": b"["}, "otter_config.json"),
        ({"tests/q1.R": b"", "otter_config.json": b'{"lang": "r"}'}, "an assignment in 'r'"),
        (
            {
                "tests/q1.py": b"OK_FORMAT = True\ntest = {'name': 'q1', 'points': [-1], 'suites': [{'cases': "
                b"[{'code': '>>> 1'}]}]}"
            },
            "not gradable",
        ),
    ],
)
def test_zip_that_is_no_release_is_refused(tmp_path: Path, members: dict[str, bytes] | None, problem: str) -> None:
    """One message, whatever is wrong with it."""
    path = tmp_path / "a.zip"
    if members is None:
        path.write_bytes(b"PK")
    else:
        write_zip(path, members)
    with pytest.raises(ReleaseError, match=problem):
        load_release(path)


def test_missing_release_is_said(tmp_path: Path) -> None:
    """With the command that makes one."""
    with pytest.raises(ReleaseError, match="does not exist") as caught:
        load_release(tmp_path / "none")
    assert "mlsafety build" in caught.value.hint
