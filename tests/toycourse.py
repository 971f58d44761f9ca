"""A complete little course on disk: two auto-graded questions and a written one, compiled by real otter in seconds."""

import shutil
from pathlib import Path

import nbformat

SLUG = "risk_decomposition"
REPOSITORY = Path(__file__).resolve().parent.parent

UNIT = """
schema = 1
id = "hazard_analysis"
title = "Hazard Analysis"
order = 1
assignments = ["risk_decomposition", "systems_view"]
"""

SIDECAR = """
schema = 1
slug = "risk_decomposition"
unit = "hazard_analysis"
title = "Toy: expected loss"
lecture = "Risk Decomposition"
topics = ["hazard_analysis.risk_decomposition"]
papers = []
blank_points = 0

[limits]
cell_s = 20
case_s = 20
submission_s = 60
memory_mib = 1024

[budget]
seconds = 60
memory_mib = 1024

[[objectives]]
id = "risk"
text = "Compute a risk"

[[questions]]
name = "q1_risk"
topic = "hazard_analysis.risk_decomposition"
objectives = ["risk"]
functions = ["risk"]
points = 3

[[questions]]
name = "q2_worst"
topic = "hazard_analysis.systems_view"
functions = ["worst"]
points = 2

[[questions]]
name = "w1"
topic = "hazard_analysis.risk_decomposition"
manual = true
points = 5

[[metrics]]
id = "risk_error"
topic = "hazard_analysis.risk_decomposition"
question = "q1_risk"
direction = "min"
unit = "relative error"
lowest = 0.0
highest = 10.0
floor = 1.0
passing = 0.5
full = 0.0
"""

ORACLE = '''"""Hidden helpers."""

try:
    from release_seed import SEED
except ImportError:
    SEED = 0


def oracle_risk(probability, loss):
    return sum(p * cost for p, cost in zip(probability, loss))


def held_out_hazards():
    import random

    draw = random.Random(SEED)
    return [draw.random() for _ in range(5)], [draw.random() for _ in range(5)]
'''

MUTANTS = '''"""Wrong and other right answers."""


def risk_forgets_probability(probability, loss):
    """Add the losses without their probabilities."""
    return float(sum(loss))


def worst_takes_first(losses):
    """Return the first loss."""
    return losses[0] if losses else 0.0


def risk_in_a_loop(probability, loss):
    """Add in a loop."""
    total = 0.0
    for p, cost in zip(probability, loss):
        total += p * cost
    return total


MUTANTS = {
    "risk_forgets_probability": {"risk": risk_forgets_probability},
    "worst_takes_first": {"worst": worst_takes_first},
}
ALTERNATIVES = {"risk_in_a_loop": {"risk": risk_in_a_loop}}
'''

CONFIG = """# ASSIGNMENT CONFIG
name: risk_decomposition
export_cell: {pdf: false}
autograder_files: [oracle_risk_decomposition.py]
generate: {show_hidden: false}
tests: {files: true, ok_format: false}
"""

RISK = '''def risk(probability, loss):
    """Return the expected loss: the sum of probability times loss."""
    # BEGIN SOLUTION
    expected = sum(p * cost for p, cost in zip(probability, loss))
    return float(expected)
    # END SOLUTION
'''

RISK_PUBLIC = '''""" # BEGIN TEST CONFIG
points: 1
failure_message: no hazard means no risk
""" # END TEST CONFIG
def test_risk_of_nothing(risk):
    assert risk([], []) == 0.0
'''

RISK_HIDDEN = '''""" # BEGIN TEST CONFIG
hidden: true
points: 2
failure_message: the expected loss is wrong
""" # END TEST CONFIG
def test_risk_of_hazards_hidden(risk):
    import oracle_risk_decomposition as oracle
    from mlsafety_kit import record
    probability, loss = oracle.held_out_hazards()
    wanted = oracle.oracle_risk(probability, loss)
    record("risk_error", abs(risk(probability, loss) - wanted) / wanted)
    assert abs(risk(probability, loss) - wanted) < 1e-9
'''

WORST = '''def worst(losses):
    """Return the greatest loss, 0 when there is none."""
    # BEGIN SOLUTION
    greatest = max(losses, default=0.0)
    return greatest
    # END SOLUTION
'''

WORST_PUBLIC = '''""" # BEGIN TEST CONFIG
points: 0.5
""" # END TEST CONFIG
def test_worst_of_one(worst):
    assert worst([2.0]) == 2.0
'''

WORST_HIDDEN = '''""" # BEGIN TEST CONFIG
hidden: true
points: 1.5
""" # END TEST CONFIG
def test_worst_of_many_hidden(worst):
    assert worst([1.0, 4.0, 2.5]) == 4.0
'''


def raw(text: str, name: str) -> nbformat.NotebookNode:
    """A raw cell with a stable id."""
    cell: nbformat.NotebookNode = nbformat.v4.new_raw_cell(text, id=name)
    return cell


def code(text: str, name: str) -> nbformat.NotebookNode:
    """A code cell with a stable id."""
    cell: nbformat.NotebookNode = nbformat.v4.new_code_cell(text, id=name)
    return cell


def markdown(text: str, name: str) -> nbformat.NotebookNode:
    """A markdown cell with a stable id."""
    cell: nbformat.NotebookNode = nbformat.v4.new_markdown_cell(text, id=name)
    return cell


def question(name: str, points: float, answer: str, tests: list[str]) -> list[nbformat.NotebookNode]:
    """The cells of an auto-graded question."""
    return [
        raw(f"# BEGIN QUESTION\nname: {name}\npoints: {points}\n", f"{name}-begin"),
        markdown(f"### {name}\nWrite the function below.", f"{name}-text"),
        raw("# BEGIN SOLUTION", f"{name}-begin-solution"),
        code(answer, f"{name}-answer"),
        raw("# END SOLUTION", f"{name}-end-solution"),
        raw("# BEGIN TESTS", f"{name}-begin-tests"),
        *[code(test, f"{name}-test-{number}") for number, test in enumerate(tests, 1)],
        raw("# END TESTS", f"{name}-end-tests"),
        raw("# END QUESTION", f"{name}-end"),
    ]


def written(name: str, points: int) -> list[nbformat.NotebookNode]:
    """The cells of a question that a person grades."""
    return [
        raw(f"# BEGIN QUESTION\nname: {name}\npoints: {points}\nmanual: true\n", f"{name}-begin"),
        markdown("### Say why an expected loss can mislead.", f"{name}-text"),
        raw("# BEGIN SOLUTION", f"{name}-begin-solution"),
        markdown("It hides how the loss is spread over the outcomes.", f"{name}-answer"),
        raw("# END SOLUTION", f"{name}-end-solution"),
        raw("# END QUESTION", f"{name}-end"),
    ]


def master() -> nbformat.NotebookNode:
    """The toy master notebook."""
    cells = [
        raw(CONFIG, "config"),
        markdown("# Risk", "title"),
        *question("q1_risk", 3, RISK, [RISK_PUBLIC, RISK_HIDDEN]),
        *question("q2_worst", 2, WORST, [WORST_PUBLIC, WORST_HIDDEN]),
        *written("w1", 5),
    ]
    metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    return notebook


def write_course(root: Path, *, notebook: nbformat.NotebookNode | None = None) -> Path:
    """Write the whole course below `root` and return the folder of its one assignment."""
    unit = root / "assignments" / "01_hazard_analysis"
    folder = unit / SLUG
    folder.mkdir(parents=True)
    (unit / "unit.toml").write_text(UNIT)
    (folder / "assignment.toml").write_text(SIDECAR)
    (folder / f"oracle_{SLUG}.py").write_text(ORACLE)
    (folder / "mutants.py").write_text(MUTANTS)
    (folder / "RUBRIC.md").write_text("# Rubric\n\nTwo points for naming the spread of the losses.\n")
    nbformat.write(notebook or master(), folder / f"{SLUG}.ipynb")
    shutil.copytree(REPOSITORY / "autograder", root / "autograder")
    return folder
