# ruff: noqa: A001, ARG005 - NumPy's names shadow builtins; rules share one signature
"""Remainders and signs: piecewise smooth; and functions that are constant between their jumps."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
from flint import arb

from diffcheck.balls import ZERO, Undecided, is_less
from diffcheck.engine.ball_trace import is_ball
from diffcheck.engine.ops.arithmetic import multiply
from diffcheck.engine.ops.choices import abs as abs_
from diffcheck.engine.ops.choices import maximum, minimum, where
from diffcheck.engine.ops.comparison import (
    equal,
    isinf,
    isnan,
    sign,
    trunc,
)
from diffcheck.engine.ops.manipulation import astype
from diffcheck.engine.ops.powers import pow as pow_
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import base, looked_into


def _floor_ball(a: arb) -> arb:
    y = a.floor()
    if not y.is_exact():
        raise Undecided(f"floor of {a}")
    return y


def _round_ball(a: arb) -> arb:
    """Return the nearest integer; halfway to the even one."""
    if (2 * a).is_integer():
        twice = int((2 * a).fmpz())
        return arb(round(twice / 2)) if twice % 2 == 0 or abs(twice) < 2**52 else arb(twice // 2)
    return _floor_ball(a + arb(0.5))


def _truncated(a: Any, b: Any) -> Any:
    """Return a/b without its fraction; trunc(a / b) would take a quotient that rounds up."""
    return sign(a) * sign(b) * floor_divide(abs_(a), abs_(b))


remainder: Entry = op(
    "remainder",
    np.remainder,
    vjp=(lambda g, y, a, b: g, lambda g, y, a, b: -g * floor_divide(a, b)),  # a/b may round to -0
    ball=lambda a, b: a - _floor_ball(a / b) * b,
    rounding=1,
    sympy="Mod(x, y)",
    jax="remainder",
    domain=("(-inf, inf)", "(0, inf)"),
    kinks="x = n y",
)
fmod = op(
    "fmod",
    np.fmod,
    vjp=(lambda g, y, a, b: g, lambda g, y, a, b: -g * _truncated(a, b)),
    ball=lambda a, b: (
        a - (-_floor_ball(-a / b) if is_less(a / b, ZERO) else _floor_ball(a / b)) * b
    ),
    rounding=1,
    jax="fmod",
    domain=("(0, inf)", "(0, inf)"),
    kinks="x = n y",
    sympy="x - y*sign(x/y)*floor(Abs(x/y))",
)
copysign: Entry = op(
    "copysign",
    np.copysign,
    vjp=(lambda g, y, a, b: g * (sign(a) * copysign(1, b)), None),
    ball=lambda a, b: abs(a) if not is_less(b, ZERO) else -abs(a),
    rounding=0,
    sympy="Abs(x)*sign(y)",
    jax="copysign",
    kinks="x = 0, y = 0",
)
floor_divide: Entry = op(
    "floor_divide", np.floor_divide, ball=lambda a, b: _floor_ball(a / b), rounding=0,
    complex=False,
    jax="floor_divide",
    sympy="floor(x/y)",
    kinks="x = n y",
)  # fmt: skip
round_op = op(
    "round",
    lambda x, *, decimals=0: np.round(x, decimals),
    ball=lambda a, decimals=0: _round_ball(a),
    rounding=0,
    sympy="floor(x + S.Half) - Piecewise((1, Eq(Mod(x, 2), S.Half)), (0, True))",
    jax="round",
    kinks="x = n + 1/2",
    complex=False,
)
signbit = op(
    "signbit",
    np.signbit,
    ball=lambda a: is_less(a, ZERO),
    rounding=0,
    jax="signbit",
    sympy="x < 0",
    kinks="x = 0",
    complex=False,
)
nextafter = op(
    "nextafter",
    np.nextafter,
    ball=lambda a, b: a,
    rounding=0,
    jax="nextafter",
    complex=False,
)


def round(x: Any, decimals: int = 0) -> Any:
    """Return the nearest integer, halfway the even one; its derivative is 0."""
    return round_op(x, decimals=decimals)


def positive(x: Any) -> Any:
    """Return x."""
    return x


def fabs(x: Any) -> Any:
    """Return the absolute value."""
    return abs(x)


def fmax(a: Any, b: Any) -> Any:
    """Return the greater of two numbers; a nan loses."""
    return where(a != a, b, where(b != b, a, maximum(a, b)))  # noqa: PLR0124 - a nan


def fmin(a: Any, b: Any) -> Any:
    """Return the smaller of two numbers; a nan loses."""
    return where(a != a, b, where(b != b, a, minimum(a, b)))  # noqa: PLR0124 - a nan


def nan_to_num(
    x: Any,
    copy: bool = True,
    nan: float = 0.0,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Any:
    """Return x with nan and the infinities replaced, these by the greatest numbers by default.

    What was replaced passes no cotangent.
    """
    del copy  # the argument is never written to
    if is_ball(x):
        return x
    greatest = ml_dtypes.finfo(base(x).dtype).max  # type: ignore[no-untyped-call]  # ml_dtypes has no types
    high = greatest if posinf is None else posinf
    low = -greatest if neginf is None else neginf
    y = where(isnan(x), nan, x)
    y = where(equal(x, np.inf), high, y)
    return where(equal(x, -np.inf), low, y)


def deg2rad(x: Any) -> Any:
    """Return degrees in radians."""
    return multiply(x, np.pi / 180)


def rad2deg(x: Any) -> Any:
    """Return radians in degrees."""
    return multiply(x, 180 / np.pi)


def heaviside(x: Any, half: Any) -> Any:
    """Return 0 below 0, 1 above, and `half` at 0; its derivative in x is 0."""
    return where(equal(x, 0), half, 0.5 * (sign(x) + 1))


def ldexp(x: Any, exponent: Any) -> Any:
    """Return x times a power of 2, in two steps: the power itself may be out of range."""
    n = np.asarray(looked_into(exponent))
    half = n // 2
    dtype = base(x).dtype if hasattr(base(x), "dtype") else np.dtype(np.float64)
    one = np.ones((), dtype if dtype.kind == "f" else np.float64)
    return x * np.ldexp(one, half) * np.ldexp(one, n - half)


def frexp(x: Any) -> tuple[Any, Any]:
    """Return the mantissa, from 1/2 to 1, and the exponent, an integer without derivative."""
    _, exponent = np.frexp(looked_into(x))
    return ldexp(x, -exponent), exponent


def modf(x: Any) -> tuple[Any, Any]:
    """Return the fractional and the integral part, both with the sign of x."""
    whole = trunc(x)
    return where(isinf(x), 0 * sign(x), x - whole), whole


def divmod(a: Any, b: Any) -> tuple[Any, Any]:
    """Return the quotient rounded down, and the remainder."""
    return floor_divide(a, b), remainder(a, b)


def float_power(a: Any, b: Any) -> Any:
    """Return a to the power b, in float64 at least."""
    return pow_(_at_least_double(a, b), b)


def _at_least_double(a: Any, b: Any) -> Any:
    """Return a base; Python's numbers in the format of the power, for they are weak."""
    if is_ball(a) or is_ball(b):
        return a
    dtype = np.result_type(base(a), np.float64)
    if not hasattr(a, "dtype"):
        return np.result_type(dtype, base(b)).type(a)
    return a if base(a).dtype == dtype else astype(a, dtype)
