"""Escapes, cuts, numbers and the order of names."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.model import Manifest, Report
from mlsafety_grader.report import cap, in_order, natural_key, percent_text, points_text, visible, visible_lines
from mlsafety_grader.report.numbers import rounded, value_text
from mlsafety_grader.report.text import cap_start, encodable, shorten
from tests.strategies import batches, hostile_text, points, shares


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hw1.ipynb", "hw1.ipynb"),
        ("Zoë\u2019s año 题.ipynb", "Zoë\u2019s año 题.ipynb"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x00\x1b[31m\x9b", "\\x00\\x1b[31m\\x9b"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("\ud83d", "\\ud83d"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_invisible_becomes_visible(text: str, shown: str) -> None:
    """What a reader cannot see is spelled out; ordinary letters of any script stay."""
    assert visible(text) == shown


def test_every_control_is_escaped() -> None:
    """No control character, line separator, surrogate or bidi control of Unicode is overlooked."""
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    for char in map(chr, range(0x110000)):
        if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or unicodedata.bidirectional(char) in bidi:
            assert visible(char).startswith("\\"), hex(ord(char))


@given(text=hostile_text)
def test_visible_is_one_encodable_line(text: str) -> None:
    """However the result is split, it is one line; escaping it again changes nothing."""
    shown = visible(text)

    assert len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown == visible(shown)


def test_lines_and_tabs_stay_in_outputs() -> None:
    """Outputs of several lines keep them, with one kind of line break; a lone carriage return is escaped."""
    assert visible_lines("a\r\nb\n\tc\rd\x1b") == "a\nb\n\tc\\rd\\x1b"


@given(text=st.text(max_size=200), limit=st.integers(0, 150))
def test_cuts_keep_the_limit(text: str, limit: int) -> None:
    """A cut text is never longer than asked; a short one is left alone."""
    for cut in (cap(text, limit), cap_start(text, limit)):
        assert len(cut) <= limit
        assert len(text) > limit or cut == text


@given(text=hostile_text, limit=st.integers(1, 20))
def test_shortened_names_are_short_lines(text: str, limit: int) -> None:
    """A name of any kind becomes one visible line within the limit; a short harmless one stays."""
    short = shorten(text, limit)

    assert len(short) <= limit
    assert visible(short) == short
    assert short == visible(text) or short.endswith("…")


def test_cuts_say_how_much_there_was() -> None:
    """`cap` keeps the beginning, `cap_start` the end, and both give the full length."""
    text = "a" * 50 + "z" * 50

    assert cap(text, 60).startswith("aaa")
    assert cap_start(text, 60).endswith("zzz")
    assert all("100 characters" in cut for cut in (cap(text, 60), cap_start(text, 60)))


@given(text=hostile_text)
def test_encodable_keeps_all_but_surrogates(text: str) -> None:
    """Only lone surrogates are replaced."""
    assert encodable(text).encode().decode() == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.5, "2.5"), (25.0, "25"), (0.0, "0"), (-0.0, "0"), (-0.000001, "0"), (1 / 3, "0.33333"), (100.0, "100")],
)
def test_points_are_printed_short(value: float, text: str) -> None:
    """At most five decimals, no trailing zeros, never a negative zero."""
    assert points_text(value) == text


def test_points_without_decimals_keep_their_zeros() -> None:
    """Zeros before the decimal point are not trailing zeros."""
    assert points_text(100.4, decimals=0) == "100"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.68, "68 %"), (0.6812, "68.1 %"), (0.99999, "99.9 %"), (1.0, "100 %")],
)
def test_only_full_marks_read_100_percent(share: float, text: str) -> None:
    """Nearly everything is not everything."""
    assert percent_text(share) == text


@given(value=points)
def test_printing_is_the_only_rounding(value: float) -> None:
    """Printed and rounded points are within half of the last printed place."""
    assert abs(float(points_text(value)) - value) <= 0.5e-5 + 1e-9
    assert float(rounded(value)) == float(points_text(value))


def test_rounded_is_an_int_where_nothing_is_lost() -> None:
    """Files hold 25, not 25.0 or -0; a number beyond exact ints stays a float."""
    assert [repr(rounded(value)) for value in (25.0, 2.5, -0.0, 1e300)] == ["25", "2.5", "0", "1e+300"]


@given(share=shares)
def test_value_text_is_short(share: float) -> None:
    """Four digits are enough for a figure."""
    assert float(value_text(share)) == pytest.approx(share, rel=1e-3)


def test_names_sort_as_people_count() -> None:
    """Numbers compare as numbers, wherever they stand; letters without case."""
    names = ["q10", "q2_pgd", "Q3", "q1_fgsm", "q2", "q1", "w1", "q1_FGSM", "q01", "10", "9", ""]

    assert sorted(names, key=natural_key) == [
        *("", "9", "10", "q01", "q1", "q1_FGSM", "q1_fgsm", "q2", "q2_pgd", "Q3", "q10", "w1")
    ]


def test_thousands_of_digits_sort() -> None:
    """A name that is no number for Python still has its place."""
    assert natural_key("q" + "9" * 5000) < natural_key("q1" + "0" * 5000)


@given(names=st.lists(hostile_text), data=st.data())
def test_order_of_names_is_total(names: list[str], data: st.DataObject) -> None:
    """Any names sort, to one order."""
    assert sorted(data.draw(st.permutations(names)), key=natural_key) == sorted(names, key=natural_key)


@given(batch=batches(), data=st.data())
def test_order_of_submissions_is_irrelevant(batch: tuple[Manifest, list[Report]], data: st.DataObject) -> None:
    """Two submissions of one name have different folders; whoever was graded first, the order is the same."""
    reports = [replace(report, submission="alice.ipynb") for report in batch[1]]

    assert in_order(data.draw(st.permutations(reports))) == in_order(reports)
