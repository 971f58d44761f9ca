"""Fixtures that more than one folder of tests needs. Everything here is real: real otter, real processes."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from mlsafety_grader.config import Settings, load_settings
from mlsafety_grader.course import Course, load_assignment, load_course
from mlsafety_grader.model import Assignment
from mlsafety_grader.release import Release, build_release, load_release
from tests import toycourse


@dataclass(frozen=True, slots=True, kw_only=True)
class Toy:
    """The toy course and the release built of it; shared by tests, which must not change it."""

    root: Path
    course: Course
    assignment: Assignment
    settings: Settings
    dist: Path

    @property
    def folder(self) -> Path:
        """The built release."""
        return self.dist / toycourse.SLUG

    @property
    def solution(self) -> Path:
        """The solution notebook."""
        return self.folder / "solution" / f"{toycourse.SLUG}.ipynb"

    @property
    def student(self) -> Path:
        """The notebook that students get."""
        return self.folder / "student" / f"{toycourse.SLUG}.ipynb"

    @property
    def release(self) -> Release:
        """The release, opened for grading."""
        return load_release(self.folder)


def make_toy(root: Path, *, write: bool = True) -> Toy:
    """Build a toy course of one's own; `write` it first unless a changed one is there."""
    if write:
        toycourse.write_course(root)
    course = load_course(root)
    assignment = load_assignment(course, toycourse.SLUG)
    settings = load_settings(root, environ={}, flags={"release_secret": "a secret", "jobs": 2})
    build_release(course, assignment, dist=root / "dist", secret="a secret", say=lambda _: None)
    return Toy(root=root, course=course, assignment=assignment, settings=settings, dist=root / "dist")


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """A toy course, built once."""
    return make_toy(tmp_path_factory.mktemp("toy"))
