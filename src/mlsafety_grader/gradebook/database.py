"""Open a gradebook. Everything is read or written within one transaction: it happens whole or not at all.

SQLite keeps its rollback journal rather than a write-ahead log: writes are few and short, the file stays one file that
people may copy, and it works on the network folders that courses lie in. Writers take turns: SQLite's by its own lock,
PostgreSQL's by an advisory lock, so that neither sees the other's half and no serialisation failure needs a second try.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from mlsafety_grader.errors import GradebookError
from mlsafety_grader.gradebook.address import Address
from mlsafety_grader.gradebook.faults import explain
from mlsafety_grader.gradebook.schema import migrate, require_current

WAIT_S = 10
_WRITES = "gradebook_writes"
_LOCK = 0x6D6C_7361_6665  # "mlsafe": the advisory lock that PostgreSQL's writers take


class Gradebook:
    """A gradebook's database; `open_gradebook` makes one. `wait_s` is how long a lock is waited for."""

    def __init__(self, address: Address, *, wait_s: float = WAIT_S) -> None:
        self.address = address
        self._engine = _make_engine(address, wait_s)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database.

        Raises:
            GradebookError: the database cannot be worked with, or is not of this version.
        """
        if self.address.file is not None and not self.address.file.is_file():
            raise _missing(self.address)
        with self._connect(writes=False) as connection:
            require_current(connection, self.address)
            with Session(connection, autoflush=False) as session:
                yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are kept when the block ends well, and undone otherwise.

        Raises:
            GradebookError: as `reading`; also when another writer does not finish in time.
        """
        if self.address.file is not None and not self.address.file.is_file():
            raise _missing(self.address)
        with self._connect(writes=True) as connection:
            require_current(connection, self.address)
            with Session(connection) as session:
                yield session
                session.flush()

    def initialise(self, *, to: str = "head") -> bool:
        """Make or renew the tables; return whether anything had to be done.

        Raises:
            GradebookError: the database cannot be worked with, belongs to something else or is newer.
        """
        with self._connect(writes=True) as connection:
            return migrate(connection, self.address, to=to)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _connect(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                connection = connection.execution_options(**{_WRITES: writes})
                if self.address.file is None:
                    # a writer's snapshot must be younger than its lock: it takes a new one with every statement
                    level: IsolationLevel = "READ COMMITTED" if writes else "REPEATABLE READ"
                    connection = connection.execution_options(isolation_level=level, postgresql_readonly=not writes)
                with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            raise explain(error, self.address) from None


@contextmanager
def open_gradebook(address: Address, *, wait_s: float = WAIT_S) -> Iterator[Gradebook]:
    """Give a gradebook for the time of a block. Nothing is read before its first transaction."""
    gradebook = Gradebook(address, wait_s=wait_s)
    try:
        yield gradebook
    finally:
        gradebook.close()


def _missing(address: Address) -> GradebookError:
    return GradebookError(
        f"gradebook {address.shown}: there is no such file",
        hint="make it with `mlsafety gradebook init`, or name another with --database",
    )


def _make_engine(address: Address, wait_s: float) -> Engine:
    if address.file is not None:
        engine = create_engine(address.url, poolclass=NullPool, connect_args={"timeout": wait_s})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c lock_timeout={int(wait_s * 1000)} -c timezone=UTC"
    engine = create_engine(
        address.url,
        poolclass=NullPool,
        connect_args={"connect_timeout": max(2, int(wait_s)), "options": options},
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(raw: SqliteConnection, _record: object) -> None:
    raw.isolation_level = None  # the driver's own BEGIN comes too late: `_begin_sqlite` says it
    for pragma in ("foreign_keys = ON", "journal_mode = DELETE", "synchronous = FULL", "trusted_schema = OFF"):
        raw.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if _writes(connection):
        # the lock is taken at once: one that began as a reader could not wait for it later
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if _writes(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(_WRITES))
