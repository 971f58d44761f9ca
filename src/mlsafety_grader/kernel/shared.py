"""Run a public test file with otter inside a checkpoint, for a question whose release says that it is shared."""

import os
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from otter.nbmeta_config import NBMetadataConfig
from otter.test_files import create_test_file


def run_tests(source: str, namespace: dict[str, Any]) -> list[list[object]]:
    """Return [name, passed, message] for each case of a test file.

    Args:
        source: the file's text, exception-based or in OK format.
        namespace: the globals in which the submission's cells ran.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tests.py")
        path.write_text(source, encoding="utf-8")
        file = create_test_file(str(path), NBMetadataConfig())
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):  # noqa: PTH123
        file.run(namespace)
    return [
        [str(result.test_case.name), bool(result.passed), str(result.message or "")]
        for result in file.test_case_results
    ]
