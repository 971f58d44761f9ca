"""Write reports down: for us, for Gradescope, for a spreadsheet, for programs and for the terminal.

    Report ──encode_report──► report.json ──decode_report──► Report
    Report + Manifest ──gradescope_results──► results.json
    Report… + Manifest ──grades_csv──► grades.csv
                       ──batch_json──► batch.json
                       ──summary_table, measurement_table──► the terminal

Names, reasons and messages come from submissions: every writer escapes them for its reader. A grader fault has no
points in any of them. Files go to disk through `write_atomically`.
"""

from mlsafety_grader.report.batch_json import batch_json
from mlsafety_grader.report.files import write_atomically
from mlsafety_grader.report.grades_csv import grades_csv
from mlsafety_grader.report.gradescope import encode_gradescope, gradescope_results, gradescope_schema
from mlsafety_grader.report.numbers import percent_text, points_text, value_text
from mlsafety_grader.report.order import in_order, natural_key
from mlsafety_grader.report.outcome import has_points, status_text
from mlsafety_grader.report.report_json import decode_report, encode_report
from mlsafety_grader.report.summary import measurement_table, summary_table
from mlsafety_grader.report.text import cap, visible, visible_lines

__all__ = [
    "batch_json",
    "cap",
    "decode_report",
    "encode_gradescope",
    "encode_report",
    "grades_csv",
    "gradescope_results",
    "gradescope_schema",
    "has_points",
    "in_order",
    "measurement_table",
    "natural_key",
    "percent_text",
    "points_text",
    "status_text",
    "summary_table",
    "value_text",
    "visible",
    "visible_lines",
    "write_atomically",
]
