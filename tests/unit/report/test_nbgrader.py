"""nbgrader's export: what a tool that reads that file makes of ours."""

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.model import Standing, Student
from mlsafety_grader.report import nbgrader_csv
from tests.strategies import hostile_text

ADA = Student(key="ada", name="Ada Lovelace", sortable_name="Lovelace, Ada", email="ada@x.edu")
HANDED_IN = datetime(2026, 2, 3, 1, 30, tzinfo=timezone(timedelta(hours=2)))


def late(student: Student = ADA) -> Standing:
    return Standing(
        student=student,
        slug="adversaries",
        title="Adversaries",
        possible=25.0,
        earned=20.0,
        penalty=2.5,
        score=17.5,
        attempt=2,
        submitted_at=HANDED_IN,
        due_at=datetime(2026, 2, 2, tzinfo=UTC),
        days_late=1,
    )


def test_columns_and_row_are_nbgraders() -> None:
    """Times are UTC without saying so; the score is what is left of the raw score."""
    header, row = csv.reader(io.StringIO(nbgrader_csv([late()])))
    assert ",".join(header) == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
        "raw_score,late_submission_penalty,score,max_score"
    )
    assert row[:3] == ["adversaries", "2026-02-02 00:00:00", "2026-02-02 23:30:00"]
    assert row[3:] == ["ada", "Lovelace", "Ada", "ada@x.edu", "20.0", "2.5", "17.5", "25.0"]


def test_nothing_handed_in_is_zero_and_a_grader_fault_is_nothing() -> None:
    """nbgrader writes zeros for the first; it has no word for the second."""
    missing = Standing(student=ADA, slug="a", title="A", possible=5.0)
    fault = Standing(student=ADA, slug="a", title="A", possible=5.0, attempt=1, submitted_at=HANDED_IN)
    rows = list(csv.DictReader(io.StringIO(nbgrader_csv([missing, fault]))))
    assert [(row["raw_score"], row["score"], row["timestamp"][:4]) for row in rows] == [
        ("0.0", "0.0", ""),
        ("", "", "2026"),
    ]


def test_pandas_reads_times_and_numbers() -> None:
    """As scripts around nbgrader do."""
    frame = pd.read_csv(io.StringIO(nbgrader_csv([late()])), parse_dates=["duedate", "timestamp"])
    assert frame.score.dtype == float
    assert frame.timestamp[0] - frame.duedate[0] == pd.Timedelta(hours=23, minutes=30)


def test_name_without_a_comma_is_split_before_its_last_word() -> None:
    """That is all that is known of it; one word is a last name."""
    students = [Student(key=name, name=name) for name in ("Ana de la Cruz", "Prince", "")]
    rows = list(csv.DictReader(io.StringIO(nbgrader_csv([late(student) for student in students]))))
    assert [(row["last_name"], row["first_name"]) for row in rows] == [("Cruz", "Ana de la"), ("Prince", ""), ("", "")]


def test_first_name_is_harmless_too() -> None:
    """It is what comes after the comma, or before the last word."""
    student = Student(key="x", name="=1+1 Lee", email="@x")
    (row,) = csv.DictReader(io.StringIO(nbgrader_csv([late(student)])))
    assert (row["first_name"], row["email"]) == ("'=1+1", "'@x")


@given(key=hostile_text, name=hostile_text, email=hostile_text, score=st.floats(0, 25))
def test_no_cell_is_a_formula(key: str, name: str, email: str, score: float) -> None:
    """Whatever a student is called; the table keeps its shape and its numbers."""
    student = Student(key=key, name=name, email=email)
    standing = Standing(student=student, slug="a", title="A", possible=25.0, earned=score, score=score, attempt=1)
    rows = list(csv.reader(io.StringIO(nbgrader_csv([standing]))))
    assert [len(row) for row in rows] == [11, 11]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in rows[1])
    assert abs(float(rows[1][9]) - score) < 1e-5
