"""Read a test cell as otter does: a config in the leading string or a `# HIDDEN` comment, then the test's source."""

import ast
import re
from dataclasses import dataclass
from math import inf
from typing import TypeGuard

from mlsafety_grader.errors import MasterError
from mlsafety_grader.release.master_cells import Cell, Where, parse_config
from mlsafety_grader.release.master_lines import parse_python

_BEGIN = re.compile(r'(?:.\s*=\s*)?""?"?\s*#\s*BEGIN\s*TEST\s*CONFIG', re.IGNORECASE)
_END = re.compile(r'""?"?\s*#\s*END\s*TEST\s*CONFIG', re.IGNORECASE)
_ALMOST = re.compile(r"BEGIN\s*TEST\s*CONFIG", re.IGNORECASE)
_HIDDEN = re.compile(r"\bhidden\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterTest:
    """A test cell. `name` is its function's, or "cell N"; `source` is what follows the test config.

    `points` is None when none are declared or they are no number; `config` is the test config as written.
    """

    name: str
    cell: int
    hidden: bool
    points: float | None
    failure_message: str | None
    success_message: str | None
    source: str
    is_run: bool
    config: dict[str, object]


def read_test(cell: Cell, where: Where, *, ok_format: bool, problems: list[MasterError]) -> MasterTest:
    """Read a code cell of a TESTS block; what is wrong with its config goes to `problems`.

    A config that cannot be read makes the test a hidden one: rather too secret than too open.
    """
    first = cell.lines[0]
    says_hidden = first.lstrip().startswith("#") and bool(_HIDDEN.search(first))
    config: dict[str, object] = {}
    body = cell.lines[1:] if says_hidden else cell.lines
    if _BEGIN.match(first):
        end = next((i for i, line in enumerate(cell.lines) if _END.match(line)), None)
        if end is None:
            hint = 'end it with a line `""" # END TEST CONFIG`; without one otter drops the test itself'
            problems.append(where.problem("BEGIN TEST CONFIG without END TEST CONFIG", hint=hint))
            # where the author's string ends, or nowhere
            end = next((i for i, line in enumerate(cell.lines) if i and line.lstrip().startswith('"')), 0)
        config = _read_config(cell.lines[1:end], where, problems)
        body = cell.lines[end + 1 :]
    elif any(_ALMOST.search(line) for line in cell.lines):
        hint = 'begin the cell with `""" # BEGIN TEST CONFIG`, in double quotes'
        problems.append(where.problem("otter overlooks this BEGIN TEST CONFIG and all it says", hint=hint))
    source = "\n".join(body)
    points = config.get("points")
    return MasterTest(
        name=(None if ok_format else _function_name(source)) or f"cell {cell.number}",
        cell=cell.number,
        hidden=bool(config.get("hidden", says_hidden)),
        points=float(points) if is_points(points) else None,
        failure_message=_text(config.get("failure_message")),
        success_message=_text(config.get("success_message")),
        source=source,
        is_run=cell.is_run,
        config=config,
    )


def is_points(value: object) -> TypeGuard[int | float]:
    """Return whether a value from a config is a number of points: finite, not negative, no bool."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf and value < 1e9


def _read_config(lines: tuple[str, ...], where: Where, problems: list[MasterError]) -> dict[str, object]:
    try:
        config = parse_config(lines, where, what="test config")
    except MasterError as error:
        problems.append(error)
        return {"hidden": True}
    if not config:
        problems.append(where.problem("an empty test config", hint="otter stops at it; fill it or remove it"))
    return config


def _function_name(source: str) -> str | None:
    try:
        body = parse_python(source).body
    except ValueError:
        return None
    return next((node.name for node in body if isinstance(node, ast.FunctionDef)), None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
