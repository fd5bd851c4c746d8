"""Reductions along axes, and running ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from diffcheck.backends.jax_exact.values import is_float, move, positions, taken, xp

Axes = Sequence[int]


def _reduced(float_form: Any, numpy_form: Any) -> Callable[..., Any]:
    def apply(x: Any, *, axes: Axes) -> Any:
        form = float_form if is_float(x) else numpy_form
        return form(x, axis=tuple(axes)) if axes else x

    return apply


def _position(float_form: Any, numpy_form: Any) -> Callable[..., Any]:
    def apply(x: Any, *, axes: Axes, index_dtype: Any) -> Any:
        form = float_form if is_float(x) else numpy_form
        return np.asarray(form(x, axis=axes[0])).astype(index_dtype)

    return apply


def _sums(x: Any, *, axis: int, reverse: bool) -> Any:
    """Return running sums: one operation on the tape, where others have one for each element."""
    x = _flip(x, dimensions=(axis,)) if reverse else x
    y = xp.cumsum(x, axis=axis) if is_float(x) else np.cumsum(x, axis=axis)
    return _flip(y, dimensions=(axis,)) if reverse else y


def _running(combine: Callable[[Any, Any], Any], numpy_form: Any) -> Callable[..., Any]:
    """Return a running reduction, one element after another along the axis."""

    def apply(x: Any, *, axis: int, reverse: bool) -> Any:
        x = _flip(x, dimensions=(axis,)) if reverse else x
        y = _in_order(x, axis) if is_float(x) else numpy_form(x, axis=axis)
        return _flip(y, dimensions=(axis,)) if reverse else y

    def _in_order(x: Any, axis: int) -> Any:
        at = positions(x.shape)
        rows = [taken([x], at.take(i, axis)) for i in range(x.shape[axis])]
        for i in range(1, len(rows)):
            rows[i] = combine(rows[i - 1], rows[i])
        return xp.stack(rows, axis=axis) if rows else x

    return apply


_flip = move(lambda x, *, dimensions: np.flip(x, dimensions))


def _cumulative_logsumexp(x: Any, *, axis: int, reverse: bool) -> Any:
    return xp.log(REDUCTIONS["cumsum"](xp.exp(x), axis=axis, reverse=reverse))


REDUCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "argmax": _position(xp.argmax, np.argmax),
    "argmin": _position(xp.argmin, np.argmin),
    "cumlogsumexp": _cumulative_logsumexp,
    "cummax": _running(xp.maximum, np.maximum.accumulate),
    "cummin": _running(xp.minimum, np.minimum.accumulate),
    "cumprod": _running(xp.multiply, np.cumprod),
    "cumsum": _sums,
    "reduce_and": _reduced(None, np.all),
    "reduce_max": _reduced(xp.max, np.max),
    "reduce_min": _reduced(xp.min, np.min),
    "reduce_or": _reduced(None, np.any),
    "reduce_prod": _reduced(xp.prod, np.prod),
    "reduce_sum": _reduced(xp.sum, np.sum),
    "reduce_xor": _reduced(None, np.bitwise_xor.reduce),
}
