"""Student's t distribution."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import greater, less
from diffcheck.engine.ops.exponential import exp, log, log1p
from diffcheck.engine.ops.special_gamma import gammaln
from diffcheck.engine.ops.special_hypergeometric import betainc, hyp2f1
from diffcheck.engine.values import constant


def logpdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of the density with df degrees of freedom."""
    z = (x - loc) / scale
    half = 0.5 * (df + 1)
    return _log_factor(df, z) - half * log1p(z * z / df) - log(scale)


def _log_factor(df: Any, like: Any) -> Any:
    """Return the logarithm of the density at 0."""
    return gammaln(0.5 * (df + 1)) - gammaln(0.5 * df) - 0.5 * (log(df) + constant("log_pi", like))


def pdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the density with df degrees of freedom."""
    return exp(logpdf(x, df, loc, scale))


def cdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the probability of a value of at most x."""
    z = (x - loc) / scale
    middle = less(z * z, df)
    right = greater(z, 0)
    tail = _tail(where(middle, 2.0, z * z / df), df)
    return where(
        middle, 0.5 + _from_centre(where(middle, z, 0.0), df), where(right, 1 - tail, tail)
    )


def sf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the probability of a value above x."""
    return cdf(-((x - loc) / scale), df)


def logcdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of `cdf`; above the median by log1p of the other tail."""
    z = (x - loc) / scale
    right = greater(z, 0)
    other = cdf(where(right, -z, z), df)
    return where(right, log1p(-where(right, other, 0.25)), log(where(right, 0.25, other)))


def logsf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of `sf`."""
    return logcdf(-((x - loc) / scale), df)


def _tail(ratio: Any, df: Any) -> Any:
    """Return the probability beyond z on one side, where ratio = z²/df (DLMF 8.17.1)."""
    return 0.5 * betainc(0.5 * df, 0.5, 1 / (1 + ratio))


def _from_centre(z: Any, df: Any) -> Any:
    """Return the probability between 0 and z for z² < df, negative on the left."""
    series = hyp2f1(0.5, 0.5 * (df + 1), 1.5, -(z * z) / df)
    return z * exp(_log_factor(df, z)) * series
