"""Grade on the workers of a Dask cluster that is there already. With `dask_worker.py` the only importer of distributed.

    Slots ─ Send ─► submit(order, this worker) ─► worker: plugin ─ warm engine ─► Answer ─► Outcome

Every submission is sent to a worker that is free, never queued in the cluster: so we know what ran where when a worker
dies. The cluster is trusted as this machine is; student code runs in the workers' sandboxes.
"""

import logging
import re
import secrets
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

import dask
import msgspec
from distributed import Client, Future, KilledWorker

from mlsafety_grader.batch import events
from mlsafety_grader.batch.dask_worker import Answer, GradingPlugin, Order, Shipment, answer, offer
from mlsafety_grader.batch.executor import HANDED_IN, Outcome
from mlsafety_grader.batch.keys import fingerprint
from mlsafety_grader.batch.slots import MAX_DEATHS, Send, Slots
from mlsafety_grader.batch.snapshot import Snapshot, take_snapshot
from mlsafety_grader.batch.store import discard
from mlsafety_grader.engine import Job, Task, Terms, empty_report, grade
from mlsafety_grader.errors import EngineError, UsageError
from mlsafety_grader.model import EngineName, Examination, Status
from mlsafety_grader.report import decode_report

CONNECT_LIMIT_S = 10
WORKERS_LIMIT_S = 60
LOOK_EVERY_S = 0.5
ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx)://([^\s/:\[\]]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.IGNORECASE)
SERVERS_LIMIT_S = 300
_WEAKEST_FIRST = ("off", "reduced", "strict")
_RESTART = "the reports written so far are whole: run the same command again when the cluster is back"


class RemoteEngine:
    """Stands for the workers' engines where only their name and sandbox level matter."""

    def __init__(self, *, isolation: str) -> None:
        self._isolation = isolation

    @property
    def name(self) -> EngineName:
        """What `--engine` calls it."""
        return EngineName.ISOLATED

    @property
    def isolation(self) -> str:
        """The sandbox level that all workers use."""
        return self._isolation

    def examine(self, job: Job, *, keep: Path | None = None) -> Examination:
        """Refuse: nothing is examined on this machine.

        Raises:
            EngineError: always.
        """
        del job, keep
        raise EngineError("submissions of this batch are examined on the cluster only", hint="report this as a bug")


@dataclass(slots=True)
class _Running:
    """A submission on a worker."""

    future: "Future[bytes]"
    snapshot: Snapshot
    until: float


class DaskExecutor:
    """Grade on a cluster. Made by `connect`."""

    def __init__(self, client: Client, *, isolation: str, tell: events.Tell) -> None:
        self.engine = RemoteEngine(isolation=isolation)
        self._client = client
        self._tell = tell

    def run(self, tasks: Sequence[Task], terms: Terms, *, stop: threading.Event) -> Generator[Outcome, None, None]:
        """Yield an outcome for every task as it is done; see `Executor`.

        Raises:
            EngineError: the cluster went away.
            UsageError: no worker of the cluster is fit.
            OSError: a file cannot be copied.
        """
        plugin = f"mlsafety-{secrets.token_hex(8)}"
        try:
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"}):
                self._client.register_plugin(GradingPlugin(_pack(terms)), name=plugin)
                yield from _Run(self._client, plugin, tasks, terms, self._tell).outcomes(stop)
        except OSError as e:
            if isinstance(e, TimeoutError | ConnectionError) or self._client.status != "running":
                raise EngineError(f"the cluster went away: {e}", hint=_RESTART) from None
            raise
        finally:
            if self._client.status == "running":
                self._client.unregister_worker_plugin(plugin)  # ends the workers' engines


class _Run:
    """One batch on a cluster."""

    def __init__(self, client: Client, plugin: str, tasks: Sequence[Task], terms: Terms, tell: events.Tell) -> None:
        self._client = client
        self._plugin = plugin
        self._tasks = tasks
        self._terms = terms
        self._tell = tell
        self._slots = Slots(len(tasks))
        self._running: dict[int, _Running] = {}
        self._arrived: SimpleQueue[tuple[int, Future[bytes]]] = SimpleQueue()
        self._seen: frozenset[str] | None = None
        self._looked_at = 0.0
        # twice: a fault is tried again; the examination may take as long as the cells, the servers their start
        self._patience_s = 2 * (2 * terms.limits.submission_s + SERVERS_LIMIT_S)

    def outcomes(self, stop: threading.Event) -> Generator[Outcome, None, None]:
        """Yield an outcome for every task until all are done or `stop` is set."""
        try:
            while not self._slots.is_done and not stop.is_set():
                yield from self._look()
                for send in self._slots.assign():
                    rejected = self._send(send, stop)
                    if rejected is not None:
                        yield rejected
                yield from self._take()
        finally:
            self._client.cancel([running.future for running in self._running.values()])

    def _look(self) -> Iterator[Outcome]:
        """See which workers are there, twice a second."""
        if time.monotonic() - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = time.monotonic()
        threads = self._client.nthreads(callback_timeout=CONNECT_LIMIT_S)
        self._announce(frozenset(threads))
        overdue = [number for number, running in self._running.items() if time.monotonic() > running.until]
        given_up = [number for number in overdue if self._slots.lose(number)]
        given_up += self._slots.see_workers(threads)
        if threads and not self._slots.has_workers:
            raise UsageError("no worker of the cluster is fit to grade this batch", hint="see the notices above")
        for number in [n for n in self._running if not self._slots.is_running(n)]:
            self._drop(number)
        for number in given_up:
            yield self._give_up(number)

    def _announce(self, now: frozenset[str]) -> None:
        if self._seen is not None:
            for worker in sorted(self._seen - now):
                self._tell(events.Notice(text=f"worker {worker} is gone; what ran there runs again"))
            for worker in sorted(now - self._seen):
                self._tell(events.Notice(text=f"worker {worker} has joined"))
        if not now and (self._seen is None or self._seen):
            self._tell(events.Notice(text="no worker is left; waiting for one"))
        self._seen = now

    def _send(self, send: Send, stop: threading.Event) -> Outcome | None:
        """Send a submission off; return its outcome at once when there is nothing that could be sent."""
        task = self._tasks[send.number]
        if task.keep is None:
            raise ValueError("a task of a batch has a folder to keep things in")
        task.keep.mkdir(parents=True)
        snapshot = take_snapshot(task.path, task.keep / HANDED_IN, self._terms.bounds, name=task.file_name)
        if snapshot.sha256 is None:
            self._slots.finish(send.number)
            return Outcome(number=send.number, report=grade(task, self._terms, stop=stop), sha256=None)
        order = Order(
            name=task.name,
            folder=task.folder,
            file_name=snapshot.path.name,
            questions=None if task.questions is None else tuple(sorted(task.questions)),
            content=snapshot.path.read_bytes(),
        )
        future = self._client.submit(
            answer,
            self._plugin,
            msgspec.msgpack.encode(order),
            key=f"{self._plugin}-{send.number}-{secrets.token_hex(4)}",
            workers=[send.worker],
            pure=False,
        )
        self._running[send.number] = _Running(
            future=future, snapshot=snapshot, until=time.monotonic() + self._patience_s
        )
        future.add_done_callback(lambda done: self._arrived.put((send.number, done)))
        return None

    def _take(self) -> Iterator[Outcome]:
        """Take what has arrived; wait a moment for the first."""
        wait_s = LOOK_EVERY_S
        while True:
            try:
                number, future = self._arrived.get(timeout=wait_s)
            except Empty:
                return
            wait_s = 0.001
            running = self._running.get(number)
            if running is not None and running.future is future:
                outcome = self._settle(number, running)
                if outcome is not None:
                    yield outcome

    def _settle(self, number: int, running: _Running) -> Outcome | None:
        problem = running.future.exception() if running.future.status == "error" else None
        if isinstance(problem, KilledWorker):
            is_hopeless = self._slots.lose(number)
            self._drop(number)
            return self._give_up(number) if is_hopeless else None
        if problem is not None:
            self._ban(number, f"cannot grade: {problem}")
            return None
        if running.future.status != "finished":
            raise EngineError("the scheduler dropped a submission", hint=_RESTART)
        found = msgspec.msgpack.decode(running.future.result(), type=Answer)
        if found.unfit:
            self._ban(number, found.unfit)
            return None
        self._slots.finish(number)
        del self._running[number]
        keep = self._tasks[number].keep
        if found.executed is not None and keep is not None:
            (keep / "executed.ipynb").write_bytes(found.executed)
        return Outcome(number=number, report=decode_report(found.report), sha256=running.snapshot.sha256)

    def _ban(self, number: int, why: str) -> None:
        worker = self._slots.ban(number)
        self._drop(number)
        self._tell(events.Notice(text=f"worker {worker} takes no part: it {why}"))

    def _give_up(self, number: int) -> Outcome:
        reason = f"{MAX_DEATHS} workers died or fell silent while they graded it; grade it alone with --executor local"
        report = empty_report(self._tasks[number], self._terms, status=Status.GRADER_FAULT, reason=reason)
        return Outcome(number=number, report=report, sha256=None)

    def _drop(self, number: int) -> None:
        """Forget a submission that does not run any more."""
        running = self._running.pop(number)
        self._client.cancel([running.future])
        keep = self._tasks[number].keep
        if keep is not None:
            discard(keep)


@contextmanager
def connect(address: str, *, sandbox: str, tell: events.Tell) -> Iterator[DaskExecutor]:
    """Connect to a scheduler and wait for a first worker.

    Args:
        address: `tcp://host:8786`, or another that Dask understands.
        sandbox: auto, strict, reduced or off; `auto` is the weakest of the workers' best, so that all grade alike.
        tell: told of workers that come and go.

    Raises:
        UsageError: nobody answers at the address, no worker comes, or one lacks the sandbox.
    """
    if not ADDRESS.fullmatch(address):  # Dask waits for some of these for ever
        raise UsageError(
            f"no Dask scheduler answers at {address}: it is no address", hint="name it like tcp://host:8786"
        )
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it tells on standard error what we raise
    try:
        client = Client(address, timeout=CONNECT_LIMIT_S, set_as_default=False)
    except (OSError, ValueError, ImportError) as e:
        raise UsageError(
            f"no Dask scheduler answers at {address}: {e}",
            hint="start one with `dask scheduler`, or correct --scheduler",
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_LIMIT_S)
        except TimeoutError:
            raise UsageError(
                f"the scheduler at {address} has no workers", hint=f"start some with `dask worker {address}`"
            ) from None
        yield DaskExecutor(client, isolation=_find_level(client, sandbox), tell=tell)


def _find_level(client: Client, sandbox: str) -> str:
    offers: dict[str, tuple[str, str]] = client.run(offer, sandbox)
    for worker, (level, problem) in sorted(offers.items()):
        if not level:
            raise UsageError(f"worker {worker}: {problem}", hint="stop this worker, or choose another --sandbox")
    return min((level for level, _ in offers.values()), key=_WEAKEST_FIRST.index)


def _pack(terms: Terms) -> bytes:
    release = terms.release
    files = release.student_files
    return msgspec.msgpack.encode(
        Shipment(
            manifest=release.manifest,
            config=release.config,
            student_files=None if files is None else tuple(sorted(files)),
            autograder=release.autograder.read_bytes(),
            level=terms.engine.isolation,
            limits=terms.limits,
            bounds=terms.bounds,
            fingerprint=fingerprint(),
        )
    )
