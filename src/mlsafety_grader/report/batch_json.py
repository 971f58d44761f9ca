"""The batch's index for programs: what was graded, with what, how it ended. Without times: grading again repeats it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import SCHEMA, EngineName, Manifest, Report, Status
from mlsafety_grader.report.encoding import encode_json
from mlsafety_grader.report.order import in_order
from mlsafety_grader.report.outcome import has_points, require_release


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsAsked:
    """Limits that were set by hand for a batch; None where the release's own held."""

    cell_s: float | None = None
    submission_s: float | None = None
    memory_mib: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchEntry:
    """What `batch.json` must say of a submission for it to be graded again."""

    name: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchIndex:
    """What `batch.json` must say for a batch to be graded again in the same way."""

    schema: int
    engine: EngineName
    isolation: str
    submissions: tuple[BatchEntry, ...]
    limits: LimitsAsked = LimitsAsked()


def decode_batch(data: bytes) -> BatchIndex:
    """Return what is needed of a `batch.json` to grade the batch again.

    Raises:
        UsageError: it is none, or of another version.
    """
    hint = "grade the batch again with `mlsafety grade`; what still holds is not graded anew"
    try:
        index = msgspec.json.decode(data, type=BatchIndex)
    except (ValueError, RecursionError) as e:
        raise UsageError(f"batch.json cannot be read: {e}", hint=hint) from None
    if index.schema != SCHEMA:
        raise UsageError(f"batch.json has schema {index.schema}; this version reads schema {SCHEMA}", hint=hint)
    return index


def batch_json(
    reports: Sequence[Report],
    manifest: Manifest,
    *,
    engine: EngineName,
    isolation: str,
    asked: LimitsAsked = LimitsAsked(),
) -> bytes:
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
            "limits": asked,
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
