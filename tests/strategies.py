"""Hypothesis strategies for the shared records, in one file. Import as `from tests.strategies import …`."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mlsafety_grader.model import (
    Case,
    CaseResult,
    CellFailure,
    Direction,
    EngineName,
    Examination,
    Manifest,
    Metric,
    Question,
    Report,
    Status,
    Topic,
    Usage,
    Verdict,
)
from mlsafety_grader.scoring import place, score_submission, score_topics, total

# a loaded machine is slow, not wrong: no test fails for the time that an example took
settings.register_profile(
    "steady", parent=settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

TOPICS = (
    Topic(id="robustness.adversaries", title="Adversaries", unit="robustness"),
    Topic(id="monitoring.anomalies", title="Anomalies", unit="monitoring"),
)
NASTY_NAMES = (
    "",
    "=1+1",
    "  =1+1",
    "\t@SUM(A1)",
    "\r\n-2",
    "\ufeff+3",
    "\u202e=cmd",
    "\uff1d\uff11",
    "\uff20x",
    'a","b\n"c',
    "a\x00b\x1b[31mc\x07",
    "[red]x[/red]",
    "[/]",
    "\ud83d",
    "a\u2028b\x85c\x0bd",
    "x" * 300,
)

# what instructors write, and what floats are bad at
points: SearchStrategy[float] = st.one_of(
    st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 1 / 3, 0.7]),
    st.floats(0, 1e6, allow_nan=False),
)
verdicts: SearchStrategy[Verdict] = st.sampled_from(Verdict)
plain_text: SearchStrategy[str] = st.text(max_size=30)
hostile_text: SearchStrategy[str] = st.one_of(
    st.sampled_from(NASTY_NAMES),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=30),
    st.text(alphabet="=+-@\uff1d\uff0b\uff0d\uff20\t\r\n\x00\x1b\u202e \u3000'\",;[]", max_size=8),
)
question_names: SearchStrategy[str] = st.one_of(
    st.from_regex(r"q[0-9]{1,2}(_[a-z]{1,8})?", fullmatch=True), st.text(min_size=1, max_size=12)
)
shares: SearchStrategy[float] = st.floats(0, 1)


@st.composite
def cases(draw: st.DrawFn, *, name: str) -> Case:
    return Case(
        name=name,
        points=draw(points),
        hidden=draw(st.booleans()),
        success_message=draw(st.none() | plain_text),
        failure_message=draw(st.none() | plain_text),
    )


@st.composite
def questions(draw: st.DrawFn, *, name: str | None = None, may_be_manual: bool = True) -> Question:
    """Cases are named as otter names them; a few share an explicit name."""
    if name is None:
        name = draw(question_names)
    topic = draw(st.none() | st.sampled_from([topic.id for topic in TOPICS]))
    if may_be_manual and draw(st.integers(0, 4)) == 0:
        return Question(name=name, manual=True, manual_points=draw(points), topic=topic)
    count = draw(st.integers(0, 5))
    case_names = [draw(st.sampled_from([f"{name} - {number}", "shared"])) for number in range(1, count + 1)]
    return Question(
        name=name,
        cases=tuple(draw(cases(name=case_name)) for case_name in case_names),
        all_or_nothing=draw(st.booleans()),
        topic=topic,
    )


@st.composite
def case_results(draw: st.DrawFn, *, case: Case, detail: SearchStrategy[str] = hostile_text) -> CaseResult:
    """What an engine says of a case: its word on points and secrecy is made up, for it must not matter."""
    return CaseResult(
        name=case.name,
        verdict=draw(verdicts),
        hidden=draw(st.booleans()),
        possible=draw(points),
        message=draw(st.none() | hostile_text),
        detail=draw(detail),
    )


@st.composite
def metrics(draw: st.DrawFn, *, id: str) -> Metric:  # noqa: A002 - the record's field
    lowest, floor, passing, full, highest = sorted(draw(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=5)))
    direction = draw(st.sampled_from(Direction))
    if direction is Direction.MIN:
        floor, full = full, floor
    return Metric(
        id=id,
        topic=TOPICS[0].id,
        question="q1",
        direction=direction,
        unit="rate",
        lowest=lowest,
        highest=highest,
        floor=floor,
        passing=passing,
        full=full,
    )


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    names = draw(st.lists(question_names, unique=True, max_size=6))
    metric_ids = draw(st.lists(st.sampled_from(["robust_accuracy", "auroc", "ece"]), unique=True, max_size=2))
    return Manifest(
        slug="adversaries",
        title=draw(plain_text),
        release_id="0" * 12,
        questions=tuple(draw(questions(name=name)) for name in names),
        topics=TOPICS,
        metrics=tuple(draw(metrics(id=metric_id)) for metric_id in metric_ids),
    )


@st.composite
def cell_failures(draw: st.DrawFn) -> CellFailure:
    return CellFailure(
        cell=draw(st.none() | st.integers(1, 99)),
        kind=draw(verdicts),
        error=draw(hostile_text),
        message=draw(hostile_text),
    )


@st.composite
def results_of(
    draw: st.DrawFn, *, question: Question, detail: SearchStrategy[str] = hostile_text
) -> tuple[CaseResult, ...]:
    """Results of an engine that stopped after some of the cases."""
    done = draw(st.integers(0, len(question.cases)))
    return tuple(draw(case_results(case=case, detail=detail)) for case in question.cases[:done])


@st.composite
def examinations(draw: st.DrawFn, *, manifest: Manifest, detail: SearchStrategy[str] = hostile_text) -> Examination:
    recorded = st.tuples(st.sampled_from(["robust_accuracy", "auroc", "ece", "unknown"]), st.floats())
    graded = manifest.autograded
    done = graded[: draw(st.integers(0, len(graded)))]
    status = draw(st.sampled_from(Status))
    return Examination(
        status=status,
        reason="" if status is Status.GRADED else draw(hostile_text),
        cases={question.name: draw(results_of(question=question, detail=detail)) for question in done},
        measurements=tuple(draw(st.lists(recorded, max_size=4))),
        cell_failures=tuple(draw(st.lists(cell_failures(), max_size=2))),
        usage=Usage(wall_s=draw(st.floats(0, 1e4))),
    )


def report_of(manifest: Manifest, examination: Examination, *, submission: str = "alice.ipynb") -> Report:
    """Score an examination as an engine does."""
    results = score_submission(manifest, examination)
    points_of_all = total(results)
    return Report(
        submission=submission,
        folder=submission,
        sha256="0" * 64,
        slug=manifest.slug,
        release_id=manifest.release_id,
        engine=EngineName.OTTER,
        isolation="off",
        status=examination.status,
        reason=examination.reason,
        earned=points_of_all.earned,
        possible=points_of_all.possible,
        questions=results,
        topics=score_topics(results),
        measurements=place(manifest.metrics, examination.measurements),
        cell_failures=examination.cell_failures,
        usage=examination.usage,
    )


@st.composite
def reports(
    draw: st.DrawFn,
    *,
    manifest: Manifest,
    names: SearchStrategy[str] = hostile_text,
    detail: SearchStrategy[str] = hostile_text,
) -> Report:
    return report_of(manifest, draw(examinations(manifest=manifest, detail=detail)), submission=draw(names))


@st.composite
def batches(draw: st.DrawFn, *, min_size: int = 0) -> tuple[Manifest, list[Report]]:
    """A release and reports on submissions with different folders, as the batch makes them."""
    manifest = draw(manifests())
    found: Sequence[Report] = draw(st.lists(reports(manifest=manifest), min_size=min_size, max_size=4))
    return manifest, [replace(report, folder=f"{number}") for number, report in enumerate(found)]
