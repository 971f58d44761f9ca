"""Records and strategies for the gradebook's tests: students, attempts, works, and reports as an engine writes them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mlsafety_grader.model import (
    CaseResult,
    Measurement,
    QuestionResult,
    Report,
    Status,
    Student,
    Verdict,
)
from mlsafety_grader.scoring import (
    Attempt,
    Counting,
    LatePolicy,
    ManualScore,
    Override,
    Rules,
    Work,
    score_topics,
)
from tests.records import make_report
from tests.strategies import points, shares  # also loads the profile

DUE = datetime(2026, 10, 1, 22, 0, tzinfo=UTC)
ADA = Student(key="ada", name="Ada Lovelace")
TOPIC = "robustness.adversaries"

late_policies: SearchStrategy[LatePolicy] = st.builds(
    LatePolicy,
    penalty_per_day=shares,
    max_penalty=shares,
    grace_s=st.sampled_from([0, 900, 86_400]),
    accepted_days=st.none() | st.integers(0, 20),
    takes_late_days=st.booleans(),
)
instants: SearchStrategy[datetime] = st.datetimes(
    datetime(2026, 9, 20),
    datetime(2026, 10, 20),
    timezones=st.just(UTC),
)


def points_of() -> SearchStrategy[tuple[float, float]]:
    """(earned, possible) with 0 <= earned <= possible."""
    return st.tuples(shares, points).map(lambda pair: (min(pair[0] * pair[1], pair[1]), pair[1]))


@st.composite
def question_results(draw: st.DrawFn, *, name: str) -> QuestionResult:
    earned, possible = draw(points_of())
    manual = draw(st.booleans())
    return QuestionResult(
        name=name,
        earned=0.0 if manual else earned,
        possible=possible,
        manual=manual,
        topic=draw(st.sampled_from([None, TOPIC, "monitoring.anomalies"])),
    )


@st.composite
def attempts(draw: st.DrawFn, *, number: int) -> Attempt:
    names = draw(st.lists(st.sampled_from(["q1", "q2", "w1"]), unique=True, max_size=3))
    return Attempt(
        number=number,
        submitted_at=draw(st.none() | instants),
        status=draw(st.sampled_from(Status)),
        questions=tuple(draw(question_results(name=name)) for name in names),
    )


@st.composite
def works(draw: st.DrawFn, *, slug: str = "adversaries") -> Work:
    count = draw(st.integers(0, 4))
    questions = st.sampled_from(["q1", "q2", "w1", "gone"])
    return Work(
        rules=Rules(
            slug=slug,
            title=slug,
            possible=draw(points),
            due_at=draw(st.none() | instants),
            counting=draw(st.sampled_from(Counting)),
            late=draw(late_policies),
        ),
        attempts=tuple(draw(attempts(number=number)) for number in range(1, count + 1)),
        manual=tuple(draw(st.lists(st.builds(ManualScore, question=questions, points=points), max_size=2))),
        overrides=tuple(draw(st.lists(st.builds(Override, question=st.none() | questions, points=points), max_size=2))),
        extension_s=draw(st.sampled_from([0, 3600, 86_400])),
    )


def make_rules(**changes: object) -> Rules:
    """Rules with a due date; the late policy costs nothing unless given."""
    return replace(Rules(slug="adversaries", title="Adversaries", possible=10, due_at=DUE), **changes)  # type: ignore[arg-type]


def make_attempt(
    number: int, earned: float, *, days: float | None = -1.0, possible: float = 10, status: Status = Status.GRADED
) -> Attempt:
    """An attempt with one question, handed in `days` after the due date, or nobody knows when."""
    return Attempt(
        number=number,
        submitted_at=None if days is None else DUE + timedelta(days=days),
        status=status,
        questions=(QuestionResult(name="q1", earned=earned, possible=possible, topic=TOPIC),),
    )


def graded(
    name: str,
    earned: float = 2.0,
    *,
    content: str | None = None,
    status: Status = Status.GRADED,
    slug: str = "adversaries",
    release: str = "release1",
    written: float = 5.0,
) -> Report:
    """A report of a submission: q1 of 3 points in three cases, w1 written. `content` stands for the file's bytes."""
    passed = round(earned)
    cases = tuple(
        CaseResult(
            name=f"q1 - {case}",
            verdict=Verdict.PASSED if case <= passed else Verdict.FAILED,
            hidden=case == 3,
            possible=1.0,
            message="look again\x00",
            detail="assert secret == 1",
        )
        for case in (1, 2, 3)
    )
    questions: Sequence[QuestionResult] = (
        QuestionResult(name="q1", earned=earned, possible=3.0, cases=cases, topic=TOPIC),
        QuestionResult(name="w1", earned=0.0, possible=written, manual=True, topic=TOPIC),
    )
    report = make_report(*questions, earned=earned, possible=3.0, status=status, name=name)
    content = name if content is None else content
    return replace(
        report,
        slug=slug,
        release_id=release,
        sha256=content.encode().hex().ljust(64, "0")[:64] if content else "",
        topics=score_topics(questions),
        measurements=(Measurement(id="robust_accuracy", value=0.1 + earned / 7, position=0.5),),
    )
