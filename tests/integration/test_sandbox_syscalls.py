"""System calls that a notebook never needs are refused by the filter, whatever the kernel would say."""

import ctypes
import os
from collections.abc import Iterator

import pytest

from mlsafety_grader.sandbox.syscalls import ARCHITECTURES
from tests.integration.sandbox_lab import Lab, open_lab


@pytest.fixture(scope="module", params=[False, True], ids=["server", "user"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A warm server, as whoever runs the tests and as an ordinary user."""
    with open_lab(as_user=request.param) as lab:
        yield lab


walled = pytest.mark.parametrize("level", ["strict", "reduced"])

TABLE = ARCHITECTURES[os.uname().machine]
SILENT_ABSENCE = {"clone3", "memfd_create", "memfd_secret", "io_uring_setup", "io_uring_enter", "io_uring_register"}


@walled
def test_every_refused_call_is_refused(lab: Lab, level: str) -> None:
    found = lab.run("calls", sorted(TABLE.refused), level=level).value
    assert found == {name: "ENOSYS" if name in SILENT_ABSENCE else "EPERM" for name in TABLE.refused}


def test_the_kernel_itself_would_answer_otherwise(lab: Lab) -> None:
    """Positive control: with zeros for arguments the kernel has other complaints, or none."""
    names = sorted(
        set(TABLE.refused)
        - {"unshare", "setns", "umount2", "sethostname", "chroot", "clone_settime", "syslog", "seccomp"}
    )
    found = lab.run("calls", names, level="off").value
    assert sum(answer not in {"EPERM", "ENOSYS"} for answer in found.values()) > 10


@walled
def test_namespaces_cannot_be_made(lab: Lab, level: str) -> None:
    assert lab.run("own_namespaces", level=level).value == "EPERM"
    assert lab.run("clone_namespaces", level=level).value == "EPERM"
    assert lab.run("own_namespaces", level="off").value == "ok"
    assert lab.run("clone_namespaces", level="off").value == "ok"


@walled
def test_unknown_calls_do_not_exist(lab: Lab, level: str) -> None:
    for number in (468, 500, 1000, 0x3FFFFFFF):
        assert lab.run("call", number, level=level).value == "ENOSYS"


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 is x86")
@walled
def test_calls_by_x32_numbers_kill(lab: Lab, level: str) -> None:
    assert lab.run("die_by_call", 0x40000000 + 39, level=level).value == -31
    assert lab.run("die_by_call", 0x40000000 + 39, level="off").value == 0


@walled
@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("personality", (0x0040000,), "EPERM"),  # ADDR_NO_RANDOMIZE
        ("prctl", (4, 0), "EPERM"),  # PR_SET_DUMPABLE would hide memory from the watchdog
        ("prctl", (36, 1), "EPERM"),  # PR_SET_CHILD_SUBREAPER
        ("prctl", (35, 8), "EPERM"),  # PR_SET_MM
        ("prctl", (22, 2), "EPERM"),  # PR_SET_SECCOMP
        ("ioctl", (0, 0x5412), "EPERM"),  # TIOCSTI
        ("ioctl", (0, 0x541C), "EPERM"),  # TIOCLINUX
        ("fcntl", (0, 8, 1), "EPERM"),  # F_SETOWN
        ("clone", (0x10000011,), "EPERM"),  # CLONE_NEWUSER
    ],
)
def test_arguments_decide(lab: Lab, level: str, name: str, arguments: tuple[int, ...], answer: str) -> None:
    assert lab.run("call", TABLE.allowed[name], *arguments, level=level).value == answer


@walled
def test_harmless_arguments_pass(lab: Lab, level: str) -> None:
    assert lab.run("call", TABLE.allowed["personality"], 0xFFFFFFFF, level=level).value in {0, "ok"}
    assert lab.run("call", TABLE.allowed["prctl"], 39, 0, 0, 0, 0, level=level).value == 1  # PR_GET_NO_NEW_PRIVS
    assert ctypes.sizeof(ctypes.c_void_p) == 8
