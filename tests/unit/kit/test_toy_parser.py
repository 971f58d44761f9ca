"""Toy parsers: the same seed gives the same parser, checks are nested, bugs lie behind them."""

import numpy as np
import pytest

from mlsafety_kit.toy_parser import DEPTH, MIN_LENGTH, first_messages, make_parser, n_branches


def _random_messages(n: int) -> list[bytes]:
    rng = np.random.default_rng(0)
    return [rng.bytes(int(rng.integers(0, 14))) for _ in range(n)]


def test_the_seed_decides() -> None:
    """Two parsers of one seed agree on everything, parsers of two seeds do not."""
    messages = _random_messages(300)
    one, same, other = make_parser(4), make_parser(4), make_parser(5)
    assert [one(message) for message in messages] == [same(message) for message in messages]
    assert [one(message) for message in messages] != [other(message) for message in messages]
    assert first_messages(4) == first_messages(4)


def test_first_messages_reach_their_commands() -> None:
    """Each first message has eight bytes and goes through the entry of another command."""
    for n_commands in (1, 3, 8):
        parser, messages = make_parser(2, n_commands=n_commands), first_messages(2, n_commands=n_commands)
        entries = [min(parser(message)[0] - {1}) for message in messages]
        assert entries == [2 + k * (DEPTH + 1) for k in range(n_commands)]
        assert all(len(message) == MIN_LENGTH for message in messages)


def test_climbing_finds_every_bug() -> None:
    """Keeping the change of one byte that goes deepest passes all checks; the last bug needs a longer message."""
    parser = make_parser(6)
    seen: set[int] = set(parser(b"")[0])
    for number, message in enumerate(first_messages(6)):
        for _ in range(DEPTH):
            tries = [
                message[:i] + bytes([v]) + message[i + 1 :] for i in range(1, MIN_LENGTH) for v in range(0, 256, 64)
            ]
            message = max(tries, key=lambda tried: len(parser(tried)[0]))
        crash = parser(message)[1]
        assert crash == (None if number == 2 else f"bug-{number}")
        assert parser(message + b"!")[1] == f"bug-{number}"
        seen |= parser(message)[0]
    assert seen == set(range(n_branches()))


def test_magic_bytes_crash_without_a_branch() -> None:
    """The four bytes are found anywhere in a message, and three of four look like none."""
    parser = make_parser(0, magic=b"abcd")
    assert parser(b"xxabcdxxx") == (frozenset({1}), "bug-magic")
    assert parser(b"xxabcxxxx") == make_parser(0)(b"xxabcxxxx")


def test_bad_input() -> None:
    """There are one to eight commands."""
    for n_commands in (0, 9):
        with pytest.raises(ValueError, match="n_commands"):
            make_parser(0, n_commands=n_commands)
        with pytest.raises(ValueError, match="n_commands"):
            first_messages(0, n_commands=n_commands)
