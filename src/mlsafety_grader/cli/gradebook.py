"""The commands of `mlsafety gradebook`. What they do is in `gradebook_commands`, which is imported when one is run."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Keep a course's results: rosters, attempts, late days, overrides, written questions, and who changed what.",
    epilog="Start with `mlsafety gradebook init`, then `roster FILE`, then `import DIR`.",
)

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="The assignment.")]
StudentArgument = Annotated[
    str, typer.Argument(metavar="STUDENT", help="Key, login, e-mail, GitHub name, number or unique name.")
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="sqlite:///FILE or postgresql://...; gradebook.sqlite in the course if not given.",
    ),
]
CourseOption = Annotated[
    Path | None, typer.Option("--course", help="The course repository; the one around this folder when not named.")
]
AuthorOption = Annotated[
    str | None, typer.Option("--author", help="Who makes this change; your user name when not given.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it is kept with the decision.")]
RemoveOption = Annotated[bool, typer.Option("--remove", help="Take the earlier decision back.")]


@app.command()
def init(
    title: Annotated[str | None, typer.Option(help="The course's title.")] = None,
    late_days: Annotated[int | None, typer.Option(min=0, help="Late days that each student may spend.")] = None,
    database: DatabaseOption = None,
    course: CourseOption = None,
    author: AuthorOption = None,
) -> None:
    """Make the gradebook, or renew one of an older version; adds the course's assignments. Safe to run again."""
    from mlsafety_grader.cli import gradebook_commands as do  # heavy imports wait until a command needs them

    do.init(do.Place(database, course, author), title=title, late_days=late_days)


@app.command(epilog="Example: mlsafety gradebook roster canvas_export.csv")
def roster(
    file: Annotated[
        Path | None, typer.Argument(help="A Canvas or GitHub Classroom export, or a CSV with name, email, login ...")
    ] = None,
    database: DatabaseOption = None,
    course: CourseOption = None,
    author: AuthorOption = None,
) -> None:
    """Bring a roster file in, or show the roster when none is named."""
    from mlsafety_grader.cli import gradebook_commands as do

    place = do.Place(database, course, author)
    if file is None:
        do.show_roster(place)
    else:
        do.import_roster(place, file)


@app.command(name="import", epilog="Example: mlsafety gradebook import graded/")
def import_batch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `mlsafety grade --out` wrote.")],
    database: DatabaseOption = None,
    course: CourseOption = None,
    author: AuthorOption = None,
) -> None:
    """Bring a graded batch in. Doing it twice changes nothing; a batch that was graded again replaces results.

    DIR/submissions.csv (folder,student,submitted_at) says whose each is; without it their names do.
    """
    from mlsafety_grader.cli import gradebook_commands as do

    do.import_batch(do.Place(database, course, author), folder)


@app.command()
def status(database: DatabaseOption = None, course: CourseOption = None) -> None:
    """Show how far each assignment has come, and what waits for a person."""
    from mlsafety_grader.cli import gradebook_commands as do

    do.show_status(do.Place(database, course, None))


@app.command(epilog="Example: mlsafety gradebook export --format csv --out grades.csv")
def export(
    form: Annotated[str, typer.Option("--format", help="csv (everything), canvas or nbgrader.")] = "csv",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file; standard output when not named.")] = None,
    slug: Annotated[str | None, typer.Option("--assignment", metavar="SLUG", help="Only this assignment.")] = None,
    database: DatabaseOption = None,
    course: CourseOption = None,
) -> None:
    """Write where every student stands, after late days and every person's decision."""
    from mlsafety_grader.cli import gradebook_commands as do

    do.export(do.Place(database, course, None), form=form, out_file=out, slug=slug)


@app.command()
def history(student: StudentArgument, database: DatabaseOption = None, course: CourseOption = None) -> None:
    """Show everything about one student: standings, attempts, and every change with its author."""
    from mlsafety_grader.cli import gradebook_commands as do

    do.show_history(do.Place(database, course, None), student)


@app.command(
    epilog="Example: mlsafety gradebook override ada adversaries 5 --question q2_pgd --reason 'typo in the task'"
)
def override(
    student: StudentArgument,
    slug: Slug,
    points: Annotated[float | None, typer.Argument(metavar="POINTS", help="What counts from now on.")] = None,
    question: Annotated[
        str | None, typer.Option(help="For this question; when not given, the whole assignment, without late penalty.")
    ] = None,
    reason: ReasonOption = "",
    remove: RemoveOption = False,  # noqa: FBT002 - a flag
    database: DatabaseOption = None,
    course: CourseOption = None,
    author: AuthorOption = None,
) -> None:
    """Put your points in the place of the tests'. They outlive grading again."""
    from mlsafety_grader.cli import gradebook_commands as do

    do.override(
        do.Place(database, course, author),
        student,
        slug,
        question=question,
        points=points,
        remove=remove,
        reason=reason,
    )


@app.command(epilog="Example: mlsafety gradebook extend ada adversaries --days 2 --reason 'ill'")
def extend(
    student: StudentArgument,
    slug: Slug,
    days: Annotated[int, typer.Option(min=0, help="Days after the due date.")] = 0,
    hours: Annotated[int, typer.Option(min=0, help="Hours after the due date, on top of the days.")] = 0,
    reason: ReasonOption = "",
    remove: RemoveOption = False,  # noqa: FBT002 - a flag
    database: DatabaseOption = None,
    course: CourseOption = None,
    author: AuthorOption = None,
) -> None:
    """Give a student more time for an assignment. It replaces an earlier extension."""
    from mlsafety_grader.cli import gradebook_commands as do

    do.extend(do.Place(database, course, author), student, slug, days=days, hours=hours, remove=remove, reason=reason)


@app.command(epilog="Example: mlsafety gradebook grade-written ada adversaries w1 --item 'names a threat model=2'")
def grade_written(
    student: StudentArgument,
    slug: Slug,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The written question.")],
    points: Annotated[float | None, typer.Argument(metavar="POINTS", help="The points; or give --item.")] = None,
    item: Annotated[
        list[str] | None, typer.Option("--item", metavar="TEXT=POINTS", help="A line of the rubric; may be repeated.")
    ] = None,
    comment: Annotated[str, typer.Option(help="What to tell about it.")] = "",
    database: DatabaseOption = None,
    course: CourseOption = None,
    author: AuthorOption = None,
) -> None:
    """Give points for a written question, in one number or by the rubric's lines."""
    from mlsafety_grader.cli import gradebook_commands as do

    do.grade_written(
        do.Place(database, course, author),
        student,
        slug,
        question=question,
        points=points,
        items=item or [],
        comment=comment,
    )


@app.command(epilog="Example: mlsafety gradebook assign adversaries final_v2.ipynb ada")
def assign(
    slug: Slug,
    submission: Annotated[str, typer.Argument(metavar="SUBMISSION", help="Its name, as `status` shows it.")],
    student: StudentArgument,
    database: DatabaseOption = None,
    course: CourseOption = None,
    author: AuthorOption = None,
) -> None:
    """Say whose an unmatched submission is."""
    from mlsafety_grader.cli import gradebook_commands as do

    do.assign(do.Place(database, course, author), slug, submission, student)


@app.command(epilog="Example: mlsafety gradebook rules adversaries --due 2026-10-01T23:59+02:00 --penalty 10")
def rules(
    slug: Slug,
    due: Annotated[str | None, typer.Option(help="Date, time and zone: 2026-10-01T23:59+02:00; or `none`.")] = None,
    counting: Annotated[
        str | None, typer.Option(help="Which attempt counts: last, best or last_before_deadline.")
    ] = None,
    penalty: Annotated[
        float | None, typer.Option(metavar="PERCENT", help="Percent of the possible points lost per started day.")
    ] = None,
    max_penalty: Annotated[
        float | None, typer.Option(metavar="PERCENT", help="The most that lateness costs, in percent.")
    ] = None,
    grace_minutes: Annotated[int | None, typer.Option(min=0, help="That late is still on time.")] = None,
    accept_days: Annotated[
        str | None, typer.Option(metavar="DAYS", help="Later than this nothing counts; or `always`.")
    ] = None,
    late_days: Annotated[
        bool | None, typer.Option("--late-days/--no-late-days", help="Whether students may spend late days here.")
    ] = None,
    database: DatabaseOption = None,
    course: CourseOption = None,
    author: AuthorOption = None,
) -> None:
    """Set how an assignment counts, or show it when nothing is given. Holds for attempts that are there already."""
    from mlsafety_grader.cli import gradebook_commands as do

    given = do.RulesGiven(
        due=due,
        counting=counting,
        penalty=penalty,
        max_penalty=max_penalty,
        grace_minutes=grace_minutes,
        accept_days=accept_days,
        late_days=late_days,
    )
    do.set_rules(do.Place(database, course, author), slug, given)
