"""Make a warm server cheap to fork.

A fork copies the page tables of all memory that was ever written, one entry a page, and the child's end takes them down
again: with the libraries of a notebook loaded, three quarters of what a fork costs. Memory in huge pages has one entry
in 512. The kernel splits a huge page where a child writes, so children still copy single small pages. Each mapping
costs as well: two hundred libraries bring five each, of which neighbours with the same rights become one.
"""

import contextlib
import gc
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.sandbox import libc

_HUGE = 2 << 20
_ARENA = 1 << 20  # of CPython's allocator
_RESERVED = 160 << 20  # what the objects of a notebook's libraries come to
_BLOCK = 512 - 33  # the largest object that lies in an arena, less the header of `bytes`
_kept: list[bytes] = []


def reserve() -> None:
    """Call before all imports: have Python's allocator take its memory in one piece.

    Else its arenas of 1 MiB lie scattered between libraries, and no huge page fits over them. One object each stays,
    so that the allocator keeps the arenas; the rest is free for what is imported.
    """
    blocks = [bytes(_BLOCK) for _ in range(_RESERVED // 512)]
    _kept.extend(blocks[:: _ARENA // 512 - 100])


def settle(*, merge_data: bool = False) -> None:
    """Call once, after all imports and before the first fork: tidy the heap, gather it, merge libraries' mappings.

    Args:
        merge_data: also make what the loader had made read-only after relocation writable again, which halves the
            mappings that are left. For a process that runs student code: nothing in it needs that hardening.
    """
    gc.collect()
    gc.freeze()  # a collection in a fork would write to, and so copy, every page that holds objects
    for area in _areas():
        if area.name in ("", "[heap]"):
            if area.mode == "rw-p":
                _gather(-(-area.first // _HUGE) * _HUGE, area.last)
        elif area.mode == "r--p" and ".so" in Path(area.name).suffixes:
            if not area.is_written:
                _protect(area, libc.PROT_READ | libc.PROT_EXEC)  # as the code beside it: one mapping instead of three
            elif merge_data:
                _protect(area, libc.PROT_READ | libc.PROT_WRITE)


@dataclass(slots=True, kw_only=True)
class _Area:
    first: int
    last: int
    mode: str
    name: str
    is_written: bool = False


def _areas() -> list[_Area]:
    """Return the mappings of this process."""
    found: list[_Area] = []
    with open("/proc/self/smaps", encoding="utf-8") as file:  # noqa: PTH123
        for line in file:
            span, *fields = line.split(maxsplit=5)
            if span == "Anonymous:":
                found[-1].is_written = int(fields[0]) > 0
            elif not span.endswith(":"):
                first, last = (int(part, 16) for part in span.split("-"))
                name = fields[4].strip() if len(fields) > 4 else ""
                found.append(_Area(first=first, last=last, mode=fields[0], name=name))
    return found


def _protect(area: _Area, protection: int) -> None:
    with contextlib.suppress(OSError):  # a host that forbids it pays the older price
        libc.mprotect(area.first, area.last - area.first, protection)


def _gather(first: int, last: int) -> None:
    for start in range(first, last - _HUGE + 1, _HUGE):
        with contextlib.suppress(OSError):  # Linux before 6.1, none free, or forbidden: it works without
            libc.madvise(start, _HUGE, libc.MADV_COLLAPSE)
