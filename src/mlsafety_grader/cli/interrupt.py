"""Ctrl-C and SIGTERM while a batch runs: the first ends it in good order, the second at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mlsafety_grader.cli.app import EXIT_INTERRUPTED

_NOTE = b"\nmlsafety: ending; what is graded is kept (once more to end at once)\n"


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Give an event that is set by the first signal. Only for the main thread."""
    stop = threading.Event()
    count = 0

    def receive(_number: int, _frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        if count > 1:
            os._exit(EXIT_INTERRUPTED)  # servers see their sockets close and end what they run
        os.write(2, _NOTE)
        stop.set()

    before = {number: signal.signal(number, receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
