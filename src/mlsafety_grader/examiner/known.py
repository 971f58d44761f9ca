"""What the examiner shares with a submission by name: modules, types and exceptions, all from fixed lists.

A submission chooses names; these lists decide what a name may mean here. No function is on them: a submission that
calls `os.system` its answer must not have the examiner run it.
"""

import builtins
import collections
import datetime
import decimal
import fractions
import importlib
import sys
from functools import lru_cache
from types import ModuleType
from typing import Any

MODULES = frozenset(
    [
        "abc",
        "cmath",
        "collections",
        "collections.abc",
        "contextlib",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "itertools",
        "json",
        "math",
        "operator",
        "random",
        "re",
        "statistics",
        "string",
        "textwrap",
        "time",
        "typing",
        "warnings",
        "numpy",
        "numpy.fft",
        "numpy.linalg",
        "numpy.random",
        "numpy.testing",
        "torch",
        "torch.autograd",
        "torch.distributions",
        "torch.func",
        "torch.linalg",
        "torch.nn",
        "torch.nn.functional",
        "torch.nn.init",
        "torch.nn.utils",
        "torch.optim",
        "torch.optim.lr_scheduler",
        "torch.testing",
        "torch.utils",
        "torch.utils.data",
        "pandas",
        "pandas.testing",
        "scipy",
        "scipy.integrate",
        "scipy.interpolate",
        "scipy.linalg",
        "scipy.optimize",
        "scipy.signal",
        "scipy.sparse",
        "scipy.spatial",
        "scipy.special",
        "scipy.stats",
        "sklearn",
        "sklearn.calibration",
        "sklearn.cluster",
        "sklearn.datasets",
        "sklearn.decomposition",
        "sklearn.ensemble",
        "sklearn.linear_model",
        "sklearn.metrics",
        "sklearn.model_selection",
        "sklearn.neighbors",
        "sklearn.pipeline",
        "sklearn.preprocessing",
        "sklearn.svm",
        "sklearn.tree",
        "matplotlib",
        "matplotlib.pyplot",
        "mlsafety_kit",
        "mlsafety_kit.data",
        "mlsafety_kit.nets",
        "mlsafety_kit.train",
    ]
)
LIBRARIES = frozenset(["numpy", "torch", "pandas", "scipy", "sklearn", "matplotlib", "mlsafety_kit"])

_BUILTIN_TYPES = (
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    bytearray,
    list,
    tuple,
    dict,
    set,
    frozenset,
    slice,
    range,
    object,
)
_STANDARD_TYPES = (
    collections.OrderedDict,
    collections.Counter,
    collections.defaultdict,
    collections.deque,
    datetime.datetime,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    decimal.Decimal,
    fractions.Fraction,
)
ERRORS: dict[str, type[BaseException]] = {
    name: found
    for name, found in vars(builtins).items()
    if isinstance(found, type) and issubclass(found, BaseException)
}
WARNINGS: dict[str, type[Warning]] = {name: cls for name, cls in ERRORS.items() if issubclass(cls, Warning)}


def module(name: str) -> ModuleType | None:
    """Return the examiner's own module of a name on the list; None for others."""
    if name not in MODULES:
        return None
    try:
        return sys.modules.get(name) or importlib.import_module(name)
    except ImportError:
        return None


@lru_cache(maxsize=1)
def _by_value_types() -> tuple[type, ...]:
    found: list[type] = [*(kind for kind in _BUILTIN_TYPES if kind is not object), *_STANDARD_TYPES]
    import numpy as np
    import torch

    found += [np.ndarray, np.generic, np.dtype, torch.Tensor, torch.Size, torch.dtype, torch.device]
    if "pandas" in sys.modules:
        import pandas as pd

        found += [pd.DataFrame, pd.Series, pd.Index]
    return tuple(found)


@lru_cache(maxsize=1)
def _types() -> dict[str, type]:
    import numpy as np
    import torch

    kinds: list[type] = [*_BUILTIN_TYPES, *_STANDARD_TYPES, *ERRORS.values(), np.ndarray, np.dtype]
    kinds += [kind for kind in vars(np).values() if isinstance(kind, type) and issubclass(kind, np.generic)]
    kinds += [torch.Tensor, torch.Size, torch.dtype, torch.device, torch.Generator, torch.nn.Parameter]
    kinds += [kind for kind in vars(torch.nn).values() if isinstance(kind, type) and issubclass(kind, torch.nn.Module)]
    if "pandas" in sys.modules:
        import pandas as pd

        kinds += [pd.DataFrame, pd.Series, pd.Index, pd.MultiIndex, pd.RangeIndex, pd.Timestamp, pd.Timedelta]
    return {f"{kind.__module__}.{kind.__qualname__}": kind for kind in kinds}


def type_named(name: str) -> type | None:
    """Return the type of a name on the list; None for others."""
    return _types().get(name)


def claim(names: list[str]) -> type | None:
    """Return the first library class among names, for `isinstance` on a proxy: never a type that travels by value.

    An object that says it is a tensor and yet came by reference lies.
    """
    for name in names:
        found = _library_class(name)
        if found is not None and found is not object and not issubclass(found, (*_by_value_types(), BaseException)):
            return found
    return None


def library_error(names: list[str]) -> type[BaseException] | None:
    """Return the first exception among names that the language or a library defines."""
    for name in names:
        plain = name.removeprefix("builtins.")
        found: Any = ERRORS.get(plain) or _library_class(name)
        if found is not None and issubclass(found, BaseException):
            return found  # type: ignore[no-any-return]
    return None


def _library_class(name: str) -> type | None:
    """Look a class up in modules that are loaded, without running anything: no import, no module `__getattr__`."""
    module_name, _, rest = name.rpartition(".")
    root = name.partition(".")[0]
    if root not in LIBRARIES and root not in sys.stdlib_module_names:
        return None
    found = vars(sys.modules[module_name]).get(rest) if module_name in sys.modules else None
    return found if isinstance(found, type) else None
