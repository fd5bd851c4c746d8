# ruff: noqa: ARG005 - rules share one signature
"""Ops of any number of arrays: concatenation and stacking."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from diffcheck.engine.ops.indexing import getitem
from diffcheck.engine.ops.manipulation import astype, reshape
from diffcheck.engine.table import op
from diffcheck.engine.tensor import Tensor, shape_of
from diffcheck.engine.trees import leaves


def _part(position: int, g: Any, arrays: tuple[Any, ...], axis: int) -> Any:
    axis %= len(shape_of(g))
    lengths = [shape_of(a)[axis] for a in arrays]
    start = int(np.sum(lengths[:position]))
    piece = slice(start, start + lengths[position])
    return getitem(g, index=(*(slice(None),) * axis, piece))


def _layer(position: int, g: Any, axis: int) -> Any:
    axis %= len(shape_of(g))
    return getitem(g, index=(*(slice(None),) * axis, position))


def _parts(g: Any, arrays: tuple[Any, ...], *, axis: int) -> list[Any]:
    """Return the cotangents of all arrays that were joined, in a time linear in their count."""
    before = (slice(None),) * (axis % g.ndim)
    stops = list(accumulate(shape_of(a)[axis] for a in arrays))
    return [g[(*before, slice(*ends))] for ends in pairwise([0, *stops])]


def _layers(g: Any, _arrays: tuple[Any, ...], *, axis: int) -> list[Any]:
    return list(g if axis == 0 else np.moveaxis(g, axis, 0))


_concat = op(
    "concat",
    lambda *arrays, axis: np.concatenate(arrays, axis=axis),
    kind="linear",
    variadic=True,
    vjp=lambda position, g, y, *arrays, axis: _part(position, g, arrays, axis),
    split=_parts,
    rounding=0,
    jax="concatenate",
    sympy="concat(arrays, axis)",
)
_stack = op(
    "stack",
    lambda *arrays, axis: np.stack(arrays, axis=axis),
    kind="linear",
    variadic=True,
    vjp=lambda position, g, y, *arrays, axis: _layer(position, g, axis),
    split=_layers,
    rounding=0,
    jax="stack",
    sympy="stack(arrays, axis)",
)


def concat(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    """Join arrays along an axis; None flattens them first."""
    if axis is None:
        return _concat(*(reshape(a, -1) for a in arrays), axis=0)
    return _concat(*arrays, axis=axis)


def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Join arrays of one shape along a new axis."""
    return _stack(*arrays, axis=axis)


def asarray(
    x: Any, dtype: Any = None, *, device: Any = None, copy: bool | None = None, **options: Any
) -> Any:
    """Return x as an array; tensors stay tensors, and lists of them are stacked.

    The options are NumPy's: they have no meaning for tensors, into which nothing can be written.
    """
    if isinstance(x, (list, tuple)) and any(isinstance(leaf, Tensor) for leaf in leaves(x)):
        x = stack([asarray(row) for row in x])
    if not isinstance(x, Tensor):
        return np.asarray(x, dtype=dtype, device=device, copy=copy, **options)
    return x if dtype is None else astype(x, dtype)
