"""Traces of the toy program: seeds decide, habits hold, intrusions and disguises are what they say."""

import numpy as np
import pytest

from mlsafety_kit.syscalls import CALLS, LENGTH, N_CALLS, benign_traces, disguise, program, with_intrusion


def test_a_program_is_a_table_of_probabilities() -> None:
    """Each pair of calls is followed by two or three calls, with probabilities that sum to 1."""
    table = program(3)
    assert table.shape == (N_CALLS,) * 3
    assert len(CALLS) == N_CALLS
    assert np.allclose(table.sum(2), 1)
    assert set(np.unique((table > 0).sum(2))) == {2, 3}
    assert np.array_equal(table, program(3))
    assert not np.array_equal(table, program(4))


def test_benign_traces_follow_the_program() -> None:
    """Traces are lists of 200 ints, no call follows on two that it cannot follow, and seeds decide."""
    traces, table = benign_traces(1, 6, program_seed=5), program(5)
    assert [len(trace) for trace in traces] == [LENGTH] * 6
    assert all(isinstance(call, int) for trace in traces for call in trace)
    assert all(table[trace[i], trace[i + 1], trace[i + 2]] > 0 for trace in traces for i in range(LENGTH - 2))
    assert traces == benign_traces(1, 6, program_seed=5)
    assert traces != benign_traces(2, 6, program_seed=5)
    assert traces != benign_traces(1, 6, program_seed=6)
    assert benign_traces(0, 0) == []
    with pytest.raises(ValueError, match="cannot"):
        benign_traces(0, -1)


def test_an_intrusion_changes_ten_calls_of_a_copy() -> None:
    """What differs lies within ten consecutive calls; the traces handed over stay as they were."""
    traces = benign_traces(0, 20)
    before = [list(trace) for trace in traces]
    for old, new in zip(traces, with_intrusion(traces, 7), strict=True):
        places = [i for i in range(LENGTH) if old[i] != new[i]]
        assert len(new) == LENGTH
        assert places
        assert places[-1] - places[0] < 10
    assert traces == before
    assert with_intrusion(traces, 7) == with_intrusion(traces, 7)
    with pytest.raises(ValueError, match="cannot"):
        with_intrusion([[1, 2]], 0)


def test_a_disguise_holds_the_payload_and_known_tuples_only() -> None:
    """All tuples are known, the payload is inside in order, and None says that there is no way."""
    profile = {tuple(trace[i : i + 3]) for trace in benign_traces(0, 30) for i in range(LENGTH - 2)}
    payload = [16, 12, 13, 9]
    hidden = disguise(payload, profile, 3)
    assert hidden is not None
    assert {tuple(hidden[i : i + 3]) for i in range(len(hidden) - 2)} <= profile
    rest = iter(hidden)
    assert all(call in rest for call in payload)
    assert disguise([1, 2], {(1, 2), (2, 3)}, 2) == [1, 2]
    assert disguise([1, 9], {(1, 2), (2, 1)}, 2) is None
    with pytest.raises(ValueError, match="payload"):
        disguise([], profile, 3)
