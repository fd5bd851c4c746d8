"""The gamma function and its kin on jets, across their poles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy
from flint import arb, arb_series

from diffcheck.balls import Undecided
from diffcheck.truth.jets.arithmetic import (
    add,
    divide,
    integer_power,
    multiply,
    power,
    scale,
    subtract,
)
from diffcheck.truth.jets.compose import Series, analytic, from_slope, from_taylor, series
from diffcheck.truth.jets.constants import dyadic
from diffcheck.truth.jets.elementary import logarithm, reciprocal
from diffcheck.truth.jets.errors import LeavesDomain
from diffcheck.truth.jets.jet import Jet, constant
from diffcheck.truth.jets.special import fixed

LARGEST_STEP: Final = 64  # factors of a rising factorial


def gamma(a: Jet) -> Jet:
    """Return Γ(a) as 1/(1/Γ(a)): 1/Γ is entire, so poles come out as Laurent series."""
    return reciprocal(reciprocal_gamma(a))


def reciprocal_gamma(a: Jet) -> Jet:
    """Return 1/Γ(a)."""
    return analytic(a, arb_series.rgamma)


def log_gamma(a: Jet) -> Jet:
    """Return log Γ(a) for a > 0; at 0 it is log Γ(1 + a) - log a."""
    if a.start > 0 or a.is_zero:
        plus_one = add(a, constant(a.branch, arb(1)))
        return subtract(analytic(plus_one, arb_series.lgamma), logarithm(a))
    if a.start == 0 and a.coefficients and a.coefficients[0] < 0:
        raise LeavesDomain("loggamma of a negative number")
    return analytic(a, arb_series.lgamma)


def polygamma(order: Jet, a: Jet) -> Jet:
    """Return ψ^(m)(a), the derivative of order m + 1 of log Γ."""
    m = fixed(order).unique_fmpz()
    if m is None or m < 0:
        raise Undecided("polygamma of an order that is no natural number")
    return _derivative_of_digamma(int(m), a)


def _derivative_of_digamma(m: int, a: Jet) -> Jet:
    """Return ψ^(m): by lgamma's series on the right, by steps of the recurrence elsewhere."""
    if a.start == 0 and a.coefficients and a.coefficients[0] > 0:
        return analytic(a, from_taylor(lambda x, length: _psi(m, x, length)))
    return _step_up(m, a)


def _psi(m: int, x: arb, length: int) -> arb_series:
    result = arb_series([x, 1], length + m + 1).lgamma()
    for _ in range(m + 1):
        result = result.derivative()
    return result


def _step_up(m: int, a: Jet) -> Jet:
    """Return ψ^(m)(a) = ψ^(m)(a + 1) - (-1)^m m! a^(-m-1) (DLMF 5.15.5)."""
    if a.start < 0 or (a.coefficients and a.coefficients[0] < -LARGEST_STEP):
        raise Undecided("polygamma far to the left")
    if not (a.start > 0 or a.is_zero or a.coefficients):
        raise Undecided("polygamma of an unknown number")
    up = _derivative_of_digamma(m, add(a, constant(a.branch, arb(1))))
    pole = scale(integer_power(reciprocal(a), m + 1), arb(m).fac() * (-1) ** m)
    return subtract(up, pole)


def beta(a: Jet, b: Jet | None = None) -> Jet:
    """Return B(a, b) = Γ(a) Γ(b)/Γ(a + b); SymPy's beta of one argument is B(a, a)."""
    b = b or a
    return divide(reciprocal_gamma(add(a, b)), multiply(reciprocal_gamma(a), reciprocal_gamma(b)))


def _plus(a: Jet, number: int) -> Jet:
    return add(a, constant(a.branch, arb(number)))


def factorial(a: Jet) -> Jet:
    """Return a! = Γ(a + 1)."""
    return gamma(_plus(a, 1))


def rising(a: Jet, n: Jet) -> Jet:
    """Return Γ(a + n)/Γ(a)."""
    return divide(reciprocal_gamma(a), reciprocal_gamma(add(a, n)))


def falling(a: Jet, n: Jet) -> Jet:
    """Return Γ(a + 1)/Γ(a - n + 1)."""
    up = _plus(a, 1)
    return divide(reciprocal_gamma(subtract(up, n)), reciprocal_gamma(up))


def binomial(n: Jet, k: Jet) -> Jet:
    """Return Γ(n + 1)/(Γ(k + 1) Γ(n - k + 1))."""
    up = _plus(n, 1)
    below = multiply(reciprocal_gamma(_plus(k, 1)), reciprocal_gamma(subtract(up, k)))
    return divide(below, reciprocal_gamma(up))


def lower_gamma(order: Jet, a: Jet) -> Jet:
    """Return γ(s, a); at 0 it is a^s Σ (-a)^k/(k! (s + k)) (DLMF 8.7.1)."""
    s = fixed(order)
    if a.start > 0:
        return multiply(power(a, dyadic(s) or s), analytic(a, from_taylor(_kummer(s))))
    return analytic(_not_negative(a), _incomplete_series(s, arb.gamma_lower, 1))


def upper_gamma(order: Jet, a: Jet) -> Jet:
    """Return Γ(s, a); at 0 it is Γ(s) - γ(s, a)."""
    s = fixed(order)
    if a.start > 0:
        return subtract(constant(a.branch, s.gamma()), lower_gamma(order, a))
    return analytic(_not_negative(a), _incomplete_series(s, arb.gamma_upper, -1))


def _not_negative(a: Jet) -> Jet:
    if a.coefficients and a.start == 0 and a.coefficients[0] < 0:
        raise LeavesDomain("an incomplete gamma function of a negative number")
    return a


def _kummer(s: arb) -> Callable[[arb, int], arb_series]:
    def taylor(_zero: arb, length: int) -> arb_series:
        return series([(-1) ** k / (arb(k).fac() * (s + k)) for k in range(length)], length)

    return taylor


def _incomplete_series(s: arb, value: Callable[[arb, arb], arb], sign: int) -> Series:
    def slope(x: arb_series) -> arb_series:
        return (x.log() * (s - 1) - x).exp() * sign

    return from_slope(lambda x: value(x, s), slope)


def _zeta(s: Jet, a: Jet | None = None) -> Jet:
    if a is None:
        return analytic(s, lambda x: x.zeta())
    shift = fixed(a)
    return analytic(s, lambda x: x.zeta(shift))


RULES: Final[dict[Any, Callable[..., Jet]]] = {
    sympy.gamma: gamma,
    sympy.loggamma: log_gamma,
    sympy.digamma: lambda a: _derivative_of_digamma(0, a),
    sympy.trigamma: lambda a: _derivative_of_digamma(1, a),
    sympy.polygamma: polygamma,
    sympy.factorial: factorial,
    sympy.RisingFactorial: rising,
    sympy.FallingFactorial: falling,
    sympy.binomial: binomial,
    sympy.beta: beta,
    sympy.zeta: _zeta,
    sympy.lowergamma: lower_gamma,
    sympy.uppergamma: upper_gamma,
}
