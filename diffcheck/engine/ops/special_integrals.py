# ruff: noqa: ARG005 - rules share one signature
"""Integrals of elementary functions: exponential, sine and cosine integrals, dilogarithm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special as sp
from flint import acb, arb, ctx

from diffcheck.balls import is_less
from diffcheck.engine.ops.arb_forward import by_arb, where_by_arb
from diffcheck.engine.ops.special_forward import in_precision
from diffcheck.engine.ops.stable import in_double
from diffcheck.engine.table import Entry, op

NEAR_A_ROOT = 0.125  # a library's absolute error becomes a relative one: evaluated anew


def _small(y: Any, *_args: Any) -> Any:
    return np.abs(y) < NEAR_A_ROOT


@in_double
def _exp_over(x: Any) -> Any:
    """Return e^x/x; in two halves where e^x alone overflows or leaves the normal numbers."""
    half = np.exp(0.5 * x)
    return np.where(np.abs(x) > 80, half / x * half, np.exp(x) / x)[()]


exp_over = op(
    "exp_over",
    _exp_over,
    vjp=lambda g, y, x: g * (y * ((x - 1) / x)),
    ball=lambda x: x.exp() / x,
    rounding=3,
    sympy="exp(x)/x",
    domain="(-inf, inf)",
    kinks="x = 0",
    slope="expi",
)
expi = op(
    "expi",
    where_by_arb(_small, in_precision(sp.expi), lambda x: x.ei()),
    vjp=lambda g, y, x: g * exp_over(x),
    ball=lambda x: x.ei(),
    rounding=8.5,
    sympy="Ei(x)",
    jax="expi",
    kinks="x = 0",
)
exp1 = op(
    "exp1",
    in_precision(sp.exp1),
    vjp=lambda g, y, x: g * exp_over(-x),
    ball=lambda x: -((-x).ei()),
    rounding=8.5,
    sympy="-Ei(-x)",
    jax="exp1",
    domain="(0, inf)",
)


@in_double
def _sine_over(x: Any, *, order: int) -> Any:
    """Return a derivative of sin(x)/x: by its power series near 0, else upward in the order."""
    near = np.abs(x) < 2.5 + order
    t = np.where(near, x, 0 * x)
    first = (order + 1) // 2
    total = 0 * t
    for k in reversed(range(first, first + 14 + 2 * order)):
        total = total * (t * t) + (-1) ** k / ((2 * k + 1) * math.factorial(2 * k - order))
    series = total * t if order % 2 else total
    far = np.where(near, 10 + 0 * x, x)
    sine, cosine = np.sin(far), np.cos(far)
    return np.where(near, series, _upward(far, (sine, cosine, -sine, -cosine), order))[()]


def _upward(x: Any, turns: tuple[Any, ...], order: int) -> Any:
    """Return the derivative of f(x)/x by Leibniz's rule, f's derivatives repeating after four."""
    s = turns[0] / x
    for n in range(1, order + 1):
        s = (turns[n % 4] - n * s) / x
    return s


def _sine_over_ball(x: arb, *, order: int) -> arb:
    """Return iⁿ ₁F₁(n+1; n+2; ix)/(n+1), real part (DLMF 13.4.1)."""
    value = acb(0, x).hypgeom_1f1(order + 1, order + 2) / (order + 1) * acb(0, 1) ** order
    return value.real


def _beside_a_root(y: Any, x: Any) -> Any:
    """Whether the oscillation that is divided by x is small beside its terms."""
    return np.abs(y * x) < NEAR_A_ROOT


sine_over: Entry = op(
    "sine_over",
    where_by_arb(_beside_a_root, _sine_over, _sine_over_ball),
    vjp=lambda g, y, x, order: g * sine_over(x, order=order + 1),
    ball=_sine_over_ball,
    rounding=8,
    slope="si",
    sympy="(sin(x)/x).diff(x, order)",
)


@in_double
def _cosine_over(x: Any, *, order: int) -> Any:
    """Return a derivative of cos(x)/x, upward in the order."""
    sine, cosine = np.sin(x), np.cos(x)
    return _upward(x, (cosine, -sine, -cosine, sine), order)


def _cosine_over_ball(x: arb, *, order: int) -> Any:
    sine, cosine = x.sin(), x.cos()
    return _upward(x, (cosine, -sine, -cosine, sine), order)


cosine_over: Entry = op(
    "cosine_over",
    where_by_arb(_beside_a_root, _cosine_over, _cosine_over_ball),
    vjp=lambda g, y, x, order: g * cosine_over(x, order=order + 1),
    ball=_cosine_over_ball,
    rounding=8,
    slope="ci",
    sympy="(cos(x)/x).diff(x, order)",
    domain="(0, inf)",
)
si = op(
    "si",
    in_precision(lambda t: sp.sici(t)[0]),
    vjp=lambda g, y, x: g * sine_over(x, order=0),
    ball=lambda x: x.si(),
    rounding=4,
    sympy="Si(x)",
    jax="sici[0]",
)
ci = op(
    "ci",
    where_by_arb(_small, in_precision(lambda t: sp.sici(t)[1]), lambda x: x.ci()),
    vjp=lambda g, y, x: g * cosine_over(x, order=0),
    ball=lambda x: x.ci(),
    rounding=8,
    sympy="Ci(x)",
    domain="(0, inf)",
    jax="sici[1]",
)


def sici(x: Any) -> tuple[Any, Any]:
    """Return the sine and the cosine integral."""
    return si(x), ci(x)


def _log_over_ball(x: arb, *, order: int) -> arb:
    """Return a derivative of log(x)/(1 - x), that of the dilogarithm: next to 1 by an integral.

    log(x)/(1 - x) = -∫₀¹ ds/(1 + s(x - 1)), so the n-th derivative is a ₂F₁ (DLMF 15.6.1); next
    to 0 Arb may take seconds for that one.
    """
    if abs(x - 1) < 0.5:
        sign = -1 if order % 2 == 0 else 1
        value = acb(1 - x).hypgeom_2f1(order + 1, order + 1, order + 2).real
        return sign * math.factorial(order) * value / (order + 1)
    y = x.log() / (1 - x)
    for n in range(1, order + 1):  # (1 - x) y⁽ⁿ⁾ = n y⁽ⁿ⁻¹⁾ + log⁽ⁿ⁾ x
        y = (n * y + (-1) ** (n - 1) * math.factorial(n - 1) / x**n) / (1 - x)
    return y


def _log_over(x: Any) -> Any:
    """Return log(x)/(1 - x); through log1p next to 1."""
    w = x - 1
    y = np.where(w == 0, -1, -np.log1p(w) / np.where(w == 0, 1, w))
    return np.where(np.abs(w) < 0.5, y, -np.log(x) / w).astype(np.result_type(x))[()]


log_over: Entry = op(
    "log_over",
    lambda x, *, order: by_arb(_log_over_ball)(x, order=order) if order else _log_over(x),
    vjp=lambda g, y, x, order: g * log_over(x, order=order + 1),
    ball=_log_over_ball,
    rounding=4,
    domain="(0, inf)",
    slope="spence",
    sympy="(log(x)/(1 - x)).diff(x, order)",
)


def _spence_doubt(y: Any, x: Any) -> Any:
    """Whether SciPy's digits are in doubt: of small values, and where it changes its series."""
    return _small(y) | ((y.dtype == np.float64) & (x > 0.4) & (x < 2.5))


spence = op(
    "spence",
    where_by_arb(_spence_doubt, in_precision(sp.spence), lambda x: acb(1 - x).polylog(2).real),
    vjp=lambda g, y, x: g * log_over(x, order=0),
    ball=lambda x: acb(1 - x).polylog(2).real,
    rounding=8,
    sympy="polylog(2, 1 - x)",
    jax="spence",
    domain="(0, inf)",
)


def _polylog_ball(x: arb, *, s: int) -> arb:
    return x.polylog(s) if is_less(x, arb(1)) else acb(x).polylog(s).real


def _polylog_slope_ball(x: arb, *, s: int, order: int) -> arb:
    """Return the n-th derivative of Li_s'(x) = Li_{s-1}(x)/x: next to 0 by its power series."""
    if abs(x) < 0.125:
        return _polylog_series(x, s, order)
    total = arb(0)
    for k in range(order + 1):  # Leibniz' rule on Li_{s-1}(x) times 1/x
        inverse = (-1) ** (order - k) * math.factorial(order - k) / x ** (order - k + 1)
        falling = sum(
            (arb(c) * _polylog_ball(x, s=s - 1 - j) for j, c in enumerate(_stirling(k)) if c),
            start=arb(0),
        )
        total += math.comb(order, k) * inverse * falling / x**k
    return total


def _stirling(k: int) -> list[int]:
    """Return the signed Stirling numbers of the first kind: xᵏ dᵏ/dxᵏ in powers of x d/dx."""
    row = [1]
    for n in range(k):
        row = [a - n * b for a, b in zip([0, *row], [*row, 0], strict=True)]
    return row


def _polylog_series(x: arb, s: int, order: int) -> arb:
    """Sum Σ k^(1-s) (k-1)(k-2)…(k-n) x^(k-1-n), with a bound on its tail."""
    terms = ctx.prec // 3 + 8 * (order + 1)
    total = arb(0)
    for k in reversed(range(order + 1, order + terms + 1)):
        total = total * x + arb(k) ** (1 - s) * math.perm(k - 1, order)
    rest = abs(x) ** terms * arb(order + terms + 1) ** (order + abs(s) + 1) * 4
    return total + arb(0, rest.upper())


polylog_op: Entry = op(
    "polylog",
    by_arb(_polylog_ball),
    vjp=lambda g, y, x, s: g * polylog_slope(x, s=s, order=0),
    ball=_polylog_ball,
    sympy="polylog(s, x)",
    domain="(-inf, 1)",
)
polylog_slope: Entry = op(
    "polylog_slope",
    by_arb(_polylog_slope_ball),
    vjp=lambda g, y, x, s, order: g * polylog_slope(x, s=s, order=order + 1),
    ball=_polylog_slope_ball,
    domain="(-inf, 1)",
    slope="polylog",
    sympy="(polylog(s - 1, x)/x).diff(x, order)",
)


def polylog(s: int, x: Any) -> Any:
    """Return the polylogarithm of integer order s, real for x < 1 (DLMF 25.12)."""
    return polylog_op(x, s=int(s))
