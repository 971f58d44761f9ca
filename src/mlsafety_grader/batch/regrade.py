"""Grade a batch again after its release has changed: decide how much of each submission, join old and new. Pure.

A question whose tests did not change keeps its result; only the others are examined. Where that might not give what
grading everything gives, everything is graded.
"""

import dataclasses
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mlsafety_grader.batch.keys import Basis
from mlsafety_grader.model import EngineName, Keys, Manifest, Measurement, Report, Status
from mlsafety_grader.scoring import score_question, score_topics, total

_PUBLIC_RESULT = re.compile(r"(.+): \d+ of \d+ public cases passed\n")


class Extent(StrEnum):
    """How much of a submission is graded again."""

    NOTHING = "nothing"
    QUESTIONS = "questions"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to grade again; `questions` when it is some questions only."""

    extent: Extent
    questions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A submission before and after. `old` is None when there was no report that counts."""

    old: Report | None
    new: Report

    @property
    def is_other(self) -> bool:
        """Whether any score or the status differs."""
        return self.old is None or _standing(self.old) != _standing(self.new)


def changed_questions(old: Keys, basis: Basis) -> frozenset[str]:
    """Return the questions whose tests or points are others than when the keys were made."""
    names = old.questions.keys() | basis.questions.keys()
    return frozenset(name for name in names if old.questions.get(name) != basis.questions.get(name))


def decide(
    old: Report | None, new: Keys | None, *, basis: Basis, manifest: Manifest, asked: Collection[str]
) -> Decision:
    """Return how much of a submission to grade again.

    Args:
        old: its report, if one counts.
        new: the keys it would have now; None for a file that cannot be graded.
        basis: of the present release.
        manifest: of the present release.
        asked: questions to examine in any case.
    """
    everything = Decision(extent=Extent.EVERYTHING)
    if old is None or old.keys is None or new is None or old.status is Status.GRADER_FAULT:
        return everything
    if old.keys.content == new.content and not asked:
        return Decision(extent=Extent.NOTHING)
    names = changed_questions(old.keys, basis) | frozenset(asked)
    is_partial = (
        old.keys.common == new.common
        and old.engine is EngineName.ISOLATED  # otter examines everything in any case
        and old.status is Status.GRADED
        and basis.can_be_examined_alone(names)
    )
    examined = names & {question.name for question in manifest.autograded}
    return Decision(extent=Extent.QUESTIONS, questions=examined) if is_partial else everything


def join(old: Report, new: Report, *, examined: Collection[str], manifest: Manifest) -> Report:
    """Return the new report with the old results of the questions that were not examined."""
    kept = {result.name: result for result in old.questions if result.name not in examined}
    fresh = {result.name: result for result in new.questions}
    questions = tuple(
        score_question(question, ())
        if question.manual
        else kept[question.name]
        if question.name in kept
        else fresh[question.name]
        for question in manifest.questions
    )
    points = total(questions)
    return dataclasses.replace(
        new,
        earned=points.earned,
        possible=points.possible,
        questions=questions,
        topics=score_topics(questions),
        measurements=_join_measurements(old, new, examined=examined, manifest=manifest),
    )


def join_notebooks(old: bytes, new: bytes, *, examined: Collection[str]) -> bytes:
    """Return the newly executed notebook with what it said of the questions that were not examined.

    Both come from one submission. What is not as expected stays as it is in the new one.
    """
    before, after = json.loads(old), json.loads(new)
    for was, now in zip(before["cells"], after["cells"], strict=False):
        told = [(_question_of(output), output) for output in was.get("outputs", [])]
        fresh = {name: output for output in now.get("outputs", []) if (name := _question_of(output)) in examined}
        results = [fresh.get(name, output) if name in examined else output for name, output in told if name]
        if results and "outputs" in now:
            own = [output for output in now["outputs"] if not _question_of(output)]
            now["outputs"] = own + results
    return json.dumps(after, ensure_ascii=True, indent=1).encode()


def _question_of(output: Mapping[str, Any]) -> str:
    """Return the question whose public result an output tells, if it is one."""
    text = output.get("text")
    found = _PUBLIC_RESULT.match(text) if output.get("output_type") == "stream" and isinstance(text, str) else None
    return found[1] if found else ""


def _join_measurements(
    old: Report, new: Report, *, examined: Collection[str], manifest: Manifest
) -> tuple[Measurement, ...]:
    before = {measurement.id: measurement for measurement in old.measurements}
    after = {measurement.id: measurement for measurement in new.measurements}
    chosen = ((after if m.question in examined else before).get(m.id) for m in manifest.metrics)
    return tuple(measurement for measurement in chosen if measurement is not None)


def _standing(report: Report) -> object:
    return report.status, report.earned, report.possible, {q.name: (q.earned, q.possible) for q in report.questions}
