"""Say what became of a submission, the same way in every file."""

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Manifest, Report, Status

COMPLETED = "Completed"  # otter's word


def has_points(report: Report) -> bool:
    """Return whether the report's points mean anything. A grader fault has none, and none is not zero."""
    return report.status is not Status.GRADER_FAULT


def status_text(report: Report) -> str:
    """Return `Completed`, or the status with its reason: `timeout: cell 7 ran longer than 30 s`. Not escaped."""
    if report.status is Status.GRADED:
        return COMPLETED
    return f"{report.status.value}: {report.reason}" if report.reason else report.status.value


def earned_by_question(report: Report) -> dict[str, float]:
    """Return each question's points by name; a question that the report lacks earned nothing."""
    return {question.name: question.earned for question in report.questions}


def earned_by_topic(report: Report) -> dict[str, float]:
    """Return the points that tests awarded by topic id."""
    return {topic.topic: topic.earned for topic in report.topics}


def require_release(report: Report, manifest: Manifest) -> None:
    """Refuse to read a report by the questions of another release.

    Raises:
        UsageError: the report was made with another release.
    """
    if (report.slug, report.release_id) != (manifest.slug, manifest.release_id):
        raise UsageError(
            f"{report.submission!r} was graded with release {report.slug} {report.release_id}, "
            f"not with {manifest.slug} {manifest.release_id}",
            hint="grade it again with this release, or report on each release by itself",
        )
