"""What is there is used where it still holds, and only there."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.batch.plan import make_plan
from mlsafety_grader.batch.store import Stored
from mlsafety_grader.engine import Task
from mlsafety_grader.model import Keys, Manifest, Report, Status
from tests.records import make_report

MANIFEST = Manifest(slug="toy", title="Toy", release_id="r", questions=())


def key(content: str) -> Keys:
    return Keys(content=content, common="c")


def task(name: str) -> Task:
    return Task(path=Path("/in", name), name=name, folder=name)


def report(name: str, content: str, **fields: object) -> Report:
    return replace(make_report(name=name), keys=key(content), **fields)  # type: ignore[arg-type]


def stored(name: str, content: str, **fields: object) -> Stored:
    return Stored(folder=name, report=report(name, content, **fields))


def test_report_with_the_same_key_is_kept() -> None:
    """And another submission's is graded."""
    plan = make_plan([task("a"), task("b")], [key("A"), key("B")], [stored("a", "A"), stored("b", "old")], MANIFEST)
    assert (list(plan.kept), plan.todo, plan.moves) == ([0], (1,), ())


def test_renamed_submission_takes_its_report_along() -> None:
    """The old folder stays and is said."""
    plan = make_plan([task("new")], [key("A")], [stored("old", "A")], MANIFEST)
    (move,) = plan.moves
    assert (move.source, move.report.submission, move.report.folder) == ("old", "new", "new")
    assert plan.unnamed == ("old",)


def test_two_that_swapped_names_swap_reports() -> None:
    """As when the same files are named in another order."""
    plan = make_plan([task("a"), task("b")], [key("B"), key("A")], [stored("a", "A"), stored("b", "B")], MANIFEST)
    assert [(move.source, move.report.folder) for move in plan.moves] == [("b", "a"), ("a", "b")]


def test_new_release_id_alone_grades_nothing() -> None:
    """The report is written anew under it."""
    plan = make_plan([task("a")], [key("A")], [stored("a", "A", release_id="before")], MANIFEST)
    assert (plan.todo, plan.moves[0].report.release_id) == ((), "r")


def test_fault_is_graded_again() -> None:
    """Also when nothing has changed."""
    assert make_plan([task("a")], [key("A")], [stored("a", "A", status=Status.GRADER_FAULT)], MANIFEST).todo == (0,)


def test_rejection_holds_under_its_own_name_only() -> None:
    """Its reason may quote the file's name."""
    rejected = stored("a", "A", status=Status.REJECTED)
    assert make_plan([task("a")], [key("A")], [rejected], MANIFEST).todo == ()
    assert make_plan([task("b")], [key("A")], [rejected], MANIFEST).todo == (0,)


def test_damaged_report_is_graded_again_and_said() -> None:
    """A folder of no submission of ours is not called damaged."""
    damaged = Stored(folder="a", report=None, problem="cannot be read")
    other = Stored(folder="z", report=None, problem="cannot be read")
    plan = make_plan([task("a")], [key("A")], [damaged, other], MANIFEST)
    assert (plan.todo, plan.damaged, plan.unnamed) == ((0,), (damaged,), ("z",))


def test_report_without_keys_never_counts() -> None:
    """Nobody knows what it was made of."""
    plan = make_plan([task("a")], [key("A")], [Stored(folder="a", report=make_report(name="a"))], MANIFEST)
    assert plan.todo == (0,)


@given(
    wanted=st.lists(st.sampled_from("ABC"), max_size=6),
    present=st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("ABC")), max_size=6, unique_by=lambda p: p[0]
    ),
)
def test_every_task_is_planned_once(wanted: list[str], present: list[tuple[str, str]]) -> None:
    """Kept, moved or to be graded; and what is taken from the store has the task's key."""
    tasks = [task("abcdef"[number]) for number in range(len(wanted))]
    plan = make_plan(tasks, [key(w) for w in wanted], [stored(name, k) for name, k in present], MANIFEST)
    assert sorted([*plan.kept, *(move.number for move in plan.moves), *plan.todo]) == list(range(len(tasks)))
    for number, found in [*plan.kept.items(), *((move.number, move.report) for move in plan.moves)]:
        assert found.keys == key(wanted[number])
        assert found.folder == tasks[number].folder
    assert all(wanted[number] not in {k for _, k in present} for number in plan.todo)
