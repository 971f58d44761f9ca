"""From a file to a report: take it in, have an engine examine it, award points. Also for many files at once.

A file that cannot be graded and a grader that fails both end in a report; neither ends the batch.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from mlsafety_grader.engine.intake import Bounds, Submission, take_in
from mlsafety_grader.engine.parallel import in_parallel
from mlsafety_grader.engine.protocol import Engine, Job
from mlsafety_grader.engine.trusted import examine_trusted
from mlsafety_grader.errors import EngineError, ScoreError, SubmissionError
from mlsafety_grader.model import Examination, Limits, Report, Status
from mlsafety_grader.release import Release
from mlsafety_grader.scoring import place, score_submission, score_topics, total

TRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A file to be graded: `name` is what people call it, `folder` where its report goes.

    `keep` is a folder for what grading leaves besides the report. `questions` are those to be examined, all when None:
    the others then count as not run, for the caller to fill in. `file_name` is what the file was called when it was
    handed in, where `path` is a copy: the reason of a rejection may quote it.
    """

    path: Path
    name: str
    folder: str
    keep: Path | None = None
    questions: frozenset[str] | None = None
    file_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every task of a batch is graded by."""

    engine: Engine
    release: Release
    limits: Limits
    bounds: Bounds


def grade(task: Task, terms: Terms, *, stop: threading.Event) -> Report:
    """Grade one file; the report says what became of it, whatever that was."""
    try:
        submission = take_in(task.path, assignment_name=terms.release.manifest.assignment_name, bounds=terms.bounds)
    except SubmissionError as e:
        reason = f"{e.message}; {e.hint}" if e.hint else e.message
        return _report(task, terms, sha256="", found=Examination(status=Status.REJECTED, reason=reason))
    found = _examine(submission, task, terms, stop)
    try:
        return _report(task, terms, sha256=submission.sha256, found=found)
    except ScoreError as e:  # the engine answered for other tests than the release's: ours, never a zero
        fault = Examination(status=Status.GRADER_FAULT, reason=str(e), usage=found.usage)
        return _report(task, terms, sha256=submission.sha256, found=fault)


def grade_all(tasks: Iterable[Task], terms: Terms, *, jobs: int, stop: threading.Event) -> Iterator[tuple[int, Report]]:
    """Grade many files, `jobs` at a time, and yield (position in `tasks`, report) as each is done.

    When the caller stops iterating or is interrupted, what is running is ended and nothing new begins.
    """
    yield from in_parallel(lambda task: grade(task, terms, stop=stop), tasks, jobs=jobs, stop=stop)


def grade_trusted(
    tasks: Sequence[Task], terms: Terms, *, jobs: int, stop: threading.Event
) -> Iterator[tuple[int, Report]]:
    """Grade notebooks that are the author's own, as `grade_all` does, but `jobs` warm processes take a share each.

    Raises:
        SubmissionError: a notebook cannot be graded, which in an author's own is a mistake to be told.
        EngineError: a warm process died.
    """
    bounds, manifest = terms.bounds, terms.release.manifest
    numbered = [
        (number, task, take_in(task.path, assignment_name=manifest.assignment_name, bounds=bounds))
        for number, task in enumerate(tasks)
    ]
    shares = [share for start in range(max(1, jobs)) if (share := numbered[start :: max(1, jobs)])]
    answers: SimpleQueue[tuple[int, Report] | None] = SimpleQueue()

    def work(share: list[tuple[int, Task, Submission]]) -> None:
        made = [Job(submission=s, release=terms.release, limits=terms.limits, stop=stop) for _, _, s in share]
        try:
            for place, found in examine_trusted(made):
                number, task, submission = share[place]
                answers.put((number, _report(task, terms, sha256=submission.sha256, found=found)))
        finally:
            answers.put(None)

    with ThreadPoolExecutor(max_workers=max(1, len(shares)), thread_name_prefix="trusted") as pool:
        workers = [pool.submit(work, share) for share in shares]
        try:
            ended = 0
            while ended < len(shares):
                answer = answers.get()
                if answer is None:
                    ended += 1
                else:
                    yield answer
        finally:
            stop.set()
        for worker in workers:
            worker.result()


def empty_report(task: Task, terms: Terms, *, status: Status, reason: str) -> Report:
    """Return the report of a submission that was not examined: it was rejected, or the grader failed on it."""
    return _report(task, terms, sha256="", found=Examination(status=status, reason=reason))


def _examine(submission: Submission, task: Task, terms: Terms, stop: threading.Event) -> Examination:
    job = Job(submission=submission, release=terms.release, limits=terms.limits, stop=stop, questions=task.questions)
    for tries_left in reversed(range(TRIES)):
        try:
            return terms.engine.examine(job, keep=task.keep)
        except (EngineError, OSError) as e:
            problem = str(e)
            if stop.is_set() or not tries_left:
                break
    return Examination(status=Status.GRADER_FAULT, reason=problem)


def _report(task: Task, terms: Terms, *, sha256: str, found: Examination) -> Report:
    manifest = terms.release.manifest
    questions = score_submission(manifest, found)
    points = total(questions)
    return Report(
        submission=task.name,
        folder=task.folder,
        sha256=sha256,
        slug=manifest.slug,
        release_id=manifest.release_id,
        engine=terms.engine.name,
        isolation=terms.engine.isolation,
        status=found.status,
        reason=found.reason,
        earned=points.earned,
        possible=points.possible,
        questions=questions,
        topics=score_topics(questions),
        measurements=place(manifest.metrics, found.measurements),
        cell_failures=found.cell_failures,
        usage=found.usage,
    )
