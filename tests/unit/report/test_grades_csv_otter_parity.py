"""Our gradebook file holds what otter's `final_grades.csv` holds."""

import csv
import io
import warnings

from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.model import Case, CaseResult, Examination, Manifest, Question, Status, Verdict
from mlsafety_grader.report import grades_csv
from tests.strategies import report_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # what otter imports uses traitlets' old ways
    from otter.grade.utils import merge_scores_to_df
    from otter.test_files import GradingResults
    from otter.test_files.abstract_test import TestCase as OtterCase
    from otter.test_files.abstract_test import TestCaseResult as OtterResult
    from otter.test_files.exception_test import ExceptionTestFile

POINTS = {"q1": (1.0, 2.5), "q2": (0.5, 3.0)}
MANIFEST = Manifest(
    slug="toy",
    title="Toy",
    release_id="r1",
    questions=tuple(
        Question(
            name=name, cases=(Case(name="a", points=first, hidden=False), Case(name="b", points=last, hidden=True))
        )
        for name, (first, last) in POINTS.items()
    ),
)
outcomes = st.fixed_dictionaries({name: st.tuples(st.booleans(), st.booleans()) for name in POINTS})


def otter_results(file: str, outcome: dict[str, tuple[bool, bool]]) -> GradingResults:
    tests = []
    for name, passed in outcome.items():
        cases = [
            OtterCase(name=case, body=None, hidden=False, points=points, success_message=None, failure_message=None)
            for case, points in zip("ab", POINTS[name], strict=True)
        ]
        test = ExceptionTestFile(name, f"{name}.py", cases, all_or_nothing=False)
        test.test_case_results = [OtterResult(case, None, done) for case, done in zip(cases, passed, strict=True)]
        tests.append(test)
    results = GradingResults(tests)
    results.file = file
    return results


def examination(outcome: dict[str, tuple[bool, bool]]) -> Examination:
    cases = {
        name: tuple(
            CaseResult(name=case, verdict=Verdict.PASSED if done else Verdict.FAILED, hidden=False, possible=0.0)
            for case, done in zip("ab", passed, strict=True)
        )
        for name, passed in outcome.items()
    }
    return Examination(status=Status.GRADED, cases=cases)


def values(text: str) -> list[list[str | float]]:
    return [
        [float(cell) if cell[:1].isdigit() else cell for cell in row]
        for row in csv.reader(io.StringIO(text, newline=""))
    ]


@given(outcome=st.dictionaries(st.sampled_from(["a.ipynb", "b.ipynb", "c.ipynb"]), outcomes, min_size=1))
def test_same_table_as_otter(outcome: dict[str, dict[str, tuple[bool, bool]]]) -> None:
    """Names, order, points, the rounded share and the status agree with otter's own code."""
    frame = merge_scores_to_df([otter_results(file, found) for file, found in outcome.items()])

    ours = grades_csv(
        [report_of(MANIFEST, examination(found), submission=file) for file, found in outcome.items()], MANIFEST
    )

    assert values(ours) == values(frame.to_csv(index=False))
