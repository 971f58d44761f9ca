"""Toy parsers of binary messages with planted bugs, as targets for a fuzzer.

A *target* is a function from `bytes` to a pair `(branches, crash)`: the branches that the run went through, a frozenset
of ints, and the name of the bug that it died of, or None. It reads its input, touches nothing else and can be run as
often as one likes. Nothing here resembles a real program.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Run = tuple[frozenset[int], str | None]
Target = Callable[[bytes], Run]

MIN_LENGTH = 8
"""Shorter messages are turned away at once."""

DEPTH = 6
"""How many bytes are checked, one inside the other, before the bug."""


class Check(NamedTuple):
    """Byte number `position` of the message, divided by 64 without remainder, must be `value`."""

    position: int
    value: int


def make_parser(seed: int, *, n_commands: int = 3, magic: bytes = b"") -> Target:
    """Return a parser with a bug behind six nested checks in each of its commands.

    The first byte modulo 8 chooses the command; other values are none. Each check looks at another one of the bytes 1
    to 7. Past the checks of the last command the message must also have grown beyond eight bytes. The bugs are called
    "bug-0", "bug-1" and so on.

    Args:
        seed: decides command numbers, positions and values.
        n_commands: in [1, 8].
        magic: if given, a message that contains these bytes anywhere crashes with "bug-magic". The comparison is one
            step of the machine: no branch tells how many of the bytes are right already.

    Raises:
        ValueError: `n_commands` is out of range.
    """
    commands = _commands(seed, n_commands)
    rng = np.random.default_rng([seed, 29])
    checks = []
    for _ in commands:
        positions = rng.permutation(np.arange(1, MIN_LENGTH))[:DEPTH]
        checks.append([Check(int(position), int(rng.integers(0, 4))) for position in positions])

    def parse(message: bytes) -> Run:
        if len(message) < MIN_LENGTH:
            return frozenset({0}), None
        branches = {1}
        if magic and magic in message:
            return frozenset(branches), "bug-magic"
        command = message[0] % 8
        if command not in commands:
            return frozenset(branches), None
        number = commands.index(command)
        first = 2 + number * (DEPTH + 1)
        branches.add(first)
        for depth, check in enumerate(checks[number], 1):
            if message[check.position] // 64 != check.value:
                return frozenset(branches), None
            branches.add(first + depth)
        if number == n_commands - 1 and len(message) == MIN_LENGTH:
            return frozenset(branches), None
        return frozenset(branches), f"bug-{number}"

    return parse


def n_branches(n_commands: int = 3) -> int:
    """Return how many branches a parser has: too short, long enough, and a command's entry and checks for each."""
    return 2 + n_commands * (DEPTH + 1)


def first_messages(seed: int, *, n_commands: int = 3) -> list[bytes]:
    """Return one message for each command of `make_parser(seed, n_commands=n_commands)`: eight bytes, else random.

    Raises:
        ValueError: `n_commands` is out of range.
    """
    commands = _commands(seed, n_commands)
    rng = np.random.default_rng([seed, 31])
    messages = rng.integers(0, 256, (n_commands, MIN_LENGTH))
    messages[:, 0] = messages[:, 0] // 8 * 8 + np.array(commands)
    return [bytes(row.tolist()) for row in messages]


def _commands(seed: int, n_commands: int) -> list[int]:
    if not 1 <= n_commands <= 8:
        raise ValueError(f"n_commands must lie in [1, 8], not {n_commands}")
    return [int(k) for k in np.random.default_rng([seed, 30]).choice(8, n_commands, replace=False)]
