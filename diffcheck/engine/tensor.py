"""Tensors: a value together with what one trace knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

OPS: Final[dict[str, Callable[..., Any]]] = {}
"""The entry of every op by name, filled by `table.op`; the operators below look themselves up."""


class Tensor:
    """A value in a trace; everything done to it is recorded there.

    `value` is a NumPy array or scalar, an object array of balls, or a tensor of an outer trace.
    `node` is what the trace knows of it: its slot on a tape, its tangent, or nothing.
    """

    __slots__ = ("node", "trace", "value")
    __array_ufunc__ = None  # ndarray + Tensor is the tensor's business
    __hash__ = object.__hash__

    def __init__(self, value: Any, trace: Any, node: Any) -> None:
        self.value = value
        self.trace = trace
        self.node = node

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
        return bool(OPS["not_equal"](self, 0))

    def __float__(self) -> float:
        raise TypeError(
            "float() of a traced tensor would cut it off from its derivative; "
            "keep it a tensor, or call engine.stop_gradient first"
        )

    def __getitem__(self, index: Any) -> Any:
        return OPS["getitem"](self, index=index)

    def __neg__(self) -> Any:
        return OPS["negative"](self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return OPS["abs"](self)

    def __add__(self, other: Any) -> Any:
        return OPS["add"](self, other)

    def __radd__(self, other: Any) -> Any:
        return OPS["add"](other, self)

    def __sub__(self, other: Any) -> Any:
        return OPS["subtract"](self, other)

    def __rsub__(self, other: Any) -> Any:
        return OPS["subtract"](other, self)

    def __mul__(self, other: Any) -> Any:
        return OPS["multiply"](self, other)

    def __rmul__(self, other: Any) -> Any:
        return OPS["multiply"](other, self)

    def __truediv__(self, other: Any) -> Any:
        return OPS["divide"](self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return OPS["divide"](other, self)

    def __pow__(self, other: Any) -> Any:
        return OPS["pow"](self, other)

    def __rpow__(self, other: Any) -> Any:
        return OPS["pow"](other, self)

    def __matmul__(self, other: Any) -> Any:
        return OPS["matmul"](self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return OPS["matmul"](other, self)

    def __lt__(self, other: Any) -> Any:
        return OPS["less"](self, other)

    def __le__(self, other: Any) -> Any:
        return OPS["less_equal"](self, other)

    def __gt__(self, other: Any) -> Any:
        return OPS["greater"](self, other)

    def __ge__(self, other: Any) -> Any:
        return OPS["greater_equal"](self, other)

    def __eq__(self, other: object) -> Any:
        return OPS["equal"](self, other)

    def __ne__(self, other: object) -> Any:
        return OPS["not_equal"](self, other)

    def reshape(self, *shape: Any) -> Any:
        return OPS["reshape"](self, shape=_one_tuple(shape))

    def transpose(self, *axes: Any) -> Any:
        return OPS["permute_dims"](self, axes=_one_tuple(axes)) if axes else self.T

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return OPS["sum"](self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        total = OPS["sum"](self, axis=axis, keepdims=keepdims)
        return total / (self.size // max(total.size, 1))

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return OPS["max"](self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        return OPS["min"](self, axis=axis, keepdims=keepdims)

    def astype(self, dtype: Any) -> Any:
        return OPS["astype"](self, dtype=dtype)


def _one_tuple(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return `(2, 3)` for both `f(2, 3)` and `f((2, 3))`."""
    return tuple(items[0]) if len(items) == 1 and not np.isscalar(items[0]) else items


def base(x: Any) -> Any:
    """Return the innermost value: an array, a scalar, or an object array of balls."""
    while type(x) is Tensor:
        x = x.value
    return x


def shape_of(x: Any) -> tuple[int, ...]:
    """Return the shape of a tensor, an array or a Python scalar."""
    try:
        return x.shape  # type: ignore[no-any-return]  # values are untyped by design
    except AttributeError:
        return np.shape(x)
