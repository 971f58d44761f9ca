"""A plan that cannot be meant does not construct, and shows nothing of the course."""

from pathlib import Path

import pytest

from mlsafety_grader.sandbox import Level, Plan, SandboxError, Usage, default_read_only, find_excess
from mlsafety_grader.sandbox.plan import environment

TREE = Path(__file__).parents[3]


@pytest.mark.parametrize(
    "wrong",
    [
        {"work_mib": 0},
        {"memory_mib": -1},
        {"outside_uid": 0},
        {"outside_gid": 0},
        {"keep_fds": (2,)},
        {"read_only": (Path("usr"),)},
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SandboxError):
        Plan(level=Level.STRICT, **wrong)  # type: ignore[arg-type]


def test_the_course_is_not_among_what_is_read() -> None:
    shown = default_read_only()
    assert Path("/usr") in shown
    assert all(path.exists() and path.is_absolute() for path in shown)
    for kept in ("src", "assignments", "dist", "autograder", "tests"):
        assert not any((TREE / kept).is_relative_to(path) for path in shown)
    for kept in ("/etc", "/root", "/home", "/var", "/proc", "/dev", "/"):
        assert Path(kept) not in shown


def test_no_path_lies_within_another() -> None:
    shown = set(default_read_only())
    assert not any(parent in shown for path in shown for parent in path.parents)


def test_the_environment_inherits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "hush")
    found = environment("/h", "/t")
    assert "SECRET" not in found
    assert (found["HOME"], found["TMPDIR"], found["OMP_NUM_THREADS"]) == ("/h", "/t", "1")


@pytest.mark.parametrize(
    ("memory", "tasks", "scratch", "excess"),
    [(99, 9, 9, ""), (101, 9, 9, "memory"), (99, 11, 9, "processes"), (99, 9, 11, "disk"), (100, 10, 10, "")],
)
def test_the_limit_that_is_exceeded_is_named(memory: float, tasks: int, scratch: float, excess: str) -> None:
    plan = Plan(level=Level.STRICT, memory_mib=100, max_processes=10, work_mib=10)
    assert find_excess(Usage(memory_mib=memory, tasks=tasks, scratch_mib=scratch), plan) == excess
