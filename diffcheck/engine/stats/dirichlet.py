"""The Dirichlet distribution: numbers that sum to 1 along the first axis."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.ops.exponential import exp
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.ops.special import xlogy
from diffcheck.engine.ops.special_gamma import gammaln


def logpdf(x: Any, alpha: Any) -> Any:
    """Return the logarithm of the density."""
    norm = gammaln(sum_(alpha)) - sum_(gammaln(alpha))
    return norm + sum_(xlogy(alpha - 1, x.T).T, 0)


def pdf(x: Any, alpha: Any) -> Any:
    """Return the density."""
    return exp(logpdf(x, alpha))
