"""Name what decides a result by its content: a stored report may be used again exactly when its keys are the same.

    submission's bytes ┐
    a question's tests and points, each question by itself ┼─► content
    everything else: support files, config, engine, versions, sandbox, limits, bounds ─► common ┘

What does not decide a verdict is left out: the release's id, its name, the student version, the submission's name.
"""

import ast
import doctest
import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata

import msgspec

from mlsafety_grader import __version__
from mlsafety_grader.engine import VERDICTS, Terms
from mlsafety_grader.model import Keys
from mlsafety_grader.release import Release, read_zip

PACKAGES = ("ipython", "matplotlib", "numpy", "otter-grader", "pandas", "scikit-learn", "scipy", "torch")
_DIGITS = 32
_OK_FORMAT = re.compile(r"^OK_FORMAT\s*=\s*True", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The keys of a release and of the terms it is graded by; `tied` says which questions hang together.

    Otter runs the tests of its older format in one namespace: a name that one question's tests define is there for the
    next question's. Questions that may be tied so must be examined together.
    """

    common: str
    questions: dict[str, str]
    tied: dict[str, frozenset[str]]

    def keys(self, sha256: str, suffix: str) -> Keys:
        """Return the keys of a submission with this content, handed in with this file type (`.ipynb`)."""
        content = _hash([sha256, suffix, self.common, sorted(self.questions.items())])
        return Keys(content=content, common=self.common, questions=self.questions)

    def can_be_examined_alone(self, questions: Iterable[str]) -> bool:
        """Return whether examining only these questions gives what examining all of them gives."""
        chosen = frozenset(questions)
        return all(self.tied.get(name, frozenset()) <= chosen for name in chosen)


def basis_of(terms: Terms) -> Basis:
    """Return what the keys of all submissions of a batch are made of."""
    members = read_zip(terms.release.autograder)
    names = {question.name: f"tests/{question.name}.py" for question in terms.release.manifest.autograded}
    tests = {name: members.pop(path).decode("utf-8", "replace") for name, path in names.items() if path in members}
    defined = {name: defined_names(source) for name, source in tests.items()}
    return Basis(
        common=_hash([_common_of(terms, members), {name: sorted(found) for name, found in defined.items()}]),
        questions={q.name: _hash([q, tests.get(q.name)]) for q in terms.release.manifest.questions},
        tied=_tie(tests, defined),
    )


def fingerprint() -> str:
    """Return a hash over what of this installation may change a verdict; equal on machines that may share a batch."""
    return _hash([VERDICTS, __version__, list(sys.version_info[:2]), _versions()])


def defined_names(source: str) -> frozenset[str]:
    """Return the names that a test file of otter's older format leaves behind for later tests; `*` when unreadable."""
    if not _OK_FORMAT.search(source):
        return frozenset()  # otter calls these tests as functions: nothing of theirs stays
    try:
        trees = [ast.parse(example.source) for text in _texts(source) for example in _examples(text)]
    except (SyntaxError, ValueError):
        return frozenset({"*"})
    return frozenset(name for tree in trees for node in ast.walk(tree) for name in _bound(node))


def _common_of(terms: Terms, members: Mapping[str, bytes]) -> list[object]:
    manifest, release = terms.release.manifest, terms.release
    return [
        fingerprint(),
        terms.engine.name,
        terms.engine.isolation,
        terms.limits,
        terms.bounds,
        manifest.assignment_name,
        manifest.metrics,
        [question.name for question in manifest.questions],
        _students_files(release, members),
        {name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
    ]


def _students_files(release: Release, members: Mapping[str, bytes]) -> list[str] | None:
    """Those support files that may lie beside the submission; what else students got decides nothing."""
    if release.student_files is None:
        return None
    support = {name.removeprefix("files/") for name in members}
    return sorted(support & release.student_files)


def _tie(tests: Mapping[str, str], defined: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Tie questions of which one uses a word that the other defines: too often rather than too seldom."""
    words = {name: frozenset(re.findall(r"\w+", source)) for name, source in tests.items()}
    return {
        one: frozenset(
            other
            for other in tests
            if other != one and (_shares(defined[one], words[other]) or _shares(defined[other], words[one]))
        )
        for one in tests
    }


def _shares(defined: frozenset[str], words: frozenset[str]) -> bool:
    return "*" in defined or bool(defined & words)


def _texts(source: str) -> list[str]:
    tree = ast.parse(source)
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _examples(text: str) -> list[doctest.Example]:
    return doctest.DocTestParser().get_examples(text)


def _bound(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return (name,)
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return tuple((alias.asname or alias.name).partition(".")[0] for alias in aliases)
    return ()


@cache
def _versions() -> tuple[str, ...]:
    """The versions that count, without importing anything."""
    return tuple(f"{name} {metadata.version(name)}" for name in PACKAGES if _is_installed(name))


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _hash(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()[:_DIGITS]
