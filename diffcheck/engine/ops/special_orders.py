"""Bessel and Struve functions of real order, with derivatives in the order.

In the argument by DLMF 10.6.7, 10.29.5 and 11.4.28.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import scipy.special as sp
from flint import acb, arb, ctx

from diffcheck import disc_bounds
from diffcheck.balls import is_less
from diffcheck.disc_bounds import either
from diffcheck.engine.ops.arb_forward import finite_by_arb, where_by_arb
from diffcheck.engine.ops.differences import Analytic, derivative
from diffcheck.engine.ops.parameter_slopes import Orders, derivatives_of, slopes
from diffcheck.engine.ops.special_bessel import KINDS, doubtful_as_single
from diffcheck.engine.ops.special_forward import in_precision, small_order_first
from diffcheck.engine.ops.stable import in_double
from diffcheck.engine.table import Entry, op

DOMAIN: Final = ("[0, 50]", "(0, 100)")


EXACT_BITS: Final = 1200  # of the sum of any two float64 of moderate size
SERIES_BITS: Final = 256  # with fewer, Arb integrates numerically, which takes it 10 ms


def _beside_integers(
    function: Callable[..., Any], bits_for: Callable[[Any, int], int]
) -> Callable[..., Any]:
    """Return Arb's Y or K with the digits more that it loses beside an integer order.

    `bits_for(x, bits)` is the precision in which the function has so many bits.
    """

    def with_more(v: Any, x: Any) -> Any:
        away = abs(v - arb(round(float(v.mid())))) if type(v) is arb else arb(0)
        lost = 0
        if away > 0:
            mantissa, exponent = away.lower().man_exp()
            lost = max(0, -int(exponent) - int(mantissa).bit_length())
        with ctx.workprec(bits_for(x, ctx.prec + lost + 10)):
            return function(v, x)

    return with_more


def _bits_of_k(x: Any, bits: int) -> int:
    """Return the precision for K: its asymptotic series far out, else its power series.

    That has terms up to e^(2x), and Arb takes it for integer orders from about 8 x bits on;
    before, it integrates.
    """
    size = min(float(abs(x).mid()), 1e6)
    if bits <= 1.6 * size:
        return bits
    return max(SERIES_BITS, bits + int(2.9 * size), int(8 * size) + 200)


# Of each kind: the function of real or complex balls.
BALLS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "j": lambda v, x: x.bessel_j(v),
    "y": _beside_integers(lambda v, x: x.bessel_y(v), lambda _x, bits: max(SERIES_BITS, bits)),
    "i": lambda v, x: x.bessel_i(v),
    "k": _beside_integers(lambda v, x: x.bessel_k(v), _bits_of_k),
}


BOUNDS: Final = {
    "j": disc_bounds.bessel_j, "y": disc_bounds.bessel_y,
    "i": disc_bounds.bessel_i, "k": disc_bounds.bessel_k,
}  # fmt: skip


def _in_argument(function: Callable[..., Any], v: Any, x: Any, *, signs: Any, n: int) -> Any:
    """Return the n-th derivative: 2⁻ⁿ Σ (±1)ᵏ (n over k) C_{v-n+2k} (DLMF 10.6.7, 10.29.5)."""
    alternates, sign = signs
    with ctx.workprec(max(ctx.prec, EXACT_BITS)):  # how far from an integer they are is to stay
        neighbours = [v - n + 2 * k for k in range(n + 1)]
    terms = (
        alternates**k * math.comb(n, k) * function(order, x) for k, order in enumerate(neighbours)
    )
    return sum(terms, start=arb(0)) * sign**n * arb((1, -n))


def _cylinder(kind: str) -> Callable[..., Analytic]:
    signs, own = KINDS[kind][2:], BOUNDS[kind]

    def in_variable(n: int, *_args: arb) -> Analytic:
        def function(v: Any, x: Any) -> Any:
            return _in_argument(BALLS[kind], v, x, signs=signs, n=n)

        def by_integrals(v: acb, x: acb) -> Any:
            return _in_argument(own, v, x, signs=(1, 1), n=n)

        bounds = (function, by_integrals) if kind in "ji" else (by_integrals,)
        return Analytic(function=function, branches=((), (0.0,)), bound=either(*bounds))

    return in_variable


def _at_zero(orders: Orders, v: arb, x: arb) -> arb | None:
    """Return the derivatives of J or I of a positive order at x = 0 that are 0."""
    return arb(0) if x.is_zero() and v > orders[1] and orders[0] else None


TINY: Final = arb((1, -80))
ENOUGH_BITS: Final = 64  # to round to float64; x^v at an x of 1e-200 varies too much for that


def _tiny_order(kind: str, orders: Orders, v: arb, x: arb) -> arb | None:
    """Return a derivative at an order of next to 0, from there by the mean value theorem.

    At the order itself Y and K would lose as many digits as it has zeros, and K's odd derivatives,
    which are 0 at the order 0, as many again: minutes at 5e-324.
    """
    m, n = orders
    odd = kind == "k" and m % 2 == 1  # K is even in its order
    if v.is_zero():
        return arb(0) if odd else None
    if kind in "ji" or not (abs(v) < TINY and v.is_exact()):
        return None
    f = _cylinder(kind)(n)
    at_zero = arb(0) if odd else derivative(f, (arb(0), x), (m, 0))
    found = at_zero + v * derivative(f, (arb(0, abs(v)), x), (m + 1, 0))
    return found if found.rel_accuracy_bits() >= ENOUGH_BITS else None


def _exception(kind: str) -> Callable[[Orders, arb, arb], arb | None]:
    def known(orders: Orders, v: arb, x: arb) -> arb | None:
        found = _at_zero(orders, v, x) if kind in "ji" else None
        return _tiny_order(kind, orders, v, x) if found is None else found

    return known


def _order_ball(v: arb, x: arb, *, kind: str, order: int) -> arb:
    near = _tiny_order(kind, (0, order), v, x)
    if near is not None:
        return near
    ball: arb = _in_argument(BALLS[kind], v, x, signs=KINDS[kind][2:], n=order)
    return ball


def _order_forward(v: Any, x: Any, *, kind: str, order: int) -> Any:
    _, _, alternates, sign = KINDS[kind]
    library = REAL_ORDER[kind]
    total = 0
    for k in range(order + 1):
        total = total + alternates**k * math.comb(order, k) * library(v - order + 2 * k, x)
    return sign**order * total / 2**order


REAL_ORDER: Final = {
    "j": small_order_first(sp.jv), "y": in_precision(sp.yv),
    "i": small_order_first(sp.iv), "k": in_precision(sp.kv),
}  # fmt: skip


def _is_double(y: Any, *_args: Any) -> Any:
    return y.dtype == np.float64


def _value(v: Any, x: Any, *, kind: str) -> Any:
    """Return a Bessel function: by Arb, SciPy's are off by tens and hundreds of ulps."""
    if np.result_type(v, x).itemsize < np.dtype(np.float64).itemsize:
        return _as_single(v, x, kind=kind, order=0)
    certain = finite_by_arb(_order_forward, _order_ball, also=_is_double)
    return certain(v, x, kind=kind, order=0)


@in_double
def _as_single(v: Any, x: Any, *, kind: str, order: int) -> Any:
    certain = where_by_arb(
        lambda y, v, x: doubtful_as_single(y, x) | (v < 1e-3), _order_forward, _order_ball
    )
    return certain(v, x, kind=kind, order=order)


def _faster(kind: str) -> Callable[..., Any]:
    """Return what puts SciPy before Arb, for float32 and derivatives in the argument alone."""

    def before(by_arb: Callable[..., Any]) -> Callable[..., Any]:
        def forward(v: Any, x: Any, *, orders: Orders) -> Any:
            if orders[0] or np.result_type(v, x).itemsize >= np.dtype(np.float64).itemsize:
                return by_arb(v, x, orders=orders)
            return _as_single(v, x, kind=kind, order=orders[1])

        return forward

    return before


def _of_order(name: str, kind: str) -> Entry:
    """Register a Bessel function of real order."""
    text = f"bessel{kind}(x, y)"
    entry = derivatives_of(
        name,
        _cylinder(kind),
        sympy=text,
        domain=DOMAIN,
        exception=_exception(kind),
        forward=_faster(kind),
        rounding=8,
    )
    return op(
        name,
        lambda v, x: _value(v, x, kind=kind),
        vjp=slopes(entry, 2),
        ball=lambda v, x: _order_ball(v, x, kind=kind, order=0),
        rounding=1,
        sympy=text,
        domain=DOMAIN,
    )


jv = _of_order("jv", "j")
yv = _of_order("yv", "y")
iv = _of_order("iv", "i")
kv = _of_order("kv", "k")


def _scaled(n: int, _v: arb, x: arb) -> Analytic:
    """Return the n-th derivative of exp(-|x|) I_v(x), by Leibniz' rule."""
    sign = 1 if is_less(x, arb(0)) else -1

    def scaled(ball: Callable[..., Any], signs: tuple[int, int], v: Any, x: Any) -> Any:
        terms = (
            math.comb(n, k)
            * (signs[1] * sign) ** (n - k)
            * _in_argument(ball, v, x, signs=signs, n=k)
            for k in range(n + 1)
        )
        return (sign * x).exp() * sum(terms, start=arb(0))

    def function(v: Any, x: Any) -> Any:
        return scaled(BALLS["i"], KINDS["i"][2:], v, x)

    def by_integrals(v: acb, x: acb) -> Any:
        return scaled(BOUNDS["i"], (1, sign), v, x)

    return Analytic(function=function, branches=((), (0.0,)), bound=either(function, by_integrals))


SCALED: Final = "exp(-Abs(y))*besseli(x, y)"


def _ive_ball(v: arb, x: arb) -> arb:
    ball: arb = _scaled(0, v, x).function(v, x)
    return ball


ive = op(  # SciPy's is off by hundreds of ulps, and 0 at subnormal arguments beside the order 0
    "ive",
    finite_by_arb(
        in_precision(sp.ive),
        _ive_ball,
        also=lambda y, _v, x: _is_double(y) | ((y == 0) & (x != 0)),
    ),
    vjp=slopes(derivatives_of("ive", _scaled, sympy=SCALED, domain=DOMAIN, exception=_at_zero), 2),
    ball=_ive_ball,
    rounding=1,
    sympy=SCALED,
    domain=DOMAIN,
)


def _struve_ball(v: Any, x: Any) -> Any:
    """Return H_v by its ₁F₂ series, which has no pole if it is regularized (DLMF 11.2.1)."""
    half = arb(1) / 2
    series = (-(x * x) / 4).hypgeom([1 + 0 * v], [3 * half + 0 * v, v + 3 * half], regularized=True)
    return (x / 2) ** (v + 1) * series


def _struve(n: int, *_args: arb) -> Analytic:
    return Analytic(function=lambda v, x: _struve_derivative(v, x, n), branches=((), (0.0,)))


def _struve_derivative(v: Any, x: Any, n: int) -> Any:
    """Return the n-th derivative: of H' = H_{v-1} - (v/x) H_v (DLMF 11.4.28), n - 1 times."""
    if n == 0:
        return _struve_ball(v, x)
    terms = (
        math.comb(n - 1, k)
        * (-1) ** k
        * math.factorial(k)
        / x ** (k + 1)
        * _struve_derivative(v, x, n - 1 - k)
        for k in range(n)
    )
    return _struve_derivative(v - 1, x, n - 1) - v * sum(terms, start=0 * x)


STRUVE: Final = (
    "2*(y/2)**(x + 1)*hyper([1], [S(3)/2, x + S(3)/2], -y**2/4)/sqrt(pi)/gamma(x + S(3)/2)"
)
DOMAIN_STRUVE: Final = ("[0, 10]", "(0, 100)")
struve = op(  # SciPy's is off by 10⁴ ulps beyond 25, and next to 0: a power by its logarithm
    "struve",
    finite_by_arb(
        in_precision(sp.struve),
        _struve_ball,
        also=lambda y, _v, x: (x > 0) & ((x < 1) | _is_double(y)),
    ),
    vjp=slopes(
        derivatives_of(
            "struve",
            _struve,
            sympy=STRUVE,
            domain=DOMAIN_STRUVE,
            exception=lambda orders, v, x: _at_zero(orders, v + 1, x),
        ),
        2,
    ),
    ball=_struve_ball,
    rounding=1,
    sympy=STRUVE,
    domain=DOMAIN_STRUVE,
)
