# ruff: noqa: E501 - a table of short programs
"""Honest submissions and tests of them, on which otter in one process and the examiner must agree.

Each entry: a name, the submission, the parameters of the tests, bodies of exception-based cases. Some cases are meant to fail.
"""

PARITY: list[tuple[str, str, str, list[str]]] = [
    (
        "numbers",
        "x = 3\ny = 2.5\nz = 1 + 2j\nbig = 10**40\nb = True",
        "x, y, z, big, b",
        [
            "assert x == 3 and type(x) is int",
            "assert y == 2.5 and isinstance(y, float)",
            "assert abs(z) > 2 and z.imag == 2",
            "assert big == 10**40",
            "assert b is True",
            "assert x == 4",
            "assert x / 0",
        ],
    ),
    ("nothing", "x = None", "x, missing", ["assert x is None", "assert missing is None", "assert x", "missing()"]),
    (
        "strings",
        "s = 'héllo'\ndef up(t): return t.upper()",
        "s, up",
        ["assert s.startswith('h') and len(s) == 5", "assert up('ab') == 'AB'", "assert up('ab') == 'ab'"],
    ),
    (
        "containers",
        "l = [1, [2, 3]]\nd = {'a': 1, (1, 2): [3]}\ns = {1, 2}\nt = (1, 'x')\nf = frozenset({1})",
        "l, d, s, t, f",
        [
            "assert l == [1, [2, 3]] and isinstance(l, list)",
            "assert d[(1, 2)] == [3] and list(d) == ['a', (1, 2)]",
            "assert s | {3} == {1, 2, 3}",
            "assert t == (1, 'x')",
            "assert f == {1}",
            "assert l == [1]",
        ],
    ),
    (
        "standard containers",
        (
            "from collections import Counter, defaultdict, deque, OrderedDict\nc = Counter('aab')\nd = defaultdict(list)\n"
            "d[1].append(2)\nq = deque([1, 2], maxlen=3)\no = OrderedDict(a=1)"
        ),
        "c, d, q, o",
        [
            "assert c['a'] == 2 and c.most_common(1) == [('a', 2)]",
            "assert d[1] == [2] and d[5] == []",
            "assert q.popleft() == 1 and q.maxlen == 3",
            "assert list(o.items()) == [('a', 1)]",
        ],
    ),
    (
        "times",
        (
            "import datetime, decimal, fractions\nd = datetime.date(2020, 1, 2)\nt = datetime.timedelta(days=2)\n"
            "m = decimal.Decimal('1.10')\nf = fractions.Fraction(1, 3)"
        ),
        "d, t, m, f",
        ["assert d.year == 2020 and (d + t).day == 4", "assert m * 2 == m + m", "assert f * 3 == 1"],
    ),
    (
        "arguments changed in place",
        (
            "def add(l, x): l.append(x)\ndef put(d): d['new'] = [1]\ndef clear(s): s.clear()\ndef sort(l): l.sort(); return l\n"
            "def deep(l): l[0].append(9)\ndef swap(a, b): a[:], b[:] = b[:], a[:]\ndef by(b): b += b'x'"
        ),
        "add, put, clear, sort, deep, swap, by",
        [
            "l = [1]\nadd(l, 2)\nassert l == [1, 2]",
            "d = {}\nput(d)\nassert d == {'new': [1]}",
            "s = {1}\nclear(s)\nassert not s",
            "l = [3, 1]\nassert sort(l) is l and l == [1, 3]",
            "l = [[1]]\ninner = l[0]\ndeep(l)\nassert inner == [1, 9] and l[0] is inner",
            "a, b = [1], [2, 3]\nswap(a, b)\nassert a == [2, 3] and b == [1]",
            "b = bytearray(b'a')\nby(b)\nassert b == b'ax'",
            "l = [1]\nadd(l, l)\nassert l[1] is l",
            "l = [1]\nadd(l, 2)\nassert l == [1]",
        ],
    ),
    (
        "arrays in place",
        "def scale(a): a *= 2\ndef fill(a):\n    a[0] = 7\n    return a\ndef pure(a): return a * 2",
        "scale, fill, pure",
        [
            "a = np.ones(3)\nscale(a)\nassert (a == 2).all()",
            "a = np.zeros((2, 2))\nassert fill(a) is a and a[0, 0] == 7",
            "a = np.arange(3)\nb = pure(a)\nassert (a == [0, 1, 2]).all() and b is not a",
            "big = np.zeros((4, 4))\nscale(big)\nassert big.sum() == 0",
            "base = np.ones(4)\nscale(base[1:3])\nassert base.tolist() == [1, 2, 2, 1]",
        ],
    ),
    (
        "tensors in place",
        "def zero(t): t.zero_()\ndef leafy(t): t.requires_grad_(True)\ndef relu_(t): return t.clamp_(min=0)",
        "zero, leafy, relu_",
        [
            "t = torch.ones(3)\nzero(t)\nassert t.sum() == 0",
            "t = torch.ones(2)\nleafy(t)\nassert t.requires_grad",
            "t = torch.tensor([-1., 1.])\nassert relu_(t) is t and t[0] == 0",
        ],
    ),
    (
        "arrays",
        (
            "a = np.arange(6).reshape(2, 3)\nf = np.float32(1.5)\ns = np.array(['a', 'bc'])\no = np.array([1, 'x', None], dtype=object)\n"
            "st = np.array([(1, 2.0)], dtype=[('i', '<i4'), ('x', '<f8')])\ndt = np.array(['2020-01-01'], dtype='datetime64[D]')\nc = np.array([1 + 2j])"
        ),
        "a, f, s, o, st, dt, c",
        [
            "assert a.shape == (2, 3) and a.dtype == np.int64",
            "assert isinstance(f, np.float32) and f == 1.5",
            "assert (s == ['a', 'bc']).all()",
            "assert o.tolist() == [1, 'x', None]",
            "assert st['x'][0] == 2.0",
            "assert dt[0] == np.datetime64('2020-01-01')",
            "assert c[0].imag == 2",
            "np.testing.assert_array_equal(a, a.T)",
        ],
    ),
    (
        "tensors",
        (
            "t = torch.arange(4.).reshape(2, 2)\nh = torch.ones(2, dtype=torch.bfloat16)\ni = torch.tensor([1, 2])\nn = torch.tensor([float('nan')])\n"
            "size = t.shape\nd = torch.float64\ndev = torch.device('cpu')\nw = torch.ones(2, requires_grad=True)"
        ),
        "t, h, i, n, size, d, dev, w",
        [
            "assert isinstance(t, torch.Tensor) and t.shape == (2, 2) and t.is_leaf",
            "assert h.dtype == torch.bfloat16",
            "assert i.dtype == torch.int64",
            "assert torch.isnan(n).all()",
            "assert size == (2, 2) and isinstance(size, torch.Size)",
            "assert d is torch.float64 and dev.type == 'cpu'",
            "assert w.requires_grad and w.is_leaf\n(w * 2).sum().backward()\nassert w.grad.tolist() == [2, 2]",
        ],
    ),
    (
        "calls",
        "def f(a, b=2, *args, c=3, **kw):\n    'adds'\n    return a, b, args, c, kw\nlam = lambda x: x + 1\ndef outer(n):\n    def inner(x): return x + n\n    return inner",
        "f, lam, outer",
        [
            "assert f(1) == (1, 2, (), 3, {})",
            "assert f(1, 5, 6, 7, c=8, d=9) == (1, 5, (6, 7), 8, {'d': 9})",
            "assert f.__doc__ == 'adds' and f.__name__ == 'f'",
            "import inspect\nassert list(inspect.signature(f).parameters) == ['a', 'b', 'args', 'c', 'kw']\nassert inspect.signature(f).parameters['b'].default == 2",
            "assert lam(2) == 3 and callable(lam)",
            "assert outer(3)(4) == 7",
            "f()",
            "assert inner is None",
            "import inspect\nassert inspect.isfunction(f)",
            "assert list(map(lam, [1, 2])) == [2, 3]",
        ],
    ),
    (
        "recursion and decorators",
        (
            "import functools\ndef fact(n): return 1 if n < 2 else n * fact(n - 1)\n@functools.lru_cache\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
            "def twice(f):\n    @functools.wraps(f)\n    def w(*a): return 2 * f(*a)\n    return w\n@twice\ndef g(x): return x\ndef count():\n    count.calls += 1\ncount.calls = 0"
        ),
        "fact, fib, g, twice, count",
        [
            "assert fact(20) == math.factorial(20)",
            "assert fib(30) == 832040 and fib.cache_info().hits > 0",
            "assert g(4) == 8 and g.__name__ == 'g'",
            "assert twice(lambda x: x + 1)(1) == 4",
            "count(); count()\nassert count.calls == 2",
            "fact('a')",
        ],
    ),
    (
        "classes",
        """
        class Stack:
            'a stack'
            limit = 3
            def __init__(self, items=()): self.items = list(items)
            def push(self, x):
                if len(self.items) >= self.limit: raise OverflowError('full')
                self.items.append(x); return self
            def __len__(self): return len(self.items)
            def __iter__(self): return iter(self.items)
            def __contains__(self, x): return x in self.items
            def __getitem__(self, i): return self.items[i]
            def __setitem__(self, i, x): self.items[i] = x
            def __bool__(self): return bool(self.items)
            def __repr__(self): return f'Stack({self.items})'
            @property
            def top(self): return self.items[-1]
            @staticmethod
            def make(): return Stack([9])
            @classmethod
            def of(cls, *xs): return cls(xs)
        class Small(Stack): limit = 1
        s = Stack([1])
     """,
        "Stack, Small, s",
        [
            "assert isinstance(s, Stack) and len(s) == 1 and list(s) == [1]",
            "assert Stack([1, 2]).push(3).top == 3",
            "assert 1 in s and 2 not in s",
            "assert issubclass(Small, Stack) and Small.limit == 1 and isinstance(Small(), Stack)",
            "assert repr(s) == 'Stack([1])' and str(s) == repr(s)",
            "try:\n    Small([1]).push(2)\nexcept OverflowError as e:\n    assert str(e) == 'full'\nelse:\n    assert False",
            "assert Stack.make()[0] == 9 and Stack.of(1, 2).items == [1, 2]",
            "t = Stack([1, 2])\nt[0] = 5\nassert t.items == [5, 2]",
            "assert not Stack() and Stack.__doc__ == 'a stack'",
            "assert type(s) is Stack and type(s).__name__ == 'Stack'",
            "s.limit = 10\nassert s.limit == 10 and Stack.limit == 3",
            "assert hasattr(s, 'push') and not hasattr(s, 'pop')",
            "s.pop()",
            "assert not isinstance(s, list)",
            "import inspect\nassert 'items' in inspect.signature(Stack).parameters and inspect.isclass(Stack)",
            "assert s.__dict__ == vars(s) and 'items' in vars(s)",
            "import collections.abc\nassert isinstance(s, collections.abc.Iterable) and not callable(s)",
            "from copy import deepcopy\nd = deepcopy(s)\nd.push(4)\nassert len(d) == len(s) + 1",
        ],
    ),
    (
        "operators",
        """
        class V:
            def __init__(self, x, y): self.x, self.y = x, y
            def __add__(self, o): return V(self.x + o.x, self.y + o.y)
            def __mul__(self, k): return V(self.x * k, self.y * k)
            __rmul__ = __mul__
            def __matmul__(self, o): return self.x * o.x + self.y * o.y
            def __neg__(self): return V(-self.x, -self.y)
            def __eq__(self, o): return isinstance(o, V) and (self.x, self.y) == (o.x, o.y)
            def __lt__(self, o): return abs(self) < abs(o)
            def __abs__(self): return math.hypot(self.x, self.y)
            def __hash__(self): return hash((self.x, self.y))
            def __call__(self, t): return t * self.x
            def __float__(self): return float(self.x)
            def __format__(self, how): return f'<{self.x:{how}}>'
     """,
        "V",
        [
            "assert V(1, 2) + V(3, 4) == V(4, 6)",
            "assert V(1, 2) * 3 == V(3, 6) and 3 * V(1, 2) == V(3, 6)",
            "assert V(1, 2) @ V(3, 4) == 11",
            "assert (V(1, 2) * 2).x == 2",
            "assert abs(V(3, 4)) == 5 and -V(1, 2) == V(-1, -2)",
            "assert V(1, 2) != V(2, 1) and not V(1, 2) == 3",
            "assert sorted([V(3, 4), V(1, 1)])[0] == V(1, 1)",
            "assert len({V(1, 2), V(1, 2), V(2, 1)}) == 2",
            "assert V(2, 0)(5) == 10 and float(V(2, 0)) == 2.0",
            "assert f'{V(2, 0):03d}' == '<002>'",
            "V(1, 2) + 3",
            "assert V(1, 2) + V(3, 4) == V(0, 0)",
        ],
    ),
    (
        "data classes",
        """
        from dataclasses import dataclass, field
        from collections import namedtuple
        from enum import Enum, IntEnum
        from typing import NamedTuple
        @dataclass
        class P:
            x: int
            y: int = 2
            tags: list = field(default_factory=list)
        @dataclass(frozen=True, order=True)
        class Q:
            a: int
        T = namedtuple('T', 'm n')
        class U(NamedTuple):
            m: int
            n: int = 5
        def make(): return T(1, 2)
        class Color(Enum):
            RED = 1
            BLUE = 'b'
        class Level(IntEnum):
            LOW = 1
            HIGH = 2
     """,
        "P, Q, T, U, make, Color, Level",
        [
            "assert P(1) == P(1, 2) and P(1).y == 2 and repr(P(1)) == 'P(x=1, y=2, tags=[])'",
            "p = P(1)\np.x = 5\nassert p.x == 5",
            "import dataclasses\nassert dataclasses.is_dataclass(P)",
            "assert Q(1) < Q(2) and len({Q(1), Q(1)}) == 1",
            "try:\n    Q(1).a = 2\nexcept AttributeError:\n    pass\nelse:\n    assert False",
            "t = make()\nassert t == (1, 2) and t.m == 1 and isinstance(t, T) and isinstance(t, tuple)\nassert t._asdict() == {'m': 1, 'n': 2}",
            "m, n = T(3, 4)\nassert (m, n) == (3, 4)",
            "assert U(1).n == 5 and U(1)._fields == ('m', 'n')",
            "assert Color.RED.value == 1 and Color('b') is Color.BLUE and Color['RED'] is Color.RED",
            "assert [c.name for c in Color] == ['RED', 'BLUE'] and len(Color) == 2",
            "assert Color.RED != Color.BLUE and Color.RED != 1",
            "assert Level.HIGH == 2 and Level.LOW < Level.HIGH and Level.HIGH > 1",
            "assert Level.HIGH + 1 == 3 and isinstance(Color.RED, Color)",
        ],
    ),
    (
        "generators",
        (
            "def count():\n    i = 0\n    while True:\n        yield i\n        i += 1\ndef three(): yield from range(3)\nclass It:\n    def __init__(self): self.i = 0\n    def __iter__(self): return self\n"
            "    def __next__(self):\n        self.i += 1\n        if self.i > 2: raise StopIteration\n        return self.i\nz = zip([1], [2])\ndef echo():\n    got = yield 1\n    yield got"
        ),
        "count, three, It, z, echo",
        [
            "import itertools\nassert list(itertools.islice(count(), 4)) == [0, 1, 2, 3]",
            "assert list(three()) == [0, 1, 2] and sum(three()) == 3",
            "g = three()\nassert next(g) == 0 and next(g) == 1",
            "assert list(It()) == [1, 2]",
            "assert list(z) == [(1, 2)]",
            "g = three()\nlist(g)\nnext(g)",
            "import types\nassert isinstance(three(), types.GeneratorType)",
            "g = echo()\nnext(g)\nassert g.send('x') == 'x'",
            "import collections.abc\nassert isinstance(three(), collections.abc.Iterator) and iter(g := three()) is g",
        ],
    ),
    (
        "context managers",
        (
            "import contextlib\nlog = []\nclass C:\n    def __enter__(self):\n        log.append('in'); return self\n    def __exit__(self, *e):\n        log.append('out'); return e[0] is ValueError\n"
            "@contextlib.contextmanager\ndef cm():\n    log.append('a'); yield 3; log.append('b')\ndef seen(): return log"
        ),
        "C, cm, seen",
        [
            "with C() as c:\n    assert c is not None\nassert seen()[-1] == 'out'",
            "with C():\n    raise ValueError\n",
            "with C():\n    raise KeyError('k')",
            "with cm() as x:\n    assert x == 3\nassert seen()[-1] == 'b'",
        ],
    ),
    (
        "exceptions",
        """
        class MyError(ValueError):
            def __init__(self, code):
                super().__init__(f'code {code}'); self.code = code
        class Plain(Exception): pass
        def builtin(): raise KeyError('k')
        def args(): raise ValueError('a', 2)
        def mine(): raise MyError(7)
        def plain(): raise Plain('p')
        def lin(): return np.linalg.inv(np.zeros((2, 2)))
        def unicode(): return b'\\xff'.decode()
        def chained():
            try: 1 / 0
            except ZeroDivisionError as e: raise TypeError('chained') from e
        def stop(): raise SystemExit(3)
        def group(): raise ExceptionGroup('g', [ValueError(1)])
        def asserting(): assert False, 'mine'
     """,
        "MyError, Plain, builtin, args, mine, plain, lin, unicode, chained, stop, asserting",
        [
            "builtin()",
            "try:\n    args()\nexcept ValueError as e:\n    assert e.args == ('a', 2) and type(e) is ValueError",
            "mine()",
            "try:\n    mine()\nexcept MyError as e:\n    assert e.code == 7 and str(e) == 'code 7'",
            "try:\n    mine()\nexcept ValueError as e:\n    assert type(e).__name__ == 'MyError'",
            "plain()",
            "try:\n    plain()\nexcept Plain:\n    pass",
            "try:\n    lin()\nexcept np.linalg.LinAlgError:\n    pass",
            "try:\n    unicode()\nexcept UnicodeDecodeError as e:\n    assert e.start == 0",
            "chained()",
            "try:\n    stop()\nexcept SystemExit as e:\n    assert e.code == 3",
            "asserting()",
            "assert issubclass(MyError, ValueError)",
            "try:\n    builtin()\nexcept (ValueError, TypeError):\n    pass",
            "import unittest\nwith unittest.TestCase().assertRaises(KeyError):\n    builtin()",
        ],
    ),
    (
        "printing",
        (
            "import sys, warnings\ndef hello(n):\n    for i in range(n): print('hi', i)\ndef err(): print('oops', file=sys.stderr)\ndef warn():\n    warnings.warn('careful', RuntimeWarning)\n    return 1\n"
            "def inside():\n    import io, contextlib\n    f = io.StringIO()\n    with contextlib.redirect_stdout(f): print('x')\n    return f.getvalue()"
        ),
        "hello, err, warn, inside",
        [
            "import io, contextlib\nf = io.StringIO()\nwith contextlib.redirect_stdout(f):\n    hello(2)\nassert f.getvalue() == 'hi 0\\nhi 1\\n'",
            "import io, contextlib\nf = io.StringIO()\nwith contextlib.redirect_stderr(f):\n    err()\nassert f.getvalue() == 'oops\\n'",
            "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n    warn()\nassert len(w) == 1 and issubclass(w[0].category, RuntimeWarning) and 'careful' in str(w[0].message)",
            "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n    warn()",
            "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    assert warn() == 1",
            "assert inside() == 'x\\n'",
        ],
    ),
    (
        "random numbers",
        (
            "def t(): return torch.rand(3)\ndef n(): return np.random.rand(3)\ndef r(): return random.random()\ndef g(gen): return torch.rand(2, generator=gen)\ndef ng(rng): return rng.normal(size=2)\n"
            "def seeded(s):\n    torch.manual_seed(s)\n    return torch.rand(1)\ndef noisy(x): return x + torch.randn_like(x)"
        ),
        "t, n, r, g, ng, seeded, noisy",
        [
            "torch.manual_seed(0)\na = t()\ntorch.manual_seed(0)\nassert torch.equal(a, torch.rand(3))",
            "np.random.seed(1)\na = n()\nnp.random.seed(1)\nassert (a == np.random.rand(3)).all()",
            "random.seed(2)\na = r()\nrandom.seed(2)\nassert a == random.random()",
            "torch.manual_seed(0)\na, b = t(), t()\ntorch.manual_seed(0)\nassert torch.equal(torch.rand(3), a) and torch.equal(torch.rand(3), b)",
            "gen = torch.Generator().manual_seed(1)\na = g(gen)\nb = g(gen)\nassert not torch.equal(a, b)\nassert torch.equal(a, g(torch.Generator().manual_seed(1)))",
            "rng = np.random.default_rng(0)\na, b = ng(rng), ng(rng)\nassert not (a == b).all()\nref = np.random.default_rng(0)\nassert (a == ref.normal(size=2)).all() and (b == ref.normal(size=2)).all()",
            "assert torch.equal(seeded(3), seeded(3))",
            "with torch.random.fork_rng(devices=[]):\n    torch.manual_seed(5)\n    a = t()\nwith torch.random.fork_rng(devices=[]):\n    torch.manual_seed(5)\n    assert torch.equal(a, t())",
            "torch.manual_seed(1)\nx = torch.randn(2000)\ne = noisy(x) - x\nother = torch.randn(2000)\nassert abs(float((e * other).mean())) < 0.2",
            "r1 = random.Random(3)\nassert r1.random() == random.Random(3).random()",
        ],
    ),
    (
        "pandas",
        (
            "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3], 'b': ['x', None, 'z'], 'c': pd.Categorical(['u', 'v', 'u'])}, index=pd.to_datetime(['2020', '2021', '2022']))\ns = df['a']\n"
            "def add(d):\n    d['new'] = d['a'] * 2\ndef agg(d): return d.groupby('c', observed=True)['a'].sum()\ndef clean(d): return d.dropna()\ndef drop(d): d.dropna(inplace=True)"
        ),
        "pd, df, s, add, agg, clean, drop",
        [
            "assert isinstance(df, pd.DataFrame) and df.shape == (3, 3) and list(df.columns) == ['a', 'b', 'c']",
            "assert s.sum() == 6 and s.name == 'a'",
            "d = pd.DataFrame({'a': [1, 2]})\nadd(d)\nassert d['new'].tolist() == [2, 4]",
            "assert agg(df)['u'] == 4",
            "assert len(clean(df)) == 2",
            "d = df.copy()\ndrop(d)\nassert len(d) == 2",
            "pd.testing.assert_frame_equal(df, df.iloc[::-1])",
            "assert df['c'].dtype == 'category' and df.index.year.tolist() == [2020, 2021, 2022]",
        ],
    ),
    (
        "library objects",
        "import re\nfrom sklearn.linear_model import LogisticRegression\ndef fit(X, y): return LogisticRegression().fit(X, y)\npat = re.compile('a+')\ndef score(m, X, y): return m.score(X, y)",
        "fit, pat, LogisticRegression, score",
        [
            "rng = np.random.default_rng(0)\nX = rng.normal(size=(60, 2))\ny = (X[:, 0] > 0).astype(int)\nm = fit(X, y)\nassert m.score(X, y) > 0.9 and m.coef_.shape == (1, 2)\nassert (m.predict(X) == y).mean() > 0.9",
            "from sklearn.linear_model import LogisticRegression as L\nX = np.array([[0.], [1.], [2.], [3.]])\nm = fit(X, [0, 0, 1, 1])\nassert isinstance(m, L) and hasattr(m, 'predict_proba')",
            "assert pat.match('aab').group() == 'aa'",
            "from sklearn.tree import DecisionTreeClassifier\nX = np.array([[0.], [1.]])\nm = DecisionTreeClassifier().fit(X, [0, 1])\nassert score(m, X, [0, 1]) == 1.0",
        ],
    ),
    (
        "callbacks",
        (
            "def apply(f, x): return f(x)\ndef compose(*fs):\n    def h(x):\n        for f in fs: x = f(x)\n        return x\n    return h\ndef fold(f, xs):\n    acc = xs[0]\n    for x in xs[1:]: acc = f(acc, x)\n    return acc\n"
            "def safe(f):\n    try: return f()\n    except ZeroDivisionError: return 'zero'\ndef use(env):\n    env.step(2)\n    return env.total, len(env), env[0]\ndef sort(xs, key): return sorted(xs, key=key)\ndef ping(f, n): return f(n)"
        ),
        "apply, compose, fold, safe, use, sort, ping",
        [
            "assert apply(lambda x: x + 1, 2) == 3",
            "assert compose(lambda x: x + 1, lambda x: x * 2)(3) == 8",
            "assert fold(lambda a, b: a * b, [1, 2, 3, 4]) == 24",
            "assert safe(lambda: 1 / 0) == 'zero'",
            "def bad(x):\n    raise KeyError('from the test')\ntry:\n    apply(bad, 1)\nexcept KeyError as e:\n    assert e.args == ('from the test',)",
            "class Mine(Exception): pass\ndef bad(x): raise Mine('m')\ntry:\n    apply(bad, 1)\nexcept Mine as e:\n    assert str(e) == 'm'",
            "class Env:\n    def __init__(self): self.total = 0\n    def step(self, n): self.total += n\n    def __len__(self): return 9\n    def __getitem__(self, i): return i\ne = Env()\nassert use(e) == (2, 9, 0) and e.total == 2",
            "assert sort([3, -5, 1], abs) == [1, 3, -5]",
            "assert sort(['bb', 'a'], len) == ['a', 'bb']",
            "seen = []\napply(seen.append, 4)\nassert seen == [4]",
            "assert ping(lambda n: 0 if n == 0 else 1 + ping(lambda k: k, n - 1), 3) == 3",
            "assert apply(apply, apply) is None",
            "apply(lambda: 1, 2)",
            "l = [1]\ndef change(x): x.append(2)\napply(change, l)\nassert l == [1, 2]",
        ],
    ),
    (
        "modules",
        """
        class Net(nn.Module):
            def __init__(self, h=8):
                super().__init__()
                self.f = nn.Sequential(nn.Linear(4, h), nn.ReLU(), nn.BatchNorm1d(h), nn.Dropout(0.5), nn.Linear(h, 3))
            def forward(self, x): return self.f(x)
        torch.manual_seed(0)
        net = Net()
     """,
        "Net, net",
        [
            "assert isinstance(net, torch.nn.Module) and isinstance(net, Net)",
            "assert net(torch.zeros(5, 4)).shape == (5, 3)",
            "net.eval()\nassert not net.training and not net.f[3].training\nnet.train()\nassert net.training",
            "assert sum(p.numel() for p in net.parameters()) == 4 * 8 + 8 + 16 + 8 * 3 + 3",
            "assert [n for n, _ in net.named_parameters()][0] == 'f.0.weight' and 'f.2.running_mean' in net.state_dict()",
            "assert any(isinstance(m, torch.nn.Dropout) for m in net.modules())",
            "assert net.f[0].in_features == 4 and len(net.f) == 5 and isinstance(net.f[0], torch.nn.Linear)",
            "net.eval()\nx = torch.randn(6, 4, requires_grad=True)\nnet(x).sum().backward()\nassert x.grad is not None and all(p.grad is not None for p in net.parameters())\nnet.zero_grad()\nassert all(p.grad is None for p in net.parameters())",
            "torch.manual_seed(0)\nm = Net(2)\nassert torch.allclose(m.f[0].bias, m.f[0].bias) and m.f[0].weight.shape == (2, 4)",
            "import copy\nbefore = copy.deepcopy(net.state_dict())\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nfor _ in range(2):\n    opt.zero_grad()\n    torch.nn.functional.cross_entropy(net(torch.randn(8, 4)), torch.randint(0, 3, (8,))).backward()\n    opt.step()\nafter = net.state_dict()\nassert any(not torch.equal(before[k], after[k]) for k in before) and int(after['f.2.num_batches_tracked']) > 0",
            "import copy\nn2 = copy.deepcopy(net)\nwith torch.no_grad():\n    for p in n2.parameters():\n        p.zero_()\nn2.eval()\nassert n2(torch.ones(1, 4)).abs().sum() == 0 and net.f[0].weight.abs().sum() > 0",
            "net.load_state_dict(net.state_dict())",
            "net(torch.zeros(5, 3))",
            "with torch.no_grad():\n    assert not net(torch.zeros(2, 4)).requires_grad",
            "assert net.double()(torch.zeros(2, 4, dtype=torch.float64)).dtype == torch.float64\nnet.float()",
            "out = []\nh = net.f[0].register_forward_hook(lambda m, i, o: out.append(o.shape))\nnet(torch.zeros(3, 4))\nh.remove()\nnet(torch.zeros(3, 4))\nassert out == [(3, 8)]",
            "net.missing",
            "net.f[0].weight.data.fill_(1.0)\nnet.f[0].bias.data.zero_()\nassert torch.equal(net.f[0](torch.ones(1, 4)), torch.full((1, 8), 4.0))",
            "g = torch.autograd.grad(net.eval()(torch.ones(2, 4)).sum(), list(net.parameters()))\nassert len(g) == 6 and g[0].shape == (8, 4)",
        ],
    ),
    (
        "losses and gradients",
        """
        def mse(a, b): return ((a - b) ** 2).mean()
        def grad_of(f, x):
            x = x.detach().clone().requires_grad_()
            return torch.autograd.grad(f(x).sum(), x)[0]
        def penalty(model, x):
            x = x.detach().requires_grad_()
            g, = torch.autograd.grad(model(x).sum(), x, create_graph=True)
            return (g ** 2).sum()
        def step(params, lr):
            with torch.no_grad():
                for p in params: p -= lr * p.grad
        w = torch.tensor([1., 2.], requires_grad=True)
        def loss(): return (w ** 3).sum()
        class Gate(nn.Module):
            def __init__(self):
                super().__init__(); self.k = nn.Parameter(torch.tensor(2.0))
            def forward(self, f, x): return f(x) * self.k
     """,
        "mse, grad_of, penalty, step, w, loss, Gate",
        [
            "a = torch.tensor([1., 3.], requires_grad=True)\nl = mse(a, torch.zeros(2))\nassert l.requires_grad and l.item() == 5\nl.backward()\nassert a.grad.tolist() == [1, 3]",
            "assert torch.equal(grad_of(lambda x: x ** 2, torch.tensor([3.])), torch.tensor([6.]))",
            "lin = torch.nn.Linear(3, 1)\nv = penalty(torch.nn.Sequential(lin, torch.nn.Tanh()), torch.ones(2, 3))\nv.backward()\nassert lin.weight.grad is not None and lin.weight.grad.abs().sum() > 0",
            "p = torch.tensor([1.], requires_grad=True)\n(p * 3).sum().backward()\nstep([p], 0.1)\nassert torch.allclose(p, torch.tensor([0.7]))",
            "l = loss()\nl.backward()\nassert torch.allclose(w.grad, torch.tensor([3., 12.]))",
            "g = Gate()\nc = torch.tensor([3.], requires_grad=True)\ny = g(lambda x: x * c, torch.tensor([2.], requires_grad=True))\ny.backward()\nassert c.grad.item() == 4 and g.k.grad.item() == 6",
            "a = torch.tensor([2.], requires_grad=True)\ng, = torch.autograd.grad(mse(a, torch.zeros(1)), a, create_graph=True)\ng2, = torch.autograd.grad(g, a)\nassert g2.item() == 2",
            "a = torch.tensor([1.], requires_grad=True)\nl = mse(a, torch.zeros(1))\nl.backward()\nl.backward()",
            "a = torch.tensor([1.], requires_grad=True)\nl = mse(a * 2, torch.zeros(1))\nl.backward(retain_graph=True)\nl.backward()\nassert a.grad.item() == 16",
        ],
    ),
    (
        "models of the test",
        """
        def attack(model, x, y, eps):
            x = x.clone().requires_grad_()
            g, = torch.autograd.grad(nn.functional.cross_entropy(model(x), y), x)
            return (x + eps * g.sign()).clamp(0, 1).detach()
        def train(model, x, y, n=3, opt=None):
            opt = opt or torch.optim.SGD(model.parameters(), lr=0.1)
            model.train()
            for _ in range(n):
                opt.zero_grad(); nn.functional.cross_entropy(model(x), y).backward(); opt.step()
            return model.eval()
        def acc(model, loader):
            hits = 0
            for x, y in loader: hits += int((model(x).argmax(1) == y).sum())
            return hits
        def features(model, x):
            out = []
            h = model[0].register_forward_hook(lambda m, i, o: out.append(o)); model(x); h.remove()
            return out[0]
        def adversarial(model, x, y, attack):
            return train(model, attack(model, x, y), y)
        def freeze(model):
            for p in model.parameters(): p.requires_grad_(False)
     """,
        "attack, train, acc, features, adversarial, freeze",
        [
            "torch.manual_seed(0)\nm = torch.nn.Linear(4, 3)\nx, y = torch.rand(5, 4), torch.tensor([0, 1, 2, 0, 1])\nkept = x.clone()\na = attack(m, x, y, 0.1)\nassert torch.equal(x, kept) and not x.requires_grad and not a.requires_grad\nassert float((a - x).abs().max()) <= 0.1001 and m.weight.grad is None",
            "torch.manual_seed(0)\nm = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, 3))\nbefore = [p.clone() for p in m.parameters()]\nout = train(m, torch.rand(9, 4), torch.randint(0, 3, (9,)))\nassert out is m and not m.training and int(m[1].num_batches_tracked) == 3\nassert not torch.equal(before[0], m[0].weight)",
            "torch.manual_seed(0)\nm = torch.nn.Linear(4, 3)\nopt = torch.optim.Adam(m.parameters(), lr=0.1)\nb = m.weight.clone()\ntrain(m, torch.rand(4, 4), torch.tensor([0, 1, 2, 0]), opt=opt)\nassert not torch.equal(b, m.weight)",
            "from torch.utils.data import DataLoader, TensorDataset\nx = torch.rand(10, 4)\nm = torch.nn.Linear(4, 3)\nd = TensorDataset(x, m(x).argmax(1))\nassert acc(m, DataLoader(d, batch_size=4)) == 10",
            "m = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())\nx = torch.ones(1, 2)\nassert torch.allclose(features(m, x), m[0](x))",
            "torch.manual_seed(1)\nm = torch.nn.Linear(4, 3)\nx, y = torch.rand(6, 4), torch.tensor([0, 1, 2, 0, 1, 2])\ncalls = []\ndef mine(model, x, y):\n    calls.append(model is m)\n    return x + 0.01\nadversarial(m, x, y, mine)\nassert calls == [True]",
            "class Own(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.w = torch.nn.Parameter(torch.ones(4, 3))\n    def forward(self, x):\n        return x @ self.w\nm = Own()\nx, y = torch.rand(5, 4), torch.tensor([0, 1, 2, 0, 1])\nassert attack(m, x, y, 0.1).shape == x.shape\ntrain(m, x, y)\nassert not torch.equal(m.w, torch.ones(4, 3))",
            "m = torch.nn.Linear(2, 2)\nfreeze(m)\nassert not m.weight.requires_grad",
            "m = torch.nn.Linear(4, 3)\ncalls = [0]\nclass Counting(torch.nn.Module):\n    def forward(self, x):\n        calls[0] += 1\n        return m(x)\nattack(Counting(), torch.rand(2, 4), torch.tensor([0, 1]), 0.1)\nassert calls == [1]",
        ],
    ),
    (
        "state between cases",
        "counter = 0\nlog = []\ndef bump():\n    global counter\n    counter += 1\n    log.append(counter)\n    return counter",
        "env, bump",
        [
            "assert env['counter'] == 0\nbump()\nassert env['counter'] == 1 and env['log'] == [1]",
            "assert env['counter'] == 1\nenv['mine'] = 5",
            "assert env['mine'] == 5 and 'mine' in env and 'bump' in env and 'nothing' not in env",
            "env['nothing']",
            "assert env.get('nothing', 3) == 3",
            "env['log'].append('x')\nassert env['log'][-1] == 'x'",
        ],
    ),
    (
        "annotations of the mind",
        "def f(x: 'float', y: int = 3) -> float:\n    return float(x + y)\nimport math as m\nPI = m.pi\nfunctions = {'sin': math.sin, 'sq': lambda v: v * v}\npair = (f, 2)",
        "f, m, PI, functions, pair",
        [
            "assert f(1) == 4.0",
            "assert m.pi == PI",
            "assert functions['sq'](3) == 9 and abs(functions['sin'](0.5) - math.sin(0.5)) < 1e-12",
            "assert pair[0](1, pair[1]) == 3.0",
        ],
    ),
]

DOCTESTS: list[tuple[str, str, list[str]]] = [
    (
        "expressions",
        "def f(x): return x * 2\na = np.arange(3)\nd = {'k': [1, 2]}",
        [
            ">>> f(2)\n4\n>>> f('a')\n'aa'",
            ">>> a\narray([0, 1, 2])\n>>> d\n{'k': [1, 2]}",
            ">>> np.allclose(a * 2, [0, 2, 4])\nTrue",
            ">>> f(3)\n7",
            ">>> f()\nTraceback (most recent call last):\n    ...\nTypeError: f() missing 1 required positional argument: 'x'",
            ">>> assert f(2) == 5, 'wrong'",
            ">>> def g(y):\n...     return f(y) + len(a)\n>>> g(1)\n5\n>>> [f(i) for i in range(3)]\n[0, 2, 4]",
            ">>> undefined_name",
        ],
    ),
    (
        "printing",
        "def hello(): print('hi'); print('there')\nclass P:\n    def __repr__(self): return 'P!'\np = P()",
        [
            ">>> hello()\nhi\nthere",
            ">>> p\nP!",
            ">>> print(p, hello())\nhi\nthere\nP! None",
            ">>> x = 5\n>>> x\n5",
            ">>> x\n5",
        ],
    ),
    (
        "errors",
        "class E(ValueError): pass\ndef bad(): raise E('no')\ndef worse(): raise SystemExit(1)",
        [
            ">>> bad()\nTraceback (most recent call last):\n    ...\nE: no",
            ">>> try:\n...     bad()\n... except E as e:\n...     print(e)\nno",
            ">>> worse()",
            ">>> 1 + 1\n2",
        ],
    ),
    (
        "names",
        "total = 10\nmax_len = 3\nsum = 7\ndef f(): return total",
        [
            ">>> total + max_len\n13",
            ">>> len([1, 2]) == 2\nTrue",
            ">>> sum\n7",
            ">>> total = 1\n>>> f()\n10\n>>> total\n1",
            ">>> import math\n>>> math.floor(2.5)\n2",
        ],
    ),
    (
        "tensors",
        "net = nn.Linear(2, 1)\ndef loss(a): return (a ** 2).sum()",
        [
            ">>> isinstance(net, nn.Module)\nTrue\n>>> net(torch.zeros(3, 2)).shape\ntorch.Size([3, 1])",
            ">>> a = torch.ones(2, requires_grad=True)\n>>> loss(a).backward()\n>>> a.grad\ntensor([2., 2.])",
            ">>> net\nLinear(in_features=2, out_features=1, bias=True)",
        ],
    ),
]
