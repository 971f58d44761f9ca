"""Moodle's "Download all submissions": a folder per participant, or files with the same beginning.

    Ada Lovelace_1234567_assignsubmission_file_/hw.ipynb        "in folders"; newer ones lack the last underscore
    Ada Lovelace_1234567_assignsubmission_file_hw.ipynb         not in folders

The number is the participant's in this one assignment and stands on no roster, so that the full name has to do.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mlsafety_grader.batch.collect import printable_name
from mlsafety_grader.batch.layout_files import Entry, Work, find_work, prefer, too_many
from mlsafety_grader.batch.layout_people import Claim, plain_name
from mlsafety_grader.batch.layout_records import Found, Reading, SetAside

_NAME = re.compile(
    r"(?s)(?P<name>.+)_(?P<number>[0-9]{1,19})_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<rest>.*))?"
)


def is_moodle_name(name: str) -> bool:
    """Return whether Moodle would give a folder or file this name."""
    return _NAME.fullmatch(name) is not None


def read_moodle(entries: Sequence[Entry]) -> Reading:
    """Return the hand-ins of a download."""
    found: list[Found] = []
    aside: list[SetAside] = []
    flat: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        match = _NAME.fullmatch(entry.name)
        if match is None or not (entry.is_file or entry.is_folder):
            aside.append(SetAside(name=entry.name, reason="is a link, or has no name that Moodle gives"))
        elif match["kind"] == "onlinetext":
            aside.append(SetAside(name=entry.name, reason="was typed into Moodle and is no file"))
        elif entry.is_folder:
            found.extend(_hand_ins(find_work(entry.path), entry.path.parent, match["name"], match["number"]))
        else:
            flat[match["name"], match["number"]].append(entry)
    for (name, number), files in flat.items():
        paths = [file.path for file in files]
        chosen = prefer(paths) or paths
        work = Work(paths=tuple(chosen), problem=too_many(chosen) if len(chosen) > 1 else "")
        found.extend(_hand_ins(work, files[0].path.parent, name, number))
        aside.extend(
            SetAside(name=file.name, reason="lies beside the answer and is not graded")
            for file in files
            if file.path not in chosen
        )
    return Reading(found=tuple(found), set_aside=tuple(aside))


def _hand_ins(work: Work, folder: Path, name: str, number: str) -> list[Found]:
    return [
        Found(
            path=path,
            name=printable_name(path.relative_to(folder).as_posix()),
            person=f"Moodle participant {number}",
            people=((Claim(kind="name", value=plain_name(name)),),),
            problem=work.problem,
        )
        for path in work.paths
    ]
