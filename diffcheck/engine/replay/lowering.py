"""Composite forwards taken apart: what a forward does with NumPy becomes nodes of the program.

The forward of softmax and that of its slope both compute exp(x - max x); taken apart, it is
computed once, and every step gets a buffer. A forward that looks at values, or calls what is not
known here, stays one opaque node.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from diffcheck.engine.replay.primitives import CHOICE, PLAIN_SUM, Primitive
from diffcheck.engine.replay.templates import UFUNC_OF
from diffcheck.engine.steps import Step
from diffcheck.engine.table import TABLE

if TYPE_CHECKING:
    from diffcheck.engine.replay.trace import Recording

# Ops that have expressions of their own, and gain nothing by being taken apart.
WHOLE: Final = frozenset(
    {"sum", "max", "min", "reshape", "broadcast_to", "permute_dims", "matrix_transpose", "astype",
     "getitem", "scatter_add", "concat", "stack", "pow", "shifted_pow", "einsum", "flip", "roll",
     "tril", "triu", "cumulative_sum", "argsort", "argmax", "argmin", "matmul"}
)  # fmt: skip
LONGEST: Final = 60  # steps; a forward of more is a program of its own
REDUCTIONS: Final = {np.add: PLAIN_SUM, np.maximum: TABLE["max"], np.minimum: TABLE["min"]}


class NotLowerable(Exception):  # noqa: N818 - not an error: the op stays whole
    """A forward did something that cannot be taken apart."""


PRIMITIVES: Final[dict[Any, Any]] = {np.where: CHOICE}


def primitive(ufunc: np.ufunc) -> Any:
    """Return the op that is this ufunc: that of the table where there is one."""
    if not PRIMITIVES.get("filled"):
        for op in TABLE.values():
            found = op.forward if isinstance(op.forward, np.ufunc) else UFUNC_OF.get(op.forward)
            if found is not None and op.name != "matmul":
                PRIMITIVES.setdefault(found, op)
        PRIMITIVES["filled"] = True
    if ufunc not in PRIMITIVES:
        if ufunc.nout != 1 or ufunc.signature is not None:
            raise NotLowerable
        PRIMITIVES[ufunc] = Primitive(ufunc.__name__, ufunc)
    return PRIMITIVES[ufunc]


def is_composite(op: Any, values: tuple[Any, ...]) -> bool:
    """Whether to try: a forward in Python, applied to arrays."""
    if type(op.forward) is not FunctionType or op.name in WHOLE:
        return False
    return any(type(v) is np.ndarray and v.ndim and v.size for v in values)


def lowered(
    trace: Recording, op: Any, values: list[Any], numbers: list[int], params: dict[str, Any]
) -> tuple[Any, int] | None:
    """Return the value and the node of an op whose forward could be taken apart, else None."""
    start = len(trace.nodes)
    symbols = [
        Symbol(trace, v, n, owned=False) if isinstance(v, (np.ndarray, np.generic)) else v
        for v, n in zip(values, numbers, strict=True)
    ]
    try:
        result = op.forward(*symbols, **params)
        short = len(trace.nodes) - start <= LONGEST
    except Exception:  # noqa: BLE001 - whatever a forward cannot do with symbols, it does with arrays
        trace.forget(start)
        return None
    if type(result) is not Symbol or not short or result.number < start:
        trace.forget(start)
        return None
    return result.value, result.number


class Symbol:
    """An array in the hands of a forward: what is done to it is recorded."""

    __slots__ = ("number", "owned", "trace", "value")
    __hash__ = None  # type: ignore[assignment]  # as arrays

    def __init__(self, trace: Recording, value: Any, number: int, *, owned: bool) -> None:
        self.trace, self.value, self.number, self.owned = trace, value, number, owned

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape  # type: ignore[no-any-return]  # values are untyped by design

    @property
    def dtype(self) -> Any:
        return self.value.dtype

    @property
    def flags(self) -> Any:
        return self.value.flags

    @property
    def ndim(self) -> int:
        return len(self.value.shape)

    @property
    def size(self) -> int:
        return self.value.size  # type: ignore[no-any-return]  # as above

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any
    ) -> Any:
        if method == "__call__" and not kwargs:
            result = self._apply(primitive(ufunc), inputs)
        elif method == "reduce" and ufunc in REDUCTIONS and set(kwargs) <= {"axis", "keepdims"}:
            params = {"axis": kwargs.get("axis", 0), "keepdims": kwargs.get("keepdims", False)}
            result = self._apply(REDUCTIONS[ufunc], inputs, params)
        else:
            raise NotLowerable
        return result if out is None else out[0].become(result)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.where and len(args) == 3 and not kwargs:
            return self._apply(PRIMITIVES[np.where], args)
        raise NotLowerable

    def noted(self, step: Step, args: tuple[Any, ...], params: dict[str, Any], out: Any) -> Any:
        """Note down a step; see `steps`."""
        result = self._apply(step, args, params)
        return result if out is None else out.become(result)

    def _apply(self, op: Any, args: tuple[Any, ...], params: dict[str, Any] | None = None) -> Any:
        trace = self.trace
        values, numbers = [], []
        for a in args:
            own = type(a) is Symbol
            values.append(a.value if own else a)
            numbers.append(a.number if own else trace.constant(a))
        y = op.forward(*values, **(params or {}))
        tensor = trace.note(op, values, numbers, len(args), params or {}, y)
        return Symbol(trace, tensor.value, tensor.node, owned=True)

    def become(self, result: Symbol) -> Symbol:
        """Take on another value, as an array does that is written to."""
        if not self.owned or (self.shape, self.dtype) != (result.shape, result.dtype):
            raise NotLowerable
        self.value, self.number = result.value, result.number
        return self

    def reshape(self, *shape: Any) -> Symbol:
        full = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        self.owned = False
        found = self._apply(TABLE["reshape"], (self,), {"shape": self.value.reshape(full).shape})
        found.owned = False
        return found  # type: ignore[no-any-return]  # a Symbol

    def astype(self, dtype: Any) -> Symbol:
        return self._apply(TABLE["astype"], (self,), {"dtype": np.dtype(dtype)})  # type: ignore[no-any-return]  # ops are looked up in a table

    def __getitem__(self, index: Any) -> Symbol:
        if index != ():
            raise NotLowerable
        return self if self.shape else self._apply(TABLE["getitem"], (self,), {"index": ()})

    def __neg__(self) -> Any:
        return np.negative(self)

    def __invert__(self) -> Any:
        return np.invert(self)

    def __abs__(self) -> Any:
        return np.absolute(self)

    def __bool__(self) -> bool:
        raise NotLowerable

    def __float__(self) -> float:
        raise NotLowerable

    def __len__(self) -> int:
        raise NotLowerable


def _operators() -> None:
    """Give symbols the operators of arrays, in place ones included."""
    binary = {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
        "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
        "eq": np.equal, "ne": np.not_equal, "and": np.bitwise_and, "or": np.bitwise_or,
    }  # fmt: skip
    for name, ufunc in binary.items():
        setattr(Symbol, f"__{name}__", lambda a, b, f=ufunc: f(a, b))
        setattr(Symbol, f"__r{name}__", lambda a, b, f=ufunc: f(b, a))
        if name in ("add", "sub", "mul", "truediv"):
            setattr(Symbol, f"__i{name}__", lambda a, b, f=ufunc: f(a, b, out=a))


_operators()
