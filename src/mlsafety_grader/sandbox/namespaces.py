"""Namespaces: which to make, who we are in them, and a loopback device that is up."""

import fcntl
import socket
import struct
from pathlib import Path

from mlsafety_grader.sandbox import libc
from mlsafety_grader.sandbox.plan import INSIDE_UID

FLAGS = {
    "user": libc.CLONE_NEWUSER,
    "mount": libc.CLONE_NEWNS,
    "pid": libc.CLONE_NEWPID,
    "net": libc.CLONE_NEWNET,
    "ipc": libc.CLONE_NEWIPC,
    "uts": libc.CLONE_NEWUTS,
    "cgroup": libc.CLONE_NEWCGROUP,
}
HOSTNAME = "sandbox"
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1


def all_flags() -> int:
    """Return the clone flags of every namespace that this kernel has. Only the cgroup namespace may be lacking."""
    names = [name for name in FLAGS if name != "cgroup" or Path("/proc/self/ns/cgroup").exists()]
    return sum(FLAGS[name] for name in names)


def write_maps(pid: int | None, *, uid: int, gid: int) -> None:
    """Map the inside id to `uid` and `gid` outside. Root does it for its child `pid`; others, with None, from
    inside.
    """
    process = Path(f"/proc/{'self' if pid is None else pid}")
    if pid is None:
        (process / "setgroups").write_text("deny", encoding="ascii")
    (process / "uid_map").write_text(f"{INSIDE_UID} {uid} 1", encoding="ascii")
    (process / "gid_map").write_text(f"{INSIDE_UID} {gid} 1", encoding="ascii")


def raise_loopback() -> None:
    """Bring up the only device of a fresh network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        fcntl.ioctl(device, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))


def name_host() -> None:
    """Hide the host's name."""
    socket.sethostname(HOSTNAME)
