"""Examine a question that cannot be isolated: its public test file goes over and runs in the checkpoint.

The submission could forge what comes back. So only releases that mark a question as shared, and only questions without
hidden cases, get here; reports say which they were.
"""

import time
from collections.abc import Callable
from pathlib import Path

from otter.test_files import TestFile

from mlsafety_grader.examiner.conversation import Conversation
from mlsafety_grader.examiner.exam import MAX_MESSAGE, CaseOutcome
from mlsafety_grader.model import Verdict
from mlsafety_grader.wire import PeerClosedError, PeerTimeoutError


def examine_shared(
    test_file: TestFile, conversation: Conversation, *, case_s: float, on_case: Callable[[CaseOutcome], None]
) -> None:
    """Have a checkpoint run a test file with otter and tell each case's outcome.

    Args:
        test_file: as otter loads it; all its cases are public.
        conversation: with the question's checkpoint.
        case_s: seconds that a case may take; all of them share the sum.
        on_case: told of each case, in the file's order.
    """
    conversation.deadline = time.monotonic() + case_s * len(test_file.test_cases)
    lost = Verdict.NOT_RUN
    told: object = None
    try:
        told = conversation.ask("run tests", Path(test_file.path).read_text(encoding="utf-8"))
    except PeerTimeoutError:
        lost = Verdict.TIMEOUT
    except PeerClosedError:
        lost = Verdict.CRASHED
    except Exception:  # a broken protocol, or what the test file raised over there before any case could run
        lost = Verdict.ERROR
    results = _read(told)
    for case in test_file.test_cases:
        verdict, message = results.get(case.name, (lost, ""))
        on_case(CaseOutcome(name=case.name, passed=verdict is Verdict.PASSED, verdict=verdict, message=message))


def _read(told: object) -> dict[str, tuple[Verdict, str]]:
    """Take what has the right form."""
    if not isinstance(told, list):
        return {}
    return {
        row[0]: (Verdict.PASSED if row[1] is True else Verdict.FAILED, row[2][:MAX_MESSAGE])
        for row in told
        if isinstance(row, list) and len(row) == 3 and isinstance(row[0], str) and isinstance(row[2], str)
    }
