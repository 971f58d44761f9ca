"""Where others call the grader: Gradescope's entry point, the Action's scripts, and what is packed for them.

Everything runs for real: the zip is made and unpacked, the scripts are started as their platforms start them, and
submissions are graded in the sandbox.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from mlsafety_grader.release import AUTOGRADER, MANIFEST, hash_file, read_manifest, read_zip, write_zip
from mlsafety_grader.release.manifest import encode_manifest, name_release
from mlsafety_grader.report import gradescope_schema
from tests import toycourse
from tests.conftest import Toy

REPOSITORY = Path(__file__).resolve().parent.parent.parent
GRADESCOPE = REPOSITORY / "autograder" / "gradescope"
ACTION = REPOSITORY / "autograder" / "action"


def start(*arguments: object, cwd: Path, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    tools = Path(sys.executable).parent
    base = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "HOME": str(cwd)}
    return subprocess.run(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env={**base, **(environ or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture(scope="module")
def packed(toy: Toy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy's release as a zip for Gradescope."""
    target = tmp_path_factory.mktemp("packed") / "toy.zip"
    done = start(sys.executable, GRADESCOPE / "make_zip.py", toy.folder, "--out", target, cwd=target.parent)
    assert done.returncode == 0, done.stderr
    assert "autograder points in Gradescope to 5" in done.stdout
    return target


@pytest.fixture
def autograder(packed: Path, tmp_path: Path) -> Path:
    """Gradescope's folders, as they are after its image was built; this environment stands for the one of setup.sh."""
    root = tmp_path / "autograder"
    (root / "submission").mkdir(parents=True)
    (root / "results").mkdir()
    unzip(packed, root / "source")
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    (root / "venv").symlink_to(sys.prefix)
    return root


def unzip(archive: Path, folder: Path) -> None:
    """Unpack with the modes that the zip says, as Gradescope does."""
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            path = Path(file.extract(info, folder))
            path.chmod(info.external_attr >> 16 & 0o777)


def run_autograder(root: Path, *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return start(root / "run_autograder", cwd=cwd or root, environ={"AUTOGRADER_ROOT": str(root)})


def results(root: Path) -> Any:
    document = json.loads((root / "results" / "results.json").read_text())
    jsonschema.Draft202012Validator(gradescope_schema()).validate(document)
    return document


def scores(document: Any) -> dict[str, float]:
    return {test["name"]: test["score"] for test in document["tests"] if "score" in test}


def test_zip_holds_what_is_needed_and_no_solution(packed: Path, toy: Toy, tmp_path: Path) -> None:
    """Gradescope's scripts at its top, executable; the same sources give the same bytes."""
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
        text = b"".join(archive.read(name) for name in names if name.startswith("release/"))
    assert {"setup.sh", "run_autograder", "grade_submission.py", "release/manifest.json"} <= set(names)
    assert "package/src/mlsafety_grader/cli/app.py" in names
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert not any("__pycache__" in name or "solution" in name for name in names)
    assert b"expected = sum(p * cost" not in text
    again = tmp_path / "again.zip"
    assert start(sys.executable, GRADESCOPE / "make_zip.py", toy.folder, "--out", again, cwd=tmp_path).returncode == 0
    assert again.read_bytes() == packed.read_bytes()


def test_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    """One clear message, and no zip."""
    done = start(sys.executable, GRADESCOPE / "make_zip.py", tmp_path, "--out", tmp_path / "x.zip", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.zip").exists()


def test_solution_gets_full_marks_on_gradescope(autograder: Path, toy: Toy) -> None:
    """results.json is valid and has a score for each question that tests grade."""
    shutil.copy(toy.solution, autograder / "submission" / "my work.ipynb")
    done = run_autograder(autograder)
    assert done.returncode == 0, done.stderr
    assert scores(results(autograder)) == {"q1_risk": 3, "q2_worst": 2}


def test_unpacked_zip_is_graded_as_the_zip_it_was(autograder: Path, toy: Toy) -> None:
    """Gradescope unpacks what a student uploads: a notebook among other files, here in a folder of its own.

    A mlsafety.toml among them is the student's data and not our settings, even when the script is started beside it.
    """
    folder = autograder / "submission" / "homework"
    (folder / "data").mkdir(parents=True)
    shutil.copy(toy.solution, folder / f"{toycourse.SLUG}.ipynb")
    (folder / "data" / "x.csv").write_text("1")
    (folder / ".OTTER_LOG").write_bytes(b"\x80")
    (folder / "mlsafety.toml").write_text("nonsense = 1")
    (folder / "link.ipynb").symlink_to("/etc/passwd")
    done = run_autograder(autograder, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert sum(scores(results(autograder)).values()) == 5


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"hw.pdf": b"%PDF"}, ".pdf"),
        ({}, "zip without a notebook"),
        ({"a.ipynb": b"{}", "b.ipynb": b"{}"}, "zip with 2 .ipynb files"),
    ],
)
def test_students_mistake_is_a_zero_with_its_reason(autograder: Path, files: dict[str, bytes], why: str) -> None:
    """He handed in something that cannot be graded, and reads what."""
    for name, data in files.items():
        (autograder / "submission" / name).write_bytes(data)
    done = run_autograder(autograder)
    assert done.returncode == 0, done.stderr
    document = results(autograder)
    assert why in document["output"]
    assert sum(scores(document).values()) == 0


def break_tests(root: Path) -> None:
    """Make the release's tests end the examiner; the release is otherwise whole, and its hashes agree."""
    folder = root / "source" / "release"
    members = read_zip(folder / AUTOGRADER)
    broken = {name: b"import os\nos._exit(7)\n" if name.startswith("tests/") else members[name] for name in members}
    write_zip(folder / AUTOGRADER, broken)
    manifest = read_manifest(folder / MANIFEST)
    files = {**manifest.files, AUTOGRADER: hash_file(folder / AUTOGRADER)}
    (folder / MANIFEST).write_bytes(encode_manifest(name_release(replace(manifest, files=files))))


def test_grader_fault_writes_no_results(autograder: Path, toy: Toy) -> None:
    """Gradescope then says that the autograder failed: that is no zero, and the old result does not stay either."""
    shutil.copy(toy.solution, autograder / "submission" / "hw.ipynb")
    (autograder / "results" / "results.json").write_text('{"score": 3}')
    break_tests(autograder)
    done = run_autograder(autograder)
    assert done.returncode == 1
    assert "no score was recorded: `mlsafety grade` ended with exit code 3" in done.stderr
    assert "not the student's fault" in done.stderr
    assert not (autograder / "results" / "results.json").exists()


def test_damaged_release_and_missing_environment_write_no_results(autograder: Path, toy: Toy) -> None:
    """Whatever is wrong on our side, the message says what."""
    shutil.copy(toy.solution, autograder / "submission" / "hw.ipynb")
    (autograder / "source" / "release" / "autograder.zip").write_bytes(b"")
    done = run_autograder(autograder)
    assert done.returncode == 1
    assert "changed after the build" in done.stderr
    (autograder / "venv").unlink()
    done = run_autograder(autograder)
    assert done.returncode == 1
    assert "setup.sh did not run to its end" in done.stderr
    assert not (autograder / "results" / "results.json").exists()


# the Action


def grade_in_job(place: Path, release: Path, submission: Path) -> tuple[subprocess.CompletedProcess[str], str, str]:
    """Run the Action's script as a runner does; return it with the page and the step's outputs."""
    page, outputs = place / "summary.md", place / "outputs"
    page.write_text("before\n")
    outputs.write_text("")
    environ = {
        "RELEASE": str(release),
        "SUBMISSION": submission.name,
        "OUT": "graded",
        "SANDBOX": "auto",
        "GITHUB_STEP_SUMMARY": str(page),
        "GITHUB_OUTPUT": str(outputs),
    }
    done = start(ACTION / "grade.sh", cwd=submission.parent, environ=environ)
    return done, page.read_text(), outputs.read_text()


def test_job_gets_summary_result_and_junit(toy: Toy, tmp_path: Path) -> None:
    """The checkout is a student's: his settings file is not read, an odd file name is one argument."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    work = checkout / "--my 'work'.ipynb"
    shutil.copy(toy.solution, work)
    (checkout / "mlsafety.toml").write_text("nonsense = 1")
    done, page, outputs = grade_in_job(tmp_path, toy.folder, work)
    assert done.returncode == 0, done.stderr
    assert page.startswith("before\n## Grading: risk")
    name, _, value = outputs.partition("=")
    result = json.loads(base64.b64decode(value))
    assert name == "result"
    assert (result["status"], result["max_score"], sum(test["score"] for test in result["tests"])) == ("pass", 5, 5)
    junit = ET.fromstring((checkout / "graded" / "junit.xml").read_bytes())  # noqa: S314 - written a moment ago
    assert junit.get("tests") == "5"


def test_job_with_several_submissions_has_no_result(toy: Toy, tmp_path: Path) -> None:
    """Classroom would add them up; the page has them all."""
    folder = tmp_path / "in" / "handed_in"
    folder.mkdir(parents=True)
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("x")
    done, page, outputs = grade_in_job(tmp_path, toy.folder, folder)
    assert done.returncode == 0, done.stderr
    assert "2 submissions" in page
    assert outputs == ""


def test_job_without_a_release_fails(tmp_path: Path) -> None:
    """With the exit code of the grading, and no page."""
    (tmp_path / "a.ipynb").write_text("{}")
    done, page, outputs = grade_in_job(tmp_path, tmp_path / "nowhere", tmp_path / "a.ipynb")
    assert done.returncode == 2
    assert "nothing was graded" in done.stderr
    assert (page, outputs) == ("before\n", "")


def test_action_runs_its_scripts_and_never_pastes_inputs_into_them() -> None:
    """An input with a quote in it would become part of the script."""
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    steps = action["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert all(step.get("shell") == "bash" for step in steps if "run" in step)
    assert not any("${{" in script for script in scripts)
    assert any("doctor" in script for script in scripts)
    for name in ("allow_namespaces.sh", "grade.sh"):
        assert any(name in script for script in scripts)
        assert os.access(ACTION / name, os.X_OK)
    (grade,) = [step for step in steps if step.get("id") == "grade"]
    assert set(grade["env"]) == {"RELEASE", "SUBMISSION", "OUT", "SANDBOX"}
    assert action["outputs"]["result"]["value"] == "${{ steps.grade.outputs.result }}"


def test_example_workflow_uses_inputs_and_outputs_that_there_are() -> None:
    """The reporter reads the variable that is named after its runner."""
    action = yaml.safe_load((ACTION / "action.yml").read_text())
    workflow = yaml.safe_load((REPOSITORY / "docs" / "ci" / "classroom.yml").read_text())
    (job,) = workflow["jobs"].values()
    ours = next(step for step in job["steps"] if "autograder/action" in step.get("uses", ""))
    reporter = next(step for step in job["steps"] if "grading-reporter" in step.get("uses", ""))
    assert set(ours["with"]) <= set(action["inputs"])
    assert {name for name, field in action["inputs"].items() if field.get("required")} <= set(ours["with"])
    runner = reporter["with"]["runners"]
    assert reporter["env"] == {f"{runner.upper()}_RESULTS": f"${{{{ steps.{ours['id']}.outputs.result }}}}"}
    assert workflow["name"] == "Autograding Tests"


def test_namespaces_are_left_alone_where_nothing_forbids_them() -> None:
    """On a host without that switch the script does nothing and succeeds."""
    if Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns").exists():
        pytest.skip("this host has the switch; the script would turn it")
    done = start(ACTION / "allow_namespaces.sh", cwd=Path("/"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# mlsafety export


def test_export_reads_a_batch_and_tells_what_is_wrong(toy: Toy, tmp_path: Path) -> None:
    """In the order of batch.json, to a file or to standard output."""
    handed_in = tmp_path / "in"
    handed_in.mkdir()
    for name in ("hw10.txt", "hw2.txt"):
        (handed_in / name).write_text("x")
    assert start("mlsafety", "grade", toy.folder, handed_in, "--out", "graded", cwd=tmp_path).returncode == 0
    shown = start("mlsafety", "export", "graded", "--format", "junit", cwd=tmp_path)
    suites = ET.fromstring(shown.stdout.encode())  # noqa: S314 - written a moment ago
    assert [suite.get("name") for suite in suites] == ["hw2.txt", "hw10.txt"]
    assert start("mlsafety", "export", "graded", "-f", "summary", "-o", "page.md", cwd=tmp_path).returncode == 0
    assert "2 rejected" in (tmp_path / "page.md").read_text()
    for arguments, why in (
        (("graded", "-f", "xls"), "choose one of: github, junit, summary"),
        (("graded", "-f", "github"), "one submission, and here are 2"),
        (("nowhere", "-f", "junit"), "cannot be read"),
        (("graded", "-f", "junit", "-o", "no/where.xml"), "cannot be written"),
    ):
        done = start("mlsafety", "export", *arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert why in done.stderr
    index = (tmp_path / "graded" / "batch.json").read_text()
    (tmp_path / "graded" / "batch.json").write_text(index.replace('"hw2.txt"', '"../in"'))
    assert "outside the batch" in start("mlsafety", "export", "graded", "-f", "junit", cwd=tmp_path).stderr
