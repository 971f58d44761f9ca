"""Find the submissions that a command line names, and give each a report folder of its own.

File names are hostile input: a report folder's name never leaves the output folder, never collides with a file that
the batch writes itself, and holds no control character. What people see is the name, escaped where it is shown.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from mlsafety_grader.engine import Task
from mlsafety_grader.errors import UsageError
from mlsafety_grader.report import natural_key

RESERVED = frozenset(
    {"grades.csv", "batch.json", "batch.log", "batch.log.1", "submissions.csv", ".lock", ".work", ".regrade"}
)
SKIPPED = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
_UNSAFE = re.compile(r"[^\w.,+=@()\[\] -]")
_MAX_NAME = 120


def collect(paths: Sequence[Path], *, out: Path) -> tuple[Task, ...]:
    """Return a task for every submission, in the order given; a folder's entries in natural order.

    Everything in a folder counts, also what cannot be graded: it becomes a row with the reason. Left out are only
    hidden files, what operating systems strew about, and `out` itself.

    Raises:
        UsageError: a path does not exist, or there is nothing to grade at all.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists() and not path.is_symlink():
            raise UsageError(f"{path} does not exist", hint="name notebooks, scripts, zips, or a folder of these")
        found.extend(_entries(path, out) if path.is_dir() else [path])
    if not found:
        raise UsageError(
            f"nothing to grade in {', '.join(str(p) for p in paths)}",
            hint="name notebooks, scripts, zips, or a folder of these",
        )
    tasks = []
    folders: set[str] = set(RESERVED)
    names: set[str] = set()
    for path in found:
        name = printable_name(path.name)
        if name in names:  # the same file name in two folders: tell them apart by the folder
            name = free_name(printable_name(f"{path.absolute().parent.name}/{path.name}"), names)
        folder = free_name(safe_name(path.name), folders)
        names.add(name)
        folders.add(folder.casefold())
        tasks.append(Task(path=path.absolute(), name=name, folder=folder, keep=(out / folder).absolute()))
    return tuple(tasks)


def printable_name(name: str) -> str:
    """Return a file name as text that can be encoded: undecodable bytes are replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _entries(folder: Path, out: Path) -> list[Path]:
    entries = [
        path
        for path in folder.iterdir()
        if not path.name.startswith(".") and path.name not in SKIPPED and path.absolute() != out.absolute()
    ]
    return sorted(entries, key=lambda path: natural_key(path.name))


def safe_name(name: str) -> str:
    """Return a name for a report folder: short, printable, inside the output folder; another for every other name."""
    safe = _UNSAFE.sub("_", printable_name(name)).strip(" ")
    if safe.strip(".") == "":
        safe = "_"
    if safe != name or len(safe.encode()) > _MAX_NAME:
        # two names that look alike once made safe stay apart
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        stem, dot, suffix = safe.rpartition(".")
        stem, suffix = (stem, dot + suffix[:12]) if dot and stem else (safe, "")
        safe = f"{stem.encode()[:_MAX_NAME].decode(errors='ignore')}-{digest}{suffix}"
    return safe


def free_name(name: str, taken: set[str]) -> str:
    """Return `name`, or `name~2` and so on, so that it is not among `taken`, whatever the case of its letters."""
    number, free = 1, name
    while free in taken or free.casefold() in taken:
        number += 1
        free = f"{name}~{number}"
    return free
