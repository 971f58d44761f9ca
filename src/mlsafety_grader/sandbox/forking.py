"""Make a warm server cheap to fork.

A fork copies the page tables of all memory that was ever written, one entry a page, and the child's end takes them down
again: with the libraries of a notebook loaded, three quarters of what a fork costs. Memory in huge pages has one entry
in 512. The kernel splits a huge page where a child writes, so children still copy single small pages.
"""

import contextlib
import gc

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


def settle() -> None:
    """Call once, after all imports and before the first fork: tidy the heap and gather it into huge pages."""
    gc.collect()
    gc.freeze()  # a collection in a fork would write to, and so copy, every page that holds objects
    with open("/proc/self/maps", encoding="utf-8") as file:  # noqa: PTH123
        lines = file.read().splitlines()
    for line in lines:
        span, mode, *_, name = line.split(maxsplit=5) if line.count(" ") > 5 else [*line.split(), ""]
        if mode == "rw-p" and name.strip() in ("", "[heap]"):
            first, last = (int(part, 16) for part in span.split("-"))
            _gather(-(-first // _HUGE) * _HUGE, last)


def _gather(first: int, last: int) -> None:
    for start in range(first, last - _HUGE + 1, _HUGE):
        with contextlib.suppress(
            OSError
        ):  # Linux before 6.1, no huge page free, or huge pages forbidden: it works without
            libc.madvise(start, _HUGE, libc.MADV_COLLAPSE)
