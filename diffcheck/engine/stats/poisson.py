"""The Poisson distribution; differentiable in its mean mu."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.comparison import floor
from diffcheck.engine.ops.exponential import exp
from diffcheck.engine.ops.special import xlogy
from diffcheck.engine.ops.special_gamma import gammainc, gammaincc, gammaln
from diffcheck.engine.stats.support import on_interval


def logpmf(k: Any, mu: Any) -> Any:
    """Return the logarithm of the probability of k."""

    def inside(k: Any) -> Any:
        return xlogy(k, mu) - gammaln(k + 1.0) - mu

    return on_interval(inside, k, below=-np.inf, above=-np.inf, at=1.0)


def pmf(k: Any, mu: Any) -> Any:
    """Return the probability of k."""
    return exp(logpmf(k, mu))


def cdf(k: Any, mu: Any) -> Any:
    """Return the probability of a value of at most k."""
    return on_interval(lambda k: gammaincc(floor(k) + 1.0, mu), k, below=0.0, above=1.0, at=1.0)


def sf(k: Any, mu: Any) -> Any:
    """Return the probability of a value above k, as a tail."""
    return on_interval(lambda k: gammainc(floor(k) + 1.0, mu), k, below=1.0, above=0.0, at=1.0)
