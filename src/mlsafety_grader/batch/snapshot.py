"""Copy a handed-in file before it is graded: the same bytes are hashed, graded and kept, whoever writes to it."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.engine import Bounds, Kind

MIB = 1 << 20
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is to be graded. `sha256` is None when there was nothing to copy: `path` is then the original."""

    path: Path
    sha256: str | None


def take_snapshot(path: Path, folder: Path, bounds: Bounds, *, name: str | None = None) -> Snapshot:
    """Copy a file into `folder` under `name`, by default its own: the reason of a rejection may quote it.

    What cannot be graded anyway is not copied: folders, pipes, other types, empty files, files above the bound.

    Raises:
        OSError: the copy cannot be written.
    """
    source = open_submission(path, bounds)
    if source is None:
        return Snapshot(path=path, sha256=None)
    folder.mkdir(parents=True)
    copy = folder / (name or path.name)
    digest = hashlib.sha256()
    with os.fdopen(source, "rb") as reader, copy.open("wb") as writer:
        left = bounds.max_mib * MIB
        while left > 0 and (piece := reader.read(min(left, _PIECE))):
            left -= len(piece)
            digest.update(piece)
            writer.write(piece)
    return Snapshot(path=copy, sha256=digest.hexdigest())


def hash_submission(path: Path, bounds: Bounds) -> str | None:
    """Return the SHA-256 of a file that may be graded, None of anything else."""
    source = open_submission(path, bounds)
    if source is None:
        return None
    with os.fdopen(source, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_submission(path: Path, bounds: Bounds) -> int | None:
    """Open a file of a type and size that may be graded, without waiting for the other end of a pipe."""
    if path.suffix.lower() not in {kind.value for kind in Kind}:
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    info = os.fstat(descriptor)
    if stat.S_ISREG(info.st_mode) and 0 < info.st_size <= bounds.max_mib * MIB:
        return descriptor
    os.close(descriptor)
    return None
