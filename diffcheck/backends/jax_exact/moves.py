"""Primitives that put elements elsewhere and compute nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from diffcheck.backends.jax_exact.values import (
    NOWHERE,
    balls_of,
    is_float,
    move,
    order_of,
    positions,
    taken,
    xp,
)
from diffcheck.engine.ops.comparison import ball_less
from diffcheck.programs.exact import exactly

Array = NDArray[Any]


def _broadcast(x: Array, *, shape: Sequence[int], broadcast_dimensions: Sequence[int]) -> Array:
    lengths = [1] * len(shape)
    for axis, length in zip(broadcast_dimensions, x.shape, strict=True):
        lengths[axis] = length
    return np.broadcast_to(x.reshape(lengths), shape)


def _reshape(x: Array, *, new_sizes: Sequence[int], dimensions: Sequence[int] | None) -> Array:
    return (x if dimensions is None else x.transpose(dimensions)).reshape(new_sizes)


def _slice(
    x: Array,
    *,
    start_indices: Sequence[int],
    limit_indices: Sequence[int],
    strides: Sequence[int] | None,
) -> Array:
    steps = strides or (1,) * x.ndim
    return x[tuple(map(slice, start_indices, limit_indices, steps))]


def _concatenate(*arrays: Any, dimension: int) -> Any:
    if is_float(arrays[0]):
        return xp.concat(list(arrays), axis=dimension)
    return np.concatenate(arrays, axis=dimension)


def _stack(*arrays: Any, axis: int = 0) -> Any:
    return xp.stack(list(arrays), axis=axis) if is_float(arrays[0]) else np.stack(arrays, axis)


def _unstack(x: Any, *, axis: int = 0) -> list[Any]:
    at = positions(x.shape)
    return [_picked(x, at.take(i, axis)) for i in range(x.shape[axis])]


def _split(x: Any, *, sizes: Sequence[int], axis: int) -> list[Any]:
    cuts = np.cumsum(sizes)[:-1]
    return [_picked(x, part) for part in np.split(positions(x.shape), cuts, axis)]


def _picked(x: Any, at: Any) -> Any:
    return taken([x], at) if is_float(x) else np.asarray(x).reshape(-1)[at]


def padded(at: Array, config: Sequence[tuple[int, int, int]]) -> Array:
    """Return positions with `NOWHERE` before, after and between them; negative amounts cut."""
    for axis, (low, high, interior) in enumerate(config):
        length = at.shape[axis]
        spread = list(at.shape)
        spread[axis] = max(0, length + (length - 1) * interior)
        wide = np.full(spread, NOWHERE)
        if length:
            wide[(slice(None),) * axis + (slice(None, None, interior + 1),)] = at
        before, after = max(-low, 0), max(-high, 0)
        cut = wide[(slice(None),) * axis + (slice(before, spread[axis] - after),)]
        margins = [(0, 0)] * at.ndim
        margins[axis] = (max(low, 0), max(high, 0))
        at = np.pad(cut, margins, constant_values=NOWHERE)
    return at


def _pad(x: Any, value: Any, *, padding_config: Sequence[tuple[int, int, int]]) -> Any:
    at = padded(positions(x.shape), padding_config)
    at = np.where(at == NOWHERE, int(np.prod(x.shape)), at)  # where the padding value comes to lie
    return taken([x, value], at) if is_float(x) else np.append(x.reshape(-1), value)[at]


def _starts(x: Any, starts: Sequence[Any], sizes: Sequence[int]) -> tuple[slice, ...]:
    """Return where a dynamic slice lies; it is moved to fit into the array."""
    firsts = [min(max(int(s), 0), n - k) for s, n, k in zip(starts, x.shape, sizes, strict=True)]
    return tuple(slice(s, s + k) for s, k in zip(firsts, sizes, strict=True))


def _dynamic_slice(x: Any, *starts: Any, slice_sizes: Sequence[int]) -> Any:
    return _picked(x, positions(x.shape)[_starts(x, starts, slice_sizes)])


def _dynamic_update_slice(x: Any, update: Any, *starts: Any) -> Any:
    at = positions(x.shape)
    at[_starts(x, starts, update.shape)] = positions(update.shape) + at.size
    if is_float(x):
        return taken([x, update], at)
    return np.concatenate([np.reshape(x, -1), np.reshape(update, -1)])[at]


def _iota(*_sizes: Any, dtype: Any, shape: Sequence[int], dimension: int) -> Any:
    lengths = [-1 if axis == dimension else 1 for axis in range(len(shape))]
    counts = np.broadcast_to(np.arange(shape[dimension]).reshape(lengths), shape)
    return (
        exactly(counts.astype(float))
        if jnp.issubdtype(dtype, jnp.inexact)
        else counts.astype(dtype)
    )


def _empty(*, shape: Sequence[int] = (), dtype: Any) -> Any:
    zeros = np.zeros(shape)
    return exactly(zeros) if jnp.issubdtype(dtype, jnp.inexact) else zeros.astype(dtype)


def _sorted_positions(keys: Sequence[Any], axis: int) -> Array:
    """Return, along an axis, the order of the rows by their keys, the first key leading."""
    shape = np.shape(keys[0])
    ranks = [_ranks(key, axis) for key in keys]
    order = np.lexsort(list(reversed(ranks)), axis=axis)
    return np.asarray(order).reshape(shape)


def _ranks(key: Any, axis: int) -> Array:
    """Return integers in the order of the keys along an axis, equal for equal keys."""
    if not is_float(key):
        return np.asarray(key)
    rows = np.moveaxis(balls_of(key), axis, -1)
    ranks = np.zeros(rows.shape, dtype=np.int64)
    for place in np.ndindex(rows.shape[:-1]):
        rank, last = 0, None
        for i in order_of(rows[place]):
            ball = rows[(*place, i)]
            rank += last is not None and ball_less(last, ball)
            ranks[(*place, i)], last = rank, ball
    return np.moveaxis(ranks, -1, axis)


def _sort(*arrays: Any, dimension: int, num_keys: int) -> list[Any]:
    order = _sorted_positions(arrays[:num_keys], dimension)
    at = np.take_along_axis(positions(np.shape(arrays[0])), order, dimension)
    return [_picked(x, at) for x in arrays]


def _top_k(x: Any, *, k: int, axis: int = -1) -> list[Any]:
    ranks = _ranks(x, axis)
    order = np.take(np.argsort(-ranks, axis=axis, kind="stable"), np.arange(k), axis=axis)
    at = np.take_along_axis(positions(np.shape(x)), order, axis)
    return [_picked(x, at), order.astype(np.int32)]


MOVES: Final[dict[str, Callable[..., Any]]] = {
    "broadcast_in_dim": move(_broadcast),
    "concatenate": _concatenate,
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update_slice,
    "empty": _empty,
    "empty2": _empty,
    "expand_dims": move(lambda x, *, dimensions: np.expand_dims(x, tuple(dimensions))),
    "iota": _iota,
    "pad": _pad,
    "reshape": move(_reshape),
    "rev": move(lambda x, *, dimensions: np.flip(x, tuple(dimensions))),
    "slice": move(_slice),
    "sort": _sort,
    "split": _split,
    "squeeze": move(lambda x, *, dimensions: np.squeeze(x, tuple(dimensions))),
    "stack": _stack,
    "tile": move(lambda x, *, reps: np.tile(x, reps)),
    "top_k": _top_k,
    "transpose": move(lambda x, *, permutation: x.transpose(permutation)),
    "unstack": _unstack,
}
