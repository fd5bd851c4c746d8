"""Log-likelihoods of counts: Poisson in its log-rate, negative binomial in mean and dispersion.

The Poisson's derivative in η is k - exp(η), 0 at the maximum. The negative binomial adds two log Γ
that differ little when the dispersion r is large: it then tends to the Poisson, and its derivative
in r to 0. They exist because counts are data and parameters are not: only the latter are
differentiated.
"""

from diffcheck import Case, real, sym


def poisson_definition(k, eta):
    return k * eta - sym.exp(eta) - sym.loggamma(k + 1)


def poisson(xp, k, eta):
    return k * eta - xp.exp(eta) - xp.gammaln(k + 1)


poisson_log_likelihood = Case(
    poisson_definition,
    programs={"plain": poisson},
    inputs={"k": real(0, 50), "eta": real(-4, 4)},
    wrt=("eta",),
    orders=(0, 1, 2),
    points=[{"k": 3.0, "eta": 1.0}, {"k": 0.0, "eta": -2.0}, {"k": 1.0, "eta": 0.0}],
)


def negative_binomial_definition(k, mean, r):
    counted = sym.loggamma(k + r) - sym.loggamma(r) - sym.loggamma(k + 1)
    return counted + r * sym.log(r / (r + mean)) + k * sym.log(mean / (r + mean))


def negative_binomial(xp, k, mean, r):
    counted = xp.gammaln(k + r) - xp.gammaln(r) - xp.gammaln(k + 1)
    return counted - r * xp.log1p(mean / r) + k * (xp.log(mean) - xp.log(r + mean))


negative_binomial_log_likelihood = Case(
    negative_binomial_definition,
    programs={"plain": negative_binomial},
    inputs={"k": real(0, 30), "mean": real(0.125, 30), "r": real(0.25, 30)},
    wrt=("mean", "r"),
    points=[{"k": 3.0, "mean": 2.0, "r": 1.5}, {"k": 0.0, "mean": 1.0, "r": 0.25}],
    slow=True,
)
