# ruff: noqa: ARG005 - rules share one signature
"""Arithmetic and roots."""

from __future__ import annotations

import operator

import numpy as np

from diffcheck.engine.ops import stable
from diffcheck.engine.table import op

# The operators are ten times faster than the ufuncs on NumPy scalars.
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
