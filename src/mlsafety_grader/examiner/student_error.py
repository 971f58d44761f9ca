"""A submission's own exceptions, as the examiner raises them."""

import re
from typing import Any, cast

_IDENTIFIER = re.compile(r"[^\W\d]\w{0,99}")


class StudentError(Exception):
    """An exception of a type that only the submission knows; its subclasses carry the original names."""


class RemoteErrorMeta(type):
    """The class of exception classes that a submission defines: instances are made there, and come as exceptions."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        peer = cls.__dict__.get("_remote_peer")
        return super().__call__(*args, **kwargs) if peer is None else peer.ask("call", cls, *args, kwargs=kwargs)

    def __getattr__(cls, name: str) -> Any:
        peer = cls.__dict__.get("_remote_peer")
        if peer is None or name.startswith("_"):
            raise AttributeError(name)
        return peer.ask("getattr", cls, name)


def named_error(name: str, bases: tuple[type, ...] = (StudentError,), **attributes: Any) -> type[BaseException]:
    """Return an exception class that shows under a submission's name for it."""
    shown = name if _IDENTIFIER.fullmatch(name) else "StudentError"
    return cast("type[BaseException]", RemoteErrorMeta(shown, bases, {"__module__": "__main__", **attributes}))
