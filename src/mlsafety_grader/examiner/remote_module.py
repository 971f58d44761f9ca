"""Proxies of a submission's `nn.Module`s: forward and backward run in the checkpoint, gradients flow through.

Parameters are mirrors: genuine `nn.Parameter`s that both sides keep equal, `.grad` included, so that a test may step or
overwrite them. Other methods of `nn.Module` are asked for; hooks run here, called back from there.
"""

from collections.abc import Callable, Iterator
from typing import Any, Self

import torch

from mlsafety_grader.examiner.remote import RemoteMeta, _class_of, _peer, _reachable

_LISTED = frozenset(
    [
        "parameters",
        "named_parameters",
        "buffers",
        "named_buffers",
        "modules",
        "named_modules",
        "children",
        "named_children",
    ]
)
_INNER = ("_parameters", "_buffers", "_modules", "_forward_hooks", "_forward_pre_hooks", "_backward_hooks")


class RemoteModule(torch.nn.Module, metaclass=RemoteMeta):
    """A module that lives in the checkpoint."""

    def __new__(cls, *_: Any, **__: Any) -> Self:
        proxy = super().__new__(cls)
        for name in _INNER:
            object.__setattr__(proxy, name, {})
        return proxy

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return _class_of(self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _peer(self).ask("call", self, *args, kwargs=kwargs)

    @property
    def training(self) -> bool:
        return bool(_peer(self).ask("getattr", self, "training"))

    @training.setter
    def training(self, mode: bool) -> None:
        _peer(self).ask("setattr", self, "training", mode)

    def __getattr__(self, name: str) -> Any:
        return _peer(self).ask("getattr", self, _reachable(name))

    def __setattr__(self, name: str, value: object) -> None:
        _peer(self).ask("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        _peer(self).ask("delattr", self, name)

    def __repr__(self) -> str:
        return str(_peer(self).ask("repr", self))

    def __dir__(self) -> list[str]:
        return [str(name) for name in _peer(self).ask("dir", self)]

    def __copy__(self) -> Any:
        return _peer(self).ask("copy", self)

    def __deepcopy__(self, memo: object) -> Any:
        return _peer(self).ask("deepcopy", self)

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError(f"a submission's {type(self).__name__} cannot be pickled")


def _asking(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return _peer(self).ask("method", self, name, *args, kwargs=kwargs)

    def listed(self: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        return iter(_peer(self).ask("listed", self, name, *args, kwargs=kwargs))

    found = listed if name in _LISTED else method
    found.__name__ = name
    return found


for _name, _found in vars(torch.nn.Module).items():
    if callable(_found) and not _name.startswith("_"):
        type.__setattr__(RemoteModule, _name, _asking(_name))
type.__setattr__(RemoteModule, "forward", _asking("forward"))
