"""Sort names as people count: q2 before q10."""

import re
from collections.abc import Iterable

from mlsafety_grader.model import Report

_DIGITS = re.compile(r"([0-9]+)")

NaturalKey = tuple[tuple[tuple[int, int, str], ...], str]


def natural_key(name: str) -> NaturalKey:
    """Return a sort key: runs of digits compare as numbers, before any text; text compares without case.

    Names that differ only in case or leading zeros keep a fixed order by the name itself.
    """
    parts = (part for part in _DIGITS.split(name) if part)
    return tuple(_part_key(part) for part in parts), name


def in_order(reports: Iterable[Report]) -> list[Report]:
    """Return reports in the natural order of their submissions, whichever was graded first."""
    return sorted(reports, key=lambda report: (natural_key(report.submission), report.folder, report.sha256))


def _part_key(part: str) -> tuple[int, int, str]:
    if not _DIGITS.fullmatch(part):
        return 1, 0, part.casefold()
    digits = part.lstrip("0")
    return 0, len(digits), digits  # not int(): Python refuses to convert thousands of digits
