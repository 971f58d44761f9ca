"""`mlsafety sample-class` and `mlsafety grade-course`: a class over the whole course."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlsafety_grader import service
from mlsafety_grader.cli.commands import open_place
from mlsafety_grader.cli.console import out, say
from mlsafety_grader.cli.grade import outcome_of
from mlsafety_grader.cli.interrupt import interruptible
from mlsafety_grader.cli.progress import watching
from mlsafety_grader.gate import Surprise
from mlsafety_grader.report import distribution_table, items_table, topic_table, visible

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOptions:
    """The flags of `mlsafety grade-course`."""

    folder: Path
    out: Path
    course: Path | None
    dist: Path | None
    sandbox: str
    jobs: int | None


def run_sample_class(
    slugs: Sequence[str], folder: Path, students: int, seed: int, course: Path | None, dist: Path | None
) -> None:
    """Write a generated class and say where it is."""
    place = open_place(course, dist)
    number = service.write_class(
        place.course,
        service.choose(place.course, slugs),
        dist=place.dist,
        out=folder,
        students=students,
        seed=seed,
        say=say,
    )
    out.print(f"{number} submissions of {students} students → {folder}", soft_wrap=True)


def run_grade_course(options: CourseOptions) -> int:
    """Grade a course's submissions, show the cohort, and return the exit code."""
    place = open_place(options.course, options.dist, jobs=options.jobs)
    request = service.CourseRequest(folder=options.folder, out=options.out, dist=place.dist, sandbox=options.sandbox)
    with interruptible() as stop:
        graded = service.grade_course(request, place.course, settings=place.settings, stop=stop, watch=watching)
    _show(graded, place.settings.jobs, options.out)
    return outcome_of(graded.reports, None)


def _show(graded: service.CourseGraded, jobs: int, folder: Path) -> None:
    batches, reports = graded.batches, graded.reports
    for table in (topic_table(batches), distribution_table(batches), items_table(graded.items, graded.mutants)):
        if table is not None:
            out.print(table)
            out.print()
    if graded.surprises is not None:
        _show_surprises(graded.surprises)
    statuses = Counter(report.status.value for report in reports)
    said = ", ".join(f"{number} {visible(status)}" for status, number in statuses.most_common())
    out.print(f"{len(reports)} submissions to {len(batches)} assignments: {said} → {folder}", soft_wrap=True)
    if graded.reused:
        out.print(f"{graded.reused} were graded before; the time is told when all are graded in one run")
        return
    cpu_s = sum(report.usage.cpu_s for report in reports)
    out.print(
        f"{graded.wall_s:.0f} s on {jobs} at a time; the students' own code took {cpu_s:.0f} s of processor time, "
        f"{cpu_s / (graded.wall_s * jobs):.0%} of what was there",
        soft_wrap=True,
    )


def _show_surprises(surprises: Sequence[Surprise]) -> None:
    """Say which answers of a generated class earned something else than is known of them."""
    dependent = [surprise for surprise in surprises if surprise.is_dependent]
    others = [surprise for surprise in surprises if not surprise.is_dependent]
    out.print(f"{len(others)} answers earned something else than is known of them beforehand")
    for surprise in others[:SHOWN]:
        answer = surprise.answer
        out.print(
            f"  {surprise.work.slug} {surprise.work.student} {answer.question}: {answer.kind.value} {answer.variant}"
            f" earned {surprise.earned:g} of {surprise.possible:g}",
            soft_wrap=True,
        )
    if dependent:
        places = Counter(f"{surprise.work.slug} {surprise.answer.question}" for surprise in dependent)
        out.print(
            f"{len(dependent)} right answers lost points of public tests that use another answer of the student's: "
            + ", ".join(f"{place} {number}" for place, number in places.most_common()),
            soft_wrap=True,
        )
