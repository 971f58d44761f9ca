"""The trusted side: holds a release's tests and examines a checkpoint of the submission's kernel.

    otter test file ─► exam ─► RemoteNamespace ─► Conversation ═ socket ═ checkpoint (kernel)
                                    proxies ◄─┘        └─► Callbacks: what tests lend to the submission

Import it before forking: it imports torch. It starts no thread and computes nothing.
"""

from mlsafety_grader.examiner.conversation import Conversation
from mlsafety_grader.examiner.exam import CaseOutcome, QuestionOutcome, examine_question
from mlsafety_grader.examiner.namespace import RemoteNamespace
from mlsafety_grader.examiner.shared import examine_shared
from mlsafety_grader.examiner.student_error import StudentError

__all__ = [
    "CaseOutcome",
    "Conversation",
    "QuestionOutcome",
    "RemoteNamespace",
    "StudentError",
    "examine_question",
    "examine_shared",
]
