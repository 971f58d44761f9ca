"""Column types that keep what both databases would bend: instants stay in UTC, text stays storable."""

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from mlsafety_grader.scoring import as_utc

# PostgreSQL stores no NUL, and neither database stores a lone surrogate; both come in text from submissions
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. One without a time zone is refused; SQLite, which knows no zones, keeps the UTC clock time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an instant of any zone into UTC."""
        if value is None:
            return None
        instant = as_utc(value, what="gradebook")
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Return the instant in UTC, whatever zone the server speaks."""
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


class StoredText(TypeDecorator[str]):
    """Text of any length; what a database cannot store becomes U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Replace what cannot be stored."""
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """Return `text` as it will be read back from the database."""
    return _UNSTORABLE.sub("\ufffd", text)
