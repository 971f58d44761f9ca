"""Kernel calls that Python 3.11 has no function for. Each raises `OSError` with its errno.

`PyDLL` keeps the interpreter lock during a call: a raw `clone` must not return in a child that lost it.
"""

import ctypes
import os
import platform
import struct

_LIBC = ctypes.PyDLL(None, use_errno=True)
_NUMBERS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "seccomp": 317},
    "aarch64": {"clone": 220, "pivot_root": 41, "seccomp": 277},
}
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 1 << 18
_MS_BIND = 4096
MNT_DETACH = 2
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_NOEXEC = 1, 2, 4, 8
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAPBSET_DROP = 1, 4, 8, 24
PR_SET_SECUREBITS, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 28, 36, 38, 47
MADV_COLLAPSE = 25
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
_AT_EMPTY_PATH, _AT_RECURSIVE = 0x1000, 0x8000
_OPEN_TREE_CLONE, _MOVE_MOUNT_F_EMPTY_PATH = 1, 4
_CAPABILITY_VERSION_3 = 0x20080522


def syscall(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make a raw system call; integers go as longs, bytes and None as pointers."""
    words = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    ctypes.set_errno(0)
    return _checked(_LIBC.syscall(ctypes.c_long(number), *words), "system call", number)


def number_of(name: str) -> int:
    """Return the number of an architecture-dependent call.

    Raises:
        OSError: this processor is neither x86_64 nor aarch64.
    """
    try:
        return _NUMBERS[platform.machine()][name]
    except KeyError:
        raise OSError(38, f"{name}: no sandbox for {platform.machine()} processors") from None


def clone(flags: int) -> int:
    """Fork into the namespaces that `flags` name, with Python's own bookkeeping but without libc's.

    The child must not start threads and may only fork, wait and exit; a child of its own made by `os.fork` is whole
    again.
    """
    number = number_of("clone")
    ctypes.pythonapi.PyOS_BeforeFork()
    ctypes.set_errno(0)
    pid: int = _LIBC.syscall(ctypes.c_long(number), ctypes.c_long(flags | 17), *[ctypes.c_long(0)] * 4)  # SIGCHLD
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    error = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(error, f"clone: {os.strerror(error)}")
    return pid


def prctl(option: int, value: int = 0, third: int = 0) -> int:
    """Set a property of this process."""
    words = (ctypes.c_ulong(value), ctypes.c_ulong(third), ctypes.c_ulong(0), ctypes.c_ulong(0))
    return _checked(_LIBC.prctl(option, *words), "prctl", option)


def unshare(flags: int) -> None:
    """Leave the parent's namespaces."""
    _checked(_LIBC.unshare(flags), "unshare", hex(flags))


def mount(kind: str, target: str, *, flags: int = 0, options: str = "") -> None:
    """Mount a file system of `kind` (an empty kind only changes flags)."""
    result = _LIBC.mount(
        kind.encode() or b"none", target.encode(), kind.encode() or None, ctypes.c_ulong(flags), options.encode()
    )
    _checked(result, f"mount {kind} on", target)


def bind(source: str, target: str) -> None:
    """Show `source` at `target` as well."""
    _checked(_LIBC.mount(source.encode(), target.encode(), None, ctypes.c_ulong(_MS_BIND), None), "bind on", target)


def unmount(target: str) -> None:
    """Detach the mount at `target`."""
    _checked(_LIBC.umount2(target.encode(), MNT_DETACH), "umount", target)


def copy_tree(fd: int) -> int:
    """Return a descriptor of a detached copy of the mount tree at `fd`, nested mounts included."""
    flags = _OPEN_TREE_CLONE | os.O_CLOEXEC | _AT_EMPTY_PATH | _AT_RECURSIVE
    return syscall(_OPEN_TREE, fd, b"", flags)


def attach_tree(fd: int, target: str) -> None:
    """Put a detached mount tree at `target`."""
    syscall(_MOVE_MOUNT, fd, b"", -100, target.encode(), _MOVE_MOUNT_F_EMPTY_PATH)  # -100: AT_FDCWD


def restrict_tree(fd: int, attributes: int, *, deep: bool = True) -> None:
    """Add attributes (`ATTR_*`) to the mount at `fd`, and to those below it when `deep`."""
    flags = _AT_EMPTY_PATH | (_AT_RECURSIVE if deep else 0)
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    syscall(_MOUNT_SETATTR, fd, b"", flags, wanted, len(wanted))


def pivot_root() -> None:
    """Make the current directory the root and forget the old one."""
    syscall(number_of("pivot_root"), b".", b".")
    unmount(".")
    os.chdir("/")


def set_capabilities(mask: int, *, inheritable: int = 0) -> None:
    """Set effective and permitted capabilities to `mask`."""
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    words = struct.pack("=6I", low, low, inheritable & 0xFFFFFFFF, high, high, inheritable >> 32)
    _checked(_LIBC.capset(header, words), "capset", hex(mask))


def wipe(start: int, length: int) -> None:
    """Overwrite memory of this process with zeros."""
    ctypes.memset(start, 0, length)


def madvise(start: int, length: int, advice: int) -> None:
    """Tell the kernel how memory of this process will be used."""
    result = _LIBC.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), advice)
    _checked(result, "madvise", hex(start))


def mprotect(start: int, length: int, protection: int) -> None:
    """Change what may be done with memory of this process."""
    result = _LIBC.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(length), protection)
    _checked(result, "mprotect", hex(start))


def _checked(result: int, call: str, subject: object) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{call} {subject}: {os.strerror(error)}")
    return result
