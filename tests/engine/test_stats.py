# ruff: noqa: E501 - one row of a table, one line
"""Distributions against mpmath, in the tails too."""

import numpy as np
import pytest
import scipy.stats
from conftest import derivative
from mpmath import mp

from diffcheck import engine as xp
from diffcheck.balls import error_in_ulps
from diffcheck.engine import stats
from diffcheck.floats import FORMATS


def t_density(x, v):
    factor = mp.gamma((v + 1) / 2) / (mp.gamma(v / 2) * mp.sqrt(v * mp.pi))
    return factor * (1 + x * x / v) ** (-(v + 1) / 2)


def t_tail(x, v):
    return mp.betainc(v / 2, mp.mpf(0.5), 0, v / (v + x * x), regularized=True) / 2


def gamma_density(x, a):
    return x ** (a - 1) * mp.exp(-x) / mp.gamma(a)


def normal_tail(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


# name, our function of one number, mpmath's, points
ROWS = [
    ("norm.pdf", stats.norm.pdf, mp.npdf, (0.0, -1.5, 30.0)),
    ("norm.logpdf", stats.norm.logpdf, lambda x: mp.log(mp.npdf(x)), (0.5, -40.0)),
    ("norm.cdf", stats.norm.cdf, lambda x: normal_tail(-x), (0.25, -30.0, 5.0)),
    ("norm.logcdf", stats.norm.logcdf, lambda x: mp.log(normal_tail(-x)), (0.25, -30.0, 9.0)),
    ("norm.sf", stats.norm.sf, normal_tail, (0.25, 30.0)),
    ("norm.logsf", stats.norm.logsf, lambda x: mp.log(normal_tail(x)), (-9.0, 30.0)),
    ("norm.ppf", stats.norm.ppf, lambda q: mp.sqrt(2) * mp.erfinv(2 * q - 1), (0.25, 0.875)),
    ("norm.isf", stats.norm.isf, lambda q: mp.sqrt(2) * mp.erfinv(1 - 2 * q), (0.25, 0.0078125)),
    ("norm.pdf in scale", lambda s: stats.norm.pdf(1.5, 0.5, s), lambda s: mp.npdf(1.5, 0.5, s), (0.75,)),
    ("norm.logcdf in loc", lambda m: stats.norm.logcdf(-20.0, m), lambda m: mp.log(normal_tail(20 + m)), (1.5,)),
    ("t.pdf", lambda x: stats.t.pdf(x, 3.0), lambda x: t_density(x, 3), (0.5, -40.0)),
    ("t.logpdf", lambda x: stats.t.logpdf(x, 3.0), lambda x: mp.log(t_density(x, 3)), (0.5, 1e9)),
    ("t.logpdf in df", lambda v: stats.t.logpdf(1.5, v), lambda v: mp.log(t_density(mp.mpf(1.5), v)), (2.5,)),
    ("t.cdf", lambda x: stats.t.cdf(x, 3.0), lambda x: t_tail(-x, 3), (-0.5, -40.0)),
    ("t.logcdf", lambda x: stats.t.logcdf(x, 3.0), lambda x: mp.log(t_tail(-x, 3)), (-0.5, -1e4)),
    ("beta.pdf", lambda x: stats.beta.pdf(x, 2.5, 1.5), lambda x: x**1.5 * (1 - x) ** 0.5 / mp.beta(2.5, 1.5), (0.25, 1e-20)),
    ("beta.logpdf in a", lambda a: stats.beta.logpdf(0.25, a, 1.5), lambda a: mp.log(mp.mpf(0.25) ** (a - 1) * mp.sqrt(0.75) / mp.beta(a, 1.5)), (2.5,)),
    ("beta.cdf", lambda x: stats.beta.cdf(x, 2.5, 1.5), lambda x: mp.betainc(2.5, 1.5, 0, x, regularized=True), (0.25,)),
    ("gamma.pdf", lambda x: stats.gamma.pdf(x, 2.5), lambda x: gamma_density(x, mp.mpf(2.5)), (0.75, 1e-20)),
    ("gamma.logpdf in a", lambda a: stats.gamma.logpdf(0.75, a), lambda a: mp.log(gamma_density(mp.mpf(0.75), a)), (2.5,)),
    ("gamma.cdf", lambda x: stats.gamma.cdf(x, 2.5), lambda x: mp.gammainc(2.5, 0, x, regularized=True), (0.75,)),
    ("gamma.cdf in a", lambda a: stats.gamma.cdf(0.75, a), lambda a: mp.gammainc(a, 0, 0.75, regularized=True), (2.5,)),
    ("beta.cdf in a", lambda a: stats.beta.cdf(0.25, a, 1.5), lambda a: mp.betainc(a, 1.5, 0, 0.25, regularized=True), (2.5,)),
    ("t.cdf in df", lambda v: stats.t.cdf(-40.0, v), lambda v: t_tail(40, v), (3.0,)),
    ("gamma.pdf far out", lambda x: stats.gamma.pdf(x, 150.0), lambda x: gamma_density(x, mp.mpf(150)), (750.0,)),
    ("beta.pdf of large a", lambda x: stats.beta.pdf(x, 500.0, 400.0), lambda x: x**499 * (1 - x) ** 399 / mp.beta(500, 400), (0.25,)),
    ("beta.pdf next to 1", lambda x: stats.beta.pdf(x, 2.5, 17.25), lambda x: x**1.5 * (1 - x) ** 16.25 / mp.beta(2.5, 17.25), (1 - 2.0**-40, 0.3)),
    ("gamma.logcdf", lambda x: stats.gamma.logcdf(x, 2.5), lambda x: mp.log(mp.gammainc(2.5, 0, x, regularized=True)), (1e-5, 9.0)),
    ("gamma.logsf", lambda x: stats.gamma.logsf(x, 2.5), lambda x: mp.log(mp.gammainc(2.5, x, regularized=True)), (0.75, 60.0)),
    ("chi2.logpdf", lambda x: stats.chi2.logpdf(x, 3.0), lambda x: mp.log(gamma_density(x / 2, mp.mpf(1.5)) / 2), (0.75,)),
    ("chi2.cdf", lambda x: stats.chi2.cdf(x, 3.0), lambda x: mp.gammainc(1.5, 0, x / 2, regularized=True), (0.75,)),
    ("poisson.logpmf", lambda m: stats.poisson.logpmf(4.0, m), lambda m: mp.log(m**4 * mp.exp(-m) / 24), (2.5, 1e-5)),
    ("poisson.cdf", lambda m: stats.poisson.cdf(4.0, m), lambda m: mp.gammainc(5, m, regularized=True), (2.5,)),
    ("poisson.sf", lambda m: stats.poisson.sf(4.0, m), lambda m: mp.gammainc(5, 0, m, regularized=True), (2.5,)),
    ("dirichlet.logpdf", lambda a: stats.dirichlet.logpdf(np.array([0.25, 0.75]), xp.stack([a, 2 * a])), lambda a: mp.log(mp.mpf(0.25) ** (a - 1) * mp.mpf(0.75) ** (2 * a - 1) * mp.gamma(3 * a) / mp.gamma(a) / mp.gamma(2 * a)), (1.5,)),
    ("rgamma", xp.rgamma, mp.rgamma, (2.5, 0.25, -1.5, -3.0, 0.0)),
    ("multigammaln", lambda a: xp.multigammaln(a, 3), lambda a: mp.log(mp.pi) * 1.5 + mp.loggamma(a) + mp.loggamma(a - 0.5) + mp.loggamma(a - 1), (3.25,)),
]  # fmt: skip


# What loses more than 4 ulps, and why
LOSSES = {
    "norm.pdf in scale": (8, "two terms of either sign, z² and 1"),
    "dirichlet.logpdf": (8, "digammas and logarithms of either sign"),
}


def forward(f):
    return lambda x: xp.jvp(f, (x,), (xp.ones_like(x),))[1]


@pytest.mark.parametrize(
    ("name", "f", "exact", "x"), [(n, f, e, x) for n, f, e, points in ROWS for x in points]
)
def test_keeps_its_digits(name, f, exact, x):
    limit, _ = LOSSES.get(name, (4, ""))
    for order, derive in ((0, xp.value), (1, xp.grad), (1, forward)):
        truth = derivative(exact, x, order, digits=120)
        found = derive(f)(np.float64(x))
        assert found.dtype == np.float64
        assert error_in_ulps(found, truth, FORMATS["float64"]) <= limit


COVARIANCE = np.array([[2.0, 0.5, 0.25], [0.5, 1.0, -0.25], [0.25, -0.25, 0.5]])
MEAN = np.array([0.5, -1.0, 2.0])


def test_multivariate_normal_is_scipys():
    x = np.array([[0.0, 1.0, 2.0], [1.5, -0.5, 0.25]])
    theirs = scipy.stats.multivariate_normal(MEAN, COVARIANCE)
    ours = stats.multivariate_normal
    np.testing.assert_allclose(ours.logpdf(x, MEAN, COVARIANCE), theirs.logpdf(x), rtol=1e-13)
    np.testing.assert_allclose(ours.pdf(x[0], MEAN, COVARIANCE), theirs.pdf(x[0]), rtol=1e-13)
    np.testing.assert_allclose(ours.entropy(MEAN, COVARIANCE), theirs.entropy(), rtol=1e-13)


def test_gradients_of_the_multivariate_normal():
    x = np.array([0.0, 1.0, 2.0])
    in_mean, in_covariance = xp.grad(
        lambda m, c: stats.multivariate_normal.logpdf(x, m, c), (0, 1)
    )(MEAN, COVARIANCE)
    inverse = np.linalg.inv(COVARIANCE)
    z = inverse @ (x - MEAN)
    np.testing.assert_allclose(in_mean, z, rtol=1e-13)
    np.testing.assert_allclose(in_covariance, (np.outer(z, z) - inverse) / 2, rtol=1e-13)


@pytest.mark.parametrize(
    ("f", "low", "high"),
    [
        (lambda x: stats.gamma.logpdf(x, 2.5), -np.inf, None),
        (lambda x: stats.gamma.cdf(x, 2.5), 0.0, None),
        (lambda x: stats.gamma.sf(x, 2.5), 1.0, None),
        (lambda x: stats.beta.logpdf(x, 2.5, 1.5), -np.inf, -np.inf),
        (lambda x: stats.beta.cdf(x, 2.5, 1.5), 0.0, 1.0),
        (lambda x: stats.beta.sf(x, 2.5, 1.5), 1.0, 0.0),
        (lambda k: stats.poisson.cdf(k, 2.5), 0.0, None),
        (lambda k: stats.poisson.pmf(k, 2.5), 0.0, None),
    ],
)
def test_outside_the_support(f, low, high):
    for x, expected in ((-1.5, low), (1.5, high)):
        if expected is not None:
            assert xp.value_and_grad(f)(x) == (expected, 0)


def test_densities_at_the_ends_of_the_support():
    assert stats.gamma.pdf(0.0, np.array([0.5, 1.0, 2.5])).tolist() == [np.inf, 1.0, 0.0]
    assert stats.beta.pdf(np.array([0.0, 1.0]), 1.0, 1.0).tolist() == [1.0, 1.0]
    assert stats.beta.pdf(np.array([0.0, 1.0]), 0.5, 2.0).tolist() == [np.inf, 0.0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_keeps_the_dtype(dtype):
    for f in (
        stats.norm.logcdf,
        stats.norm.pdf,
        lambda x: stats.t.cdf(x, 3.0),
        lambda x: stats.beta.pdf(x, 2.5, 1.5),
        lambda x: stats.gamma.logpdf(x, 2.5),
        lambda x: stats.chi2.sf(x, 3.0),
        lambda m: stats.poisson.logpmf(4.0, m),
    ):
        value, slope = xp.value_and_grad(f)(dtype(0.25))
        assert value.dtype == slope.dtype == dtype


MEAN, COV = np.array([0.5, -1.0, 0.25]), np.diag([2.0, 1.0, 0.5]) + 0.25
POINTS = np.array([[0.0, 0.5, 1.0], [2.0, -1.0, 0.0]])
PLANE = np.array([[1.0, 2.0, 0.5], [0.0, 1.0, -1.0]])
FORMS = {
    "matrix": (lambda s, x: s.logpdf(x, MEAN, COV), POINTS),
    "diagonal": (lambda s, x: s.logpdf(POINTS, MEAN, x), np.array([1.0, 2.0, 0.5])),
    "number": (lambda s, x: s.logpdf(POINTS, mean=MEAN, cov=x[0]), np.array([2.0])),
    "one variable": (lambda s, x: s.logpdf(POINTS[0], x[0], x[1]), np.array([0.25, 2.0])),
    "density": (lambda s, x: s.pdf(x, MEAN, COV, allow_singular=True), POINTS),
    "plane": (lambda s, x: s.logpdf(x @ PLANE, 0 * MEAN, PLANE.T @ PLANE, True), POINTS[:, :2]),
    "covariance of a plane": (
        lambda s, x: s.logpdf(POINTS[:, :2] @ PLANE, 0 * MEAN, PLANE.T @ (x @ x.T) @ PLANE, True),
        np.array([[1.0, 0.5], [0.0, 2.0]]),
    ),
    "entropy": (lambda s, x: s.entropy(None, x @ x.T), np.array([[1.0, 0.5], [0.0, 2.0]])),
}


@pytest.mark.parametrize("name", FORMS)
def test_normal_distributions_of_all_forms_of_covariances(name):
    call, x = FORMS[name]
    found = []

    def program(x):
        found[:] = [call(stats.multivariate_normal, x)]
        return xp.sum(found[0])

    slope = xp.grad(program)(x)
    expected = call(scipy.stats.multivariate_normal, x)
    np.testing.assert_allclose(getattr(found[0], "value", found[0]), expected, rtol=1e-12)
    direction, h = np.cos(np.arange(x.size)).reshape(x.shape), 2.0**-12
    near = [np.sum(call(scipy.stats.multivariate_normal, x + k * h * direction)) for k in (-1, 1)]
    assert (near[1] - near[0]) / (2 * h) == pytest.approx(np.sum(slope * direction), rel=1e-5)


def test_beside_the_plane_of_a_singular_covariance_there_is_no_density():
    beside = np.array([1.0, 0.0, 0.0])
    normal = stats.multivariate_normal
    assert normal.logpdf(beside, 0 * MEAN, PLANE.T @ PLANE, allow_singular=True) == -np.inf
    assert xp.grad(lambda x: normal.pdf(x, 0 * MEAN, PLANE.T @ PLANE, True))(beside).tolist() == [
        0, 0, 0,
    ]  # fmt: skip


def test_a_covariance_with_a_negative_direction_is_refused():
    with pytest.raises(np.linalg.LinAlgError, match="semidefinite"):
        stats.multivariate_normal.logpdf(np.ones(2), 0.0, np.diag([1.0, -1.0]), allow_singular=True)
