# ruff: noqa: E501 - a table of short programs
"""A submission that lies about itself, about its answers or about the protocol earns nothing by it."""

import socket
from typing import Any

import pytest
import torch

from mlsafety_grader.model import Verdict
from mlsafety_grader.wire import FrameError, WireError
from tests.integration.boundary import examine, exception_file, ok_file, submission

pytestmark = pytest.mark.filterwarnings("default")

LIARS = """
class Yes(float):
    def __eq__(self, o): return True
    __hash__ = float.__hash__
    def _t(self, *a): return True
    __ne__ = lambda self, o: False
    __lt__ = __le__ = __gt__ = __ge__ = _t
    def _z(self, *a): return Yes(0.0)
    __sub__ = __rsub__ = __abs__ = __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = _z
    __round__ = lambda self, n=None: self
    __float__ = lambda self: self
class Anything:
    shape = (8, 4)
    dtype = torch.float32
    requires_grad = False
    __array_interface__ = {'shape': (8,), 'typestr': '<f8', 'data': (4096, False), 'version': 3}
    def argmax(self, *a, **k): return self
    def __eq__(self, o): return self
    def __ne__(self, o): return False
    __lt__ = __le__ = __gt__ = __ge__ = lambda self, o: True
    def __sub__(self, o): return 0.0
    __add__ = __mul__ = __truediv__ = __rsub__ = __radd__ = __rmul__ = __sub__
    def __abs__(self): return 0.0
    def eq(self, o): return torch.ones(8)
    def allclose(self, o, **k): return True
    def float(self): return self
    def mean(self): return self
    def item(self): return 1.0
    def __len__(self): return 8
    def __bool__(self): return True
    def __contains__(self, x): return True
    def __iter__(self): return iter(())
    def __getitem__(self, i):
        if i > 7: raise IndexError
        return self
    @property
    def __class__(self): return torch.Tensor
class Sly:
    def __sub__(self, o): return Sly()
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __lt__(self, o): return True
    def item(self): return 0.0
class AllEqual(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True if func.__name__ in ('equal', 'allclose') else super().__torch_function__(func, types, args, kwargs or {})
    def __eq__(self, o): return torch.ones(3, dtype=torch.bool)
class Text(str):
    def __eq__(self, o): return True
    __hash__ = str.__hash__
class Many(list):
    def __eq__(self, o): return True
    def __len__(self): return 10**9
class Key(int):
    def __hash__(self): return hash('x')
    def __eq__(self, o): return True
def f(x): return Anything()
def g(x): return Yes(0.5)
def sly(x): return Sly()
t = torch.zeros(3).as_subclass(AllEqual)
text, many, key = Text('a'), Many([1]), Key(5)
abs = lambda v: 0
float = lambda v=0: Sly()
isinstance = lambda *a: True
len = lambda x: 3
torch.allclose = torch.equal = np.allclose = lambda *a, **k: True
torch.Tensor.item = lambda self: 1.0
math.isclose = lambda *a, **k: True
AssertionError = ValueError
__builtins__['AssertionError'] = type('Quiet', (Warning,), {})
"""

CHEATS = [
    "assert f(1) == 3",
    "assert 3 == f(1)",
    "assert not f(1) != 3",
    "assert f(1) < 3",
    "assert abs(f(1) - 3) < 1e-6",
    "assert abs(3 - f(1)) < 1e-6",
    "assert math.isclose(f(1) - 3, 0, abs_tol=1)",
    "assert abs(sly(1) - 3) < 1e-6",
    "assert float(sly(1) - 3) < 1e-6",
    "assert (sly(1) - 3).item() < 1e-6",
    "assert (sly(1) - torch.ones(3)).item() < 1",
    "assert round(sly(1) - 3) == 0",
    "assert not (sly(1) - 3) < 0",
    "assert g(1) == 3",
    "assert abs(g(1) - 0.8) < 1e-3",
    "assert isinstance(f(1), torch.Tensor)",
    "assert isinstance(f(1), np.ndarray) or isinstance(f(1), (int, float, list, str))",
    "assert torch.equal(f(1), torch.zeros(3))",
    "assert torch.allclose(t, torch.ones(3))",
    "assert torch.equal(t, torch.ones(3))",
    "assert bool((t == torch.ones(3)).all())",
    "assert np.allclose(f(1), [1.0] * 8)",
    "assert (f(1).argmax(1) == torch.arange(8)).float().mean().item() >= 0.95",
    "assert f(1).eq(torch.zeros(8)).float().mean().item() >= 0.95",
    "assert f(1).allclose(torch.zeros(8))",
    "assert text == 'b'",
    "assert many == [1, 2]",
    "assert key == 6",
    "assert {key: 1} == {'x': 1}",
    "assert 7 in f(1)",
    "assert f(1) in [1, 2, 3]",
    "assert sorted([f(1), 2])[0] == 2",
    "assert max(f(1), 3) == 3 and min(f(1), 3) == 3",
    "import unittest\nunittest.TestCase().assertEqual(f(1), 3)",
    "np.testing.assert_allclose(f(1), np.ones(8))",
    "torch.testing.assert_close(f(1), torch.ones(8))",
    "assert type(f(1)) is torch.Tensor",
]


def test_lying_objects_pass_no_comparison() -> None:
    parameters = "f, g, sly, t, text, many, key"
    outcome = examine(LIARS, exception_file(*CHEATS, parameters=parameters))
    assert [case.message for case in outcome.cases if case.passed] == []


def test_shadowed_builtins_pass_no_doctest() -> None:
    codes = [
        ">>> abs(g(1) - 0.83239) < 1e-3\nTrue",
        ">>> float(g(1)) == 0.8\nTrue",
        ">>> isinstance(f(1), int)\nTrue",
        ">>> len([1]) == 3\nTrue",
        ">>> torch.equal(t, torch.ones(3)) or np.allclose([1], [2]) or math.isclose(1, 2)\nTrue",
        ">>> assert False",
    ]
    outcome = examine(LIARS, ok_file(*codes))
    assert [case.passed for case in outcome.cases] == [False] * len(codes)


def test_addresses_are_not_followed() -> None:
    """NumPy would read any address that `__array_interface__` names."""
    with submission(LIARS) as lookup, pytest.raises((AttributeError, TypeError)):
        _ = lookup("f")(1).__array_interface__


SNOOP = """
import sys, gc
seen = []
def snoop(fn):
    for name in ('__code__', '__globals__', '__closure__', '__defaults__', 'func_code', '_body', '__self__', '__module__', '__doc__'):
        try: seen.append((name, getattr(fn, name)))
        except Exception: pass
    return seen
def reach(obj, *names):
    for name in names:
        obj = getattr(obj, name)
    return obj
def ask(obj, verb, *args):
    peer = obj._peer if hasattr(obj, '_peer') else obj.__closure__[0].cell_contents
    return peer.ask(verb, *args)
def text(obj): return repr(obj) + str(obj)
def everything(first, second):
    frame = sys._getframe(1)
    found = []
    while frame:
        found += [str(v) for v in (*frame.f_locals.values(), *frame.f_code.co_consts, frame.f_code.co_filename)]
        frame = frame.f_back
    found += [str(o.__code__.co_consts) for o in gc.get_objects() if type(o) is type(everything)]
    return any(first + second in x for x in found)
"""


def test_a_lent_function_shows_nothing_of_the_test() -> None:
    def hidden_oracle(x: int) -> int:
        """SECRET-DOC"""
        return x if "SECRET-CONSTANT" else 0

    with submission(SNOOP) as lookup:
        for name, value in lookup("snoop")(hidden_oracle):
            assert "SECRET" not in str(value)
            assert "test_boundary" not in str(value), name
        for names in (
            ("__globals__",),
            ("__code__",),
            ("__class__", "__base__"),
            ("_private",),
            ("__init__", "__globals__"),
        ):
            assert "SECRET" not in str(_reached(lookup, hidden_oracle, names))
        assert "test_boundary" not in lookup("text")(hidden_oracle)


def _reached(lookup: Any, obj: object, names: tuple[str, ...]) -> object:
    try:
        return lookup("reach")(obj, *names)
    except (AttributeError, WireError):
        return None


class _Env:
    """SECRET-CLASS"""

    public = 1
    _private = "SECRET"

    def step(self) -> int:
        return 1


@pytest.mark.parametrize("name", ["_private", "__class__", "__dict__", "__init__", "__doc__", "__module__"])
def test_a_lent_object_shows_public_names_only(name: str) -> None:
    with submission(SNOOP) as lookup:
        assert lookup("reach")(_Env(), "public") == 1
        try:
            found = lookup("reach")(_Env(), name)
        except (AttributeError, WireError):
            return
        assert "SECRET" not in str(found)
        assert "SECRET" not in str(getattr(found, "__dict__", ""))


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("getattr", ("__globals__",)),
        ("getattr", ("__code__",)),
        ("getattr", ("_private",)),
        ("setattr", ("__code__", 1)),
        ("eval", ()),
        ("dir", ()),
        ("isinstance", ()),
        ("lookup", ()),
        ("names", ()),
        ("deepcopy", ()),
        ("source", ()),
    ],
)
def test_forbidden_requests_are_refused(verb: str, args: tuple[Any, ...]) -> None:
    env = _Env()
    with submission(SNOOP) as lookup:
        ask = lookup("ask")
        with pytest.raises((AttributeError, PermissionError)):
            ask(env, verb, env, *args)


def test_the_submission_cannot_see_the_tests_source() -> None:
    source = SNOOP + "\ndef f(x): return everything('NEEDLE-', 'IN-TEST')"
    body = "secret = 'NEEDLE-IN-TEST'\nfor cb in (lambda x: 'NEEDLE-IN-TEST', abs):\n    assert f(cb) is False"
    outcome = examine(source, exception_file(body, parameters="f"))
    assert outcome.cases[0].passed, outcome.cases[0].detail


def test_dangerous_names_stay_in_the_submission() -> None:
    """A name bound to `os.system` or `eval` never becomes the examiner's own."""
    source = """
        import os, pickle, subprocess, builtins
        f, g, h, k = os.system, eval, subprocess.Popen, pickle.loads
        json = pickle
        np2 = os
        def fake(): pass
        fake.__module__, fake.__qualname__, fake.__name__ = 'os', 'getpid', 'getpid'
        where = os.getpid()
    """
    import os

    with submission(source) as lookup:
        for name in ("f", "g", "h", "k", "json", "np2"):
            assert lookup(name) not in (os.system, eval, os)
        assert lookup("g")("__import__('os').getpid()") == lookup("where") != os.getpid()
        assert lookup("np2").getpid() == lookup("where")
        assert lookup("fake") is not os.getpid


STORMS = {
    "an endless iterator": ("def f(x):\n    while True: yield 1", "assert 2 in f(1)", Verdict.TIMEOUT),
    "a function that sleeps": ("import time\ndef f(x): time.sleep(60)", "f(1)", Verdict.TIMEOUT),
    "a crash": ("import os\ndef f(x): os._exit(0)", "f(1)", Verdict.CRASHED),
    "a crash that the test would swallow": (
        "import os\ndef f(x): os._exit(0)",
        "try:\n    f(1)\nexcept Exception:\n    pass",
        Verdict.CRASHED,
    ),
    "callbacks without end": ("def f(x):\n    while True: x(1)", "f(lambda v: v)", Verdict.TIMEOUT),
    "calls into each other": ("def f(x): return x(x)", "def again(x): return f(x)\nf(again)", Verdict.ERROR),
    "an exit": ("def f(x): raise SystemExit(0)", "f(1)", Verdict.ERROR),
    "an interrupt": ("def f(x): raise KeyboardInterrupt", "f(1)", Verdict.ERROR),
    "a huge answer": ("def f(x): return [[i] for i in range(2_000_000)]", "f(1)", Verdict.ERROR),
    "a huge length": (
        "class L:\n    def __len__(self): return 2**62\ndef f(x): return L()",
        "assert len(f(1)) == 3",
        Verdict.FAILED,
    ),
    "a flood of text": (
        "def f(x):\n    print('x' * 50_000_000)\n    raise ValueError('y' * 50_000_000)",
        "f(1)",
        Verdict.ERROR,
    ),
    "a flood of warnings": (
        "import warnings\ndef f(x):\n    for i in range(100_000): warnings.warn(str(i))\n    return 4",
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    assert f(1) == 3",
        Verdict.FAILED,
    ),
    "an endless recursion": ("def f(x): return f(x)", "f(1)", Verdict.ERROR),
    "a deep list": (
        "def f(x):\n    l = []\n    for _ in range(5000): l = [l]\n    return l",
        "assert f(1) == 3",
        Verdict.FAILED,
    ),
    "an odd exception": (
        "class E(Exception):\n    def __str__(self): raise ValueError\n    __repr__ = __str__\ndef f(x): raise E()",
        "f(1)",
        Verdict.ERROR,
    ),
    "an exception that is a liar": (
        "class AssertionError(BaseException): pass\ndef f(x): raise AssertionError('x')",
        "f(1)",
        Verdict.ERROR,
    ),
    "a closed socket": (
        "import os\ndef f(x):\n    for fd in range(3, 50):\n        try: os.close(fd)\n        except OSError: pass",
        "f(1)",
        Verdict.CRASHED,
    ),
    "noise on the socket": (
        "import os\ndef f(x):\n    for fd in range(3, 50):\n        try: os.write(fd, b'noise' * 99)\n        except OSError: pass\n    return 3",
        "assert f(1) == 3",
        Verdict.ERROR,
    ),
}


@pytest.mark.parametrize(("source", "body", "verdict"), STORMS.values(), ids=STORMS.keys())
def test_storms_end_in_a_verdict(source: str, body: str, verdict: Verdict) -> None:
    patience_s = 3.0 if verdict is Verdict.TIMEOUT else 60.0  # a busy machine must not turn an error into a timeout
    outcome = examine(source, exception_file(body, parameters="f"), case_s=patience_s)
    assert outcome.cases[0].verdict is verdict, outcome.cases[0].detail[:2000]
    assert not outcome.cases[0].passed
    assert len(outcome.cases[0].message) <= 20_000


def test_replayed_and_unasked_answers_are_refused() -> None:
    """A checkpoint that answers twice is out of step from then on."""
    source = """
        import gc
        from mlsafety_grader.kernel.checkpoint import Kernel
        from mlsafety_grader.wire.frames import send
        from mlsafety_grader.wire.messages import Done
        def f(x):
            (kernel,) = [o for o in gc.get_objects() if type(o) is Kernel]
            send(kernel._sock, Done(99, True))
            return 3
    """
    with submission(source) as lookup, pytest.raises(FrameError):
        lookup("f")(1)


def test_a_pickle_towards_the_examiner_is_refused() -> None:
    source = """
        import gc
        from mlsafety_grader.kernel.checkpoint import Kernel
        from mlsafety_grader.wire import values as v
        def f(x):
            (kernel,) = [o for o in gc.get_objects() if type(o) is Kernel]
            kernel.refer = lambda obj, packer: v.Shared(5, b"cos\\nsystem\\n(S'touch /tmp/pwned'\\ntR.")
            return object()
    """
    with submission(source) as lookup, pytest.raises(FrameError):
        lookup("f")(1)


def test_measurements_of_the_submission_are_not_believed() -> None:
    source = "from mlsafety_kit import record\ndef f(x):\n    record('robust_accuracy', 1.0)\n    return 0.5"
    body = "from mlsafety_kit import record\nrecord('robust_accuracy', f(1))"
    outcome = examine(source, exception_file(body, parameters="f"))
    assert outcome.measurements == (("robust_accuracy", 0.5),)


def test_random_states_do_not_come_back() -> None:
    """A submission could otherwise choose what data a test draws."""
    torch.manual_seed(0)
    with submission("def f():\n    torch.manual_seed(7)\n    torch.set_rng_state(torch.get_rng_state())") as lookup:
        lookup("f")()
        drawn = torch.rand(3)
    assert not torch.equal(drawn, torch.rand(3, generator=torch.Generator().manual_seed(7)))


def test_the_fixture_talks_to_another_process() -> None:
    import os

    with submission("import os\nwhere = os.getpid()") as lookup:
        assert lookup("where") != os.getpid()
    assert socket.AF_UNIX
