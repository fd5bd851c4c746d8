# ruff: noqa: ARG005 - rules share one signature
"""Scaled error functions, tails of the normal distribution, and the inverses of all of them.

Slopes are taken through erfcx, which varies slowly: exp(y²) at a rounded y would lose y² ulps.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import scipy.special as sp
from flint import acb, arb, ctx

from diffcheck.balls import is_less, precision
from diffcheck.engine.ops.arb_forward import by_arb, finite_by_arb, where_by_arb
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import less, logical_and, logical_not
from diffcheck.engine.ops.differences import Analytic, derivative
from diffcheck.engine.ops.special_forward import gauss as gauss_forward
from diffcheck.engine.ops.special_forward import in_precision
from diffcheck.engine.ops.special_forward import ndtr as ndtr_forward
from diffcheck.engine.ops.stable import in_double
from diffcheck.engine.table import Entry, op
from diffcheck.engine.values import constant

# Correctly rounded: products of rounded factors would cost an ulp each.
TWO_OVER_SQRT_PI: Final = 1.1283791670955126
SQRT_PI_OVER_TWO: Final = 0.886226925452758
SQRT_TWO_OVER_PI: Final = 0.7978845608028654
ONE_OVER_SQRT_TWO_PI: Final = 0.3989422804014327
ONE_OVER_TWO_PI: Final = 0.15915494309189535


def _scaled_erfc_ball(x: arb, *, order: int) -> arb:
    """Return the n-th derivative of exp(x²) erfc(x): (-2)ⁿ n! exp(x²) iⁿerfc(x) (DLMF 7.18.5)."""
    before, y = 2 / arb.pi().sqrt(), (x * x).exp() * x.erfc()
    for n in range(1, order + 1):  # DLMF 7.18.7 in scaled form
        before, y = y, (2 * x * y - before) if n == 1 else 2 * x * y + 2 * (n - 1) * before
    return y


def _erfcx(x: Any) -> Any:
    """Return erfcx: SciPy's on the right, elsewhere as exp(x²) erfc(x) with exp(x²) split."""
    y = in_precision(sp.erfcx)(x)
    if not np.any(x < 0.5):
        return y
    low = np.minimum(np.maximum(x, -64), 0.5)
    m = np.rint(low * 16) * 0.0625
    square = np.exp(m * m) * np.exp((low - m) * (low + m))
    return np.where(x < 0.5, square * in_precision(sp.erfc)(low), y).astype(y.dtype)[()]


@in_double
def _scaled_erfc(x: Any, *, order: int) -> Any:
    """Return erfcx or a derivative of it; the recurrence where all its terms have one sign."""
    y = _erfcx(x)
    before = np.zeros_like(y) + TWO_OVER_SQRT_PI
    for n in range(1, order + 1):
        before, y = y, (2 * x * y - before) if n == 1 else 2 * x * y + 2 * (n - 1) * before
    return y


def _cancels(_y: Any, x: Any) -> Any:
    return x > 0.25


_refined = where_by_arb(_cancels, _scaled_erfc, _scaled_erfc_ball)
scaled_erfc: Entry = op(
    "erfcx",
    lambda x, *, order: (_refined if order else _scaled_erfc)(x, order=order),
    vjp=lambda g, y, x, order: g * scaled_erfc(x, order=order + 1),
    ball=_scaled_erfc_ball,
    rounding=4,
    sympy="(exp(x**2)*erfc(x)).diff(x, order)",
    jax="erfcx",
)


def erfcx(x: Any) -> Any:
    """Return exp(x²) erfc(x); derivatives of every order keep their digits in the tail."""
    return scaled_erfc(x, order=0)


FAR: Final = -1e10  # φ/Φ is -x from here on: the next term is smaller by x²


@in_double
def _mills(x: Any) -> Any:
    """Return φ(x)/Φ(x), the inverse of Mills' ratio for the lower tail."""
    near = np.maximum(x, FAR)
    lower = SQRT_TWO_OVER_PI / _erfcx(-near * math.sqrt(0.5))
    upper = gauss_forward(near, half=True) * ONE_OVER_SQRT_TWO_PI / in_precision(sp.ndtr)(near)
    return np.where(x < FAR, -x, np.where(x < 0, lower, upper)).astype(np.result_type(x))[()]


def _mills_ball(x: arb) -> arb:
    """Return φ(x)/Φ(x); for x > 0 without exp(x²), which is infinite far out."""
    scale = (2 / arb.pi()).sqrt()
    if x > 1:
        return scale * (-x * x / 2).exp() / (-x / arb(2).sqrt()).erfc()
    return scale / _scaled_erfc_ball(-x / arb(2).sqrt(), order=0)


def _mills_rule(g: Any, y: Any, x: Any) -> Any:
    """Return -g y (x + y); for x < 0, where that cancels, through the derivative of erfcx."""
    far = less(x, FAR)
    over = 1 / where(far, x, FAR)
    t = -where(logical_and(less(x, 0), logical_not(far)), x, 0) * constant("sqrt_half", x)
    tail = 0.5 * constant("sqrt_pi", x) * (y * y) * scaled_erfc(t, order=1)
    return g * where(far, over * over - 1, where(less(x, 0), tail, -y * (x + y)))


inverse_mills = op(
    "inverse_mills",
    _mills,
    vjp=_mills_rule,
    ball=_mills_ball,
    rounding=4,
    slope="log_ndtr",
    sympy="sqrt(2/pi)*exp(-x**2/2)/erfc(-x/sqrt(2))",
)


def _log_ndtr(x: Any) -> Any:
    """Return log Φ(x); for x > 1 as log1p(-Φ(-x)), where Φ(x) rounds to 1."""
    upper = np.log1p(-ndtr_forward(-np.maximum(x, 0)))
    return np.where(x > 1, upper, in_precision(sp.log_ndtr)(np.minimum(x, 2))).astype(
        np.result_type(x)
    )[()]


log_ndtr = op(
    "log_ndtr",
    _log_ndtr,
    vjp=lambda g, y, x: g * inverse_mills(x),
    ball=lambda x: ((-x / arb(2).sqrt()).erfc() / 2).log(),
    rounding=8,
    sympy="log(erfc(-x/sqrt(2))/2)",
    jax="log_ndtr",
)


def _ndtri_slope(p: Any) -> Any:
    """Return 1/φ(Φ⁻¹(p)) as 1/(p m(y)), with m = φ/Φ: p is exact, and m is not sensitive to y."""
    tail = np.minimum(p, 1 - p)
    return 1 / (tail * _mills(in_precision(sp.ndtri)(tail)))


def _ndtri_ball(p: arb) -> arb:
    return -(arb(2).sqrt()) * _erfcinv_ball(2 * p)


def _ndtri_slope_ball(p: arb) -> arb:
    return (_ndtri_ball(p) ** 2 / 2).exp() * (2 * arb.pi()).sqrt()


ndtri_slope = op(
    "ndtri_slope",
    where_by_arb(lambda y, p: y.dtype == np.float64, in_double(_ndtri_slope), _ndtri_slope_ball),
    vjp=lambda g, y, p: g * (ndtri(p) * y * y),
    ball=_ndtri_slope_ball,
    rounding=4,
    domain="(0, 1)",
    slope="ndtri",
    sympy="sqrt(2*pi)*exp(erfinv(2*x - 1)**2)",
)
ndtri: Entry = op(
    "ndtri",
    in_precision(sp.ndtri),
    vjp=lambda g, y, p: g * ndtri_slope(p),
    ball=_ndtri_ball,
    rounding=8,
    sympy="sqrt(2)*erfinv(2*x - 1)",
    jax="ndtri",
    domain="(0, 1)",
)


def _erfcinv_ball(x: arb) -> arb:
    return (1 - x).erfinv() if is_less(arb(0.5), x) else x.erfcinv()


def _erfinv_slope(x: Any) -> Any:
    """Return (√π/2) exp(y²) as (√π/2) erfcx(|y|)/(1 - |x|), which is not sensitive to y."""
    y = np.abs(in_precision(sp.erfinv)(x))
    return SQRT_PI_OVER_TWO * _erfcx(y) / (1 - np.abs(x))


def _erfinv_slope_ball(x: arb) -> arb:
    return (x.erfinv() ** 2).exp() * arb.pi().sqrt() / 2


erfinv_slope = op(
    "erfinv_slope",
    where_by_arb(
        lambda y, x: y.dtype == np.float64,  # SciPy's erfcx, twice rounded, is off by 5 ulps
        in_double(_erfinv_slope),
        _erfinv_slope_ball,
    ),
    vjp=lambda g, s, x: g * (2 * erfinv(x) * s * s),
    ball=_erfinv_slope_ball,
    rounding=4,
    domain="(-1, 1)",
    slope="erfinv",
    sympy="sqrt(pi)*exp(erfinv(x)**2)/2",
)
erfinv: Entry = op(
    "erfinv",
    in_precision(sp.erfinv),
    vjp=lambda g, y, x: g * erfinv_slope(x),
    ball=lambda x: x.erfinv(),
    rounding=4,
    sympy="erfinv(x)",
    jax="erfinv",
    domain="(-1, 1)",
)


def _erfcinv_slope_ball(x: arb) -> arb:
    return -((_erfcinv_ball(x) ** 2).exp()) * arb.pi().sqrt() / 2


def _erfcinv_slope(x: Any) -> Any:
    tail = np.minimum(x, 2 - x)
    y = in_precision(sp.erfcinv)(tail)
    return -SQRT_PI_OVER_TWO * _erfcx(y) / tail


erfcinv_slope = op(
    "erfcinv_slope",
    where_by_arb(
        lambda y, x: y.dtype == np.float64, in_double(_erfcinv_slope), _erfcinv_slope_ball
    ),
    vjp=lambda g, s, x: g * (2 * erfcinv(x) * s * s),
    ball=_erfcinv_slope_ball,
    rounding=4,
    domain="(0, 2)",
    slope="erfcinv",
    sympy="-sqrt(pi)*exp(erfcinv(x)**2)/2",
)
erfcinv: Entry = op(
    "erfcinv",
    finite_by_arb(in_precision(sp.erfcinv), _erfcinv_ball),  # SciPy's is infinite at 5e-324
    vjp=lambda g, y, x: g * erfcinv_slope(x),
    ball=_erfcinv_ball,
    rounding=4.5,
    sympy="erfcinv(x)",
    domain="(0, 2)",
)


def _owens_t_ball(h: arb, a: arb) -> arb:
    """Return Owen's T; beyond a = 1 by that of the inverse (Owen 1956, eq. 2.3)."""
    if float(a.mid()) < 0:
        return -_owens_t_ball(h, -a)
    h = abs(h)
    if not a > 1:
        return _owens_integral_ball(h, a)
    tail, far_tail = ((x / arb(2).sqrt()).erfc() / 2 for x in (h, h * a))
    return (tail + far_tail) / 2 - tail * far_tail - _owens_integral_ball(h * a, 1 / a)


def _owens_integral_ball(h: arb, a: arb) -> arb:
    """Return the integral over x to a, or over u = hx as far as the Gaussian in it reaches."""
    narrow = h * a > NARROW
    scale = h if narrow else arb(1)
    reach = arb(2 * ctx.prec + 20).sqrt()
    end = arb.min(h * a, reach) if narrow else a
    rest = arb(0)
    if narrow and h * a > reach:
        rest = (-(reach * reach) / 2).exp() / (reach * scale)
        rest = arb(0, rest.upper())

    def f(t: Any, _analytic: bool) -> Any:
        u = t / scale
        return (-((acb(h) * u) ** 2) / 2).exp() / (1 + u * u)

    total = acb.integral(f, 0, acb(end)).real / scale + rest
    return (-(h * h) / 2).exp() * total / (2 * arb.pi())


NARROW: Final = 8


def _owens_slope_ball(h: arb, a: arb) -> arb:
    """Return exp(-h² (1 + a²)/2)/(2π (1 + a²)), the derivative in a."""
    square = 1 + a * a
    return (-(h * h) * square / 2).exp() / (2 * arb.pi() * square)


owens_slope: Entry = op(  # two Gaussians in its place would vanish, one by one
    "owens_slope",
    by_arb(_owens_slope_ball),
    vjp=(
        lambda g, y, h, a: -g * (h * y + a * (a * h * y)),
        lambda g, y, h, a: -g * (a * (h * (h * y)) + 2 * (a / (1 + a * a)) * y),
    ),
    ball=_owens_slope_ball,
    slope="owens_t",
    sympy="exp(-x**2*(1 + y**2)/2)/(2*pi*(1 + y**2))",
)


def _in_h(h: Any, a: Any) -> Any:
    """Return exp(-h²/2) erf(ha/√2), of balls."""
    return (-(h * h) / 2).exp() * (h * a / arb(2).sqrt()).erf()


def _owens_in_h(h: Any, a: Any) -> Any:
    turn = h * a * constant("sqrt_half", h)
    return gauss_forward(h, half=True) * in_precision(sp.erf)(turn)


_IN_H: Final = Analytic(function=_in_h, branches=((), ()))


def _owens_ball(h: arb, a: arb, *, orders: tuple[int, int]) -> arb:
    return derivative(_IN_H, (h, a), orders)


def _owens_forward(h: Any, a: Any, *, orders: tuple[int, int]) -> Any:
    return _owens_by_arb(h, a, orders=orders) if any(orders) else _owens_in_h(h, a)


_owens_by_arb: Final = by_arb(_owens_ball)
# Of order 2 in h there are two terms, which cancel next to the root h² = 1 at small a.
owens_in_h: Entry = op(
    "owens_in_h",
    _owens_forward,
    vjp=(
        lambda g, y, h, a, orders: g * owens_in_h(h, a, orders=(orders[0] + 1, orders[1])),
        lambda g, y, h, a, orders: g * owens_in_h(h, a, orders=(orders[0], orders[1] + 1)),
    ),
    ball=_owens_ball,
    rounding=4,
    slope="owens_t",
    sympy="(exp(-x**2/2)*erf(x*y/sqrt(2))).diff((x, orders[0]), (y, orders[1]))",
)


def _legendre(count: int) -> list[tuple[float, float]]:
    """Return nodes and weights of Gauss and Legendre's rule on [0, 1]; NumPy's are off by 1e-13."""
    with precision(128):
        pairs = [arb.legendre_p_root(count, k, weight=True) for k in range(count)]
        return [(float(((root + 1) / 2).mid()), float((w / 2).mid())) for root, w in pairs]


RULE: Final = _legendre(32)  # exact to float64 for what it is used for here
ENDS: Final = 9.0  # standard deviations that a Gaussian reaches


def _owens_integral(h: Any, a: Any) -> Any:
    """Return Owen's T for h ≥ 0 and 0 ≤ a ≤ 1: the integral to a, cut where nothing is left."""
    h = np.minimum(h, 64)  # beyond, the result is 0
    end = np.minimum(a, ENDS / np.maximum(h, 1))
    total = 0.0
    for node, weight in RULE:
        x = end * node
        total = total + weight * (np.exp(-0.5 * (h * x) ** 2) / (1 + x * x))
    return gauss_forward(h, half=True) * (end * total) * ONE_OVER_TWO_PI


def _upper_tail(x: Any) -> Any:
    """Return Φ(-x) for x ≥ 0, by erfcx: erfc has x² times the rounding of its argument."""
    return 0.5 * sp.erfcx(math.sqrt(0.5) * x) * gauss_forward(x, half=True)


@in_precision
@in_double
def _owens_t(h: Any, a: Any) -> Any:
    """Return Owen's T; beyond a = 1 by that of the inverse (Owen 1956, eq. 2.3).

    SciPy's is off by thousands of ulps at h = 5, and more further out.
    """
    with np.errstate(all="ignore"):
        h, size = np.abs(h), np.abs(a)
        beyond = size > 1
        other = np.where(h == 0, 0, h * size)
        near = _owens_integral(np.where(beyond, other, h), np.where(beyond, 1 / size, size))
        middle = 0.5 * sp.erf(math.sqrt(0.5) * h)
        far = 0.5 * _upper_tail(h) + (_upper_tail(other) * middle - near)
    return np.copysign(np.where(beyond, far, near), a)


def _first_in_h(h: Any, a: Any) -> Any:
    return owens_in_h(h, a, orders=(0, 0))


owens_t = op(
    "owens_t",
    _owens_t,
    vjp=(
        lambda g, y, h, a: -g * (0.5 * constant("one_over_sqrt_two_pi", h) * _first_in_h(h, a)),
        lambda g, y, h, a: g * owens_slope(h, a),
    ),
    ball=_owens_t_ball,
    rounding=8,
    jax="owens_t",
)  # fmt: skip
