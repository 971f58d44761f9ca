"""docs/course.md says what the assignments' own files say; `make course-page` writes it anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from mlsafety_grader.course import load_assignment, load_course
from scripts import course_page
from tests import toycourse

COURSE = load_course(course_page.ROOT)
WRITTEN = course_page.written(COURSE)


def test_page_is_that_of_the_sources() -> None:
    assert course_page.PAGE.read_text(encoding="utf-8") == course_page.render(COURSE), "run `make course-page`"


@pytest.mark.parametrize("slug", WRITTEN)
def test_figure_was_drawn_by_the_code_that_stands(slug: str) -> None:
    drawn = course_page.figure_hash(slug)
    assert drawn == course_page.code_hash(load_assignment(COURSE, slug)), "run `make course-page`"
    assert (course_page.FIGURES / f"{slug}.png").stat().st_size < 200_000


def test_there_is_no_figure_of_nothing() -> None:
    assert {path.stem for path in course_page.FIGURES.iterdir()} == set(WRITTEN)


def test_master_must_say_how_long_it_takes(tmp_path: Path) -> None:
    toycourse.write_course(tmp_path)
    course = load_course(tmp_path)
    with pytest.raises(SystemExit, match="lacks"):
        course_page.render(course)
    changed = replace(load_assignment(course, toycourse.SLUG), slug="nothing_drawn")
    assert course_page.figure_hash(changed.slug) is None
