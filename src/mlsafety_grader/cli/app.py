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
) -> None:
    """Grade submissions and print their scores by question and topic."""
    from mlsafety_grader.cli.commands import GradeOptions, run_grade

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
    )
    outcome = run_grade(options)
    if outcome:
        raise typer.Exit(outcome)


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
