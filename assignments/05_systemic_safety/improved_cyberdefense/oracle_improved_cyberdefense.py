"""Hidden side of `improved_cyberdefense`: independent answers, unseen intrusions, targets and programs to be read.

Never shipped to students. Every random choice is drawn from the release's own `SEED` through `seed_for`, so a leaked
copy of one release says nothing about the next; the thresholds in the tests must therefore hold for any seed.

The answers below go other ways than solutions usually do: alarms are counted in exact fractions, thresholds tried one
by one, unknown tuples summed window by window. Programs for the scanner are put together from pieces whose verdict is
known, so nothing here reads code.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from mlsafety_grader.metrics import Figure, mean_of, share
from mlsafety_kit.syscalls import N_CALLS, Trace, benign_traces
from mlsafety_kit.toy_parser import DEPTH, Run, Target, first_messages, make_parser

try:
    from release_seed import SEED
except ImportError:  # a working copy that no build has stamped yet
    SEED = 0

Array = NDArray[np.float64]
FAMILIES = ("burst", "loop", "reversed", "interleaved")


def seed_for(purpose: str) -> int:
    """Return this release's seed for one purpose, in [0, 2**31)."""
    digest = hashlib.sha256(f"improved_cyberdefense/{SEED}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 2**31


def rng_for(purpose: str) -> np.random.Generator:
    """Return a fresh generator for one purpose; two calls give the same numbers."""
    return np.random.default_rng(seed_for(purpose))


def must_refuse(function: Callable[..., object], *arguments: object) -> None:
    """Assert that a call raises ValueError."""
    try:
        function(*arguments)
    except ValueError:
        return
    raise AssertionError(f"no ValueError for {str(arguments)[:200]}")


# ------------------------------------------------------------------------------------------------ alarms


def precision_exact(tpr: float, fpr: float, base_rate: float) -> float:
    """Return the share of attacks among alerts, counted in exact fractions."""
    t, f, b = (Fraction(value) for value in (tpr, fpr, base_rate))
    return float(b * t / (b * t + (1 - b) * f))


def threshold_exact(benign: Sequence[float], max_fpr: float) -> float:
    """Return the smallest score that may serve, by trying them all from below."""
    for t in sorted(benign):
        if sum(score > t for score in benign) / len(benign) <= max_fpr:
            return float(t)
    raise AssertionError("the maximum always serves")


# ------------------------------------------------------------------------------------------------ profiles


def profile_exact(traces: Sequence[Sequence[int]], n: int) -> set[tuple[int, ...]]:
    """Return all n-tuples inside single traces, from shifted copies."""
    return {gram for trace in traces for gram in zip(*(trace[k:] for k in range(n)), strict=False)}


def scores_exact(traces: Sequence[Sequence[int]], profile: Collection[tuple[int, ...]], n: int, frame: int) -> Array:
    """Return each trace's largest share of unknown tuples in a window, from running sums."""
    scores = []
    for trace in traces:
        unknown = [gram not in profile for gram in zip(*(trace[k:] for k in range(n)), strict=False)]
        total = np.concatenate([[0], np.cumsum(unknown)]).astype(float)
        width = min(frame, len(unknown))
        scores.append(float((total[width:] - total[: len(total) - width]).max() / width) if width else 0.0)
    return np.array(scores)


def intrusions(purpose: str, family: str, n: int, program_seed: int) -> list[Trace]:
    """Return n traces of a program with ten calls of one kind of intrusion somewhere inside."""
    rng = rng_for(f"{purpose}/{family}")
    recipe = [int(call) for call in rng.choice(N_CALLS, 10, replace=False)]
    pair = [int(call) for call in rng.choice(N_CALLS, 2, replace=False)]
    attacked = []
    for trace in benign_traces(seed_for(f"{purpose}/{family}/carrier"), n, program_seed=program_seed):
        start = int(rng.integers(0, len(trace) - 10 + 1))
        inside = trace[start : start + 10]
        new = {
            "burst": recipe,
            "loop": pair * 5,
            "reversed": inside[::-1],
            "interleaved": [recipe[k] if k % 2 else call for k, call in enumerate(inside)],
        }[family]
        attacked.append([*trace[:start], *new, *trace[start + 10 :]])
    return attacked


def caught(scores_by_family: dict[str, Array], threshold: float) -> Figure:
    """Return the share of intrusions above the threshold, the mean over the families."""
    return mean_of([share(np.asarray(scores) > threshold) for scores in scores_by_family.values()])


# ------------------------------------------------------------------------------------------------ fuzzing


class Recorder:
    """A target that remembers what it was given and what it answered, and that ends loops without an end."""

    MOST = 3000

    def __init__(self, target: Target) -> None:
        self._target = target
        self.inputs: list[object] = []
        self.runs: list[Run] = []

    def run(self, message: object) -> Run:
        """Run the target; anything that is not bytes is noted and answered like an empty message."""
        assert len(self.inputs) < self.MOST, "the target is called without end"
        self.inputs.append(message)
        outcome = self._target(message if isinstance(message, bytes) else b"")
        self.runs.append(outcome)
        return outcome

    def branches(self) -> frozenset[int]:
        """Return all branches that any run went through."""
        return frozenset().union(*(branches for branches, _ in self.runs))

    def first_crashes(self) -> dict[str, object]:
        """Return the first input for each bug that was hit."""
        first: dict[str, object] = {}
        for message, (_, crash) in zip(self.inputs, self.runs, strict=True):
            if crash is not None:
                first.setdefault(crash, message)
        return first


def touchy_target(purpose: str) -> Target:
    """Return a target that dies easily, also of its first messages, going through a new branch as it does."""
    offset = int(rng_for(purpose).integers(0, 16))

    def parse(message: bytes) -> Run:
        if not message:
            return frozenset({100}), "empty"
        number = (message[0] + offset) % 16
        if number < 4:
            return frozenset({1, 10 + number}), f"low-{number}"
        return frozenset({1, 2, 30 + number}), "long" if len(message) > 9 else None

    return parse


def ladder(purpose: str) -> tuple[Target, list[bytes]]:
    """Return a parser with one command and the message to begin with."""
    seed = seed_for(purpose)
    return make_parser(seed, n_commands=1), first_messages(seed, n_commands=1)


LADDER_BRANCHES = 1 + DEPTH


# ------------------------------------------------------------------------------------------------ programs to be read

_WORDS = ("orders", "users", "items", "parts", "events", "prices", "notes", "stock", "visits", "rooms")


def written(purpose: str, pieces: Sequence[tuple[str, Sequence[int]]]) -> tuple[str, list[int]]:
    """Return a program of the pieces in random order and the lines in it that must be found.

    Args:
        purpose: seeds order, table names and empty lines.
        pieces: source and the numbers of its lines, from 1, that hold a dynamic query. TABLE stands for a table's name,
            and NUMBER in a function's name for the piece's number.
    """
    rng = rng_for(purpose)
    lines: list[str] = []
    expected = []
    for number in rng.permutation(len(pieces)):
        source, marked = pieces[number]
        lines += [""] * int(rng.integers(1, 4))
        expected += [len(lines) + line for line in marked]
        table = _WORDS[int(rng.integers(len(_WORDS)))]
        lines += source.strip("\n").replace("TABLE", table).replace("NUMBER", str(number)).split("\n")
    return "\n".join(lines) + "\n", sorted(expected)


def one_call(argument: str) -> str:
    """Return a function with one query, on its second line."""
    return f"def f_NUMBER(db, user, page):\n    return db.execute({argument})"


DYNAMIC_ARGUMENTS = (
    """f"SELECT * FROM TABLE WHERE name = '{user}'" """,
    """f"SELECT * FROM TABLE LIMIT {page + 1}" """,
    """f'{user}'""",
    """"SELECT * FROM TABLE WHERE name = '" + user + "'" """,
    """user + " FROM TABLE" """,
    """"SELECT * FROM TABLE WHERE id = %s" % page""",
    """"SELECT %s FROM %s" % ("name", user)""",
    """"SELECT * FROM TABLE WHERE id = {}".format(page)""",
    """"SELECT * FROM TABLE WHERE id = {n}".format(n=page)""",
    """" AND ".join(["a = 1", user])""",
    """", ".join(user)""",
    """"SELECT * FROM TABLE".replace("*", user)""",
    """user.replace("a", "b")""",
    """"SELECT a FROM TABLE" + (" WHERE b = " + str(page))""",
    """"SELECT * FROM TABLE WHERE a = ?" + user, (page,)""",
)
STATIC_ARGUMENTS = (
    """"SELECT * FROM TABLE" """,
    """"SELECT * FROM TABLE WHERE id = ?", (page,)""",
    """"SELECT * FROM TABLE WHERE id = %s", (user + "x",)""",
    """"SELECT * " + "FROM TABLE" """,
    """"SELECT %s FROM %s" % ("a", "TABLE")""",
    """"SELECT * FROM TABLE LIMIT %d" % 5""",
    """"SELECT {} FROM TABLE".format("a")""",
    """", ".join(["SELECT a", "b FROM TABLE"])""",
    """"SELECT * FROM TABLE".replace("*", "a")""",
    """f"SELECT * FROM TABLE" """,
    """f"SELECT * FROM TABLE LIMIT {10}" """,
    """f"SELECT a " + "FROM TABLE" """,
    "user",
    "page.query",
    "build(user)",
    "user.strip()",
    "user[0]",
    "",
    """sql=f"SELECT * FROM TABLE WHERE id = {page}" """,
)

FLOWS = (
    # (what is at stake, source, marked lines)
    (
        "fstring",
        """def f_NUMBER(db, a):
    q = f"SELECT {a} FROM TABLE"
    db.execute(q)""",
        [3],
    ),
    (
        "copied",
        """def f_NUMBER(db, a):
    q = "SELECT " + a
    r = q
    db.execute(r, (1,))""",
        [4],
    ),
    (
        "grown",
        """def f_NUMBER(db, a):
    q = "SELECT * FROM TABLE"
    q += " WHERE b = " + a
    db.execute(q)""",
        [4],
    ),
    (
        "grown-by-name",
        """def f_NUMBER(db, a):
    q = "SELECT * FROM TABLE "
    q += a
    db.execute(q)""",
        [4],
    ),
    (
        "stays",
        """def f_NUMBER(db, a):
    q = "SELECT " + a
    q += " FROM TABLE"
    db.execute(q)""",
        [4],
    ),
    (
        "late",
        """def f_NUMBER(db, a):
    q = "SELECT 1"
    db.execute(q)
    q = q + a
    db.execute(q)""",
        [5],
    ),
    (
        "typed",
        """def f_NUMBER(db, a):
    q: str = "SELECT %s" % a
    db.execute(q)""",
        [3],
    ),
    (
        "double",
        """def f_NUMBER(db, a):
    p = q = "SELECT {}".format(a)
    db.execute(p)
    db.execute(q)""",
        [3, 4],
    ),
    (
        "unknown-plus",
        """def f_NUMBER(db, a):
    q = a
    db.execute(q)
    db.execute(q + " FROM TABLE")""",
        [4],
    ),
    (
        "cleared",
        """def f_NUMBER(db, a):
    q = "SELECT " + a
    print(q)
    q = "SELECT 1 FROM TABLE"
    db.execute(q)""",
        [],
    ),
    (
        "constant",
        """def f_NUMBER(db, a):
    t = "TABLE"
    q = "SELECT * FROM " + t
    db.execute(q)""",
        [],
    ),
    (
        "constant-f",
        """def f_NUMBER(db, a):
    t = "TABLE"
    db.execute(f"SELECT * FROM {t}")""",
        [],
    ),
    (
        "constant-grown",
        """def f_NUMBER(db, a):
    q = "SELECT 1"
    q += " FROM TABLE"
    db.execute(q, a)""",
        [],
    ),
    (
        "called",
        """def f_NUMBER(db, a):
    q = build(a)
    db.execute(q)""",
        [],
    ),
    (
        "overwritten",
        """def f_NUMBER(db, a):
    q = "SELECT " + a
    q = a.strip()
    db.execute(q)""",
        [],
    ),
    (
        "scope-1",
        """def f_NUMBER(db, a):
    shared = "SELECT " + a
    return shared""",
        [],
    ),
    (
        "scope-2",
        """def f_NUMBER(db, shared):
    db.execute(shared)""",
        [],
    ),
    (
        "outer",
        """NAME_NUMBER = "TABLE"
def f_NUMBER(db):
    db.execute("SELECT * FROM " + NAME_NUMBER)""",
        [3],
    ),
    (
        "module",
        """import sys
q_NUMBER = "SELECT " + sys.argv[1]
sys.db.execute(q_NUMBER)""",
        [3],
    ),
    (
        "nested",
        """def f_NUMBER(db, a):
    q = "SELECT 1"
    def inner(q):
        q = q + a
        db.execute(q)
    db.execute(q)""",
        [5],
    ),
    (
        "method",
        """class C_NUMBER:
    def get(self, a):
        with self.db.lock():
            return self.db.execute(f"{a}").all()""",
        [4],
    ),
    (
        "chained",
        """def f_NUMBER(db, a):
    q = "SELECT %d FROM TABLE" % a
    row = db.cursor().execute(q).fetchone()
    return row""",
        [3],
    ),
    (
        "branches",
        """def f_NUMBER(db, a):
    q = "SELECT 1"
    if a:
        q = q + a
        db.execute(q)
    else:
        q = "SELECT 2"
    for _ in range(3):
        db.execute(q)""",
        [5],
    ),
    (
        "try",
        """def f_NUMBER(db, a):
    try:
        q = f"SELECT {a}"
        db.execute(q)
    except ValueError:
        q = "SELECT 1"
        db.execute(q)
    finally:
        db.execute("COMMIT")""",
        [4],
    ),
    (
        "before",
        """def f_NUMBER(db, a):
    q = "SELECT 1"
    q = "SELECT " + db.execute(q).text
    db.execute(q)""",
        [4],
    ),
    (
        "async",
        """async def f_NUMBER(db, a):
    q = "SELECT " + a
    await db.execute(q)""",
        [3],
    ),
)

OTHERS = (
    (
        "many",
        """def f_NUMBER(db, a):
    db.executemany(f"SELECT {a}")
    db.executescript("x" + a)""",
        [],
    ),
    (
        "plain",
        """def f_NUMBER(db, a):
    execute(f"SELECT {a}")
    db.execute.call("x" + a)""",
        [],
    ),
    (
        "query",
        """def f_NUMBER(db, a):
    db.query("SELECT " + a)
    print("SELECT " + a)""",
        [],
    ),
    (
        "text",
        """def f_NUMBER(db, a):
    # db.execute(f"{a}")
    return "db.execute(f'{a}')"
""",
        [],
    ),
)
