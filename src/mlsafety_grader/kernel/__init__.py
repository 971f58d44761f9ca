"""The untrusted side: runs a submission's cells in a sandbox and leaves a frozen checkpoint for each question.

server ── fork, sandbox ──► session: kernel (shell) ─ checkpoints ═ examiner
"""

from mlsafety_grader.kernel.events import CellJob

__all__ = ["CellJob"]
