"""Margins around an array, in all of NumPy's modes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from diffcheck.engine.ops.indexing import getitem
from diffcheck.engine.ops.joining import asarray, concat
from diffcheck.engine.ops.manipulation import astype, broadcast_to, flip
from diffcheck.engine.ops.quantiles import median
from diffcheck.engine.ops.reduction import max as max_
from diffcheck.engine.ops.reduction import mean
from diffcheck.engine.ops.reduction import min as min_
from diffcheck.engine.tensor import Tensor, axis_of, base, shape_of

COPIES: Final = ("edge", "reflect", "symmetric", "wrap")
STATISTICS: Final[dict[str, Callable[..., Any]]] = {
    "mean": mean,
    "maximum": max_,
    "minimum": min_,
    "median": median,
}


def pad(
    x: Any,
    pad_width: Any,
    mode: str = "constant",
    *,
    constant_values: Any = 0,
    end_values: Any = 0,
    stat_length: Any = None,
    reflect_type: str = "even",
) -> Any:
    """Return x with a margin, as NumPy's.

    Modes: "constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "mean", "median",
    "maximum" and "minimum"; raises `ValueError` for another. The values are differentiable, too.
    """
    if mode not in (*COPIES, *STATISTICS, "constant", "linear_ramp"):
        raise ValueError(f"pad: no mode {mode!r}; there are those of numpy.pad, but no functions")
    rank = len(shape_of(x))
    widths = _pairs(_by_axis(pad_width, rank), rank)
    values = _pairs(end_values if mode == "linear_ramp" else constant_values, rank)
    counts = [(None, None)] * rank if stat_length is None else _pairs(stat_length, rank)
    for axis, (before, after) in enumerate(widths):
        if not before and not after:
            continue
        if mode != "constant" and not shape_of(x)[axis]:
            raise ValueError(f"pad of mode {mode!r}: nothing stands along axis {axis} to pad from")
        if mode not in COPIES:
            margins = [
                _margin(x, axis, width, end, mode, values[axis][end], counts[axis][end])
                for end, width in enumerate((before, after))
            ]
            x = concat([margins[0], x, margins[1]], axis=axis)
        elif reflect_type == "odd" and shape_of(x)[axis] > 1:  # a single one is repeated
            x = _turned(x, axis, (before, after), mode)
        else:
            places = np.pad(np.arange(shape_of(x)[axis]), (before, after), mode=mode)  # type: ignore[call-overload]  # NumPy's stub lists its modes one by one
            x = _rows(x, axis, places)
    return x


def _rows(x: Any, axis: int, part: Any) -> Any:
    return getitem(x, index=(*(slice(None),) * axis, part))


def _by_axis(widths: Any, rank: int) -> Any:
    """Return widths that a dict gives for some axes as those of all."""
    if not isinstance(widths, dict):
        return widths
    given = {axis_of(axis, rank): np.broadcast_to(w, 2).tolist() for axis, w in widths.items()}
    return [given.get(axis, [0, 0]) for axis in range(rank)]


def _pairs(given: Any, rank: int) -> list[Any]:
    """Return one pair for each axis of what may be one number, or one pair, for all."""
    if np.isscalar(given):
        return [(given, given)] * rank
    full = broadcast_to(asarray(given), (rank, 2))
    if isinstance(full, np.ndarray):
        pairs: list[Any] = full.tolist()  # of Python's numbers, which change no dtype
        return pairs
    return [(full[axis, 0], full[axis, 1]) for axis in range(rank)]


def _turned(x: Any, axis: int, widths: tuple[int, int], mode: str) -> Any:
    """Return x reflected in its ends, and so again where the margin is wider than x."""
    if mode not in ("reflect", "symmetric"):
        raise ValueError(f"pad of mode {mode!r}: no reflection, and nothing is odd")
    n = shape_of(x)[axis]
    m = n - (mode == "reflect")  # how much one reflection adds
    parts = [x]
    for end, width in enumerate(widths):
        block = x
        for start in range(0, width, m):
            edge = _rows(block, axis, slice(n - 1, None) if end else slice(1))
            block = 2 * edge - flip(block, axis)
            count = min(m, width - start)
            part = slice(n - m, n - m + count) if end else slice(m - count, m)
            parts.insert(len(parts) if end else 0, _rows(block, axis, part))
    return concat(parts, axis=axis)


def _margin(
    x: Any, axis: int, width: int, end: int, mode: str, value: Any, count: int | None
) -> Any:
    """Return the margin before x (end 0) or after it: constant, a statistic of rows, or a ramp."""
    shape = list(shape_of(x))
    n, shape[axis] = shape[axis], width
    dtype = base(x).dtype if base(x).dtype.kind != "O" else np.dtype(np.float64)  # of balls
    if mode == "constant":
        if not isinstance(value, Tensor):
            return np.full(shape, value, dtype)
        return broadcast_to(astype(value, dtype), tuple(shape))
    if mode in STATISTICS:
        m = n if count is None else min(count, n)
        part = _rows(x, axis, slice(n - m, None) if end else slice(m))
        return broadcast_to(STATISTICS[mode](part, axis, keepdims=True), tuple(shape))
    edge = _rows(x, axis, slice(n - 1, None) if end else slice(1))
    way = np.arange(width)[:: -1 if end else 1] / max(width, 1)
    thin = way.reshape((-1,) + (1,) * (len(shape) - axis - 1)).astype(dtype)
    return value + (edge - value) * thin
