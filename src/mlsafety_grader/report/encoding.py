"""Encode records as JSON files that any reader takes: UTF-8, finite numbers, one field a line."""

from math import isfinite
from typing import Any

import msgspec

from mlsafety_grader.errors import ScoreError
from mlsafety_grader.report.text import encodable


def encode_json(document: object) -> bytes:
    """Return `document` as JSON with two spaces of indent, its keys in their own order, and a line break at the end.

    Lone surrogates, which text from submissions can hold, become U+FFFD.

    Raises:
        ScoreError: a number is not finite: it would be written as null and never read back.
    """
    return msgspec.json.format(msgspec.json.encode(_clean(msgspec.to_builtins(document))), indent=2) + b"\n"


def _clean(value: Any) -> Any:
    match value:
        case str():
            return encodable(value)
        case float() if not isfinite(value):
            raise ScoreError(f"a report holds the number {value}", hint="every number in a report must be finite")
        case list() | tuple():
            return [_clean(item) for item in value]
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case _:
            return value
