# ruff: noqa: ARG005 - rules share one signature
"""Indexing, and its transpose: adding cotangents back where they were taken from."""

from __future__ import annotations

from types import EllipsisType, NoneType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from diffcheck.engine.ops.manipulation import reshape
from diffcheck.engine.table import Entry, op
from diffcheck.engine.tensor import Tensor, axis_of, base, looked_into, shape_of

BASIC: Final = frozenset((int, slice, NoneType, EllipsisType))


def _is_basic(index: Any) -> bool:
    """Whether an index takes no element twice: slices, integers, None, ... and boolean arrays."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        type(part) in BASIC
        or isinstance(part, np.integer)
        or (isinstance(part, np.ndarray) and part.dtype == bool)
        for part in parts
    )


def _scatter(g: Any, *, index: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    result = np.zeros(shape, dtype=np.asarray(g).dtype)
    if _is_of_views(index) and (type(g) is np.float64 or np.ndim(g)):
        result[index] = g
        return result
    index = plain_index(index)
    if _is_basic(index):
        # An object array without axes would itself become the element, in place of its ball.
        result[index] = g[()] if isinstance(g, np.ndarray) and g.ndim == 0 else g
    else:
        np.add.at(result, index, g)
    return result


def _accumulate(buffer: NDArray[Any], g: Any, *, index: Any) -> None:
    """Add a cotangent where it was taken from."""
    if _is_of_views(index):
        view = buffer[index]
        if type(view) is np.ndarray:  # and not a copy of one element
            view += g
            return
    plain = plain_index(index)
    if _is_basic(plain):
        buffer[plain] += g
    else:
        np.add.at(buffer, plain, g)


def _is_of_views(index: Any) -> bool:
    """Whether an index gives views: integers, slices, None, ... alone or in a tuple."""
    kind = type(index)
    return kind in BASIC or (kind is tuple and BASIC.issuperset(map(type, index)))


def plain_index(index: Any) -> Any:
    """Return an index with its tensors replaced by their values."""
    if _is_of_views(index):
        return index
    if isinstance(index, tuple):
        return tuple([plain_index(part) for part in index])
    if type(index) is Tensor and hasattr(index.trace, "refuse"):
        raise index.trace.refuse("the value of an index")
    return np.asarray(index) if isinstance(index, list) else base(index)


getitem = op(
    "getitem",
    lambda x, *, index: x[plain_index(index)],
    kind="linear",
    vjp=lambda g, y, x, index: scatter_add(g, index=index, shape=shape_of(x)),
    selects="rule",
    accumulate=_accumulate,
    rounding=0,
    sympy="x[index]",
)
scatter_add: Entry = op(
    "scatter_add",
    _scatter,
    kind="linear",
    vjp=lambda g, y, x, index, shape: getitem(g, index=index),
)


def take(x: Any, indices: Any, axis: int | None = None, *, mode: str = "raise") -> Any:
    """Return the elements of x at integer positions along an axis, of x as a vector by default.

    Positions out of bounds raise, unless `mode` is "clip" or "wrap", NumPy's.
    """
    if axis is None:
        x, axis = _flat(x), 0
    if isinstance(indices, (list, tuple)):
        indices = np.asarray(indices)
    axis = axis_of(axis, len(shape_of(x)))
    if mode != "raise":
        indices = _brought_within(indices, shape_of(x)[axis], mode)
    return getitem(x, index=(*(slice(None),) * axis, indices))


def _brought_within(indices: Any, n: int, mode: str) -> Any:
    """Return positions within 0..n-1: the nearest ("clip"), or those n apart ("wrap")."""
    places = np.asarray(looked_into(indices))
    return np.clip(places, 0, n - 1) if mode == "clip" else places % n


def _flat(x: Any) -> Any:
    return x if len(shape_of(x)) == 1 else reshape(x, -1)


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Any:
    """Return the elements of x, as a vector for None, at positions that differ from row to row."""
    if axis is None:
        x, axis = _flat(x), 0
    shape = shape_of(indices)
    axis = axis_of(axis, len(shape))
    grid = list(np.ogrid[tuple(slice(n) for n in shape)])
    grid[axis] = indices
    return getitem(x, index=tuple(grid))


def diagonal(x: Any, offset: int = 0) -> Any:
    """Return a diagonal of the last two axes."""
    rows, columns = shape_of(x)[-2:]
    n = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    steps = np.arange(n)
    return getitem(x, index=(..., steps + max(0, -offset), steps + max(0, offset)))


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return x with each element repeated along an axis, of x as a vector by default."""
    if axis is None:
        x, axis = _flat(x), 0
    return take(x, np.repeat(np.arange(shape_of(x)[axis]), looked_into(repeats)), axis)
