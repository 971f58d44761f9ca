"""The batch's index for programs: what was graded, with what, how it ended. Without times: grading again repeats it."""

from collections import Counter
from collections.abc import Sequence

from mlsafety_grader.model import SCHEMA, EngineName, Manifest, Report, Status
from mlsafety_grader.report.encoding import encode_json
from mlsafety_grader.report.order import in_order
from mlsafety_grader.report.outcome import has_points, require_release


def batch_json(reports: Sequence[Report], manifest: Manifest, *, engine: EngineName, isolation: str) -> bytes:
    """Return `batch.json`; points are exact, and null where the grader failed.

    Raises:
        UsageError: a report is of another release.
    """
    counts = Counter(report.status for report in reports)
    return encode_json(
        {
            "schema": SCHEMA,
            "release": {"slug": manifest.slug, "release_id": manifest.release_id},
            "engine": engine,
            "isolation": isolation,
            "counts": {status.value: counts[status] for status in Status},
            "submissions": [_entry(report, manifest) for report in in_order(reports)],
        }
    )


def _entry(report: Report, manifest: Manifest) -> dict[str, object]:
    require_release(report, manifest)
    graded = has_points(report)
    return {
        "name": report.submission,
        "folder": report.folder,
        "sha256": report.sha256,
        "status": report.status,
        "reason": report.reason,
        "earned": report.earned if graded else None,
        "possible": report.possible,
        "topics": report.topics if graded else None,
    }
