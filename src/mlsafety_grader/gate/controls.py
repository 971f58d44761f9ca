"""The seven controls of the release gate, as pure judgements over what was measured.

Each takes reports or files' hashes and says whether the release may go out, what was found, and what to do if not.
"Full marks" always means: of exactly the points that the sidecar declares, so that a test that vanished is noticed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlsafety_grader.gate.leaks import Leak
from mlsafety_grader.gate.specimens import Variant
from mlsafety_grader.model import Assignment, EngineName, Report, Status, Verdict

MAX_SHOWN = 8
MAX_PUBLIC_SHARE = 0.5

# What each control demands, in the order in which people read them.
DEMANDS = {
    "solution": "scores full marks",
    "blank": "scores at most what is declared",
    "mutants": "each loses points where it should",
    "alternatives": "each scores full marks",
    "leak scan": "no secret line reaches students",
    "budget": "solution within time and memory",
    "rebuild": "byte-identical",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The outcome of one control. `problems` are what to mend; `advice` says how."""

    name: str
    passed: bool
    found: str
    problems: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A variant and the report of grading it."""

    variant: Variant
    report: Report


def _control(name: str, found: str, problems: Sequence[str], advice: str) -> Control:
    return Control(
        name=name, passed=not problems, found=found, problems=tuple(problems), advice=advice if problems else ""
    )


def judge_solution(assignment: Assignment, reports: Sequence[Report]) -> Control:
    """The reference solution scores full marks on every engine."""
    problems = [problem for report in reports for problem in _short_of_full(assignment, report)]
    scores = ", ".join(f"{r.earned:g}/{r.possible:g} by {r.engine.value}" for r in reports)
    stuck = _what_cannot_cross(reports)
    advice = "mend the solution or the test that refuses it"
    if stuck:
        advice = (
            "have the test ask for plain values or call the student's functions; if that cannot be, and all tests "
            'of the question are public, give it `isolation = "shared"` in assignment.toml'
        )
    return _control("solution", scores, [*problems, *stuck], advice)


def judge_blank(assignment: Assignment, reports: Sequence[Report]) -> Control:
    """The student version as it is handed out scores at most what the sidecar declares."""
    problems = []
    for report in reports:
        problems += _wrong_possible(assignment, report)
        if report.status is not Status.GRADED:
            problems.append(f"by {report.engine.value}: {report.status.value}: {report.reason}")
        elif report.earned > assignment.blank_points:
            given = ", ".join(f"{q.name} {q.earned:g}" for q in report.questions if q.earned)
            problems.append(f"by {report.engine.value}: {report.earned:g} points for nothing ({given})")
    scores = ", ".join(f"{r.earned:g}/{r.possible:g} by {r.engine.value}" for r in reports)
    return _control("blank", scores, problems, "give no points for cases that an untouched answer passes")


def judge_mutants(assignment: Assignment, trials: Sequence[Trial]) -> Control:
    """Every mutant fails a hidden case of the question it targets and no hidden case of another."""
    problems = [problem for trial in trials for problem in _survival(assignment, trial)]
    targets = {trial.variant.question for trial in trials}
    problems += [
        f"{q.name} has no mutant: nothing shows that its tests can fail"
        for q in assignment.questions
        if not q.manual and q.name not in targets
    ]
    by_public = sum(fails_public(trial) for trial in trials)
    if trials and by_public > MAX_PUBLIC_SHARE * len(trials):
        problems.append(f"public tests alone catch {by_public} of {len(trials)} mutants: they give the answer away")
    caught = sum(not _survival(assignment, trial) for trial in trials)
    found = f"{caught} of {len(trials)} caught, {by_public} by public tests alone"
    return _control("mutants", found, problems, "sharpen the hidden tests, or correct mutants.py")


def judge_alternatives(assignment: Assignment, trials: Sequence[Trial]) -> Control:
    """Every other right answer scores full marks."""
    problems = [
        f"{trial.variant.name} ({trial.variant.meaning}): {problem}"
        for trial in trials
        for problem in _short_of_full(assignment, trial.report)
    ]
    if not trials:
        problems.append("there is no alternative: nothing shows that the tests accept another right answer")
    full = sum(not _short_of_full(assignment, trial.report) for trial in trials)
    return _control(
        "alternatives",
        f"{full} of {len(trials)} in full",
        problems,
        "loosen the test that is too picky, or mend mutants.py",
    )


def judge_leaks(leaks: Sequence[Leak], *, files: int) -> Control:
    """Nothing secret is in the student version."""
    problems = [f"{leak.place}: {leak.line[:100]}" for leak in leaks]
    return _control(
        "leak scan",
        f"{len(leaks)} secret lines in {files} files",
        problems,
        "put the line inside BEGIN SOLUTION / END SOLUTION, or into the oracle",
    )


def judge_budget(assignment: Assignment, reports: Sequence[Report]) -> Control:
    """Grading the solution from a cold start stays within the assignment's budget."""
    budget = assignment.budget
    problems = []
    for report in reports:
        used = report.usage
        if used.wall_s > budget.seconds:
            problems.append(f"by {report.engine.value}: {used.wall_s:.1f} s of {budget.seconds:g} s")
        if used.peak_memory_mib > budget.memory_mib:
            problems.append(f"by {report.engine.value}: {used.peak_memory_mib:.0f} MiB of {budget.memory_mib} MiB")
    figures = ", ".join(
        f"{r.usage.wall_s:.1f} s wall, {r.usage.cpu_s:.1f} s CPU, {r.usage.peak_memory_mib:.0f} MiB by {r.engine.value}"
        for r in reports
    )
    return _control("budget", figures, problems, "make cells or tests cheaper, or raise [budget] in assignment.toml")


def judge_rebuild(released: Mapping[str, str], rebuilt: Mapping[str, str]) -> Control:
    """Building the sources again, elsewhere, gives the released bytes. Arguments: path → SHA-256."""
    names = sorted({*released, *rebuilt})
    problems = [f"{name} differs" for name in names if released.get(name) != rebuilt.get(name)]
    same = len(names) - len(problems)
    return _control(
        "rebuild",
        f"{same} of {len(names)} files identical",
        problems,
        "run `mlsafety build` if the sources changed; never edit a built release",
    )


def _short_of_full(assignment: Assignment, report: Report) -> list[str]:
    problems = _wrong_possible(assignment, report)
    if report.status is not Status.GRADED:
        problems.append(f"by {report.engine.value}: {report.status.value}: {report.reason}")
    for question in report.questions:
        if not question.manual and question.earned != question.possible:
            cases = ", ".join(f"{c.name} {c.verdict.value}" for c in question.cases if c.verdict is not Verdict.PASSED)
            problems.append(
                f"by {report.engine.value}: {question.name} {question.earned:g}/{question.possible:g}: {cases}"
            )
    return problems


def _what_cannot_cross(reports: Sequence[Report]) -> list[str]:
    """Name cases that pass in one process and not across two, with what the test met there."""
    passed = {
        (question.name, case.name)
        for report in reports
        if report.engine is EngineName.OTTER
        for question in report.questions
        for case in question.cases
        if case.verdict is Verdict.PASSED
    }
    return [
        f"{question.name} {case.name} passes in the submission's own process but not from another one: "
        f"{_last_line(case.detail)}"
        for report in reports
        if report.engine is EngineName.ISOLATED
        for question in report.questions
        for case in question.cases
        if case.verdict is not Verdict.PASSED and (question.name, case.name) in passed
    ]


def _last_line(detail: str) -> str:
    """Return the exception of a test's traceback, which names the object."""
    lines = [line for line in detail.split("\n\nIn the submission:")[0].splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "no message"


def _wrong_possible(assignment: Assignment, report: Report) -> list[str]:
    declared = assignment.autograded_points
    if report.possible == declared:
        return []
    return [f"by {report.engine.value}: {report.possible:g} points possible, assignment.toml declares {declared:g}"]


def _survival(assignment: Assignment, trial: Trial) -> list[str]:
    variant, report = trial.variant, trial.report
    name = f"{variant.name} ({variant.meaning})"
    if report.status is not Status.GRADED:
        return [f"{name}: {report.status.value}: {report.reason}"]
    problems = _wrong_possible(assignment, report)
    if unknown := _unknown_name(report):
        problems.append(f"{name}: fails only because {unknown}: put what it needs inside the function")
    for question in report.questions:
        failed = [c for c in question.cases if c.hidden and c.verdict is not Verdict.PASSED]
        if question.name == variant.question and (not failed or question.earned >= question.possible):
            problems.append(
                f"{name}: {question.name} gives {question.earned:g}/{question.possible:g}; no hidden case fails"
            )
        if question.name != variant.question and failed:
            problems.append(f"{name}: also fails {failed[0].name}, but only {variant.question} is wrong")
    return problems


def _unknown_name(report: Report) -> str:
    """Return the name that a variant's function missed: it is renamed, and stands alone in the notebook."""
    details = [_last_line(case.detail) for question in report.questions for case in question.cases]
    found = [detail for detail in details if detail.startswith("NameError: ")]
    return found[0].removeprefix("NameError: ") if found else ""


def fails_public(trial: Trial) -> bool:
    """Whether the public cases of the targeted question would have told the student."""
    targets = (q for q in trial.report.questions if q.name == trial.variant.question)
    return any(not c.hidden and c.verdict is not Verdict.PASSED for q in targets for c in q.cases)
