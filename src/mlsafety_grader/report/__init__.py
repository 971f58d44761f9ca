"""Write reports down: for us, for Gradescope, for a spreadsheet, for programs and for the terminal.

    Report ──encode_report──► report.json ──decode_report──► Report
    Report + Manifest ──gradescope_results──► results.json
    Report… + Manifest ──grades_csv──► grades.csv
                       ──batch_json──► batch.json
                       ──summary, measurement, distribution_table──► the terminal
    (Manifest, Report…)… ──topic_table, course_items, items_table, items_csv──► a class over a whole course
    Report… ──junit_xml, classroom_json, job_summary──► CI systems
    Standing… ──canvas_csv, merge_canvas, nbgrader_csv──► gradebooks elsewhere

Names, reasons and messages come from submissions: every writer escapes them for its reader. A grader fault has no
points in any of them. Files go to disk through `write_atomically`.
"""

from mlsafety_grader.report.batch_json import BatchEntry, BatchIndex, LimitsAsked, batch_json, decode_batch
from mlsafety_grader.report.canvas import canvas_csv
from mlsafety_grader.report.canvas_merge import CanvasMerge, Kept, merge_canvas
from mlsafety_grader.report.canvas_people import Mismatch
from mlsafety_grader.report.course import MutantsMet, course_items, items_csv, items_table, topic_table
from mlsafety_grader.report.distribution import distribution_table
from mlsafety_grader.report.files import write_atomically
from mlsafety_grader.report.github_classroom import classroom_json, classroom_result
from mlsafety_grader.report.grades_csv import grades_csv, text_cell
from mlsafety_grader.report.gradescope import encode_gradescope, gradescope_results, gradescope_schema
from mlsafety_grader.report.job_summary import job_summary
from mlsafety_grader.report.junit import junit_xml
from mlsafety_grader.report.nbgrader import nbgrader_csv
from mlsafety_grader.report.numbers import percent_text, points_text, rounded, value_text
from mlsafety_grader.report.order import in_order, natural_key
from mlsafety_grader.report.outcome import has_points, status_text
from mlsafety_grader.report.report_json import decode_report, encode_report
from mlsafety_grader.report.summary import measurement_table, summary_table
from mlsafety_grader.report.text import cap, visible, visible_lines

__all__ = [
    "BatchEntry",
    "BatchIndex",
    "CanvasMerge",
    "Kept",
    "LimitsAsked",
    "Mismatch",
    "MutantsMet",
    "batch_json",
    "canvas_csv",
    "cap",
    "classroom_json",
    "classroom_result",
    "course_items",
    "decode_batch",
    "decode_report",
    "distribution_table",
    "encode_gradescope",
    "encode_report",
    "grades_csv",
    "gradescope_results",
    "gradescope_schema",
    "has_points",
    "in_order",
    "items_csv",
    "items_table",
    "job_summary",
    "junit_xml",
    "measurement_table",
    "merge_canvas",
    "natural_key",
    "nbgrader_csv",
    "percent_text",
    "points_text",
    "rounded",
    "status_text",
    "summary_table",
    "text_cell",
    "topic_table",
    "value_text",
    "visible",
    "visible_lines",
    "write_atomically",
]
