"""The special methods that proxies have, if the class that they stand for has them, and the verbs behind them."""

import math
import operator
from collections.abc import Callable
from typing import Any

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(operator, name if name not in ("and", "or") else f"{name}_")
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "lshift", "rshift", "and", "or", "xor")
} | {"pow": operator.pow, "divmod": divmod}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}
UNARY: dict[str, Callable[..., Any]] = {
    "neg": operator.neg,
    "pos": operator.pos,
    "abs": abs,
    "invert": operator.invert,
    "round": round,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "bool": bool,
    "len": len,
    "length_hint": operator.length_hint,
    "iter": iter,
    "reversed": reversed,
    "next": next,
    "str": str,
    "repr": repr,
    "hash": hash,
    "bytes": bytes,
    "format": format,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "contains": operator.contains,
    "call": lambda obj, *args, **kwargs: obj(*args, **kwargs),
}
IN_PLACE = {name: getattr(operator, f"i{name}") for name in BINARY if name != "divmod"}

SPECIAL_METHODS = tuple(
    sorted(
        {f"__{name}__" for name in (*BINARY, *COMPARE, *UNARY, "enter", "exit")}
        | {f"__r{name}__" for name in BINARY}
        | {f"__i{name}__" for name in IN_PLACE}
    )
)
