"""Where normalised exponentials lose their digits, or are nan: the few places mended.

Each takes what was computed plainly and gives it back, a few of its elements computed anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from diffcheck.engine.ops.reduction import Axis, axes_of, expand
from diffcheck.engine.steps import amendment, step


@step
def without_one(total: Any, e: Any, *, axis: Axis, out: Any = None) -> Any:
    """Return Σe - 1, where the greatest of the e is 1; of a sum below 2 from the others alone.

    Such a sum has rounded them away. Elements that are greatest together count 1 each; where the
    greatest exponent was infinite, none may be 1.
    """
    rest = total - 1
    small = rest < 1
    if np.any(small):
        greatest = (e == 1).astype(e.dtype)
        others = np.add.reduce(e - greatest, axis=axis, keepdims=True)
        others += np.add.reduce(greatest, axis=axis, keepdims=True) - 1
        rest = np.where(small, others, rest)
    return rest if out is None else np.positive(rest, out)


@step
def without_nan(shares: Any, y: Any, *, axis: Axis, out: Any = None) -> Any:
    """Return shares with 0 where the sum of exponentials is 0, its logarithm y being -inf."""
    nothing = y == -np.inf
    if np.any(nothing):
        shares = np.where(expand(nothing, shares.shape, axis), 0, shares)
    return shares if out is None else np.positive(shares, out)


@amendment
def mean_of_others(y: Any, g: Any, p: Any, *, axis: Axis, out: Any = None) -> Any:
    """Return y = g - Σ p g, for a share above a half as g_i Σ_{j≠i} p_j - Σ_{j≠i} p_j g_j."""

    def mended(value: Any, _share: Any, values: Any, shares: Any) -> Any:
        return value * _sum(shares) - _sum(shares * values)

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
    gone = axes_of(axis, p.ndim)
    order = [a for a in range(p.ndim) if a not in gone] + list(gone)
    g, p = g.transpose(order), p.transpose(order)
    places = (p > 0.5).reshape(-1).nonzero()[0]
    if places.size:
        width = math.prod(p.shape[-len(gone) :])
        rows = places // width
        values, shares = (x.reshape(-1, width).take(rows, 0) for x in (g, p))
        own = places - rows * width
        own += np.arange(0, values.size, width)
        value, share = values.take(own), shares.take(own)
        values.reshape(-1)[own] = shares.reshape(-1)[own] = 0
        y.transpose(order).flat[places] = mended(value, share, values, shares)
    return y


def _sum(rows: Any) -> Any:
    return np.add.reduce(rows, axis=-1)
