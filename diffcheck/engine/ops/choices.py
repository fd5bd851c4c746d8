# ruff: noqa: A001, ARG005 - NumPy's names shadow builtins; rules share one signature
"""What chooses among elements: magnitudes, the greater of two, `where`."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from diffcheck.balls import ZERO, is_less
from diffcheck.engine.ops import stable
from diffcheck.engine.ops.comparison import ball_less, equal, less, less_equal, logical_not, sign
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import OPS


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
    complex=lambda z: OPS["hypot"](OPS["real"](z), OPS["imag"](z)),
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
