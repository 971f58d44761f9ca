"""Hold verdicts against luck: `make stability SLUG=...` tries a release's tests under many release secrets.

Hidden tests draw their data from the release's own number. A threshold that holds for one number and not for the next
makes a grade a matter of luck. So the solution must pass every case, each alternative likewise, and each mutant must
fail a hidden case of the question it targets, under every number. Printed: who did not, and for each measurement the
solution's range and its distance from the threshold, in standard deviations.

The author's own code runs here, in forks of one process and without isolation; a mutant is tried on its own question
only, and from the second secret on until the first hidden case that it fails. Cells run once, the oracle's preparations
once a secret. `--table FILE` appends a row of Markdown for docs/stability.md.
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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from rich import box
from rich.console import Console
from rich.progress import Progress
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

    @classmethod
    def of(cls, name: str, found: Sequence[dict[str, Trial | str]]) -> "Outcome":
        """Gather what a variant did under each secret."""
        outcome = cls(name=name)
        for trials in found:
            trial = trials[name]
            if isinstance(trial, Trial):
                outcome.trials.append(trial)
            else:
                outcome.error = trial
        return outcome


def main() -> int:
    """Try every named assignment; return 1 when a verdict depends on the secret."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("slugs", nargs="+", metavar="SLUG", help="built assignments (dist/SLUG)")
    parser.add_argument("--secrets", type=int, default=20, help="how many release secrets (20)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="secrets at a time (the cores)")
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
        variants = [v for v in variants if _name(v) in options.only]
    with tempfile.TemporaryDirectory(prefix="mlsafety-stability-") as scratch:
        place = Path(scratch)
        with zipfile.ZipFile(DIST / assignment.slug / "autograder.zip") as archive:
            archive.extractall(place)
        trier = _Trier(assignment, variants, _run_solution(assignment, place), place)
        progress = Progress(console=Console(stderr=True))
        with progress:
            task = progress.add_task(assignment.slug, total=len(seeds))
            found = trier.try_all(seeds, options.jobs, lambda: progress.advance(task))
    outcomes = [(v, Outcome.of(_name(v), found)) for v in variants]
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


class _Trier:
    """Tries variants under secrets, each secret in a fork and each variant in a fork of that.

    The solution comes first under a secret, so that what the oracle prepares and keeps is there for the variants. A
    mutant has to fail one hidden case: under the first secret all are run, then the one that caught it goes first.
    """

    def __init__(
        self, assignment: Assignment, variants: Sequence[Variant | None], namespace: dict[str, Any], place: Path
    ) -> None:
        self._variants = variants
        self._questions = [q.name for q in assignment.questions if not q.manual]
        self._namespace = namespace
        self._place = place
        self._caught_by: dict[str, list[str]] = {}

    def try_all(self, seeds: Sequence[int], jobs: int, tell: Callable[[], None]) -> list[dict[str, Trial | str]]:
        """Return, a secret, each variant's trial by its name, or what it died of."""
        first = self._wait(self._start(seeds[0], 0), 0)
        tell()
        for variant in self._variants:
            trial = first[_name(variant)]
            if variant and variant.purpose is Purpose.MUTANT and isinstance(trial, Trial):
                self._caught_by[variant.name] = [case for _, case, hidden, _ in trial.failed if hidden]
        found = {0: first}
        running: dict[int, int] = {}
        waiting = list(range(1, len(seeds)))
        while waiting or running:
            while waiting and len(running) < jobs:
                number = waiting.pop(0)
                running[self._start(seeds[number], number)] = number
            pid = next(iter(running))
            number = running.pop(pid)
            found[number] = self._wait(pid, number)
            tell()
        return [found[number] for number in sorted(found)]

    def _start(self, seed: int, number: int) -> int:
        pid = os.fork()
        if pid == 0:
            for name in [name for name in sys.modules if name.startswith("oracle_")]:
                del sys.modules[name]
            sys.modules["release_seed"] = types.SimpleNamespace(SEED=seed)  # type: ignore[assignment]
            answers = {}
            for variant in self._variants:
                answers[_name(variant)] = self._try_variant(variant, number) if variant else self._run(None, number)
            (self._place / f"{number}.json").write_text(json.dumps(answers), encoding="utf-8")
            os._exit(0)
        return pid

    def _wait(self, pid: int, number: int) -> dict[str, Trial | str]:
        _, status = os.waitpid(pid, 0)
        if status:
            died = f"its process ended with {os.waitstatus_to_exitcode(status)}"
            return {_name(variant): died for variant in self._variants}
        answers = json.loads((self._place / f"{number}.json").read_text(encoding="utf-8"))
        return {
            name: answer
            if isinstance(answer, str)
            else Trial(failed=tuple(map(tuple, answer[0])), recorded=dict(answer[1]))
            for name, answer in answers.items()
        }

    def _try_variant(self, variant: Variant, number: int) -> Any:
        """Try one variant in a fork, so that nothing that it changes outlives it."""
        answer = self._place / f"{number}-{variant.name}.json"
        pid = os.fork()
        if pid == 0:
            try:
                for _, source in variant.replaces:
                    exec(compile(source, "<variant>", "exec"), self._namespace)  # noqa: S102 - the author's own
                answer.write_text(json.dumps(self._run(variant, number)), encoding="utf-8")
            except BaseException as error:
                answer.write_text(json.dumps(repr(error)), encoding="utf-8")
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if status or not answer.is_file():
            return f"ended with status {os.waitstatus_to_exitcode(status)}"
        return json.loads(answer.read_text(encoding="utf-8"))

    def _run(self, variant: Variant | None, number: int) -> tuple[Any, Any]:
        """Run tests here: (question, case, hidden?, message) of those that failed, and what was recorded."""
        from otter.test_files import ExceptionTestFile

        name = _name(variant)
        lines = self._place / f"{number}-{name}.jsonl"
        lines.write_text("", encoding="utf-8")
        os.environ["MLSAFETY_METRICS"] = str(lines)
        failed: list[tuple[str, str, bool, str]] = []
        first = self._caught_by.get(name, [])
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            for question in [variant.question] if variant else self._questions:
                tests = ExceptionTestFile.from_file(str(self._place / "tests" / f"{question}.py"))
                cases = sorted(tests.test_cases, key=lambda case: first.index(case.name) if case.name in first else 99)
                for case in cases:
                    tests.test_cases, tests.test_case_results = [case], []
                    tests.run(dict(self._namespace))
                    [result] = tests.test_case_results
                    if not result.passed:
                        failed.append((question, case.name, case.hidden, str(result.message)[-400:]))
                        if first and case.hidden:
                            break
        records = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
        return failed, {record["id"]: record["value"] for record in records}


def _name(variant: Variant | None) -> str:
    return variant.name if variant else SOLUTION


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
                cells = [assignment.slug, f"{options.secrets}", f"{mutants}", f"{others}", verdict, *row]
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
    """Return the best value of a mutant that the threshold stopped, with its name, where its case was run."""
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
