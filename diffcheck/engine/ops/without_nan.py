"""Reductions that leave nans out: their elements get no cotangent."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import isnan, logical_not
from diffcheck.engine.ops.joining import stack
from diffcheck.engine.ops.manipulation import moveaxis, reshape
from diffcheck.engine.ops.predicates import all as all_
from diffcheck.engine.ops.quantiles import kept, levels_of, quantile, rows_of
from diffcheck.engine.ops.reduction import Axis, cumprod, cumsum, mean, prod
from diffcheck.engine.ops.reduction import max as max_
from diffcheck.engine.ops.reduction import min as min_
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.ops.statistics import std, var
from diffcheck.engine.tensor import looked_into, shape_of


def _filled(x: Any, number: float) -> Any:
    return where(isnan(x), number, x)


def _filled_beside(x: Any, number: float, axis: Axis) -> Any:
    """Return x with a number for its nans, except where there is nothing else along the axes."""
    return where(all_(isnan(x), axis, keepdims=True), x, _filled(x, number))


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
    """Return the greatest element that is not nan; nan if there is none."""
    return max_(_filled_beside(x, -np.inf, axis), axis, keepdims=keepdims)


def nanmin(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the least element that is not nan; nan if there is none."""
    return min_(_filled_beside(x, np.inf, axis), axis, keepdims=keepdims)


def nanmean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the mean of what is not nan."""
    return mean(x, axis, keepdims=keepdims, where=_told(x))


def nanvar(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the variance of what is not nan."""
    return var(x, axis, ddof=ddof, keepdims=keepdims, where=_told(x))


def nanstd(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """Return the standard deviation of what is not nan; 0 has the gradient 0."""
    return std(x, axis, ddof=ddof, keepdims=keepdims, where=_told(x))


def _told(x: Any) -> Any:
    return logical_not(isnan(x))


def nanquantile(
    x: Any, q: Any, axis: Axis = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return quantiles of what is not nan along axes, of all elements by default."""
    levels = levels_of(q)
    rows = rows_of(x, axis)
    lead = shape_of(rows)[:-1]
    parts = [_quantile_of(rows[index], levels, method) for index in np.ndindex(lead)]
    y = reshape(stack(parts) if parts else sum_(rows, -1), (*lead, *levels.shape))
    first = range(len(lead), len(lead) + levels.ndim)
    y = moveaxis(y, tuple(first), tuple(range(levels.ndim)))
    return kept(y, levels, x, axis) if keepdims else y


def _quantile_of(row: Any, levels: Any, method: str) -> Any:
    told = np.flatnonzero(_told(looked_into(row)))
    return (
        quantile(row[told], levels, method=method) if told.size else np.nan * (sum_(row) + levels)
    )


def nanpercentile(
    x: Any, q: Any, axis: Axis = None, *, method: str = "linear", keepdims: bool = False
) -> Any:
    """Return percentiles of what is not nan."""
    levels = np.asarray(looked_into(q), dtype=np.float64) / 100
    return nanquantile(x, levels, axis, method=method, keepdims=keepdims)


def nanmedian(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the median of what is not nan."""
    return nanquantile(x, 0.5, axis, keepdims=keepdims)
