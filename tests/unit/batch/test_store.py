"""A folder holds one whole result, or counts as not graded; whatever moment the writing ends at."""

import contextlib
import os
from pathlib import Path

import pytest

from mlsafety_grader.batch import store
from mlsafety_grader.errors import UsageError
from mlsafety_grader.report import encode_report
from tests.records import make_report

RECORD = encode_report(make_report(name="a"))
OTHER = encode_report(make_report(name="b"))


class Killed(BaseException):
    """Stands for SIGKILL: nothing is tidied after it."""


def test_report_comes_last(tmp_path: Path) -> None:
    """It is the record that everything else is there."""
    copy = tmp_path / "copy"
    copy.write_text("x")
    store.commit(tmp_path / "a", RECORD, {"results.json": b"{}", "submission.py": copy})
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"report.json", "results.json", "submission.py"}
    assert store.scan(tmp_path)[0].report is not None
    assert not copy.exists()


def test_files_of_an_earlier_result_go_when_the_new_one_is_there(tmp_path: Path) -> None:
    """A rejected file leaves no executed notebook of its predecessor; what others put there stays."""
    folder = tmp_path / "a"
    store.commit(folder, RECORD, {"results.json": b"1", "executed.ipynb": b"1", "submission.py": b"1"})
    (folder / "feedback.html").touch()
    store.commit(folder, OTHER, {"results.json": b"2", "submission.ipynb": b"2"})
    assert {path.name for path in folder.iterdir()} == {
        "report.json", "results.json", "submission.ipynb", "feedback.html"
    }  # fmt: skip


@pytest.mark.parametrize("steps", range(12))
def test_killed_at_any_step_a_folder_never_mixes_two_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """After every rename or removal: the old result, the new one, or none that counts."""
    folder = tmp_path / "a"
    old = {"results.json": b"1", "executed.ipynb": b"1"}
    new = {"results.json": b"2", "submission.py": b"2"}
    store.commit(folder, RECORD, old)
    left = [steps]

    def counting(act: object) -> object:
        def step(*arguments: object, **options: object) -> object:
            if not left[0]:
                raise Killed
            left[0] -= 1
            return act(*arguments, **options)  # type: ignore[operator]

        return step

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", counting(Path.replace))
        patch.setattr(Path, "unlink", counting(Path.unlink))
        with contextlib.suppress(Killed):
            store.commit(folder, OTHER, new)
    (found,) = store.scan(tmp_path)
    if found.report is not None:
        wanted = old if found.report.submission == "a" else new
        names = {path.name for path in folder.iterdir()} - {"report.json"}
        assert {n for n in names if not n.startswith(".")} == set(wanted)
        assert (folder / "results.json").read_bytes() == wanted["results.json"]


def test_litter_of_a_killed_batch_is_cleared(tmp_path: Path) -> None:
    """Half-written files and work in progress; nothing else that begins with a dot."""
    folder = tmp_path / "a"
    store.commit(folder, RECORD, {"results.json": b"1"})
    (folder / ".0123456789abcdef.tmp").touch()
    (tmp_path / ".0123456789abcdef.tmp").touch()
    (tmp_path / ".keep").touch()
    (tmp_path / store.WORK / "3").mkdir(parents=True)
    store.clean(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"a", ".keep"}
    assert {path.name for path in folder.iterdir()} == {"report.json", "results.json"}


@pytest.mark.parametrize("data", [b"", b"{", b"[]", RECORD[:-9], b"\xff" * 40, b"[" * 100_000])
def test_damaged_report_is_said(tmp_path: Path, data: bytes) -> None:
    """It is graded again instead of ending the batch."""
    store.commit(tmp_path / "a", RECORD, {"results.json": b"1"})
    (tmp_path / "a" / "report.json").write_bytes(data)
    (found,) = store.scan(tmp_path)
    assert (found.report, bool(found.problem)) == (None, True)


def test_report_that_is_no_file_is_said(tmp_path: Path) -> None:
    """A folder in its place, or a link to one of somebody's."""
    (tmp_path / "a" / "report.json").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (found,) = store.scan(tmp_path)
    assert "cannot be read" in found.problem


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; see tests/integration/test_batch_disk.py")
def test_folder_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    """With what to do."""
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="cannot be written"):
        store.commit(tmp_path / "a", RECORD, {})
