"""Where normalised exponentials lose their digits, or are nan: the few places mended.

Each takes what was computed plainly and gives it back, a few of its elements computed anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from diffcheck.engine.ops.reduction import Axis, axes_of
from diffcheck.engine.steps import amendment, step

LONG: Final = 2**16  # elements from which it is faster to look at their maximum first


@step
def without_one(total: Any, e: Any, *, axis: Axis, out: Any = None) -> Any:
    """Return Σe - 1, where the greatest of the e is 1; of a sum below 2 from the others alone.

    Such a sum has rounded them away. Elements that are greatest together count 1 each; where the
    greatest exponent was infinite, none may be 1.
    """
    rest = np.subtract(total, 1, out=out)
    if not e.ndim or not e.size:
        return rest  # 0, or -1 of exp(-inf) and of nothing
    small = np.less(rest, 1)
    if np.count_nonzero(small):
        order, width = _order(e, axis)
        rows = small.transpose(order).reshape(-1).nonzero()[0] if rest.ndim else [0]
        few = e.transpose(order).reshape(-1, width).take(rows, 0)
        greatest = few == 1
        few[greatest] = 0
        others = np.count_nonzero(greatest, axis=-1) - 1
        mended = _sum(few) + others.astype(few.dtype)  # whole numbers would make a float64 of it
        if not rest.ndim:
            return mended[0]
        rest.transpose(order).flat[rows] = mended
    return rest


@amendment
def mean_of_others(y: Any, g: Any, p: Any, *, axis: Axis, out: Any = None) -> Any:
    """Return y = g - Σ p g, for a share above a half as g_i Σ_{j≠i} p_j - Σ_{j≠i} p_j g_j."""

    def mended(value: Any, _share: Any, values: Any, shares: Any) -> Any:
        return value * _sum(shares) - np.vecdot(shares, values)

    return _of_others(mended, y, g, p, axis, out)


@amendment
def share_of_others(y: Any, g: Any, p: Any, *, axis: Axis, out: Any = None) -> Any:
    """Return y = g - p Σ g, for a share above a half as g_i Σ_{j≠i} p_j - p_i Σ_{j≠i} g_j."""

    def mended(value: Any, share: Any, values: Any, shares: Any) -> Any:
        return value * _sum(shares) - share * _sum(values)

    return _of_others(mended, y, g, p, axis, out)


def _of_others(
    mended: Callable[[Any, Any, Any, Any], Any], y: Any, g: Any, p: Any, axis: Axis, out: Any
) -> Any:
    """Return y with new elements where a share is above a half, as one in a row may be.

    They are a function of g and p there, and of their rows with 0 in that place.
    """
    if not p.ndim:
        return y  # 0 = g - 1 g
    if out is not y:
        y = np.positive(y, out)
    order, width = _order(p, axis)
    g, p = g.transpose(order), p.transpose(order)
    if p.size > LONG and np.maximum.reduce(p, axis=None) <= 0.5:
        return y
    places = np.greater(p, _half(p.dtype)).reshape(-1).nonzero()[0]
    if places.size:
        rows = places // width
        values, shares = (x.reshape(-1, width).take(rows, 0) for x in (g, p))
        own = places - rows * width
        own += np.arange(0, values.size, width)
        value, share = values.take(own), shares.take(own)
        values.put(own, 0)
        shares.put(own, 0)
        y.transpose(order).flat[places] = mended(value, share, values, shares)
    return y


def _order(x: Any, axis: Axis) -> tuple[list[int], int]:
    """Return the axes, those reduced last, and how many elements these have."""
    gone = axes_of(axis, x.ndim)
    kept = [a for a in range(x.ndim) if a not in gone]
    return kept + list(gone), math.prod(x.shape[a] for a in gone)


@lru_cache(maxsize=8)
def _half(dtype: np.dtype[Any]) -> Any:
    return np.asarray(0.5, dtype)


def _sum(rows: Any) -> Any:
    return np.add.reduce(rows, axis=-1)
