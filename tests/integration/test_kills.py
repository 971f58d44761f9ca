"""Killed at random moments and started again, a batch loses nothing, doubles nothing and changes nothing.

KILLS (default 12) says how often; `make soak` takes 200. KILLS_SEED repeats a run.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from tests.conftest import Toy
from tests.unit.batch.fakes import contents

KILLS = int(os.environ.get("KILLS", "12"))
KILLS_PER_BATCH = 3
SEED = int(os.environ.get("KILLS_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
GONE_WITHIN_S = 60
MLSAFETY = str(Path(sys.executable).with_name("mlsafety"))
OWN = {
    "prints": "print('hello')",
    "raises": "raise ValueError('left over')",
    "waits": "import time; time.sleep(0.5)",
    "leaves": "import os, time\nif os.fork() == 0:\n    time.sleep(1000)",
    "ends": "import os; os._exit(3)",
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def handed_in(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small submissions of all kinds; one leaves a process behind."""
    folder = tmp_path_factory.mktemp("kills") / "in"
    folder.mkdir()
    for name, source in OWN.items():
        notebook = nbformat.read(toy.solution, as_version=4)
        notebook.cells.insert(1, nbformat.v4.new_code_cell(source, id="own"))
        nbformat.write(notebook, folder / f"{name}.ipynb")
    (folder / "broken.ipynb").write_text("{")
    return folder


def start(toy: Toy, handed_in: Path, out: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [MLSAFETY, "grade", str(toy.folder), str(handed_in), "--out", str(out), "--jobs", "2"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def finish(toy: Toy, handed_in: Path, out: Path) -> dict[str, object]:
    with start(toy, handed_in, out) as process:
        _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return contents(out)


@pytest.fixture(scope="module")
def reference(toy: Toy, handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a batch that nobody kills comes to."""
    return finish(toy, handed_in, tmp_path_factory.mktemp("reference"))


def wait_for_moment(process: "subprocess.Popen[str]", luck: random.Random) -> None:
    """Wait until some lines of progress were printed, then a little longer."""
    assert process.stderr is not None
    for _ in range(luck.randint(0, len(OWN) + 1)):
        process.stderr.readline()
    time.sleep(luck.choice((0, luck.uniform(0, 0.05), luck.uniform(0, 1), luck.uniform(0, 4))))


def kill(process: "subprocess.Popen[str]", who: str) -> list[psutil.Process]:
    """Kill a part of the tree at once; return all who must be gone soon."""
    try:
        main = psutil.Process(process.pid)
        servers, below = main.children(), main.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    chosen = {"main": [main], "tree": [main, *below], "servers": servers}[who]
    for one in chosen:
        try:
            one.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    return below


@pytest.mark.parametrize("batch", range(-(-KILLS // KILLS_PER_BATCH)))
def test_killed_batch_ends_as_if_it_had_not_been(
    toy: Toy, handed_in: Path, reference: dict[str, object], tmp_path: Path, batch: int
) -> None:
    """Main process, servers or all of them; sandboxes die with their server, and what student code left with them."""
    luck = random.Random(SEED + batch)  # noqa: S311 - no secret
    for _ in range(min(KILLS_PER_BATCH, KILLS - batch * KILLS_PER_BATCH)):
        with start(toy, handed_in, tmp_path / "out") as process:
            wait_for_moment(process, luck)
            doomed = kill(process, luck.choice(("main", "tree", "servers")))
            process.communicate(timeout=300)  # with its servers gone it starts others and goes on
        _, alive = psutil.wait_procs(doomed, timeout=GONE_WITHIN_S)
        assert alive == [], f"seed {SEED}: these outlive their batch: {alive}"
    assert finish(toy, handed_in, tmp_path / "out") == reference, f"seed {SEED}"
