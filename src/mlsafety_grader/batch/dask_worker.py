"""What runs on a Dask worker: one warm engine for as long as a batch lasts. The only other importer of distributed.

The release comes with the plugin, which Dask gives to each worker once, late ones included; a submission comes with its
order. What goes back are bytes: the report, and the executed notebook.
"""

import asyncio
import tempfile
import threading
from pathlib import Path
from typing import cast

import msgspec
from distributed import Worker, WorkerPlugin, get_worker

from mlsafety_grader.batch.executor import HANDED_IN
from mlsafety_grader.batch.keys import fingerprint
from mlsafety_grader.batch.local import RenewingEngine
from mlsafety_grader.engine import Bounds, IsolatedEngine, Task, Terms, grade
from mlsafety_grader.errors import GraderError
from mlsafety_grader.model import EngineName, Limits, Manifest
from mlsafety_grader.release import Release
from mlsafety_grader.release.load import OtterConfig
from mlsafety_grader.report import encode_report
from mlsafety_grader.sandbox import find_level


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """What every worker needs to grade a batch. `autograder` is the zip's content."""

    manifest: Manifest
    config: OtterConfig
    student_files: tuple[str, ...] | None
    autograder: bytes
    level: str
    limits: Limits
    bounds: Bounds
    fingerprint: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One submission to grade. `file_name` is the handed-in file's."""

    name: str
    folder: str
    file_name: str
    questions: tuple[str, ...] | None
    content: bytes


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order. `unfit` says why this worker cannot take part; then there is no report."""

    report: bytes = b""
    executed: bytes | None = None
    unfit: str = ""


class GradingPlugin(WorkerPlugin):
    """Hold a release and a warm engine on a worker; both end with it. `orders` counts the submissions that came."""

    def __init__(self, shipment: bytes) -> None:
        self._shipment = shipment

    def setup(self, worker: Worker) -> None:
        """Unpack the release; no server starts yet."""
        del worker
        self.orders = 0
        shipped = msgspec.msgpack.decode(self._shipment, type=Shipment)
        self._stop = threading.Event()
        self._place = tempfile.TemporaryDirectory(prefix="mlsafety-worker-", ignore_cleanup_errors=True)
        autograder = Path(self._place.name, "autograder.zip")
        autograder.write_bytes(shipped.autograder)
        own = fingerprint()
        self._unfit = "" if own == shipped.fingerprint else "has other versions of mlsafety-grader or its libraries"
        self._engine = RenewingEngine(
            lambda: IsolatedEngine(level=shipped.level), name=EngineName.ISOLATED, isolation=shipped.level
        )
        files = shipped.student_files
        self._terms = Terms(
            engine=self._engine,
            release=Release(
                manifest=shipped.manifest,
                autograder=autograder,
                config=shipped.config,
                student_files=None if files is None else frozenset(files),
            ),
            limits=shipped.limits,
            bounds=shipped.bounds,
        )

    async def teardown(self, worker: Worker) -> None:
        """End what runs and the servers."""
        del worker
        self._stop.set()
        await asyncio.to_thread(self._engine.close)
        self._place.cleanup()

    def answer(self, order: Order) -> Answer:
        """Grade one submission."""
        self.orders += 1
        if self._unfit:
            return Answer(unfit=self._unfit)
        with tempfile.TemporaryDirectory(dir=self._place.name, ignore_cleanup_errors=True) as scratch:
            keep = Path(scratch)
            (keep / HANDED_IN).mkdir()
            path = keep / HANDED_IN / order.file_name
            path.write_bytes(order.content)
            task = Task(
                path=path,
                name=order.name,
                folder=order.folder,
                keep=keep,
                questions=None if order.questions is None else frozenset(order.questions),
            )
            report = grade(task, self._terms, stop=self._stop)
            executed = keep / "executed.ipynb"
            return Answer(report=encode_report(report), executed=executed.read_bytes() if executed.is_file() else None)


def answer(plugin: str, order: bytes) -> bytes:
    """Take an order to this worker's plugin of that name.

    Never raises: Dask loses an exception that cannot be pickled, and whoever waits for it waits for ever.
    """
    try:
        holder = cast("GradingPlugin", get_worker().plugins[plugin])
        found = holder.answer(msgspec.msgpack.decode(order, type=Order))
    except Exception as e:
        found = Answer(unfit=f"failed: {type(e).__name__}: {str(e)[:300]}")
    return msgspec.msgpack.encode(found)


async def offer(sandbox: str) -> tuple[str, str]:
    """Return the sandbox level that this worker's host offers when asked for `sandbox`, or why it offers none."""
    try:
        return await asyncio.to_thread(find_level, sandbox), ""
    except GraderError as e:
        return "", f"{e.message} ({e.hint})"
