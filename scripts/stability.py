"""Hold verdicts against luck: `make stability SLUG=...` tries a release's tests under many release secrets.

Hidden tests draw their data from the release's own number. A threshold that holds for one number and not for the next
makes a grade a matter of luck. So the solution must pass every case, each alternative likewise, and each mutant must
fail a hidden case of the question it targets, under every number. Printed: who did not, and for each measurement the
solution's range and its distance from the threshold, in standard deviations.

The author's own code runs here, in forks of one process and without isolation; a mutant is tried on its own question
only. Cells run once, tests once a secret. `--table FILE` appends a row of Markdown for docs/stability.md.
"""

import argparse
import contextlib
import io
import json
import os
import re
import statistics
import sys
import tempfile
import types
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from mlsafety_grader.course import load_assignment, load_course
from mlsafety_grader.gate import DEMO_TAG, Purpose, Variant, read_variants
from mlsafety_grader.model import Assignment, Direction, Metric
from mlsafety_grader.release import release_seed

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
SOLUTION = "solution"
_OTTER = re.compile(r"^(import otter|grader\b)", re.MULTILINE)  # the cells that otter adds


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one notebook did under one secret: failed cases (question, case, hidden?) and recorded values."""

    failed: tuple[tuple[str, str, bool, str], ...]
    recorded: dict[str, float]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """A variant over all secrets."""

    name: str
    trials: list[Trial] = field(default_factory=list)
    error: str = ""


def main() -> int:
    """Try every named assignment; return 1 when a verdict depends on the secret."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="+", metavar="SLUG", help="built assignments (dist/SLUG)")
    parser.add_argument("--secrets", type=int, default=20, help="how many release secrets (20)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="variants by name, or `solution`")
    parser.add_argument("--table", type=Path, metavar="FILE", help="append a row a measurement, as Markdown")
    options = parser.parse_args()
    course = load_course(ROOT)
    is_stable = True
    for slug in options.slugs:
        if not (DIST / slug / "autograder.zip").is_file():
            print(f"stability: no release dist/{slug}; run `mlsafety build {slug}`", file=sys.stderr)
            return 2
        is_stable &= _try(load_assignment(course, slug), options)
    return 0 if is_stable else 1


def _try(assignment: Assignment, options: argparse.Namespace) -> bool:
    seeds = [release_seed(f"stability {number}", assignment.slug) for number in range(options.secrets)]
    variants: list[Variant | None] = [None, *read_variants(assignment)]
    if options.only:
        variants = [v for v in variants if (v.name if v else SOLUTION) in options.only]
    with tempfile.TemporaryDirectory(prefix="mlsafety-stability-") as scratch:
        place = Path(scratch)
        with zipfile.ZipFile(DIST / assignment.slug / "autograder.zip") as archive:
            archive.extractall(place)
        namespace = _run_solution(assignment, place)
        console = Console(stderr=True)
        outcomes = [
            (variant, _try_variant(assignment, variant, namespace, seeds, place))
            for variant in track(variants, description=assignment.slug, console=console)
        ]
    problems = [problem for variant, outcome in outcomes for problem in _problems(variant, outcome, len(seeds))]
    _show(assignment, outcomes, problems, options)
    return not problems


def _run_solution(assignment: Assignment, place: Path) -> dict[str, Any]:
    """Return the namespace that the solution's cells leave behind; demo cells are left out, as in the gate."""
    os.environ["MPLBACKEND"] = "agg"
    sys.path.insert(0, str((place / "files").resolve()))
    path = DIST / assignment.slug / "solution" / f"{assignment.slug}.ipynb"
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in nbformat.read(path, as_version=4).cells:
            is_ours = _OTTER.search(cell.source)
            if cell.cell_type == "code" and not is_ours and DEMO_TAG not in cell.metadata.get("tags", []):
                exec(compile(cell.source, "<cell>", "exec"), namespace)  # noqa: S102 - the author's own solution
    return namespace


def _try_variant(
    assignment: Assignment, variant: Variant | None, namespace: dict[str, Any], seeds: Sequence[int], place: Path
) -> Outcome:
    """Try one variant in a fork, so that nothing that it changes outlives it."""
    outcome = Outcome(name=variant.name if variant else SOLUTION)
    questions = [variant.question] if variant else [q.name for q in assignment.questions if not q.manual]
    answer = place / f"{outcome.name}.json"
    pid = os.fork()
    if pid == 0:
        try:
            for _, source in variant.replaces if variant else ():
                exec(compile(source, "<variant>", "exec"), namespace)  # noqa: S102 - the author's own mutant
            found = [_try_secret(questions, namespace, seed, place) for seed in seeds]
            answer.write_text(json.dumps(found), encoding="utf-8")
        except BaseException as error:
            print(f"{outcome.name}: {error!r}", file=sys.stderr)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status or not answer.is_file():
        outcome.error = f"ended with status {os.waitstatus_to_exitcode(status)}"
        return outcome
    for failed, recorded in json.loads(answer.read_text(encoding="utf-8")):
        outcome.trials.append(Trial(failed=tuple(map(tuple, failed)), recorded=recorded))
    return outcome


def _try_secret(questions: Sequence[str], namespace: dict[str, Any], seed: int, place: Path) -> tuple[Any, Any]:
    from otter.test_files import ExceptionTestFile

    for name in [name for name in sys.modules if name.startswith("oracle_")]:
        del sys.modules[name]
    sys.modules["release_seed"] = types.SimpleNamespace(SEED=seed)  # type: ignore[assignment]
    lines = place / f"recorded-{os.getpid()}.jsonl"
    lines.write_text("", encoding="utf-8")
    os.environ["MLSAFETY_METRICS"] = str(lines)
    failed = []
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for question in questions:
            tests = ExceptionTestFile.from_file(str(place / "tests" / f"{question}.py"))
            tests.run(dict(namespace))
            failed += [
                (question, r.test_case.name, r.test_case.hidden, str(r.message)[-400:])
                for r in tests.test_case_results
                if not r.passed
            ]
    records = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    return failed, {record["id"]: record["value"] for record in records}


def _problems(variant: Variant | None, outcome: Outcome, secrets: int) -> list[str]:
    if outcome.error:
        return [f"{outcome.name}: {outcome.error}"]
    if variant and variant.purpose is Purpose.MUTANT:
        survived = sum(not any(hidden for _, _, hidden, _ in trial.failed) for trial in outcome.trials)
        return [f"mutant {outcome.name} ({variant.meaning}) survives {survived} of {secrets}"] if survived else []
    kind = f"{variant.purpose.value} " if variant else ""
    cases: dict[str, list[str]] = {}
    for trial in outcome.trials:
        for question, case, _, message in trial.failed:
            cases.setdefault(f"{question} {case}", []).append(message)
    return [
        f"{kind}{outcome.name} fails {case} under {len(found)} of {secrets}: {found[0]}"
        for case, found in cases.items()
    ]


def _show(
    assignment: Assignment,
    outcomes: Sequence[tuple[Variant | None, Outcome]],
    problems: Sequence[str],
    options: argparse.Namespace,
) -> None:
    console = Console()
    mutants = sum(v is not None and v.purpose is Purpose.MUTANT for v, _ in outcomes)
    others = sum(v is not None and v.purpose is Purpose.ALTERNATIVE for v, _ in outcomes)
    console.print(
        f"[bold]{assignment.slug}[/]: {options.secrets} secrets, solution, {mutants} mutants, {others} alternatives: "
        + ("[green]stable[/]" if not problems else "[red]verdicts depend on the secret[/]")
    )
    for problem in problems:
        console.print(f"  - {problem}", markup=False, highlight=False)
    solution = next((outcome for variant, outcome in outcomes if variant is None), None)
    if solution is None or not solution.trials:
        return
    table = Table("measurement", "min", "mean", "max", "sd", "passing", "margin / sd", "closest mutant", box=box.SIMPLE)
    rows = [_row(metric, solution, outcomes) for metric in assignment.metrics]
    for row in rows:
        table.add_row(*row)
    console.print(table)
    if options.table:
        verdict = "stable" if not problems else f"{len(problems)} unstable"
        with options.table.open("a", encoding="utf-8") as out:
            for row in rows:
                cells = [assignment.slug, f"{mutants}", f"{others}", verdict, *row]
                out.write("| " + " | ".join(cells) + " |\n")


def _row(metric: Metric, solution: Outcome, outcomes: Sequence[tuple[Variant | None, Outcome]]) -> list[str]:
    values = [trial.recorded[metric.id] for trial in solution.trials if metric.id in trial.recorded]
    if not values:
        return [metric.id, *["-"] * 7]
    sd = statistics.pstdev(values)
    sign = 1 if metric.direction is Direction.MAX else -1
    worst = min(sign * (value - metric.passing) for value in values)
    margin = "exact" if sd == 0 else f"{sign * (statistics.fmean(values) - metric.passing) / sd:.1f} ({worst:+.3g})"
    return [
        metric.id,
        *(f"{value:.4g}" for value in (min(values), statistics.fmean(values), max(values), sd, metric.passing)),
        margin,
        _closest(metric, outcomes, sign),
    ]


def _closest(metric: Metric, outcomes: Sequence[tuple[Variant | None, Outcome]], sign: int) -> str:
    """Return the best value that a mutant reached which the threshold stops under every secret, with its name."""
    best = None
    for variant, outcome in outcomes:
        if variant is None or variant.purpose is not Purpose.MUTANT or variant.question != metric.question:
            continue
        values = [t.recorded[metric.id] for t in outcome.trials if metric.id in t.recorded]
        if values:
            reached = max(values, key=lambda value: sign * value)
            if sign * (reached - metric.passing) < 0 and (best is None or sign * (reached - best[0]) > 0):
                best = (reached, outcome.name)
    return f"{best[0]:.4g} {best[1]}" if best else "-"


if __name__ == "__main__":
    sys.exit(main())
