"""Turn verdicts into points. Pure: no files, no clock, and nothing here rounds.

    Question + CaseResult…  ──match_results──► cases in the release's order ──score_question──► QuestionResult
    Manifest + Examination  ──score_submission──► QuestionResult… ──total──► Total
                                                                  └─score_topics──► TopicScore…
    Metric… + recorded values ──place──► Measurement…

What a case is worth and whether it is hidden comes from the release; an engine's word on that is never taken.
"""

from mlsafety_grader.scoring.measurements import place
from mlsafety_grader.scoring.points import Total, match_results, score_question, score_submission, total
from mlsafety_grader.scoring.topics import score_topics

__all__ = ["Total", "match_results", "place", "score_question", "score_submission", "score_topics", "total"]
