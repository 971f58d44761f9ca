"""The filter program, run by a small BPF machine: both processors, every call number, both policies."""

import errno
import struct
from dataclasses import replace

import pytest

from mlsafety_grader.sandbox.seccomp import ALLOW, KILL, Instruction, Policy, assemble, encode
from mlsafety_grader.sandbox.syscalls import ARCHITECTURES, NEWEST, Architecture

STRICT = Policy()
REDUCED = Policy(network=False, foreign_pids=True, metadata=True)
both = pytest.mark.parametrize("machine", sorted(ARCHITECTURES))
policies = pytest.mark.parametrize("policy", [STRICT, REDUCED], ids=["strict", "reduced"])


def refused(number: int) -> int:
    return 0x00050000 | number


def interpret(program: tuple[Instruction, ...], *, audit: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """Run a program as the kernel does; every jump must stay inside it."""
    words = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, audit, 0, *[word & (2**64 - 1) for word in words])
    accumulator, position = 0, 0
    while True:
        step = program[position]
        position += 1
        if step.code == 0x06:
            return step.k
        if step.code == 0x20:
            accumulator = struct.unpack_from("<I", data, step.k)[0]
        elif step.code == 0x54:
            accumulator &= step.k
        else:
            taken = {
                0x15: accumulator == step.k,
                0x25: accumulator > step.k,
                0x35: accumulator >= step.k,
                0x45: bool(accumulator & step.k),
            }[step.code]
            position += step.jt if taken else step.jf


def decide(machine: str, policy: Policy, name: str, *arguments: int) -> int:
    architecture = ARCHITECTURES[machine]
    number = architecture.allowed.get(name, architecture.refused.get(name))
    assert number is not None
    return interpret(assemble(policy, architecture), audit=architecture.audit, number=number, arguments=arguments)


@both
@policies
def test_the_program_fits_the_kernel(machine: str, policy: Policy) -> None:
    program = assemble(policy, ARCHITECTURES[machine])
    assert len(program) < 4096
    assert len(encode(program)) == 8 * len(program)
    assert all(0 <= jump <= 255 for step in program for jump in (step.jt, step.jf))


@both
def test_every_number_is_decided_by_the_list(machine: str) -> None:
    """Without arguments: what is not on the list never gets through, what is too new does not exist."""
    architecture = ARCHITECTURES[machine]
    program = assemble(STRICT, architecture)
    listed = set(architecture.allowed.values())
    for number in range(NEWEST + 50):
        verdict = interpret(program, audit=architecture.audit, number=number)
        if number > NEWEST:
            assert verdict == refused(errno.ENOSYS)
        elif number not in listed:
            assert verdict in {refused(errno.EPERM), refused(errno.ENOSYS)}


@both
def test_calls_without_a_rule_pass(machine: str) -> None:
    ruled = {"clone", "personality", "prctl", "ioctl", "fcntl", "socket", "socketpair"}
    for name in set(ARCHITECTURES[machine].allowed) - ruled:
        assert decide(machine, STRICT, name) == ALLOW, name


@both
@policies
def test_the_refused_are_refused(machine: str, policy: Policy) -> None:
    for name in ARCHITECTURES[machine].refused:
        assert decide(machine, policy, name) in {refused(errno.EPERM), refused(errno.ENOSYS)}, name


@both
@policies
def test_another_architecture_kills(machine: str, policy: Policy) -> None:
    program = assemble(policy, ARCHITECTURES[machine])
    for audit in (0x40000003, 0xC0000016, 0):
        assert interpret(program, audit=audit, number=1) == KILL


def test_x32_kills() -> None:
    architecture = ARCHITECTURES["x86_64"]
    assert interpret(assemble(STRICT, architecture), audit=architecture.audit, number=0x40000000 + 1) == KILL


@both
@pytest.mark.parametrize("flag", [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000])
def test_clone_makes_no_namespaces(machine: str, flag: int) -> None:
    assert decide(machine, STRICT, "clone", flag | 17) == refused(errno.EPERM)
    assert decide(machine, STRICT, "clone", 17) == ALLOW
    assert decide(machine, STRICT, "clone", 0x3D0F00) == ALLOW  # a thread
    assert decide(machine, STRICT, "clone3") == refused(errno.ENOSYS)


@both
def test_sockets_depend_on_the_network_namespace(machine: str) -> None:
    for family in (1, 2, 10):
        for kind in (1, 2, 1 | 0o2000000, 2 | 0o4000):
            assert decide(machine, STRICT, "socket", family, kind) == ALLOW
        assert decide(machine, STRICT, "socket", family, 3) == refused(errno.EPERM)
        assert decide(machine, REDUCED, "socket", family, 1) == refused(errno.EACCES)
    for family in (0, 16, 17, 38, 40, 44):
        assert decide(machine, STRICT, "socket", family, 1) == refused(errno.EAFNOSUPPORT)
    assert decide(machine, REDUCED, "socketpair", 1, 1) == ALLOW
    assert decide(machine, REDUCED, "socketpair", 1, 2) == refused(errno.EPERM)
    assert decide(machine, STRICT, "socketpair", 1, 2) == ALLOW


@both
@policies
def test_memory_is_private_or_a_file(machine: str, policy: Policy) -> None:
    for flags, verdict in ((0x21, refused(errno.EPERM)), (0x23, refused(errno.EPERM)), (0x22, ALLOW), (0x01, ALLOW)):
        assert decide(machine, policy, "mmap", 0, 4096, 3, flags) == verdict
        assert decide(machine, policy, "mmap", 0, 4096, 3, flags | 0x4000) == verdict


@both
def test_high_bits_of_an_argument_do_not_confuse(machine: str) -> None:
    """The kernel takes an int: only the low half counts."""
    assert decide(machine, STRICT, "socket", (1 << 32) | 16, 3) == refused(errno.EAFNOSUPPORT)
    assert decide(machine, STRICT, "ioctl", 0, (1 << 32) | 0x5412) == refused(errno.EPERM)
    assert decide(machine, STRICT, "clone", (1 << 40) | 0x10000000) == refused(errno.EPERM)


@both
def test_reduced_changes_only_itself(machine: str) -> None:
    assert decide(machine, REDUCED, "prlimit64", 0) == ALLOW
    assert decide(machine, REDUCED, "prlimit64", 4711) == refused(errno.EPERM)
    assert decide(machine, REDUCED, "setpriority", 2, 0) == refused(errno.EPERM)
    assert decide(machine, STRICT, "setpriority", 0, 0) == ALLOW
    assert decide(machine, REDUCED, "fchmodat", 1, 2, 3) == refused(0)  # a pretended success


@both
def test_without_scopes_signals_stay_at_home(machine: str) -> None:
    policy = replace(REDUCED, signals=4711)
    assert decide(machine, policy, "kill", 4711, 9) == refused(errno.EPERM)
    assert decide(machine, policy, "tgkill", 4711, 4711, 6) == ALLOW
    assert decide(machine, policy, "tgkill", 1, 1, 9) == refused(errno.EPERM)
    assert decide(machine, REDUCED, "kill", 1, 9) == ALLOW


@both
def test_the_tables_do_not_contradict_themselves(machine: str) -> None:
    architecture: Architecture = ARCHITECTURES[machine]
    numbers = [*architecture.allowed.values(), *architecture.refused.values()]
    assert len(numbers) == len(set(numbers))
    assert max(numbers) <= NEWEST
