"""The syllabus and its releases: list, build, verify, write samples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec
import nbformat

from mlsafety_grader.config import Settings
from mlsafety_grader.course import Course, load_assignment
from mlsafety_grader.errors import GraderError, ReleaseError, UsageError
from mlsafety_grader.gate import (
    GateReport,
    Grounds,
    Purpose,
    add_cell_before_checks,
    make_variant,
    read_variants,
    run_gate,
)
from mlsafety_grader.model import EngineName
from mlsafety_grader.release import MANIFEST, Built, build_release, read_manifest
from mlsafety_grader.report import write_atomically
from mlsafety_grader.service.engines import bounds_of, open_engine

Say = Callable[[str], None]
SAMPLE_MUTANTS = 2


class RowStatus(StrEnum):
    """How far an assignment has come."""

    OPEN = "open"
    DRAFT = "draft"
    BUILT = "built"
    VERIFIED = "verified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A row of the syllabus. `points` is None while it is open; `problem` says why a sidecar is unreadable."""

    number: int
    unit: str
    lecture: str
    slug: str
    topic: str
    points: float | None
    status: RowStatus
    problem: str = ""


def list_units(course: Course, dist: Path) -> tuple[UnitRow, ...]:
    """Return the syllabus: a row for each lecture, whether or not its assignment is written."""
    rows: list[UnitRow] = []
    for unit in course.units:
        for slug in unit.assignments:
            topic = course.topic(f"{unit.id}.{slug}")
            points, status, problem = _progress_of(course, slug, dist)
            rows.append(
                UnitRow(
                    number=len(rows) + 1,
                    unit=unit.title,
                    lecture=topic.title if topic else slug,
                    slug=slug,
                    topic=topic.id if topic else "",
                    points=points,
                    status=status,
                    problem=problem,
                )
            )
    return tuple(rows)


def choose(course: Course, slugs: Sequence[str]) -> tuple[str, ...]:
    """Return the named assignments, or all that are written when none is named.

    Raises:
        UsageError: a name is not in the syllabus, or nothing is written yet.
    """
    for slug in slugs:
        course.unit_of(slug)
    chosen = tuple(dict.fromkeys(slugs)) or tuple(slug for slug in course.slugs if course.has_sources(slug))
    if not chosen:
        raise UsageError("no assignment is written yet", hint="see `mlsafety units`")
    return chosen


def build(course: Course, slug: str, *, dist: Path, settings: Settings, say: Say) -> Built:
    """Compile one assignment into `dist`/<slug>."""
    assignment = load_assignment(course, slug)
    return build_release(course, assignment, dist=dist, secret=settings.release_secret, say=say)


def verify(
    course: Course, slug: str, *, dist: Path, settings: Settings, progress: Callable[[str, int, int], None]
) -> GateReport:
    """Put one assignment through the release gate; it is built first when it never was. The record goes beside it."""
    assignment = load_assignment(course, slug)
    if not (dist / slug / MANIFEST).exists():
        build(course, slug, dist=dist, settings=settings, say=lambda _: None)
    with open_engine(EngineName.ISOLATED) as isolated, open_engine(EngineName.OTTER) as otter:
        grounds = Grounds(
            course=course,
            dist=dist,
            secret=settings.release_secret,
            engines=(isolated, otter),
            bounds=bounds_of(settings),
            jobs=settings.jobs,
        )
        report = run_gate(assignment, grounds, progress=progress)
    write_atomically(_record_of(dist, slug), msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    return report


def require_built(dist: Path, slug: str) -> Path:
    """Return the folder of a built release.

    Raises:
        ReleaseError: it is not built.
    """
    folder = dist / slug
    if not (folder / MANIFEST).exists():
        raise ReleaseError(f"{folder} is not built", hint=f"run `mlsafety build {slug}`")
    return folder


def write_samples(course: Course, slug: str, *, dist: Path, out: Path) -> tuple[Path, ...]:
    """Write submissions of every kind for a built release: for trying out a grader, and for `make demo`.

    The solution, the blank student version, two mutants, an alternative, the solution with a cell that raises, and the
    solution with a cell that loops for ever.
    """
    assignment = load_assignment(course, slug)
    folder = require_built(dist, slug)
    solution = folder / "solution" / f"{slug}.ipynb"
    work = nbformat.read(solution, as_version=4)
    names = [question.name for question in assignment.questions if not question.manual]
    samples = {
        "solution": work,
        "blank": nbformat.read(folder / "student" / f"{slug}.ipynb", as_version=4),
        "raises": add_cell_before_checks(work, "raise RuntimeError('left over from an experiment')", names[0]),
        "loops": add_cell_before_checks(work, "while True:\n    pass", names[-1]),
    }
    variants = read_variants(assignment)
    mutants = [variant for variant in variants if variant.purpose is Purpose.MUTANT]
    others = [variant for variant in variants if variant.purpose is Purpose.ALTERNATIVE]
    for variant in [*mutants[:: max(1, len(mutants) // SAMPLE_MUTANTS)][:SAMPLE_MUTANTS], *others[:1]]:
        samples[f"{variant.purpose.value}_{variant.name}"] = make_variant(solution, variant)
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, notebook in samples.items():
        paths.append(out / f"{name}.ipynb")
        write_atomically(paths[-1], nbformat.writes(notebook).encode())
    return tuple(paths)


def _record_of(dist: Path, slug: str) -> Path:
    return dist / f"{slug}.verify.json"


def _progress_of(course: Course, slug: str, dist: Path) -> tuple[float | None, RowStatus, str]:
    if not course.has_sources(slug):
        return None, RowStatus.OPEN, ""
    try:
        points = load_assignment(course, slug).points
    except GraderError as e:
        return None, RowStatus.DRAFT, e.message
    try:
        manifest = read_manifest(dist / slug / MANIFEST)
    except ReleaseError:
        return points, RowStatus.DRAFT, ""
    try:
        record = msgspec.json.decode(_record_of(dist, slug).read_bytes(), type=GateReport)
    except (OSError, msgspec.DecodeError):
        return points, RowStatus.BUILT, ""
    if record.release_id != manifest.release_id:
        return points, RowStatus.BUILT, ""
    return points, RowStatus.VERIFIED if record.passed else RowStatus.FAILED, ""
