"""The value format: what an object looks like on the wire.

None, bool, 64-bit int, float and well-formed str travel as msgpack's own; everything else is one of the tagged records
below. A record holds numbers, text, bytes and further values only: nothing in it names code to be run. `Data` is the
bytes themselves when they are few, else the number of the frame's buffer that holds them.

Mutable containers, arrays, tensors and generators are numbered in the order in which a message first mentions them
(*slots*). `Back` repeats one of the same message, `Argument` one of the request that is being answered, so aliasing,
cycles and `f(x) is x` survive.
"""

from typing import Literal, TypeAlias

from msgspec import Struct

Data: TypeAlias = bytes | int


class Big(Struct, array_like=True, tag="I", frozen=True):
    """An int beyond 64 bits: two's complement, little endian."""

    data: bytes


class Complex(Struct, array_like=True, tag="C", frozen=True):
    """A complex number."""

    real: float
    imag: float


class Text(Struct, array_like=True, tag="S", frozen=True):
    """A str that is long or holds lone surrogates: UTF-8 with surrogatepass."""

    data: Data


class Blob(Struct, array_like=True, tag="B", frozen=True):
    """Bytes; a bytearray has a slot."""

    kind: Literal["bytes", "bytearray"]
    data: Data


class Singleton(Struct, array_like=True, tag="E", frozen=True):
    """One of Python's unique objects; those from MISSING on are the module `dataclasses`'."""

    name: Literal["Ellipsis", "NotImplemented", "NA", "NaT", "MISSING", "_FIELD", "_FIELD_CLASSVAR", "_FIELD_INITVAR"]


class Slice(Struct, array_like=True, tag="/", frozen=True):
    """A slice or a range; a range's parts are ints."""

    kind: Literal["slice", "range"]
    start: "Value"
    stop: "Value"
    step: "Value"


class Sequence(Struct, array_like=True, tag="L", frozen=True):
    """A container of items in order; list, set and deque have a slot."""

    kind: Literal["list", "tuple", "set", "frozenset", "deque"]
    items: list["Value"]
    maxlen: int | None = None


class Numbers(Struct, array_like=True, tag="N", frozen=True):
    """A list (with a slot) or tuple of only bools, only 64-bit ints or only floats, as an array of `code`."""

    kind: Literal["list", "tuple"]
    code: Literal["?", "q", "d"]
    data: Data


class Mapping(Struct, array_like=True, tag="M", frozen=True):
    """A dict or one of the standard library's; has a slot. `factory` is a built-in type's name, for defaultdict."""

    kind: Literal["dict", "OrderedDict", "defaultdict", "Counter", "mappingproxy"]
    items: list[tuple["Value", "Value"]]
    factory: Literal["", "list", "dict", "set", "int", "float", "str", "bool", "tuple"] = ""


class Record(Struct, array_like=True, tag="T", frozen=True):
    """A named tuple: its class (a `Reference`, or None), its fields and their values."""

    cls: "Value"
    name: str
    fields: list[str]
    items: list["Value"]


class Moment(Struct, array_like=True, tag="D", frozen=True):
    """A date, time or duration; `offset` is a fixed zone's, in seconds. pandas' own: ticks and a unit's number."""

    kind: Literal["datetime", "date", "time", "timedelta", "Timestamp", "Timedelta"]
    parts: list[int]
    offset: float | None = None


class Exact(Struct, array_like=True, tag="F", frozen=True):
    """A Decimal or Fraction, as text."""

    kind: Literal["Decimal", "Fraction"]
    text: str


class Array(Struct, array_like=True, tag="A", frozen=True):
    """A NumPy array in C order; has a slot. `fields` is filled for structured dtypes: names with simple dtypes."""

    dtype: str
    shape: list[int]
    data: Data
    fields: list[tuple[str, str]] = []
    kind: Literal["", "matrix", "recarray"] = ""


class Objects(Struct, array_like=True, tag="O", frozen=True):
    """A NumPy array of objects; has a slot."""

    shape: list[int]
    items: list["Value"]


class Scalar(Struct, array_like=True, tag="a", frozen=True):
    """A NumPy scalar."""

    dtype: str
    data: bytes


class Tensor(Struct, array_like=True, tag="t", frozen=True):
    """A dense CPU copy of a tensor that is no part of a graph; has a slot. `gradient` is its `.grad`."""

    dtype: str
    shape: list[int]
    data: Data
    requires_grad: bool = False
    is_parameter: bool = False
    gradient: "Tensor | None" = None


class Mirror(Struct, array_like=True, tag="m", frozen=True):
    """A leaf that requires gradients (or a shared module's tensor): both sides hold a copy, kept equal by `Update`s.

    `tensor` comes along the first time.
    """

    id: int
    tensor: Tensor | None = None


class StandIn(Struct, array_like=True, tag="s", frozen=True):
    """A tensor in the middle of the sender's graph: the receiver's copy is a leaf; gradients are asked for by `id`."""

    id: int
    tensor: Tensor


class Out(Struct, array_like=True, tag="o", frozen=True):
    """One of the answer's `Graph` tensors."""

    index: int


class Torch(Struct, array_like=True, tag="k", frozen=True):
    """A `torch.Size`, dtype or device."""

    kind: Literal["size", "dtype", "device"]
    text: str = ""
    numbers: list[int] = []


class Generator(Struct, array_like=True, tag="R", frozen=True):
    """A source of random numbers and its state; has a slot."""

    kind: Literal["torch", "Generator", "RandomState", "random"]
    name: str
    state: "Value"


class Index(Struct, array_like=True, tag="i", frozen=True):
    """A pandas index: a range, values, or a MultiIndex's levels as columns."""

    kind: Literal["range", "values", "multi"]
    columns: list["Value"]
    names: list["Value"]


class Column(Struct, array_like=True, tag="c", frozen=True):
    """One pandas column: values, with missing ones where `missing` is set.

    dtype: pandas' name of it. For a categorical `values` are the codes and `categories` an index.
    """

    dtype: str
    values: "Value"
    missing: "Value" = None
    categories: "Index | None" = None
    is_ordered: bool = False


class Table(Struct, array_like=True, tag="P", frozen=True):
    """A pandas frame, series or index; frame and series have a slot."""

    kind: Literal["frame", "series", "index"]
    index: Index
    columns: list[Column] = []
    header: Index | None = None
    name: "Value" = None


class Back(Struct, array_like=True, tag="b", frozen=True):
    """What slot of the same message holds."""

    slot: int


class Argument(Struct, array_like=True, tag="g", frozen=True):
    """What slot of the request that is being answered holds."""

    slot: int


class Module(Struct, array_like=True, tag="d", frozen=True):
    """A Python module, by name; `reference` serves who does not have it."""

    name: str
    reference: "Reference"


class Known(Struct, array_like=True, tag="K", frozen=True):
    """A type of the built-ins or a library that both sides have, by name."""

    name: str
    reference: "Reference"


class Parameter(Struct, array_like=True, tag="p", frozen=True):
    """One parameter of a signature; `kind` as in `inspect`, `default` None without `has_default`."""

    name: str
    kind: int
    has_default: bool = False
    default: "Value" = None
    annotation: str = ""


class Reference(Struct, array_like=True, tag="r", frozen=True):
    """An object that stays with the sender; the description comes along the first time.

    kind: decides the proxy. `cls` is a reference itself, with `bases` and `methods` (special methods that
    the class defines, from a fixed list) and `public` (importable names of library classes among its ancestors).
    `base` names what an object holds that is a value in itself: the built-in that its class descends from, "path" or
    "namespace". `flavour` is how a function is called: plainly, as a coroutine, as a generator or as both.
    """

    id: int
    kind: Literal["known", "function", "class", "error", "module", "iterator", "object"] = "known"
    name: str = ""
    qualname: str = ""
    module: str = ""
    doc: str | None = None
    parameters: list[Parameter] | None = None
    cls: "Reference | None" = None
    bases: list["Reference"] = []
    methods: list[str] = []
    public: list[str] = []
    base: str = ""
    is_static: bool = False
    flavour: Literal["", "coroutine", "generator", "async generator"] = ""


class Problem(Struct, array_like=True, tag="x", frozen=True):
    """An exception: its class by name (`reference` when it is no built-in), its arguments, its text.

    `trace` is for staff: the end of the formatted traceback. `origin` numbers an exception that the receiver itself had
    raised in a callback. `cause` is what it was raised from: another of these, or None.
    """

    name: str
    args: list["Value"]
    text: str
    reference: Reference | None = None
    trace: str = ""
    origin: int = 0
    attributes: list[tuple[str, "Value"]] = []
    cause: "Value" = None


class Yours(Struct, array_like=True, tag="y", frozen=True):
    """An object that stays with the receiver, who had sent a `Reference` or a shared module of that id."""

    id: int


class Shared(Struct, array_like=True, tag="h", frozen=True):
    """An object of a library's class, pickled. Goes to the untrusted side only.

    `tensors` are mirrors of a module's parameters and buffers, in order; `references` is what the pickle refers to.
    """

    id: int
    data: Data
    references: list["Value"] = []
    tensors: list[int] = []


Plain: TypeAlias = (
    bool
    | int
    | float
    | str
    | Big
    | Complex
    | Text
    | Blob
    | Singleton
    | Slice
    | Sequence
    | Numbers
    | Mapping
    | Record
    | Moment
    | Exact
    | Array
    | Objects
    | Scalar
    | Tensor
    | Mirror
    | StandIn
    | Out
    | Torch
    | Generator
    | Table
    | Column
    | Back
    | Argument
    | Module
    | Known
    | Reference
    | Problem
    | Yours
    | None
)
# One type serves both directions, because records refer to it by name; the trusted side refuses `Shared` when it reads.
Value: TypeAlias = Plain | Shared
