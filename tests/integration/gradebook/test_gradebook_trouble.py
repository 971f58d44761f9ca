"""Databases that are missing, foreign, damaged, full or closed to us: one message that says what and what to do."""

import os
import resource
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from mlsafety_grader.errors import GradebookError
from mlsafety_grader.gradebook import Gradebook, open_gradebook, parse_address, read_overview
from tests.integration.gradebook.conftest import dump
from tests.integration.gradebook.test_gradebook_processes import PROGRAM
from tests.toycourse import REPOSITORY


def read(url: str, folder: Path, *, wait_s: float = 2) -> None:
    with open_gradebook(parse_address(url, folder=folder), wait_s=wait_s) as book, book.reading() as session:
        read_overview(session)


def complaint(url: str, folder: Path) -> str:
    with pytest.raises(GradebookError) as caught:
        read(url, folder)
    assert caught.value.exit_code == 2
    assert caught.value.hint
    return caught.value.message


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach: pytest's own are closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="gradebook", dir="/tmp"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_missing_file_is_not_made(tmp_path: Path) -> None:
    """Reading and writing a wrong name must not leave an empty database there."""
    assert "no such file" in complaint("sqlite:///none.sqlite", tmp_path)
    with open_gradebook(parse_address("none.sqlite", folder=tmp_path)) as book, pytest.raises(GradebookError) as caught:
        book.writing().__enter__()
    assert "no such file" in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_empty_database_names_init(url: str, tmp_path: Path) -> None:
    """A file or a database that was made but never initialised."""
    (tmp_path / "gradebook.sqlite").touch()
    with pytest.raises(GradebookError, match="never initialised") as caught:
        read(url, tmp_path)
    assert "mlsafety gradebook init" in caught.value.hint


def test_database_of_another_program_is_left_alone(url: str, tmp_path: Path) -> None:
    """Neither read nor made into a gradebook."""
    with open_gradebook(parse_address(url, folder=tmp_path)) as book:
        with book._connect(writes=True) as connection:
            connection.execute(text("CREATE TABLE recipes (id INTEGER)"))
        for attempt in (lambda: book.reading().__enter__(), book.initialise):
            with pytest.raises(GradebookError, match=r"tables of another program \('recipes'\)"):
                attempt()


def test_gradebook_without_version_is_not_guessed_at(book: Gradebook) -> None:
    """Its tables are ours, but nobody knows of which version."""
    with book._connect(writes=True) as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(GradebookError, match="without a version"), book.reading():
        pass


def test_missing_table_is_named_as_damage(book: Gradebook) -> None:
    """Somebody dropped one by hand."""
    with book._connect(writes=True) as connection:
        connection.execute(text("DROP TABLE case_results"))
        connection.execute(text("DROP TABLE question_results"))
    with pytest.raises(GradebookError), book.reading() as session:
        session.execute(text("SELECT * FROM question_results"))


def test_other_files_are_no_database(tmp_path: Path) -> None:
    """A notebook, a folder, a name that cannot be."""
    (tmp_path / "text.sqlite").write_text("this is no database\n" * 100)
    assert "file of another kind" in complaint("sqlite:///text.sqlite", tmp_path)
    (tmp_path / "folder.sqlite").mkdir()
    assert "no such file" in complaint("sqlite:///folder.sqlite", tmp_path)
    address = parse_address("sqlite:///missing/x.sqlite", folder=tmp_path)
    with open_gradebook(address) as book, pytest.raises(GradebookError, match="cannot be opened"):
        book.initialise()


def test_damaged_file_is_said_to_be_damaged(filled_file: Path, tmp_path: Path) -> None:
    """Its beginning is whole, the rest is not."""
    data = bytearray(filled_file.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    (tmp_path / "bad.sqlite").write_bytes(data)
    assert "is damaged" in complaint("sqlite:///bad.sqlite", tmp_path)
    (tmp_path / "short.sqlite").write_bytes(filled_file.read_bytes()[:5000])
    assert "is damaged" in complaint("sqlite:///short.sqlite", tmp_path)


def test_full_disk_changes_nothing(filled_file: Path, tmp_path: Path) -> None:
    """No file may grow: the import says so, and the database is as it was. With room again it works."""
    file = tmp_path / "gradebook.sqlite"
    shutil.copy(filled_file, file)
    limit = file.stat().st_size + 8192
    command = [*PROGRAM, f"sqlite:///{file}", "a", "200"]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "the disk is full or fails" in done.stdout
    assert "Traceback" not in done.stderr
    assert file.read_bytes() == filled_file.read_bytes()
    assert subprocess.run(command, cwd=REPOSITORY, check=False, stdout=subprocess.DEVNULL, timeout=120).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk or become somebody else")
def test_small_disk_is_said_to_be_full(filled_file: Path, open_folder: Path) -> None:
    """A real one, of 400 KiB."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", open_folder], check=False)
    if mounted.returncode:
        pytest.skip("this host lets nobody mount a tmpfs; the test with a file size limit covers the rest")
    try:
        file = open_folder / "gradebook.sqlite"
        shutil.copy(filled_file, file)
        command = [*PROGRAM, f"sqlite:///{file}", "a", "1000"]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120)
        assert (done.returncode, "the disk is full" in done.stdout) == (2, True), done.stderr
        read(f"sqlite:///{file}", open_folder)
    finally:
        subprocess.run(["umount", open_folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_folder_that_may_not_be_written(filled_file: Path, open_folder: Path) -> None:
    """Reading works, importing says whose right is missing; where not even reading is allowed, that is said."""
    file = open_folder / "gradebook.sqlite"
    shutil.copy(filled_file, file)
    file.chmod(0o644)
    open_folder.chmod(0o755)
    assert "you may read it but not write" in _as_nobody(f"sqlite:///{file}")
    file.chmod(0o600)
    assert "cannot be opened" in _as_nobody(f"sqlite:///{file}")
    file.unlink()
    assert "no such file" in _as_nobody(f"sqlite:///{file}")


def _as_nobody(url: str) -> str:
    done = subprocess.run(
        [*PROGRAM, url, "a", "3", "nobody"], cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_locked_file_is_waited_for(filled_file: Path, tmp_path: Path) -> None:
    """Somebody's database browser holds it: readers and writers give up with one message."""
    file = tmp_path / "gradebook.sqlite"
    shutil.copy(filled_file, file)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with open_gradebook(parse_address(str(file), folder=tmp_path), wait_s=0.2) as book:
        for opening in (book.reading, book.writing):
            with pytest.raises(GradebookError, match="somebody else is writing"), opening():
                pass
        holder.execute("ROLLBACK")
        holder.close()
        assert dump(book)["students"]


def test_server_that_is_not_there(tmp_path: Path) -> None:
    """No server, no such host; the message never has the password, whatever the driver says."""
    for place in ("127.0.0.1:1", "host.invalid"):
        message = complaint(f"postgresql://mallory:hush@{place}/grades", tmp_path)
        assert "the server cannot be reached" in message
        assert "hush" not in message
        assert "mallory" not in message
    message = complaint(f"postgresql:///grades?host={tmp_path}&password=hush", tmp_path)
    assert ("cannot be reached" in message, "hush" in message) == (True, False)


def test_server_without_that_database(postgres: Path, tmp_path: Path) -> None:
    """Or without that user."""
    assert "no such database" in complaint(f"postgresql://postgres@/nothing?host={postgres}", tmp_path)
    assert "refuses the user" in complaint(f"postgresql://mallory:hush@/postgres?host={postgres}", tmp_path)


def test_server_that_may_only_be_read(filled_postgres_url: str, postgres: Path, tmp_path: Path) -> None:
    """A user with SELECT alone can look and is told why not more."""
    address = parse_address(filled_postgres_url, folder=tmp_path)
    with open_gradebook(address) as book, book._connect(writes=True) as connection:
        connection.execute(text("CREATE ROLE reader LOGIN"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    url = filled_postgres_url.replace("postgres@", "reader@")
    read(url, tmp_path)
    done = subprocess.run([*PROGRAM, url, "a", "1"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, "you may read it but not write" in done.stdout) == (2, True), done.stderr
