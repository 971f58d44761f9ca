"""The whole course at once: write a generated class, grade every assignment's folder, and sum up the cohort.

FOLDER/<slug>/<submission> ─ grade, a batch each ─► OUT/<slug>/ ─ every student's points ─► topics, items
FOLDER/class.json (a generated class only) ─ what each answer is worth ─► surprises, mutants caught
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import nbformat

from mlsafety_grader.batch import events
from mlsafety_grader.config import Settings
from mlsafety_grader.course import Course, load_assignment
from mlsafety_grader.errors import UsageError
from mlsafety_grader.gate import Kind, Surprise, Work, find_surprises, make_work, plan_class, read_variants
from mlsafety_grader.model import Manifest, Report
from mlsafety_grader.report import MutantsMet, course_items, items_csv, write_atomically
from mlsafety_grader.scoring import Item
from mlsafety_grader.service.grading import Graded, GradeRequest, grade
from mlsafety_grader.service.releases import require_built

KEY = "class.json"
ITEMS = "items.csv"
MAX_KEY = 64 << 20


class _ClassFile(msgspec.Struct, kw_only=True):
    """`class.json`: who answered what, in a generated class."""

    schema: int = 1
    works: list[Work]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRequest:
    """What `grade-course` is asked to do. `folder` holds a folder of submissions for each assignment, by slug."""

    folder: Path
    out: Path
    dist: Path
    sandbox: str = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseGraded:
    """What became of a course.

    `wall_s` is the time from first to last. With a `class.json`, `mutants` says by slug and question which mutants were
    handed in, and `surprises` which answers earned something else than their author says; both are None without.
    """

    graded: tuple[Graded, ...]
    items: Mapping[tuple[str, str], Item]
    wall_s: float
    mutants: Mapping[tuple[str, str], MutantsMet] | None
    surprises: tuple[Surprise, ...] | None

    @property
    def batches(self) -> list[tuple[Manifest, Sequence[Report]]]:
        """What was graded, an assignment each, as the tables take it."""
        return _batches(self.graded)

    @property
    def reports(self) -> list[Report]:
        """All submissions' reports."""
        return [report for one in self.graded for report in one.batch.reports]

    @property
    def reused(self) -> int:
        """How many submissions were graded before."""
        return sum(graded.batch.reused for graded in self.graded)


def write_class(
    course: Course, slugs: Sequence[str], *, dist: Path, out: Path, students: int, seed: int, say: Callable[[str], None]
) -> int:
    """Write a generated class for built releases and return how many submissions it has.

    Args:
        course: names the assignments.
        slugs: which of them.
        dist: the folder of releases.
        out: gets a folder of notebooks for each assignment, and `class.json`.
        students: how many.
        seed: of the class.
        say: told each assignment that is done.

    Raises:
        ReleaseError: an assignment is not built.
        UsageError: the number of students is out of range.
    """
    built = {slug: require_built(dist, slug) for slug in slugs}
    loaded = [load_assignment(course, slug) for slug in slugs]
    assignments = [(assignment, read_variants(assignment)) for assignment in loaded]
    works = plan_class(assignments, students=students, seed=seed)
    for assignment, variants in assignments:
        slug = assignment.slug
        (out / slug).mkdir(parents=True, exist_ok=True)
        for work in works:
            if work.slug == slug:
                notebook = make_work(
                    work,
                    assignment,
                    variants,
                    solution=built[slug] / "solution" / f"{slug}.ipynb",
                    student=built[slug] / "student" / f"{slug}.ipynb",
                )
                write_atomically(out / slug / f"{work.student}.ipynb", nbformat.writes(notebook).encode())
        say(f"{slug}: {students} submissions")
    write_atomically(out / KEY, msgspec.json.format(msgspec.json.encode(_ClassFile(works=list(works))), indent=1))
    return len(works)


def grade_course(
    request: CourseRequest,
    course: Course,
    *,
    settings: Settings,
    stop: threading.Event,
    watch: Callable[[str], AbstractContextManager[events.Tell]],
) -> CourseGraded:
    """Grade what was handed in for every assignment; what is graded already is kept, as in any batch.

    Args:
        request: what to grade and where to.
        course: names the assignments, in order.
        settings: how many at a time, and how large a submission may be.
        stop: set to end early; what is graded by then is kept.
        watch: for the time of each assignment, by its slug, gives what its events are told to.

    Raises:
        UsageError: no folder of the course's assignments is there.
        GraderError: a release is not built, or a folder cannot be worked with.
        KeyboardInterrupt: `stop` was set.
    """
    if not request.folder.is_dir():
        raise UsageError(f"{request.folder} is not a folder", hint="name a folder with one folder per assignment")
    slugs = [slug for slug in course.slugs if (request.folder / slug).is_dir()]
    if not slugs:
        raise UsageError(
            f"{request.folder} has no folder named after an assignment",
            hint="put each assignment's submissions into a folder of its name; see `mlsafety units`",
        )
    releases = {slug: require_built(request.dist, slug) for slug in slugs}
    works = _read_key(request.folder / KEY)
    began = time.monotonic()
    graded = []
    for slug, release in releases.items():
        one = GradeRequest(
            release=release,
            submissions=(request.folder / slug,),
            out=request.out / slug,
            sandbox=request.sandbox,
        )
        with watch(slug) as tell:
            graded.append(grade(one, settings=settings, stop=stop, tell=tell))
    wall_s = time.monotonic() - began
    items = course_items(_batches(graded))
    surprises = None if works is None else tuple(_surprises(works, graded))
    mutants = None if works is None else _mutants_met(works, surprises or ())
    write_atomically(request.out / ITEMS, items_csv(items, mutants or {}).encode())
    return CourseGraded(graded=tuple(graded), items=items, wall_s=wall_s, mutants=mutants, surprises=surprises)


def _batches(graded: Iterable[Graded]) -> list[tuple[Manifest, Sequence[Report]]]:
    return [(one.release.manifest, one.batch.reports) for one in graded]


def _surprises(works: Iterable[Work], graded: Iterable[Graded]) -> Iterator[Surprise]:
    reports = {(report.slug, Path(report.submission).stem): report for one in graded for report in one.batch.reports}
    for work in works:
        report = reports.get((work.slug, work.student))
        if report is not None:
            yield from find_surprises(work, report)


def _mutants_met(works: Iterable[Work], surprises: Iterable[Surprise]) -> dict[tuple[str, str], MutantsMet]:
    met: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for work in works:
        for answer in work.answers:
            if answer.kind is Kind.MUTANT:
                met[work.slug, answer.question].add(answer.variant)
    missed: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for surprise in surprises:
        if surprise.answer.kind is Kind.MUTANT:
            missed[surprise.work.slug, surprise.answer.question].add(surprise.answer.variant)
    return {key: MutantsMet(met=len(names), missed=tuple(sorted(missed[key]))) for key, names in met.items()}


def _read_key(path: Path) -> tuple[Work, ...] | None:
    if not path.exists():
        return None
    try:
        if path.stat().st_size > MAX_KEY:
            raise UsageError(f"{path} has more than {MAX_KEY >> 20} MiB", hint="write the class anew")
        return tuple(msgspec.json.decode(path.read_bytes(), type=_ClassFile).works)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError) as e:
        raise UsageError(
            f"{path} is not the key of a generated class: {e}", hint="remove it, or write the class anew"
        ) from None
