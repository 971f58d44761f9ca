"""A process that imports: `importer.py DATABASE PREFIX COUNT [pause | nobody]`.

With `pause` it waits before it commits, with `nobody` it gives up root's rights before it opens the database.

Students take the submissions in turn; names and points follow from PREFIX, so that two importers bring different ones.
"""

import os
import sys
import time
from pathlib import Path

from mlsafety_grader.errors import GraderError
from mlsafety_grader.gradebook import HandedIn, import_reports, open_gradebook, parse_address
from tests.gradebook_records import DUE, graded
from tests.integration.gradebook.conftest import ACT, STUDENTS

NOBODY = 65534


def main(database: str, prefix: str, number: int, *, mode: str) -> None:
    """Import in one transaction and say what happened on standard output."""
    items = [
        HandedIn(
            report=graded(f"{prefix}{index}.ipynb", float(index % 4)),
            student_key=STUDENTS[index % len(STUDENTS)].key,
            submitted_at=DUE,
        )
        for index in range(number)
    ]
    wait_s = 10 if mode else 120  # a busy machine is slow, not wrong
    with open_gradebook(parse_address(database, folder=Path.cwd()), wait_s=wait_s) as book:
        if mode == "nobody":  # not before: nobody may not even read the interpreter's own files below /root
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        print("ready", flush=True)
        with book.writing() as session:
            import_reports(session, items, act=ACT)
            session.flush()
            print("written", flush=True)
            if mode == "pause":
                time.sleep(60)
    print("done", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]), mode="".join(sys.argv[4:]))
    except GraderError as error:
        print(f"{error.message}\n  → {error.hint}", flush=True)
        sys.exit(error.exit_code)
