"""Time what users wait for, side by side in one run: `make bench`.

Every figure is the median of several runs on this machine, and ratios compare figures of the same run. `otter run` is
the reference: one submission by hand, as an instructor would without this project.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
RUNS = int(os.environ.get("BENCH_RUNS", "3"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Seconds of wall and CPU time (children included), medians over the runs."""

    wall_s: float
    cpu_s: float


def measure(*command: str | Path, cwd: Path, runs: int = RUNS) -> Figure:
    """Run a command several times and return the medians."""
    walls, cpus = [], []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run([str(part) for part in command], cwd=cwd, check=True, capture_output=True)
        walls.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Figure(wall_s=statistics.median(walls), cpu_s=statistics.median(cpus))


def main() -> None:
    """Measure and print the table."""
    slug = "adversaries"
    mlsafety, otter = BIN / "mlsafety", BIN / "otter"
    with tempfile.TemporaryDirectory(prefix="mlsafety-bench-") as scratch:
        place = Path(scratch)
        release = place / "dist" / slug
        rows = {
            "python -c pass": measure(sys.executable, "-c", "pass", cwd=place, runs=5 * RUNS),
            "mlsafety --help": measure(mlsafety, "--help", cwd=place, runs=5 * RUNS),
            "mlsafety units": measure(mlsafety, "units", cwd=ROOT),
            "mlsafety build": measure(mlsafety, "build", slug, "--dist", place / "dist", cwd=ROOT),
        }
        solution = shutil.copy(release / "solution" / f"{slug}.ipynb", place / "solution.ipynb")
        rows["otter run (solution)"] = measure(
            otter, "run", "-a", release / "autograder.zip", "-o", place, solution, cwd=place
        )
        rows["mlsafety grade (solution, otter engine)"] = measure(
            mlsafety, "grade", release, solution, "--out", place / "graded", "--engine", "otter", cwd=place
        )
    table = Table(box=box.SIMPLE_HEAD, title=f"{slug}: medians of {RUNS} runs, {os.cpu_count()} cores")
    for name in ("what", "wall s", "CPU s", "wall / otter run"):
        table.add_column(name, justify="left" if name == "what" else "right")
    reference = rows["otter run (solution)"]
    for name, figure in rows.items():
        ratio = f"{figure.wall_s / reference.wall_s:.2f}"
        table.add_row(name, f"{figure.wall_s:.2f}", f"{figure.cpu_s:.2f}", ratio)
    Console().print(table)


if __name__ == "__main__":
    main()
