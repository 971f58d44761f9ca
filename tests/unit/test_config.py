"""Settings come from four places, the nearer one wins, and each knows where it came from."""

from pathlib import Path

import pytest

from mlsafety_grader.config import SETTINGS, find_course_root, load_settings
from mlsafety_grader.errors import UsageError


def test_default_is_what_nobody_set(tmp_path: Path) -> None:
    """Without file, environment and flags the table's defaults hold."""
    settings = load_settings(tmp_path, environ={})
    assert {s.name: s.default for s in SETTINGS} == dict(settings.values)
    assert set(settings.sources.values()) == {"default"}


def test_nearer_source_wins(tmp_path: Path) -> None:
    """Default < file < environment < flag."""
    (tmp_path / "mlsafety.toml").write_text("jobs = 3\nmax_submission_mib = 7\nmax_zip_members = 9\n")
    environ = {"MLSAFETY_JOBS": "4", "MLSAFETY_MAX_SUBMISSION_MIB": "8"}
    settings = load_settings(tmp_path, environ=environ, flags={"jobs": 5, "release_secret": None})
    assert (settings.jobs, settings.max_submission_mib, settings.max_zip_members) == (5, 8, 9)
    assert settings.sources == {
        "jobs": "flag",
        "max_submission_mib": "environment",
        "max_zip_members": "mlsafety.toml",
        "release_secret": "default",
        "database": "default",
    }


def test_secret_is_not_shown(tmp_path: Path) -> None:
    """A settings record in a log does not give the release secret away."""
    settings = load_settings(tmp_path, environ={"MLSAFETY_RELEASE_SECRET": "hush"})
    assert settings.release_secret == "hush"
    assert "hush" not in repr(settings)


def test_database_url_is_not_shown(tmp_path: Path) -> None:
    """It may hold a password."""
    settings = load_settings(tmp_path, environ={}, flags={"database": "postgresql://ann:hush@host/grades"})
    assert settings.database == "postgresql://ann:hush@host/grades"
    assert "hush" not in repr(settings)


def test_environment_of_the_process_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an explicit environment the process' own is read."""
    monkeypatch.setenv("MLSAFETY_JOBS", "6")
    assert load_settings(tmp_path).jobs == 6


@pytest.mark.parametrize("value", ["0", "many", "-3"])
def test_wrong_number_names_setting_and_source(tmp_path: Path, value: str) -> None:
    """The message says which setting and where it was set."""
    with pytest.raises(UsageError, match="jobs from environment"):
        load_settings(tmp_path, environ={"MLSAFETY_JOBS": value})


@pytest.mark.parametrize(("text", "problem"), [("job = 3", "job: unknown key"), ("jobs =", "cannot be read")])
def test_wrong_file_is_named(tmp_path: Path, text: str, problem: str) -> None:
    """A typo in the file is an error, not a default."""
    (tmp_path / "mlsafety.toml").write_text(text)
    with pytest.raises(UsageError, match=problem):
        load_settings(tmp_path, environ={})


def test_course_root_is_found_from_below(tmp_path: Path) -> None:
    """Commands work in any folder of the repository."""
    below = tmp_path / "assignments" / "02" / "x"
    below.mkdir(parents=True)
    assert find_course_root(below) == tmp_path


def test_outside_a_course_there_is_no_root(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(UsageError, match="not inside a course"):
        find_course_root(tmp_path)
