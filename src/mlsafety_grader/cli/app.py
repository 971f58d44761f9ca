"""The commands of `mlsafety`, and the one place where errors become messages and exit codes.

0 done (whatever the scores), 1 a gate or threshold was missed, 2 usage or bad input, 3 the grader failed on some
submissions, 130 interrupted. Results go to standard output, everything else to standard error.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from mlsafety_grader import __version__
from mlsafety_grader.cli import gradebook

EXIT_MISSED = 1
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="mlsafety",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Build, check and grade the assignments of Introduction to ML Safety.",
    epilog="Start with `mlsafety units`, then `mlsafety build adversaries`. More: `mlsafety grade --help`.",
)

app.add_typer(gradebook.app, name="gradebook")

Slugs = Annotated[
    list[str] | None, typer.Argument(metavar="[SLUG]...", help="Assignments; all written ones when none is named.")
]
CourseOption = Annotated[
    Path | None, typer.Option("--course", help="The course repository; the one around this folder when not named.")
]
DistOption = Annotated[
    Path | None, typer.Option("--dist", help="The folder of releases; dist/ in the repository when not named.")
]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", "-j", help="Submissions graded at the same time; one per core when not given.")
]

ExecutorOption = Annotated[str, typer.Option(help="Where to grade: local, or dask (the workers of a cluster).")]
SchedulerOption = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="The cluster's scheduler for dask: tcp://host:8786.")
]


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,  # noqa: FBT002 - a flag
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def units(course: CourseOption = None, dist: DistOption = None) -> None:
    """Print the syllabus: units, lectures, assignments, points, topics and how far each has come."""
    from mlsafety_grader.cli.commands import print_units  # heavy imports wait until a command needs them

    print_units(course, dist)


@app.command(epilog="Example: mlsafety build adversaries")
def build(slugs: Slugs = None, course: CourseOption = None, dist: DistOption = None) -> None:
    """Compile masters into releases: dist/<slug>/{student/, solution/, autograder.zip, manifest.json}."""
    from mlsafety_grader.cli.commands import run_build

    run_build(slugs or [], course, dist)


@app.command(epilog="Example: mlsafety verify adversaries --jobs 2")
def verify(slugs: Slugs = None, course: CourseOption = None, dist: DistOption = None, jobs: JobsOption = None) -> None:
    """Put releases through the release gate; exit 1 when a control fails. Record: dist/<slug>.verify.json."""
    from mlsafety_grader.cli.commands import run_verify

    if not run_verify(slugs or [], course, dist, jobs):
        raise typer.Exit(EXIT_MISSED)


@app.command(epilog="Example: mlsafety grade dist/adversaries handed_in/ --out graded/")
def grade(
    release: Annotated[Path, typer.Argument(help="dist/<slug>, or any autograder zip that otter made.")],
    submissions: Annotated[list[Path], typer.Argument(help="Notebooks, scripts, zips, or folders of these.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for grades.csv, batch.json and a folder per submission.")
    ],
    engine: Annotated[
        str, typer.Option(help="Who examines: isolated, or otter (the reference; it isolates nothing).")
    ] = "isolated",
    sandbox: Annotated[
        str, typer.Option(help="Walls around student code: auto, strict, reduced, or off (asked for by name only).")
    ] = "auto",
    jobs: JobsOption = None,
    cell_timeout: Annotated[
        float | None, typer.Option(min=1, help="Seconds a cell may take; the release's own when not given.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(min=1, help="Seconds a submission may take.")] = None,
    memory: Annotated[int | None, typer.Option(min=64, help="MiB a submission may use.")] = None,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=100, help="Exit 1 when a submission scores less than this percentage.")
    ] = None,
    executor: ExecutorOption = "local",
    scheduler: SchedulerOption = None,
    layout: Annotated[
        str, typer.Option(help="Whose download a folder is: auto, plain, canvas, moodle, gradescope or github.")
    ] = "auto",
    roster: Annotated[
        Path | None, typer.Option(help="Roster CSV: who handed in what goes into submissions.csv.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for another batch in the same folder to end.")] = False,  # noqa: FBT002 - a flag
    fresh: Annotated[bool, typer.Option("--fresh", help="Grade everything, also what has a report.")] = False,  # noqa: FBT002 - a flag
    json: Annotated[bool, typer.Option("--json", help="Print events as JSON lines instead of the tables.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Grade submissions and print their scores by question and topic.

    Run again with the same --out, it grades only what is new, changed or was interrupted.
    """
    from mlsafety_grader.cli.grade import GradeOptions, run_grade

    options = GradeOptions(
        release=release,
        submissions=tuple(submissions),
        out=out,
        engine=engine,
        sandbox=sandbox,
        jobs=jobs,
        cell_timeout=cell_timeout,
        timeout=timeout,
        memory=memory,
        fail_under=fail_under,
        executor=executor,
        scheduler=scheduler,
        is_waiting=wait,
        is_fresh=fresh,
        is_json=json,
        layout=layout,
        roster=roster,
    )
    outcome = run_grade(options)
    if outcome:
        raise typer.Exit(outcome)


@app.command(epilog="Example: mlsafety regrade dist/adversaries graded/ --yes")
def regrade(
    release: Annotated[Path, typer.Argument(help="The changed release: dist/<slug>, or an otter autograder zip.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `mlsafety grade` wrote with --out.")],
    question: Annotated[
        list[str] | None, typer.Option(help="Examine this question, changed or not; may be given several times.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write the new scores without asking.")] = False,  # noqa: FBT002 - a flag
    executor: ExecutorOption = "local",
    scheduler: SchedulerOption = None,
    jobs: JobsOption = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for another batch in the same folder to end.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Grade a batch again after a test was corrected: only what changed, old against new before anything is written."""
    from mlsafety_grader.cli.regrade import RegradeOptions, run_regrade

    options = RegradeOptions(
        release=release,
        folder=folder,
        questions=tuple(question or ()),
        is_agreed=yes,
        executor=executor,
        scheduler=scheduler,
        jobs=jobs,
        is_waiting=wait,
    )
    outcome = run_regrade(options)
    if outcome:
        raise typer.Exit(outcome)


@app.command(epilog="Example: mlsafety export graded/ --format junit --out junit.xml")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `mlsafety grade` wrote with --out.")],
    format_name: Annotated[
        str, typer.Option("--format", "-f", help="junit, github (result for GitHub Classroom) or summary (Markdown).")
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File; standard output when not given.")] = None,
) -> None:
    """Write a graded batch in the format of another system."""
    from mlsafety_grader.cli.export import run_export

    run_export(folder, format_name, out)


@app.command()
def doctor() -> None:
    """Show what this host offers: sandbox layers with remedies for what is missing, versions, cores, memory."""
    from mlsafety_grader.cli.commands import print_doctor

    print_doctor()


@app.command(epilog="Example: mlsafety samples adversaries --out handed_in/")
def samples(
    slug: Annotated[str, typer.Argument(help="A built assignment.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the notebooks.")],
    course: CourseOption = None,
    dist: DistOption = None,
) -> None:
    """Write sample submissions to try a grader on: right, blank, wrong, one that raises, one that never ends."""
    from mlsafety_grader.cli.commands import run_samples

    run_samples(slug, out, course, dist)


@app.command(name="sample-class", epilog="Example: mlsafety sample-class --students 30 --out handed_in/")
def sample_class(
    out: Annotated[Path, typer.Option("--out", "-o", help="Gets a folder of notebooks for each assignment.")],
    slugs: Slugs = None,
    students: Annotated[int, typer.Option(help="How many students, of mixed skill.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same class.")] = 0,
    course: CourseOption = None,
    dist: DistOption = None,
) -> None:
    """Write a generated class for built assignments: right, wrong, blank and hostile work whose score is known."""
    from mlsafety_grader.cli.whole_course import run_sample_class

    run_sample_class(slugs or [], out, students, seed, course, dist)


@app.command(name="grade-course", epilog="Example: mlsafety grade-course handed_in/ --out graded/")
def grade_course(
    folder: Annotated[Path, typer.Argument(help="Holds a folder of submissions for each assignment, by its name.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Gets a graded batch for each assignment, and items.csv.")],
    sandbox: Annotated[str, typer.Option(help="Walls around student code: auto, strict, reduced, or off.")] = "auto",
    jobs: JobsOption = None,
    course: CourseOption = None,
    dist: DistOption = None,
) -> None:
    """Grade a whole course and show the class: topics, measurements, and how each question did.

    Run again with the same --out, it grades only what is new, changed or was interrupted.
    """
    from mlsafety_grader.cli.whole_course import CourseOptions, run_grade_course

    options = CourseOptions(folder=folder, out=out, sandbox=sandbox, jobs=jobs, course=course, dist=dist)
    raise typer.Exit(run_grade_course(options))


def main() -> None:
    """Run the command line and exit with the right code."""
    sys.exit(_guarded(lambda: app(standalone_mode=False)))


def _guarded(run: Callable[[], Any]) -> int:
    from mlsafety_grader.errors import GraderError

    try:
        outcome = run()
    except SystemExit as e:
        outcome = e.code
    except GraderError as e:
        typer.echo(f"mlsafety: {e.message}", err=True)
        if e.hint:
            typer.echo(f"  → {e.hint}", err=True)
        return e.exit_code
    except (KeyboardInterrupt, typer.Abort):
        outcome = EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_INTERRUPTED
    except Exception as e:
        # the parser's own errors: they know how to show themselves and which code to exit with
        if not hasattr(e, "show") or not hasattr(e, "exit_code"):
            raise
        e.show()
        return int(e.exit_code)
    if outcome == EXIT_INTERRUPTED:  # the parser has its own way with Ctrl-C
        typer.echo("mlsafety: interrupted; reports written so far are whole, run the same command again", err=True)
    return outcome if isinstance(outcome, int) else 0
