"""Choose what of the support package a release carries: the modules that its assignment names, and what those import.

A student gets the data of the assignment at hand and no other's, and a release changes when its own sources do.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

KIT = "mlsafety_kit"
FIRST = "__init__"

_DOTTED = re.compile(rf"\b{KIT}\.(\w+)")
_FROM = re.compile(rf"\bfrom {KIT} import\s+(\([^)]*\)|[^\n]*)")


def copy_kit(assignment: Path, target: Path) -> None:
    """Copy the modules that the files of an assignment need to a new folder `target`.

    Args:
        assignment: folder of the master and its oracle; every notebook and Python file in it is read, none is run.
        target: the package to write.
    """
    with resources.as_file(resources.files(KIT)) as kit:
        modules = {path.stem: path.read_text(encoding="utf-8") for path in kit.glob("*.py")}
        texts = [p.read_text(encoding="utf-8") for p in sorted(assignment.iterdir()) if p.suffix in {".ipynb", ".py"}]
        target.mkdir()
        for name in sorted(needed(texts, modules)):
            shutil.copy(kit / f"{name}.py", target / f"{name}.py")


def needed(texts: Iterable[str], modules: dict[str, str]) -> set[str]:
    """Return the names of modules (name → source) that texts name, that those import, and that the package begins with.

    A mention counts as a use, in prose as well: one module too many does no harm.
    """
    found: set[str] = set()
    waiting = [FIRST, *(name for text in texts for name in _named(text))]
    while waiting:
        name = waiting.pop()
        if name in modules and name not in found:
            found.add(name)
            waiting += _named(modules[name])
    return found


def _named(text: str) -> Iterator[str]:
    yield from _DOTTED.findall(text)
    for names in _FROM.findall(text):
        yield from re.findall(r"\w+", names)
