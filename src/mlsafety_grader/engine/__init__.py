"""Grade one submission: take the file in, examine it with an engine, award points, report.

path ─ intake ─► Submission ─ engine.examine ─► Examination ─ scoring ─► Report
                                 │
                                 └─ otter: a subprocess of its own (supervised), results read as untrusted text
    an author's own variants ─ trusted: forks of one warm process, otter's tests without its start-up ─► Examination
"""

from mlsafety_grader.engine.grading import Task, Terms, empty_report, grade, grade_all, grade_trusted
from mlsafety_grader.engine.intake import Bounds, Kind, Submission, take_in
from mlsafety_grader.engine.isolated import IsolatedEngine
from mlsafety_grader.engine.otter import OtterEngine
from mlsafety_grader.engine.parallel import in_parallel
from mlsafety_grader.engine.protocol import VERDICTS, Engine, Job

__all__ = [
    "VERDICTS",
    "Bounds",
    "Engine",
    "IsolatedEngine",
    "Job",
    "Kind",
    "OtterEngine",
    "Submission",
    "Task",
    "Terms",
    "empty_report",
    "grade",
    "grade_all",
    "grade_trusted",
    "in_parallel",
    "take_in",
]
