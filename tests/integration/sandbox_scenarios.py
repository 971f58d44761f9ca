# ruff: noqa: PERF401, PTH101, PTH102, PTH109, PTH110, PTH111, PTH115, PTH123, PTH208, S103, S606
"""What hostile and honest code tries inside a sandbox. Each function runs in its student's process and returns JSON.

`attempt` turns an error into its name: a test can tell a refusal (EACCES) from a thing that is not there (ENOENT).
Written as attackers write, not as we do. Everything is bounded: these also run without a sandbox, to show that a
refusal is the sandbox's doing.
"""

import ctypes
import errno
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mlsafety_grader.sandbox import libc
from mlsafety_grader.sandbox.syscalls import ARCHITECTURES

ARCHITECTURE = ARCHITECTURES[os.uname().machine]


def attempt(act: Callable[[], Any]) -> Any:
    try:
        value = act()
    except OSError as e:
        return errno.errorcode.get(e.errno or 0, str(e))
    except MemoryError:
        return "MemoryError"
    return "ok" if value is None else value


def read(path: str) -> Any:
    return attempt(lambda: Path(path).read_bytes()[:40].decode(errors="replace") and "ok")


def read_many(paths: list[str]) -> Any:
    return {path: read(path) for path in paths}


def list_folder(path: str) -> Any:
    return attempt(lambda: sorted(os.listdir(path)))


def write(path: str) -> Any:
    return attempt(lambda: Path(path).write_text("mark") and None)


def write_many(paths: list[str]) -> Any:
    return {path: write(path) for path in paths}


def append(path: str) -> Any:
    def act() -> None:
        with open(path, "ab") as file:
            file.write(b"")

    return attempt(act)


def change_mode(path: str) -> Any:
    return attempt(lambda: os.chmod(path, 0o777))


def move_up_and_read(path: str) -> Any:
    os.chdir("/")
    return attempt(lambda: Path("../../.." + path).read_bytes() and "ok")


def connect(family: int, kind: int, address: Any) -> Any:
    def act() -> None:
        with socket.socket(family, kind) as client:
            client.settimeout(2)
            client.connect(tuple(address) if isinstance(address, list) else address.replace("@", "\0"))
            client.send(b"leak")

    return attempt(act)


def datagram_pair_to(path: str) -> Any:
    def act() -> None:
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with one, other:
            one.sendto(b"leak", path)

    return attempt(act)


def resolve_name() -> Any:
    try:
        return attempt(lambda: socket.getaddrinfo("example.org", 80) and "ok")
    except socket.gaierror as e:
        return str(e)


def interfaces() -> Any:
    return attempt(
        lambda: sorted(line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text().splitlines()[2:])
    )


def open_socket(family: int, kind: int) -> Any:
    return attempt(lambda: socket.socket(family, kind).close())


def loopback() -> Any:
    def act() -> str:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
            accepted, _ = server.accept()
            with accepted:
                client.sendall(b"hello")
                return accepted.recv(5).decode()

    return attempt(act)


def calls(names: list[str]) -> Any:
    """Make system calls with harmless arguments (zeros, -1 for descriptors) and report the error of each."""
    found = {}
    for name in names:
        number = ARCHITECTURE.refused.get(name, ARCHITECTURE.allowed.get(name))
        assert number is not None, name
        found[name] = attempt(partial(libc.syscall, number, 0, 0, 0, 0, 0))
    return found


def call(number: int, *arguments: int) -> Any:
    return attempt(lambda: libc.syscall(number, *arguments))


def own_namespaces() -> Any:
    return attempt(lambda: libc.unshare(libc.CLONE_NEWUSER))


def clone_namespaces() -> Any:
    def act() -> str:
        pid = libc.clone(libc.CLONE_NEWUSER | libc.CLONE_NEWNS)
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        return "ok"

    return attempt(act)


def die_by_call(number: int) -> Any:
    """Make a call that may kill its process, in a child; return how the child ended."""
    pid = os.fork()
    if pid == 0:
        attempt(lambda: libc.syscall(number, 0, 0, 0))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def send_signal(pid: int) -> Any:
    return attempt(lambda: os.kill(pid, 0))


def signal_everybody() -> Any:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return attempt(lambda: os.kill(-1, signal.SIGCONT))


def kill_parents() -> Any:
    return {str(pid): attempt(partial(os.kill, pid, signal.SIGKILL)) for pid in {1, os.getppid()}}


def identity() -> Any:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    keys = ("Uid", "Gid", "Groups", "CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb", "NoNewPrivs", "Seccomp")
    return {key: status[key].split() for key in keys} | {
        "pid": os.getpid(),
        "sid": os.getsid(0),
        "cwd": os.getcwd(),
        "umask": os.umask(0o077),
        "host": socket.gethostname(),
        "env": dict(os.environ),
        "environ": attempt(lambda: Path("/proc/self/environ").read_bytes().strip(b"\0").decode()),
        "oom": attempt(lambda: Path("/proc/self/oom_score_adj").read_text().strip()),
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
    }


def descriptors() -> Any:
    """Report what each open descriptor refers to, those that are kept included."""
    found = {}
    for fd in range(256):
        try:
            found[str(fd)] = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            try:
                os.fstat(fd)
                found[str(fd)] = "?"
            except OSError:
                continue
    return found


def _open_and_close(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))


def reopen_descriptors() -> Any:
    """Try to open, through /proc, what other processes and we ourselves hold."""
    found = []
    for pid in (name for name in os.listdir("/proc") if name.isdigit()):
        for fd in range(12):
            path = f"/proc/{pid}/fd/{fd}"
            if attempt(partial(_open_and_close, path)) == "ok":
                found.append(attempt(partial(os.readlink, path)))
    return found


def list_processes() -> Any:
    return attempt(lambda: sorted(int(name) for name in os.listdir("/proc") if name.isdigit()))


def read_init() -> Any:
    return {name: read(f"/proc/1/{name}") for name in ("environ", "mem", "maps", "root/etc/passwd")}


def fork_bomb(most: int) -> Any:
    """Start at most `most` processes that sleep; return how many could be started."""
    started = []
    try:
        for _ in range(most):
            pid = os.fork()
            if pid == 0:
                time.sleep(8)
                os._exit(0)
            started.append(pid)
    except OSError:
        return len(started)
    return len(started)


def thread_bomb(most: int) -> Any:
    stop = threading.Event()
    count = 0
    try:
        for _ in range(most):
            threading.Thread(target=stop.wait, args=(8,), daemon=True).start()
            count += 1
    except RuntimeError:
        pass
    stop.set()
    return count


def spread_memory(mib: int, processes: int) -> Any:
    """Touch memory in several processes, keep it for some seconds."""
    for _ in range(processes):
        if os.fork() == 0:
            block = mmap.mmap(-1, mib << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            for position in range(0, len(block), 4096):
                block[position] = 1
            time.sleep(8)
            os._exit(0)
    time.sleep(8)
    return "survived"


def hide_memory(mib: int) -> Any:
    """Touch shared memory and drop it from the page tables: it stays, and no process seems to have it."""

    def act() -> None:
        block = mmap.mmap(-1, mib << 20)
        for position in range(0, len(block), 4096):
            block[position] = 1
        block.madvise(mmap.MADV_DONTNEED)

    return attempt(act)


def hide_memory_behind_zero(mib: int) -> Any:
    def act() -> None:
        with open("/dev/zero", "r+b", buffering=0) as zero:
            mmap.mmap(zero.fileno(), mib << 20)

    return attempt(act)


def read_untouched_memory(gib: int) -> Any:
    """Fill page tables: 4 KiB of them for every 2 MiB that are read without ever being written."""
    block = mmap.mmap(-1, gib << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)  # MAP_NORESERVE
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        block.madvise(mmap.MADV_NOHUGEPAGE)
    for position in range(0, len(block), 2 << 20):
        block[position]
    time.sleep(5)
    return "survived"


def fill_disk(folders: list[str], mib: int) -> Any:
    """Write up to `mib` MiB into files of 16 MiB in each folder; return the MiB written in all and the last error."""
    written, last = 0.0, "ok"
    block = b"x" * (1 << 20)
    for folder in folders:
        for index in range(mib // 16):
            try:
                with open(f"{folder}/fill-{index}", "wb", buffering=0) as file:
                    for _ in range(16):
                        written += file.write(block) / 2**20
            except OSError as e:
                last = errno.errorcode[e.errno or 0]
                break
    return [written, last]


def fill_disk_and_wait(folders: list[str], mib: int) -> Any:
    result = fill_disk(folders, mib)
    time.sleep(6)
    return result


def write_large_file(mib: int) -> Any:
    def act() -> str:
        with open("large", "wb", buffering=0) as file:
            for _ in range(mib):
                if file.write(b"x" * (1 << 20)) != 1 << 20:
                    return "short"
        return "ok"

    return attempt(act)


def make_many_files(most: int) -> Any:
    count = 0
    try:
        for index in range(most):
            os.close(os.open(f"f{index}", os.O_CREAT | os.O_WRONLY, 0o600))
            count += 1
    except OSError as e:
        return [count, errno.errorcode[e.errno or 0]]
    return [count, "ok"]


def open_many_files(most: int) -> Any:
    fds: list[int] = []
    result: Any = "ok"
    try:
        for _ in range(most):
            fds.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as e:
        result = errno.errorcode[e.errno or 0]
    for fd in fds:
        os.close(fd)
    return [len(fds), result]


def deep_folders(depth: int) -> Any:
    start = os.open(".", os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d" * 200, 0o700)
        os.chdir("d" * 200)
    Path("bottom").write_text("x")
    os.mkdir("closed", 0)
    os.fchdir(start)
    return "ok"


def daemonise(sleep_s: float) -> Any:
    """Leave a daemon behind: double fork, own session, signals ignored. Its pid outside is found by its sleep."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            os.execv("/bin/sleep", ["sleep", str(sleep_s)])
        os._exit(0)
    time.sleep(0.2)
    return "started"


def leave_things() -> Any:
    """Leave what could reach the next submission: files, shared memory, an abstract socket."""
    found = {
        "tmp": write("/tmp/mlsafety-left-behind"),
        "shm": write("/dev/shm/mlsafety-left-behind"),
        "home": write("left-behind"),
        "sysv": call(ARCHITECTURE.refused["shmget"], 0x5EED, 4096, 0o1600),
    }

    def bind() -> None:
        left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        left.bind("\0mlsafety-left-behind")
        left.listen()
        left.detach()

    return found | {"abstract": attempt(bind)}


def look_for_things() -> Any:
    paths = ("/tmp/mlsafety-left-behind", "/dev/shm/mlsafety-left-behind", "left-behind")
    found = {path: os.path.exists(path) for path in paths}
    return found | {"abstract": connect(int(socket.AF_UNIX), int(socket.SOCK_STREAM), "@mlsafety-left-behind")}


def run_setuid() -> Any:
    """Ask set-user-ID programs for root."""
    found: dict[str, Any] = {}
    for command in (["su", "-c", "id -u"], ["mount", "-t", "tmpfs", "none", "/tmp"]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=8, stdin=subprocess.DEVNULL)
            found[command[0]] = [done.returncode, done.stdout.strip()]
        except OSError as e:
            found[command[0]] = [errno.errorcode[e.errno or 0], ""]
    return found | {"euid": os.geteuid(), "setuid": attempt(lambda: os.setuid(0))}


def shell(command: str) -> Any:
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, timeout=8)
    return [done.returncode, done.stdout.strip(), done.stderr.strip()[-300:]]


def python(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    return [done.returncode, done.stdout.strip(), done.stderr.strip()[-600:]]


def sleep(seconds: float) -> Any:
    time.sleep(seconds)
    return "awake"


def crash() -> Any:
    ctypes.string_at(0)


def honest_files() -> Any:
    import tempfile

    Path("a.txt").write_text("grün", encoding="utf-8")
    with tempfile.NamedTemporaryFile("w+") as file:
        file.write("x")
    with tempfile.TemporaryDirectory() as folder:
        import shutil

        shutil.copy2("a.txt", f"{folder}/b.txt")
    return [Path("a.txt").read_text(encoding="utf-8"), os.getcwd(), tempfile.gettempdir(), os.path.expanduser("~")]


def honest_late_import() -> Any:
    assert "xml.dom.minidom" not in sys.modules
    assert "yaml" not in sys.modules
    import xml.dom.minidom

    import yaml

    return [xml.dom.minidom.__name__, yaml.safe_load("a: 1")]


def honest_numbers() -> Any:
    import numpy as np
    import torch

    a = np.arange(10000, dtype=np.float64).reshape(100, 100)
    net = torch.nn.Linear(100, 3)
    loss = net(torch.ones(8, 100)).sum()
    loss.backward()
    torch.save(net.state_dict(), "net.pt")
    torch.load("net.pt", weights_only=True)
    return [
        float((a @ a)[0, 0]),
        float(torch.ones(64, 64).matmul(torch.ones(64, 64))[0, 0]),
        net.weight.grad is not None,
    ]


def _square(x: int) -> int:
    return x * x


def honest_pool() -> Any:
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(_square, [1, 2, 3])


def honest_shared_memory() -> Any:
    import multiprocessing
    from multiprocessing.shared_memory import SharedMemory

    import torch

    numbers = multiprocessing.get_context("fork").Array("i", [1, 2, 3])
    tensor = torch.ones(3).share_memory_()  # type: ignore[no-untyped-call]
    shared = SharedMemory(create=True, size=4096)
    memory = shared.buf
    assert memory is not None
    memory[0] = 7
    found = [numbers[:], tensor.is_shared(), memory[0]]
    del memory
    shared.close()
    shared.unlink()
    return found


def honest_process_and_pipe() -> Any:
    import multiprocessing

    context = multiprocessing.get_context("fork")
    near, far = context.Pipe()
    child = context.Process(target=far.send, args=("hello",))
    child.start()
    answer = near.recv()
    child.join()
    return answer


def honest_joblib(backend: str) -> Any:
    import warnings

    from joblib import Parallel, delayed  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Parallel(n_jobs=2, backend=backend)(delayed(abs)(-x) for x in range(3))


def honest_threads_and_time() -> Any:
    import asyncio
    import locale

    found: list[int] = []
    workers = [threading.Thread(target=found.append, args=(n,)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    asyncio.run(asyncio.sleep(0))
    locale.setlocale(locale.LC_ALL, "")
    return [sorted(found), locale.getpreferredencoding(), time.localtime().tm_year > 2000, os.cpu_count()]


def honest_plot() -> Any:
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    axes.set_title("grün")
    figure.savefig("plot.png")
    return Path("plot.png").stat().st_size > 1000
