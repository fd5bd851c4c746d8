# ruff: noqa: ARG005 - rules share one signature
"""Hypergeometric functions and the incomplete beta function, with derivatives in the parameters.

Derivatives in the variable by DLMF 13.3.16 and 15.5.2, and 8.17.1 with Leibniz' rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial
from typing import Any, Final

import numpy as np
import scipy.special as sp
from flint import acb, arb

from diffcheck import disc_bounds
from diffcheck.disc_bounds import either
from diffcheck.engine.ops.arb_forward import finite_by_arb
from diffcheck.engine.ops.differences import Analytic
from diffcheck.engine.ops.parameter_slopes import Orders, derivatives_of, slopes
from diffcheck.engine.ops.special_forward import in_precision
from diffcheck.engine.ops.stable import in_double
from diffcheck.engine.table import op


def _rising(n: int, above: Iterable[Any], below: Any) -> Any:
    """Return ∏ (above)ₙ / (below)ₙ."""
    above = tuple(above)
    factors = (math.prod(a + j for a in above) / (below + j) for j in range(n))
    return math.prod(factors, start=arb(1))


def _hyp1f1(n: int, *_args: arb) -> Analytic:
    def function(a: Any, b: Any, x: Any) -> Any:
        return _rising(n, (a,), b) * x.hypgeom_1f1(a + n, b + n)

    def bound(a: acb, b: acb, x: acb) -> arb:
        rising: arb = abs(_rising(n, (a,), b))
        return rising * disc_bounds.hypgeom_1f1(a + n, b + n, x)

    return Analytic(function=function, branches=((), (), ()), bound=either(function, bound))


def _hyp2f1(n: int, *_args: arb) -> Analytic:
    def function(a: Any, b: Any, c: Any, x: Any) -> Any:
        return _rising(n, (a, b), c) * x.hypgeom_2f1(a + n, b + n, c + n)

    def bound(a: acb, b: acb, c: acb, x: acb) -> arb:
        rising: arb = abs(_rising(n, (a, b), c))
        return rising * disc_bounds.hypgeom_2f1(a + n, b + n, c + n, x)

    branches = ((), (), (), (1.0,))
    return Analytic(function=function, branches=branches, bound=either(function, bound))


def _on_the_cut(_orders: Orders, _a: arb, _b: arb, _c: arb, x: arb) -> arb | None:
    """Return that there is no derivative from 1 on: it would be looked for at every precision."""
    return arb("nan") if x >= 1 else None


DOMAIN_1F1: Final = ("(0, 10]", "(0, 10]", "[-10, 10]")
DOMAIN_2F1: Final = ("(0, 4]", "(0, 4]", "(0, 4]", "[-1, 0.75]")
hyp1f1 = op(
    "hyp1f1",
    finite_by_arb(in_precision(sp.hyp1f1), lambda a, b, x: x.hypgeom_1f1(a, b)),
    vjp=slopes(derivatives_of("hyp1f1", _hyp1f1, sympy="hyper([x], [y], z)", domain=DOMAIN_1F1), 3),
    ball=lambda a, b, x: x.hypgeom_1f1(a, b),
    rounding=64,
    sympy="hyper([x], [y], z)",
    jax="hyp1f1",
    domain=DOMAIN_1F1,
)
hyp2f1 = op(
    "hyp2f1",
    finite_by_arb(in_precision(sp.hyp2f1), lambda a, b, c, x: x.hypgeom_2f1(a, b, c)),
    vjp=slopes(
        derivatives_of(
            "hyp2f1",
            _hyp2f1,
            sympy="hyper([x, y], [z], t)",
            domain=DOMAIN_2F1,
            exception=_on_the_cut,
        ),
        4,
    ),
    ball=lambda a, b, c, x: x.hypgeom_2f1(a, b, c),
    rounding=64,
    sympy="hyper([x, y], [z], t)",
    jax="hyp2f1",
    domain=DOMAIN_2F1,
)


def _betainc(n: int, a: arb, b: arb, x: arb) -> Analytic:
    """Return the n-th derivative in x of I_x(a, b), or of -I_{1-x}(b, a) where that is less."""
    branches = ((0.0,), (0.0,), (0.0, 1.0))
    if n:
        return Analytic(function=lambda a, b, x: _beta_density(a, b, x, n - 1), branches=branches)
    if (x * (a + b)).mid() > a.mid():
        bound = either(lambda a, b, x: disc_bounds.beta_lower(b, a, 1 - x), _upper)
        return Analytic(function=_upper, branches=branches, bound=bound)
    bound = either(disc_bounds.beta_lower, _lower)
    return Analytic(function=_lower, branches=branches, bound=bound)


def _lower(a: Any, b: Any, x: Any) -> Any:
    return x.beta_lower(a, b, regularized=1)


def _upper(a: Any, b: Any, x: Any) -> Any:
    return -(1 - x).beta_lower(b, a, regularized=1)


def _beta_density(a: Any, b: Any, x: Any, n: int) -> Any:
    """Return the n-th derivative of x^(a-1) (1-x)^(b-1)/B(a, b)."""
    total = 0 * a
    for k in range(n + 1):
        left = _power_derivative(x, a - 1, k)
        right = (-1) ** (n - k) * _power_derivative(1 - x, b - 1, n - k)
        total += math.comb(n, k) * left * right
    return total * (a + b).gamma() * a.rgamma() * b.rgamma()


def _power_derivative(x: Any, p: Any, k: int) -> Any:
    falling = math.prod((p - j for j in range(k)), start=1 + 0 * p)
    if falling.is_zero():
        return falling
    return falling * (x ** (p - k) if x.is_zero() else ((p - k) * x.log()).exp())


def _at_an_end(orders: Orders, a: arb, b: arb, x: arb) -> arb | None:
    """Return the derivatives of x^a at x = 0 that are 0, and those of (1 - x)^b at 1."""
    in_parameters = orders[0] or orders[1]
    if in_parameters and ((x.is_zero() and a > orders[2]) or (x == 1 and b > orders[2])):
        return arb(0)
    return None


DOMAIN_BETAINC: Final = ("(0, 100]", "(0, 100]", "(0, 1)")
REGULARIZED: Final = "betainc_regularized(x, y, 0, z)"
betainc_derivative = derivatives_of(
    "betainc", _betainc, sympy=REGULARIZED, domain=DOMAIN_BETAINC, exception=_at_an_end
)
betainc = op(
    "betainc",
    in_precision(sp.betainc),
    vjp=slopes(betainc_derivative, 3),
    ball=lambda a, b, x: x.beta_lower(a, b, regularized=1),
    rounding=64,
    sympy=REGULARIZED,
    jax="betainc",
    domain=DOMAIN_BETAINC,
)


def _power_over(x: Any, rest: Any, p: Any) -> Any:
    """Return (x + rest)^(p-1), rest far below x; p - 1 is exact for a p of at least 1/2."""
    power = np.where(p < 0.5, x**p / x, x ** (p - 1))
    return np.where(rest == 0, power, power * np.exp((p - 1) * rest / x))


def _density_forward(a: Any, b: Any, x: Any) -> Any:
    with np.errstate(all="ignore"):
        other = 1 - x
        rest = (1 - other) - x  # what the rounding of 1 - x left out
        return _power_over(x, 0, a) * _power_over(other, rest, b) / sp.beta(a, b)


def _doubtful_density(y: Any, a: Any, b: Any, _x: Any) -> Any:
    return (a + b > 20) | (y < SMALLEST)


SMALLEST: Final = 1e-290
beta_density = op(  # from its logarithm it would have as many ulps as that is large
    "beta_density",
    in_double(
        finite_by_arb(
            in_precision(_density_forward), partial(_beta_density, n=0), also=_doubtful_density
        )
    ),
    vjp=(
        lambda g, y, a, b, x: g * betainc_derivative(a, b, x, orders=(1, 0, 1)),
        lambda g, y, a, b, x: g * betainc_derivative(a, b, x, orders=(0, 1, 1)),
        lambda g, y, a, b, x: g * betainc_derivative(a, b, x, orders=(0, 0, 2)),
    ),
    ball=lambda a, b, x: _beta_density(a, b, x, 0),
    rounding=8,
    domain=DOMAIN_BETAINC,
    slope="betainc",
    sympy="z**(x - 1)*(1 - z)**(y - 1)*gamma(x + y)/gamma(x)/gamma(y)",
)
