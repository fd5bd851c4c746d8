# ruff: noqa: ARG005 - rules share one signature
"""The gamma function and its kin (DLMF 5, 8.2, 5.12)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import scipy.special as sp
from flint import acb, arb, arb_series, ctx

from diffcheck import disc_bounds
from diffcheck.disc_bounds import either
from diffcheck.engine.ops import special_forward as fw
from diffcheck.engine.ops.arb_forward import by_arb, finite_by_arb, series_terms, where_by_arb
from diffcheck.engine.ops.differences import Analytic, derivative
from diffcheck.engine.ops.parameter_slopes import derivatives_of, slopes
from diffcheck.engine.ops.special_forward import in_precision
from diffcheck.engine.ops.stable import in_double
from diffcheck.engine.table import Entry, op

NEAR_A_ROOT: Final = 0.25


def _gamma_ball(x: arb, *, order: int) -> arb:
    """Return the n-th derivative of Γ from its power series."""
    with series_terms(order + 1):
        return arb_series([x, 1]).gamma()[order] * math.factorial(order)


gamma_derivative: Entry = op(  # SciPy's Γ is off by tens of ulps left of -20, and ψ has roots
    "gamma_derivative",
    by_arb(_gamma_ball),
    vjp=lambda g, y, x, order: g * gamma_derivative(x, order=order + 1),
    ball=_gamma_ball,
    domain="(-inf, inf)",
    kinks="x = 0, -1, -2, …",
    slope="gamma",
    sympy="gamma(x).diff(x, order)",
)


def _gamma_doubt(y: Any, x: Any) -> Any:
    """Whether SciPy's digits are in doubt: by reflection on the left, by Stirling's far out."""
    return (y.dtype == np.float64) & ((x < 0) | (x > 10)) & np.isfinite(y)


def _gammaln_doubt(y: Any, x: Any) -> Any:
    """Whether SciPy's digits are in doubt: next to a root."""
    size = np.abs(x)
    return (y.dtype == np.float64) & (np.abs(y) < 0.5 * np.maximum(1, size)) & (size < 100)


gamma = op(
    "gamma",
    where_by_arb(_gamma_doubt, in_precision(sp.gamma), arb.gamma),
    vjp=lambda g, y, x: g * gamma_derivative(x, order=1),
    ball="gamma",
    rounding=4,
    sympy="gamma(x)",
    jax="gamma",
    domain="(-inf, inf)",
    kinks="x = 0, -1, -2, ...",
)
gammaln = op(
    "gammaln",
    finite_by_arb(  # SciPy's is infinite at ±5e-324
        in_precision(sp.gammaln), fw.gammaln_ball, also=_gammaln_doubt
    ),
    vjp=lambda g, y, x: g * digamma(x),
    ball=fw.gammaln_ball,
    rounding=4,
    sympy="log(Abs(gamma(x)))",
    jax="gammaln",
    domain="(-inf, inf)",
    kinks="x = 0, -1, -2, ...",
)


def _digamma_doubt(y: Any, x: Any) -> Any:
    """Whether SciPy's digits are in doubt: next to a root, and left of 0 in float64."""
    return (np.abs(y) < NEAR_A_ROOT) | ((x < 0) & (y.dtype == np.float64))


digamma: Entry = op(
    "digamma",
    where_by_arb(_digamma_doubt, in_precision(sp.digamma), arb.digamma),
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


def _density(a: Any, x: Any, n: int) -> Any:
    """Return the n-th derivative in x of x^(a-1) e^(-x)/Γ(a), by Leibniz' rule."""
    total = 0 * a
    for k in range(n + 1):
        falling = math.prod((a - 1 - j for j in range(k)), start=1 + 0 * a)
        if not falling.is_zero():
            total += math.comb(n, k) * (-1) ** (n - k) * falling * _power(x, a - 1 - k)
    return total * (-x).exp() * a.rgamma()


def _power(x: Any, exponent: Any) -> Any:
    return x**exponent if x.is_zero() else (exponent * x.log()).exp()


def _lower(a: Any, x: Any) -> Any:
    """Return P(a, x), in the precision from which Arb takes its power series: seconds before it."""
    series = 2 * min(float(x.real.mid()), FAR) + 64
    with ctx.workprec(max(ctx.prec, int(series) if series < 2 * FAR else 0)):
        return x.gamma_lower(a, regularized=1)


FAR: Final = 2000.0


def _upper(a: Any, x: Any) -> Any:
    return -x.gamma_upper(a, regularized=1)


def _incomplete_gamma(n: int, a: arb, x: arb) -> Analytic:
    """Return the n-th derivative in x of P(a, x), or of -Q(a, x) where that is the lesser one.

    Of a large a Arb knows Q alone, next to the median.
    """
    if n:
        return Analytic(function=lambda a, x: _density(a, x, n - 1), branches=((), (0.0,)))
    p, q = float(a.mid()), float(x.mid())
    if q > p + 1 or (p > LARGE and q > p / 2):
        bound = either(disc_bounds.gamma_upper, _upper)
        return Analytic(function=_upper, branches=((), (0.0,)), bound=bound)
    bound = either(disc_bounds.gamma_lower, _lower)
    return Analytic(function=_lower, branches=((), (0.0,)), bound=bound)


def _no_series(orders: tuple[int, ...], a: arb, x: arb) -> arb | None:
    """Return the derivatives of x^a at x = 0 that are 0; none of an a that takes Arb minutes."""
    if orders[0] and a > LARGEST:
        return arb("nan")
    return arb(0) if x.is_zero() and a > orders[1] and orders[0] else None


def _power_over(a: Any, x: Any) -> Any:
    """Return x^(a-1): a - 1 is exact for an a of at least 1/2."""
    return np.where(a < 0.5, x**a / x, x ** (a - 1))


def _density_forward(a: Any, x: Any) -> Any:
    with np.errstate(all="ignore"):
        return _power_over(a, x) * np.exp(-x) / sp.gamma(a)


def _doubtful_density(y: Any, a: Any, _x: Any) -> Any:
    return (a > 100) | (y < SMALLEST)


SMALLEST: Final = 1e-290
gamma_density = op(  # from its logarithm it would have as many ulps as that is large
    "gamma_density",
    in_double(
        finite_by_arb(
            in_precision(_density_forward), partial(_density, n=0), also=_doubtful_density
        )
    ),
    vjp=(
        lambda g, y, a, x: g * gammainc_derivative(a, x, orders=(1, 1)),
        lambda g, y, a, x: g * gammainc_derivative(a, x, orders=(0, 2)),
    ),
    ball=lambda a, x: _density(a, x, 0),
    rounding=4,
    domain=("(0, 1000]", "[0, inf)"),
    slope="gammainc",
    sympy="y**(x - 1)*exp(-y)/gamma(x)",
)
LARGE: Final = 100.0
LARGEST: Final = 2.0**33


def _in_tail(y: Any, a: Any, x: Any) -> Any:
    """Whether SciPy's has lost many ulps: of a small value, and of a small a."""
    inside = (a > 0) & (x >= 0) & np.isfinite(x)
    small = (y < TAIL) & (y > 0) & (a < 1000)
    return (y.dtype == np.float64) & inside & (small | (a < SMALL))


TAIL: Final = 0.02
SMALL: Final = 4.0
INCOMPLETE: Final = ("(0, 1000]", "[0, inf)")
gammainc_derivative: Entry = derivatives_of(
    "gammainc",
    _incomplete_gamma,
    sympy="lowergamma(x, y)/gamma(x)",
    domain=INCOMPLETE,
    exception=_no_series,
)
gammainc = op(
    "gammainc",
    where_by_arb(_in_tail, in_precision(sp.gammainc), _lower),
    vjp=slopes(gammainc_derivative, 2),
    ball=_lower,
    rounding=20,  # SciPy's, from a = 4
    sympy="lowergamma(x, y)/gamma(x)",
    jax="gammainc",
    domain=INCOMPLETE,
)
gammaincc = op(
    "gammaincc",
    where_by_arb(_in_tail, in_precision(sp.gammaincc), lambda a, x: -_upper(a, x)),
    vjp=slopes(gammainc_derivative, 2, sign=-1),
    ball=lambda a, x: x.gamma_upper(a, regularized=1),
    rounding=20,  # as P
    sympy="uppergamma(x, y)/gamma(x)",
    jax="gammaincc",
    domain=INCOMPLETE,
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


def _difference_cancels(y: Any, a: Any, b: Any) -> Any:
    return (b < 3 * a) | (np.abs(y) < 0.5) | (np.abs(y) < 0.5 * np.log(a + b))


_by_difference: Final = in_double(
    finite_by_arb(_difference, _difference_ball, also=_difference_cancels)
)


def _of_sum_ball(a: arb, b: arb, *, order: int) -> arb:
    return acb(a + b).polygamma(order).real


_of_sum: Final = where_by_arb(  # a + b may overflow where the result is still a number
    lambda y, a, b: ~np.isfinite(a + b) & np.isfinite(a) & np.isfinite(b),
    lambda a, b, *, order: fw.polygamma(a + b, order=order),
    _of_sum_ball,
)


def _betaln_by(difference: Callable[..., Any], of_sum: Callable[..., Any]) -> Callable[..., Any]:
    """Return the derivatives of log B from those of ψ(a) - ψ(a + b) in a, and those of ψ(a + b)."""

    def derivative(a: Any, b: Any, *, orders: tuple[int, int]) -> Any:
        m, n = orders
        if m and n:
            return -of_sum(a, b, order=m + n - 1)
        return difference(a, b, order=m - 1) if m else difference(b, a, order=n - 1)

    return derivative


betaln_derivative: Entry = op(
    "betaln_derivative",
    _betaln_by(_by_difference, _of_sum),
    vjp=(
        lambda g, y, a, b, orders: g * betaln_derivative(a, b, orders=(orders[0] + 1, orders[1])),
        lambda g, y, a, b, orders: g * betaln_derivative(a, b, orders=(orders[0], orders[1] + 1)),
    ),
    ball=_betaln_by(_difference_ball, _of_sum_ball),
    rounding=8,
    domain="(0, inf)",
    slope="betaln",
    sympy="(loggamma(x) + loggamma(y) - loggamma(x + y)).diff((x, orders[0]), (y, orders[1]))",
)


def _beta_cancels(y: Any, a: Any, b: Any) -> Any:
    return np.abs(y) < 0.5 * (1 + np.abs(in_precision(sp.gammaln)(a + b)))


def _is_far(y: Any, total: Any) -> Any:
    return total > (8 if y.dtype == np.float64 else 100)


def _beta_ball(a: arb, b: arb) -> arb:
    return (a.lgamma() + b.lgamma() - (a + b).lgamma()).exp()


def _in_a(a: Any, b: Any) -> Any:
    """Return ∂B(a, b)/∂a of balls."""
    return (a.lgamma() + b.lgamma() - (a + b).lgamma()).exp() * (a.digamma() - (a + b).digamma())


def _beta_derivative_ball(a: arb, b: arb, *, orders: tuple[int, int]) -> arb:
    slope = Analytic(function=_in_a, branches=((0.0,), (0.0,)))
    m, n = orders
    return derivative(slope, (a, b), (m - 1, n)) if m else derivative(slope, (b, a), (n - 1, 0))


beta_derivative: Entry = op(  # B alone may leave the range, and ψ(a) - ψ(a + b) vanish beside it
    "beta_derivative",
    by_arb(_beta_derivative_ball),
    vjp=(
        lambda g, y, a, b, orders: g * beta_derivative(a, b, orders=(orders[0] + 1, orders[1])),
        lambda g, y, a, b, orders: g * beta_derivative(a, b, orders=(orders[0], orders[1] + 1)),
    ),
    ball=_beta_derivative_ball,
    domain="(0, inf)",
    slope="beta",
    sympy="(gamma(x)*gamma(y)/gamma(x + y)).diff((x, orders[0]), (y, orders[1]))",
)
beta: Entry = op(  # SciPy's is exp(ln B) where Γ(a + b) is large: 10⁻¹⁰ of it is lost far out
    "beta",
    finite_by_arb(in_precision(sp.beta), _beta_ball, also=lambda y, a, b: _is_far(y, a + b)),
    vjp=(
        lambda g, y, a, b: g * beta_derivative(a, b, orders=(1, 0)),
        lambda g, y, a, b: g * beta_derivative(a, b, orders=(0, 1)),
    ),
    ball=lambda a, b: a.gamma() * b.gamma() / (a + b).gamma(),
    rounding=8,
    sympy="gamma(x)*gamma(y)/gamma(x + y)",
    jax="beta",
    domain="(0, inf)",
)


def _betaln_ball(a: arb, b: arb) -> arb:
    return a.lgamma() + b.lgamma() - (a + b).lgamma()


betaln = op(
    "betaln",
    finite_by_arb(in_precision(sp.betaln), _betaln_ball, also=_beta_cancels),
    vjp=(
        lambda g, y, a, b: g * betaln_derivative(a, b, orders=(1, 0)),
        lambda g, y, a, b: g * betaln_derivative(a, b, orders=(0, 1)),
    ),
    ball=_betaln_ball,
    rounding=5,
    jax="betaln",
    domain="(0, inf)",
    sympy="loggamma(x) + loggamma(y) - loggamma(x + y)",
)
