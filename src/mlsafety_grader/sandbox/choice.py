"""Choose the sandbox level from any process: the probe forks a trial sandbox, which a process with threads cannot."""

import subprocess
import sys
from pathlib import Path

from mlsafety_grader.errors import UsageError
from mlsafety_grader.sandbox.levels import choose_level
from mlsafety_grader.sandbox.probe import probe

PROBE_LIMIT_S = 60
_APART = """
import sys
from mlsafety_grader.errors import GraderError
from mlsafety_grader.sandbox import choose_level, probe
try:
    print("level", choose_level(sys.argv[1], probe()).value)
except GraderError as e:
    print("refused", e.message, e.hint, sep="\\t")
"""


def find_level(sandbox: str) -> str:
    """Return the sandbox level to use on this host when asked for `sandbox`: auto, strict, reduced or off.

    Raises:
        UsageError: this host does not offer it; the hint says how to get it.
    """
    if len(list(Path("/proc/self/task").iterdir())) == 1:
        return choose_level(sandbox, probe()).value
    done = subprocess.run(
        [sys.executable, "-P", "-c", _APART, sandbox],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PROBE_LIMIT_S, check=False,
    )  # fmt: skip
    if done.stdout.startswith("level "):
        return done.stdout.split()[1]
    message, _, hint = done.stdout.strip().removeprefix("refused\t").partition("\t")
    raise UsageError(message or "the sandbox cannot be probed", hint=hint or "run `mlsafety doctor`")
