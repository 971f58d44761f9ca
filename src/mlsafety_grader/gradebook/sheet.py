"""Read a CSV file that somebody's spreadsheet wrote: marks at its beginning, any usual separator, and no surprises."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlsafety_grader.errors import UsageError

MAX_BYTES = 10 << 20
MAX_ROWS = 50_000
_BOM = "\ufeff"
_SEPARATORS = (",", ";", "\t")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: titles in lower case, and (line, cells) of rows that are not empty; none is longer than the titles."""

    titles: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]


def read_sheet(data: bytes, *, name: str) -> Sheet:
    """Read a CSV file.

    Args:
        data: the file.
        name: what to call it in messages.

    Raises:
        UsageError: it is too large, no UTF-8, no CSV, or a row has more cells than the header; names the line.
    """
    rows = _rows(_decode(data, name), name)
    _, header = next(rows, (0, []))
    titles = tuple(cell.strip().lower() for cell in header)
    kept = []
    for line, row in rows:
        if any(cell.strip() for cell in row[len(titles) :]):
            raise UsageError(
                f"{name}, line {line}: has {len(row)} cells, the header {len(titles)}",
                hint="put cells that hold a separator in quotes",
            )
        kept.append((line, row))
    return Sheet(titles=titles, rows=tuple(kept))


def _decode(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"{name}: larger than {MAX_BYTES >> 20} MiB",
            hint="a table has a line for each student or submission; name that file",
        )
    if data.startswith(_UTF16) or b"\x00" in data:
        line = data[: max(0, data.find(b"\x00"))].count(b"\n") + 1
        raise UsageError(
            f"{name}, line {line}: holds NUL bytes, so it is no CSV in UTF-8",
            hint="in the spreadsheet choose 'Save as: CSV UTF-8'",
        )
    try:
        return data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{name}, line {line}: is not UTF-8 text", hint="in the spreadsheet choose 'Save as: CSV UTF-8'"
        ) from None


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of every row that is not empty."""
    announced = re.match(r"sep=(.)\r?\n", text)  # Excel's own way to say it
    skipped = 1 if announced else 0
    text = text[announced.end() :] if announced else text
    separator = announced[1] if announced else _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count = 0
    while True:
        line = reader.line_num + 1 + skipped
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise UsageError(
                f"{name}, line {line}: is not CSV: {error}", hint="correct the quotes in this line or the ones before"
            ) from None
        if row is None:
            return
        if any(cell.strip() for cell in row):
            count += 1
            if count > MAX_ROWS:
                raise UsageError(f"{name}, line {line}: more than {MAX_ROWS:,} lines", hint="split the file")
            yield line, row


def _separator(text: str) -> str:
    header = text.lstrip("\r\n").partition("\n")[0]
    return max(_SEPARATORS, key=lambda separator: (header.count(separator), separator == ","))
