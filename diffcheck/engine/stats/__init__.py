"""Densities and distribution functions by scipy.stats' names, as modules: `stats.norm.logcdf`.

Tails are computed as tails: `logcdf` by log_ndtr, `sf` never as 1 - cdf. Beside their arguments all
are differentiable in their parameters.
"""

from diffcheck.engine.stats import (
    beta,
    chi2,
    dirichlet,
    gamma,
    multivariate_normal,
    norm,
    poisson,
    t,
)

__all__ = ["beta", "chi2", "dirichlet", "gamma", "multivariate_normal", "norm", "poisson", "t"]
