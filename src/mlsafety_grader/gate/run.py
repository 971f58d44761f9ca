"""Run the release gate: grade the solution, the blank and every variant, scan for leaks, build again, judge.

dist/<slug>/ ─┬─ solution, blank ── every engine ──┐
mutants.py ───┴─ variants ───────── warm process ──┼─► controls ─► GateReport ─► dist/<slug>.verify.json
sources ─ build again elsewhere ─ compare ─────────┘
"""

import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import nbformat

from mlsafety_grader.course import Course
from mlsafety_grader.engine import Bounds, Engine, Task, Terms, grade, grade_trusted
from mlsafety_grader.gate.controls import (
    Control,
    Trial,
    fails_public,
    judge_alternatives,
    judge_blank,
    judge_budget,
    judge_leaks,
    judge_mutants,
    judge_rebuild,
    judge_solution,
)
from mlsafety_grader.gate.leaks import Leak, find_leaks
from mlsafety_grader.gate.specimens import Purpose, make_variant, read_variants
from mlsafety_grader.model import SCHEMA, Assignment, Report
from mlsafety_grader.release import Release, build_release, hash_tree, load_release, read_master

Progress = Callable[[str, int, int], None]

NOT_SECRET = frozenset({"assignment.toml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the gate needs to know besides the assignment."""

    course: Course
    dist: Path
    secret: str
    engines: tuple[Engine, ...]
    bounds: Bounds
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantScore:
    """A line of the gate's record: what a variant scored on the question it targets, and in all."""

    name: str
    purpose: str
    question: str
    meaning: str
    earned: float
    possible: float
    total: float
    caught_by_public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """The gate's decision on one release."""

    schema: int = SCHEMA
    slug: str
    release_id: str
    passed: bool
    points: float
    cases: int
    seconds: float
    memory_mib: float
    controls: tuple[Control, ...]
    variants: tuple[VariantScore, ...]


def run_gate(assignment: Assignment, grounds: Grounds, *, progress: Progress) -> GateReport:
    """Put a built release through all seven controls.

    Args:
        assignment: what was built.
        grounds: course, releases, engines and limits.
        progress: told (what, done, of how many) as the work goes on.

    Raises:
        ReleaseError: there is no built release, or it is damaged.
        CourseError: `mutants.py` cannot be read.
    """
    folder = grounds.dist / assignment.slug
    release = load_release(folder)
    variants = read_variants(assignment)
    steps = _Steps(progress, total=2 * len(grounds.engines) + len(variants) + 2)
    with tempfile.TemporaryDirectory(prefix="mlsafety-gate-") as scratch:
        solutions = _grade_with_all(
            folder / "solution" / f"{assignment.slug}.ipynb", "solution", release, grounds, steps
        )
        blanks = _grade_with_all(folder / "student" / f"{assignment.slug}.ipynb", "blank", release, grounds, steps)
        tasks = []
        for variant in variants:
            path = Path(scratch, f"{variant.name}.ipynb")
            nbformat.write(make_variant(folder / "solution" / f"{assignment.slug}.ipynb", variant), path)
            tasks.append(Task(path=path, name=variant.name, folder=variant.name))
        reports = _grade_variants(tasks, release, grounds, steps)
        trials = [Trial(variant=v, report=r) for v, r in zip(variants, reports, strict=True)]
        steps.tell("leak scan")
        leaks = _scan(assignment, folder)
        steps.tell("rebuild")
        rebuilt = build_release(
            grounds.course, assignment, dist=Path(scratch, "again"), secret=grounds.secret, say=lambda _: None
        )
        again = hash_tree(rebuilt.folder)
    mutants = [trial for trial in trials if trial.variant.purpose is Purpose.MUTANT]
    alternatives = [trial for trial in trials if trial.variant.purpose is Purpose.ALTERNATIVE]
    files = sum(path.is_file() for path in (folder / "student").rglob("*"))
    controls = (
        judge_solution(assignment, solutions),
        judge_blank(assignment, blanks),
        judge_mutants(assignment, mutants),
        judge_alternatives(assignment, alternatives),
        judge_leaks(leaks, files=files),
        judge_budget(assignment, solutions),
        judge_rebuild(hash_tree(folder), again),
    )
    return GateReport(
        slug=assignment.slug,
        release_id=release.manifest.release_id,
        passed=all(control.passed for control in controls),
        points=assignment.points,
        cases=sum(len(question.cases) for question in release.manifest.questions),
        seconds=max(report.usage.wall_s for report in solutions),
        memory_mib=max(report.usage.peak_memory_mib for report in solutions),
        controls=controls,
        variants=tuple(_score(trial) for trial in trials),
    )


class _Steps:
    """Counts what is done, for a progress bar."""

    def __init__(self, progress: Progress, *, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def tell(self, what: str) -> None:
        """Say what was done just now."""
        self._done += 1
        self._progress(what, self._done, self._total)


def _terms(engine: Engine, release: Release, bounds: Bounds) -> Terms:
    return Terms(engine=engine, release=release, limits=release.manifest.limits, bounds=bounds)


def _grade_with_all(path: Path, name: str, release: Release, grounds: Grounds, steps: _Steps) -> list[Report]:
    """Grade one notebook on every engine, alone on the machine, so that its time means something."""
    reports = []
    for engine in grounds.engines:
        task = Task(path=path, name=name, folder=name)
        reports.append(grade(task, _terms(engine, release, grounds.bounds), stop=threading.Event()))
        steps.tell(f"{name} by {engine.name.value}")
    return reports


def _grade_variants(tasks: Sequence[Task], release: Release, grounds: Grounds, steps: _Steps) -> list[Report]:
    terms = _terms(grounds.engines[0], release, grounds.bounds)
    found: dict[int, Report] = {}
    for number, report in grade_trusted(tasks, terms, jobs=grounds.jobs, stop=threading.Event()):
        found[number] = report
        steps.tell(report.submission)
    return [found[number] for number in range(len(tasks))]


def _scan(assignment: Assignment, folder: Path) -> list[Leak]:
    sources = Path(assignment.folder)
    master = sources / f"{assignment.slug}.ipynb"
    student = folder / "student"
    secret = [p for p in sorted(sources.iterdir()) if p.is_file() and p != master and p.name not in NOT_SECRET]
    with resources.as_file(resources.files("mlsafety_kit")) as kit:
        return find_leaks(student, read_master(master), secret_files=tuple(secret), shipped=tuple(kit.glob("*.py")))


def _score(trial: Trial) -> VariantScore:
    target = next(q for q in trial.report.questions if q.name == trial.variant.question)
    return VariantScore(
        name=trial.variant.name,
        purpose=trial.variant.purpose.value,
        question=target.name,
        meaning=trial.variant.meaning,
        earned=target.earned,
        possible=target.possible,
        total=trial.report.earned,
        caught_by_public=fails_public(trial),
    )
