"""A submission's own exceptions, as the examiner raises them."""

import re
from typing import Any

_IDENTIFIER = re.compile(r"[^\W\d]\w{0,99}")


class StudentError(Exception):
    """An exception of a type that only the submission knows; its subclasses carry the original names."""


def named_error(name: str, bases: tuple[type, ...] = (StudentError,), **attributes: Any) -> type[BaseException]:
    """Return an exception class that shows under a submission's name for it."""
    shown = name if _IDENTIFIER.fullmatch(name) else "StudentError"
    return type(shown, bases, {"__module__": "__main__", **attributes})
