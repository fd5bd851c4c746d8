"""Reductions that leave nans out: their elements get no cotangent."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import isnan
from diffcheck.engine.ops.quantiles import quantile
from diffcheck.engine.ops.reduction import Axis, axes_of, cumprod, cumsum, prod
from diffcheck.engine.ops.reduction import max as max_
from diffcheck.engine.ops.reduction import min as min_
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.ops.stacking import apply_along_axis
from diffcheck.engine.ops.statistics import root_of_variance
from diffcheck.engine.tensor import base, looked_into, shape_of


def _filled(x: Any, number: float) -> Any:
    return where(isnan(x), number, x)


def nansum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the sum of what is not nan."""
    return sum_(_filled(x, 0), axis, keepdims=keepdims)


def nanprod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the product of what is not nan."""
    return prod(_filled(x, 1), axis, keepdims=keepdims)


def nancumsum(x: Any, axis: int | None = None) -> Any:
    """Return running sums of what is not nan."""
    return cumsum(_filled(x, 0), axis)


def nancumprod(x: Any, axis: int | None = None) -> Any:
    """Return running products of what is not nan."""
    return cumprod(_filled(x, 1), axis)


def nanmax(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the greatest element that is not nan."""
    return max_(_filled(x, -np.inf), axis, keepdims=keepdims)


def nanmin(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the least element that is not nan."""
    return min_(_filled(x, np.inf), axis, keepdims=keepdims)


def _count(x: Any, axis: Axis, *, keepdims: bool = False) -> Any:
    there = np.logical_not(np.isnan(looked_into(x)))
    return np.sum(there, axis=axis, keepdims=keepdims).astype(base(x).dtype)


def nanmean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the mean of what is not nan."""
    return nansum(x, axis, keepdims=keepdims) / _count(x, axis, keepdims=keepdims)


def nanvar(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the variance of what is not nan."""
    d = _filled(x - nanmean(x, axis, keepdims=True), 0)
    return sum_(d * d, axis, keepdims=keepdims) / (_count(x, axis, keepdims=keepdims) - ddof)


def nanstd(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the standard deviation of what is not nan; 0 has the gradient 0."""
    d = _filled(x - nanmean(x, axis, keepdims=True), 0)
    freedom = _count(x, axis, keepdims=keepdims) - ddof
    variance = sum_(d * d, axis, keepdims=keepdims) / freedom
    return root_of_variance(variance, d, freedom, axis, keepdims=keepdims)


def nanquantile(x: Any, q: Any, axis: int | None = None) -> Any:
    """Return quantiles of what is not nan along an axis, of all elements by default."""

    def of_vector(row: Any) -> Any:
        return quantile(row[np.logical_not(np.isnan(looked_into(row)))], q)

    if axis is None:
        return of_vector(x.reshape(-1))
    y = apply_along_axis(of_vector, axis, x)
    added = len(shape_of(y)) - len(shape_of(x)) + 1
    if not added:
        return y
    place = axes_of(axis, len(shape_of(x)))[0]
    return y.transpose((place, *(a for a in range(len(shape_of(y))) if a != place)))


def nanpercentile(x: Any, q: Any, axis: int | None = None) -> Any:
    """Return percentiles of what is not nan."""
    return nanquantile(x, np.asarray(looked_into(q), dtype=np.float64) / 100, axis)


def nanmedian(x: Any, axis: int | None = None) -> Any:
    """Return the median of what is not nan."""
    return nanquantile(x, 0.5, axis)
