"""Traces of system calls from a toy program, undisturbed or with foreign calls in the middle.

A *trace* is a list of ints, the numbers of the calls that one run of the program made, in order. Number k stands for
`CALLS[k]`. The program chooses its next call by what the last two were (a Markov chain of second order), so its runs
differ and yet keep to a narrow set of short sequences. Nothing here makes a system call.
"""

from collections import deque
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

CALLS = (
    "open", "read", "write", "close", "stat", "mmap", "brk", "socket", "connect",
    "send", "recv", "poll", "fork", "execve", "wait", "kill", "chmod", "exit",
)  # fmt: skip
"""Names of the 18 calls, for figures."""

N_CALLS = len(CALLS)
LENGTH = 200
"""How many calls a trace has."""

Trace = list[int]


def program(seed: int) -> NDArray[np.float64]:
    """Return the habits of one program: `table[a, b, c]` is the probability that call c follows on a, b.

    Returns:
        float64, shape (18, 18, 18); every row `table[a, b]` sums to 1 and has two or three entries above 0.
    """
    rng = np.random.default_rng([seed, 18])
    table = np.zeros((N_CALLS,) * 3)
    for a in range(N_CALLS):
        for b in range(N_CALLS):
            following = rng.choice(N_CALLS, rng.integers(2, 4), replace=False)
            table[a, b, following] = rng.dirichlet(np.full(len(following), 2.0))
    return table


def benign_traces(seed: int, n: int, *, program_seed: int = 0) -> list[Trace]:
    """Return n undisturbed runs of the program number `program_seed`, each of 200 calls.

    Raises:
        ValueError: `n` is negative.
    """
    if n < 0:
        raise ValueError(f"cannot return {n} traces")
    rng = np.random.default_rng([seed, program_seed, 1])
    cumulative = program(program_seed).cumsum(2)
    state = np.zeros((n, 2), dtype=np.int64)
    calls = np.empty((n, LENGTH), dtype=np.int64)
    for t in range(LENGTH):
        draw = rng.random((n, 1)) * cumulative[state[:, 0], state[:, 1], -1:]
        calls[:, t] = (cumulative[state[:, 0], state[:, 1]] <= draw).sum(1)
        state = np.column_stack([state[:, 1], calls[:, t]])
    return [[int(call) for call in row] for row in calls]


def with_intrusion(traces: Sequence[Sequence[int]], seed: int, *, n_calls: int = 10) -> list[Trace]:
    """Return copies in which `n_calls` consecutive calls, somewhere, are replaced by calls drawn uniformly.

    Raises:
        ValueError: a trace is shorter than `n_calls`, or `n_calls` is below 1.
    """
    rng = np.random.default_rng([seed, 2])
    attacked = []
    for trace in traces:
        if not 1 <= n_calls <= len(trace):
            raise ValueError(f"cannot put {n_calls} calls into a trace of {len(trace)}")
        start = int(rng.integers(0, len(trace) - n_calls + 1))
        foreign = [int(call) for call in rng.integers(0, N_CALLS, n_calls)]
        attacked.append([*trace[:start], *foreign, *trace[start + n_calls :]])
    return attacked


def disguise(payload: Sequence[int], profile: Collection[tuple[int, ...]], n: int) -> Trace | None:
    """Return the shortest sequence of calls with `payload` inside it, in order, whose n-tuples are all in `profile`.

    The calls in between are padding. None if there is no such sequence. Mimicry of this kind: Wagner and Soto 2002.

    Args:
        payload: call numbers, at least one.
        profile: tuples of n call numbers, n at least 2.
        n: the length of a tuple.

    Raises:
        ValueError: the payload is empty or n is below 2.
    """
    if not len(payload) or n < 2:
        raise ValueError("need a payload and tuples of at least two calls")
    following: dict[tuple[int, ...], list[int]] = {}
    for gram in sorted(profile):
        following.setdefault(gram[:-1], []).append(gram[-1])

    def done_after(calls: Sequence[int], done: int) -> int:
        for call in calls:
            done += done < len(payload) and call == payload[done]
        return done

    # Breadth first over (last n - 1 calls, calls of the payload that are done), from every known beginning.
    came_from: dict[tuple[tuple[int, ...], int], tuple[tuple[int, ...], int] | None] = {}
    waiting: deque[tuple[tuple[int, ...], int]] = deque()
    for start in following:
        state = (start, done_after(start, 0))
        came_from[state] = None
        waiting.append(state)
    while waiting:
        state = waiting.popleft()
        if state[1] == len(payload):
            return _walked(state, came_from)
        for call in following.get(state[0], []):
            new = ((*state[0][1:], call), done_after([call], state[1]))
            if new not in came_from:
                came_from[new] = state
                waiting.append(new)
    return None


def _walked(
    state: tuple[tuple[int, ...], int],
    came_from: dict[tuple[tuple[int, ...], int], tuple[tuple[int, ...], int] | None],
) -> Trace:
    """Return the calls on the way to `state`, the beginning's first n - 1 included."""
    backwards = []
    before = came_from[state]
    while before is not None:
        backwards.append(state[0][-1])
        state, before = before, came_from[before]
    return [*state[0], *reversed(backwards)]
