"""What stands at the gradebook's edges: database URLs, `submissions.csv`, times, text that no database stores."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from mlsafety_grader.errors import GraderError, UsageError
from mlsafety_grader.gradebook import parse_address, parse_submissions, read_time
from mlsafety_grader.gradebook.columns import storable
from mlsafety_grader.gradebook.faults import explain
from mlsafety_grader.gradebook.results import report_hash
from mlsafety_grader.model import Status, Usage
from tests.gradebook_records import graded
from tests.strategies import hostile_text

FOLDER = Path("/course")


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("sqlite:///gradebook.sqlite", "/course/gradebook.sqlite"),
        ("sqlite:////var/g.sqlite", "/var/g.sqlite"),
        ("grades 2026.sqlite", "/course/grades 2026.sqlite"),
        ("/var/g.sqlite", "/var/g.sqlite"),
    ],
)
def test_sqlite_files(text: str, file: str) -> None:
    """A URL or just a name; relative to the folder given."""
    address = parse_address(text, folder=FOLDER)
    assert (str(address.file), address.shown, address.url.database) == (file, file, file)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://ann:hush@db.uni.edu:5433/grades", "postgresql://db.uni.edu:5433/grades"),
        ("postgres://db/grades", "postgresql://db/grades"),
        ("postgresql+psycopg2://ann:hush@/grades?host=/run/pg&password=hush", "postgresql:///run/pg/grades"),
        ("postgresql:///grades", "postgresql://localhost/grades"),
    ],
)
def test_servers_are_shown_without_user_password_and_options(text: str, shown: str) -> None:
    """And always spoken to through the one driver that is there."""
    address = parse_address(text, folder=FOLDER)
    assert (address.shown, address.file, address.url.drivername) == (shown, None, "postgresql+psycopg")
    assert "hush" not in repr(address)


@pytest.mark.parametrize(
    "text",
    ["", " ", "sqlite://", "sqlite:///:memory:", "sqlite:///x?mode=memory", "mysql://ann:hush@host/x",
     "postgresql://ann:hush@host", "postgresql://ann:hush@host:port/x", "hush\x00", "://hush"],
)  # fmt: skip
def test_other_urls_are_refused_and_not_repeated(text: str) -> None:
    """They may hold a password in an unexpected place."""
    with pytest.raises(UsageError) as caught:
        parse_address(text, folder=FOLDER)
    assert "hush" not in caught.value.message + caught.value.hint


def test_unknown_faults_show_neither_statement_nor_values() -> None:
    """They hold students' data."""
    address = parse_address("g.sqlite", folder=FOLDER)
    error = OperationalError("INSERT INTO students", {"name": "Ada"}, ValueError("odd Ada"))
    for raised in (error, SQLAlchemyError("Ada")):
        found = explain(raised, address)
        assert "Ada" not in found.message + found.hint
        assert "/course/g.sqlite" in found.message


def test_submissions_file() -> None:
    """Who and when; both may be unknown."""
    found = parse_submissions(
        b"student;folder;submitted_at;note\nada;a.ipynb;2026-10-01T23:59+02:00;x\n;b.ipynb;;\n", name="s.csv"
    )
    assert found["a.ipynb"].submitted_at == datetime(2026, 10, 1, 21, 59, tzinfo=UTC)
    assert (found["a.ipynb"].student, found["a.ipynb"].line) == ("ada", 2)
    assert (found["b.ipynb"].student, found["b.ipynb"].submitted_at) == ("", None)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"folder,student\na,b\n", "line 1: the column 'submitted_at' is missing"),
        (b"folder,student,submitted_at\n,b,\n", "line 2: names no folder"),
        (b"folder,student,submitted_at\na,b,\na,c,\n", "line 3: 'a' stands in line 2 already"),
        (b"folder,student,submitted_at\na,b,2026-10-01T23:59\n", "line 2: submitted_at: .* has no time zone"),
        (b"folder,student,submitted_at\na,b,yesterday\n", "line 2: submitted_at: 'yesterday' is no time"),
    ],
)
def test_wrong_submissions_file(data: bytes, problem: str) -> None:
    """One message with the line."""
    with pytest.raises(UsageError, match=problem):
        parse_submissions(data, name="s.csv")


@pytest.mark.parametrize("text", ["2026-10-01T21:59:00Z", "2026-10-01 21:59:00 UTC", "2026-10-01T23:59+02:00"])
def test_times(text: str) -> None:
    """ISO 8601 with a zone, and what learning platforms write."""
    assert read_time(text, where="x") == datetime(2026, 10, 1, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00+12:00", "2026-13-01Z", "UTC", "1e9"])
def test_odd_times_are_refused(text: str) -> None:
    """As usage errors, whatever is odd about them."""
    with pytest.raises(GraderError):
        read_time(text, where="x")


@given(hostile_text)
def test_text_can_be_stored(text: str) -> None:
    """It is UTF-8 without NUL, and what could be stored before is unchanged."""
    stored = storable(text)
    assert b"\x00" not in stored.encode()
    assert storable(stored) == stored


def test_report_hash_is_over_findings_alone() -> None:
    """Names and times taken are no part of it; points and verdicts are."""
    report = graded("a.ipynb", 1.0)
    same = graded("b.ipynb", 1.0, content="a.ipynb")
    assert report_hash(report) == report_hash(same)
    assert report_hash(report) != report_hash(graded("a.ipynb", 2.0))
    assert report_hash(report) != report_hash(graded("a.ipynb", 1.0, status=Status.TIMEOUT))
    assert Usage() == report.usage
