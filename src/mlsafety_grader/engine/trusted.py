"""Grade notebooks that are the author's own, many in one warm process: otter's tests, without otter's start-up.

For the release gate, which grades dozens of variants of one solution, and for benchmarks. Never for submissions:
they would share a process tree, a user and the hidden tests, and a limit only has to stop an honest mistake here.

    jobs ─► one process (libraries imported once) ─ fork per notebook ─► results.json each ─► Examination
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlsafety_grader.engine.otter import file_name
from mlsafety_grader.engine.otter_results import make_examination, read_run
from mlsafety_grader.engine.protocol import Job
from mlsafety_grader.engine.supervised import Ended
from mlsafety_grader.errors import EngineError
from mlsafety_grader.model import Examination, Usage

DRIVER = "mlsafety_grader.engine.trusted_driver"


def examine_trusted(jobs: Sequence[Job]) -> Iterator[tuple[int, Examination]]:
    """Examine notebooks of one release one after another; yield (position in `jobs`, examination) as each is done.

    Raises:
        EngineError: the warm process died, or a job's `stop` was set.
    """
    if not jobs:
        return
    release, limits = jobs[0].release, jobs[0].limits
    with tempfile.TemporaryDirectory(prefix="mlsafety-trusted-", ignore_cleanup_errors=True) as scratch:
        place = Path(scratch)
        with zipfile.ZipFile(release.autograder) as archive:
            archive.extractall(place / "source")
        for number, job in enumerate(jobs):
            folder = place / str(number) / "submission"
            folder.mkdir(parents=True)
            shutil.copyfile(job.submission.path, folder / file_name(job))
        with subprocess.Popen(
            [sys.executable, "-P", "-m", DRIVER, scratch, str(limits.cell_s), str(limits.submission_s)],
            cwd=scratch,
            env={
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
                "HOME": scratch,
                "TMPDIR": scratch,
                "LANG": "C.UTF-8",
                "OMP_NUM_THREADS": "1",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield from _answers(process, jobs, place)
            finally:
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, 9)


def _answers(process: "subprocess.Popen[str]", jobs: Sequence[Job], place: Path) -> Iterator[tuple[int, Examination]]:
    done = 0
    for line in process.stdout or ():
        if not line.startswith("done "):
            continue
        number, code, wall_s, cpu_s = line.split()[1:]
        job = jobs[int(number)]
        if job.stop.is_set():
            raise EngineError("interrupted", hint="start again")
        ended = Ended(
            returncode=int(code),
            cause="timeout" if int(code) == -14 else None,  # SIGALRM: the submission's limit
            output="",
            usage=Usage(wall_s=float(wall_s), cpu_s=float(cpu_s)),
        )
        run = read_run(ended, place / number)
        done += 1
        yield int(number), make_examination(job, run, [], job.release.manifest.autograded)
    if done < len(jobs):
        said = process.stderr.read()[-500:] if process.stderr else ""
        raise EngineError(f"the warm grading process died: {said}", hint="run it again")
