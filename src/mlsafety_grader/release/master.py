"""Read an otter-assign master notebook into records, following otter's own reading of it step by step.

    file ─ master_cells ─► cells ─ blocks, lines (here, master_lines) ─► Master ─ master_rules ─► problems

Nothing is executed and otter is not imported. A wrong block structure does not stop the reading: it is noted in
`Master.problems` and reading goes on as if the author had written what he meant, so that one mistake gives one message.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mlsafety_grader.errors import MasterError
from mlsafety_grader.release.master_cells import Cell, CellFile, Where, parse_config, read_cells
from mlsafety_grader.release.master_lines import (
    Block,
    Boundary,
    Division,
    divide,
    find_boundary,
    has_markers,
    is_almost_boundary,
    is_line_marker,
    rewritten,
)
from mlsafety_grader.release.master_tests import MasterTest, read_test

__all__ = ["Master", "MasterQuestion", "MasterTest", "read_master"]

Points = float | list[object] | dict[str, object] | None

_IGNORED = re.compile(r"##\s*ignore\s*##\s*|#\s*ignore\s*", re.IGNORECASE)
_KEEP_TAG = "otter_include"


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterQuestion:
    """A question block. `answers` are the code cells of its SOLUTION blocks; `config` is its cell as written.

    `points` is None when none are declared or they are of no type that otter knows.
    """

    name: str
    cell: int
    manual: bool
    points: Points
    all_or_nothing: bool
    tests: tuple[MasterTest, ...]
    answers: tuple[str, ...]
    config: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """A master notebook. Lines are verbatim, without the empty ones.

    `solution_lines`: what otter strips from the student version, markers, ignored lines and ignored cells included.
    `hidden_lines`: hidden tests, as written and as otter rewrites them, without their test config.
    `public_lines`: what the student sees: everything else, public tests (as written and rewritten) included.
    `problems`: what is wrong with the file, its blocks and its markers; `check_master` returns them with its own.
    """

    path: Path
    config: dict[str, object]
    ok_format: bool
    questions: tuple[MasterQuestion, ...]
    solution_lines: tuple[str, ...]
    hidden_lines: tuple[str, ...]
    public_lines: tuple[str, ...]
    problems: tuple[MasterError, ...]


def read_master(path: Path) -> Master:
    """Read the master at `path`. Call `check_master` next: a master that can be read may still be wrong.

    Raises:
        MasterError: the file is no notebook of format 4. All other problems, those of structure too, are collected in
            `Master.problems`.
    """
    return _Walk(read_cells(path)).run()


@dataclass(slots=True, kw_only=True)
class _Draft:
    """The question that is being read."""

    name: str
    cell: int
    config: dict[str, object]
    has_prompt: bool = False
    has_solution: bool = False
    tests: list[MasterTest] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def finish(self) -> MasterQuestion:
        points = self.config.get("points")
        if isinstance(points, bool) or not isinstance(points, int | float | list | dict):
            points = None
        return MasterQuestion(
            name=self.name,
            cell=self.cell,
            manual=bool(self.config.get("manual", False)),
            points=points,
            all_or_nothing=bool(self.config.get("all_or_nothing", False)),
            tests=tuple(self.tests),
            answers=tuple(self.answers),
            config=self.config,
        )


@dataclass(slots=True, kw_only=True)
class _Open:
    """A block that has begun; the counts are of a SOLUTION block's code."""

    block: Block
    cell: int
    code_lines: int = 0
    stripped_lines: int = 0


class _Walk:
    """One pass over the cells. Lives as long as the reading of one master."""

    def __init__(self, source: CellFile) -> None:
        self.source = source
        self.problems = list(source.problems)
        self.config: dict[str, object] | None = None
        self.open: list[_Open] = []
        self.draft: _Draft | None = None
        self.questions: list[MasterQuestion] = []
        self.solution_lines: list[str] = []
        self.hidden_lines: list[str] = []
        self.public_lines: list[str] = []

    def run(self) -> Master:
        for cell in self.source.cells:
            self._read(cell)
        self._close_all()
        if self.config is None:
            hint = "begin the notebook with a raw cell `# ASSIGNMENT CONFIG`"
            self.problems.append(Where(file=self.source.path.name).problem("no ASSIGNMENT CONFIG cell", hint=hint))
        return Master(
            path=self.source.path,
            config=self.config or {},
            ok_format=self._ok_format(),
            questions=tuple(self.questions),
            solution_lines=_filled(self.solution_lines),
            hidden_lines=_filled(self.hidden_lines),
            public_lines=_filled(self.public_lines),
            problems=tuple(self.problems),
        )

    def _where(self, cell: int) -> Where:
        return Where(file=self.source.path.name, cell=cell, question=self.draft.name if self.draft else None)

    def _note(self, cell: int, text: str, hint: str) -> None:
        self.problems.append(self._where(cell).problem(text, hint=hint))

    def _parse(self, cell: Cell, what: str) -> dict[str, object]:
        try:
            return parse_config(cell.lines, self._where(cell.number), what=what)
        except MasterError as error:
            self.problems.append(error)
            return {}

    def _ok_format(self) -> bool:
        tests = (self.config or {}).get("tests")
        return bool(tests.get("ok_format", True)) if isinstance(tests, dict) else True

    def _is_in(self, block: Block) -> bool:
        return bool(self.open) and self.open[-1].block is block

    def _read(self, cell: Cell) -> None:
        """Do with one cell what otter does, in otter's order."""
        first = cell.lines[0]
        ignored = _IGNORED.match(first)
        if ignored:
            if ignored.end() < len(first):
                hint = "a first line that starts with `# ignore` marks the whole cell; reword it, or make it `# Ignore`"
                self._note(cell.number, f"otter drops this cell because it starts with `{ignored.group()}`", hint)
            self.solution_lines += cell.lines
            return
        self._check_attachments(cell)
        boundary = self._boundary(cell)
        if boundary is None:
            (self._read_test if self._is_in(Block.TESTS) else self._read_content)(cell)
        elif boundary.block is None:
            self._read_config(cell)
        elif boundary.is_end:
            self._end(boundary.block, cell)
        else:
            self._begin(boundary.block, cell)

    def _boundary(self, cell: Cell) -> Boundary | None:
        """Return the boundary that a cell was meant as. Otter reads raw cells only: note the others."""
        first = cell.lines[0]
        if cell.kind == "raw":
            self._check_raw(cell)
            return find_boundary(first, is_whole_line=False)
        boundary = find_boundary(first, is_whole_line=True)
        if boundary is None:
            return None
        if cell.kind == "code" and is_line_marker(cell.lines, in_solution=self._is_in(Block.SOLUTION)):
            return None
        text = f"{boundary} in a {cell.kind} cell: otter silently ignores it"
        self._note(cell.number, text, "change the cell's type to raw")
        return boundary

    def _check_attachments(self, cell: Cell) -> None:
        if cell.has_attachments and cell.kind != "markdown":
            self._note(cell.number, f"attachments in a {cell.kind} cell", "attachments belong into markdown cells")
        elif cell.has_attachments and self._is_in(Block.SOLUTION):
            hint = "an attached picture is not scanned for leaks; move it into the question, or into RUBRIC.md"
            self._note(cell.number, "attachments in a SOLUTION block", hint)

    def _check_raw(self, cell: Cell) -> None:
        if is_almost_boundary(cell.lines[0]):
            hint = "write `# BEGIN` or `# END` and QUESTION, PROMPT, SOLUTION or TESTS; else the student gets this cell"
            self._note(cell.number, f"`{cell.lines[0].strip()[:40]}` is no boundary that otter knows", hint)
        for boundary in (find_boundary(line, is_whole_line=True) for line in cell.lines[1:]):
            if boundary:
                hint = "otter looks at a raw cell's first line only; give each boundary its own cell"
                self._note(cell.number, f"{boundary} below the cell's first line", hint)

    def _read_config(self, cell: Cell) -> None:
        if self.config is not None:
            self._note(cell.number, "a second ASSIGNMENT CONFIG cell", "keep one; its keys would override the first's")
        if self.draft or self.questions:
            hint = "make it the first cell; tests above it are read with otter's defaults"
            self._note(cell.number, "ASSIGNMENT CONFIG below the first question", hint)
        self.config = {**(self.config or {}), **self._parse(cell, "ASSIGNMENT CONFIG")}

    def _begin(self, block: Block, cell: Cell) -> None:
        if block is Block.QUESTION:
            self._close_all()
            self.draft = _draft(self._parse(cell, "question config"), cell.number)
        elif not self.open:
            hint = "put it between `# BEGIN QUESTION` and `# END QUESTION`"
            self._note(cell.number, f"BEGIN {block.upper()} outside a question", hint)
        elif self.open[-1].block is not Block.QUESTION:
            self._close()
        if self.draft:
            self._begin_part(self.draft, block, cell)
        self.open.append(_Open(block=block, cell=cell.number))

    def _begin_part(self, draft: _Draft, block: Block, cell: Cell) -> None:
        if block is Block.PROMPT and (draft.has_prompt or (draft.has_solution and draft.config.get("manual"))):
            self._note(
                cell.number, "a PROMPT block after a PROMPT or SOLUTION block", "use one PROMPT, before SOLUTION"
            )
        draft.has_prompt |= block is Block.PROMPT
        draft.has_solution |= block is Block.SOLUTION

    def _end(self, block: Block, cell: Cell) -> None:
        if all(entry.block is not block for entry in self.open):
            hint = f"add a raw cell `# BEGIN {block.upper()}`, or remove this one"
            self._note(cell.number, f"END {block.upper()} without BEGIN {block.upper()}", hint)
            return
        while self.open[-1].block is not block:
            self._close()
        self._finish(self.open.pop())

    def _close(self) -> None:
        """Close a block whose END is missing."""
        entry = self.open.pop()
        name = entry.block.upper()
        self._note(
            entry.cell, f"BEGIN {name} without END {name}", f"add a raw cell `# END {name}` where the block ends"
        )
        self._finish(entry)

    def _close_all(self) -> None:
        while self.open:
            self._close()

    def _finish(self, entry: _Open) -> None:
        if entry.block is Block.SOLUTION and entry.code_lines and not entry.stripped_lines:
            hint = "wrap the answer's lines in `# BEGIN SOLUTION` and `# END SOLUTION`, inside the code cell"
            self._note(entry.cell, "otter strips nothing from this SOLUTION block: the student gets the answer", hint)
        if entry.block is Block.QUESTION and self.draft:
            self.questions.append(self.draft.finish())
            self.draft = None

    def _read_content(self, cell: Cell) -> None:
        """Divide a cell that reaches the autograder's notebook into what the student sees and what he does not."""
        in_solution = self._is_in(Block.SOLUTION)
        if cell.has_outputs:
            self._note(cell.number, "stored outputs", "clear the outputs of all cells but OK-format tests")
        if in_solution and cell.kind == "raw":
            self._note(cell.number, "a raw cell in a SOLUTION block", "otter gives it to the student; make it markdown")
        strips_all = bool((self.config or {}).get("strip_solutions_from_all_cells", False))
        has_solution = cell.kind == "code" and (in_solution or strips_all)
        division = divide(cell.lines, has_solution=has_solution)
        for fault in division.faults:
            self._note(cell.number, fault.text, fault.hint)
        if cell.kind == "code" and not has_solution and has_markers(division.kept):
            hint = "put a raw cell `# BEGIN SOLUTION` before and `# END SOLUTION` after the code cell"
            self._note(cell.number, "solution markers outside a SOLUTION block: the student gets the solution", hint)
        if in_solution and cell.kind == "markdown" and (strips_all or _KEEP_TAG not in cell.tags):
            division = Division(stripped=list(cell.lines))
        self.public_lines += division.kept
        self.solution_lines += division.stripped
        if in_solution and cell.kind == "code":
            self._count(cell, division)

    def _count(self, cell: Cell, division: Division) -> None:
        entry = self.open[-1]
        entry.code_lines += len(_filled(cell.lines))
        entry.stripped_lines += len(division.stripped)
        if self.draft:
            self.draft.answers.append("\n".join(cell.lines))

    def _read_test(self, cell: Cell) -> None:
        if cell.kind != "code":
            self._note(cell.number, f"a {cell.kind} cell in a TESTS block", "move it out; only code cells can be tests")
            return
        if cell.has_error:
            self._note(
                cell.number, "the stored output of this test is an error", "mend the solution, run all cells, save"
            )
        test = read_test(cell, self._where(cell.number), ok_format=self._ok_format(), problems=self.problems)
        lines = test.source.split("\n")
        lines += [line for line in rewritten(test.source) if line not in lines]
        if test.hidden:
            self.hidden_lines += lines
        else:
            self.public_lines += lines
        if self.draft:
            self.draft.tests.append(test)


def _draft(config: dict[str, object], cell: int) -> _Draft:
    """Begin a question. A name that is no text is replaced by its type, for messages."""
    name = config.get("name")
    label = name if isinstance(name, str) else "" if name is None else type(name).__name__
    return _Draft(name=label, cell=cell, config=config)


def _filled(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(line for line in lines if line.strip())
