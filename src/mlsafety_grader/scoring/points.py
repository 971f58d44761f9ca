"""Award points by otter's rules: a case earns all of its points or none; an `all_or_nothing` question needs every case.

Fails closed: what has no result earns nothing. Where engine and release contradict each other the fault is ours, and
`ScoreError` says so instead of handing out a zero.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from mlsafety_grader.errors import ScoreError
from mlsafety_grader.model import Case, CaseResult, Examination, Manifest, Question, QuestionResult, Verdict
from mlsafety_grader.scoring.sums import add_points

_MISMATCH_HINT = "engine and release disagree; examine the submission again with this release's own tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Points of a whole submission that tests award; written questions are not in it."""

    earned: float
    possible: float

    def __post_init__(self) -> None:
        if not 0 <= self.earned <= self.possible < inf:  # phrased so that NaN is refused
            raise ScoreError(
                f"total: {self.earned} of {self.possible} points",
                hint="earned must be finite and lie in [0, possible]; check the questions' points",
            )


def match_results(question: Question, results: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """Return one result per case of `question`, in its order, with what the release says of the case.

    Results are matched by name; cases of one name take theirs in turn. A case without a result becomes `NOT_RUN`.
    A result that no case asks for is dropped, unless a case is left waiting: then the two sides speak of other tests.
    Matching its own outcome again changes nothing.

    Raises:
        ScoreError: a name has more results than cases, or results of unknown cases came in the place of known ones.
    """
    waiting: dict[str, deque[CaseResult]] = {}
    for result in results:
        waiting.setdefault(result.name, deque()).append(result)
    matched = tuple(_settle(case, waiting.get(case.name)) for case in question.cases)
    left = [name for name, queue in waiting.items() if queue]
    taken = len(results) - sum(len(queue) for queue in waiting.values())
    known = {case.name for case in question.cases}
    if any(name in known for name in left):
        raise ScoreError(f"question {question.name}: more results than cases bear one name", hint=_MISMATCH_HINT)
    if left and taken < len(question.cases):
        raise ScoreError(
            f"question {question.name}: the release knows no case {left[0]!r}, and cases that it knows have no result",
            hint=_MISMATCH_HINT,
        )
    return matched


def score_question(question: Question, results: Sequence[CaseResult]) -> QuestionResult:
    """Award the question's points; a manual question earns 0 until a person grades it.

    Raises:
        ScoreError: see `match_results`.
    """
    if question.manual:
        return QuestionResult(
            name=question.name, earned=0.0, possible=question.possible, manual=True, topic=question.topic
        )
    cases = match_results(question, results)
    return QuestionResult(
        name=question.name,
        earned=_earn(question, cases),
        possible=question.possible,
        cases=cases,
        topic=question.topic,
        shared=question.shared,
    )


def score_submission(manifest: Manifest, examination: Examination) -> tuple[QuestionResult, ...]:
    """Return a result for every question of the release, in its order, written ones included.

    Raises:
        ScoreError: see `match_results`; also when unknown questions came in the place of known ones.
    """
    known = {question.name for question in manifest.autograded}
    unknown = [name for name in examination.cases if name not in known]
    if unknown and not known <= examination.cases.keys():
        raise ScoreError(
            f"the examination speaks of question {unknown[0]!r}, which no test of release {manifest.slug} grades, "
            "and questions of the release are missing",
            hint=_MISMATCH_HINT,
        )
    return tuple(score_question(question, examination.cases.get(question.name, ())) for question in manifest.questions)


def total(results: Iterable[QuestionResult]) -> Total:
    """Return the points of all questions that tests grade; written ones are left out on both sides.

    Raises:
        ScoreError: the points add up to more than a number can hold.
    """
    graded = [result for result in results if not result.manual]
    return Total(
        earned=add_points(result.earned for result in graded),
        possible=add_points(result.possible for result in graded),
    )


def _settle(case: Case, queue: deque[CaseResult] | None) -> CaseResult:
    """Join a case with the next of its results: worth, secrecy and declared messages are the release's."""
    if not queue:
        return CaseResult(name=case.name, verdict=Verdict.NOT_RUN, hidden=case.hidden, possible=case.points)
    result = queue.popleft()
    declared = _declared_message(case, result.verdict)
    # an engine's own words on a hidden case might quote the test: only what its author wrote for students passes
    message = declared if declared is not None or case.hidden else result.message
    return CaseResult(
        name=case.name,
        verdict=result.verdict,
        hidden=case.hidden,
        possible=case.points,
        message=message,
        detail=result.detail,
    )


def _declared_message(case: Case, verdict: Verdict) -> str | None:
    if verdict is Verdict.NOT_RUN:
        return None  # nothing failed: the author's advice would mislead
    return case.success_message if verdict is Verdict.PASSED else case.failure_message


def _earn(question: Question, cases: Sequence[CaseResult]) -> float:
    if all(case.verdict is Verdict.PASSED for case in cases):
        return question.possible
    if question.all_or_nothing:
        return 0.0
    earned = add_points(case.possible for case in cases if case.verdict is Verdict.PASSED)
    # `possible` is added left to right and may lie an ulp below the correctly rounded sum
    return min(earned, question.possible)
