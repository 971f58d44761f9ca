"""Do the same work on many items in a few threads, holding few of them at a time, and deliver results as they come."""

import threading
from collections.abc import Callable, Generator, Iterable
from queue import Queue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(
    work: Callable[[Item], Result], items: Iterable[Item], *, jobs: int, stop: threading.Event
) -> Generator[tuple[int, Result], None, None]:
    """Yield (position in `items`, result) as each is done, by `jobs` threads.

    Items are taken in order, one when a thread is free: at most `jobs` are worked on and as many results wait for the
    caller. Once `stop` is set nothing new begins. When the caller leaves early, `stop` is set and the threads are
    awaited.

    Raises:
        Exception: what `work` raised; nothing new begins then.
    """
    crew = _Crew(work, items, max(1, jobs), stop)
    try:
        while (answer := crew.next_answer()) is not None:
            yield answer
    finally:
        crew.dismiss()
    if crew.problem is not None:
        raise crew.problem


class _Crew(Generic[Item, Result]):
    """Threads that take items from one iterator and put results into one queue; each says None when it ends."""

    def __init__(self, work: Callable[[Item], Result], items: Iterable[Item], jobs: int, stop: threading.Event) -> None:
        self.problem: BaseException | None = None
        self._work = work
        self._numbered = enumerate(items)
        self._taking = threading.Lock()
        self._stop = stop
        self._answers: Queue[tuple[int, Result] | None] = Queue(maxsize=jobs)
        self._running = jobs
        self._threads = [threading.Thread(target=self._serve, name=f"grade-{n}", daemon=True) for n in range(jobs)]
        for thread in self._threads:
            thread.start()

    def next_answer(self) -> tuple[int, Result] | None:
        """Return the next result; None when all threads have ended."""
        while self._running:
            answer = self._answers.get()
            if answer is not None:
                return answer
            self._running -= 1
        return None

    def dismiss(self) -> None:
        """End what still runs, and wait for it."""
        if self._running:
            self._stop.set()
        while self.next_answer() is not None:  # a thread may be waiting for room in the queue
            continue
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        try:
            while not self._stop.is_set() and self.problem is None:
                with self._taking:
                    entry = next(self._numbered, None)
                if entry is None:
                    return
                self._answers.put((entry[0], self._work(entry[1])))
        except BaseException as e:
            self.problem = e
            self._stop.set()
        finally:
            self._answers.put(None)
