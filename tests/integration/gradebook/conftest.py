"""Both databases for every test: an SQLite file, and a PostgreSQL server of our own on a temporary socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from mlsafety_grader.gradebook import Act, Address, Gradebook, import_roster, open_gradebook, parse_address, set_up
from mlsafety_grader.gradebook.roster_file import Entry, Roster, RosterKind
from mlsafety_grader.gradebook.tables import Base
from mlsafety_grader.model import Student

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ACT = Act(author="tester", at=NOW)
STUDENTS = (
    Student(key="ada", name="Ada Lovelace", sortable_name="Lovelace, Ada", email="ada@uni.edu", canvas_id="101"),
    Student(key="alan", name="Alan Turing", sortable_name="Turing, Alan", github="enigma"),
    Student(key="grace", name="Grace Hopper", sortable_name="Hopper, Grace", login="ghopper"),
)
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket folder of a running server. Nothing is made to last: a crash of the server is not what we test."""
    tools = _postgres_tools()
    if tools is None:
        pytest.skip("no PostgreSQL server is installed; run `make setup` as root, or apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    user = _server_user()
    if user is not None:
        shutil.chown(folder, user)
    as_user: dict[str, Any] = {} if user is None else {"user": user, "group": user, "extra_groups": []}

    def run(tool: str, *arguments: str) -> None:
        subprocess.run(
            [tools / tool, *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=120, **as_user
        )

    data, log = str(folder / "data"), str(folder / "log")
    settings = f"-k {folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    try:
        run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8", "--locale=C")
        run("pg_ctl", "-D", data, "-l", log, "-w", "-o", settings, "start")
        yield folder
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def filled_database(postgres: Path) -> str:
    """A filled database on the server, to be copied: that is faster than filling one for each test."""
    name = "filled"
    _execute(postgres, f"CREATE DATABASE {name}")
    _make_filled(_url(postgres, name))
    return name


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file."""
    path = tmp_path_factory.mktemp("filled") / "gradebook.sqlite"
    _make_filled(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(postgres: Path) -> Iterator[str]:
    """An empty database on the server."""
    yield from _database(postgres, "template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/gradebook.sqlite"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def filled_postgres_url(postgres: Path, filled_database: str) -> Iterator[str]:
    """A filled database on the server."""
    yield from _database(postgres, filled_database)


@pytest.fixture(params=["sqlite", "postgresql"])
def filled_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind with three students and three late days each."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("filled_file"), tmp_path / "gradebook.sqlite")
        return f"sqlite:///{tmp_path}/gradebook.sqlite"
    found: str = request.getfixturevalue("filled_postgres_url")
    return found


@pytest.fixture
def address(url: str, tmp_path: Path) -> Address:
    """Where an empty database is."""
    return parse_address(url, folder=tmp_path)


@pytest.fixture
def book(filled_url: str, tmp_path: Path) -> Iterator[Gradebook]:
    """A gradebook with three students and three late days each."""
    with open_gradebook(parse_address(filled_url, folder=tmp_path), wait_s=2) as gradebook:
        yield gradebook


def fill(gradebook: Gradebook) -> None:
    """Make the tables, the course and the roster."""
    gradebook.initialise()
    entries = tuple(Entry(line=line, student=student) for line, student in enumerate(STUDENTS, start=2))
    with gradebook.writing() as session:
        set_up(session, title="Course", late_days=3, assignments=[], act=ACT)
        import_roster(session, Roster(name="r.csv", kind=RosterKind.PLAIN, entries=entries), act=ACT)


def dump(gradebook: Gradebook) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    with gradebook.reading() as session:
        return {
            name: [tuple(row) for row in session.execute(text(f"SELECT * FROM {name} ORDER BY id"))]  # noqa: S608
            for name in Base.metadata.tables
        }


def _make_filled(url: str) -> None:
    with open_gradebook(parse_address(url, folder=Path.cwd())) as gradebook:
        fill(gradebook)


def _database(postgres: Path, template: str) -> Iterator[str]:
    name = f"test{next(_numbers)}"
    _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _url(postgres, name)
    _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def _execute(postgres: Path, statement: str) -> None:
    with psycopg.connect(host=str(postgres), user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(statement.encode())


def _url(postgres: Path, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={postgres}"


def _postgres_tools() -> Path | None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    places += [Path(found).parent] if found else []
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def _server_user() -> str | None:
    """Whom the server runs as: it refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)
