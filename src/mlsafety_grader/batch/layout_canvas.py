"""Canvas' "Download Submissions": all files in one folder, named after student, user id, file id and file.

lovelaceada_LATE_101_5550_hw.ipynb        file ids grow with time, so they order the attempts
anon_x7Gk2_5551_hw.ipynb                  graded anonymously: Canvas does not say whose
lovelaceada_101_text.html                 typed into Canvas, not a file
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from mlsafety_grader.batch.layout_files import Entry
from mlsafety_grader.batch.layout_people import Claim, letters
from mlsafety_grader.batch.layout_records import Found, Reading, SetAside

_FILE = re.compile(
    r"(?s)(?P<name>.+?)(?P<late>_LATE)?_(?P<user>[0-9]{1,19})_(?P<file>[0-9]{1,19})_(?P<rest>.+)", re.ASCII
)
_ANONYMOUS = re.compile(r"(?s)anon_(?P<user>[A-Za-z0-9]{5})(?P<late>_LATE)?_(?P<file>[0-9]{1,19})_(?P<rest>.+)")
_TYPED = re.compile(r"(?s).+_[0-9]{1,19}_(?:text|link)\.html")
_ANSWERS = ({".ipynb", ".zip"}, {".py"})


def is_canvas_name(name: str) -> bool:
    """Return whether Canvas would give a file this name."""
    return any(pattern.fullmatch(name) for pattern in (_TYPED, _ANONYMOUS, _FILE))


def read_canvas(entries: Sequence[Entry]) -> Reading:
    """Return the hand-ins of a download."""
    found: list[Found] = []
    aside: list[SetAside] = []
    for entry in entries:
        if not entry.is_file:
            aside.append(SetAside(name=entry.name, reason="is a folder or a link; Canvas downloads files only"))
        elif _TYPED.fullmatch(entry.name):
            aside.append(SetAside(name=entry.name, reason="was typed into Canvas and is no file"))
        else:
            found.append(_read(entry))
    by_person: defaultdict[str, list[Found]] = defaultdict(list)
    for each in found:
        by_person[each.person].append(each)
    kept = []
    for files in by_person.values():
        answers = _answers(files)
        kept.extend(answers)
        aside.extend(
            SetAside(name=file.name, reason="lies beside the answer and is not graded")
            for file in files
            if file not in answers
        )
    return Reading(found=tuple(kept), set_aside=tuple(aside))


def _read(entry: Entry) -> Found:
    anonymous = _ANONYMOUS.fullmatch(entry.name)
    match = anonymous or _FILE.fullmatch(entry.name)
    if match is None:
        return Found(
            path=entry.path, name=entry.name, person=entry.name, people=(), problem="has no name that Canvas gives"
        )
    user = match["user"]
    claims = () if anonymous else (Claim(kind="canvas_id", value=user), Claim(kind="letters", value=letters(match[1])))
    return Found(
        path=entry.path,
        name=entry.name,
        person=f"Canvas user {user}",
        people=(claims,),
        number=int(match["file"]),
        is_late=match["late"] is not None,
        problem="was downloaded anonymously: Canvas does not say whose it is" if anonymous else "",
    )


def _answers(files: Sequence[Found]) -> list[Found]:
    """Return the notebooks and zips of one person, else the scripts, else everything: it will be told to them."""
    for suffixes in _ANSWERS:
        chosen = [file for file in files if file.path.suffix.lower() in suffixes]
        if chosen:
            return chosen
    return list(files)
