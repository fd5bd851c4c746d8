# ruff: noqa: E501 - one row of a table, one line; every function as a lambda
"""Points where today's systems lose every digit (facts.md, defects.md); ours must not."""

import numpy as np
import pytest
from conftest import derivative
from mpmath import mp

from diffcheck import engine as xp
from diffcheck.balls import error_in_ulps
from diffcheck.floats import FORMATS

F32, F64 = np.float32, np.float64


def sinc(x):
    return mp.sin(mp.pi * x) / (mp.pi * x)


def dilog_of_rest(x):
    """Return Li₂(1 - x) for small x, by Euler's reflection: mpmath's own takes long next to 1."""
    return mp.zeta(2) - mp.log(x) * mp.log1p(-x) - mp.polylog(2, x)


SMOOTH = [
    ("tanh", xp.tanh, mp.tanh, 20.0, F64, 1),
    ("tanh", xp.tanh, mp.tanh, -9.0109138, F32, 1),
    ("tanh''", xp.tanh, mp.tanh, 1e-300, F64, 2),
    ("tanh", xp.tanh, mp.tanh, -44.120922, F32, 1),
    ("expit", xp.expit, mp.sigmoid, 40.0, F64, 1),
    ("expit", xp.expit, mp.sigmoid, -85.0, F32, 1),
    ("log_expit''", xp.log_expit, lambda x: -mp.log1p(mp.exp(-x)), -37.42994775023705, F64, 2),
    ("expm1", xp.expm1, mp.expm1, -40.0, F64, 1),
    ("sinc", xp.sinc, sinc, -1e-29, F32, 1),
    ("sinc", xp.sinc, sinc, 1e-6, F32, 1),
    ("sinc", xp.sinc, sinc, 1e-9, F64, 1),
    ("acosh", xp.acosh, mp.acosh, 5.9e20, F32, 1),
    ("acosh", xp.acosh, mp.acosh, 1e200, F64, 1),
    ("asinh", xp.asinh, mp.asinh, 1e200, F64, 1),
    ("i0", xp.i0, lambda x: mp.besseli(0, x), 1e-300, F64, 1),
    ("log1p", xp.log1p, mp.log1p, -1 + 2.0**-50, F64, 1),
    ("softplus", xp.softplus, lambda x: mp.log1p(mp.exp(x)), 800.0, F64, 1),
    ("softplus", xp.softplus, lambda x: mp.log1p(mp.exp(x)), -80.0, F32, 1),
    ("sinc", xp.sinc, sinc, 1e-29, F32, 1),
    (
        "x**n near x = 0",
        lambda x: x ** np.float64(0.25),
        lambda x: x ** mp.mpf(0.25),
        1e-290,
        F64,
        1,
    ),
    (
        "x**y near y = 0",
        lambda y: np.float64(1e-5) ** y,
        lambda y: mp.mpf(1e-5) ** y,
        1e-300,
        F64,
        1,
    ),
    ("hypot", lambda x: xp.hypot(x, x), lambda x: mp.hypot(x, x), 1e-200, F64, 1),
    ("hypot", lambda x: xp.hypot(x, x), lambda x: mp.hypot(x, x), 1e200, F64, 1),
    (
        "hypot where it overflows",
        lambda x: xp.hypot(x, x),
        lambda x: mp.hypot(x, x),
        1.7976931348623157e308,
        F64,
        1,
    ),
    ("atan2", lambda y: xp.atan2(y, 1e-200), lambda y: mp.atan2(y, mp.mpf(1e-200)), 1e-200, F64, 1),
    ("erf", xp.erf, mp.erf, 9.0, F32, 1),
    ("erfc", xp.erfc, mp.erfc, 25.0, F64, 1),
    ("silu", xp.silu, lambda x: x * mp.sigmoid(x), -80.0, F32, 1),
    ("x**0.1", lambda x: x**0.1, lambda x: x ** mp.mpf(0.1), 1e-300, F64, 1),
    ("atanh''", xp.atanh, mp.atanh, 1e-20, F64, 2),
    ("log2", xp.log2, lambda x: mp.log(x, 2), 1e-306, F64, 1),
    ("spence", xp.spence, dilog_of_rest, 1.814004882431707e-33, F64, 2),
    ("spence", xp.spence, lambda x: mp.polylog(2, 1 - x), 0.75, F64, 2),
]


@pytest.mark.parametrize(
    ("name", "f", "exact", "x", "dtype", "order"), SMOOTH, ids=[f"{r[0]}-{r[3]}" for r in SMOOTH]
)
def test_hard_point(name, f, exact, x, dtype, order):
    x = dtype(x)
    truth = derivative(exact, x, order, digits=700)
    g = f
    for _ in range(order):
        g = xp.grad(g)
    found = g(x)
    assert found.dtype == dtype
    assert error_in_ulps(found, truth, FORMATS[np.dtype(dtype).name]) <= 4


# The worst of 100,000 points each, by the next wider format; 2 ulps where NumPy has the op, else 4.
SEARCHED = [
    ("tanh", xp.tanh, mp.tanh, -7.444282, F32, 1, 2),
    ("expm1", xp.expm1, mp.expm1, 47.492786, F32, 1, 2),
    ("exp2", xp.exp2, lambda x: 2**x, 128.17624, F32, 1, 2),
    ("exp2", xp.exp2, lambda x: 2**x, 1024.25, F64, 2, 16),
    ("cbrt", xp.cbrt, lambda x: -mp.cbrt(-x), -1.5611105518416435, F64, 1, 2),
    (
        "atan2",
        lambda y: xp.atan2(y, F64(-0.0009881783876031255)),
        lambda y: mp.atan2(y, mp.mpf(-0.0009881783876031255)),
        -0.0889322567390324,
        F64,
        1,
        2,
    ),
    ("erfc", xp.erfc, mp.erfc, 3.0365195, F32, 1, 4),
    ("exp1", xp.exp1, mp.e1, 82.37682, F32, 1, 4),
    ("si", xp.si, mp.si, 2.4990716, F32, 1, 4),
    ("ci", xp.ci, mp.ci, 2.7979982, F32, 2, 16),
    ("ci", xp.ci, mp.ci, 2.797884888117547, F64, 2, 16),
    ("log_ndtr", xp.log_ndtr, lambda x: mp.log(mp.ncdf(x)), -1e10, F32, 1, 4),
    (
        "betaln",
        lambda a: xp.betaln(a, F32(9.051445e33)),
        lambda a: mp.loggamma(a) - mp.loggamma(a + mp.mpf(float(F32(9.051445e33)))),
        1.6188663e33,
        F32,
        1,
        4,
    ),
    ("ellipkm1", xp.ellipkm1, lambda p: mp.ellipk(1 - p), 6.974496e-39, F32, 1, 4),
]


@pytest.mark.parametrize(
    ("name", "f", "exact", "x", "dtype", "order", "limit"),
    SEARCHED,
    ids=[f"{r[0]}-{r[3]}-{r[5]}" for r in SEARCHED],
)
def test_worst_point_of_a_search(name, f, exact, x, dtype, order, limit):
    x = dtype(x)
    truth = derivative(exact, x, order, digits=400)
    for _ in range(order):
        f = xp.grad(f)
    assert error_in_ulps(f(x), truth, FORMATS[np.dtype(dtype).name]) <= limit


@pytest.mark.parametrize("dtype", [F32, F64])
def test_log_ndtr_as_far_as_floats_go(dtype):
    far = np.finfo(dtype).min
    assert xp.grad(xp.log_ndtr)(far) == -far
    assert xp.grad(xp.grad(xp.log_ndtr))(far) == -1.0


def test_logaddexp_far_apart():
    truth = derivative(lambda a: mp.log(mp.exp(a) + mp.exp(mp.mpf(700.3))), 3.7, digits=700)
    found = xp.grad(xp.logaddexp)(3.7, 700.3)
    assert error_in_ulps(found, truth, FORMATS["float64"]) <= 4


# conventions and subgradients, exactly
def v(*numbers):
    return np.array(numbers)


EXACT = [
    ("x**y at y = 0", lambda x: xp.sum(x ** np.zeros(2)), v(0.0, 3.0), v(0.0, 0.0)),
    ("cumprod with a zero", lambda x: xp.sum(xp.cumulative_prod(x)), v(2.0, 0.0, 3.0), v(1.0, 8.0, 0.0)),
    ("svd of equal values", lambda x: xp.sum(xp.linalg.svdvals(x) ** 2), np.eye(2), 2 * np.eye(2)),
    ("eigh of equal values", lambda x: xp.sum(xp.linalg.eigvalsh(x) ** 2), np.eye(2), 2 * np.eye(2)),
    ("norm at 0", xp.linalg.norm, v(0.0, 0.0), v(0.0, 0.0)),
    ("norm of tiny", xp.linalg.norm, 2.0**-600 * v(3.0, 4.0), v(0.6, 0.8)),
    ("norm of huge", xp.linalg.norm, 2.0**600 * v(3.0, 4.0), v(0.6, 0.8)),
    ("exp(-norm²) at 0", lambda x: xp.exp(-(xp.linalg.norm(x) ** 2)), v(0.0, 0.0), v(0.0, 0.0)),
    ("where, sqrt", lambda x: xp.sum(xp.where(x > 0, xp.sqrt(x), x)), v(-1.0, 4.0, 0.0), v(1, 0.25, 1)),
    ("where, log2", lambda x: xp.sum(xp.where(x > 2, xp.log2(x), 2 * x)), v(0.0, 1.0), v(2.0, 2.0)),
    ("where, x·log", lambda x: xp.sum(xp.where(x > 0, x * xp.log(x), 0)), v(0.0, 1.0), v(0.0, 1.0)),
    (
        "where, broadcast condition",
        lambda x: xp.sum(xp.where(np.array([[True], [False]]), xp.reshape(xp.sqrt(x), (2, 2)), 0)),
        v(1.0, 4.0, 0.0, -1.0),
        v(0.5, 0.25, 0.0, 0.0),
    ),
    ("log[index]", lambda x: xp.sum(xp.log(x)[1:]), v(0.0, 2.0), v(0.0, 0.5)),
    ("relu of log", lambda x: xp.sum(xp.relu(xp.log(x))), v(0.0, 2.0), v(0.0, 0.5)),
    ("maximum of equals", lambda x: xp.sum(xp.maximum(x, 1.0)), v(0.0, 1.0, 2.0), v(0.0, 0.5, 1.0)),
    ("max of equals", xp.max, v(2.0, 1.0, 2.0), v(0.5, 0.0, 0.5)),
    ("min of equals", xp.min, v(2.0, 1.0, 1.0), v(0.0, 0.5, 0.5)),
    ("clip at its ends", lambda x: xp.sum(xp.clip(x, -1, 1)), v(-1.0, 0.0, 1.0), v(0.5, 1.0, 0.5)),
    ("abs at 0", lambda x: xp.sum(xp.abs(x)), v(0.0, -2.0), v(0.0, -1.0)),
    ("relu at 0", lambda x: xp.sum(xp.relu(x)), v(0.0, -1.0, 1.0), v(0.0, 0.0, 1.0)),
    ("x**0 at 0", lambda x: xp.sum(x**0), v(0.0, 1.0), v(0.0, 0.0)),
    ("0**b", lambda b: xp.sum(v(0.0, 2.0) ** b), v(1.0, 1.0), v(0.0, 2 * np.log(2.0))),
    ("x**2 at 0", lambda x: xp.sum(x**2), v(0.0, -3.0), v(0.0, -6.0)),
    ("prod with a zero", xp.prod, v(0.0, 2.0, 3.0), v(6.0, 0.0, 0.0)),
    ("prod with two zeros", xp.prod, v(0.0, 0.0, 3.0), v(0.0, 0.0, 0.0)),
    ("prod of [0, 2]", xp.prod, v(0.0, 2.0), v(2.0, 0.0)),
    ("atan2 on an axis", lambda y: xp.sum(xp.atan2(y, v(1.0, -2.0))), v(0.0, 0.0), v(1.0, -0.5)),
    ("det of a singular matrix", xp.linalg.det, v([0.0, 1.0], [0.0, 1.0]), v([1.0, 0.0], [-1.0, 0.0])),
    ("det of zeros", xp.linalg.det, np.zeros((3, 3)), np.zeros((3, 3))),
    ("gammainc(1, x) at 0", lambda x: xp.sum(xp.gammainc(1.0, x)), v(0.0, 0.0), v(1.0, 1.0)),
    (
        "logaddexp of -inf",
        lambda x: xp.logaddexp(xp.logaddexp(x[0], x[1]), x[2]),
        v(-np.inf, -np.inf, 2.0),
        v(0.0, 0.0, 1.0),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "x", "expected"), EXACT, ids=[row[0] for row in EXACT])
def test_convention(name, f, x, expected):
    np.testing.assert_array_equal(xp.grad(f)(x), expected)


@pytest.mark.parametrize(("name", "f", "x", "expected"), EXACT, ids=[row[0] for row in EXACT])
def test_forward_mode_agrees_with_the_convention(name, f, x, expected):
    for index in np.ndindex(x.shape):
        direction = np.zeros(x.shape)
        direction[index] = 1
        _, slope = xp.jvp(f, (x,), (direction,))
        assert slope == expected[index]


def test_a_cotangent_that_happens_to_be_zero_keeps_its_own_derivative():
    def f(x):
        return xp.where(x > -1, xp.sin(x) ** 2, 0)

    assert xp.grad(xp.grad(f))(0.0) == 2.0


def test_second_derivatives_of_prod_with_two_zeros():
    rows = xp.hessian(xp.prod)(v(2.0, 3.0, 0.0, 0.0))
    assert rows[2, 3] == 6.0


def test_mixed_derivative_of_pow_at_exponent_zero():
    inner = xp.grad(xp.pow)
    assert xp.grad(inner, 1)(23.0, 0.0) == pytest.approx(1 / 23, rel=1e-15)


def test_mixed_derivative_of_xlogy_at_zero():
    def f(t):
        return xp.xlogy(t - 0.5, t + 1.0)

    assert xp.grad(xp.grad(f))(0.5) == pytest.approx(4 / 3, rel=1e-15)


def test_seventy_thousand_ties_in_half_precision():
    x = np.ones(70000, dtype=np.float16)
    assert xp.grad(xp.max)(x)[0] == np.float16(1 / 70000)


def test_fourth_derivative_through_a_square_at_zero():
    def f(x):
        return xp.exp(-(x**2))

    for expected in (1.0, 0.0, -2.0, 0.0, 12.0):
        assert f(0.0) == expected
        f = xp.grad(f)


DOMINATED = np.array([30.0, -10.0, -12.0])


@pytest.mark.parametrize("f", [xp.softmax, xp.log_softmax], ids=["softmax", "log_softmax"])
@pytest.mark.parametrize("jacobian", [xp.jacrev, xp.jacfwd])
def test_softmax_where_one_element_dominates(f, jacobian):
    found = jacobian(f)(DOMINATED)
    truth = jacobian(f)(xp.ball_array(DOMINATED))
    for computed, exact in zip(found.reshape(-1), truth.reshape(-1), strict=True):
        assert error_in_ulps(computed, exact, FORMATS["float64"]) <= 8


def test_log_softmax_of_a_dominant_element():
    exact = xp.value(xp.log_softmax)(xp.ball_array(DOMINATED))[0]
    assert error_in_ulps(xp.log_softmax(DOMINATED)[0], exact, FORMATS["float64"]) <= 4


def test_remainder_of_a_quotient_that_underflows():
    assert xp.grad(lambda y: xp.remainder(-1e-80, y))(1e253) == 1.0


@pytest.mark.parametrize("dtype", [F32, F64])
@pytest.mark.parametrize(("order", "far"), [(1, -np.inf), (2, np.inf)])
def test_erfcx_overflows_to_infinity_and_not_to_nan(dtype, order, far):
    slope = xp.erfcx
    for _ in range(order):
        slope = xp.grad(slope)
    for x in (-30.0, -1e10, -np.finfo(dtype).max):
        assert slope(dtype(x)) == far
    assert np.isnan(slope(dtype(np.nan)))


# values that SciPy puts out of range, or at 0, where the truth is a normal number
TINY, LEAST, MINUS_LOG_LEAST = 2.0**-1022, 5e-324, 744.44007192138126
VALUES = [
    ("beta", xp.beta, (1.42096357328202e119, 2.9825831125507243e92), 0.0),
    ("betaln", xp.betaln, (LEAST, 5.9e233), MINUS_LOG_LEAST),
    ("betaln", xp.betaln, (1.5e-277, LEAST), MINUS_LOG_LEAST),
    ("erfcinv", xp.erfcinv, (LEAST,), 27.213293210812949),
    ("gammaln", xp.gammaln, (LEAST,), MINUS_LOG_LEAST),
    ("gammaln", xp.gammaln, (-LEAST,), MINUS_LOG_LEAST),
    ("hyp1f1", lambda x: xp.hyp1f1(x, 2 * LEAST, -4.6), (4.3,), -np.inf),
    ("hyp2f1", lambda x: xp.hyp2f1(1.5, 0.5, LEAST, x), (-0.875,), -np.inf),
    ("ive", xp.ive, (5.9e-31, TINY), 1.0),
    ("ive", xp.ive, (2.1e-169, LEAST), 1.0),
    ("k0e", xp.k0e, (LEAST,), 744.55600343703957),
    ("k1e", xp.k1e, (LEAST,), np.inf),
    ("kl_div", xp.kl_div, (1e-323, 4.1e130), 4.1e130),
    ("kl_div", xp.kl_div, (2.0**800, TINY), float(2.0**800 * (mp.log(2) * 1822 - 1))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "f", "args", "truth"), VALUES, ids=[f"{r[0]}-{r[2]}" for r in VALUES]
)
def test_value_where_the_library_leaves_the_range(name, f, args, truth):
    assert f(*args) == pytest.approx(truth, rel=2.0**-52)


# values of which SciPy loses more than the table's bounds allow, to 17 digits
@pytest.mark.parametrize(
    ("f", "exact", "points"),
    [
        (xp.beta, mp.beta, [(328732.78, 3.7), (328732.78, 1.4e-45), (200.0, 1e-3), (5e5, 0.3)]),
        (xp.struve, mp.struveh, [(0.0, 3.5e-23), (1.6e-91, 8e-182), (2.5, 1e-5), (10.0, 0.13)]),
    ],
    ids=["beta", "struve"],
)
def test_value_of_which_the_library_loses_digits(f, exact, points):
    with mp.workdps(60):
        for args in points:
            assert f(*args) == pytest.approx(float(exact(*map(mp.mpf, args))), rel=2.0**-52)


def test_hypergeometric_slope_whose_factor_overflows_alone():
    a, b, x = F32(9.198470115661621), F32(1.1754943508222875e-38), F32(-7.708124160766602)
    assert xp.grad(xp.hyp1f1, 2)(a, b, x) == pytest.approx(-3.291015170149623e36, rel=1e-5)


def test_a_pole_stays_infinite_and_a_nan_a_nan():
    assert xp.gammaln(0.0) == xp.gammaln(-3.0) == xp.gammaln(np.inf) == np.inf
    assert xp.erfcinv(0.0) == xp.k0e(0.0) == np.inf
    assert np.isnan(xp.beta(np.nan, 1.0))


def test_hypot_at_infinity_has_the_slope_of_its_limit():
    gradient = xp.grad(xp.hypot, (0, 1))
    assert gradient(np.inf, 1.0) == (1.0, 0.0)
    assert gradient(2.0, -np.inf) == (0.0, -1.0)
    assert gradient(-np.inf, np.inf) == pytest.approx((-(0.5**0.5), 0.5**0.5))
