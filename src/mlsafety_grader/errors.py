"""Everything that the platform raises on purpose.

A student's failure is data (`model.Verdict`, `model.Status`); what is raised here is the instructor's, the host's or
our own.

    GraderError                 exit code
    ├── UsageError              2   arguments that cannot be worked with: a missing path, an unknown name
    ├── CourseError             2   unit.toml, topics.toml or assignment.toml is wrong; names file and key
    ├── MasterError             2   a master notebook would compile wrongly; names the cell
    ├── ReleaseError            2   a built release is missing, damaged or not what it says
    ├── GradebookError          2   the gradebook's database is missing, damaged, locked or of another version
    ├── SubmissionError         -   this file cannot be graded: becomes a row of the batch, never ends it
    ├── ScoreError              3   points out of bounds: scoring fails closed
    ├── EngineError             3   the grader itself failed on a submission: `grader_fault`
    │   └── SandboxError            in sandbox/: a wall could not be put up; no student code ran
    ├── CheckError              -   in metrics/: what a hidden test hands over cannot be measured; fails the case
    └── WireError               -   in wire/: the other side of a socket broke the protocol; becomes a verdict
"""


class GraderError(Exception):
    """Say what is wrong and where; `hint` says what to do next."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GraderError):
    """The command line names something that is not there or does not fit."""


class CourseError(GraderError):
    """A course file is wrong; the message names file and key."""


class MasterError(GraderError):
    """A master notebook would compile wrongly; the message names the cell."""


class ReleaseError(GraderError):
    """A release is missing, damaged or not what it claims to be."""


class GradebookError(GraderError):
    """The gradebook's database cannot be worked with; the message names it, never with its password."""


class SubmissionError(GraderError):
    """A handed-in file cannot be graded; the message is shown to its student."""


class ScoreError(GraderError):
    """Points are out of bounds."""

    exit_code = 3


class EngineError(GraderError):
    """The grader, not the submission, failed."""

    exit_code = 3
