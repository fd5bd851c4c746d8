# ruff: noqa: A001, ARG001, ARG005 - NumPy's names shadow builtins; rules share one signature
"""Sums, products, means and extremes along axes.

To first order a gradient of terms of one sign is off by at most 8 n u of its largest component, n
the count of terms (`diffcheck.studies.accuracy.matrices` holds it against balls).
"""

from __future__ import annotations

import math
from functools import cmp_to_key, lru_cache
from typing import Any

import numpy as np

from diffcheck.engine.ball_trace import BALLS, ball_array, is_ball
from diffcheck.engine.binding import plain_form
from diffcheck.engine.broadcasting import spread
from diffcheck.engine.ops.choices import maximum, minimum, where
from diffcheck.engine.ops.comparison import ball_less, equal, isnan, logical_or
from diffcheck.engine.ops.indexing import take_along_axis
from diffcheck.engine.ops.joining import concat
from diffcheck.engine.ops.manipulation import astype, broadcast_to, flip, permute_dims, reshape
from diffcheck.engine.ops.precision import through_single
from diffcheck.engine.ops.rows import is_short, row_totals
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import axis_of, base, shape_of, tensor_of
from diffcheck.engine.values import ones_like

Axis = int | tuple[int, ...] | None


def axes_of(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return the axes as a tuple of non-negative numbers; None stands for all of them."""
    if axis is None or ndim == 0:  # a number has an axis -1 to NumPy's reductions
        return tuple(range(ndim))
    return tuple(
        axis_of(a, ndim) for a in ((axis,) if isinstance(axis, (int, np.integer)) else axis)
    )


def count_of(x: Any, axis: Axis) -> int:
    """Return how many elements one result of a reduction over `axis` combines."""
    shape = shape_of(x)
    return math.prod(shape[a] for a in axes_of(axis, len(shape)))


def expand(g: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """Return a reduced array with its reduced axes back, of length 1."""
    return reshape(g, _with_ones(shape, axis))


@lru_cache(maxsize=256)
def _with_ones(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    reduced = axes_of(axis, len(shape))
    return tuple(1 if a in reduced else n for a, n in enumerate(shape))


def _length(x: Any, *, axis: Axis = None, keepdims: bool = False) -> int:
    return count_of(x, axis)


def _to_terms_of_array(g: Any, y: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return a cotangent that stands for its broadcast: without axes it is broadcast fastest."""
    if axis is None and x.ndim:
        return np.asarray(g).reshape(())
    return g.reshape(_with_ones(x.shape, axis))


@plain_form(_to_terms_of_array)
def _to_terms(g: Any, y: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    return spread(expand(g, shape_of(x), axis), shape_of(x))


def _total(x: Any, *, axis: Axis = None, keepdims: bool = False) -> Any:
    if is_short(x, axis):
        return row_totals(x, keepdims=keepdims)
    return np.add.reduce(x, axis=axis, keepdims=keepdims)  # type: ignore[call-overload]  # the stubs want a literal


_sum = op(
    "sum",
    _total,
    kind="linear",
    vjp=_to_terms,
    length=_length,
    sympy="sum(x, axis, keepdims=keepdims)",
    jax="sum",
)


def sum(
    x: Any,
    axis: Axis = None,
    dtype: Any = None,
    *,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """Sum along axes, in the dtype of x or another; from `initial`, of what is chosen `where`."""
    x = _cast(x, dtype)
    y = _sum(x if where is None else chosen(x, where, 0), axis=axis, keepdims=keepdims)
    return y if initial is None else initial + y


def chosen(x: Any, mask: Any, neutral: Any) -> Any:
    """Return x with something neutral for what a mask leaves out; no mask leaves nothing out."""
    return x if mask is None else where(broadcast_to(mask, shape_of(x)), x, neutral)


def chosen_count(x: Any, mask: Any, axis: Axis, *, keepdims: bool = False) -> Any:
    """Return how many elements one result combines of those that a mask chooses."""
    if mask is None:
        return count_of(x, axis)
    ones = astype(broadcast_to(mask, shape_of(x)), np.int64)
    count = _sum(ones, axis=axis, keepdims=keepdims)
    dtype = base(x).dtype
    return count if dtype.kind not in "fV" else astype(count, dtype)  # a float32 stays one


def _cast(x: Any, dtype: Any) -> Any:
    return x if dtype is None else astype(x, dtype)


@through_single
def mean(
    x: Any, axis: Axis = None, dtype: Any = None, *, keepdims: bool = False, where: Any = None
) -> Any:
    """Return the mean along axes, in the dtype of x or another, of what is chosen `where`."""
    total = _sum(chosen(_cast(x, dtype), where, 0), axis=axis, keepdims=keepdims)
    return total / chosen_count(x, where, axis, keepdims=keepdims)


# Extremes. Elements that attain it together share the cotangent equally.
def _share(x: Any, y: Any, axis: Axis) -> tuple[Any, Any]:
    """Return where x attains the extreme y, and the weight of one such element."""
    winners = logical_or(equal(x, expand(y, shape_of(x), axis)), isnan(x))  # a nan wins, too
    ties = _sum(winners, axis=axes_of(axis, winners.ndim), keepdims=True)
    if is_ball(x):
        return winners, 1 / tensor_of(ball_array(ties), BALLS, None)
    return winners, astype(1 / ties, x.dtype)  # 70,000 ties overflow a float16


def _to_winners(g: Any, y: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    winners, weight = _share(x, y, axis)
    return where(winners, expand(g, shape_of(x), axis) * weight, 0)


def _from_winners(t: Any, y: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    winners, weight = _share(x, y, axis)
    return sum(where(winners, t * weight, 0), axis, keepdims=keepdims)


def _extreme(choose: Any) -> Any:
    """Return the ball form of max or min: pairwise choices, undecided where balls overlap."""
    pairwise = np.frompyfunc(choose, 2, 1)

    def reduce(x: Any, *, axis: Axis = None, keepdims: bool = False) -> Any:
        axes = axes_of(axis, x.ndim)
        for a in sorted(axes, reverse=True):
            x = np.asarray(pairwise.reduce(x, axis=a), dtype=object)
        return np.expand_dims(x, axes) if keepdims else x

    return reduce


_max: Entry = op(
    "max",
    lambda x, *, axis=None, keepdims=False: np.maximum.reduce(x, axis=axis, keepdims=keepdims),
    kind="general",
    vjp=_to_winners,
    jvp=(_from_winners,),
    selects=(lambda x, axis=None, keepdims=False: _share(x, _max(x, axis=axis), axis)[0],),
    ball=_extreme(lambda a, b: b if ball_less(a, b) else a),
    rounding=0,
    sympy="max(x, axis, keepdims=keepdims)",
    jax="max",
)
_min: Entry = op(
    "min",
    lambda x, *, axis=None, keepdims=False: np.minimum.reduce(x, axis=axis, keepdims=keepdims),
    kind="general",
    vjp=_to_winners,
    jvp=(_from_winners,),
    selects=(lambda x, axis=None, keepdims=False: _share(x, _min(x, axis=axis), axis)[0],),
    ball=_extreme(lambda a, b: a if ball_less(a, b) else b),
    rounding=0,
    sympy="min(x, axis, keepdims=keepdims)",
    jax="min",
)


def _extreme_from(
    initial: Any, of: Any, of_two: Any, x: Any, axis: Axis, *, keepdims: bool, mask: Any
) -> Any:
    """Return an extreme of one more element, and of those that a mask chooses."""
    if initial is None:
        raise ValueError("an extreme of what a mask chooses needs an initial value: none may be")
    if not count_of(x, axis):
        return initial + _sum(x, axis=axis, keepdims=keepdims)
    return of_two(of(chosen(x, mask, initial), axis=axis, keepdims=keepdims), initial)


def max(
    x: Any,
    axis: Axis = None,
    *,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """Return the greatest element along axes; equal ones share the cotangent.

    With `initial` it counts as one more; of what is not chosen `where` none counts.
    """
    if initial is None and where is None:
        return _max(x, axis=axis, keepdims=keepdims)
    return _extreme_from(initial, _max, maximum, x, axis, keepdims=keepdims, mask=where)


def min(
    x: Any,
    axis: Axis = None,
    *,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """Return the least element along axes; equal ones share the cotangent.

    With `initial` it counts as one more; of what is not chosen `where` none counts.
    """
    if initial is None and where is None:
        return _min(x, axis=axis, keepdims=keepdims)
    return _extreme_from(initial, _min, minimum, x, axis, keepdims=keepdims, mask=where)


def _ranked(position: int) -> Any:
    """Return the ball form of argmin (position 0) or argmax (-1)."""

    def find(x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        order = argsort_balls(x.reshape(-1) if axis is None else x, axis=axis or 0)
        found = np.take(order, position, axis=axis or 0)
        return np.expand_dims(found, axis or 0) if keepdims else found

    return find


def argsort_balls(x: Any, *, axis: int = -1) -> Any:
    """Sort positions by value, stably; undecided where balls overlap."""

    def compare(row: Any) -> Any:
        def order(i: int, j: int) -> int:
            if row[i] is row[j]:
                return 0
            return -1 if ball_less(row[i], row[j]) else int(ball_less(row[j], row[i]))

        return np.array(sorted(range(len(row)), key=cmp_to_key(order)), dtype=np.int64)

    return np.apply_along_axis(compare, axis, x)


argmax = op(
    "argmax",
    np.argmax,
    kind="general",
    ball=_ranked(-1),
    rounding=0,
    jax="argmax",
    complex=False,
)
argmin = op(
    "argmin",
    np.argmin,
    kind="general",
    ball=_ranked(0),
    rounding=0,
    jax="argmin",
    complex=False,
)
_argsort = op(
    "argsort",
    lambda x, *, axis=-1: np.argsort(x, axis=axis, stable=True),
    kind="general",
    ball=argsort_balls,
    rounding=0,
    jax="argsort",
    complex=False,
)


def argsort(
    x: Any,
    axis: int | None = -1,
    *,
    descending: bool = False,
    stable: bool = True,
    kind: str | None = None,
) -> Any:
    """Return the positions that sort x along an axis, or as a vector; always stably."""
    del stable, kind
    x, axis = (reshape(x, -1), 0) if axis is None else (x, axis)
    if not descending:
        return _argsort(x, axis=axis)
    backward = _argsort(flip(x, axis), axis=axis)  # of equal ones the last is then the first
    return shape_of(x)[axis] - 1 - flip(backward, axis)


def sort(
    x: Any,
    axis: int | None = -1,
    *,
    descending: bool = False,
    stable: bool = True,
    kind: str | None = None,
) -> Any:
    """Return x in order along an axis, or as a vector; equal elements keep theirs."""
    del kind
    x, axis = (reshape(x, -1), 0) if axis is None else (x, axis)
    order = argsort(x, axis, descending=descending, stable=stable)
    return take_along_axis(x, order, axis)


def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return running sums along an axis, of x as a vector by default: NumPy's."""
    x, axis = (reshape(x, -1), 0) if axis is None else (x, axis)
    return cumulative_sum(x, axis, dtype=dtype)


def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """Return running products along an axis, of x as a vector by default: NumPy's."""
    x, axis = (reshape(x, -1), 0) if axis is None else (x, axis)
    return cumulative_prod(x, axis, dtype=dtype)


# Products: a tree of multiplications, so that no rule divides by an element, which may be 0.
def prod(
    x: Any,
    axis: Axis = None,
    dtype: Any = None,
    *,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = None,
) -> Any:
    """Return the product along axes, in the dtype of x or another.

    It starts from `initial`, and is of what is chosen `where`.
    """
    x = chosen(_cast(x, dtype), where, 1)
    shape = shape_of(x)
    axes = axes_of(axis, len(shape))
    kept = tuple(a for a in range(len(shape)) if a not in axes)
    rows = reshape(permute_dims(x, kept + axes), (*(shape[a] for a in kept), count_of(x, axis)))
    while (n := shape_of(rows)[-1]) > 1:
        rest = [rows[..., 2 * (n // 2) :]] if n % 2 else []
        pairs = rows[..., : n // 2] * rows[..., n // 2 : 2 * (n // 2)]
        rows = concat([pairs, *rest], axis=-1) if rest else pairs
    if shape_of(rows)[-1] == 0:
        rows = concat([rows, ones_like(sum(rows, -1, keepdims=True))], axis=-1)
    ones = tuple(1 if a in axes else n for a, n in enumerate(shape))
    y = reshape(rows, ones if keepdims else tuple(shape[a] for a in kept))
    return y if initial is None else initial * y


cumsum_op: Entry = op(
    "cumulative_sum",
    lambda x, *, axis: np.add.accumulate(x, axis=axis),
    kind="linear",
    vjp=lambda g, y, x, axis: flip(cumsum_op(flip(g, axis), axis=axis), axis),
    length=lambda x, axis: shape_of(x)[axis],
    jax="cumsum",
    sympy="cumulative_sum(x, axis)",
)


def cumulative_sum(
    x: Any, axis: int | None = None, *, dtype: Any = None, include_initial: bool = False
) -> Any:
    """Return running sums along an axis (of a vector by default), from 0 if so asked."""
    x, axis = _line(x, axis)
    y = cumsum_op(_cast(x, dtype), axis=axis)
    return _led_by(0, y, axis) if include_initial else y


def _line(x: Any, axis: int | None) -> tuple[Any, int]:
    """Return x and the axis to run along; only a vector or a number needs none."""
    rank = len(shape_of(x))
    if axis is None and rank > 1:
        raise ValueError(
            f"an array of shape {shape_of(x)} has more than one axis: name one of them"
        )
    return (x, axis_of(axis or 0, rank)) if rank else (reshape(x, (1,)), 0)


def _led_by(number: int, y: Any, axis: int) -> Any:
    """Return y with one number more before the others along an axis."""
    thin = list(shape_of(y))
    thin[axis] = 1
    return concat([np.full(thin, number, dtype=np.int8), y], axis=axis)


def cumulative_prod(
    x: Any, axis: int | None = None, *, dtype: Any = None, include_initial: bool = False
) -> Any:
    """Return running products along an axis, by doubling strides (Hillis and Steele 1986)."""
    x, axis = _line(x, axis)
    y = _running_product(_cast(x, dtype), axis)
    return _led_by(1, y, axis) if include_initial else y


def _running_product(x: Any, axis: int) -> Any:
    lead = (slice(None),) * axis
    stride, n = 1, shape_of(x)[axis]
    while stride < n:
        head, tail = x[*lead, :stride], x[*lead, stride:]
        x = concat([head, tail * x[*lead, : n - stride]], axis=axis)
        stride *= 2
    return x
