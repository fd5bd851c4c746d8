# ruff: noqa: ARG001, ARG005 - rules share one signature
"""Divisions by the gaps of eigenvalues and singular values, some of which may be 0.

Where two values are equal, to their rounding, the quotient is not determined: 0 over 0 is 0, for a
function that is differentiable there has no more to say (see `engine.directions`), and all else is
nan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from diffcheck.balls import Undecided
from diffcheck.engine.ball_trace import is_ball
from diffcheck.engine.directions import NeedsForward
from diffcheck.engine.ops.choices import abs as abs_
from diffcheck.engine.ops.choices import maximum, where
from diffcheck.engine.ops.comparison import equal, less_equal, logical_and, logical_or
from diffcheck.engine.ops.joining import concat
from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import Tensor, base, shape_of
from diffcheck.engine.values import zeros_like

ROUNDINGS = 8  # of n u, relative, from which values count as different


def unit(x: Any) -> Any:
    """Return the unit roundoff of the format of floats, real or complex."""
    return float(ml_dtypes.finfo(base(x).dtype).eps) / 2  # type: ignore[no-untyped-call]  # bfloat16 too


# In plain arrays
def _least_gaps(w: NDArray[Any]) -> Any:
    """Return between neighbours in a row of values the gap that rounding alone would leave."""
    size = np.abs(w)
    return ROUNDINGS * w.shape[-1] * unit(w) * np.maximum(size[..., 1:], size[..., :-1])


def groups(w: NDArray[Any]) -> Iterator[slice]:
    """Yield where a row of values in order has equal ones side by side."""
    return _runs(np.abs(np.diff(w)) <= _least_gaps(w))


def _runs(joined: NDArray[Any]) -> Iterator[slice]:
    """Yield the places that are joined to their neighbours."""
    ends = [0, *(np.flatnonzero(~joined) + 1), len(joined) + 1]
    for start, stop in pairwise(ends):
        if stop - start > 1:
            yield slice(start, stop)


def together(w: NDArray[Any], residuals: Callable[[], Any]) -> NDArray[Any]:
    """Return values in order, those made equal that rounding of the whole matrix told apart.

    Values far below the greatest one carry its rounding: two zeros of a matrix come out as 2e-17
    and -1e-17, and a quotient of their gap would be noise. What a graded matrix has there is right,
    though, and that its residuals |A v - w v| tell, one for each value.
    """
    gaps, least = np.abs(np.diff(w)), _least_gaps(w)
    joined = gaps <= least
    whole = ROUNDINGS * w.shape[-1] * unit(w) * np.max(np.abs(w), axis=-1, keepdims=True, initial=0)
    doubtful = ~joined & (gaps <= whole)
    if not np.any(doubtful):
        return w
    found = residuals()
    doubtful &= found[..., 1:] + found[..., :-1] > least
    w = w.copy()
    for index in np.ndindex(w.shape[:-1]):
        if np.any(doubtful[index]):
            for run in _runs(joined[index] | doubtful[index]):
                w[index][run] = np.mean(w[index][run])
    return w


def has_equal(w: NDArray[Any]) -> bool:
    """Whether any row has equal values."""
    return any(True for index in np.ndindex(w.shape[:-1]) for _ in groups(w[index]))


# In rules
def _row_and_column(w: Any) -> tuple[Any, Any]:
    *lead, n = shape_of(w)
    return reshape(w, (*lead, 1, n)), reshape(w, (*lead, n, 1))


def _equal_pairs(w: Any) -> Any:
    """Return where two different places of a row of values hold equal ones."""
    row, column = _row_and_column(w)
    n = shape_of(w)[-1]
    apart = np.logical_not(np.eye(n, dtype=bool))
    if is_ball(w):
        return logical_and(apart, equal(row, column))
    near = ROUNDINGS * n * unit(w)
    gap = abs_(row - column)
    return logical_and(apart, less_equal(gap, near * maximum(abs_(row), abs_(column))))


def _free_forward(free: Any, m: Any, like: Any) -> Any:
    if not np.any(free):
        return m
    noise = ROUNDINGS * m.shape[-1] * unit(m)
    size = _greatest(m) + _greatest(like)
    return np.where(free, np.where(np.abs(m) <= noise * size, 0, np.nan), m).astype(m.dtype)


def _greatest(m: Any) -> Any:
    return np.max(np.abs(m), axis=(-2, -1), keepdims=True, initial=0)


def _free_ball(free: Any, m: Any, like: Any) -> Any:
    if np.any(free):
        raise Undecided("vectors of values that are not told apart")
    return m


undetermined: Entry = op(
    "undetermined",  # times infinity where free, with 0 for 0
    _free_forward,
    kind="general",
    vjp=(None, lambda g, y, free, m, like: undetermined(free, g, like), None),
    jvp=(None, lambda t, y, free, m, like: undetermined(free, t, like), None),
    ball=_free_ball,
    rounding=0,
    slope="eigh",
    complex=True,
)


def over_gaps(m: Any, w: Any) -> Any:
    """Return m_ij/(w_j - w_i) off the diagonal, and 0 on it."""
    row, column = _row_and_column(w)
    pairs, diagonal = _equal_pairs(w), np.eye(shape_of(w)[-1], dtype=bool)
    gaps = where(logical_or(pairs, diagonal), 1, row - column)
    return where(diagonal, 0, undetermined(pairs, m, m) / gaps)


def over_sums(m: Any, s: Any) -> Any:
    """Return m_ij/(s_j + s_i), for numbers that are not negative."""
    row, column = _row_and_column(s)
    total = row + column
    none = equal(total, 0)
    return undetermined(none, m, m) / where(none, 1, total)


def over_values(m: Any, s: Any, like: Any) -> Any:
    """Return m_ij/s_j; what m was computed from tells what is 0 but for rounding."""
    row, _ = _row_and_column(s)
    none = equal(row, 0)
    return undetermined(none, m, like) / where(none, 1, row)


def _is_free(w: Any, *, zeros: bool) -> Any:
    """Return which vectors belong to equal values, or to zeros."""
    if not shape_of(w)[-1]:
        return equal(w, 0)
    pairs = _equal_pairs(w)
    free = pairs[..., 0, :]
    for k in range(1, shape_of(w)[-1]):
        free = logical_or(free, pairs[..., k, :])
    return logical_or(free, equal(w, 0)) if zeros else free


def _vectors_vjp(g: Any, y: Any, packed: Any, zeros: bool) -> Any:
    w = packed[..., 0, :]
    free = _is_free(w, zeros=zeros)
    # Also for a cotangent of 0: where a function vanishes, its slope may not. A recording does not
    # look; there it is nan.
    if type(free) is not Tensor and np.any(free):
        raise NeedsForward
    row = zeros_like(packed[..., :1, :])
    return concat([row, where(free[..., None, :], np.nan, g)], axis=-2)


vectors: Entry = op(  # whatever uses vectors, rules included, takes them from a result by this
    "vectors",
    lambda packed, *, zeros: packed[..., 1:, :],
    kind="general",
    vjp=_vectors_vjp,
    jvp=(lambda t, y, packed, zeros: t[..., 1:, :],),
    ball=lambda packed, *, zeros: packed[..., 1:, :],
    rounding=0,
    slope="eigh",
    complex=True,
)
