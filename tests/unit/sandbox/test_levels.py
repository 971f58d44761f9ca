"""`auto` takes the best that the host has and never `off`; what is asked for by name is given or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlsafety_grader.errors import UsageError
from mlsafety_grader.sandbox import Layer, Level, State, choose_level, doctor_rows, host_facts
from mlsafety_grader.sandbox.levels import REDUCED_LAYERS, STRICT_LAYERS

NAMES = sorted({*STRICT_LAYERS, *REDUCED_LAYERS})


def host(*missing: str) -> tuple[Layer, ...]:
    return tuple(
        Layer(name=name, state=State.MISSING, detail="refused", remedy=f"get {name}")
        if name in missing
        else Layer(name=name, state=State.ON)
        for name in NAMES
    )


def test_auto_takes_strict_where_it_can() -> None:
    assert choose_level("auto", host()) is Level.STRICT


def test_auto_falls_back_to_reduced() -> None:
    assert choose_level("auto", host("user", "mount")) is Level.REDUCED


def test_strict_does_without_landlock() -> None:
    assert choose_level("auto", host("landlock")) is Level.STRICT


def test_auto_never_gives_off() -> None:
    with pytest.raises(UsageError) as caught:
        choose_level("auto", host("user", "landlock"))
    assert "user, landlock" in caught.value.message
    assert caught.value.hint == "get user"


@given(missing=st.sets(st.sampled_from(NAMES)), requested=st.sampled_from(["auto", "strict", "reduced"]))
def test_a_level_is_given_only_with_all_of_its_layers(missing: set[str], requested: str) -> None:
    try:
        level = choose_level(requested, host(*missing))
    except UsageError:
        return
    needed = {Level.STRICT: STRICT_LAYERS, Level.REDUCED: REDUCED_LAYERS}[level]
    assert not missing & set(needed)


def test_a_layer_that_is_off_or_was_not_probed_is_lacking() -> None:
    with pytest.raises(UsageError, match="not probed"):
        choose_level("strict", ())
    off = tuple(Layer(name=name, state=State.OFF) for name in NAMES)
    with pytest.raises(UsageError):
        choose_level("reduced", off)


def test_off_must_be_asked_for_by_name_and_needs_nothing() -> None:
    assert choose_level("off", ()) is Level.OFF


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown level"):
        choose_level("loose", host())


def test_the_doctor_adds_what_auto_makes_of_the_layers() -> None:
    assert doctor_rows(host("user"))[-1] == Layer(name="level", state=State.ON, detail="reduced")
    last = doctor_rows(host("user", "seccomp"))[-1]
    assert (last.state, last.remedy) == (State.MISSING, "get user")


def test_host_facts_need_no_torch() -> None:
    facts = host_facts()
    assert facts.cores >= 1
    assert facts.memory_mib > 100
    assert dict(facts.packages)["otter-grader"]
