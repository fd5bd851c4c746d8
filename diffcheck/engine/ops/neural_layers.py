# ruff: noqa: ARG005 - rules share one signature
"""Normalisation, attention and cross-entropy: layers that are ops of their own, for speed."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from flint import arb

from diffcheck.engine.ball_trace import literal
from diffcheck.engine.binding import plain_form
from diffcheck.engine.ops.arithmetic import sqrt
from diffcheck.engine.ops.choices import abs as abs_
from diffcheck.engine.ops.choices import maximum, where
from diffcheck.engine.ops.exponential import exp, log1p
from diffcheck.engine.ops.manipulation import matrix_transpose
from diffcheck.engine.ops.neural import softmax, softmax_rule
from diffcheck.engine.ops.products import matmul
from diffcheck.engine.ops.reduction import mean
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.ops.rows import totals
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import base, shape_of


def _width(x: Any, **_params: Any) -> int:
    return shape_of(x)[-1]


# Layer norm (Ba, Kiros and Hinton 2016): the Jacobian of the standardised row is symmetric.
def _standardize(x: Any, *, eps: float) -> Any:
    n = x.shape[-1]
    centred = x - totals(x, -1) / n
    variance = totals(centred * centred, -1)
    variance /= n
    variance += eps
    centred /= np.sqrt(variance)
    return centred


def _standardize_ball(x: Any, *, eps: float) -> Any:
    n = x.shape[-1]
    centred = x - np.add.reduce(x, axis=-1, keepdims=True) / n
    variance = np.add.reduce(centred * centred, axis=-1, keepdims=True) / n
    return centred / np.frompyfunc(arb.sqrt, 1, 1)(variance + literal(eps))


def _deviation(x: Any, eps: float) -> Any:
    centred = x - mean(x, -1, keepdims=True)
    return sqrt(mean(centred * centred, -1, keepdims=True) + eps)


def _standardize_arrays(g: Any, y: Any, x: Any, eps: float) -> Any:
    """Do on plain arrays what `_standardize_rule` does with ops."""
    n = x.shape[-1]
    centred = x - totals(x, -1) / n
    centred *= centred
    variance = totals(centred, -1)
    variance /= n
    variance += eps
    np.multiply(g, y, out=centred)
    flow = totals(centred, -1) / n
    rest = np.multiply(y, flow, out=centred)
    np.subtract(g, rest, out=rest)
    rest -= totals(g, -1) / n
    rest /= np.sqrt(variance)
    return rest


@plain_form(_standardize_arrays)
def _standardize_rule(g: Any, y: Any, x: Any, eps: float) -> Any:
    """Return (g - y mean(g y) - mean g)/σ."""
    rest = g - y * mean(g * y, -1, keepdims=True) - mean(g, -1, keepdims=True)
    return rest / _deviation(x, eps)


standardize = op(
    "standardize",
    _standardize,
    kind="general",
    vjp=_standardize_rule,
    jvp=(_standardize_rule,),
    ball=_standardize_ball,
    rounding=3,
    length=_width,
    sympy="(x - mean(x, -1, keepdims=True))/sqrt(var(x, -1, keepdims=True) + eps)",
    jax="nn.standardize",
)


def layer_norm(x: Any, weight: Any = None, bias: Any = None, *, eps: float = 1e-5) -> Any:
    """Return rows of mean 0 and variance 1, scaled by `weight` and moved by `bias`."""
    y = standardize(x, eps=eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def rms_norm(x: Any, weight: Any = None, *, eps: float = 1e-6) -> Any:
    """Return rows of mean square 1 (Zhang and Sennrich 2019), scaled by `weight`."""
    y = x / sqrt(mean(x * x, -1, keepdims=True) + eps)
    return y if weight is None else y * weight


def batch_norm(x: Any, weight: Any = None, bias: Any = None, *, eps: float = 1e-5) -> Any:
    """Return columns of mean 0 and variance 1 over the batch, the first axis (training mode)."""
    centred = x - mean(x, 0, keepdims=True)
    y = centred / sqrt(mean(centred * centred, 0, keepdims=True) + eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def group_norm(x: Any, groups: int, *, eps: float = 1e-5) -> Any:
    """Return x, of shape (batch, channels, …), standardised over groups of channels."""
    shape = shape_of(x)
    rows = x.reshape((shape[0], groups, math.prod(shape[1:]) // groups))
    return standardize(rows, eps=eps).reshape(shape)


# Attention (Vaswani et al. 2017). One op keeps queries, keys and values; weights come again.
@lru_cache(maxsize=16)
def causal_mask(n: int) -> Any:
    """Return where a position would look at a later one."""
    mask = np.triu(np.ones((n, n), dtype=bool), 1)
    mask.flags.writeable = False  # every caller's
    return mask


def attention_weights(q: Any, k: Any, *, causal: bool = True, scale: float | None = None) -> Any:
    """Return softmax(q kᵀ scale) over the keys, 1/√width for scale; later keys get 0."""
    factor = 1 / math.sqrt(shape_of(q)[-1]) if scale is None else scale
    scores = matmul(q, matrix_transpose(k)) * factor
    if causal:
        scores = where(causal_mask(shape_of(q)[-2]), -math.inf, scores)
    return softmax(scores, -1)


def attention(q: Any, k: Any, v: Any, *, causal: bool = True, scale: float | None = None) -> Any:
    """Return the attention of queries to values, op by op; see `fused_attention`."""
    return matmul(attention_weights(q, k, causal=causal, scale=scale), v)


def _scores_slope(g: Any, y: Any, q: Any, k: Any, v: Any, causal: bool, scale: float) -> Any:
    """Return the cotangent of q kᵀ: P (g vᵀ - Σ g y), with the scale in it."""
    weights = attention_weights(q, k, causal=causal, scale=scale)
    flow = matmul(g, matrix_transpose(v)) - sum_(g * y, -1, keepdims=True)
    return weights * flow * scale


def _fused(q: Any, k: Any, v: Any, *, causal: bool, scale: float) -> Any:
    scores = q @ np.swapaxes(k, -1, -2)
    scores *= scale
    if causal:
        np.copyto(scores, -np.inf, where=causal_mask(q.shape[-2]))
    scores -= np.maximum.reduce(scores, axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= np.add.reduce(scores, axis=-1, keepdims=True)
    return scores @ v


def _fused_ball(q: Any, k: Any, v: Any, *, causal: bool, scale: float) -> Any:
    e = np.frompyfunc(arb.exp, 1, 1)((q @ np.swapaxes(k, -1, -2)) * literal(scale))
    if causal:
        e = np.where(causal_mask(q.shape[-2]), np.array(arb(0), dtype=object), e)
    return (e / np.add.reduce(e, axis=-1, keepdims=True)) @ v


def _fused_jvp_scores(ts: Any, q: Any, k: Any, v: Any, causal: bool, scale: float) -> Any:
    weights = attention_weights(q, k, causal=causal, scale=scale)
    inner = weights * ts * scale
    return matmul(inner - weights * sum_(inner, -1, keepdims=True), v)


_attention_op: Entry = op(
    "fused_attention",
    _fused,
    kind="general",
    vjp=(
        lambda g, y, q, k, v, causal, scale: matmul(_scores_slope(g, y, q, k, v, causal, scale), k),
        lambda g, y, q, k, v, causal, scale: matmul(
            matrix_transpose(_scores_slope(g, y, q, k, v, causal, scale)), q
        ),
        lambda g, y, q, k, v, causal, scale: matmul(
            matrix_transpose(attention_weights(q, k, causal=causal, scale=scale)), g
        ),
    ),
    jvp=(
        lambda t, y, q, k, v, causal, scale: _fused_jvp_scores(
            matmul(t, matrix_transpose(k)), q, k, v, causal, scale
        ),
        lambda t, y, q, k, v, causal, scale: _fused_jvp_scores(
            matmul(q, matrix_transpose(t)), q, k, v, causal, scale
        ),
        lambda t, y, q, k, v, causal, scale: matmul(
            attention_weights(q, k, causal=causal, scale=scale), t
        ),
    ),
    ball=_fused_ball,
    rounding=8,
    length=lambda q, k, v, causal, scale: shape_of(q)[-1] + shape_of(k)[-2],
    sympy="(lambda p: p/sum(p, -1, keepdims=True))"
    "((tril if causal else array)(exp(x @ y.T*scale))) @ z",
    jax="nn.dot_product_attention",
)


def fused_attention(
    q: Any, k: Any, v: Any, *, causal: bool = True, scale: float | None = None
) -> Any:
    """Return the attention of queries to values as one op, which keeps no matrix of weights."""
    factor = 1 / math.sqrt(shape_of(q)[-1]) if scale is None else scale
    return _attention_op(q, k, v, causal=causal, scale=factor)


# Cross-entropies
def _entropies(x: Any, *, labels: Any) -> Any:
    peak = np.maximum.reduce(x, axis=-1, keepdims=True)
    shifted = x - peak
    chosen = np.take_along_axis(shifted, labels[..., None], -1)
    np.exp(shifted, out=shifted)
    np.put_along_axis(shifted, labels[..., None], 0, -1)
    rest = np.add.reduce(shifted, axis=-1, keepdims=True)
    # log(e^chosen + rest) - chosen: by log1p where the label dominates, so that it keeps digits
    own = np.exp(chosen)
    small = rest < own
    y = np.log1p(rest / np.where(small, own, 1))
    return np.where(small, y, np.log(rest + own) - chosen)[..., 0]


def _entropies_ball(x: Any, *, labels: Any) -> Any:
    e = np.frompyfunc(arb.exp, 1, 1)(x)
    total = np.frompyfunc(arb.log, 1, 1)(np.add.reduce(e, axis=-1))
    return total - np.take_along_axis(x, labels[..., None], -1)[..., 0]


def _entropy_slope(x: Any, *, labels: Any) -> Any:
    """Return softmax(x) less 1 at the label; there as minus the sum of the others."""
    e = np.exp(x - np.maximum.reduce(x, axis=-1, keepdims=True))
    place = labels[..., None]
    chosen = np.take_along_axis(e, place, -1)
    np.put_along_axis(e, place, 0, -1)
    rest = np.add.reduce(e, axis=-1, keepdims=True)
    np.put_along_axis(e, place, -rest, -1)
    e /= rest + chosen
    return e


def _entropy_slope_ball(x: Any, *, labels: Any) -> Any:
    e = np.frompyfunc(arb.exp, 1, 1)(x)
    p = e / np.add.reduce(e, axis=-1, keepdims=True)
    return p - np.eye(x.shape[-1], dtype=np.int8)[labels]


entropy_slope = op(
    "entropy_slope",
    _entropy_slope,
    kind="general",
    vjp=lambda g, y, x, labels: softmax_rule(g, softmax(x, -1), x, -1),
    jvp=(lambda t, y, x, labels: softmax_rule(t, softmax(x, -1), x, -1),),
    ball=_entropy_slope_ball,
    rounding=3,
    length=_width,
    slope="softmax_cross_entropy",
    sympy="softmax(x, -1) - eye(x.shape[-1])[labels]",
)
_entropy_op = op(
    "softmax_cross_entropy",
    _entropies,
    kind="general",
    vjp=lambda g, y, x, labels: g.reshape((*shape_of(g), 1)) * entropy_slope(x, labels=labels),
    jvp=(lambda t, y, x, labels: sum_(t * entropy_slope(x, labels=labels), -1),),
    ball=_entropies_ball,
    rounding=3,
    length=_width,
    sympy="logsumexp(x, -1) - x[range(len(x)), labels]",
    jax="nn.log_softmax",
)


def softmax_cross_entropy(logits: Any, labels: Any) -> Any:
    """Return -log softmax(logits)[label] for each row; labels are integers."""
    return _entropy_op(logits, labels=np.asarray(base(labels)))


def binary_cross_entropy(logits: Any, targets: Any) -> Any:
    """Return -t log σ(z) - (1 - t) log(1 - σ(z)), as max(z, 0) - z t + log1p(exp(-|z|))."""
    return maximum(logits, 0) - logits * targets + log1p(exp(-abs_(logits)))


# Tables and masks
def embedding(table: Any, indices: Any) -> Any:
    """Return rows of a table."""
    return table[np.asarray(base(indices))]


def one_hot(indices: Any, classes: int, dtype: Any = np.float32) -> Any:
    """Return rows with a 1 at each index; a constant."""
    return np.eye(classes, dtype=dtype)[np.asarray(base(indices))]


def dropout(x: Any, mask: Any, rate: float) -> Any:
    """Return x with what the mask keeps scaled by 1/(1 - rate), and 0 elsewhere."""
    return where(mask, x * (1 / (1 - rate)), 0)
