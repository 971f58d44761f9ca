"""What platforms give out: who handed in what and when, and nobody's work ever taken for somebody else's."""

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.batch import (
    Collected,
    HandedIn,
    Layout,
    collect_layout,
    detect_layout,
    read_layout,
    submissions_csv,
)
from mlsafety_grader.batch.layout_gradescope import _read_events
from mlsafety_grader.batch.layout_records import read_instant
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Student
from tests.strategies import NASTY_NAMES

ADA = Student(
    key="ada",
    name="Ada Lovelace",
    sortable_name="Lovelace, Ada",
    email="ada@x.edu",
    sis_id="S-1",
    canvas_id="101",
    github="Ada-L",
)
BOB = Student(key="bob", name="Bob Stone", sortable_name="Stone, Bob", email="bob@x.edu", canvas_id="102", github="bob")
EVE = Student(key="eve", name="Eve Müller", sortable_name="Müller, Eve")
ROSTER = (ADA, BOB, EVE)

METADATA = """---
submission_11:
  :submitters:
  - :name: Ada Lovelace
    :sid: S-1
    :email: ADA@x.edu
  :created_at: 2026-02-01 12:00:00.123456789 Z
  :score: 3.0
  :results:
    :tests:
    - :name: q1
      :email: bob@x.edu
submission_12:
  :submitters:
  - :name: Bob Stone
    :sid: ''
    :email: bob@x.edu
  :created_at: '2026-02-01T14:00:00+02:00'
"""


def fill(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def hand_ins(folder: Path, layout: Layout, *roster: Student) -> tuple[HandedIn, ...]:
    return read_layout(folder, layout, roster or ROSTER).submissions


def owners(folder: Path, layout: Layout, *roster: Student) -> dict[str, str | None]:
    return {each.name: each.student for each in hand_ins(folder, layout, *roster)}


# Canvas


def test_canvas_names_are_read_and_matched_by_id(tmp_path: Path) -> None:
    """Id before name; late is late; a name with digits and underscores is still a name."""
    folder = fill(tmp_path, "lovelaceada_LATE_101_900_my_hw_2.ipynb", "someoneelse_102_901_hw.ipynb")
    first, second = hand_ins(folder, Layout.CANVAS)
    assert (first.student, first.is_late, first.attempt, first.counts) == ("ada", True, 1, True)
    assert (second.student, second.is_late) == ("bob", False)


def test_canvas_name_counts_only_where_no_id_speaks_against_it(tmp_path: Path) -> None:
    """Eve has no id on the roster, Ada has another one; accents are left out by Canvas or not."""
    folder = fill(tmp_path, "mllereve_777_1_hw.ipynb", "lovelaceada_999_2_hw.ipynb")
    assert owners(folder, Layout.CANVAS) == {
        "mllereve_777_1_hw.ipynb": "eve",
        "lovelaceada_999_2_hw.ipynb": None,
    }
    assert owners(fill(tmp_path / "b", "müllereve_777_1_hw.ipynb"), Layout.CANVAS)["müllereve_777_1_hw.ipynb"] == "eve"


def test_canvas_attempts_are_ordered_by_file_number_as_numbers(tmp_path: Path) -> None:
    """9 was uploaded before 10; that no times are known is said."""
    folder = fill(tmp_path, "lovelaceada_101_10_hw-1.ipynb", "lovelaceada_101_9_hw.ipynb")
    found = hand_ins(folder, Layout.CANVAS)
    assert [(each.name, each.attempt, each.counts) for each in found] == [
        ("lovelaceada_101_9_hw.ipynb", 1, False),
        ("lovelaceada_101_10_hw-1.ipynb", 2, True),
    ]
    assert all("file numbers" in each.note for each in found)


def test_canvas_files_beside_the_answer_are_set_aside(tmp_path: Path) -> None:
    """A plot, a helper script, typed text; but somebody's only file is graded, whatever it is."""
    names = ("ada_101_1_hw.ipynb", "ada_101_2_plot.png", "ada_101_3_help.py", "ada_101_text.html", "bob_102_4_hw.pdf")
    handed = read_layout(fill(tmp_path, *names), Layout.CANVAS, ROSTER)
    assert [each.name for each in handed.submissions] == ["ada_101_1_hw.ipynb", "bob_102_4_hw.pdf"]
    assert {each.name for each in handed.set_aside} == set(names[1:4])


def test_canvas_anonymous_files_are_nobodys(tmp_path: Path) -> None:
    """Even where the five signs look like an id."""
    (found,) = hand_ins(fill(tmp_path, "anon_00101_900_hw.ipynb"), Layout.CANVAS)
    assert found.student is None
    assert "anonymously" in found.reason


def test_two_people_of_one_name_are_neither_of_them(tmp_path: Path) -> None:
    """One of them is Eve; which one is not to be guessed."""
    folder = fill(tmp_path, "mllereve_777_1_hw.ipynb", "mllereve_778_2_hw.ipynb")
    found = hand_ins(folder, Layout.CANVAS)
    assert [each.student for each in found] == [None, None]
    assert "Canvas user 777, Canvas user 778" in found[0].reason


def test_name_of_two_students_is_neither_of_them(tmp_path: Path) -> None:
    """The roster has namesakes."""
    twin = Student(key="eve2", name="Eve Müller", sortable_name="Müller, Eve")
    (found,) = hand_ins(fill(tmp_path, "mllereve_777_1_hw.ipynb"), Layout.CANVAS, EVE, twin)
    assert (found.student, found.reason) == (None, "fits 2 students of the roster: eve, eve2")


# Moodle


@pytest.mark.parametrize("end", ["assignsubmission_file_", "assignsubmission_file"])
def test_moodle_folders_are_matched_by_full_name(tmp_path: Path, end: str) -> None:
    """First name first or last name first, in any case; the number is on no roster."""
    folder = fill(tmp_path, f"ada  LOVELACE_123_{end}/hw.ipynb", f"Stone, Bob_124_{end}/sub/hw.ipynb")
    assert detect_layout(folder) is Layout.MOODLE
    assert list(owners(folder, Layout.MOODLE).values()) == ["ada", "bob"]


def test_moodle_without_folders(tmp_path: Path) -> None:
    """Files with the same beginning are one hand-in."""
    start = "Ada Lovelace_123_assignsubmission_file_"
    handed = read_layout(fill(tmp_path, f"{start}hw.ipynb", f"{start}plot.png"), Layout.MOODLE, ROSTER)
    assert [(each.name, each.student) for each in handed.submissions] == [(f"{start}hw.ipynb", "ada")]
    assert [each.name for each in handed.set_aside] == [f"{start}plot.png"]


def test_moodle_typed_text_and_strangers_are_set_aside(tmp_path: Path) -> None:
    """They are told, not graded."""
    folder = fill(tmp_path, "Ada Lovelace_1_assignsubmission_onlinetext_/onlinetext.html", "readme.txt")
    handed = read_layout(folder, Layout.MOODLE, ROSTER)
    assert handed.submissions == ()
    assert len(handed.set_aside) == 2


def test_two_notebooks_in_one_hand_in_are_nobodys_until_somebody_says(tmp_path: Path) -> None:
    """Both are graded, neither counts."""
    place = "Ada Lovelace_1_assignsubmission_file_"
    found = hand_ins(fill(tmp_path, f"{place}/a.ipynb", f"{place}/b.ipynb", f"{place}/c.py"), Layout.MOODLE)
    assert [(Path(each.name).name, each.student, each.counts) for each in found] == [
        ("a.ipynb", None, False),
        ("b.ipynb", None, False),
    ]
    assert "holds 2 files that could be the answer (a.ipynb, b.ipynb)" in found[0].reason


# Gradescope


def gradescope(folder: Path, metadata: str = METADATA) -> Path:
    fill(folder, "submission_11/hw.ipynb", "submission_11/data/x.csv", "submission_12/hw.zip")
    (folder / "submission_metadata.yml").write_text(metadata)
    return folder


def test_gradescope_says_whose_and_when(tmp_path: Path) -> None:
    """Times with and without fractions, in any zone; what stands in results is not who handed in."""
    folder = gradescope(tmp_path)
    assert detect_layout(folder) is Layout.GRADESCOPE
    ada, bob = hand_ins(folder, Layout.GRADESCOPE)
    assert (ada.name, ada.student) == ("submission_11/hw.ipynb", "ada")
    assert ada.submitted_at == datetime(2026, 2, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert (bob.student, bob.submitted_at) == ("bob", datetime(2026, 2, 1, 12, tzinfo=UTC))


def test_gradescope_resubmissions_are_ordered_by_time(tmp_path: Path) -> None:
    """The newest counts, whatever its number; equal times are said to be equal."""
    metadata = METADATA.replace("Bob Stone", "Ada Lovelace").replace("bob@x.edu\n  :created", "ada@x.edu\n  :created")
    first, second = hand_ins(gradescope(tmp_path / "a", metadata), Layout.GRADESCOPE)
    assert [(each.name[:13], each.attempt, each.counts, each.note) for each in (first, second)] == [
        ("submission_12", 1, False, ""),
        ("submission_11", 2, True, ""),
    ]
    same = metadata.replace("12:00:00.123456789", "12:00:00")
    tied = hand_ins(gradescope(tmp_path / "b", same), Layout.GRADESCOPE)
    assert all("same time" in each.note for each in tied)


def test_gradescope_group_counts_for_each_of_its_students(tmp_path: Path) -> None:
    """A task and a row each: a gradebook knows one student per report. Only the named ones are its students."""
    metadata = METADATA.replace(
        "  - :name: Bob Stone", "  - :name: Ada Lovelace\n    :email: ada@x.edu\n  - &b\n    :name: Bob Stone"
    )
    collected = collect_layout(gradescope(tmp_path, metadata), roster=ROSTER, out=tmp_path / "out")
    assert len({task.folder for task in collected.tasks}) == 3
    assert {task.name for task in collected.tasks} >= {"submission_12/hw.zip [ada]", "submission_12/hw.zip [bob]"}
    whose = sorted((each.name, each.student, each.attempt) for each in collected.handed.submissions)
    assert whose == [
        ("submission_11/hw.ipynb", "ada", 2),
        ("submission_12/hw.zip", "ada", 1),
        ("submission_12/hw.zip", "bob", 1),
    ]


def test_gradescope_folder_without_an_entry_is_nobodys(tmp_path: Path) -> None:
    """It is graded all the same."""
    fill(gradescope(tmp_path), "submission_13/hw.ipynb")
    found = {each.name: each for each in hand_ins(tmp_path, Layout.GRADESCOPE)}
    assert found["submission_13/hw.ipynb"].student is None
    assert "does not say whose" in found["submission_13/hw.ipynb"].reason


@pytest.mark.parametrize(
    "metadata",
    [
        "[]",
        "x",
        "{",
        "a: &a [*a]\nb: !!python/object/apply:os.system [touch /tmp/x]\n<<: *a\n",
        "submission_11: !ruby/object:Foo {}\n",
        "submission_11:\n  :submitters: {a: b}\n  :created_at: [1]\n",
        "submission_11:\n  :submitters: [1, [2], {:email: {x: y}}]\n  :created_at: 2026-02-01 12:00:00\n",
        "? {a: b}\n: c\n",
        "../../etc:\n  :submitters: []\n",
        "a: " + "[" * 5000,
    ],
)
def test_hostile_metadata_names_nobody(tmp_path: Path, metadata: str) -> None:
    """Tags make no objects, merges are not followed, odd shapes say nothing; broken YAML is one clear message."""
    folder = gradescope(tmp_path, metadata)
    try:
        found = hand_ins(folder, Layout.GRADESCOPE)
    except UsageError as e:
        assert "submission_metadata.yml cannot be read" in e.message  # noqa: PT017 - either is right
        return
    assert [(each.student, each.submitted_at) for each in found] == [(None, None), (None, None)]


def test_only_who_and_when_are_kept_of_the_metadata() -> None:
    """Results can be most of it; they are read past."""
    kept = _read_events(METADATA.encode())["submission_11"]
    assert kept == {
        "submitters": [{"name": "Ada Lovelace", "sid": "S-1", "email": "ADA@x.edu"}],
        "created_at": "2026-02-01 12:00:00.123456789 Z",
    }


@pytest.mark.parametrize("text", ["", "2026-02-01 12:00:00", "2026-02-01", "Monday", "9999-99-99 00:00:00 Z", "\ud800"])
def test_time_without_a_zone_or_sense_is_no_time(text: str) -> None:
    """A gradebook must not guess on whose clock it was."""
    assert read_instant(text) is None


def test_times_as_platforms_write_them() -> None:
    """With Z, UTC or an offset."""
    wanted = datetime(2026, 2, 1, 12, tzinfo=UTC)
    for text in (
        "2026-02-01T12:00:00Z",
        " 2026-02-01 12:00:00 UTC",
        "2026-02-01 12:00:00.000000000 Z",
        "2026-02-01 05:00:00.000000000 -07:00",
        "2026-02-01T14:00:00+02:00",
    ):
        assert read_instant(text) == wanted


def test_aliases_do_not_multiply(tmp_path: Path) -> None:
    """Nine levels of nine aliases would be a billion entries."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    lines += ["submission_11:", "  :submitters: *a9", "  <<: [*a9, *a9]"]
    found = hand_ins(gradescope(tmp_path, "\n".join(lines)), Layout.GRADESCOPE)
    assert [each.student for each in found] == [None, None]


def test_metadata_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading stops at the limit, which is small here so that the test is quick."""
    monkeypatch.setattr("mlsafety_grader.batch.layout_gradescope.MAX_METADATA_MIB", 0)
    with pytest.raises(UsageError, match="more than 0 MiB"):
        hand_ins(gradescope(tmp_path), Layout.GRADESCOPE)


# GitHub Classroom


def clones(folder: Path, *names: str) -> Path:
    return fill(folder, *(f"{name}/.git/HEAD" for name in names), *(f"{name}/hw.ipynb" for name in names))


def test_github_user_is_what_follows_the_assignment(tmp_path: Path) -> None:
    """Both have hyphens: what all folders begin with is the assignment."""
    folder = clones(tmp_path, "lab-1-ada-l", "lab-1-bob")
    assert detect_layout(folder) is Layout.GITHUB
    assert owners(folder, Layout.GITHUB) == {"lab-1-ada-l/hw.ipynb": "ada", "lab-1-bob/hw.ipynb": "bob"}


def test_github_user_who_ends_like_another_is_not_that_one(tmp_path: Path) -> None:
    """mary-bob is nobody of ours, though bob is."""
    folder = clones(tmp_path, "lab1-mary-bob", "lab1-ada-l")
    assert owners(folder, Layout.GITHUB)["lab1-mary-bob/hw.ipynb"] is None


def test_github_folder_alone_needs_the_folder_above(tmp_path: Path) -> None:
    """Of one name alone, any hyphen could be the one; classroom's own folder tells."""
    assert owners(clones(tmp_path / "x", "lab1-mary-bob"), Layout.GITHUB) == {"lab1-mary-bob/hw.ipynb": None}
    folder = clones(tmp_path / "lab1-submissions", "lab1-ada-l")
    assert owners(folder, Layout.GITHUB) == {"lab1-ada-l/hw.ipynb": "ada"}


def test_github_grades_csv_says_who_and_when(tmp_path: Path) -> None:
    """The time is GitHub's own; a roster identifier may be any mark of the student."""
    folder = clones(tmp_path, "lab1-x9", "lab1-bob")
    (folder / "grades.csv").write_text(
        "github_username,roster_identifier,student_repository_name,submission_timestamp\n"
        "x9,ada@x.edu,lab1-x9,2026-02-01 12:00:00 UTC\nbob,,lab1-bob,\n"
    )
    ada, bob = hand_ins(folder, Layout.GITHUB, ADA.__class__(key="ada", name="A", email="ada@x.edu"), BOB)
    assert (ada.student, ada.submitted_at) == ("ada", datetime(2026, 2, 1, 12, tzinfo=UTC))
    assert (bob.student, bob.submitted_at) == ("bob", None)


def test_github_user_and_identifier_of_two_students_fit_neither(tmp_path: Path) -> None:
    """The roster and Classroom disagree; a person has to look."""
    folder = clones(tmp_path, "lab1-bob", "lab1-zoe")
    (folder / "grades.csv").write_text(
        "github_username,roster_identifier,student_repository_name\nbob,ada,lab1-bob\nzoe,,lab1-zoe\n"
    )
    assert owners(folder, Layout.GITHUB)["lab1-bob/hw.ipynb"] is None


# plain files, detection, collecting


def test_plain_file_named_by_any_one_mark(tmp_path: Path) -> None:
    """The whole name, not a part of it."""
    folder = fill(tmp_path, "ADA.ipynb", "bob@x.edu.zip", "102.py", "eve_hw.ipynb")
    assert owners(folder, Layout.PLAIN) == {
        "ADA.ipynb": "ada",
        "bob@x.edu.zip": "bob",
        "102.py": "bob",
        "eve_hw.ipynb": None,
    }


def test_mark_of_two_students_is_neither(tmp_path: Path) -> None:
    """One's login is another's key."""
    other = Student(key="x", name="X", login="ada")
    assert owners(fill(tmp_path, "ada.ipynb"), Layout.PLAIN, ADA, other) == {"ada.ipynb": None}


def test_ordinary_folder_is_plain(tmp_path: Path) -> None:
    """One odd name among others, a folder without .git, an empty folder."""
    assert detect_layout(fill(tmp_path / "a", "x_1_2_hw.ipynb", "ada.ipynb", "bob.ipynb")) is Layout.PLAIN
    assert detect_layout(fill(tmp_path / "b", "lab-ada/hw.ipynb")) is Layout.PLAIN
    assert detect_layout(fill(tmp_path / "c")) is Layout.PLAIN
    assert detect_layout(fill(tmp_path / "d", "submission_metadata.yml", "hw.ipynb")) is Layout.PLAIN
    assert detect_layout(fill(tmp_path / "e", "ada_101_1_hw.ipynb", "bob_102_2_a.zip", "x.txt")) is Layout.CANVAS


def test_links_are_never_followed(tmp_path: Path) -> None:
    """A link in a download could name any file of this machine."""
    outside = fill(tmp_path / "outside", "secret.ipynb", ".git/x")
    for layout, name in (
        (Layout.CANVAS, "ada_101_1_hw.ipynb"),
        (Layout.MOODLE, "Ada Lovelace_1_assignsubmission_file_"),
        (Layout.GRADESCOPE, "submission_11"),
        (Layout.GITHUB, "lab-ada"),
        (Layout.PLAIN, "ada.ipynb"),
    ):
        folder = fill(tmp_path / layout.value)
        (folder / name).symlink_to(outside if layout is not Layout.CANVAS else outside / "secret.ipynb")
        handed = read_layout(folder, layout, ROSTER)
        assert handed.submissions == ()
        assert [each.name for each in handed.set_aside] == [name]
    inner = fill(tmp_path / "inner" / "submission_11")
    (inner / "hw.ipynb").symlink_to(outside / "secret.ipynb")
    assert [each.path for each in hand_ins(tmp_path / "inner", Layout.GRADESCOPE)] == [inner]


def test_metadata_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    """It would be somebody else's file."""
    (tmp_path / "real.yml").write_text(METADATA)
    folder = fill(tmp_path / "in", "submission_11/hw.ipynb")
    (folder / "submission_metadata.yml").symlink_to(tmp_path / "real.yml")
    assert owners(folder, Layout.GRADESCOPE) == {"submission_11/hw.ipynb": None}


def test_deep_and_wide_folders_are_looked_at_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies deeper than anybody puts it is not found; a folder of very many files is told."""
    folder = fill(tmp_path / "a", "submission_11/1/2/3/4/5/hw.ipynb")
    assert [each.path.name for each in hand_ins(folder, Layout.GRADESCOPE)] == ["submission_11"]
    monkeypatch.setattr("mlsafety_grader.batch.layout_files.MAX_LOOKED_AT", 3)
    wide = fill(tmp_path / "b", *(f"Ada Lovelace_1_assignsubmission_file_/{n}.txt" for n in range(5)))
    (found,) = hand_ins(wide, Layout.MOODLE)
    assert "more than 3 files" in found.reason


def collect(folder: Path, out: Path, layout: str = "auto") -> Collected:
    return collect_layout(folder, layout=layout, roster=ROSTER, out=out)


def test_collecting_gives_tasks_and_submissions_csv(tmp_path: Path) -> None:
    """The report folder's name is what joins the two."""
    collected = collect(gradescope(tmp_path / "in"), tmp_path / "out")
    assert [task.name for task in collected.tasks] == ["submission_11/hw.ipynb", "submission_12/hw.zip"]
    rows = list(csv.DictReader(io.StringIO(submissions_csv(collected))))
    assert [row["folder"] for row in rows] == [task.folder for task in collected.tasks]
    assert [row["student"] for row in rows] == ["ada", "bob"]
    assert datetime.fromisoformat(rows[1]["submitted_at"]) == datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert all(task.keep == tmp_path / "out" / task.folder for task in collected.tasks)


def test_everything_that_a_person_should_see_is_a_row(tmp_path: Path) -> None:
    """Nobody's submissions, what was left out, and on what an order rests."""
    names = ("lovelaceada_101_1_a.ipynb", "lovelaceada_101_2_b.ipynb", "zoe_9_3_hw.ipynb", "bob_102_text.html")
    rows = dict(collect(fill(tmp_path / "in", *names), tmp_path / "out").unmatched_table_rows)
    assert set(rows) == set(names)
    assert rows["zoe_9_3_hw.ipynb"] == "nobody on the roster has this id or name"


def test_out_folder_and_wrong_names_of_layouts(tmp_path: Path) -> None:
    """Reports of the last run are no submissions; a typing mistake is told."""
    folder = fill(tmp_path, "ada.ipynb", "graded/x.json")
    assert [task.name for task in collect(folder, folder / "graded").tasks] == ["ada.ipynb"]
    with pytest.raises(UsageError, match="no layout is called"):
        collect(folder, folder / "graded", "gradescop")
    with pytest.raises(UsageError, match="cannot be read"):
        collect(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(UsageError, match="nothing to grade"):
        collect(fill(tmp_path / "empty"), tmp_path / "out")


def test_file_called_like_one_of_the_batch(tmp_path: Path) -> None:
    """It does not stand in the way of the batch's own files."""
    folder = fill(tmp_path / "in", "submissions.csv", "grades.csv", "=cmd.ipynb", "@x.ipynb")
    folders = {task.folder for task in collect(folder, tmp_path / "out").tasks}
    assert not folders & {"submissions.csv", "grades.csv"}
    assert not any(name.startswith(("=", "+", "-", "@")) for name in folders)


FILE_NAMES = st.one_of(
    st.sampled_from(
        [name.replace("/", "").replace("\x00", "") for name in NASTY_NAMES if len(name) < 60 and "\ud83d" not in name]
    ),
    st.from_regex(r"[a-z]{1,4}(_LATE)?_10[12]_[0-9]{1,3}_[a-z]{1,3}\.(ipynb|py|zip|pdf)", fullmatch=True),
    st.from_regex(r"(Ada Lovelace|Bob)_[0-9]{1,3}_assignsubmission_file_(hw\.ipynb)?", fullmatch=True),
    st.from_regex(r"submission_[0-9]{1,3}", fullmatch=True),
    st.binary(min_size=1, max_size=30).map(os.fsdecode),
).filter(lambda name: name not in {"", ".", ".."} and not {"/", "\x00"} & set(name))


@given(names=st.lists(FILE_NAMES, min_size=1, max_size=6, unique=True), layout=st.sampled_from(["auto", *Layout]))
def test_any_names_give_safe_folders_and_lose_nothing(
    names: list[str], layout: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every name is graded, set aside or hidden; every report folder lies in the output folder; each has one owner."""
    place = tmp_path_factory.mktemp("names")
    folder = fill(place / "in", *names)
    try:
        collected = collect(folder, place / "out", str(layout))
    except UsageError:
        return
    shown = {task.path.relative_to(folder).parts[0] for task in collected.tasks}
    aside = len(collected.handed.set_aside)
    assert len(shown) + aside == sum(not name.startswith(".") for name in names)
    for task in collected.tasks:
        assert task.keep is not None
        assert task.keep.parent == place / "out"
        assert task.folder.isprintable()
        assert task.path.is_relative_to(folder)
    counted = [each.student for each in collected.handed.submissions if each.counts]
    assert len(counted) == len(set(counted))
    submissions_csv(collected).encode()
