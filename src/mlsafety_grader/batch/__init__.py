"""Many submissions: find them, grade them, write what became of each and of all."""

from mlsafety_grader.batch.collect import collect
from mlsafety_grader.batch.run import Batch, grade_batch

__all__ = ["Batch", "collect", "grade_batch"]
