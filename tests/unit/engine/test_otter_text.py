"""What the otter process leaves behind is text from the submission: parsed in bounds, never trusted."""

import os
from pathlib import Path

import pytest

from mlsafety_grader.engine import otter_results as otter
from mlsafety_grader.model import Verdict

ASSERTION = "❌ Test case failed\nError at line 9 in test q1:\n      assert f(2) == 4\nAssertionError: 5 is not 4"
BARE = "❌ Test case failed\nError at line 9 in test q1:\n      assert f(2) == 4\nAssertionError: "
TYPE = "❌ Test case failed\nError at line 9 in test q1:\n      assert f(2) == 4\nTypeError: 'NoneType' object"
DOCTEST_WRONG = "❌ Test case failed\nTrying:\n    f(2)\nFailed example:\n    f(2)\nExpected:\n    4\nGot:\n    5\n"
DOCTEST_RAISED = "❌ Test case failed\nFailed example:\n    f(2)\nException raised:\n    Traceback\nNameError: f\n"


@pytest.mark.parametrize(
    ("message", "verdict"),
    [
        (ASSERTION, Verdict.FAILED),
        (BARE, Verdict.FAILED),
        (TYPE, Verdict.ERROR),
        (DOCTEST_WRONG, Verdict.FAILED),
        (DOCTEST_RAISED, Verdict.ERROR),
        ("", Verdict.ERROR),
        ("❌ Test case failed\nError at line 9 in test q1:\n  x\nfalse AssertionError: no", Verdict.ERROR),
    ],
)
def test_message_tells_a_failed_assertion_from_an_error(message: str, verdict: Verdict) -> None:
    """Neither earns points; the word helps to find out why."""
    assert otter.classify(message) is verdict


def test_results_in_another_shape_are_no_results(tmp_path: Path) -> None:
    """Forged or cut off: refused as a whole."""
    path = tmp_path / "results.json"
    for content in (b"{}", b'{"error": 1}', b"[" * 100_000, b'{"error": "", "questions": [{}], "cells": []}'):
        path.write_bytes(content)
        assert otter.read_results(path) is None


def test_file_is_read_only_when_it_is_a_small_regular_one(tmp_path: Path) -> None:
    """No link out of the folder, no pipe, no directory, no more than the limit."""
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert otter.read_bounded(tmp_path / "secret", 6) == b"secret"
    assert otter.read_bounded(tmp_path / "secret", 5) is None
    assert [otter.read_bounded(tmp_path / n, 99) for n in ("link", "folder", "pipe", "none")] == [None] * 4


def test_measurements_skip_lines_that_are_none(tmp_path: Path) -> None:
    """What is no record is no measurement; the number of lines is bounded."""
    path = tmp_path / "m.jsonl"
    path.write_text('{"id": "a", "value": 0.5}\nnonsense\n{"id": 3, "value": 1}\n' + '{"id":"b","value":1}\n' * 2000)
    found = otter.read_measurements(path)
    assert found[0] == ("a", 0.5)
    assert len(found) == otter.MAX_MEASUREMENTS - 2
