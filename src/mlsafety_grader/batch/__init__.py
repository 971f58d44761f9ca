"""Many submissions: find them, use what is graded already, grade the rest anywhere, write what became of each.

paths ─ collect ─► tasks ─ keys, store, plan ─► what is there │ what is to be done ─ executor ─► DIR/<submission>/
                                                             local: threads and warm servers
                                                              dask: the same on other machines
"""

from mlsafety_grader.batch import events, store
from mlsafety_grader.batch.collect import collect
from mlsafety_grader.batch.executor import Executor, Outcome
from mlsafety_grader.batch.layout_records import Layout, SetAside
from mlsafety_grader.batch.layouts import (
    Collected,
    Handed,
    HandedIn,
    collect_layout,
    detect_layout,
    read_layout,
    submissions_csv,
)
from mlsafety_grader.batch.local import LocalExecutor, RenewingEngine
from mlsafety_grader.batch.lock import locked
from mlsafety_grader.batch.run import Batch, grade_batch

__all__ = [
    "Batch",
    "Collected",
    "Executor",
    "Handed",
    "HandedIn",
    "Layout",
    "LocalExecutor",
    "Outcome",
    "RenewingEngine",
    "SetAside",
    "collect",
    "collect_layout",
    "detect_layout",
    "events",
    "grade_batch",
    "locked",
    "read_layout",
    "store",
    "submissions_csv",
]
