"""Write docs/course.md, the course at a glance, from the assignments' own files: `make course-page`.

    assignment.toml + master ─ render ─► docs/course.md
    solution, graded from a cold start ─ its figure ─► docs/figures/<slug>.png (only where the master's code changed)

A figure is what a demo cell of the solution draws: the one tagged `cover`, else the last. Each PNG carries the hash of
the code that it was drawn with, so that a test can tell an old one.
"""

import base64
import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mlsafety_grader.course import Course, load_assignment, load_course
from mlsafety_grader.gate import DEMO_TAG
from mlsafety_grader.model import Assignment, Direction, Metric

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "course.md"
FIGURES = ROOT / "docs" / "figures"
COVER_TAG = "cover"
WIDTH = 860  # pixels
COLOURS = 128
_TIME = re.compile(r"\*\*Time:\*\* (?:about )?(?P<time>[^.]+)\.\s+You need (?P<needs>.+?)(?:;|\.\s)", re.DOTALL)
_INTRO = """# The course at a glance

<!-- written by `make course-page` from the assignments' own files; edit those -->

Every assignment is a notebook of one lecture: a text that teaches, functions to write, a figure or table drawn from the
student's own answers after each, and one written question that a person grades. Public tests help while students work;
hidden tests decide, on data that depends on the release's secret. Measurements are safety figures of the student's own
functions: what a naive baseline reaches, what passes, and what the reference solution reaches at worst.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the page says of an assignment beside its sidecar: `time` and `needs` stand in the master's introduction."""

    assignment: Assignment
    time: str
    needs: str


def main() -> int:
    """Draw the figures that are missing or old, and write the page."""
    course = load_course(ROOT)
    FIGURES.mkdir(exist_ok=True)
    for slug in written(course):
        if figure_hash(slug) != code_hash(load_assignment(course, slug)):
            print(f"course-page: drawing the figure of {slug}", file=sys.stderr)
            if not _draw(load_assignment(course, slug)):
                return 1
    PAGE.write_text(render(course), encoding="utf-8")
    print(f"{len(written(course))} assignments → {PAGE.relative_to(ROOT)}")
    return 0


def written(course: Course) -> tuple[str, ...]:
    """Return the assignments that have sources, in the order of the syllabus."""
    return tuple(slug for slug in course.slugs if course.has_sources(slug))


def render(course: Course) -> str:
    """Return the page; the same sources give the same text."""
    entries = [_entry(load_assignment(course, slug)) for slug in written(course)]
    parts = [_INTRO, _overview(course, entries), _points_by_unit(course, entries)]
    for unit in course.units:
        parts.append(f"## {unit.title}\n")
        parts += [_section(entry) for entry in entries if entry.assignment.unit == unit.id]
    return "\n".join(parts).rstrip() + "\n"


def code_hash(assignment: Assignment) -> str:
    """Return the SHA-256 of the code in a master but for its tests: what its figures depend on."""
    cells = [cell.source for cell in _read(assignment).cells if cell.cell_type == "code"]
    code = [source for source in cells if "BEGIN TEST CONFIG" not in source.partition("\n")[0]]
    return hashlib.sha256("\0".join(code).encode()).hexdigest()


def figure_hash(slug: str) -> str | None:
    """Return the hash that a figure carries, None where there is no figure."""
    path = FIGURES / f"{slug}.png"
    if not path.is_file():
        return None
    with Image.open(path) as image:
        return image.info.get("code")


def _read(assignment: Assignment) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(Path(assignment.folder, f"{assignment.slug}.ipynb"), as_version=4)
    return notebook


def _entry(assignment: Assignment) -> Entry:
    text = "\n".join(cell.source for cell in _read(assignment).cells if cell.cell_type == "markdown")
    found = _TIME.search(text)
    if found is None:
        raise SystemExit(f"{assignment.slug}: its introduction lacks `**Time:** about ... You need ...`")
    return Entry(assignment=assignment, time=found["time"], needs=" ".join(found["needs"].split()))


def _overview(course: Course, entries: Sequence[Entry]) -> str:
    lines = ["| # | assignment | time | by tests | written | measurements |", "| --: | --- | --- | --: | --: | --- |"]
    for number, entry in enumerate(entries, 1):
        a = entry.assignment
        written_points = a.points - a.autograded_points
        metrics = ", ".join(f"`{metric.id}`" for metric in a.metrics) or "none"
        link = f"[{a.title.partition(':')[0]}](#{_anchor(a.title)})"
        lines.append(f"| {number} | {link} | {entry.time} | {a.autograded_points:g} | {written_points:g} | {metrics} |")
    open_rows = [slug for slug in course.slugs if not course.has_sources(slug)]
    note = f"\nNot written yet: {', '.join(open_rows)}.\n" if open_rows else ""
    return "\n".join(lines) + "\n" + note


def _points_by_unit(course: Course, entries: Sequence[Entry]) -> str:
    lines = ["| topic | assignments | points by tests | written |", "| --- | --: | --: | --: |"]
    total = [0.0, 0.0, 0.0]
    for unit in course.units:
        questions = [q for e in entries for q in e.assignment.questions if q.topic.partition(".")[0] == unit.id]
        row = [
            float(sum(e.assignment.unit == unit.id for e in entries)),
            sum(q.points for q in questions if not q.manual),
            sum(q.points for q in questions if q.manual),
        ]
        total = [a + b for a, b in zip(total, row, strict=True)]
        lines.append(f"| {unit.title} | " + " | ".join(f"{value:g}" for value in row) + " |")
    lines.append("| **all** | " + " | ".join(f"**{value:g}**" for value in total) + " |")
    return "\n".join(lines) + "\n"


def _section(entry: Entry) -> str:
    a = entry.assignment
    lines = [f"### {a.title}", "", f"![A figure that the solution draws](figures/{a.slug}.png)", ""]
    lines += [f"`{a.slug}` · about {entry.time} · needs {entry.needs}", ""]
    lines += ["Afterwards a student can:", "", *(f"- {_small(objective.text)}" for objective in a.objectives), ""]
    lines += ["| question | to write | points |", "| --- | --- | --: |"]
    for question in a.questions:
        functions = ", ".join(f"`{name}`" for name in question.functions) or "a written answer"
        lines.append(f"| {question.name} | {functions} | {question.points:g} |")
    if a.metrics:
        lines += ["", "| measurement | better | baseline | passing | reference |", "| --- | --- | --: | --: | --: |"]
        lines += [_metric_row(metric) for metric in a.metrics]
    if a.papers:
        lines += ["", "Reads: " + ", ".join(_paper(paper) for paper in a.papers)]
    return "\n".join(lines) + "\n"


def _metric_row(metric: Metric) -> str:
    better = "higher" if metric.direction is Direction.MAX else "lower"
    values = " | ".join(f"{value:g}" for value in (metric.floor, metric.passing, metric.full))
    return f"| `{metric.id}` ({metric.unit}) | {better} | {values} |"


def _paper(paper: str) -> str:
    number = paper.removeprefix("arXiv:")
    return f"[{paper}](https://arxiv.org/abs/{number})" if number != paper else paper


def _small(text: str) -> str:
    return text[0].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _draw(assignment: Assignment) -> bool:
    """Grade the solution from a cold start and keep the figure of its cover cell."""
    slug = assignment.slug
    mlsafety = str(Path(sys.executable).with_name("mlsafety"))
    out = ROOT / "out" / "course_page" / slug
    for command in (
        [mlsafety, "build", slug],
        [mlsafety, "grade", f"dist/{slug}", f"dist/{slug}/solution/{slug}.ipynb", "--out", str(out), "--fresh"],
    ):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return False
    executed = nbformat.read(out / f"{slug}.ipynb" / "executed.ipynb", as_version=4)
    drawn: dict[bool, bytes] = {}
    for cell in executed.cells:
        tags = cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            png = output.get("data", {}).get("image/png")
            if png and DEMO_TAG in tags:
                drawn[COVER_TAG in tags] = base64.b64decode(png)
    if not drawn:
        print(f"course-page: the solution of {slug} draws no figure in a demo cell", file=sys.stderr)
        return False
    note = PngInfo()
    note.add_text("code", code_hash(assignment))
    with Image.open(io.BytesIO(drawn.get(True) or drawn[False])) as image:
        small = image.convert("RGB")
        small.thumbnail((WIDTH, WIDTH))
        palette = small.quantize(COLOURS)
        palette.save(FIGURES / f"{slug}.png", optimize=True, pnginfo=note)
    return True


if __name__ == "__main__":
    sys.exit(main())
