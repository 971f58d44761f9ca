"""Bring graded batches into the gradebook. Importing the same batch again changes nothing.

    HandedIn… ──► whose attempt is it? ──► new          number it, write its results
                                      ├──► regraded     replace its results, note old and new points
                                      ├──► unchanged    nothing
                                      ├──► kept         the grader failed on it now, the earlier result stands
                                      └──► unmatched    nobody's yet; written down without a number

An attempt is one file handed in at one time: the same file later is another attempt. Overrides and manual scores hang
on student and assignment and are never touched here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook.assignments import ensure_assignment
from mlsafety_grader.gradebook.audit import Act, exact_of, record
from mlsafety_grader.gradebook.columns import storable
from mlsafety_grader.gradebook.results import has_points, replace_details, report_hash
from mlsafety_grader.gradebook.tables import AssignmentRow, AttemptRow, ReleaseRow, StudentRow, SubmissionRow
from mlsafety_grader.model import Report
from mlsafety_grader.scoring import add_points, as_utc, total

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """A graded submission, whose it is and when it came in. `student_key` is None when nobody knows; then why."""

    report: Report
    student_key: str | None
    submitted_at: datetime | None
    unmatched_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """An attempt whose results were replaced: `before` and `after` are points, None for no score."""

    student_key: str
    slug: str
    attempt: int
    before: float | None
    after: float | None
    possible: float | None


@dataclass(slots=True, kw_only=True)
class Imported:
    """What an import did, in attempts. `faults` counts those that have no score because the grader failed."""

    new: int = 0
    unchanged: int = 0
    kept: int = 0
    faults: int = 0
    adopted: int = 0
    regraded: list[Regraded] = field(default_factory=list)
    unmatched: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an attempt belongs; equal places are one attempt. `student` is None for unmatched ones."""

    student: int | None
    sha256: str
    name: str
    at: datetime | None


def import_reports(session: Session, handed_in: Sequence[HandedIn], *, act: Act) -> Imported:
    """Write down what a batch brought.

    A report without a submission time is that of the latest attempt with the same file, where there is one. Of several
    reports on one attempt the last that has points is taken.

    Args:
        session: a writing one.
        handed_in: from any number of assignments.
        act: who imports, and when.

    Raises:
        UsageError: a report contradicts itself, a student is unknown or a time has no zone; nothing may be kept then.
    """
    students = {row.key: row for row in session.scalars(select(StudentRow))}
    by_slug: dict[str, list[HandedIn]] = {}
    for item in handed_in:
        _check(item, students)
        by_slug.setdefault(item.report.slug, []).append(item)
    done = Imported()
    for slug in sorted(by_slug):
        _Importer(session, ensure_assignment(session, slug, act=act), students, act, done).take(by_slug[slug])
    return done


class _Importer:
    """Imports one assignment's reports; lives for one call."""

    def __init__(
        self, session: Session, assignment: AssignmentRow, students: dict[str, StudentRow], act: Act, done: Imported
    ) -> None:
        self._session = session
        self._assignment = assignment
        self._students = students
        self._by_id = {row.id: row for row in students.values()}
        self._act = act
        self._done = done
        rows = session.execute(
            select(AttemptRow, SubmissionRow)
            .join(SubmissionRow, AttemptRow.submission_id == SubmissionRow.id)
            .where(AttemptRow.assignment_id == assignment.id)
            .order_by(AttemptRow.id)
        )
        self._attempts = {_place_of(attempt, submission): attempt for attempt, submission in rows}
        self._pending: dict[AttemptRow, Report] = {}  # whose details are to be written, all at once
        self._latest: dict[_Place, datetime] = {}
        self._matched: dict[tuple[str, str], list[AttemptRow]] = {}  # by hash and name: a person may know whose it is
        self._numbers: dict[int, int] = {}
        for place, attempt in self._attempts.items():
            self._remember_time(place)
            if attempt.student_id is not None and attempt.number is not None:
                file = attempt.submission
                self._matched.setdefault((file.sha256, file.name), []).append(attempt)
                self._numbers[attempt.student_id] = max(attempt.number, self._numbers.get(attempt.student_id, 0))
        self._submissions = {
            (row.sha256, row.name): row
            for row in session.scalars(select(SubmissionRow).where(SubmissionRow.assignment_id == assignment.id))
        }
        self._releases = {
            row.release_id: row
            for row in session.scalars(select(ReleaseRow).where(ReleaseRow.assignment_id == assignment.id))
        }

    def take(self, items: Sequence[HandedIn]) -> None:
        """Write all reports down, those with the earliest time first, so that attempts are numbered in that order."""
        timed = sorted((i for i in items if i.submitted_at is not None), key=lambda i: i.submitted_at or self._act.at)
        chosen: dict[_Place, HandedIn] = {}
        for item in [*timed, *(i for i in items if i.submitted_at is None)]:
            place = self._settle_time(self._place(item))
            earlier = chosen.get(place)
            if earlier is None or has_points(item.report) or not has_points(earlier.report):
                chosen[place] = item
        for place, item in chosen.items():
            self._write(place, item)
        self._session.flush()
        replace_details(self._session, {attempt.id: report for attempt, report in self._pending.items()})

    def _place(self, item: HandedIn) -> _Place:
        report = item.report
        student = None if item.student_key is None else self._students[item.student_key].id
        at = None if item.submitted_at is None else as_utc(item.submitted_at, what=report.submission)
        # a file belongs to a student whatever it is called; only where there is no student or no hash the name decides
        name = "" if student is not None and report.sha256 else storable(report.submission)
        return _Place(student=student, sha256=report.sha256, name=name, at=at)

    def _settle_time(self, place: _Place) -> _Place:
        """Give a report without a time that of the latest attempt with the same file."""
        self._remember_time(place)
        return replace(place, at=self._latest.get(replace(place, at=None))) if place.at is None else place

    def _remember_time(self, place: _Place) -> None:
        if place.at is not None:
            file = replace(place, at=None)
            self._latest[file] = max(place.at, self._latest.get(file, place.at))

    def _write(self, place: _Place, item: HandedIn) -> None:
        adopted = self._done.adopted
        attempt = self._attempts.get(place) or self._find_relative(place, item)
        if attempt is None:
            attempt = self._add(place, item)
        elif attempt.report_hash == report_hash(item.report):
            self._done.unchanged += attempt.student_id is not None and self._done.adopted == adopted
        elif not has_points(item.report):
            self._done.kept += attempt.earned is not None
            self._done.unchanged += attempt.earned is None
        else:
            self._replace(attempt, item)
        if attempt.student_id is None:
            self._done.unmatched.append((item.report.submission, item.unmatched_because))
            attempt.unmatched_because = item.unmatched_because
        if attempt.earned is None:
            self._done.faults += 1

    def _find_relative(self, place: _Place, item: HandedIn) -> AttemptRow | None:
        """Return the attempt that is this one but for what was not known of it then: its time, hash or student."""
        named = replace(place, sha256="", name=storable(item.report.submission))
        if place.student is None:
            return self._find_matched(place)
        nobodys = replace(place, student=None, name=named.name)
        candidates = [replace(place, at=None), named, replace(named, at=None)]
        candidates += [nobodys, replace(nobodys, at=None), replace(nobodys, sha256="")]
        for candidate in candidates:
            attempt = self._attempts.get(candidate)
            if attempt is not None:
                self._adopt(attempt, candidate, place, item)
                return attempt
        return self._find_readable(place, item)

    def _find_matched(self, place: _Place) -> AttemptRow | None:
        """Return the attempt that this unmatched report became by hand, another roster or another `submissions.csv`."""
        known = self._matched.get((place.sha256, place.name), [])
        known = [attempt for attempt in known if place.at in (None, attempt.submitted_at)]
        if len({attempt.student_id for attempt in known}) != 1:
            return None
        return max(known, key=lambda attempt: attempt.number or 0)

    def _find_readable(self, place: _Place, item: HandedIn) -> AttemptRow | None:
        """Return the attempt of that name and time whose file could be read when it was graded before."""
        if place.sha256 or place.at is None:
            return None
        name = storable(item.report.submission)
        same = (p for p in self._attempts if (p.student, p.at) == (place.student, place.at))
        return next((self._attempts[p] for p in same if self._attempts[p].submission.name == name), None)

    def _adopt(self, attempt: AttemptRow, was: _Place, place: _Place, item: HandedIn) -> None:
        attempt.submission = self._submission(item.report)
        attempt.submitted_at = place.at
        if was.student is None and place.student is not None:
            self._match(attempt, place.student)
        elif was.at != place.at and attempt.student_id is not None:
            self._note("submission time", attempt, before="unknown", after=_iso(place.at))
        del self._attempts[was]
        self._attempts[place] = attempt

    def _match(self, attempt: AttemptRow, student: int) -> None:
        attempt.student_id = student
        attempt.number = self._next_number(student)
        attempt.unmatched_because = ""
        self._done.adopted += 1
        self._note("matched", attempt, before="unmatched", after=exact_of(attempt.earned, attempt.possible))

    def _add(self, place: _Place, item: HandedIn) -> AttemptRow:
        report = item.report
        attempt = AttemptRow(
            assignment_id=self._assignment.id,
            student_id=place.student,
            submission=self._submission(report),
            number=None if place.student is None else self._next_number(place.student),
            submitted_at=place.at,
            imported_at=self._act.at,
        )
        self._session.add(attempt)
        self._write_results(attempt, report)
        self._attempts[place] = attempt
        if place.student is not None:
            self._done.new += 1
            self._note("imported", attempt, before="", after=exact_of(attempt.earned, attempt.possible))
        return attempt

    def _replace(self, attempt: AttemptRow, item: HandedIn) -> None:
        before, old = exact_of(attempt.earned, attempt.possible), attempt.earned
        self._write_results(attempt, item.report)
        if attempt.student_id is None or attempt.number is None:
            return
        self._done.regraded.append(
            Regraded(
                student_key=self._by_id[attempt.student_id].key,
                slug=self._assignment.slug,
                attempt=attempt.number,
                before=old,
                after=attempt.earned,
                possible=attempt.possible,
            )
        )
        self._note("graded again", attempt, before=before, after=exact_of(attempt.earned, attempt.possible))

    def _write_results(self, attempt: AttemptRow, report: Report) -> None:
        attempt.release = self._release(report)
        attempt.report_hash = report_hash(report)
        attempt.status = report.status.value
        attempt.reason = report.reason
        attempt.engine = report.engine.value
        attempt.isolation = report.isolation
        attempt.earned = report.earned if has_points(report) else None
        attempt.possible = report.possible if has_points(report) else None
        self._pending[attempt] = report
        if has_points(report):
            self._assignment.possible = attempt.release.possible

    def _submission(self, report: Report) -> SubmissionRow:
        key = (report.sha256, storable(report.submission))
        if key not in self._submissions:
            row = SubmissionRow(assignment_id=self._assignment.id, sha256=key[0], name=key[1])
            self._session.add(row)
            self._submissions[key] = row
        return self._submissions[key]

    def _release(self, report: Report) -> ReleaseRow:
        if report.release_id not in self._releases:
            row = ReleaseRow(
                assignment_id=self._assignment.id,
                release_id=report.release_id,
                possible=add_points(question.possible for question in report.questions),
                first_seen_at=self._act.at,
            )
            self._session.add(row)
            self._releases[report.release_id] = row
        return self._releases[report.release_id]

    def _next_number(self, student: int) -> int:
        self._numbers[student] = self._numbers.get(student, 0) + 1
        return self._numbers[student]

    def _note(self, action: str, attempt: AttemptRow, *, before: str, after: str) -> None:
        student = self._by_id[attempt.student_id] if attempt.student_id is not None else None
        record(
            self._session,
            self._act,
            action,
            subject=f"{self._assignment.slug}, attempt {attempt.number}",
            before=before,
            after=after,
            student=student,
            assignment=self._assignment,
        )


def _check(item: HandedIn, students: dict[str, StudentRow]) -> None:
    report = item.report
    if item.submitted_at is not None:
        as_utc(item.submitted_at, what=f"{report.submission}: submitted")
    if item.student_key is not None and item.student_key not in students:
        raise UsageError(
            f"{report.submission}: no student has the key {item.student_key!r}", hint="import the roster first"
        )
    points = total(report.questions)
    wrong = abs(points.earned - report.earned) + abs(points.possible - report.possible)
    if has_points(report) and not wrong <= _ROUNDING * max(1.0, points.possible):  # phrased so that NaN is refused
        raise UsageError(
            f"{report.submission}: the report says {report.earned} of {report.possible} points, its questions add up "
            f"to {points.earned} of {points.possible}",
            hint="grade the submission again; the report is written anew",
        )
    names = [question.name for question in report.questions]
    if len(set(names)) < len(names):
        raise UsageError(f"{report.submission}: the report names a question twice", hint="grade the submission again")


def _place_of(attempt: AttemptRow, submission: SubmissionRow) -> _Place:
    known = attempt.student_id is not None and submission.sha256
    return _Place(
        student=attempt.student_id,
        sha256=submission.sha256,
        name="" if known else submission.name,
        at=attempt.submitted_at,
    )


def _iso(at: datetime | None) -> str:
    return "unknown" if at is None else at.isoformat()
