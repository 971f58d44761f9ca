"""Read a database URL. What is shown of one never holds a password."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from mlsafety_grader.errors import UsageError

_FORMS = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a gradebook is. `shown` is for people; `file` is SQLite's, None for a server."""

    shown: str
    file: Path | None
    url: URL = field(repr=False)


def parse_address(text: str, *, folder: Path) -> Address:
    """Return the address that a setting or flag names.

    Args:
        text: a URL, or just a file's name, which means SQLite.
        folder: what a relative SQLite file is relative to.

    Raises:
        UsageError: this is no such URL, or of another kind of database. The message does not repeat it: it may hold a
            password in an unexpected place.
    """
    if not text.strip() or "\x00" in text:
        raise UsageError("the gradebook's database has no name", hint=f"write {_FORMS}")
    if "://" not in text:
        return _sqlite(Path(text), folder)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError("the gradebook's database URL cannot be read", hint=f"write {_FORMS}") from None
    backend = url.drivername.partition("+")[0]
    if backend not in _DRIVERS:
        raise UsageError(f"a gradebook cannot be kept in a database of kind {backend!r}", hint=f"write {_FORMS}")
    if backend == "sqlite":
        if not url.database or url.database == ":memory:" or url.query:
            raise UsageError("a gradebook needs a file of its own", hint="write sqlite:///FILE, without options")
        return _sqlite(Path(url.database), folder)
    if not url.database:
        raise UsageError("the PostgreSQL URL names no database", hint="write postgresql://USER:PASSWORD@HOST/NAME")
    return _server(url.set(drivername=_DRIVERS[backend]))


def _sqlite(file: Path, folder: Path) -> Address:
    path = folder / file.expanduser()
    return Address(shown=str(path), file=path, url=URL.create("sqlite+pysqlite", database=str(path)))


def _server(url: URL) -> Address:
    host = url.host or url.query.get("host") or "localhost"
    # the query is left out: libpq takes passwords there as well
    place = f"{host}:{url.port}" if url.port else str(host)
    return Address(shown=f"postgresql://{place}/{url.database}", file=None, url=url)
