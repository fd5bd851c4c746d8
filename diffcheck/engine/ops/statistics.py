"""Moments, ranges and covariances."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ball_trace import is_complex
from diffcheck.engine.ops.arithmetic import sqrt
from diffcheck.engine.ops.arrangement import atleast_2d
from diffcheck.engine.ops.choices import maximum, where
from diffcheck.engine.ops.comparison import equal
from diffcheck.engine.ops.complex import conj, imag, real
from diffcheck.engine.ops.indexing import diagonal
from diffcheck.engine.ops.joining import asarray, concat
from diffcheck.engine.ops.linalg import norm2
from diffcheck.engine.ops.manipulation import broadcast_to, matrix_transpose, reshape, squeeze
from diffcheck.engine.ops.precision import through_single
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.reduction import Axis, chosen, chosen_count, count_of, expand, mean
from diffcheck.engine.ops.reduction import max as max_
from diffcheck.engine.ops.reduction import min as min_
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.tensor import Tensor, shape_of
from diffcheck.engine.values import full_like, ones_like


def _deviation(x: Any, axis: Axis, centre: Any = None, mask: Any = None) -> Any:
    """Return the distances from the mean, or from another centre, 0 for what is not chosen."""
    middle = mean(x, axis, keepdims=True, where=mask) if centre is None else centre
    return chosen(x - middle, mask, 0)


@through_single
def var(
    x: Any,
    axis: Axis = None,
    *,
    correction: float = 0,
    keepdims: bool = False,
    ddof: float | None = None,
    mean: Any = None,
    where: Any = None,
) -> Any:
    """Return the variance along axes, divided by the count less `correction` (NumPy's `ddof`).

    It is about `mean`, if that is given, and of what is chosen `where`.
    """
    d = _deviation(x, axis, mean, where)
    squares = real(d) ** 2 + imag(d) ** 2 if is_complex(d) else d * d
    freedom = _freedom(x, axis, correction if ddof is None else ddof, where, keepdims=keepdims)
    return sum_(squares, axis, keepdims=keepdims) / freedom


@through_single
def std(
    x: Any,
    axis: Axis = None,
    *,
    correction: float = 0,
    keepdims: bool = False,
    ddof: float | None = None,
    mean: Any = None,
    where: Any = None,
) -> Any:
    """Return the standard deviation along axes, of what `var` takes.

    Where all are equal it has a kink, and its gradient is 0, the subgradient of least norm.
    """
    less = correction if ddof is None else ddof
    variance = var(x, axis, correction=less, keepdims=keepdims, mean=mean, where=where)
    freedom = _freedom(x, axis, less, where, keepdims=keepdims)
    d = _deviation(x, axis, mean, where)
    return root_of_variance(variance, d, freedom, axis, keepdims=keepdims)


def root_of_variance(variance: Any, d: Any, freedom: Any, axis: Axis, *, keepdims: bool) -> Any:
    """Return the root of a variance, and where that is 0 the norm of the deviations d: a kink."""
    flat = equal(variance, 0)
    if type(flat) is not Tensor and not np.any(flat):
        return sqrt(variance)
    size = norm2(d, axis=axis)
    size = expand(size, shape_of(d), axis) if keepdims else size
    scale = sqrt(freedom * ones_like(variance))
    return where(flat, size / scale, sqrt(where(flat, 1, variance)))


def _freedom(x: Any, axis: Axis, correction: float, mask: Any, *, keepdims: bool) -> Any:
    """Return the degrees of freedom, the count less a correction, which are not negative."""
    left = chosen_count(x, mask, axis, keepdims=keepdims) - correction
    return max(left, 0) if mask is None else maximum(left, 0)


def ptp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the range, from the least to the greatest element, along axes."""
    return max_(x, axis, keepdims=keepdims) - min_(x, axis, keepdims=keepdims)


def average(
    x: Any,
    axis: int | None = None,
    weights: Any = None,
    returned: bool = False,
    *,
    keepdims: bool = False,
) -> Any:
    """Return the weighted mean along an axis; weights of one axis, or of x's shape.

    If `returned`, the sums of the weights, too.
    """
    if weights is None:
        y = mean(x, axis, keepdims=keepdims)
        return (y, full_like(y, count_of(x, axis))) if returned else y
    if shape_of(weights) != shape_of(x):
        thin = [1] * len(shape_of(x))
        thin[axis or 0] = shape_of(weights)[0]
        weights = reshape(weights, tuple(thin))
    total = sum_(broadcast_to(weights, shape_of(x)), axis, keepdims=keepdims)
    y = sum_(x * weights, axis, keepdims=keepdims) / total
    return (y, total) if returned else y


def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
) -> Any:
    """Return the covariance matrix of variables, which are rows unless `rowvar` is false.

    Observations count `fweights` times, with the importance `aweights`, as NumPy's.
    """
    x = _variables(m, rowvar=rowvar)
    if y is not None:
        x = concat([x, _variables(y, rowvar=rowvar)])
    less = (0 if bias else 1) if ddof is None else ddof
    if fweights is None and aweights is None:
        d = x - mean(x, 1, keepdims=True)
        return squeeze(matmul(d, conj(matrix_transpose(d))) / (shape_of(x)[1] - less))
    counts = 1 if fweights is None else asarray(fweights)
    w = counts if aweights is None else counts * asarray(aweights)
    total = sum_(w)
    freedom = total - less * (1 if aweights is None else sum_(w * asarray(aweights)) / total)
    d = x - expand(sum_(x * w, 1) / total, shape_of(x), 1)
    return squeeze(matmul(d * w, conj(matrix_transpose(d))) / freedom)


def _variables(m: Any, *, rowvar: bool) -> Any:
    x = atleast_2d(asarray(m))
    return x if rowvar or len(shape_of(m)) < 2 else matrix_transpose(x)


def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    """Return the matrix of Pearson's correlation coefficients."""
    c = cov(x, y, rowvar)
    if not shape_of(c):
        return c / c
    scale = sqrt(real(diagonal(c)))
    return c / scale[:, None] / scale[None, :]
