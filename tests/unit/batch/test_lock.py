"""Two batches never write one folder at once, and a dead one holds nothing."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mlsafety_grader.batch import locked
from mlsafety_grader.errors import UsageError

HOLD = """
import sys, time
from pathlib import Path
from mlsafety_grader.batch.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_second_batch_is_refused_with_the_holders_name(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    """Process and host; and a killed holder is out of the way at once."""
    try:
        with pytest.raises(UsageError, match=f"process {holder.pid} on host '{os.uname().nodename}'"), locked(tmp_path):
            pass
    finally:
        end(holder)
    with locked(tmp_path):
        pass


def test_waiting_ends_with_the_holder(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    """Who is waited for is said once."""
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        end(holder)

    with locked(tmp_path, wait=True, say=say):
        pass
    assert said == [f"waiting for another batch: process {holder.pid} on host '{os.uname().nodename}'"]


def test_waiting_can_be_interrupted(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    """Ctrl-C while waiting."""
    stop = threading.Event()
    stop.set()
    try:
        with pytest.raises(KeyboardInterrupt), locked(tmp_path, wait=True, stop=stop):
            pass
    finally:
        end(holder)


def test_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    """Is a mistake of the command line."""
    (tmp_path / "f").touch()
    with pytest.raises(UsageError, match="is not a folder"), locked(tmp_path / "f"):
        pass


def test_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    """Its target keeps its content."""
    (tmp_path / "precious").write_text("x")
    (tmp_path / ".lock").symlink_to(tmp_path / "precious")
    with pytest.raises(UsageError, match="cannot be written"), locked(tmp_path):
        pass
    assert (tmp_path / "precious").read_text() == "x"


def test_damaged_lock_file_is_no_obstacle(tmp_path: Path) -> None:
    """Its content only names the holder."""
    (tmp_path / ".lock").write_bytes(b"\xff{")
    with locked(tmp_path):
        pass
