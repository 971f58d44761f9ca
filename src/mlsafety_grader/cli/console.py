"""What people see while they wait: progress on standard error, results on standard output."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from mlsafety_grader.report import visible

out = Console(highlight=False, markup=False)
err = Console(stderr=True, highlight=False, markup=False)


class Ticker(Protocol):
    """Told how far the work is."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that `what` was done, as number `done` of `total`."""
        ...


@contextmanager
def ticking(title: str) -> Iterator[Ticker]:
    """Show a progress bar on a terminal, and a plain line for each step elsewhere (a CI log)."""
    if not sys.stderr.isatty():

        def line(what: str, done: int, total: int) -> None:
            print(f"{title}: [{done}/{total}] {visible(what)}", file=sys.stderr, flush=True)

        yield line
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[what]}", markup=False),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(title, total=None, what="")

        def bar(what: str, done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, what=visible(what)[:40])

        yield bar


def say(text: str) -> None:
    """Print a line about the work itself to standard error."""
    err.print(text, soft_wrap=True)
