"""What a test replaces in modules, repeated in the submission: `mock.patch("builtins.input")`, `random.random = f`.

A test that lets `input()` answer, stops the clock or forbids a library's function means the submission's process, which
has modules of its own. Before each request the examiner looks whether a function that tests are known to replace is
another than it was; whatever `unittest.mock` replaces is added to these.
"""

import builtins
import contextlib
import functools
import random
import sys
import time
import types
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

_WATCHED: dict[tuple[str, str], object] = {
    (module.__name__, name): getattr(module, name)
    for module, names in (
        (builtins, ("input", "open", "print")),
        (random, ("choice", "choices", "randint", "random", "randrange", "sample", "shuffle", "uniform")),
        (time, ("monotonic", "perf_counter", "sleep", "time")),
        (np.random, ("choice", "normal", "permutation", "rand", "randint", "randn", "random")),
    )
    for name in names
}


class Patches:
    """Knows functions as they were before any test ran, and which of them are replaced in the submission."""

    def __init__(self) -> None:
        self._originals = dict(_WATCHED)
        self._sent: dict[tuple[str, str], object] = {}

    def watch(self, module: types.ModuleType, name: str, original: object) -> None:
        """Look at one more function from now on."""
        self._originals.setdefault((module.__name__, name), original)

    def changes(self) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Yield verbs, with what they are applied to, that make the submission's modules follow."""
        for key, original in self._originals.items():
            now = getattr(sys.modules.get(key[0]), key[1], original)
            if now is self._sent.get(key, original):
                continue
            if now is original:
                del self._sent[key]
                yield "unpatch", key
            else:
                self._sent[key] = now
                yield "patch", (*key, now)


@contextlib.contextmanager
def following_mock(patches: Patches) -> Iterator[None]:
    """Have whatever `unittest.mock` replaces in a module watched meanwhile."""
    patcher: Any = mock._patch  # noqa: SLF001 - the class behind every form of `patch`
    enter = patcher.__enter__

    @functools.wraps(enter)
    def watched(self: Any) -> Any:
        found = enter(self)
        if isinstance(self.target, types.ModuleType):
            patches.watch(self.target, self.attribute, self.temp_original)
        return found

    patcher.__enter__ = watched
    try:
        yield
    finally:
        patcher.__enter__ = enter
