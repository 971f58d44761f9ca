"""What people see of the gradebook: tables and lines for a terminal of 80 columns. Instants are shown in UTC."""

from collections.abc import Sequence
from datetime import datetime

from rich import box
from rich.table import Table
from rich.text import Text

from mlsafety_grader.cli.console import out
from mlsafety_grader.gradebook import (
    AssignmentStatus,
    AuditLine,
    History,
    Overview,
    Unmatched,
    describe,
)
from mlsafety_grader.model import Standing
from mlsafety_grader.report import percent_text, points_text, visible
from mlsafety_grader.scoring import Settled


def print_overview(view: Overview) -> None:
    """Show every assignment and what waits for a person."""
    table = make_table("assignment", "due (UTC)", "scored", "mean", "attempts", "late", "written", "faults")
    for row in view.assignments:
        table.add_row(*(Text(cell) for cell in _status_cells(row, view.students)))
    out.print(table)
    print_line(f"{visible(view.title)}: {count(view.students, 'student')}, {count(view.late_days, 'late day')} each")
    for row in view.assignments:
        for remark in _remarks(row):
            print_line(f"{row.rules.slug}: {remark}")
    _show_unmatched(view.unmatched)


def print_history(found: History) -> None:
    """Show everything about one student."""
    person = found.student
    names = [
        t for t in (person.email, person.login, person.github, person.sis_id, person.section) if t and t != person.key
    ]
    print_line(visible(f"{person.name} ({person.key})" + (f": {', '.join(dict.fromkeys(names))}" if names else "")))
    table = make_table("assignment", "attempt", "earned", "late", "score")
    for one in found.settled:
        table.add_row(*(Text(cell) for cell in _standing_cells(one)))
    out.print(table)
    spent = sum(one.late_days_used for one in found.settled)
    if found.late_days:
        print_line(f"late days: {spent} of {found.late_days} spent")
    if found.attempts:
        attempts = make_table("attempt", "submitted (UTC)", "tests", "status", "file")
        for line in found.attempts:
            attempts.add_row(
                Text(f"{line.slug} {line.number}"),
                Text(when(line.submitted_at)),
                Text(of_text(line.earned, line.possible)),
                Text(line.status),
                Text(visible(line.name)),
            )
        out.print(attempts)
    for row in found.audit:
        print_line(visible(_audit_text(row)))


def _status_cells(row: AssignmentStatus, students: int) -> list[str]:
    return [
        row.rules.slug,
        when(row.rules.due_at),
        f"{row.scored}/{students}",
        "" if row.mean is None else percent_text(row.mean),
        str(row.attempts),
        str(row.late or ""),
        f"{row.waiting} wait" if row.waiting else "",
        str(row.faults or ""),
    ]


def _remarks(row: AssignmentStatus) -> list[str]:
    remarks = [f"{describe(row.rules)}"]
    if row.waiting:
        remarks.append(f"written answers of {count(row.waiting, 'student')} wait: `mlsafety gradebook grade-written`")
    if row.read_earlier:
        remarks.append(f"{count(row.read_earlier, 'student')} handed in again after a written answer was graded")
    if row.faults:
        remarks.append(
            f"{count(row.faults, 'student')} with an attempt that the grader failed on: grade again, import again"
        )
    if row.other_release:
        remarks.append(
            f"{count(row.other_release, 'student')} graded by an older release with other points: grade again"
        )
    if row.overridden:
        remarks.append(f"{count(row.overridden, 'student')} with an override")
    return remarks


def _show_unmatched(unmatched: Sequence[Unmatched]) -> None:
    if not unmatched:
        return
    print_line(
        f"{count(len(unmatched), 'submission')} of nobody; give each to its student with `mlsafety gradebook assign`:"
    )
    for one in unmatched:
        print_line(f"  {one.slug} {visible(one.name)}: {visible(one.because)}")


def _standing_cells(one: Settled) -> list[str]:
    standing = one.standing
    late = f"{standing.days_late} d" if standing.days_late else ""
    if standing.penalty:
        late += f", -{points_text(standing.penalty, decimals=2)}"
    if one.late_days_used:
        late += f", {one.late_days_used} spent"
    return [
        standing.slug,
        str(standing.attempt or ""),
        of_text(standing.earned, standing.possible),
        late,
        score_text(one.standing) + (f" ({', '.join(one.waiting)} waits)" if one.waiting else ""),
    ]


def _audit_text(row: AuditLine) -> str:
    change = f"{row.before} → {row.after}" if row.before else row.after
    reason = f" ({row.reason})" if row.reason else ""
    return f"{when(row.at)}  {row.author}  {row.action}  {row.subject}: {change}{reason}"


def score_text(standing: Standing) -> str:
    """Return the points that count in the end."""
    return of_text(standing.score, standing.possible)


def of_text(points: float | None, possible: float | None) -> str:
    """Return `17.5/25`, or `no score`."""
    if points is None or possible is None:
        return "no score"
    return f"{points_text(points, decimals=2)}/{points_text(possible, decimals=2)}"


def points_or_none(points: float | None) -> str:
    """Return points, or `no score`."""
    return "no score" if points is None else points_text(points)


def when(at: datetime | None) -> str:
    """Return an instant to the minute; nothing where it is unknown."""
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M")


def count(number: int, what: str) -> str:
    """Return `1 student`, `2 students`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def make_table(first: str, *rest: str) -> Table:
    """Return an empty table with these headings; long cells fold."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))  # for 80 columns
    for title in (first, *rest):
        table.add_column(title, overflow="fold")
    return table


def print_line(text: str) -> None:
    """Print a line of a result; the terminal folds it, a pipe gets it whole."""
    out.print(text, soft_wrap=True)
