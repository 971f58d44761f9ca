"""A manifest carries its own hash: whatever was changed afterwards is noticed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlsafety_grader.errors import ReleaseError
from mlsafety_grader.model import Case, Manifest, Question
from mlsafety_grader.release.manifest import encode_manifest, name_release, read_manifest

MANIFEST = name_release(
    Manifest(
        slug="toy",
        title="Toy",
        release_id="",
        questions=(Question(name="q1", cases=(Case(name="q1 - 1", points=2.5, hidden=True),), topic="a.b"),),
        files={"autograder.zip": "0" * 64},
    )
)


def test_manifest_round_trip(tmp_path: Path) -> None:
    """What is written is read back."""
    path = tmp_path / "manifest.json"
    path.write_bytes(encode_manifest(MANIFEST))
    assert read_manifest(path) == MANIFEST


def test_release_is_named_by_its_content() -> None:
    """Same content, same name; any change, another."""
    assert name_release(MANIFEST).release_id == MANIFEST.release_id
    assert name_release(replace(MANIFEST, title="Other")).release_id != MANIFEST.release_id
    assert name_release(replace(MANIFEST, files={"autograder.zip": "1" * 64})).release_id != MANIFEST.release_id


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("title", "Other", "was changed after the build"),
        ("schema", 99, "schema 99"),
        ("questions", "none", "not a manifest"),
        ("questions", [{"name": "q1", "cases": [{"name": "c", "points": -1, "hidden": False}]}], "not a manifest"),
    ],
)
def test_changed_manifest_is_refused(tmp_path: Path, key: str, value: Any, problem: str) -> None:
    """Points cannot be edited in a built release."""
    table = json.loads(encode_manifest(MANIFEST))
    table[key] = value
    (tmp_path / "manifest.json").write_text(json.dumps(table))
    with pytest.raises(ReleaseError, match=problem) as caught:
        read_manifest(tmp_path / "manifest.json")
    assert "mlsafety build" in caught.value.hint


def test_missing_manifest_is_refused(tmp_path: Path) -> None:
    """A folder that is no release."""
    with pytest.raises(ReleaseError, match="not a manifest"):
        read_manifest(tmp_path / "manifest.json")
