"""`mlsafety gradebook` as an instructor meets it, in a terminal of 80 columns."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gradebook_records import graded
from tests.integration.gradebook.test_gradebook_service import write_batch
from tests.toycourse import REPOSITORY

MLSAFETY = str(Path(sys.executable).with_name("mlsafety"))
COMMANDS = (
    "init",
    "roster",
    "import",
    "status",
    "export",
    "history",
    "override",
    "extend",
    "grade-written",
    "assign",
    "rules",
)
ROSTER = "id,name,email\nada,Ada Lovelace,ada@uni.edu\nalan,Alan Turing,alan@uni.edu\n"


def run(*arguments: object, cwd: Path, url: str = "") -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "COLUMNS": "80", **({"MLSAFETY_DATABASE": url} if url else {})}
    return subprocess.run(
        [MLSAFETY, "gradebook", *map(str, arguments)],
        cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def output(*arguments: object, cwd: Path, url: str) -> str:
    done = run(*arguments, cwd=cwd, url=url)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    return done.stdout + done.stderr


def test_a_term_from_the_command_line(url: str, tmp_path: Path) -> None:
    """From init to export: what each command says, and that it holds for the next."""
    (tmp_path / "r.csv").write_text(ROSTER)
    write_batch(
        tmp_path / "graded", graded("ada.ipynb", 2.0), graded("x.ipynb", 3.0),
        submissions="folder,student,submitted_at\nada.ipynb,ada,2026-10-03T10:00Z\nx.ipynb,,\n",
    )  # fmt: skip

    def say(*arguments: object) -> str:
        return output(*arguments, cwd=tmp_path, url=url)

    written = len(list((REPOSITORY / "assignments").glob("*/*/assignment.toml")))
    assert f"{written} assignments, 0 late days" in say("init", "--course", REPOSITORY)
    assert "2 added, 0 updated" in say("roster", "r.csv")
    assert "2 reports from graded: 1 new, 0 graded again, 0 unchanged, 1 unmatched" in say("import", "graded")
    assert "10 % a day late" in say("rules", "adversaries", "--due", "2026-10-01T23:59+02:00", "--penalty", "10")
    assert "score: 0.4/8 → 4.4/8" in say("grade-written", "ada", "adversaries", "w1", "--item", "clear=4")
    assert "score: 4.4/8 → 4.9/8" in say(
        "override", "ada", "adversaries", "2.5", "--question", "q1", "--reason", "typo"
    )
    assert "score: 4.9/8 → 5.7/8" in say("extend", "ada@uni.edu", "adversaries", "--hours", "24", "--reason", "ill")
    assert "no score → 3/8; w1 still waits" in say("assign", "adversaries", "x.ipynb", "Alan Turing")
    assert "0 new, 0 graded again, 2 unchanged, 0 unmatched" in say("import", "graded")
    status = say("status")
    assert "2/2" in status
    assert max(len(line) for line in status.splitlines()[:4]) <= 80
    history = say("history", "ada", "--database", url)
    assert "override  adversaries, q1: 2.5 (typo)" in history
    say("export", "--format", "csv", "--out", "out.csv")
    assert '"ada","Ada Lovelace","ada@uni.edu","","adversaries",5.7,8,6.5,0.8,1,1' in (tmp_path / "out.csv").read_text()
    assert "taken back" in say("extend", "ada", "adversaries", "--remove", "--reason", "was not ill")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("status",), "there is no such file"),
        (("export", "--format", "xls"), "no format is called 'xls'"),
        (("override", "ada", "adversaries", "--reason", "x"), "an override needs points"),
        (("override", "ada", "adversaries", "1", "--remove"), "an override needs points"),
        (("extend", "ada", "adversaries"), "an extension needs a time"),
        (("grade-written", "ada", "adversaries", "w1", "--item", "no points"), "--item 'no points' names no points"),
        (("rules", "adversaries", "--due", "2026-10-01T23:59"), "--due: 2026-10-01T23:59:00 has no time zone"),
        (("rules", "adversaries", "--due", "tomorrow"), "--due: 'tomorrow' is no time"),
        (("rules", "adversaries", "--counting", "first"), "--counting 'first' is no way to count"),
        (("rules", "adversaries", "--accept-days", "-1"), "--accept-days '-1' is no number of days"),
        (("roster", "missing.csv"), "missing.csv cannot be read"),
        (("import", "missing"), "missing is not a folder"),
        (("status", "--database", "mysql://ann:hush@host/x"), "database of kind 'mysql'"),
        (("status", "--database", ""), "the gradebook's database has no name"),
    ],
)
def test_mistakes_get_one_message_and_exit_code_2(tmp_path: Path, arguments: tuple[str, ...], problem: str) -> None:
    """What is wrong, and below it what to do."""
    done = run(*arguments, cwd=tmp_path, url="sqlite:///none.sqlite")
    assert done.returncode == 2
    assert problem in done.stderr
    assert len(done.stderr.strip().splitlines()) == 2
    assert "hush" not in done.stderr


def test_outside_a_course_the_default_is_not_guessed(tmp_path: Path) -> None:
    """The message names both ways out."""
    done = run("status", cwd=tmp_path)
    assert (done.returncode, "--database" in done.stderr, "--course" in done.stderr) == (2, True, True)


def test_help_fits_and_imports_no_database_library(tmp_path: Path) -> None:
    """Every command's, in 80 columns."""
    code = (
        "import sys\nfrom mlsafety_grader.cli import main\n"
        "sys.argv = ['mlsafety', 'gradebook', sys.argv[1], '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n"
        "    print(sorted({'sqlalchemy', 'alembic', 'psycopg', 'torch', 'numpy'} & set(sys.modules)), file=sys.stderr)"
    )
    environ = {**os.environ, "COLUMNS": "80"}
    for command in COMMANDS:
        done = subprocess.run([sys.executable, "-c", code, command], capture_output=True, text=True, check=True,
                              cwd=tmp_path, env=environ)  # fmt: skip
        assert done.stderr.strip() == "[]"
        assert max(len(line) for line in done.stdout.splitlines()) <= 80
