"""Rosters in the database: again, from several sources, and nothing of a bad one."""

import pytest

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook import Gradebook, RosterChange, import_roster, list_students, parse_roster
from mlsafety_grader.gradebook.students import find_student
from mlsafety_grader.model import Student
from tests.integration.gradebook.conftest import ACT, STUDENTS, dump


def bring(book: Gradebook, text: str) -> RosterChange:
    with book.writing() as session:
        return import_roster(session, parse_roster(text.encode(), name="r.csv"), act=ACT)


def students(book: Gradebook) -> dict[str, Student]:
    with book.reading() as session:
        return {student.key: student for student in list_students(session)}


def test_students_come_by_sortable_name(book: Gradebook) -> None:
    """As in a class list."""
    assert list(students(book)) == ["grace", "ada", "alan"]
    assert students(book)["ada"] == STUDENTS[0]


def test_second_import_changes_nothing(book: Gradebook) -> None:
    """Nor does the order of lines matter; students who are not in the file stay."""
    lines = ["kurt,Kurt Gödel,kurt@uni.edu", "ada,Ada Lovelace,ada@uni.edu"]
    done = bring(book, "\n".join(["id,name,email", *lines]))
    assert (done.added, done.updated, done.unchanged, done.absent) == (("kurt",), ("ada",), 0, ("alan", "grace"))
    before = dump(book)
    done = bring(book, "\n".join(["id,name,email", *reversed(lines)]))
    assert (done.added, done.updated, done.unchanged) == ((), (), 2)
    assert dump(book) == before


def test_sources_complete_each_other(book: Gradebook) -> None:
    """A Classroom roster finds students by e-mail or plain name and adds GitHub names; Canvas adds its numbers."""
    bring(
        book,
        'identifier,github_username,github_id,name\n"ADA@uni.edu",ada-l,7,\nGrace Hopper,cobol,8,\nAlan Turing,,,\n',
    )
    bring(book, 'Student,ID,SIS User ID,SIS Login ID,Section\n"Hopper, Grace",303,s3,ghopper,B\n')
    found = students(book)
    assert len(found) == 3
    assert (found["ada"].github, found["grace"].github, found["alan"].github) == ("ada-l", "cobol", "enigma")
    assert (found["grace"].canvas_id, found["grace"].sis_id, found["grace"].section) == ("303", "s3", "B")
    assert found["ada"].name == "Ada Lovelace"


def test_students_are_found_by_what_people_call_them(book: Gradebook) -> None:
    """Any identifier in any case, or a name that only one has; otherwise the message says who could be meant."""
    bring(book, "id,name\nADA,Ada Lovelace\nkurt,Alan Turing\n")
    with book.reading() as session:
        found = {
            called: find_student(session, called).key for called in ("ENIGMA", "ada@uni.edu", "101", "grace hopper")
        }
        assert list(found.values()) == ["alan", "ada", "ada", "grace"]
        with pytest.raises(UsageError, match="more than one student: alan, kurt"):
            find_student(session, "Alan Turing")
        with pytest.raises(UsageError, match="no student is called 'hopp'") as caught:
            find_student(session, "hopp")
        assert "did you mean grace?" in caught.value.hint
        with pytest.raises(UsageError) as caught:
            find_student(session, "")
        assert "gradebook roster" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,email,github\nnew,new@uni.edu,\nada,,enigma\n", "r.csv, line 3: fits more than one student: ada, alan"),
        ("login,email\nada,\nother,ada@uni.edu\n", "r.csv, line 3: means ada, as line 2 does"),
    ],
)
def test_contradiction_keeps_the_whole_file_out(book: Gradebook, text: str, problem: str) -> None:
    """The message has the line; the good lines before it are not there either."""
    before = dump(book)
    with pytest.raises(UsageError, match=problem):
        bring(book, text)
    assert dump(book) == before
