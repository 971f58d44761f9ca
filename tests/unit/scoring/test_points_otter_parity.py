"""The same verdicts earn the same points from us as from otter's own test files."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.model import Case, CaseResult, Question, Verdict
from mlsafety_grader.scoring import score_question, total
from tests.strategies import points

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # what otter imports uses traitlets' old ways
    from otter.test_files import GradingResults
    from otter.test_files.abstract_test import TestCase as OtterCase
    from otter.test_files.abstract_test import TestCaseResult as OtterResult
    from otter.test_files.exception_test import ExceptionTestFile

# as a test file declares them: None is what otter resolves
declared_points = st.one_of(st.none(), st.sampled_from([0, 1, 2, 0.5, 0.1, 1 / 3]), points)


@st.composite
def otter_files(draw: st.DrawFn, *, name: str = "q1") -> ExceptionTestFile:
    """A test file that has run: points as otter resolves them, verdicts at random."""
    declared = draw(st.lists(declared_points, min_size=0, max_size=6))
    question_points = draw(st.none() | st.just(sum(point or 0 for point in declared) + draw(st.integers(0, 5))))
    cases = [
        OtterCase(f"{name} - {number}", None, draw(st.booleans()), point, None, None)
        for number, point in enumerate(declared, 1)
    ]
    resolved = ExceptionTestFile.resolve_test_file_points(question_points, cases)
    file = ExceptionTestFile(name, f"{name}.py", resolved, all_or_nothing=draw(st.booleans()))
    file.test_case_results = [OtterResult(case, None, draw(st.booleans())) for case in resolved]
    return file


def question_of(file: ExceptionTestFile) -> Question:
    cases = tuple(Case(name=case.name, points=case.points, hidden=case.hidden) for case in file.test_cases)
    return Question(name=file.name, cases=cases, all_or_nothing=file.all_or_nothing)


def results_of(file: ExceptionTestFile) -> list[CaseResult]:
    return [
        CaseResult(
            name=found.test_case.name,
            verdict=Verdict.PASSED if found.passed else Verdict.FAILED,
            hidden=found.test_case.hidden,
            possible=found.test_case.points,
        )
        for found in file.test_case_results
    ]


@given(file=otter_files())
def test_question_scores_as_otter(file: ExceptionTestFile) -> None:
    """Score and possible points of a question are otter's, but for the order of additions."""
    scored = score_question(question_of(file), results_of(file))

    assert scored.earned == pytest.approx(file.score, rel=1e-12)
    assert scored.possible == pytest.approx(file.possible, rel=1e-12)


@given(data=st.data(), count=st.integers(0, 4))
def test_submission_scores_as_otter(data: st.DataObject, count: int) -> None:
    """Total and possible points of a whole submission are otter's."""
    files = [data.draw(otter_files(name=f"q{number}")) for number in range(count)]

    found = total(score_question(question_of(file), results_of(file)) for file in files)

    otter = GradingResults(files)
    assert found.earned == pytest.approx(otter.total, rel=1e-12)
    assert found.possible == pytest.approx(otter.possible, rel=1e-12)
