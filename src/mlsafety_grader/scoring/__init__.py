"""Turn verdicts into points, and points into standings. Pure: no files, no clock, and nothing here rounds.

    Question + CaseResult…  ──match_results──► cases in the release's order ──score_question──► QuestionResult
    Manifest + Examination  ──score_submission──► QuestionResult… ──total──► Total
                                                                  └─score_topics──► TopicScore…
    Metric… + recorded values ──place──► Measurement…
    a class's points ──analyse_items──► Item… (how hard a question was, how well it tells students apart)
    Student + Work… (attempts, a person's decisions, rules) ──settle_course──► Settled… (a Standing each)

What a case is worth and whether it is hidden comes from the release; an engine's word on that is never taken.
"""

from mlsafety_grader.scoring.attempts import Attempt, Counting, Rated, choose_attempt
from mlsafety_grader.scoring.items import Discrimination, Item, analyse_items, weakest
from mlsafety_grader.scoring.late import (
    MAX_DAYS,
    LatePolicy,
    as_utc,
    days_late,
    is_accepted,
    late_days_to_spend,
    late_penalty,
)
from mlsafety_grader.scoring.measurements import place
from mlsafety_grader.scoring.points import Total, match_results, score_question, score_submission, total
from mlsafety_grader.scoring.standing import (
    ManualScore,
    Override,
    QuestionPoints,
    Rules,
    Settled,
    Source,
    Work,
    settle,
    settle_course,
)
from mlsafety_grader.scoring.sums import add_points
from mlsafety_grader.scoring.topics import score_topics

__all__ = [
    "MAX_DAYS",
    "Attempt",
    "Counting",
    "Discrimination",
    "Item",
    "LatePolicy",
    "ManualScore",
    "Override",
    "QuestionPoints",
    "Rated",
    "Rules",
    "Settled",
    "Source",
    "Total",
    "Work",
    "add_points",
    "analyse_items",
    "as_utc",
    "choose_attempt",
    "days_late",
    "is_accepted",
    "late_days_to_spend",
    "late_penalty",
    "match_results",
    "place",
    "score_question",
    "score_submission",
    "score_topics",
    "settle",
    "settle_course",
    "total",
    "weakest",
]
