"""Compile a master with otter assign into a release whose bytes depend on its sources alone.

    assignment folder ─ stage ─► scratch copy + kit + seed + shared defaults ─ otter assign ─► out/{autograder,student}
                                                                                                   │ normalise
    dist/<slug>/{student/, solution/, autograder.zip, manifest.json} ◄──────── replace whole folder ┘

Otter stamps times into zip entries and file names and random ids into cells; `normalise` undoes that. Everything
happens in a scratch folder that takes the place of the old release only when it is complete.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
import yaml

from mlsafety_grader.course import Course
from mlsafety_grader.errors import CourseError, MasterError, ReleaseError
from mlsafety_grader.model import SCHEMA, Assignment, Manifest, Question
from mlsafety_grader.release.archive import hash_tree, read_zip, replacing, write_zip
from mlsafety_grader.release.describe import describe_tests
from mlsafety_grader.release.kit import KIT, copy_kit
from mlsafety_grader.release.load import AUTOGRADER
from mlsafety_grader.release.manifest import MANIFEST, encode_manifest, name_release
from mlsafety_grader.release.master import read_master
from mlsafety_grader.release.master_rules import check_against, check_master

SEED_FILE = "release_seed.py"
REQUIREMENTS = "requirements.txt"
NEVER_SHIPPED = ("assignment.toml", "mutants.py", "RUBRIC.md", "__pycache__", ".ipynb_checkpoints", ".OTTER_LOG")
ASSIGN_LIMIT_S = 600

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Where a release was written and what is in it."""

    folder: Path
    manifest: Manifest


def build_release(course: Course, assignment: Assignment, *, dist: Path, secret: str, say: Say) -> Built:
    """Check and compile a master, and put the release at `dist`/<slug>.

    Args:
        course: names the topics and holds the shared defaults in `autograder/`.
        assignment: what to build.
        dist: the folder of releases.
        secret: seeds of hidden tests are derived from it; the same secret gives the same bytes.
        say: told each step, for people who wait.

    Raises:
        MasterError: the master would compile wrongly, or otter refuses it.
        ReleaseError: the compiled release contradicts its sources.
    """
    master = Path(assignment.folder) / f"{assignment.slug}.ipynb"
    say("checking the master")
    check_sources(master, assignment)
    with tempfile.TemporaryDirectory(prefix="mlsafety-build-") as scratch:
        stage = Path(scratch, assignment.slug)
        say("compiling with otter assign")
        _stage(course, assignment, stage, secret)
        out = Path(scratch, "out")
        _run_otter_assign(stage / master.name, out)
        say("writing the release")
        with replacing(dist / assignment.slug) as folder:
            manifest = _write_release(course, assignment, out, folder)
    return Built(folder=dist / assignment.slug, manifest=manifest)


def check_sources(master: Path, assignment: Assignment) -> None:
    """Refuse a master that would compile wrongly or that its sidecar contradicts.

    Raises:
        MasterError: with every problem that was found, one a line.
    """
    parsed = read_master(master)
    problems = [*check_master(parsed), *check_against(parsed, assignment)]
    if problems:
        lines = [f"{problem.message}\n    {problem.hint}" if problem.hint else problem.message for problem in problems]
        raise MasterError("\n".join(lines), hint=f"correct {master} and build again")


def release_seed(secret: str, slug: str) -> int:
    """Return the seed of a release's hidden tests, in [0, 2**63)."""
    digest = hashlib.sha256(f"{slug}\0{secret}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _stage(course: Course, assignment: Assignment, stage: Path, secret: str) -> None:
    shutil.copytree(assignment.folder, stage, ignore=shutil.ignore_patterns(*NEVER_SHIPPED))
    copy_kit(Path(assignment.folder), stage / KIT)
    shared = course.root / "autograder"
    shutil.copy(shared / REQUIREMENTS, stage / REQUIREMENTS)
    seed = release_seed(secret, assignment.slug)
    text = (
        f'"""Hidden tests derive their seeds and held-out data from this release\'s own number."""\n\nSEED = {seed}\n'
    )
    (stage / SEED_FILE).write_text(text, encoding="utf-8")
    _merge_config(stage / f"{assignment.slug}.ipynb", shared / "otter_defaults.yaml")


def _merge_config(master: Path, defaults: Path) -> None:
    """Put the shared otter settings under the master's own, in the staged copy."""
    notebook = nbformat.read(master, as_version=4)
    cell = _config_cell(notebook, master)
    own: dict[str, Any] = yaml.safe_load(cell.source) or {}
    try:
        merged: dict[str, Any] = yaml.safe_load(defaults.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as e:
        raise CourseError(f"{defaults}: {e}", hint="restore the file; every build reads it") from None
    for key, value in own.items():
        merged[key] = [*merged[key], *value] if isinstance(merged.get(key), list) else value
    merged["autograder_files"] = [*own.get("autograder_files", []), SEED_FILE]
    cell.source = "# ASSIGNMENT CONFIG\n" + yaml.safe_dump(merged)
    nbformat.write(notebook, master)


def _config_cell(notebook: nbformat.NotebookNode, master: Path) -> nbformat.NotebookNode:
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type in {"raw", "markdown"}:
            text = cell.source.strip().removeprefix("```otter").removesuffix("```").strip()
            if text.lower().startswith("# assignment config"):
                config: nbformat.NotebookNode = nbformat.v4.new_raw_cell(text, id=cell["id"])
                notebook.cells[number] = config
                return config
    raise MasterError(
        f"{master.name}: the ASSIGNMENT CONFIG shares its cell with other text", hint="give it a raw cell of its own"
    )


def _run_otter_assign(master: Path, out: Path) -> None:
    home = master.parent.parent
    done = subprocess.run(
        [sys.executable, "-P", "-m", "otter", "assign", "--no-run-tests", "--no-pdfs", master.name, str(out)],
        cwd=master.parent,
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "PYTHONHASHSEED": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=ASSIGN_LIMIT_S,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stdout.decode(errors="replace").strip().splitlines() or ["no message"]
        raise MasterError(f"{master.name}: otter assign: {lines[-1]}", hint="correct the master; otter refused it")


def _write_release(course: Course, assignment: Assignment, out: Path, folder: Path) -> Manifest:
    known = {c["id"] for c in nbformat.read(Path(assignment.folder, f"{assignment.slug}.ipynb"), as_version=4).cells}
    shutil.copytree(out / "student", folder / "student")
    shutil.copy(out / "autograder" / REQUIREMENTS, folder / "student" / REQUIREMENTS)
    (folder / "solution").mkdir()
    notebook = f"{assignment.slug}.ipynb"
    shutil.copy(out / "autograder" / notebook, folder / "solution" / notebook)
    for place in ("student", "solution"):
        _normalise_notebook(folder / place / notebook, known)
    members = read_zip(next((out / "autograder").glob("*.zip")))
    write_zip(folder / AUTOGRADER, members)
    manifest = _describe_release(course, assignment, members, hash_tree(folder))
    (folder / MANIFEST).write_bytes(encode_manifest(manifest))
    return manifest


def _normalise_notebook(path: Path, known: set[str]) -> None:
    """Give the cells that otter added an id by position instead of a random one."""
    notebook = nbformat.read(path, as_version=4)
    added = 0
    for cell in notebook.cells:
        if cell["id"] not in known:
            added += 1
            cell["id"] = f"otter-{added}"
    nbformat.write(notebook, path)


def _describe_release(
    course: Course, assignment: Assignment, members: dict[str, bytes], files: dict[str, str]
) -> Manifest:
    compiled = {question.name: question for question in describe_tests(members)}
    questions = []
    for plan in assignment.questions:
        if plan.manual:
            question = Question(name=plan.name, manual=True, manual_points=plan.points, topic=plan.topic)
        elif plan.name in compiled:
            found = compiled.pop(plan.name)
            question = Question(
                name=plan.name,
                cases=found.cases,
                all_or_nothing=found.all_or_nothing,
                topic=plan.topic,
                shared=plan.shared,
            )
        else:
            raise ReleaseError(f"{plan.name}: otter compiled no test file for it", hint="see the master's test cells")
        if question.possible != plan.points:
            raise ReleaseError(
                f"{plan.name}: the tests award {question.possible:g} points, assignment.toml says {plan.points:g}",
                hint="make the tests' points add up to the question's",
            )
        questions.append(question)
    used = {question.topic for question in questions}
    return name_release(
        Manifest(
            schema=SCHEMA,
            slug=assignment.slug,
            title=assignment.title,
            release_id="",
            questions=tuple(questions),
            topics=tuple(topic for topic in course.topics if topic.id in used),
            metrics=assignment.metrics,
            limits=assignment.limits,
            budget=assignment.budget,
            blank_points=assignment.blank_points,
            assignment_name=assignment.slug,
            versions={
                name: metadata.version(name).partition("+")[0] for name in ("mlsafety-grader", "otter-grader", "torch")
            },
            files=files,
        )
    )
