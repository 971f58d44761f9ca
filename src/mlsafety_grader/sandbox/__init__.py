"""Wall in student code. Our own code forks, enters every layer, and only then is `run` called.

probe ─► Layer… ─choose_level─► Level ─► Plan ─fork_sandboxed─► Sandbox ─measure─► Usage ─find_excess─► "" | "memory" …
                                                                   └─kill_sandbox─► nothing is left

strict   namespaces (strict.py, namespaces.py, root.py), no privileges, limits, Landlock, seccomp
reduced  another id when root (plain.py), no privileges, limits, Landlock, seccomp
off      limits, and a supervisor that kills what is left behind
"""

from mlsafety_grader.sandbox.choice import find_level
from mlsafety_grader.sandbox.doctor import HostFacts, doctor_rows, host_facts
from mlsafety_grader.sandbox.enter import fork_sandboxed, kill_sandbox
from mlsafety_grader.sandbox.fairness import CALM_TASKS, share_cpu
from mlsafety_grader.sandbox.forking import reserve, settle
from mlsafety_grader.sandbox.levels import Layer, Level, State, choose_level
from mlsafety_grader.sandbox.plan import Plan, Sandbox, SandboxError, default_read_only
from mlsafety_grader.sandbox.probe import probe
from mlsafety_grader.sandbox.watchdog import Inheritance, Usage, find_excess, measure, own_memory_kib

__all__ = [
    "CALM_TASKS",
    "HostFacts",
    "Inheritance",
    "Layer",
    "Level",
    "Plan",
    "Sandbox",
    "SandboxError",
    "State",
    "Usage",
    "choose_level",
    "default_read_only",
    "doctor_rows",
    "find_excess",
    "find_level",
    "fork_sandboxed",
    "host_facts",
    "kill_sandbox",
    "measure",
    "own_memory_kib",
    "probe",
    "reserve",
    "settle",
    "share_cpu",
]
