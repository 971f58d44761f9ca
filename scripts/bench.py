"""Time what users wait for, side by side in one run: `make bench`.

For *Adversaries*' solution and for a trivial notebook: `otter run` by hand, the isolated engine at one job and at one
job a core, and the floor: the same cells and tests in an already warm process without isolation. Figures are per
submission; ratios compare figures of the same run. BENCH_RUNS (default 3) repeats `otter run`; the others run four
times as often.
"""

import dataclasses
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from rich import box
from rich.console import Console
from rich.table import Table

from mlsafety_grader.engine import Bounds, IsolatedEngine, OtterEngine, Task, Terms, grade_all, grade_trusted
from mlsafety_grader.model import Status
from mlsafety_grader.release import Release, load_release, write_zip
from mlsafety_grader.sandbox import choose_level, probe

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
CORES = os.cpu_count() or 1
TRIVIAL_TEST = """
from otter.test_files import test_case
OK_FORMAT = False
name = "q1"
points = 1
@test_case()
def test_add(add):
    assert add(2, 3) == 5
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Per submission: seconds of wall and CPU time, and MiB of memory that it does not share."""

    wall_s: float
    cpu_s: float
    memory_mib: float | None = None


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
    peak = max(report.usage.peak_memory_mib for report in reports)
    return Figure(wall_s=wall_s / count, cpu_s=cpu_s / count, memory_mib=peak or None)


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
    figures["floor"] = Figure(
        wall_s=statistics.mean(usage.wall_s for usage in floor), cpu_s=statistics.mean(usage.cpu_s for usage in floor)
    )
    engine = IsolatedEngine(level=choose_level("auto", probe()).value)
    isolated = dataclasses.replace(terms, engine=engine)

    try:
        measure_batch(tasks[:1], isolated, jobs=1)  # the servers start
        for jobs in sorted({1, CORES}):
            figures[f"isolated ({engine.isolation}), {jobs} at a time"] = measure_batch(tasks, isolated, jobs=jobs)
    finally:
        engine.close()
    return figures


def show(title: str, figures: dict[str, Figure]) -> None:
    """Print a table with ratios to `otter run` and to the floor."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name in ("per submission", "wall s", "CPU s", "own MiB", "otter's CPU / this", "wall / floor"):
        table.add_column(name, justify="left" if name == "per submission" else "right")
    otter, floor = figures["otter run"], figures["floor"]
    for name, figure in figures.items():
        memory = "" if figure.memory_mib is None else f"{figure.memory_mib:.0f}"
        ratios = (f"{otter.cpu_s / figure.cpu_s:.1f}", f"{figure.wall_s / floor.wall_s:.2f}")
        table.add_row(name, f"{figure.wall_s:.3f}", f"{figure.cpu_s:.3f}", memory, *ratios)
    Console().print(table)


def write_trivial(folder: Path) -> tuple[Release, Path]:
    """An assignment with one question of one case, and its solution."""
    write_zip(folder / "trivial.zip", {"tests/q1.py": TRIVIAL_TEST.encode(), "otter_config.json": b"{}"})
    cell = nbformat.v4.new_code_cell("def add(a, b):\n    return a + b", id="a")
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=metadata), folder / "trivial.ipynb")
    return load_release(folder / "trivial.zip"), folder / "trivial.ipynb"


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
        release = load_release(place / "dist" / "adversaries")
        solution = release.autograder.parent / "solution" / "adversaries.ipynb"
        show(f"trivial notebook, {CORES} cores", bench(*write_trivial(place), place))
        show(f"Adversaries' solution, {CORES} cores", bench(release, solution, place))


if __name__ == "__main__":
    main()
