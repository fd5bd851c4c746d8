# ruff: noqa: ARG001, ARG005 - rules share one signature
"""Activations and normalised exponentials, by jax.nn's names."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from flint import arb

from diffcheck.balls import ZERO, is_less
from diffcheck.engine.ball_trace import literal
from diffcheck.engine.binding import plain_form
from diffcheck.engine.ops import activation_slopes as slopes
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import equal, greater
from diffcheck.engine.ops.precision import through_single
from diffcheck.engine.ops.reduction import Axis, count_of, expand
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.ops.special import expit, ndtr
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import shape_of
from diffcheck.engine.values import constant

relu = op(
    "relu",
    lambda x: np.maximum(x, x.dtype.type(0)),
    vjp=lambda g, y, x: where(greater(x, 0), g, 0),  # relu'(0) = 0, as in the networks' libraries
    selects=(lambda x: greater(x, 0),),
    ball=lambda x: ZERO if is_less(x, ZERO) else x,
    rounding=0,
    jax="relu",
    sympy="Max(x, 0)",
    kinks="x = 0",
)
activation_slope: Entry = op(
    "activation_slope",  # a derivative of any order of silu and of both forms of gelu
    slopes.derivative,
    vjp=lambda g, y, x, function, order: (
        g * activation_slope(x, function=function, order=order + 1)
    ),
    ball=slopes.derivative_ball,
    rounding=3,
    slope="silu",
    sympy=f"{slopes.IN_SYMPY}[function].diff(x, order)",
)
silu = op(
    "silu",
    lambda x: x * expit(x),
    vjp=lambda g, y, x: g * activation_slope(x, function="silu", order=1),
    ball=lambda x: x / (1 + (-x).exp()),
    rounding=3,
    jax="silu",
    sympy="x/(1 + exp(-x))",
)
gelu_exact = op(
    "gelu",
    lambda x: x * ndtr(x),
    vjp=lambda g, y, x: g * activation_slope(x, function="gelu", order=1),
    ball=lambda x: x * (-x / arb(2).sqrt()).erfc() / 2,
    rounding=5,
    jax="gelu",
    sympy="x*erfc(-x/sqrt(2))/2",
)
sigmoid = expit


def _gelu_argument(x: Any) -> Any:
    return constant("sqrt_two_over_pi", x) * (x + slopes.CUBIC * (x * x * x))


def _gelu_tanh_ball(x: Any) -> Any:
    u = (2 / arb.pi()).sqrt() * (x + literal(slopes.CUBIC) * x**3)
    return x / (1 + (-2 * u).exp())


gelu_tanh = op(
    "gelu_tanh",
    lambda x: x * expit(2 * _gelu_argument(x)),  # not 1 + tanh: it cancels for negative x
    vjp=lambda g, y, x: g * activation_slope(x, function="gelu_tanh", order=1),
    ball=_gelu_tanh_ball,
    rounding=5,
    jax="gelu",
    sympy="x*(1 + tanh(sqrt(2/pi)*(x + Rational(44715, 10**6)*x**3)))/2",
)


def gelu(x: Any, approximate: bool = True) -> Any:
    """Return x Φ(x), or its approximation by tanh, which is the default as in jax.nn."""
    return gelu_tanh(x) if approximate else gelu_exact(x)


# Normalised exponentials. The greatest element is subtracted first; its own slope cancels.
def _peak(x: Any, axis: Axis) -> Any:
    """Return the greatest element along axes, 0 where it is infinite or there is none."""
    greatest = np.maximum if x.size else np.add
    peak = greatest.reduce(x, axis=axis, keepdims=True)
    return np.where(np.isfinite(peak), peak, x.dtype.type(0))


def _softmax(x: Any, *, axis: Axis) -> Any:
    e = np.exp(x - _peak(x, axis))
    return e / np.add.reduce(e, axis=axis, keepdims=True)


def _log_total(shifted: Any, axis: Axis) -> Any:
    """Return log of the sum of exp(shifted), whose greatest element is 0, as log1p of the others.

    The sum itself would round to 1, and its logarithm to 0, where one element dominates. Elements
    that are greatest together count 1 each; where the greatest is infinite, none may be 0.
    """
    greatest = (shifted == 0).astype(shifted.dtype)
    others = np.add.reduce(np.exp(shifted) - greatest, axis=axis, keepdims=True)
    return np.log1p(others + (np.add.reduce(greatest, axis=axis, keepdims=True) - 1))


def _log_softmax(x: Any, *, axis: Axis) -> Any:
    shifted = x - _peak(x, axis)
    return shifted - _log_total(shifted, axis)


def _logsumexp(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    peak = _peak(x, axis)
    total = _log_total(x - peak, axis) + peak
    return total if keepdims else total.reshape(_reduced(x.shape, axis))[()]


def _complement(p: Any, *, axis: Axis) -> Any:
    """Return 1 - p for shares that sum to 1: for a dominant one as the sum of the others."""
    if not isinstance(axis, int) or not p.ndim:
        dominant = p > 0.5
        others = np.add.reduce(np.where(dominant, 0, p), axis=axis, keepdims=True)
        return np.where(dominant, others, 1 - p)
    last = np.moveaxis(p, axis, -1)
    rows = last.reshape(math.prod(last.shape[:-1]), last.shape[-1])
    rest = 1 - rows
    dominant = np.flatnonzero(rows > 0.5)  # one in a row at most
    if dominant.size:
        row, place = np.divmod(dominant, rows.shape[1])
        few = rows[row]
        few[np.arange(row.size), place] = 0
        rest[row, place] = np.add.reduce(few, axis=-1)
    return np.moveaxis(rest.reshape(last.shape), -1, axis)


def _reduced(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    gone = range(len(shape)) if axis is None else [a % len(shape) for a in _tuple(axis)]
    return tuple(n for a, n in enumerate(shape) if a not in gone)


def _tuple(axis: int | tuple[int, ...]) -> tuple[int, ...]:
    return (axis,) if isinstance(axis, int) else axis


_exp_balls = np.frompyfunc(arb.exp, 1, 1)
_log_balls = np.frompyfunc(arb.log, 1, 1)


def _softmax_ball(x: Any, *, axis: Axis) -> Any:
    e = np.asarray(_exp_balls(x), dtype=object)
    return e / np.add.reduce(e, axis=axis, keepdims=True)


def _log_softmax_ball(x: Any, *, axis: Axis) -> Any:
    return x - _logsumexp_ball(x, axis=axis, keepdims=True)


def _logsumexp_ball(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    e = np.asarray(_exp_balls(x), dtype=object)
    return _log_balls(e.sum(axis=axis, keepdims=keepdims))


def _softmax_arrays(g: Any, y: Any, x: Any, axis: Axis) -> Any:
    """Do on plain arrays what `softmax_rule` does with ops."""
    weighted = g * y
    weighted -= np.add.reduce(weighted, axis=axis, keepdims=True)
    weighted += g * _complement(y, axis=axis)
    weighted *= y
    return weighted


@plain_form(_softmax_arrays)
def softmax_rule(g: Any, y: Any, x: Any, axis: Axis) -> Any:
    """Apply the Jacobian diag(y) - y yᵀ, which is symmetric: the VJP and the JVP are one.

    Written as y_i (g_i (1 - y_i) - Σ_{j≠i} g_j y_j), so that nothing cancels as y_i goes to 1.
    """
    weighted = g * y
    others = sum_(weighted, axis, keepdims=True) - weighted
    return y * (g * _complement_op(y, axis=axis) - others)


_complement_op = op(
    "softmax_complement",
    _complement,
    kind="general",
    vjp=lambda g, y, p, axis: -g,
    jvp=(lambda t, y, p, axis: -t,),
    ball=lambda p, *, axis: 1 - p,
    rounding=3,
    length=count_of,
    domain="shares that sum to 1; 1 - x without cancellation",
    slope="softmax",
    sympy="1 - x",
)
_softmax_op = op(
    "softmax",
    _softmax,
    kind="general",
    vjp=softmax_rule,
    jvp=(softmax_rule,),
    ball=_softmax_ball,
    rounding=3,
    length=count_of,
    jax="softmax",
    sympy="softmax(x, axis)",
)


def _log_softmax_vjp(g: Any, y: Any, x: Any, axis: Axis) -> Any:
    """Return g_i (1 - p_i) - p_i Σ_{j≠i} g_j."""
    others = sum_(g, axis, keepdims=True) - g
    shares = softmax(x, axis)
    return g * _complement_op(shares, axis=axis) - shares * others


def _log_softmax_jvp(t: Any, y: Any, x: Any, axis: Axis) -> Any:
    """Return t_i (1 - p_i) - Σ_{j≠i} p_j t_j."""
    shares = softmax(x, axis)
    weighted = shares * t
    others = sum_(weighted, axis, keepdims=True) - weighted
    return t * _complement_op(shares, axis=axis) - others


_log_softmax_op = op(
    "log_softmax",
    _log_softmax,
    kind="general",
    vjp=_log_softmax_vjp,
    jvp=(_log_softmax_jvp,),
    ball=_log_softmax_ball,
    rounding=3,
    length=count_of,
    jax="log_softmax",
    sympy="log_softmax(x, axis)",
)


def _shares_of_arrays(x: Any, y: Any, axis: Axis) -> Any:
    """Do on plain arrays what `_shares` does with ops, in one pass where it can."""
    shares = _softmax(x, axis=axis)
    nothing = y == -np.inf
    return np.where(expand(nothing, x.shape, axis), 0, shares) if np.any(nothing) else shares


@plain_form(_shares_of_arrays)
def _shares(x: Any, y: Any, axis: Axis) -> Any:
    """Return softmax, but 0 where the sum of exponentials is: y is -inf all around there."""
    nothing = expand(equal(y, -np.inf), shape_of(x), axis)
    return where(nothing, 0, softmax(x, axis))


_logsumexp_op = op(
    "logsumexp",
    _logsumexp,
    kind="general",
    vjp=lambda g, y, x, axis, keepdims: expand(g, shape_of(x), axis) * _shares(x, y, axis),
    jvp=(lambda t, y, x, axis, keepdims: sum_(t * _shares(x, y, axis), axis, keepdims=keepdims),),
    ball=_logsumexp_ball,
    rounding=3,
    length=lambda x, axis, keepdims: count_of(x, axis),
    jax="logsumexp",
    sympy="logsumexp(x, axis, keepdims=keepdims)",
)


@through_single
def softmax(x: Any, axis: Axis = -1) -> Any:
    """Return exp(x) divided by its sum along axes."""
    return _softmax_op(x, axis=axis)


@through_single
def log_softmax(x: Any, axis: Axis = -1) -> Any:
    """Return the logarithm of softmax along axes."""
    return _log_softmax_op(x, axis=axis)


@through_single
def logsumexp(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return log of the sum of exp(x) along axes; its gradient is softmax."""
    return _logsumexp_op(x, axis=axis, keepdims=keepdims)
