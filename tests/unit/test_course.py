"""The course files: the real ones load, and every wrong one gives an error that names file and key."""

from pathlib import Path

import pytest

from mlsafety_grader.course import load_assignment, load_course, load_topics
from mlsafety_grader.errors import CourseError, UsageError
from mlsafety_grader.model import Direction
from tests import toycourse

SYLLABUS = {
    "hazard_analysis": ["risk_decomposition", "systems_view", "black_swans"],
    "robustness": ["adversaries", "long_tails"],
    "monitoring": ["anomalies", "interpretable_uncertainty", "transparency", "trojans", "emergent_behavior"],
    "alignment": ["honesty", "value_learning", "machine_ethics", "intrasystem_goals"],
    "systemic_safety": ["improved_epistemics", "improved_cyberdefense", "cooperative_ai"],
    "x_risk": ["future_scenarios", "selection_pressures", "capabilities_externalities"],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A toy course on disk, to be broken."""
    toycourse.write_course(tmp_path)
    return tmp_path


def sidecar_of(root: Path) -> Path:
    return root / "assignments" / "01_hazard_analysis" / toycourse.SLUG / "assignment.toml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_syllabus_is_complete_and_in_order() -> None:
    """Six units and twenty lectures, each with a topic of its own."""
    course = load_course(toycourse.REPOSITORY)
    assert {unit.id: list(unit.assignments) for unit in course.units} == SYLLABUS
    assert list(SYLLABUS) == [unit.id for unit in course.units]
    assert [topic.id for topic in load_topics()] == [f"{u}.{s}" for u, slugs in SYLLABUS.items() for s in slugs]
    assert len(course.slugs) == 20


def test_every_written_assignment_of_the_repository_loads() -> None:
    """25 autograded points and a written question of 5, as the course promises."""
    course = load_course(toycourse.REPOSITORY)
    written = [slug for slug in course.slugs if course.has_sources(slug)]
    assert "adversaries" in written
    for slug in written:
        assignment = load_assignment(course, slug)
        assert (assignment.autograded_points, assignment.points) == (25, 30)


def test_sidecar_becomes_records(root: Path) -> None:
    """What the file says is what the floors above see."""
    assignment = load_assignment(load_course(root), toycourse.SLUG)
    assert assignment.points == 10
    assert assignment.limits.memory_mib == 1024
    assert [q.name for q in assignment.questions] == ["q1_risk", "q2_worst", "w1"]
    assert assignment.metrics[0].direction is Direction.MIN
    assert assignment.objectives[0].id == "risk"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("points = 3", "point = 3", r"questions\.0\.point.*: .*unknown key|questions\.0\.points: Field required"),
        ("blank_points = 0", "blank_point = 0", r"blank_point: unknown key"),
        ('slug = "risk_decomposition"', 'slug = "other"', "slug: is 'other'"),
        ('unit = "hazard_analysis"', 'unit = "robustness"', "unit: is 'robustness'"),
        ('topics = ["hazard_analysis.risk', 'topics = ["nonsense.risk', r"topics\.0: no topic is called"),
        ('topic = "hazard_analysis.systems_view"', 'topic = "x.y"', r"questions\.q2_worst\.topic: no topic"),
        ('objectives = ["risk"]', 'objectives = ["riks"]', r"questions\.q1_risk\.objectives: no objective"),
        ('question = "q1_risk"', 'question = "q9"', r"metrics\.risk_error\.question: no question"),
        ('name = "q2_worst"', 'name = "q1_risk"', r"questions\.q1_risk: is declared twice"),
        ("memory_mib = 1024", "memory_mib = 1", r"limits\.memory_mib"),
        ("passing = 0.5", "passing = 5.0", "not in order"),
        ("highest = 10.0", "highest = 0.7", r"must lie in \[lowest, highest\]"),
        ('direction = "min"', 'direction = "max"', "not in order"),
        ("points = 3", "points = nan", r"questions\.0\.points"),
        ("schema = 1", "schema = 2", "schema"),
        ("schema = 1", "schema = ", "not TOML"),
    ],
)
def test_wrong_sidecar_names_file_and_key(root: Path, old: str, new: str, problem: str) -> None:
    """One clear error, with something to do next."""
    change(sidecar_of(root), old, new)
    with pytest.raises(CourseError, match=problem) as caught:
        load_assignment(load_course(root), toycourse.SLUG)
    assert "assignment.toml" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('id = "hazard_analysis"', 'id = "hazards"', "id: no topic belongs to unit 'hazards'"),
        ('"systems_view"', '"weather"', "assignments: there is no topic hazard_analysis.weather"),
        ('"systems_view"', '"risk_decomposition"', "listed by unit hazard_analysis as well"),
        ("order = 1", "order = 0", "order"),
        ("order = 1", "ordre = 1", "order: Field required|ordre: unknown key"),
    ],
)
def test_wrong_unit_names_file_and_key(root: Path, old: str, new: str, problem: str) -> None:
    """The unit file is checked against the topics."""
    change(root / "assignments" / "01_hazard_analysis" / "unit.toml", old, new)
    with pytest.raises(CourseError, match=problem):
        load_course(root)


def test_unreadable_file_is_named(root: Path) -> None:
    """Bytes that are no text."""
    sidecar_of(root).write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match="cannot be read"):
        load_assignment(load_course(root), toycourse.SLUG)


def test_folder_without_units_is_no_course(tmp_path: Path) -> None:
    """The message says where a course was looked for."""
    with pytest.raises(CourseError, match=r"no <unit>/unit\.toml"):
        load_course(tmp_path)


def test_open_assignment_says_which_exist(root: Path) -> None:
    """Asking for what nobody has written yet."""
    with pytest.raises(UsageError, match="systems_view is still open") as caught:
        load_assignment(load_course(root), "systems_view")
    assert toycourse.SLUG in caught.value.hint


def test_unknown_assignment_lists_the_known(root: Path) -> None:
    """A typo on the command line."""
    with pytest.raises(UsageError, match="'risks'") as caught:
        load_assignment(load_course(root), "risks")
    assert toycourse.SLUG in caught.value.hint


def test_unknown_topic_is_none(root: Path) -> None:
    """Looking a topic up does not raise."""
    assert load_course(root).topic("no.such") is None
