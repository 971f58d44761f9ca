"""Decide which submission runs on which worker of a cluster. Pure bookkeeping: no clock, no network.

A worker that dies takes nothing with it: what ran there runs again. Whoever was there when a worker died is a suspect
and gets a worker of its own next, so that a submission which kills workers takes no innocent one down with it twice.
"""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass

MAX_DEATHS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Have `worker` grade submission `number`."""

    number: int
    worker: str


class Slots:
    """Which submissions wait, which run where, and how often each saw its worker die."""

    def __init__(self, count: int) -> None:
        self._waiting = deque(range(count))
        self._suspects: deque[int] = deque()
        self._running: dict[int, str] = {}
        self._deaths: Counter[int] = Counter()
        self._threads: dict[str, int] = {}
        self._banned: set[str] = set()

    @property
    def is_done(self) -> bool:
        """Whether nothing waits and nothing runs."""
        return not (self._waiting or self._suspects or self._running)

    @property
    def has_workers(self) -> bool:
        """Whether there is a worker that may be used."""
        return any(worker not in self._banned for worker in self._threads)

    def is_running(self, number: int) -> bool:
        """Whether a submission is with a worker."""
        return number in self._running

    def see_workers(self, threads: Mapping[str, int]) -> tuple[int, ...]:
        """Take note of who is there, with how many threads; return the submissions to give up.

        What ran on workers that are gone waits again, unless it has now seen `MAX_DEATHS` of them die.
        """
        self._threads = dict(threads)
        lost = [number for number, worker in self._running.items() if worker not in threads]
        return tuple(number for number in lost if self.lose(number))

    def lose(self, number: int) -> bool:
        """Take note that the worker of a submission died under it; return whether it is to be given up."""
        del self._running[number]
        self._deaths[number] += 1
        if self._deaths[number] >= MAX_DEATHS:
            return True
        self._suspects.append(number)
        return False

    def finish(self, number: int) -> None:
        """Take note that a submission is done."""
        del self._running[number]

    def ban(self, number: int) -> str:
        """Use the worker of a submission no more, for it is not fit; the submission waits again. Return the worker."""
        worker = self._running.pop(number)
        self._banned.add(worker)
        self._waiting.appendleft(number)
        return worker

    def assign(self) -> tuple[Send, ...]:
        """Return what is to be sent now; it counts as running from here on."""
        load = Counter(self._running.values())
        alone = {worker for number, worker in self._running.items() if self._deaths[number]}
        free = {w: n - load[w] for w, n in self._threads.items() if w not in self._banned and w not in alone}
        sends = []
        while self._suspects and free:
            worker = min(free, key=lambda name: load[name])
            del free[worker]  # its own, or kept from new work until it is empty
            if load[worker]:
                break
            sends.append(self._send(self._suspects.popleft(), worker))
        while self._waiting and free:
            worker = max(free, key=lambda name: free[name])
            if free[worker] <= 0:
                break
            free[worker] -= 1
            sends.append(self._send(self._waiting.popleft(), worker))
        return tuple(sends)

    def _send(self, number: int, worker: str) -> Send:
        self._running[number] = worker
        return Send(number=number, worker=worker)
