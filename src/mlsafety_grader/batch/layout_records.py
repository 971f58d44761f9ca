"""What readers of layouts have in common: a hand-in as the platform tells it, before anybody looks at the roster."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from mlsafety_grader.batch.layout_people import Claim

_UTC = re.compile(r"\s*(?:Z|UTC)\Z")
_BLANK_BEFORE_OFFSET = re.compile(r"\s+(?=[+-][0-9:]+\Z)")


class Layout(StrEnum):
    """Whose download a folder is."""

    PLAIN = "plain"
    CANVAS = "canvas"
    MOODLE = "moodle"
    GRADESCOPE = "gradescope"
    GITHUB = "github"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that was handed in.

    `person` is the platform's own mark of who did: files of one person are attempts of one. `people` are what is known
    of each of those it counts for (a group has several). `number` orders attempts where times are unknown.
    `problem` says why it cannot be anybody's by itself.
    """

    path: Path
    name: str
    person: str
    people: tuple[tuple[Claim, ...], ...]
    submitted_at: datetime | None = None
    number: int | None = None
    is_late: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Something in the folder that is not graded, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader found in a folder."""

    found: tuple[Found, ...]
    set_aside: tuple[SetAside, ...] = ()


def read_instant(text: str) -> datetime | None:
    """Return an instant that says its time zone, as platforms write it; None for anything else."""
    text = _BLANK_BEFORE_OFFSET.sub("", _UTC.sub("+00:00", text.strip()))
    try:
        instant = datetime.fromisoformat(text)
        return instant if instant.utcoffset() is not None else None
    except (ValueError, OverflowError):
        return None
