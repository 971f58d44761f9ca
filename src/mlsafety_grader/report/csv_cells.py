"""Take a CSV file apart so that what is not changed goes back byte for byte: quotes, blanks and line ends stay."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mlsafety_grader.errors import UsageError

_LINE_END = re.compile(r"\r\n|\n|\r")
# possessive, so that a quote that is never closed fails at once instead of trying every other way to read the file
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as it stands in the file, and what it says."""

    raw: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row with the characters that end its line; the file's last may have none."""

    cells: tuple[Cell, ...]
    end: str

    def value(self, index: int) -> str:
        """Return what a cell says; a cell that a short row lacks says nothing."""
        return self.cells[index].value if index < len(self.cells) else ""


def split_rows(text: str, separator: str) -> tuple[Row, ...]:
    """Return the rows of a CSV text; `join_rows` gives the very same text back.

    Raises:
        UsageError: a quote is never closed, or stands inside a cell: readers differ in what they make of that.
    """
    plain = re.compile(rf"[^{re.escape(separator)}\r\n]*")
    rows: list[Row] = []
    cells: list[Cell] = []
    position = 0
    while position < len(text) or cells:
        cell = _cell_at(text, position, plain)
        cells.append(cell)
        position += len(cell.raw)
        if text.startswith(separator, position):
            position += len(separator)
            continue
        end = _LINE_END.match(text, position)
        rows.append(Row(cells=tuple(cells), end=end[0] if end else ""))
        cells = []
        position += len(rows[-1].end)
    return tuple(rows)


def join_rows(rows: Iterable[Row], separator: str) -> str:
    """Return the text of rows, each cell as it stood."""
    return "".join(separator.join(cell.raw for cell in row.cells) + row.end for row in rows)


def make_cell(value: str, separator: str) -> Cell:
    """Return a new cell, quoted only when it must be."""
    if any(char in value for char in (separator, '"', "\r", "\n")) or value != value.strip():
        return Cell(raw='"' + value.replace('"', '""') + '"', value=value)
    return Cell(raw=value, value=value)


def _cell_at(text: str, position: int, plain: re.Pattern[str]) -> Cell:
    quoted = _QUOTED.match(text, position)
    rest = plain.match(text, quoted.end() if quoted else position)
    bare = rest[0] if rest else ""
    if '"' in bare or (quoted and bare):
        raise UsageError(
            f"line {text.count(chr(10), 0, position) + 1}: a quote is never closed, or stands inside a cell",
            hint="download the file again and do not edit it in between",
        )
    return Cell(raw=quoted[0], value=quoted[0][1:-1].replace('""', '"')) if quoted else Cell(raw=bare, value=bare)
