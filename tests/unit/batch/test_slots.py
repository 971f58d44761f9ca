"""No submission is lost, none runs twice at once, and one that kills workers ends alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.batch.slots import Send, Slots


def numbers(sends: tuple[Send, ...]) -> list[int]:
    return [send.number for send in sends]


def test_each_thread_gets_one_submission() -> None:
    """Nothing queues up behind a running one, where it would die with it."""
    slots = Slots(10)
    slots.see_workers({"a": 2, "b": 1})
    sends = slots.assign()
    assert numbers(sends) == [0, 1, 2]
    assert sorted(send.worker for send in sends) == ["a", "a", "b"]
    assert slots.assign() == ()


def test_late_worker_gets_work() -> None:
    """As soon as it is seen."""
    slots = Slots(3)
    slots.see_workers({"a": 1})
    slots.assign()
    slots.see_workers({"a": 1, "late": 1})
    assert slots.assign() == (Send(number=1, worker="late"),)


def test_what_ran_on_a_dead_worker_runs_again_alone() -> None:
    """It gets a worker to itself: who of them killed it is not known."""
    slots = Slots(4)
    slots.see_workers({"a": 2})
    slots.assign()
    assert slots.see_workers({"b": 2}) == ()
    assert numbers(slots.assign()) == [0]
    slots.finish(0)
    assert numbers(slots.assign()) == [1]


def test_suspect_waits_for_an_empty_worker() -> None:
    """One is kept from new work until it is empty."""
    slots = Slots(5)
    slots.see_workers({"a": 1, "b": 2})
    sent = {send.number: send.worker for send in slots.assign()}
    (lost,) = [number for number, worker in sent.items() if worker == "a"]
    first, second = [number for number, worker in sent.items() if worker == "b"]
    slots.see_workers({"b": 2})
    assert slots.assign() == ()
    slots.finish(first)
    assert slots.assign() == ()
    slots.finish(second)
    assert slots.assign() == (Send(number=lost, worker="b"),)


def test_submission_that_kills_twice_is_given_up() -> None:
    """And the batch goes on without it."""
    slots = Slots(1)
    for worker in ("a", "b"):
        slots.see_workers({worker: 1})
        slots.assign()
    assert slots.see_workers({}) == (0,)
    assert slots.is_done


def test_unfit_worker_is_used_no_more() -> None:
    """What it was sent goes elsewhere."""
    slots = Slots(1)
    slots.see_workers({"a": 1})
    slots.assign()
    assert slots.ban(0) == "a"
    assert (slots.assign(), slots.has_workers) == ((), False)
    slots.see_workers({"a": 1, "b": 1})
    assert slots.assign() == (Send(number=0, worker="b"),)


@pytest.mark.parametrize("threads", [1, 3])
@given(data=st.data())
def test_whatever_happens_every_submission_ends_once(threads: int, data: st.DataObject) -> None:
    """Workers come and die at random; each submission is done or given up, exactly once, and never runs twice."""
    count, born = 6, 0
    ended: list[int] = []
    running: dict[int, str] = {}
    alive: set[str] = set()
    slots = Slots(count)
    for _ in range(200):
        if slots.is_done:
            break
        match data.draw(st.sampled_from(["finish", "die", "join", "assign"])):
            case "finish" if running:
                number = data.draw(st.sampled_from(sorted(running)))
                slots.finish(number)
                del running[number]
                ended.append(number)
            case "die" if alive:
                dead = data.draw(st.sampled_from(sorted(alive)))
                alive.remove(dead)
                ended += slots.see_workers(dict.fromkeys(alive, threads))
                running = {n: w for n, w in running.items() if w != dead}
            case "join":
                born += 1
                alive.add(f"w{born}")
                ended += slots.see_workers(dict.fromkeys(alive, threads))
            case _:
                for send in slots.assign():
                    assert send.number not in running
                    assert send.worker in alive
                    running[send.number] = send.worker
                assert all(list(running.values()).count(worker) <= threads for worker in alive)
    else:
        return
    assert sorted(ended) == list(range(count))
