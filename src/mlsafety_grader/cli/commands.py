"""What each command does: collect settings, call the service, show the answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.table import Table

from mlsafety_grader import service
from mlsafety_grader.cli.console import out, say, ticking
from mlsafety_grader.config import Settings, find_course_root, load_settings
from mlsafety_grader.course import Course, load_course
from mlsafety_grader.gate import DEMANDS, GateReport, Purpose
from mlsafety_grader.report import points_text, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a command works: the course, its releases, and the settings that hold there."""

    course: Course
    dist: Path
    settings: Settings


def open_place(course: Path | None, dist: Path | None, *, jobs: int | None = None) -> Place:
    """Return the course that was named or is around this folder; `jobs` overrides its settings."""
    root = course if course is not None else find_course_root(Path.cwd())
    return Place(
        course=load_course(root), dist=dist or root / "dist", settings=load_settings(root, flags={"jobs": jobs})
    )


def print_units(course: Path | None, dist: Path | None) -> None:
    """Show the syllabus as a table."""
    place = open_place(course, dist)
    rows = service.list_units(place.course, place.dist)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("#", justify="right")
    table.add_column("assignment", no_wrap=True)
    table.add_column("points", justify="right")
    table.add_column("topic")
    table.add_column("status")
    unit = ""
    for row in rows:
        if row.unit != unit:
            unit = row.unit
            table.add_section()
            table.add_row("", unit, "", "", "", style="bold")
        points = "" if row.points is None else points_text(row.points)
        table.add_row(str(row.number), row.slug, points, row.lecture, row.status.value)
    out.print(table)
    written = sum(row.points is not None for row in rows)
    verified = sum(row.status is service.RowStatus.VERIFIED for row in rows)
    out.print(f"{len(rows)} lectures, {written} written, {verified} verified")
    for row in rows:
        if row.problem:
            say(f"{row.slug}: {row.problem}")


def run_build(slugs: Sequence[str], course: Path | None, dist: Path | None) -> None:
    """Build assignments and say where they are."""
    place = open_place(course, dist)
    for slug in service.choose(place.course, slugs):
        built = service.build(place.course, slug, dist=place.dist, settings=place.settings, say=_teller(slug))
        manifest = built.manifest
        cases = sum(len(question.cases) for question in manifest.questions)
        questions = len(manifest.questions)
        out.print(
            f"{slug}: release {manifest.release_id}, {questions} questions, {cases} cases, "
            f"{points_text(manifest.possible)} autograded points → {built.folder}"
        )
    if place.settings.sources["release_secret"] == "default":
        say("note: hidden tests use the default release secret; set MLSAFETY_RELEASE_SECRET for a real term")


def run_verify(slugs: Sequence[str], course: Path | None, dist: Path | None, jobs: int | None) -> bool:
    """Put assignments through the gate, show the tables, and say whether all may go out."""
    place = open_place(course, dist, jobs=jobs)
    reports = []
    for slug in service.choose(place.course, slugs):
        with ticking(f"verify {slug}") as tick:
            report = service.verify(place.course, slug, dist=place.dist, settings=place.settings, progress=tick)
        _show_gate(report)
        reports.append(report)
    if len(reports) > 1:
        _show_gates(reports)
    return all(report.passed for report in reports)


def print_doctor() -> None:
    """Show the sandbox layers and the machine."""
    layers, facts = service.examine_host()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("layer", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("detail")
    for layer in layers:
        table.add_row(layer.name, layer.state.value, layer.detail)
    out.print(table)
    for layer in layers:
        if layer.remedy:
            out.print(f"{layer.name}: {layer.remedy}", soft_wrap=True)
    root = "root" if facts.is_root else "an ordinary user"
    out.print(
        f"{facts.cores} cores, {facts.memory_mib} MiB, Linux {facts.kernel} on {facts.machine}, "
        f"Python {facts.python}, running as {root}",
        soft_wrap=True,
    )
    out.print(", ".join(f"{name} {version}" for name, version in facts.packages), soft_wrap=True)


def run_samples(slug: str, folder: Path, course: Path | None, dist: Path | None) -> None:
    """Write sample submissions and list them."""
    place = open_place(course, dist)
    for path in service.write_samples(place.course, slug, dist=place.dist, out=folder):
        out.print(str(path), soft_wrap=True)


def _teller(slug: str) -> Callable[[str], None]:
    return lambda text: say(f"{slug}: {text}")


def _show_gate(report: GateReport) -> None:
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title=f"{report.slug}  release {report.release_id}", title_justify="left"
    )
    table.add_column("control", no_wrap=True)
    table.add_column("must")
    table.add_column("found")
    table.add_column("result", no_wrap=True)
    for control in report.controls:
        passed = control.passed
        style = "green" if passed else "bold red"
        table.add_row(
            control.name, DEMANDS[control.name], control.found, f"[{style}]{'passed' if passed else 'FAILED'}[/]"
        )
    out.print(table, markup=True)
    for control in report.controls:
        for problem in control.problems:
            out.print(f"{control.name}: {visible(problem)}", soft_wrap=True)
        if control.advice:
            out.print(f"  → {control.advice}", soft_wrap=True)
    out.print(
        f"{'may be released' if report.passed else 'must not be released'}: {points_text(report.points)} points, "
        f"{report.cases} cases, solution in {report.seconds:.1f} s and {report.memory_mib:.0f} MiB",
        soft_wrap=True,
    )


def _show_gates(reports: Sequence[GateReport]) -> None:
    """Show what was verified, a row an assignment: variants that scored as they should, and the solution's cost."""
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        title="The gate",
        title_justify="left",
    )
    table.add_column("assignment", no_wrap=True)
    for heading in ("pts", "cases", "mutants", "altern.", "s", "MiB"):
        table.add_column(heading, justify="right")
    table.add_column("result")
    for report in reports:
        table.add_row(
            report.slug,
            points_text(report.points),
            str(report.cases),
            _right_of(report, Purpose.MUTANT),
            _right_of(report, Purpose.ALTERNATIVE),
            f"{report.seconds:.1f}",
            f"{report.memory_mib:.0f}",
            "[green]passed[/]" if report.passed else "[bold red]FAILED[/]",
        )
    out.print(table, markup=True)
    for report in reports:
        if not report.passed:
            out.print(f"{report.slug}: {', '.join(c.name for c in report.controls if not c.passed)}", soft_wrap=True)
    passed = sum(report.passed for report in reports)
    out.print(f"{passed} of {len(reports)} may be released")


def _right_of(report: GateReport, purpose: Purpose) -> str:
    """Return how many variants lost points (mutants) or lost none (alternatives), of how many."""
    variants = [variant for variant in report.variants if variant.purpose == purpose.value]
    lost = sum(variant.earned < variant.possible for variant in variants)
    return f"{lost if purpose is Purpose.MUTANT else len(variants) - lost}/{len(variants)}"
