"""What happens while a batch is graded: told to whoever watches, and written to `batch.log`, one JSON object a line.

The same objects are what `mlsafety grade --json` prints. Fields may be added; none changes its meaning.
"""

import contextlib
import datetime
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from mlsafety_grader.model import Report
from mlsafety_grader.report import has_points

LOG = "batch.log"
OLDER_LOG = "batch.log.1"
MAX_LOG_BYTES = 8 << 20


class Started(msgspec.Struct, frozen=True, kw_only=True, tag="started", tag_field="event"):
    """The batch begins. `reused` of `total` submissions have a report already; `unnamed` folders belong to none."""

    total: int
    reused: int
    slug: str
    release_id: str
    engine: str
    isolation: str
    unnamed: tuple[str, ...] = ()


class Reused(msgspec.Struct, frozen=True, kw_only=True, tag="reused", tag_field="event"):
    """A stored report counts: nothing that decided it has changed. `moved_from` is its folder until now, if another."""

    submission: str
    folder: str
    status: str
    earned: float | None
    possible: float
    moved_from: str = ""


class Graded(msgspec.Struct, frozen=True, kw_only=True, tag="graded", tag_field="event"):
    """A submission has been graded and its report is on disk. `earned` is null after a fault of the grader."""

    submission: str
    folder: str
    status: str
    reason: str
    earned: float | None
    possible: float
    wall_s: float
    done: int
    total: int


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag="notice", tag_field="event"):
    """Something that staff should know, in words; `folder` when it is about one."""

    text: str
    folder: str = ""


class Finished(msgspec.Struct, frozen=True, kw_only=True, tag="finished", tag_field="event"):
    """The batch has ended and the tables are written, unless it `is_interrupted`."""

    total: int
    graded: int
    reused: int
    faults: int
    wall_s: float
    is_interrupted: bool = False


Event = Started | Reused | Graded | Notice | Finished
Tell = Callable[[Event], None]


def graded_event(report: Report, *, done: int, total: int) -> Graded:
    """Return the event for a report that has been written."""
    return Graded(
        submission=report.submission,
        folder=report.folder,
        status=report.status.value,
        reason=report.reason,
        earned=report.earned if has_points(report) else None,
        possible=report.possible,
        wall_s=round(report.usage.wall_s, 3),
        done=done,
        total=total,
    )


def reused_event(report: Report, *, moved_from: str = "") -> Reused:
    """Return the event for a report that was there."""
    return Reused(
        submission=report.submission,
        folder=report.folder,
        status=report.status.value,
        earned=report.earned,
        possible=report.possible,
        moved_from=moved_from,
    )


def encode_event(event: Event) -> str:
    """Return an event as one line of JSON; what no file can hold becomes U+FFFD."""
    plain = msgspec.to_builtins(event)
    return msgspec.json.encode(_clean(plain)).decode()


class Log:
    """Append events to a folder's log. Only the holder of the folder's lock writes it.

    A log that cannot be written is no reason to stop grading.
    """

    def __init__(self, out: Path) -> None:
        self._path = out / LOG
        self._older = out / OLDER_LOG

    def write(self, event: Event) -> None:
        """Append a line with the time (UTC) and our process; the older half goes when it grows too long."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        line = f'{{"at":"{now}","pid":{os.getpid()},{encode_event(event)[1:]}\n'.encode()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        with contextlib.suppress(OSError):
            with os.fdopen(os.open(self._path, flags, 0o666), "wb", buffering=0) as file:
                file.write(line)
                is_full = file.tell() > MAX_LOG_BYTES
            if is_full:
                self._path.replace(self._older)


def _clean(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case list() | tuple():
            return [_clean(item) for item in value]
        case dict():
            return {key: _clean(item) for key, item in value.items()}
    return value
