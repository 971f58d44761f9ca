"""Plain records for tests that do not care about most fields."""

from mlsafety_grader.model import (
    CaseResult,
    EngineName,
    QuestionResult,
    Report,
    Status,
    Usage,
    Verdict,
)


def make_case(verdict: Verdict = Verdict.PASSED, *, hidden: bool = False, name: str = "q1 - 1") -> CaseResult:
    """A case of one point."""
    return CaseResult(name=name, verdict=verdict, hidden=hidden, possible=1.0)


def make_result(name: str, *cases: CaseResult) -> QuestionResult:
    """A question with partial credit for its one-point cases."""
    earned = sum(case.verdict is Verdict.PASSED for case in cases)
    return QuestionResult(name=name, earned=float(earned), possible=float(len(cases)), cases=cases)


def make_report(
    *questions: QuestionResult,
    earned: float | None = None,
    possible: float | None = None,
    status: Status = Status.GRADED,
    usage: Usage | None = None,
    name: str = "alice.ipynb",
) -> Report:
    """A report whose totals follow from its questions unless given."""
    return Report(
        submission=name,
        folder=name,
        sha256="0" * 64,
        slug="toy",
        release_id="r",
        engine=EngineName.OTTER,
        isolation="none",
        status=status,
        reason="" if status is Status.GRADED else "why",
        earned=sum(q.earned for q in questions) if earned is None else earned,
        possible=sum(q.possible for q in questions) if possible is None else possible,
        questions=questions,
        topics=(),
        usage=usage or Usage(),
    )
