"""Look for solutions and hidden tests in what students get: every file, every cell, outputs and attachments included.

A line counts as a leak when it stands in a solution, a hidden test or a hidden helper and says something of its own.
Everyday lines (`with torch.no_grad():`) stand in lessons and solutions alike: a short line that the lesson shows is
excused, and so is any line of the support package, or of a helper when the lesson shows it (a signature, say). Lines
are compared without their spaces.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlsafety_grader.release import Master

MIN_CHARACTERS = 12
EVERYDAY_CHARACTERS = 32
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "hidden=True", "BEGIN TEST CONFIG", "release_seed", "oracle_")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A secret line and where a student can read it."""

    place: str
    line: str


def find_leaks(
    student: Path, master: Master, *, secret_files: tuple[Path, ...], shipped: tuple[Path, ...]
) -> list[Leak]:
    """Scan a student version.

    Args:
        student: its folder.
        master: tells which lines are secret and which are public.
        secret_files: hidden helpers, mutants, rubric: all their lines are secret.
        shipped: files that students are meant to have (the support package): their lines are public.

    Returns:
        One entry a line and place; empty when nothing leaks.
    """
    kit = _joined(path.read_text(encoding="utf-8") for path in shipped)
    lesson = _joined(master.public_lines)
    wanted: dict[str, str] = {}
    for line in [*master.solution_lines, *master.hidden_lines]:
        needle = _squeeze(line)
        is_everyday = len(needle) < EVERYDAY_CHARACTERS and needle in lesson
        if _tells(needle) and needle not in kit and not is_everyday:
            wanted[needle] = line.strip()
    for path in secret_files:
        for line in path.read_text(encoding="utf-8").splitlines():
            needle = _squeeze(line)
            if _tells(needle) and needle not in kit and needle not in lesson:
                wanted[needle] = line.strip()
    leaks: list[Leak] = []
    for path in sorted(p for p in student.rglob("*") if p.is_file()):
        name = path.relative_to(student).as_posix()
        for place, text in _readable(path, name):
            leaks += _search(place, text, wanted)
    return leaks


def _search(place: str, text: str, wanted: dict[str, str]) -> Iterator[Leak]:
    squeezed = _squeeze(text)
    for needle, line in wanted.items():
        if needle in squeezed:
            yield Leak(place=place, line=line)
    for marker in MARKERS:
        if marker in text:
            yield Leak(place=place, line=marker)


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(_squeeze(text) for text in texts)


def _squeeze(text: str) -> str:
    return _SPACES.sub("", text)


def _tells(squeezed: str) -> bool:
    """Whether a line says something: long enough, no import, no lone comment mark or keyword."""
    return len(squeezed) >= MIN_CHARACTERS and not squeezed.startswith(("import", "from", "#BEGIN", "#END"))


def _readable(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Yield (place, text) for everything in a file that somebody could read."""
    data = path.read_bytes()
    if path.suffix != ".ipynb":
        yield name, data.decode("utf-8", "replace")
        return
    notebook = json.loads(data)
    yield f"{name} metadata", json.dumps(notebook.get("metadata", {}), ensure_ascii=False)
    for number, cell in enumerate(notebook["cells"], 1):
        place = f"{name} cell {number}"
        yield place, "".join(cell["source"])
        for part in ("outputs", "attachments", "metadata"):
            for text in _strings(cell.get(part) or {}):
                yield f"{place} {part}", text


def _strings(value: Any) -> Iterator[str]:
    """Yield all strings inside a JSON value, keys and decoded base64 included."""
    if isinstance(value, str):
        yield value
        if len(value) >= MIN_CHARACTERS:
            try:
                yield base64.b64decode(value, validate=True).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                return
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)
