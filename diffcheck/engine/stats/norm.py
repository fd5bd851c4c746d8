"""The normal distribution."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.ops.exponential import log
from diffcheck.engine.ops.special import gauss, ndtr
from diffcheck.engine.ops.special_inverse import log_ndtr, ndtri
from diffcheck.engine.values import constant


def _standard(x: Any, loc: Any, scale: Any) -> Any:
    return (x - loc) / scale


def pdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the density."""
    z = _standard(x, loc, scale)
    return constant("one_over_sqrt_two_pi", z) * gauss(z, half=True) / scale


def logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of the density."""
    z = _standard(x, loc, scale)
    return -0.5 * (z * z + constant("log_two_pi", z)) - log(scale)


def cdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the probability of a value of at most x."""
    return ndtr(_standard(x, loc, scale))


def logcdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of `cdf`, in the left tail too."""
    return log_ndtr(_standard(x, loc, scale))


def sf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the probability of a value above x."""
    return ndtr(-_standard(x, loc, scale))


def logsf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of `sf`, in the right tail too."""
    return log_ndtr(-_standard(x, loc, scale))


def ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the value whose `cdf` is q."""
    return loc + scale * ndtri(q)


def isf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the value whose `sf` is q."""
    return loc - scale * ndtri(q)
