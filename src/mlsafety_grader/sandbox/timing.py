"""Measure what entering a sandbox costs: `python -m mlsafety_grader.sandbox.timing [LEVEL] [ROUNDS] [MODULE…]`.

The modules are imported first, since a fork costs what the forking process holds.
"""

import importlib
import statistics
import sys
import time

from mlsafety_grader.sandbox import Level, Plan, fork_sandboxed, kill_sandbox


def main(arguments: list[str]) -> None:
    """Print the median milliseconds of each step, of the whole, and of ending a sandbox."""
    level = Level(arguments[0] if arguments else "strict")
    rounds = int(arguments[1]) if len(arguments) > 1 else 30
    for name in arguments[2:]:
        importlib.import_module(name)
    plan = Plan(level=level)
    entered: list[float] = []
    ended: list[float] = []
    steps: dict[str, list[float]] = {}
    for _ in range(rounds):
        before = time.perf_counter()
        sandbox = fork_sandboxed(plan, lambda: time.sleep(60))
        started = time.perf_counter()
        kill_sandbox(sandbox)
        entered.append((started - before) * 1000)
        ended.append((time.perf_counter() - started) * 1000)
        for name, ms in sandbox.timings:
            steps.setdefault(name, []).append(ms)
    rows = {**steps, "fork_sandboxed": entered, "kill_sandbox": ended}
    for name, values in rows.items():
        print(f"{name:16} median {statistics.median(values):7.2f} ms   best {min(values):7.2f} ms")


if __name__ == "__main__":
    main(sys.argv[1:])
