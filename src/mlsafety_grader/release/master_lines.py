"""What otter makes of single lines: boundaries of blocks, lines that it strips, markers that it overlooks.

These are otter 7.0.0's own rules (`otter/assign/solutions.py`); the integration tests of otter's traps watch them.
"""

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

_BOUNDARY = re.compile(r"#\s+(begin|end)\s+(question|prompt|solution|tests)\s*", re.IGNORECASE)
_CONFIG = re.compile(r"#\s+assignment\s+config\s*", re.IGNORECASE)
_ALMOST_BOUNDARY = re.compile(r"\s*#*\s*((begin|end)\b(?!\s*(plugin|ignore))|assignment\s+config\b)", re.IGNORECASE)
_BEGIN = re.compile(r"\s*# BEGIN SOLUTION")
_LINE = re.compile(r"# ?SOLUTION")
_BEGIN_IGNORE = re.compile(r"\s*#\s*BEGIN\s*IGNORE\s*", re.IGNORECASE)
_ALMOST = re.compile(r"#\s*(begin\s*|end\s*)?solution(\s*no\s*prompt)?\s*$", re.IGNORECASE)
_SKIPPED = ("# SOLUTION NO PROMPT", "# BEGIN PROMPT", "# END PROMPT", "# SEED")

PAIR_HINT = "close the marker in the same cell; a boundary of a block must be a raw cell of its own"


class Block(StrEnum):
    """What a boundary opens or closes."""

    QUESTION = "question"
    PROMPT = "prompt"
    SOLUTION = "solution"
    TESTS = "tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A line that begins or ends a block; `block` is None for `# ASSIGNMENT CONFIG`, which is a cell of its own."""

    block: Block | None = None
    is_end: bool = False

    def __str__(self) -> str:
        return f"{'END' if self.is_end else 'BEGIN'} {self.block.upper()}" if self.block else "ASSIGNMENT CONFIG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong with a cell's lines."""

    text: str
    hint: str


@dataclass(slots=True, kw_only=True)
class Division:
    """A cell's lines: those that the student sees, those that otter strips, and what is wrong with the markers."""

    kept: list[str] = field(default_factory=list)
    stripped: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def find_boundary(line: str, *, is_whole_line: bool) -> Boundary | None:
    """Return the boundary at the start of a line; otter lets text follow it, `is_whole_line` does not."""
    match = (_BOUNDARY.fullmatch if is_whole_line else _BOUNDARY.match)(line)
    if match:
        return Boundary(block=Block(match.group(2).lower()), is_end=match.group(1).lower() == "end")
    return Boundary() if (_CONFIG.fullmatch if is_whole_line else _CONFIG.match)(line) else None


def is_almost_boundary(line: str) -> bool:
    """Return whether a raw cell's first line was meant as a boundary (plugins and ignored lines are otter's own)."""
    return find_boundary(line, is_whole_line=False) is None and bool(_ALMOST_BOUNDARY.match(line))


def is_line_marker(lines: tuple[str, ...], *, in_solution: bool) -> bool:
    """Return whether the boundary in a code cell's first line marks lines of that cell instead of a block.

    It does in a SOLUTION block, and wherever its partner stands further down in the same cell.
    """
    first = find_boundary(lines[0], is_whole_line=True)
    if first is None or first.block not in (Block.SOLUTION, Block.PROMPT):
        return False
    partner = Boundary(block=first.block, is_end=not first.is_end)
    return in_solution or any(find_boundary(line.strip(), is_whole_line=True) == partner for line in lines[1:])


def divide(lines: Iterable[str], *, has_solution: bool) -> Division:
    """Divide a cell's lines as otter does: ignored lines always, solution lines where `has_solution`."""
    division = Division()
    seen = _drop_ignored(lines, division)
    if has_solution:
        _drop_solution(seen, division)
    else:
        division.kept = seen
    return division


def has_markers(lines: Iterable[str]) -> bool:
    """Return whether any line is, or was meant as, a marker for solution lines. A comment `# solution` is not."""
    return any(_LINE.search(line) or ((almost := _ALMOST.search(line)) and almost.group(1)) for line in lines)


def parse_python(source: str) -> ast.Module:
    """Parse a cell.

    Raises:
        ValueError: it cannot be parsed, for whatever reason; the message is for people.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is not this check's business
            return ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:  # NUL, a lone surrogate; thousands of nested brackets
        raise ValueError(type(error).__name__) from None


def rewritten(source: str) -> list[str]:
    """Return the lines that otter makes of a test's source: it prints the syntax tree, so quotes and spaces change."""
    try:
        return ast.unparse(parse_python(source)).splitlines()
    except (ValueError, RecursionError):
        return []


def _drop_ignored(lines: Iterable[str], division: Division) -> list[str]:
    kept: list[str] = []
    is_open = False
    for line in lines:
        bare = line.rstrip()
        is_end = bare.endswith("# END IGNORE")
        if is_end and not is_open:
            division.faults.append(Fault(text="END IGNORE without BEGIN IGNORE", hint=PAIR_HINT))
        if bare.endswith("# IGNORE") or is_end or is_open or _BEGIN_IGNORE.match(line):
            division.stripped.append(line)
        else:
            kept.append(line)
        is_open = not is_end and (is_open or bool(_BEGIN_IGNORE.match(line)))
    if is_open:
        division.faults.append(Fault(text="BEGIN IGNORE without END IGNORE", hint=PAIR_HINT))
    return kept


def _drop_solution(lines: list[str], division: Division) -> None:
    is_open = False
    for line in lines:
        is_end = line.rstrip().endswith("# END SOLUTION")
        is_begin = bool(_BEGIN.match(line))
        if is_end and not is_open:
            division.faults.append(Fault(text="END SOLUTION without BEGIN SOLUTION", hint=PAIR_HINT))
        if is_begin and is_open:
            division.faults.append(Fault(text="BEGIN SOLUTION inside BEGIN SOLUTION", hint=PAIR_HINT))
        if is_open or is_end or is_begin or line.rstrip().endswith(_SKIPPED) or _LINE.search(line):
            division.stripped.append(line)
        else:
            division.kept.append(line)
            _note_almost(line, division)
        is_open = not is_end and (is_open or is_begin)
    if is_open:
        division.faults.append(Fault(text="BEGIN SOLUTION without END SOLUTION", hint=PAIR_HINT))


def _note_almost(line: str, division: Division) -> None:
    almost = _ALMOST.search(line)
    if almost:
        division.faults.append(
            Fault(
                text=f"`{almost.group().strip()}` is no marker: otter leaves the line to the student",
                hint="write exactly `# BEGIN SOLUTION`, `# END SOLUTION` (lines of their own) or `# SOLUTION`",
            )
        )
