"""`mlsafety grade`: collect the flags, grade, show the summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from mlsafety_grader import service
from mlsafety_grader.cli.app import EXIT_MISSED
from mlsafety_grader.cli.console import out, say
from mlsafety_grader.cli.interrupt import interruptible
from mlsafety_grader.cli.progress import watching
from mlsafety_grader.config import load_settings
from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import EngineName, Report, Status
from mlsafety_grader.report import LimitsAsked, distribution_table, measurement_table, summary_table, visible

EXIT_FAULT = 3
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeOptions:
    """The flags of `mlsafety grade`."""

    release: Path
    submissions: tuple[Path, ...]
    out: Path
    engine: str
    sandbox: str
    executor: str
    scheduler: str | None
    jobs: int | None
    cell_timeout: float | None
    timeout: float | None
    memory: int | None
    fail_under: float | None
    is_waiting: bool
    is_fresh: bool
    is_json: bool
    layout: str
    roster: Path | None


def run_grade(options: GradeOptions) -> int:
    """Grade, show the summary, and return the exit code."""
    settings = load_settings(Path.cwd(), flags={"jobs": options.jobs})
    request = service.GradeRequest(
        release=options.release,
        submissions=options.submissions,
        out=options.out,
        engine=choose(EngineName, options.engine, "engine"),
        sandbox=options.sandbox,
        limits=LimitsAsked(cell_s=options.cell_timeout, submission_s=options.timeout, memory_mib=options.memory),
        executor=choose(service.ExecutorName, options.executor, "executor"),
        scheduler=options.scheduler,
        is_waiting=options.is_waiting,
        is_fresh=options.is_fresh,
        layout=options.layout,
        roster=options.roster,
    )
    _warn(request)
    with watching("grade", is_json=options.is_json) as tell, interruptible() as stop:
        graded = service.grade(request, settings=settings, stop=stop, tell=tell)
    if not options.is_json:
        _show(graded)
    return outcome_of(graded.batch.reports, options.fail_under)


def choose(kind: type[Choice], name: str, what: str) -> Choice:
    """Return the choice of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return kind(name)
    except ValueError:
        known = ", ".join(choice.value for choice in kind)
        raise UsageError(f"no {what} is called {name!r}", hint=f"choose one of: {known}") from None


def outcome_of(reports: Sequence[Report], fail_under: float | None) -> int:
    """Return the exit code for these reports, and say why it is not 0."""
    faults = [report for report in reports if report.status is Status.GRADER_FAULT]
    if faults:
        say(f"{len(faults)} submissions ended in a grader fault and have no score; first: {visible(faults[0].reason)}")
        return EXIT_FAULT
    if fail_under is not None:
        low = [report for report in reports if 100 * report.share < fail_under]
        if low:
            say(f"{len(low)} submissions score less than {fail_under:g} %")
            return EXIT_MISSED
    return 0


def _warn(request: service.GradeRequest) -> None:
    if request.engine is EngineName.OTTER:
        say("warning: the otter engine does not isolate submissions from the hidden tests or from this machine")
    elif request.sandbox == "off":
        say("warning: the sandbox is off: submissions can read and change whatever you can")


def _show(graded: service.Graded) -> None:
    reports, manifest = graded.batch.reports, graded.release.manifest
    out.print(summary_table(reports, manifest))
    for table in (measurement_table(reports, manifest), distribution_table([(manifest, reports)])):
        if table is not None:
            out.print(table)
    before = f" ({graded.batch.reused} graded before)" if graded.batch.reused else ""
    out.print(f"{len(reports)} submissions{before} → {graded.batch.out}", soft_wrap=True)
