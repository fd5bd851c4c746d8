# ruff: noqa: E501 - one row of a table, one line; every function as a lambda
"""Each elementwise op against mpmath: its rules in balls to 25 digits, its floats in ulps."""

import numpy as np
import pytest
from conftest import ball, derivative, same
from mpmath import mp

from diffcheck import engine as xp
from diffcheck.balls import error_in_ulps
from diffcheck.floats import FORMATS

half = mp.mpf(1) / 2


def sinc(x):
    return mp.sin(mp.pi * x) / (mp.pi * x)


def ndtr(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def gelu_tanh(x):
    c = mp.mpf(0.044715)
    return x / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + c * x**3)))


# name, the engine's function, mpmath's, points
UNARY = [
    ("negative", lambda x: -x, lambda x: -x, [0.5]),
    ("reciprocal", xp.reciprocal, lambda x: 1 / x, [0.7, -3.0]),
    ("square", xp.square, lambda x: x * x, [-1.5]),
    ("sqrt", xp.sqrt, mp.sqrt, [0.3, 1e-200]),
    ("cbrt", xp.cbrt, mp.cbrt, [0.3, 5.0]),
    ("abs", xp.abs, abs, [-0.5, 2.0]),
    ("exp", xp.exp, mp.exp, [0.3, -30.0]),
    ("expm1", xp.expm1, mp.expm1, [0.3, -40.0, 1e-12]),
    ("exp2", xp.exp2, lambda x: 2**x, [0.3]),
    ("log", xp.log, mp.log, [0.7, 1e-300]),
    ("log1p", xp.log1p, mp.log1p, [0.3, -0.9999999]),
    ("log2", xp.log2, lambda x: mp.log(x, 2), [0.7]),
    ("log10", xp.log10, mp.log10, [0.7]),
    ("sin", xp.sin, mp.sin, [0.7, 100.0]),
    ("cos", xp.cos, mp.cos, [0.7]),
    ("tan", xp.tan, mp.tan, [0.7, 1.57]),
    ("asin", xp.asin, mp.asin, [0.3, 0.99999, 1e-9]),
    ("acos", xp.acos, mp.acos, [0.3, -0.99999]),
    ("atan", xp.atan, mp.atan, [0.3, 1e30]),
    ("sinh", xp.sinh, mp.sinh, [0.3]),
    ("cosh", xp.cosh, mp.cosh, [0.3]),
    ("tanh", xp.tanh, mp.tanh, [0.3, 20.0, -5.0]),
    ("asinh", xp.asinh, mp.asinh, [0.3, 1e10]),
    ("acosh", xp.acosh, mp.acosh, [1.5, 1.0000001, 1e10]),
    ("atanh", xp.atanh, mp.atanh, [0.3, 0.999999]),
    ("expit", xp.expit, mp.sigmoid, [0.3, 40.0, -40.0]),
    ("log_expit", xp.log_expit, lambda x: -mp.log1p(mp.exp(-x)), [0.3, -40.0]),
    ("softplus", xp.softplus, lambda x: mp.log1p(mp.exp(x)), [0.3, 30.0]),
    ("logit", xp.logit, lambda x: mp.log(x / (1 - x)), [0.3]),
    ("entr", xp.entr, lambda x: -x * mp.log(x), [0.2]),
    ("erf", xp.erf, mp.erf, [0.3, -4.0]),
    ("erfc", xp.erfc, mp.erfc, [0.3, 10.0]),
    ("ndtr", xp.ndtr, ndtr, [0.3, -12.0]),
    ("gamma", xp.gamma, mp.gamma, [1.7, 5.5]),
    ("gammaln", xp.gammaln, mp.loggamma, [1.7, 100.0]),
    ("digamma", xp.digamma, mp.digamma, [1.7]),
    ("polygamma", lambda x: xp.polygamma(1, x), lambda x: mp.psi(1, x), [1.7]),
    ("j0", xp.j0, mp.j0, [1.7]),
    ("j1", xp.j1, mp.j1, [1.2]),
    ("i0", xp.i0, lambda x: mp.besseli(0, x), [0.7]),
    ("i1", xp.i1, lambda x: mp.besseli(1, x), [0.7]),
    ("i0e", xp.i0e, lambda x: mp.exp(-x) * mp.besseli(0, x), [0.7]),
    ("i1e", xp.i1e, lambda x: mp.exp(-x) * mp.besseli(1, x), [0.4]),
    ("jv", lambda x: xp.jv(2, x), lambda x: mp.besselj(2, x), [1.7]),
    ("iv", lambda x: xp.iv(2, x), lambda x: mp.besseli(2, x), [0.7]),
    ("sinc", xp.sinc, sinc, [0.3, 1e-5, 1.75, 7.25]),
    ("relu", xp.relu, lambda x: x if x > 0 else mp.mpf(0), [0.3, -0.3]),
    ("silu", xp.silu, lambda x: x * mp.sigmoid(x), [0.3, -20.0]),
    ("gelu", lambda x: xp.gelu(x, approximate=False), lambda x: x * ndtr(x), [0.3, -3.0]),
    ("gelu_tanh", xp.gelu, gelu_tanh, [0.3, 2.5]),
    ("x**3", lambda x: x**3, lambda x: x**3, [0.7, -0.7]),
    ("x**-2", lambda x: x**-2, lambda x: x**-2, [-0.7]),
    ("x**0.25", lambda x: x**0.25, lambda x: x**0.25, [0.7]),
    ("0.5**x", lambda x: 0.5**x, lambda x: half**x, [0.7]),
    ("x**x", lambda x: x**x, lambda x: x**x, [0.7]),
    ("clip", lambda x: xp.clip(x, -1, 1), lambda x: x, [0.3]),
]
# of two arguments, each a function of one number
PAIRS = [
    ("add", xp.add, lambda a, b: a + b),
    ("subtract", xp.subtract, lambda a, b: a - b),
    ("multiply", xp.multiply, lambda a, b: a * b),
    ("divide", xp.divide, lambda a, b: a / b),
    ("pow", xp.pow, lambda a, b: a**b),
    ("hypot", xp.hypot, mp.hypot),
    ("atan2", xp.atan2, mp.atan2),
    ("logaddexp", xp.logaddexp, lambda a, b: mp.log(mp.exp(a) + mp.exp(b))),
    ("maximum", xp.maximum, max),
    ("minimum", xp.minimum, min),
    ("xlogy", xp.xlogy, lambda a, b: a * mp.log(b)),
    ("xlog1py", xp.xlog1py, lambda a, b: a * mp.log1p(b)),
    ("beta", xp.beta, mp.beta),
    ("betaln", xp.betaln, lambda a, b: mp.log(mp.beta(a, b))),
    ("gammainc", lambda a, b: xp.gammainc(2.5, b), lambda a, b: mp.gammainc(2.5, 0, b) / mp.gamma(2.5)),
    ("gammaincc", lambda a, b: xp.gammaincc(2.5, b), lambda a, b: mp.gammainc(2.5, b) / mp.gamma(2.5)),
]  # fmt: skip
WORSE = {
    "gamma": 8,
    "beta": 32,
    "betaln": 32,
    "gammainc": 16,
    "gammaincc": 16,
    "divide": 8,
    "atan2": 8,
}
POINTS = [(name, f, exact, x) for name, f, exact, points in UNARY for x in points]
POINTS += [
    (
        name,
        lambda x, f=f: f(x, x * x + 0.25),
        lambda x, exact=exact: exact(x, x * x + mp.mpf(0.25)),
        0.75,
    )
    for name, f, exact in PAIRS
]
IDS = [f"{name}-{x}" for name, _, _, x in POINTS]


def nested(f, order):
    for _ in range(order):
        f = xp.grad(f)
    return f


@pytest.mark.parametrize(("name", "f", "exact", "x"), POINTS, ids=IDS)
@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_rules_agree_with_mpmath_in_balls(name, f, exact, x, order):
    truth = derivative(exact, x, order)
    found = xp.value(nested(f, order))(ball(x))[()]
    relative = min(1.0, max(float(abs(truth.mid())), 1e-290)) if order else 1.0
    assert same(found / relative, truth / relative, digits=18)


@pytest.mark.parametrize(("name", "f", "exact", "x"), POINTS, ids=IDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradient_is_accurate_in_its_own_dtype(name, f, exact, x, dtype):
    x = dtype(x)
    fmt = FORMATS[np.dtype(dtype).name]
    if x == 0 or (name == "acosh" and x == 1) or abs(x) == 1:
        pytest.skip("the point rounds to another one in this dtype")
    found = xp.grad(f)(x)
    assert found.dtype == dtype
    truth = xp.grad(f)(ball(x))[()]
    if float(abs(truth.mid())) > float(fmt.smallest_normal) or truth.is_zero():
        assert error_in_ulps(found, truth, fmt) <= WORSE.get(name, 4)


@pytest.mark.parametrize(("name", "f", "exact", "x"), POINTS, ids=IDS)
def test_forward_mode_is_reverse_mode(name, f, exact, x):
    _, tangent = xp.jvp(f, (ball(x),), (ball(1),))
    gradient = xp.grad(f)(ball(x))
    assert same(tangent[()], gradient[()], digits=40) or same(1 / tangent[()], 1 / gradient[()], 40)
