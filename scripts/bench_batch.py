"""Time a class: `make bench-batch`. Everything is measured in one run, so that ratios compare like with like.

BENCH_SUBMISSIONS (default 1,000) submissions of a two-question otter zip: four in ten honest, two wrong, three bound by
the processor (about 0.3 s), one hostile under short limits. Prints throughput, the ratio to `otter run` and to the
students' own processor time, memory over time, what a SIGKILL at half costs, the time of a rerun that grades nothing,
one job against two, and a model of more machines. For the memory of processes it adds up what each does not share.
"""

import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil
from rich import box
from rich.console import Console
from rich.table import Table

from mlsafety_grader.release import write_zip

BIN = Path(sys.executable).parent
COUNT = int(os.environ.get("BENCH_SUBMISSIONS", "1000"))
SCALING = max(12, COUNT // 25)
OTTER_RUNS = 3
CORES = os.cpu_count() or 1
LOOK_EVERY_S = 0.5
MIB = 1 << 20
TARGETS = {"two jobs / one job": 1.8, "otter run / mlsafety": 30.0, "cached rerun s": 3.0}

TEST = """
from otter.test_files import test_case
OK_FORMAT = False
name = "{name}"
points = 1
@test_case()
def test_answer({name}):
    assert {name}(2) == {wanted}
"""
RIGHT = "def q1(x):\n    return x + 1\n\ndef q2(x):\n    return x * x"
WRONG = "def q1(x):\n    return x\n\ndef q2(x):\n    return x * x"
BUSY = "import time\nuntil = time.process_time() + 0.3\nwhile time.process_time() < until:\n    pass\n"
HOSTILE = (
    "while True:\n    pass",
    "import os\nos._exit(1)",
    "import os\nos.fork() or os.setsid()\nwhile True:\n    os.fork()",
    "import numpy\nheld = [numpy.ones(1 << 27) for _ in range(64)]",
    "print('x' * 10_000_000)\nraise SystemExit",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The process tree at one moment: seconds since the start, submissions done, MiB in all, number of processes.

    `lasting_mib` is what the main process and its servers hold, which is all that outlives a submission.
    """

    at_s: float
    done: int
    memory_mib: float
    lasting_mib: float
    processes: int


@dataclass(slots=True, kw_only=True)
class Run:
    """A batch from the command line. `wall_s` holds everything; `grading_s` what the batch says that it took."""

    wall_s: float = 0.0
    grading_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    graded_at_s: list[float] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)


def write_submission(path: Path, kind: str, number: int) -> None:
    """One notebook; the number makes every file another."""
    own = {"honest": "", "wrong": "", "busy": BUSY, "hostile": HOSTILE[number % len(HOSTILE)]}[kind]
    cells = [own, WRONG if kind == "wrong" else RIGHT, f"# submission {number}"]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"c{place}") for place, source in enumerate(cells)],
        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    )
    nbformat.write(notebook, path)


def write_class(folder: Path, count: int, kinds: Sequence[str]) -> Path:
    """A folder of submissions whose kinds take turns."""
    folder.mkdir()
    for number in range(count):
        write_submission(folder / f"s{number:05}.ipynb", kinds[number % len(kinds)], number)
    return folder


def grade(zip_path: Path, handed_in: Path, out: Path, *, jobs: int, kill_at: int | None = None) -> Run:
    """Grade as a user does; with `kill_at`, SIGKILL the whole tree once so many are graded."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(BIN / "mlsafety"), "grade", str(zip_path), str(handed_in), "--out", str(out), "--jobs", str(jobs),
         "--json",         "--cell-timeout", "2", "--timeout", "10", "--memory", "512"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    run, done, ended = Run(), [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, run, done, began, ended))
    watcher.start()
    try:
        for event in _events(process):
            run.counts[event["event"]] = run.counts.get(event["event"], 0) + 1
            done[0] = run.counts.get("graded", 0)
            if event["event"] == "graded":
                run.graded_at_s.append(time.perf_counter() - began)
            if event["event"] == "finished":
                run.grading_s = float(event["wall_s"])
            if kill_at is not None and done[0] >= kill_at:
                _kill_tree(process.pid)
        process.wait()
    finally:
        ended.set()
        watcher.join()
    run.wall_s = time.perf_counter() - began
    return run


def _events(process: "subprocess.Popen[str]") -> Iterator[dict[str, str]]:
    for line in process.stdout or ():
        with contextlib.suppress(json.JSONDecodeError):  # the last line of a killed process
            yield json.loads(line)


def _kill_tree(pid: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)


def _watch(pid: int, run: Run, done: list[int], began: float, ended: threading.Event) -> None:
    while not ended.wait(LOOK_EVERY_S):
        with contextlib.suppress(psutil.Error):
            root = psutil.Process(pid)
            tree = [root, *root.children(recursive=True)]
            memory = sum(_own_bytes(process) for process in tree) / MIB
            lasting = sum(_own_bytes(process) for process in [root, *root.children()]) / MIB
            at_s = time.perf_counter() - began
            run.samples.append(
                Sample(at_s=at_s, done=done[0], memory_mib=memory, lasting_mib=lasting, processes=len(tree))
            )


def _own_bytes(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        memory = process.memory_info()
        return int(memory.rss - memory.shared)
    return 0


def time_otter(zip_path: Path, handed_in: Path, place: Path) -> float:
    """Median seconds a submission of `otter run` on honest submissions, one on each core at the same time."""
    each = []
    for number in range(OTTER_RUNS):
        began = time.perf_counter()
        running = []
        for core in range(CORES):
            out = place / f"otter-{core}"
            out.mkdir(exist_ok=True)
            honest = 10 * ((CORES * number + core) % max(1, COUNT // 10))  # see `measure_class`
            notebook = handed_in / f"s{honest:05}.ipynb"
            command = [str(part) for part in (BIN / "otter", "run", "-a", zip_path, "-o", out, notebook)]
            running.append(subprocess.Popen(command, cwd=out, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        if any(process.wait() for process in running):
            raise SystemExit("otter run failed")
        each.append((time.perf_counter() - began) / CORES)
    return statistics.median(each)


def students_cpu_s(out: Path) -> float:
    """Processor seconds of all sandboxes of a batch."""
    found = (re.search(rb'"cpu_s": ([0-9.]+)', path.read_bytes()) for path in out.glob("*/report.json"))
    return sum(float(match[1]) for match in found if match)


def slope_per_thousand(samples: Sequence[Sample]) -> float:
    """MiB by which what lasts grows in 1,000 submissions: least squares over the last two thirds, when all is warm."""
    warm = [sample for sample in samples if sample.done > 0]
    warm = warm[len(warm) // 3 :]
    if len({sample.done for sample in warm}) < 2:
        return float("nan")
    return 1000 * statistics.linear_regression([s.done for s in warm], [s.lasting_mib for s in warm]).slope


def warm_rate(run: Run) -> float:
    """Submissions a second once the servers are warm: from the fourth result to the last."""
    times = run.graded_at_s[3:]
    return (len(times) - 1) / (times[-1] - times[0])


def show(title: str, rows: Sequence[tuple[str, str, str]]) -> None:
    """Print figures with what is said about each."""
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for name, justify in (("figure", "left"), ("value", "right"), ("note", "left")):
        table.add_column(name, justify="right" if justify == "right" else "left")
    for row in rows:
        table.add_row(*row)
    Console(width=110).print(table)


def against(value: float, target: float, *, at_least: bool = False) -> str:
    """Say whether a target is met: to be at most that, or at least."""
    is_met = value >= target if at_least else value <= target
    return f"target {'at least' if at_least else 'at most'} {target:g}: {'met' if is_met else 'MISSED'}"


def measure_class(zip_path: Path, place: Path) -> float:
    """Grade the class, kill it at half, run it again cached; return seconds per submission and core."""
    kinds = ("honest", "wrong", "busy", "honest", "busy", "honest", "wrong", "busy", "honest", "hostile")
    handed_in = write_class(place / "class", COUNT, kinds)
    whole = grade(zip_path, handed_in, place / "out", jobs=CORES)
    cached = grade(zip_path, handed_in, place / "out", jobs=CORES)
    killed = grade(zip_path, handed_in, place / "killed", jobs=CORES, kill_at=COUNT // 2)
    rest = grade(zip_path, handed_in, place / "killed", jobs=CORES)
    otter_s = time_otter(zip_path, handed_in, place)
    cpu_s = students_cpu_s(place / "out")
    peak = max((sample.memory_mib for sample in whole.samples), default=0.0)
    show(
        f"{COUNT} submissions, {CORES} jobs on {CORES} cores",
        [
            ("whole batch", f"{whole.wall_s:.1f} s", f"{whole.counts.get('graded', 0)} graded"),
            ("throughput", f"{COUNT / whole.wall_s:.2f} /s", "start of command and servers included"),
            (
                "students' processor time / cores",
                f"{cpu_s / CORES:.1f} s",
                f"the batch takes {whole.wall_s / (cpu_s / CORES):.2f} times that; hostile ones wait for their limits",
            ),
            ("memory of the tree, peak", f"{peak:.0f} MiB", "without what processes share"),
            (
                "memory slope",
                f"{slope_per_thousand(whole.samples):+.1f} MiB",
                "of what lasts, per 1,000 submissions; target about 0",
            ),
            (
                "cached rerun",
                f"{cached.wall_s:.2f} s",
                against(cached.wall_s, TARGETS["cached rerun s"]),
            ),
            ("cached rerun, batch alone", f"{cached.grading_s:.2f} s", f"{cached.counts.get('reused', 0)} reused"),
            (
                "killed at half and restarted",
                f"{killed.wall_s + rest.wall_s:.1f} s",
                f"{rest.counts.get('reused', 0)} reused; {killed.wall_s + rest.wall_s - whole.wall_s:+.1f} s in all",
            ),
        ],
    )
    show_memory(whole.samples)
    measure_trivial(zip_path, place, otter_s)
    return whole.wall_s * CORES / COUNT


def show_memory(samples: Sequence[Sample]) -> None:
    """Print ten moments of a batch."""
    chosen = samples[:: max(1, len(samples) // 10)]
    rows = [(f"{s.at_s:.0f} s", f"{s.memory_mib:.0f} MiB", f"{s.done} done, {s.processes} processes") for s in chosen]
    show("memory over time", rows)


def measure_trivial(zip_path: Path, place: Path, otter_s: float) -> None:
    """Compare with `otter run` on honest submissions alone, as many at a time."""
    folder = write_class(place / "small", 2 * SCALING, ("honest",))
    each = 1 / warm_rate(grade(zip_path, folder, place / "small-out", jobs=CORES))
    ratio = otter_s / each
    met = against(ratio, TARGETS["otter run / mlsafety"], at_least=True)
    rows = [
        ("otter run", f"{otter_s:.3f} s", f"a submission, {CORES} at a time"),
        ("mlsafety", f"{each:.3f} s", f"a submission, {CORES} at a time, servers warm"),
        ("otter run / mlsafety", f"{ratio:.1f}", met),
    ]
    show("trivial notebooks", rows)


def measure_scaling(zip_path: Path, place: Path) -> None:
    """One job against two on submissions that only compute."""
    busy = write_class(place / "busy", SCALING, ("busy",))
    rates = {jobs: warm_rate(grade(zip_path, busy, place / f"busy-out-{jobs}", jobs=jobs)) for jobs in (1, 2)}
    factor = rates[2] / rates[1]
    rows = [(f"{jobs} at a time", f"{rate:.2f} /s", "") for jobs, rate in rates.items()]
    met = against(factor, TARGETS["two jobs / one job"], at_least=True)
    show(
        f"{SCALING} submissions bound by the processor, servers warm",
        [*rows, ("two jobs / one job", f"{factor:.2f}", met)],
    )


def model_machines(each_s: float, writer_s: float) -> None:
    """Say what more machines would do. A model: nothing of this is measured."""
    rows = []
    for machines in (1, 10, 100):
        workers = machines * 16 / each_s
        rate = min(workers, 1 / writer_s)
        bound = "workers" if workers <= 1 / writer_s else "the one writer"
        rows.append((f"{machines} machines of 16 cores", f"{rate:.0f} /s", f"10,000 in {10_000 / rate:.0f} s; {bound}"))
    show("model, not measured", rows)
    print(
        f"Assumes: {each_s:.2f} s of a core a submission, as above; cores as fast as here; nothing lost on the way\n"
        f"(a submission and its report are some 20 KiB); one process writes a report in {1000 * writer_s:.1f} ms,\n"
        "measured here with an fsync of each file; a start of some 10 s on every machine not counted."
    )


def time_writer(place: Path) -> float:
    """Seconds to write one result with everything that belongs to it."""
    from mlsafety_grader.batch import store

    count = 50
    began = time.perf_counter()
    for number in range(count):
        files: dict[str, bytes | Path] = {"results.json": b"x" * 2000, "executed.ipynb": b"x" * 8000}
        store.commit(place / "written" / str(number), b"x" * 3000, {**files, "submission.ipynb": b"x" * 4000})
    return (time.perf_counter() - began) / count


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="mlsafety-bench-") as scratch:
        place = Path(scratch)
        (place / "written").mkdir()
        tests = {f"tests/{name}.py": TEST.format(name=name, wanted=w).encode() for name, w in (("q1", 3), ("q2", 4))}
        write_zip(place / "two.zip", {**tests, "otter_config.json": b"{}"})
        each_s = measure_class(place / "two.zip", place)
        measure_scaling(place / "two.zip", place)
        model_machines(each_s, time_writer(place))


if __name__ == "__main__":
    main()
