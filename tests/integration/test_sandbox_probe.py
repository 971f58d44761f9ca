"""What is found out about this host, and about one that refuses namespaces as Docker's default profile does."""

import json
import os
import subprocess
import sys

import pytest

from mlsafety_grader.sandbox import State, choose_level
from mlsafety_grader.sandbox.syscalls import ARCHITECTURES
from tests.integration.sandbox_lab import TREE

REPORT = """
import json, os, time
from mlsafety_grader.sandbox import *
layers = probe()
print(json.dumps([(row.name, row.state, row.detail, row.remedy) for row in layers]))
level = choose_level("auto", layers)
reader, writer = os.pipe()
sandbox = fork_sandboxed(Plan(level=level, keep_fds=(writer,)), lambda: os.write(writer, b"ran"))
os.close(writer)
ran = os.read(reader, 10).decode()
print(json.dumps([level, ran]))
kill_sandbox(sandbox)
try:
    fork_sandboxed(Plan(level=Level.STRICT), lambda: None)
    print(json.dumps("entered"))
except SandboxError as e:
    print(json.dumps(e.message))
"""

REFUSE_NAMESPACES = """
from mlsafety_grader.sandbox import libc
from mlsafety_grader.sandbox.seccomp import ALLOW, Instruction, encode, install
REFUSE = Instruction(0x06, 0, 0, 0x00050001)
install(encode((
    Instruction(0x20, 0, 0, 0),
    Instruction(0x15, 3, 0, {unshare}),
    Instruction(0x15, 0, 3, {clone}),
    Instruction(0x20, 0, 0, 16),
    Instruction(0x45, 0, 1, 0x7E020000),
    REFUSE,
    Instruction(0x06, 0, 0, ALLOW),
)))
"""


def report(before: str = "") -> list[object]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", before + REPORT], capture_output=True, text=True, timeout=60, cwd=TREE
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_layer_says_what_to_do_when_it_is_missing() -> None:
    rows = report()[0]
    assert isinstance(rows, list)
    assert [row[0] for row in rows][:7] == ["user", "mount", "pid", "net", "ipc", "uts", "cgroup"]
    for _, state, detail, remedy in rows:
        assert state == "on" or (detail and remedy)


@pytest.mark.skipif(os.geteuid() != 0, reason="installing this filter takes root")
def test_where_namespaces_are_refused_reduced_takes_over() -> None:
    """A real filter on a real server: `auto` gives reduced, it works, and strict fails closed."""
    table = ARCHITECTURES[os.uname().machine]
    before = REFUSE_NAMESPACES.format(unshare=table.refused["unshare"], clone=table.allowed["clone"])
    rows, ran, strict = report(before)
    assert isinstance(rows, list)
    states = {row[0]: (row[1], row[3]) for row in rows}
    assert states["user"][0] == states["root"][0] == State.MISSING
    assert "seccomp" in states["user"][1]
    assert ran == ["reduced", "ran"]
    assert "namespaces" in str(strict)


def test_levels_are_chosen_from_what_was_probed() -> None:
    from mlsafety_grader.sandbox import Layer

    rows = report()[0]
    assert isinstance(rows, list)
    layers = tuple(Layer(name=row[0], state=State(row[1])) for row in rows)
    assert choose_level("auto", layers).value in {"strict", "reduced"}


def test_a_process_with_threads_finds_the_same_level() -> None:
    """A progress bar's thread must not cost a host its namespaces: a fork of several threads cannot try them."""
    script = (
        "import threading\nfrom mlsafety_grader.sandbox import find_level\n"
        "alone = find_level('auto')\n"
        "over = threading.Event()\nthreading.Thread(target=over.wait).start()\n"
        "print(alone, find_level('auto'))\nover.set()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    alone, threaded = done.stdout.split()
    assert alone == threaded
