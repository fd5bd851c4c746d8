# ruff: noqa: ARG005 - rules share one signature
"""Trigonometric and hyperbolic functions and their inverses, accurate over the whole range."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops import stable
from diffcheck.engine.ops.arithmetic import sqrt
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import less
from diffcheck.engine.ops.plane import hypot
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import OPS, base

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
    stable.one_minus_square,
    vjp=lambda g, y, x: -2 * g * x,  # by the product rule it would cancel near 0
    ball=lambda x: (1 - x) * (1 + x),
    rounding=1.5,
    slope="asin",
    sympy="1 - x**2",
    complex=True,
)


def _over_root(x: Any) -> Any:
    """Return 1/sqrt(1 - x²): the root of a reciprocal halves its error, but has other branches."""
    square = one_minus_square(x)
    return 1 / sqrt(square) if stable.is_complex(base(x)) else sqrt(1 / square)


asin = op(
    "asin",
    np.arcsin,
    vjp=lambda g, y, x: g * _over_root(x),
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
    vjp=lambda g, y, x: -g * _over_root(x),
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
