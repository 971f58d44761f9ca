"""The gradebook file."""

import csv
import io
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Case, CaseResult, Examination, Manifest, Question, Report, Status, Verdict
from mlsafety_grader.report import grades_csv
from mlsafety_grader.report.grades_csv import text_cell
from tests.strategies import batches, hostile_text, report_of


def question(name: str, points: float, topic: str | None = "t.one") -> Question:
    return Question(name=name, cases=(Case(name=f"{name} - 1", points=points, hidden=True),), topic=topic)


MANIFEST = Manifest(
    slug="toy",
    title="Toy",
    release_id="r1",
    questions=(
        question("q10", 1.0, "t.two"),
        question("q2_pgd", 2.0),
        Question(name="w1", manual=True, manual_points=5.0, topic="t.one"),
    ),
)


def report(name: str, status: Status = Status.GRADED, reason: str = "", *passed: str) -> Report:
    cases: dict[str, tuple[CaseResult, ...]] = {
        asked.name: (CaseResult(name=f"{asked.name} - 1", verdict=Verdict.PASSED, hidden=True, possible=0),)
        for asked in MANIFEST.autograded
        if asked.name in passed
    }
    return report_of(MANIFEST, Examination(status=status, reason=reason, cases=cases), submission=name)


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_layout_is_otters_with_topics_behind() -> None:
    """Header, maxima and one row per submission, questions and files as people count."""
    text = grades_csv([report("b10.ipynb", Status.GRADED, "", "q2_pgd"), report("b9.ipynb")], MANIFEST)

    assert text.splitlines() == [
        '"file","q2_pgd","q10","total_points_earned","percent_correct","grading_status","t.two","t.one"',
        '"points-per-question",2,1,3,1,"--",1,2',
        '"b9.ipynb",0,0,0,0,"Completed",0,0',
        '"b10.ipynb",2,0,2,0.6667,"Completed",0,2',
    ]


def test_rejected_is_zero_with_the_reason() -> None:
    """A file that cannot be graded earned nothing, and the row says why."""
    rows = rows_of(grades_csv([report("a.ipynb", Status.REJECTED, "this is no notebook")], MANIFEST))

    assert rows[2] == ["a.ipynb", "0", "0", "0", "0", "rejected: this is no notebook", "0", "0"]


def test_grader_fault_is_empty_never_zero() -> None:
    """Our own failure leaves no number that a gradebook could import."""
    rows = rows_of(grades_csv([report("a.ipynb", Status.GRADER_FAULT, "", "q10")], MANIFEST))

    assert rows[2] == ["a.ipynb", "", "", "", "", "grader_fault", "", ""]


def test_question_that_a_report_lacks_earned_nothing() -> None:
    """A report without results has zeros, not holes."""
    bare = replace(report("a.ipynb", Status.REJECTED, "empty"), questions=(), topics=())

    assert rows_of(grades_csv([bare], MANIFEST))[2][1:3] == ["0", "0"]


def test_report_of_another_release_is_refused() -> None:
    """Columns of one release do not fit another's points."""
    with pytest.raises(UsageError, match="release toy r0") as caught:
        grades_csv([replace(report("a.ipynb"), release_id="r0")], MANIFEST)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("hw1.ipynb", "hw1.ipynb"),
        ("=1+1", "'=1+1"),
        ("-2", "'-2"),
        ("\u3000 +1", "'\u3000 +1"),
        ("\uff1d1", "'\uff1d1"),
        ("\ufe63x", "'\ufe63x"),
        ("\tx", "'\\tx"),
        ("\u202e@x", "'\\u202e@x"),
        ("\x00=x", "'\\x00=x"),
        ("a=1", "a=1"),
        ("", ""),
        ("  ", "  "),
    ],
)
def test_formulas_are_disarmed(text: str, cell: str) -> None:
    """What a spreadsheet would run, fullwidth and small forms and blanks before it included, gets an apostrophe."""
    assert text_cell(text) == cell


@given(text=hostile_text)
def test_no_cell_starts_like_a_formula(text: str) -> None:
    """Whatever a name begins with, after blanks and invisible characters stands no trigger."""
    cell = text_cell(text)

    bare = "".join(char for char in cell if unicodedata.category(char)[0] not in "CZ")
    assert not unicodedata.normalize("NFKC", bare).startswith(("=", "+", "-", "@"))
    assert not cell.startswith(("\t", "\r", "\n"))


@given(batch=batches(), data=st.data())
def test_hostile_names_keep_the_table_in_shape(batch: tuple[Manifest, list[Report]], data: st.DataObject) -> None:
    """Every line is a row, every row has every column, no cell is a formula, and the order of grading shows nowhere."""
    manifest, reports = batch

    text = grades_csv(reports, manifest)

    rows = rows_of(text)
    assert len(rows) == len(text.splitlines()) == len(reports) + 2
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row if cell != "--"]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)
    assert grades_csv(data.draw(st.permutations(reports)), manifest) == text
    text.encode()
