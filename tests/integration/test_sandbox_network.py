"""Network: nothing outside can be reached by address, name, path or abstract name. `off` reaches the same listeners."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.sandbox_lab import Lab, open_lab


@pytest.fixture(scope="module", params=[False, True], ids=["server", "user"])
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A warm server, as whoever runs the tests and as an ordinary user."""
    with open_lab(as_user=request.param) as lab:
        yield lab


walled = pytest.mark.parametrize("level", ["strict", "reduced"])

REFUSED = {"EACCES", "EPERM", "ENOENT", "ECONNREFUSED", "ENETUNREACH", "EAFNOSUPPORT"}
INET, INET6, UNIX = int(socket.AF_INET), int(socket.AF_INET6), int(socket.AF_UNIX)
STREAM, DGRAM, RAW = int(socket.SOCK_STREAM), int(socket.SOCK_DGRAM), int(socket.SOCK_RAW)


@walled
def test_tcp_listeners_outside_are_out_of_reach(lab: Lab, level: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = list(server.getsockname())
        assert lab.run("connect", INET, STREAM, address, level=level).value in REFUSED
        assert lab.run("connect", INET, STREAM, address, level="off").value == "ok"


@walled
def test_udp_listeners_outside_hear_nothing(lab: Lab, level: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.3)
        address = list(server.getsockname())
        lab.run("connect", INET, DGRAM, address, level=level)
        with pytest.raises(TimeoutError):
            server.recv(10)
        lab.run("connect", INET, DGRAM, address, level="off")
        assert server.recv(10) == b"leak"


@walled
@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_unix_listeners_outside_are_out_of_reach(lab: Lab, level: str, kind: str, tmp_path: Path) -> None:
    path = f"/var/tmp/mlsafety-test-{tmp_path.name}" if kind == "path" else f"@mlsafety-test-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(path.replace("@", "\0"))
        server.listen()
        try:
            if kind == "path":
                Path(path).chmod(0o777)
            assert lab.run("connect", UNIX, STREAM, path, level=level).value in REFUSED
            assert lab.run("connect", UNIX, STREAM, path, level="off").value == "ok"
        finally:
            Path(path).unlink(missing_ok=True)


@walled
def test_unix_datagrams_reach_no_path_outside(lab: Lab, level: str, tmp_path: Path) -> None:
    path = Path(f"/var/tmp/mlsafety-test-{tmp_path.name}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(path))
        server.settimeout(0.3)
        try:
            path.chmod(0o777)
            assert lab.run("datagram_pair_to", str(path), level=level).value in REFUSED
            assert lab.run("datagram_pair_to", str(path), level="off").value == "ok"
        finally:
            path.unlink()


def test_only_loopback_is_there(lab: Lab) -> None:
    assert lab.run("interfaces", level="strict").value == ["lo"]
    assert lab.run("loopback", level="strict").value == "hello"


@walled
def test_the_internet_is_out_of_reach(lab: Lab, level: str) -> None:
    assert lab.run("connect", INET, STREAM, ["192.0.2.1", 80], level=level).value in REFUSED
    assert lab.run("connect", INET6, STREAM, ["2001:db8::1", 80], level=level).value in REFUSED
    assert lab.run("resolve_name", level=level).value != "ok"


@walled
@pytest.mark.parametrize(("family", "kind"), [(16, RAW), (17, RAW), (40, STREAM), (38, 5), (INET, RAW), (44, DGRAM)])
def test_other_kinds_of_sockets_are_refused(lab: Lab, level: str, family: int, kind: int) -> None:
    """netlink, packet, vsock, alg, raw IP, xdp."""
    assert lab.run("open_socket", family, kind, level=level).value in {"EAFNOSUPPORT", "EPERM", "EACCES"}


def test_netlink_is_there_without_a_sandbox(lab: Lab) -> None:
    assert lab.run("open_socket", 16, RAW, level="off").value == "ok"
