"""The gradebook CSV of Canvas: what its importer would make of ours, and what it must never make of it."""

import csv
import io
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Standing, Student
from mlsafety_grader.report import canvas_csv, merge_canvas
from mlsafety_grader.report.csv_cells import join_rows, make_cell, split_rows
from tests.strategies import hostile_text

ADA = Student(key="ada", name="Ada Lovelace", sortable_name="Lovelace, Ada", canvas_id="101", login="ada@x.edu")
BOB = Student(key="bob", name="Bob Stone", sortable_name="Stone, Bob", sis_id="S-7", section="A")

EXPORT = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Essay (31),Adversaries (32),Final Score,Unposted Final Score\n"
    ",,,,,Manual Posting,,,\n"
    "    Points Possible,,,,,10.00,25.00,(read only),(read only)\n"
    '"Lovelace, Ada",101,S-5,ada@x.edu,"MLS ""A""",9.00,,41.50, 41.5 \n'
    '"Stone, Bob",102,S-7,bob@x.edu,MLS,EX,12.50,,\n'
    '"Student, Test",103,,zz,MLS,,,,\n'
)


def standing(
    student: Student = ADA,
    score: float | None = 20.0,
    *,
    slug: str = "adversaries",
    title: str = "Adversaries",
    possible: float = 25.0,
) -> Standing:
    return Standing(
        student=student, slug=slug, title=title, possible=possible, earned=score, score=score, attempt=score is not None
    )


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_fresh_file_has_every_column_that_the_importer_counts_on() -> None:
    """With fewer, Canvas reads column 2, a login then, as its own numeric user id."""
    header, maxima, ada, bob = read(canvas_csv([standing(), standing(BOB, 2.345)]))
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Adversaries"]
    assert maxima == ["    Points Possible", "", "", "", "", "25"]
    assert ada == ["Lovelace, Ada", "101", "", "ada@x.edu", "", "20"]
    assert bob == ["Stone, Bob", "", "S-7", "", "A", "2.35"]


def test_numeric_login_never_stands_in_column_two() -> None:
    """1234 would be Canvas' user 1234."""
    row = read(canvas_csv([standing(replace(BOB, login="1234"))]))[2]
    assert (row[1], row[3]) == ("", "1234")


def test_no_score_is_an_empty_cell_and_zero_is_a_zero() -> None:
    """Empty changes nothing in Canvas; where only the grader failed there is no score."""
    rows = read(canvas_csv([standing(score=None), standing(BOB, 0.0)]))
    assert [row[5] for row in rows[2:]] == ["", "0"]


def test_several_assignments_are_columns_of_one_file() -> None:
    """A student who lacks one has an empty cell."""
    other = {"slug": "anomalies", "title": "Anomalies", "possible": 10.0}
    rows = read(canvas_csv([standing(), standing(BOB, 3.0, **other), standing(score=7.5, **other)]))  # type: ignore[arg-type]
    assert [row[5:] for row in rows] == [["Adversaries", "Anomalies"], ["25", "10"], ["20", "7.5"], ["", "3"]]


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("Final Score", "totals"),
        ("My Current Points quiz", "totals"),
        ("Unposted Final Grade", "totals"),
        ("Override Status (x)", "totals"),
        ("Section", "cannot be a column"),
        ("", "cannot be a column"),
        ("Robustness (2)", "id 2"),
        ("=SUM(A1)", "formula"),
        ("@home", "formula"),
        ("a\nb", "cannot be seen"),
    ],
)
def test_title_that_canvas_would_misread_is_refused(title: str, why: str) -> None:
    """Canvas drops such columns, or writes into another, without a word."""
    with pytest.raises(UsageError, match=why):
        canvas_csv([standing(title=title)])


def test_harmless_neighbours_of_bad_titles_pass() -> None:
    """The rule is Canvas' own: case counts, and both words."""
    for title in ("Final score", "Final exam", "Scores", "Adversaries (2) b", "x-y"):
        assert read(canvas_csv([standing(title=title)]))[0][5] == title


@pytest.mark.parametrize(
    ("students", "why"),
    [
        ([replace(ADA, canvas_id="12abc")], "not a number"),
        ([replace(ADA, canvas_id="٣")], "not a number"),
        ([Student(key="a", name="Kim Lee"), Student(key="b", name="Kim Lee")], "both called"),
        ([Student(key="a", name="My Points Possible")], "row of maxima"),
    ],
)
def test_student_whom_canvas_would_take_for_another_is_refused(students: list[Student], why: str) -> None:
    """Canvas reads `12abc` as 12, the first of two namesakes as both, and a name as the row of maxima."""
    with pytest.raises(UsageError, match=why):
        canvas_csv([standing(student) for student in students])


def test_student_called_like_the_row_of_maxima_is_told_by_his_id() -> None:
    """A display name is the student's own choice: it must not change what an assignment is worth."""
    row = read(canvas_csv([standing(replace(ADA, sortable_name="    Points Possible"))]))[2]
    assert row[:2] == ["", "101"]


def test_one_student_twice_and_two_maxima_are_refused() -> None:
    """Which of them would count is nobody's to guess."""
    with pytest.raises(UsageError, match="stands twice"):
        canvas_csv([standing(), standing()])
    with pytest.raises(UsageError, match="two titles or maxima"):
        canvas_csv([standing(), standing(BOB, possible=20.0)])
    with pytest.raises(UsageError, match="are called"):
        canvas_csv([standing(), standing(BOB, slug="b")])


@given(name=hostile_text, login=hostile_text, section=hostile_text, score=st.floats(0, 25))
def test_no_cell_is_a_formula_and_numbers_stay_numbers(name: str, login: str, section: str, score: float) -> None:
    """Whatever a student is called; the table keeps its shape."""
    student = replace(ADA, sortable_name=name, login=login, section=section)
    rows = read(canvas_csv([standing(student, score)]))
    assert [len(row) for row in rows] == [6, 6, 6]
    for cell in rows[2][:5]:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d")) or cell.lstrip("+-").isdigit()
        assert "\n" not in cell
    assert abs(float(rows[2][5]) - score) <= 0.005001


def test_negative_looking_id_is_a_number_and_stays_as_it_is() -> None:
    """An apostrophe before it would make another id of it."""
    assert read(canvas_csv([standing(replace(ADA, sis_id="-42"))]))[2][2] == "-42"


@given(text=st.text(alphabet='a",;\r\n \ufeff"', max_size=60), separator=st.sampled_from(",;"))
def test_splitting_and_joining_gives_the_same_bytes(text: str, separator: str) -> None:
    """Also with blanks around quotes, old line ends and none at the end."""
    with suppress(UsageError):  # quotes that readers differ about
        assert join_rows(split_rows(text, separator), separator) == text


@given(table=st.lists(st.lists(st.text(max_size=6).filter(lambda t: "\x00" not in t), min_size=1), min_size=1))
def test_cells_read_as_the_standard_reader_reads_them(table: list[list[str]]) -> None:
    """What another program wrote says the same here."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(table)
    assert [[cell.value for cell in row.cells] for row in split_rows(text.getvalue(), ",")] == table


@given(value=st.text(max_size=8), separator=st.sampled_from(",;"))
def test_made_cell_says_what_it_was_given(value: str, separator: str) -> None:
    """Quoted only when it must be."""
    cell = make_cell(value, separator)
    found = split_rows(f"x{separator}{cell.raw}{separator}y", separator)[0].cells
    assert [part.value for part in found] == ["x", value, "y"]


def test_merge_changes_our_cells_and_nothing_else() -> None:
    """Quotes, blanks and the columns of others keep their bytes."""
    found = merge_canvas(EXPORT.encode(), [standing(score=20.125), standing(BOB, 12.5)])
    assert found.data.decode() == EXPORT.replace('"MLS ""A""",9.00,,', '"MLS ""A""",9.00,20.12,')
    assert [student.key for student in found.matched] == ["ada", "bob"]
    assert found.strangers == ("Student, Test",)
    assert (found.changed, found.added, found.ambiguous, found.unmatched) == (1, (), (), ())


def test_merge_without_scores_returns_the_very_bytes() -> None:
    """With a byte order mark, semicolons and the line ends of another system."""
    for text in (EXPORT, "\ufeff" + EXPORT.replace("\n", "\r\n"), EXPORT.rstrip("\n")):
        assert merge_canvas(text.encode(), [standing(score=None)]).data == text.encode()


def test_marks_that_a_person_set_stay() -> None:
    """Excused is excused, in any case; not assigned is not assigned."""
    export = EXPORT.replace(",EX,12.50", ",eX,N/A")
    essay = {"slug": "essay", "title": "Essay", "possible": 10.0}
    found = merge_canvas(export.encode(), [standing(BOB), standing(BOB, 5.0, **essay)])  # type: ignore[arg-type]
    assert found.data == export.encode()
    assert [(kept.title, kept.value) for kept in found.kept] == [("Adversaries", "N/A"), ("Essay", "eX")]


def test_semicolons_and_decimal_commas_are_answered_in_kind() -> None:
    """A spreadsheet of that country reads 12.5 as a date."""
    export = (
        "Student;ID;SIS Login ID;Section;Adversaries (32)\n    Points Possible;;;;25,00\nLovelace, Ada;101;a;x;3,50\n"
    )
    found = merge_canvas(export.encode(), [standing(score=12.5)])
    assert found.data.decode() == export.replace("3,50", "12,5")
    same = merge_canvas(export.encode(), [standing(score=3.5)])
    assert (same.data, same.changed) == (export.encode(), 0)


def test_first_and_last_names_in_two_columns() -> None:
    """Canvas has that variant; the id is one further to the right."""
    export = "LastName,FirstName,ID,SIS Login ID,Section,Adversaries (32)\n,,,,,\nStone,Bob,,,x,\n"
    found = merge_canvas(export.encode(), [standing(replace(BOB, sis_id=""))])
    assert found.data.decode().endswith("Stone,Bob,,,x,20\n")


def test_unknown_title_becomes_a_column_before_the_totals() -> None:
    """Canvas then offers to make the assignment."""
    found = merge_canvas(EXPORT.encode(), [standing(slug="new", title="New, one", possible=5.0, score=4.0)])
    rows = read(found.data.decode())
    assert [row[7] for row in rows] == ["New, one", "", "5", "4", "", ""]
    assert [row[8:] for row in rows] == [row[7:] for row in read(EXPORT)]
    assert found.added == ("New, one",)


def test_new_column_stands_before_totals_that_look_like_assignments() -> None:
    """Canvas ends some totals with a number in brackets as well."""
    found = merge_canvas(
        EXPORT.replace("Unposted Final Score", "Final Score (9)").encode(), [standing(slug="new", title="New")]
    )
    assert read(found.data.decode())[0][7:] == ["New", "Final Score", "Final Score (9)"]


def test_title_in_canvas_may_be_another() -> None:
    """By title, or by the whole heading where two columns bear one title."""
    named = merge_canvas(EXPORT.encode(), [standing(possible=10.0, score=1.0)], titles={"adversaries": "Essay"})
    assert b',"MLS ""A""",1,,' in named.data
    twice = EXPORT.replace("Essay (31)", "Adversaries (31)")
    with pytest.raises(UsageError, match="2 columns are called"):
        merge_canvas(twice.encode(), [standing()])
    found = merge_canvas(twice.encode(), [standing()], titles={"adversaries": "Adversaries (32)"})
    assert b'"MLS ""A""",9.00,20,' in found.data


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("10.00,25.00", "10.00,(read only)", "read-only"),
        ("10.00,25.00", "10.00,100.00", "worth 100 points in Canvas and 25 here"),
        ("Student,ID", "Name,Number", "no gradebook of Canvas"),
        ("Section", "Group", "no gradebook of Canvas"),
        ('"Stone, Bob"', '"Stone, Bob', "never closed"),
        ('"Stone, Bob"', 'Bob "B" Stone', "inside a cell"),
    ],
)
def test_gradebook_that_cannot_be_filled_is_refused(old: str, new: str, why: str) -> None:
    """Before anything is written."""
    with pytest.raises(UsageError, match=why):
        merge_canvas(EXPORT.replace(old, new, 1).encode(), [standing()])


def test_gradebook_that_a_spreadsheet_has_saved_is_refused() -> None:
    """In an encoding of its own, in which names are lost."""
    with pytest.raises(UsageError, match="not UTF-8"):
        merge_canvas(EXPORT.replace("Stone", "Stöne").encode("latin-1"), [standing()])


def test_ids_come_before_names_and_contradictions_are_told() -> None:
    """Two rows for one student, two students for one row, an id that speaks against a name: nothing is written."""
    moved = replace(ADA, sis_id="S-7")  # her Canvas id is in one row, her SIS id in another
    twin = Student(key="twin", name="Lovelace, Ada")
    other = replace(ADA, key="other", canvas_id="999", login="else@x.edu")
    found = merge_canvas(EXPORT.encode(), [standing(moved)])
    assert [(m.student.key, m.reason) for m in found.ambiguous] == [("ada", "rows 4 and 5 both fit")]
    found = merge_canvas(EXPORT.encode(), [standing(), standing(twin)])
    assert [m.student.key for m in found.ambiguous] == ["ada", "twin"]
    assert found.data == EXPORT.encode()
    assert [m.student.key for m in merge_canvas(EXPORT.encode(), [standing(other)]).unmatched] == ["other"]


def test_namesakes_in_canvas_are_ambiguous() -> None:
    """Two rows of one name, and nothing else to go by."""
    export = EXPORT.replace('"Student, Test"', '"Stone, Bob"')
    found = merge_canvas(export.encode(), [standing(replace(BOB, sis_id=""))])
    assert found.ambiguous[0].reason == "rows 5 and 6 both fit"


def test_second_row_of_maxima_is_a_student_who_is_left_alone() -> None:
    """His display name would otherwise change what the assignment is worth."""
    export = EXPORT.replace('"Stone, Bob"', "xPoints Possible")
    found = merge_canvas(export.encode(), [standing(BOB)])
    assert found.data == export.encode()
    assert [m.student.key for m in found.unmatched] == ["bob"]


@given(scores=st.lists(st.none() | st.floats(0, 25), min_size=2, max_size=2))
def test_merging_twice_changes_nothing(scores: list[float | None]) -> None:
    """What we wrote is read back as the same score."""
    standings = [standing(student, score) for student, score in zip((ADA, BOB), scores, strict=True)]
    once = merge_canvas(EXPORT.encode(), standings)
    twice = merge_canvas(once.data, standings)
    assert (twice.data, twice.changed) == (once.data, 0)
