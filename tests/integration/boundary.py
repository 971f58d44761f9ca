"""Real checkpoints for tests: a server forked before any tensor was computed forks one for each submission.

Import this module before anything that computes with torch in the same process.
"""

import contextlib
import os
import socket
import textwrap
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # otter's own imports use what traitlets deprecates
    from otter.test_files import TestFile
    from otter.test_files.exception_test import ExceptionTestFile
    from otter.test_files.ok_test import OKTestFile

from mlsafety_grader.examiner import CaseOutcome, Conversation, QuestionOutcome, RemoteNamespace, examine_question
from mlsafety_grader.kernel.checkpoint import serve

# tests import these from here, because otter must be imported as above
__all__ = [
    "CaseOutcome",
    "Conversation",
    "QuestionOutcome",
    "RemoteNamespace",
    "examine",
    "examine_question",
    "exception_file",
    "flags",
    "ok_file",
    "open_checkpoint",
    "run_locally",
    "submission",
]

torch.set_num_threads(1)

MAX_SOURCE = 1 << 20
IMPORTS = "import torch, numpy as np, math, random\nfrom torch import nn\n"


def _serve_submission(sock: socket.socket, source: str) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec(compile(source, "<notebook>", "exec"), namespace)  # noqa: S102 - a test's own toy submission
        serve(sock, namespace)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _run_server(control: socket.socket) -> None:
    while True:
        source, fds, _, _ = socket.recv_fds(control, MAX_SOURCE, 1)
        if not source:
            os._exit(0)
        if os.fork() == 0:
            control.close()
            os.closerange(3, fds[0])
            os.closerange(fds[0] + 1, 1024)
            _serve_submission(socket.socket(fileno=fds[0]), source.decode())
        os.close(fds[0])
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _start_server() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        _run_server(theirs)
    theirs.close()
    return ours


_CONTROL = _start_server()


def open_checkpoint(source: str) -> Conversation:
    """Return a conversation with a fresh process in which a submission has run."""
    ours, theirs = socket.socketpair()
    socket.send_fds(_CONTROL, [(IMPORTS + textwrap.dedent(source)).encode()], [theirs.fileno()])
    theirs.close()
    conversation = Conversation(ours)
    conversation.deadline = None
    return conversation


@contextlib.contextmanager
def submission(source: str) -> Iterator[Callable[[str], Any]]:
    """Yield a function that looks a name of a submission up."""
    conversation = open_checkpoint(source)
    try:
        yield lambda name: conversation.ask("lookup", name)
    finally:
        conversation.close()


def exception_file(*bodies: str, parameters: str = "") -> ExceptionTestFile:
    """Return an exception-based test file with a case for each body."""
    lines = ["from otter.test_files import test_case", "OK_FORMAT = False", "name = 'q'", "points = None", ""]
    for number, body in enumerate(bodies, 1):
        lines += [
            f"@test_case(points=1, hidden=False, name='case {number}')",
            f"def test_{number}({parameters}):",
            "    import torch, numpy as np, math, random",
            textwrap.indent(textwrap.dedent(body).strip(), "    "),
            "",
        ]
    return ExceptionTestFile.from_string("\n".join(lines))


def ok_file(*codes: str) -> OKTestFile:
    """Return a doctest file with a case for each code."""
    cases = [{"code": textwrap.dedent(code).strip() + "\n", "hidden": False, "points": 1} for code in codes]
    return OKTestFile.from_spec({"name": "q", "points": None, "suites": [{"cases": cases, "type": "doctest"}]})


def flags(test_file: TestFile) -> list[bool]:
    """Return which cases passed."""
    return [result.passed for result in test_file.test_case_results]


def run_locally(source: str, test_file: TestFile) -> tuple[list[bool], list[str]]:
    """Have otter run a test file in the submission's own process."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(IMPORTS + textwrap.dedent(source), "<notebook>", "exec"), namespace)  # noqa: S102
    test_file.run(namespace)
    return flags(test_file), [str(result.message) for result in test_file.test_case_results]


def examine(source: str, test_file: TestFile, *, case_s: float = 30.0) -> QuestionOutcome:
    """Have the examiner run a test file across the boundary."""
    conversation = open_checkpoint(source)
    try:
        return examine_question(test_file, RemoteNamespace(conversation), conversation, case_s=case_s)
    finally:
        conversation.close()
