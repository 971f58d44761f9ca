"""Tensors, sizes, dtypes, devices and generators by value. Whatever the device was, a copy lives on the CPU."""

import ctypes
from typing import TYPE_CHECKING, Any

import torch

from mlsafety_grader.wire import values as v
from mlsafety_grader.wire.frames import FrameError

if TYPE_CHECKING:
    from mlsafety_grader.wire.pack import Packer
    from mlsafety_grader.wire.unpack import Unpacker

DTYPES: dict[str, torch.dtype] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.bool,
        torch.uint8,
        torch.uint16,
        torch.uint32,
        torch.uint64,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
        torch.complex32,
        torch.complex64,
        torch.complex128,
        torch.float8_e4m3fn,
        torch.float8_e5m2,
    )
}
_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_DIRECT = frozenset({torch.float32, torch.float64, torch.int64, torch.int32, torch.uint8, torch.bool})
_LIBC = ctypes.CDLL(None)
_DEVICES = ("cpu", "cuda", "meta", "mps")


def pack(packer: "Packer", obj: Any) -> v.Value | None:
    """Return the value of a tensor, size, dtype, device or generator; None for anything else."""
    if isinstance(obj, torch.Tensor):
        return _pack_tensor(packer, obj)
    if type(obj) is torch.Size:
        return v.Torch("size", numbers=list(obj))
    if type(obj) is torch.dtype:
        return v.Torch("dtype", text=_NAMES[obj]) if obj in _NAMES else None
    if type(obj) is torch.device:
        return v.Torch("device", text=obj.type, numbers=[] if obj.index is None else [obj.index])
    if type(obj) is torch.Generator and obj.device.type == "cpu":
        packer.claim(obj)
        return v.Generator("torch", "cpu", raw(packer, obj.get_state()))
    return None


def _pack_tensor(packer: "Packer", obj: torch.Tensor) -> v.Value | None:
    if torch._C._functorch.is_functorch_wrapped_tensor(obj):  # noqa: SLF001 - no public way to ask
        raise NotImplementedError("torch.func transforms (grad, vmap, jacrev ...) do not reach across processes")
    if obj.layout is not torch.strided or obj.is_quantized or obj.device.type == "meta" or obj.dtype not in _NAMES:
        return None
    value = packer.referrer.refer_tensor(obj, packer)
    if value is not None:
        return value
    packer.claim(obj)
    return raw(packer, obj)


def raw(packer: "Packer", tensor: torch.Tensor, *, gradient: torch.Tensor | None = None) -> v.Tensor:
    """Return a tensor's data, whatever graph it belongs to, and a gradient with it."""
    plain = tensor.detach()
    down = None if gradient is None else raw(packer, gradient)
    is_parameter = isinstance(tensor, torch.nn.Parameter)
    if type(plain) is torch.Tensor and plain.dtype in _DIRECT and plain.device.type == "cpu" and plain.is_contiguous():
        data = packer.data(plain.numpy().data if plain.numel() else b"")
        return v.Tensor(_NAMES[plain.dtype], list(plain.shape), data, tensor.requires_grad, is_parameter, down)
    if type(plain) is not torch.Tensor:
        plain = plain.as_subclass(torch.Tensor)
    if plain.is_conj() or plain.is_neg():
        plain = plain.resolve_conj().resolve_neg()
    flat = plain.cpu().contiguous().reshape(-1)
    data = packer.data(flat.view(torch.uint8).numpy().data if flat.numel() else b"")
    return v.Tensor(_NAMES[plain.dtype], list(plain.shape), data, tensor.requires_grad, is_parameter, down)


def build(unpacker: "Unpacker", node: v.Tensor) -> torch.Tensor:
    """Return a plain tensor over the frame's own bytes."""
    from mlsafety_grader.wire.unpack import sizes_ok

    if node.dtype not in DTYPES:
        raise FrameError(f"a tensor of dtype {node.dtype[:40]!r}")
    dtype = DTYPES[node.dtype]
    data = unpacker.data(node.data)
    count = sizes_ok(node.shape)
    if count * dtype.itemsize != len(data):
        raise FrameError(f"a tensor of {count} items in {len(data)} bytes")
    flat = torch.frombuffer(data, dtype=dtype) if count else torch.empty(0, dtype=dtype)
    return flat.reshape(node.shape)


def tensor(unpacker: "Unpacker", node: v.Tensor) -> torch.Tensor:
    """Return a tensor that is no mirror; a `requires_grad` without one makes a leaf."""
    found = build(unpacker, node)
    if node.requires_grad:
        found.requires_grad_()
    unpacker.claim(found)
    return found


def placeholder(name: str, shape: list[int], *, is_parameter: bool) -> torch.Tensor:
    """Return a leaf of a dtype and shape whose data will come later; it takes no memory.

    Raises:
        FrameError: there is no such tensor that could require gradients.
    """
    from mlsafety_grader.wire.unpack import sizes_ok

    dtype = DTYPES.get(name)
    sizes_ok(shape)
    if dtype is None or not (dtype.is_floating_point or dtype.is_complex):
        raise FrameError("a leaf that cannot carry a gradient")
    empty = torch.zeros((), dtype=dtype).expand(shape)
    return torch.nn.Parameter(empty) if is_parameter else empty.requires_grad_()


def dtype_name(tensor: torch.Tensor) -> str:
    """Return the name of a tensor's dtype on the wire."""
    return _NAMES[tensor.dtype]


def small(_: "Unpacker", node: v.Torch) -> object:
    """Return a size, dtype or device."""
    if node.kind == "size":
        from mlsafety_grader.wire.unpack import sizes_ok

        sizes_ok(node.numbers)
        return torch.Size(node.numbers)
    if node.kind == "dtype":
        return DTYPES[node.text]
    if node.text not in _DEVICES or len(node.numbers) > 1:
        raise FrameError(f"a device {node.text[:40]!r}")
    return torch.device(node.text, *node.numbers)


def generator(state: Any) -> torch.Generator:
    """Return a CPU generator in a given state."""
    if type(state) is not torch.Tensor:
        raise FrameError("a generator whose state is no tensor")
    found = torch.Generator()
    found.set_state(state)
    return found


def is_same(one: torch.Tensor | None, other: torch.Tensor | None) -> bool:
    """Tell whether two tensors (or no tensors) have the same dtype, shape and values, or the same bytes."""
    if one is None or other is None:
        return one is other
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    return (_is_plain(one) and _is_plain(other) and _are_same_bytes(one, other)) or torch.equal(one.detach(), other)


def _is_plain(tensor: torch.Tensor) -> bool:
    is_dense = tensor.layout is torch.strided and tensor.dtype in _DIRECT and tensor.device.type == "cpu"
    return is_dense and tensor.is_contiguous()


def _are_same_bytes(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Four times as fast as `torch.equal`, which an attack's every step would wait for."""
    size = one.numel() * one.element_size()
    places = ctypes.c_void_p(one.data_ptr()), ctypes.c_void_p(other.data_ptr())
    return bool(_LIBC.memcmp(*places, ctypes.c_size_t(size)) == 0)


def copy_into(target: torch.Tensor, source: torch.Tensor) -> None:
    """Make a tensor equal to another in place, shape and dtype included."""
    with torch.no_grad():
        if target.shape == source.shape and target.dtype == source.dtype and not target.is_inference():
            (target.detach() if target.is_leaf and target.requires_grad else target).copy_(source)
        else:
            target.data = source
