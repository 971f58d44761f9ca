"""Hostile and awkward submissions against the isolated engine, in every sandbox level that this host offers.

A case is a folder with `submission.ipynb` and `expect.toml`; adding one needs no Python. All are graded one after
another on one pair of servers, with the solution between them: it must always score what it scores alone.

    meaning         what the submission tries
    status          one of these
    score_min/max   points of the toy release's 5
    reason          stands in the report's reason
    hidden, shown   texts that must not, or must, stand in what students see (results.json and the executed notebook)
    no_measurement  an id that must not be among the measurements
"""

import contextlib
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from mlsafety_grader.engine import Bounds, IsolatedEngine, Task, Terms, grade
from mlsafety_grader.model import Report
from mlsafety_grader.report import encode_gradescope, gradescope_results
from mlsafety_grader.sandbox import State, probe
from tests.conftest import Toy

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/expect.toml"))
# what no student may see of the toy release, whatever the submission does
SECRETS = ("held_out_hazards", "oracle_risk", "wanted = ", "release_seed", "[1.0, 4.0, 2.5]")


@pytest.fixture(scope="module", params=["strict", "reduced"])
def engine(request: pytest.FixtureRequest) -> Iterator[IsolatedEngine]:
    """One pair of servers for all cases."""
    level: str = request.param
    if level == "strict" and any(layer.name == "user" and layer.state is not State.ON for layer in probe()):
        pytest.skip("this host has no user namespaces, which strict needs")
    made = IsolatedEngine(level=level)
    yield made
    made.close()


def graded(toy: Toy, engine: IsolatedEngine, path: Path, keep: Path) -> Report:
    release = toy.release
    limits = replace(release.manifest.limits, cell_s=5, case_s=3, submission_s=40, memory_mib=900)
    keep.mkdir(exist_ok=True)
    task = Task(path=path, name=path.name, folder="f", keep=keep)
    return grade(task, Terms(engine=engine, release=release, limits=limits, bounds=Bounds()), stop=threading.Event())


@pytest.mark.parametrize("name", CASES)
def test_submission_gets_what_it_deserves(toy: Toy, engine: IsolatedEngine, tmp_path: Path, name: str) -> None:
    """Its own points, a verdict with a reason, no secret; and the next submission gets its own as well."""
    expect = tomllib.loads((HERE / name / "expect.toml").read_text())
    before = student_processes()
    report = graded(toy, engine, HERE / name / "submission.ipynb", tmp_path / "kept")
    assert report.status.value in expect["status"], report.reason
    assert expect.get("score_min", 0) <= report.earned <= expect.get("score_max", 5)
    assert expect.get("reason", "") in report.reason
    shown = encode_gradescope(gradescope_results(report, toy.release.manifest)).decode()
    shown += (tmp_path / "kept" / "executed.ipynb").read_text()
    own = (HERE / name / "submission.ipynb").read_text()
    for secret in (*SECRETS, *expect.get("hidden", [])):
        assert secret in own or secret not in shown
    assert all(text in shown for text in expect.get("shown", []))
    assert expect.get("no_measurement") not in [measurement.id for measurement in report.measurements]
    assert student_processes() <= before
    after = graded(toy, engine, toy.solution, tmp_path / "after")
    assert (after.status.value, after.earned) == ("graded", 5)


def student_processes() -> set[int]:
    """Student processes of this test's servers, and orphans; tests beside this one have servers of their own."""
    own = {process.pid for process in psutil.Process().children(recursive=True)}
    found = set()
    for process in psutil.process_iter(["uids"]):
        uids = process.info["uids"]
        if uids is None or not 210_000 <= uids.real < 212_000:
            continue
        with contextlib.suppress(psutil.NoSuchProcess):
            is_foreign = any("mlsafety_grader.kernel.server" in parent.cmdline() for parent in process.parents())
            if process.status() != psutil.STATUS_ZOMBIE and (process.pid in own or not is_foreign):
                found.add(process.pid)
    return found
