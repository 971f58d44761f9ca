"""Keep a course's results: whose they are, what people decided about them, and who changed what.

    roster CSV ──parse_roster──► Roster ──import_roster──► students
    HandedIn… (Report, student, time) ──import_reports──► attempts, results
    override_points, grant_extension, grade_written, assign_submission, change_assignment ──► a person's decisions
    read_settled ──► Settled… (scoring settles; a Standing each)    read_overview, read_history ──► for people

The only package that knows SQLAlchemy. A `Gradebook` gives sessions; the functions work within one, and what happens
in a session happens whole or not at all. Every change leaves a row in the audit trail.
"""

from mlsafety_grader.gradebook.address import Address, parse_address
from mlsafety_grader.gradebook.assignments import Change, change_assignment, describe
from mlsafety_grader.gradebook.audit import Act, exact_of
from mlsafety_grader.gradebook.course import SetUp, set_up
from mlsafety_grader.gradebook.database import Gradebook, open_gradebook
from mlsafety_grader.gradebook.decisions import (
    Decided,
    RubricItem,
    assign_submission,
    grade_written,
    grant_extension,
    override_points,
)
from mlsafety_grader.gradebook.imports import HandedIn, Imported, Regraded, import_reports
from mlsafety_grader.gradebook.matching import match_submission
from mlsafety_grader.gradebook.roster_file import Entry, Roster, RosterKind, parse_roster
from mlsafety_grader.gradebook.students import RosterChange, identifiers, import_roster, list_students
from mlsafety_grader.gradebook.submissions_file import SubmissionLine, parse_submissions, read_time
from mlsafety_grader.gradebook.views import (
    AssignmentStatus,
    AttemptLine,
    AuditLine,
    History,
    Overview,
    Unmatched,
    read_history,
    read_overview,
    read_settled,
)

__all__ = [
    "Act",
    "Address",
    "AssignmentStatus",
    "AttemptLine",
    "AuditLine",
    "Change",
    "Decided",
    "Entry",
    "Gradebook",
    "HandedIn",
    "History",
    "Imported",
    "Overview",
    "Regraded",
    "Roster",
    "RosterChange",
    "RosterKind",
    "RubricItem",
    "SetUp",
    "SubmissionLine",
    "Unmatched",
    "assign_submission",
    "change_assignment",
    "describe",
    "exact_of",
    "grade_written",
    "grant_extension",
    "identifiers",
    "import_reports",
    "import_roster",
    "list_students",
    "match_submission",
    "open_gradebook",
    "override_points",
    "parse_address",
    "parse_roster",
    "parse_submissions",
    "read_history",
    "read_overview",
    "read_settled",
    "read_time",
    "set_up",
]
