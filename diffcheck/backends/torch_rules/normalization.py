"""Layers that centre and scale: over the last axes, over groups of channels, over a batch."""

from __future__ import annotations

from math import prod
from typing import Any, Final

import sympy

from diffcheck.backends.torch_rules.reader import Reader, Ref, Rule, reshaped
from diffcheck.backends.torch_rules.reductions import centred_variance
from diffcheck.truth.arrays.expand import exact_number


def _normalized(r: Reader, x: Any, middle: Any, scale: Any, weight: Any, bias: Any) -> Ref:
    """Return (x - mean)·scale·weight + bias."""
    y = r.elementwise(lambda a, m, s: (a - m) * s, x, middle, scale)
    if weight is not None:
        y = r.elementwise(lambda a, w: a * w, y, weight)
    return y if bias is None else r.elementwise(lambda a, b: a + b, y, bias)


def _scale(r: Reader, variance: Any, eps: float) -> Ref:
    return r.elementwise(lambda v: 1 / sympy.sqrt(v + exact_number(eps)), variance)


def _layer_norm(r: Reader, x: Any, shape: Any, weight: Any, bias: Any, eps: float) -> Any:
    variance, middle = centred_variance(r, x, list(range(-len(shape), 0)), 0)
    scale = _scale(r, variance, eps)
    return _normalized(r, x, middle, scale, weight, bias), middle, scale


def _channels(r: Reader, a: Any, ndim: int) -> Any:
    """Return one number a channel, of the second axis, as what broadcasts against the input."""
    if a is None:
        return None
    size = r.shape(a)[0]
    return reshaped(r, a, (1, size, *[1] * (ndim - 2)))


def batch_norm(
    r: Reader, x: Any, weight: Any, bias: Any, running_mean: Any, running_variance: Any,
    training: bool, momentum: float, eps: float,
) -> Any:  # fmt: skip
    """Return the batch normalized by its own statistics, or by those that are given."""
    del momentum
    ndim = len(r.shape(x))
    if training:
        dims = [k for k in range(ndim) if k != 1]
        variance, middle = centred_variance(r, x, dims, 0)
    else:
        variance, middle = (_channels(r, a, ndim) for a in (running_variance, running_mean))
    scale = _scale(r, variance, eps)
    y = _normalized(r, x, middle, scale, _channels(r, weight, ndim), _channels(r, bias, ndim))
    flat = (r.shape(x)[1],)
    return y, reshaped(r, middle, flat), reshaped(r, scale, flat)


def _legit(r: Reader, x: Any, weight: Any, bias: Any, *rest: Any) -> Any:
    """Return `_native_batch_norm_legit`, whose overload without statistics trains."""
    given = rest if len(rest) == 5 else (None, None, *rest)
    return batch_norm(r, x, weight, bias, *given)


def _not_training(
    r: Reader, x: Any, weight: Any, bias: Any, mean: Any, variance: Any, momentum: float, eps: float
) -> Any:  # fmt: skip
    return batch_norm(r, x, weight, bias, mean, variance, False, momentum, eps)


def group_norm(
    r: Reader, x: Any, weight: Any, bias: Any, batch: int, channels: int, size: int, groups: int,
    eps: float,
) -> Any:  # fmt: skip
    """Return each group of channels of each sample normalized by its own statistics."""
    del size
    shape = r.shape(x)
    rows = reshaped(r, x, (batch, groups, prod(shape) // max(batch * groups, 1)))
    variance, middle = centred_variance(r, rows, [2], 0)
    scale = _scale(r, variance, eps)
    y = reshaped(r, _normalized(r, rows, middle, scale, None, None), shape)
    for a, combine in ((weight, lambda p, q: p * q), (bias, lambda p, q: p + q)):
        if a is not None:
            y = r.elementwise(combine, y, _channels(r, a, len(shape)))
    assert channels == shape[1]
    return y, reshaped(r, middle, (batch, groups)), reshaped(r, scale, (batch, groups))


NORMALIZATION: Final[dict[str, Rule]] = {
    "_native_batch_norm_legit": _legit,
    "_native_batch_norm_legit_no_training": _not_training,
    "native_batch_norm": batch_norm,
    "native_group_norm": group_norm,
    "native_layer_norm": _layer_norm,
}
