"""NumPy object arrays of SymPy expressions, with sums that SymPy flattens once and not n times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import prod
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from diffcheck.case.symrecorder import named_if_long
from diffcheck.case.symspecial import maximum, minimum

Axis = int | Sequence[int] | None


class SymbolicArray(np.ndarray[Any, np.dtype[Any]]):
    """An object array of SymPy expressions: comparisons are relations, reductions are flat.

    `Add(*terms)` is linear in the count of terms, where adding one after another is quadratic.
    """

    def __array_wrap__(
        self,
        array: Any,
        context: Any = None,
        return_scalar: bool = False,
    ) -> Any:
        return array[()] if array.ndim == 0 else array.view(SymbolicArray)

    def __matmul__(self, other: Any) -> Any:
        return matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return matmul(other, self)

    def sum(self, axis: Axis = None, *, keepdims: bool = False, **_unused: Any) -> Any:  # type: ignore[override]  # fewer arguments than NumPy's
        return reduce_with(sympy.Add, self, axis, keepdims)

    def prod(self, axis: Axis = None, *, keepdims: bool = False, **_unused: Any) -> Any:  # type: ignore[override]  # fewer arguments than NumPy's
        return reduce_with(sympy.Mul, self, axis, keepdims)

    def mean(self, axis: Axis = None, *, keepdims: bool = False, **_unused: Any) -> Any:  # type: ignore[override]  # fewer arguments than NumPy's
        return reduce_with(_mean, self, axis, keepdims)

    def max(self, axis: Axis = None, *, keepdims: bool = False, **_unused: Any) -> Any:  # type: ignore[override]  # fewer arguments than NumPy's
        return reduce_with(maximum, self, axis, keepdims)

    def min(self, axis: Axis = None, *, keepdims: bool = False, **_unused: Any) -> Any:  # type: ignore[override]  # fewer arguments than NumPy's
        return reduce_with(minimum, self, axis, keepdims)

    # An element-wise relation, as SymPy's scalars give; NumPy's own would ask for its truth value.
    def __lt__(self, other: Any) -> Any:
        return elementwise(sympy.Lt)(self, other)

    def __le__(self, other: Any) -> Any:
        return elementwise(sympy.Le)(self, other)

    def __gt__(self, other: Any) -> Any:
        return elementwise(sympy.Gt)(self, other)

    def __ge__(self, other: Any) -> Any:
        return elementwise(sympy.Ge)(self, other)


def array(values: Any) -> SymbolicArray:
    """Return nested sequences, arrays or scalars as a symbolic array of SymPy expressions."""
    raw = np.asarray(values, dtype=object)
    flat = np.empty(raw.size, dtype=object)
    flat[:] = [sympy.sympify(_plain(value)) for value in raw.flat]
    return flat.reshape(raw.shape).view(SymbolicArray)


def is_array(value: Any) -> bool:
    return isinstance(value, (np.ndarray, list, tuple))


def unwrap(values: NDArray[Any]) -> Any:
    """Return the element of a 0-d array, any other array as a symbolic one."""
    return values[()] if values.ndim == 0 else values.view(SymbolicArray)


def elementwise(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of SymPy expressions map over arrays, with NumPy's broadcasting.

    >>> elementwise(sympy.exp)([0, 1])
    SymbolicArray([1, E], dtype=object)
    """

    def mapped(*args: Any) -> Any:
        if not any(is_array(arg) for arg in args):
            return function(*(sympy.sympify(_plain(arg)) for arg in args))
        operands = np.broadcast_arrays(*(array(arg) for arg in args))
        result = np.empty(operands[0].size, dtype=object)
        rows = zip(*(operand.flat for operand in operands), strict=True)
        result[:] = [function(*row) for row in rows]
        return unwrap(result.reshape(operands[0].shape))

    mapped.__name__ = getattr(function, "__name__", "mapped")
    mapped.__doc__ = f"Map {mapped.__name__} over the elements."
    return mapped


def reduce_with(
    function: Callable[..., Any], values: Any, axis: Axis = None, keepdims: bool = False
) -> Any:
    """Apply `function(*elements)` along the axes (all of them for None)."""
    x = array(values)
    axes = _axes(axis, x.ndim)
    kept = [k for k in range(x.ndim) if k not in axes]
    rows = np.asarray(x).transpose(*kept, *axes).reshape(prod(x.shape[k] for k in kept), -1)
    result = np.empty(len(rows), dtype=object)
    result[:] = [function(*row) for row in rows]
    shape = [1 if k in axes else size for k, size in enumerate(x.shape)]
    return unwrap(result.reshape(shape if keepdims else [x.shape[k] for k in kept]))


def matmul(a: Any, b: Any) -> Any:
    """Return a @ b by NumPy's rules for vectors, matrices and stacks of them."""
    left, right = np.asarray(array(a)), np.asarray(array(b))
    rows = left[None, :] if left.ndim == 1 else left
    columns = right[:, None] if right.ndim == 1 else right
    if rows.shape[-1] != columns.shape[-2]:
        raise ValueError(f"matmul: shapes {left.shape} and {right.shape} do not fit")
    result = _products(rows, np.swapaxes(columns, -1, -2))
    if left.ndim == 1:
        result = result[..., 0, :]
    return unwrap(result[..., 0] if right.ndim == 1 else result)


def dot(a: Any, b: Any) -> Any:
    """Return Σ a·b of two vectors."""
    left, right = array(a), array(b)
    if left.shape != right.shape or left.ndim != 1:
        raise ValueError(f"dot: shapes {left.shape} and {right.shape} do not fit")
    return _inner(left, right)


def _products(rows: NDArray[Any], columns: NDArray[Any]) -> NDArray[Any]:
    """Return the inner products of all rows with all columns, both along the last axis."""
    batch = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    rows = np.broadcast_to(rows, (*batch, *rows.shape[-2:]))
    columns = np.broadcast_to(columns, (*batch, *columns.shape[-2:]))
    result = np.empty((*batch, rows.shape[-2], columns.shape[-2]), dtype=object)
    for *stack, i, j in np.ndindex(result.shape):
        result[(*stack, i, j)] = _inner(rows[(*stack, i)], columns[(*stack, j)])
    return result


def _inner(row: Iterable[Any], column: Iterable[Any]) -> Any:
    pairs = list(zip(row, column, strict=True))
    if all(x.is_Symbol and y.is_Symbol and x != y for x, y in pairs):
        # There is nothing to simplify, and SymPy's search for it takes 50 times as long.
        products = (sympy.Mul(x, y, evaluate=False) for x, y in pairs)
        return named_if_long(sympy.Add(*products, evaluate=False))
    return named_if_long(sympy.Add(*(x * y for x, y in pairs)))


def _axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    given = (axis,) if isinstance(axis, int) else tuple(axis)
    return tuple(k % ndim for k in given)


def _mean(*terms: Any) -> Any:
    return sympy.Add(*terms) / len(terms)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
