"""Forwards of linear algebra that NumPy lacks, or that overflow where the answer does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from flint import arb

from diffcheck.engine.ops.repeated import groups, together


def in_lapack(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of LAPACK's that answers in the format it was asked in.

    Half precisions are computed in float32 and rounded once; longdouble in float64, which is all
    LAPACK has. A complex answer to half precision stays complex64, the smallest format there is.
    """

    @wraps(function)
    def forward(*args: Any, **params: Any) -> Any:
        if all(a.dtype.char in "fdFD" or a.dtype.kind in "iub" for a in args):
            return function(*args, **params)
        dtype = np.result_type(*args)
        half = dtype.itemsize == 2
        wide = np.float32 if half or dtype.char in "fF" else np.float64
        given = [_in_real_format(a, wide) for a in args]
        y = function(*given, **{key: _in_real_format(a, wide) for key, a in params.items()})
        if y.dtype.kind not in ("f" if half else "fc"):
            return y
        if half:
            return y.astype(dtype)
        return y.astype(np.result_type(y, dtype), copy=False)

    return forward


def _in_real_format(a: Any, dtype: Any) -> Any:
    """Return an array in a real format, or in the complex one of its parts."""
    if not isinstance(a, (np.ndarray, np.generic)) or a.dtype.kind not in "fcV":
        return a
    return a.astype(np.result_type(dtype, np.complex64) if a.dtype.kind == "c" else dtype)


@in_lapack
def det(x: Any) -> Any:
    """Return the determinant; small matrices by their formula, exact where the products are.

    LU would leave rounding in the determinant of [[0.1, 0.2], [0.1, 0.2]], whose value is 0.
    """
    if x.shape[-1] == 1:
        return x[..., 0, 0]
    if x.shape[-1] == 2:
        return x[..., 0, 0] * x[..., 1, 1] - x[..., 0, 1] * x[..., 1, 0]
    return np.linalg.det(x)


@in_lapack
def logabsdet_slope(x: Any) -> Any:
    """Return the transposed inverse, nan for a singular matrix."""
    singular = np.isneginf(np.linalg.slogdet(x).logabsdet)[..., None, None]
    regular = np.where(singular, np.eye(x.shape[-1], dtype=x.dtype), x)
    return np.where(singular, x.dtype.type(np.nan), np.swapaxes(np.linalg.inv(regular), -1, -2))


@in_lapack
def eigh(x: Any, *, toward: Any = None) -> Any:
    """Return the eigenvalues, ascending, above the eigenvectors, each with a fixed sign.

    Vectors of equal values are those that the matrix has, in the limit, when moved `toward`.
    """
    values, vectors = np.linalg.eigh(x)
    values = together(values, lambda: lengths(x @ vectors - vectors * values[..., None, :]))
    if toward is not None:
        for index in np.ndindex(values.shape[:-1]):
            for group in groups(values[index]):
                v = vectors[index][:, group]
                inner = v.conj().T @ np.broadcast_to(toward, x.shape)[index] @ v
                vectors[index][:, group] = v @ np.linalg.eigh(0.5 * (inner + inner.conj().T))[1]
    signs = np.sign(largest_elements(vectors))
    return np.concatenate([values[..., None, :], vectors * np.conj(signs)], axis=-2)


def largest_elements(m: Any) -> Any:
    """Return the element of greatest absolute value of each column, 1 where there is none."""
    if not m.shape[-2]:
        return np.ones((*m.shape[:-2], 1, m.shape[-1]), m.dtype)
    return np.take_along_axis(m, np.argmax(np.abs(m), axis=-2, keepdims=True), axis=-2)


def lengths(m: Any) -> Any:
    """Return the norms of the columns of matrices."""
    return np.sqrt(np.sum(np.abs(m) ** 2, axis=-2))


def expm(x: Any) -> Any:
    """Return the matrix exponential: Taylor's series of x/2^s, squared s times.

    With a norm of x/2^s below 1/2 the series of 20 terms is exact to quadruple precision, and the
    only loss is that of the squarings. SciPy's formula for 2 x 2 loses 50 ulps at moderate norms.
    """
    norm = np.max(np.sum(np.abs(x), axis=-2), initial=0)
    squarings = max(0, int(np.frexp(norm)[1]) + 1) if np.isfinite(norm) else 0
    scaled = x * np.ldexp(norm.dtype.type(1), -squarings)
    eye = np.eye(x.shape[-1], dtype=x.dtype)
    y = eye
    for k in range(20, 0, -1):
        y = eye + (scaled @ y) / k
    for _ in range(squarings):
        y = y @ y
    return y


def norm2(x: Any, *, axis: Any) -> Any:
    """Return the 2-norm; extreme magnitudes are scaled by a power of 2 first."""
    if x.dtype.kind == "V":  # bfloat16: NumPy cannot take it apart
        return norm2(x.astype(np.float32), axis=axis).astype(x.dtype)
    if x.dtype.kind == "c":
        x = np.abs(x)
    largest = np.maximum.reduce(np.abs(x), axis=axis, keepdims=True, initial=0)
    _, exponents = np.frexp(np.where(np.isfinite(largest), largest, 1))
    limit = np.finfo(x.dtype).maxexp // 4
    shifts = np.where(np.abs(exponents) > limit, exponents, 0)
    scaled = np.ldexp(x, -shifts)
    total = np.sqrt(np.add.reduce(scaled * scaled, axis=axis, keepdims=True))
    y = np.ldexp(total, shifts)
    return y.reshape(np.add.reduce(x, axis=axis).shape)[()]


def norm2_ball(x: Any, *, axis: Any) -> Any:
    """Return the 2-norm of balls."""
    total = np.add.reduce(x * x, axis=axis)
    return np.frompyfunc(arb.sqrt, 1, 1)(total)
