"""A class over a whole course: topics, and every question's difficulty and discrimination, for people and spreadsheets.

A student is who handed in files of one name: `student-07.ipynb` for one assignment and `student-07.zip` for another.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rich import box
from rich.table import Table
from rich.text import Text

from mlsafety_grader.model import Manifest, Report
from mlsafety_grader.report.distribution import histogram, quartile_cells, quartile_table
from mlsafety_grader.report.numbers import percent_text, points_text, rounded
from mlsafety_grader.report.outcome import earned_by_question, has_points, require_release
from mlsafety_grader.report.text import visible
from mlsafety_grader.scoring import Discrimination, Item, analyse_items, weakest

WEAKEST = 5
_STYLES = {Discrimination.GOOD: "green", Discrimination.FAIR: "", Discrimination.WEAK: "yellow"}

Batch = tuple[Manifest, Sequence[Report]]
Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantsMet:
    """Of the wrong answers known beforehand: how many a class handed in, and which of them earned full points."""

    met: int
    missed: tuple[str, ...] = ()


def course_items(batches: Sequence[Batch]) -> dict[Place, Item]:
    """Return each question's item analysis by (slug, question), against everything else that a student did.

    A submission that the grader failed on counts as not handed in.

    Raises:
        UsageError: a report is of another release than it stands with.
    """
    possible: dict[str, float] = {}
    places: dict[str, Place] = {}
    students: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for manifest, reports in batches:
        for question in manifest.autograded:
            name = f"{manifest.slug}/{question.name}"
            possible[name], places[name] = question.possible, (manifest.slug, question.name)
        for report in reports:
            require_release(report, manifest)
            if has_points(report):
                of = students[PurePath(report.submission).stem]
                of.update({f"{manifest.slug}/{name}": earned for name, earned in earned_by_question(report).items()})
    return {places[item.name]: item for item in analyse_items(list(students.values()), possible)}


def topic_table(batches: Sequence[Batch]) -> Table:
    """Return how each topic's points are distributed over the class, in percent of what tests can give."""
    shares: defaultdict[str, list[float]] = defaultdict(list)
    titles: dict[str, str] = {}
    for manifest, reports in batches:
        titles |= {topic.id: topic.title for topic in manifest.topics}
        for report in reports:
            require_release(report, manifest)
            for score in report.topics if has_points(report) else ():
                if score.possible:
                    shares[score.topic].append(score.earned / score.possible)
    table = quartile_table("topic, % of points", extra="mean", what="students")
    unit = ""
    for topic, values in shares.items():
        if topic.partition(".")[0] != unit:
            unit = topic.partition(".")[0]
            table.add_section()
            table.add_row(Text(visible(unit.replace("_", " ")), style="bold"))
        mean = _percent(sum(values) / len(values))
        table.add_row(
            Text(visible(titles.get(topic, topic))), *quartile_cells(values, _percent), mean, histogram(values)
        )
    return table


def items_table(items: Mapping[Place, Item], mutants: Mapping[Place, MutantsMet] | None) -> Table:
    """Return a row a question: how easy it was, how well it tells students apart, and which mutants it caught."""
    lines = ["solved: mean share of the points", "r: correlation with the points for everything else"]
    lines += ["tells apart: good from 0.4, fair from 0.3, weak from 0.2"]
    lines += ["mutants: caught, of how many were handed in"] if mutants else []
    names = [f"{slug}: {question}" for slug, question in _weakest_places(items)]
    lines += ["says least about students:", *(f"  {visible(name)}" for name in names)]
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        caption=Text("\n".join(lines)),
        caption_justify="left",
        caption_style="dim",
    )
    table.add_column("question", overflow="fold", min_width=24)
    for heading in ("points", "solved", "r"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("tells apart", no_wrap=True)
    if mutants:
        table.add_column("mutants", justify="right", no_wrap=True)
    unit = ""
    for (slug, question), item in items.items():
        if slug != unit:
            unit = slug
            table.add_section()
            table.add_row(Text(visible(slug), style="bold"))
        word = item.discrimination
        cells: list[Text | str] = [
            Text(visible(question)),
            points_text(item.possible),
            percent_text(item.facility),
            "--" if item.correlation is None else f"{item.correlation:.2f}",
            Text(word.value, style=_STYLES.get(word, "red")),
        ]
        if mutants:
            met = mutants.get((slug, question), MutantsMet(met=0))
            cells.append(f"{met.met - len(met.missed)}/{met.met}")
        table.add_row(*cells)
    return table


def items_csv(items: Mapping[Place, Item], mutants: Mapping[Place, MutantsMet]) -> str:
    """Return the item analysis as a table for spreadsheets; cells that say nothing are empty."""
    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    head = ["assignment", "question", "possible", "students", "facility", "correlation", "discrimination"]
    writer.writerow([*head, "mutants_met", "mutants_missed"])
    for (slug, question), item in items.items():
        met = mutants.get((slug, question))
        writer.writerow(
            [
                slug,
                question,
                rounded(item.possible),
                item.students,
                rounded(item.facility, decimals=4),
                "" if item.correlation is None else rounded(item.correlation, decimals=4),
                item.discrimination.value,
                "" if met is None else met.met,
                "" if met is None else " ".join(met.missed),
            ]
        )
    return table.getvalue()


def _weakest_places(items: Mapping[Place, Item]) -> list[Place]:
    places = {item.name: place for place, item in items.items()}
    return [places[item.name] for item in weakest(list(items.values()), WEAKEST)]


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"
