"""Landlock: what files may be touched, no TCP, no signals and no abstract sockets out of the sandbox.

The second wall behind the private root in `strict`, the only one around files in `reduced`. It has no say over
`stat`, `chmod`, `chown`, `utime` and pathname sockets; in `reduced` the system call filter makes up for these.
"""

import errno
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.sandbox import libc

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_HANDLED = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_HANDLED_NEWEST = (1 << 16) - 1
_BIND_AND_CONNECT_TCP = 3
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 3
NETWORK_ABI, SCOPE_ABI = 4, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Folders and files by what may be done beneath them. What does not exist is skipped."""

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    deny_tcp: bool = False


def find_abi() -> int:
    """Return the version of Landlock that the kernel speaks, 0 for none."""
    try:
        return libc.syscall(libc.LANDLOCK_CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def enter(rules: Rules, *, abi: int) -> None:
    """Bind this process to `rules`, for good, as far as version `abi` goes. Needs `no_new_privs`."""
    handled = _HANDLED.get(abi, _HANDLED_NEWEST)
    attributes = struct.pack("=Q", handled)
    if abi >= NETWORK_ABI:
        attributes += struct.pack("=Q", _BIND_AND_CONNECT_TCP if rules.deny_tcp else 0)
    if abi >= SCOPE_ABI:
        attributes += struct.pack("=Q", _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS)
    ruleset = libc.syscall(libc.LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        _add(ruleset, rules.read, handled & _READ)
        _add(ruleset, rules.write, handled)
        libc.syscall(libc.LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _add(ruleset: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        except PermissionError as e:
            raise OSError(errno.EACCES, f"landlock: {path} cannot be reached") from e
        try:
            own = rights if path.is_dir() else rights & _FILE_RIGHTS
            libc.syscall(libc.LANDLOCK_ADD_RULE, ruleset, 1, struct.pack("=Qi", own, fd), 0)  # 1: path beneath
        finally:
            os.close(fd)
