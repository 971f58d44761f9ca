"""Read a master's file into cells as otter sees them, without otter and without running anything.

Whatever the file holds becomes a `Cell` or a `MasterError`, however hostile it is; nothing else leaves this module.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from mlsafety_grader.errors import MasterError

CELL_KINDS = ("code", "markdown", "raw")
MESSAGE_LENGTH = 300
# what PyYAML lets slip on odd scalars such as `!!timestamp x` or a number of 5000 digits
_YAML_FAULTS = (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place in a master: what a message begins with."""

    file: str
    cell: int | None = None
    question: str | None = None

    def problem(self, text: str, *, hint: str) -> MasterError:
        """Return the error `<file> cell <n> (<question>): <text>`, leaving out what is not known.

        Names and keys in it come from the notebook, hence the escapes and the limit.
        """
        cell = "" if self.cell is None else f" cell {self.cell}"
        question = f" ({self.question})" if self.question else ""
        message = f"{self.file}{cell}{question}: {text}"[:MESSAGE_LENGTH]
        return MasterError("".join(c if c.isprintable() else ascii(c)[1:-1] for c in message), hint=hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A notebook cell, or the part of one that an ```otter fence makes a cell of its own.

    `number` counts the notebook's cells from 1; `lines` has at least one line, as otter counts them.
    """

    number: int
    kind: str
    lines: tuple[str, ...]
    tags: frozenset[str] = frozenset()
    has_outputs: bool = False
    has_error: bool = False
    has_attachments: bool = False
    is_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFile:
    """A notebook's cells and what is wrong with the file itself."""

    path: Path
    cells: tuple[Cell, ...]
    problems: tuple[MasterError, ...]


def read_cells(path: Path) -> CellFile:
    """Read the notebook at `path`.

    Raises:
        MasterError: there is no notebook of format 4 in this file. Whatever is wrong with single cells is collected
            in `CellFile.problems` instead, and the cell is left out.
    """
    where = Where(file=path.name)
    notebook = _load(path, where)
    cells: list[Cell] = []
    problems = list(_notebook_problems(notebook, where))
    for number, raw in enumerate(notebook["cells"], start=1):
        here = replace(where, cell=number)
        fault = _cell_fault(raw)
        if fault:
            problems.append(here.problem(fault, hint="open the notebook in Jupyter, save it, and look at this cell"))
            continue
        cell = _cell(raw, number)
        problems += _fence_problems(cell, here)
        cells += _unfence(cell)
    return CellFile(path=path, cells=tuple(cells), problems=tuple(problems))


def parse_config(lines: Iterable[str], where: Where, *, what: str) -> dict[str, object]:
    """Return the YAML mapping in `lines`; an empty text is an empty mapping. `what` names it in messages.

    Raises:
        MasterError: not YAML, a tag that would build an object, a key given twice, or not a mapping.
    """
    text = "\n".join(lines)
    try:
        twice = _first_repeated_key(yaml.compose(text, Loader=yaml.SafeLoader))
        value = yaml.safe_load(text)
    except _YAML_FAULTS as error:
        reason = getattr(error, "problem", None) or type(error).__name__
        raise where.problem(f"{what} is not plain YAML: {reason}", hint="write `key: value` lines, no tags") from None
    if twice is not None:
        raise where.problem(f"key `{twice}` twice in the {what}", hint="otter silently keeps the last one; remove one")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise where.problem(f"{what} is not a mapping", hint="write `key: value` lines below the first line")
    return {str(key): entry for key, entry in value.items()}


def _first_repeated_key(node: yaml.Node | None) -> str | None:
    """PyYAML keeps the last of two equal keys and says nothing."""
    seen: set[str] = set()
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                return str(key.value)
            seen.add(key.value)
    return None


def _load(path: Path, where: Where) -> dict[str, Any]:
    """Return the notebook's JSON, of which `cells` is a list."""
    hint = "give a Jupyter notebook (.ipynb) of format 4, as Jupyter saves it"
    try:
        notebook = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise where.problem(f"cannot be read: {error.strerror}", hint=hint) from None
    except UnicodeDecodeError:
        raise where.problem("not UTF-8 text", hint=hint) from None
    except RecursionError:
        raise where.problem("nested too deeply for a notebook", hint=hint) from None
    except ValueError:
        raise where.problem("not JSON", hint=hint) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        raise where.problem("not a notebook", hint=hint)
    if notebook["nbformat"] != 4:
        raise where.problem(f"nbformat {notebook['nbformat']}, only 4 is read", hint="open it in Jupyter and save it")
    if not isinstance(notebook.get("cells"), list):
        raise where.problem("a notebook without a list of cells", hint=hint)
    return notebook


def _notebook_problems(notebook: dict[str, Any], where: Where) -> Iterator[MasterError]:
    metadata = notebook.get("metadata")
    kernelspec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    if not isinstance(kernelspec, dict):
        yield where.problem("no kernelspec in the notebook's metadata", hint="choose a kernel in Jupyter and save")
    elif str(kernelspec.get("language", "python")).lower() != "python":
        yield where.problem("the kernel's language is not Python", hint="choose a Python kernel in Jupyter and save")
    minor = notebook.get("nbformat_minor")
    if not isinstance(minor, int) or minor < 5:
        yield where.problem(f"nbformat 4.{minor} has no cell ids", hint="save it as nbformat 4.5 in a current Jupyter")
        return
    yield from _id_problems(notebook["cells"], where)


def _id_problems(cells: list[object], where: Where) -> Iterator[MasterError]:
    first_with: dict[str, int] = {}
    for number, cell in enumerate(cells, start=1):
        here = replace(where, cell=number)
        cell_id = cell.get("id") if isinstance(cell, dict) else None
        if not isinstance(cell_id, str) or not cell_id:
            yield here.problem("no cell id", hint="open the notebook in a current Jupyter and save it")
        elif cell_id in first_with:
            yield here.problem(
                f"the same cell id as cell {first_with[cell_id]}",
                hint="give this cell an id of its own (up to 64 characters)",
            )
        else:
            first_with[cell_id] = number


def _cell_fault(raw: object) -> str | None:
    """Say why this is no cell that can be read, or None."""
    if not isinstance(raw, dict):
        return "not a cell"
    if raw.get("cell_type") not in CELL_KINDS:
        return "no `cell_type` of code, markdown or raw"
    source = raw.get("source")
    if not isinstance(source, str) and not (isinstance(source, list) and all(isinstance(line, str) for line in source)):
        return "no `source` text"
    if not isinstance(raw.get("metadata"), dict):
        return "no `metadata`"
    if raw["cell_type"] == "code":
        return _code_fault(raw)
    return None


def _code_fault(raw: dict[str, Any]) -> str | None:
    outputs = raw.get("outputs")
    if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
        return "a code cell without a list of `outputs`"
    if "execution_count" not in raw:
        return "a code cell without `execution_count`"
    return None


def _cell(raw: dict[str, Any], number: int) -> Cell:
    """Turn a dict that `_cell_fault` finds nothing wrong with into a record."""
    tags = raw["metadata"].get("tags")
    outputs = raw["outputs"] if raw["cell_type"] == "code" else []
    return Cell(
        number=number,
        kind=raw["cell_type"],
        lines=tuple(re.split("\r?\n", "".join(raw["source"]))),
        tags=frozenset(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else frozenset(),
        has_outputs=bool(outputs),
        has_error=any(output.get("output_type") == "error" for output in outputs),
        has_attachments=bool(raw.get("attachments")),
        is_run=bool(outputs) or raw.get("execution_count") is not None,
    )


def _fences(cell: Cell) -> list[tuple[int, int | None]]:
    """Return the first and last line (both fences) of each ```otter block; the last is None when it is not closed."""
    fences: list[tuple[int, int | None]] = []
    for start, line in enumerate(cell.lines):
        if line.strip() == "```otter":
            rest = range(start + 1, len(cell.lines))
            fences.append((start, next((i for i in rest if cell.lines[i].strip() == "```"), None)))
    return fences


def _fence_problems(cell: Cell, where: Where) -> Iterator[MasterError]:
    fences = _fences(cell)
    if not fences:
        return
    if cell.kind != "markdown":
        yield where.problem(
            f"an ```otter fence in a {cell.kind} cell",
            hint="otter makes text of the whole cell; fences go into markdown",
        )
    elif cell.has_attachments:
        yield where.problem("attachments in a cell with an ```otter fence", hint="otter loses them; use two cells")
    starts = [start for start, _ in fences[1:]]
    if any(end is None for _, end in fences) or any(
        end is not None and end > start for (_, end), start in zip(fences, starts, strict=False)
    ):
        yield where.problem("```otter fence that is not closed", hint="end it with a line of three backquotes")


def _unfence(cell: Cell) -> list[Cell]:
    """Return the cells that otter makes of one cell: text before, fenced raw cells, text between and after."""
    if cell.kind != "markdown":
        return [cell]
    pieces: list[Cell] = []
    position = 0
    for start, end in _fences(cell):
        if end is None or start < position:
            continue
        pieces += _piece(cell, "markdown", position, start)
        pieces += _piece(cell, "raw", start + 1, end)
        position = end + 1
        if position < len(cell.lines) and not cell.lines[position].strip():
            position += 1  # otter drops one empty line after a fence
    if position == 0:
        return [cell]
    return pieces + _piece(cell, "markdown", position, len(cell.lines))


def _piece(cell: Cell, kind: str, start: int, stop: int) -> list[Cell]:
    lines = cell.lines[start:stop]
    return [Cell(number=cell.number, kind=kind, lines=lines)] if any(line.strip() for line in lines) else []
