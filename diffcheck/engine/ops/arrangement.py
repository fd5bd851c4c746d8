"""Splitting, padding, differences and other functions that are arrangements of simpler ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from diffcheck.engine.ops.choices import clip, maximum, minimum, where
from diffcheck.engine.ops.comparison import equal, less
from diffcheck.engine.ops.einsum import tensordot
from diffcheck.engine.ops.indexing import diagonal, getitem, take_along_axis
from diffcheck.engine.ops.joining import asarray, concat
from diffcheck.engine.ops.manipulation import (
    astype,
    broadcast_to,
    flip,
    moveaxis,
    reshape,
    swapaxes,
)
from diffcheck.engine.ops.predicates import searchsorted
from diffcheck.engine.ops.reduction import argsort
from diffcheck.engine.ops.reduction import sum as sum_
from diffcheck.engine.ops.rounding import remainder
from diffcheck.engine.tensor import axis_of, base, is_recorded, looked_into, shape_of


def _along(axis: int, part: Any) -> tuple[Any, ...]:
    return (*(slice(None),) * axis, part)


def unstack(x: Any, *, axis: int = 0) -> tuple[Any, ...]:
    """Return the layers of x along an axis."""
    axis = axis_of(axis, len(shape_of(x)))
    return tuple(getitem(x, index=_along(axis, k)) for k in range(shape_of(x)[axis]))


def array_split(x: Any, parts: int | Sequence[int], axis: int = 0) -> list[Any]:
    """Return x cut into a number of nearly equal parts, or at given places."""
    axis = axis_of(axis, len(shape_of(x)))
    n = shape_of(x)[axis]
    if isinstance(parts, int):
        each, rest = divmod(n, parts)
        ends = np.cumsum([each + (k < rest) for k in range(parts)]).tolist()
    else:
        ends = [*parts, n]
    starts = [0, *ends[:-1]]
    pieces = zip(starts, ends, strict=True)
    return [getitem(x, index=_along(axis, slice(a, b))) for a, b in pieces]


def split(x: Any, parts: int | Sequence[int], axis: int = 0) -> list[Any]:
    """Return x cut into equal parts; raises `ValueError` where they cannot be equal."""
    if isinstance(parts, int) and shape_of(x)[axis] % parts:
        raise ValueError(f"split: axis {axis} of length {shape_of(x)[axis]} in {parts} parts")
    return array_split(x, parts, axis)


def hsplit(x: Any, parts: int | Sequence[int]) -> list[Any]:
    """Return x cut along its second axis, or its only one."""
    return split(x, parts, 1 if len(shape_of(x)) > 1 else 0)


def vsplit(x: Any, parts: int | Sequence[int]) -> list[Any]:
    """Return x cut along its first axis."""
    return split(x, parts, 0)


def dsplit(x: Any, parts: int | Sequence[int]) -> list[Any]:
    """Return x cut along its third axis."""
    return split(x, parts, 2)


def broadcast_arrays(*arrays: Any) -> tuple[Any, ...]:
    """Return arrays broadcast against each other."""
    shape = np.broadcast_shapes(*map(shape_of, arrays))
    return tuple(broadcast_to(a, shape) for a in arrays)


def meshgrid(
    *arrays: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy"
) -> tuple[Any, ...]:
    """Return coordinate matrices of coordinate vectors, thin ones if `sparse`."""
    del copy
    rank = len(arrays)
    places = list(range(rank))
    if indexing == "xy" and rank > 1:
        places[:2] = 1, 0
    shape = [0] * rank
    for place, a in zip(places, arrays, strict=True):
        shape[place] = shape_of(a)[0] if shape_of(a) else 1
    spread = []
    for place, a in zip(places, arrays, strict=True):
        thin = [1] * rank
        thin[place] = shape[place]
        narrow = reshape(a, tuple(thin))
        spread.append(narrow if sparse else broadcast_to(narrow, tuple(shape)))
    return tuple(spread)


def diff(x: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Return the n-th differences along an axis."""
    axis = axis_of(axis, len(shape_of(x)))
    thin = (*shape_of(x)[:axis], 1, *shape_of(x)[axis + 1 :])
    given = [part for part in (prepend, x, append) if part is not None]
    parts = [part if shape_of(part) else broadcast_to(part, thin) for part in given]
    x = concat(parts, axis=axis) if len(parts) > 1 else x
    for _ in range(n):
        upper = getitem(x, index=_along(axis, slice(1, None)))
        x = upper - getitem(x, index=_along(axis, slice(None, -1)))
    return x


def gradient(
    x: Any, *spacings: Any, axis: int | Sequence[int] | None = None, edge_order: int = 1
) -> Any:
    """Return central differences along each axis, one-sided at its ends, as NumPy's.

    A spacing is a number or the coordinates along an axis, 1 by default; one stands for all axes.
    The answer is a tuple if there are several axes.
    """
    rank = len(shape_of(x))
    axes = range(rank) if axis is None else (axis,) if isinstance(axis, int) else axis
    steps = spacings or (1.0,)
    each = steps * len(axes) if len(steps) == 1 else steps
    slopes = tuple(
        _slope(x, h, axis_of(a, rank), edge_order) for h, a in zip(each, axes, strict=True)
    )
    return slopes[0] if len(slopes) == 1 else slopes


def _slope(x: Any, spacing: Any, axis: int, edge_order: int) -> Any:
    """Return differences along one axis; with unequal steps they are weighted to second order."""
    n = shape_of(x)[axis]
    if n <= edge_order or shape_of(spacing) not in ((), (n,)):
        raise ValueError(
            f"gradient along an axis of length {n}: expected more than {edge_order} elements, and "
            f"one step or as many places, got a spacing of shape {shape_of(spacing)}"
        )

    def at(start: int | None, stop: int | None) -> Any:
        return getitem(x, index=_along(axis, slice(start, stop)))

    if shape_of(spacing):
        spacing = asarray(spacing)
        thin = (-1,) + (1,) * (len(shape_of(x)) - axis - 1)
        step = reshape(spacing[1:] - spacing[:-1], thin)
        before, after = step[:-1], step[1:]
        forward, backward = at(2, None) - at(1, -1), at(1, -1) - at(None, -2)
        total = before + after
        inner = forward * (before / (after * total)) + backward * (after / (before * total))
        steps = step[:1], step[1:2], step[-2:-1], step[-1:]
    else:
        inner = (at(2, None) - at(None, -2)) / (2 * spacing)
        steps = (spacing,) * 4
    first, last = (at(1, 2) - at(0, 1)) / steps[0], (at(-1, None) - at(-2, -1)) / steps[3]
    if edge_order == 2:
        second, third = (at(2, 3) - at(1, 2)) / steps[1], (at(-2, -1) - at(-3, -2)) / steps[2]
        first = first - (second - first) * (steps[0] / (steps[0] + steps[1]))
        last = last + (last - third) * (steps[3] / (steps[2] + steps[3]))
    return like(x, concat([first, inner, last], axis=axis))


def like(x: Any, y: Any) -> Any:
    """Return y in the dtype of x, if that is one of floating point."""
    dtype = base(x).dtype
    return astype(y, dtype) if dtype.kind in "fcV" and base(y).dtype != dtype else y


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the integral along an axis by the trapezoidal rule, over coordinates x or steps dx."""
    axis = axis_of(axis, len(shape_of(y)))
    upper = getitem(y, index=_along(axis, slice(1, None)))
    lower = getitem(y, index=_along(axis, slice(None, -1)))
    if x is not None:
        x = asarray(x)
        whole = len(shape_of(x)) > 1
        dx = diff(x, axis=axis if whole else -1)
        dx = dx if whole else reshape(dx, (-1,) + (1,) * (len(shape_of(y)) - axis - 1))
    return sum_((upper + lower) * (dx / 2), axis)


def rot90(x: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """Return x turned by k right angles, from the first axis towards the second."""
    for _ in range(k % 4):
        x = flip(swapaxes(x, *axes), axes[0])
    return x


def fliplr(x: Any) -> Any:
    """Return x in reverse order along its second axis."""
    return flip(x, 1)


def flipud(x: Any) -> Any:
    """Return x in reverse order along its first axis."""
    return flip(x, 0)


def rollaxis(x: Any, axis: int, start: int = 0) -> Any:
    """Return x with an axis moved before another."""
    rank = len(shape_of(x))
    axis, start = axis_of(axis, rank), start if start == rank else axis_of(start, rank)
    return moveaxis(x, axis, start - 1 if axis < start else start)


def diag(x: Any, k: int = 0) -> Any:
    """Return the diagonal of a matrix, or the matrix with a vector as its diagonal."""
    if len(shape_of(x)) > 1:
        return diagonal(x, k)
    n = shape_of(x)[0]
    places = np.eye(n + abs(k), k=k, dtype=np.int8)[max(-k, 0) :][:n]
    rows = reshape(x, (-1, 1)) * places
    empty = np.zeros((abs(k), n + abs(k)), dtype=np.int8)
    if not k:
        return rows
    return concat([rows, empty] if k > 0 else [empty, rows])


def diagonal_between(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return a diagonal of two axes, the first two by default, as NumPy's `diagonal`."""
    return diagonal(moveaxis(x, (axis1, axis2), (-2, -1)), offset)


def trace_between(
    x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None
) -> Any:
    """Return the sum along a diagonal of two axes, the first two by default, as NumPy's `trace`."""
    return sum_(diagonal_between(x, offset, axis1, axis2), -1, dtype)


def inner(a: Any, b: Any) -> Any:
    """Return the inner products over the last axes."""
    if not shape_of(a) or not shape_of(b):
        return a * b
    return tensordot(a, b, axes=((-1,), (-1,)))


def partition(x: Any, kth: int | Sequence[int], axis: int | None = -1) -> Any:
    """Return x with its k-th smallest element in place, smaller ones before it; here: sorted.

    An ascending order is a partition for every k; `ValueError` if there is no k-th.
    """
    x, axis = (reshape(x, -1), 0) if axis is None else (x, axis)
    n = shape_of(x)[axis_of(axis, len(shape_of(x)))]
    if not all(-n <= k < n for k in np.ravel(kth)):
        raise ValueError(f"partition: no element number {kth} among {n}")
    return take_along_axis(x, argsort(x, axis), axis)


def atleast_1d(*arrays: Any) -> Any:
    """Return x with one axis at least; several give a tuple."""
    return _each(lambda x: x if shape_of(x) else reshape(x, (1,)), arrays)


def atleast_2d(*arrays: Any) -> Any:
    """Return x with two axes at least, new ones first; several give a tuple."""

    def two(x: Any) -> Any:
        rank = len(shape_of(x))
        return x if rank > 1 else reshape(x, (1,) * (2 - rank) + shape_of(x))

    return _each(two, arrays)


def atleast_3d(*arrays: Any) -> Any:
    """Return x with three axes at least, as NumPy places them; several give a tuple."""

    def three(x: Any) -> Any:
        shape = shape_of(x)
        if len(shape) > 2:
            return x
        full = {0: (1, 1, 1), 1: (1, *shape, 1), 2: (*shape, 1)}[len(shape)]
        return reshape(x, full)

    return _each(three, arrays)


def _each(function: Any, arrays: tuple[Any, ...]) -> Any:
    return function(arrays[0]) if len(arrays) == 1 else tuple(map(function, arrays))


def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: float | None = None
) -> Any:
    """Return piecewise linear interpolation; differentiable in x, in the nodes and in fp.

    Outside it is constant: `left` and `right`, by default the first and last of fp; or it is
    repeated with a period.
    """
    weak = getattr(base(x), "dtype", None)
    weak = weak if weak is not None and weak.kind in "fV" else None  # a list takes the dtype of x
    nodes = asarray(xp)
    nodes = nodes if weak is None or base(nodes).dtype == weak else astype(nodes, weak)
    fp = asarray(fp, dtype=weak if isinstance(fp, (list, tuple)) else None)
    if period is not None:
        if not is_recorded(period) and not looked_into(period):
            raise ValueError("interp: a period of 0")
        x, nodes, fp = _repeated(x, nodes, fp, abs(period))
        left = right = None
    n = shape_of(nodes)[0]
    if not n or shape_of(fp) != (n,):
        raise ValueError(f"interp: values of shape {shape_of(fp)} at {n} nodes")
    ends = nodes[0], nodes[n - 1]
    t = clip(x, *map(float, ends)) if isinstance(nodes, np.ndarray) else clip(x, *ends)
    place = searchsorted(nodes, x, side="right")
    before, after = maximum(place - 1, 0), minimum(place, n - 1)  # outside they are one node
    below, above = getitem(nodes, index=before), getitem(nodes, index=after)
    low, high = getitem(fp, index=before), getitem(fp, index=after)
    flat = equal(below, above)
    rise = where(flat, 0, high) - where(flat, 0, low)  # of an infinite end, too
    y = low + rise * ((t - below) / where(flat, 1, above - below))
    y = y if left is None else where(less(x, ends[0]), left, y)
    return y if right is None else where(less(ends[1], x), right, y)


def _repeated(x: Any, nodes: Any, fp: Any, period: float) -> tuple[Any, Any, Any]:
    """Return x and the nodes within one period, and the nodes beyond its ends."""
    nodes = remainder(nodes, period)
    order = argsort(nodes)
    nodes, fp = getitem(nodes, index=order), getitem(fp, index=order)
    wide = concat([nodes[-1:] - period, nodes, nodes[:1] + period])
    return remainder(x, period), wide, concat([fp[-1:], fp, fp[:1]])


def unwrap(
    p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * np.pi
) -> Any:
    """Return phases with jumps of more than half a period, or `discont`, taken out."""
    plain = np.asarray(looked_into(p))
    with np.errstate(invalid="ignore"):
        turns = np.round((np.unwrap(plain, discont, axis, period=period) - plain) / period)
    return p + turns * period
