"""Forwards of special functions that libraries lack or lose digits in, and their ball forms."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special as sp
from flint import acb, arb

from diffcheck.balls import ZERO, is_less
from diffcheck.engine.ops.stable import in_double, is_complex, to_the_right, where_wider


def in_precision(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of scipy.special that answers in the dtype it was asked in.

    Half precisions are computed in float32; longdouble in float64, which is all SciPy has.
    """

    def forward(*args: Any) -> Any:
        dtype = np.result_type(*args)
        if dtype.itemsize == 2:
            args = tuple(a.astype(np.float32) if hasattr(a, "astype") else a for a in args)
        elif dtype == np.longdouble:
            args = tuple(a.astype(np.float64) if hasattr(a, "astype") else a for a in args)
        result = function(*args)
        return result if result.dtype == dtype or dtype.kind in "iub" else result.astype(dtype)

    return forward


def expit(x: Any) -> Any:
    """Return 1/(1 + exp(-x)) with full precision in both tails, subnormals included."""
    if is_complex(x):
        e = np.exp(-to_the_right(x))
        return np.where(np.real(x) < 0, e, 1)[()] / (1 + e)
    e = np.exp(-x)
    if (
        np.maximum.reduce(e, axis=None, initial=0) == np.inf
    ):  # there the result is subnormal, or nearly
        small = np.exp(x)
        return np.where(e == np.inf, small, 1 / (1 + e)).astype(e.dtype)[()]
    e += 1
    return 1 / e


def _beside_its_root(y: Any, a: Any, b: Any) -> Any:
    """Whether a sum of exponentials is near 1, so that its logarithm cancels the greater one."""
    return np.abs(y) < 0.5 * np.maximum(np.abs(a), np.abs(b))


logaddexp = where_wider(_beside_its_root, np.logaddexp)
logaddexp2 = where_wider(_beside_its_root, np.logaddexp2)


def softplus(x: Any) -> Any:
    """Return log(1 + exp(x)) without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@in_double
def expit_difference(a: Any, b: Any, *, base: float = math.e) -> Any:
    """Return 1/(1 + base^(b - a)), corrected for the roundings of a - b (two-sum) and of 1 + e.

    Without the first the error grows as |a - b|: 350 ulps at -700. Equal infinities differ by 0.
    """
    d = np.where(np.equal(a, b), 0, a - b)[()]
    back = a - d
    rest = (a - (d + back)) + (back - b)
    e = np.exp(-np.abs(d)) if base == math.e else np.exp2(-np.abs(d))
    total = 1 + e
    y, other = np.where(d >= 0, 1, e) / total, np.where(d >= 0, e, 1) / total
    left = np.where(np.isfinite(rest), other * rest * math.log(base), 0) - (e - (total - 1)) / total
    return y + y * left


@in_double
def gauss(x: Any, *, half: bool, order: int = 0) -> Any:
    """Return a derivative of exp(-x²) or of exp(-x²/2), made good for the rounding of x².

    The head m of x is a multiple of 1/16, its square exact (Cephes, expx2); otherwise the
    error grows as x²: 700 ulps before the result underflows. Hermite's polynomial is multiplied in
    first, and far out the head's factor twice by its root, so that nothing underflows early.
    """
    scale = 0.5 if half else 1.0
    if is_complex(x):
        return np.exp(-scale * (x * x)) * hermite(x, half, order)
    x = np.minimum(np.maximum(x, -64), 64)  # beyond, the result is 0 in every format
    m = np.rint(x * 16) * 0.0625
    f = x - m
    factor = np.exp(-scale * (f * (m + x)))
    if order:
        factor = factor * hermite(x, half, order)
        root = np.exp((-0.5 * scale) * (m * m))
        far = np.abs(x) > 20
        return np.where(far, factor * root * root, factor * np.exp(-scale * (m * m)))[()]
    return np.exp(-scale * (m * m)) * factor


def hermite(x: Any, half: bool, order: int) -> Any:
    """Return the polynomial beside the Gaussian in its derivative (DLMF 18.5.5, 18.9.1)."""
    scale = 1 if half else 2
    before, y = 0 * x, 0 * x + 1
    for n in range(order):
        before, y = y, -scale * (x * y + n * before)
    return y


_erfc_of_libm = np.frompyfunc(math.erfc, 1, 1)


def erfc(x: Any) -> Any:
    """Return erfc; on the right by the C library: SciPy's is off by 10 ulps at 1, 500 at 26."""
    y = in_precision(sp.erfc)(x)
    if is_complex(x) or y.dtype != np.float64:
        return y
    right = x > 0.5
    if not np.any(right):
        return y
    result = np.array(y)
    result[right] = _erfc_of_libm(np.asarray(x)[right])
    return result[()]


def ndtr(x: Any) -> Any:
    """Return Φ(x), left of -1 with the Gaussian by itself: SciPy's loses x²/2 ulps there."""
    y = in_precision(sp.ndtr)(x)
    left = np.real(x) < -1
    if is_complex(x) or not np.any(left):
        return y
    return np.where(left, _left_tail(np.where(left, x, -1)), y).astype(y.dtype)[()]


@in_double
def _left_tail(x: Any) -> Any:
    return 0.5 * in_precision(sp.erfcx)(-math.sqrt(0.5) * x) * gauss(x, half=True)


def gauss_ball(x: Any, *, half: bool, order: int = 0) -> Any:
    """Return a derivative of exp(-x²) or of exp(-x²/2)."""
    return (-(x * x) / (2 if half else 1)).exp() * hermite(x, half, order)


def gammaln_ball(x: Any) -> Any:
    """Return log|Γ(x)|."""
    return abs(x.gamma()).log() if is_less(x, ZERO) else x.lgamma()


def small_order_first(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a Bessel function J or I that is (x/2)^v / v! near 0, where SciPy's says 0 or nan.

    The next term is smaller by x²/4, beneath rounding below 1e-9. Integer orders only.
    """
    library = in_precision(function)

    def forward(v: Any, x: Any) -> Any:
        result = library(v, x)
        tiny = (np.abs(x) < 1e-9) & (v == np.rint(v))
        if not np.any(tiny):
            return result
        n = np.abs(np.where(tiny, v, 0))
        sign = np.where((v < 0) & (n % 2 == 1) & (function is sp.jv), -1, 1)
        return np.where(tiny, sign * (x / 2) ** n / sp.gamma(n + 1), result).astype(result.dtype)[
            ()
        ]

    return forward


def polygamma(x: Any, *, order: int) -> Any:
    """Return the derivative of digamma of the given order, by the Hurwitz zeta function."""
    factor = (-1) ** (order + 1) * math.factorial(order)
    return factor * in_precision(sp.zeta)(order + 1, x)


@in_double
def sinc(x: Any, *, order: int) -> Any:
    """Return the derivative of sin(πx)/(πx) of any order.

    Near 0 by its Taylor series; beyond by n-fold differentiation of s·t = sin t, upward in the
    order, which is stable for t above the order. sin(πx) takes the fraction of x, exactly.
    """
    t = np.pi * x if x.dtype != np.longdouble else np.longdouble("3.14159265358979323846264") * x
    near = np.abs(t) < 2.5 + order
    scale = t.dtype.type(math.pi**order)
    result = _series(np.where(near, t, 0 * x), order) * scale
    if not np.all(near):
        result = np.where(near, result, _upward(np.where(near, 0 * x + 10, x), order))
    return result[()]


def _series(t: Any, order: int) -> Any:
    """Sum Σ (-1)^k t^(2k - n) / ((2k + 1) (2k - n)!) over 2k ≥ n, by Horner's rule in t²."""
    first = (order + 1) // 2
    terms = range(first, first + 14 + 2 * order)
    total = 0 * t
    for k in reversed(terms):
        total = total * (t * t) + (-1) ** k / ((2 * k + 1) * math.factorial(2 * k - order))
    return total * t if order % 2 else total


def _upward(x: Any, order: int) -> Any:
    """Return the derivative from x y⁽ⁿ⁾ = πⁿ⁻¹ sin⁽ⁿ⁾(πx) - n y⁽ⁿ⁻¹⁾: π x would overflow."""
    sine, cosine = sinpi(x), cospi(x)
    turns = (sine, cosine, -sine, -cosine)
    y = sine / math.pi / x
    for n in range(1, order + 1):
        y = (turns[n % 4] * math.pi ** (n - 1) - n * y) / x
    return y


def sinc_cancels(y: Any, x: Any, order: int) -> Any:
    """Whether a derivative of order 1 or more is small beside its amplitude: next to a root."""
    return (np.abs(x) > 0.25) & (np.abs(x) < 1e15) & (np.abs(y * x) < 0.3 * math.pi ** (order - 1))


def sinpi(x: Any) -> Any:
    """Return sin(πx), to full relative precision next to its zeros."""
    n = np.rint(x)
    sine = np.sin(math.pi * (x - n))
    return np.where(n % 2 == 0, sine, -sine)


def cospi(x: Any) -> Any:
    """Return cos(πx), to full relative precision next to its zeros."""
    n = np.rint(x)
    cosine = np.sin(math.pi * (0.5 - np.abs(x - n)))
    return np.where(n % 2 == 0, cosine, -cosine)


def sinc_ball(x: Any, *, order: int) -> Any:
    """Return the derivative of the given order by Arb's power series of sinc about x."""
    if order == 0:
        return x.sinc_pi()
    return _sinc_jet(x, order)


def _sinc_jet(x: arb, order: int) -> arb:
    """Return Σ over the closed form where x excludes 0, else the series' integral representation.

    The n-th derivative of sin(t)/t is ₁F₂-like; with complex exponentials it is
    Im or Re of iⁿ ∫₀¹ sⁿ e^(ist) ds = iⁿ ₁F₁(n+1; n+2; it)/(n+1)  (DLMF 13.4.1).
    """
    t = acb(0, x * arb.pi())
    value = t.hypgeom_1f1(order + 1, order + 2) / (order + 1) * acb(0, 1) ** order
    return value.real * arb.pi() ** order
