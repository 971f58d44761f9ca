"""Use cases in plain verbs. Every command of the command line is one call here; pages and scripts may call the same.

Nothing is printed here: what people wait for is told through callbacks, what they asked for is returned.
"""

from mlsafety_grader.service.engines import examine_host, open_engine
from mlsafety_grader.service.export import BATCH_EXPORTERS, export_batch, read_reports
from mlsafety_grader.service.grading import ExecutorName, Graded, GradeRequest, grade
from mlsafety_grader.service.regrading import Regraded, RegradeRequest, regrade
from mlsafety_grader.service.releases import RowStatus, UnitRow, build, choose, list_units, verify, write_samples
from mlsafety_grader.service.whole_course import CourseGraded, CourseRequest, grade_course, write_class

__all__ = [
    "BATCH_EXPORTERS",
    "CourseGraded",
    "CourseRequest",
    "ExecutorName",
    "GradeRequest",
    "Graded",
    "RegradeRequest",
    "Regraded",
    "RowStatus",
    "UnitRow",
    "build",
    "choose",
    "examine_host",
    "export_batch",
    "grade",
    "grade_course",
    "list_units",
    "open_engine",
    "read_reports",
    "regrade",
    "verify",
    "write_class",
    "write_samples",
]
