"""Our own report file and the batch's index."""

import json
from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import ScoreError, UsageError
from mlsafety_grader.model import (
    Case,
    EngineName,
    Examination,
    Manifest,
    Measurement,
    Question,
    Report,
    Status,
)
from mlsafety_grader.report import batch_json, decode_report, encode_report
from tests.strategies import batches, report_of

ASKED = Question(name="q1", cases=(Case(name="q1 - 1", points=2.0, hidden=True),), topic="t")
MANIFEST = Manifest(slug="toy", title="Toy", release_id="r1", questions=(ASKED,))
REPORT = report_of(MANIFEST, Examination(status=Status.TIMEOUT, reason="cell 7 ran longer than 30 s"))


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(encode_report(REPORT)), **fields}).encode()


@given(batch=batches(min_size=1))
def test_report_survives_the_round_trip(batch: tuple[Manifest, list[Report]]) -> None:
    """What is written is read back, and writes the same bytes again; only lone surrogates are replaced."""
    for report in batch[1]:
        data = encode_report(report)

        back = decode_report(data)

        assert encode_report(back) == data
        assert back == report or "\ufffd" in data.decode()


def test_layout_is_for_people_too() -> None:
    """Keys come in declared order, indented by two, with a line break at the end."""
    lines = encode_report(REPORT).decode().splitlines(keepends=True)

    assert lines[:3] == ["{\n", '  "schema": 1,\n', '  "submission": "alice.ipynb",\n']
    assert lines[-1] == "}\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b'{"schema": 1, "submission": "\xff"}',
        b'{"schema": 1, "deep": ' + b"[" * 100_000,
        b'{"schema": "1"}',
        b'{"schema": 1}',
        changed(status="perfect"),
        changed(earned="2"),
        changed(earned=None),
        changed(questions=[{"name": "q1", "earned": 5, "possible": 2}]),
        changed(bonus=100),
        changed(topics=[{"topic": "t", "earned": 0, "possible": 2}]),
        encode_report(REPORT) + b"{}",
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    """A file of another shape is a clear error, never a report with guessed fields."""
    with pytest.raises(UsageError, match=r"report\.json") as caught:
        decode_report(data)
    assert caught.value.hint


def test_other_schema_is_named() -> None:
    """A report of a later version says so, whatever else is in it."""
    with pytest.raises(UsageError, match="has schema 2; this version reads schema 1"):
        decode_report(b'{"schema": 2, "students": []}')


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_number_that_json_cannot_hold_is_refused(value: float) -> None:
    """A number that would be read back as null is never written."""
    with pytest.raises(ScoreError, match="holds the number"):
        encode_report(replace(REPORT, measurements=(Measurement(id="auroc", value=value),)))


def test_lone_surrogates_are_replaced() -> None:
    """Text that no file can hold does not stop the report."""
    report = replace(REPORT, reason="caf\udce9")

    assert decode_report(encode_report(report)).reason == "caf\ufffd"


@given(batch=batches(), data=st.data())
def test_batch_is_the_same_in_any_order_and_at_any_time(
    batch: tuple[Manifest, list[Report]], data: st.DataObject
) -> None:
    """Neither the order of grading nor what it took shows in the index."""
    manifest, reports = batch
    again = [replace(report, usage=replace(report.usage, wall_s=9.0)) for report in data.draw(st.permutations(reports))]

    one = batch_json(reports, manifest, engine=EngineName.OTTER, isolation="off")

    assert batch_json(again, manifest, engine=EngineName.OTTER, isolation="off") == one
    document = json.loads(one)
    assert sum(document["counts"].values()) == len(document["submissions"]) == len(reports)


def test_batch_gives_a_grader_fault_no_points() -> None:
    """A fault of ours is null, a student's timeout is what was earned."""
    fault = replace(REPORT, status=Status.GRADER_FAULT, submission="bob.ipynb")

    document = json.loads(batch_json([fault, REPORT], MANIFEST, engine=EngineName.OTTER, isolation="off"))

    entries = {entry["name"]: entry for entry in document["submissions"]}
    assert document["release"] == {"slug": "toy", "release_id": "r1"}
    assert (document["counts"]["timeout"], document["counts"]["graded"]) == (1, 0)
    assert (entries["alice.ipynb"]["earned"], entries["bob.ipynb"]["earned"]) == (0, None)
    assert entries["bob.ipynb"]["topics"] is None


def test_batch_refuses_a_report_of_another_release() -> None:
    """Points of two releases do not belong in one file."""
    with pytest.raises(UsageError, match="release toy r2"):
        batch_json([replace(REPORT, release_id="r2")], MANIFEST, engine=EngineName.OTTER, isolation="off")
