"""Sums and greatest elements along axes; of short rows by what starts faster than a reduction.

NumPy reduces row by row, and for rows of 64 numbers spends most of the time between them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.engine.steps import amendment, step

SHORT: Final = 128  # elements that NumPy, too, adds without halving: no sum gets less accurate
MOST_SEARCHED: Final = 512  # elements up to which a place is found sooner than a maximum

Axis = int | tuple[int, ...] | None


def totals(x: Any, axis: Axis) -> Any:
    """Return the sums along axes, which stay, but for one sum alone: that is a number."""
    if len(x.shape) == 1 and axis != ():
        return np.add.reduce(x, axis=None)
    if is_short(x, axis):
        return row_totals(x)
    return np.add.reduce(x, axis=axis, keepdims=True)


def peaks(x: Any, axis: Axis) -> Any:
    """Return the greatest element along axes, 0 where it is infinite or there is none."""
    if is_short(x, axis, MOST_SEARCHED):
        return row_peaks(x)
    greatest = np.maximum if x.size else np.add
    peak = greatest.reduce(x, axis=axis, keepdims=True)
    return finite_or_0(peak) if x.ndim else np.where(np.isfinite(peak), peak, x.dtype.type(0))


def is_short(x: Any, axis: Axis, most: int = SHORT) -> bool:
    """Whether a reduction is one of short rows, which lie one after the other in memory."""
    if type(axis) is not int or isinstance(x, (int, float)):
        return False
    return are_short(x.shape, x.dtype, axis, most) and x.flags.c_contiguous


def are_short(shape: tuple[int, ...], dtype: np.dtype[Any], axis: Axis, most: int = SHORT) -> bool:
    """Whether an axis is one of short rows, of numbers that BLAS knows."""
    last = len(shape) - 1
    return (
        last > 0 and type(axis) is int and axis in (-1, last)
        and 0 < shape[-1] <= most and dtype.char in "fd"
    )  # fmt: skip


@step
def row_totals(x: Any, *, keepdims: bool = True, out: Any = None) -> Any:
    """Return the sums of short rows, as a product with ones."""
    if out is None:
        out = np.empty((*x.shape[:-1], 1) if keepdims else x.shape[:-1], x.dtype)
    width = x.shape[-1]
    x.reshape(-1, width).dot(ones(width, x.dtype), out.reshape(-1))
    return out


@step
def row_peaks(x: Any, *, out: Any = None) -> Any:
    """Return the greatest element of short rows, found by its place; 0 where it is infinite."""
    if out is None:
        out = np.empty((*x.shape[:-1], 1), x.dtype)
    width = x.shape[-1]
    found = out.reshape(-1)
    places = x.reshape(-1, width).argmax(-1)
    places += _starts(found.size, width)
    x.reshape(-1).take(places, None, found, "clip")
    return finite_or_0(out, out=out)


@amendment
def finite_or_0(x: Any, *, out: Any = None) -> Any:
    """Return x with 0 in place of what is infinite or no number."""
    y = x if out is x else np.positive(x, out=out)
    finite = np.isfinite(y)
    if np.count_nonzero(finite) < finite.size:
        y[~finite] = 0
    return y


@lru_cache(maxsize=16)
def _starts(count: int, width: int) -> NDArray[Any]:
    return np.arange(0, count * width, width)


@lru_cache(maxsize=64)
def ones(count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return ones, to sum with."""
    return np.ones(count, dtype)
