"""Grade one submission with otter itself: `python -m ...engine.otter_driver AUTOGRADER SUBMISSION OUT CELL_S`.

Otter runs the tests in the student's kernel and unpickles what that kernel wrote, so this process is lost to the
submission from then on: everything it leaves behind (`results.json`, `executed.ipynb`) is read as untrusted text.
"""

import functools
import json
import sys
from pathlib import Path
from typing import Any

TEXT_CAP = 20_000


def main(autograder: str, submission: str, out: Path, cell_s: float) -> None:
    """Run otter's grading and write its results as plain JSON; without them say why."""
    import nbformat
    import otter.execute
    from otter.run import main as run_otter
    from traitlets.config import Config

    # otter sets no time limit: with nbclient's own, an endless cell is interrupted and the next one runs
    limits = Config(ExecutePreprocessor={"timeout": max(1, round(cell_s)), "interrupt_on_timeout": True})
    otter.execute.Config = functools.partial(Config, limits)
    found: dict[str, Any] = {"error": "", "questions": [], "cells": []}
    try:
        results = run_otter(submission, autograder=autograder, output_dir=None, no_logo=True)
    except Exception as e:  # whatever otter stumbles over is the answer, not a crash
        found["error"] = _text(f"{type(e).__name__}: {e}")
    else:
        if results.has_catastrophic_failure():
            found["error"] = _text(f"otter got no results from the notebook: {results.catastrophic_error}")
        found["questions"] = [question_record(file) for file in results.results.values()]
        if results.notebook is not None:
            found["cells"] = _failures(results.notebook.cells)
            nbformat.write(results.notebook, out / "executed.ipynb")
    (out / "results.json").write_text(json.dumps(found), encoding="utf-8")


def question_record(file: Any) -> dict[str, Any]:
    """Return what an otter test file found, as plain JSON values."""
    cases = [
        {"name": str(r.test_case.name), "passed": bool(r.passed), "message": _text(r.message or "")}
        for r in file.test_case_results
    ]
    return {"name": str(file.name), "cases": cases}


def _failures(cells: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "source": str(cell.source),
            "error": _text(output.get("ename", "")),
            "message": _text(output.get("evalue", "")),
        }
        for cell in cells
        for output in cell.get("outputs", [])
        if output.get("output_type") == "error"
    ]


def _text(value: object) -> str:
    return str(value).encode("utf-8", "replace").decode()[:TEXT_CAP]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]))
