"""Norms of vectors and matrices of any order, condition numbers, and small composites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from diffcheck.engine.ball_trace import is_ball, is_complex
from diffcheck.engine.ops.choices import abs as abs_
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import (
    equal,
    less,
    logical_and,
    logical_not,
    not_equal,
    stop_gradient,
)
from diffcheck.engine.ops.complex import conj, real
from diffcheck.engine.ops.joining import asarray, stack
from diffcheck.engine.ops.linalg import norm2, solve
from diffcheck.engine.ops.linalg_factor import pinv, svdvals
from diffcheck.engine.ops.linalg_forward import in_lapack
from diffcheck.engine.ops.manipulation import (
    astype,
    expand_dims,
    matrix_transpose,
    moveaxis,
    tril,
    triu,
)
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.reduction import Axis, count_of, expand
from diffcheck.engine.ops.reduction import max as max_
from diffcheck.engine.ops.reduction import min as min_
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.tensor import base, is_recorded, looked_into, shape_of

INFINITY = float("inf")
Ord = float | str | None


def vector_norm(x: Any, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Any:  # noqa: A002 - the array API's name
    """Return the norm of any order along axes; at 0 the gradient is that of least norm, 0.

    Order 0 counts what is not 0, inf and -inf are the extremes.
    """
    if ord == 2:
        y = norm2(x, axis=axis)
    elif ord == INFINITY:
        y = _greatest(abs_(x), axis)
    elif ord == -INFINITY:
        y = min_(abs_(x), axis)
    elif ord == 0:
        y = sum_(astype(not_equal(x, 0), base(x).real.dtype), axis)
    elif ord == 1:
        y = sum_(abs_(x), axis)
    elif not count_of(x, axis):
        y = sum_(abs_(x), axis) + (0 if ord > 0 else INFINITY)
    else:
        y = _power_norm(x, axis, ord)
    return expand(y, shape_of(x), axis) if keepdims else y


def _greatest(sizes: Any, axis: Axis) -> Any:
    """Return the greatest of some sizes, 0 of none."""
    return max_(sizes, axis) if count_of(sizes, axis) else sum_(sizes, axis)


def _power_norm(x: Any, axis: Axis, order: float) -> Any:
    """Return the norm of order p, scaled by the greatest element: powers must not overflow.

    Below order 1 an element that is 0 stands at a cusp: its subgradient of least norm is 0, too.
    """
    size = abs_(x)
    top = stop_gradient(max_(size, axis, keepdims=True))  # it cancels
    flat = equal(top, 0)
    scale = where(flat, 1, top)
    none = equal(size, 0) if 0 < order < 1 else flat
    terms = (where(none, 1, size) / where(none, 1, scale)) ** order
    total = sum_(where(logical_and(none, logical_not(flat)), 0, terms), axis, keepdims=True)
    return sum_(where(flat, 0, scale * total ** (1 / order)), axis)


def matrix_norm(x: Any, *, keepdims: bool = False, ord: Ord = "fro") -> Any:  # noqa: A002 - the array API's name
    """Return a norm of matrices: "fro", "nuc", 1, 2, inf, -1, -2 or -inf.

    Raises `ValueError` for another order.
    """
    if ord in (None, "fro"):
        y = norm2(x, axis=(-2, -1))
    elif ord == "nuc":
        s = svdvals(x)
        y = sum_(where(equal(s, 0), 0, s), -1)  # at 0, too, the subgradient of least norm
    elif ord in (2, -2):
        s = svdvals(x)
        s = _greatest(s, -1) if not shape_of(s)[-1] else s[..., 0 if ord == 2 else -1]
        y = where(equal(s, 0), 0, s)
    elif ord in (1, -1, INFINITY, -INFINITY):
        sums = sum_(abs_(x), -2 if ord in (1, -1) else -1)
        y = _greatest(sums, -1) if ord in (1, INFINITY) else min_(sums, -1)
    else:
        raise ValueError(f"matrix_norm of order {ord!r}: expected 'fro', 'nuc', ±1, ±2 or ±inf")
    return expand(y, shape_of(x), (-2, -1)) if keepdims else y


def norm(x: Any, ord: Ord = None, axis: Axis = None, *, keepdims: bool = False) -> Any:  # noqa: A002 - NumPy's name
    """Return NumPy's norm: of all elements by default, of matrices for two axes and an order."""
    rank = len(shape_of(x))
    places = tuple(range(rank)) if axis is None else (axis,) if isinstance(axis, int) else axis
    if ord is None:
        return vector_norm(x, axis=axis, keepdims=keepdims)
    if len(places) == 1:
        if isinstance(ord, str):
            raise ValueError(f"norm: {ord!r} is a norm of matrices, and there is one axis")
        return vector_norm(x, axis=places[0], keepdims=keepdims, ord=ord)
    moved = moveaxis(moveaxis(x, places[0], -1), places[1] - (places[1] > places[0]), -1)
    y = matrix_norm(moved, ord=ord)
    return expand(y, shape_of(x), axis) if keepdims else y


def cond(x: Any, p: Ord = None) -> Any:
    """Return the condition number, of the 2-norm by default."""
    if p in (None, 2, -2):
        s = svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    from_inverse = solve(x, np.eye(shape_of(x)[-1], dtype=base(x).dtype))
    return matrix_norm(x, ord=p) * matrix_norm(from_inverse, ord=p)


def cross(a: Any, b: Any, *, axis: int = -1) -> Any:
    """Return the cross product of vectors of length 3 along an axis."""
    u, v = moveaxis(a, axis, 0), moveaxis(b, axis, 0)
    _check_lengths(u, v, (3,))
    return moveaxis(_crossed(u, v), 0, axis)


def cross_between(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """Return NumPy's cross product: of vectors of length 2 or 3, along an axis of each."""
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis,) * 3
    u, v = moveaxis(asarray(a), axisa, 0), moveaxis(asarray(b), axisb, 0)
    _check_lengths(u, v, (2, 3))
    if shape_of(u)[0] == shape_of(v)[0] == 2:
        return u[0] * v[1] - u[1] * v[0]
    parts = [[w[0], w[1], w[2] if shape_of(w)[0] == 3 else 0 * w[0]] for w in (u, v)]
    return moveaxis(_crossed(*parts), 0, axisc)


def _check_lengths(u: Any, v: Any, allowed: tuple[int, ...]) -> None:
    lengths = shape_of(u)[0], shape_of(v)[0]
    if not set(lengths) <= set(allowed):
        raise ValueError(f"cross: vectors of lengths {lengths}, where there are those of {allowed}")


def _crossed(u: Any, v: Any) -> Any:
    """Return the three components of a cross product, along a new first axis."""
    order = ((1, 2), (2, 0), (0, 1))
    return stack([u[i] * v[j] - u[j] * v[i] for i, j in order])


def multi_dot(arrays: Sequence[Any]) -> Any:
    """Return the product of several matrices, from left to right."""
    product = arrays[0]
    for a in arrays[1:]:
        product = matmul(product, a)
    return product


def solve_triangular(
    a: Any, b: Any, *, lower: bool = False, trans: int | str = 0, unit_diagonal: bool = False
) -> Any:
    """Return x with T x = b, T the upper or lower triangle of a.

    It is transposed for a `trans` of 1 or "T", and conjugated too for 2 or "C"; 0 and "N" leave it,
    and another raises `ValueError`. With `unit_diagonal` its diagonal counts as ones.
    """
    if trans not in (0, 1, 2, "N", "T", "C"):
        raise ValueError(f"solve_triangular: no trans {trans!r}; there are 0, 1, 2, 'N', 'T', 'C'")
    edge = 1 if unit_diagonal else 0
    triangle = tril(a, -edge) if lower else triu(a, edge)
    if unit_diagonal:
        triangle = triangle + np.eye(shape_of(a)[-1], dtype=np.int8)
    triangle = conj(triangle) if trans in (2, "C") else triangle
    return solve(triangle if trans in (0, "N") else matrix_transpose(triangle), b)


class LstsqResult(NamedTuple):
    """The solution of least squares, the sum of its squared residuals, and what NumPy adds."""

    x: Any
    residuals: Any
    rank: Any
    singular_values: Any


def lstsq(a: Any, b: Any, rcond: float | None = None, *, rtol: float | None = None) -> LstsqResult:
    """Return the x of least norm that minimises |a x - b|, by the pseudo-inverse.

    Singular values below rtol (NumPy's `rcond`) times the greatest count as 0. Of balls, which have
    full rank here, the singular values are left out.
    """
    tolerance = rcond if rtol is None else rtol
    x = matmul(pinv(a, rtol=tolerance), b)
    rest = matmul(a, x) - b
    squares = sum_(real(rest * conj(rest)) if is_complex(rest) else rest * rest, 0)
    if is_ball(a):
        return LstsqResult(x, squares, min(shape_of(a)), None)
    return LstsqResult(x, squares, matrix_rank(a, rtol=tolerance), svdvals(a))


def matrix_rank(
    x: Any, tol: Any = None, hermitian: bool = False, *, rtol: float | None = None
) -> Any:
    """Return how many singular values are not negligible: a constant almost everywhere."""
    if not is_recorded(x):
        options = {"tol": tol, "hermitian": hermitian, "rtol": rtol}
        return in_lapack(lambda x: np.linalg.matrix_rank(x, **options))(looked_into(x))
    s = svdvals(x)
    if tol is None:
        unit = np.finfo(base(x).dtype).eps * max(shape_of(x)[-2:])
        tol = max_(s, -1) * (unit if rtol is None else rtol)
    return sum_(astype(less(expand_dims(asarray(tol), -1), s), np.int64), -1)
