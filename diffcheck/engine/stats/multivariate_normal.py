"""The normal distribution of several variables; a covariance is read as (C + Cᵀ)/2."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.ops.exponential import exp, log
from diffcheck.engine.ops.indexing import diagonal
from diffcheck.engine.ops.linalg import cholesky, solve
from diffcheck.engine.ops.manipulation import matrix_transpose, reshape
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.tensor import shape_of
from diffcheck.engine.values import constant


def logpdf(x: Any, mean: Any, cov: Any) -> Any:
    """Return the logarithm of the density of vectors along the last axis of x."""
    d = x - mean
    n = shape_of(d)[-1]
    lower = cholesky(cov)
    rows = reshape(d, (-1, n))
    whitened = solve(lower, matrix_transpose(rows))
    distance = reshape(sum_(whitened * whitened, 0), shape_of(d)[:-1])
    return -0.5 * (distance + n * constant("log_two_pi", d)) - sum_(log(diagonal(lower)))


def pdf(x: Any, mean: Any, cov: Any) -> Any:
    """Return the density."""
    return exp(logpdf(x, mean, cov))


def entropy(mean: Any, cov: Any) -> Any:
    """Return the differential entropy, which does not depend on the mean."""
    del mean
    lower = cholesky(cov)
    n = shape_of(cov)[-1]
    return 0.5 * n * (1 + constant("log_two_pi", cov)) + sum_(log(diagonal(lower)))
