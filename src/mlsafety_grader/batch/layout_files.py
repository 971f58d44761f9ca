"""Look into folders of other people's making: names only, no link followed, never more than a bounded look.

Of the files of one hand-in, the one to be graded is the notebook; a zip only where there is no notebook, a script only
where there is neither. Two notebooks are two answers, and nobody here chooses between them.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader.batch.collect import SKIPPED, printable_name
from mlsafety_grader.report import natural_key

MAX_DEPTH = 4
MAX_LOOKED_AT = 5_000
_PREFERRED = (".ipynb", ".zip", ".py")
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A name in a folder, and what it stands for. A link is neither file nor folder."""

    path: Path
    is_file: bool
    is_folder: bool

    @property
    def name(self) -> str:
        """The name as text that can be encoded."""
        return printable_name(self.path.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What to grade of a hand-in. More than one path, or `problem`, means that a person has to say."""

    paths: tuple[Path, ...]
    problem: str = ""


def list_entries(folder: Path) -> list[Entry]:
    """Return what is in a folder, in natural order, without hidden files and what operating systems strew about."""
    with os.scandir(folder) as found:
        entries = [
            Entry(
                path=Path(each.path),
                is_file=each.is_file(follow_symlinks=False),
                is_folder=each.is_dir(follow_symlinks=False),
            )
            for each in found
            if not each.name.startswith(".") and each.name not in SKIPPED
        ]
    return sorted(entries, key=lambda entry: natural_key(entry.path.name))


def find_work(folder: Path) -> Work:
    """Return the file of a hand-in that is to be graded, from wherever in its folder it lies highest.

    Where there is none to be graded, it is the only file there is, or the folder itself: either way its report will say
    what was expected.
    """
    files, problem = _walk(folder)
    chosen = prefer([path for path, _ in files])
    if not chosen:
        only = files[0][0] if len(files) == 1 else folder
        return Work(paths=(only,), problem=problem)
    depths = dict(files)
    top = min(depths[path] for path in chosen)
    highest = tuple(path for path in chosen if depths[path] == top)
    if len(highest) > 1:
        return Work(paths=highest, problem=too_many(highest))
    return Work(paths=highest, problem=problem)


def prefer(paths: Sequence[Path]) -> list[Path]:
    """Return the notebooks among files, else the zips, else the scripts; empty when there is none of them."""
    for suffix in _PREFERRED:
        chosen = [path for path in paths if path.suffix.lower() == suffix and path.name != "__init__.py"]
        if chosen:
            return chosen
    return []


def too_many(paths: Sequence[Path]) -> str:
    """Say that a hand-in holds several answers."""
    names = [printable_name(path.name) for path in paths[:_SHOWN]]
    more = ", ..." if len(paths) > _SHOWN else ""
    return f"holds {len(paths)} files that could be the answer ({', '.join(names)}{more}); say which one counts"


def _walk(folder: Path) -> tuple[list[tuple[Path, int]], str]:
    """Return the files below a folder with their depths, level by level, and what kept us from seeing all of it."""
    found: list[tuple[Path, int]] = []
    level: Iterable[Path] = [folder]
    looked_at = 0
    for depth in range(MAX_DEPTH):
        below: list[Path] = []
        for place in level:
            try:
                entries = list_entries(place)
            except OSError as e:
                return found, f"cannot be read: {e.strerror}"
            looked_at += len(entries)
            if looked_at > MAX_LOOKED_AT:
                return found, f"holds more than {MAX_LOOKED_AT} files"
            found.extend((entry.path, depth) for entry in entries if entry.is_file)
            below.extend(entry.path for entry in entries if entry.is_folder)
        level = below
    return found, ""
