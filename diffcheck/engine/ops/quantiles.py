"""Order statistics: medians and quantiles, interpolated between the sorted elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import isnan
from diffcheck.engine.ops.indexing import take
from diffcheck.engine.ops.joining import stack
from diffcheck.engine.ops.manipulation import moveaxis, ravel, reshape
from diffcheck.engine.ops.reduction import Axis, axes_of, sort
from diffcheck.engine.tensor import looked_into, shape_of


def rows_of(x: Any, axis: Axis) -> Any:
    """Return x with the given axes as one, the last."""
    if axis is None:
        return ravel(x)
    rank = len(shape_of(x))
    axes = axes_of(axis, rank)
    for k, a in enumerate(sorted(axes)):
        x = moveaxis(x, a - k, -1)
    lead = shape_of(x)[: rank - len(axes)]
    return reshape(x, (*lead, -1))


def kept(y: Any, levels: Any, x: Any, axis: Axis) -> Any:
    """Return quantiles of x at some levels with the axes they were taken along, of length 1."""
    gone = axes_of(axis, len(shape_of(x)))
    full = tuple(1 if a in gone else m for a, m in enumerate(shape_of(x)))
    return reshape(y, levels.shape + full)


def levels_of(q: Any) -> Any:
    """Return the levels of quantiles; raises `ValueError` unless they are between 0 and 1."""
    levels = np.asarray(looked_into(q), dtype=np.float64)
    if not np.all((levels >= 0) & (levels <= 1)):
        raise ValueError(f"quantile: a level is not between 0 and 1, got {levels}")
    return levels


def quantile(
    x: Any, q: Any, axis: Axis = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return quantiles between 0 and 1 along axes, between elements by one of NumPy's methods."""
    levels = levels_of(q)
    rows = sort(rows_of(x, axis))
    n = shape_of(rows)[-1]
    y = stack([_at(rows, _place(level, n, method), n) for level in levels.ravel().tolist()])
    last = take(rows, -1, -1)
    y = where(isnan(last), last, y)  # nans are sorted last, and one is enough
    y = reshape(y, levels.shape + shape_of(y)[1:])
    return kept(y, levels, x, axis) if keepdims else y


def _place(level: float, n: int, method: str) -> float:
    """Return where a quantile stands among n sorted elements."""
    if method == "linear":
        return level * (n - 1)
    return float(np.quantile(np.arange(float(n)), level, method=method))  # type: ignore[call-overload]  # NumPy's stub lists its methods


def _at(rows: Any, place: float, n: int) -> Any:
    """Return the elements at a fractional place of sorted rows."""
    low = min(int(place), n - 1)
    part = place - low
    lower = take(rows, low, -1)
    return lower + (take(rows, low + 1, -1) - lower) * part if part else lower


def percentile(
    x: Any, q: Any, axis: Axis = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return percentiles between 0 and 100 along axes."""
    levels = np.asarray(looked_into(q), dtype=np.float64) / 100
    return quantile(x, levels, axis, method=method, keepdims=keepdims)


def median(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the median along axes: of an even number of elements the mean of the middle two."""
    return quantile(x, 0.5, axis, keepdims=keepdims)
