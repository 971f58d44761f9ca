"""The system call filter: a list of what is allowed (`syscalls.py`), assembled into BPF by hand.

    wrong architecture, x32 ──► the process is killed
    number above NEWEST     ──► ENOSYS (a call that did not exist when the list was written)
    clone3, memfd_create    ──► ENOSYS, so that callers fall back to clone and to files
    calls with a rule       ──► decided by their arguments, EPERM or the rule's own errno
    on the list             ──► allowed
    everything else         ──► EPERM

Arguments are compared by their low 32 bits: each rule is about a C `int` or about flags that lie there.
"""

import ctypes
import errno
import functools
import platform
import socket
import struct
from dataclasses import dataclass

from mlsafety_grader.sandbox import libc
from mlsafety_grader.sandbox.syscalls import ARCHITECTURES, NEWEST, Architecture

ALLOW, KILL = 0x7FFF0000, 0x80000000
_ERRNO = 0x00050000
_LOAD, _AND, _EQUAL, _GREATER, _NOT_LESS, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x25, 0x35, 0x45, 0x06
_NR, _ARCH = 0, 4  # offsets in struct seccomp_data
_X32_BIT = 0x40000000
_NAMESPACES = 0x7E020000  # every CLONE_NEW* flag that clone takes
_ABSENT = ("clone3", "memfd_create", "memfd_secret", "io_uring_setup", "io_uring_enter", "io_uring_register")
_SOCKET_TYPE = 0xF
_MAP_ANONYMOUS, _MAP_TYPE, _MAP_SHARED = 0x20, 0xF, (1, 3)  # MAP_SHARED and MAP_SHARED_VALIDATE
_SIGNAL_SENDERS = ("kill", "tkill", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
_METADATA = ("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat",
             "utime", "utimes", "utimensat", "futimesat")  # fmt: skip
_OTHERS_BY_PID = (("prlimit64", 0), ("sched_setaffinity", 0), ("sched_setparam", 0), ("sched_setscheduler", 0),
                  ("sched_setattr", 0))  # fmt: skip
_OTHERS_BY_KIND = ("setpriority", "ioprio_set", "inotify_add_watch")  # all of a user's; folders by name alone
_PRCTL = (1, 2, 3, 7, 15, 16, 21, 23, 27, 29, 30, 37, 38, 39, 41, 42, 50, 51, 56, 0x53564D41)
_IOCTL = (0x5412, 0x541C, 0x5423, 0x8901, 0x8902)  # TIOCSTI, TIOCLINUX, TIOCSETD, FIOSETOWN, SIOCSPGRP
_FCNTL = (8, 15, 1026)  # F_SETOWN, F_SETOWN_EX, F_NOTIFY: signals to processes that may be others'


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the filter has to make up for because another layer is missing.

    Args:
        network: there is a network namespace, so sockets reach nothing. Without one `socket` is refused altogether:
            no filter can tell a pathname of the host's from the student's own.
        foreign_pids: no pid namespace hides the host's processes: calls that change a process by number
            only work on the caller.
        signals: the pid of the process when it may signal nobody but itself, else 0.
        metadata: files of the same owner are in reach: pretend to change modes, owners and times.
    """

    network: bool = True
    foreign_pids: bool = False
    signals: int = 0
    metadata: bool = False


@dataclass(frozen=True, slots=True)
class Instruction:
    """One BPF instruction: jumps count the instructions to skip."""

    code: int
    jt: int
    jf: int
    k: int


def assemble(policy: Policy, architecture: Architecture) -> tuple[Instruction, ...]:
    """Return the filter program."""
    program = [_load(_ARCH), Instruction(_EQUAL, 1, 0, architecture.audit), _return(KILL), _load(_NR)]
    if architecture.audit == ARCHITECTURES["x86_64"].audit:
        program += [Instruction(_NOT_LESS, 0, 1, _X32_BIT), _return(KILL)]
    program += [Instruction(_GREATER, 0, 1, NEWEST), _error(errno.ENOSYS)]
    rules = _rules(policy)
    for name, body in rules.items():
        number = architecture.allowed.get(name, architecture.refused.get(name))
        if number is not None:
            program += [Instruction(_EQUAL, 0, len(body), number), *body]
    numbers = sorted(number for name, number in architecture.allowed.items() if name not in rules)
    for first, last in _ranges(numbers):
        program += [
            Instruction(_GREATER, 3, 0, last),
            Instruction(_NOT_LESS, 0, 1, first),
            _return(ALLOW),
            _error(errno.EPERM),
        ]
    return (*program, _error(errno.EPERM))


def encode(program: tuple[Instruction, ...]) -> bytes:
    """Return the program as an array of `struct sock_filter`."""
    return b"".join(struct.pack("=HBBI", step.code, step.jt, step.jf, step.k) for step in program)


@functools.cache  # one program for all sandboxes of a level
def compile_filter(policy: Policy) -> bytes:
    """Return the encoded filter for this processor.

    Raises:
        OSError: there is no table for it.
    """
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None or struct.calcsize("P") != 8:
        raise OSError(errno.ENOSYS, f"no system call table for {platform.machine()} processors")
    return encode(assemble(policy, architecture))


def install(code: bytes) -> None:
    """Bind this thread and everything it starts to the filter, for good. Needs `no_new_privs`."""
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    libc.syscall(libc.number_of("seccomp"), 1, 0, header)  # 1: SECCOMP_SET_MODE_FILTER


def _rules(policy: Policy) -> dict[str, list[Instruction]]:
    """Return the body of each call that its number alone does not decide; every body ends in a return."""
    rules = {name: [_error(errno.ENOSYS)] for name in _ABSENT}
    rules["clone"] = [*_argument(0), Instruction(_ANY_BIT, 0, 1, _NAMESPACES), _error(errno.EPERM), _return(ALLOW)]
    rules["mmap"] = _no_shared_anonymous_memory()
    rules["personality"] = _only(0, (0xFFFFFFFF,), errno.EPERM)  # the query
    rules["prctl"] = _only(0, _PRCTL, errno.EPERM)
    rules["ioctl"] = _except(1, _IOCTL)
    rules["fcntl"] = _except(1, _FCNTL)
    rules |= _socket_rules(policy)
    if policy.foreign_pids:
        rules |= {name: _only(index, (0,), errno.EPERM) for name, index in _OTHERS_BY_PID}
        rules |= {name: [_error(errno.EPERM)] for name in _OTHERS_BY_KIND}
    if policy.signals:
        rules |= {name: [_error(errno.EPERM)] for name in _SIGNAL_SENDERS}
        rules["tgkill"] = _only(0, (policy.signals,), errno.EPERM)
    if policy.metadata:
        rules |= {name: [_error(0)] for name in _METADATA}
    return rules


def _socket_rules(policy: Policy) -> dict[str, list[Instruction]]:
    streams = (socket.SOCK_STREAM, socket.SOCK_SEQPACKET)
    if not policy.network:  # a datagram pair could still send to a pathname
        return {
            "socket": [_error(errno.EACCES)],
            "socketpair": [*_within(0, (socket.AF_UNIX,), errno.EAFNOSUPPORT), *_types(streams)],
        }
    families = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
    types = _types((*streams, socket.SOCK_DGRAM))
    return {
        "socket": [*_within(0, families, errno.EAFNOSUPPORT), *types],
        "socketpair": [*_within(0, (socket.AF_UNIX,), errno.EAFNOSUPPORT), *types],
    }


def _no_shared_anonymous_memory() -> list[Instruction]:
    """Such memory can be given out of sight of the watchdog and be kept; files in the work folders do as well."""
    return [
        *_argument(3),
        Instruction(_ANY_BIT, 0, 4, _MAP_ANONYMOUS),
        Instruction(_AND, 0, 0, _MAP_TYPE),
        *_match(_MAP_SHARED, inside=0, outside=1),
        _error(errno.EPERM),
        _return(ALLOW),
    ]


def _types(allowed: tuple[int, ...]) -> list[Instruction]:
    return [
        *_argument(1),
        Instruction(_AND, 0, 0, _SOCKET_TYPE),
        *_match(allowed, inside=0, outside=1),
        _return(ALLOW),
        _error(errno.EPERM),
    ]


def _within(index: int, allowed: tuple[int, ...], refusal: int) -> list[Instruction]:
    """Go on behind these instructions when the argument is one of `allowed`."""
    return [*_argument(index), *_match(allowed, inside=1, outside=0), _error(refusal)]


def _only(index: int, allowed: tuple[int, ...], refusal: int) -> list[Instruction]:
    return [*_within(index, allowed, refusal), _return(ALLOW)]


def _except(index: int, refused: tuple[int, ...]) -> list[Instruction]:
    return [*_argument(index), *_match(refused, inside=0, outside=1), _error(errno.EPERM), _return(ALLOW)]


def _match(values: tuple[int, ...], *, inside: int, outside: int) -> list[Instruction]:
    """Compare with each value; then skip `inside` instructions on a match, `outside` without one."""
    steps = []
    for position, value in enumerate(values):
        rest = len(values) - position - 1
        steps.append(Instruction(_EQUAL, rest + inside, outside if rest == 0 else 0, value))
    return steps


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


def _argument(index: int) -> list[Instruction]:
    return [_load(16 + 8 * index)]  # the low half on little-endian processors, which both are


def _load(offset: int) -> Instruction:
    return Instruction(_LOAD, 0, 0, offset)


def _return(value: int) -> Instruction:
    return Instruction(_RETURN, 0, 0, value)


def _error(number: int) -> Instruction:
    return _return(_ERRNO | number)
