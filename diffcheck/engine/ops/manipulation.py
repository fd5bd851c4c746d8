# ruff: noqa: ARG005 - rules share one signature
"""Shapes and positions: ops that move numbers and round nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from diffcheck.engine.broadcasting import unbroadcast
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import axis_of, base, shape_of

_reshape: Entry = op(
    "reshape",
    lambda x, *, shape: x.reshape(shape) if type(x) is np.ndarray else np.reshape(x, shape),
    kind="linear",
    vjp=lambda g, y, x, shape: _reshape(g, shape=shape_of(x)),
    rounding=0,
    jax="reshape",
    sympy="reshape(x, shape)",
)
_broadcast_to = op(
    "broadcast_to",
    lambda x, *, shape: np.broadcast_to(x, shape),
    kind="linear",
    vjp=lambda g, y, x, shape: unbroadcast(g, shape_of(x)),
    rounding=0,
    jax="broadcast_to",
    sympy="broadcast_to(x, shape)",
)
_permute_dims: Entry = op(
    "permute_dims",
    lambda x, *, axes: x.transpose(axes) if type(x) is np.ndarray else np.transpose(x, axes),
    kind="linear",
    vjp=lambda g, y, x, axes: _permute_dims(g, axes=inverse_permutation(axes)),
    rounding=0,
    jax="permute_dims",
    sympy="permute_dims(x, axes)",
)
matrix_transpose: Entry = op(
    "matrix_transpose",
    lambda x: x.swapaxes(-1, -2),
    kind="linear",
    vjp=lambda g, y, x: matrix_transpose(g),
    rounding=0,
    jax="matrix_transpose",
    sympy="matrix_transpose(x)",
)
_astype: Entry = op(
    "astype",
    lambda x, *, dtype: x.astype(dtype),
    kind="linear",
    vjp=lambda g, y, x, dtype: _astype(g, dtype=x.dtype),
    ball=lambda x, *, dtype: x,
    jax="astype",
    sympy="x",
)


def inverse_permutation(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the permutation that undoes `axes`."""
    places = [a % len(axes) for a in axes]
    return tuple(sorted(range(len(axes)), key=places.__getitem__))


def reshape(
    x: Any, shape: int | tuple[int, ...], order: str | None = "C", *, copy: bool | None = None
) -> Any:
    """Return x in another shape; one length may be -1.

    The last axis runs fastest, in order "F" the first one, in "A" the one that does in memory.
    """
    del copy  # nothing can be written into a tensor
    if order not in (None, "C") and _runs_backward(x, order):
        turned = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)[::-1]
        return permute_dims(reshape(permute_dims(x), turned))
    full = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if -1 in full:
        rest = -math.prod(full)
        full = tuple(math.prod(shape_of(x)) // max(rest, 1) if n == -1 else n for n in full)
    return _reshape(x, shape=full)


def _runs_backward(x: Any, order: str) -> bool:
    """Whether the first axis is to run fastest."""
    if order not in ("F", "A"):
        raise ValueError(f"order {order!r}: expected 'C', 'F' or 'A'")
    flags = getattr(base(x), "flags", None)
    return order == "F" or (flags is not None and flags.fnc)


def broadcast_to(x: Any, shape: tuple[int, ...]) -> Any:
    """Return x repeated along new and stretched axes."""
    return x if shape_of(x) == tuple(shape) else _broadcast_to(x, shape=tuple(shape))


def permute_dims(x: Any, axes: tuple[int, ...] | None = None) -> Any:
    """Return x with its axes in another order, reversed by default."""
    return _permute_dims(x, axes=tuple(range(len(shape_of(x)))[::-1]) if axes is None else axes)


def astype(x: Any, dtype: Any, *, copy: bool = True, device: Any = None) -> Any:
    """Return x in another dtype; balls stay balls."""
    del copy, device  # nothing can be written into a tensor; there is one device
    return _astype(x, dtype=dtype)


def _axes(axis: int | tuple[int, ...], ndim: int) -> tuple[int, ...]:
    return tuple(
        axis_of(a, ndim) for a in ((axis,) if isinstance(axis, (int, np.integer)) else axis)
    )


def expand_dims(x: Any, axis: int | tuple[int, ...] = 0) -> Any:
    """Return x with new axes of length 1 at the given places of the result."""
    shape = iter(shape_of(x))
    ndim = len(shape_of(x)) + (1 if isinstance(axis, (int, np.integer)) else len(axis))
    new = _axes(axis, ndim)
    return reshape(x, tuple(1 if a in new else next(shape) for a in range(ndim)))


def squeeze(x: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """Return x without axes of length 1: all of them by default; `ValueError` for longer ones."""
    shape = shape_of(x)
    ones = tuple(a for a, n in enumerate(shape) if n == 1)
    gone = ones if axis is None else _axes(axis, len(shape))
    if not set(gone) <= set(ones):
        raise ValueError(f"squeeze of axes {gone} from shape {shape}: only length 1 can go")
    return reshape(x, tuple(n for a, n in enumerate(shape) if a not in gone))


def flip(x: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """Return x in reverse order along axes, all of them by default."""
    return _flip(x, axis=tuple(range(len(shape_of(x)))) if axis is None else axis)


def roll(x: Any, shift: int | tuple[int, ...], axis: int | tuple[int, ...] | None = None) -> Any:
    """Return x shifted cyclically along axes."""
    return _roll(x, shift=shift, axis=axis)


def moveaxis(x: Any, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Any:
    """Return x with axes moved to other places, the rest in their order."""
    rank = len(shape_of(x))
    moved, places = _axes(source, rank), _axes(destination, rank)
    order = [a for a in range(rank) if a not in moved]
    for place, axis in sorted(zip(places, moved, strict=True)):
        order.insert(place, axis)
    return permute_dims(x, tuple(order))


def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Return x with two axes exchanged."""
    order = list(range(len(shape_of(x))))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return permute_dims(x, tuple(order))


def ravel(x: Any, order: str = "C") -> Any:
    """Return x as a vector, its axes in one of the orders of `reshape`."""
    return reshape(x, -1, order)


def tril(x: Any, k: int = 0) -> Any:
    """Return the lower triangle of the last two axes, zeros above diagonal k."""
    return _tril(x, k=k)


def triu(x: Any, k: int = 0) -> Any:
    """Return the upper triangle of the last two axes, zeros below diagonal k."""
    return _triu(x, k=k)


def tile(x: Any, repetitions: int | tuple[int, ...]) -> Any:
    """Return x repeated as a whole along each axis."""
    counts = (repetitions,) if isinstance(repetitions, int) else tuple(repetitions)
    shape = shape_of(x)
    rank = max(len(shape), len(counts))
    shape = (1,) * (rank - len(shape)) + shape
    counts = (1,) * (rank - len(counts)) + counts
    spread = tuple(n for pair in zip(counts, shape, strict=True) for n in pair)
    thin = tuple(n for length in shape for n in (1, length))
    full = tuple(c * n for c, n in zip(counts, shape, strict=True))
    return reshape(broadcast_to(reshape(x, thin), spread), full)


_flip: Entry = op(
    "flip",
    lambda x, *, axis: np.flip(x, axis),
    kind="linear",
    vjp=lambda g, y, x, axis: _flip(g, axis=axis),
    rounding=0,
    jax="flip",
    sympy="flip(x, axis)",
)
_roll: Entry = op(
    "roll",
    lambda x, *, shift, axis: np.roll(x, shift, axis),
    kind="linear",
    vjp=lambda g, y, x, shift, axis: _roll(
        g, shift=-shift if isinstance(shift, int) else tuple(-s for s in shift), axis=axis
    ),
    rounding=0,
    jax="roll",
    sympy="roll(x, shift, axis)",
)
_tril: Entry = op(
    "tril",
    lambda x, *, k: np.tril(x, k),
    kind="linear",
    vjp=lambda g, y, x, k: _tril(g, k=k),
    selects="rule",
    rounding=0,
    jax="tril",
    sympy="tril(x, k)",
)
_triu: Entry = op(
    "triu",
    lambda x, *, k: np.triu(x, k),
    kind="linear",
    vjp=lambda g, y, x, k: _triu(g, k=k),
    selects="rule",
    rounding=0,
    jax="triu",
    sympy="triu(x, k)",
)
