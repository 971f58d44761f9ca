"""A real cluster on this machine: same bytes as the local executor, and nothing lost when workers die or come late."""

import contextlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from mlsafety_grader import service
from mlsafety_grader.batch import events
from mlsafety_grader.config import load_settings
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Report, Status
from mlsafety_grader.service.grading import ExecutorName
from tests.conftest import Toy
from tests.unit.batch.fakes import contents

DASK = [sys.executable, "-m", "dask"]
COUNT = 8
pytestmark = pytest.mark.slow


class Cluster:
    """A scheduler, and workers as they would be started on other machines."""

    def __init__(self, place: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._place = place
        self._log = (place / "cluster.log").open("wb")
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [*DASK, *arguments, "--no-dashboard"], cwd=self._place, stdout=self._log, stderr=self._log
        )

    def add_worker(self, *options: str) -> "subprocess.Popen[bytes]":
        """Start a worker; with `--no-nanny` it is one process and stays dead."""
        arguments = ("worker", self.address, "--nthreads", "1", "--local-directory", str(self._place / "dask"))
        self.workers.append(self._start(*arguments, *options))
        return self.workers[-1]

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.terminate()
        for process in [*self.workers, self.scheduler]:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(30)
            process.kill()
            process.wait()
        self._log.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    running = Cluster(tmp_path)
    yield running
    running.close()


@pytest.fixture(scope="module")
def handed_in(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Different notebooks that take a second each, and one that is none."""
    folder = tmp_path_factory.mktemp("handed_in")
    for number in range(COUNT):
        notebook = nbformat.read(toy.solution if number % 2 else toy.student, as_version=4)
        source = f"import time; time.sleep(1)\nprint({number})"
        notebook.cells.insert(1, nbformat.v4.new_code_cell(source, id="own"))
        nbformat.write(notebook, folder / f"{number}.ipynb")
    (folder / "broken.ipynb").write_text("{")
    (folder / "notes.txt").touch()
    return folder


def grade(
    toy: Toy, handed_in: Path | list[Path], out: Path, scheduler: str | None, tell: events.Tell = lambda _: None
) -> tuple[Report, ...]:
    request = service.GradeRequest(
        release=toy.folder,
        submissions=tuple(handed_in) if isinstance(handed_in, list) else (handed_in,),
        out=out,
        executor=ExecutorName.DASK if scheduler else ExecutorName.LOCAL,
        scheduler=scheduler,
    )
    settings = load_settings(toy.root, environ={}, flags={"jobs": 2})
    return service.grade(request, settings=settings, stop=threading.Event(), tell=tell).batch.reports


@pytest.fixture(scope="module")
def local(toy: Toy, handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What grading on this machine comes to."""
    out = tmp_path_factory.mktemp("local")
    grade(toy, handed_in, out, None)
    return contents(out)


def servers_below(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    below = psutil.Process(process.pid).children(recursive=True)
    return [child for child in below if any("mlsafety_grader" in part for part in child.cmdline())]


@pytest.mark.filterwarnings("default")  # the cluster's own
def test_same_bytes_though_a_worker_dies_and_another_comes_late(
    toy: Toy, handed_in: Path, local: dict[str, object], cluster: Cluster, tmp_path: Path
) -> None:
    """One is killed with a submission on it, one joins in the middle; only what grading took differs."""
    victim = cluster.add_worker("--no-nanny")
    cluster.add_worker("--nanny")
    late: list[subprocess.Popen[bytes]] = []
    notices: list[str] = []

    def watch(event: events.Event) -> None:
        if isinstance(event, events.Graded) and event.done == 4:
            victim.send_signal(signal.SIGKILL)
            late.append(cluster.add_worker())
        if isinstance(event, events.Notice):
            notices.append(event.text)

    reports = grade(toy, handed_in, tmp_path / "out", cluster.address, watch)

    assert contents(tmp_path / "out") == local
    assert Status.GRADER_FAULT not in {report.status for report in reports}
    assert any("is gone; what ran there runs again" in text for text in notices)


@pytest.mark.filterwarnings("default")
def test_worker_gets_the_release_once_and_keeps_one_warm_engine(
    toy: Toy, handed_in: Path, cluster: Cluster, tmp_path: Path
) -> None:
    """One plugin takes all submissions of a batch, by the same two servers, which end with the batch."""
    from distributed import Client

    worker = cluster.add_worker("--no-nanny")
    servers: set[int] = set()
    orders: list[list[int]] = []

    def count(dask_worker: Any) -> list[int]:  # not at the module's top: workers cannot import tests
        return [plugin.orders for name, plugin in dask_worker.plugins.items() if name.startswith("mlsafety-")]

    def watch(event: events.Event) -> None:
        if isinstance(event, events.Graded) and event.status == "graded":
            servers.update(process.pid for process in servers_below(worker) if process.ppid() == worker.pid)
        if isinstance(event, events.Graded) and event.done == event.total:
            orders.extend(client.run(count).values())

    with Client(cluster.address, set_as_default=False) as client:
        grade(toy, handed_in, tmp_path / "out", cluster.address, watch)
    assert orders == [[COUNT + 1]]  # notes.txt is rejected here
    assert len(servers) == 2
    assert servers_below(worker) == []


DEADLY = """
import os, signal
from mlsafety_grader.batch import dask_worker

real = getattr(dask_worker, "real", dask_worker.grade)  # a preload may run twice
dask_worker.real = real

def grade(task, terms, *, stop):
    if task.name == "0.ipynb":
        os.kill(os.getpid(), signal.SIGKILL)
    return real(task, terms, stop=stop)

dask_worker.grade = grade
"""


@pytest.mark.filterwarnings("default")
def test_submission_that_kills_workers_is_a_fault_and_the_rest_is_graded(
    toy: Toy, handed_in: Path, local: dict[str, object], cluster: Cluster, tmp_path: Path
) -> None:
    """Workers die of 0.ipynb here, as of a machine that runs out of memory; their nannies start them anew."""
    (tmp_path / "deadly.py").write_text(DEADLY)
    for _ in range(2):
        cluster.add_worker("--nanny", "--preload", str(tmp_path / "deadly.py"))
    chosen = [handed_in / name for name in ("0.ipynb", "1.ipynb", "2.ipynb")]
    reports = grade(toy, chosen, tmp_path / "out", cluster.address)
    assert [report.status for report in reports] == [Status.GRADER_FAULT, Status.GRADED, Status.GRADED]
    assert "2 workers died or fell silent" in reports[0].reason
    found = contents(tmp_path / "out")
    assert {k: v for k, v in found.items() if k[0] in "12"} == {k: v for k, v in local.items() if k[0] in "12"}


def test_nobody_at_the_address(toy: Toy, handed_in: Path, tmp_path: Path) -> None:
    """One clear message, and no folder."""
    with pytest.raises(UsageError, match="no Dask scheduler answers at tcp"):
        grade(toy, handed_in, tmp_path / "out", "tcp://127.0.0.1:9")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "http://127.0.0.1:1", "tcp://host:x"])
def test_address_that_is_none(toy: Toy, handed_in: Path, tmp_path: Path, address: str) -> None:
    """The same message."""
    with pytest.raises(UsageError, match="no Dask scheduler answers at"):
        grade(toy, handed_in, tmp_path / "out", address)


def test_only_two_modules_know_dask() -> None:
    """Everybody else can do without it."""
    source = Path(__file__).resolve().parents[2] / "src"
    knowing = {
        path.name
        for path in source.rglob("*.py")
        if any(line.startswith(("import dask", "from dask", "from distributed", "import distributed"))
               for line in path.read_text(encoding="utf-8").splitlines())
    }  # fmt: skip
    assert knowing == {"dask.py", "dask_worker.py"}
