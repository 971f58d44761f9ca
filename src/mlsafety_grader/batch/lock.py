"""One batch at a time in a folder. The lock is the operating system's: it ends with its holder, however that ends."""

import fcntl
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from mlsafety_grader.errors import UsageError

LOCK = ".lock"
ASK_EVERY_S = 0.2


class _Holder(msgspec.Struct, frozen=True):
    pid: int
    host: str


@contextmanager
def locked(
    folder: Path, *, wait: bool = False, stop: threading.Event | None = None, say: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold a folder for the time of a block; the folder is made when it is missing.

    Args:
        folder: of the batch.
        wait: wait for another holder to end instead of refusing.
        stop: ends the waiting with a KeyboardInterrupt.
        say: told once who is waited for.

    Raises:
        UsageError: another batch holds it, or it cannot be written.
    """
    descriptor = _open(folder)
    try:
        _take(descriptor, folder, wait=wait, stop=stop or threading.Event(), say=say)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, msgspec.json.encode(_Holder(pid=os.getpid(), host=socket.gethostname())), 0)
        yield
    finally:
        os.close(descriptor)  # the file stays: removing it would let two batches lock two files of one name


def _open(folder: Path) -> int:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", hint="name a folder with --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
    except OSError as e:
        raise UsageError(
            f"{folder} cannot be written: {e.strerror}", hint="name a folder of yours that is writable with --out"
        ) from None


def _take(
    descriptor: int, folder: Path, *, wait: bool, stop: threading.Event, say: Callable[[str], None] | None
) -> None:
    while not _try(descriptor):
        holder = _read(descriptor)
        if not wait:
            raise UsageError(
                f"{folder} is in use by {holder}",
                hint="wait for it to end (--wait does), or grade into another folder with --out",
            )
        if say is not None:
            say(f"waiting for {holder}")
            say = None
        if stop.wait(ASK_EVERY_S):
            raise KeyboardInterrupt


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(descriptor: int) -> str:
    try:
        holder = msgspec.json.decode(os.pread(descriptor, 4096, 0), type=_Holder)
    except msgspec.DecodeError:
        return "another batch"
    return f"another batch: process {holder.pid} on host {holder.host!r}"
