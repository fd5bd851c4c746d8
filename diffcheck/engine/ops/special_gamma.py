# ruff: noqa: ARG005 - rules share one signature
"""The gamma function and its kin (DLMF 5, 8.2, 5.12)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import scipy.special as sp
from flint import acb, arb

from diffcheck.engine.ops import special_forward as fw
from diffcheck.engine.ops.arb_forward import where_by_arb
from diffcheck.engine.ops.comparison import equal, logical_and
from diffcheck.engine.ops.elementwise import where
from diffcheck.engine.ops.special_forward import in_precision
from diffcheck.engine.table import Entry, Unavailable, op

NEAR_A_ROOT: Final = 0.25

gamma = op(
    "gamma",
    in_precision(sp.gamma),
    vjp=lambda g, y, x: g * (y * digamma(x)),
    ball="gamma",
    rounding=4,
    sympy="gamma(x)",
    jax="gamma",
    domain="(-inf, inf)",
    kinks="x = 0, -1, -2, ...",
)
gammaln = op(
    "gammaln",
    in_precision(sp.gammaln),
    vjp=lambda g, y, x: g * digamma(x),
    ball=fw.gammaln_ball,
    rounding=4,
    sympy="log(Abs(gamma(x)))",
    jax="gammaln",
    domain="(-inf, inf)",
    kinks="x = 0, -1, -2, ...",
)
digamma: Entry = op(
    "digamma",
    where_by_arb(lambda y, x: np.abs(y) < NEAR_A_ROOT, in_precision(sp.digamma), arb.digamma),
    vjp=lambda g, y, x: g * _polygamma(x, order=1),
    ball="digamma",
    rounding=4,
    sympy="digamma(x)",
    jax="digamma",
    domain="(-inf, inf)",
    kinks="x = 0, -1, -2, ...",
)
_polygamma: Entry = op(
    "polygamma",
    fw.polygamma,
    vjp=lambda g, y, x, order: g * _polygamma(x, order=order + 1),
    ball=lambda x, *, order: acb(x).polygamma(order).real,
    rounding=8,
    sympy="polygamma(order, x)",
    jax="polygamma",
    domain="(0, inf)",
)


def polygamma(n: int, x: Any) -> Any:
    """Return the n-th derivative of digamma."""
    return digamma(x) if int(n) == 0 else _polygamma(x, order=int(n))


def _density_ball(a: arb, x: arb) -> arb:
    return (
        ((a - 1) * x.log() - x - a.lgamma()).exp() if not x.is_zero() else x ** (a - 1) / a.gamma()
    )


def _density(a: Any, x: Any) -> Any:
    """Return x^(a-1) e^(-x)/Γ(a), in float64 at least."""
    a, x = (np.asarray(t, np.float64) for t in (a, x))
    return np.exp(sp.xlogy(a - 1, x) - x - sp.gammaln(a))


def _amplifies(_y: Any, a: Any, x: Any) -> Any:
    """Whether the exponent is a sum of large terms, whose rounding exp would show."""
    with np.errstate(all="ignore"):
        return np.abs(sp.xlogy(a - 1, x)) + np.abs(x) + np.abs(sp.gammaln(a)) > 1


_precise = where_by_arb(_amplifies, _density, _density_ball)


def _density_forward(a: Any, x: Any) -> Any:
    dtype = np.result_type(a, x)
    compute = _precise if dtype == np.float64 else _density
    return compute(a, x).astype(dtype)[()]


gamma_density: Entry = op(
    "gamma_density",
    _density_forward,
    vjp=(
        Unavailable("gamma_density", "a"),
        lambda g, y, a, x: g * _density_slope(y, a, x),
    ),
    ball=_density_ball,
    rounding=4,
    sympy="exp((x - 1)*log(y) - y)/gamma(x)",
    domain=("(0, 100]", "(0, 100]"),
    slope="gammainc",
)


def _density_slope(y: Any, a: Any, x: Any) -> Any:
    """Return y ((a - 1)/x - 1); at x = 0 and a = 1 the ratio is 0."""
    ratio = (a - 1) / where(_zero_over_zero(x, a - 1), 1, x)
    return y * (ratio - 1)


def _zero_over_zero(x: Any, y: Any) -> Any:
    return logical_and(equal(x, 0), equal(y, 0))


gammainc = op(
    "gammainc",
    in_precision(sp.gammainc),
    vjp=(
        Unavailable("gammainc", "a"),
        lambda g, y, a, x: g * gamma_density(a, x),
    ),
    ball=lambda a, x: x.gamma_lower(a, regularized=1),
    rounding=16,
    sympy="lowergamma(x, y)/gamma(x)",
    jax="gammainc",
    domain=("(0, inf)", "[0, inf)"),
)
gammaincc = op(
    "gammaincc",
    in_precision(sp.gammaincc),
    vjp=(
        Unavailable("gammaincc", "a"),
        lambda g, y, a, x: -g * gamma_density(a, x),
    ),
    ball=lambda a, x: x.gamma_upper(a, regularized=1),
    rounding=16,
    sympy="uppergamma(x, y)/gamma(x)",
    jax="gammaincc",
    domain=("(0, inf)", "[0, inf)"),
)


# ψ(a) - ψ(a + b) cancels where b is small beside a, and so do its derivatives.
def _difference_ball(a: arb, b: arb, *, order: int) -> arb:
    if order == 0:
        return a.digamma() - (a + b).digamma()
    return (acb(a).polygamma(order) - acb(a + b).polygamma(order)).real


def _difference(a: Any, b: Any, *, order: int) -> Any:
    if order == 0:
        return in_precision(sp.digamma)(a) - in_precision(sp.digamma)(a + b)
    return fw.polygamma(a, order=order) - fw.polygamma(a + b, order=order)


polygamma_difference: Entry = op(
    "polygamma_difference",
    where_by_arb(lambda y, a, b: (b < 3 * a) | (np.abs(y) < 0.5), _difference, _difference_ball),
    vjp=(
        lambda g, y, a, b, order: g * polygamma_difference(a, b, order=order + 1),
        lambda g, y, a, b, order: -g * _polygamma(a + b, order=order + 1),
    ),
    ball=_difference_ball,
    rounding=2,
    domain="(0, inf)",
    slope="beta",
    sympy="polygamma(order, x) - polygamma(order, x + y)",
)


def _beta_cancels(y: Any, a: Any, b: Any) -> Any:
    return np.abs(y) < 0.125 * (1 + np.abs(sp.gammaln(a + b)))


beta = op(
    "beta",
    in_precision(sp.beta),
    vjp=(
        lambda g, y, a, b: g * (y * polygamma_difference(a, b, order=0)),
        lambda g, y, a, b: g * (y * polygamma_difference(b, a, order=0)),
    ),
    ball=lambda a, b: a.gamma() * b.gamma() / (a + b).gamma(),
    rounding=16,
    sympy="gamma(x)*gamma(y)/gamma(x + y)",
    jax="beta",
    domain="(0, inf)",
)


def _betaln_ball(a: arb, b: arb) -> arb:
    return a.lgamma() + b.lgamma() - (a + b).lgamma()


betaln = op(
    "betaln",
    where_by_arb(_beta_cancels, in_precision(sp.betaln), _betaln_ball),
    vjp=(
        lambda g, y, a, b: g * polygamma_difference(a, b, order=0),
        lambda g, y, a, b: g * polygamma_difference(b, a, order=0),
    ),
    ball=_betaln_ball,
    rounding=16,
    jax="betaln",
    domain="(0, inf)",
    sympy="loggamma(x) + loggamma(y) - loggamma(x + y)",
)
