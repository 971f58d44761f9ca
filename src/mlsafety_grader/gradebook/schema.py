"""Bring a database to the shape that this version works with, or say why it cannot be worked with."""

import io
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from mlsafety_grader.errors import GradebookError
from mlsafety_grader.gradebook.address import Address
from mlsafety_grader.gradebook.tables import Base

_FOLDER = Path(__file__).parent / "migrations"


def migrate(connection: Connection, address: Address, *, to: str = "head") -> bool:
    """Make or renew the tables within the caller's transaction; return whether anything had to be done.

    Raises:
        GradebookError: the database belongs to something else or to a newer version.
    """
    found = _version(connection)
    if found is None:
        _require_no_strangers(connection, address)
    elif found not in _known():
        raise _too_new(address, found)
    if found == _head():
        return False
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    return True


def require_current(connection: Connection, address: Address) -> None:
    """Refuse a database that is not of this version.

    Raises:
        GradebookError: it was never initialised, belongs to something else, or is of an older or newer version.
    """
    found = _version(connection)
    if found == _head():
        return
    if found is None:
        _require_no_strangers(connection, address)
        raise GradebookError(
            f"gradebook {address.shown}: is empty, it was never initialised", hint="run `mlsafety gradebook init` first"
        )
    if found not in _known():
        raise _too_new(address, found)
    raise GradebookError(
        f"gradebook {address.shown}: is of an older version ({found}; this program needs {_head()})",
        hint="keep a copy, then run `mlsafety gradebook init`: it renews the database and loses nothing",
    )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _require_no_strangers(connection: Connection, address: Address) -> None:
    strangers = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    if not strangers:
        return
    ours = set(Base.metadata.tables)
    whose = "tables like a gradebook's without a version" if ours & set(strangers) else "tables of another program"
    raise GradebookError(
        f"gradebook {address.shown}: this database holds {whose} ({strangers[0]!r})",
        hint="name a database for the gradebook alone with --database",
    )


def _too_new(address: Address, found: str) -> GradebookError:
    return GradebookError(
        f"gradebook {address.shown}: is of a newer or unknown version ({found}; this program knows up to {_head()})",
        hint="use the newer mlsafety-grader that wrote it",
    )


def _config() -> Config:
    config = Config(stdout=io.StringIO())
    # alembic reads options with %-interpolation
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _known() -> set[str]:
    return {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}


def _head() -> str:
    return str(ScriptDirectory.from_config(_config()).get_current_head())
