"""Write a graded batch in the formats of other systems."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from mlsafety_grader.errors import UsageError
from mlsafety_grader.model import Report
from mlsafety_grader.report import (
    classroom_json,
    decode_batch,
    decode_report,
    job_summary,
    junit_xml,
)

_HINT = "name what `mlsafety grade` wrote with --out; if it was interrupted, run the same command again"

BATCH_EXPORTERS: Mapping[str, Callable[[Sequence[Report]], bytes]] = MappingProxyType(
    {
        "junit": junit_xml,
        "github": classroom_json,
        "summary": lambda reports: job_summary(reports).encode(),
    }
)


def export_batch(folder: Path, format_name: str) -> bytes:
    """Return a graded batch in another format: a name of `BATCH_EXPORTERS`.

    Raises:
        UsageError: the format is unknown, the folder is no finished batch, or the format cannot hold it.
    """
    exporter = BATCH_EXPORTERS.get(format_name)
    if exporter is None:
        raise UsageError(
            f"no format is called {format_name!r}", hint=f"choose one of: {', '.join(sorted(BATCH_EXPORTERS))}"
        )
    return exporter(read_reports(folder))


def read_reports(folder: Path) -> tuple[Report, ...]:
    """Return the reports of a graded batch, in the order of its batch.json.

    Raises:
        UsageError: the folder is no finished batch, or a report in it cannot be read.
    """
    index = decode_batch(_read(folder / "batch.json"))
    return tuple(_read_report(folder, entry.folder) for entry in index.submissions)


def _read_report(folder: Path, name: str) -> Report:
    if Path(name).name != name:  # somebody edited batch.json: it must not lead elsewhere
        raise UsageError(f"{folder}/batch.json names a folder {name!r} outside the batch", hint=_HINT)
    return decode_report(_read(folder / name / "report.json"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise UsageError(f"{path} cannot be read: {e.strerror}", hint=_HINT) from None
