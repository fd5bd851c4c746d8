"""The χ² distribution: the gamma distribution of shape df/2 and scale 2."""

from __future__ import annotations

from typing import Any

from diffcheck.engine.stats import gamma


def logpdf(x: Any, df: Any) -> Any:
    """Return the logarithm of the density with df degrees of freedom."""
    return gamma.logpdf(x, 0.5 * df, scale=2.0)


def pdf(x: Any, df: Any) -> Any:
    """Return the density with df degrees of freedom."""
    return gamma.pdf(x, 0.5 * df, scale=2.0)


def cdf(x: Any, df: Any) -> Any:
    """Return the probability of a value of at most x."""
    return gamma.cdf(x, 0.5 * df, scale=2.0)


def sf(x: Any, df: Any) -> Any:
    """Return the probability of a value above x, as a tail."""
    return gamma.sf(x, 0.5 * df, scale=2.0)


def logcdf(x: Any, df: Any) -> Any:
    """Return the logarithm of `cdf`."""
    return gamma.logcdf(x, 0.5 * df, scale=2.0)


def logsf(x: Any, df: Any) -> Any:
    """Return the logarithm of `sf`."""
    return gamma.logsf(x, 0.5 * df, scale=2.0)
