"""A warm server to try sandboxes with: one process with one thread, driven by lines of JSON.

pytest's own process may have threads, so tests talk to this one: `Lab` is the test's side, `main` the server's.
Started `as_user`, the server gives up root first; a Python below /root is then reached through a private mount.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

TREE = Path(__file__).parents[2]
SCENARIOS = "tests.integration.sandbox_scenarios"
USER = 23_456
OUTSIDE = 61_234


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of a scenario: its return value (None when it was killed), the exit code, the limit exceeded."""

    value: Any
    code: int | None
    excess: str
    error: str
    peak_mib: float
    seconds: float
    work_dir: str | None
    timings: dict[str, float]


class Lab:
    """The test's side of the server."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def run(self, scenario: str, *arguments: Any, level: str, limit_s: float = 8.0, **plan: Any) -> Trial:
        order = {"scenario": scenario, "arguments": arguments, "level": level, "limit_s": limit_s, "plan": plan}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the lab's server died"
        return Trial(**json.loads(answer))


@contextlib.contextmanager
def open_lab(*, as_user: bool = False, modules: tuple[str, ...] = ()) -> Iterator[Lab]:
    environment = {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "SECRET_OF_THE_SERVER": "hush-hush",
        "PATH": "/usr/bin:/bin",
    }
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "tests.integration.sandbox_lab",
        "user" if as_user else "self",
        *modules,
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            yield Lab(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=20)


def become_user() -> None:
    """Stop being root, with the interpreter still in reach."""
    from mlsafety_grader.sandbox import libc

    if os.geteuid() != 0:
        return
    prefix = Path(sys.base_prefix)
    if prefix.is_relative_to("/root"):
        libc.unshare(libc.CLONE_NEWNS)
        libc.mount("", "/", flags=libc.MS_REC | libc.MS_PRIVATE)
        fd = os.open(prefix, os.O_PATH)
        tree = libc.copy_tree(fd)
        libc.mount("tmpfs", "/root", options="mode=0755")
        prefix.mkdir(parents=True)
        libc.attach_tree(tree, str(prefix))
        os.close(fd)
        os.close(tree)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    libc.prctl(libc.PR_SET_DUMPABLE, 1)


def conduct(order: dict[str, Any]) -> Trial:
    """Run one scenario in a sandbox, watched, and end it."""

    from mlsafety_grader.sandbox import Level, Plan, SandboxError, find_excess, fork_sandboxed, kill_sandbox, measure

    reader, writer = os.pipe()
    act = getattr(sys.modules[SCENARIOS], order["scenario"])

    def run() -> None:
        try:
            value = {"value": act(*order["arguments"])}
        except BaseException as e:
            value = {"raised": f"{type(e).__name__}: {e}"}
        os.write(writer, json.dumps(value).encode())

    plan = Plan(level=Level(order["level"]), outside_uid=OUTSIDE, outside_gid=OUTSIDE, keep_fds=(writer,))
    changes: dict[str, Any] = {
        name: Path(value) if name == "work_root" else value for name, value in order["plan"].items()
    }
    plan = replace(plan, **changes)
    empty = Trial(value=None, code=None, excess="", error="", peak_mib=0, seconds=0, work_dir=None, timings={})
    try:
        sandbox = fork_sandboxed(plan, run)
    except SandboxError as e:
        os.close(reader)
        os.close(writer)
        return replace(empty, error=e.message)
    os.close(writer)
    began, peak, excess = time.monotonic(), 0.0, ""
    ended = False
    while not (ended or excess) and time.monotonic() < began + order["limit_s"]:
        usage = measure(sandbox)
        peak = max(peak, usage.memory_mib)
        excess = find_excess(usage, plan)
        ended = os.waitid(os.P_PID, sandbox.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        time.sleep(0.01)
    code = kill_sandbox(sandbox)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read()
    answer = json.loads(text) if text else {}
    return replace(
        empty,
        value=answer.get("value"),
        error=answer.get("raised", ""),
        code=code,
        excess=excess,
        peak_mib=peak,
        seconds=time.monotonic() - began,
        work_dir=str(sandbox.work_dir) if sandbox.work_dir else None,
        timings=dict(sandbox.timings),
    )


def main(who: str, modules: list[str]) -> None:
    import importlib
    from dataclasses import asdict

    importlib.import_module(SCENARIOS)  # while it is still in reach

    for name in modules:
        importlib.import_module(name)
    if who == "user":
        become_user()
    for line in sys.stdin:
        print(json.dumps(asdict(conduct(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
