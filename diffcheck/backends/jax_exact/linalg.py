"""Factorisations and solutions of linear systems, stacks of matrices included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from diffcheck.backends.jax_exact.values import balls_of, mapped, positions, taken, xp
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.programs.exact import exactly

_linalg: Final = xp.linalg


def _matrices(x: Any) -> list[Any]:
    """Return a stack of matrices as a list, in C order."""
    at = positions(x.shape).reshape(-1, *x.shape[-2:])
    return [taken([x], matrix) for matrix in at]


def _stacked(found: list[Any], lead: tuple[int, ...]) -> Any:
    if isinstance(found[0], np.ndarray):
        return np.stack(found).reshape(*lead, *found[0].shape)
    return reshape(xp.stack(found), (*lead, *found[0].shape))


def _transposed(x: Any) -> Any:
    return xp.permute_dims(x, (*range(len(x.shape) - 2), len(x.shape) - 1, len(x.shape) - 2))


def _cholesky(x: Any) -> Any:
    # Only the lower triangle is read, as LAPACK does.
    lower = xp.tril(x)
    return _linalg.cholesky(lower + _transposed(xp.tril(x, -1)))


def _triangular_solve(
    a: Any,
    b: Any,
    *,
    left_side: bool,
    lower: bool,
    transpose_a: bool,
    unit_diagonal: bool,
) -> Any:
    a = xp.tril(a) if lower else xp.triu(a)
    if unit_diagonal:
        a = (xp.tril(a, -1) if lower else xp.triu(a, 1)) + exactly(np.eye(a.shape[-1]))
    if transpose_a:
        a = _transposed(a)
    if left_side:
        return _linalg.solve(a, b)
    return _transposed(_linalg.solve(_transposed(a), _transposed(b)))


def _lu(x: Any) -> list[Any]:
    """Eliminate with partial pivoting; any pivots that are used throughout are right."""
    found = [_lu_of_one(matrix) for matrix in _matrices(x)]
    return [_stacked(list(part), x.shape[:-2]) for part in zip(*found, strict=True)]


def _lu_of_one(x: Any) -> tuple[Any, Any, Any]:
    rows, columns = x.shape
    rank = min(rows, columns)
    order, pivots = np.arange(rows), np.zeros(rank, dtype=np.int32)
    balls = balls_of(x).copy()
    for k in range(rank):  # which rows are swapped, by the midpoints' sizes
        best = k + max(range(rows - k), key=lambda i: abs(balls[k + i, k].mid()))
        pivots[k] = best
        balls[[k, best]], order[[k, best]] = balls[[best, k]], order[[best, k]]
        for i in range(k + 1, rows):
            factor = balls[i, k] / balls[k, k]
            balls[i, k + 1 :] = [
                u - factor * v for u, v in zip(balls[i, k + 1 :], balls[k, k + 1 :], strict=True)
            ]
    return _eliminated(taken([x], positions(x.shape)[order]), rank), pivots, order.astype(np.int32)


def _eliminated(x: Any, rank: int) -> Any:
    """Return L and U packed into one matrix, without swapping rows."""
    done: list[Any] = []  # the finished rows, and the finished columns beside them
    left: list[Any] = []
    for _ in range(rank):
        pivot_row = x[0:1, :]
        done.append(xp.concat([*(c[0:1, :] for c in left), pivot_row], axis=1))
        factors = x[1:, 0:1] / pivot_row[:, 0:1]
        x = x[1:, 1:] - factors * pivot_row[:, 1:]
        left = [*(c[1:, :] for c in left), factors]
    if x.shape[0]:
        done.append(xp.concat([*left, x], axis=1))
    return xp.concat(done, axis=0)


def _signs(vectors: Any, found: Any) -> Any:
    """Return 1 or -1 for each column: what turns `vectors` to the side of the floats `found`.

    The sign of a column is free in exact arithmetic; the program goes on with the backend's.
    """
    return exactly(np.where((_floats(vectors) * np.asarray(found)).sum(-2) < 0, -1.0, 1.0))


def _floats(x: Any) -> Any:
    return mapped(lambda ball: float(ball.mid()), x, np.float64)


def _eigh(x: Any, *, lower: bool, floats: Callable[..., Any]) -> list[Any]:
    part = xp.tril(x) if lower else xp.triu(x)
    strict = xp.tril(x, -1) if lower else xp.triu(x, 1)
    values, vectors = _linalg.eigh(part + _transposed(strict))
    signs = _signs(vectors, floats(_floats(x))[0])
    return [vectors * reshape(signs, (*signs.shape[:-1], 1, signs.shape[-1])), values]


def _svd(x: Any, *, full_matrices: bool, compute_uv: bool, floats: Callable[..., Any]) -> list[Any]:
    if not compute_uv:
        return [_linalg.svdvals(x)]
    if full_matrices and x.shape[-1] != x.shape[-2]:
        raise NotImplementedError("no exact form of a full SVD: its null space is not unique")
    u, s, vt = _linalg.svd(x, full_matrices=False)
    signs = _signs(u, floats(_floats(x))[1])
    return [
        s,
        u * reshape(signs, (*signs.shape[:-1], 1, -1)),
        vt * reshape(signs, (*signs.shape, 1)),
    ]


def _qr(x: Any, *, full_matrices: bool, pivoting: bool, floats: Callable[..., Any]) -> list[Any]:
    if pivoting or (full_matrices and x.shape[-1] < x.shape[-2]):
        raise NotImplementedError("no exact form of a QR factorisation, pivoted or of a null space")
    q, r = _linalg.qr(x)
    signs = _signs(q, floats(_floats(x))[0])
    return [q * reshape(signs, (*signs.shape[:-1], 1, -1)), r * reshape(signs, (*signs.shape, 1))]


def _tridiagonal_solve(low: Any, middle: Any, high: Any, b: Any) -> Any:
    size = middle.shape[-1]
    unit = np.eye(size)
    matrix = (
        _on_diagonal(middle, unit)
        + _on_diagonal(low, unit) @ exactly(np.eye(size, k=-1))
        + _on_diagonal(high, unit) @ exactly(np.eye(size, k=1))
    )
    return _linalg.solve(matrix, b)


def _on_diagonal(x: Any, unit: Any) -> Any:
    return reshape(x, (*x.shape, 1)) * exactly(unit)


LINALG: Final[dict[str, Callable[..., Any]]] = {
    "cholesky": _cholesky,
    "eigh": _eigh,
    "lu": _lu,
    "qr": _qr,
    "svd": _svd,
    "triangular_solve": _triangular_solve,
    "tridiagonal_solve": _tridiagonal_solve,
}
