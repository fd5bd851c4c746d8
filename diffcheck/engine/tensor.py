"""Tensors: a value together with what one trace knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import numpy as np

OPS: Final[dict[str, Callable[..., Any]]] = {}
"""The entry of every op by name, filled by `table.op`."""


class Tensor:
    """A value in a trace; everything done to it is recorded there.

    The arithmetic and comparison operators are the entries of their ops, see `OPERATORS`.
    `value` is a NumPy array or scalar, an object array of balls, or a tensor of an outer trace.
    `node` is what the trace knows of it: its slot on a tape, its tangent, or nothing.
    `form` is an array's outline, None where nobody asked for it; see `slimming.shared_form`.
    Tensors are made by `tensor_of`: a class without `__init__` is called a third faster.
    """

    __slots__ = ("form", "node", "trace", "value")

    value: Any
    trace: Any
    node: Any
    form: Any
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Tensor({self.value!r})"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape  # type: ignore[no-any-return]  # values are untyped by design

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.value.dtype  # type: ignore[no-any-return]  # as above

    @property
    def ndim(self) -> int:
        return len(self.value.shape)

    @property
    def size(self) -> int:
        return self.value.size  # type: ignore[no-any-return]  # as above

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def T(self) -> Any:
        return OPS["permute_dims"](self, axes=tuple(range(self.ndim))[::-1])

    @property
    def mT(self) -> Any:
        return OPS["matrix_transpose"](self)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a tensor without axes")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        answer = OPS["not_equal"](self, 0)
        if type(answer) is Tensor:  # of a trace that records comparisons, too
            refuse = getattr(answer.trace, "refuse", None)
            raise refuse("the truth") if refuse else TypeError("a tensor of a batch has no truth")
        return bool(answer)

    def __float__(self) -> float:
        if hasattr(outermost := self._outermost().trace, "refuse"):
            raise outermost.refuse("float()")
        raise TypeError(
            "float() of a traced tensor would cut it off from its derivative; "
            "keep it a tensor, or call engine.stop_gradient first"
        )

    def item(self) -> float:
        """Refuse as `float` does, or say what the program of `compile` looked at."""
        return float(self)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return OPS["floor_divide"](self, other), OPS["remainder"](self, other)

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return OPS["floor_divide"](other, self), OPS["remainder"](other, self)

    def _outermost(self) -> Tensor:
        return self.value._outermost() if type(self.value) is Tensor else self  # noqa: SLF001 - own

    def __getitem__(self, index: Any) -> Any:
        return OPS["getitem"](self, index=index)

    if TYPE_CHECKING:  # bound by `bind_methods`, `bind_operator` and `numpy_calls`

        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any: ...
        def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any: ...
        def reshape(self, *shape: Any, order: str = "C") -> Any: ...

        def __neg__(self) -> Any: ...
        def __abs__(self) -> Any: ...
        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __rmul__(self, other: Any) -> Any: ...
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...
        def __pow__(self, other: Any) -> Any: ...
        def __rpow__(self, other: Any) -> Any: ...
        def __matmul__(self, other: Any) -> Any: ...
        def __rmatmul__(self, other: Any) -> Any: ...
        def __lt__(self, other: Any) -> Any: ...
        def __le__(self, other: Any) -> Any: ...
        def __gt__(self, other: Any) -> Any: ...
        def __ge__(self, other: Any) -> Any: ...

    def __pos__(self) -> Any:
        return self

    def __array__(self, *_args: Any, **_options: Any) -> Any:
        raise TypeError(
            "NumPy cannot look into a traced tensor: call the function of the same name from "
            "diffcheck.engine, or engine.stop_gradient first if no derivative is wanted"
        )

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            "nothing can be written into a traced tensor: make a new one, with engine.where, "
            "engine.concat or engine.stack, or fill a list and stack it"
        )

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        return import_module("diffcheck.engine")

    @property
    def device(self) -> str:
        return "cpu"

    def to_device(self, device: str, /, *, stream: Any = None) -> Tensor:  # noqa: ARG002 - the standard's signature
        if device != "cpu":
            raise ValueError(f"the engine computes on 'cpu', not on {device!r}")
        return self

    def copy(self) -> Tensor:
        return self  # nothing can be written into a tensor

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        return self  # a copy of its trace would know of no derivative

    def flatten(self, order: str = "C") -> Any:
        return self.reshape(-1, order=order)

    def __round__(self, digits: int | None = None) -> Any:
        return OPS["round"](self, decimals=digits or 0)

    def transpose(self, *axes: Any) -> Any:
        return OPS["permute_dims"](self, axes=_one_tuple(axes)) if axes else self.T

    def astype(self, dtype: Any) -> Any:
        return OPS["astype"](self, dtype=dtype)


def tensor_of(value: Any, trace: Any, node: Any) -> Tensor:
    """Return a new tensor."""
    tensor = Tensor()
    tensor.value = value
    tensor.trace = trace
    tensor.node = node
    tensor.form = None
    return tensor


METHODS: Final = (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "clip", "conj", "conjugate",
    "cumprod", "cumsum", "diagonal", "dot", "max", "mean", "min", "nonzero", "prod", "ravel",
    "repeat", "round", "searchsorted", "squeeze", "std", "sum", "swapaxes", "take", "var",
)  # fmt: skip


def bind_methods(functions: dict[str, Any]) -> None:
    """Give tensors the other methods of an array, which are functions of the namespace.

    They stand in the class, and not behind a `__getattr__`: a class that has one is not looked up
    by Python's fast way, and every attribute of a tensor would cost three times as much.
    """
    for name in METHODS:
        setattr(Tensor, name, functions[name])
    for name in ("real", "imag"):
        setattr(Tensor, name, property(functions[name]))
    compress = functions["compress"]
    Tensor.compress = lambda self, condition, axis=None: compress(condition, self, axis)  # type: ignore[attr-defined]  # methods are ops, made after both
    reshape = functions["reshape"]
    Tensor.reshape = lambda self, *shape, order="C": reshape(self, _one_tuple(shape), order)  # type: ignore[method-assign]  # methods are ops, made after both


OPERATORS: Final = {
    "__neg__": "negative", "__abs__": "abs", "__add__": "add", "__sub__": "subtract",
    "__mul__": "multiply", "__truediv__": "divide", "__pow__": "pow", "__matmul__": "matmul",
    "__lt__": "less", "__le__": "less_equal", "__gt__": "greater", "__ge__": "greater_equal",
    "__eq__": "equal", "__ne__": "not_equal", "__mod__": "remainder",
    "__floordiv__": "floor_divide",
}  # fmt: skip
REFLECTED: Final = {
    "__radd__": "add", "__rsub__": "subtract", "__rmul__": "multiply", "__rtruediv__": "divide",
    "__rpow__": "pow", "__rmatmul__": "matmul", "__rmod__": "remainder",
    "__rfloordiv__": "floor_divide",
}  # fmt: skip
IN_OPERATORS: Final = frozenset((*OPERATORS.values(), *REFLECTED.values()))


def bind_operator(name: str, method: Callable[..., Any], reflected: Callable[..., Any]) -> None:
    """Let the operators of one op be its methods, without a step between."""
    for operator, op in OPERATORS.items():
        if op == name:
            setattr(Tensor, operator, method)
    for operator, op in REFLECTED.items():
        if op == name:
            setattr(Tensor, operator, reflected)


def in_numpy(a: Any, other: Tensor) -> Any:
    """Return an operand; a Python complex would win over a float64 scalar, and stay Python."""
    return np.complex128(a) if type(a) is complex and type(base(other)) is np.float64 else a


def _one_tuple(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return `(2, 3)` for both `f(2, 3)` and `f((2, 3))`."""
    return tuple(items[0]) if len(items) == 1 and not np.isscalar(items[0]) else items


def base(x: Any) -> Any:
    """Return the innermost value: an array, a scalar, or an object array of balls."""
    while type(x) is Tensor:
        x = x.value
    return x


def looked_into(x: Any) -> Any:
    """Return the innermost value, to compute a constant from it; `compile` cannot allow that."""
    while type(x) is Tensor:
        if hasattr(x.trace, "refuse"):
            raise x.trace.refuse("the value")
        x = x.value
    return x


def is_recorded(x: Any) -> bool:
    """Whether x stands in a program that `compile` records, which must not look at its value."""
    while type(x) is Tensor:
        if hasattr(x.trace, "refuse"):
            return True
        x = x.value
    return False


def axis_of(axis: int, rank: int) -> int:
    """Return an axis as a non-negative number; raises NumPy's `AxisError` if there is no such."""
    if not -rank <= axis < rank:
        raise np.exceptions.AxisError(axis, rank)
    return axis % rank


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of a tensor, an array or a Python scalar."""
    try:
        return x.shape  # type: ignore[no-any-return]  # values are untyped by design
    except AttributeError:
        return np.shape(x)
