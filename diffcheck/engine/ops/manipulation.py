# ruff: noqa: ARG005 - rules share one signature
"""Shapes and positions: ops that move numbers and round nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from diffcheck.engine.broadcasting import unbroadcast
from diffcheck.engine.table import op
from diffcheck.engine.tensor import shape_of

_reshape = op(
    "reshape",
    lambda x, *, shape: np.reshape(x, shape),
    kind="linear",
    vjp=lambda g, y, x, shape: _reshape(g, shape=shape_of(x)),
    rounding=0,
    jax="reshape",
)
_broadcast_to = op(
    "broadcast_to",
    lambda x, *, shape: np.broadcast_to(x, shape),
    kind="linear",
    vjp=lambda g, y, x, shape: unbroadcast(g, shape_of(x)),
    rounding=0,
    jax="broadcast_to",
)
_permute_dims = op(
    "permute_dims",
    lambda x, *, axes: np.transpose(x, axes),
    kind="linear",
    vjp=lambda g, y, x, axes: _permute_dims(g, axes=inverse_permutation(axes)),
    rounding=0,
    jax="permute_dims",
)
matrix_transpose = op(
    "matrix_transpose",
    lambda x: np.swapaxes(x, -1, -2),
    kind="linear",
    vjp=lambda g, y, x: matrix_transpose(g),
    rounding=0,
    jax="matrix_transpose",
)
_astype = op(
    "astype",
    lambda x, *, dtype: x.astype(dtype),
    kind="linear",
    vjp=lambda g, y, x, dtype: _astype(g, dtype=x.dtype),
    ball=lambda x, *, dtype: x,
    jax="astype",
)


def inverse_permutation(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the permutation that undoes `axes`."""
    return tuple(int(a) for a in np.argsort([a % len(axes) for a in axes]))


def reshape(x: Any, shape: int | tuple[int, ...]) -> Any:
    """Return x in another shape, in C order; one length may be -1."""
    full = (shape,) if isinstance(shape, int) else tuple(shape)
    if -1 in full:
        rest = -math.prod(full)
        full = tuple(math.prod(shape_of(x)) // max(rest, 1) if n == -1 else n for n in full)
    return _reshape(x, shape=full)


def broadcast_to(x: Any, shape: tuple[int, ...]) -> Any:
    """Return x repeated along new and stretched axes."""
    return x if shape_of(x) == tuple(shape) else _broadcast_to(x, shape=tuple(shape))


def permute_dims(x: Any, axes: tuple[int, ...] | None = None) -> Any:
    """Return x with its axes in another order, reversed by default."""
    return _permute_dims(x, axes=tuple(range(len(shape_of(x)))[::-1]) if axes is None else axes)


def astype(x: Any, dtype: Any) -> Any:
    """Return x in another dtype; balls stay balls."""
    return _astype(x, dtype=dtype)
