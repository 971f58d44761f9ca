"""Frozen records that every floor shares. No I/O, no clock, no third-party import.

Two families: what an instructor declares (`Assignment`, `Question`, `Manifest` ...) and what grading found
(`CaseResult`, `QuestionResult`, `Report` ...). Points are floats in [0, possible]; nothing here rounds.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import inf

from mlsafety_grader.errors import ScoreError

SCHEMA = 1


class Verdict(StrEnum):
    """What became of one test case. Only `PASSED` earns points."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    NOT_RUN = "not_run"


class Status(StrEnum):
    """What became of one submission. `GRADER_FAULT` is ours: it is retried and never counts as a zero."""

    GRADED = "graded"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    REJECTED = "rejected"
    GRADER_FAULT = "grader_fault"


class EngineName(StrEnum):
    """Who examines a submission."""

    ISOLATED = "isolated"
    OTTER = "otter"


class Direction(StrEnum):
    """Which way a measurement is better."""

    MAX = "max"
    MIN = "min"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A safety topic that points count for: `id` is `<unit>.<lecture>`, say `robustness.adversaries`."""

    id: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A chapter of the syllabus with the slugs of its assignments, in order."""

    id: str
    title: str
    order: int
    folder: str
    assignments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one submission may use: seconds of wall time and MiB of resident memory."""

    cell_s: float = 30.0
    case_s: float = 30.0
    submission_s: float = 180.0
    memory_mib: int = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What the reference solution may use when it is graded from a cold start."""

    seconds: float = 60.0
    memory_mib: int = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A safety figure that hidden tests measure on the student's own work.

    `floor` is what a naive baseline reaches, `passing` the hidden test's threshold, `full` the reference's worst value.
    """

    id: str
    topic: str
    question: str
    direction: Direction
    unit: str
    lowest: float
    highest: float
    floor: float
    passing: float
    full: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test case of a question, as otter resolves it."""

    name: str
    points: float
    hidden: bool
    success_message: str | None = None
    failure_message: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.points < inf:
            raise ScoreError(
                f"case {self.name}: {self.points} points",
                hint="a case's points must be finite and not negative; correct the test's `points`",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An otter test file (`cases` in its order) or, when `manual`, a question that a person grades.

    A `shared` one is examined inside the submission's own process, which can forge its result: only public cases.
    """

    name: str
    cases: tuple[Case, ...] = ()
    all_or_nothing: bool = False
    manual: bool = False
    manual_points: float = 0.0
    topic: str | None = None
    shared: bool = False

    def __post_init__(self) -> None:
        if self.shared and any(case.hidden for case in self.cases):
            raise ScoreError(
                f"question {self.name} is shared and has hidden cases",
                hint="hidden tests never enter the submission's process; make its cases public, or isolate it",
            )
        if self.manual and self.cases:
            raise ScoreError(
                f"question {self.name} is manual and has test cases",
                hint="a question is graded by a person or by tests, not both; split it",
            )
        if not 0 <= self.manual_points < inf:
            raise ScoreError(
                f"question {self.name}: {self.manual_points} points",
                hint="points must be finite and not negative",
            )

    @property
    def possible(self) -> float:
        """Points that a perfect answer earns."""
        return self.manual_points if self.manual else float(sum(case.points for case in self.cases))


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPlan:
    """What `assignment.toml` says of a question: the master must agree."""

    name: str
    topic: str
    points: float
    manual: bool = False
    shared: bool = False
    objectives: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What a student can do afterwards."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One lecture's exercise, as `assignment.toml` declares it. `folder` is absolute."""

    slug: str
    title: str
    unit: str
    lecture: str
    folder: str
    topics: tuple[str, ...]
    papers: tuple[str, ...]
    objectives: tuple[Objective, ...]
    questions: tuple[QuestionPlan, ...]
    metrics: tuple[Metric, ...]
    limits: Limits
    budget: Budget
    blank_points: float = 0.0

    @property
    def points(self) -> float:
        """Points of all questions, written ones included."""
        return float(sum(question.points for question in self.questions))

    @property
    def autograded_points(self) -> float:
        """Points that tests award."""
        return float(sum(question.points for question in self.questions if not question.manual))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in a release; `release_id` is a hash over the content of all its files and this record."""

    schema: int = SCHEMA
    slug: str
    title: str
    release_id: str
    questions: tuple[Question, ...]
    topics: tuple[Topic, ...] = ()
    metrics: tuple[Metric, ...] = ()
    limits: Limits = field(default_factory=Limits)
    budget: Budget = field(default_factory=Budget)
    blank_points: float = 0.0
    assignment_name: str | None = None
    versions: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def autograded(self) -> tuple[Question, ...]:
        """The questions that tests grade."""
        return tuple(question for question in self.questions if not question.manual)

    @property
    def possible(self) -> float:
        """Points that tests can award."""
        return float(sum(question.possible for question in self.autograded))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case's verdict. `detail` is for staff: it may show the test's source."""

    name: str
    verdict: Verdict
    hidden: bool
    possible: float
    message: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """A question's points, with its cases in the test file's order. `shared`: the submission could forge them."""

    name: str
    earned: float
    possible: float
    cases: tuple[CaseResult, ...] = ()
    manual: bool = False
    topic: str | None = None
    shared: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.earned <= self.possible < inf:  # phrased so that NaN is refused
            raise ScoreError(
                f"{self.name}: {self.earned} of {self.possible} points",
                hint="earned must be finite and lie in [0, possible]; check the cases' points",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScore:
    """Points of one topic: what tests awarded, and what a person has yet to award."""

    topic: str
    earned: float
    possible: float
    written_possible: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A value that a hidden test recorded. `position` is its place between floor (0) and full (1), clipped."""

    id: str
    value: float
    position: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFailure:
    """A cell that did not run to its end. `cell` counts the submission's own cells from 1."""

    cell: int | None
    kind: Verdict
    error: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What grading took. These are the only figures that may differ between two gradings of one submission.

    `peak_memory_mib` is what the submission's processes added to what they have from the server. `steps` are the wall
    seconds of each part of the work, as far as the engine tells them apart.
    """

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_memory_mib: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What an engine found out about one submission, before any points are given.

    `cases` maps question name to its cases' results; a question or case that is missing earns nothing (`NOT_RUN`).
    """

    status: Status
    reason: str = ""
    cases: dict[str, tuple[CaseResult, ...]] = field(default_factory=dict)
    measurements: tuple[tuple[str, float], ...] = ()
    cell_failures: tuple[CellFailure, ...] = ()
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Hashes of everything that decided a report's content: equal keys, equal report.

    `content` is over all of it. `common` leaves out the submission and the questions' own tests; `questions` holds a
    hash over each question's tests and points.
    """

    content: str
    common: str
    questions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything known about one graded submission. `keys` is None when nothing can tell whether it still holds."""

    schema: int = SCHEMA
    submission: str
    folder: str
    sha256: str
    slug: str
    release_id: str
    engine: EngineName
    isolation: str
    status: Status
    reason: str
    earned: float
    possible: float
    questions: tuple[QuestionResult, ...]
    topics: tuple[TopicScore, ...]
    measurements: tuple[Measurement, ...] = ()
    cell_failures: tuple[CellFailure, ...] = ()
    usage: Usage = field(default_factory=Usage)
    keys: Keys | None = None

    @property
    def share(self) -> float:
        """Earned over possible, in [0, 1]; 0 when nothing is possible."""
        return self.earned / self.possible if self.possible else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """A person on a roster. `key` names them in this course and never changes; what is unknown is empty."""

    key: str
    name: str
    sortable_name: str = ""
    email: str = ""
    login: str = ""
    sis_id: str = ""
    canvas_id: str = ""
    github: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a student has for an assignment in the end: the attempt that counts, after people and the late policy.

    `earned` is before the late penalty and None when there is no score: nothing handed in (`attempt` 0), or only grader
    faults. `score` is after it, in [0, possible]. Instants carry a time zone.
    """

    student: Student
    slug: str
    title: str
    possible: float
    earned: float | None = None
    penalty: float = 0.0
    score: float | None = None
    attempt: int = 0
    submitted_at: datetime | None = None
    due_at: datetime | None = None
    days_late: int = 0
