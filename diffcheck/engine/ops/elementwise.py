# ruff: noqa: A001, ARG005 - NumPy's names shadow builtins; rules share one signature
"""Elementwise ops of the array API; rules chosen for accuracy over the whole float range."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from flint import arb

from diffcheck.balls import ZERO, is_less
from diffcheck.engine.ops import stable
from diffcheck.engine.ops.comparison import (
    ball_less,
    equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    sign,
)
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import OPS
from diffcheck.engine.values import constant

# Arithmetic. The operators are ten times faster than the ufuncs on NumPy scalars.
add = op(
    "add",
    operator.add,
    vjp=(lambda g, y, a, b: g, lambda g, y, a, b: g),
    kind="elementwise",
    ball=operator.add,
    sympy="x + y",
    jax="add",
    complex=True,
)
subtract = op(
    "subtract",
    operator.sub,
    vjp=(lambda g, y, a, b: g, lambda g, y, a, b: -g),
    ball=operator.sub,
    sympy="x - y",
    jax="subtract",
    complex=True,
)
multiply = op(
    "multiply",
    operator.mul,
    vjp=(lambda g, y, a, b: g * b, lambda g, y, a, b: g * a),
    ball=operator.mul,
    sympy="x*y",
    jax="multiply",
    complex=True,
)
divide = op(
    "divide",
    operator.truediv,
    vjp=(lambda g, y, a, b: g / b, lambda g, y, a, b: -(g * y) / b),
    ball=operator.truediv,
    sympy="x/y",
    jax="divide",
    domain="(-inf, inf)",
    kinks="y = 0",
    complex=True,
)
negative = op(
    "negative",
    operator.neg,
    vjp=lambda g, y, x: -g,
    ball=operator.neg,
    rounding=0,
    sympy="-x",
    jax="negative",
    complex=True,
)
reciprocal = op(
    "reciprocal",
    np.reciprocal,
    vjp=lambda g, y, x: -(g * y) / x,
    ball=lambda x: 1 / x,
    sympy="1/x",
    jax="reciprocal",
    domain="(-inf, inf)",
    kinks="x = 0",
    complex=True,
)
square = op(
    "square",
    np.square,
    vjp=lambda g, y, x: 2 * g * x,
    ball=lambda x: x * x,
    sympy="x**2",
    jax="square",
    complex=True,
)
sqrt = op(
    "sqrt",
    np.sqrt,
    vjp=lambda g, y, x: g / (2 * y),
    ball="sqrt",
    sympy="sqrt(x)",
    jax="sqrt",
    domain="[0, inf)",
    complex=True,
    kinks="x = 0",
)
cbrt_slope = op(
    "cbrt_slope",
    stable.cbrt_slope,
    vjp=lambda g, y, x: g * (-2 * y / 3 / x),  # y/x alone may overflow
    ball=stable.cbrt_slope_ball,
    rounding=2,
    slope="cbrt",
    sympy="1/(3*cbrt(Abs(x))**2)",
    kinks="x = 0",
)
cbrt = op(
    "cbrt",
    np.cbrt,
    vjp=lambda g, y, x: g * cbrt_slope(x),  # not g/(3y²): it doubles the error of y
    ball=stable.cbrt_ball,
    sympy="sign(x)*cbrt(Abs(x))",
    jax="cbrt",
    rounding=3,
    kinks="x = 0",
)


def abs_ball(x: Any) -> Any:
    return -x if is_less(x, ZERO) else x


# Kinks. abs'(0) = 0; equal operands of maximum and minimum share the cotangent in halves.
abs = op(
    "abs",
    operator.abs,
    vjp=lambda g, y, x: g * sign(x),
    ball=abs_ball,
    rounding=0,
    sympy="Abs(x)",
    jax="abs",
    kinks="x = 0",
    complex=lambda z: hypot(OPS["real"](z), OPS["imag"](z)),
)


def _share(g: Any, mine: Any, other: Any) -> Any:
    """Return g where mine > other, or one is nan, g/2 where they are equal, else 0."""
    return where(equal(mine, other), 0.5 * g, where(less_equal(mine, other), 0, g))


def _wins(mine: Any, other: Any) -> Any:
    return logical_not(less(mine, other))


maximum = op(
    "maximum",
    np.maximum,
    vjp=(
        lambda g, y, a, b: _share(g, a, b),
        lambda g, y, a, b: _share(g, b, a),
    ),
    selects=(_wins, lambda a, b: _wins(b, a)),
    ball=lambda a, b: b if ball_less(a, b) else a,
    rounding=0,
    sympy="Max(x, y)",
    jax="maximum",
    kinks="x = y",
)
minimum = op(
    "minimum",
    np.minimum,
    vjp=(
        lambda g, y, a, b: _share(g, b, a),
        lambda g, y, a, b: _share(g, a, b),
    ),
    selects=(lambda a, b: _wins(b, a), _wins),
    ball=lambda a, b: a if ball_less(a, b) else b,
    rounding=0,
    sympy="Min(x, y)",
    jax="minimum",
    kinks="x = y",
)
where: Entry = op(
    "where",
    stable.choose,
    vjp=(
        None,
        lambda g, y, condition, a, b: where(condition, g, 0),
        lambda g, y, condition, a, b: where(condition, 0, g),
    ),
    selects=(
        None,
        lambda condition, a, b: condition,
        lambda condition, a, b: logical_not(condition),
    ),
    ball=lambda condition, a, b: a if condition else b,
    rounding=0,
    sympy="Piecewise((y, x), (z, True))",
    jax="where",
    complex=True,
)


def clip(x: Any, min: Any = None, max: Any = None, *, a_min: Any = None, a_max: Any = None) -> Any:  # noqa: A002 - the array API's names, and NumPy's
    """Limit x to [min, max]; at an end the cotangent is halved, as for `maximum` of equals."""
    min, max = a_min if min is None else min, a_max if max is None else max
    x = x if min is None else maximum(x, min)
    return x if max is None else minimum(x, max)


# Exponentials and logarithms
exp = op(
    "exp",
    np.exp,
    vjp=lambda g, y, x: g * y,
    ball="exp",
    rounding=2.5,
    sympy="exp(x)",
    jax="exp",
    complex=True,
)
expm1 = op(
    "expm1",
    np.expm1,
    vjp=lambda g, y, x: g * exp(x),  # not g·(y + 1): 0 below x = -37
    ball="expm1",
    rounding=1,
    jax="expm1",
    sympy="exp(x) - 1",
    complex=True,
)
exp2 = op(
    "exp2",
    np.exp2,
    vjp=lambda g, y, x: g * y * constant("log_2", x),
    ball=lambda x: (x * arb(2).log()).exp(),
    rounding=1,
    jax="exp2",
    sympy="2**x",
    complex=True,
)
log = op(
    "log",
    np.log,
    vjp=lambda g, y, x: g / x,
    ball="log",
    rounding=2,
    sympy="log(x)",
    jax="log",
    domain="(0, inf)",
    complex=True,
)
log1p = op(
    "log1p",
    np.log1p,
    vjp=lambda g, y, x: g / (1 + x),
    ball="log1p",
    rounding=1,
    jax="log1p",
    domain="(-1, inf)",
    sympy="log(1 + x)",
    complex=True,
)
log2 = op(
    "log2",
    np.log2,
    vjp=lambda g, y, x: g * constant("one_over_log_2", x) / x,  # x·log 2 would round a subnormal x
    ball=lambda x: x.log() / arb(2).log(),
    rounding=1,
    jax="log2",
    domain="(0, inf)",
    sympy="log(x)/log(2)",
    complex=True,
)
log10 = op(
    "log10",
    np.log10,
    vjp=lambda g, y, x: g * constant("one_over_log_10", x) / x,
    ball=lambda x: x.log() / arb(10).log(),
    rounding=1.5,
    jax="log10",
    domain="(0, inf)",
    sympy="log(x)/log(10)",
    complex=True,
)

# Trigonometric and hyperbolic
sin = op(
    "sin",
    np.sin,
    vjp=lambda g, y, x: g * cos(x),
    ball="sin",
    rounding=1,
    sympy="sin(x)",
    jax="sin",
    complex=True,
)
cos: Entry = op(
    "cos",
    np.cos,
    vjp=lambda g, y, x: -g * sin(x),
    ball="cos",
    rounding=1,
    sympy="cos(x)",
    jax="cos",
    complex=True,
)
tan = op(
    "tan",
    np.tan,
    vjp=lambda g, y, x: (
        g * (1 + y * y)
    ),  # a sum of positive terms: no worse than 1/cos², one call less
    ball="tan",
    rounding=1,
    sympy="tan(x)",
    jax="tan",
    kinks="x = pi/2 + n pi",
    complex=lambda z: -1j * tanh(1j * z),
)
one_minus_square = op(
    "one_minus_square",
    lambda x: (1 - x) * (1 + x),  # 1 - x·x cancels near ±1
    vjp=lambda g, y, x: -2 * g * x,  # by the product rule it would cancel near 0
    ball=lambda x: (1 - x) * (1 + x),
    rounding=1.5,
    slope="asin",
    sympy="1 - x**2",
    complex=True,
)
asin = op(
    "asin",
    np.arcsin,
    vjp=lambda g, y, x: g / sqrt(one_minus_square(x)),
    ball="asin",
    rounding=1,
    sympy="asin(x)",
    jax="arcsin",
    domain="[-1, 1]",
    kinks="x = -1, 1",
    complex=True,
)
acos = op(
    "acos",
    np.arccos,
    vjp=lambda g, y, x: -g / sqrt(one_minus_square(x)),
    ball="acos",
    rounding=1,
    sympy="acos(x)",
    jax="arccos",
    domain="[-1, 1]",
    kinks="x = -1, 1",
    complex=True,
)
atan_slope = op(
    "atan_slope",
    stable.atan_slope,
    vjp=lambda g, y, x: -2 * g * (x * y * y),  # in this order nothing underflows early
    ball=lambda x: 1 / (1 + x * x),
    rounding=1.5,
    slope="atan",
    sympy="1/(1 + x**2)",
    complex=True,
)
atan = op(
    "atan",
    np.arctan,
    vjp=lambda g, y, x: g * atan_slope(x),
    ball="atan",
    rounding=1,
    sympy="atan(x)",
    jax="arctan",
    complex=True,
)
sinh = op(
    "sinh",
    np.sinh,
    vjp=lambda g, y, x: g * cosh(x),
    ball="sinh",
    rounding=1.5,
    sympy="sinh(x)",
    jax="sinh",
    complex=True,
)
cosh: Entry = op(
    "cosh",
    np.cosh,
    vjp=lambda g, y, x: g * sinh(x),
    ball="cosh",
    rounding=1,
    sympy="cosh(x)",
    jax="cosh",
    complex=True,
)
sech2 = op(
    "sech2",
    stable.sech2,
    vjp=lambda g, y, x: -2 * g * y * tanh(x),
    ball=stable.sech2_ball,
    rounding=3,
    domain="(-inf, inf)",
    slope="tanh",
    sympy="sech(x)**2",
    complex=True,
)
tanh: Entry = op(
    "tanh",
    np.tanh,
    vjp=lambda g, y, x: g * sech2(x),  # not g·(1 - y²): 0 beyond x = 19; nor 1/cosh²: overflows
    ball="tanh",
    rounding=1,
    sympy="tanh(x)",
    jax="tanh",
    complex=True,
)
asinh = op(
    "asinh",
    np.arcsinh,
    vjp=lambda g, y, x: g / hypot(x, 1),  # not sqrt(x² + 1): overflows at 1e200
    ball="asinh",
    rounding=1.5,
    sympy="asinh(x)",
    jax="arcsinh",
    complex=lambda z: -1j * asin(1j * z),
)
acosh_slope = op(
    "acosh_slope",
    stable.acosh_slope,
    vjp=lambda g, y, x: -g * (x * y * y * y),  # in this order nothing underflows early
    ball=lambda x: 1 / ((x - 1) * (x + 1)).sqrt(),
    rounding=2,
    domain="(1, inf)",
    slope="acosh",
    sympy="1/sqrt(x**2 - 1)",
)


def _upward(w: Any, z: Any) -> Any:
    """Return w, negative where z lies below the real axis."""
    return where(less(OPS["imag"](z), 0), -w, w)


acosh = op(
    "acosh",
    np.arccosh,
    vjp=lambda g, y, x: g * acosh_slope(x),
    ball="acosh",
    rounding=1.5,
    sympy="acosh(x)",
    jax="arccosh",
    domain="[1, inf)",
    complex=lambda z: 1j * _upward(acos(z), z),
    kinks="x = 1",
)
atanh = op(
    "atanh",
    np.arctanh,
    vjp=lambda g, y, x: g / one_minus_square(x),
    ball="atanh",
    rounding=1.5,
    sympy="atanh(x)",
    jax="arctanh",
    domain="(-1, 1)",
    complex=True,
)


# Where a first derivative has been given a value by convention, there is no second one: a number
# that stands still passes, and all else is nan; a cotangent of 0, too: it may vanish there alone.
only_zero: Entry = op(
    "only_zero",
    lambda x: np.where(x == 0, 0, np.nan).astype(np.result_type(x))[()],
    vjp=lambda g, y, x: g * np.nan,
    jvp=(lambda t, y, x: only_zero(t),),
    ball=lambda x: arb(0) if x.is_zero() else arb("nan"),
    rounding=0,
    slope="hypot",
)


# Two arguments. By powers of 1/(a + ib) no square overflows, and no difference of squares cancels.
RE, IM = 0, 1
inverse_power: Entry = op(
    "inverse_power",
    stable.inverse_power,
    vjp=(
        lambda g, y, a, b, n, part: -n * g * inverse_power(a, b, n=n + 1, part=part),
        lambda g, y, a, b, n, part: (
            (n if part == RE else -n) * g * inverse_power(a, b, n=n + 1, part=1 - part)
        ),
    ),
    ball=stable.inverse_power_ball,
    rounding=3,
    slope="atan2",
    sympy="((x + I*y)**-n).as_real_imag()[part]",
    kinks="x = y = 0",
)


def _cross(a: Any, b: Any) -> Any:
    """Return ab/(a² + b²)^(3/2), 0 at the origin; an infinite factor is never beside a 0."""
    first = less(abs(a), abs(b))
    small, large = where(first, a, b), where(first, b, a)
    away = where(equal(large, 0), 1, large)
    return direction(large, small) * inverse_power(small, away, n=1, part=RE)


def _over_square(a: Any, b: Any) -> Any:
    """Return a/(a² + b²), 0 at the origin."""
    return inverse_power(a, where(logical_and(equal(a, 0), equal(b, 0)), 1, b), n=1, part=RE)


# The quotient rule on a/hypot would leave b² as the difference of hypot² and a².
def _at_origin(a: Any, b: Any) -> Any:
    return logical_and(equal(a, 0), equal(b, 0))


def _along(a: Any, b: Any) -> Any:
    """Return the derivative of a/hypot(a, b) in a, away from the origin."""
    return direction(b, a) * _over_square(b, a)


def _across(a: Any, b: Any) -> Any:
    """Return that in b."""
    return -_cross(a, b)


direction: Entry = op(
    "direction",
    stable.direction,
    vjp=(
        lambda g, y, a, b: where(_at_origin(a, b), g * np.nan, g * _along(a, b)),
        lambda g, y, a, b: where(_at_origin(a, b), g * np.nan, g * _across(a, b)),
    ),
    jvp=(
        lambda t, y, a, b: where(_at_origin(a, b), only_zero(t), t * _along(a, b)),
        lambda t, y, a, b: where(_at_origin(a, b), only_zero(t), t * _across(a, b)),
    ),
    ball=lambda a, b: a if a.is_zero() and b.is_zero() else a / (a * a + b * b).sqrt(),
    rounding=2,
    sympy="x/sqrt(x**2 + y**2)",
    slope="hypot",
    kinks="x = y = 0",
)
hypot: Entry = op(
    "hypot",
    np.hypot,
    vjp=(  # at the origin 0, the subgradient of least norm
        lambda g, y, a, b: g * direction(a, b),
        lambda g, y, a, b: g * direction(b, a),
    ),
    ball=lambda a, b: (a * a + b * b).sqrt(),
    rounding=1,
    jax="hypot",
    sympy="sqrt(x**2 + y**2)",
    kinks="x = y = 0",
)
atan2 = op(
    "atan2",
    np.arctan2,
    vjp=(  # not x/(x² + y²) as written: it overflows at 1e200 and vanishes at 1e-200
        lambda g, r, y, x: g * inverse_power(x, y, n=1, part=RE),
        lambda g, r, y, x: g * inverse_power(x, y, n=1, part=IM),
    ),
    ball=stable.atan2_ball,
    rounding=1,
    sympy="atan2(x, y)",
    jax="arctan2",
    domain="(-inf, inf)",
    kinks="x = y = 0; y < 0 = x",
)
