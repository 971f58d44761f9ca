"""What a changed release makes to be graded again: no more than needed, and everything where in doubt."""

import json
from dataclasses import replace

import pytest

from mlsafety_grader.batch.keys import Basis
from mlsafety_grader.batch.regrade import Change, Decision, Extent, decide, join, join_notebooks
from mlsafety_grader.model import (
    Case,
    CaseResult,
    Direction,
    EngineName,
    Examination,
    Keys,
    Manifest,
    Measurement,
    Metric,
    Question,
    Report,
    Status,
    Verdict,
)
from tests.strategies import report_of

QUESTIONS = tuple(
    Question(name=n, cases=(Case(name=f"{n} - 1", points=2, hidden=True),), topic=n) for n in ("q1", "q2")
)
WRITTEN = Question(name="w1", manual=True, manual_points=3)


def metric(question: str) -> Metric:
    return Metric(
        id=f"of {question}", topic=question, question=question, direction=Direction.MAX, unit="", lowest=0, highest=1,
        floor=0, passing=0.5, full=1,
    )  # fmt: skip


MANIFEST = Manifest(
    slug="toy", title="Toy", release_id="new", questions=(*QUESTIONS, WRITTEN), metrics=(metric("q1"), metric("q2"))
)
BASIS = Basis(common="c", questions={"q1": "1", "q2": "2", "w1": "3"}, tied={})
NOW = BASIS.keys("s", ".ipynb")


def report(
    *passed: str, keys: Keys | None = NOW, value: float = 0.1, engine: EngineName = EngineName.ISOLATED
) -> Report:
    cases: dict[str, tuple[CaseResult, ...]] = {
        q.name: (
            CaseResult(
                name=f"{q.name} - 1",
                verdict=Verdict.PASSED if q.name in passed else Verdict.FAILED,
                hidden=True,
                possible=2,
            ),
        )
        for q in QUESTIONS
    }
    found = Examination(status=Status.GRADED, cases=cases, measurements=(("of q1", value), ("of q2", value)))
    return replace(report_of(MANIFEST, found), keys=keys, engine=engine)


def before(**questions: str) -> Keys:
    """Keys of a release whose named questions were others."""
    return replace(BASIS, questions={**BASIS.questions, **questions}).keys("s", ".ipynb")


def decision(
    old: Report | None, *, basis: Basis = BASIS, new: Keys | None = NOW, asked: tuple[str, ...] = ()
) -> Decision:
    return decide(old, new, basis=basis, manifest=MANIFEST, asked=asked)


def test_nothing_changed_needs_nothing() -> None:
    """Also when the release has another id."""
    assert decision(report()).extent is Extent.NOTHING


def test_changed_question_is_examined_alone() -> None:
    """The other keeps its result."""
    assert decision(report(keys=before(q2="old"))) == Decision(extent=Extent.QUESTIONS, questions=frozenset({"q2"}))


def test_question_asked_for_is_examined_though_unchanged() -> None:
    """To look again at a test that depends on luck, say."""
    assert decision(report(), asked=("q1",)).questions == {"q1"}


def test_written_question_needs_no_examination() -> None:
    """Only its points have changed."""
    assert decision(report(keys=before(w1="old"))) == Decision(extent=Extent.QUESTIONS)


@pytest.mark.parametrize(
    "old",
    [
        None,
        report(keys=None),
        replace(report(keys=before(q2="old")), status=Status.GRADER_FAULT),
        replace(report(keys=before(q2="old")), status=Status.TIMEOUT),
        report(keys=before(q2="old"), engine=EngineName.OTTER),
        report(keys=replace(before(q2="old"), common="other")),
    ],
)
def test_in_doubt_everything_is_graded(old: Report | None) -> None:
    """No report, no keys, a fault, a run that did not end well, otter, changed support files."""
    assert decision(old).extent is Extent.EVERYTHING


def test_questions_that_hang_together_are_graded_together() -> None:
    """All, unless both have changed anyway."""
    tied = replace(BASIS, tied={"q1": frozenset({"q2"}), "q2": frozenset({"q1"})})
    assert decision(report(keys=before(q2="old")), basis=tied).extent is Extent.EVERYTHING
    assert decision(report(keys=before(q1="old", q2="old")), basis=tied).extent is Extent.QUESTIONS


def test_joined_report_has_new_results_of_what_was_examined_only() -> None:
    """Points, topics and measurements."""
    joined = join(report("q1", value=0.1), report("q2", value=0.9), examined={"q2"}, manifest=MANIFEST)
    assert {q.name: q.earned for q in joined.questions} == {"q1": 2, "q2": 2, "w1": 0}
    assert (joined.earned, joined.possible) == (4, 4)
    assert {t.topic: t.earned for t in joined.topics}["q1"] == 2
    assert [(m.id, m.value) for m in joined.measurements] == [("of q1", 0.1), ("of q2", 0.9)]
    assert isinstance(joined.measurements[0], Measurement)


def test_joining_a_whole_result_with_itself_changes_nothing() -> None:
    """Whatever is said to have been examined."""
    whole = report("q1")
    assert all(
        join(whole, whole, examined=names, manifest=MANIFEST) == whole for names in (set(), {"q1"}, {"q1", "q2"})
    )


def output(text: str) -> dict[str, str]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def told(question: str, passed: int) -> dict[str, str]:
    return output(f"{question}: {passed} of 2 public cases passed\n")


def test_joined_notebook_says_what_holds_of_each_question() -> None:
    """The student's own outputs are the new run's."""
    old = {"cells": [{"outputs": [output("1"), told("q1", 2), told("q2", 0)]}, {"cell_type": "markdown"}]}
    new = {"cells": [{"outputs": [output("2"), told("q1", 0), told("q2", 1)]}, {"cell_type": "markdown"}]}
    joined = json.loads(join_notebooks(json.dumps(old).encode(), json.dumps(new).encode(), examined={"q2"}))
    assert joined["cells"][0]["outputs"] == [output("2"), told("q1", 2), told("q2", 1)]


def test_change_knows_whether_a_score_moved() -> None:
    """Times and keys are no change."""
    assert not Change(old=report("q1"), new=report("q1", keys=None)).is_other
    assert Change(old=report("q1"), new=report("q2")).is_other
    assert Change(old=None, new=report()).is_other
