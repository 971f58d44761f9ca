"""Show a batch's events: a bar on a terminal, plain lines in a log, JSON lines for programs."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mlsafety_grader.batch import events
from mlsafety_grader.cli.console import err
from mlsafety_grader.report import points_text, visible


@contextmanager
def watching(title: str, *, is_json: bool = False) -> Iterator[events.Tell]:
    """Give what events are told to."""
    if is_json:
        yield lambda event: print(events.encode_event(event), flush=True)
    elif sys.stderr.isatty():
        with _bar(title) as tell:
            yield tell
    else:
        yield lambda event: _print_line(title, event)


def line_of(event: events.Event) -> str:
    """Return an event as a line for people; empty when it is not worth one."""
    match event:
        case events.Started(total=total, reused=0):
            return f"[0/{total}] starting"
        case events.Started(total=total, reused=reused):
            return f"[{reused}/{total}] starting; {reused} have a report that still holds"
        case events.Graded(done=done, total=total, submission=name):
            return f"[{done}/{total}] {name} {_score(event)} {_status(event)}"
        case events.Notice(text=text, folder=folder):
            return f"{folder}: {text}" if folder else text
    return ""


def _print_line(title: str, event: events.Event) -> None:
    line = line_of(event)
    if line:
        print(f"{title}: {visible(line)}", file=sys.stderr, flush=True)


@contextmanager
def _bar(title: str) -> Iterator[events.Tell]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[what]}", markup=False),
    )
    # no refreshing thread: the sandbox is probed by a fork, and a process with threads cannot fork one
    with Progress(*columns, console=err, transient=True, auto_refresh=False) as progress:
        task = progress.add_task(title, total=None, what="", rate="")
        began, reused = time.monotonic(), 0

        def tell(event: events.Event) -> None:
            nonlocal began, reused
            match event:
                case events.Started(total=total):
                    began, reused = time.monotonic(), event.reused
                    progress.update(task, completed=reused, total=total, what="starting")
                case events.Graded(done=done):
                    rate = (done - reused) / max(time.monotonic() - began, 0.001)
                    what = visible(line_of(event).partition(" ")[2])[:40]
                    progress.update(task, completed=done, rate=f"{rate:.1f}/s", what=what)
                case events.Notice():
                    progress.console.print(visible(line_of(event)), soft_wrap=True)
            progress.refresh()

        yield tell


def _score(event: events.Graded) -> str:
    return "no score" if event.earned is None else f"{points_text(event.earned)}/{points_text(event.possible)}"


def _status(event: events.Graded) -> str:
    if event.status == "graded":
        return "Completed"
    return f"{event.status}: {event.reason}" if event.reason else event.status
