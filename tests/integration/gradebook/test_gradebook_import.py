"""Bringing graded batches in: again, in another order, after grading again, with faults, without students."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from mlsafety_grader.errors import UsageError
from mlsafety_grader.gradebook import (
    Gradebook,
    HandedIn,
    Imported,
    assign_submission,
    grade_written,
    import_reports,
    override_points,
    read_history,
    read_overview,
    read_settled,
)
from mlsafety_grader.gradebook.tables import CaseRow, MeasurementRow, QuestionRow
from mlsafety_grader.model import Report, Standing, Status
from tests.gradebook_records import DUE, graded
from tests.integration.gradebook.conftest import ACT, dump

EARLY, LATER = DUE - timedelta(days=3), DUE - timedelta(days=1)


def handed(report: Report, student: str | None = "ada", at: datetime | None = EARLY) -> HandedIn:
    return HandedIn(report=report, student_key=student, submitted_at=at, unmatched_because="" if student else "who?")


def bring(book: Gradebook, *items: HandedIn) -> Imported:
    with book.writing() as session:
        return import_reports(session, items, act=ACT)


def standing(book: Gradebook, student: str = "ada") -> Standing:
    with book.reading() as session:
        (settled,) = read_settled(session, student=student)
    return settled.standing


def test_a_batch_is_read_back_as_it_was(book: Gradebook) -> None:
    """Points to the last digit, instants as instants, cases and measurements; students without work have no score."""
    third = 1 / 3
    done = bring(book, handed(graded("ada.ipynb", third)), handed(graded("alan.ipynb", 3.0), "alan", LATER))
    assert (done.new, done.unchanged, done.unmatched) == (2, 0, [])
    found = standing(book)
    assert (found.earned, found.possible, found.submitted_at, found.attempt) == (third, 8, EARLY, 1)
    assert standing(book, "grace").score is None
    with book.reading() as session:
        values = session.scalars(select(MeasurementRow.value).order_by(MeasurementRow.id)).all()
        assert list(values) == [0.1 + third / 7, 0.1 + 3.0 / 7]
        assert session.scalars(select(CaseRow.message)).first() == "look again\ufffd"
        assert session.scalars(select(QuestionRow.name).order_by(QuestionRow.id)).all() == ["q1", "w1"] * 2


def test_importing_twice_changes_nothing(book: Gradebook) -> None:
    """Not a row, not a number, not the audit trail; also when times taken differ."""
    items = [
        handed(graded("a.ipynb")),
        handed(graded("b.ipynb", 3.0), "alan", None),
        handed(graded("c.ipynb", status=Status.GRADER_FAULT), "grace"),
        handed(graded("d.ipynb"), None, None),
        handed(graded("e.ipynb", 0.0, content="", status=Status.REJECTED), "alan", None),
    ]
    bring(book, *items)
    before = dump(book)
    slower = [replace(i, report=replace(i.report, usage=replace(i.report.usage, wall_s=9.0))) for i in items]
    done = bring(book, *reversed(slower))
    assert dump(book) == before
    assert (done.new, done.unchanged, done.regraded, len(done.unmatched)) == (0, 4, [], 1)


def test_grading_again_replaces_results_but_no_decisions(book: Gradebook) -> None:
    """The audit trail has old and new points; an override and a written score stand."""
    bring(book, handed(graded("ada.ipynb", 1.0)))
    with book.writing() as session:
        override_points(session, "ada", "adversaries", question="q1", points=2.5, reason="typo", act=ACT)
        grade_written(session, "ada", "adversaries", question="w1", points=4.0, act=ACT)
    done = bring(book, handed(graded("renamed.ipynb", 3.0, content="ada.ipynb", release="release2")))
    (regraded,) = done.regraded
    assert (regraded.before, regraded.after, regraded.attempt) == (1.0, 3.0, 1)
    assert standing(book).score == 6.5
    with book.reading() as session:
        history = read_history(session, "ada")
    assert len(history.attempts) == 1
    assert history.attempts[0].release_id == "release2"
    assert ("graded again", "1 of 3", "3 of 3") in [(a.action, a.before, a.after) for a in history.audit]


def test_grader_fault_never_replaces_and_never_counts(book: Gradebook) -> None:
    """A first fault is no score; a good result replaces it; a later fault does not take that away."""
    fault = graded("ada.ipynb", 0.0, status=Status.GRADER_FAULT)
    assert bring(book, handed(fault)).faults == 1
    assert standing(book).score is None
    assert bring(book, handed(graded("ada.ipynb", 2.0))).regraded[0].before is None
    before = dump(book)
    assert bring(book, handed(fault)).kept == 1
    assert dump(book) == before
    assert standing(book).score == 2.0


def test_same_file_at_another_time_is_another_attempt(book: Gradebook) -> None:
    """Attempts are numbered by time within a batch; which is last goes by time over all."""
    first, second = graded("first.ipynb", 1.0), graded("second.ipynb", 3.0)
    bring(book, handed(second, at=LATER), handed(first, at=EARLY))
    assert standing(book).attempt == 2
    bring(book, handed(first, at=LATER + timedelta(hours=1)))
    found = standing(book)
    assert (found.attempt, found.earned) == (3, 1.0)


def test_a_time_that_becomes_known_is_no_new_attempt(book: Gradebook) -> None:
    """And a report without a time is of the latest attempt with that file."""
    report = graded("ada.ipynb", 1.0)
    bring(book, handed(report, at=None))
    bring(book, handed(report, at=EARLY))
    assert (standing(book).submitted_at, standing(book).attempt) == (EARLY, 1)
    done = bring(book, handed(graded("ada.ipynb", 2.0), at=None))
    assert [one.attempt for one in done.regraded] == [1]


def test_unmatched_is_kept_shown_and_taken_in_later(book: Gradebook) -> None:
    """With its results; by a better roster or by hand, and importing the old batch again does not undo it."""
    lost, found = handed(graded("x.ipynb", 3.0), None, None), handed(graded("y.ipynb", 2.0), None, None)
    bring(book, lost, found)
    with book.reading() as session:
        overview = read_overview(session)
    assert [(one.name, one.because) for one in overview.unmatched] == [("x.ipynb", "who?"), ("y.ipynb", "who?")]
    assert bring(book, replace(found, student_key="alan", submitted_at=EARLY)).adopted == 1
    with book.writing() as session:
        assign_submission(session, "adversaries", "x.ipynb", student="Grace Hopper", act=ACT)
    before = dump(book)
    done = bring(book, lost, found)
    assert (done.unmatched, done.unchanged) == ([], 2)
    assert dump(book) == before
    assert (standing(book, "grace").score, standing(book, "alan").score) == (3.0, 2.0)


def test_files_that_cannot_be_read_are_told_apart_by_name(book: Gradebook) -> None:
    """They have no hash. Once one can be read it is the same attempt, and the other way round."""
    broken = [graded(name, 0.0, content="", status=Status.REJECTED) for name in ("a.ipynb", "b.ipynb")]
    bring(book, handed(broken[0]), handed(broken[1], "alan"))
    assert [standing(book, student).score for student in ("ada", "alan")] == [0.0, 0.0]
    bring(book, handed(graded("a.ipynb", 3.0)))
    assert (standing(book).score, standing(book).attempt) == (3.0, 1)
    bring(book, handed(broken[0]))
    assert (standing(book).score, standing(book).attempt) == (0.0, 1)


def test_one_attempt_reported_twice_takes_the_last_that_has_points(book: Gradebook) -> None:
    """Whatever their order in the batch is, one row comes of it and a second import changes nothing."""
    items = [
        handed(graded("a.ipynb", 1.0, content="same")),
        handed(graded("b.ipynb", 2.0, content="same")),
        handed(graded("c.ipynb", 0.0, content="same", status=Status.GRADER_FAULT)),
    ]
    bring(book, *items)
    assert (standing(book).earned, standing(book).attempt) == (2.0, 1)
    before = dump(book)
    bring(book, *items)
    assert dump(book) == before


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (handed(graded("b.ipynb"), "nobody"), "no student has the key 'nobody'"),
        (handed(replace(graded("b.ipynb"), earned=3.0)), "add up to 2.0 of 3.0"),
        (handed(replace(graded("b.ipynb"), earned=float("nan"))), "add up"),
        (handed(graded("b.ipynb"), at=EARLY.replace(tzinfo=None)), "no time zone"),
        (handed(replace(graded("b.ipynb", 0.0), questions=graded("b", 0.0).questions[1:] * 2, possible=0.0)), "twice"),
    ],
)
def test_one_bad_report_keeps_the_whole_batch_out(book: Gradebook, item: HandedIn, problem: str) -> None:
    """The message names it, and nothing of the batch is there."""
    before = dump(book)
    with pytest.raises(UsageError, match=problem):
        bring(book, handed(graded("a.ipynb")), item)
    assert dump(book) == before


def test_an_older_release_is_pointed_out(book: Gradebook) -> None:
    """Points possible are the latest release's; who was graded by another with other points is counted."""
    bring(book, handed(graded("a.ipynb", 2.0)), handed(graded("b.ipynb", 2.0), "alan"))
    bring(book, handed(graded("b.ipynb", 2.0, release="release2", written=9.0), "alan"))
    with book.reading() as session:
        (row,) = read_overview(session).assignments
    assert (row.rules.possible, row.other_release, row.scored, row.waiting) == (12, 1, 2, 2)


@pytest.mark.parametrize("seed", range(8))
def test_any_batches_in_any_order_import_twice_without_change(book: Gradebook, seed: int) -> None:
    """Random students, times, files, faults and rejections; and what stands does not depend on a batch's own order."""
    random = Random(seed)  # noqa: S311 - no secret
    items = [_random_item(random, number) for number in range(12)]
    bring(book, *items)
    before, scores = dump(book), [standing(book, student).score for student in ("ada", "alan", "grace")]
    bring(book, *items)
    assert dump(book) == before
    _bring_in_parts(book, items, random)
    assert [standing(book, student).score for student in ("ada", "alan", "grace")] == scores


def _bring_in_parts(book: Gradebook, items: Sequence[HandedIn], random: Random) -> None:
    cut = random.randrange(len(items))
    bring(book, *items[:cut])
    bring(book, *items[cut:])


def _random_item(random: Random, number: int) -> HandedIn:
    status = random.choice([Status.GRADED, Status.GRADED, Status.GRADER_FAULT, Status.REJECTED])
    readable = status is not Status.REJECTED
    report = graded(
        f"s{number}.ipynb", float(random.randrange(4)) if readable else 0.0,
        content=f"file {random.randrange(8)}" if readable else "", status=status,
    )  # fmt: skip
    at = random.choice([None, EARLY + timedelta(hours=number)])
    return handed(report, random.choice(["ada", "alan", "grace", None]), at)
