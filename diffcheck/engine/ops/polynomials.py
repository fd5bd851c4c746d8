"""Polynomials by NumPy's names: coefficients from the highest power down."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.joining import asarray, concat, stack
from diffcheck.engine.ops.linalg_factor import eigvals, pinv
from diffcheck.engine.ops.neural_more import convolve
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.tensor import shape_of
from diffcheck.engine.values import ones_like


def polyval(p: Any, x: Any) -> Any:
    """Return a polynomial's value at x, by Horner's scheme."""
    y = 0 * x
    for k in range(len(p)):
        y = y * x + p[k]
    return y


def _aligned(a: Any, b: Any) -> tuple[Any, Any]:
    """Return two polynomials of equal length, zeros before the shorter one."""
    a, b = asarray(a), asarray(b)
    n = max(shape_of(a)[0], shape_of(b)[0])

    def longer(p: Any) -> Any:
        missing = n - shape_of(p)[0]
        return concat([np.zeros(missing, dtype=np.int8), p]) if missing else p

    return longer(a), longer(b)


def polyadd(a1: Any, a2: Any) -> Any:
    """Return the sum of two polynomials."""
    a, b = _aligned(a1, a2)
    return a + b


def polysub(a1: Any, a2: Any) -> Any:
    """Return the difference of two polynomials."""
    a, b = _aligned(a1, a2)
    return a - b


def polymul(a1: Any, a2: Any) -> Any:
    """Return the product of two polynomials."""
    return convolve(asarray(a1), asarray(a2))


def polyder(p: Any, m: int = 1) -> Any:
    """Return the m-th derivative of a polynomial."""
    p = asarray(p)
    for _ in range(m):
        n = shape_of(p)[0]
        p = p[:-1] * np.arange(n - 1, 0, -1)
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """Return the m-th integral of a polynomial, with the constants k, 0 by default."""
    p = asarray(p)
    constants = np.zeros(m, dtype=np.int8) if k is None else np.broadcast_to(np.atleast_1d(k), m)
    for constant in constants:
        n = shape_of(p)[0]
        p = concat([p / np.arange(n, 0, -1), np.atleast_1d(constant)])
    return p


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Return the matrix of powers of x, the highest first unless they are to increase."""
    count = shape_of(x)[0] if N is None else N
    columns = [ones_like(x)]
    for _ in range(count - 1):
        columns.append(columns[-1] * x)
    columns = columns[:count]
    return stack(columns if increasing else columns[::-1], axis=1)


def polyfit(x: Any, y: Any, deg: int) -> Any:
    """Return the polynomial of least squares through points, differentiable in both coordinates."""
    return matmul(pinv(vander(x, deg + 1)), y)


def roots(p: Any) -> Any:
    """Return the roots of a polynomial without leading zeros, as eigenvalues of its companion."""
    p = asarray(p)
    n = shape_of(p)[0]
    if n < 2:
        return np.zeros(0)
    first = -p[1:] / p[0]
    below = np.eye(n - 2, n - 1, dtype=np.int8)
    return eigvals(concat([first[None, :], below]))


def poly(zeros: Any) -> Any:
    """Return the polynomial with given zeros, or the characteristic one of a matrix."""
    zeros = asarray(zeros)
    if len(shape_of(zeros)) > 1:
        zeros = eigvals(zeros)
    p = np.ones(1, dtype=np.int8)
    for k in range(shape_of(zeros)[0]):
        p = convolve(stack([1 + 0 * zeros[k], -zeros[k]]), p)
    return p
