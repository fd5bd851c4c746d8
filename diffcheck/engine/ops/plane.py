# ruff: noqa: ARG005 - rules share one signature
"""Length and angle of a point of the plane, over the whole range and at the origin."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from flint import arb

from diffcheck.engine.ops import stable
from diffcheck.engine.ops.choices import abs as abs_
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import equal, less, logical_and
from diffcheck.engine.table import Entry, op

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


# By powers of 1/(a + ib) no square overflows, and no difference of squares cancels.
RE: Final = 0
IM: Final = 1
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
    first = less(abs_(a), abs_(b))
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
