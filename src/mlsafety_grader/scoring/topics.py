"""Add up points by safety topic."""

from collections.abc import Iterable

from mlsafety_grader.model import QuestionResult, TopicScore
from mlsafety_grader.scoring.sums import add_points


def score_topics(results: Iterable[QuestionResult]) -> tuple[TopicScore, ...]:
    """Return one score per topic, ordered by the first question that names it; questions without one are left out.

    Raises:
        ScoreError: a topic's points add up to more than a number can hold.
    """
    by_topic: dict[str, list[QuestionResult]] = {}
    for result in results:
        if result.topic is not None:
            by_topic.setdefault(result.topic, []).append(result)
    return tuple(_score_topic(topic, members) for topic, members in by_topic.items())


def _score_topic(topic: str, members: list[QuestionResult]) -> TopicScore:
    graded = [result for result in members if not result.manual]
    return TopicScore(
        topic=topic,
        earned=add_points(result.earned for result in graded),
        possible=add_points(result.possible for result in graded),
        written_possible=add_points(result.possible for result in members if result.manual),
    )
