"""Look at a handed-in file before anything runs: what it is, how big, and for which assignment.

The file is hostile input. Nothing is executed, links in a folder are not followed, a pipe is never opened, and reading
stops at the size limit. Whatever is wrong becomes a `SubmissionError` whose message its student gets to see.
"""

import stat
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from mlsafety_grader.errors import SubmissionError
from mlsafety_grader.release import hash_file

MIB = 1 << 20
_HEAD = 1 << 16


class Kind(StrEnum):
    """What may be handed in, by file name."""

    NOTEBOOK = ".ipynb"
    SCRIPT = ".py"
    ZIP = ".zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much may be handed in."""

    max_mib: int = 100
    max_members: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A file that can be graded. `cells` are the sources of its code cells in order (one for a script)."""

    path: Path
    kind: Kind
    sha256: str
    cells: tuple[str, ...]


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[_Cell] = []
    worksheets: list[Any] = []
    metadata: dict[str, Any] = {}


def take_in(path: Path, *, assignment_name: str | None, bounds: Bounds) -> Submission:
    """Check one handed-in file.

    Args:
        path: what was handed in.
        assignment_name: the name that otter wrote into the release's notebooks; None when it has none.
        bounds: how much is accepted.

    Raises:
        SubmissionError: it cannot be graded; the message says why and the hint what to hand in instead.
    """
    kind = _check_file(path, bounds)
    try:
        if kind is Kind.NOTEBOOK:
            cells = _check_notebook(path.read_bytes(), assignment_name, path.name)
        elif kind is Kind.SCRIPT:
            cells = (_decode(path.read_bytes(), path.name),)
        else:
            cells = _check_zip(path, assignment_name, bounds)
        digest = hash_file(path)
    except OSError as e:
        raise SubmissionError(f"cannot be read: {e.strerror}", hint="hand the file in again") from None
    return Submission(path=path, kind=kind, sha256=digest, cells=cells)


def _check_file(path: Path, bounds: Bounds) -> Kind:
    try:
        info = path.stat()
    except (OSError, ValueError):
        problem = "is a link that leads nowhere" if path.is_symlink() else "does not exist"
        raise SubmissionError(problem, hint="hand in the file itself") from None
    if stat.S_ISDIR(info.st_mode):
        raise SubmissionError("is a folder", hint="hand in the notebook itself, or the zip that its last cell makes")
    if not stat.S_ISREG(info.st_mode):
        raise SubmissionError("is not a regular file", hint="hand in the notebook itself")
    try:
        kind = Kind(path.suffix.lower())
    except ValueError:
        raise SubmissionError(
            f"is not a notebook, script or zip but {path.suffix or 'a file without a type'}",
            hint="hand in the .ipynb file, or the zip that its last cell makes",
        ) from None
    if info.st_size == 0:
        raise SubmissionError("is empty (0 bytes)", hint="save the notebook and hand it in again")
    if info.st_size > bounds.max_mib * MIB:
        raise SubmissionError(
            f"has {info.st_size / MIB:.0f} MiB, more than the {bounds.max_mib} MiB that are accepted",
            hint="clear large outputs, leave out data files, and hand it in again",
        )
    return kind


def _check_notebook(data: bytes, assignment_name: str | None, name: str) -> tuple[str, ...]:
    try:
        notebook = msgspec.json.decode(data, type=_Notebook)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as e:
        problem = "nested too deeply" if isinstance(e, RecursionError) else str(e)
        raise SubmissionError(
            f"{name} is not a notebook: {problem}", hint="open it in Jupyter, save it, and hand it in again"
        ) from None
    if not notebook.cells and not notebook.worksheets:
        raise SubmissionError(f"{name} has no cells", hint="save the notebook before you hand it in")
    otter = notebook.metadata.get("otter")
    found = otter.get("assignment_name") if isinstance(otter, dict) else None
    if assignment_name is not None and found != assignment_name:
        what = f"of assignment {str(found)[:80]!r}" if found else "without an assignment's name in its metadata"
        raise SubmissionError(
            f"{name} is a notebook {what}; this is {assignment_name!r}",
            hint="work in the notebook that the course gave out for this assignment and hand that in",
        )
    code = (cell.source for cell in notebook.cells if cell.cell_type == "code")
    return tuple(source if isinstance(source, str) else "".join(source) for source in code)


def _check_zip(path: Path, assignment_name: str | None, bounds: Bounds) -> tuple[str, ...]:
    hint = "hand in the zip that the notebook's last cell makes"
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _check_members(infos, bounds)
            chosen = _find_work([info.filename for info in infos], hint)
            data = archive.read(chosen)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as e:
        raise SubmissionError(f"is not a readable zip: {e}", hint=hint) from None
    if chosen.endswith(Kind.SCRIPT.value):
        return (_decode(data, chosen),)
    return _check_notebook(data, assignment_name, chosen)


def _check_members(infos: list[zipfile.ZipInfo], bounds: Bounds) -> None:
    if len(infos) > bounds.max_members:
        raise SubmissionError(
            f"is a zip of {len(infos)} files, more than the {bounds.max_members} that are accepted",
            hint="hand in the notebook and the files it needs, nothing else",
        )
    if sum(info.file_size for info in infos) > bounds.max_mib * MIB:
        raise SubmissionError(
            f"unpacks to more than the {bounds.max_mib} MiB that are accepted",
            hint="leave out data files and hand it in again",
        )
    for info in infos:
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts:
            raise SubmissionError("is a zip with a path that leads out of it", hint="make the zip again")


def _find_work(names: list[str], hint: str) -> str:
    """Return the one notebook, else the one script, at the zip's top: otter's rule."""
    for suffix in (Kind.NOTEBOOK.value, Kind.SCRIPT.value):
        found = [n for n in names if "/" not in n and n.endswith(suffix) and n != "__init__.py"]
        if len(found) > 1:
            raise SubmissionError(f"is a zip with {len(found)} {suffix} files at its top; one is expected", hint=hint)
        if found:
            return found[0]
    raise SubmissionError("is a zip without a notebook at its top", hint=hint)


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise SubmissionError(f"{name} is not UTF-8 text", hint="save it as UTF-8 and hand it in again") from None
