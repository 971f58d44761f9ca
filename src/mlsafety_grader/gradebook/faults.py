"""Turn what a database says into one message: what is wrong, with which gradebook, and what to do.

Neither statement nor values are shown: they hold students' data, and the driver's own text may hold the address.
"""

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mlsafety_grader.errors import GradebookError
from mlsafety_grader.gradebook.address import Address

_BACKUP = "put back a copy from before, or make a new one with `mlsafety gradebook init` and import the batches again"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """`signs` are parts of a driver's message, lower case, or an SQLSTATE."""

    signs: tuple[str, ...]
    problem: str
    remedy: str


_FAULTS = (
    _Fault(
        signs=("database is locked", "database table is locked", "55p03", "57014"),
        problem="somebody else is writing to it",
        remedy="wait until the other command is done, then run this one again; nothing was changed",
    ),
    _Fault(signs=("file is not a database",), problem="is a file of another kind, no database", remedy=_BACKUP),
    _Fault(
        signs=("disk image is malformed", "malformed database schema", "xx001", "xx002"),
        problem="is damaged",
        remedy=_BACKUP,
    ),
    _Fault(
        signs=("disk is full", "disk i/o error", "53100"),
        problem="the disk is full or fails",
        remedy="make room or choose another place with --database, then run this again; nothing was changed",
    ),
    _Fault(
        signs=("readonly database", "42501", "25006"),
        problem="you may read it but not write to it",
        remedy="ask its owner for the right to write, for SQLite to the file and its folder",
    ),
    _Fault(
        signs=("unable to open database file",),
        problem="cannot be opened",
        remedy="check that its folder exists and that you may write there",
    ),
    _Fault(signs=("append-only",), problem="its audit trail cannot be changed", remedy="leave the table `audit` alone"),
    _Fault(
        signs=("password authentication failed", 'role "', "28p01", "28000", "no password supplied"),
        problem="refuses the user or the password",
        remedy="correct the URL (MLSAFETY_DATABASE or --database)",
    ),
    _Fault(
        signs=("3d000", "does not exist"),
        problem="the server has no such database, or its tables are gone",
        remedy="make it with PostgreSQL's `createdb`, then run `mlsafety gradebook init`",
    ),
    _Fault(
        signs=("connection refused", "could not translate host", "failed to resolve", "connection failed", "57p03",
               "server closed the connection", "57p01", "timeout expired", "no such file or directory"),
        problem="the server cannot be reached",
        remedy="check that it runs and that host and port in the URL are right",
    ),
)  # fmt: skip


def explain(error: SQLAlchemyError, address: Address) -> GradebookError:
    """Return the error to raise in the place of a database's own."""
    said = _said(error)
    for fault in _FAULTS:
        if any(sign in said for sign in fault.signs):
            return GradebookError(f"gradebook {address.shown}: {fault.problem}", hint=fault.remedy)
    kind = type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
    return GradebookError(
        f"gradebook {address.shown}: the database failed with {kind}",
        hint="nothing was changed; run this again, and if it persists check the database itself",
    )


def _said(error: SQLAlchemyError) -> str:
    """Return the driver's message and its SQLSTATE, in lower case."""
    if not isinstance(error, DBAPIError):
        return ""
    return f"{error.orig} {getattr(error.orig, 'sqlstate', None) or ''}".lower()
