"""Our own report file: everything known about one graded submission, versioned, and read back as it was written."""

from dataclasses import dataclass

import msgspec

from mlsafety_grader.errors import ScoreError, UsageError
from mlsafety_grader.model import SCHEMA, Report
from mlsafety_grader.report.encoding import encode_json

_HINT = "grade the submission again; the report is written anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Versioned:
    schema: int


def encode_report(report: Report) -> bytes:
    """Return `report.json`. Lone surrogates in a submission's text become U+FFFD.

    Raises:
        ScoreError: a number in the report is not finite.
    """
    return encode_json(report)


def decode_report(data: bytes) -> Report:
    """Return the report that `encode_report` wrote.

    Raises:
        UsageError: this is no report, not one of this version, or one with fields or values that do not belong there.
    """
    try:
        schema = msgspec.json.decode(data, type=_Versioned).schema
        if schema != SCHEMA:
            raise UsageError(f"report.json has schema {schema}; this version reads schema {SCHEMA}", hint=_HINT)
        report = msgspec.json.decode(data, type=Report)
        exact = msgspec.json.decode(data) == msgspec.json.decode(msgspec.json.encode(report))
    except (ValueError, RecursionError, ScoreError) as error:  # ValueError: msgspec's own errors and bad UTF-8
        raise UsageError(f"report.json cannot be read: {error}", hint=_HINT) from error
    if not exact:
        raise UsageError("report.json lacks fields of a report or has others", hint=_HINT)
    return report
