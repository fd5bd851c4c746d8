"""Forwards that NumPy lacks or loses digits in, and ball functions that Arb lacks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from flint import acb, arb

from diffcheck.balls import ZERO, is_less
from diffcheck.engine.values import constant

REAL = np.dtype(np.float64)


def choose(condition: Any, a: Any, b: Any) -> Any:
    """Select elementwise; a Python scalar takes the other's dtype, bfloat16 included."""
    weak_a, weak_b = type(a) in (int, float), type(b) in (int, float)
    if weak_a and not weak_b:
        a = np.asarray(a, dtype=b.dtype)
    elif weak_b and not weak_a:
        b = np.asarray(b, dtype=a.dtype)
    y = np.where(condition, a, b)
    return y if y.ndim else y[()]  # a scalar, as every ufunc gives: a weak one stays weak


def nonzero(y: Any) -> Any:
    """Return y with 0 replaced by 1."""
    return np.where(y == 0, y.dtype.type(1), y)[()]


def in_double(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is evaluated in float64 where its arguments are narrower.

    Rounded once at the end; there the squares and cubes of every number are within range.
    """

    def forward(*args: Any, **params: Any) -> Any:
        if len(args) == 1 and getattr(args[0], "dtype", None) is REAL:  # 2 µs faster
            return function(*args, **params)
        dtype = np.result_type(*args)
        if dtype.itemsize >= np.dtype(np.float64).itemsize:
            return function(*args, **params)
        wide = (np.asarray(a, np.float64) for a in args)
        return function(*wide, **params).astype(dtype)[()]

    return forward


def where_wider(choose: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes in the next wider format the elements that `choose` picks.

    `choose(y, *args)` gets the result and the arguments. float64 has longdouble above it, which has
    11 bits more on x86, and none on some other machines.
    """

    def forward(*args: Any) -> Any:
        y = function(*args)
        picked = np.broadcast_to(choose(y, *args), np.shape(y))
        wide = WIDER.get(y.dtype.char)
        if wide is None or not picked.any():
            return y
        result = np.array(y)
        some = (np.broadcast_to(a, picked.shape)[picked].astype(wide) for a in args)
        result[picked] = function(*some)
        return result[()]

    return forward


WIDER = {"e": np.float32, "f": np.float64, "d": np.longdouble}
SPLITTER = 2.0**27 + 1


def two_product(a: Any, b: Any) -> tuple[Any, Any]:
    """Return a·b rounded, and its rounding error exactly (Dekker 1971), for float64 below 1e300."""
    p = a * b
    high_a, high_b = _high_half(a), _high_half(b)
    low_a, low_b = a - high_a, b - high_b
    return p, ((high_a * high_b - p) + high_a * low_b + low_a * high_b) + low_a * low_b


def _high_half(x: Any) -> Any:
    t = SPLITTER * x
    return t - (t - x)


def is_complex(x: Any) -> bool:
    """Whether a number or an array is complex, at a fifth of the cost of np.iscomplexobj."""
    return type(x) is not np.float64 and (
        isinstance(x, complex) or getattr(x, "dtype", REAL).kind == "c"
    )


def to_the_right(z: Any) -> Any:
    """Return z or -z, whichever has no negative real part."""
    return np.where(np.real(z) < 0, -z, z)[()]


@in_double
def sech2(x: Any) -> Any:
    """Return 1/cosh(x)² as 4e/(1 + e(2 + e)) with e = exp(-2|x|): never overflows.

    With (1 + e)² in its place the rounding of 1 + e would count twice. Narrower floats in float64:
    the exponential of float32 alone is off by more than 2 ulps.
    """
    e = to_the_right(x) if is_complex(x) else np.abs(x)
    e *= -2
    e = np.exp(e)
    square = 2 + e
    square *= e
    square += 1
    e *= 4
    e /= square
    return e


@in_double
def expm1_slope(x: Any) -> Any:
    """Return exp(x); NumPy's own in float32 is off by 2.2 ulps."""
    return np.exp(x)


@in_double
def exp2_slope(x: Any, *, order: int) -> Any:
    """Return 2ˣ log(2)ⁿ, also where 2ˣ overflows before it."""
    factor = constant("log_2", x) ** order
    big = 2 * (np.real(x) > 1000)  # exact to subtract there
    if not np.any(big):
        return np.exp2(x) * factor
    return np.exp2(x - big) * factor * (1 + 1.5 * big)


def exp2_slope_ball(x: arb, *, order: int) -> arb:
    """Return 2ˣ log(2)ⁿ."""
    log_2 = arb(2).log()
    return (x * log_2).exp() * log_2**order


@in_double
def cbrt_slope(x: Any) -> Any:
    """Return 1/(3y²) with y = cbrt(x), corrected by y³ - x: libraries give y to 4 ulps only."""
    small, large = np.abs(x) < 1e-200, np.abs(x) > 1e200  # the products below would leave the range
    x = np.where(small, x * 2.0**300, np.where(large, x * 2.0**-300, x))
    y = np.cbrt(x)
    square, rest = two_product(y, y)
    cube, error = two_product(square, y)
    relative = ((cube - x) + (error + rest * y)) / x
    thrice, low = two_product(3.0, square)
    slope = 1 / thrice
    product, remainder = two_product(slope, thrice)
    left = (1 - product) - remainder - low / thrice - rest / square  # of the division and 3y²
    slope = slope + slope * (left + relative * (2 / 3))
    return np.where(small, slope * 2.0**200, np.where(large, slope * 2.0**-200, slope))[()]


def cbrt_slope_ball(x: Any) -> Any:
    """Return the derivative of the real cube root."""
    return 1 / (3 * cbrt_ball(x) ** 2)


def atan_slope(x: Any) -> Any:
    """Return 1/(1 + x²); as 1/x/x where x² overflows."""
    with np.errstate(over="ignore"):
        square = x * x
    y = 1 / (1 + square)
    if is_complex(x):
        return y
    if not np.any(np.isinf(square)):
        return y
    big = np.where(np.isinf(square), x, 1)
    return np.where(np.isinf(square), 1 / big / big, y)[()]


@in_double
def one_minus_square(x: Any) -> Any:
    """Return 1 - x², which as 1 - x·x cancels near ±1."""
    return (1 - x) * (1 + x)


@in_double
def acosh_slope(x: Any) -> Any:
    """Return 1/sqrt(x² - 1), as the root of a reciprocal: that halves the reciprocal's error."""
    y = np.sqrt(1 / ((x - 1) * (x + 1)))
    if not np.any(x > HUGE):
        return y
    return np.where(x > HUGE, 1 / np.maximum(x, 1), y)[()]


HUGE = 1e150  # its square is nearly out of the range of float64


# Points of the plane. Scaled by a power of 2 that is exact, so that no square leaves the range.
def scaled(a: Any, b: Any) -> tuple[Any, Any, Any]:
    """Return a and b with the larger one in [1/2, 1), and the exponent that was taken out."""
    _, exponent = np.frexp(np.maximum(np.abs(a), np.abs(b)))
    return np.ldexp(a, -exponent), np.ldexp(b, -exponent), exponent


@in_double
def direction(a: Any, b: Any) -> Any:
    """Return a/sqrt(a² + b²), 0 at the origin."""
    h = np.hypot(a, b)
    y = a / nonzero(h)
    extreme = (h < 1e-290) | (h > 1e308)
    if not np.any(extreme):
        return y
    infinite = np.isinf(a) | np.isinf(b)
    a, b = (np.where(infinite, np.copysign(np.isinf(x), x), x) for x in (a, b))
    u, v, _ = scaled(a, b)
    return np.where(extreme, u / nonzero(np.sqrt(u * u + v * v)), y)[()]


@in_double
def inverse_power(a: Any, b: Any, *, n: int, part: int) -> Any:
    """Return the real (0) or imaginary part (1) of (a + ib)^-n, as (a - ib)^n/(a² + b²)^n."""
    u, v, exponent = scaled(a, b)
    if n == 1:
        return np.ldexp(_over(-v if part else u, u, v), -exponent)[()]
    square = u * u + v * v
    power = (u - v) * (u + v), -2 * u * v
    for _ in range(2, n):
        power = power[0] * u + power[1] * v, power[1] * u - power[0] * v
    return np.ldexp(power[part] / square**n, -n * exponent)[()]


def _over(x: Any, u: Any, v: Any) -> Any:
    """Return x/(u² + v²), made good for what the squares and their sum round away."""
    (first, rest), (second, more) = two_product(u, u), two_product(v, v)
    square = first + second
    of_second = square - first  # Møller and Knuth's sum of two
    left = (first - (square - of_second)) + (second - of_second) + (rest + more)
    y = x / square
    return y - y * np.where(np.isfinite(left), left / square, 0)


def inverse_power_ball(a: Any, b: Any, *, n: int, part: int) -> Any:
    """Return the real (0) or imaginary part (1) of (a + ib)^-n."""
    power = acb(a, b) ** -n
    return power.imag if part else power.real


E_HIGH, E_LOW = math.e, 1.4456468917292502e-16


@in_double
def entr_slope(x: Any) -> Any:
    """Return -(1 + log x); next to its root 1/e as -log1p(e x - 1), with e in two pieces."""
    y = -(1 + np.log(x))
    near = np.abs(y) < 0.5
    if not np.any(near):
        return y
    p, rest = two_product(np.where(near, x, 0.5), E_HIGH)
    return np.where(near, -np.log1p((p - 1) + (rest + x * E_LOW)), y)[()]


def sech2_ball(x: Any) -> Any:
    """Return 1/cosh(x)²; far out from exp(-2|x|) too, for cosh is infinite there."""
    if abs(x.real) < 64:
        return 1 / x.cosh() ** 2
    e = (2 * x if x.real < 0 else -2 * x).exp()
    return 4 * e / (1 + e) ** 2


def expit_ball(x: Any) -> Any:
    """Return 1/(1 + exp(-x)); below -64 through exp(x), for exp(-x) is infinite far out."""
    return x.exp() / (1 + x.exp()) if x.real < -64 else 1 / (1 + (-x).exp())


def shifted_pow(x: Any, n: Any, *, down: int) -> Any:
    """Return x^(n - down); below n = 1/2 as x^n / x^down, since n - down would be rounded.

    The rounding of n - down costs up to u·|log x|: 44 ulps in float32.
    """
    if isinstance(n, int):
        return x ** (n - down)
    exact = n - down
    direct = x**exact
    inexact = np.logical_and(exact + down != n, x != 0)
    if not np.any(inexact):
        return direct
    stepwise = x**n
    for _ in range(down):  # x^down itself may underflow
        stepwise = stepwise / x
    return np.where(inexact, stepwise, direct)


def falling(n: Any, k: int, j: int) -> Any:
    """Return the j-th derivative of n (n - 1) … (n - k + 1) in n."""
    if j > k:
        return 0 * n
    if j == 0:
        return math.prod((n - i for i in range(1, k)), start=n) if k else 0 * n + 1
    return falling(n, k - 1, j) * (n - (k - 1)) + j * falling(n, k - 1, j - 1)


def power_terms(n: Any, log: Any, k: int, m: int) -> list[Any]:
    """Return the terms whose sum times x^(n - k) is ∂ᵏ/∂xᵏ ∂ᵐ/∂nᵐ x^n."""
    return [math.comb(m, j) * falling(n, k, j) * log ** (m - j) for j in range(m + 1)]


def power_derivative_ball(x: Any, n: Any, *, k: int, m: int) -> Any:
    """Return ∂ᵏ/∂xᵏ ∂ᵐ/∂nᵐ x^n; at x = 0 what its power leaves, with 0 log 0 = 0."""
    if m == 0:
        factor = falling(n, k, 0)
        return arb(0) if factor.is_zero() else factor * pow_ball(x, n - k)
    if x.is_zero() and is_less(arb(k), n):
        return arb(0)
    return sum(power_terms(n, x.log(), k, m), start=arb(0)) * pow_ball(x, n - k)


def power_derivative(x: Any, n: Any, *, k: int, m: int) -> tuple[Any, Any]:
    """Return ∂ᵏ/∂xᵏ ∂ᵐ/∂nᵐ x^n, and where it may have lost its digits.

    That is where the power alone leaves the normal numbers, and next to a root.
    """
    power = shifted_pow(x, n, down=k)
    log = np.log(np.where(x == 0, 1, x)) if m else None
    terms = [falling(n, k, 0)] if m == 0 else power_terms(n, log, k, m)
    factor, size = sum(terms), sum(np.abs(t) for t in terms)
    if m:
        factor = np.where((x == 0) & (n > k), 0, factor)
    y = np.where(factor == 0, 0, factor * power)  # also where the power is infinite
    tiny = np.finfo(y.dtype).tiny
    off = ~((np.abs(power) >= tiny) & (np.abs(power) < np.inf) & (np.abs(y) >= tiny))
    lost = (off | (np.abs(factor) < 0.125 * size)) & (x != 0) & (factor != 0)
    return y[()], lost


def pow_ball(x: Any, n: Any) -> Any:
    """Return x^n; 0^0 = 1 and 0^n = 0 for n > 0, as in floating point."""
    if not isinstance(n, acb) and n.is_integer():
        return x ** n.unique_fmpz()
    if x.is_zero() and is_less(ZERO, n.real):
        return arb(0)
    return x**n


def cbrt_ball(x: Any) -> Any:
    """Return the real cube root."""
    if x.is_zero():
        return arb(0)
    return -((-x).root(3)) if is_less(x, ZERO) else x.root(3)


def atan2_ball(y: Any, x: Any) -> Any:
    """Return the angle of (x, y); nan at the origin, where Arb says 0 by convention."""
    if x.is_zero() and y.is_zero():
        return arb("nan")
    return arb.atan2(y, x)
