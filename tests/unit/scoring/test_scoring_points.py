"""Points of questions and submissions."""

from dataclasses import replace
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import ScoreError
from mlsafety_grader.model import Case, CaseResult, Examination, Manifest, Question, QuestionResult, Status, Verdict
from mlsafety_grader.scoring import Total, match_results, score_question, score_submission, total
from mlsafety_grader.scoring.sums import add_points
from tests.strategies import examinations, manifests, questions, results_of

PASSED, FAILED = Verdict.PASSED, Verdict.FAILED


def case(name: str, points: float = 1.0, *, hidden: bool = False) -> Case:
    return Case(name=name, points=points, hidden=hidden, success_message="well done", failure_message="look again")


def result(name: str, verdict: Verdict = PASSED, **fields: object) -> CaseResult:
    plain = CaseResult(name=name, verdict=verdict, hidden=False, possible=99.0)
    return replace(plain, **fields)  # type: ignore[arg-type]


def question(*cases: Case, all_or_nothing: bool = False) -> Question:
    return Question(name="q1", cases=cases, all_or_nothing=all_or_nothing, topic="robustness.adversaries")


def manifest_of(*asked: Question) -> Manifest:
    return Manifest(slug="toy", title="Toy", release_id="r1", questions=asked)


def test_passed_cases_earn_their_points() -> None:
    """Partial credit is the sum over passed cases; every other verdict earns nothing."""
    asked = question(*(case(verdict.value, 2.0) for verdict in Verdict))

    scored = score_question(asked, [result(verdict.value, verdict) for verdict in Verdict])

    assert (scored.earned, scored.possible) == (2.0, 14.0)
    assert [found.verdict for found in scored.cases] == list(Verdict)
    assert scored.topic == "robustness.adversaries"


@pytest.mark.parametrize(("last", "earned"), [(PASSED, 3.0), (FAILED, 0.0)])
def test_all_or_nothing_needs_every_case(last: Verdict, earned: float) -> None:
    """One failed case costs the whole question."""
    asked = question(case("a", 1.0), case("b", 2.0), all_or_nothing=True)

    assert score_question(asked, [result("a"), result("b", last)]).earned == earned


def test_missing_result_earns_nothing() -> None:
    """A case that the engine never reached is NOT_RUN, even with `all_or_nothing`."""
    for all_or_nothing in (False, True):
        asked = question(case("a", 1.0), case("b", 2.0), all_or_nothing=all_or_nothing)

        scored = score_question(asked, [])

        assert scored.earned == 0
        assert [found.verdict for found in scored.cases] == [Verdict.NOT_RUN] * 2


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_question_without_cases_is_worth_nothing(all_or_nothing: bool) -> None:  # noqa: FBT001
    """Zero possible points are scored without a division."""
    scored = score_question(question(all_or_nothing=all_or_nothing), [])

    assert (scored.earned, scored.possible, scored.cases) == (0, 0, ())


def test_worth_and_secrecy_come_from_the_release() -> None:
    """What an engine claims of points and of hidden cases is never taken."""
    scored = score_question(question(case("a", 2.0, hidden=True)), [result("a", hidden=False, possible=1000.0)])

    assert (scored.earned, scored.possible) == (2.0, 2.0)
    assert (scored.cases[0].hidden, scored.cases[0].possible) == (True, 2.0)


@pytest.mark.parametrize(("verdict", "message"), [(PASSED, "well done"), (FAILED, "look again")])
def test_declared_message_wins(verdict: Verdict, message: str) -> None:
    """The author's message for the verdict stands in the place of the engine's words."""
    scored = score_question(question(case("a")), [result("a", verdict, message="assert x == 42", detail="trace")])

    assert (scored.cases[0].message, scored.cases[0].detail) == (message, "trace")


@pytest.mark.parametrize(("hidden", "message"), [(True, None), (False, "assert x == 42")])
def test_engine_message_passes_for_public_cases_only(hidden: bool, message: str | None) -> None:  # noqa: FBT001
    """Where the author wrote none, a public case keeps the engine's words; a hidden one keeps silent."""
    asked = question(Case(name="a", points=1.0, hidden=hidden))

    assert score_question(asked, [result("a", FAILED, message="assert x == 42")]).cases[0].message == message


def test_cases_of_one_name_are_matched_in_turn() -> None:
    """Two cases may bear one explicit name; their results come in the file's order."""
    asked = question(case("same", 1.0), case("other", 4.0), case("same", 2.0))

    scored = score_question(asked, [result("same", FAILED), result("same"), result("other")])

    assert [found.verdict for found in scored.cases] == [FAILED, PASSED, PASSED]
    assert scored.earned == 6.0


def test_unknown_result_is_dropped() -> None:
    """A result that no case asks for gives no points and does no harm."""
    scored = score_question(question(case("a")), [result("b"), result("a", FAILED)])

    assert (scored.earned, len(scored.cases)) == (0, 1)


@pytest.mark.parametrize(
    ("results", "message"),
    [([result("a", FAILED), result("a")], "bear one name"), ([result("b")], "the release knows no case 'b'")],
)
def test_engine_that_contradicts_the_release_is_our_fault(results: list[CaseResult], message: str) -> None:
    """Nobody can tell which result counts: that is a fault of the grader, not a zero."""
    with pytest.raises(ScoreError, match=message) as caught:
        score_question(question(case("a")), results)
    assert caught.value.hint


def test_unknown_question_in_the_place_of_a_known_one_is_our_fault() -> None:
    """An examination by other tests is refused; one with a question too many is not."""
    manifest = manifest_of(question(case("a")))

    with pytest.raises(ScoreError, match="question 'q9'"):
        score_submission(manifest, Examination(status=Status.GRADED, cases={"q9": (result("a"),)}))
    both = Examination(status=Status.GRADED, cases={"q9": (result("a"),), "q1": (result("a"),)})
    assert [scored.name for scored in score_submission(manifest, both)] == ["q1"]


def test_manual_question_waits_for_a_person() -> None:
    """A written question is listed with its points, earns nothing and is in no total."""
    written = Question(name="w1", manual=True, manual_points=5.0, topic="t")
    manifest = manifest_of(written, question(case("a", 2.0)))

    results = score_submission(manifest, Examination(status=Status.GRADED, cases={"q1": (result("a"),)}))

    assert results[0] == QuestionResult(name="w1", earned=0.0, possible=5.0, manual=True, topic="t")
    assert total(results) == Total(earned=2.0, possible=2.0)


def test_all_passed_is_full_marks_to_the_last_bit() -> None:
    """Ten cases of 0.1 add up to less than 1.0 from left to right; passing all is still all."""
    asked = question(*(case(f"q1 - {number}", 0.1) for number in range(10)))

    scored = score_question(asked, [result(f"q1 - {number}") for number in range(10)])

    assert scored.earned == scored.possible


def test_partial_sum_never_exceeds_possible() -> None:
    """The rest is worth nothing: the correctly rounded part lies above the rounded whole and is cut."""
    asked = question(*(case(f"q1 - {number}", 0.1) for number in range(10)), case("free", 0.0))

    scored = score_question(asked, [*(result(f"q1 - {number}") for number in range(10)), result("free", FAILED)])

    assert scored.earned == scored.possible


def test_points_beyond_a_float_are_refused() -> None:
    """Points that add up to infinity fail closed."""
    with pytest.raises(ScoreError, match="more than a number can hold"):
        add_points([1e308, 1e308])


@pytest.mark.parametrize(("earned", "possible"), [(nan, 1.0), (2.0, 1.0), (-1.0, 1.0), (1.0, inf), (0.0, nan)])
def test_impossible_total_does_not_construct(earned: float, possible: float) -> None:
    """A total is finite and lies in [0, possible]."""
    with pytest.raises(ScoreError):
        Total(earned=earned, possible=possible)


@given(data=st.data(), asked=questions())
def test_points_are_bounded(data: st.DataObject, asked: Question) -> None:
    """Whatever an engine found, a question's points lie in [0, possible]."""
    scored = score_question(asked, data.draw(results_of(question=asked)))

    assert 0 <= scored.earned <= scored.possible == asked.possible


@given(data=st.data(), asked=questions())
def test_matching_twice_changes_nothing(data: st.DataObject, asked: Question) -> None:
    """Results that were matched once are in the release's terms already."""
    once = match_results(asked, data.draw(results_of(question=asked)))

    assert match_results(asked, once) == once


@given(data=st.data(), asked=questions())
def test_order_of_results_is_irrelevant(data: st.DataObject, asked: Question) -> None:
    """Results of cases with names of their own may come in any order."""
    unique = Question(
        name=asked.name,
        cases=tuple(replace(one, name=f"{number}") for number, one in enumerate(asked.cases)),
        all_or_nothing=asked.all_or_nothing,
    )
    results = data.draw(results_of(question=unique))

    assert score_question(unique, data.draw(st.permutations(results))) == score_question(unique, results)


@given(data=st.data(), asked=questions(may_be_manual=False))
def test_order_of_cases_is_irrelevant(data: st.DataObject, asked: Question) -> None:
    """The points do not depend on where in the file a case stands, but for the last bit of `possible`."""
    pairs = [
        (replace(one, name=f"{number}"), result(f"{number}", data.draw(st.sampled_from(Verdict))))
        for number, one in enumerate(asked.cases)
    ]
    shuffled = data.draw(st.permutations(pairs))

    one, other = (
        score_question(replace(asked, cases=tuple(pair[0] for pair in order)), [pair[1] for pair in order])
        for order in (pairs, shuffled)
    )

    assert other.earned == pytest.approx(one.earned, rel=1e-12)


@given(data=st.data(), manifest=manifests())
def test_totals_are_bounded_and_orderless(data: st.DataObject, manifest: Manifest) -> None:
    """A submission's total lies in [0, possible], is exactly the same in any order, and is the release's."""
    results = score_submission(manifest, data.draw(examinations(manifest=manifest)))

    found = total(results)

    assert [scored.name for scored in results] == [asked.name for asked in manifest.questions]
    assert 0 <= found.earned <= found.possible
    assert found.possible == pytest.approx(manifest.possible, rel=1e-12)
    assert total(data.draw(st.permutations(results))) == found
