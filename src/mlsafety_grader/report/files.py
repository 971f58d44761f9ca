"""Write files whole or not at all."""

import os
import secrets
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path`, in the place of what was there: whenever we die, a reader finds the old file or the new.

    A symlink at `path` is replaced and its target left alone. The folder must exist.

    Raises:
        OSError: the file cannot be written; nothing is left behind.
    """
    # a name of its own length: one made from a long file name could be too long for the file system
    temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        _write_synced(temporary, data)
        temporary.replace(path)
    except BaseException:  # Ctrl-C too must leave no litter
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _write_synced(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
