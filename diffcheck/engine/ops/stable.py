"""Forwards that NumPy lacks or loses digits in, and ball functions that Arb lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

from diffcheck.balls import ZERO, is_less


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


def sech2(x: Any) -> Any:
    """Return 1/cosh(x)² as 4e/(1 + e)² with e = exp(-2|x|): never overflows, full precision."""
    e = np.abs(x)
    e *= -2
    e = np.exp(e)
    square = 1 + e
    square *= square
    e *= 4
    e /= square
    return e


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


def pow_ball(x: Any, n: Any) -> Any:
    """Return x^n; 0^0 = 1 and 0^n = 0 for n > 0, as in floating point."""
    if n.is_integer():
        return x ** n.unique_fmpz()
    if x.is_zero() and is_less(ZERO, n):
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
