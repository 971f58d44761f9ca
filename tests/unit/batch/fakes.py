"""A small release without otter, and an engine that answers at once, so that whole batches run in milliseconds."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import nbformat

from mlsafety_grader.batch import Batch, LocalExecutor, events, grade_batch
from mlsafety_grader.batch.collect import collect
from mlsafety_grader.engine import Bounds, Engine, Job, Task, Terms
from mlsafety_grader.model import (
    Case,
    CaseResult,
    EngineName,
    Examination,
    Manifest,
    Question,
    Status,
    Usage,
    Verdict,
)
from mlsafety_grader.release import AUTOGRADER, Release, write_zip
from mlsafety_grader.release.load import OtterConfig
from mlsafety_grader.release.manifest import name_release

EXCEPTION_TEST = "OK_FORMAT = False\nname = '{name}'\ndef test(answer): assert answer == {wanted}\n"


class FakeEngine:
    """Passes every case of a notebook that says `right`, and notes what it was asked."""

    def __init__(self, act: Callable[[int], None] = lambda _: None) -> None:
        self.jobs: list[Job] = []
        self.is_closed = False
        self._act = act
        self._lock = threading.Lock()

    @property
    def name(self) -> EngineName:
        return EngineName.ISOLATED

    @property
    def isolation(self) -> str:
        return "strict"

    def examine(self, job: Job, *, keep: Path | None = None) -> Examination:
        with self._lock:
            self.jobs.append(job)
            number = len(self.jobs)
        self._act(number)
        verdict = Verdict.PASSED if "right" in job.submission.cells[0] else Verdict.FAILED
        if keep is not None:
            (keep / "executed.ipynb").write_bytes(b'{"cells": []}')
        return Examination(
            status=Status.GRADED,
            cases={
                question.name: tuple(
                    CaseResult(name=case.name, verdict=verdict, hidden=case.hidden, possible=case.points)
                    for case in question.cases
                )
                for question in job.asked
            },
            usage=Usage(wall_s=float(number)),
        )

    def close(self) -> None:
        self.is_closed = True


def make_release(
    folder: Path, *, tests: Mapping[str, str] | None = None, files: Mapping[str, str] | None = None
) -> Release:
    """Write an autograder zip with these test files; every question has one case of one point."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = tests or {name: EXCEPTION_TEST.format(name=name, wanted=1) for name in ("q1", "q2")}
    members = {f"tests/{name}.py": text.encode() for name, text in sources.items()}
    members |= {f"files/{name}": text.encode() for name, text in (files or {}).items()}
    write_zip(folder / AUTOGRADER, {**members, "otter_config.json": b"{}"})
    questions = tuple(Question(name=n, cases=(Case(name=f"{n} - 1", points=1, hidden=True),)) for n in sources)
    manifest = name_release(Manifest(slug="toy", title="Toy", release_id="", questions=questions))
    return Release(manifest=manifest, autograder=folder / AUTOGRADER, config=OtterConfig())


def make_terms(release: Release, engine: Engine | None = None) -> Terms:
    return Terms(engine=engine or FakeEngine(), release=release, limits=release.manifest.limits, bounds=Bounds())


def write_notebook(path: Path, source: str) -> Path:
    """A notebook with one cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [nbformat.v4.new_code_cell(source, id="a")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def grade(
    out: Path,
    *paths: Path,
    terms: Terms,
    stop: threading.Event | None = None,
    tell: events.Tell = lambda _: None,
    jobs: int = 2,
) -> Batch:
    """Grade files into a folder as the service does."""
    out.mkdir(exist_ok=True)
    tasks = collect(list(paths), out=out)
    return grade_batch(
        tasks, terms, out=out, executor=LocalExecutor(jobs=jobs), stop=stop or threading.Event(), tell=tell
    )


def contents(out: Path) -> dict[str, object]:
    """All files of a batch by path, with what grading took blanked out; the log and the lock are left out."""
    found: dict[str, object] = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        name = path.relative_to(out).as_posix()
        if path.name == "report.json":
            from mlsafety_grader.report import decode_report

            found[name] = replace(decode_report(path.read_bytes()), usage=Usage())
        elif not name.startswith((".lock", "batch.log")):
            found[name] = path.read_bytes()
    return found


def some_task(path: Path, folder: str = "a.ipynb") -> Task:
    return Task(path=path, name=folder, folder=folder)
