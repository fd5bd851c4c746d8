"""Derivatives of silu and gelu: sums that cancel next to a root, where they need other forms.

Each is a function of power series in Arb, from which every order comes; orders 1 and 2 have forms
in NumPy. Next to a root r they are Taylor series in x - r, with r in two pieces: the root is no
float, and x - r must have all its digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np
import scipy.special as sp
from flint import arb, arb_series

from diffcheck.balls import precision
from diffcheck.engine.ball_trace import literal
from diffcheck.engine.ops.arb_forward import by_arb, series_terms
from diffcheck.engine.ops.gates import CUBIC, gelu_gate, gelu_slope
from diffcheck.engine.ops.special_forward import gauss
from diffcheck.engine.ops.stable import two_product

CUBIC_REST: Final = 2.1960211427085595e-18  # what the literal leaves of the decimal number
SQRT_TWO_OVER_PI: Final = (0.7978845608028654, -4.98465440455546e-17)  # in two pieces
ONE_OVER_SQRT_TWO_PI: Final = 0.3989422804014327
BITS, TERMS = 200, 45  # for the coefficients of a Taylor series next to a root

Series = Callable[[Any], Any]  # of flint.arb_series


def _logistic(x: Any, sign: arb) -> Any:
    """Return 1/(1 + exp(-x)), by the exponential that does not overflow."""
    if sign < 0:
        e = x.exp()
        return e / (1 + e)
    return 1 / (1 + (-x).exp())


def _silu(x: Any) -> Any:
    return x * _logistic(x, x[0])


def _gelu(x: Any) -> Any:
    return x * (x * (-arb(0.5).sqrt())).erfc() / 2


def _gelu_tanh(x: Any) -> Any:
    u = (x + x * x * x * literal(CUBIC)) * (2 / arb.pi()).sqrt()
    return x * _logistic(u * 2, x[0])


SERIES: Final[dict[str, Series]] = {"silu": _silu, "gelu": _gelu, "gelu_tanh": _gelu_tanh}
IN_SYMPY: Final = (
    "{'silu': x/(1 + exp(-x)), 'gelu': x*erfc(-x/sqrt(2))/2, "
    "'gelu_tanh': x*(1 + tanh(sqrt(2/pi)*(x + Rational(44715, 10**6)*x**3)))/2}"
)
# function and order -> (about where a root is, how far from it the Taylor series is to serve)
ROOTS: Final[dict[tuple[str, int], tuple[tuple[float, float], ...]]] = {
    ("silu", 1): ((-1.2784645, 0.75),),
    ("silu", 2): ((-2.3993573, 0.75), (2.3993573, 0.75)),
    ("gelu", 1): ((-0.7517916, 0.75),),
    ("gelu", 2): ((-math.sqrt(2), 0.5), (math.sqrt(2), 0.5)),
    ("gelu_tanh", 1): ((-0.7524614, 0.75),),
    ("gelu_tanh", 2): ((-1.4, 0.5), (1.4, 0.5)),
}


def derivative_ball(x: arb, *, function: str, order: int) -> arb:
    """Return a derivative of any order from the power series about x."""
    return _taylor(function, x, order + 1)[order] * math.factorial(order)


def _taylor(function: str, x: arb, terms: int) -> list[arb]:
    with series_terms(terms):
        series = SERIES[function](arb_series([x, 1]))
        return [series[k] for k in range(terms)]


@cache
def _about_root(function: str, order: int, guess: float) -> tuple[float, float, tuple[float, ...]]:
    """Return a root in two pieces, and the Taylor coefficients of the derivative about it."""
    with precision(BITS):
        root = arb(guess)
        for _ in range(8):  # Newton's method doubles the digits
            value, slope = (
                derivative_ball(root, function=function, order=k) for k in (order, order + 1)
            )
            root = (root - value / slope).mid()
        series = _taylor(function, root, TERMS + order + 1)
        coefficients = tuple(
            float((series[k + order] * math.perm(k + order, order)).mid()) for k in range(TERMS)
        )
        high = float(root)
        return high, float(root - arb(high)), (0.0, *coefficients[1:])


def mended(y: Any, x: Any, function: str, order: int) -> Any:
    """Return y with its elements next to the roots of a derivative computed anew."""
    for guess, radius in ROOTS.get((function, order), ()):
        near = np.abs(x - guess) < radius
        if not np.any(near):
            continue
        high, low, coefficients = _about_root(function, order, guess)
        y = np.array(y)
        away = (x[near] - high) - low
        total = np.zeros_like(away)
        for c in reversed(coefficients):
            total = total * away + c
        y[near] = total
    return y


def _logistic_tail(x: Any) -> tuple[Any, Any]:
    """Return E = exp(-|x|) and 1 + E: the logistic function is 1 or E over 1 + E."""
    e = np.exp(-np.abs(x))
    return e, 1 + e


def _silu_slope(x: Any) -> Any:
    """Return σ(x) (1 + x σ(-x)); on the left as σ'(x) (1 + x + exp(x)), in two halves far out."""
    e, d = _logistic_tail(x)
    right = (1 + x * e / d) / d
    half = np.exp(0.5 * np.minimum(x, 0))
    left = half * (((1 + x) + e) * half) / (d * d)
    return np.where(x < 0, left, right)


def _silu_curvature(x: Any) -> Any:
    """Return σ'(x) (2 - |x| tanh(|x|/2)) with tanh written by E as well."""
    size = np.abs(x)
    e, d = _logistic_tail(x)
    half = np.exp(-0.5 * size)
    return half * ((((2 - size) + e * (2 + size)) / d) * half) / (d * d)


def _gelu_slope(x: Any) -> Any:
    return sp.ndtr(x) + x * (gauss(x, half=True, order=0) * ONE_OVER_SQRT_TWO_PI)


def _gelu_curvature(x: Any) -> Any:
    """Return φ(x) (2 - x²)."""
    return 2 * (gauss(x, half=True, order=0) - 0.5 * gauss_times_square(x)) * ONE_OVER_SQRT_TWO_PI


def gauss_times_square(x: Any) -> Any:
    return gauss(x, half=True, order=2) + gauss(x, half=True, order=0)


def _argument(x: Any) -> tuple[Any, Any, Any]:
    """Return v = 2 sqrt(2/π) (x + c x³) for gelu by tanh, what its rounding left, and x v'."""
    square, square_rest = two_product(x, x)
    cubic, cubic_rest = two_product(square, CUBIC)
    cubic_rest = cubic_rest + square_rest * CUBIC + square * CUBIC_REST
    factor = 1 + cubic
    factor_rest = (cubic - (factor - 1)) + cubic_rest
    high, low = SQRT_TWO_OVER_PI
    scaled, scaled_rest = two_product(2 * x, high)
    scaled_rest = scaled_rest + 2 * x * low
    v, v_rest = two_product(scaled, factor)
    rest = v_rest + scaled_rest * factor + scaled * factor_rest
    return v, rest, v + 2 * (scaled * cubic)


def _gelu_tanh_slope(x: Any) -> Any:
    """Return σ(v) + x v' σ'(v): one exponential, its argument good to twice the digits."""
    x = np.clip(x, -32, 32)  # beyond, exp(-|v|) is 0, and x³ would overflow
    v, rest, bump = _argument(x)
    e, d = _logistic_tail(v)
    factor = np.where(x < 0, d + bump, bump) * (1 - np.sign(v) * rest)
    half = np.exp(-0.5 * np.abs(v))
    scaled = np.where(np.abs(v) > 600, half * factor * half, e * factor)  # e may be subnormal
    return (np.where(x < 0, 0, d) + scaled) / (1 + e * (2 + e))  # (1 + e)² with fewer roundings


def _gelu_tanh_curvature(x: Any) -> Any:
    """Return σ'(v) (2 v' + x v'' - x v'² tanh(v/2))."""
    x = np.clip(x, -32, 32)
    v, rest, bump = _argument(x)
    slope = 2 * SQRT_TWO_OVER_PI[0] * (1 + 3 * CUBIC * x * x)
    half = np.exp(-0.5 * np.abs(v))
    d = 1 + half * half
    curve = 12 * SQRT_TWO_OVER_PI[0] * CUBIC * x
    tanh = np.sign(v) * (2 - d) / d
    factor = (2 * slope + x * curve - bump * slope * tanh) * (1 - np.sign(v) * rest)
    return half * (factor / (d * d)) * half


# In float32 the slopes are computed plainly in float64, in place: networks spend their time here.
def _silu_slope_of_single(x: Any, _known: Any) -> Any:
    """Return s (1 + x (1 - s)) with s = 1/(1 + exp(-x)).

    Where 1 - s is rounded away, so is what it adds to 1.
    """
    z = np.maximum(x, -256).astype(np.float64)  # beyond, the slope is 0, and -inf would be inf·0
    e = np.exp(-z)
    e += 1
    s = 1 / e
    slope = 1 - s
    slope *= z
    slope += 1
    slope *= s
    return slope.astype(np.float32)


def _gelu_tanh_slope_of_single(x: Any, known: Any) -> Any:
    return gelu_slope(x, gelu_gate(x) if known is None else known)


FORMS: Final[dict[tuple[str, int], Callable[[Any], Any]]] = {
    ("silu", 1): _silu_slope,
    ("silu", 2): _silu_curvature,
    ("gelu", 1): _gelu_slope,
    ("gelu", 2): _gelu_curvature,
    ("gelu_tanh", 1): _gelu_tanh_slope,
    ("gelu_tanh", 2): _gelu_tanh_curvature,
}
OF_SINGLE: Final = {"silu": _silu_slope_of_single, "gelu_tanh": _gelu_tanh_slope_of_single}
_higher = by_arb(derivative_ball)


def derivative(x: Any, *, function: str, order: int, known: Any = None) -> Any:
    """Return a derivative of silu, gelu or gelu_tanh; of order 3 and above by Arb.

    `known` is the gate, where the forward has left it.
    """
    if order == 1 and x.dtype == np.float32 and function in OF_SINGLE:
        return OF_SINGLE[function](x, known)
    wide = x.astype(np.float64, copy=False)  # SciPy and the coefficients know no longdouble
    return _derivative(wide, function=function, order=order).astype(x.dtype, copy=False)


def _derivative(x: Any, *, function: str, order: int) -> Any:
    form = FORMS.get((function, order))
    if form is None:
        return _higher(x, function=function, order=order)
    return mended(form(x), x, function, order)[()]
