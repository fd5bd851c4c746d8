"""Gather and scatter, by the rules of XLA's operation semantics; indices are known integers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from jax.lax import GatherScatterMode
from numpy.typing import NDArray

from diffcheck.backends.jax_exact.values import NOWHERE, is_float, positions, taken, xp
from diffcheck.engine.ops.manipulation import reshape

CLIP: Final = (GatherScatterMode.CLIP, GatherScatterMode.ONE_HOT)


def _windows(
    operand: Sequence[int],
    indices: NDArray[Any],
    sizes: Sequence[int],
    index_map: Sequence[int],
    operand_batching: Sequence[int],
    indices_batching: Sequence[int],
    mode: Any,
) -> Iterator[tuple[tuple[int, ...], NDArray[Any]]]:
    """Yield each batch position with the operand's positions in its window, `NOWHERE` outside."""
    at = positions(operand)
    for place in np.ndindex(indices.shape[:-1]):
        start = [0] * len(operand)
        for axis, index in zip(index_map, indices[place], strict=True):
            start[axis] = int(index)
        for axis, batch in zip(operand_batching, indices_batching, strict=True):
            start[axis] = place[batch]
        if mode in CLIP:
            start = [min(max(s, 0), n - k) for s, n, k in zip(start, operand, sizes, strict=True)]
        yield place, _window(at, start, sizes)


def _window(at: NDArray[Any], start: Sequence[int], sizes: Sequence[int]) -> NDArray[Any]:
    window = np.full(tuple(sizes), NOWHERE)
    if all(0 <= s <= n - k for s, n, k in zip(start, at.shape, sizes, strict=True)):
        window[...] = at[tuple(slice(s, s + k) for s, k in zip(start, sizes, strict=True))]
    return window


def _gather(
    x: Any,
    indices: Any,
    *,
    dimension_numbers: Any,
    slice_sizes: Sequence[int],
    mode: Any,
    fill_value: Any,
) -> Any:
    numbers = dimension_numbers
    gone = {*numbers.collapsed_slice_dims, *numbers.operand_batching_dims}
    inner = [k for axis, k in enumerate(slice_sizes) if axis not in gone]
    batch = indices.shape[:-1]
    at = np.full((*batch, *inner), NOWHERE)
    found = _windows(
        x.shape, indices, slice_sizes, numbers.start_index_map, numbers.operand_batching_dims,
        numbers.start_indices_batching_dims, mode,
    )  # fmt: skip
    for place, window in found:
        at[place] = window.reshape(inner)
    rank = at.ndim
    behind = [axis for axis in range(rank) if axis not in numbers.offset_dims]
    order = np.empty(rank, dtype=int)
    order[behind] = np.arange(len(batch))
    order[list(numbers.offset_dims)] = np.arange(len(batch), rank)
    at = at.transpose(order)
    if is_float(x):
        return taken([x], at, np.nan if fill_value is None else float(fill_value))
    least = np.iinfo(x.dtype).min if x.dtype.kind == "i" else 0
    flat = np.append(np.reshape(x, -1), np.asarray(least if fill_value is None else fill_value))
    return flat[at].astype(x.dtype)


def _targets(x: Any, indices: Any, updates: Any, numbers: Any, mode: Any) -> NDArray[Any]:
    """Return for each update the operand's position it goes to, `NOWHERE` where it is dropped."""
    at = positions(updates.shape)
    window_axes = list(numbers.update_window_dims)
    batch_axes = [axis for axis in range(at.ndim) if axis not in window_axes]
    gone = {*numbers.inserted_window_dims, *numbers.operand_batching_dims}
    lengths = iter(updates.shape[axis] for axis in window_axes)
    sizes = [1 if axis in gone else next(lengths) for axis in range(len(x.shape))]
    rows = at.transpose(batch_axes + window_axes)
    target = np.full(at.size, NOWHERE)
    found = _windows(
        x.shape, indices, sizes, numbers.scatter_dims_to_operand_dims,
        numbers.operand_batching_dims, numbers.scatter_indices_batching_dims, mode,
    )  # fmt: skip
    for place, window in found:
        target[rows[place].reshape(-1)] = window.reshape(-1)
    return target


def _scatter(x: Any, indices: Any, updates: Any, *, dimension_numbers: Any, mode: Any) -> Any:
    target = _targets(x, indices, updates, dimension_numbers, mode)
    at = positions(x.shape).reshape(-1)
    kept = target != NOWHERE
    at[target[kept]] = np.flatnonzero(kept) + at.size
    at = at.reshape(x.shape)
    if is_float(x):
        return taken([x, updates], at)
    return np.concatenate([np.reshape(x, -1), np.reshape(updates, -1)])[at]


def _scatter_add(x: Any, indices: Any, updates: Any, *, dimension_numbers: Any, mode: Any) -> Any:
    target = _targets(x, indices, updates, dimension_numbers, mode)
    kept = np.flatnonzero(target != NOWHERE)
    if not is_float(x):
        flat = np.array(x).reshape(-1)
        np.add.at(flat, target[kept], np.reshape(updates, -1)[kept])
        return flat.reshape(x.shape)
    size = int(np.prod(x.shape))
    added = xp.TABLE["scatter_add"].entry(taken([updates], kept), index=target[kept], shape=(size,))
    return x + reshape(added, x.shape)


def _scatter_by(combine: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Return a scatter that combines one update after another."""

    def apply(x: Any, indices: Any, updates: Any, *, dimension_numbers: Any, mode: Any) -> Any:
        target = _targets(x, indices, updates, dimension_numbers, mode)
        flat = [_one(x, i) for i in range(int(np.prod(x.shape)))]
        for source in np.flatnonzero(target != NOWHERE):
            flat[target[source]] = combine(flat[target[source]], _one(updates, source))
        stacked = xp.stack(flat) if is_float(x) else np.stack(flat)
        return reshape(stacked, x.shape)

    return apply


def _one(x: Any, i: Any) -> Any:
    return taken([x], np.array(i)) if is_float(x) else np.reshape(x, -1)[i]


GATHERING: Final[dict[str, Callable[..., Any]]] = {
    "gather": _gather,
    "scatter": _scatter,
    "scatter-add": _scatter_add,
    "scatter-max": _scatter_by(xp.maximum),
    "scatter-min": _scatter_by(xp.minimum),
    "scatter-mul": _scatter_by(xp.multiply),
    "scatter-sub": _scatter_by(xp.subtract),
}
