"""Arrays put together and taken apart by NumPy's names, by `concat`, `take` and `where`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from diffcheck.engine.ops.arrangement import atleast_1d, atleast_2d, atleast_3d, diag, like
from diffcheck.engine.ops.choices import where
from diffcheck.engine.ops.indexing import getitem, take
from diffcheck.engine.ops.joining import asarray, concat
from diffcheck.engine.ops.manipulation import broadcast_to, moveaxis, ravel, reshape
from diffcheck.engine.tensor import Tensor, axis_of, looked_into, shape_of
from diffcheck.engine.trees import leaves


def array(x: Any, dtype: Any = None, *, ndmin: int = 0, **options: Any) -> Any:
    """Return x as an array of at least so many axes; lists of tensors are stacked."""
    if not any(isinstance(leaf, Tensor) for leaf in leaves(x)):
        return np.array(x, dtype=dtype, ndmin=ndmin, **options)
    y = asarray(x, dtype=dtype)
    missing = ndmin - len(shape_of(y))
    return reshape(y, (1,) * missing + shape_of(y)) if missing > 0 else y


def vstack(arrays: Sequence[Any]) -> Any:
    """Join arrays along the first axis; vectors are rows."""
    return concat([atleast_2d(asarray(a)) for a in arrays], 0)


def hstack(arrays: Sequence[Any]) -> Any:
    """Join arrays along the second axis, vectors along their only one."""
    parts = [atleast_1d(asarray(a)) for a in arrays]
    return concat(parts, 0 if len(shape_of(parts[0])) == 1 else 1)


def dstack(arrays: Sequence[Any]) -> Any:
    """Join arrays along the third axis."""
    return concat([atleast_3d(asarray(a)) for a in arrays], 2)


def column_stack(arrays: Sequence[Any]) -> Any:
    """Join arrays along the second axis; vectors are columns."""
    parts = [asarray(a) for a in arrays]
    return concat([p if len(shape_of(p)) > 1 else reshape(p, (-1, 1)) for p in parts], 1)


def block(arrays: Any) -> Any:
    """Join nested lists of arrays, the innermost along the last axis."""
    return _joined(arrays, _depth(arrays), _rank(arrays))


def _depth(tree: Any) -> int:
    return 1 + _depth(tree[0]) if isinstance(tree, list) else 0


def _rank(tree: Any) -> int:
    if isinstance(tree, list):
        return max(map(_rank, tree))
    return len(shape_of(tree))


def _joined(tree: Any, depth: int, rank: int) -> Any:
    if not isinstance(tree, list):
        missing = max(rank, depth) - len(shape_of(tree))
        return reshape(asarray(tree), (1,) * missing + shape_of(tree))
    top = _depth(tree)
    return concat([_joined(branch, depth, rank) for branch in tree], -top)


def append(x: Any, values: Any, axis: int | None = None) -> Any:
    """Return x with values after its own along an axis, both as vectors by default."""
    return concat([asarray(x), asarray(values)], axis)


def delete(x: Any, places: Any, axis: int | None = None) -> Any:
    """Return x without some of its elements along an axis, as a vector by default."""
    x, axis = (ravel(x), 0) if axis is None else (x, axis)
    return take(x, np.delete(np.arange(shape_of(x)[axis]), places), axis)


def insert(x: Any, places: Any, values: Any, axis: int | None = None) -> Any:
    """Return x with values before the given places along an axis, as a vector by default."""
    x, axis = (ravel(x), 0) if axis is None else (x, axis_of(axis, len(shape_of(x))))
    n = shape_of(x)[axis]
    count = np.insert(np.arange(n), places, n).size - n
    order = np.insert(np.arange(n), places, n + np.arange(count))
    values = like(x, asarray(values))
    rank = len(shape_of(x))
    single = isinstance(places, (int, np.integer))
    if single and len(shape_of(values)) == rank - 1 and rank > 1:
        values = reshape(values, (1, *shape_of(values)))
    if single and rank > 1 and len(shape_of(values)) == rank:
        values = moveaxis(values, 0, axis)
    full = list(shape_of(x))
    full[axis] = count
    both = concat([x, broadcast_to(values, tuple(full))], axis)
    return take(both, order, axis)


def resize(x: Any, new_shape: int | tuple[int, ...]) -> Any:
    """Return x repeated as often as a new shape needs."""
    full = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    flat = ravel(x)
    return reshape(take(flat, np.resize(np.arange(shape_of(flat)[0]), full), 0), full)


def compress(condition: Any, x: Any, axis: int | None = None) -> Any:
    """Return the elements of x along an axis where a condition holds, of a vector by default."""
    x, axis = (ravel(x), 0) if axis is None else (x, axis)
    return take(x, np.flatnonzero(np.asarray(looked_into(condition))), axis)


def extract(condition: Any, x: Any) -> Any:
    """Return the elements of x where a condition of its shape holds, as a vector."""
    return compress(np.ravel(looked_into(condition)), x)


def select(conditions: Sequence[Any], choices: Sequence[Any], default: Any = 0) -> Any:
    """Return the choice of the first condition that holds, elementwise."""
    y = default
    for condition, choice in zip(reversed(conditions), reversed(choices), strict=True):
        y = where(condition, choice, y)
    return y


def choose(places: Any, choices: Sequence[Any]) -> Any:
    """Return, elementwise, the choice whose number stands in `places`."""
    numbers = np.asarray(looked_into(places))
    return select([numbers == k for k in range(len(choices))], choices)


def piecewise(x: Any, conditions: Sequence[Any], functions: Sequence[Any]) -> Any:
    """Return functions of x, or constants, where conditions hold; one more is for the rest."""
    values = [f(x) if callable(f) else f for f in functions]
    default = values.pop() if len(values) > len(conditions) else 0
    return select(list(conditions)[::-1], values[::-1], default)  # the last that holds wins


def diagflat(x: Any, k: int = 0) -> Any:
    """Return the matrix with the elements of x on a diagonal."""
    return diag(ravel(x), k)


def ediff1d(x: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Return the differences of successive elements, between others if so asked."""
    flat = ravel(x)
    steps = getitem(flat, index=slice(1, None)) - getitem(flat, index=slice(None, -1))
    parts = [like(steps, asarray(p)) for p in (to_begin, steps, to_end) if p is not None]
    return concat([atleast_1d(p) for p in parts], None) if len(parts) > 1 else steps


def apply_along_axis(function: Callable[..., Any], axis: int, x: Any, *args: Any) -> Any:
    """Return a function's values on all vectors along an axis, in their place."""
    moved = moveaxis(x, axis, -1)
    lead = shape_of(moved)[:-1]
    rows = [function(moved[index], *args) for index in np.ndindex(lead)]
    y = asarray(rows)
    inner = shape_of(y)[1:]
    y = reshape(y, (*lead, *inner))
    for k in range(len(inner)):
        y = moveaxis(y, len(lead) + k, axis % len(shape_of(x)) + k)
    return y


def apply_over_axes(function: Callable[..., Any], x: Any, axes: int | Sequence[int]) -> Any:
    """Return x reduced by a function along one axis after the other, each kept with length 1."""
    rank = len(shape_of(x))
    for axis in (axes,) if isinstance(axes, int) else axes:
        y = function(x, axis)
        if len(shape_of(y)) < rank:
            full = list(shape_of(x))
            full[axis] = 1
            y = reshape(y, tuple(full))
        x = y
    return x
