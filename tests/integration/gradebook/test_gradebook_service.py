"""The gradebook's use cases on real folders: graded batches as the batch writes them, rosters, exports."""

import csv
import io
from pathlib import Path

import pytest

from mlsafety_grader.config import load_settings
from mlsafety_grader.course import load_assignment, load_course
from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook import Address, Change, parse_address
from mlsafety_grader.model import Report, Status
from mlsafety_grader.report import encode_report
from mlsafety_grader.service import gradebook as service
from tests.gradebook_records import DUE, graded
from tests.integration.gradebook.conftest import ACT
from tests.toycourse import REPOSITORY


@pytest.fixture
def filled(filled_url: str, tmp_path: Path) -> Address:
    """A gradebook with the three students."""
    return parse_address(filled_url, folder=tmp_path)


def write_batch(folder: Path, *reports: Report, submissions: str | None = None) -> Path:
    for report in reports:
        (folder / report.folder).mkdir(parents=True, exist_ok=True)
        (folder / report.folder / "report.json").write_bytes(encode_report(report))
    if submissions is not None:
        (folder / "submissions.csv").write_text(submissions)
    return folder


def scores(address: Address) -> dict[str, float | None]:
    return {standing.student.key: standing.score for standing in service.standings(address)}


def test_names_say_whose_a_submission_is(filled: Address, tmp_path: Path) -> None:
    """Where they fit one student alone; the rest is nobody's, with the reason. Twice changes nothing."""
    folder = write_batch(
        tmp_path / "graded", *(graded(name) for name in ("ada.ipynb", "enigma-x.zip", "ada_alan.py", "q.py"))
    )
    done = service.import_batch(filled, folder, act=ACT)
    assert (done.reports, done.imported.new, done.without_time) == (4, 2, 4)
    assert sorted(done.imported.unmatched) == [
        ("ada_alan.py", "can be ada, alan"),
        ("q.py", "its name fits nobody on the roster"),
    ]
    assert scores(filled) == {"ada": 2.0, "alan": 2.0, "grace": None}
    again = service.import_batch(filled, folder, act=ACT).imported
    assert (again.new, again.unchanged, len(again.unmatched)) == (0, 2, 2)


def test_submissions_file_says_whose_and_when(filled: Address, tmp_path: Path) -> None:
    """Names are not looked at then; identifiers of any kind and any case are."""
    folder = write_batch(
        tmp_path / "graded", *(graded(name) for name in ("ada.ipynb", "b.ipynb", "c.ipynb", "d.ipynb")),
        submissions="folder,student,submitted_at\nada.ipynb,ENIGMA,2026-10-01T12:00Z\nb.ipynb,bob,\nc.ipynb,,\n",
    )  # fmt: skip
    done = service.import_batch(filled, folder, act=ACT)
    assert scores(filled) == {"ada": None, "alan": 2.0, "grace": None}
    assert sorted(done.imported.unmatched) == [
        ("b.ipynb", "submissions.csv says 'bob', who is not on the roster"),
        ("c.ipynb", "submissions.csv names no student for it"),
        ("d.ipynb", "submissions.csv has no line for it"),
    ]
    (alan,) = [s for s in service.standings(filled) if s.student.key == "alan"]
    assert alan.submitted_at is not None
    assert alan.submitted_at.hour == 12


def test_unfinished_batch_is_pointed_out(filled: Address, tmp_path: Path) -> None:
    """Folders without a report, or whose files are just being replaced; what is done is imported."""
    folder = write_batch(tmp_path / "graded", graded("ada.ipynb"), graded("alan.ipynb"))
    (folder / "alan.ipynb" / ".writing").touch()
    (folder / "grace.ipynb").mkdir()
    (folder / ".work").mkdir()
    done = service.import_batch(filled, folder, act=ACT)
    assert (done.reports, done.unfinished) == (1, ("alan.ipynb", "grace.ipynb"))


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda folder: (folder / "ada.ipynb" / "report.json").write_text("{"), "report.json"),
        (lambda folder: (folder / "submissions.csv").write_text("folder\n"), "submissions.csv, line 1"),
        (
            lambda folder: (folder / "submissions.csv").write_text("folder,student,submitted_at\nx,ada,\n"),
            "submissions.csv, line 2: .* has no graded submission 'x'",
        ),
    ],
)
def test_a_damaged_batch_is_not_imported_by_half(filled: Address, tmp_path: Path, damage: object, problem: str) -> None:
    """The message has the file; nothing of the batch is in the gradebook."""
    folder = write_batch(tmp_path / "graded", graded("ada.ipynb"), graded("alan.ipynb"))
    assert callable(damage)
    damage(folder)
    with pytest.raises(UsageError, match=problem):
        service.import_batch(filled, folder, act=ACT)
    assert scores(filled) == {}


def test_folders_that_are_no_batch(filled: Address, tmp_path: Path) -> None:
    """Missing, empty, or a file."""
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    for name, problem in (("none", "is not a folder"), ("file", "is not a folder"), ("empty", "no graded submission")):
        with pytest.raises(UsageError, match=problem):
            service.import_batch(filled, tmp_path / name, act=ACT)


def test_plain_csv_is_harmless_and_says_what_is_missing(filled: Address, tmp_path: Path) -> None:
    """Nothing is a formula; no score is an empty cell; a late penalty is shown."""
    roster = tmp_path / "r.csv"
    roster.write_text("id,name,section\nzed,'=1+1,\u200d@B\n")
    service.import_roster(filled, roster, act=ACT)
    folder = write_batch(
        tmp_path / "graded", graded("ada.ipynb", 3.0), graded("zed.ipynb", 0.0, status=Status.GRADER_FAULT),
        submissions="folder,student,submitted_at\nada.ipynb,ada,2026-10-02T22:00Z\nzed.ipynb,zed,\n",
    )  # fmt: skip
    service.import_batch(filled, folder, act=ACT)
    service.set_rules(filled, "adversaries", Change(due_at=DUE, penalty_per_day=0.1, takes_late_days=False), act=ACT)
    text = service.export(filled, form="csv", slug="adversaries")
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows["ada"]["score"], rows["ada"]["late_penalty"], rows["ada"]["days_late"]) == ("2.2", "0.8", "1")
    assert (rows["zed"]["score"], rows["zed"]["earned"], rows["zed"]["days_late"]) == ("", "", "")
    assert rows["zed"]["section"] == "'\u200d@B"
    assert not any(cell.startswith(("=", "+", "@")) for row in rows.values() for cell in row.values())


@pytest.mark.parametrize("form", service.EXPORTERS)
def test_every_format_takes_a_gradebook(filled: Address, tmp_path: Path, form: str) -> None:
    """Students with and without a score."""
    service.import_batch(filled, write_batch(tmp_path / "graded", graded("ada.ipynb", 3.0)), act=ACT)
    lines = service.export(filled, form=form).splitlines()
    assert len(lines) >= 4
    assert any("Lovelace" in line for line in lines)


def test_setting_up_again_follows_the_course(filled: Address, tmp_path: Path) -> None:
    """New assignments and titles come in; points that a release told stay."""
    service.import_batch(filled, write_batch(tmp_path / "graded", graded("ada.ipynb", 3.0)), act=ACT)
    course = load_course(REPOSITORY)
    renewed, done = service.init(filled, course=course, title="Term", late_days=None, act=ACT)
    assert (renewed, done.title, done.late_days) == (False, "Term", 3)
    (row, *_) = service.overview(filled).assignments
    assert row.rules.title == load_assignment(course, "adversaries").title
    assert row.rules.possible == 8
    assert service.init(filled, course=course, title=None, late_days=5, act=ACT)[1].late_days == 5


def test_unknown_format_and_assignment(filled: Address) -> None:
    """The message lists those that there are."""
    with pytest.raises(UsageError, match="no format is called 'xls'") as caught:
        service.export(filled, form="xls")
    assert "csv" in caught.value.hint
    with pytest.raises(UsageError, match="no assignment 'trojans'"):
        service.export(filled, form="csv", slug="trojans")


def test_where_the_gradebook_is(tmp_path: Path) -> None:
    """A default and the settings file mean the course's folder, a flag and the environment the current one."""
    root, here = tmp_path / "course", tmp_path / "here"
    root.mkdir()
    default = load_settings(root, environ={})
    assert service.locate(default, root=root, folder=here).file == root / "gradebook.sqlite"
    with pytest.raises(UsageError, match="not inside a course repository"):
        service.locate(default, root=None, folder=here)
    (root / "mlsafety.toml").write_text('database = "sqlite:///term.sqlite"\n')
    assert service.locate(load_settings(root, environ={}), root=root, folder=here).file == root / "term.sqlite"
    environ = load_settings(root, environ={"MLSAFETY_DATABASE": "sqlite:///e.sqlite"})
    assert service.locate(environ, root=root, folder=here).file == here / "e.sqlite"
    flag = load_settings(root, environ={}, flags={"database": "f.sqlite"})
    assert service.locate(flag, root=None, folder=here).file == here / "f.sqlite"
