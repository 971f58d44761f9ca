"""Write attempts' results: questions, cases, measurements and topics."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from mlsafety_grader.gradebook.tables import Base, CaseRow, MeasurementRow, QuestionRow, TopicRow
from mlsafety_grader.model import Report, Status, Usage

_MOST_IDS = 10_000


def has_points(report: Report) -> bool:
    """Return whether a report's points mean anything: a grader fault has none, and none is not zero."""
    return report.status is not Status.GRADER_FAULT


def report_hash(report: Report) -> str:
    """Return a hash over what grading found; names, folders, keys and times taken are no part of it."""
    found = replace(report, usage=Usage(), folder="", submission="", keys=None)
    return hashlib.sha256(json.dumps(asdict(found), sort_keys=True).encode()).hexdigest()


def replace_details(session: Session, reports: Mapping[int, Report]) -> None:
    """Put reports' details in the place of their attempts'; a report without points leaves none.

    All at once: a batch has tens of thousands of cases, and a statement for each attempt takes ten times as long.
    """
    for table in (QuestionRow, MeasurementRow, TopicRow):
        for ids in _parts(list(reports)):
            gone = delete(table).where(table.attempt_id.in_(ids))
            session.execute(gone, execution_options={"synchronize_session": False})
    found = {attempt_id: report for attempt_id, report in reports.items() if has_points(report)}
    _insert(session, CaseRow, _case_rows(found, _write_questions(session, found)))
    measurements = [
        {"attempt_id": attempt_id, "name": one.id, "value": one.value, "position": one.position}
        for attempt_id, report in found.items()
        for one in report.measurements
    ]
    _insert(session, MeasurementRow, measurements)
    topics = [{"attempt_id": attempt_id, **asdict(one)} for attempt_id, r in found.items() for one in r.topics]
    _insert(session, TopicRow, topics)


def _write_questions(session: Session, found: Mapping[int, Report]) -> Iterator[int]:
    """Return the questions' numbers in the database, in order."""
    questions = [
        {
            "attempt_id": attempt_id,
            "position": position,
            "name": question.name,
            "earned": question.earned,
            "possible": question.possible,
            "manual": question.manual,
            "topic": question.topic,
        }
        for attempt_id, report in found.items()
        for position, question in enumerate(report.questions)
    ]
    if not questions:
        return iter(())
    statement = insert(QuestionRow).returning(QuestionRow.id, sort_by_parameter_order=True)
    return iter(session.scalars(statement, questions).all())


def _case_rows(found: Mapping[int, Report], question_ids: Iterator[int]) -> list[dict[str, object]]:
    return [
        {
            "question_id": question_id,
            "position": position,
            "name": case.name,
            "verdict": case.verdict.value,
            "hidden": case.hidden,
            "possible": case.possible,
            "message": case.message,
        }
        for report in found.values()
        for question, question_id in zip(report.questions, question_ids, strict=False)
        for position, case in enumerate(question.cases)
    ]


def _insert(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield shares that fit into one statement."""
    for start in range(0, len(ids), _MOST_IDS):
        yield ids[start : start + _MOST_IDS]
