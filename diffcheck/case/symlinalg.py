"""Linear algebra on matrices of SymPy expressions: division-free where that is possible."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from diffcheck.case.symarrays import array, elementwise, matmul, unwrap
from diffcheck.case.symlet import let


def det(a: Any) -> Any:
    """Return the determinant by cofactors: no pivots, so no division to be undefined by."""
    return _matrix(a).det(method="laplace")


def inv(a: Any) -> Any:
    """Return adj(A) / det(A); the determinant is a named intermediate inside a definition."""
    matrix = _matrix(a)
    adjugate = array(matrix.adjugate(method="laplace").tolist())
    return adjugate / let(matrix.det(method="laplace"))


def solve(a: Any, b: Any) -> Any:
    """Return x with A x = b, for a vector or a matrix b."""
    return matmul(inv(a), b)


def trace(a: Any) -> Any:
    """Return the sum of the diagonal."""
    return sympy.Add(*np.asarray(array(a)).diagonal())


def diagonal(a: Any) -> Any:
    """Return the diagonal of a matrix."""
    return unwrap(np.asarray(array(a)).diagonal())


def outer(a: Any, b: Any) -> Any:
    """Return the matrix of all products a_i b_j."""
    left, right = array(a), array(b)
    return elementwise(sympy.Mul)(left[:, None], right[None, :])


def matrix_power(a: Any, n: int) -> Any:
    """Return A^n for n >= 1."""
    result = array(a)
    for _ in range(n - 1):
        result = matmul(result, a)
    return result


def _matrix(a: Any) -> Any:
    return sympy.Matrix(np.asarray(array(a)).tolist())
