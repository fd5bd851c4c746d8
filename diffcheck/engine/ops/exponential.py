# ruff: noqa: ARG005 - rules share one signature
"""Exponentials and logarithms."""

from __future__ import annotations

import numpy as np
from flint import arb

from diffcheck.engine.ops import stable
from diffcheck.engine.table import Entry, op
from diffcheck.engine.values import constant

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
expm1_slope = op(
    "expm1_slope",
    stable.expm1_slope,
    vjp=lambda g, y, x: g * y,
    ball="exp",
    rounding=1,
    slope="expm1",
    sympy="exp(x)",
    complex=True,
)
expm1 = op(
    "expm1",
    np.expm1,
    vjp=lambda g, y, x: g * expm1_slope(x),  # not g·(y + 1): 0 below x = -37
    ball="expm1",
    rounding=1,
    jax="expm1",
    sympy="exp(x) - 1",
    complex=True,
)
exp2_slope: Entry = op(
    "exp2_slope",
    stable.exp2_slope,
    vjp=lambda g, y, x, order: g * exp2_slope(x, order=order + 1),
    ball=stable.exp2_slope_ball,
    rounding=1.5,
    slope="exp2",
    sympy="2**x*log(2)**order",
    complex=True,
)
exp2 = op(
    "exp2",
    np.exp2,
    vjp=lambda g, y, x: g * exp2_slope(x, order=1),
    ball=lambda x: stable.exp2_slope_ball(x, order=0),
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
