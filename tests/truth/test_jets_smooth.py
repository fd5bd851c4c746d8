"""At smooth points both sides must agree, and agree with SymPy's own derivative."""

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from jets_support import derivatives

from diffcheck.balls import precision

x = sp.Symbol("x", real=True)
R = sp.Rational

SMOOTH = [
    (sp.exp(sp.sin(x)) / (1 + x**2), 0.75),
    (1 / (1 + sp.exp(-x)), 1.5),
    (sp.log(1 + sp.exp(x)), -2.5),
    (sp.tan(x) + sp.sec(x) + sp.csc(x) + sp.cot(x), 0.5),
    (sp.asin(x) + sp.acos(x / 2) + sp.atan(x), 0.25),
    (sp.acot(x) + sp.asec(1 / x) + sp.acsc(2 / x), 0.625),
    (sp.sinh(x) * sp.cosh(x) + sp.tanh(x), 1.25),
    (sp.sech(x) + sp.csch(x) + sp.coth(x), -1.25),
    (sp.asinh(x) + sp.atanh(x) + sp.acosh(1 + x), 0.5),
    (sp.acsch(x) + sp.asech(x) + sp.acoth(1 / x), 0.375),
    (sp.atan2(x, 2 - x), 0.5),
    (sp.atan2(x - 3, -x), 0.5),
    (x**x + x**sp.pi + 2**x + sp.sqrt(x) + x ** R(-5, 3), 1.75),
    (sp.sinc(x), 2.0),
    (sp.gamma(x), 2.25),
    (sp.gamma(x), -1.5),
    (sp.loggamma(x), 3.5),
    (sp.digamma(x), 0.75),
    (sp.digamma(x), -2.5),
    (sp.polygamma(2, x), 1.5),
    (sp.beta(x, 3), 1.5),
    (sp.beta(x, x), 1.5),
    (sp.factorial(x), 1.25),
    (sp.erf(x) * sp.erfc(x) + sp.erfi(x), 0.75),
    (sp.erfinv(x) + sp.erfcinv(x), 0.375),
    (sp.erf2(x, 1), 0.25),
    (sp.besselj(2, x), 1.5),
    (sp.besselj(0, x), -3.25),
    (sp.besselj(R(1, 3), x), 1.5),
    (sp.bessely(1, x), 2.5),
    (sp.besseli(1, x), -0.75),
    (sp.besselk(0, x), 1.25),
    (sp.airyai(x) * sp.airybi(x), -1.5),
    (sp.airyaiprime(x) + sp.airybiprime(x), 0.5),
    (sp.Ei(x) + sp.li(x), 2.5),
    (sp.Si(x) + sp.Ci(x) + sp.Shi(x) + sp.Chi(x), 1.5),
    (sp.fresnels(x) + sp.fresnelc(x), 0.5),
    (sp.expint(3, x), 0.75),
    (sp.polylog(3, x), 0.25),
    (sp.polylog(3, x), -0.75),
    (sp.LambertW(x), 0.75),
    (sp.lowergamma(R(7, 3), x), 1.5),
    (sp.uppergamma(R(7, 3), x), 1.5),
    (sp.betainc(2, R(5, 2), 0, x), 0.25),
    (sp.betainc_regularized(2, R(5, 2), 0, x), 0.25),
    (sp.Heaviside(x) * sp.Abs(x - 2) + sp.Max(x, x**2, 3), 0.5),
]


# What SymPy's printer for mpmath does not know.
MPMATH = {
    "DiracDelta": lambda *_: 0,  # the points are off its support
    "erfcinv": lambda v: mpmath.erfinv(1 - v),
    "airyai": mpmath.airyai,
    "airybi": mpmath.airybi,
    "airyaiprime": lambda v: mpmath.airyai(v, derivative=1),
    "airybiprime": lambda v: mpmath.airybi(v, derivative=1),
    "betainc_regularized": lambda a, b, u, v: mpmath.betainc(a, b, u, v, regularized=True),
}


def reference(expression, point, order):
    """Return SymPy's derivative, evaluated by mpmath at 60 digits (never by `evalf` alone)."""
    derivative = sp.diff(expression, x, order)
    with mpmath.workdps(60):
        value = sp.lambdify(x, derivative, [MPMATH, "mpmath"])(mpmath.mpf(point))
        digits = mpmath.nstr(mpmath.re(value), 50)
    with precision(256):
        return arb(digits)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize(("expression", "point"), SMOOTH, ids=str)
def test_both_sides_agree_with_sympy(expression, point, order):
    expected = reference(expression, point, order)
    for side in (-1, 1):
        found = derivatives(expression, {x: point}, {x: 1}, order=2, side=side)[order]
        assert not isinstance(found, ArithmeticError), found
        with precision(192):
            assert abs(found - expected) < (1 + abs(expected)) * arb(10) ** -40


UNARY = [sp.exp, sp.sin, sp.cos, sp.tanh, sp.atan, sp.erf, sp.asinh, lambda e: 1 / (1 + e**2)]


def expressions():
    numbers = st.fractions(-2, 2, max_denominator=8).map(lambda f: R(f.numerator, f.denominator))
    leaves = st.one_of(st.just(x), numbers)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
            st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
            st.tuples(st.sampled_from(UNARY), inner).map(lambda call: call[0](call[1])),
        ),
        max_leaves=5,
    )


@settings(max_examples=30, deadline=None)
@given(expressions(), st.integers(-16, 16))
def test_random_smooth_expressions(expression, eighths):
    point = eighths / 8
    right = derivatives(expression, {x: point}, {x: 1}, order=3, side=1)
    left = derivatives(expression, {x: point}, {x: 1}, order=3, side=-1)
    for order in range(4):
        assert left[order].overlaps(right[order])
        expected = reference(expression, point, order)
        with precision(192):
            assert abs(right[order] - expected) < (1 + abs(expected)) * arb(10) ** -30
