"""A rerun grades what is new and nothing else, and ends where an uninterrupted run ends."""

import contextlib
import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mlsafety_grader.batch import events, store
from mlsafety_grader.engine import Terms
from mlsafety_grader.errors import EngineError, UsageError
from mlsafety_grader.model import Status
from tests.unit.batch.fakes import EXCEPTION_TEST, FakeEngine, contents, grade, make_release, make_terms, write_notebook


class Killed(BaseException):
    """Stands for SIGKILL."""


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """Two right notebooks, a wrong one, one that is none, and a file of another type."""
    folder = tmp_path / "in"
    for name, source in [("a", "right"), ("b", "wrong"), ("c", "right # c")]:
        write_notebook(folder / f"{name}.ipynb", source)
    (folder / "broken.ipynb").write_text("{")
    (folder / "notes.pdf").write_text("x")
    return folder


def terms_of(tmp_path: Path, engine: FakeEngine | None = None) -> Terms:
    return make_terms(make_release(tmp_path / "release"), engine)


def graded_names(seen: list[events.Event]) -> list[str]:
    return sorted(event.submission for event in seen if isinstance(event, events.Graded))


def test_rerun_examines_nothing(tmp_path: Path, handed_in: Path) -> None:
    """And changes no report: times included, they are the first run's."""
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    before = {p: p.read_bytes() for p in (tmp_path / "out").rglob("report.json")}
    engine, seen = FakeEngine(), list[events.Event]()
    batch = grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path, engine), tell=seen.append)
    assert (engine.jobs, batch.reused, graded_names(seen)) == ([], 4, ["notes.pdf"])
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("report.json")} == before


def test_changed_and_new_files_are_graded(tmp_path: Path, handed_in: Path) -> None:
    """The others are not."""
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    write_notebook(handed_in / "b.ipynb", "right at last")
    write_notebook(handed_in / "d.ipynb", "right # d")
    engine = FakeEngine()
    batch = grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path, engine))
    assert len(engine.jobs) == 2
    assert {report.submission: report.earned for report in batch.reports} == {
        "a.ipynb": 2, "b.ipynb": 2, "broken.ipynb": 0, "c.ipynb": 2, "d.ipynb": 2, "notes.pdf": 0
    }  # fmt: skip


def test_renamed_file_keeps_its_report(tmp_path: Path, handed_in: Path) -> None:
    """With all that belongs to it; the old folder stays, and is said."""
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    (handed_in / "a.ipynb").rename(handed_in / "anna.ipynb")
    engine, seen = FakeEngine(), list[events.Event]()
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path, engine), tell=seen.append)
    assert engine.jobs == []
    assert any(isinstance(e, events.Started) and e.unnamed == ("a.ipynb",) for e in seen)
    grade(tmp_path / "fresh", handed_in, terms=terms_of(tmp_path))
    moved = contents(tmp_path / "out")
    assert {k: v for k, v in moved.items() if not k.startswith("a.ipynb/")} == contents(tmp_path / "fresh")


def test_files_named_in_another_order_swap_reports(tmp_path: Path) -> None:
    """Two of one name from two folders: the folder that each gets depends on the order."""
    one = write_notebook(tmp_path / "1" / "hw.ipynb", "right")
    two = write_notebook(tmp_path / "2" / "hw.ipynb", "wrong")
    grade(tmp_path / "out", one, two, terms=terms_of(tmp_path))
    engine = FakeEngine()
    grade(tmp_path / "out", two, one, terms=terms_of(tmp_path, engine))
    grade(tmp_path / "fresh", two, one, terms=terms_of(tmp_path))
    assert engine.jobs == []
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_changed_release_grades_again_and_renamed_one_does_not(tmp_path: Path, handed_in: Path) -> None:
    """The reports then bear the new release's id."""
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    terms = terms_of(tmp_path, FakeEngine())
    renamed = replace(terms.release.manifest, release_id="another")
    same = replace(terms, release=replace(terms.release, manifest=renamed))
    batch = grade(tmp_path / "out", handed_in, terms=same)
    assert {report.release_id for report in batch.reports} == {"another"}
    assert same.engine.jobs == []  # type: ignore[attr-defined]
    tests = {name: EXCEPTION_TEST.format(name=name, wanted=7) for name in ("q1", "q2")}
    other = make_terms(make_release(tmp_path / "other", tests=tests), FakeEngine())
    grade(tmp_path / "out", handed_in, terms=other)
    assert len(other.engine.jobs) == 3  # type: ignore[attr-defined]


def test_fault_is_graded_again(tmp_path: Path, handed_in: Path) -> None:
    """The next run may meet a healthy host."""

    def fail(_: int) -> None:
        raise EngineError("the server is gone")

    batch = grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path, FakeEngine(fail)))
    assert [r.status for r in batch.reports].count(Status.GRADER_FAULT) == 3
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    grade(tmp_path / "fresh", handed_in, terms=terms_of(tmp_path))
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_interrupted_batch_keeps_what_is_done_and_goes_on(tmp_path: Path, handed_in: Path) -> None:
    """No fault is written for what was dropped."""
    stop = threading.Event()

    def act(number: int) -> None:
        if number == 2:
            stop.set()
            raise EngineError("interrupted")

    seen: list[events.Event] = []
    with pytest.raises(KeyboardInterrupt):
        grade(
            tmp_path / "out", handed_in, terms=terms_of(tmp_path, FakeEngine(act)), stop=stop, tell=seen.append, jobs=1
        )
    assert [e.is_interrupted for e in seen if isinstance(e, events.Finished)] == [True]
    assert {entry.folder for entry in store.scan(tmp_path / "out")} == {"a.ipynb"}
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    grade(tmp_path / "fresh", handed_in, terms=terms_of(tmp_path))
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


@pytest.mark.parametrize("steps", range(0, 40, 3))
def test_killed_at_any_rename_the_rest_is_graded(
    tmp_path: Path, handed_in: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """The end is that of a run which was never killed, in a folder with older results too."""
    tests = {name: EXCEPTION_TEST.format(name=name, wanted=7) for name in ("q1", "q2")}
    grade(tmp_path / "out", handed_in, terms=make_terms(make_release(tmp_path / "older", tests=tests)))
    left, rename = [steps], Path.replace

    def replace_or_die(path: Path, target: Path) -> Path:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace_or_die)
        with contextlib.suppress(Killed):
            grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path), jobs=1)
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    grade(tmp_path / "fresh", handed_in, terms=terms_of(tmp_path))
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_damaged_report_is_graded_again_and_said(tmp_path: Path, handed_in: Path) -> None:
    """As if it had not been there."""
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    whole = contents(tmp_path / "out")
    (tmp_path / "out" / "a.ipynb" / "report.json").write_bytes(b'{"schema": 1')
    seen: list[events.Event] = []
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path), tell=seen.append)
    assert [e.folder for e in seen if isinstance(e, events.Notice)] == ["a.ipynb"]
    assert contents(tmp_path / "out") == whole


def test_copy_of_the_submission_is_kept(tmp_path: Path, handed_in: Path) -> None:
    """So that it can be graded again when the original has moved; of what cannot be graded there is none."""
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    assert (tmp_path / "out/a.ipynb/submission.ipynb").read_bytes() == (handed_in / "a.ipynb").read_bytes()
    assert (tmp_path / "out/broken.ipynb/submission.ipynb").read_bytes() == b"{"
    assert not list((tmp_path / "out/notes.pdf").glob("submission*"))


def test_results_stand_in_the_order_of_the_submissions(tmp_path: Path) -> None:
    """Whoever finishes first."""
    first_is_slow = threading.Event()

    def act(number: int) -> None:
        if number == 1:
            first_is_slow.wait(10)
        else:
            first_is_slow.set()

    paths = [write_notebook(tmp_path / f"{name}.ipynb", f"right # {name}") for name in "zyx"]
    seen: list[events.Event] = []
    batch = grade(tmp_path / "out", *paths, terms=terms_of(tmp_path, FakeEngine(act)), tell=seen.append)
    assert [report.submission for report in batch.reports] == ["z.ipynb", "y.ipynb", "x.ipynb"]


def test_log_tells_what_happened(tmp_path: Path, handed_in: Path) -> None:
    """One JSON object a line, with time and process."""
    grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path))
    lines = [json.loads(line) for line in (tmp_path / "out" / "batch.log").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["started", *["graded"] * 5, "finished"]
    assert all(line["pid"] == os.getpid() and line["at"].endswith("+00:00") for line in lines)


def test_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The older part goes into a second file, and that is all there ever is."""
    monkeypatch.setattr(events, "MAX_LOG_BYTES", 300)
    log = events.Log(tmp_path)
    for number in range(40):
        log.write(events.Notice(text=f"{number} \udce9"))
    assert {path.name for path in tmp_path.iterdir()} <= {"batch.log", "batch.log.1"}
    assert all(path.stat().st_size < 600 for path in tmp_path.iterdir())


def test_vanished_folder_is_said_once(tmp_path: Path, handed_in: Path) -> None:
    """Somebody removed the output folder while grading."""

    def act(number: int) -> None:
        shutil.rmtree(tmp_path / "out", ignore_errors=True)

    with pytest.raises(UsageError, match="cannot be written"):
        grade(tmp_path / "out", handed_in, terms=terms_of(tmp_path, FakeEngine(act)), jobs=1)
