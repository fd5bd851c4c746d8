"""The gamma distribution of shape a, and of scale 1 by default."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import less
from diffcheck.engine.ops.exponential import log, log1p
from diffcheck.engine.ops.special import xlogy
from diffcheck.engine.ops.special_gamma import (
    gamma_density,
    gammainc,
    gammaincc,
    gammaln,
)
from diffcheck.engine.stats.support import on_interval


def logpdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of the density."""

    def inside(z: Any) -> Any:
        return xlogy(a - 1, z) - z - gammaln(a) - log(scale)

    return on_interval(inside, (x - loc) / scale, below=-np.inf, above=-np.inf, at=1.0)


def pdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the density."""
    z = (x - loc) / scale
    return on_interval(lambda z: gamma_density(a, z) / scale, z, below=0.0, above=0.0, at=1.0)


def cdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the probability of a value of at most x."""
    z = (x - loc) / scale
    return on_interval(lambda z: gammainc(a, z), z, below=0.0, above=1.0, at=1.0)


def sf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the probability of a value above x, as a tail."""
    z = (x - loc) / scale
    return on_interval(lambda z: gammaincc(a, z), z, below=1.0, above=0.0, at=1.0)


def logcdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of `cdf`; above the median by log1p of the other tail."""
    return _log_of(cdf(x, a, loc, scale), sf(x, a, loc, scale))


def logsf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """Return the logarithm of `sf`; below the median by log1p of the other tail."""
    return _log_of(sf(x, a, loc, scale), cdf(x, a, loc, scale))


def _log_of(tail: Any, other: Any) -> Any:
    """Return log(tail), where tail + other = 1."""
    small = less(other, 0.5)
    return where(small, log1p(-where(small, other, 0.25)), log(where(small, 0.25, tail)))
