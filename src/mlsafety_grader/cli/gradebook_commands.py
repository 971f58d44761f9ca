"""What each command of `mlsafety gradebook` does: collect settings, call the service, show the answer."""

import os
import pwd
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from rich.text import Text

from mlsafety_grader.cli.console import out, say
from mlsafety_grader.cli.gradebook_views import (
    count,
    make_table,
    points_or_none,
    print_history,
    print_line,
    print_overview,
    score_text,
)
from mlsafety_grader.config import Settings, find_course_root, load_settings
from mlsafety_grader.course import load_course
from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook import (
    Act,
    Address,
    Change,
    Imported,
    RubricItem,
    describe,
    exact_of,
    read_time,
)
from mlsafety_grader.report import visible, write_atomically
from mlsafety_grader.scoring import Counting
from mlsafety_grader.service import gradebook as service

_SHOWN = 10
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """The options that every command has."""

    database: str | None
    course: Path | None
    author: str | None

    @property
    def root(self) -> Path | None:
        """The course's folder, if there is one."""
        if self.course is not None:
            return self.course
        try:
            return find_course_root(Path.cwd())
        except UsageError:
            return None

    @property
    def settings(self) -> Settings:
        """The settings in force here."""
        return load_settings(self.root or Path.cwd(), flags={"database": self.database})

    @property
    def address(self) -> Address:
        """Where the gradebook is."""
        return service.locate(self.settings, root=self.root, folder=Path.cwd())

    @property
    def act(self) -> Act:
        """Who changes the gradebook now."""
        return Act(author=_user() if self.author is None else self.author, at=datetime.now(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesGiven:
    """The flags of `mlsafety gradebook rules`, as typed."""

    due: str | None
    counting: str | None
    penalty: float | None
    max_penalty: float | None
    grace_minutes: int | None
    accept_days: str | None
    late_days: bool | None


def init(place: Place, *, title: str | None, late_days: int | None) -> None:
    """Set the gradebook up and say where it is."""
    root, address = place.root, place.address
    course = load_course(root) if root is not None else None
    renewed, done = service.init(address, course=course, title=title, late_days=late_days, act=place.act)
    print_line(
        f"{'made' if renewed else 'already there'}: {address.shown}\n"
        f"{done.title}: {count(done.assignments, 'assignment')}, {count(done.late_days, 'late day')} for each student"
    )
    if renewed:
        say("next: `mlsafety gradebook roster FILE`, then `mlsafety gradebook import DIR`")


def import_roster(place: Place, file: Path) -> None:
    """Import a roster and say what changed."""
    change = service.import_roster(place.address, file, act=place.act)
    print_line(
        f"{visible(file.name)} ({change.kind.value}): {len(change.added)} added, {len(change.updated)} updated, "
        f"{change.unchanged} unchanged"
    )
    if change.absent:
        say(f"on the roster but not in this file, left as they are: {_some(change.absent)}")


def show_roster(place: Place) -> None:
    """Show the students."""
    students = service.roster(place.address)
    table = make_table("student", "name", "e-mail", "GitHub", "section")
    for student in students:
        table.add_row(
            *(Text(visible(t)) for t in (student.key, student.name, student.email, student.github, student.section))
        )
    out.print(table)
    print_line(count(len(students), "student"))


def import_batch(place: Place, folder: Path) -> None:
    """Import a batch and say what it brought."""
    done = service.import_batch(place.address, folder, act=place.act)
    found = done.imported
    parts = [
        f"{found.new} new",
        f"{len(found.regraded)} graded again",
        f"{found.unchanged} unchanged",
        f"{len(found.unmatched)} unmatched",
    ]
    if found.adopted:
        parts.insert(1, f"{found.adopted} matched that were not before")
    print_line(f"{count(done.reports, 'report')} from {folder}: {', '.join(parts)}")
    _show_regraded(found)
    _show_trouble(found)
    if done.unfinished:
        say(
            f"{count(len(done.unfinished), 'submission')} not graded yet: {_some(done.unfinished)}\n"
            "  → run the same `mlsafety grade` again, then import again"
        )
    if done.without_time:
        say(
            f"{count(done.without_time, 'submission')} without a time, so never late\n"
            f"  → {service.SUBMISSIONS_FILE} in the folder can say: folder,student,submitted_at"
        )


def show_status(place: Place) -> None:
    """Show every assignment and what waits for a person."""
    print_overview(service.overview(place.address))


def export(place: Place, *, form: str, out_file: Path | None, slug: str | None) -> None:
    """Write the standings to a file or to standard output."""
    text = service.export(place.address, form=form, slug=slug)
    if out_file is None:
        print(text, end="")
        return
    try:
        write_atomically(out_file, text.encode())
    except OSError as error:
        raise UsageError(f"{out_file} cannot be written: {error.strerror}", hint="name another file by --out") from None
    print_line(f"{text.count(chr(10)) - 1} lines → {out_file}")


def show_history(place: Place, student: str) -> None:
    """Show everything about one student."""
    print_history(service.history(place.address, student))


def override(
    place: Place, student: str, slug: str, *, question: str | None, points: float | None, remove: bool, reason: str
) -> None:
    """Write an override down, or take one back."""
    if (points is None) != remove:
        raise UsageError("an override needs points", hint="give POINTS, or --remove to take the earlier one back")
    _show_verdict(
        service.override(place.address, student, slug, question=question, points=points, reason=reason, act=place.act)
    )


def extend(place: Place, student: str, slug: str, *, days: int, hours: int, remove: bool, reason: str) -> None:
    """Write an extension down, or take it back."""
    if bool(days or hours) == remove:
        raise UsageError("an extension needs a time", hint="give --days or --hours, or --remove to take it back")
    time = None if remove else timedelta(days=_bounded(days), hours=_bounded(hours))
    _show_verdict(service.extend(place.address, student, slug, time=time, reason=reason, act=place.act))


def grade_written(
    place: Place, student: str, slug: str, *, question: str, points: float | None, items: Sequence[str], comment: str
) -> None:
    """Write points for a written question down."""
    _show_verdict(
        service.grade_written(
            place.address,
            student,
            slug,
            question=question,
            points=points,
            items=[_item(text) for text in items],
            comment=comment,
            act=place.act,
        )
    )


def assign(place: Place, slug: str, submission: str, student: str) -> None:
    """Give an unmatched submission to a student."""
    _show_verdict(service.assign(place.address, slug, submission, student=student, act=place.act))


def set_rules(place: Place, slug: str, given: RulesGiven) -> None:
    """Change an assignment's rules and show what holds now."""
    change = Change(
        due_at=None if given.due == "none" else read_time(given.due or "", where="--due"),
        no_due_date=given.due == "none",
        counting=_counting(given.counting),
        penalty_per_day=None if given.penalty is None else given.penalty / 100,
        max_penalty=None if given.max_penalty is None else given.max_penalty / 100,
        grace_s=None if given.grace_minutes is None else 60 * given.grace_minutes,
        accepted_days=_accepted_days(given.accept_days),
        accept_all=given.accept_days == "always",
        takes_late_days=given.late_days,
    )
    print_line(f"{slug}: {describe(service.set_rules(place.address, slug, change, act=place.act))}")


def _show_regraded(found: Imported) -> None:
    changed = [one for one in found.regraded if one.before != one.after]
    for one in changed[:_SHOWN]:
        print_line(
            f"  {one.student_key} {one.slug}, attempt {one.attempt}: "
            f"{points_or_none(one.before)} → {exact_of(one.after, one.possible)}"
        )
    if len(changed) > _SHOWN:
        print_line(f"  and {len(changed) - _SHOWN} more with other points than before; `history STUDENT` shows them")


def _show_trouble(found: Imported) -> None:
    if found.unmatched:
        for name, because in found.unmatched[:_SHOWN]:
            say(f"unmatched: {visible(name)}: {visible(because)}")
        if len(found.unmatched) > _SHOWN:
            say(f"and {len(found.unmatched) - _SHOWN} more; `mlsafety gradebook status` lists them")
        say(
            "  → mlsafety gradebook assign SLUG SUBMISSION STUDENT, or complete the roster or "
            f"{service.SUBMISSIONS_FILE} and import again"
        )
    if found.kept:
        say(f"{count(found.kept, 'attempt')}: the grader failed this time; the earlier result stands")
    if found.faults:
        say(f"{count(found.faults, 'attempt')} without a score: the grader failed; grade again, then import again")


def _show_verdict(verdict: service.Verdict) -> None:
    decided = verdict.decided
    change = f"{decided.before or 'none'} → {decided.after}"
    print_line(visible(f"{decided.student_key} {decided.slug}, {decided.what}: {change}"))
    before, after = score_text(verdict.before.standing), score_text(verdict.after.standing)
    waits = f"; {', '.join(verdict.after.waiting)} still waits for a person" if verdict.after.waiting else ""
    print_line(f"score: {after}{waits}" if before == after else f"score: {before} → {after}{waits}")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(visible(name) for name in names[:_SHOWN]) + more


def _item(text: str) -> RubricItem:
    label, _, points = text.rpartition("=")
    try:
        return RubricItem(text=label.strip(), points=float(points))
    except ValueError:
        raise UsageError(f"--item {text!r} names no points", hint="write --item 'names two failure modes=2'") from None


def _counting(text: str | None) -> Counting | None:
    try:
        return None if text is None else Counting(text)
    except ValueError:
        choices = ", ".join(counting.value for counting in Counting)
        raise UsageError(f"--counting {text!r} is no way to count", hint=f"choose one of: {choices}") from None


def _accepted_days(text: str | None) -> int | None:
    if text is None or text == "always":
        return None
    if not text.isdecimal() or len(text) > len("9999"):
        raise UsageError(f"--accept-days {text!r} is no number of days", hint="give a whole number, or `always`")
    return int(text)


def _bounded(number: int) -> int:
    """Return a number that a `timedelta` can hold; the gradebook refuses it if it is still too large."""
    return min(number, 100_000)


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without an entry
        return f"uid {os.getuid()}"
