"""Time what users wait for, side by side in one run: `make bench`.

For *Adversaries*' solution and for a trivial notebook: `otter run` by hand, the isolated engine at one job and at one
job a core, and the floor: the same cells and tests in an already warm process without isolation. Then what each step of
the isolated engine costs, how much memory a running kernel has to itself, and what an attack costs on a net that lives
in another process. Figures are per submission; ratios compare figures of the same run. BENCH_RUNS (default 3) repeats
`otter run`; the others run four times as often.
"""

import dataclasses
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from rich import box
from rich.console import Console
from rich.table import Table

from mlsafety_grader.engine import Bounds, IsolatedEngine, OtterEngine, Task, Terms, grade, grade_all, grade_trusted
from mlsafety_grader.model import Report, Status
from mlsafety_grader.release import Release, load_release, write_zip
from mlsafety_grader.sandbox import find_level

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
CORES = os.cpu_count() or 1
KIT = ROOT / "src" / "mlsafety_kit"
FLOOR = "floor"
SLEEP_S = 1.5
TRIVIAL = "def add(a, b):\n    return a + b"
TRIVIAL_TEST = """
from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
points = 1
@test_case()
def test_add(add):
    assert add(2, 3) == 5
"""


ATTACK_TEST = """
import json, statistics, time
import torch
from mlsafety_kit.nets import MLP
from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
points = 1

def attack(model, x, y):
    point = x.clone()
    for _ in range(20):
        point.requires_grad_()
        loss = torch.nn.functional.cross_entropy(model(point), y)
        (uphill,) = torch.autograd.grad(loss, point)
        point = (point.detach() + 0.01 * uphill.sign()).clamp(0, 1)
    return point

@test_case()
def test_attack(net):
    local = MLP()
    local.load_state_dict(net.state_dict())
    x, y = torch.rand(256, 64), torch.randint(0, 10, (256,))
    assert torch.equal(attack(net, x, y), attack(local, x, y))
    seconds = {"local": [], "remote": []}
    for _ in range(30):
        for side, model in (("local", local), ("remote", net)):
            began = time.perf_counter()
            attack(model, x, y)
            seconds[side].append(time.perf_counter() - began)
    with open(%r, "w") as file:
        json.dump({side: statistics.median(values) for side, values in seconds.items()}, file)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Per submission: seconds of wall and CPU time, and those of each step."""

    wall_s: float
    cpu_s: float
    steps: dict[str, float] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """MiB of a sandbox's processes while a cell runs: what each has alone, added up, and what they share."""

    own_mib: float
    shared_mib: float
    processes: int


def cpu_of_descendants() -> float:
    """CPU seconds of this process and all below it, those that have ended included."""
    own = psutil.Process()
    total = 0.0
    for process in [own, *own.children(recursive=True)]:
        times = process.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def measure_command(*command: str | Path, cwd: Path, runs: int) -> Figure:
    """Run a command several times; medians."""
    walls, cpus = [], []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run([str(part) for part in command], cwd=cwd, check=True, capture_output=True)
        walls.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Figure(wall_s=statistics.median(walls), cpu_s=statistics.median(cpus))


def measure_batch(tasks: Sequence[Task], terms: Terms, *, jobs: int) -> Figure:
    """Grade a batch whose servers are warm; means over its submissions."""
    began, before = time.perf_counter(), cpu_of_descendants()
    reports = [report for _, report in grade_all(tasks, terms, jobs=jobs, stop=threading.Event())]
    count = len(tasks)
    wall_s, cpu_s = time.perf_counter() - began, cpu_of_descendants() - before
    bad = [report for report in reports if report.status is not Status.GRADED or report.earned != report.possible]
    if bad:
        raise SystemExit(f"a solution was not graded in full: {bad[0].status} {bad[0].reason}")
    names = dict.fromkeys(name for report in reports for name in report.usage.steps)
    steps = {name: sum(report.usage.steps.get(name, 0.0) for report in reports) / count for name in names}
    graded_s = sum(report.usage.wall_s for report in reports) / count
    if jobs == 1:
        steps["intake, points, report"] = wall_s / count - graded_s
    return Figure(wall_s=wall_s / count, cpu_s=cpu_s / count, steps=steps)


def bench(release: Release, notebook: Path, place: Path) -> dict[str, Figure]:
    """Measure one notebook in every way."""
    count = 4 * RUNS
    terms = Terms(engine=OtterEngine(), release=release, limits=release.manifest.limits, bounds=Bounds())
    tasks = [Task(path=notebook, name=str(number), folder=str(number)) for number in range(count)]
    figures = {
        "otter run": measure_command(
            BIN / "otter", "run", "-a", release.autograder, "-o", place, notebook, cwd=place, runs=RUNS
        )
    }
    floor = [report.usage for _, report in grade_trusted(tasks, terms, jobs=1, stop=threading.Event())]
    figures[FLOOR] = Figure(
        wall_s=statistics.mean(usage.wall_s for usage in floor), cpu_s=statistics.mean(usage.cpu_s for usage in floor)
    )
    with closing(make_engine()) as engine:
        isolated = dataclasses.replace(terms, engine=engine)
        measure_batch(tasks[:1], isolated, jobs=1)  # the servers start
        for jobs in sorted({1, CORES}):
            figures[f"isolated ({engine.isolation}), {jobs} at a time"] = measure_batch(tasks, isolated, jobs=jobs)
    return figures


def make_engine() -> IsolatedEngine:
    """The isolated engine at the best level that this host has."""
    return IsolatedEngine(level=find_level("auto"))


def grade_alone(release: Release, notebook: Path, engine: IsolatedEngine) -> Report:
    """Grade one notebook on an engine."""
    terms = Terms(engine=engine, release=release, limits=release.manifest.limits, bounds=Bounds())
    return grade(Task(path=notebook, name="one", folder="one"), terms, stop=threading.Event())


def measure_memory(place: Path) -> Memory:
    """Look at the processes of a trivial notebook's sandbox while its last cell sleeps."""
    release, notebook = write_assignment(
        place, "asleep", TRIVIAL_TEST, f"{TRIVIAL}\nimport time; time.sleep({SLEEP_S})"
    )
    with closing(make_engine()) as engine:
        grade_alone(release, notebook, engine)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(grade_alone, release, notebook, engine)
            time.sleep(SLEEP_S / 2)
            server = psutil.Process(engine.kernels.pid)
            found = [process.memory_full_info() for process in server.children(recursive=True)]
            running.result()
    own = sum(info.uss for info in found)
    return Memory(own_mib=own / 2**20, shared_mib=(sum(info.rss for info in found) - own) / 2**20, processes=len(found))


def measure_attack(place: Path) -> tuple[float, float]:
    """Return the seconds of 20 PGD steps at batch 256 on the course's net: in one process, and across the boundary."""
    out = place / "attack.json"
    code = "import torch\nfrom mlsafety_kit.nets import MLP\ntorch.manual_seed(0)\nnet = MLP()"
    release, notebook = write_assignment(place, "attack", ATTACK_TEST % str(out), code)
    with closing(make_engine()) as engine:
        report = grade_alone(release, notebook, engine)
    if report.earned != report.possible:
        raise SystemExit(f"the attack was not graded: {report}")
    found = json.loads(out.read_text(encoding="utf-8"))
    return found["local"], found["remote"]


def show(title: str, figures: dict[str, Figure], *, questions: int) -> None:
    """Print a table with ratios to `otter run` and to the floor, and what each step took."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name in ("per submission", "wall s", "CPU s", "otter's CPU / this", "wall / floor", "wall - floor ms"):
        table.add_column(name, justify="left" if name == "per submission" else "right")
    otter, floor = figures["otter run"], figures[FLOOR]
    for name, figure in figures.items():
        over = f"{1000 * (figure.wall_s - floor.wall_s):.0f}"
        ratios = (f"{otter.cpu_s / figure.cpu_s:.1f}", f"{figure.wall_s / floor.wall_s:.2f}", over)
        table.add_row(name, f"{figure.wall_s:.3f}", f"{figure.cpu_s:.3f}", *ratios)
    console = Console()
    console.print(table)
    steps = next(figure.steps for figure in figures.values() if figure.steps)
    console.print(f"Steps of the isolated engine, one at a time, {questions} questions, wall ms:")
    for name, seconds in steps.items():
        inner = name.startswith(("sandbox: ", "checkpoint "))  # parts of "fork and sandbox" and of "cells"
        console.print(f"  {'    ' if inner else ''}{name:28} {1000 * seconds:8.1f}")
    console.print()


def write_assignment(folder: Path, name: str, test: str, code: str) -> tuple[Release, Path]:
    """An assignment with one question of one case, and its solution of one cell."""
    members = {"tests/q1.py": test.encode(), "otter_config.json": b"{}"}
    for path in KIT.glob("*.py"):
        members[f"files/{KIT.name}/{path.name}"] = path.read_bytes()
    write_zip(folder / f"{name}.zip", members)
    cell = nbformat.v4.new_code_cell(code, id="a")
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=metadata), folder / f"{name}.ipynb")
    return load_release(folder / f"{name}.zip"), folder / f"{name}.ipynb"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="mlsafety-bench-") as scratch:
        place = Path(scratch)
        commands = {
            "mlsafety --help": measure_command(BIN / "mlsafety", "--help", cwd=place, runs=5 * RUNS),
            "mlsafety build adversaries": measure_command(
                BIN / "mlsafety", "build", "adversaries", "--dist", place / "dist", cwd=ROOT, runs=1
            ),
        }
        for name, figure in commands.items():
            print(f"{name}: {figure.wall_s:.2f} s wall, {figure.cpu_s:.2f} s CPU")
        trivial = bench(*write_assignment(place, "trivial", TRIVIAL_TEST, TRIVIAL), place)
        show(f"trivial notebook, {CORES} cores", trivial, questions=1)
        memory = measure_memory(place)
        print(
            f"memory of the trivial notebook's {memory.processes} processes: {memory.own_mib:.0f} MiB of their own, "
            f"{memory.shared_mib:.0f} MiB shared"
        )
        local, remote = measure_attack(place)
        print(
            f"20 PGD steps at batch 256: {1000 * local:.1f} ms in one process, {1000 * remote:.1f} ms across the "
            f"boundary, {remote / local:.2f} times"
        )
        release = load_release(place / "dist" / "adversaries")
        solution = release.autograder.parent / "solution" / "adversaries.ipynb"
        figures = bench(release, solution, place)
        show(f"Adversaries' solution, {CORES} cores", figures, questions=len(release.manifest.autograded))


if __name__ == "__main__":
    main()
