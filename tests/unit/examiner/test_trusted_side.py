"""The lists and rules of the trusted side, without a submission."""

import collections
import datetime
import inspect
import os
import pickle  # noqa: TID251 - what the examiner sends is read back here
import sys
import types
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from mlsafety_grader.examiner import known
from mlsafety_grader.examiner.callbacks import Callbacks
from mlsafety_grader.examiner.measurements import recording
from mlsafety_grader.examiner.outgoing import dump, is_public
from mlsafety_grader.examiner.remote import RemoteMeta, RemoteObject, make, make_class
from mlsafety_grader.examiner.remote_function import make_function, signature
from mlsafety_grader.examiner.student_error import StudentError, named_error
from mlsafety_grader.wire import FrameError, Packer
from mlsafety_grader.wire import values as v


@pytest.mark.parametrize(
    "name", ["os", "sys", "pickle", "subprocess", "os; import x", "", "builtins", "mlsafety_grader"]
)
def test_modules_off_the_list_are_not_shared(name: str) -> None:
    assert known.module(name) is None


@pytest.mark.parametrize(("name", "module"), [("numpy", np), ("torch.nn", torch.nn), ("collections", collections)])
def test_modules_on_the_list_are_the_examiners_own(name: str, module: object) -> None:
    assert known.module(name) is module


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "builtins.type", "subprocess.Popen", "torch.load", "x"])
def test_code_has_no_name(name: str) -> None:
    assert known.type_named(name) is None


def test_types_on_the_list() -> None:
    assert known.type_named("torch.Tensor") is torch.Tensor
    assert known.type_named("torch.nn.modules.linear.Linear") is torch.nn.Linear
    assert known.type_named("builtins.int") is int
    assert known.type_named("datetime.datetime") is datetime.datetime


def test_no_claim_to_be_a_value() -> None:
    names = ["torch.Tensor", "numpy.ndarray", "builtins.int", "builtins.str", "builtins.list", "builtins.object"]
    assert known.claim(names) is None
    assert known.claim([*names, "sklearn.linear_model._logistic.LogisticRegression"]) is LogisticRegression
    assert known.claim(["os.path", "os._Environ.x", "..", "nowhere.Class"]) is None


def test_looking_a_class_up_imports_nothing() -> None:
    assert "wave" not in sys.modules
    assert known.claim(["wave.Wave_read"]) is None
    assert "wave" not in sys.modules


def test_errors_by_name() -> None:
    assert known.library_error(["numpy.linalg.LinAlgError"]) is np.linalg.LinAlgError
    assert known.library_error(["builtins.ValueError"]) is ValueError
    assert known.library_error(["os.system", "builtins.eval"]) is None


def test_errors_show_the_submissions_name() -> None:
    error = named_error("MyError")("x")
    assert isinstance(error, StudentError)
    assert type(error).__name__ == "MyError"
    assert named_error("not a name\n").__name__ == "StudentError"


class _Asked:
    """A conversation that notes what was asked and answers from a list."""

    def __init__(self, *answers: object) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.answers = list(answers)

    def ask(self, verb: str, *args: object, kwargs: dict[str, Any] | None = None) -> Any:
        self.asked.append((verb, *args, *(kwargs or {}).items()))
        return self.answers.pop(0)


CLASS = v.Reference(1, "class", name="Thing", qualname="Thing", module="__main__", methods=["__len__", "__sub__"])


def thing(*answers: object, **fields: Any) -> tuple[Any, _Asked]:
    peer = _Asked(*answers)
    cls = make_class(peer, CLASS, ())
    return make(peer, v.Reference(2, "object", name="Thing", cls=CLASS, **fields), cls), peer


def test_a_proxy_has_the_methods_of_its_class_only() -> None:
    found, peer = thing(7)
    assert len(found) == 7
    assert peer.asked[0][0] == "len"
    assert isinstance(type(found), RemoteMeta)
    assert not isinstance(found, Sequence)
    assert not callable(found)
    assert not hasattr(type(found), "__add__")


def test_a_value_is_never_asked_about() -> None:
    found, peer = thing()
    assert found != 3
    for value in (3, [1], "text", None, np.float64(1)):
        assert not found == value  # noqa: SIM201 - `==` is what is tested
    assert peer.asked == []


def test_what_mixing_gave_turns_into_no_number() -> None:
    peer = _Asked()
    cls = make_class(peer, v.Reference(1, "class", name="T", methods=["__sub__", "__abs__", "__float__"]), ())
    one = make(peer, v.Reference(2, "object", cls=CLASS), cls)
    other = make(peer, v.Reference(3, "object", cls=CLASS), cls)
    peer.answers = [0.0]
    with pytest.raises(TypeError, match="unsupported"):
        _ = one - 3
    peer.answers = [other]
    derived: Any = one - 3
    for use in (abs, float, lambda x: x < 1, lambda x: x == 0):
        with pytest.raises(TypeError):
            use(derived)
    with pytest.raises(AttributeError):
        _ = derived.item
    with pytest.raises(TypeError):
        _ = one - np.ones(3)


@pytest.mark.parametrize(
    "name", ["__array_interface__", "__array_struct__", "__array__", "__dlpack__", "__reduce__x__"]
)
def test_protocols_that_read_memory_are_not_followed(name: str) -> None:
    found, peer = thing()
    with pytest.raises(AttributeError):
        getattr(found, name)
    assert peer.asked == []


def test_proxies_are_not_made_by_hand() -> None:
    with pytest.raises(TypeError):
        RemoteObject()
    with pytest.raises(FrameError):
        make(_Asked(), v.Reference(2, "object"), None)
    with pytest.raises(TypeError):
        pickle.dumps(thing()[0])


def test_functions_look_like_functions() -> None:
    parameters = [v.Parameter("a", 1), v.Parameter("b", 1, has_default=True, default=2), v.Parameter("k", 3)]
    node = v.Reference(5, "function", name="f", qualname="f", doc="d", parameters=parameters)
    peer = _Asked(9)
    found = make_function(peer, node)
    assert inspect.isfunction(found)
    assert str(inspect.signature(found)) == "(a, b=2, *, k)"
    assert found.__doc__ == "d"
    assert found(1, k=3) == 9
    assert peer.asked == [("call", found, 1, ("k", 3))]


def test_impossible_signatures_become_open_ones() -> None:
    node = v.Reference(5, "function", parameters=[v.Parameter("not a name", 1)])
    assert str(signature(node)) == "(*args, **kwargs)"
    assert str(signature(v.Reference(5, "function", parameters=[v.Parameter("a", 77)]))) == "(*args, **kwargs)"


class _Env:
    public = 1
    _private = "secret"

    def step(self) -> int:
        return 3


def lent(obj: object) -> tuple[Callbacks, v.Reference]:
    numbers = iter(range(-1, -99, -1))
    table = Callbacks(lambda: next(numbers))
    return table, table.refer(obj)


def test_lent_objects_answer_what_is_listed() -> None:
    env = _Env()
    table, reference = lent(env)
    assert table.get(reference.id) is env
    assert table.perform("getattr", [env, "public"], {}) == 1
    table.perform("setattr", [env, "public", 2], {})
    assert env.public == 2
    assert table.refer(env).id == reference.id


@pytest.mark.parametrize("name", ["_private", "__class__", "__dict__", "__init__", 3])
def test_private_names_are_refused(name: object) -> None:
    env = _Env()
    table, _ = lent(env)
    with pytest.raises(AttributeError):
        table.perform("getattr", [env, name], {})


def test_functions_have_no_attributes_here() -> None:
    def f(x: int = 3) -> int:
        return x

    table, reference = lent(f)
    assert reference.parameters == [v.Parameter("x", 1)]
    assert reference.doc is None
    for name in ("__code__", "__globals__", "anything"):
        with pytest.raises(AttributeError):
            table.perform("getattr", [f, name], {})
    assert table.perform("call", [f, 5], {}) == 5


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("call", [os.system, "true"]),
        ("call", [print]),
        ("getattr", ["text", "upper"]),
        ("binary", ["pow", 10, 10**9]),
        ("binary", ["system", 1, 2]),
        ("lookup", ["x"]),
        ("isinstance", [1, int]),
        ("__import__", ["os"]),
        ("call", []),
    ],
)
def test_what_was_not_lent_is_refused(verb: str, args: list[Any]) -> None:
    table, _ = lent(_Env())
    with pytest.raises(PermissionError):
        table.perform(verb, args, {})


def test_numbers_that_were_never_given() -> None:
    table, _ = lent(_Env())
    with pytest.raises(FrameError):
        table.get(-77)


class _Table:
    """Numbers references; keeps what went by reference."""

    def __init__(self) -> None:
        self.referred: list[object] = []
        self.tensors: Any = types.SimpleNamespace(add_mirror=lambda *_: v.Mirror(-1))

    def is_proxy(self, obj: object) -> bool:
        return False

    def refer(self, obj: object, packer: Packer) -> v.Value:
        self.referred.append(obj)
        return v.Yours(1)

    def refer_tensor(self, tensor: Any, packer: Packer) -> v.Value | None:
        return None


def test_nothing_that_a_test_defines_rides_in_a_pickle() -> None:
    class Own(torch.nn.Module):
        """SECRET"""

    def hook(*_: object) -> None:
        """SECRET"""

    inner = Own()
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), inner)
    net.register_forward_hook(hook)
    table = _Table()
    data, references = dump(net, table, Packer(table))
    for word in (b"SECRET", b"Own", b"hook.", __file__.encode(), b"test_trusted"):
        assert word not in data
    assert inner in table.referred
    assert hook in table.referred
    assert references.count(v.Mirror(-1)) == 2


def test_what_cannot_be_copied_says_so() -> None:
    table = _Table()
    with pytest.raises(TypeError, match="cannot be handed"):
        dump({"file": sys.stdout.buffer}, table, Packer(table))


def test_public_is_what_can_be_imported() -> None:
    assert is_public(torch.nn.Linear)
    assert is_public(collections.Counter)
    assert is_public(np.sum)
    assert not is_public(_Env)
    assert not is_public(lambda: 0)
    assert not is_public(types.FunctionType((lambda: 0).__code__, {}))


def test_recording_is_put_back() -> None:
    import mlsafety_kit

    before = mlsafety_kit.record
    with recording() as found:
        mlsafety_kit.record("a", 1)
        with pytest.raises(ValueError, match="finite"):
            mlsafety_kit.record("a", float("inf"))
    assert found == [("a", 1.0)]
    assert mlsafety_kit.record is before
