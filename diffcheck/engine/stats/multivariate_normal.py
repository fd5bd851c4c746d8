"""The normal distribution of several variables; a covariance is read as (C + Cᵀ)/2.

It may be a matrix, the diagonal of one, or a number that stands for that times the identity.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.arithmetic import sqrt
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.exponential import exp, log
from diffcheck.engine.ops.indexing import diagonal, take
from diffcheck.engine.ops.joining import asarray
from diffcheck.engine.ops.linalg import cholesky, diagonal_matrix, eigh, solve
from diffcheck.engine.ops.manipulation import broadcast_to, matrix_transpose, reshape
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.tensor import looked_into, shape_of
from diffcheck.engine.values import constant


def _count(mean: Any, cov: Any) -> int:
    """Return how many variables there are: one, unless the mean or the covariance tells more."""
    return max((*shape_of(mean), 1)[0], (*shape_of(cov), 1)[0])


def _matrix(cov: Any, n: int) -> Any:
    if len(shape_of(cov)) == 2:
        return cov
    return diagonal_matrix(broadcast_to(asarray(cov), (n,)))


def logpdf(x: Any, mean: Any = 0.0, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    """Return the logarithm of the density of vectors along the last axis of x.

    With `allow_singular` it is the density on the plane that the covariance spans. Raises
    `LinAlgError` where the covariance is not positive definite, or semidefinite then.
    """
    n = _count(mean, cov)
    if n == 1:  # every number is a point
        x, mean = reshape(asarray(x), (*shape_of(x), 1)), reshape(asarray(mean), (-1,))
    d = x - mean
    cov = _matrix(cov, n)
    rows = reshape(d, (-1, n))
    if allow_singular:
        return _on_plane(rows, cov, shape_of(d)[:-1])
    lower = cholesky(cov)
    whitened = solve(lower, matrix_transpose(rows))
    distance = reshape(sum_(whitened * whitened, 0), shape_of(d)[:-1])
    return -0.5 * (distance + n * constant("log_two_pi", d)) - sum_(log(diagonal(lower)))


def _on_plane(rows: Any, cov: Any, shape: tuple[int, ...]) -> Any:
    """Return the density of differences from the mean on what a covariance spans, -inf beside it.

    Which eigenvalues are negligible, and what lies beside, is measured as in SciPy.
    """
    w, v = eigh(cov)
    values = looked_into(w)
    unit = np.finfo(values.dtype).eps * (1e3 if values.dtype == np.float32 else 1e6)
    least = unit * np.max(np.abs(values))
    if np.min(values) < -least:
        raise np.linalg.LinAlgError("logpdf: a covariance that is not positive semidefinite")
    kept, none = np.flatnonzero(values > least), np.flatnonzero(values <= least)
    w, beside = take(w, kept), looked_into(rows) @ looked_into(v)[:, none]
    whitened = matmul(rows, take(v, kept, 1) / sqrt(w))
    distance = sum_(whitened * whitened, 1)
    y = -0.5 * (distance + kept.size * constant("log_two_pi", rows)) - sum_(log(w)) / 2
    return reshape(where(np.linalg.norm(beside, axis=1) < 1e3 * least, y, -np.inf), shape)


def pdf(x: Any, mean: Any = 0.0, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    """Return the density."""
    return exp(logpdf(x, mean, cov, allow_singular))


def entropy(mean: Any = 0.0, cov: Any = 1.0) -> Any:
    """Return the differential entropy, which does not depend on the mean."""
    n = _count(mean, cov)
    lower = cholesky(_matrix(cov, n))
    return 0.5 * n * (1 + constant("log_two_pi", lower)) + sum_(log(diagonal(lower)))
