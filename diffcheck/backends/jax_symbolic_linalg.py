"""JAX's factorizations in SymPy: eliminations whose every step is named.

LU is without pivoting. What JAX makes of it (solve, inv, det, slogdet) does not depend on the
pivots; where a pivot of ours is 0 at the point, the truth says that it is undecided there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import sympy

from diffcheck.backends.jax_symbolic_rules import Unreadable, exactly
from diffcheck.case.symlet import let


def _each(factor: Callable[[Any], Any], stack: Any) -> Any:
    """Apply a function of a matrix to every matrix of a stack."""
    values = np.asarray(exactly(stack))
    result = np.empty(values.shape, dtype=object)
    for index in np.ndindex(values.shape[:-2]):
        result[index] = factor(values[index].copy())
    return result


def _cholesky(A: Any) -> Any:
    n = len(A)
    L = np.full((n, n), sympy.S.Zero, dtype=object)
    for j in range(n):
        for i in range(j, n):
            rest = A[i, j] - sympy.Add(*(L[i, k] * L[j, k] for k in range(j)))
            L[i, j] = let(sympy.sqrt(rest) if i == j else rest / L[j, j])
    return L


def _lu(A: Any) -> Any:
    rows, columns = A.shape
    for k in range(min(rows, columns)):
        for i in range(k + 1, rows):
            A[i, k] = let(A[i, k] / A[k, k])
            for j in range(k + 1, columns):
                A[i, j] = let(A[i, j] - A[i, k] * A[k, j])
    return A


def cholesky(A: Any, **_params: Any) -> list[Any]:
    """Return the lower factor of a symmetric matrix, of which the lower half is read."""
    return [_each(_cholesky, A)]


def lu(A: Any, **_params: Any) -> list[Any]:
    """Return both factors in one matrix, and no exchanges."""
    factors = _each(_lu, A)
    batch, (rows, columns) = factors.shape[:-2], factors.shape[-2:]
    pivots = np.broadcast_to(np.arange(min(rows, columns), dtype=np.int32), (*batch, rows))
    return [factors, pivots, np.broadcast_to(np.arange(rows, dtype=np.int32), (*batch, rows))]


def triangular_solve(
    A: Any,
    B: Any,
    *,
    left_side: bool,
    lower: bool,
    transpose_a: bool,
    unit_diagonal: bool,
    **_params: Any,
) -> list[Any]:
    """Return X with A X = B, or X A = B, for a triangular A, by substitution."""
    triangle, right = np.asarray(exactly(A)), np.asarray(exactly(B))
    if triangle.ndim != 2 or right.ndim != 2:
        raise Unreadable("triangular_solve of a stack of matrices")
    if transpose_a:
        triangle, lower = triangle.T, not lower
    if not left_side:  # X A = B is Aᵀ Xᵀ = Bᵀ
        triangle, lower, right = triangle.T, not lower, right.T
    n = len(triangle)
    X = np.empty(right.shape, dtype=object)
    order = range(n) if lower else range(n - 1, -1, -1)
    for i in order:
        known = range(i) if lower else range(i + 1, n)
        for j in range(right.shape[1]):
            rest = right[i, j] - sympy.Add(*(triangle[i, k] * X[k, j] for k in known))
            X[i, j] = let(rest if unit_diagonal else rest / triangle[i, i])
    return [X if left_side else X.T]


FACTORIZATIONS: Final[dict[str, Callable[..., list[Any]]]] = {
    "cholesky": cholesky,
    "lu": lu,
    "triangular_solve": triangular_solve,
}
