"""The job summary: read by a Markdown reader, nothing that a student wrote does anything."""

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given
from markdown_it import MarkdownIt

from mlsafety_grader.model import Manifest, Report, Status, TopicScore, Verdict
from mlsafety_grader.report import job_summary
from tests.records import make_case, make_report, make_result
from tests.strategies import batches

TAGS = {"h2", "p", "strong", "table", "thead", "tbody", "tr", "th", "td"}


class Tags(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def render(reports: list[Report]) -> Tags:
    page = Tags()
    page.feed(MarkdownIt("gfm-like", {"linkify": False}).render(job_summary(reports)))
    return page


@given(batch=batches())
def test_no_text_of_students_becomes_markup(batch: tuple[Manifest, list[Report]]) -> None:
    """One row per submission, four cells each, and only the tags that the page itself has."""
    reports = batch[1]
    page = render(reports)
    assert set(page.tags) <= TAGS
    topics = {topic.topic for report in reports for topic in report.topics if topic.possible}
    assert page.tags.count("tr") <= (len(reports) + 1 if reports else 0) + (len(topics) + 1 if topics else 0)
    assert len(reports) * 4 <= page.tags.count("td")


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    """Pictures, links, mentions, pipes and HTML."""
    name = "![x](http://e.x/?a) <img src=x> | `c` **b** @ada #1 ~~s~~ :tada: \\"
    page = render([make_report(make_result("q1", make_case()), name=name)])
    assert name in page.text
    assert "@ada" not in job_summary([make_report(name=name)])


def test_counts_points_and_topics() -> None:
    """A grader fault has no points, and it is said that it has none."""
    graded = make_report(make_result("q1", make_case(), make_case(Verdict.FAILED)))
    fault = make_report(make_result("q1", make_case()), status=Status.GRADER_FAULT, name="b.ipynb")
    text = render([graded, fault]).text
    assert "2 submissions: 1 graded, 1 grader fault" in text
    assert "The grader failed on 1: no score, and not a zero." in text
    assert "1 of 2" in text
    assert "1 of 1" not in text


def test_topics_are_shares_over_all_that_have_points() -> None:
    """A fault's topics would pull the share down."""
    topic = TopicScore(topic="robustness.adversaries", earned=1.0, possible=4.0)
    graded = replace(make_report(), topics=(topic,))
    fault = replace(make_report(status=Status.GRADER_FAULT), topics=(replace(topic, earned=0.0),))
    assert "25 %" in render([graded, fault]).text


def test_long_batch_stays_within_what_github_shows() -> None:
    """It drops a summary of more than 1 MiB."""
    report = make_report(name="!" * 300, status=Status.CRASHED)
    summary = job_summary([report] * 3000)
    assert len(summary.encode()) < 1 << 20
    assert "and 2500 more" in summary


def test_empty_batch() -> None:
    """Says so."""
    assert "No submissions." in job_summary([])
