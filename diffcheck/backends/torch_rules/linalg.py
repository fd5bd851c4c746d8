"""Determinants, inverses and triangular factors, written out in the entries of small matrices.

Up to four rows a determinant is a sum of products, which no zero pivot disturbs; beyond that it is
the product of pivots without exchanges. What torch gives does not depend on the pivots: where one
of ours is 0 at the point, the truth says that it is undecided there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product
from math import prod
from typing import Any, Final

import numpy as np
import sympy
import torch

from diffcheck.backends.torch_rules.products import matmul
from diffcheck.backends.torch_rules.reader import (
    FACTORS,
    Reader,
    Ref,
    Rule,
    moved,
    reshaped,
    unreadable,
)
from diffcheck.truth.arrays.form import X, Y

BY_MINORS: Final = 4  # rows
MOST_ROWS: Final = 16


class Entries:
    """Square matrices, or stacks of them, as one node for each entry."""

    def __init__(self, r: Reader, matrix: Any, name: str) -> None:
        node = r.node(matrix)
        places = r.arrays.positions(node)
        self.r = r
        self.rows, self.columns = places.shape[-2:]
        if max(self.rows, self.columns) > MOST_ROWS:
            raise unreadable(name, f"of matrices of more than {MOST_ROWS} rows")
        at = product(range(self.rows), range(self.columns))
        self.nodes = {(i, j): r.arrays.take(places[..., i, j], node) for i, j in at}
        self._minors: dict[Any, int] = {}

    def minor(self, rows: Sequence[int], columns: Sequence[int]) -> int:
        """Return the determinant of a square part, by its first row."""
        key = (tuple(rows), tuple(columns))
        if key not in self._minors:
            first, *others = rows
            if not others:
                return self.nodes[first, columns[0]]
            heads = [self.nodes[first, c] for c in columns]
            rest = [self.minor(others, [d for d in columns if d != c]) for c in columns]
            terms = [_times(self.r, a, b) for a, b in zip(heads, rest, strict=True)]
            signed = [self.r.arrays.map(-X, t) if k % 2 else t for k, t in enumerate(terms)]
            self._minors[key] = reduce(self.r.arrays.add, signed)
        return self._minors[key]

    def cofactor(self, i: int, j: int) -> int:
        """Return (-1)^(i+j) times the minor without row i and column j."""
        if self.rows == 1:
            return self.r.node(np.ones(self.r.arrays.shape(self.nodes[0, 0])))
        rows = [k for k in range(self.rows) if k != i]
        columns = [k for k in range(self.columns) if k != j]
        found = self.minor(rows, columns)
        return self.r.arrays.map(-X, found) if (i + j) % 2 else found

    def eliminated(self) -> Entries:
        """Return both factors of an LU factorization without exchanges, in one matrix."""
        a = self.nodes
        for k in range(self.rows):
            for i in range(k + 1, self.rows):
                a[i, k] = _over(self.r, a[i, k], a[k, k])
                for j in range(k + 1, self.columns):
                    a[i, j] = _less(self.r, a[i, j], a[i, k], a[k, j])
        return self

    def assembled(self) -> Ref:
        """Return the matrices, of the nodes as they are now."""
        return _assembled(self.r, lambda i, j: self.nodes[i, j], self.rows, self.columns)


def _times(r: Reader, a: int, b: int) -> int:
    return r.arrays.map(X * Y, a, b)


def _over(r: Reader, a: int, b: int) -> int:
    return r.arrays.map(X / Y, a, b)


def _less(r: Reader, a: int, b: int, c: int) -> int:
    """Return a - b c."""
    return r.arrays.add(a, r.arrays.map(-X * Y, b, c))


def _assembled(r: Reader, entry: Callable[[int, int], int], rows: int, columns: int) -> Ref:
    nodes = [entry(i, j) for i in range(rows) for j in range(columns)]
    stack = r.arrays.shape(nodes[0])
    places = np.arange(len(nodes) * prod(stack)).reshape(rows, columns, *stack)
    return moved(r, np.moveaxis(places, (0, 1), (-2, -1)), *nodes)


def determinant(r: Reader, matrix: Any) -> int:
    """Return determinants."""
    a = Entries(r, matrix, "a determinant")
    if a.rows <= BY_MINORS:
        return a.minor(range(a.rows), range(a.rows))
    a.eliminated()
    return reduce(lambda x, y: _times(r, x, y), (a.nodes[k, k] for k in range(a.rows)))


def solved(r: Reader, matrix: Any, right: Any) -> Ref:
    """Return A⁻¹ B, by Cramer's rule or by elimination."""
    a = Entries(r, matrix, "a solve")
    if a.rows <= BY_MINORS:
        whole = a.minor(range(a.rows), range(a.rows))
        inverse = _assembled(r, lambda i, j: _over(r, a.cofactor(j, i), whole), a.rows, a.rows)
        return matmul(r, inverse, right)
    factors = a.eliminated().assembled()
    middle = _substituted(r, factors, right, upper=False, unit=True)
    return _substituted(r, factors, middle, upper=True, unit=False)


def _substituted(r: Reader, triangle: Any, right: Any, *, upper: bool, unit: bool) -> Ref:
    """Return the solution of a triangular system; right sides are the columns of a matrix."""
    shapes = r.shape(triangle), r.shape(right)
    stack = np.broadcast_shapes(*(shape[:-2] for shape in shapes))
    each, node = (
        r.node(x, (*stack, *s[-2:])) for x, s in zip((triangle, right), shapes, strict=True)
    )
    a = Entries(r, each, "a triangular solve")
    places = r.arrays.positions(node)
    n, columns = places.shape[-2:]
    x: dict[tuple[int, int], int] = {}
    for i in reversed(range(n)) if upper else range(n):
        for j in range(columns):
            rest = r.arrays.take(places[..., i, j], node)
            for k in range(i + 1, n) if upper else range(i):
                rest = _less(r, rest, a.nodes[i, k], x[k, j])
            x[i, j] = rest if unit else _over(r, rest, a.nodes[i, i])
    return _assembled(r, lambda i, j: x[i, j], n, columns)


def _transposed(r: Reader, x: Any) -> Ref:
    return Ref(r.arrays.transposed(r.node(x)))


def _inv_ex(r: Reader, matrix: Any, check_errors: bool = False) -> tuple[Ref, Any]:
    del check_errors
    *stack, n, _ = r.shape(matrix)
    identity = np.broadcast_to(np.eye(n), (*stack, n, n))
    return solved(r, matrix, r.node(identity)), _no_error(stack)


def _solve_ex(
    r: Reader, matrix: Any, right: Any, left: bool = True, check_errors: bool = False
) -> Any:
    """Return the solution; its factors are not read, for torch factors Aᵀ where that is faster."""
    del check_errors
    shape = r.shape(right)
    if len(shape) == 1 or shape == r.shape(matrix)[:-1]:  # vectors, by torch's rule
        found = solved(r, matrix, reshaped(r, right, (*shape, 1)))
        found = reshaped(r, found, r.shape(found)[:-1])
    else:
        found = _from_side(r, matrix, right, left=left)
    return found, FACTORS, FACTORS, _no_error(r.shape(matrix)[:-2])


def _from_side(r: Reader, matrix: Any, right: Any, *, left: bool) -> Ref:
    if left:
        return solved(r, matrix, right)
    return _transposed(r, solved(r, _transposed(r, matrix), _transposed(r, right)))


def _no_error(stack: Sequence[int]) -> Any:
    return torch.zeros(tuple(stack), dtype=torch.int32)


def _det(r: Reader, matrix: Any) -> Any:
    return Ref(determinant(r, matrix)), FACTORS, FACTORS


def _slogdet(r: Reader, matrix: Any) -> Any:
    det = Ref(determinant(r, matrix))
    size = r.elementwise(lambda d: sympy.log(sympy.Abs(d)), det)
    return r.elementwise(sympy.sign, det), size, FACTORS, FACTORS


def _cholesky_ex(
    r: Reader, matrix: Any, *, upper: bool = False, check_errors: bool = False
) -> tuple[Ref, Any]:
    """Return the factor of the symmetric part, which torch's derivative is that of."""
    del check_errors
    symmetric = r.elementwise(lambda a, b: (a + b) / 2, matrix, _transposed(r, matrix))
    a = Entries(r, symmetric, "linalg_cholesky_ex")
    factor = dict.fromkeys(a.nodes, r.node(np.zeros(r.arrays.shape(a.nodes[0, 0]))))
    for j in range(a.rows):
        for i in range(j, a.rows):
            rest = a.nodes[i, j]
            for k in range(j):
                rest = _less(r, rest, factor[i, k], factor[j, k])
            root = i == j
            found = r.arrays.map(sympy.sqrt(X), rest) if root else _over(r, rest, factor[j, j])
            factor[i, j] = Ref(found)
    y = _assembled(r, lambda i, j: factor[i, j], a.rows, a.rows)
    return _transposed(r, y) if upper else y, _no_error(r.shape(matrix)[:-2])


def _solve_triangular(
    r: Reader,
    triangle: Any,
    right: Any,
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
) -> Ref:
    if left:
        return _substituted(r, triangle, right, upper=upper, unit=unitriangular)
    across = _transposed(r, triangle), _transposed(r, right)
    return _transposed(r, _substituted(r, *across, upper=not upper, unit=unitriangular))


LINALG: Final[dict[str, Rule]] = {
    "_linalg_det": _det,
    "_linalg_slogdet": _slogdet,
    "_linalg_solve_ex": _solve_ex,
    "linalg_cholesky_ex": _cholesky_ex,
    "linalg_inv_ex": _inv_ex,
    "linalg_solve_triangular": _solve_triangular,
}
