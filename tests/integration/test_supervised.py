"""Real processes under real limits: each is ended for the right reason, and nothing of it is left."""

import sys
import threading
import time
from pathlib import Path

import psutil

from mlsafety_grader.engine.supervised import Ended, run_supervised

ENV = {"PATH": "/usr/bin:/bin"}


def run(code: str, tmp_path: Path, *, limit_s: float = 20, memory_mib: int = 500) -> Ended:
    return run_supervised(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        env=ENV,
        limit_s=limit_s,
        memory_mib=memory_mib,
        stop=threading.Event(),
    )


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_process_that_ends_by_itself(tmp_path: Path) -> None:
    """Its code, what it printed on both streams, and what it used."""
    ended = run("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)
    assert (ended.returncode, ended.cause) == (3, None)
    assert sorted(ended.output.split()) == ["err", "out"]
    assert ended.usage.wall_s > 0
    assert ended.usage.cpu_s > 0


def test_environment_is_only_what_was_given(tmp_path: Path) -> None:
    """No token of the grader's own environment reaches a submission."""
    ended = run("import os; print(sorted(os.environ))", tmp_path)
    assert "HOME" not in ended.output


def test_endless_process_is_cut_off(tmp_path: Path) -> None:
    """Also one that ignores polite signals."""
    ended = run("import signal\nsignal.signal(15, signal.SIG_IGN)\nwhile True: pass", tmp_path, limit_s=0.5)
    assert (ended.cause, ended.returncode) == ("timeout", -9)


def test_greedy_process_is_cut_off(tmp_path: Path) -> None:
    """Memory of a grandchild counts as well."""
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = b\"1\" * (400 << 20); input()'])"
    ended = run(code.replace("input()", "import time; time.sleep(60)"), tmp_path, memory_mib=200)
    assert ended.cause == "memory"
    assert ended.usage.peak_memory_mib > 200


def test_flood_of_output_is_cut_to_its_end(tmp_path: Path) -> None:
    """The process does not block, and the grader does not fill up."""
    ended = run("print('x' * (20 << 20)); print('end')", tmp_path)
    assert ended.cause is None
    assert len(ended.output) <= 1 << 16
    assert ended.output.endswith("end\n")


def test_stop_ends_it_early(tmp_path: Path) -> None:
    """An interrupted batch does not wait for its slowest submission."""
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    ended = run_supervised(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        cwd=tmp_path,
        env=ENV,
        limit_s=60,
        memory_mib=500,
        stop=stop,
    )
    assert ended.cause == "stopped"
    assert time.monotonic() - began < 30


def test_daemon_that_left_its_session_is_killed(tmp_path: Path) -> None:
    """Double fork, new session, closed descriptors: found by the token in its environment."""
    code = f"""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 100)
        open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
        time.sleep(60)
    os._exit(0)
time.sleep(1)
"""
    run(code, tmp_path)
    until = time.monotonic() + 10  # what is killed takes a moment to end
    while is_alive(int((tmp_path / "pid").read_text())) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_alive(int((tmp_path / "pid").read_text()))
