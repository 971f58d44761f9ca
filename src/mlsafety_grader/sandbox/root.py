"""The private root: a read-only tmpfs with read-only copies of the planned mounts, one writable tmpfs of limited
size behind home, /tmp and /dev/shm, a fresh /proc with little in it, and a /dev of four devices.

    1 open every source  ── before anything covers it and before the uid changes
    2 build on a tmpfs   ── as the inside uid: only mapped ids may own files there
    3 pivot into it      ── the old root is gone from the namespace
"""

import functools
import os
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.sandbox import libc
from mlsafety_grader.sandbox.plan import HOME, INSIDE_UID, Plan

_BASE = "/tmp"  # noqa: S108  any folder that every host has: the new root is mounted on it
_DEVICES = ("null", "full", "random", "urandom")  # no zero: mapped, it is memory that no watchdog sees
_PROC_SHOWN = frozenset(
    {"cpuinfo", "meminfo", "stat", "uptime", "loadavg", "version", "filesystems", "vmstat",
     "self", "thread-self", "mounts", "net", "sys"}
)  # fmt: skip
_ETC = {
    "passwd": f"student:x:{INSIDE_UID}:{INSIDE_UID}::{HOME}:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n",
    "group": f"student:x:{INSIDE_UID}:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "hostname": "sandbox\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "resolv.conf": "",
}
_INODES_PER_MIB = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An opened file or folder of the old root and where it goes in the new one."""

    fd: int
    target: Path
    is_folder: bool
    attributes: int


def open_sources(plan: Plan) -> tuple[Source, ...]:
    """Open what the new root shows of the old one, parents before children.

    A path that leads through symbolic links appears under both of its names.
    """
    libc.mount("", "/", flags=libc.MS_REC | libc.MS_PRIVATE)
    read_only = libc.ATTR_RDONLY | libc.ATTR_NOSUID | libc.ATTR_NODEV
    sources = [_open(path, target, read_only) for target, path in find_targets(plan.read_only)]
    device = libc.ATTR_RDONLY | libc.ATTR_NOSUID | libc.ATTR_NOEXEC  # read-only does not bind a device's content
    sources += [_open(Path("/dev") / name, Path("/dev") / name, device) for name in _DEVICES]
    return tuple(sources)


@functools.cache  # the same for every sandbox of a server
def find_targets(read_only: tuple[Path, ...]) -> tuple[tuple[Path, Path], ...]:
    """Return (place in the new root, path on this host) for each path that exists, none within another."""
    named = [path for path in read_only if path.exists()]
    targets = {path: path for path in named} | {path.resolve(): path for path in named}
    outermost = [target for target in sorted(targets) if not any(parent in targets for parent in target.parents)]
    return tuple((target, targets[target]) for target in outermost)


def build(plan: Plan, sources: tuple[Source, ...]) -> None:
    """Build the new root and make it ours. Runs with capabilities in its own user namespace, as the inside uid."""
    libc.mount("tmpfs", _BASE, flags=libc.MS_NOSUID | libc.MS_NODEV, options="size=4m,nr_inodes=4096,mode=0755")
    _make_scratch(plan)  # first: an interpreter that lives below /tmp is shown on top of the private /tmp
    for source in sources:
        _attach(source)
    _make_dev()
    for name, text in _ETC.items():
        path = Path(f"{_BASE}/etc/{name}")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    Path(f"{_BASE}/proc").mkdir()
    libc.mount("proc", f"{_BASE}/proc", flags=libc.MS_NOSUID | libc.MS_NODEV | libc.MS_NOEXEC, options="hidepid=2")
    os.chdir(_BASE)
    libc.pivot_root()
    _mask_proc()
    root = os.open("/", os.O_PATH | os.O_CLOEXEC)
    libc.restrict_tree(root, libc.ATTR_RDONLY | libc.ATTR_NOSUID | libc.ATTR_NODEV, deep=False)
    os.close(root)


def _open(path: Path, target: Path, attributes: int) -> Source:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    return Source(fd=fd, target=target, is_folder=path.is_dir(), attributes=attributes)


def _attach(source: Source) -> None:
    place = Path(f"{_BASE}{source.target}")
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_folder:
        place.mkdir(exist_ok=True)
    else:
        place.touch()
    tree = libc.copy_tree(source.fd)
    libc.restrict_tree(tree, source.attributes)
    libc.attach_tree(tree, str(place))
    os.close(tree)
    os.close(source.fd)


def _make_dev() -> None:
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        Path(f"{_BASE}/dev/{name}").symlink_to(f"/proc/self/{target}")


def _make_scratch(plan: Plan) -> None:
    """Mount one tmpfs and show three of its folders, so that one limit holds for all of them."""
    hidden = f"{_BASE}/scratch"
    Path(hidden).mkdir()
    inodes = max(4096, plan.work_mib * _INODES_PER_MIB)
    libc.mount(
        "tmpfs",
        hidden,
        flags=libc.MS_NOSUID | libc.MS_NODEV,
        options=f"size={plan.work_mib}m,nr_inodes={inodes},mode=0700",
    )
    for name, target in (("home", str(HOME)), ("tmp", "/tmp"), ("shm", "/dev/shm")):  # noqa: S108  inside the new root
        Path(f"{hidden}/{name}").mkdir(mode=0o700)
        place = Path(f"{_BASE}{target}")
        place.mkdir(parents=True)
        fd = os.open(f"{hidden}/{name}", os.O_PATH | os.O_CLOEXEC)
        tree = libc.copy_tree(fd)
        libc.attach_tree(tree, str(place))
        os.close(tree)
        os.close(fd)
    libc.unmount(hidden)
    Path(hidden).rmdir()


def _mask_proc() -> None:
    """Cover what is not on the short list, then make all of /proc read-only."""
    Path("/empty").touch()
    Path("/void").mkdir()
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() or entry.name in _PROC_SHOWN:
            continue
        libc.bind("/void" if entry.is_dir(follow_symlinks=False) else "/empty", entry.path)
    fd = os.open("/proc", os.O_PATH | os.O_CLOEXEC)
    libc.restrict_tree(fd, libc.ATTR_RDONLY)
    os.close(fd)
