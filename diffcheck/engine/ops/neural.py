# ruff: noqa: ARG001, ARG005 - rules share one signature
"""Activations and normalised exponentials, by jax.nn's names."""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

from diffcheck.balls import ZERO, is_less
from diffcheck.engine.ball_trace import literal
from diffcheck.engine.ops import activation_slopes as slopes
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import greater
from diffcheck.engine.ops.gates import CUBIC, gated, gelu_gate
from diffcheck.engine.ops.precision import through_single
from diffcheck.engine.ops.reduction import Axis, count_of, expand
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.ops.rows import peaks, totals
from diffcheck.engine.ops.shares import mean_of_others, share_of_others, without_one
from diffcheck.engine.ops.special import expit, ndtr
from diffcheck.engine.ops.stable import REAL
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import Tensor, shape_of
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
    return constant("sqrt_two_over_pi", x) * (x + CUBIC * (x * x * x))


def _gelu_tanh_ball(x: Any) -> Any:
    u = (2 / arb.pi()).sqrt() * (x + literal(CUBIC) * x**3)
    return x / (1 + (-2 * u).exp())


def _gelu_tanh(x: Any, *, known: Any = None) -> Any:
    if x.dtype == np.float32:
        return gated(x, gelu_gate(x) if known is None else known)
    return x * expit(2 * _gelu_argument(x))  # not 1 + tanh: it cancels for negative x


def _gelu_tanh_rule(g: Any, y: Any, x: Any, known: Any = None) -> Any:
    kept = {} if known is None else {"known": known}
    return g * activation_slope(x, function="gelu_tanh", order=1, **kept)


gelu_tanh = op(
    "gelu_tanh",
    _gelu_tanh,
    vjp=_gelu_tanh_rule,
    ball=_gelu_tanh_ball,
    rounding=20,  # in the tail: u is rounded, and the exponential carries that 2|u| times
    jax="gelu",
    sympy="x*(1 + tanh(sqrt(2/pi)*(x + Rational(44715, 10**6)*x**3)))/2",
)


def gelu(x: Any, approximate: bool = True) -> Any:
    """Return x Φ(x), or its approximation by tanh, which is the default as in jax.nn."""
    if not approximate:
        return gelu_exact(x)
    if type(x) is Tensor and x.trace.plain and x.value.dtype == np.float32:
        return gelu_tanh(x, known=gelu_gate(x.value))  # kept on the tape for the slope
    return gelu_tanh(x)


# Normalised exponentials. The greatest element is subtracted first; its own slope cancels.
def _softmax(x: Any, *, axis: Axis) -> Any:
    x = _in_floats(x)
    e = np.exp(x - peaks(x, axis))
    return e / totals(e, axis)


def _log_total(shifted: Any, axis: Axis) -> Any:
    """Return log of the sum of exp(shifted), whose greatest element is 0, as log1p of the others.

    The sum itself would round to 1, and its logarithm to 0, where one element dominates.
    """
    e = np.exp(shifted)
    return np.log1p(without_one(totals(e, axis), e, axis=axis))


def _log_softmax(x: Any, *, axis: Axis) -> Any:
    x = _in_floats(x)
    shifted = x - peaks(x, axis)
    return shifted - _log_total(shifted, axis)


def _in_floats(x: Any) -> Any:
    """Return integers as float64, whose differences do not wrap around."""
    return x.astype(np.float64) if getattr(x, "dtype", REAL).kind in "iub" else x


def _logsumexp(x: Any, *, axis: Axis, keepdims: bool) -> Any:
    x = _in_floats(x)
    peak = peaks(x, axis)
    total = _log_total(x - peak, axis) + peak
    return total if keepdims else total.reshape(_reduced(x.shape, axis))[()]


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


# Shares p sum to 1. Of these two linear maps of g each is the transpose of the other; the Jacobians
# of all normalised exponentials are made of them, and where a share is nearly 1 nothing cancels.
def _minus_mean(g: Any, p: Any, *, axis: Axis) -> Any:
    y = g - totals(g * p, axis)
    return mean_of_others(y, g, p, axis=axis, out=y)


def _minus_share(g: Any, p: Any, *, axis: Axis) -> Any:
    y = g - p * totals(g, axis)
    return share_of_others(y, g, p, axis=axis, out=y)


minus_mean: Entry = op(
    "minus_mean",  # g_i - Σ_j p_j g_j
    _minus_mean,
    kind="general",
    vjp=(
        lambda h, y, g, p, axis: minus_share(h, p, axis=axis),
        lambda h, y, g, p, axis: -(g * sum_(h, axis, keepdims=True)),
    ),
    jvp=(
        lambda t, y, g, p, axis: minus_mean(t, p, axis=axis),
        lambda t, y, g, p, axis: -sum_(g * t, axis, keepdims=True),
    ),
    ball=lambda g, p, *, axis: g - np.add.reduce(g * p, axis=axis, keepdims=True),
    rounding=3,
    length=lambda g, p, axis: count_of(p, axis),
    domain=("(-inf, inf)", "shares that sum to 1"),
    slope="softmax",
    sympy="x - sum(x*y, axis, keepdims=True)",
)
minus_share: Entry = op(
    "minus_share",  # g_i - p_i Σ_j g_j
    _minus_share,
    kind="general",
    vjp=(
        lambda h, y, g, p, axis: minus_mean(h, p, axis=axis),
        lambda h, y, g, p, axis: -(h * sum_(g, axis, keepdims=True)),
    ),
    jvp=(
        lambda t, y, g, p, axis: minus_share(t, p, axis=axis),
        lambda t, y, g, p, axis: -(t * sum_(g, axis, keepdims=True)),
    ),
    ball=lambda g, p, *, axis: g - p * np.add.reduce(g, axis=axis, keepdims=True),
    rounding=3,
    length=lambda g, p, axis: count_of(p, axis),
    domain=("(-inf, inf)", "shares that sum to 1"),
    slope="softmax",
    sympy="x - y*sum(x, axis, keepdims=True)",
)


def softmax_rule(g: Any, y: Any, x: Any, axis: Axis) -> Any:
    """Apply the Jacobian diag(y) - y yᵀ, which is symmetric: the VJP and the JVP are one."""
    return minus_mean(g, y, axis=axis) * y


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


_log_softmax_op = op(
    "log_softmax",
    _log_softmax,
    kind="general",
    vjp=lambda g, y, x, axis: minus_share(g, softmax(x, axis), axis=axis),
    jvp=(lambda t, y, x, axis: minus_mean(t, softmax(x, axis), axis=axis),),
    ball=_log_softmax_ball,
    rounding=3,
    length=count_of,
    jax="log_softmax",
    sympy="log_softmax(x, axis)",
)


def _logsumexp_slope(x: Any, *, axis: Axis) -> Any:
    """Return softmax, but 0 where the sum of exponentials is: all are -inf there."""
    e = np.exp(x - peaks(x, axis))
    total = totals(e, axis)
    return e / np.where(total == 0, x.dtype.type(1), total)


logsumexp_slope = op(
    "logsumexp_slope",
    _logsumexp_slope,
    kind="general",
    vjp=softmax_rule,
    jvp=(softmax_rule,),
    ball=_softmax_ball,
    rounding=3,
    length=count_of,
    slope="logsumexp",
    sympy="softmax(x, axis)",
)
_logsumexp_op = op(
    "logsumexp",
    _logsumexp,
    kind="general",
    vjp=lambda g, y, x, axis, keepdims: (
        expand(g, shape_of(x), axis) * logsumexp_slope(x, axis=axis)
    ),
    jvp=(
        lambda t, y, x, axis, keepdims: sum_(
            t * logsumexp_slope(x, axis=axis), axis, keepdims=keepdims
        ),
    ),
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
