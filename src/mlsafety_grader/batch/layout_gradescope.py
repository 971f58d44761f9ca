"""Gradescope's "Export Submissions": a folder per submission, and one file that says whose and when.

    assignment_1_export/submission_metadata.yml
    assignment_1_export/submission_4711/hw.ipynb

The YAML can be large (it holds all results) and is not ours: it is read event by event, without making any object that
its tags ask for and without following its merges; only who and when are kept.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from mlsafety_grader.batch.collect import printable_name
from mlsafety_grader.batch.layout_files import Entry, find_work
from mlsafety_grader.batch.layout_people import Claim, plain_name
from mlsafety_grader.batch.layout_records import Found, Reading, SetAside, read_instant
from mlsafety_grader.errors import UsageError

METADATA = "submission_metadata.yml"
MAX_METADATA_MIB = 64
_FOLDER = re.compile(r"submission_[0-9]{1,19}")
_MAX_SUBMITTERS = 50
_MAX_TEXT = 500

Node = str | list["Node"] | dict[str, "Node"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the metadata says of a submission."""

    people: tuple[tuple[Claim, ...], ...]
    submitted_at: datetime | None


def is_gradescope_folder(name: str) -> bool:
    """Return whether Gradescope would give a submission's folder this name."""
    return _FOLDER.fullmatch(name) is not None


def read_gradescope(entries: Sequence[Entry]) -> Reading:
    """Return the hand-ins of an export.

    Raises:
        UsageError: its metadata is missing, too large or no YAML.
    """
    facts: Mapping[str, Facts] = {}
    aside: list[SetAside] = []
    found: list[Found] = []
    for entry in entries:
        if entry.is_file and entry.name == METADATA:
            facts = read_metadata(entry.path)
    for entry in entries:
        if entry.is_file and entry.name == METADATA:
            continue
        if not entry.is_folder or not is_gradescope_folder(entry.name):
            aside.append(SetAside(name=entry.name, reason="is no folder that Gradescope makes for a submission"))
            continue
        known = facts.get(entry.name)
        work = find_work(entry.path)
        missing = "" if known else f"{METADATA} does not say whose it is"
        found.extend(
            Found(
                path=path,
                name=printable_name(path.relative_to(entry.path.parent).as_posix()),
                person=entry.name if known is None else _person(known, entry.name),
                people=known.people if known else (),
                submitted_at=known.submitted_at if known else None,
                problem=work.problem or missing,
            )
            for path in work.paths
        )
    return Reading(found=tuple(found), set_aside=tuple(aside))


def read_metadata(path: Path) -> dict[str, Facts]:
    """Return what the metadata says of each submission, by the name of its folder.

    Raises:
        UsageError: it is too large or no YAML.
    """
    hint = "export the submissions from Gradescope again"
    try:
        with path.open("rb") as file:
            data = file.read((MAX_METADATA_MIB << 20) + 1)
        if len(data) > MAX_METADATA_MIB << 20:
            raise UsageError(f"{METADATA} has more than {MAX_METADATA_MIB} MiB", hint=hint)
        table = _read_events(data)
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as e:
        raise UsageError(f"{METADATA} cannot be read: {str(e)[:200]}", hint=hint) from None
    return {name: _facts(entry) for name, entry in table.items() if isinstance(entry, dict)}


def _person(facts: Facts, name: str) -> str:
    marks = sorted(claim.value for claims in facts.people for claim in claims)
    return "Gradescope " + ", ".join(marks) if marks else name


def _facts(entry: Mapping[str, Node]) -> Facts:
    submitters = entry.get("submitters")
    created = entry.get("created_at")
    people = (
        [_claims(person) for person in submitters if isinstance(person, dict)] if isinstance(submitters, list) else []
    )
    return Facts(
        people=tuple(claims for claims in people if claims),
        submitted_at=read_instant(created) if isinstance(created, str) else None,
    )


def _claims(person: Mapping[str, Node]) -> tuple[Claim, ...]:
    def text(key: str) -> str:
        value = person.get(key)
        return value.strip() if isinstance(value, str) and value not in {"", "~", "null"} else ""

    claims = (
        Claim(kind="email", value=text("email").casefold()),
        Claim(kind="sis_id", value=text("sid")),
        Claim(kind="name", value=plain_name(text("name"))),
    )
    return tuple(claim for claim in claims if claim.value)


# what is kept of the document, by depth: every submission; of it these keys; of those lists all; of their items these
_WANTED: tuple[frozenset[str] | None, ...] = (
    None,
    frozenset({"submitters", "created_at"}),
    None,
    frozenset({"name", "email", "sid"}),
)


def _read_events(data: bytes) -> dict[str, Node]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    reader = _Reader(yaml.parse(data, Loader=loader))
    for event in reader.events:
        if isinstance(event, yaml.MappingStartEvent):
            node = reader.read(event, 0)
            return node if isinstance(node, dict) else {}
        if isinstance(event, (yaml.SequenceStartEvent, yaml.ScalarEvent)):
            break
    raise yaml.YAMLError("its top is no table of submissions")


class _Reader:
    """Builds the wanted part of a document from its events; lives as long as one reading."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchors: dict[str, Node] = {}

    def read(self, event: yaml.Event, depth: int) -> Node:
        """Return what an event begins, read to its end; nothing below the wanted depths is kept."""
        if isinstance(event, yaml.AliasEvent):
            return self.anchors.get(event.anchor or "")  # a second mention of a person: Gradescope writes those
        node: Node = None
        if isinstance(event, yaml.ScalarEvent):
            node = event.value[:_MAX_TEXT]
        elif depth >= len(_WANTED):
            self._skip(event)
        elif isinstance(event, yaml.MappingStartEvent):
            node = self._mapping(depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(depth)
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _mapping(self, depth: int) -> dict[str, Node]:
        wanted = _WANTED[depth]
        found: dict[str, Node] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.read(event, len(_WANTED))
            value = next(self.events)
            name = key.removeprefix(":") if isinstance(key, str) else None
            if name is not None and (wanted is None or name in wanted):
                found[name] = self.read(value, depth + 1)
            else:
                self.read(value, len(_WANTED))
        return found

    def _sequence(self, depth: int) -> list[Node]:
        found: list[Node] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            node = self.read(event, depth + 1)
            if len(found) < _MAX_SUBMITTERS:
                found.append(node)
        return found

    def _skip(self, event: yaml.Event) -> None:
        opened = isinstance(event, yaml.CollectionStartEvent)
        depth = int(opened)
        while depth:
            each = next(self.events)
            depth += isinstance(each, yaml.CollectionStartEvent) - isinstance(each, yaml.CollectionEndEvent)
