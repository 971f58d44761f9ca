"""Whatever an engine does, a batch gets a report; a fault of the grader is tried again and never counts as a zero."""

import threading
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from mlsafety_grader.engine import Bounds, Engine, Job, Task, Terms, grade, grade_all
from mlsafety_grader.errors import EngineError
from mlsafety_grader.model import (
    Case,
    CaseResult,
    EngineName,
    Examination,
    Manifest,
    Question,
    Report,
    Status,
    Verdict,
)
from mlsafety_grader.release import Release
from mlsafety_grader.release.load import OtterConfig
from mlsafety_grader.report import has_points

MANIFEST = Manifest(
    slug="toy",
    title="Toy",
    release_id="r",
    questions=(Question(name="q1", cases=(Case(name="q1 - 1", points=2, hidden=True),), topic="u.toy"),),
)
PASSED = CaseResult(name="q1 - 1", verdict=Verdict.PASSED, hidden=False, possible=99)


class FakeEngine:
    """Does what it is told, and counts how often."""

    def __init__(self, answer: Callable[[int], Examination]) -> None:
        self.calls = 0
        self._answer = answer

    @property
    def name(self) -> EngineName:
        return EngineName.OTTER

    @property
    def isolation(self) -> str:
        return "none"

    def examine(self, job: Job, *, keep: Path | None = None) -> Examination:
        self.calls += 1
        return self._answer(self.calls)


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A gradable notebook."""
    cells = [nbformat.v4.new_code_cell("x = 1", id="a")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    return Task(path=tmp_path / "a.ipynb", name="a", folder="a.ipynb")


def terms(engine: Engine) -> Terms:
    release = Release(manifest=MANIFEST, autograder=Path("/none"), config=OtterConfig())
    return Terms(engine=engine, release=release, limits=MANIFEST.limits, bounds=Bounds())


def graded(task: Task, answer: Callable[[int], Examination]) -> tuple[Report, FakeEngine]:
    engine = FakeEngine(answer)
    return grade(task, terms(engine), stop=threading.Event()), engine


def fail(times: int, then: Examination) -> Callable[[int], Examination]:
    def answer(call: int) -> Examination:
        if call <= times:
            raise EngineError("the server is gone")
        return then

    return answer


GOOD = Examination(status=Status.GRADED, cases={"q1": (PASSED,)})


def test_points_are_the_releases_own(task: Task) -> None:
    """Whatever the engine says a case is worth."""
    report, _ = graded(task, lambda _: GOOD)
    assert (report.earned, report.possible, report.status) == (2, 2, Status.GRADED)


def test_fault_is_tried_again(task: Task) -> None:
    """Once; then the result counts as if nothing had been."""
    report, engine = graded(task, fail(1, GOOD))
    assert (report.status, report.earned, engine.calls) == (Status.GRADED, 2, 2)


def test_fault_that_stays_is_no_zero(task: Task) -> None:
    """It has no points at all, and says why."""
    report, engine = graded(task, fail(9, GOOD))
    assert (report.status, report.reason, engine.calls) == (Status.GRADER_FAULT, "the server is gone", 2)
    assert not has_points(report)


def test_answer_for_other_tests_is_a_fault(task: Task) -> None:
    """An engine that examined by another release must not give zeros."""
    other = CaseResult(name="q9 - 1", verdict=Verdict.PASSED, hidden=False, possible=1)
    report, _ = graded(task, lambda _: Examination(status=Status.GRADED, cases={"q9": (other,)}))
    assert report.status is Status.GRADER_FAULT


def test_rejected_file_never_reaches_the_engine(tmp_path: Path) -> None:
    """It is a row with the reason."""
    report, engine = graded(Task(path=tmp_path / "no.ipynb", name="no", folder="no.ipynb"), lambda _: GOOD)
    assert (report.status, engine.calls) == (Status.REJECTED, 0)
    assert report.reason.startswith("does not exist; ")


def test_many_are_graded_and_numbered(task: Task) -> None:
    """Each report comes with its place in the list."""
    found = dict(grade_all([task] * 5, terms(FakeEngine(lambda _: GOOD)), jobs=3, stop=threading.Event()))
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert {report.earned for report in found.values()} == {2}


def test_leaving_early_stops_the_rest(task: Task) -> None:
    """A caller that is interrupted does not wait for all of them."""
    stop = threading.Event()
    reports = grade_all([task] * 50, terms(FakeEngine(lambda _: GOOD)), jobs=1, stop=stop)
    next(reports)
    reports.close()  # type: ignore[attr-defined]
    assert stop.is_set()
