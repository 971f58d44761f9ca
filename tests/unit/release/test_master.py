"""Reading a master: what becomes a record, what is noted, what is refused."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import MasterError
from mlsafety_grader.release.master import read_master
from mlsafety_grader.release.master_cells import Where, parse_config
from tests.unit.release.master_builder import (
    ANSWER,
    HIDDEN,
    PUBLIC,
    code,
    exception_master,
    master,
    md,
    messages,
    messages_with,
    ok_master,
    raw,
    shown,
    swap,
    write,
)

HERE = Where(file="toy.ipynb", cell=1)


def refusal(path: Path) -> str:
    with pytest.raises(MasterError) as caught:
        read_master(path)
    assert caught.value.hint
    return caught.value.message


# -- records ----------------------------------------------------------------------------------------------------------


def test_a_master_becomes_records(tmp_path: Path) -> None:
    """Config, questions, tests and answers arrive as written."""
    read = master(tmp_path, exception_master())
    q1, w1 = read.questions
    assert read.config["name"] == "toy"
    assert not read.ok_format
    assert (q1.name, q1.cell, q1.manual, q1.points, q1.all_or_nothing, q1.answers) == (
        "q1",
        3,
        False,
        3,
        False,
        (ANSWER,),
    )
    assert (w1.name, w1.cell, w1.manual, w1.points, w1.tests, w1.answers) == ("w1", 13, True, 5, (), ())
    public, hidden = q1.tests
    assert (public.name, public.cell, public.hidden, public.points) == ("test_double", 9, False, 1.0)
    assert (hidden.name, hidden.hidden, hidden.failure_message) == ("test_double_hidden", True, "it does not double")
    assert hidden.source == HIDDEN.split("\n", 5)[5]
    assert read.problems == ()


def test_ok_format_tests_are_named_after_their_cell(tmp_path: Path) -> None:
    """The OK format is otter's default; `# HIDDEN` hides a test."""
    read = master(tmp_path, ok_master())
    public, hidden = read.questions[0].tests
    assert read.ok_format
    assert (public.name, public.is_run, public.source) == ("cell 9", True, "double(1)")
    assert (hidden.name, hidden.hidden, hidden.points, hidden.source) == (
        "cell 10",
        True,
        None,
        "assert double(21) == 42",
    )


def test_lines_are_divided_as_otter_divides_them(tmp_path: Path) -> None:
    """The solution, the hidden tests and what the student sees; otter rewrites quotes in tests."""
    read = master(tmp_path, exception_master())
    assert read.solution_lines == ("    # BEGIN SOLUTION", "    return 2 * x", "    # END SOLUTION", "An essay.")
    assert '    assert double(21) == 42, "secret"' in read.hidden_lines
    assert "    assert double(21) == 42, 'secret'" in read.hidden_lines
    assert read.public_lines[:4] == ("# Toy", "Write `double`.", "def double(x):", '    """Return twice x."""')
    assert "    assert double(1) == 2" in read.public_lines
    assert not set(read.public_lines) & {*read.solution_lines, *read.hidden_lines}


def test_all_kinds_of_stripped_lines(tmp_path: Path) -> None:
    """Line markers, seeds, prompt markers and ignored lines go; the rest stays."""
    lines = ["x = 1  # SOLUTION", "y = 2 # SOLUTION NO PROMPT", "s = 3  # SEED", '""" # BEGIN PROMPT', "z = ...",
             '""" # END PROMPT', "note  # IGNORE", "# BEGIN IGNORE", "deep", "# END IGNORE", "last = 1"]  # fmt: skip
    read = master(tmp_path, swap(exception_master(), {6: [code("\n".join(lines))]}))
    assert read.problems == ()
    assert {"z = ...", "last = 1"} == set(read.public_lines) & set(lines)
    assert set(lines) - {"z = ...", "last = 1"} == set(read.solution_lines) & set(lines)


def test_ignored_cells_belong_to_nobody(tmp_path: Path) -> None:
    """An `## Ignore ##` cell is read neither as test nor as text."""
    cells = swap(exception_master(), {2: [md("## Ignore ##\nfor teachers")], 9: [code("# ignore\n1/0"), code(PUBLIC)]})
    read = master(tmp_path, cells)
    assert read.problems == ()
    assert "for teachers" in read.solution_lines
    assert len(read.questions[0].tests) == 2


def test_an_included_solution_text_stays_visible(tmp_path: Path) -> None:
    """otter keeps a markdown solution cell that is tagged `otter_include`."""
    kept = md("Read this.", metadata={"tags": ["otter_include", 7]})
    assert "Read this." in master(tmp_path, swap(exception_master(), {15: [kept]})).public_lines


def test_strip_from_all_cells(tmp_path: Path) -> None:
    """With otter's option, solution lines go in every code cell and tagged texts go too."""
    config = raw("# ASSIGNMENT CONFIG\nstrip_solutions_from_all_cells: true\ntests: {ok_format: false}")
    kept = md("Read this.", metadata={"tags": ["otter_include"]})
    read = master(
        tmp_path,
        swap(exception_master(), {1: [config], 15: [kept], 18: [code("# BEGIN SOLUTION\nx = 1\n# END SOLUTION")]}),
    )
    assert read.problems == ()
    assert {"x = 1", "Read this."} <= set(read.solution_lines)


def test_fenced_cells_count_as_raw(tmp_path: Path) -> None:
    """A ```otter block in markdown is a boundary; several may share a cell, text between them stays text."""
    fenced = md("Before\n```otter\n# BEGIN TESTS\n```")
    both = md("```otter\n# END TESTS\n```\n\nAfter\n```otter\n# END QUESTION\n```\n")
    read = master(tmp_path, swap(exception_master(), {8: [fenced], 11: [both], 12: []}))
    assert read.problems == ()
    assert {"Before", "After"} <= set(read.public_lines)
    assert [test.cell for test in read.questions[0].tests] == [9, 10]


def test_a_list_of_lines_is_a_source(tmp_path: Path) -> None:
    """nbformat stores sources as lists of lines."""
    assert messages_with(tmp_path, cell_6=[code("") | {"source": ANSWER.splitlines(keepends=True)}]) == []


def test_a_prompt_is_visible(tmp_path: Path) -> None:
    """The PROMPT block of a manual question reaches the student."""
    prompt = [raw("# BEGIN PROMPT"), md("*Write here.*"), raw("# END PROMPT"), raw("# BEGIN SOLUTION")]
    read = master(tmp_path, swap(exception_master(), {14: prompt}))
    assert read.problems == ()
    assert "*Write here.*" in read.public_lines


# -- files that are no masters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "toy.ipynb: not JSON"),
        (b"hello", "toy.ipynb: not JSON"),
        (b"[]", "toy.ipynb: not a notebook"),
        (b"{}", "toy.ipynb: not a notebook"),
        (b"\xff\xfe{}", "toy.ipynb: not UTF-8 text"),
        (b"[" * 200_000, "toy.ipynb: nested too deeply for a notebook"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "toy.ipynb: not JSON"),
        (b'{"nbformat": 3, "worksheets": []}', "toy.ipynb: nbformat 3, only 4 is read"),
        (b'{"nbformat": 4}', "toy.ipynb: a notebook without a list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "toy.ipynb: a notebook without a list of cells"),
    ],
)
def test_files_that_are_no_notebook_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """Whatever bytes the file holds, the answer is a MasterError."""
    path = tmp_path / "toy.ipynb"
    path.write_bytes(content)
    assert refusal(path) == message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """So is a path that leads nowhere."""
    assert refusal(tmp_path / "toy.ipynb") == "toy.ipynb: cannot be read: No such file or directory"


def test_deep_nesting_inside_a_cell_is_harmless(tmp_path: Path) -> None:
    """A notebook whose metadata is a deep tree is read or refused, never a crash."""
    path = write(tmp_path, exception_master())
    path.write_bytes(
        path.read_bytes().replace(
            b'"metadata": {"kernelspec"', b'"x": ' + b"[" * 5000 + b"]" * 5000 + b', "metadata": {"kernelspec"'
        )
    )
    assert refusal(path) == "toy.ipynb: nested too deeply for a notebook"


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, "toy.ipynb: no kernelspec in the notebook's metadata"),
        ([], "toy.ipynb: no kernelspec in the notebook's metadata"),
        ({"kernelspec": {"language": "R"}}, "toy.ipynb: the kernel's language is not Python"),
    ],
)
def test_the_kernel_must_be_named(tmp_path: Path, metadata: Any, message: str) -> None:
    """otter asks the kernelspec for the language."""
    assert messages(tmp_path, exception_master(), metadata=metadata) == [message]


def test_old_notebooks_have_no_ids(tmp_path: Path) -> None:
    """nbformat 4.4 is one problem, not one for each cell."""
    found = messages(tmp_path, exception_master(), nbformat_minor=4)
    assert found == ["toy.ipynb: nbformat 4.4 has no cell ids"]


def test_ids_must_be_there_and_differ(tmp_path: Path) -> None:
    """Missing and repeated ids are named with their cells."""
    cells = swap(exception_master(), {2: [md("# Toy", id="")], 4: [md("Write `double`.", id="c1")]})
    assert messages(tmp_path, cells) == ["toy.ipynb cell 2: no cell id", "toy.ipynb cell 4: the same cell id as cell 1"]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (7, "not a cell"),
        ({"id": "x"}, "no `cell_type` of code, markdown or raw"),
        ({"id": "x", "cell_type": ["code"]}, "no `cell_type` of code, markdown or raw"),
        ({"id": "x", "cell_type": "markdown", "metadata": {}}, "no `source` text"),
        ({"id": "x", "cell_type": "markdown", "metadata": {}, "source": [1]}, "no `source` text"),
        ({"id": "x", "cell_type": "markdown", "source": ""}, "no `metadata`"),
        ({"id": "x", "cell_type": "code", "source": "", "metadata": {}}, "a code cell without a list of `outputs`"),
        (code("", id="x", outputs=[1]), "a code cell without a list of `outputs`"),
        (
            {"id": "x", "cell_type": "code", "source": "", "metadata": {}, "outputs": []},
            "a code cell without `execution_count`",
        ),
    ],
)
def test_cells_that_lack_keys_are_named(tmp_path: Path, cell: Any, message: str) -> None:
    """The rest of the notebook is read all the same."""
    found = messages(tmp_path, [*exception_master(), cell])
    assert f"toy.ipynb cell 19: {message}" in found
    assert len(found) <= 2  # a thing that is no mapping has no id either


def test_outputs_and_attachments(tmp_path: Path) -> None:
    """Stored outputs and odd attachments would carry what nobody scans."""
    picture = {"attachments": {"a.png": {"image/png": "AAAA"}}}
    assert messages_with(tmp_path, cell_18=[code("print(1)", **shown("1"))]) == ["toy.ipynb cell 18: stored outputs"]
    assert messages_with(tmp_path, cell_2=[md("![](attachment:a.png)", **picture)]) == []
    assert messages_with(tmp_path, cell_15=[md("x", **picture)]) == [
        "toy.ipynb cell 15 (w1): attachments in a SOLUTION block"
    ]
    assert messages_with(tmp_path, cell_18=[code("x", **picture)]) == ["toy.ipynb cell 18: attachments in a code cell"]
    fenced = md("```otter\n# BEGIN TESTS\n```", **picture)
    assert messages_with(tmp_path, cell_8=[fenced]) == [
        "toy.ipynb cell 8: attachments in a cell with an ```otter fence"
    ]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (md("```otter\n# nothing"), "```otter fence that is not closed"),
        (md("```otter\n```otter\n```\nmore"), "```otter fence that is not closed"),
        (code("'''\n```otter\n```\n'''"), "an ```otter fence in a code cell"),
    ],
)
def test_fences_that_otter_misreads(tmp_path: Path, cell: Any, message: str) -> None:
    """An open fence, and a fence in a code cell, of which otter makes text."""
    assert messages_with(tmp_path, cell_18=[cell]) == [f"toy.ipynb cell 18: {message}"]


# -- configs ----------------------------------------------------------------------------------------------------------


def test_a_master_needs_a_config(tmp_path: Path) -> None:
    """Without the config cell otter would use its own defaults, another test format among them."""
    assert "toy.ipynb: no ASSIGNMENT CONFIG cell" in messages_with(tmp_path, cell_1=[])


def test_a_config_that_is_no_mapping(tmp_path: Path) -> None:
    """A list is YAML, but no config."""
    found = messages_with(tmp_path, cell_1=[raw("# ASSIGNMENT CONFIG\n- name")])
    assert found[0] == "toy.ipynb cell 1: ASSIGNMENT CONFIG is not a mapping"
    assert "toy.ipynb: no ASSIGNMENT CONFIG cell" not in found


@pytest.mark.parametrize("make", [code, md])
def test_a_config_in_another_cell_is_ignored_by_otter(tmp_path: Path, make: Any) -> None:
    """It must be raw; the check goes on as if it were."""
    cell = make("# ASSIGNMENT CONFIG\nname: toy\ntests: {ok_format: false}")
    expected = f"toy.ipynb cell 1: ASSIGNMENT CONFIG in a {cell['cell_type']} cell: otter silently ignores it"
    assert messages_with(tmp_path, cell_1=[cell]) == [expected]


def test_config_twice_or_late(tmp_path: Path) -> None:
    """One config, before the first question."""
    late = raw("# ASSIGNMENT CONFIG\nname: toy")
    assert messages_with(tmp_path, cell_18=[late]) == [
        "toy.ipynb cell 18: a second ASSIGNMENT CONFIG cell",
        "toy.ipynb cell 18: ASSIGNMENT CONFIG below the first question",
    ]


HOSTILE = [
    "x: !!python/object/apply:os.system ['touch {flag}']",
    "x: !!python/object/new:os.system ['touch {flag}']",
    "x: !!python/name:os.system",
    "x: !!timestamp nonsense",
    "x: !!int ''",
    "x: !!bool perhaps",
    "x: 2024-99-99",
    "x: " + "9" * 5000,
    "x: " + "[" * 600,
    "x: [",
    "\tx: 1",
    "? [a, b]\n: 1",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("number", [1, 3, 9])
def test_hostile_yaml_is_refused_and_never_executed(tmp_path: Path, text: str, number: int) -> None:
    """Tags that build objects and scalars that break the parser end in a message, in all three kinds of config."""
    flag = tmp_path / "flag"
    text = text.replace("{flag}", os.fspath(flag))
    what, cell = {
        1: ("ASSIGNMENT CONFIG", raw(f"# ASSIGNMENT CONFIG\n{text}")),
        3: ("question config", raw(f"# BEGIN QUESTION\n{text}")),
        9: ("test config", code(f'""" # BEGIN TEST CONFIG\n{text}\n""" # END TEST CONFIG\ndef test_a(double): pass')),
    }[number]
    found = messages(tmp_path, swap(exception_master(), {number: [cell]}))
    assert any(f"cell {number}" in message and f"{what} is not plain YAML: " in message for message in found)
    assert not flag.exists()


def test_an_unreadable_test_config_hides_the_test(tmp_path: Path) -> None:
    """Rather too secret than too open."""
    bad = '""" # BEGIN TEST CONFIG\n[\n""" # END TEST CONFIG\ndef test_a(double): pass'
    assert master(tmp_path, swap(exception_master(), {9: [code(bad)]})).questions[0].tests[0].hidden


def test_repeated_keys_are_refused() -> None:
    """PyYAML would keep the last one in silence."""
    with pytest.raises(MasterError, match="cell 1: key `a` twice in the config"):
        parse_config(["a: 1", "b: 2", "a: 3"], HERE, what="config")


def test_an_empty_config_is_a_mapping() -> None:
    """Comments alone are no mistake; keys become text."""
    assert parse_config(["# nothing"], HERE, what="config") == {}
    assert parse_config(["1: 2"], HERE, what="config") == {"1": 2}


def test_aliases_cannot_blow_up_a_message(tmp_path: Path) -> None:
    """The bomb of nine nested aliases stays small: messages are short and show no values."""
    bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"] + [
        f"{b}: &{b} [*{a}{', *' + a if a else ''}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    found = messages_with(tmp_path, cell_3=[raw("\n".join(["# BEGIN QUESTION", *bomb, "name: *i", "points: *i"]))])
    assert found
    assert max(len(message) for message in found) <= 300


def test_messages_escape_what_the_notebook_says(tmp_path: Path) -> None:
    """A name with a line break or a lone surrogate cannot forge or break a message."""
    found = messages_with(tmp_path, cell_3=[raw('# BEGIN QUESTION\nname: "q\\n\\uD800"\npoints: 3')])
    assert found == [r"toy.ipynb cell 3 (q\n\ud800): unsafe question name"]


# -- blocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [code, md])
@pytest.mark.parametrize(
    ("number", "text", "question"),
    [
        (3, "# BEGIN QUESTION", ""),
        (5, "# begin  solution", " (q1)"),
        (7, "# END SOLUTION ", " (q1)"),
        (8, "# BEGIN TESTS", " (q1)"),
        (11, "# END TESTS", " (q1)"),
        (12, "# END QUESTION", " (q1)"),
        (14, "# BEGIN PROMPT", " (w1)"),
    ],
)
def test_boundaries_that_otter_ignores(tmp_path: Path, make: Any, number: int, text: str, question: str) -> None:
    """Each boundary must be raw. One mistake is one message: the rest is read as it was meant."""
    new = {number: [make(text + "\nname: q1\npoints: 3" if number == 3 else text)]}
    if number == 14:
        new = {14: [make(text), raw("# END PROMPT"), raw("# BEGIN SOLUTION")]}
    kind = "code" if make is code else "markdown"
    found = messages(tmp_path, swap(exception_master(), new))
    if make is code and number == 7:  # there it is a marker for lines
        assert found[0] == "toy.ipynb cell 7 (q1): END SOLUTION without BEGIN SOLUTION"
    else:
        marker = " ".join(text.split()).upper().removeprefix("# ")
        assert found == [f"toy.ipynb cell {number}{question}: {marker} in a {kind} cell: otter silently ignores it"]


def test_line_markers_at_the_start_of_a_cell_are_legal(tmp_path: Path) -> None:
    """In a SOLUTION block, a code cell may begin with the marker."""
    marked = "# BEGIN SOLUTION NO PROMPT\nimport math\n# END SOLUTION\ndef double(x):\n    return 2 * x  # SOLUTION"
    assert messages_with(tmp_path, cell_6=[code(marked)]) == []
    assert messages_with(tmp_path, cell_6=[code("# BEGIN SOLUTION\nx = 1\n# END SOLUTION")]) == []


@pytest.mark.parametrize(
    ("drop", "message"),
    [
        (7, "toy.ipynb cell 5 (q1): BEGIN SOLUTION without END SOLUTION"),
        (11, "toy.ipynb cell 8 (q1): BEGIN TESTS without END TESTS"),
        (12, "toy.ipynb cell 3 (q1): BEGIN QUESTION without END QUESTION"),
        (17, "toy.ipynb cell 13 (w1): BEGIN QUESTION without END QUESTION"),
        (5, "toy.ipynb cell 6 (q1): END SOLUTION without BEGIN SOLUTION"),
        (8, "toy.ipynb cell 10 (q1): END TESTS without BEGIN TESTS"),
        (14, "toy.ipynb cell 15 (w1): END SOLUTION without BEGIN SOLUTION"),
    ],
)
def test_a_missing_boundary_is_named(tmp_path: Path, drop: int, message: str) -> None:
    """The message names the partner that is there."""
    assert message in messages(tmp_path, swap(exception_master(), {drop: []}))


@pytest.mark.parametrize(
    ("number", "cells", "message"),
    [
        (2, [raw("# BEGIN TESTS"), raw("# END TESTS")], "cell 2: BEGIN TESTS outside a question"),
        (2, [raw("# BEGIN TESTS"), code(PUBLIC), raw("# END TESTS")], "cell 2: BEGIN TESTS outside a question"),
        (
            2,
            [raw("# BEGIN SOLUTION"), code(ANSWER), raw("# END SOLUTION")],
            "cell 2: BEGIN SOLUTION outside a question",
        ),
        (2, [raw("# END QUESTION")], "cell 2: END QUESTION without BEGIN QUESTION"),
        (
            7,
            [raw("# END QUESTIO"), raw("# END SOLUTION")],
            "cell 7 (q1): `# END QUESTIO` is no boundary that otter knows",
        ),
        (2, [raw("#BEGIN QUESTION")], "cell 2: `#BEGIN QUESTION` is no boundary that otter knows"),
        (2, [raw("\n# BEGIN QUESTION")], "cell 2: BEGIN QUESTION below the cell's first line"),
        (7, [raw("# END SOLUTION\n# BEGIN TESTS")], "cell 7 (q1): BEGIN TESTS below the cell's first line"),
        (10, [code(HIDDEN), md("why")], "cell 11 (q1): a markdown cell in a TESTS block"),
        (7, [raw("secret"), raw("# END SOLUTION")], "cell 7 (q1): a raw cell in a SOLUTION block"),
        (2, [md("# Ignored hazards")], "cell 2: otter drops this cell because it starts with `# Ignore`"),
    ],
)
def test_wrong_structure(tmp_path: Path, number: int, cells: Any, message: str) -> None:
    """Blocks outside questions, misspelt boundaries, cells where they do not belong."""
    assert f"toy.ipynb {message}" in messages(tmp_path, swap(exception_master(), {number: cells}))


def test_prompts_come_first_and_once(tmp_path: Path) -> None:
    """otter refuses a second PROMPT, and one after a manual question's solution."""
    prompt = [raw("# BEGIN PROMPT"), md("Write."), raw("# END PROMPT")]
    late = "toy.ipynb cell 17 (w1): a PROMPT block after a PROMPT or SOLUTION block"
    assert messages_with(tmp_path, cell_17=[*prompt, raw("# END QUESTION")]) == [late]
    twice = messages_with(tmp_path, cell_14=[*prompt, *prompt, raw("# BEGIN SOLUTION")])
    assert twice == ["toy.ipynb cell 17 (w1): a PROMPT block after a PROMPT or SOLUTION block"]


# -- markers for lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["# BEGIN SOLUTION", "x"], "BEGIN SOLUTION without END SOLUTION"),
        (["x  # SOLUTION", "# END SOLUTION"], "END SOLUTION without BEGIN SOLUTION"),
        (["# BEGIN SOLUTION", "# BEGIN SOLUTION", "# END SOLUTION"], "BEGIN SOLUTION inside BEGIN SOLUTION"),
        (["x  # SOLUTION", "# BEGIN IGNORE"], "BEGIN IGNORE without END IGNORE"),
        (["x  # SOLUTION", "# END IGNORE"], "END IGNORE without BEGIN IGNORE"),
        (["y  # SOLUTION", "x  # solution"], "`# solution` is no marker: otter leaves the line to the student"),
        (["y  # SOLUTION", "#begin solution"], "`#begin solution` is no marker: otter leaves the line to the student"),
        (
            ["x  # SOLUTION", "x # BEGIN SOLUTION"],
            "`# BEGIN SOLUTION` is no marker: otter leaves the line to the student",
        ),
    ],
)
def test_wrong_line_markers(tmp_path: Path, lines: list[str], message: str) -> None:
    """Unpaired, nested and misspelt markers inside an answer cell."""
    assert messages_with(tmp_path, cell_6=[code("\n".join(lines))]) == [f"toy.ipynb cell 6 (q1): {message}"]


@pytest.mark.parametrize("text", ["def f():\n    # BEGIN SOLUTION\n    x\n    # END SOLUTION", "x = 1  # SOLUTION",
                                  "# BEGIN SOLUTION\nx\n# END SOLUTION", "#begin solution\nx"])  # fmt: skip
def test_markers_outside_a_solution_block_leak(tmp_path: Path, text: str) -> None:
    """otter strips SOLUTION blocks only; elsewhere the student gets the solution."""
    leak = "toy.ipynb cell 18: solution markers outside a SOLUTION block: the student gets the solution"
    assert messages_with(tmp_path, cell_18=[code(text)]) == [leak]
    assert messages_with(tmp_path, cell_18=[code("x = 1  # my solution")]) == []


def test_a_solution_block_that_strips_nothing_leaks(tmp_path: Path) -> None:
    """A block without markers leaves the whole answer to the student; an empty cell is no answer."""
    leak = "toy.ipynb cell 5 (q1): otter strips nothing from this SOLUTION block: the student gets the answer"
    assert messages_with(tmp_path, cell_6=[code("def double(x):\n    return 2 * x")]) == [leak]
    assert messages_with(tmp_path, cell_6=[code("")]) == []


# -- test cells -------------------------------------------------------------------------------------------------------


def test_an_unclosed_test_config(tmp_path: Path) -> None:
    """otter then takes the test itself for config."""
    message = "toy.ipynb cell 9 (q1): BEGIN TEST CONFIG without END TEST CONFIG"
    assert messages_with(tmp_path, cell_9=[code(PUBLIC.replace(" # END TEST CONFIG", ""))]) == [message]
    assert message in messages_with(tmp_path, cell_9=[code('""" # BEGIN TEST CONFIG\npoints: 1')])


@pytest.mark.parametrize("text", [PUBLIC.replace('"""', "'''"), "\n" + PUBLIC])
def test_a_test_config_that_otter_overlooks(tmp_path: Path, text: str) -> None:
    """Single quotes, or a line above it: the config is a string like any other, and a hidden test turns public."""
    message = "toy.ipynb cell 9 (q1): otter overlooks this BEGIN TEST CONFIG and all it says"
    assert message in messages_with(tmp_path, cell_9=[code(text)])


def test_an_empty_test_config(tmp_path: Path) -> None:
    """otter stops at it."""
    found = messages_with(tmp_path, cell_9=[code(PUBLIC.replace("points: 1\n", ""))])
    assert found == ["toy.ipynb cell 9 (q1): an empty test config"]


def test_a_stored_error_in_a_test(tmp_path: Path) -> None:
    """The reference did not pass when the author ran it."""
    error = {"outputs": [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}], "execution_count": 1}
    found = messages_with(tmp_path, cell_9=[code(PUBLIC, **error)])
    assert found == ["toy.ipynb cell 9 (q1): the stored output of this test is an error"]


def test_several_mistakes_are_told_together(tmp_path: Path) -> None:
    """An author sees everything at once."""
    found = messages_with(tmp_path, cell_1=[], cell_7=[], cell_18=[code("x", **shown("1"))])
    assert len(found) >= 3


def test_no_bytes_crash_the_reader(tmp_path: Path) -> None:
    """Cutting a right master short anywhere gives a MasterError."""
    whole = json.dumps(json.loads(write(tmp_path, exception_master()).read_text())).encode()
    path = tmp_path / "cut.ipynb"
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        assert refusal(path) == "cut.ipynb: not JSON"


STARTS = ["", "# BEGIN QUESTION\n", "# END TESTS", "# ASSIGNMENT CONFIG\n", "```otter\n", '""" # BEGIN TEST CONFIG\n']


@given(
    number=st.integers(1, 18),
    start=st.sampled_from(STARTS),
    text=st.text(max_size=40),
    make=st.sampled_from([raw, md, code]),
)
def test_no_text_crashes_the_checks(
    tmp_path_factory: pytest.TempPathFactory, number: int, start: str, text: str, make: Any
) -> None:
    """Whatever stands in a cell, the answer is a list of problems."""
    folder = tmp_path_factory.mktemp("hostile")
    found = messages(folder, swap(exception_master(), {number: [make(start + text)]}))
    assert all(message.startswith("toy.ipynb") and message.isprintable() for message in found)
