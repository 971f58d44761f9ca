"""Tables for the terminal."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import (
    Case,
    CaseResult,
    Direction,
    Examination,
    Manifest,
    Metric,
    Question,
    Report,
    Status,
    Topic,
    Verdict,
)
from mlsafety_grader.report import measurement_table, summary_table, visible
from mlsafety_grader.report.summary import short_headers
from tests.strategies import batches, report_of

NAMES = ("q1_fgsm", "q2_project", "q3_pgd", "q4_restarts", "q5_targeted", "q6_training")
TOPIC = Topic(id="robustness.adversaries", title="Adversaries", unit="robustness")
METRIC = Metric(
    id="robust_accuracy",
    topic=TOPIC.id,
    question="q3_pgd",
    direction=Direction.MAX,
    unit="rate",
    lowest=0.0,
    highest=1.0,
    floor=0.2,
    passing=0.5,
    full=0.6,
)
MANIFEST = Manifest(
    slug="adversaries",
    title="Adversaries",
    release_id="r1",
    questions=tuple(
        Question(name=name, cases=(Case(name=f"{name} - 1", points=2.25, hidden=True),), topic=TOPIC.id)
        for name in NAMES
    ),
    topics=(TOPIC,),
    metrics=(METRIC,),
)


def report(name: str = "alice.ipynb", status: Status = Status.GRADED, reason: str = "") -> Report:
    passed: dict[str, tuple[CaseResult, ...]] = {
        question: (CaseResult(name=f"{question} - 1", verdict=Verdict.PASSED, hidden=True, possible=2.25),)
        for question in NAMES[:4]
    }
    found = Examination(status=status, reason=reason, cases=passed, measurements=(("robust_accuracy", 0.4),))
    return report_of(MANIFEST, found, submission=name)


def rendered(table: Table | None, width: int, *, terminal: bool = False) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=terminal, legacy_windows=False).print(table)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_six_questions_fit(width: int) -> None:
    """At both widths every column is whole: short headers above, full names below, maxima first."""
    lines = rendered(summary_table([report()], MANIFEST), width)

    assert lines[0].split() == ["submission", "q1", "q2", "q3", "q4", "q5", "q6", "total", "%", "Adversaries", "status"]
    assert lines[2].split() == ["maximum", *["2.25"] * 6, "13.5", "13.5"]
    assert lines[4].split() == ["alice.ipynb", *["2.25"] * 4, "0", "0", "9/13.5", "66.7", "9", "graded"]
    assert " ".join(" ".join(lines[5:7]).split()).startswith(f"questions: {', '.join(NAMES)}")
    assert max(map(len, lines)) <= width


def test_two_topics_fit_in_80_columns() -> None:
    """Long titles are cut in the header and whole in the legend; no status is."""
    topics = (TOPIC, Topic(id="robustness.long_tails", title="Long Tails", unit="robustness"))
    questions = tuple(
        replace(question, topic=topics[number % 2].id) for number, question in enumerate(MANIFEST.questions)
    )
    manifest = replace(MANIFEST, topics=topics, questions=questions)
    rejected = report_of(manifest, Examination(status=Status.REJECTED), submission="bob_adversaries.ipynb")

    text = "\n".join(rendered(summary_table([rejected], manifest), 80))

    assert "rejected" in text
    assert "Adver…" in text
    assert "topics: Adversaries, Long Tails" in text


def test_names_fold_and_stay_whole() -> None:
    """A name that is too long for its column goes on below: nobody is mistaken for somebody else."""
    name = "submission_2024_adversaries_bob_the_second.ipynb"

    lines = rendered(summary_table([report(name)], MANIFEST), 80)

    start = next(number for number, line in enumerate(lines) if line.startswith("submission_"))
    assert "".join(line.split()[0] for line in lines[start : start + 3]) == name


def test_grader_fault_shows_no_points() -> None:
    """Dashes, never zeros; the reason stands below."""
    fault = report("bob.ipynb", Status.GRADER_FAULT, "examiner died")

    lines = rendered(summary_table([fault], MANIFEST), 80)

    assert lines[4].split() == ["bob.ipynb", *["--"] * 9, "fault"]
    assert "bob.ipynb: grader_fault: examiner died" in [line.strip() for line in lines]


def test_many_reasons_are_counted() -> None:
    """A batch in which everything fails does not drown its table."""
    failed = [report(f"{number}.ipynb", Status.REJECTED, "no notebook") for number in range(25)]

    lines = [line.strip() for line in rendered(summary_table(failed, MANIFEST), 80)]

    assert "and 15 more, with their reasons in grades.csv" in lines
    assert sum(line.endswith("rejected: no notebook") for line in lines) == 10


def test_measurements_show_value_and_place() -> None:
    """A figure is read against the baseline and the reference; who has none gets dashes."""
    without = replace(report("bob.ipynb"), measurements=())
    unplaced = replace(report("carl.ipynb"), measurements=(replace(report().measurements[0], position=None),))

    lines = rendered(measurement_table([report(), without, unplaced], MANIFEST), 80)

    assert lines[2].split() == ["baseline", "to", "reference", "0.2", "to", "0.6"]
    assert [line.split() for line in lines[4:7]] == [
        ["alice.ipynb", "0.4", "(50", "%)"],
        ["bob.ipynb", "--"],
        ["carl.ipynb", "0.4"],
    ]


def test_grader_fault_shows_no_measurement() -> None:
    """What was recorded before the grader failed is not shown as the student's figure."""
    lines = rendered(measurement_table([report("bob.ipynb", Status.GRADER_FAULT)], MANIFEST), 80)

    assert lines[4].split() == ["bob.ipynb", "--"]


def test_no_metrics_no_table() -> None:
    """A release that measures nothing has no table of measurements."""
    assert measurement_table([report()], replace(MANIFEST, metrics=())) is None


def test_report_of_another_release_is_refused() -> None:
    """Neither table mixes releases."""
    other = replace(report(), release_id="r0")
    for table in (summary_table, measurement_table):
        with pytest.raises(UsageError, match="release adversaries r0"):
            table([other], MANIFEST)


def test_headers_are_short_where_that_is_clear() -> None:
    """Two questions with one beginning keep their names; foreign names are cut."""
    assert short_headers(["q1_a", "q2_a", "q2_b", "part one", "_x", "a" * 20]) == [
        *("q1", "q2_a", "q2_b", "part one", "_x", "a" * 11 + "…")
    ]


def test_markup_and_escapes_are_text() -> None:
    """A name is shown as it is: it neither colours the table nor moves the cursor."""
    lines = rendered(summary_table([report("[red]x[/red]\x1b[2J\u202e")], MANIFEST), 120)

    assert lines[4].startswith("[red]x[/red]\\x1b[2J\\u202e ")


@given(batch=batches(), data=st.data())
def test_hostile_text_cannot_break_the_terminal(batch: tuple[Manifest, list[Report]], data: st.DataObject) -> None:
    """Whatever names say, the terminal gets printable lines within its width, the same in any order of grading."""
    manifest, reports = batch

    for make in (summary_table, measurement_table):
        lines = rendered(make(reports, manifest), 100)

        assert all(visible(line) == line for line in lines)
        assert rendered(make(data.draw(st.permutations(reports)), manifest), 100) == lines
