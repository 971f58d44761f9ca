"""The folder of a batch: read what is in it, and put a report there with all that belongs to it.

    DIR/<submission>/executed.ipynb, results.json, submission.<type>   first
    DIR/<submission>/report.json                                       last: the record that the result is there

While files of an earlier result are being replaced a note lies beside them (`.writing`). A folder with such a note
counts as not graded: whenever we are killed, nobody takes the files of two results for one.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Report
from mlsafety_grader.report import decode_report, write_atomically

REPORT = "report.json"
RESULTS = "results.json"
EXECUTED = "executed.ipynb"
NOTE = ".writing"
WORK = ".work"
REGRADE = ".regrade"
HANDED_IN = ("submission.ipynb", "submission.py", "submission.zip")
_COMPANIONS = (EXECUTED, RESULTS, *HANDED_IN)
_LITTER = re.compile(r"\.[0-9a-f]{16}\.tmp")
_MAX_REPORT = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A folder with a report. `report` is None when it does not count, and `problem` says why."""

    folder: str
    report: Report | None
    problem: str = ""


def clean(out: Path) -> None:
    """Remove what a killed batch left behind. Only the holder of the folder's lock may do this."""
    with writing(out):
        for name in (WORK, REGRADE):
            shutil.rmtree(out / name, ignore_errors=True)
        for folder in [out, *(Path(entry) for entry in _subfolders(out))]:
            for entry in os.scandir(folder):
                if _LITTER.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    Path(entry).unlink(missing_ok=True)


def scan(out: Path) -> tuple[Stored, ...]:
    """Return every report below `out`, in the order of the folders' names. What is damaged is said, not raised."""
    found = (_read(Path(entry)) for entry in sorted(_subfolders(out), key=lambda entry: entry.name))
    return tuple(stored for stored in found if stored is not None)


def commit(folder: Path, record: bytes, companions: Mapping[str, bytes | Path]) -> None:
    """Put a result into its folder: companions first, then the report.

    Args:
        folder: is made when it is missing.
        record: the content of `report.json`.
        companions: name → content, or a file of the same file system to be moved here.

    Raises:
        UsageError: it cannot be written; the folder holds the earlier result, or counts as not graded.
    """
    with writing(folder):
        is_new = not folder.is_dir()
        folder.mkdir(exist_ok=True)
        stale = [name for name in _COMPANIONS if name not in companions and (folder / name).exists()]
        is_replaced = not is_new and any(folder.iterdir())
        if is_replaced:
            write_atomically(folder / NOTE, b"files here are being replaced; this result does not count\n")
        for name, content in companions.items():
            _put(folder / name, content)
        write_atomically(folder / REPORT, record)  # syncs the folder, and with it the companions' names
        for name in stale:
            (folder / name).unlink()
        if is_replaced:
            (folder / NOTE).unlink()
        _sync(folder)
        if is_new:
            _sync(folder.parent)


def discard(folder: Path) -> None:
    """Remove a folder of work in progress."""
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn the host's refusal to write into a message.

    Raises:
        UsageError: something in the block could not be written.
    """
    try:
        yield
    except OSError as e:
        raise UsageError(
            f"{place} cannot be written: {e.strerror}",
            hint="make room or set its rights, then run the same command again: what was graded is kept",
        ) from None


def _put(path: Path, content: bytes | Path) -> None:
    if isinstance(content, bytes):
        write_atomically(path, content)
        return
    _sync(content)
    content.replace(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _subfolders(out: Path) -> list["os.DirEntry[str]"]:
    with os.scandir(out) as entries:
        return [e for e in entries if not e.name.startswith(".") and e.is_dir(follow_symlinks=False)]


def _read(folder: Path) -> Stored | None:
    try:
        with open(folder / REPORT, "rb") as file:  # noqa: PTH123 - a bounded read
            data = file.read(_MAX_REPORT)
        names = os.listdir(folder)  # noqa: PTH208 - names alone, a thousand folders at a time
    except FileNotFoundError:
        return None
    except OSError as e:
        return Stored(folder=folder.name, report=None, problem=f"report.json cannot be read: {e.strerror}")
    if NOTE in names or RESULTS not in names:
        return Stored(folder=folder.name, report=None, problem="an interrupted batch left it unfinished")
    try:
        return Stored(folder=folder.name, report=decode_report(data))
    except UsageError as e:
        return Stored(folder=folder.name, report=None, problem=e.message)
