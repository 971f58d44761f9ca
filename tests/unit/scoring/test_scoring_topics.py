"""Points by safety topic."""

from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.model import Manifest, QuestionResult, TopicScore
from mlsafety_grader.scoring import score_submission, score_topics, total
from tests.strategies import examinations, manifests


def test_topics_in_order_of_first_appearance() -> None:
    """Autograded and written points stay apart; a question without a topic is left out."""
    results = [
        QuestionResult(name="q1", earned=1, possible=2, topic="b"),
        QuestionResult(name="q2", earned=3, possible=3, topic="a"),
        QuestionResult(name="q3", earned=0, possible=7, topic=None),
        QuestionResult(name="q4", earned=0.5, possible=4, topic="b"),
        QuestionResult(name="w1", earned=0, possible=5, manual=True, topic="b"),
        QuestionResult(name="w2", earned=0, possible=5, manual=True, topic="c"),
    ]

    assert score_topics(results) == (
        TopicScore(topic="b", earned=1.5, possible=6, written_possible=5),
        TopicScore(topic="a", earned=3, possible=3),
        TopicScore(topic="c", earned=0, possible=0, written_possible=5),
    )


@given(data=st.data(), manifest=manifests())
def test_topics_divide_the_total(data: st.DataObject, manifest: Manifest) -> None:
    """Topics and questions without one add up to the total; the order of questions changes no topic's points."""
    results = score_submission(manifest, data.draw(examinations(manifest=manifest)))

    topics = score_topics(results)

    loose = total(result for result in results if result.topic is None)
    assert fsum([loose.earned, *(topic.earned for topic in topics)]) == pytest.approx(total(results).earned)
    assert all(0 <= topic.earned <= topic.possible for topic in topics)
    assert set(score_topics(data.draw(st.permutations(results)))) == set(topics)
