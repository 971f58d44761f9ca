"""Work is shared by a few threads, few items are held, and nothing begins once it is to end."""

import threading
import time
from collections.abc import Iterator

import pytest

from mlsafety_grader.engine import in_parallel


def test_results_come_with_their_places() -> None:
    """In whatever order; and the caller's event is left alone."""
    stop = threading.Event()
    assert sorted(in_parallel(lambda n: n * n, range(20), jobs=3, stop=stop)) == [(n, n * n) for n in range(20)]
    assert not stop.is_set()


def test_few_items_are_taken_ahead_of_the_caller() -> None:
    """A caller that is slow, as one with a slow disk, holds the others back: memory stays bounded."""
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    answers = in_parallel(lambda n: n, items(), jobs=2, stop=threading.Event())
    next(answers)
    time.sleep(0.2)
    assert len(taken) <= 1 + 2 + 2 + 2  # given, waiting, being put, worked on
    answers.close()


def test_failure_of_the_work_ends_all() -> None:
    """It is raised in the caller, once the threads have ended."""

    def fail(number: int) -> int:
        if number == 3:
            raise OSError(28, "No space left on device")
        return number

    done = []
    with pytest.raises(OSError, match="No space"):
        done += [n for n, _ in in_parallel(fail, range(1000), jobs=2, stop=threading.Event())]
    assert threading.active_count() < 10


def test_stop_lets_what_runs_end_and_begins_nothing() -> None:
    """What was done is still delivered."""
    stop = threading.Event()

    def work(number: int) -> int:
        if number == 4:
            stop.set()
        return number

    done = [n for n, _ in in_parallel(work, range(1000), jobs=1, stop=stop)]
    assert done == [0, 1, 2, 3, 4]
