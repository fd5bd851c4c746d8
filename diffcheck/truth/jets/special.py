"""Special functions of jets; parameters (orders, degrees) stay fixed along the half-line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import comb
from typing import Any, Final

import sympy
from flint import arb, arb_series

from diffcheck.balls import Undecided
from diffcheck.truth.jets.arithmetic import subtract
from diffcheck.truth.jets.compose import (
    Series,
    analytic,
    from_slope,
    from_taylor,
    series,
    without_constant,
)
from diffcheck.truth.jets.errors import LeavesDomain
from diffcheck.truth.jets.jet import Jet

Rule = Callable[..., Jet]


def fixed(parameter: Jet) -> arb:
    """Return the value of a parameter; raises `Undecided` if it moves along the half-line."""
    value = parameter.constant
    if value is None:
        raise Undecided("no one-sided expansion in a parameter")
    return value


def _on(a: Jet, function: Series, low: float, high: float, name: str) -> Jet:
    """Apply a function that is analytic on an open interval of the real line."""
    if a.start >= 0 and a.coefficients:
        value = a.coefficient(0)
        if value < low or value > high:
            raise LeavesDomain(f"{name} outside of ({low}, {high})")
    return analytic(a, function)


def _open(function: Series, low: float, high: float, name: str) -> Rule:
    return lambda a: _on(a, function, low, high, name)


def _of(function: Series) -> Rule:
    return lambda a: analytic(a, function)


def _bessel(value: Callable[[arb, arb], arb], alternating: bool, sign: int) -> Rule:
    """Return the rule of C_ν from its derivatives C_ν' = ±(C_(ν-1) ± C_(ν+1))/2 (DLMF 10.6, 10.29).

    Then C_ν^(k) = (sign/2)^k Σ_i (∓1)^i binom(k, i) C_(ν-k+2i).
    """
    step = -1 if alternating else 1

    def derivative(order: arb, x: arb, k: int) -> arb:
        terms = (step**i * comb(k, i) * value(x, order - k + 2 * i) for i in range(k + 1))
        return sum(terms, arb(0)) * arb(sign) ** k / arb(2) ** k

    def rule(order: Jet, a: Jet) -> Jet:
        nu = fixed(order)
        return analytic(a, from_taylor(_taylor(partial(derivative, nu))))

    return rule


def _taylor(derivative: Callable[[arb, int], arb]) -> Callable[[arb, int], arb_series]:
    """Return the Taylor series from the derivatives f^(k)(x)."""

    def taylor(x: arb, length: int) -> arb_series:
        return series([derivative(x, k) / arb(k).fac() for k in range(length)], length)

    return taylor


def _expint(order: Jet, a: Jet) -> Jet:
    """Return E_s(a), a > 0: E_s' = -E_(s-1) (DLMF 8.19.13)."""
    s = fixed(order)
    taylor = _taylor(lambda x, k: x.expint(s - k) * (-1) ** k)
    return _on(a, from_taylor(taylor), 0, float("inf"), "expint")


def _polylog(order: Jet, a: Jet) -> Jet:
    """Return Li_s(a): Σ a^k/k^s at 0, elsewhere Li_s(x e^w) = Σ Li_(s-k)(x) w^k/k!."""
    s = fixed(order)

    def function(x: arb_series) -> arb_series:
        if x[0].is_zero():
            terms = [arb(0), *(arb(k) ** -s for k in range(1, x.prec))]
            return series(terms, x.prec)(x) if x.length() else x
        taylor = _taylor(lambda _, k: x[0].polylog(s - k))(x[0], x.prec)
        w = without_constant((x / x[0]).log())
        return taylor(w) if w.length() else series([taylor[0]], x.prec)

    return _on(a, function, float("-inf"), 1, "polylog")


def _inverse(direct: Series, inverse: Callable[[arb], arb]) -> Series:
    """Return the series of an inverse function, by reversion of the direct one."""

    def taylor(x: arb, length: int) -> arb_series:
        y = inverse(x)
        if length == 1:
            return series([y], 1)
        image = direct(series([y, arb(1)], length))
        return without_constant(image).reversion() + y

    return from_taylor(taylor)


def _lambert(a: Jet, branch: Jet | None = None) -> Jet:
    lower = branch is not None and bool(fixed(branch) == -1)
    return analytic(a, lambda x: x.lambertw(-1 if lower else 0))


def _beta_slope(a: arb, b: arb, x: arb_series) -> arb_series:
    return (x.log() * (a - 1) + (1 - x).log() * (b - 1)).exp()


def _incomplete_beta(regularized: bool) -> Rule:
    def rule(a: Jet, b: Jet, lower: Jet, upper: Jet) -> Jet:
        p, q = fixed(a), fixed(b)
        scale = (p + q).gamma() / (p.gamma() * q.gamma()) if regularized else arb(1)
        function = from_slope(
            lambda x: x.beta_lower(p, q, regularized=int(regularized)),
            lambda x: _beta_slope(p, q, x) * scale,
        )
        return subtract(
            _on(upper, function, 0, 1, "betainc"), _on(lower, function, 0, 1, "betainc")
        )

    return rule


RULES: Final[dict[Any, Rule]] = {
    sympy.Ei: _of(arb_series.ei),
    sympy.li: _open(arb_series.li, 0, float("inf"), "li"),
    sympy.expint: _expint,
    sympy.Si: _of(arb_series.si),
    sympy.Ci: _open(arb_series.ci, 0, float("inf"), "Ci"),
    sympy.Shi: _of(arb_series.shi),
    sympy.Chi: _open(arb_series.chi, 0, float("inf"), "Chi"),
    sympy.fresnels: _of(arb_series.fresnel_s),
    sympy.fresnelc: _of(arb_series.fresnel_c),
    sympy.erf2: lambda a, b: subtract(analytic(b, arb_series.erf), analytic(a, arb_series.erf)),
    sympy.erfinv: _open(_inverse(arb_series.erf, arb.erfinv), -1, 1, "erfinv"),
    sympy.erfcinv: _open(_inverse(arb_series.erfc, arb.erfcinv), 0, 2, "erfcinv"),
    sympy.airyai: _of(arb_series.airy_ai),
    sympy.airybi: _of(arb_series.airy_bi),
    sympy.airyaiprime: _of(arb_series.airy_ai_prime),
    sympy.airybiprime: _of(arb_series.airy_bi_prime),
    sympy.besselj: _bessel(arb.bessel_j, alternating=True, sign=1),
    sympy.bessely: _bessel(arb.bessel_y, alternating=True, sign=1),
    sympy.besseli: _bessel(arb.bessel_i, alternating=False, sign=1),
    sympy.besselk: _bessel(arb.bessel_k, alternating=False, sign=-1),
    sympy.polylog: _polylog,
    sympy.LambertW: _lambert,
    sympy.betainc: _incomplete_beta(regularized=False),
    sympy.betainc_regularized: _incomplete_beta(regularized=True),
}
