"""The beta distribution on [0, 1]."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.exponential import log
from diffcheck.engine.ops.special import xlog1py, xlogy
from diffcheck.engine.ops.special_gamma import betaln
from diffcheck.engine.ops.special_hypergeometric import beta_density, betainc
from diffcheck.engine.stats.support import on_interval


def logpdf(x: Any, a: Any, b: Any) -> Any:
    """Return the logarithm of the density."""

    def inside(x: Any) -> Any:
        return xlogy(a - 1, x) + xlog1py(b - 1, -x) - betaln(a, b)

    return on_interval(inside, x, 1.0, below=-np.inf, above=-np.inf, at=0.5)


def pdf(x: Any, a: Any, b: Any) -> Any:
    """Return the density."""
    return on_interval(lambda x: beta_density(a, b, x), x, 1.0, below=0.0, above=0.0, at=0.5)


def cdf(x: Any, a: Any, b: Any) -> Any:
    """Return the probability of a value of at most x."""
    return on_interval(lambda x: betainc(a, b, x), x, 1.0, below=0.0, above=1.0, at=0.5)


def sf(x: Any, a: Any, b: Any) -> Any:
    """Return the probability of a value above x, as a tail."""
    return on_interval(lambda x: betainc(b, a, 1 - x), x, 1.0, below=1.0, above=0.0, at=0.5)


def logcdf(x: Any, a: Any, b: Any) -> Any:
    """Return the logarithm of `cdf`."""
    return log(cdf(x, a, b))
