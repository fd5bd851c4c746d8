# ruff: noqa: A001, ARG005 - NumPy's names shadow builtins; rules share one signature
"""Sums, products, extremes and moments along axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from diffcheck.engine.ops.comparison import equal
from diffcheck.engine.ops.elementwise import maximum, minimum, sqrt, where
from diffcheck.engine.ops.manipulation import broadcast_to, reshape
from diffcheck.engine.table import op
from diffcheck.engine.tensor import shape_of

Axis = int | tuple[int, ...] | None


def axes_of(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return the axes as a tuple of non-negative numbers; None stands for all of them."""
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in ((axis,) if isinstance(axis, int) else axis))


def count_of(x: Any, axis: Axis) -> int:
    """Return how many elements one result of a reduction over `axis` combines."""
    shape = shape_of(x)
    return math.prod(shape[a] for a in axes_of(axis, len(shape)))


def expand(g: Any, shape: tuple[int, ...], axis: Axis) -> Any:
    """Return a reduced array with its reduced axes back, of length 1."""
    reduced = axes_of(axis, len(shape))
    return reshape(g, tuple(1 if a in reduced else n for a, n in enumerate(shape)))


def _length(x: Any, *, axis: Axis = None, keepdims: bool = False) -> int:
    return count_of(x, axis)


_sum = op(
    "sum",
    lambda x, *, axis=None, keepdims=False: np.add.reduce(x, axis=axis, keepdims=keepdims),
    kind="linear",
    vjp=lambda g, y, x, axis=None, keepdims=False: broadcast_to(
        expand(g, shape_of(x), axis), shape_of(x)
    ),
    length=_length,
    sympy="Add",
    jax="sum",
)


def sum(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Sum along axes, in the dtype of x."""
    return _sum(x, axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """Return the mean along axes."""
    return _sum(x, axis=axis, keepdims=keepdims) / count_of(x, axis)
