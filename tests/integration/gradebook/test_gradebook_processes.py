"""Several processes at one gradebook, and processes that die: what is in it is whole, and nothing is lost."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlsafety_grader.errors import GradebookError
from mlsafety_grader.gradebook import Gradebook, open_gradebook, parse_address, read_overview
from tests.integration.gradebook.conftest import dump
from tests.toycourse import REPOSITORY

PROGRAM = [sys.executable, "-m", "tests.integration.gradebook.importer"]
COUNT = 60


def start(url: str, prefix: str, *more: str, number: int = COUNT) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, url, prefix, str(number), *more], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )


def wait_for(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    assert any(line.strip() == word for line in process.stdout)


def finish(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=120)
    return process.returncode


def attempts(book: Gradebook) -> int:
    with book.reading() as session:
        return sum(row.attempts for row in read_overview(session).assignments)


def test_two_writers_take_turns(filled_url: str, book: Gradebook) -> None:
    """Both finish, nothing is lost, and every student's attempts are numbered without a gap."""
    both = [start(filled_url, prefix) for prefix in ("a", "b")]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert attempts(book) == 2 * COUNT
    numbers: dict[int, list[int]] = {}
    for row in dump(book)["attempts"]:
        numbers.setdefault(row[2], []).append(row[5])
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in numbers.values())


def test_writers_of_one_batch_agree(filled_url: str, book: Gradebook) -> None:
    """The same batch, imported by two at once, is there once."""
    both = [start(filled_url, "same") for _ in range(2)]
    assert [finish(process) for process in both] == [0, 0]
    assert attempts(book) == COUNT


def test_killed_before_the_end_leaves_what_was_there(filled_url: str, book: Gradebook) -> None:
    """Everything was written but for the last step: none of it stays, and importing again brings all."""
    before = dump(book)
    process = start(filled_url, "a", "pause")
    wait_for(process, "written")
    process.kill()
    process.communicate()
    assert dump(book) == before
    assert finish(start(filled_url, "a")) == 0
    assert attempts(book) == COUNT


@pytest.mark.parametrize("delay_s", [0.02, 0.08, 0.2, 0.35])
def test_killed_at_any_moment_is_all_or_nothing(filled_url: str, book: Gradebook, delay_s: float) -> None:
    """Never a part of a batch."""
    process = start(filled_url, "a", number=4 * COUNT)
    wait_for(process, "ready")
    time.sleep(delay_s)
    process.kill()
    process.communicate()
    assert attempts(book) in (0, 4 * COUNT)


def test_a_writer_that_does_not_finish_is_named(filled_url: str, book: Gradebook, tmp_path: Path) -> None:
    """Others wait for a while, then say so and change nothing. Reading goes on."""
    before = dump(book)
    process = start(filled_url, "a", "pause")
    wait_for(process, "written")
    with open_gradebook(parse_address(filled_url, folder=tmp_path), wait_s=1) as second:
        began = time.monotonic()
        with pytest.raises(GradebookError, match="somebody else is writing to it") as caught, second.writing():
            pass
        assert 0.5 < time.monotonic() - began < 60
        assert "wait until the other command is done" in caught.value.hint
    assert dump(book) == before
    process.kill()
    process.communicate()
