"""What `mlsafety export` does: read a graded batch, write it in another format to a file or to standard output."""

import sys
from pathlib import Path

from mlsafety_grader.errors import UsageError
from mlsafety_grader.report import write_atomically
from mlsafety_grader.service.export import export_batch


def run_export(folder: Path, format_name: str, out: Path | None) -> None:
    """Write the batch; nothing is written when it cannot be.

    Raises:
        UsageError: see `export_batch`; or the file cannot be written.
    """
    data = export_batch(folder, format_name)
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        write_atomically(out, data)
    except OSError as e:
        raise UsageError(
            f"{out} cannot be written: {e.strerror}", hint="name a file in a folder that is there, with --out"
        ) from None
