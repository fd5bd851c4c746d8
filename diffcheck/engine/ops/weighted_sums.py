"""Logarithms of weighted sums of exponentials, with SciPy's arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from diffcheck.engine.ops.choices import abs as abs_
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.comparison import (
    isfinite,
    less,
    logical_and,
    logical_or,
    not_equal,
    sign,
    stop_gradient,
)
from diffcheck.engine.ops.exponential import exp, log
from diffcheck.engine.ops.joining import asarray
from diffcheck.engine.ops.neural import logsumexp as of_exponentials
from diffcheck.engine.ops.reduction import Axis
from diffcheck.engine.ops.reduction import max as max_
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.values import ones_like


def logsumexp(
    x: Any,
    axis: Axis = None,
    b: Any = None,
    keepdims: bool = False,
    return_sign: bool = False,
) -> Any:
    """Return log of the sum of b exp(x) along axes, b = 1 by default; its gradient is softmax.

    Of a negative sum it is a nan, unless its sign is asked for beside the logarithm of its size.
    Terms of weight 0 are left out where their exponential overflows.
    """
    if b is None:
        y = of_exponentials(x, axis, keepdims=keepdims)
        return (y, ones_like(y)) if return_sign else y
    b = asarray(b)
    told = not_equal(b, 0)
    top = stop_gradient(max_(where(told, x, -np.inf), axis, keepdims=True))  # it cancels
    any_told = isfinite(top)
    top = where(any_told, top, 0)
    with np.errstate(over="ignore"):
        small = isfinite(exp(stop_gradient(x) - top))
    kept = logical_or(told, logical_and(any_told, small))
    terms = where(kept, b * exp(where(kept, x, top) - top), 0)
    total = sum_(terms, axis, keepdims=keepdims)
    y = log(abs_(total)) + (top if keepdims else sum_(top, axis))
    return (y, sign(total)) if return_sign else where(less(total, 0), np.nan, y)
