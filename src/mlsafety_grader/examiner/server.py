"""The examiner server: `python -m mlsafety_grader.examiner.server`, control socket as descriptor 3.

It imports otter's test files, torch and the support package once, and forks an examiner a submission. No student code
is in this process or in any fork of it.
"""

import contextlib
import importlib
import os
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import msgspec
from otter.nbmeta_config import NBMetadataConfig
from otter.test_files import TestFile, create_test_file

import mlsafety_kit  # noqa: F401 - tests import it; warm for the forks
from mlsafety_grader.examiner import CaseOutcome, Conversation, RemoteNamespace, examine_question, examine_shared
from mlsafety_grader.sandbox import settle
from mlsafety_grader.wire import DEFAULT_LIMITS, PeerClosedError, decoder_for, receive, send
from mlsafety_grader.wire.examination import (
    CONTROL_FD,
    Answer,
    Began,
    CaseDone,
    ExamDone,
    ExamFailed,
    Examine,
    Go,
    QuestionDone,
    Ready,
)
from mlsafety_grader.wire.messages import Message

LIBRARIES = ("pandas", "scipy.stats", "scipy.optimize", "sklearn.metrics", "matplotlib")
MAX_FDS = 200


def main() -> None:
    """Import, say that we are ready, and fork an examiner for each request until the control socket closes."""
    control = socket.socket(fileno=CONTROL_FD)
    for library in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(library)
    for declared in (Go, Message):
        decoder_for(declared)  # made once, for all forks
    settle()
    signal.signal(signal.SIGCHLD, _reap)
    control.send(msgspec.msgpack.encode(Ready(pid=os.getpid())))
    while True:
        data, fds, _, _ = socket.recv_fds(control, 1 << 20, MAX_FDS)
        if not data:
            return
        if os.fork() == 0:
            control.close()
            _examine(msgspec.msgpack.decode(data, type=Examine), fds)
        for fd in fds:
            os.close(fd)


def _reap(*_: object) -> None:
    """Wait for examiners that have ended, so that their processor time is counted as ours."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue


def _examine(request: Examine, fds: list[int]) -> NoReturn:
    line, *checkpoints = (socket.socket(fileno=fd) for fd in fds)
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _say(line, Began(pid=os.getpid()))
        os.chdir(request.folder)
        sys.path.insert(0, request.folder)
        go, _ = receive(line, decoder_for(Go), DEFAULT_LIMITS)
        sockets = dict(zip(request.questions, checkpoints, strict=True))
        files = {file.name: file for file in _load_tests()}
        namespace = None
        for question in go.questions:
            conversation = Conversation(sockets[question])
            if namespace is None:
                namespace = RemoteNamespace(conversation)
            else:
                namespace.attach(conversation)

            def tell(case: CaseOutcome, question: str = question) -> None:
                _say(
                    line,
                    CaseDone(
                        question=question,
                        name=case.name,
                        verdict=case.verdict,
                        message=case.message,
                        detail=case.detail,
                    ),
                )

            measurements: tuple[tuple[str, float], ...] = ()
            if question in request.shared:
                examine_shared(files[question], conversation, case_s=request.case_s, on_case=tell)
            else:
                outcome = examine_question(
                    files[question], namespace, conversation, case_s=request.case_s, on_case=tell
                )
                measurements = outcome.measurements
            _say(line, QuestionDone(question=question, measurements=measurements))
        _say(line, ExamDone())
        code = 0
    except PeerClosedError:
        code = 0  # the engine does not want it any more
    except BaseException:  # the outermost loop of a process: it must not return into the server's
        _say(line, ExamFailed(reason=traceback.format_exc()[-2000:]))
    finally:
        os._exit(code)


def _load_tests() -> list[TestFile]:
    return [create_test_file(str(path), NBMetadataConfig()) for path in sorted(Path("tests").glob("*.py"))]


def _say(line: socket.socket, answer: Answer) -> None:
    send(line, answer)


if __name__ == "__main__":
    main()
