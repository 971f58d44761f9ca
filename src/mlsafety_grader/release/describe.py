"""Say which questions and cases otter test files hold: `python -m mlsafety_grader.release.describe DIR OUT`.

Runs in a process of its own, because otter loads a test file by executing it and a file may import anything. Test
files are the instructor's, so this is about tidiness, not trust; a submission never comes near.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from mlsafety_grader.errors import ReleaseError, ScoreError
from mlsafety_grader.model import Question
from mlsafety_grader.release.archive import unpack_tests

DESCRIBE_LIMIT_S = 120


def describe_tests(files: Mapping[str, bytes]) -> tuple[Question, ...]:
    """Return the questions that an autograder's files define, in the order in which otter grades them.

    Args:
        files: what lies in the zip: `tests/*.py` and `files/*` (name → content); the rest is ignored.

    Raises:
        ReleaseError: a test file does not load, or its points are not to be awarded.
    """
    with tempfile.TemporaryDirectory(prefix="mlsafety-describe-") as scratch:
        unpack_tests(files, Path(scratch))
        out = Path(scratch, "questions.json")
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__, "tests", str(out)],
            cwd=scratch,
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": scratch, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DESCRIBE_LIMIT_S,
            check=False,
        )
        if done.returncode != 0 or not out.exists():
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
            raise ReleaseError(
                f"otter cannot load the release's tests: {lines[-1]}",
                hint="build the release again; a message with a double quote breaks a generated test file",
            )
        try:
            return tuple(msgspec.json.decode(out.read_bytes(), type=list[Question]))
        except (msgspec.DecodeError, ScoreError) as e:
            raise ReleaseError(f"the release's tests are not gradable: {e}", hint="correct the tests' points") from None


def main(tests: Path, out: Path) -> None:
    """Load every test file below `tests` with otter and write what it found as JSON."""
    from otter.nbmeta_config import NBMetadataConfig  # slow, and only this process needs it
    from otter.test_files import create_test_file

    sys.path.insert(0, str(Path.cwd()))
    found = []
    for path in sorted(tests.glob("*.py")):
        file = create_test_file(str(path), NBMetadataConfig())
        cases = [
            {
                "name": case.name,
                "points": case.points,
                "hidden": bool(case.hidden),
                "success_message": case.success_message,
                "failure_message": case.failure_message,
            }
            for case in file.test_cases
        ]
        found.append({"name": file.name, "cases": cases, "all_or_nothing": bool(file.all_or_nothing)})
    out.write_bytes(msgspec.json.encode(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
