"""Read the course: the list of topics, `unit.toml` files and `assignment.toml` sidecars, into frozen records.

Files are checked at this edge (pydantic, unknown keys refused) and never seen again: the floors above work with
`model` records. Every problem becomes one `CourseError` that names the file and the key.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mlsafety_grader.errors import CourseError, UsageError
from mlsafety_grader.model import (
    Assignment,
    Budget,
    Direction,
    Limits,
    Metric,
    Objective,
    QuestionPlan,
    Topic,
    Unit,
)

T = TypeVar("T", bound=BaseModel)
Text = Annotated[str, Field(min_length=1, max_length=200)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Mib = Annotated[int, Field(ge=64, le=1 << 20)]
Points = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _TopicEntry(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    title: Text


class _TopicFile(_Strict):
    version: Literal[1] = Field(alias="schema")
    topics: list[_TopicEntry]


class _UnitFile(_Strict):
    version: Literal[1] = Field(alias="schema")
    id: Slug
    title: Text
    order: Annotated[int, Field(ge=1)]
    assignments: list[Slug]


_LIMITS = Limits()


class _LimitsTable(_Strict):
    cell_s: Seconds = _LIMITS.cell_s
    case_s: Seconds = _LIMITS.case_s
    submission_s: Seconds = _LIMITS.submission_s
    memory_mib: Mib = _LIMITS.memory_mib


class _BudgetTable(_Strict):
    seconds: Seconds = 60.0
    memory_mib: Mib = 2048


class _ObjectiveTable(_Strict):
    id: Text
    text: Text


class _QuestionTable(_Strict):
    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", max_length=64)]
    topic: str
    points: Points
    manual: bool = False
    isolation: Literal["isolated", "shared"] = "isolated"
    objectives: list[str] = []
    functions: list[str] = []


class _MetricTable(_Strict):
    id: Slug
    topic: str
    question: str
    direction: Direction
    unit: Text
    lowest: Finite
    highest: Finite
    floor: Finite
    passing: Finite
    full: Finite

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        steps = [self.floor, self.passing, self.full]
        if self.direction is Direction.MIN:
            steps.reverse()
        if steps != sorted(steps) or self.floor == self.full:
            raise ValueError(f"floor, passing and full are not in order for direction {self.direction.value}")
        if not self.lowest <= min(steps) <= max(steps) <= self.highest:
            raise ValueError("floor, passing and full must lie in [lowest, highest]")
        return self


class _AssignmentFile(_Strict):
    version: Literal[1] = Field(alias="schema")
    slug: Slug
    unit: Slug
    title: Text
    lecture: Text
    topics: Annotated[list[str], Field(min_length=1)]
    papers: list[str] = []
    blank_points: Points = 0.0
    limits: _LimitsTable = _LimitsTable()
    budget: _BudgetTable = _BudgetTable()
    objectives: list[_ObjectiveTable] = []
    questions: Annotated[list[_QuestionTable], Field(min_length=1)]
    metrics: list[_MetricTable] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The syllabus. An assignment of a unit may still lack its folder: its row is open."""

    root: Path
    units: tuple[Unit, ...]
    topics: tuple[Topic, ...]

    @property
    def slugs(self) -> tuple[str, ...]:
        """All assignments of the syllabus, in order."""
        return tuple(slug for unit in self.units for slug in unit.assignments)

    def topic(self, topic_id: str) -> Topic | None:
        """The topic of that id, if there is one."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def unit_of(self, slug: str) -> Unit:
        """The unit that lists an assignment.

        Raises:
            UsageError: no unit lists it.
        """
        for unit in self.units:
            if slug in unit.assignments:
                return unit
        raise UsageError(f"no assignment is called {slug!r}", hint=f"choose one of: {', '.join(self.slugs)}")

    def folder_of(self, slug: str) -> Path:
        """Where an assignment's sources lie, whether or not they exist yet."""
        return self.root / "assignments" / self.unit_of(slug).folder / slug

    def has_sources(self, slug: str) -> bool:
        """Whether somebody has begun to write this assignment."""
        return (self.folder_of(slug) / "assignment.toml").is_file()


def load_course(root: Path) -> Course:
    """Read the topics and every unit below `root`/assignments.

    Raises:
        CourseError: a file is missing, has an unknown key, or contradicts another.
    """
    topics = load_topics()
    found: list[tuple[Unit, Path]] = []
    files = sorted((root / "assignments").glob("*/unit.toml"))
    if not files:
        raise CourseError(
            f"{root}/assignments has no <unit>/unit.toml",
            hint="run inside a course repository or name one with --course",
        )
    for path in files:
        table = _parse(_UnitFile, path)
        unit = Unit(
            id=table.id,
            title=table.title,
            order=table.order,
            folder=path.parent.name,
            assignments=tuple(table.assignments),
        )
        found.append((unit, path))
    found.sort(key=lambda pair: pair[0].order)
    course = Course(root=root, units=tuple(unit for unit, _ in found), topics=topics)
    _check_units(course, found)
    return course


def load_topics() -> tuple[Topic, ...]:
    """Return the topics that the package declares, in the syllabus' order."""
    with resources.as_file(resources.files("mlsafety_grader") / "topics.toml") as path:
        table = _parse(_TopicFile, path)
    return tuple(Topic(id=t.id, title=t.title, unit=t.id.partition(".")[0]) for t in table.topics)


def load_assignment(course: Course, slug: str) -> Assignment:
    """Read the sidecar of an assignment.

    Raises:
        UsageError: the syllabus does not list it, or nobody has written it yet.
        CourseError: the file is wrong; the message names the key.
    """
    folder = course.folder_of(slug)
    path = folder / "assignment.toml"
    if not path.is_file():
        written = [s for s in course.slugs if course.has_sources(s)]
        raise UsageError(
            f"{slug} is still open: {path} does not exist",
            hint=f"assignments that exist: {', '.join(written) or 'none'}",
        )
    table = _parse(_AssignmentFile, path)
    _check_assignment(course, slug, table, path)
    return _to_assignment(table, folder)


def _to_assignment(table: _AssignmentFile, folder: Path) -> Assignment:
    return Assignment(
        slug=table.slug,
        title=table.title,
        unit=table.unit,
        lecture=table.lecture,
        folder=str(folder.resolve()),
        topics=tuple(table.topics),
        papers=tuple(table.papers),
        objectives=tuple(Objective(id=o.id, text=o.text) for o in table.objectives),
        questions=tuple(
            QuestionPlan(
                name=q.name,
                topic=q.topic,
                points=q.points,
                manual=q.manual,
                shared=q.isolation == "shared",
                objectives=tuple(q.objectives),
                functions=tuple(q.functions),
            )
            for q in table.questions
        ),
        metrics=tuple(Metric(**m.model_dump()) for m in table.metrics),
        limits=Limits(**table.limits.model_dump()),
        budget=Budget(**table.budget.model_dump()),
        blank_points=table.blank_points,
    )


def _check_units(course: Course, found: list[tuple[Unit, Path]]) -> None:
    seen: dict[str, str] = {}
    known_units = {topic.unit for topic in course.topics}
    for unit, path in found:
        if unit.id not in known_units:
            raise _wrong(path, "id", f"no topic belongs to unit {unit.id!r}", hint=_choices(known_units))
        for slug in unit.assignments:
            if course.topic(f"{unit.id}.{slug}") is None:
                raise _wrong(
                    path, "assignments", f"there is no topic {unit.id}.{slug}", hint="add it to topics.toml first"
                )
            if slug in seen:
                raise _wrong(path, "assignments", f"{slug} is listed by unit {seen[slug]} as well")
            seen[slug] = unit.id


def _check_assignment(course: Course, slug: str, table: _AssignmentFile, path: Path) -> None:
    unit = course.unit_of(slug)
    if table.slug != slug:
        raise _wrong(path, "slug", f"is {table.slug!r} but the folder is called {slug!r}")
    if table.unit != unit.id:
        raise _wrong(path, "unit", f"is {table.unit!r} but {unit.folder}/unit.toml, which lists it, is {unit.id!r}")
    names = [q.name for q in table.questions]
    for name in names:
        if names.count(name) > 1:
            raise _wrong(path, f"questions.{name}", "is declared twice")
    for key, kind, given, known in _references(course, table):
        if given not in known:
            raise _wrong(path, key, f"no {kind} is called {given!r}", hint=_choices(known))


def _references(course: Course, table: _AssignmentFile) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield every name in a sidecar that must exist elsewhere: (key, kind, name, names that exist)."""
    topics = [topic.id for topic in course.topics]
    objectives = [objective.id for objective in table.objectives]
    names = [question.name for question in table.questions]
    for number, topic in enumerate(table.topics):
        yield f"topics.{number}", "topic", topic, topics
    for question in table.questions:
        yield f"questions.{question.name}.topic", "topic", question.topic, topics
        for objective in question.objectives:
            yield f"questions.{question.name}.objectives", "objective", objective, objectives
    for metric in table.metrics:
        yield f"metrics.{metric.id}.topic", "topic", metric.topic, topics
        yield f"metrics.{metric.id}.question", "question", metric.question, names


def _choices(names: Iterable[str]) -> str:
    return f"choose one of: {', '.join(sorted(names))}"


def _wrong(path: Path, key: str, problem: str, *, hint: str = "") -> CourseError:
    return CourseError(f"{path}: {key}: {problem}", hint=hint or f"correct {key} in {path.name}")


def _parse(kind: type[T], path: Path) -> T:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as e:
        first = e.errors(include_url=False, include_context=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "(the file)"
        known = sorted(field.alias or name for name, field in kind.model_fields.items())
        hint = f"known keys at the top: {', '.join(known)}" if first["type"] == "extra_forbidden" else ""
        problem = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
        raise _wrong(path, key, problem, hint=hint) from None
    except tomllib.TOMLDecodeError as e:
        raise CourseError(f"{path}: not TOML: {e}", hint="correct the line that the message names") from None
    except (OSError, UnicodeDecodeError) as e:
        raise CourseError(f"{path}: cannot be read: {e}", hint="check that it exists and is UTF-8 text") from None
