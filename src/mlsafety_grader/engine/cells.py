"""Prepare a submission for the kernel as otter prepares it: ignored cells, seeds, checks in cell metadata, its files.

Everything here is parsing of hostile input that `intake` has bounded; nothing runs.
"""

import ast
import contextlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mlsafety_grader.engine.intake import Kind, Submission
from mlsafety_grader.kernel import CellJob
from mlsafety_grader.release import Release, read_zip

IGNORE_TAG = "otter_ignore"
KIT = "mlsafety_kit"  # the support package: students always have it
_SEEDING = "import numpy as np_for_seeding\nimport random as random_for_seeding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the kernel gets.

    `notebook` is the submission's own, to be filled with outputs; `index[i]` is the place in it of the i-th cell that
    runs (None for a cell that grading added). `members` are the autograder zip's, for the examiner.
    """

    cells: tuple[CellJob, ...]
    index: tuple[int | None, ...]
    files: dict[str, bytes]
    notebook: dict[str, Any]
    members: dict[str, bytes]


class _Seeds(msgspec.Struct):
    seed: int | None = None
    seed_variable: str | None = None


def prepare(submission: Submission, release: Release) -> Prepared:
    """Turn a submission into cells and files."""
    notebook, files = _read(submission)
    seeds = msgspec.convert({"seed": release.config.seed, "seed_variable": release.config.seed_variable}, type=_Seeds)
    members = read_zip(release.autograder)
    support = {k.removeprefix("files/"): v for k, v in members.items() if k.startswith("files/")}
    for hidden in _hidden_files(support, members, release):
        del support[hidden]
    cells: list[CellJob] = []
    index: list[int | None] = []
    if seeds.seed is not None and seeds.seed_variable is None:
        cells.append(CellJob(source=_SEEDING))
        index.append(None)
    for place, cell in enumerate(notebook["cells"]):
        if cell.get("cell_type") != "code" or _is_ignored(cell):
            continue
        cells.append(CellJob(source=_seeded(_source(cell), seeds), checks=_checks(cell)))
        index.append(place)
    return Prepared(
        cells=tuple(cells), index=tuple(index), files={**files, **support}, notebook=notebook, members=members
    )


def _read(submission: Submission) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the work's notebook, and all files that were handed in with it."""
    path = submission.path
    if submission.kind is not Kind.ZIP:
        data = path.read_bytes()
        return _notebook(submission.kind, data), {f"submission{submission.kind.value}": data}
    with zipfile.ZipFile(path) as archive:
        files = {i.filename: archive.read(i) for i in archive.infolist() if not i.is_dir() and i.filename[:1] != "."}
    for suffix in (Kind.NOTEBOOK, Kind.SCRIPT):
        for name in files:
            if "/" not in name and name.endswith(suffix.value) and name != "__init__.py":
                return _notebook(suffix, files[name]), files
    raise AssertionError("intake lets no zip without work through")


def _notebook(kind: Kind, data: bytes) -> dict[str, Any]:
    if kind is Kind.SCRIPT:
        cell = {"cell_type": "code", "metadata": {}, "source": data.decode("utf-8"), "outputs": []}
        return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook: dict[str, Any] = json.loads(data)
    if notebook.get("nbformat", 4) < 4:
        import nbformat  # only for notebooks of another age

        notebook = json.loads(nbformat.writes(nbformat.reads(data.decode("utf-8"), as_version=4)))
    return notebook


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, source))


def _is_ignored(cell: dict[str, Any]) -> bool:
    metadata = _table(cell.get("metadata"))
    tags = metadata.get("tags")
    return (isinstance(tags, list) and IGNORE_TAG in tags) or bool(_table(metadata.get("otter")).get("ignore"))


def _checks(cell: dict[str, Any]) -> tuple[str, ...]:
    tests = _table(_table(cell.get("metadata")).get("otter")).get("tests")
    return tuple(str(name) for name in tests) if isinstance(tests, list) else ()


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _seeded(source: str, seeds: _Seeds) -> str:
    """Put otter's seeding line before a cell, as `otter.execute.preprocessor` does."""
    if seeds.seed is None or source.startswith("%%"):
        return source
    if seeds.seed_variable is not None:
        return f"{seeds.seed_variable} = {seeds.seed}\n{source}"
    return f"np_for_seeding.random.seed({seeds.seed})\nrandom_for_seeding.seed({seeds.seed})\n{source}"


def _hidden_files(support: dict[str, bytes], members: dict[str, bytes], release: Release) -> list[str]:
    """Name the files that must not come near student code.

    Our own releases say which files students have. Of a foreign zip it is unknown which were `autograder_files`.
    Students can run its public cases, so they have what those name; what only the rest of a test file names is held
    back: better a missing file than a leaked one.
    """
    if release.student_files is not None:
        return [name for name in support if name not in release.student_files]
    tests = [data.decode("utf-8", "replace") for name, data in members.items() if name.startswith("tests/")]
    named = set().union(*(_words(text) for text in tests))
    public = set().union(*(_words(text) for source in tests for text in _public_cases(source)))
    hidden = named - public
    return [name for name in support if not name.startswith(f"{KIT}/") and _names_of(name) & hidden]


def _names_of(file: str) -> set[str]:
    """What a test would call a file: `data.csv`, or `oracle` for oracle.py and oracle/__init__.py."""
    path = Path(file)
    package = set(path.parts[:1]) if len(path.parts) > 1 else set()
    module = {path.stem} if path.suffix == ".py" else set()
    return {path.name} | package | module


def _words(text: str) -> set[str]:
    words = set(re.findall(r"[\w.-]+", text))
    return words | {piece for word in words for piece in word.split(".")}


def _public_cases(source: str) -> Iterator[str]:
    """Yield the source of every public case of a test file, in either of otter's formats."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not any("hidden=True" in ast.unparse(d) for d in node.decorator_list):
            yield ast.unparse(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            with contextlib.suppress(ValueError, KeyError, TypeError, IndexError):
                for case in ast.literal_eval(node.value)["suites"][0]["cases"]:
                    if not case.get("hidden", True):
                        yield str(case["code"])
