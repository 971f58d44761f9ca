"""Roster files: three kinds, told apart by their header, and everything that can be wrong with one."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import GraderError, UsageError
from mlsafety_grader.gradebook import Roster, RosterKind, parse_roster
from mlsafety_grader.gradebook.sheet import MAX_BYTES, MAX_ROWS
from mlsafety_grader.model import Student

keys = st.from_regex(r"[a-z][a-z0-9.]{2,12}", fullmatch=True)
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Adversaries (12),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,30,(read only)
"Lovelace, Ada",101,s1,ada@uni.edu,A,25,
Turing,102,s2,alan,,N/A,
"Student, Test",999,,abc,,,
"""


def parse(text: str) -> Roster:
    return parse_roster(text.encode(), name="r.csv")


def students(text: str) -> list[Student]:
    return [entry.student for entry in parse(text).entries]


def test_canvas_export() -> None:
    """Rows that are no students are left out; names are turned round."""
    assert parse(CANVAS).kind is RosterKind.CANVAS
    assert students(CANVAS) == [
        Student(
            key="ada@uni.edu", name="Ada Lovelace", sortable_name="Lovelace, Ada", email="ada@uni.edu",
            login="ada@uni.edu", sis_id="s1", canvas_id="101", section="A",
        ),
        Student(key="alan", name="Turing", sortable_name="Turing", login="alan", sis_id="s2", canvas_id="102"),
    ]  # fmt: skip


def test_canvas_export_with_two_name_columns() -> None:
    """Canvas writes this variant where its feature flag is on."""
    (ada,) = students("LastName,FirstName,ID,SIS User ID,SIS Login ID,Section\nLovelace,Ada,1,,ada,A\n")
    assert (ada.key, ada.name, ada.sortable_name) == ("ada", "Ada Lovelace", "Lovelace, Ada")


def test_classroom_roster() -> None:
    """Quoted as GitHub writes it; who has not joined yet has no GitHub name."""
    text = (
        '"identifier","github_username","github_id","name"\n"ada@uni.edu","ada-l","7","Ada"\n"Alan Turing","","",""\n'
    )
    assert parse(text).kind is RosterKind.CLASSROOM
    assert students(text) == [
        Student(key="ada@uni.edu", name="Ada", email="ada@uni.edu", github="ada-l"),
        Student(key="Alan Turing", name="Alan Turing"),
    ]


@pytest.mark.parametrize(
    ("text", "student"),
    [
        ("name,email\nAda Lovelace,ada@x.org\n", Student(key="ada@x.org", name="Ada Lovelace", email="ada@x.org")),
        ("ID;Name\nada;Ada\n", Student(key="ada", name="Ada", login="ada")),
        ("sep=;\r\nid;name\r\nada;Ada\r\n", Student(key="ada", name="Ada", login="ada")),
        ("id\tname\nada\tAda\n", Student(key="ada", name="Ada", login="ada")),
        ("\ufeffid,name\nada,Ada\n", Student(key="ada", name="Ada", login="ada")),
        ("github\nhttps://github.com/ada-l\n", Student(key="ada-l", name="ada-l", github="ada-l")),
        (
            "First Name,Last Name,Student_ID\nAda,Lovelace,a1\n",
            Student(key="a1", name="Ada Lovelace", sortable_name="Lovelace, Ada", login="a1"),
        ),
        (
            'id,name\na,"Lovelace, Ada"\n',
            Student(key="a", name="Ada Lovelace", sortable_name="Lovelace, Ada", login="a"),
        ),
        ("id,name,section\na,Ada\n", Student(key="a", name="Ada", login="a")),
        ("id,name\na,Zoe\u0308\n", Student(key="a", name="Zoë", login="a")),
        ("id,name,email\na,Ada,-\n", Student(key="a", name="Ada", login="a")),
    ],
)
def test_plain_files(text: str, student: Student) -> None:
    """Whatever the spreadsheet made of separator, marks, order and names of columns."""
    assert students(text) == [student]


def test_lines_are_the_files_own() -> None:
    """Empty ones and cells with line breaks count."""
    roster = parse('id,note\n\na,"two\nlines"\n\nb,x\n')
    assert [entry.line for entry in roster.entries] == [3, 6]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no column names students"),
        (b"id,name\n", "names no student"),
        (b"name,section\nAda,A\n", "line 1: no column names students ('name', 'section')"),
        (b"Student,ID,SIS Login ID\nAda,1,ada\n", "Canvas gradebook without the column 'Section'"),
        (b"id,name,id\na,b,c\n", "line 1: two columns are called 'id'"),
        (b"id,name\na,Ada\nA,Other\n", "line 3: 'A' stands in line 2 already"),
        (b"id,email\na,x@y.z\nb,X@Y.Z\n", "line 3: 'X@Y.Z' stands in line 2 already"),
        (b"id,name\na,Ada\n,Bob\n", "line 3: names no student"),
        (b"id,name\na,=HYPERLINK(0)\n", "line 2: 'name' begins with '='"),
        (b"id,name\n@a,Ada\n", "line 2: 'id' begins with '@'"),
        ("id,name\na,\uff1dcmd\n".encode(), "begins with '\uff1d'"),
        (b"id,name\na,Ada\x1b[31m\n", "invisible character U+001B"),
        ("id,name\na,\u202eadA\n".encode(), "invisible character U+202E"),
        (b"id,name\na,Ada\nb,B\x00b\n", "line 3: holds NUL bytes"),
        ("id,name\na,Ada\n".encode("utf-16"), "line 1: holds NUL bytes"),
        ("id,name\na,Ada\nb,Zoë\n".encode("latin-1"), "line 3: is not UTF-8 text"),
        (b'id,name\na,"Ada\nb,Bob\n', "is not CSV"),
        (b'id,name\na,"A"da\n', "line 2: is not CSV"),
        (b"id,name\na,Lovelace, Ada\n", "line 2: has 3 cells, the header 2"),
        (b"id,name\n" + b"a" * 101 + b",Ada\n", "longer than 100"),
        (b"id,name\na," + b"x" * 301 + b"\n", "'name' is longer than 300"),
        (b"id,name\na," + b"x" * 200_000 + b"\n", "line 2: is not CSV"),
        (b"x" * (MAX_BYTES + 1), "larger than 10 MiB"),
        (b"id\n" + b"a\n" * (MAX_ROWS + 1), "more than 50,000 lines"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(data: bytes, problem: str) -> None:
    """One message that begins with the file's name, and a hint."""
    with pytest.raises(UsageError) as caught:
        parse_roster(data, name="r.csv")
    assert caught.value.message.startswith("r.csv")
    assert problem in caught.value.message
    assert caught.value.hint


@given(st.binary(max_size=300) | st.text(alphabet='idname,;\t"\n\r=@\x00\ufeffé', max_size=80).map(str.encode))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    """Any bytes give a roster or one message."""
    for head in (
        b"",
        b"id,name\n",
        b"Student,ID,SIS Login ID,Section\n",
        b"identifier,github_username,github_id,name\n",
    ):
        try:
            roster = parse_roster(head + data, name="r.csv")
        except GraderError as error:
            assert error.message.startswith("r.csv")  # noqa: PT017 - either outcome is right
        else:
            assert all(entry.student.key for entry in roster.entries)


@given(
    st.lists(
        st.tuples(keys, st.from_regex(r"\w[\w ,'-]{0,20}", fullmatch=True)),
        min_size=1, unique_by=lambda pair: pair[0],
    ),
    st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]),
)  # fmt: skip
def test_what_a_spreadsheet_writes_is_read_back(
    rows: list[tuple[str, str]], separator: str, end: str, mark: str
) -> None:
    """Every key, in order, whatever the dialect."""
    table = io.StringIO()
    writer = csv.writer(table, delimiter=separator, lineterminator=end)
    writer.writerows([("login", "name"), *rows])
    found = parse_roster((mark + table.getvalue()).encode(), name="r.csv")
    assert [entry.student.key for entry in found.entries] == [key for key, _ in rows]
