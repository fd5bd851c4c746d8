"""The gamma function and its kin: polygamma, beta, incomplete gamma and beta, factorials, zeta."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sympy
from flint import arb

from diffcheck.balls import Undecided
from diffcheck.truth.failures import LeftDomain, Unsupported, require
from diffcheck.truth.table.incomplete import gamma_lower, gamma_upper


def _off_poles(x: arb, name: str) -> arb:
    if x.is_integer() and x <= 0:
        raise LeftDomain(f"a pole of {name}")
    if not x > 0 and x.contains_integer():
        raise Undecided(f"{name} near a pole")
    return x


def _gamma(x: arb) -> arb:
    return _off_poles(x, "gamma").gamma()


def _loggamma(x: arb) -> arb:
    require(x > 0, x <= 0, "loggamma of a number that is not positive")
    return x.lgamma()


def _digamma(x: arb) -> arb:
    return _off_poles(x, "digamma").digamma()


def _polygamma(order: arb, x: arb) -> arb:
    """Return ψ^(n)(x) = (-1)^(n+1) n! ζ(n+1, x) (DLMF 25.11.12)."""
    if order.is_zero():
        return _digamma(x)
    whole = order.unique_fmpz()
    if whole is None or not order > 0:
        raise Unsupported(f"no ball form of polygamma of order {order}")
    n = int(whole)
    sign = 1 if n % 2 else -1
    return sign * arb(n).fac() * _hurwitz(n + 1, _off_poles(x, "polygamma"))


def _hurwitz(s: int, x: arb) -> arb:
    """Return ζ(s, x), stepping a negative x up by its recurrence ζ(s, x) = x^-s + ζ(s, x+1)."""
    head = arb(0)
    while not x > 0:
        head, x = head + x**-s, x + 1
        if x < -1000:
            raise Unsupported("no ball form of polygamma below -1000")
        if not x.is_finite() or x.rad() > 1:  # it would never get above 0
            raise Undecided(f"polygamma of {x}")
    return head + arb(s).zeta(x)


def _beta(a: arb, b: arb) -> arb:
    return _gamma(a) * _gamma(b) * (a + b).rgamma()


def _zeta(s: arb, a: arb | None = None) -> arb:
    require(s != 1, bool(s == 1), "the pole of zeta")
    return s.zeta() if a is None else s.zeta(a)


def _lowergamma(s: arb, x: arb) -> arb:
    _off_poles(s, "the lower incomplete gamma function")
    if x.is_zero():
        require(s > 0, s < 0, "lowergamma at 0 for a negative s")
        return x
    require(x > 0 or s.is_integer(), x < 0, "lowergamma of a negative number")
    return gamma_lower(s, x)


def _uppergamma(s: arb, x: arb) -> arb:
    if x.is_zero():
        require(s > 0, s <= 0, "uppergamma at 0 for an s that is not positive")
        return s.gamma()
    require(x > 0, x < 0, "uppergamma of a negative number")
    return gamma_upper(s, x)


def _rising(x: arb, n: arb) -> arb:
    if n.is_integer() and n >= 0:
        return x.rising(n)
    return _gamma(x + n) * x.rgamma()


def _falling(x: arb, n: arb) -> arb:
    return _gamma(x + 1) * (x - n + 1).rgamma()


def _binomial(n: arb, k: arb) -> arb:
    return _gamma(n + 1) * (k + 1).rgamma() * (n - k + 1).rgamma()


def _betainc(a: arb, b: arb, lower: arb, upper: arb) -> arb:
    return _beta_lower(upper, a, b, 0) - _beta_lower(lower, a, b, 0)


def _betainc_regularized(a: arb, b: arb, lower: arb, upper: arb) -> arb:
    return _beta_lower(upper, a, b, 1) - _beta_lower(lower, a, b, 1)


def _beta_lower(x: arb, a: arb, b: arb, regularized: int) -> arb:
    if x.is_zero():
        return x
    require(0 < x <= 1, x < 0 or x > 1, "the incomplete beta function outside of [0, 1]")
    return x.beta_lower(a, b, regularized=regularized)


GAMMAS: Final[dict[Any, Callable[..., arb]]] = {
    sympy.gamma: _gamma,
    sympy.loggamma: _loggamma,
    sympy.digamma: _digamma,
    sympy.trigamma: lambda x: _polygamma(arb(1), x),
    sympy.polygamma: _polygamma,
    sympy.factorial: lambda x: _gamma(x + 1),
    sympy.RisingFactorial: _rising,
    sympy.FallingFactorial: _falling,
    sympy.binomial: _binomial,
    sympy.beta: _beta,
    sympy.zeta: _zeta,
    sympy.lowergamma: _lowergamma,
    sympy.uppergamma: _uppergamma,
    sympy.betainc: _betainc,
    sympy.betainc_regularized: _betainc_regularized,
}
