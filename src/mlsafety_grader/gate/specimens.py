"""Make submissions whose right score is known: the solution with one answer replaced by a mutant or an alternative.

`mutants.py` is read, never run: two dict literals name functions of that file, and a function's source is put where
the student's stood. What comes out is an ordinary notebook that any engine grades like any other.
"""

import ast
import copy
import textwrap
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import nbformat

from mlsafety_grader.errors import CourseError
from mlsafety_grader.model import Assignment

DEMO_TAG = "demo"


class Purpose(StrEnum):
    """Why a specimen exists."""

    MUTANT = "mutant"
    ALTERNATIVE = "alternative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """An entry of `mutants.py`: the functions it replaces (name → source) and the question that must notice."""

    name: str
    purpose: Purpose
    question: str
    replaces: tuple[tuple[str, str], ...]
    meaning: str


def read_variants(assignment: Assignment) -> tuple[Variant, ...]:
    """Read an assignment's mutants and alternatives; there are none when it has no `mutants.py`.

    Raises:
        CourseError: the file is not Python, a dict is not a literal of names, or it replaces a function that no
            question declares.
    """
    path = Path(assignment.folder) / "mutants.py"
    if not path.is_file():
        return ()
    text = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError as e:
        raise CourseError(f"{path}: line {e.lineno}: {e.msg}", hint="correct the file") from None
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    variants = []
    for purpose, table in ((Purpose.MUTANT, "MUTANTS"), (Purpose.ALTERNATIVE, "ALTERNATIVES")):
        for name, replaced in _read_table(path, tree, table).items():
            pairs = []
            for target, replacement in replaced.items():
                if replacement not in functions:
                    raise CourseError(f"{path}: {table}.{name}: no function {replacement}", hint="define it above")
                pairs.append((target, _source(text, functions[replacement], target)))
            variants.append(
                Variant(
                    name=name,
                    purpose=purpose,
                    question=_question_of(assignment, path, f"{table}.{name}", list(replaced)),
                    replaces=tuple(pairs),
                    meaning=_meaning(functions[next(iter(replaced.values()))]),
                )
            )
    return tuple(variants)


def make_variant(solution: Path, variant: Variant) -> nbformat.NotebookNode:
    """Return the solution notebook with the variant's functions in place of its own.

    Demo cells are left out: they are ungraded, and the solution itself is graded with them.

    Raises:
        CourseError: the notebook does not define a function that the variant replaces.
    """
    notebook = read_without_demos(solution)
    for target, source in variant.replaces:
        places = [cell for cell in notebook.cells if cell.cell_type == "code" and _find(cell.source, target)]
        if not places:
            raise CourseError(f"{variant.name}: {solution.name} does not define {target}", hint="correct mutants.py")
        for cell in places:
            cell.source = replace_function(cell.source, target, source)
    return notebook


def add_cell_before_checks(notebook: nbformat.NotebookNode, source: str, question: str) -> nbformat.NotebookNode:
    """Return a copy of a notebook with one more code cell just before a question is checked."""
    changed = copy.deepcopy(notebook)
    check = f'grader.check("{question}")'
    number = next((i for i, cell in enumerate(changed.cells) if check in cell.source), len(changed.cells))
    changed.cells.insert(number, nbformat.v4.new_code_cell(source, id=f"added-{question}"[:64]))
    return changed


def read_without_demos(solution: Path) -> nbformat.NotebookNode:
    """Read a notebook and leave out its demo cells."""
    notebook: nbformat.NotebookNode = nbformat.read(solution, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if DEMO_TAG not in cell.metadata.get("tags", [])]
    return notebook


def function_source(notebook: nbformat.NotebookNode, name: str) -> str | None:
    """Return the source of a function that a cell defines at its top, the last one's where several do."""
    for cell in reversed(notebook.cells):
        node = _find(cell.source, name) if cell.cell_type == "code" else None
        if node is not None:
            return "\n".join(cell.source.splitlines()[node.lineno - 1 : node.end_lineno])
    return None


def replace_function(source: str, name: str, new: str) -> str:
    """Return a cell's source with the function of that name replaced; unchanged where there is none."""
    node = _find(source, name)
    if node is None:
        return source
    lines = source.splitlines()
    return "\n".join([*lines[: node.lineno - 1], new, *lines[node.end_lineno :]])


def _read_table(path: Path, tree: ast.Module, name: str) -> dict[str, dict[str, str]]:
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value: Any = getattr(node, "value", None)
        if any(isinstance(t, ast.Name) and t.id == name for t in targets):
            try:
                return {_text(key): _row(row) for key, row in _items(value)}
            except (TypeError, ValueError):
                break
    raise CourseError(
        f'{path}: {name} is not a literal of the form {{"name": {{"function": replacement}}}}',
        hint="see another assignment's mutants.py",
    )


def _items(node: ast.expr | None) -> list[tuple[ast.expr | None, ast.expr]]:
    if not isinstance(node, ast.Dict):
        raise TypeError
    return list(zip(node.keys, node.values, strict=True))


def _row(node: ast.expr) -> dict[str, str]:
    row = {_text(key): value.id for key, value in _items(node) if isinstance(value, ast.Name)}
    if not row or len(row) != len(_items(node)):
        raise ValueError
    return row


def _text(node: ast.expr | None) -> str:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        raise TypeError
    return node.value


def _question_of(assignment: Assignment, path: Path, key: str, targets: list[str]) -> str:
    for question in assignment.questions:
        if targets[0] in question.functions:
            return question.name
    raise CourseError(
        f"{path}: {key}: no question declares the function {targets[0]}",
        hint="add it to a question's `functions` in assignment.toml",
    )


def _source(text: str, node: ast.FunctionDef, name: str) -> str:
    lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
    source = textwrap.dedent("\n".join(lines))
    return source.replace(f"def {node.name}(", f"def {name}(", 1)


def _meaning(node: ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or node.name.replace("_", " ")).splitlines()[0]


def _find(source: str, name: str) -> ast.FunctionDef | None:
    if f"def {name}" not in source:  # spares the parse of nearly every cell
        return None
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a magic
        return None
    return next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name), None)
