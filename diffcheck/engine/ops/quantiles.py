"""Order statistics: medians and quantiles, interpolated between the sorted elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.indexing import take
from diffcheck.engine.ops.joining import stack
from diffcheck.engine.ops.manipulation import moveaxis, ravel, reshape
from diffcheck.engine.ops.reduction import Axis, axes_of, sort
from diffcheck.engine.tensor import looked_into, shape_of


def _rows(x: Any, axis: Axis) -> Any:
    """Return x with the given axes as one, the last."""
    if axis is None:
        return ravel(x)
    rank = len(shape_of(x))
    axes = axes_of(axis, rank)
    for k, a in enumerate(sorted(axes)):
        x = moveaxis(x, a - k, -1)
    lead = shape_of(x)[: rank - len(axes)]
    return reshape(x, (*lead, -1))


def quantile(x: Any, q: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return quantiles between 0 and 1 along axes, interpolated linearly as NumPy's default."""
    levels = np.asarray(looked_into(q), dtype=np.float64)
    rows = sort(_rows(x, axis))
    n = shape_of(rows)[-1]
    parts = [_at(rows, level * (n - 1), n) for level in levels.ravel().tolist()]
    if keepdims:
        gone = axes_of(axis, len(shape_of(x)))
        full = tuple(1 if a in gone else m for a, m in enumerate(shape_of(x)))
        parts = [reshape(part, full) for part in parts]
    y = stack(parts)
    return reshape(y, levels.shape + shape_of(y)[1:])


def _at(rows: Any, place: float, n: int) -> Any:
    """Return the elements at a fractional place of sorted rows."""
    low = min(int(place), n - 1)
    part = place - low
    lower = take(rows, low, -1)
    return lower + (take(rows, low + 1, -1) - lower) * part if part else lower


def percentile(x: Any, q: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return percentiles between 0 and 100 along axes."""
    return quantile(x, np.asarray(looked_into(q), dtype=np.float64) / 100, axis, keepdims=keepdims)


def median(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the median along axes: of an even number of elements the mean of the middle two."""
    return quantile(x, 0.5, axis, keepdims=keepdims)
